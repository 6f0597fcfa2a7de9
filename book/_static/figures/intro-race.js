// Runs that differ in one setting race from one start, which the reader drags.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { paintContours, paintKey } from "./kit/contour.js";
import { pathOf, spaced, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createLegend, drawMarker } from "./kit/legend.js";
import { createPanel, equalUnits } from "./kit/panel.js";
import { createPlayer } from "./kit/player.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { fixed } from "./kit/text.js";
import { himmelblau, norm, run } from "./methods.js";

const LOSSES = [1e-8, 1e3];
const HOME = 1e-2; // within this distance for good, a run has arrived

/** The path of every series from `start`, where each ends, and when it arrived. */
export function compute({ series, steps, minimizers }, start) {
  return series.map(({ method, settings }) => {
    const path = run(himmelblau, start, method, settings, steps);
    const end = path.at(-1);
    const nearest = minimizers.findIndex((minimizer) => distance(end, minimizer) < HOME);
    const away = path.findLastIndex((point) => nearest < 0 || !(distance(point, minimizers[nearest]) < HOME));
    return { path, losses: path.map(himmelblau.value), nearest, arrived: nearest < 0 ? Infinity : away + 1 };
  });
}

const distance = (a, b) => norm([a[0] - b[0], a[1] - b[1]]);

export function describe({ series, limit }, step, runs) {
  const home = runs
    .map(({ arrived }, i) => [arrived, series[i].name])
    .filter(([arrived]) => arrived <= step)
    .sort((a, b) => a[0] - b[0])
    .map(([arrived, name]) => `${name} after ${arrived}`);
  const valleys = new Set(runs.flatMap(({ arrived, nearest }) => (arrived <= step ? [nearest] : []))).size;
  const restless = series.filter(({ settings }) => settings.learning_rate > limit).map(({ name }) => name);
  const parts = [`Step ${Math.floor(step)}: ${home.length ? `arrived: ${home.join(", ")}` : "nobody has arrived yet"}`];
  if (valleys > 1) parts.push(`in ${valleys} different valleys`);
  const never = restless.length ? ` Never: ${restless.join(", ")}, whose α is past 2/L in every valley.` : "";
  return `${parts.join(", ")}.${never}`;
}

export function mount(stage, data) {
  const { min, max } = data.controls.start;
  const figure = createFigure(stage, {
    state: { step: data.steps, start: data.start },
    constrain: ({ step, start }) => ({
      step: clamp(step, 0, data.steps),
      start: start.map((value) => clamp(value, min, max)),
    }),
    render,
  });
  const field = createPanel(figure.plots, {
    title: "Drag the start: every valley is a minimum",
    size: "aspect-ratio: var(--lf-hero)",
    margin: { top: 0, right: 0, bottom: 0, left: 0 },
    layers: ["minima", "paths", "heads", "handles"],
    clipped: ["paths", "heads", "handles"],
    wide: true,
  });
  const curve = createPanel(figure.plots, {
    title: "Loss, on a log axis",
    size: "height: 190px",
    margin: { top: 6, right: 10, bottom: 40, left: 44 },
    layers: ["xAxis", "yAxis", "lines", "heads"],
    clipped: ["lines"],
    wide: true,
  });
  createLegend(figure.plots, data.series.map(({ label }, i) => ({ label, index: i })));
  const player = createPlayer(figure.controls, { last: data.steps, change: (step) => figure.set({ step }) });
  figure.plays(player);
  const handle = createHandle(field.handles, {
    label: "Start point of every run",
    step: 0.1,
    read: () => figure.state.start,
    move(start) {
      player.pause();
      figure.set({ start, step: data.steps });
    },
    describe: ([x, y]) => `${fixed(x, 1)} across, ${fixed(y, 1)} up`,
  });

  let runs = null;
  let from = null;
  let painted = "";
  function render({ step, start }) {
    if (from !== start) runs = compute(data, start);
    from = start;
    drawField(step);
    drawCurve(step);
    player.show(step);
    figure.say(describe(data, step, runs));
  }

  function drawField(step) {
    const frame = field.fit();
    const domains = equalUnits(frame, [0, 0], 10.4);
    const x = linear(domains[0], [frame.left, frame.right]);
    const y = linear(domains[1], [frame.bottom, frame.top]);
    const key = paintKey(frame);
    if (key !== painted) {
      paintContours(field, frame, domains, himmelblau.value, (f) => 1.9 * Math.log1p(f / 4), 13);
      painted = key;
    }
    field.minima.replaceChildren();
    for (const [u, v] of data.minimizers) {
      svg("path", { class: "lf-minimum", d: "M-5 0H5M0 -5V5", transform: `translate(${x(u)} ${y(v)})` }, field.minima);
    }
    field.paths.replaceChildren();
    field.heads.replaceChildren();
    runs.forEach(({ path }, i) => {
      const pixels = until(path, step).map(([u, v]) => [x(u), y(v)]);
      svg("path", { class: `lf-path lf-series-${i}`, d: pathOf(pixels) }, field.paths);
      for (const [cx, cy] of spaced(pixels, 7)) {
        svg("circle", { class: `lf-step lf-series-${i}`, cx, cy, r: 2.6 }, field.paths);
      }
      const head = pixels.at(-1);
      if (head.every(Number.isFinite)) drawMarker(field.heads, i, head);
    });
    handle.place(x, y);
  }

  function drawCurve(step) {
    const frame = curve.fit();
    const x = linear([0, data.steps], [frame.left, frame.right]);
    const y = logarithmic(LOSSES, [frame.bottom, frame.top]);
    bottomAxis(curve.xAxis, x, frame, { label: "step", ticks: 6, grid: false });
    leftAxis(curve.yAxis, y, frame, { ticks: 4 });
    curve.lines.replaceChildren();
    curve.heads.replaceChildren();
    runs.forEach(({ losses }, i) => {
      const points = losses.map((loss, k) => [k, Math.log10(Math.max(loss, 1e-40))]);
      const pixels = until(points, step).map(([k, exponent]) => [x(k), y(10 ** exponent)]);
      svg("path", { class: `lf-path lf-series-${i}`, d: pathOf(pixels) }, curve.lines);
      const head = pixels.findLast(([, v]) => v <= frame.bottom) ?? pixels[0];
      if (head.every(Number.isFinite)) drawMarker(curve.heads, i, head);
    });
  }

  return Object.assign(figure, { greet: () => player.greet() });
}

/** The points up to a fractional step, the last one on the way between two. */
export function until(points, step) {
  const whole = Math.floor(step);
  const part = step - whole;
  const shown = points.slice(0, whole + 1);
  if (part > 0 && whole + 1 < points.length) {
    const [a, b] = [points[whole], points[whole + 1]];
    shown.push(a.map((value, i) => value + part * (b[i] - value)));
  }
  return shown;
}
