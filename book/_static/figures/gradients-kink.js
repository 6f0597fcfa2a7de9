// At a kink the slopes of differences part, and everything between them is a subgradient.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createLegend, drawMarker } from "./kit/legend.js";
import { createPanel } from "./kit/panel.js";
import { clamp, linear } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { createSwitch } from "./kit/switch.js";
import { fixed, tick } from "./kit/text.js";
import { difference } from "./differences.js";

const REACH = 1.6; // what the panels show on either side of the kink
const BOUND = 1.5; // how far from it the point may be dragged
const SNAP = 0.04; // so near, a finger means the kink
const FAN = 9; // subgradients drawn
const SCHEMES = ["forward", "central", "backward"];

/** The function of a kink and two slopes, zero at the kink. */
export const bent = ({ kink, left, right }) => (x) => (x < kink ? left : right) * (x - kink);

/** The slopes that the three differences find, and those that the function has. */
export function compute({ shapes }, { shape, x, h }) {
  const f = bent(shapes[shape]);
  const { kink, left, right } = shapes[shape];
  return {
    differences: SCHEMES.map((scheme) => difference(f, x, h, scheme)),
    subgradients: x === kink ? [left, right] : x < kink ? [left, left] : [right, right],
    crossed: Math.abs(x - kink) < h,
  };
}

export function describe({ shapes }, { shape, x, h }, { differences, subgradients, crossed }) {
  const { kink } = shapes[shape];
  const [forward, central, backward] = differences.map((slope) => fixed(slope));
  const [low, high] = subgradients;
  const three = `forward ${forward}, central ${central}, backward ${backward}`;
  if (x === kink) {
    const every = `every slope from ${tick(low)} to ${tick(high)} is a subgradient`;
    return `At the kink ${every}. At any h: ${three}, their mean in the middle.`;
  }
  const where = `x = ${fixed(x)}, h = ${fixed(h)}`;
  const distance = fixed(Math.abs(x - kink));
  if (!crossed) return `${where}: all three find the slope, ${tick(low)}. The kink is ${distance} away, beyond h.`;
  return `${where}: ${three}. The slope here is ${tick(low)}, but the kink is nearer than h. With h below ${distance} all agree.`;
}

export function mount(stage, data) {
  const { shape, x: place, h } = data.controls;
  const { shapes } = data;
  const figure = createFigure(stage, {
    state: { shape: shape.value, x: place.value, h: h.value },
    constrain(wish) {
      const index = clamp(Math.round(wish.shape), shape.min, shape.max);
      const { kink } = shapes[index];
      const x = clamp(wish.x, kink - BOUND, kink + BOUND);
      // Rounded, or no key would meet the kink.
      return { shape: index, x: Math.round(100 * x) / 100, h: clamp(wish.h, h.min, h.max) };
    },
    render,
  });
  const graph = createPanel(figure.plots, {
    title: "Three secants; dotted, the kink’s subgradients",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 40, left: 34 },
    layers: ["xAxis", "yAxis", "lines", "marks", "handles"],
    clipped: ["lines"],
  });
  const slopes = createPanel(figure.plots, {
    title: "The slopes at every x, and those found",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 40, left: 34 },
    layers: ["xAxis", "yAxis", "lines", "marks"],
    clipped: ["lines"],
  });
  createLegend(figure.plots, SCHEMES.map((label, index) => ({ label, index })));
  const handle = createHandle(graph.handles, {
    label: "Point",
    step: 0.05,
    read: () => [figure.state.x, bent(shapes[figure.state.shape])(figure.state.x)],
    move([x]) {
      const { kink } = shapes[figure.state.shape];
      figure.set({ x: Math.abs(x - kink) < SNAP ? kink : x });
    },
    describe: ([x]) => `x ${fixed(x)}`,
  });
  const slider = createSlider(figure.controls, {
    label: "step h",
    min: h.min,
    max: h.max,
    steps: 49,
    marks: [0.25, 0.5, 0.75, 1].map((value) => ({ value, text: String(value) })),
    format: (value) => fixed(value),
    change: (value) => figure.set({ h: value }),
  });
  const choice = createSwitch(figure.controls, {
    label: "Function",
    options: shapes.map(({ name }) => name),
    change: (index) =>
      // The point keeps its place beside the kink.
      figure.set({ shape: index, x: figure.state.x + shapes[index].kink - shapes[figure.state.shape].kink }),
  });

  function render(state) {
    const result = compute(data, state);
    slider.show(state.h);
    choice.show(state.shape);
    drawGraph(state);
    drawSlopes(state, result);
    figure.say(describe(data, state, result));
  }

  function drawGraph({ shape: index, x: at, h: step }) {
    const { kink, left, right } = shapes[index];
    const f = bent(shapes[index]);
    const frame = graph.fit();
    const domain = [kink - REACH, kink + REACH];
    const x = linear(domain, [frame.left, frame.right]);
    const y = linear([-0.5, 1.5], [frame.bottom, frame.top]);
    const on = (u) => [x(u), y(f(u))];
    bottomAxis(graph.xAxis, x, frame, { label: "x", ticks: 4, grid: false });
    leftAxis(graph.yAxis, y, frame, { values: [0, 1] });
    graph.lines.replaceChildren();
    graph.marks.replaceChildren();
    for (let i = 0; i < FAN; i++) {
      const slope = left + ((right - left) * i) / (FAN - 1);
      svg("path", { class: "lf-mode", d: pathOf(domain.map((u) => [x(u), y(slope * (u - kink))])) }, graph.lines);
    }
    svg("path", { class: "lf-ray", d: pathOf([domain[0], kink, domain[1]].map(on)) }, graph.lines);
    const ends = [[at, at + step], [at - step, at + step], [at - step, at]];
    ends.forEach((pair, i) => {
      svg("path", { class: `lf-path lf-series-${i} lf-thick`, d: pathOf(pair.map(on)) }, graph.lines);
      const [[x0, y0], [x1, y1]] = pair.map(on);
      drawMarker(graph.marks, i, [(x0 + x1) / 2, (y0 + y1) / 2]);
    });
    for (const u of [at - step, at + step]) {
      const [cx, cy] = on(u);
      svg("circle", { class: "lf-refused", cx, cy, r: 5 }, graph.lines);
    }
    handle.place(x, y);
  }

  function drawSlopes({ shape: index, x: at, h: step }, { differences }) {
    const { kink, left, right } = shapes[index];
    const frame = slopes.fit();
    const domain = [kink - REACH, kink + REACH];
    const x = linear(domain, [frame.left, frame.right]);
    const y = linear([-1.4, 1.4], [frame.bottom, frame.top]);
    bottomAxis(slopes.xAxis, x, frame, { label: "x", ticks: 4, grid: false });
    leftAxis(slopes.yAxis, y, frame, { values: [-1, 0, 1] });
    slopes.lines.replaceChildren();
    slopes.marks.replaceChildren();
    const graphOfSlopes = [[domain[0], left], [kink, left], [kink, right], [domain[1], right]];
    svg("path", { class: "lf-ribbon", d: pathOf(graphOfSlopes.map(([u, s]) => [x(u), y(s)])) }, slopes.lines);
    // Between the places where an end of the secant meets the kink, each difference is a line.
    [[-step, 0], [-step, step], [0, step]].forEach(([from, to], i) => {
      const ramp = [[domain[0], left], [kink + from, left], [kink + to, right], [domain[1], right]];
      svg("path", { class: `lf-path lf-series-${i}`, d: pathOf(ramp.map(([u, s]) => [x(u), y(s)])) }, slopes.lines);
    });
    svg("path", { class: "lf-mode", d: pathOf([[x(at), frame.top], [x(at), frame.bottom]]) }, slopes.lines);
    svg("text", {
      class: "lf-note", x: x(kink) + 8, y: y(left) + 20, text: "at the kink: all between",
    }, slopes.marks);
    differences.forEach((slope, i) => drawMarker(slopes.marks, i, [x(at), y(slope)]));
  }

  return figure;
}
