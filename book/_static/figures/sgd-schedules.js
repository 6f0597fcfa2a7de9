// A schedule designer: the learning rate above, what the noise leaves below, exactly.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createPanel } from "./kit/panel.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { createSwitch } from "./kit/switch.js";
import { count, fixed, say, tick } from "./kit/text.js";

const SQUARES = [3e-4, 2e1];

/** What a learning rate is multiplied by after a share of the budget; `step` counts thirds. */
export const SHAPES = [
  { name: "constant", factor: () => 1 },
  { name: "step", factor: (part, k, budget) => 0.1 ** Math.floor(k / Math.floor(budget / 3)) },
  { name: "linear", factor: (part) => 1 - part },
  { name: "cosine", factor: (part) => (1 + Math.cos(Math.PI * part)) / 2 },
  { name: "1/t", factor: (part) => 1 / (1 + 30 * part) },
  { name: "1/√t", factor: (part) => 1 / Math.sqrt(1 + 30 * part) },
];

/** The learning rate of every update: a climb, and then the shape over what is left of the budget. */
export function learningRates(steps, { shape, alpha, warmup }) {
  const budget = steps - warmup;
  return Array.from({ length: steps }, (_, k) => {
    if (k < warmup) return (alpha * (k + 1)) / (warmup + 1);
    return alpha * SHAPES[shape].factor((k - warmup) / budget, k - warmup, budget);
  });
}

/** The mean square after each step, the part of it that is the start, the floors, and the best there is. */
export function compute({ steps, start, curvature, variance }, state) {
  const rates = learningRates(steps, state);
  const squares = [start * start];
  const forgotten = [start * start];
  // The best learning rate of each step is known if the mean square is: a line in 1/a.
  const best = [start * start];
  for (const [k, alpha] of rates.entries()) {
    const shrink = (1 - alpha * curvature) ** 2;
    squares.push(shrink * squares[k] + alpha * alpha * variance);
    forgotten.push(shrink * forgotten[k]);
    best.push(1 / (1 / best[k] + curvature ** 2 / variance));
  }
  const floors = rates.map((alpha) => (alpha * variance) / (curvature * (2 - alpha * curvature)));
  return { rates, squares, forgotten, floors, best };
}

export function describe(data, { shape, alpha, warmup }, { squares, forgotten, floors, best }) {
  const last = squares.at(-1);
  const climb = warmup ? ` after a warm-up of ${count(warmup, "step")}` : "";
  const name = SHAPES[shape].name;
  const what = `${name[0].toUpperCase()}${name.slice(1)} from α = ${fixed(alpha, alpha < 0.0995 ? 3 : 2)}${climb}`;
  const times = last / best.at(-1);
  const versus = `${fixed(times, times < 9.95 ? 1 : 0)} times the least that any schedule can reach`;
  const ends = `${what}: the mean square ends at ${say(last, 2)}, ${versus}`;
  if (forgotten.at(-1) > 0.5 * last) return `${ends}. Most of it is the start, not yet forgotten: α is too small.`;
  if (shape === 0) return `${ends}. It rests on its floor, ${say(floors.at(-1), 2)}, and time does not lower it.`;
  const lag = last / floors.at(-1);
  if (lag > 2) return `${ends}. At the end the floor sinks faster than the run forgets.`;
  if (lag > 1.2) return `${ends}. It has nearly caught up with its floor.`;
  return `${ends}. It follows the sinking floor to the end.`;
}

export function mount(stage, data) {
  const { shape, alpha, warmup } = data.controls;
  const { steps } = data;
  stage.classList.add("lf-sgd");
  const figure = createFigure(stage, {
    state: { shape: shape.value, alpha: alpha.value, warmup: warmup.value },
    constrain: (wish) => ({
      shape: clamp(Math.round(wish.shape), shape.min, shape.max),
      alpha: clamp(wish.alpha, alpha.min, alpha.max),
      warmup: clamp(Math.round(wish.warmup), warmup.min, warmup.max),
    }),
    render,
  });
  const choice = createSwitch(figure.plots, {
    label: "Shape of the schedule",
    options: SHAPES.map(({ name }) => name),
    change: (index) => figure.set({ shape: index }),
  });
  choice.root.classList.add("lf-wide");
  const above = createPanel(figure.plots, {
    title: "Learning rate α",
    size: "height: 130px",
    margin: { top: 8, right: 16, bottom: 8, left: 40 },
    layers: ["yAxis", "lines"],
    clipped: ["lines"],
    wide: true,
  });
  const below = createPanel(figure.plots, {
    title: "Mean square of x, on a log axis (dashed: the floor that belongs to α)",
    size: "height: 250px",
    margin: { top: 8, right: 16, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "lines", "labels"],
    clipped: ["lines"],
    wide: true,
  });
  const sliders = {
    alpha: createSlider(figure.controls, {
      label: "largest learning rate α",
      min: alpha.min,
      max: alpha.max,
      log: true,
      steps: 60,
      marks: [
        { value: 0.01, text: "0.01" },
        { value: 0.1, text: "0.1" },
        { value: 0.5, text: "0.5" },
        { value: 1 / data.curvature, text: "1/λ" },
      ],
      format: (value) => fixed(value, value < 0.0995 ? 3 : 2),
      change: (value) => figure.set({ alpha: value }),
    }),
    warmup: createSlider(figure.controls, {
      label: "warm-up",
      min: warmup.min,
      max: warmup.max,
      steps: 30,
      marks: [0, 100, 300].map((value) => ({ value, text: String(value) })),
      format: (value) => count(Math.round(value), "step"),
      change: (value) => figure.set({ warmup: value }),
    }),
  };

  function render(state) {
    const result = compute(data, state);
    choice.show(state.shape);
    for (const [name, slider] of Object.entries(sliders)) slider.show(state[name]);
    drawRates(state, result);
    drawSquares(state, result);
    figure.say(describe(data, state, result));
  }

  function drawRates({ alpha: top }, { rates }) {
    const frame = above.fit();
    const x = linear([0, steps], [frame.left, frame.right]);
    const y = linear([0, 1.1 * top], [frame.bottom, frame.top]);
    leftAxis(above.yAxis, y, frame, { ticks: 3 });
    above.lines.replaceChildren();
    svg("path", { class: "lf-path lf-thick", d: pathOf(rates.map((rate, k) => [x(k), y(rate)])) }, above.lines);
  }

  function drawSquares(state, { squares, floors, best }) {
    const frame = below.fit();
    const x = linear([0, steps], [frame.left, frame.right]);
    const y = logarithmic(SQUARES, [frame.bottom, frame.top]);
    bottomAxis(below.xAxis, x, frame, { label: "step", ticks: 4, grid: false, format: say });
    leftAxis(below.yAxis, y, frame, { ticks: 5 });
    below.lines.replaceChildren();
    below.labels.replaceChildren();
    // The cosine's last floors are far below the panel.
    const line = (kind, values) =>
      svg("path", { class: kind, d: pathOf(values.map((value, k) => [x(k), y(Math.max(value, 1e-9))])) }, below.lines);
    line("lf-mode", best);
    line("lf-theory", floors);
    line("lf-path lf-thick", squares);
    const middle = Math.round(0.4 * steps);
    note(x(middle), y(best[middle]) + 20, "the best there is", "lf-quiet");
    const last = y(squares.at(-1));
    svg("circle", { class: "lf-here", cx: x(steps), cy: last, r: 6 }, below.labels);
    const under = last + 24 < frame.bottom - 4;
    note(frame.right - 10, under ? last + 24 : last - 14, tick(Number(squares.at(-1).toPrecision(2))));
  }

  function note(x, y, text, kind = "") {
    svg("text", { class: `lf-note ${kind}`, x, y, "text-anchor": "end", text }, below.labels);
  }

  return figure;
}
