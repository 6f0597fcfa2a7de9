// Say numbers as a reader would.

const DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number with `digits` significant digits, a true minus sign and 10ⁿ where it is far from 1. */
export function say(value, digits = 3) {
  if (Number.isInteger(value) && Math.abs(value) < 1e5) return minus(value.toLocaleString("en-US"));
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return `${minus(mantissa)} × ${power(Number(exponent))}`;
  }
  return minus(size >= 10 ** digits ? value.toFixed(0) : value.toPrecision(digits));
}

/** A number with a fixed count of decimals, for read-outs that must not jump. */
export const fixed = (value, decimals = 2) => minus(value.toFixed(decimals));

/** A tick's label: plain where short, a power of ten on a wide logarithmic axis. */
export function tick(value) {
  const exponent = Math.log10(Math.abs(value));
  if (value !== 0 && Number.isInteger(Math.round(exponent * 1e9) / 1e9) && Math.abs(exponent) > 2.5) {
    return power(Math.round(exponent));
  }
  return minus(String(Number(value.toPrecision(6))));
}

export const power = (exponent) =>
  `10${[...String(exponent)].map((character) => DIGITS[character] ?? "⁻").join("")}`;

export const count = (n, noun) => `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;

const minus = (text) => text.replace("-", "−");
