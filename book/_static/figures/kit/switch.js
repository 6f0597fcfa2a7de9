// A few ways to look at the same thing, one of them pressed.

import { html } from "./dom.js";

/** Add a group of buttons. `change(index)` is called when the reader presses one. */
export function createSwitch(parent, { label, options, change }) {
  const root = html("div", { class: "lf-switch", role: "group", "aria-label": label }, parent);
  const buttons = options.map((text, index) => {
    const button = html("button", { type: "button", class: "lf-button", text }, root);
    button.addEventListener("click", () => change(index));
    return button;
  });
  return {
    root,
    buttons,
    show(index) {
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === index));
    },
  };
}
