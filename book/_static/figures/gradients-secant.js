// A secant turns into the tangent; the centered one hurries.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createPanel } from "./kit/panel.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { createSwitch } from "./kit/switch.js";
import { fixed, say } from "./kit/text.js";
import { difference } from "./differences.js";
import { expSin } from "./methods.js";

const VIEW = [-2.1, 4.6];
const VALUES = [-0.6, 3.6];
const ERRORS = [1e-7, 3];
const POINTS = 200; // points of a curve
const SCHEMES = ["forward", "central"];
const NAMES = ["Forward", "Central"];
const f = (x) => expSin.value([x]);

/** The slope of the tangent, that of a secant, and how far off the secant is at any step. */
export function compute({ x, h, scheme }) {
  const [slope] = expSin.gradient([x]);
  const secant = (step, index = scheme) => difference(f, x, step, SCHEMES[index]);
  const error = (step, index) => Math.abs(secant(step, index) - slope);
  return { slope, secant: secant(h), error };
}

const short = (h) => (h < 0.0995 ? fixed(h, 3) : fixed(h));

export function describe({ h, scheme }, { slope, secant, error }) {
  const slopes = `the secant’s slope is ${fixed(secant, 3)}, the tangent’s ${fixed(slope, 3)}`;
  const shrinks = error(h) / error(h / 2);
  const half =
    shrinks > 1.05
      ? `At half of h the error is ${fixed(shrinks, 1)} times smaller.`
      : "This h is so long that half of it is no better.";
  return `${NAMES[scheme]}, h = ${short(h)}: ${slopes}. The error is ${say(error(h), 2)}. ${half}`;
}

export function mount(stage, data) {
  const { x: place, h, scheme } = data.controls;
  const figure = createFigure(stage, {
    state: { x: place.value, h: h.value, scheme: scheme.value },
    constrain: (wish) => ({
      x: clamp(wish.x, place.min, place.max),
      h: clamp(wish.h, h.min, h.max),
      scheme: clamp(Math.round(wish.scheme), scheme.min, scheme.max),
    }),
    render,
  });
  const graph = createPanel(figure.plots, {
    title: "The curve, its tangent (dashed) and a secant",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 40, left: 34 },
    layers: ["xAxis", "yAxis", "lines", "labels", "handles"],
    clipped: ["lines"],
  });
  const curve = createPanel(figure.plots, {
    title: "Error of the slope at every h, on log axes",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 12, bottom: 40, left: 44 },
    layers: ["xAxis", "yAxis", "lines", "labels"],
    clipped: ["lines"],
  });
  const handle = createHandle(graph.handles, {
    label: "Point of the tangent",
    step: 0.05,
    read: () => [figure.state.x, f(figure.state.x)],
    move: ([x]) => figure.set({ x }),
    describe: ([x, y]) => `x ${fixed(x)}, f ${fixed(y)}`,
  });
  const slider = createSlider(figure.controls, {
    label: "step h",
    min: h.min,
    max: h.max,
    log: true,
    steps: 60,
    marks: [0.01, 0.1, 1].map((value) => ({ value, text: String(value) })),
    format: short,
    change: (value) => figure.set({ h: value }),
  });
  const choice = createSwitch(figure.controls, {
    label: "Secant",
    options: ["Forward: x, x + h", "Central: x ± h"],
    change: (index) => figure.set({ scheme: index }),
  });

  function render(state) {
    const result = compute(state);
    slider.show(state.h);
    choice.show(state.scheme);
    drawGraph(state, result);
    drawCurve(state, result);
    figure.say(describe(state, result));
  }

  function drawGraph({ x: at, h: step, scheme: index }, { slope, secant }) {
    const frame = graph.fit();
    const x = linear(VIEW, [frame.left, frame.right]);
    const y = linear(VALUES, [frame.bottom, frame.top]);
    bottomAxis(graph.xAxis, x, frame, { label: "x", values: [-2, -1, 0, 1, 2, 3, 4], grid: false });
    leftAxis(graph.yAxis, y, frame, { values: [0, 1, 2, 3] });
    graph.lines.replaceChildren();
    graph.labels.replaceChildren();
    const across = Array.from({ length: POINTS + 1 }, (_, i) => VIEW[0] + ((VIEW[1] - VIEW[0]) * i) / POINTS);
    const line = (through, rise) => pathOf(VIEW.map((u) => [x(u), y(f(through) + rise * (u - through))]));
    svg("path", { class: "lf-ray", d: pathOf(across.map((u) => [x(u), y(f(u))])) }, graph.lines);
    svg("path", { class: "lf-theory", d: line(at, slope) }, graph.lines);
    const ends = [index ? at - step : at, at + step];
    svg("path", { class: "lf-path", d: line(ends[0], secant) }, graph.lines);
    for (const u of ends) svg("circle", { class: "lf-step", cx: x(u), cy: y(f(u)), r: 5 }, graph.lines);
    // How far apart the two points are, on the floor of the panel.
    const floor = frame.bottom - 12;
    for (const u of ends) svg("path", { class: "lf-mode", d: pathOf([[x(u), floor], [x(u), y(f(u))]]) }, graph.lines);
    svg("path", { class: "lf-ray", d: pathOf(ends.map((u) => [x(u), floor])) }, graph.lines);
    svg("text", {
      class: "lf-note", x: x(ends[1]) + 6, y: floor + 4, text: index ? "2h" : "h",
    }, graph.labels);
    handle.place(x, y);
  }

  function drawCurve({ h: step, scheme: chosen }, { error }) {
    const frame = curve.fit();
    const x = logarithmic([h.min, h.max], [frame.left, frame.right]);
    const y = logarithmic(ERRORS, [frame.bottom, frame.top]);
    bottomAxis(curve.xAxis, x, frame, { label: "step h", values: [0.001, 0.01, 0.1, 1], format: String, grid: false });
    leftAxis(curve.yAxis, y, frame, { values: [1e-6, 1e-4, 1e-2, 1] });
    curve.lines.replaceChildren();
    curve.labels.replaceChildren();
    const steps = Array.from({ length: POINTS + 1 }, (_, i) => h.min * (h.max / h.min) ** (i / POINTS));
    SCHEMES.forEach((_, index) => {
      const kind = index === chosen ? "lf-path" : "lf-theory";
      // Where a secant happens to be right, its line would leave for minus infinity.
      const points = steps.map((s) => [x(s), y(Math.max(error(s, index), 1e-12))]);
      svg("path", { class: kind, d: pathOf(points) }, curve.lines);
    });
    // The lines rise: there is room to the left above one and to the right below one.
    const early = 0.012;
    const [upper, lower] = [error(early, 0), error(early, 1)].sort((a, b) => b - a);
    const names = error(early, 0) > error(early, 1) ? ["forward: like h", "central: like h²"] : ["central", "forward"];
    note(x(early) - 4, y(Math.max(upper, 1e-6)) - 8, names[0], "end");
    note(x(early) + 8, y(Math.max(lower, 1e-6)) + 20, names[1], "start");
    const cy = clamp(y(Math.max(error(step, chosen), 1e-12)), frame.top, frame.bottom);
    svg("circle", { class: "lf-here", cx: x(step), cy, r: 7 }, curve.labels);
  }

  function note(x, y, text, anchor) {
    svg("text", { class: "lf-note", x, y, "text-anchor": anchor, text }, curve.labels);
  }

  return figure;
}
