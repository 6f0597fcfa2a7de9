// A deck of examples, dealt in three ways: what an epoch sees, and what it misses.

import { html, svg } from "./kit/dom.js";
import { createFigure } from "./kit/figure.js";
import { createPanel } from "./kit/panel.js";
import { createPlayer } from "./kit/player.js";
import { clamp } from "./kit/scales.js";
import { createSlider } from "./kit/slider.js";
import { fixed } from "./kit/text.js";

const GAP = 6; // pixels between minibatches
const LABEL = 16; // pixels for the epoch's number

/** For every way of dealing: the cards on the table, how often each came, what each epoch missed. */
export function compute({ ways, deals, examples, batch }, { deal, step }) {
  return ways.map((_, way) => {
    const cards = deals[deal][way].slice(0, batch * Math.floor(step));
    const counts = new Array(examples).fill(0);
    for (const card of cards) counts[card]++;
    const missed = [];
    for (let end = examples; end <= cards.length; end += examples) {
      missed.push(examples - new Set(cards.slice(end - examples, end)).size);
    }
    return { cards, counts, missed };
  });
}

const often = (n) => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);
const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

export function describe({ examples }, { step, follow }, results) {
  const [{ counts, missed }, ...shuffled] = results;
  const dealt = Math.floor(step) === 1 ? "1 minibatch" : `${Math.floor(step)} minibatches`;
  if (!missed.length) return `${dealt} dealt. Wait for the end of the first epoch.`;
  const mine = `example ${follow} has come ${often(counts[follow - 1])}`;
  const range = `others ${Math.min(...counts)} to ${Math.max(...counts)} times`;
  const left = `an epoch misses ${fixed(mean(missed), 1)} of ${examples} on average`;
  const [low, high] = [Math.min, Math.max].map((extreme) => extreme(...shuffled.flatMap((way) => way.counts)));
  const each = low === high ? often(low) : `${low} or ${high} times`;
  return `${dealt} dealt. With replacement ${mine}, ${range}; ${left}. Shuffled, each has come ${each}.`;
}

export function mount(stage, data) {
  const { deal, step, follow } = data.controls;
  const { ways, examples, batch, epochs } = data;
  stage.classList.add("lf-sgd");
  const figure = createFigure(stage, {
    state: { deal: deal.value, step: step.max, follow: follow.value },
    constrain: (wish) => ({
      deal: clamp(Math.round(wish.deal), deal.min, deal.max),
      step: clamp(wish.step, 0, step.max),
      follow: clamp(Math.round(wish.follow), follow.min, follow.max),
    }),
    render,
  });
  figure.plots.classList.add("lf-three");
  const panels = ways.map((title) =>
    createPanel(figure.plots, {
      title,
      size: "height: 212px",
      margin: { top: 4, right: 2, bottom: 4, left: LABEL },
      layers: ["cards", "counts"],
    }),
  );
  const player = createPlayer(figure.controls, { last: step.max, change: (at) => figure.set({ step: at }) });
  figure.plays(player);
  const slider = createSlider(figure.controls, {
    label: "follow an example",
    min: follow.min,
    max: follow.max,
    steps: examples - 1,
    format: (value) => `number ${Math.round(value)}`,
    change: (value) => figure.set({ follow: value }),
  });
  const again = html("button", { type: "button", class: "lf-button lf-next", text: "Another deal" }, figure.controls);
  again.addEventListener("click", () => {
    player.pause();
    figure.set({ deal: (figure.state.deal + 1) % (deal.max + 1), step: step.max });
  });

  function render(state) {
    const results = compute(data, state);
    player.show(state.step);
    slider.show(state.follow);
    panels.forEach((panel, way) => drawDeck(panel, state, results[way]));
    figure.say(describe(data, state, results));
  }

  function drawDeck(panel, { follow: followed }, { cards, counts }) {
    const frame = panel.fit();
    const batches = examples / batch;
    const width = (frame.right - frame.left - GAP * (batches - 1)) / examples;
    const height = 22;
    const left = (place) => frame.left + place * width + GAP * Math.floor(place / batch);
    panel.cards.replaceChildren();
    panel.counts.replaceChildren();
    for (let epoch = 0; epoch < epochs; epoch++) {
      const top = frame.top + epoch * (height + 4);
      write(panel.cards, 5, top + 15, epoch + 1, "lf-tick");
      for (let place = 0; place < examples; place++) {
        const card = cards[epoch * examples + place];
        const kind = card === undefined ? "lf-slot" : card + 1 === followed ? "lf-bar" : "lf-card";
        const box = { x: left(place) + 0.5, y: top, width: width - 1, height, rx: 3 };
        svg("rect", { class: kind, ...box }, panel.cards);
        if (card === undefined) continue;
        const strong = card + 1 === followed ? "lf-followed" : "lf-digit";
        write(panel.cards, left(place) + width / 2, top + 15, card + 1, strong);
      }
    }
    // How often each example came, in the order of their numbers.
    const base = frame.bottom - 16;
    const room = (frame.right - frame.left) / examples;
    const unit = (base - frame.top - epochs * (height + 4) - 18) / 10;
    for (const [example, times] of counts.entries()) {
      const x = frame.left + example * room;
      const tall = Math.min(times, 10) * unit;
      const kind = example + 1 === followed ? "lf-bar" : "lf-count";
      svg("rect", { class: kind, x: x + 1, y: base - tall, width: room - 2, height: tall }, panel.counts);
      write(panel.counts, x + room / 2, base - tall - 3, times, "lf-tick");
      write(panel.counts, x + room / 2, base + 13, example + 1, "lf-tick");
    }
  }

  function write(layer, x, y, text, kind) {
    svg("text", { class: kind, x, y, "text-anchor": "middle", text: String(text) }, layer);
  }

  return Object.assign(figure, { greet: () => player.greet() });
}
