// A point to drag, by pointer or by keyboard.

import { setAttributes, svg } from "./dom.js";

/**
 * Add a draggable point. `read()` gives its position in data units, `move([x, y])` receives the
 * wish, `step` is what an arrow key moves by (ten times that with Shift), on both axes or each.
 * With `leaps`, a click anywhere in the panel brings the point there.
 */
export function createHandle(layer, { label, step, read, move, describe, leaps = false }) {
  const node = svg(
    "g",
    { class: "lf-handle", tabindex: 0, role: "slider", "aria-roledescription": "point to drag", "aria-label": label },
    layer,
  );
  svg("circle", { class: "lf-touch", r: 22 }, node);
  svg("circle", { class: "lf-ring", r: 13 }, node);
  svg("circle", { class: "lf-dot", r: 7 }, node);
  let scales = null;

  /** Move to where the pointer is. */
  function drag(event) {
    const box = node.ownerSVGElement.getBoundingClientRect();
    const [x, y] = scales;
    move([x.invert(event.clientX - box.left), y.invert(event.clientY - box.top)]);
  }

  if (leaps) {
    layer.ownerSVGElement.addEventListener("click", (event) => node.contains(event.target) || drag(event));
  }

  node.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    node.focus({ focusVisible: false });
    node.setPointerCapture(event.pointerId);
    const stop = () => node.removeEventListener("pointermove", drag);
    node.addEventListener("pointermove", drag);
    node.addEventListener("lostpointercapture", stop, { once: true });
  });

  node.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    const sizes = [step].flat();
    const leap = event.shiftKey ? 10 : 1;
    move(read().map((value, i) => value + direction[i] * (sizes[i] ?? sizes[0]) * leap));
  });

  return {
    node,
    /** Put the point where the data say, with the scales of this drawing. */
    place(x, y) {
      scales = [x, y];
      const at = read();
      setAttributes(node, {
        transform: `translate(${x(at[0])} ${y(at[1])})`,
        "aria-valuenow": at[0].toFixed(3),
        "aria-valuemin": x.domain[0].toFixed(3),
        "aria-valuemax": x.domain[1].toFixed(3),
        "aria-valuetext": describe(at),
      });
    },
  };
}
