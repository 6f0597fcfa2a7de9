// What every figure has: a state that controls change, one drawing a frame, a read-out, a reset.

import { html } from "./dom.js";
import { onTheme } from "./theme.js";

/**
 * Build a figure's frame inside `stage`.
 *
 * `state` holds numbers and points by name; `set` changes them and draws on the next frame.
 * `render(state, changed)` draws; `changed` is false after a resize or a change of theme.
 * `constrain` keeps a wish within bounds. `changes` names what a link may set.
 */
export function createFigure(stage, { state, constrain = (s) => s, render }) {
  const initial = structuredClone(state);
  const current = structuredClone(state);
  const plots = html("div", { class: "lf-plots" }, stage);
  const controls = html("div", { class: "lf-controls" }, stage);
  const foot = html("div", { class: "lf-foot" }, stage);
  const readout = html("p", { class: "lf-readout", "aria-live": "polite" }, foot);
  const reset = html("button", { type: "button", class: "lf-button", text: "Reset" }, foot);
  let player = null;
  let queued = null;

  function draw() {
    queued = null;
    render(current);
  }

  const figure = {
    plots,
    controls,
    state: current,
    set(wish) {
      Object.assign(current, constrain({ ...current, ...wish }));
      queued ??= requestAnimationFrame(draw);
    },
    /** Set what a "try this" link names: `alpha=0.3&start=1,2`. */
    apply(query) {
      player?.pause();
      for (const [name, text] of new URLSearchParams(query)) {
        const numbers = text.split(",").map(Number);
        figure.set({ [name]: numbers.length > 1 ? numbers : numbers[0] });
      }
    },
    reset() {
      player?.pause();
      figure.set(structuredClone(initial));
    },
    say(sentence) {
      if (readout.textContent !== sentence) readout.textContent = sentence;
    },
    /** Adopt a player: Space drives it, and the read-out is not spoken while it runs. */
    plays(adopted) {
      player = adopted;
      player.onPlaying((playing) => readout.setAttribute("aria-live", playing ? "off" : "polite"));
    },
    draw,
  };

  reset.addEventListener("click", figure.reset);
  stage.addEventListener("keydown", (event) => {
    if (event.key === "Escape") figure.reset();
    else if (event.key === " " && player && !event.target.closest("button, select")) player.toggle();
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => (queued ??= requestAnimationFrame(draw))).observe(plots);
  onTheme(() => (queued ??= requestAnimationFrame(draw)));
  return figure;
}
