// The gradient stands at a right angle on the contour, and does not point away from the minimum.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { drawArc, drawArrow, toward } from "./kit/arrow.js";
import { paintContours, paintKey } from "./kit/contour.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createPanel, equalUnits } from "./kit/panel.js";
import { clamp, linear } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { fixed, say } from "./kit/text.js";
import { worstAngle } from "./descent-condition.js";
import { angle, norm, quadratic } from "./methods.js";

const HEIGHT = 2.5; // what the map shows, upward
const BOUNDS = [1.25, 1.1]; // how far from the minimum the point may be dragged
const NEAREST = 0.1; // at the minimum itself there is no direction
const ARROW = 64; // pixels: the read-out tells the gradient's length
const POINTS = 96; // points of a curve

/** The bowl with curvatures 1 and 1/κ, its steep axis turned by `tilt` radians from the first. */
export function bowl(kappa, tilt) {
  const [c, s, m] = [Math.cos(tilt), Math.sin(tilt), 1 / kappa];
  return [[c * c + m * s * s, (1 - m) * c * s], [(1 - m) * c * s, s * s + m * c * c]];
}

/** The gradient, how far -∇f points past the minimum, and the loss along both ways. */
export function compute({ tilt }, { kappa, point }) {
  const { value, gradient } = quadratic(bowl(kappa, tilt));
  const slope = gradient(point);
  const size = norm(slope);
  const away = norm(point);
  const along = (direction) => (distance) => value(point.map((p, i) => p - distance * direction[i]));
  const degrees = angle(slope, point);
  return {
    gradient: slope,
    size,
    away,
    degrees,
    worst: worstAngle(kappa),
    down: along(slope.map((g) => g / size)),
    home: along(point.map((p) => p / away)),
    // At first, compared with the way home.
    faster: 1 / Math.cos((degrees * Math.PI) / 180),
  };
}

export function describe({ kappa }, { degrees, worst, faster, size }) {
  if (degrees < 0.5) {
    const why = kappa < 1.005 ? "In a round bowl it always does." : "On an axis of the ellipses it does.";
    return `κ = ${say(kappa)}: ∇f has length ${fixed(size)}, and −∇f points at the minimum. ${why}`;
  }
  const most = degrees > worst - 0.05 ? "the most there is" : `at most ${fixed(worst, 1)}°`;
  const off = `−∇f points ${fixed(degrees, 1)}° away from the minimum (${most})`;
  const gain = `At first the loss falls ${fixed(faster)} times as fast as on the straight way to the minimum`;
  return `κ = ${say(kappa)}: ∇f has length ${fixed(size)}, and ${off}. ${gain}.`;
}

export function mount(stage, data) {
  const { kappa, point } = data.controls;
  const figure = createFigure(stage, {
    state: { kappa: kappa.value, point: point.value },
    constrain: (wish) => ({ kappa: clamp(wish.kappa, kappa.min, kappa.max), point: within(wish.point) }),
    render,
  });
  const map = createPanel(figure.plots, {
    title: "The contour and its gradient: drag the point",
    size: "aspect-ratio: 1.12",
    margin: { top: 0, right: 0, bottom: 0, left: 0 },
    layers: ["lines", "labels", "handles"],
    clipped: ["lines", "labels", "handles"],
  });
  const curve = createPanel(figure.plots, {
    title: "Loss against distance, along both ways",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "lines", "labels"],
    clipped: ["lines"],
  });
  const handle = createHandle(map.handles, {
    label: "Point",
    step: 0.02,
    read: () => figure.state.point,
    move: (wish) => figure.set({ point: wish }),
    describe: ([x, y]) => `${fixed(x)} across, ${fixed(y)} up`,
    leaps: true,
  });
  const slider = createSlider(figure.controls, {
    label: "condition number κ (1 is round)",
    min: kappa.min,
    max: kappa.max,
    log: true,
    steps: 60,
    marks: [1, 3, 10, 30, 100].map((value) => ({ value, text: String(value) })),
    format: (value) => say(value),
    change: (value) => figure.set({ kappa: value }),
  });

  function render(state) {
    const result = compute(data, state);
    slider.show(state.kappa);
    drawMap(state, result);
    drawCurve(result);
    figure.say(describe(state, result));
  }

  let painted = "";
  function drawMap({ kappa: current, point: at }, { gradient, degrees }) {
    const frame = map.fit();
    const domains = equalUnits(frame, [0, 0], HEIGHT);
    const x = linear(domains[0], [frame.left, frame.right]);
    const y = linear(domains[1], [frame.bottom, frame.top]);
    const { value } = quadratic(bowl(current, data.tilt));
    const key = paintKey(frame, current);
    if (key !== painted) {
      paintContours(map, frame, domains, value, (f) => 9 * Math.sqrt(f), 10);
      painted = key;
    }
    map.lines.replaceChildren();
    map.labels.replaceChildren();
    svg("path", { class: "lf-path", d: levelSet(current, value(at), x, y) }, map.lines);

    const here = [x(at[0]), y(at[1])];
    const up = Math.atan2(-gradient[1], gradient[0]); // on the screen y points down
    const home = Math.atan2(y(0) - here[1], x(0) - here[0]);
    const [down, aside] = [up + Math.PI, up + Math.PI / 2];
    const tangent = [-999, 999].map((length) => toward(here, aside, length));
    svg("path", { class: "lf-path lf-thin", d: pathOf(tangent) }, map.lines);
    svg("path", { class: "lf-ray lf-theory", d: pathOf([here, [x(0), y(0)]]) }, map.lines);
    svg("path", { class: "lf-minimum", d: "M-5 0H5M0 -5V5", transform: `translate(${x(0)} ${y(0)})` }, map.lines);
    const corner = [toward(here, up, 12), toward(toward(here, up, 12), aside, 12), toward(here, aside, 12)];
    svg("path", { class: "lf-arc", d: pathOf(corner) }, map.lines);
    drawArrow(map.lines, here, toward(here, up, ARROW), { kind: "lf-path", head: "lf-bar" });
    drawArrow(map.lines, here, toward(here, down, ARROW));
    const label = ([u, v], text, kind) =>
      note([clamp(u, frame.left + 16, frame.right - 16), clamp(v, frame.top + 12, frame.bottom - 12)], text, kind);
    label(toward(toward(here, up, ARROW - 6), aside, 16), "∇f");
    // On the far side of the way home.
    const side = Math.sign(Math.sin(down - home)) || 1;
    label(toward(toward(here, down, ARROW - 4), down + (side * Math.PI) / 2, 20), "−∇f");
    if (degrees > 3) {
      const middle = drawArc(map.lines, here, home, down, 42);
      label(toward(here, middle, 62), `${fixed(degrees, 0)}°`, "lf-strong");
    }
    handle.place(x, y);
  }

  /** The contour of one level, an ellipse. */
  function levelSet(current, level, x, y) {
    const [c, s] = [Math.cos(data.tilt), Math.sin(data.tilt)];
    const [short, long] = [Math.sqrt(2 * level), Math.sqrt(2 * level * current)];
    const rim = Array.from({ length: 4 * POINTS + 1 }, (_, i) => {
      const turn = (i * Math.PI) / (2 * POINTS);
      const [u, v] = [short * Math.cos(turn), long * Math.sin(turn)];
      return [x(c * u - s * v), y(s * u + c * v)];
    });
    return pathOf(rim);
  }

  function note([x, y], text, kind = "") {
    svg("text", { class: `lf-note ${kind}`, x, y: y + 5, "text-anchor": "middle", text }, map.labels);
  }

  function drawCurve({ away, down, home }) {
    const frame = curve.fit();
    const reach = 1.25 * away;
    const x = linear([0, reach], [frame.left, frame.right]);
    const y = linear([0, 1.15 * home(0)], [frame.bottom, frame.top]);
    bottomAxis(curve.xAxis, x, frame, { label: "distance from the point", ticks: 4, grid: false });
    leftAxis(curve.yAxis, y, frame, { ticks: 4 });
    curve.lines.replaceChildren();
    curve.labels.replaceChildren();
    const distances = Array.from({ length: POINTS + 1 }, (_, i) => (reach * i) / POINTS);
    for (const [way, kind] of [[home, "lf-theory"], [down, "lf-ray"]]) {
      svg("path", { class: kind, d: pathOf(distances.map((t) => [x(t), y(way(t))])) }, curve.lines);
    }
    const at = { transform: `translate(${x(away)} ${y(0)})` };
    svg("path", { class: "lf-minimum", d: "M-5 0H5M0 -5V5", ...at }, curve.labels);
    const label = (at, height, anchor, text) =>
      svg("text", { class: "lf-note", x: x(at), y: y(height), "text-anchor": anchor, text }, curve.labels);
    label(away, 0.2 * home(0), "middle", "to the minimum");
    // Beside the line where it has risen again, or at its end.
    const risen = distances.find((t) => t > 0.3 * away && down(t) > 0.75 * home(0)) ?? reach;
    const side = risen < 0.6 * reach ? 1 : -1;
    const height = Math.max(down(risen), 0.36 * home(0));
    label(risen + 0.03 * side * reach, height, side > 0 ? "start" : "end", "along −∇f");
    svg("circle", { class: "lf-here", cx: x(0), cy: y(home(0)), r: 6 }, curve.labels);
  }

  return figure;
}

/** The nearest place where the point may be. */
function within(wish) {
  const point = wish.map((value, i) => clamp(value, -BOUNDS[i], BOUNDS[i]));
  const size = norm(point);
  if (size >= NEAREST) return point;
  return size ? point.map((value) => (value * NEAREST) / size) : [NEAREST, 0];
}
