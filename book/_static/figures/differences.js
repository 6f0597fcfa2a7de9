// Slopes of a function of one variable by differences, in the same arithmetic as optedu.gradients.

const SIDES = { forward: [1, 0], backward: [0, 1], central: [1, 1] };

/**
 * The slope of f between x + h and x, x and x - h, or x + h and x - h.
 *
 * With `round` = Math.fround every result is a float32, if those of f are. Where h is lost in x
 * there is no slope, and the answer is not a number.
 */
export function difference(f, x, h, scheme, round = (value) => value) {
  const [right, left] = SIDES[scheme];
  const [ahead, behind] = [round(x + right * h), round(x - left * h)];
  // x + h is rounded, so the step taken is not quite the step asked for.
  return round(round(f(ahead) - f(behind)) / round(ahead - behind));
}
