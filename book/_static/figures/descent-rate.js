// One learning rate, two eigenmodes: which of them decides how fast, and whether at all.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { paintContours, paintKey } from "./kit/contour.js";
import { pathOf, spaced, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createPanel, equalUnits } from "./kit/panel.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { count, fixed, say } from "./kit/text.js";
import { norm, quadratic, run } from "./methods.js";

const BOUNDS = 1.9; // how far from the minimizer the start may be dragged
const ERRORS = [1e-8, 1e4];

/** Everything the figure shows, from its data and its state. */
export function compute({ hessian, eigenvalues, steps }, { alpha, start }) {
  const path = run(quadratic(hessian), start, "gradient_descent", { learning_rate: alpha }, steps);
  const factors = eigenvalues.map((eigenvalue) => 1 - alpha * eigenvalue);
  const rate = Math.max(...factors.map(Math.abs));
  const errors = path.map((point) => norm(point) / norm(start));
  return { path, factors, rate, errors, theory: errors.map((_, step) => rate ** step) };
}

/** The same in a sentence. */
export function describe({ critical }, { alpha }, { factors, rate }) {
  const share = `α = ${fixed(alpha, 3)} is ${fixed(alpha / critical)} of 2/L`;
  if (Math.abs(rate - 1) < 1e-9) return `On the edge: ${share}. The steep mode jumps from side to side forever.`;
  if (rate > 1) return `Diverges: ${share}. The steep mode flips sign and grows by ${fixed(rate)} a step.`;
  const [steep, flat] = factors.map(Math.abs);
  let pace = steep > flat ? "The steep mode, which flips sign, sets" : "The flat mode sets";
  if (Math.abs(steep - flat) < 1e-3) pace = "Both modes set";
  const steps = count(Math.ceil(Math.log(1e-6) / Math.log(rate)), "step");
  return `Converges: ${share}. ${pace} the pace, ${fixed(rate)} a step: ${steps} to shrink the error a million times.`;
}

export function mount(stage, data) {
  const { alpha } = data.controls;
  const names = ["steep", "flat"];
  const curvature = (i) => (data.eigenvalues[i] === 1 ? "" : say(data.eigenvalues[i]));
  const figure = createFigure(stage, {
    state: { alpha: alpha.value, start: data.start },
    constrain: (wish) => ({
      alpha: clamp(wish.alpha, alpha.min, alpha.max),
      start: wish.start.map((value) => clamp(value, -BOUNDS, BOUNDS)),
    }),
    render,
  });

  const walk = createPanel(figure.plots, {
    title: "The walk, from the point you drag",
    size: "aspect-ratio: 1.12",
    margin: { top: 0, right: 0, bottom: 0, left: 0 },
    layers: ["modes", "path", "handles"],
    clipped: ["modes", "path", "handles"],
  });
  const curve = createPanel(figure.plots, {
    title: "Distance to the minimizer, on a log axis",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "lines"],
    clipped: ["lines"],
  });
  const bars = createPanel(figure.plots, {
    title: "What one step multiplies each mode by",
    size: "height: 152px",
    margin: { top: 4, right: 4, bottom: 24, left: 4 },
    layers: ["axis", "bars"],
    wide: true,
  });

  const handle = createHandle(walk.handles, {
    label: "Start point",
    step: 0.05,
    read: () => figure.state.start,
    move: (start) => figure.set({ start }),
    describe: ([x, y]) => `${fixed(x)} across, ${fixed(y)} up`,
  });
  const slider = createSlider(figure.controls, {
    label: "learning rate α",
    min: alpha.min,
    max: alpha.max,
    steps: 110,
    marks: data.marks,
    format: (value) => `${fixed(value, 3)} = ${fixed(value / data.critical, 2)} × 2/L`,
    change: (value) => figure.set({ alpha: value }),
  });

  function render(state) {
    const result = compute(data, state);
    slider.show(state.alpha);
    stage.classList.toggle("lf-alarm", result.rate > 1 + 1e-9);
    drawWalk(state, result);
    drawCurve(result);
    drawBars(result);
    figure.say(describe(data, state, result));
  }

  let painted = "";
  function drawWalk(state, { path }) {
    const frame = walk.fit();
    const domains = equalUnits(frame, [0, 0], 2 * BOUNDS + 0.3);
    const x = linear(domains[0], [frame.left, frame.right]);
    const y = linear(domains[1], [frame.bottom, frame.top]);
    // The field depends on the size and the theme alone: dragging must not repaint it.
    const key = paintKey(frame);
    if (key !== painted) {
      paintContours(walk, frame, domains, quadratic(data.hessian).value, (f) => 3 * Math.sqrt(f), 16);
      painted = key;
    }
    walk.modes.replaceChildren();
    data.eigenvectors.forEach(([u, v], i) => {
      const side = state.start[0] * u + state.start[1] * v > 0 ? -1 : 1; // away from the start
      const at = [1.62, 1.25][i];
      svg("path", { class: "lf-mode", d: pathOf([-9, 9].map((t) => [x(t * u), y(t * v)])) }, walk.modes);
      svg("text", {
        class: "lf-note", x: x(at * side * u), y: y(at * side * v), dx: -9 * Math.sign(side * u * v), dy: 4,
        "text-anchor": side * u * v > 0 ? "end" : "start", text: `${names[i]}, λ = ${say(data.eigenvalues[i])}`,
      }, walk.modes);
    });
    walk.path.replaceChildren();
    const pixels = path.map(([u, v]) => [clamp(x(u), -1e5, 1e5), clamp(y(v), -1e5, 1e5)]);
    svg("path", { class: "lf-path", d: pathOf(pixels) }, walk.path);
    for (const [cx, cy] of spaced(pixels, 6).slice(1)) svg("circle", { class: "lf-step", cx, cy, r: 3 }, walk.path);
    svg("path", { class: "lf-minimum", d: "M-5 0H5M0 -5V5", transform: `translate(${x(0)} ${y(0)})` }, walk.path);
    handle.place(x, y);
  }

  function drawCurve({ errors, theory, rate }) {
    const frame = curve.fit();
    const x = linear([0, data.steps], [frame.left, frame.right]);
    const y = logarithmic(ERRORS, [frame.bottom, frame.top]);
    bottomAxis(curve.xAxis, x, frame, { label: "step", ticks: 4, grid: false });
    leftAxis(curve.yAxis, y, frame, { ticks: 4 });
    curve.lines.replaceChildren();
    const points = (values) => values.map((value, step) => [x(step), y(Math.max(value, 1e-30))]);
    svg("path", { class: "lf-ribbon", d: pathOf(points(theory)) }, curve.lines);
    const measured = points(errors);
    svg("path", { class: "lf-path", d: pathOf(measured) }, curve.lines);
    for (const [cx, cy] of measured) svg("circle", { class: "lf-step", cx, cy, r: 2.2 }, curve.lines);
    // Left of the middle of what is seen: below a line that falls, above one that rises.
    const seen = rate < 1 ? Math.min(data.steps, Math.log(ERRORS[0]) / Math.log(rate)) : data.steps;
    svg("text", {
      class: "lf-note", x: x(0.6 * seen) - 8, y: y(rate ** (0.6 * seen)) + (rate < 1 ? 20 : -12), "text-anchor": "end",
      text: `theory: ${fixed(rate)} a step`,
    }, curve.lines);
  }

  function drawBars({ factors }) {
    const frame = bars.fit();
    const x = linear([-1.5, 1.5], [frame.left, frame.right]);
    bottomAxis(bars.axis, x, frame, { values: [-1, 0, 1], grid: false });
    for (const [at, text] of [[-1.25, "grows"], [-0.5, "shrinks"], [0.5, "shrinks"], [1.25, "grows"]]) {
      svg("text", { class: "lf-quiet", x: x(at), y: frame.bottom + 17, "text-anchor": "middle", text }, bars.axis);
    }
    bars.bars.replaceChildren();
    factors.forEach((factor, i) => {
      const top = frame.top + 62 * i;
      const [from, to] = [x(0), x(clamp(factor, -1.5, 1.5))];
      const grows = Math.abs(factor) > 1 + 1e-9;
      const fate = grows ? "grows" : Math.abs(factor) < 1e-9 ? "gone in one step" : "shrinks";
      const parts = [factor < -1e-9 && "flips", fate].filter(Boolean).join(" and ");
      const text = `${names[i]} mode: 1 − ${curvature(i)}α = ${fixed(factor)}, ${parts}`;
      svg("text", { class: "lf-plain", x: frame.left, y: top + 14, text }, bars.bars);
      const box = { y: top + 23, height: 26 };
      svg("rect", { class: "lf-safe", x: x(-1), width: x(1) - x(-1), ...box }, bars.bars);
      svg("rect", {
        class: grows ? "lf-bar lf-bad" : "lf-bar", rx: 2,
        x: Math.min(from, to), width: Math.abs(to - from), y: top + 28, height: 16,
      }, bars.bars);
      svg("line", { class: "lf-axis", x1: x(0), x2: x(0), y1: top + 23, y2: top + 49 }, bars.bars);
    });
  }

  return figure;
}
