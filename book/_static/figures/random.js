// Random numbers that are the same on every visit, and the same as those of book/figures/_random.py.

/** `count` numbers between 0 and 1: a counter, scrambled by the last lines of MurmurHash3. */
export function uniforms(seed, count) {
  const start = scramble(seed + 1);
  return Float64Array.from({ length: count }, (_, i) => {
    return ((scramble(start + Math.imul(i + 1, 0x9e3779b9)) >>> 0) + 0.5) / 2 ** 32;
  });
}

/** `count` normal numbers, an even count, by the formula of Box and Muller. */
export function normals(seed, count) {
  const numbers = uniforms(seed, count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(numbers[i]));
    const angle = 2 * Math.PI * numbers[i + 1];
    numbers[i] = radius * Math.cos(angle);
    numbers[i + 1] = radius * Math.sin(angle);
  }
  return numbers;
}

function scramble(h) {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
