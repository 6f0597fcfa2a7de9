// The best momentum for quadratics can cycle for ever on a function that is just as well behaved.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createPanel } from "./kit/panel.js";
import { createPlayer } from "./kit/player.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { fixed, say } from "./kit/text.js";
import { lessard, run } from "./methods.js";
import { until } from "./intro-race.js";

const REACH = 4.2;
const HEIGHTS = [-6, 92];
const ERRORS = [1e-4, 1e1];
const LONG = 150; // steps after which a start is told to cycle or to arrive
const HOME = 0.1; // every point of the cycle is farther from the minimum
const NAMES = { momentum: "heavy ball", gradient_descent: "gradient descent" };

/** Both runs from a start, and whether the heavy ball's ends in the cycle. */
export function compute({ settings, steps }, { start }) {
  const walk = (method, n) => run(lessard, [start], method, settings[method], n).map(([x]) => x);
  const long = walk("momentum", LONG);
  return {
    momentum: long.slice(0, steps + 1),
    gradient_descent: walk("gradient_descent", steps),
    cycles: Math.abs(long.at(-1)) > HOME,
  };
}

/** The starts, between -REACH and REACH, from which the heavy ball ends in the cycle, as intervals. */
export function cyclingStarts({ settings }, places = 420) {
  const ends = Array.from({ length: places }, (_, i) => {
    const start = REACH * ((2 * i + 1) / places - 1);
    return Math.abs(run(lessard, [start], "momentum", settings.momentum, LONG).at(-1)[0]) > HOME;
  });
  const width = (2 * REACH) / places;
  return ends.flatMap((cycles, i) => (cycles ? [[i * width - REACH, (i + 1) * width - REACH]] : []));
}

export function describe({ cycle }, { start, step }, { momentum, gradient_descent, cycles }) {
  const at = Math.floor(step);
  const points = cycle.map((x) => fixed(x)).join(" → ");
  const inCycle = cycles && cycle.some((x) => Math.abs(momentum[at] - x) < 0.005);
  const heavy = inCycle
    ? `the heavy ball is in the cycle ${points}, for ever`
    : `the heavy ball is ${say(Math.abs(momentum[at]), 2)} from the minimum`;
  const fate = cycles ? "" : " From this start it arrives: the cycle catches only some.";
  const descent = `gradient descent is ${say(Math.abs(gradient_descent[at]), 2)} away`;
  return `Start ${fixed(start)}, step ${at}: ${heavy}, and ${descent}.${fate}`;
}

export function mount(stage, data) {
  const { start } = data.controls;
  const { steps, cycle } = data;
  const caught = cyclingStarts(data);
  stage.classList.add("lf-momentum");
  const figure = createFigure(stage, {
    state: { start: start.value, step: steps },
    constrain: (wish) => ({ start: clamp(wish.start, start.min, start.max), step: clamp(wish.step, 0, steps) }),
    render,
  });
  const graph = createPanel(figure.plots, {
    title: "The function and the last steps of the heavy ball",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 78, left: 34 },
    layers: ["xAxis", "yAxis", "strip", "curve", "steps", "handles"],
    clipped: ["curve", "steps"],
  });
  const curve = createPanel(figure.plots, {
    title: "Distance to the minimum, on a log axis",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 78, left: 40 },
    layers: ["xAxis", "yAxis", "lines"],
    clipped: ["lines"],
  });
  const player = createPlayer(figure.controls, { last: steps, change: (step) => figure.set({ step }) });
  figure.plays(player);
  const handle = createHandle(graph.handles, {
    label: "Start of both runs",
    step: 0.05,
    read: () => [figure.state.start, 0],
    move([x]) {
      player.pause();
      figure.set({ start: x, step: steps });
    },
    describe: ([x]) => `start at ${fixed(x)}`,
  });

  let result = null;
  let from = null;
  function render(state) {
    if (from !== state.start) result = compute(data, state);
    from = state.start;
    player.show(state.step);
    drawGraph(state);
    drawCurve(state);
    figure.say(describe(data, state, result));
  }

  function drawGraph({ step }) {
    const frame = graph.fit();
    const x = linear([-REACH, REACH], [frame.left, frame.right]);
    const y = linear(HEIGHTS, [frame.bottom, frame.top]);
    const on = (u) => [x(u), y(lessard.value([u]))];
    bottomAxis(graph.xAxis, x, frame, { values: [-4, -2, 0, 2, 4], grid: false });
    leftAxis(graph.yAxis, y, frame, { values: [0, 20, 40, 60, 80] });

    // The handle moves along the strip of starts, below the axis.
    const rail = frame.bottom + 42;
    graph.strip.replaceChildren();
    svg("rect", { class: "lf-safe", x: frame.left, width: frame.right - frame.left, y: rail - 6, height: 12 }, graph.strip);
    for (const [low, high] of caught) {
      svg("rect", { class: "lf-bar", x: x(low), width: x(high) - x(low) + 0.3, y: rail - 6, height: 12 }, graph.strip);
    }
    svg("text", {
      class: "lf-quiet", x: frame.left, y: rail + 28, text: "drag the start; filled: ends in a cycle",
    }, graph.strip);
    graph.curve.replaceChildren();
    const across = Array.from({ length: 241 }, (_, i) => REACH * (i / 120 - 1));
    svg("path", { class: "lf-ray", d: pathOf(across.map(on)) }, graph.curve);
    for (const u of [1, 2]) {
      svg("path", { class: "lf-mode", d: pathOf([[x(u), frame.bottom], on(u)]) }, graph.curve);
    }
    graph.steps.replaceChildren();
    // The last four points: in the cycle they close a triangle.
    const seen = until(result.momentum.map((u) => [u]), step).slice(-4).map(([u]) => on(u));
    svg("path", { class: "lf-path", d: pathOf(seen) }, graph.steps);
    for (const [cx, cy] of seen) svg("circle", { class: "lf-step", cx, cy, r: 3.6 }, graph.steps);
    const [cx, cy] = seen.at(-1);
    svg("circle", { class: "lf-here", cx, cy, r: 7 }, graph.steps);
    const other = until(result.gradient_descent.map((u) => [u]), step).at(-1)[0];
    const [ox, oy] = on(other);
    svg("rect", { class: "lf-here lf-descent", x: ox - 5.5, y: oy - 5.5, width: 11, height: 11 }, graph.steps);
    handle.place(x, linear([0, 1], [rail, rail - 1]));
  }

  function drawCurve({ step }) {
    const frame = curve.fit();
    const x = linear([0, steps], [frame.left, frame.right]);
    const y = logarithmic(ERRORS, [frame.bottom, frame.top]);
    bottomAxis(curve.xAxis, x, frame, { label: "step", ticks: 4, grid: false });
    leftAxis(curve.yAxis, y, frame, { ticks: 5 });
    curve.lines.replaceChildren();
    const scale = Math.abs(result.momentum[0]);
    const promised = Array.from({ length: steps + 1 }, (_, k) => [x(k), y(scale * data.promise ** k)]);
    svg("path", { class: "lf-theory", d: pathOf(promised) }, curve.lines);
    for (const [method, kind] of [["gradient_descent", "lf-descent"], ["momentum", "lf-momentum"]]) {
      const errors = result[method].map((u, k) => [k, Math.log10(Math.max(Math.abs(u), 1e-30))]);
      const pixels = until(errors, step).map(([k, exponent]) => [x(k), y(10 ** exponent)]);
      svg("path", { class: `lf-path ${kind}`, d: pathOf(pixels) }, curve.lines);
      // At the line's head, or where it leaves the panel: above a cycle, below a line that falls.
      const seen = pixels.filter(([, v]) => v <= frame.bottom).slice(-4);
      const [head, at] = seen.at(-1);
      const late = head > (frame.left + frame.right) / 2;
      const height = late && method !== "momentum" ? at + 22 : Math.min(...seen.map(([, v]) => v)) - 10;
      note(head + (late ? 0 : 6), height, NAMES[method], late ? "end" : "start");
    }
    note(frame.left + 4, y(6e-4), "promise on");
    note(frame.left + 4, y(6e-4) + 15, "quadratics");
  }

  function note(x, y, text, anchor = "start") {
    svg("text", { class: "lf-note", x, y, "text-anchor": anchor, text }, curve.lines);
  }

  return Object.assign(figure, { greet: () => player.greet() });
}
