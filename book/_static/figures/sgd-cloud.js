// The gradients of random minibatches: a cloud around the full gradient, half as wide at 4 B.

import { drawArrow } from "./kit/arrow.js";
import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createPanel, equalUnits } from "./kit/panel.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { createSwitch } from "./kit/switch.js";
import { count, say } from "./kit/text.js";
import { uniforms } from "./random.js";

const WAYS = ["without replacement", "with replacement"];
const HEIGHT = 1.5; // what the cloud's panel shows, upward
const ERRORS = [0.01, 1];
const orders = [];

/** The indices that every minibatch would draw one after the other, so that B of them are the first B. */
function draws({ gradients, clouds, seed }, way) {
  const n = gradients.length;
  const random = uniforms(seed, clouds * n);
  const indices = new Uint16Array(clouds * n);
  for (let first = 0; first < indices.length; first += n) {
    for (let i = 0; i < n; i++) indices[first + i] = way ? Math.floor(random[first + i] * n) : i;
    for (let i = 0; i < n && !way; i++) {
      const [here, there] = [first + i, first + i + Math.floor(random[first + i] * (n - i))];
      [indices[here], indices[there]] = [indices[there], indices[here]];
    }
  }
  return indices;
}

/** The minibatches' gradients, their share of the variance of one example, and how far off they are. */
export function compute(data, { batch, way }) {
  const { gradients, clouds, full, covariance } = data;
  const n = gradients.length;
  const indices = (orders[way] ??= draws(data, way));
  const tips = Array.from({ length: clouds }, (_, j) => {
    const sum = [0, 0];
    for (let i = j * n; i < j * n + batch; i++) {
      sum[0] += gradients[indices[i]][0];
      sum[1] += gradients[indices[i]][1];
    }
    return [sum[0] / batch, sum[1] / batch];
  });
  const share = shareOfNoise(n, batch, way);
  const root = squareRoot(covariance);
  const squares = tips.map(([x, y]) => (x - full[0]) ** 2 + (y - full[1]) ** 2);
  const inside = tips.filter(([x, y]) => {
    const z = (x - full[0]) / root[0];
    const w = (y - full[1] - root[1] * z) / root[2];
    return z * z + w * w <= 4 * share + 1e-20;
  }).length;
  return {
    tips,
    root,
    share,
    inside,
    error: Math.sqrt(squares.reduce((a, b) => a + b) / clouds),
    predicted: Math.sqrt(share * (covariance[0][0] + covariance[1][1])),
  };
}

/** What is left of the variance of a single example's gradient. */
export const shareOfNoise = (n, batch, way) => (way ? 1 : (n - batch) / (n - 1)) / batch;

/** a, b and c of the matrix [[a, 0], [b, c]] whose product with its transpose is the covariance. */
function squareRoot([[xx, xy], [, yy]]) {
  const a = Math.sqrt(xx);
  return [a, xy / a, Math.sqrt(yy - (xy / a) ** 2)];
}

export function describe({ gradients, clouds, full }, { batch, way }, { predicted, error, inside, share }) {
  const size = Math.hypot(...full);
  const drawn = `${count(batch, "example")}, ${WAYS[way]}`;
  if (share === 0) return `All ${drawn}: every minibatch is the whole data, and its gradient is the full one.`;
  const width = `typical error ${say(error, 2)}, the formula says ${say(predicted, 2)}`;
  const versus = `${Math.round((100 * predicted) / size)}% of the full gradient`;
  const half =
    4 * batch <= gradients.length && (way || 16 * batch < gradients.length)
      ? `B = ${4 * batch} would halve it.`
      : `${inside} of ${clouds} lie in the ellipse.`;
  return `${drawn}: ${width}, ${versus}. ${half}`;
}

export function mount(stage, data) {
  const { batch, way } = data.controls;
  const { full, gradients } = data;
  stage.classList.add("lf-sgd");
  const figure = createFigure(stage, {
    state: { batch: batch.value, way: way.value },
    constrain: (wish) => ({
      batch: clamp(Math.round(wish.batch), batch.min, batch.max),
      way: clamp(Math.round(wish.way), way.min, way.max),
    }),
    render,
  });
  const cloud = createPanel(figure.plots, {
    title: `${data.clouds} minibatches; ellipse: 2 standard deviations`,
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 8, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "tips", "arrow"],
    clipped: ["tips"],
  });
  const graph = createPanel(figure.plots, {
    title: "Typical error against B, on log axes",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 16, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "lines", "labels"],
    clipped: ["lines"],
  });
  const slider = createSlider(figure.controls, {
    label: "batch size B",
    min: batch.min,
    max: batch.max,
    log: true,
    steps: 9, // an arrow doubles it, nearly
    marks: [
      ...[1, 4, 16, 64].map((size) => ({ value: size, text: String(size) })),
      { value: batch.max, text: "N" },
    ],
    format: (size) => count(Math.round(size), "example"),
    change: (size) => figure.set({ batch: size }),
  });
  const choice = createSwitch(figure.controls, {
    label: "How a minibatch is drawn",
    options: WAYS,
    change: (index) => figure.set({ way: index }),
  });

  function render(state) {
    const result = compute(data, state);
    slider.show(state.batch);
    choice.show(state.way);
    drawCloud(state, result);
    drawGraph(state, result);
    figure.say(describe(data, state, result));
  }

  function drawCloud({ batch: size }, { tips, root, share }) {
    const frame = cloud.fit();
    const domains = equalUnits(frame, data.center, HEIGHT);
    const x = linear(domains[0], [frame.left, frame.right]);
    const y = linear(domains[1], [frame.bottom, frame.top]);
    bottomAxis(cloud.xAxis, x, frame, { label: "first coordinate", values: [0, 0.5, 1], grid: false });
    leftAxis(cloud.yAxis, y, frame, { values: [0, 0.5, 1], grid: false });
    cloud.tips.replaceChildren();
    cloud.arrow.replaceChildren();
    const dots = tips.map(([u, v]) => `M${x(u).toFixed(1)} ${y(v).toFixed(1)}h0`).join("");
    svg("path", { class: "lf-dust", d: dots }, cloud.tips);
    const width = 2 * Math.sqrt(share);
    const rim = Array.from({ length: 73 }, (_, i) => {
      const [cos, sin] = [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)];
      return [x(full[0] + width * root[0] * cos), y(full[1] + width * (root[1] * cos + root[2] * sin))];
    });
    svg("path", { class: "lf-theory lf-over", d: pathOf(rim) }, cloud.tips);
    drawArrow(cloud.arrow, [x(0), y(0)], [x(full[0]), y(full[1])], { kind: "lf-ray lf-thick" });
    note(cloud.arrow, x(0) - 8, y(0) + 4, "0", "end");
    note(cloud.arrow, frame.right - 6, frame.top + 18, `B = ${size}`, "end");
  }

  function drawGraph({ batch: size, way: chosen }, { error }) {
    const frame = graph.fit();
    const x = logarithmic([batch.min, batch.max], [frame.left, frame.right]);
    const y = logarithmic(ERRORS, [frame.bottom, frame.top]);
    bottomAxis(graph.xAxis, x, frame, { label: "batch size B", values: [1, 4, 16, 64, 256], grid: false });
    leftAxis(graph.yAxis, y, frame, { values: [0.01, 0.1, 1] });
    graph.lines.replaceChildren();
    graph.labels.replaceChildren();
    const sizes = Array.from({ length: 200 }, (_, i) => batch.max ** (i / 199));
    const spread = data.covariance[0][0] + data.covariance[1][1];
    WAYS.forEach((_, index) => {
      // At B = N the logarithm of no error is far below the panel.
      const errors = sizes.map((b) => Math.sqrt(Math.max(spread * shareOfNoise(gradients.length, b, index), 1e-9)));
      const kind = index === chosen ? "lf-path" : "lf-theory";
      svg("path", { class: kind, d: pathOf(errors.map((e, i) => [x(sizes[i]), y(e)])) }, graph.lines);
    });
    note(graph.labels, x(4), y(Math.sqrt(spread / 4)) - 12, "s / √B", "start");
    note(graph.labels, x(170), y(Math.sqrt(spread / 170)) - 8, "with", "start");
    note(graph.labels, x(300), y(Math.sqrt(spread * shareOfNoise(gradients.length, 300, 0))) + 20, "without", "end");
    const at = { cx: x(size), cy: clamp(y(Math.max(error, 1e-9)), frame.top, frame.bottom), r: 7 };
    svg("circle", { class: "lf-here", ...at }, graph.labels);
  }

  function note(layer, x, y, text, anchor) {
    svg("text", { class: "lf-note", x, y, "text-anchor": anchor, text }, layer);
  }

  return figure;
}
