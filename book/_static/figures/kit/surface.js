// Draw a function of two variables as a surface, seen from a direction the reader turns.

import { color } from "./theme.js";

const CELLS = 32;

/** The orthographic view from an azimuth and an elevation, in radians: [x, y, z] -> {x, y, depth}. */
export function createView(frame, turn, elevation, scale) {
  const [ct, st, ce, se] = [Math.cos(turn), Math.sin(turn), Math.cos(elevation), Math.sin(elevation)];
  const center = [(frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2];
  return ([x, y, z]) => {
    const across = x * ct - y * st;
    const away = x * st + y * ct;
    return {
      x: center[0] + scale * across,
      y: center[1] - scale * (away * se + z * ce),
      depth: away * ce - z * se,
    };
  };
}

/** Paint the surface z = height(x, y) over [-reach, reach]², far cells first. */
export function paintSurface(panel, frame, view, height, reach) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const { canvas } = panel;
  canvas.width = Math.round(frame.width * ratio);
  canvas.height = Math.round(frame.height * ratio);
  canvas.style.cssText = `inset: 0; width: ${frame.width}px; height: ${frame.height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.lineJoin = "round";
  const [low, high, line] = ["--lf-surface-low", "--lf-surface-high", "--lf-surface-line"].map((name) =>
    color(canvas, name),
  );

  const at = (i) => reach * ((2 * i) / CELLS - 1);
  const corner = (i, j) => [at(i), at(j), height(at(i), at(j))];
  const extreme = Math.max(Math.abs(height(reach, 0)), Math.abs(height(0, reach)));
  const cells = [];
  for (let i = 0; i < CELLS; i++) {
    for (let j = 0; j < CELLS; j++) {
      const spots = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
      const points = spots.map(view);
      cells.push({
        i,
        j,
        points,
        depth: points.reduce((sum, point) => sum + point.depth, 0),
        part: (spots.reduce((sum, spot) => sum + spot[2], 0) / 4 / extreme + 1) / 2,
        light: facing(spots),
      });
    }
  }
  cells.sort((a, b) => b.depth - a.depth);
  const rgb = (channels) => `rgb(${channels.map(Math.round).join(" ")})`;
  for (const { i, j, points, part, light } of cells) {
    const fill = rgb(low.map((from, c) => (from + (high[c] - from) * part) * (0.86 + 0.16 * light)));
    context.beginPath();
    points.forEach(({ x, y }, k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.fillStyle = fill;
    context.fill();
    // Its own color on the seam hides the hairline between neighbors.
    context.strokeStyle = fill;
    context.lineWidth = 0.7;
    context.stroke();
    context.strokeStyle = `rgb(${line.join(" ")} / 0.55)`;
    context.lineWidth = 0.8;
    const edge = (from, to) => {
      context.beginPath();
      context.moveTo(points[from].x, points[from].y);
      context.lineTo(points[to].x, points[to].y);
      context.stroke();
    };
    if (i % 4 === 0) edge(0, 3);
    if (j % 4 === 0) edge(0, 1);
    if (i === CELLS - 1) edge(1, 2);
    if (j === CELLS - 1) edge(3, 2);
  }
}

/** How much a cell faces a light from above and the left, between -1 and 1. */
function facing([a, b, , d]) {
  const u = b.map((value, i) => value - a[i]);
  const v = d.map((value, i) => value - a[i]);
  const normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const light = [-0.5, -0.35, 0.8];
  return normal.reduce((sum, value, i) => sum + value * light[i], 0) / Math.hypot(...normal);
}
