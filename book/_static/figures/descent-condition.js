// A long valley: the steepest way down is nearly at right angles to the way home.

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

const TARGET = 1e-6;
const DRAWN = 300; // steps of the path to draw; beyond, a valley is full of ink
const CENTER = [-0.4, 0.2];
const HEIGHT = 1.42;

/** The bowl with curvatures L = 1 and m = 1/κ. */
export const bowl = (kappa) => [[1 / kappa, 0], [0, 1]];

/** The start at unit distance where the gradient points farthest from the minimizer. */
export const worstStart = (kappa) => [-Math.sqrt(kappa / (1 + kappa)), Math.sqrt(1 / (1 + kappa))];

/** The angle between the step and the way home, in degrees. */
export function angleAt(kappa, point) {
  const gradient = quadratic(bowl(kappa)).gradient(point);
  const cosine = (gradient[0] * point[0] + gradient[1] * point[1]) / (norm(gradient) * norm(point));
  return (Math.acos(clamp(cosine, -1, 1)) * 180) / Math.PI;
}

/** The largest angle any point has: cos θ = 2√κ / (1 + κ). */
export const worstAngle = (kappa) => (Math.acos((2 * Math.sqrt(kappa)) / (1 + kappa)) * 180) / Math.PI;

/** Steps to shrink the error by `TARGET` that theory predicts for the rate (κ - 1) / (κ + 1). */
export const predictedSteps = (kappa) =>
  Math.max(1, Math.log(TARGET) / Math.log((kappa - 1) / (kappa + 1)));

export function compute({ kappa, start }) {
  const from = start ?? worstStart(kappa);
  const settings = { learning_rate: 2 / (1 + 1 / kappa) };
  const steps = Math.ceil(predictedSteps(kappa)) + 2;
  const path = run(quadratic(bowl(kappa)), from, "gradient_descent", settings, steps);
  const counted = path.findIndex((point) => norm(point) <= TARGET * norm(from));
  return { from, path, counted, predicted: predictedSteps(kappa), angle: angleAt(kappa, from), worst: worstAngle(kappa) };
}

export function describe({ kappa }, { angle, worst, counted, predicted }) {
  const away = angle > worst - 0.05 ? "the worst there is" : `at worst ${fixed(worst, 1)}°`;
  const direction = `the step points ${fixed(angle, 1)}° away from the minimizer (${away})`;
  const cost = `To shrink the error a million times takes ${count(counted, "step")}`;
  return `κ = ${say(kappa)}: ${direction}. ${cost}; theory predicts ${Math.ceil(predicted).toLocaleString("en-US")}.`;
}

export function mount(stage, data) {
  const { kappa } = data.controls;
  const figure = createFigure(stage, {
    state: { kappa: kappa.value, start: null },
    constrain: (wish) => ({ kappa: clamp(wish.kappa, kappa.min, kappa.max), start: wish.start && within(wish.start) }),
    render,
  });

  const walk = createPanel(figure.plots, {
    title: "The walk, with the best fixed learning rate",
    size: "aspect-ratio: 1.12",
    margin: { top: 0, right: 0, bottom: 0, left: 0 },
    layers: ["path", "angle", "handles"],
    clipped: ["path", "angle", "handles"],
  });
  const cost = createPanel(figure.plots, {
    title: "Steps to a millionth of the error, log axes",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 10, bottom: 40, left: 44 },
    layers: ["xAxis", "yAxis", "lines"],
  });
  const handle = createHandle(walk.handles, {
    label: "Start point",
    step: 0.02,
    read: () => figure.state.start ?? worstStart(figure.state.kappa),
    move: (start) => figure.set({ start }),
    describe: ([x, y]) => `${fixed(x)} across, ${fixed(y)} up`,
  });
  const slider = createSlider(figure.controls, {
    label: "condition number κ = L/m",
    min: kappa.min,
    max: kappa.max,
    log: true,
    steps: 60,
    marks: [1, 10, 100, 1000].map((value) => ({ value, text: value.toLocaleString("en-US") })),
    format: (value) => say(value),
    change: (value) => figure.set({ kappa: value }),
  });

  function render(state) {
    const result = compute(state);
    slider.show(state.kappa);
    drawWalk(state, result);
    drawCost(state, result);
    figure.say(describe(state, result));
  }

  let painted = "";
  function drawWalk({ kappa: current }, { from, path, angle }) {
    const frame = walk.fit();
    const domains = equalUnits(frame, CENTER, HEIGHT);
    const x = linear(domains[0], [frame.left, frame.right]);
    const y = linear(domains[1], [frame.bottom, frame.top]);
    const { value, gradient } = quadratic(bowl(current));
    const key = paintKey(frame, current);
    if (key !== painted) {
      paintContours(walk, frame, domains, value, (f) => 9 * Math.sqrt(f), 10);
      painted = key;
    }

    const pixels = path.slice(0, DRAWN).map(([u, v]) => [x(u), y(v)]);
    walk.path.replaceChildren();
    svg("path", { class: "lf-path", d: pathOf(pixels) }, walk.path);
    for (const [cx, cy] of spaced(pixels.slice(1), 6)) svg("circle", { class: "lf-step", cx, cy, r: 2.6 }, walk.path);
    svg("path", { class: "lf-minimum", d: "M-5 0H5M0 -5V5", transform: `translate(${x(0)} ${y(0)})` }, walk.path);

    walk.angle.replaceChildren();
    const at = [x(from[0]), y(from[1])];
    const home = Math.atan2(y(0) - at[1], x(0) - at[0]);
    const [gx, gy] = gradient(from);
    const down = Math.atan2(gy, -gx);
    const ray = (direction, length) => [at[0] + length * Math.cos(direction), at[1] + length * Math.sin(direction)];
    svg("path", { class: "lf-ray lf-theory", d: pathOf([at, [x(0), y(0)]]) }, walk.angle);
    const tip = ray(down, 92);
    svg("path", { class: "lf-ray", d: pathOf([at, tip]) }, walk.angle);
    const turned = `translate(${tip}) rotate(${(down * 180) / Math.PI})`;
    svg("path", { class: "lf-arrow", d: "M0 0L-10 -4.5V4.5Z", transform: turned }, walk.angle);
    if (angle < 1) return handle.place(x, y);
    const turn = Math.atan2(Math.sin(down - home), Math.cos(down - home));
    const arc = Array.from({ length: 25 }, (_, i) => ray(home + (turn * i) / 24, 48));
    svg("path", { class: "lf-arc", d: pathOf(arc) }, walk.angle);
    const label = ray(home + turn / 2, 72);
    svg("text", {
      class: "lf-note lf-strong", x: label[0], y: label[1] + 5, "text-anchor": "middle", text: `${fixed(angle, 1)}°`,
    }, walk.angle);
    return handle.place(x, y);
  }

  function drawCost({ kappa: current }, { counted }) {
    const frame = cost.fit();
    const x = logarithmic([kappa.min, kappa.max], [frame.left, frame.right]);
    const y = logarithmic([1, 1e4], [frame.bottom, frame.top]);
    bottomAxis(cost.xAxis, x, frame, { label: "condition number κ", grid: false });
    leftAxis(cost.yAxis, y, frame, { ticks: 4 });
    cost.lines.replaceChildren();
    const curve = Array.from({ length: 121 }, (_, i) => kappa.min * (kappa.max / kappa.min) ** (i / 120));
    svg("path", { class: "lf-theory", d: pathOf(curve.map((k) => [x(k), y(predictedSteps(k))])) }, cost.lines);
    for (const [k, steps] of data.counted) {
      svg("circle", { class: "lf-step", cx: x(k), cy: y(steps), r: 3.2 }, cost.lines);
    }
    svg("text", {
      class: "lf-note", x: frame.right, y: y(25), "text-anchor": "end", text: "theory, and optedu’s counts",
    }, cost.lines);
    const at = [x(current), y(counted)];
    svg("circle", { class: "lf-here", cx: at[0], cy: at[1], r: 7 }, cost.lines);
    // The curve rises: above it on the left there is room, and below it on the right.
    const left = current > 12;
    svg("text", {
      class: "lf-note lf-strong", x: at[0] + (left ? -12 : 13), y: at[1] + (left ? -7 : 14),
      "text-anchor": left ? "end" : "start", text: count(counted, "step"),
    }, cost.lines);
  }

  return figure;
}

function within([x, y]) {
  const point = [clamp(x, -1.15, 0.35), clamp(y, -0.48, 0.88)];
  // At the minimizer itself there is no direction to measure.
  return norm(point) < 0.05 ? [-0.05, 0] : point;
}
