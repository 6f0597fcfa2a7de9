// The closer to the ridge a run starts, the longer the saddle holds it.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { paintKey } from "./kit/contour.js";
import { pathOf, setAttributes, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createLegend, drawMarker } from "./kit/legend.js";
import { createPanel } from "./kit/panel.js";
import { createPlayer } from "./kit/player.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { createView, paintSurface } from "./kit/surface.js";
import { power } from "./kit/text.js";
import { plainSaddle, run } from "./methods.js";
import { until } from "./intro-race.js";

const REACH = 1.12; // the surface is drawn a little beyond where a run counts as escaped
const ELEVATION = 0.72;

/** The path from each offset until it escapes, the step when it does, and theory's answer. */
export function compute({ offsets, learning_rate, steps }) {
  return offsets.map((offset, i) => {
    const start = [1, i % 2 ? -offset : offset];
    const path = run(plainSaddle, start, "gradient_descent", { learning_rate }, steps);
    const escaped = path.findIndex(([, y]) => Math.abs(y) >= 1);
    return { path: path.slice(0, escaped + 1), escaped, predicted: Math.log(1 / offset) / Math.log1p(learning_rate) };
  });
}

export function describe({ offsets }, step, runs) {
  const held = offsets.filter((_, i) => runs[i].escaped > step);
  const gone = runs.flatMap(({ escaped }, i) => (escaped <= step ? [`${name(offsets[i])} after ${escaped}`] : []));
  const parts = [gone.length && `escaped: ${gone.join(", ")}`, held.length && `still held: ${held.map(name).join(", ")}`];
  const theory = held.length ? "" : ` Theory: ${runs.map(({ predicted }) => predicted.toFixed(1)).join(", ")}.`;
  return `Step ${Math.floor(step)}: ${parts.filter(Boolean).join("; ")}.${theory}`;
}

const name = (offset) => power(Math.round(Math.log10(offset)));

export function mount(stage, data) {
  const runs = compute(data);
  const { turn } = data.controls;
  const figure = createFigure(stage, {
    state: { step: data.steps, turn: turn.value },
    constrain: (wish) => ({ step: clamp(wish.step, 0, data.steps), turn: clamp(wish.turn, turn.min, turn.max) }),
    render,
  });
  const scene = createPanel(figure.plots, {
    title: "Start beside the ridge, walk downhill (drag to turn)",
    size: "aspect-ratio: 1.12",
    margin: { top: 0, right: 0, bottom: 0, left: 0 },
    layers: ["paths", "heads"],
  });
  const curve = createPanel(figure.plots, {
    title: "Distance from the ridge, on a log axis",
    size: "aspect-ratio: 1.12",
    margin: { top: 22, right: 14, bottom: 40, left: 44 },
    layers: ["xAxis", "yAxis", "lines", "heads"],
  });
  createLegend(figure.plots, data.offsets.map((offset, index) => ({ label: `${name(offset)} off the ridge`, index })));
  turnByHand(scene.box, figure, turn);
  const player = createPlayer(figure.controls, { last: data.steps, change: (step) => figure.set({ step }) });
  figure.plays(player);

  let painted = "";
  function render({ step, turn: degrees }) {
    drawScene(step, degrees);
    drawCurve(step);
    player.show(step);
    figure.say(describe(data, step, runs));
  }

  function drawScene(step, degrees) {
    const frame = scene.fit();
    const view = createView(frame, (degrees * Math.PI) / 180, ELEVATION, frame.width * 0.315);
    const height = (x, y) => plainSaddle.value([x, y]);
    const key = paintKey(frame, degrees);
    if (key !== painted) paintSurface(scene, frame, view, height, REACH);
    painted = key;
    scene.box.setAttribute("aria-valuenow", Math.round(degrees));
    scene.box.setAttribute("aria-valuetext", `turned by ${Math.round(degrees)} degrees`);

    scene.paths.replaceChildren();
    scene.heads.replaceChildren();
    const pixel = ([x, y]) => {
      const seen = view([x, y, height(x, y) + 0.01]);
      return [seen.x, seen.y];
    };
    runs.forEach(({ path }, i) => {
      const shown = until(path, Math.min(step, path.length - 1)).map(pixel);
      svg("path", { class: `lf-path lf-series-${i}`, d: pathOf(shown) }, scene.paths);
      drawMarker(scene.heads, i, shown.at(-1));
    });
  }

  function drawCurve(step) {
    const frame = curve.fit();
    const x = linear([0, data.steps], [frame.left, frame.right]);
    const y = logarithmic([1e-9, 1], [frame.bottom, frame.top]);
    bottomAxis(curve.xAxis, x, frame, { label: "step", ticks: 4, grid: false });
    leftAxis(curve.yAxis, y, frame, { ticks: 4 });
    curve.lines.replaceChildren();
    curve.heads.replaceChildren();
    svg("text", {
      class: "lf-note", x: frame.right, y: y(3e-9), "text-anchor": "end", text: `theory: × ${1 + data.learning_rate} a step`,
    }, curve.lines);
    runs.forEach(({ path, escaped, predicted }, i) => {
      const [from, to] = [[x(0), y(data.offsets[i])], [x(predicted), y(1)]];
      svg("path", { class: "lf-ribbon", d: pathOf([from, to]) }, curve.lines);
      const points = path.map(([, v], k) => [k, Math.log10(Math.abs(v))]);
      const shown = until(points, Math.min(step, path.length - 1)).map(([k, e]) => [x(k), y(10 ** e)]);
      svg("path", { class: `lf-path lf-series-${i}`, d: pathOf(shown) }, curve.lines);
      drawMarker(curve.heads, i, shown.at(-1));
      if (step >= escaped) {
        svg("text", {
          class: "lf-note lf-strong", x: x(escaped), y: y(1) - 10, "text-anchor": "middle", text: escaped,
        }, curve.heads);
      }
    });
  }

  return Object.assign(figure, { greet: () => player.greet() });
}

/** Let the reader turn the scene by dragging across it, or with the arrow keys. */
function turnByHand(box, figure, { min, max }) {
  const label = "View of the saddle";
  setAttributes(box, { tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": min, "aria-valuemax": max });
  box.classList.add("lf-turn");
  box.addEventListener("pointerdown", (event) => {
    box.setPointerCapture(event.pointerId);
    const [from, start] = [event.clientX, figure.state.turn];
    const drag = (e) => figure.set({ turn: start + (e.clientX - from) / 3 });
    box.addEventListener("pointermove", drag);
    const stop = () => box.removeEventListener("pointermove", drag);
    box.addEventListener("lostpointercapture", stop, { once: true });
  });
  box.addEventListener("keydown", (event) => {
    const size = event.shiftKey ? 30 : 3;
    const from = figure.state.turn;
    const goal = { ArrowLeft: from - size, ArrowRight: from + size, Home: min, End: max }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    figure.set({ turn: goal });
  });
}
