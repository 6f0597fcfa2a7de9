"""A deck of examples, dealt in three ways: the data and the picture of ``sgd-shuffler``."""

from itertools import islice

import numpy as np

from optedu import plotting
from optedu.sgd import reshuffle, shuffle_once, steps_per_epoch, with_replacement

EXAMPLES, BATCH, EPOCHS = 12, 3, 5
SEEDS = range(3, 23)
STEPS = EPOCHS * steps_per_epoch(EXAMPLES, BATCH)
SAMPLERS = {
    "Drawn with replacement": with_replacement,
    "Shuffled once": shuffle_once,
    "Shuffled before each epoch": reshuffle,
}


def dealt(sampler, seed):
    """Return the examples in the order in which a sampler deals them, minibatch by minibatch."""
    batches = sampler(EXAMPLES, BATCH, np.random.default_rng(seed))
    return np.concatenate(list(islice(batches, STEPS)))


def counts(cards):
    """Return how often each example came."""
    return np.bincount(cards, minlength=EXAMPLES)


def missed(cards):
    """Return how many examples each epoch did not see."""
    return [EXAMPLES - len(set(epoch)) for epoch in cards.reshape(EPOCHS, EXAMPLES)]


def data():
    """Return some deals of each sampler and the ranges of the controls."""
    return {
        "ways": list(SAMPLERS),
        "examples": EXAMPLES,
        "batch": BATCH,
        "epochs": EPOCHS,
        "deals": [
            [dealt(sampler, seed).tolist() for sampler in SAMPLERS.values()] for seed in SEEDS
        ],
        "controls": {
            "deal": {"min": 0, "max": len(SEEDS) - 1, "value": 0},
            "step": {"min": 0, "max": STEPS},
            "follow": {"min": 1, "max": EXAMPLES, "value": 8},
        },
    }


def table(data):
    """Return, for the first deal, the first two epochs and how often examples came in all."""
    rows = []
    for way, deals in zip(data["ways"], data["deals"][0], strict=True):
        cards = np.array(deals)
        epochs = [" ".join(map(str, epoch + 1)) for epoch in cards.reshape(EPOCHS, EXAMPLES)[:2]]
        times = counts(cards)
        seen = f"{times.min()} to {times.max()}" if np.ptp(times) else f"{times[0]}"
        rows.append([way, *epochs, seen, f"{np.mean(missed(cards)):.1f}"])
    head = ["way", "first epoch", "second epoch", "times seen in five epochs"]
    return [*head, "missed an epoch"], rows


def draw(data):
    """Draw the three ways as decks, an epoch a row, with one example filled."""
    figure, axes = plotting.subplots(1, 3, width=760, height=230)
    followed = data["controls"]["follow"]["value"] - 1
    for ax, way, deals in zip(axes, data["ways"], data["deals"][0], strict=True):
        epoch, column = np.divmod(np.arange(len(deals)), EXAMPLES)
        x, y = column + 0.5 * (column // BATCH), EPOCHS - epoch
        colors = [plotting.COLORS["SGD"] if card == followed else "none" for card in deals]
        ax.bar(x, 0.85, 0.9, bottom=y, color=colors, edgecolor="#808080", linewidth=0.5)
        for place, card in enumerate(deals):
            ax.text(x[place], y[place] + 0.42, card + 1, ha="center", va="center", size=8)
        ax.set(title=way)
        ax.axis("off")
    return figure
