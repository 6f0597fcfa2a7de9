// A slider with its critical values marked on the track.

import { html } from "./dom.js";
import { clamp } from "./scales.js";

const FINE = 1000; // positions of the native input along the track
let sliders = 0;

/**
 * Add a labeled slider. `marks` is a list of {value, text}; a mark is a button that sets its value.
 * `steps` is how many arrow presses cross the track.
 */
export function createSlider(
  parent,
  { label, min, max, log = false, steps = 100, marks = [], format, change },
) {
  const root = html("div", { class: "lf-slider" }, parent);
  const head = html("div", { class: "lf-slider-head" }, root);
  const id = `lf-slider-${sliders++}`;
  html("label", { for: id, text: label }, head);
  const output = html("output", { for: id }, head);
  const track = html("div", { class: "lf-track" }, root);
  const input = html("input", { type: "range", id, min: 0, max: FINE, step: 1 }, track);

  const [from, to] = log ? [Math.log(min), Math.log(max)] : [min, max];
  const toPart = (value) => ((log ? Math.log(value) : value) - from) / (to - from);
  const toValue = (part) => (log ? Math.exp(from + part * (to - from)) : from + part * (to - from));
  let current = min;
  const wish = (part) => change(toValue(clamp(part, 0, 1)));

  for (const { value, text } of marks) {
    const mark = html(
      "button",
      { type: "button", class: "lf-mark", style: `--part: ${toPart(value)}`, "aria-label": `set ${label} to ${text}` },
      track,
    );
    html("span", { text }, mark);
    mark.addEventListener("click", () => change(value));
  }

  input.addEventListener("input", () => wish(Number(input.value) / FINE));
  input.addEventListener("keydown", (event) => {
    const sign = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!sign) return;
    event.preventDefault();
    wish(toPart(current) + (sign * (event.shiftKey ? 10 : 1)) / steps);
  });

  return {
    root,
    input,
    show(value) {
      current = value;
      const part = clamp(toPart(value), 0, 1);
      input.value = Math.round(part * FINE);
      root.style.setProperty("--part", part);
      output.textContent = format(value);
      input.setAttribute("aria-valuetext", format(value));
    },
  };
}
