// A line search tries a long step, and halves it until the loss has fallen enough.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, spaced, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createHandle } from "./kit/handle.js";
import { createPanel } from "./kit/panel.js";
import { clamp, linear, logarithmic } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { count, fixed, tick } from "./kit/text.js";
import { backtracking } from "./methods.js";

const VIEW = [-3.8, 3.8];
const LOSSES = [-2, 7.4];
const SHARES = [-1, 1.3];
const POINTS = 400; // points of a curve
const ORDINALS = ["1st", "2nd", "3rd", "4th", "5th", "6th"];

/** The bowl with waves on it, a function of one variable. */
export const wavyBowl = ({ wave, frequency }) => ({
  value: ([x]) => (x * x) / 2 + wave * Math.sin(frequency * x),
  gradient: ([x]) => [x + wave * frequency * Math.cos(frequency * x)],
});

/** The loss and the slope at the start, every step the search tries, and the share each keeps. */
export function compute(data, { start, c }) {
  const bowl = wavyBowl(data);
  const loss = bowl.value([start]);
  const [slope] = bowl.gradient([start]);
  const accepted = backtracking(bowl, [start], [-slope], [slope], c);
  /** What the loss falls by, and which share of the fall that the slope promised this is. */
  const gain = (step) => {
    const fall = loss - bowl.value([start - step * slope]);
    return { step, fall, share: fall / (step * slope * slope) };
  };
  const tries = Array.from({ length: 1 - Math.round(Math.log2(accepted)) }, (_, k) => gain(2 ** -k));
  return { loss, slope, gain, tries };
}

const fraction = (step) => (step < 1 ? `1/${1 / step}` : "1");
// A small share must not read as none, beside a c that is smaller still.
const brief = (value) => (value < 0.01 ? tick(Number(value.toPrecision(1))) : fixed(value));
const asked = (c) => tick(Number(c.toPrecision(2)));

/** What became of the last try that is shown. */
export function describe({ c, tries: shown }, { tries }) {
  const k = Math.min(shown, tries.length) - 1;
  const { step, fall, share } = tries[k];
  const name = `t = ${fraction(step)}, the ${ORDINALS[k]} try`;
  const kept = `the loss falls by ${brief(share)} of what the slope promised, and c asks for ${asked(c)}`;
  if (k === tries.length - 1) return `Accepted at ${name}: ${kept}. ${refused(tries)}`;
  return `Refused at ${name}: ${fall <= 0 ? `the loss rises by ${brief(-fall)}` : kept}. The next try is half as long.`;
}

function refused(tries) {
  const longer = tries.slice(0, -1);
  if (!longer.length) return "The first try is good enough.";
  const rises = longer.filter(({ fall }) => fall <= 0).length;
  const reasons = [
    [rises, "where the loss rises"],
    [longer.length - rises, "where it falls too little"],
  ].filter(([n]) => n);
  return `Refused before it: ${reasons.map(([n, why]) => `${count(n, "step")} ${why}`).join(", ")}.`;
}

export function mount(stage, data) {
  const { start, c, tries } = data.controls;
  const bowl = wavyBowl(data);
  const figure = createFigure(stage, {
    state: { start: start.value, c: c.value, tries: tries.value },
    constrain(wish) {
      const state = { start: clamp(wish.start, start.min, start.max), c: clamp(wish.c, c.min, c.max) };
      return { ...state, tries: clamp(Math.round(wish.tries), tries.min, tries.max) };
    },
    render,
  });

  const walk = createPanel(figure.plots, {
    title: "Tries along the ray from the point you drag",
    size: "height: 280px",
    margin: { top: 4, right: 8, bottom: 44, left: 28 },
    layers: ["yAxis", "area", "ray", "curve", "tries", "handles"],
    clipped: ["area", "curve"],
    wide: true,
  });
  const shares = createPanel(figure.plots, {
    title: "Share of the promised fall that a step keeps",
    size: "height: 180px",
    margin: { top: 6, right: 8, bottom: 40, left: 40 },
    layers: ["area", "xAxis", "yAxis", "curve", "tries"],
    clipped: ["area", "curve"],
    wide: true,
  });
  const handle = createHandle(walk.handles, {
    label: "Start point",
    step: 0.02,
    read: () => [figure.state.start, bowl.value([figure.state.start])],
    move: ([x]) => figure.set({ start: x, tries: tries.max }),
    describe: ([x, y]) => `${fixed(x)} across, loss ${fixed(y)}`,
  });
  const fractionSlider = createSlider(figure.controls, {
    label: "c, the share to insist on",
    min: c.min,
    max: c.max,
    steps: 80,
    marks: data.fractions.map((value) => ({ value, text: asked(value) })),
    format: asked,
    change: (value) => figure.set({ c: value, tries: tries.max }),
  });
  const trySlider = createSlider(figure.controls, {
    label: "step t, one try at a time",
    min: tries.min,
    max: tries.max,
    steps: tries.max - tries.min,
    marks: Array.from({ length: tries.max }, (_, k) => ({ value: k + 1, text: fraction(2 ** -k) })),
    format: (value) => `${ORDINALS[value - 1]} try`,
    change: (value) => figure.set({ tries: value }),
  });

  function render(state) {
    const result = compute(data, state);
    const shown = result.tries.slice(0, state.tries);
    fractionSlider.show(state.c);
    trySlider.show(shown.length);
    drawWalk(state, result, shown);
    drawShares(state, result, shown);
    figure.say(describe(state, result));
  }

  function drawWalk(state, { loss, slope, tries: all }, shown) {
    const frame = walk.fit();
    const x = linear(VIEW, [frame.left, frame.right]);
    const y = linear(LOSSES, [frame.bottom, frame.top]);
    const at = (step) => x(state.start - step * slope);
    const line = (share, step) => y(loss - share * step * slope * slope);
    leftAxis(walk.yAxis, y, frame, { ticks: 5 });

    walk.area.replaceChildren();
    const asks = [[at(0), line(state.c, 0)], [at(1), line(state.c, 1)]];
    const below = [[at(1), y(-99)], [at(0), y(-99)]];
    svg("path", { class: "lf-safe", d: pathOf([...asks, ...below]) }, walk.area);
    svg("path", { class: "lf-theory", d: pathOf([asks[0], [at(1), line(1, 1)]]) }, walk.area);
    svg("path", { class: "lf-path", d: pathOf(asks) }, walk.area);

    walk.curve.replaceChildren();
    const across = Array.from({ length: POINTS + 1 }, (_, i) => VIEW[0] + ((VIEW[1] - VIEW[0]) * i) / POINTS);
    svg("path", { class: "lf-ray", d: pathOf(across.map((u) => [x(u), y(bowl.value([u]))])) }, walk.curve);

    walk.ray.replaceChildren();
    walk.tries.replaceChildren();
    const base = frame.bottom + 16;
    svg("path", { class: "lf-ray", d: pathOf([[at(0), base], [at(1), base]]) }, walk.ray);
    const turned = `translate(${at(1)} ${base}) rotate(${slope > 0 ? 180 : 0})`;
    svg("path", { class: "lf-arrow", d: "M2 0L-8 -4.5V4.5Z", transform: turned }, walk.ray);
    for (const { step, fall } of shown) {
      const [cx, cy] = [at(step), y(loss - fall)];
      svg("path", { class: "lf-mode", d: pathOf([[cx, base], [cx, cy]]) }, walk.ray);
      drawTry(walk.tries, cx, cy, step === all.at(-1).step);
    }
    // From the last try on: they crowd near the start, and the last one must keep its label.
    const labels = [...shown].reverse().map(({ step }) => [at(step), base + 20, fraction(step)]);
    for (const [cx, cy, text] of spaced(labels, 28)) {
      svg("text", { class: "lf-tick", x: cx, y: cy, "text-anchor": "middle", text }, walk.ray);
    }
    handle.place(x, y);
  }

  function drawTry(layer, cx, cy, accepted) {
    svg("circle", { class: accepted ? "lf-here" : "lf-refused", cx, cy, r: accepted ? 7 : 6 }, layer);
  }

  function drawShares(state, { gain, tries: all }, shown) {
    const frame = shares.fit();
    const finest = 2 ** -tries.max;
    const x = logarithmic([finest, 1], [frame.left, frame.right]);
    const y = linear(SHARES, [frame.bottom, frame.top]);
    shares.area.replaceChildren();
    const size = { x: frame.left, width: frame.right - frame.left, y: y(SHARES[1]), height: y(state.c) - y(SHARES[1]) };
    svg("rect", { class: "lf-safe", ...size }, shares.area);
    bottomAxis(shares.xAxis, x, frame, {
      label: "step t, log axis",
      values: all.map(({ step }) => step),
      format: fraction,
      grid: false,
    });
    leftAxis(shares.yAxis, y, frame, { values: [-1, -0.5, 0, 0.5, 1] });
    shares.curve.replaceChildren();
    shares.tries.replaceChildren();
    svg("path", { class: "lf-theory", d: pathOf([[frame.left, y(1)], [frame.right, y(1)]]) }, shares.curve);
    svg("path", { class: "lf-path", d: pathOf([[frame.left, y(state.c)], [frame.right, y(state.c)]]) }, shares.curve);
    // Where the curve does not come: it starts near 1 at the left.
    for (const [text, at, cy, anchor] of [
      ["what the slope promises", frame.right, y(1) - 6, "end"],
      ["what c asks for", frame.left + 6, y(state.c) + 16, "start"],
    ]) {
      svg("text", { class: "lf-quiet", x: at, y: cy, "text-anchor": anchor, text }, shares.curve);
    }
    const steps = Array.from({ length: POINTS + 1 }, (_, i) => finest ** (1 - i / POINTS));
    const pixels = steps.map((step) => [x(step), clamp(y(gain(step).share), -99, 999)]);
    svg("path", { class: "lf-ray", d: pathOf(pixels) }, shares.curve);
    for (const { step, share } of shown) {
      drawTry(shares.tries, x(step), clamp(y(share), frame.top, frame.bottom), step === all.at(-1).step);
    }
  }

  return figure;
}
