// A ball in a valley: what momentum leaves out is friction.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, spaced, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createPanel } from "./kit/panel.js";
import { createPlayer } from "./kit/player.js";
import { clamp, linear } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { count, fixed, tick } from "./kit/text.js";
import { parabola, run } from "./methods.js";
import { until } from "./intro-race.js";

const REACH = 1.3;
const NEAR = 0.01; // of the start: a ball that stays within has settled
const LONGEST = 1000; // steps: enough to settle at the smallest friction
const BALL = 10;

/** The runs at this friction and at the critical one, when each settles and how often it overshoots. */
export function compute({ product, critical }, { friction, start }) {
  const roll = (momentum) => {
    const settings = { learning_rate: product, momentum };
    const points = run(parabola(1), [start], "momentum", settings, LONGEST).map(([x]) => x);
    const settled = points.findLastIndex((x) => Math.abs(x) > NEAR * Math.abs(start)) + 1;
    const before = points.slice(0, settled + 1);
    const overshoots = before.filter((x, step) => step && x * before[step - 1] < 0).length;
    return { points, settled, overshoots };
  };
  return { ball: roll(1 - friction), reference: roll(1 - critical) };
}

export function describe({ critical }, { friction }, { ball, reference }) {
  const settles = `within 1% after ${count(ball.settled, "step")}`;
  const name = `friction 1 − μ = ${fixed(friction, 3)}`;
  const versus = `The critical friction, ${fixed(critical)}, needs ${reference.settled}`;
  if (Math.abs(friction - critical) < 5e-4) {
    return `Critically damped: ${name}. The ball is ${settles}; with more friction it creeps, with less it swings.`;
  }
  if (friction > critical) {
    const kind = friction > 0.999 ? "Overdamped, with no memory left: this is gradient descent" : "Overdamped";
    return `${kind}, ${name}. The ball creeps down and never overshoots: ${settles}. ${versus}.`;
  }
  const swings = `It rolls past the bottom ${ball.overshoots === 1 ? "once" : `${ball.overshoots} times`}`;
  return `Underdamped, ${name}. ${ball.overshoots ? swings : "It barely swings"}: ${settles}. ${versus}.`;
}

export function mount(stage, data) {
  const { friction, start } = data.controls;
  const { critical, steps } = data;
  stage.classList.add("lf-momentum");
  const figure = createFigure(stage, {
    state: { friction: friction.value, start: start.value, step: steps },
    constrain: (wish) => ({
      friction: clamp(wish.friction, friction.min, friction.max),
      start: away(clamp(wish.start, start.min, start.max)),
      step: clamp(wish.step, 0, steps),
    }),
    render,
  });
  const valley = createPanel(figure.plots, {
    title: "Drag the ball’s start",
    size: "height: 190px",
    margin: { top: 8, right: 8, bottom: 4, left: 40 },
    layers: ["floor", "balls", "handles"],
    clipped: ["floor"],
    wide: true,
  });
  const trace = createPanel(figure.plots, {
    title: "Its way, downward (dashed: critical friction)",
    size: "height: 250px",
    margin: { top: 4, right: 8, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "lines", "heads"],
    clipped: ["lines"],
    wide: true,
  });
  const slider = createSlider(figure.controls, {
    label: "friction 1 − μ",
    min: friction.min,
    max: friction.max,
    log: true,
    steps: 60,
    marks: [
      { value: 0.05, text: "0.05" },
      { value: critical, text: "critical" },
      { value: 1, text: "1" },
    ],
    format: (value) => `${fixed(value, 3)}, μ = ${fixed(1 - value, 3)}`,
    change(value) {
      player.pause();
      figure.set({ friction: value, step: steps });
    },
  });
  const player = createPlayer(figure.controls, { last: steps, change: (step) => figure.set({ step }) });
  figure.plays(player);
  const height = parabola(1).value;
  const handle = createHandle(valley.handles, {
    label: "Start of the ball",
    step: 0.05,
    read: () => [figure.state.start, height([figure.state.start])],
    move([x]) {
      player.pause();
      figure.set({ start: x, step: steps });
    },
    describe: ([x]) => `${fixed(x)} across`,
  });

  let result = null;
  let known = "";
  function render(state) {
    const key = `${state.friction} ${state.start}`;
    if (key !== known) result = compute(data, state);
    known = key;
    slider.show(state.friction);
    player.show(state.step);
    drawValley(state);
    drawTrace(state);
    figure.say(describe(data, state, result));
  }

  /** Where a run is at a fractional step. */
  const position = ({ points }, step) => until(points.map((x) => [x]), step).at(-1)[0];

  function drawValley({ step }) {
    const frame = valley.fit();
    const x = linear([-REACH, REACH], [frame.left, frame.right]);
    const y = linear([0, height([REACH])], [frame.bottom - 2 * BALL, frame.top + 8]);
    valley.floor.replaceChildren();
    const across = Array.from({ length: 81 }, (_, i) => REACH * (i / 40 - 1));
    // The balls' centers run along the parabola, and the floor lies under them.
    const floor = across.map((u) => {
      const slope = (y(height([u + 1e-4])) - y(height([u - 1e-4]))) / (x(u + 1e-4) - x(u - 1e-4));
      const length = Math.hypot(1, slope);
      return [x(u) - (slope / length) * BALL, y(height([u])) + BALL / length];
    });
    const corners = [[frame.right + 99, frame.bottom + 99], [frame.left - 99, frame.bottom + 99]];
    svg("path", { class: "lf-ground", d: pathOf([...floor, ...corners]) }, valley.floor);
    svg("path", { class: "lf-ray", d: pathOf(floor) }, valley.floor);
    svg("path", { class: "lf-mode", d: pathOf([[x(0), frame.top], [x(0), frame.bottom]]) }, valley.floor);

    valley.balls.replaceChildren();
    for (const [run, kind] of [[result.reference, "lf-ghost"], [result.ball, "lf-here"]]) {
      const at = position(run, step);
      svg("circle", { class: kind, cx: x(at), cy: y(height([at])), r: BALL - 1 }, valley.balls);
    }
    handle.place(x, y);
  }

  function drawTrace({ step }) {
    const frame = trace.fit();
    const x = linear([-REACH, REACH], [frame.left, frame.right]);
    const y = linear([0, steps], [frame.top, frame.bottom]);
    bottomAxis(trace.xAxis, x, frame, { label: "position x", values: [-1, 0, 1], format: tick });
    leftAxis(trace.yAxis, y, frame, { ticks: 4, grid: false });
    trace.lines.replaceChildren();
    trace.heads.replaceChildren();
    const pixels = ({ points }) => until(points.map((u, k) => [u, k]), step).map(([u, k]) => [x(u), y(k)]);
    svg("path", { class: "lf-theory", d: pathOf(pixels(result.reference)) }, trace.lines);
    const mine = pixels(result.ball);
    svg("path", { class: "lf-path", d: pathOf(mine) }, trace.lines);
    for (const [cx, cy] of spaced(mine, 7)) svg("circle", { class: "lf-step", cx, cy, r: 2.4 }, trace.lines);
    const { settled } = result.ball;
    if (settled <= step) {
      const side = frame.right;
      svg("path", { class: "lf-mode", d: pathOf([[frame.left, y(settled)], [side, y(settled)]]) }, trace.heads);
      svg("text", {
        class: "lf-note", x: side, y: y(settled) - 6, "text-anchor": "end", text: `within 1%: step ${settled}`,
      }, trace.heads);
    }
  }

  return Object.assign(figure, { greet: () => player.greet() });
}

/** At the bottom itself nothing rolls. */
const away = (start) => (Math.abs(start) < 0.05 ? 0.05 : start);
