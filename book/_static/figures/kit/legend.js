// Series differ in color and in marker, the same in every panel and in the legend.

import { html, svg } from "./dom.js";

const SHAPES = [
  "M-5.5 0A5.5 5.5 0 1 0 5.5 0A5.5 5.5 0 1 0 -5.5 0Z",
  "M-5 -5H5V5H-5Z",
  "M0 -6.5L6 5H-6Z",
  "M0 -7L6 0L0 7L-6 0Z",
  "M-6 -5H6L0 6.5Z",
  "M-2 -6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
];

/** Draw series `index`'s marker at a point. */
export function drawMarker(parent, index, [x, y]) {
  const d = SHAPES[index % SHAPES.length];
  return svg("path", { class: `lf-marker lf-series-${index}`, d, transform: `translate(${x} ${y})` }, parent);
}

/** Add a line that names every series. */
export function createLegend(parent, entries) {
  const list = html("ul", { class: "lf-legend" }, parent);
  for (const { label, index } of entries) {
    const item = html("li", {}, list);
    drawMarker(svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" }, item), index, [0, 0]);
    html("span", { text: label }, item);
  }
}
