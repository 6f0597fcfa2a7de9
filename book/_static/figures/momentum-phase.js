// Two numbers, αλ and μ, decide everything that momentum does along one mode.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { paintContours, paintKey } from "./kit/contour.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createPanel } from "./kit/panel.js";
import { clamp, linear } from "./kit/scales.js";
import { createSwitch } from "./kit/switch.js";
import { count, fixed, tick } from "./kit/text.js";
import { parabola, recurrence, run, spectralRadius } from "./methods.js";

const SEEN = 1.35; // how far from the minimum the trajectory's panel reaches
const POINTS = 200; // points of a curve

/** Both methods: their borders, and what the map says where (a word or a radius at [αλ, μ]). */
export const METHODS = [
  {
    key: "momentum",
    name: "Heavy ball",
    limit: (momentum) => 2 * (1 + momentum),
    limitText: "2(1 + μ)",
    // Between these two curves the roots are complex.
    borders: [(momentum) => (1 - Math.sqrt(momentum)) ** 2, (momentum) => (1 + Math.sqrt(momentum)) ** 2],
    critical: (product) => (1 - Math.sqrt(product)) ** 2,
    swing: "√μ",
    labels: [0.3, 0.5, 0.7, 0.9].map((radius) => [1.3, radius ** 2, radius]),
    words: [["creeps", 0.06, 0.05], ["flips", 1.6, 0.05], ["swings", 0.9, 0.6], ["critical", 0.3, 0.3]],
  },
  {
    key: "nesterov",
    name: "Nesterov",
    limit: (momentum) => (2 + 2 * momentum) / (1 + 2 * momentum),
    limitText: "(2 + 2μ)/(1 + 2μ)",
    borders: [(momentum) => ((1 - momentum) / (1 + momentum)) ** 2, () => 1],
    critical: (product) => (product < 1 ? (1 - Math.sqrt(product)) / (1 + Math.sqrt(product)) : 0),
    swing: "√(μ(1 − αλ))",
    labels: [0.4, 0.7, 0.9].map((radius) => [1 - radius ** 2 / 0.93, 0.93, radius]),
    words: [["creeps", 0.06, 0.05], ["flips", 1.06, 0.3], ["swings", 0.3, 0.7], ["critical", 0.24, 0.43]],
  },
];

/** The radius, the kind of motion, the critical momentum, the limit and the run, from 1 at rest. */
export function compute({ steps }, { method, product, momentum }) {
  const { key, limit, critical } = METHODS[method];
  const [p, q] = recurrence(key, product, momentum);
  const radius = spectralRadius([p, q]);
  // Learning rate and curvature count only as a product, so one of them may be 1.
  const settings = { learning_rate: product, momentum };
  const points = run(parabola(1), [1], key, settings, steps).map(([x]) => x);
  const best = critical(product);
  return { p, q, radius, points, critical: best, best: spectralRadius(recurrence(key, product, best)), limit: limit(momentum) };
}

/** The kind of motion: what the roots of z² = p z + q look like. */
export function motion({ p, q, radius }) {
  const discriminant = p * p + 4 * q;
  if (radius > 1 + 1e-9) return "Diverges";
  if (radius > 1 - 1e-9) return "On the edge";
  if (discriminant < -1e-9) return "Swings";
  if (discriminant < 1e-9) return "Critically damped";
  return p > 0 ? "Creeps" : "Flips sign";
}

export function describe({ method, product, momentum }, result) {
  const { swing, limitText } = METHODS[method];
  const { radius, critical, best, limit } = result;
  const kind = motion(result);
  const place = `αλ = ${fixed(product)}, μ = ${fixed(momentum)}`;
  if (radius > 1 - 1e-9) {
    const share = product > limit ? "past" : "at";
    const growth = kind === "Diverges" ? `; it grows by ${fixed(radius, 3)} a step` : "";
    return `${kind}: ${place}. αλ is ${share} the limit ${limitText} = ${fixed(limit)}${growth}.`;
  }
  const digit = radius < 1e-9 ? 1 : Math.ceil(Math.log(0.1) / Math.log(radius));
  const factor = kind === "Swings" ? `${swing} = ${fixed(radius, 3)} a step` : `${fixed(radius, 3)} a step`;
  const same = kind === "Swings" && method === 0 ? ", whatever the learning rate" : "";
  const much = momentum > critical ? "Less" : "More";
  const advice =
    best < radius - 5e-4
      ? `${much} momentum, μ = ${fixed(critical)}, would make it ${fixed(best, 3)}.`
      : "No other momentum is faster here.";
  return `${kind}: ${place}. ${factor}${same}: ${count(digit, "step")} for each digit. ${advice}`;
}

export function mount(stage, data) {
  const { product, momentum, method } = data.controls;
  const figure = createFigure(stage, {
    state: { method: method.value, product: product.value, momentum: momentum.value },
    constrain: (wish) => ({
      method: clamp(Math.round(wish.method), method.min, method.max),
      product: clamp(wish.product, product.min, product.max),
      momentum: clamp(wish.momentum, momentum.min, momentum.max),
    }),
    render,
  });

  const map = createPanel(figure.plots, {
    title: "Momentum μ, upward: click or drag",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 40, left: 34 },
    layers: ["xAxis", "yAxis", "lines", "handles"],
    clipped: ["lines"],
  });
  const walk = createPanel(figure.plots, {
    title: "The run from 1; dashed, the long-run factor",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 40, left: 34 },
    layers: ["xAxis", "yAxis", "lines"],
    clipped: ["lines"],
  });
  const handle = createHandle(map.handles, {
    label: "αλ across and momentum up",
    step: [0.05, 0.01],
    read: () => [figure.state.product, figure.state.momentum],
    move: ([x, y]) => figure.set({ product: x, momentum: y }),
    describe: ([x, y]) => `αλ ${fixed(x)}, μ ${fixed(y)}`,
    leaps: true,
  });
  const choice = createSwitch(figure.controls, {
    label: "Method",
    options: METHODS.map(({ name }) => name),
    change: (index) => figure.set({ method: index }),
  });

  function render(state) {
    const result = compute(data, state);
    choice.show(state.method);
    stage.classList.toggle("lf-momentum", state.method === 0);
    stage.classList.toggle("lf-nesterov", state.method === 1);
    stage.classList.toggle("lf-alarm", result.radius > 1 + 1e-9);
    drawMap(state);
    drawWalk(result);
    figure.say(describe(state, result));
  }

  let painted = "";
  function drawMap(state) {
    const { key, limit, borders, labels, words } = METHODS[state.method];
    const frame = map.fit();
    const domains = [[0, 4], [0, 1]];
    const x = linear(domains[0], [frame.left, frame.right]);
    const y = linear(domains[1], [frame.bottom, frame.top]);
    const paint = paintKey(frame, key);
    if (paint !== painted) {
      // A line for every tenth of the radius; where it diverges, one shade and no line.
      const radius = ([a, mu]) => spectralRadius(recurrence(key, a, mu));
      paintContours(map, frame, domains, radius, (value) => Math.min(10 * value, 10.45), 10);
      painted = paint;
    }
    bottomAxis(map.xAxis, x, frame, { label: "learning rate × curvature, αλ", values: [0, 1, 2, 3, 4], grid: false });
    leftAxis(map.yAxis, y, frame, { values: [0, 0.2, 0.4, 0.6, 0.8, 1], grid: false });

    map.lines.replaceChildren();
    const heights = Array.from({ length: POINTS + 1 }, (_, i) => (i / POINTS) ** 2);
    const curve = (across) => pathOf(heights.map((mu) => [x(across(mu)), y(mu)]));
    for (const border of borders) svg("path", { class: "lf-theory", d: curve(border) }, map.lines);
    svg("path", { class: "lf-ray", d: curve(limit) }, map.lines);
    for (const [across, mu, radius] of labels) note(x(across), y(mu), tick(radius), "middle", "lf-quiet");
    for (const [word, across, mu] of words) note(x(across), y(mu), word);
    note(x(3.95), y(0.05), "diverges", "end");
    handle.place(x, y);
  }

  function note(x, y, text, anchor = "start", kind = "") {
    svg("text", { class: `lf-note ${kind}`, x, y: y + 4, "text-anchor": anchor, text }, map.lines);
  }

  function drawWalk({ points, radius }) {
    const frame = walk.fit();
    const x = linear([0, data.steps], [frame.left, frame.right]);
    const y = linear([-SEEN, SEEN], [frame.bottom, frame.top]);
    bottomAxis(walk.xAxis, x, frame, { label: "step", ticks: 4, grid: false });
    leftAxis(walk.yAxis, y, frame, { values: [-1, 0, 1] });
    walk.lines.replaceChildren();
    for (const side of [-1, 1]) {
      const envelope = points.map((_, step) => [x(step), clamp(y(side * radius ** step), -999, 9999)]);
      svg("path", { class: "lf-theory", d: pathOf(envelope) }, walk.lines);
    }
    // Once it has left the panel for good, its way out says no more.
    const gone = points.findIndex((value) => Math.abs(value) > 6 * SEEN);
    const shown = gone < 0 ? points : points.slice(0, gone + 1);
    const pixels = shown.map((value, step) => [x(step), y(value)]);
    svg("path", { class: "lf-path", d: pathOf(pixels) }, walk.lines);
    for (const [cx, cy] of pixels) svg("circle", { class: "lf-step", cx, cy, r: 2.4 }, walk.lines);
  }

  return figure;
}
