// Eight loss curves: what is wrong with each, and how does it show?

import { bottomAxis, leftAxis } from "./kit/axes.js";
import { createChoices } from "./kit/choices.js";
import { html, pathOf, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createPanel } from "./kit/panel.js";
import { linear, logarithmic } from "./kit/scales.js";
import { say } from "./kit/text.js";

const LOOK = 10; // the step, beside the first and the last, whose loss is read out

/** The state after an answer; the first one to each curve counts. */
export function answer({ curve, picks }, key) {
  return { curve, picks: picks.length > curve ? picks : [...picks, key] };
}

/** The state after the reader moves on: the next curve, and after the last one the first. */
export function advance({ curves }, { curve, picks }) {
  return curve + 1 < curves.length ? { curve: curve + 1, picks } : { curve: 0, picks: [] };
}

/** How many of the answers so far are right. */
export const score = ({ curves }, picks) => picks.filter((key, i) => key === curves[i].diagnosis).length;

export function describe({ curves, diagnoses }, { curve, picks }) {
  const { losses, diagnosis, why } = curves[curve];
  const picked = picks[curve];
  if (!picked) {
    const last = losses.length - 1;
    const numbers = [
      `${say(losses[0], 2)} at first`,
      `${say(losses[LOOK], 2)} after ${LOOK} steps`,
      `${say(losses[last], 2)} after ${last}`,
    ].join(", ");
    return `Curve ${curve + 1} of ${curves.length}. The loss is ${numbers}. Which diagnosis fits?`;
  }
  const { is, do: cure } = diagnoses[diagnosis];
  const verdict =
    picked === diagnosis
      ? "Right."
      : `No. “${diagnoses[picked].is}” would look like this: ${diagnoses[picked].see}. Here it is “${is}”.`;
  const ended = curve + 1 === curves.length ? ` Your score: ${score({ curves }, picks)} of ${curves.length}.` : "";
  return `${verdict} ${why} What to do: ${cure}.${ended}`;
}

export function mount(stage, data) {
  const figure = createFigure(stage, { state: { curve: 0, picks: [] }, render });
  const plot = createPanel(figure.plots, {
    title: "",
    size: "height: 250px",
    margin: { top: 6, right: 10, bottom: 40, left: 44 },
    layers: ["xAxis", "yAxis", "line"],
    wide: true,
  });
  const choices = createChoices(figure.controls, {
    label: "Diagnosis",
    choose: (key) => figure.set(answer(figure.state, key)),
  });
  const next = html("button", { type: "button", class: "lf-button lf-next" });
  next.addEventListener("click", () => figure.set(advance(data, figure.state)));

  let asked = "";
  function render(state) {
    drawCurve(state);
    // A resize or a change of theme must not take the focus from an answer.
    const question = JSON.stringify(state);
    if (question !== asked) ask(state);
    asked = question;
    figure.say(describe(data, state));
  }

  function ask({ curve, picks }) {
    const { diagnosis, choices: keys } = data.curves[curve];
    const held = figure.controls.contains(document.activeElement);
    const picked = picks[curve] ?? null;
    choices.show(keys.map((key) => ({ key, text: data.diagnoses[key].is })), diagnosis, picked);
    next.textContent = curve + 1 < data.curves.length ? "Next curve" : "Start again";
    if (picked) figure.controls.append(next);
    else next.remove();
    // Who answers by keyboard goes on by keyboard.
    if (held) (picked ? next : choices.root.firstChild).focus({ preventScroll: true });
  }

  function drawCurve({ curve, picks }) {
    const { losses, decades } = data.curves[curve];
    const right = picks.length ? `, ${score(data, picks)} right so far` : "";
    plot.heading.textContent = `Curve ${curve + 1} of ${data.curves.length}${right}: the loss, on a log axis`;
    const frame = plot.fit();
    const x = linear([0, losses.length - 1], [frame.left, frame.right]);
    const y = logarithmic(decades, [frame.bottom, frame.top]);
    bottomAxis(plot.xAxis, x, frame, { label: "step", ticks: 6, grid: false });
    leftAxis(plot.yAxis, y, frame, { ticks: 5 });
    const points = losses.map((loss, step) => [x(step), y(loss)]);
    plot.line.replaceChildren();
    svg("path", { class: "lf-path", d: pathOf(points) }, plot.line);
    for (const [cx, cy] of points) svg("circle", { class: "lf-step", cx, cy, r: 2.6 }, plot.line);
  }

  return figure;
}
