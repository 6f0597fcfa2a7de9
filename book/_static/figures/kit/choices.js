// A question with a few answers, one of them right.

import { html } from "./dom.js";

/** Add a group of answers. `choose(key)` is called once, for the answer that the reader picks. */
export function createChoices(parent, { label, choose }) {
  const root = html("div", { class: "lf-choices", role: "group", "aria-label": label }, parent);
  return {
    root,
    /** Offer `options`, a list of {key, text}; once one is picked, mark it and the right one. */
    show(options, right, picked = null) {
      root.replaceChildren();
      for (const { key, text } of options) {
        const verdict = picked && (key === right ? "right" : key === picked && "wrong");
        const mark = { right: "✓ ", wrong: "✗ " }[verdict] ?? "";
        const kind = verdict ? `lf-button lf-${verdict}` : "lf-button";
        const attributes = { type: "button", class: kind, disabled: picked !== null, text: mark + text };
        const button = html("button", attributes, root);
        button.addEventListener("click", () => choose(key));
      }
    },
  };
}
