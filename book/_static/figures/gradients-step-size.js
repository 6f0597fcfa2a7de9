// A step can be too long for the curve and too short for the arithmetic.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createPanel } from "./kit/panel.js";
import { clamp, logarithmic } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { createSwitch } from "./kit/switch.js";
import { power, say } from "./kit/text.js";
import { difference } from "./differences.js";

const ERRORS = [1e-18, 1e2];
const PER_DECADE = 6; // measured points
const ALIKE = 10; // errors within this factor are of one size
const NAMES = ["Forward", "Central", "Complex step"];
const FORMULAS = [
  ["h |f″| / 2", "ε |f| / h"],
  ["h² |f‴| / 6", "ε |f| / h"],
  ["h² |f‴| / 6", "ε |f′|"],
];
export const PRECISIONS = [
  { name: "float64", round: (value) => value, eps: 2 ** -52 },
  { name: "float32", round: Math.fround, eps: 2 ** -23 },
];

/** The slope of exp(sin x) that a computer finds, every operation rounded to the precision. */
export function measure(x, { h, scheme, precision }) {
  const { round } = PRECISIONS[precision];
  const [point, step] = [round(x), round(h)];
  if (scheme === 2) return complexStep(point, step, round);
  const f = (u) => round(Math.exp(round(Math.sin(u))));
  return difference(f, point, step, ["forward", "central"][scheme], round);
}

/** The imaginary part of exp(sin(x + ih)), over h. */
function complexStep(x, h, round) {
  const real = round(round(Math.sin(x)) * round(Math.cosh(h)));
  const imaginary = round(round(Math.cos(x)) * round(Math.sinh(h)));
  return round(round(round(Math.exp(real)) * round(Math.sin(imaginary))) / h);
}

/** What theory expects of the two errors. */
export function model({ value, slope, second, third }, { h, scheme, precision }) {
  const { eps } = PRECISIONS[precision];
  return {
    truncation: scheme === 0 ? (h * Math.abs(second)) / 2 : (h * h * Math.abs(third)) / 6,
    rounding: scheme === 2 ? eps * Math.abs(slope) : (eps * Math.abs(value)) / h,
  };
}

/** The step where the two errors together are least; the complex step has none, it may be tiny. */
export function bestStep({ value, second, third }, { scheme, precision }) {
  const rounding = PRECISIONS[precision].eps * Math.abs(value);
  if (scheme === 0) return Math.sqrt((2 * rounding) / Math.abs(second));
  return scheme === 1 ? Math.cbrt((3 * rounding) / Math.abs(third)) : null;
}

export function compute(data, state) {
  const measured = measure(data.x, state);
  return {
    measured,
    error: Math.abs(measured - data.slope),
    best: bestStep(data, state),
    ...model(data, state),
  };
}

export function describe({ slope }, { h, scheme, precision }, { error, best, truncation, rounding }) {
  const setting = `${NAMES[scheme]}, ${PRECISIONS[precision].name}, h = ${say(h, 2)}`;
  const advice = best && `The best h is near ${say(best, 1)}.`;
  if (Number.isNaN(error)) return `${setting}: x + h rounds to x, and no difference is left. ${advice}`;
  const right = Math.max(0, Math.floor(-Math.log10(error / Math.abs(slope))));
  const digits = Number.isFinite(right) ? ["no digit", "1 digit"][right] ?? `${right} digits` : "every digit";
  const found = `${digits} right, error ${say(error, 2)}`;
  if (scheme === 2) {
    return truncation < rounding
      ? `${setting}: ${found}. Nothing is subtracted, so no h is too short.`
      : `${setting}: ${found}. Truncation decides: take a shorter h, which costs nothing here.`;
  }
  if (truncation > ALIKE * rounding) return `${setting}: ${found}. Truncation decides: h is too long. ${advice}`;
  if (rounding > ALIKE * truncation) return `${setting}: ${found}. Rounding decides: h is too short. ${advice}`;
  return `${setting}: ${found}. Truncation and rounding are in balance. ${advice}`;
}

export function mount(stage, data) {
  const { h, scheme, precision } = data.controls;
  const figure = createFigure(stage, {
    state: { h: h.value, scheme: scheme.value, precision: precision.value },
    constrain: (wish) => ({
      h: clamp(wish.h, h.min, h.max),
      scheme: clamp(Math.round(wish.scheme), scheme.min, scheme.max),
      precision: clamp(Math.round(wish.precision), precision.min, precision.max),
    }),
    render,
  });
  const curve = createPanel(figure.plots, {
    title: "Error of the slope against h, on log axes: dots are measured, the line is theory",
    size: "height: 320px",
    margin: { top: 6, right: 12, bottom: 40, left: 44 },
    layers: ["xAxis", "yAxis", "lines", "dots", "labels"],
    clipped: ["lines", "dots"],
    wide: true,
  });
  const bars = createPanel(figure.plots, {
    title: "The two errors of theory at this h, and what was measured, on a log axis",
    size: "height: 172px",
    margin: { top: 2, right: 12, bottom: 24, left: 12 },
    layers: ["axis", "bars"],
    wide: true,
  });
  const slider = createSlider(figure.controls, {
    label: "step h",
    min: h.min,
    max: h.max,
    log: true,
    steps: 72,
    marks: [-16, -8, -5, -2].map((exponent) => ({ value: 10 ** exponent, text: power(exponent) })),
    format: (value) => say(value, 2),
    change: (value) => figure.set({ h: value }),
  });
  const schemes = createSwitch(figure.controls, {
    label: "Scheme",
    options: NAMES,
    change: (index) => figure.set({ scheme: index }),
  });
  const precisions = createSwitch(figure.controls, {
    label: "Precision",
    options: PRECISIONS.map(({ name }) => name),
    change: (index) => figure.set({ precision: index }),
  });

  const decades = Math.round(Math.log10(h.max / h.min));
  const steps = Array.from({ length: decades * PER_DECADE + 1 }, (_, i) => h.min * 10 ** (i / PER_DECADE));

  function render(state) {
    const result = compute(data, state);
    slider.show(state.h);
    schemes.show(state.scheme);
    precisions.show(state.precision);
    drawCurve(state, result);
    drawBars(state, result);
    figure.say(describe(data, state, result));
  }

  function drawCurve(state, { error, best }) {
    const frame = curve.fit();
    const x = logarithmic([h.min, h.max], [frame.left, frame.right]);
    const y = logarithmic(ERRORS, [frame.bottom, frame.top]);
    const low = (value) => y(Math.max(value, ERRORS[0])); // an error of zero has no logarithm
    bottomAxis(curve.xAxis, x, frame, { label: "step h", ticks: 6, format: label, grid: false });
    leftAxis(curve.yAxis, y, frame, { ticks: 5 });
    curve.lines.replaceChildren();
    curve.dots.replaceChildren();
    curve.labels.replaceChildren();
    const shortest = data.lost[state.precision].map((step) => step ?? 0);
    const lost = shortest[state.scheme];
    if (lost) {
      const size = { width: x(lost) - frame.left, height: frame.bottom - frame.top };
      svg("rect", { class: "lf-safe", x: frame.left, y: frame.top, ...size }, curve.lines);
      note(frame.left + 4, frame.top + 16, "x + h = x", "start", "lf-quiet");
    }
    const total = (step, scheme) => {
      const { truncation, rounding } = model(data, { ...state, h: step, scheme });
      return truncation + rounding;
    };
    NAMES.forEach((_, index) => {
      const seen = steps.filter((step) => step > shortest[index]);
      const line = pathOf(seen.map((step) => [x(step), y(total(step, index))]));
      svg("path", { class: index === state.scheme ? "lf-ribbon" : "lf-theory lf-thin", d: line }, curve.lines);
    });
    for (const step of steps) {
      const found = Math.abs(measure(data.x, { ...state, h: step }) - data.slope);
      if (!Number.isNaN(found)) svg("circle", { class: "lf-step", cx: x(step), cy: low(found), r: 2.6 }, curve.dots);
    }
    if (best) {
      svg("path", { class: "lf-mode", d: pathOf([[x(best), frame.top], [x(best), frame.bottom]]) }, curve.lines);
      note(x(best) - 6, frame.bottom - 8, `best h ${say(best, 1)}`, "end");
    }
    // The names of the others: above an arm that rises, below one that falls, above the flat line.
    const at = (step, scheme) => [x(step), y(total(step, scheme))];
    const falling = bestStep(data, { ...state, scheme: 1 }) / 30;
    const places = [[0.03, -6, -6, "end"], [falling, -6, 16, "end"], [1e-16, 0, -8, "start"]];
    places.forEach(([step, dx, dy, anchor], index) => {
      const [u, v] = at(step, index);
      if (index !== state.scheme) note(u + dx, v + dy, NAMES[index].toLowerCase(), anchor, "lf-quiet");
    });
    const cy = Number.isNaN(error) ? frame.top + 36 : clamp(low(error), frame.top, frame.bottom);
    svg("circle", { class: "lf-here", cx: x(state.h), cy, r: 7 }, curve.labels);
  }

  function note(x, y, text, anchor, kind = "") {
    svg("text", { class: `lf-note ${kind}`, x, y, "text-anchor": anchor, text }, curve.labels);
  }

  function drawBars({ scheme: index }, { truncation, rounding, error }) {
    const frame = bars.fit();
    const x = logarithmic(ERRORS, [frame.left, frame.right]);
    bottomAxis(bars.axis, x, frame, { ticks: 5 });
    bars.bars.replaceChildren();
    const [cut, rounded] = FORMULAS[index];
    [
      [`truncation, ${cut}`, truncation, "lf-bar"],
      [`rounding, ${rounded}`, rounding, "lf-bar"],
      ["measured", error, "lf-arrow"],
    ].forEach(([name, size, kind], row) => {
      const top = frame.top + 48 * row;
      const text = Number.isNaN(size) ? `${name}: nothing left` : `${name} = ${say(size, 2)}`;
      svg("text", { class: "lf-note", x: frame.left, y: top + 14, text }, bars.bars);
      const width = Math.max(0, x(clamp(size || 0, ...ERRORS)) - frame.left);
      svg("rect", { class: kind, rx: 2, x: frame.left, y: top + 21, width, height: 14 }, bars.bars);
    });
  }

  return figure;
}

const label = (value) => (value === 1 ? "1" : power(Math.round(Math.log10(value))));
