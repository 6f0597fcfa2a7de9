// A panel: a canvas for fields under an SVG for paths, axes and handles.

import { html, svg } from "./dom.js";

let panels = 0;

/**
 * Add a panel to a figure. `size` is a CSS declaration ("aspect-ratio: 1" or
 * "height: 9rem"), `margin` the room for labels in pixels.
 * `layers` names the SVG groups from back to front; those in `clipped` stop at the frame.
 */
export function createPanel(parent, { title, size, margin = {}, layers, clipped = [], wide = false }) {
  const root = html("div", { class: wide ? "lf-panel lf-wide" : "lf-panel" }, parent);
  const heading = html("div", { class: "lf-title", text: title }, root);
  const box = html("div", { class: "lf-box", style: size }, root);
  const canvas = html("canvas", { "aria-hidden": "true" }, box);
  const view = svg("svg", {}, box);
  const clip = `lf-clip-${panels++}`;
  const clipRect = svg("rect", {}, svg("clipPath", { id: clip }, svg("defs", {}, view)));
  const groups = {};
  for (const name of layers) {
    groups[name] = svg("g", { "clip-path": clipped.includes(name) ? `url(#${clip})` : null }, view);
  }
  const edge = { top: 8, right: 8, bottom: 8, left: 8, ...margin };

  /** Fit the drawing area to the box; returns the frame in CSS pixels. */
  function fit() {
    const { clientWidth: width, clientHeight: height } = box;
    const frame = {
      width,
      height,
      left: edge.left,
      right: width - edge.right,
      top: edge.top,
      bottom: height - edge.bottom,
    };
    view.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const size = { x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top };
    for (const [name, value] of Object.entries(size)) clipRect.setAttribute(name, Math.max(0, value));
    return frame;
  }

  return { root, heading, box, canvas, view, ...groups, fit };
}

/** Domains around `center` that cover `height` vertically with equal units on both axes. */
export function equalUnits(frame, center, height) {
  const unit = height / (frame.bottom - frame.top);
  const half = [((frame.right - frame.left) * unit) / 2, height / 2];
  return center.map((c, i) => [c - half[i], c + half[i]]);
}
