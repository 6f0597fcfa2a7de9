// Runs of SGD on a parabola: they fall, and then they hover on a floor that time does not lower.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createPanel } from "./kit/panel.js";
import { createPlayer } from "./kit/player.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { count, fixed, say } from "./kit/text.js";
import { parabola } from "./methods.js";
import { normals } from "./random.js";

const REACH = 2.4;
const SQUARES = [1e-5, 1e1];
const BALLS = 40;
let noise = null;

/** The stationary variance of x; infinite where a step no longer contracts. */
export function noiseFloor({ curvature, variance }, { alpha, batch }) {
  const product = alpha * curvature;
  return product < 2 ? (alpha * variance) / (batch * curvature * (2 - product)) : Infinity;
}

/** All runs, the points of a step side by side; their mean squares; what theory expects; the floor. */
export function compute(data, { alpha, batch }) {
  const { runs, steps, start, curvature, variance, seed } = data;
  noise ??= normals(seed, runs * steps);
  const points = new Float64Array(runs * (steps + 1)).fill(start, 0, runs);
  const squares = [start * start];
  const expected = [start * start];
  const [shrink, size] = [1 - alpha * curvature, alpha * Math.sqrt(variance / batch)];
  for (let step = 0, i = 0; step < steps; step++) {
    let sum = 0;
    for (let run = 0; run < runs; run++, i++) {
      const x = shrink * points[i] - size * noise[i];
      points[i + runs] = x;
      sum += x * x;
    }
    squares.push(sum / runs);
    expected.push(shrink * shrink * expected[step] + size * size);
  }
  return { points, squares, expected, floor: noiseFloor(data, { alpha, batch }) };
}

const rate = (alpha) => (alpha < 0.0995 ? fixed(alpha, 3) : fixed(alpha));

export function describe({ runs, start }, { alpha, batch, step }, { squares, expected, floor }) {
  const at = Math.floor(step);
  const setting = `α = ${rate(alpha)}, B = ${batch}, ${at ? `step ${at.toLocaleString("en-US")}` : "the start"}`;
  const measured = `the mean square of ${count(runs, "run")} is ${say(squares[at], 2)}`;
  if (!Number.isFinite(floor)) {
    return `${setting}: ${measured}. There is no floor: at α = 2/λ a step forgets nothing, and noise piles up.`;
  }
  const level = `the floor ${say(floor, 2)}`;
  if (floor > start * start) return `${setting}: ${measured}, ${level}. The noise has thrown the runs out.`;
  if (expected[at] > 1.05 * floor) return `${setting}: ${measured}, still on the way down to ${level}.`;
  return `${setting}: ${measured}. This is ${level}, up to chance: more steps change nothing.`;
}

export function mount(stage, data) {
  const { alpha, batch } = data.controls;
  const { steps, runs, curvature } = data;
  const { value } = parabola(curvature);
  stage.classList.add("lf-sgd");
  const figure = createFigure(stage, {
    state: { alpha: alpha.value, batch: batch.value, step: steps },
    constrain: (wish) => ({
      alpha: clamp(wish.alpha, alpha.min, alpha.max),
      batch: clamp(Math.round(wish.batch), batch.min, batch.max),
      step: clamp(wish.step, 0, steps),
    }),
    render,
  });
  const bowl = createPanel(figure.plots, {
    title: `${BALLS} runs in the bowl; the band is ± √floor`,
    size: "height: 270px",
    margin: { top: 8, right: 8, bottom: 40, left: 8 },
    layers: ["band", "xAxis", "curve", "balls"],
    clipped: ["band", "curve", "balls"],
  });
  const graph = createPanel(figure.plots, {
    title: "Mean square of x, on a log axis (dashed: theory)",
    size: "height: 270px",
    margin: { top: 8, right: 16, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "lines", "labels"],
    clipped: ["lines"],
  });
  const choose = (wish) => {
    player.pause();
    figure.set({ ...wish, step: steps });
  };
  const sliders = {
    alpha: createSlider(figure.controls, {
      label: "learning rate α",
      min: alpha.min,
      max: alpha.max,
      log: true,
      steps: 60,
      marks: [
        { value: 0.02, text: "0.02" },
        { value: 0.1, text: "0.1" },
        { value: 1 / curvature, text: "1/λ" },
        { value: 2 / curvature, text: "2/λ" },
      ],
      format: rate,
      change: (value) => choose({ alpha: value }),
    }),
    batch: createSlider(figure.controls, {
      label: "batch size B",
      min: batch.min,
      max: batch.max,
      log: true,
      steps: 8, // an arrow doubles it
      marks: [1, 4, 16, 64, 256].map((size) => ({ value: size, text: String(size) })),
      format: (size) => count(Math.round(size), "example"),
      change: (size) => choose({ batch: size }),
    }),
  };
  const player = createPlayer(figure.controls, { last: steps, change: (step) => figure.set({ step }) });
  figure.plays(player);

  let result = null;
  let known = "";
  function render(state) {
    const key = `${state.alpha} ${state.batch}`;
    if (key !== known) result = compute(data, state);
    known = key;
    for (const [name, slider] of Object.entries(sliders)) slider.show(state[name]);
    player.show(state.step);
    drawBowl(state);
    drawGraph(state);
    figure.say(describe(data, state, result));
  }

  function drawBowl({ step }) {
    const frame = bowl.fit();
    const x = linear([-REACH, REACH], [frame.left, frame.right]);
    const y = linear([0, value([REACH])], [frame.bottom - 12, frame.top]);
    bottomAxis(bowl.xAxis, x, frame, { label: "x", values: [-2, -1, 0, 1, 2], grid: false });
    for (const layer of [bowl.band, bowl.curve, bowl.balls]) layer.replaceChildren();
    const half = Math.min(Math.sqrt(result.floor), 2 * REACH);
    const height = frame.bottom - frame.top;
    svg("rect", { class: "lf-band", x: x(-half), width: x(half) - x(-half), y: frame.top, height }, bowl.band);
    const across = Array.from({ length: 81 }, (_, i) => REACH * (i / 40 - 1));
    svg("path", { class: "lf-ray", d: pathOf(across.map((u) => [x(u), y(value([u]))])) }, bowl.curve);
    const first = runs * Math.floor(step);
    for (const u of result.points.subarray(first, first + BALLS)) {
      if (Math.abs(u) < 2 * REACH) svg("circle", { class: "lf-step", cx: x(u), cy: y(value([u])), r: 4.5 }, bowl.balls);
    }
  }

  function drawGraph({ step }) {
    const frame = graph.fit();
    const x = linear([0, steps], [frame.left, frame.right]);
    const y = logarithmic(SQUARES, [frame.bottom, frame.top]);
    bottomAxis(graph.xAxis, x, frame, { label: "step", ticks: 4, grid: false, format: say });
    leftAxis(graph.yAxis, y, frame, { ticks: 8 });
    graph.lines.replaceChildren();
    graph.labels.replaceChildren();
    const seen = Array.from(result.squares.slice(0, Math.floor(step) + 1), (square, k) => [x(k), y(square)]);
    svg("path", { class: "lf-path lf-thin", d: pathOf(seen) }, graph.lines);
    svg("path", { class: "lf-theory lf-over", d: pathOf(result.expected.map((a, k) => [x(k), y(a)])) }, graph.lines);
    const [cx, cy] = seen.at(-1);
    svg("circle", { class: "lf-here", cx, cy: clamp(cy, frame.top, frame.bottom), r: 6 }, graph.labels);
    if (result.floor < SQUARES[1]) {
      const at = { x: frame.right - 8, y: y(result.floor) - 14, "text-anchor": "end" };
      svg("text", { class: "lf-note", ...at, text: `floor ${say(result.floor, 2)}` }, graph.labels);
    }
  }

  return Object.assign(figure, { greet: () => player.greet() });
}
