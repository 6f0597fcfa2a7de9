// Directions at a point, and the angle between two of them; all in pixels.

import { pathOf, svg } from "./dom.js";

const HEAD = 10;

/** Draw an arrow; `kind` is the class of its line, `head` that of its head. */
export function drawArrow(layer, [x0, y0], [x1, y1], { kind = "lf-ray", head = "lf-arrow" } = {}) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  const neck = [x1 - HEAD * Math.cos(angle), y1 - HEAD * Math.sin(angle)];
  svg("path", { class: kind, d: pathOf([[x0, y0], neck]) }, layer);
  const turned = `translate(${x1} ${y1}) rotate(${(angle * 180) / Math.PI})`;
  svg("path", { class: head, d: `M0 0L${-HEAD} -4.5V4.5Z`, transform: turned }, layer);
}

/** Draw the arc about `at` from one direction to another, in radians, and return its middle. */
export function drawArc(layer, at, from, to, radius) {
  const turn = Math.atan2(Math.sin(to - from), Math.cos(to - from));
  const arc = Array.from({ length: 25 }, (_, i) => toward(at, from + (turn * i) / 24, radius));
  svg("path", { class: "lf-arc", d: pathOf(arc) }, layer);
  return from + turn / 2;
}

/** The point that lies `length` from another in a direction. */
export const toward = ([x, y], direction, length) => [x + length * Math.cos(direction), y + length * Math.sin(direction)];
