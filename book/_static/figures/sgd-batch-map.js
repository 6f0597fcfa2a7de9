// The loss after an equal budget of examples, over batch size and learning rate, exactly.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { paintContours, paintKey } from "./kit/contour.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createPanel } from "./kit/panel.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { count, fixed, say } from "./kit/text.js";

const LOSSES = [1e-3, 1e1];
const RATES = 400; // learning rates among which the best is searched
const SIZES = 61; // batch sizes on a line

/** The expected loss above its minimum after `steps` steps of SGD on a bowl, an eigenvalue a term. */
export function expectedLoss({ curvatures, variances, start }, batch, alpha, steps) {
  let loss = 0;
  for (let i = 0; i < curvatures.length; i++) {
    const curvature = curvatures[i];
    const shrink = (1 - alpha * curvature) ** 2;
    const left = shrink ** steps;
    // The sum of shrink^k over all steps.
    const sum = Math.abs(1 - shrink) < 1e-12 ? steps : (1 - left) / (1 - shrink);
    loss += (curvature / 2) * (left * start * start + ((alpha * alpha * variances[i]) / batch) * sum);
  }
  return loss;
}

/** The best of many learning rates at a batch size, and its loss. */
export function tuned(data, batch, steps) {
  const { min, max } = data.controls.alpha;
  let best = { alpha: min, loss: Infinity };
  for (let i = 0; i < RATES; i++) {
    const alpha = min * (max / min) ** (i / (RATES - 1));
    const loss = expectedLoss(data, batch, alpha, steps);
    if (loss < best.loss) best = { alpha, loss };
  }
  return best;
}

/** What a pair gives, what its batch size could give, and where linear scaling meets 2/L. */
export function compute(data, { batch, alpha, examples }) {
  const steps = Math.floor(examples / batch);
  const limit = 2 / Math.max(...data.curvatures);
  return {
    steps,
    limit,
    loss: expectedLoss(data, batch, alpha, steps),
    best: tuned(data, batch, steps),
    corner: (limit * batch) / alpha,
  };
}

export function describe({ batch, alpha, examples }, { steps, limit, loss, best, corner }) {
  const rate = (value) => fixed(value, value < 0.0995 ? 3 : 2);
  const place = `B = ${batch}, α = ${rate(alpha)}: ${count(steps, "step")} of the ${examples.toLocaleString("en-US")} examples`;
  if (alpha >= limit) return `${place} end at a loss of ${say(loss, 2)}. α is ${fixed(alpha / limit)} of 2/L: the run diverges.`;
  const quality =
    loss < 1.1 * best.loss
      ? "about the least that this B allows"
      : `the best α for this B, ${rate(best.alpha)}, ends at ${say(best.loss, 2)}`;
  const rule =
    corner < 1.5 * batch
      ? "Scaled up any further, α would pass 2/L."
      : `Scaled up together, they meet 2/L at B = ${Math.floor(corner).toLocaleString("en-US")}.`;
  return `${place} end ${say(loss, 2)} above the minimum, ${quality}. ${rule}`;
}

export function mount(stage, data) {
  const { batch, alpha, examples } = data.controls;
  stage.classList.add("lf-sgd");
  const figure = createFigure(stage, {
    state: { batch: batch.value, alpha: alpha.value, examples: examples.value },
    constrain: (wish) => ({
      batch: clamp(Math.round(wish.batch), batch.min, batch.max),
      alpha: clamp(wish.alpha, alpha.min, alpha.max),
      examples: clamp(Math.round(wish.examples), examples.min, examples.max),
    }),
    render,
  });
  const map = createPanel(figure.plots, {
    title: "Learning rate α, upward: click or drag",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 16, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "lines", "labels", "handles"],
    clipped: ["lines"],
  });
  const graph = createPanel(figure.plots, {
    title: "Loss at the end, on log axes",
    size: "aspect-ratio: 1.12",
    margin: { top: 6, right: 16, bottom: 40, left: 40 },
    layers: ["xAxis", "yAxis", "lines", "labels"],
    clipped: ["lines"],
  });
  const handle = createHandle(map.handles, {
    label: "Batch size across and learning rate up",
    step: [1, 0.1],
    read: () => [Math.log2(figure.state.batch), Math.log10(figure.state.alpha)],
    move: ([x, y]) => figure.set({ batch: 2 ** x, alpha: 10 ** y }),
    describe: ([x, y]) => `B ${Math.round(2 ** x)}, α ${fixed(10 ** y, 3)}`,
    leaps: true,
  });
  const slider = createSlider(figure.controls, {
    label: "budget",
    min: examples.min,
    max: examples.max,
    log: true,
    steps: 6, // an arrow doubles it
    marks: [2048, 8192, 32768].map((value) => ({ value, text: value.toLocaleString("en-US") })),
    format: (value) => `${Math.round(value).toLocaleString("en-US")} examples`,
    change: (value) => figure.set({ examples: value }),
  });

  const sizes = Array.from({ length: SIZES }, (_, i) => batch.max ** (i / (SIZES - 1)));
  let best = [];
  let budget = 0;
  function render(state) {
    if (budget !== state.examples) best = sizes.map((size) => tuned(data, size, state.examples / size));
    budget = state.examples;
    const result = compute(data, state);
    slider.show(state.examples);
    drawMap(state, result);
    drawLosses(state, result);
    figure.say(describe(state, result));
  }

  let painted = "";
  function drawMap(state, { limit }) {
    const frame = map.fit();
    const x = logarithmic([batch.min, batch.max], [frame.left, frame.right]);
    const y = logarithmic([alpha.min, alpha.max], [frame.bottom, frame.top]);
    const exponents = [
      [Math.log2(batch.min), Math.log2(batch.max)],
      [Math.log10(alpha.min), Math.log10(alpha.max)],
    ];
    const paint = paintKey(frame, state.examples);
    if (paint !== painted) {
      // Four lines for each power of ten of the loss, and one shade for all that is worse than 1.
      const field = ([u, v]) => expectedLoss(data, 2 ** u, 10 ** v, state.examples / 2 ** u);
      paintContours(map, frame, exponents, field, (loss) => clamp(4 * (Math.log10(loss) + 3), 0, 14.45), 14);
      painted = paint;
    }
    bottomAxis(map.xAxis, x, frame, { label: "batch size B", values: [1, 4, 16, 64, 256, 1024], grid: false });
    leftAxis(map.yAxis, y, frame, { values: [0.001, 0.01, 0.1, 1], grid: false });
    map.lines.replaceChildren();
    map.labels.replaceChildren();
    const draw = (kind, points) =>
      svg("path", { class: kind, d: pathOf(points.map(([b, a]) => [x(b), y(a)])) }, map.lines);
    draw("lf-ray", [[batch.min, limit], [batch.max, limit]]);
    draw("lf-path lf-thick", sizes.map((size, i) => [size, best[i].alpha]));
    const ratio = state.alpha / state.batch;
    draw("lf-theory lf-over", [[batch.min / 4, ratio * (batch.min / 4)], [4 * batch.max, 4 * ratio * batch.max]]);
    note(map.labels, x(1.3), y(limit) - 8, "2/L: beyond it diverges");
    // In the lower right corner, where no line comes.
    note(map.labels, frame.right - 6, frame.bottom - 28, "line: the best α for each B", "end");
    note(map.labels, frame.right - 6, frame.bottom - 10, "dashed: α in proportion to B", "end");
    handle.place(
      linear(exponents[0], [frame.left, frame.right]),
      linear(exponents[1], [frame.bottom, frame.top]),
    );
  }

  function drawLosses({ batch: size, alpha: rate, examples: total }, { loss, limit }) {
    const frame = graph.fit();
    const x = logarithmic([batch.min, batch.max], [frame.left, frame.right]);
    const y = logarithmic(LOSSES, [frame.bottom, frame.top]);
    const height = (value) => clamp(y(Math.max(value, 1e-9)), -999, 9999);
    bottomAxis(graph.xAxis, x, frame, { label: "batch size B", values: [1, 4, 16, 64, 256, 1024], grid: false });
    leftAxis(graph.yAxis, y, frame, { ticks: 5 });
    graph.lines.replaceChildren();
    graph.labels.replaceChildren();
    const scaled = sizes.map((b) => [x(b), height(expectedLoss(data, b, (rate * b) / size, total / b))]);
    svg("path", { class: "lf-path lf-thick", d: pathOf(sizes.map((b, i) => [x(b), height(best[i].loss)])) }, graph.lines);
    svg("path", { class: "lf-theory lf-over", d: pathOf(scaled) }, graph.lines);
    const at = { cx: x(size), cy: clamp(height(loss), frame.top, frame.bottom), r: 7 };
    svg("circle", { class: rate < limit ? "lf-here" : "lf-bad", ...at }, graph.labels);
    note(graph.labels, frame.left + 8, frame.top + 16, "dashed: α in proportion to B");
    note(graph.labels, frame.left + 8, frame.top + 34, "line: the best α for each B");
  }

  function note(layer, x, y, text, anchor = "start") {
    svg("text", { class: "lf-note", x, y, "text-anchor": anchor, text }, layer);
  }

  return figure;
}
