// One method, many spellings: the same run needs other numbers in another code.

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { html, pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createPanel } from "./kit/panel.js";
import { clamp, linear } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { createSwitch } from "./kit/switch.js";
import { fixed, tick } from "./kit/text.js";
import { parabola, recurrence } from "./methods.js";

const SEEN = [-1.15, 1.15];
const APART = 0.05; // a gap between two runs that can be seen

/** Each form as its code reads: point, velocity, gradient function and numbers to the next pair. */
const FORMS = {
  canonical(x, v, g, { alpha, mu }) {
    const next = mu * v - alpha * g(x);
    return [x + next, next];
  },
  sum(x, v, g, { alpha, mu }) {
    const next = mu * v + g(x);
    return [x - alpha * next, next];
  },
  average(x, v, g, { alpha, mu }) {
    const next = mu * v + (1 - mu) * g(x);
    return [x - alpha * next, next];
  },
  damped(x, v, g, { alpha, mu, tau }) {
    const next = mu * v + (1 - tau) * g(x);
    return [x - alpha * next, next];
  },
  difference(x, v, g, { alpha, mu }) {
    const next = x - alpha * g(x) + mu * v;
    return [next, next - x];
  },
  look_ahead(x, v, g, { alpha, mu }) {
    const next = mu * v - alpha * g(x + mu * v);
    return [x + next, next];
  },
  rearranged(x, v, g, { alpha, mu }) {
    const next = mu * v - alpha * g(x);
    return [x + mu * next - alpha * g(x), next];
  },
  rearranged_sum(x, v, g, { alpha, mu }) {
    const next = mu * v + g(x);
    return [x - alpha * (g(x) + mu * next), next];
  },
};

/** What a new gradient is multiplied by in a form's velocity. */
const weight = (name, { mu, tau }) => ({ average: 1 - mu, damped: 1 - tau })[name] ?? 1;

/** The points at which the gradient is taken, where the learning rate is multiplied by `drop`. */
export function walk(name, numbers, { steps, drop_at, curvature }, drop) {
  const { gradient } = parabola(curvature);
  const g = (x) => gradient([x])[0];
  // Only the look-ahead form keeps another point than the one where it takes the gradient.
  const seen = (x, v) => (name === "look_ahead" ? x + numbers.mu * v : x);
  let [x, v] = [1, 0];
  const points = [1];
  for (let step = 1; step <= steps; step++) {
    const alpha = numbers.alpha * (step < drop_at ? 1 : drop);
    [x, v] = FORMS[name](x, v, g, { ...numbers, alpha });
    points.push(seen(x, v));
  }
  return points;
}

/** Every form of the chosen one's method, with its own learning rate and its run; p and q; the gap. */
export function compute(data, { form, alpha, mu, drop }) {
  const here = data.forms[form];
  const shared = { mu, tau: data.dampening };
  const translated = data.forms.map(({ name, method, holds_steps }) => {
    if (method !== here.method) return null;
    const numbers = { ...shared, alpha: alpha * (weight(here.name, shared) / weight(name, shared)) };
    return { name, holds_steps, alpha: numbers.alpha, points: walk(name, numbers, data, drop) };
  });
  const key = here.method === "Nesterov" ? "nesterov" : "momentum";
  const canonical = alpha * weight(here.name, shared);
  const same = translated.filter(Boolean);
  const steps = same.find(({ holds_steps }) => holds_steps).points;
  const gradients = same.find(({ holds_steps }) => !holds_steps).points;
  const gaps = steps.map((x, k) => Math.abs(x - gradients[k]));
  const widest = gaps.indexOf(Math.max(...gaps));
  const [p, q] = recurrence(key, canonical * data.curvature, mu);
  return { translated, p, q, steps, gradients, widest, gap: gaps[widest] };
}

const brief = (value) => tick(Number(value.toPrecision(2)));
const spelled = (name) => name.replace("_", "-");
const heading = (method) => (method === "Nesterov" ? "Nesterov’s method" : "Heavy ball");
/** An equation of the library with an arrow, a true minus sign and a number for τ. */
const typeset = (text, { dampening }) => text.replaceAll("<-", "←").replaceAll(" - ", " − ").replace("τ", dampening);

const COUNTS = { 3: "three", 5: "five" };

export function describe(data, { form, alpha, mu, drop }, { translated, p, q, widest, gap }) {
  const { name, method } = data.forms[form];
  const others = translated.filter((each) => each && Math.abs(each.alpha / alpha - 1) > 1e-6);
  const numbers = others.map((each) => `${brief(each.alpha)} as ${spelled(each.name)}`).join(", ");
  const given = `α = ${brief(alpha)}, μ = ${fixed(mu)} as ${spelled(name)}`;
  const needs = numbers ? `is α = ${numbers}` : "is the same α in every form";
  const law = `x(k+1) = ${fixed(p, 3)} x(k) ${q < 0 ? "−" : "+"} ${fixed(Math.abs(q), 3)} x(k−1)`;
  const all = `all ${COUNTS[translated.filter(Boolean).length]} forms of ${method === "Nesterov" ? "Nesterov’s method" : "the heavy ball"}`;
  if (drop > 0.999) return `${given} ${needs}. Then ${all} visit the same points: p and q in ${law}.`;
  const split =
    gap > APART
      ? `The forms split, by ${fixed(gap)} at step ${widest}: a velocity of steps coasts on at the old rate, one of gradients slows at once`
      : "The forms split, by too little to see: no velocity is left when the rate drops";
  return `From step ${data.drop_at} on α is multiplied by ${brief(drop)}. ${split}.`;
}

export function mount(stage, data) {
  const { form, alpha, mu, drop } = data.controls;
  const figure = createFigure(stage, {
    state: { form: form.value, alpha: alpha.value, mu: mu.value, drop: drop.value },
    constrain: (wish) => ({
      form: clamp(Math.round(wish.form), form.min, form.max),
      alpha: clamp(wish.alpha, alpha.min, alpha.max),
      mu: clamp(wish.mu, mu.min, mu.max),
      drop: clamp(wish.drop, drop.min, drop.max),
    }),
    render,
  });
  const list = createSwitch(figure.plots, {
    label: "The form in which the numbers stand",
    options: data.forms.map(() => ""),
    change: (index) => figure.set({ form: index }),
  });
  list.root.classList.add("lf-rows", "lf-wide");
  const rows = data.forms.map(({ name, method, velocity, params, used_by }, i) => {
    const button = list.buttons[i];
    if (method !== data.forms[i - 1]?.method) button.before(html("div", { class: "lf-title", text: heading(method) }));
    button.classList.add(method === "Nesterov" ? "lf-nesterov" : "lf-momentum");
    const who = html("span", {}, button);
    html("b", { text: spelled(name) }, who);
    html("small", { text: used_by }, who);
    html("span", { text: typeset(`${velocity}\n${params}`, data) }, button);
    return html("output", {}, button);
  });
  const plot = createPanel(figure.plots, {
    title: "",
    size: "height: 230px",
    margin: { top: 8, right: 8, bottom: 40, left: 34 },
    layers: ["xAxis", "yAxis", "lines", "labels"],
    clipped: ["lines"],
    wide: true,
  });
  const sliders = {
    alpha: createSlider(figure.controls, {
      label: "learning rate α, in the chosen form",
      min: alpha.min,
      max: alpha.max,
      log: true,
      steps: 80,
      marks: [0.01, 0.05, 0.5].map((value) => ({ value, text: tick(value) })),
      format: brief,
      change: (value) => figure.set({ alpha: value }),
    }),
    mu: createSlider(figure.controls, {
      label: "momentum μ",
      min: mu.min,
      max: mu.max,
      steps: 99,
      marks: [0, 0.5, 0.9].map((value) => ({ value, text: tick(value) })),
      format: (value) => fixed(value),
      change: (value) => figure.set({ mu: value }),
    }),
    drop: createSlider(figure.controls, {
      label: `schedule: α from step ${data.drop_at} on`,
      min: drop.min,
      max: drop.max,
      log: true,
      steps: 20,
      marks: [
        { value: 0.1, text: "0.1" },
        { value: 1, text: "1" },
      ],
      format: (value) => `× ${brief(value)}`,
      change: (value) => figure.set({ drop: value }),
    }),
  };

  function render(state) {
    const result = compute(data, state);
    const nesterov = data.forms[state.form].method === "Nesterov";
    stage.classList.toggle("lf-nesterov", nesterov);
    stage.classList.toggle("lf-momentum", !nesterov);
    list.show(state.form);
    for (const [name, slider] of Object.entries(sliders)) slider.show(state[name]);
    result.translated.forEach((each, i) => {
      rows[i].textContent = each ? `α = ${brief(each.alpha)}\nμ = ${fixed(state.mu)}` : "—";
    });
    drawRuns(state, result);
    figure.say(describe(data, state, result));
  }

  function drawRuns({ drop: factor }, { p, q, steps, gradients, widest, gap }) {
    const changes = factor < 0.999;
    plot.heading.textContent = `The run${changes ? "s" : " of every form"} on x²/2: p = ${fixed(p, 3)}, q = ${fixed(q, 3)}${changes ? " at first" : ""}`;
    const frame = plot.fit();
    const x = linear([0, data.steps], [frame.left, frame.right]);
    const y = linear(SEEN, [frame.bottom, frame.top]);
    bottomAxis(plot.xAxis, x, frame, { label: "step", ticks: 6, grid: false });
    leftAxis(plot.yAxis, y, frame, { values: [-1, 0, 1] });
    plot.lines.replaceChildren();
    plot.labels.replaceChildren();
    if (changes) {
      const at = x(data.drop_at - 1);
      svg("path", { class: "lf-mode", d: pathOf([[at, frame.top], [at, frame.bottom]]) }, plot.lines);
    }
    const pixels = (points) => points.map((value, k) => [x(k), clamp(y(value), -999, 9999)]);
    svg("path", { class: "lf-path", d: pathOf(pixels(steps)) }, plot.lines);
    const other = pixels(gradients);
    svg("path", { class: "lf-theory", d: pathOf(other) }, plot.lines);
    for (const [cx, cy] of other) svg("circle", { class: "lf-refused", cx, cy, r: 3.4 }, plot.lines);
    if (gap <= APART) {
      label(frame.right, frame.top + 14, "line: a velocity of steps");
      label(frame.right, frame.top + 30, "rings: a velocity of gradients");
      return;
    }
    const under = steps[widest] < gradients[widest] ? 1 : -1;
    label(x(widest) + 8, y(steps[widest]) + 4 + 16 * under, "a velocity of steps", "start");
    label(x(widest) + 8, y(gradients[widest]) + 4 - 16 * under, "a velocity of gradients", "start");
  }

  function label(x, y, text, anchor = "end") {
    svg("text", { class: "lf-note", x, y, "text-anchor": anchor, text }, plot.labels);
  }

  return figure;
}
