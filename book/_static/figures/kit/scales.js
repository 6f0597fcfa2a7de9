// Map data to pixels and back.

/** A scale is a function with `invert`, `domain` and `ticks(count)`. */
export function linear([d0, d1], [r0, r1]) {
  const slope = (r1 - r0) / (d1 - d0);
  const scale = (value) => r0 + (value - d0) * slope;
  scale.invert = (pixel) => d0 + (pixel - r0) / slope;
  scale.domain = [d0, d1];
  scale.ticks = (count = 5) => {
    const step = niceStep(Math.abs(d1 - d0) / count);
    const first = Math.ceil(Math.min(d0, d1) / step - 1e-9);
    const last = Math.floor(Math.max(d0, d1) / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  };
  return scale;
}

export function logarithmic([d0, d1], range) {
  const exponents = linear([Math.log10(d0), Math.log10(d1)], range);
  const scale = (value) => exponents(Math.log10(value));
  scale.invert = (pixel) => 10 ** exponents.invert(pixel);
  scale.domain = [d0, d1];
  scale.ticks = (count = 5) => {
    const [low, high] = [Math.log10(d0), Math.log10(d1)].sort((a, b) => a - b);
    const every = Math.max(1, Math.ceil((high - low) / count));
    const ticks = [];
    for (let e = Math.ceil(low / every - 1e-9) * every; e <= high + 1e-9; e += every) {
      ticks.push(10 ** e);
    }
    return ticks;
  };
  return scale;
}

/** The round number (1, 2 or 5 times a power of ten) nearest above `rough`. */
export function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9));
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
