// Axes: light grid, labels outside, no box.

import { svg } from "./dom.js";
import { tick } from "./text.js";

/** Redraw a horizontal axis at the bottom of a panel's frame. */
export function bottomAxis(group, scale, frame, { label = "", ticks = 5, values = null, grid = true, format = tick } = {}) {
  group.replaceChildren();
  for (const value of values ?? scale.ticks(ticks)) {
    const x = scale(value);
    if (grid) svg("line", { class: "lf-grid", x1: x, x2: x, y1: frame.top, y2: frame.bottom }, group);
    svg("text", { class: "lf-tick", x, y: frame.bottom + 17, "text-anchor": "middle", text: format(value) }, group);
  }
  svg("line", { class: "lf-axis", x1: frame.left, x2: frame.right, y1: frame.bottom, y2: frame.bottom }, group);
  svg(
    "text",
    { class: "lf-label", x: frame.right, y: frame.bottom + 35, "text-anchor": "end", text: label },
    group,
  );
}

/** Redraw a vertical axis at the left; its label is the panel's title. */
export function leftAxis(group, scale, frame, { ticks = 5, values = null, grid = true } = {}) {
  group.replaceChildren();
  for (const value of values ?? scale.ticks(ticks)) {
    const y = scale(value);
    if (grid) svg("line", { class: "lf-grid", x1: frame.left, x2: frame.right, y1: y, y2: y }, group);
    svg("text", { class: "lf-tick", x: frame.left - 7, y: y + 4, "text-anchor": "end", text: tick(value) }, group);
  }
}
