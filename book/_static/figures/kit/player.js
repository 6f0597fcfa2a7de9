// Play, pause, scrub and pace a run of steps.

import { html, svg } from "./dom.js";
import { createSlider } from "./slider.js";
import { prefersStillness } from "./theme.js";

const UNASKED = 4.8; // seconds: a figure may move by itself for less than five

/**
 * Add a player for steps 0 to `last`. `change(step)` receives fractional steps while playing.
 * At speed 1 the whole run lasts `UNASKED` seconds.
 */
export function createPlayer(parent, { last, change }) {
  const root = html("div", { class: "lf-player" }, parent);
  const button = html("button", { type: "button", class: "lf-button lf-play" }, root);
  const scrub = createSlider(root, {
    label: "Step",
    min: 0,
    max: last,
    steps: last,
    format: (step) => Math.floor(step + 1e-9).toLocaleString("en-US"),
    change: (step) => {
      pause();
      change(Math.round(step));
    },
  });
  const pace = html("select", { class: "lf-button", "aria-label": "Speed" }, root);
  for (const speed of [0.25, 0.5, 1, 2, 4]) {
    html("option", { value: speed, text: `${speed}×`, selected: speed === 1 }, pace);
  }
  const icon = svg("path", {}, svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, button));
  let step = 0;
  let frame = null;
  const listeners = [];

  function pause() {
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
    label();
  }

  function play() {
    if (frame !== null) return;
    let at = step < last ? step : 0;
    let before = performance.now();
    // By the clock, not by the frame: a slow device skips, and still ends in time.
    const tick = (now) => {
      at += (Math.max(0, now - before) / 1000 / UNASKED) * last * Number(pace.value);
      before = now;
      frame = at < last ? requestAnimationFrame(tick) : null;
      change(Math.min(at, last));
      if (frame === null) label();
    };
    frame = requestAnimationFrame(tick);
    label();
  }

  function label() {
    const playing = frame !== null;
    icon.setAttribute("d", playing ? "M3 2H6.5V14H3ZM9.5 2H13V14H9.5Z" : "M4 2L14 8L4 14Z");
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    listeners.forEach((listen) => listen(playing));
  }

  button.addEventListener("click", () => (frame === null ? play() : pause()));
  label();
  return {
    play,
    pause,
    toggle: () => button.click(),
    /** Play once without being asked, unless the reader asked for stillness. */
    greet: () => prefersStillness() || play(),
    onPlaying: (listen) => listeners.push(listen),
    show(value) {
      step = value;
      scrub.show(value);
    },
  };
}
