"""Eight loss curves to diagnose: the data and the static picture of ``descent-diagnose``."""

from itertools import islice, takewhile

import numpy as np

from optedu import plotting
from optedu.datasets import load_breast_cancer, standardize
from optedu.descent import GradientDescent, best_learning_rate, curvature_bounds, descend
from optedu.models import Logistic
from optedu.problems import diagonal_quadratic, quartic

STEPS = 60
# What you see, what it is, what to do: the table of the section "Reading a loss curve".
DIAGNOSES = {
    "good": ("straight and steep (log axis)", "a good α", "stop when it is small enough"),
    "small": (
        "smooth, slow, still falling",
        "α far below 1/L, or a plateau",
        "raise α by 3, look again",
    ),
    "condition": (
        "fast, then a long straight tail (log axis)",
        "a large κ",
        "standardize; momentum; second order",
    ),
    "sublinear": (
        "flattens on a log axis, never straight",
        "sublinear: no strong convexity",
        "regularize, or be content",
    ),
    "edge": ("zig-zags between two values", "α just below 2/L", "lower α by 2"),
    "spikes": (
        "falls, spikes, falls again",
        "α > 2/L near the minimum, not far out",
        "lower α by 10",
    ),
    "diverging": ("rises, then inf or nan", "α > 2/L everywhere", "lower α by 10"),
    "noise": ("falls, then stays on a noisy floor", "gradients are noisy", "chapter 3"),
}


def losses(value_and_grad, start, learning_rate, steps=STEPS):
    """Return the losses of a run of optedu, from step 0."""
    iterates = descend(value_and_grad, start, GradientDescent(learning_rate))
    return np.array([float(np.squeeze(it.loss)) for it in islice(iterates, steps + 1)])


def percent(fraction):
    """Write a fraction in whole percent, without a space."""
    return f"{100 * fraction:.0f}%"


def good():
    """Take the best fixed step on a bowl that is nearly round."""
    kappa = 10
    alpha = best_learning_rate(1, 1 / kappa)
    run = losses(diagonal_quadratic([1, 1 / kappa]).value_and_grad, [1, 1], alpha)
    return run, (
        f"Every step takes {percent(1 - run[-1] / run[-2])}, first to last, which is all that a "
        f"fixed step can do at κ = {kappa}."
    )


def small():
    """Take a fiftieth of the safe step on a bowl that is nearly round."""
    share = 0.02
    run = losses(diagonal_quadratic([1, 0.25]).value_and_grad, [1, 1], share)
    return run, (
        f"No mode was ever fast: the first step takes {percent(1 - run[1] / run[0])}, and after "
        f"{STEPS} steps {percent(run[-1] / run[0])} is left. α is {share:g} of 1/L."
    )


def condition():
    """Take the safe step in a valley."""
    kappa = 50
    run = losses(diagonal_quadratic([1, 0.5, 1 / kappa]).value_and_grad, [1, 1, 1], 1.0)
    taken = 1 - run[1:] / run[:-1]
    settled = np.argmax(np.abs(taken - taken[-1]) < 0.01)
    return run, (
        f"α is 1/L: the steep modes are gone after {settled} steps, and from there each step takes "
        f"the same {percent(taken[-1])}, since κ = {kappa}. A small α has no fast part."
    )


def sublinear():
    """Descend x⁴, whose curvature fades at the minimum."""
    run = losses(quartic().value_and_grad, [1.0], 0.05)
    taken = 1 - run[1:] / run[:-1]
    middle = STEPS // 2
    return run, (
        f"The first step takes {percent(taken[0])}, step {middle} takes "
        f"{percent(taken[middle - 1])}, step {STEPS} only {percent(taken[-1])}: the curvature "
        f"fades on the way down."
    )


def edge():
    """Fit the inverse width of a Gaussian with a step just below the limit at the minimum."""
    share, curvature = 0.99, 2.0

    def likelihood(width):
        return width @ width / 2 - np.log(width[0]) - 0.5, width - 1 / width

    run = losses(likelihood, [2.2], share * 2 / curvature)
    rises = np.count_nonzero(np.diff(run) > 0)
    return run, (
        f"{rises} of {STEPS} steps go up: every step overshoots and lands almost as far on the "
        f"other side, where the slope is different. α is {share:g} of 2/L."
    )


def spikes():
    """Fit logistic regression with a step far too long for the minimum."""
    factor = 50
    features, labels = load_breast_cancer()
    model = Logistic(standardize(features), labels, l2=0.01)
    start = np.zeros(features.shape[1])
    smoothness, _ = curvature_bounds(model.hessian(start))
    run = losses(model.value_and_grad, start, factor * 2 / smoothness)
    doubled = np.count_nonzero(run[1:] > 2 * run[:-1])
    return run, (
        f"The loss more than doubles in {doubled} of {STEPS} steps, and each time it comes back: "
        f"α is {factor} times 2/L, but far out the curvature fades."
    )


def diverging():
    """Take a step a little too long for the steep mode."""
    share = 1.05
    problem = diagonal_quadratic([1, 0.1])
    run = losses(problem.value_and_grad, [1, 1], share * 2)
    with np.errstate(over="ignore"):
        iterates = descend(problem.value_and_grad, [1, 1], GradientDescent(share * 2))
        finite = sum(1 for _ in takewhile(lambda it: np.isfinite(it.loss), iterates))
    return run, (
        f"It grows by {run[-1] / run[-2]:.2f} a step from the start and reaches inf at step "
        f"{finite:,}. α is {share:g} of 2/L, and a quadratic is just as curved far out."
    )


def noise():
    """Take a good step with gradients that are a little wrong each time."""
    eigenvalues = np.linspace(0.2, 1, 20)
    rng, problem = np.random.default_rng(2), diagonal_quadratic(eigenvalues)

    def noisy(params):
        loss, grads = problem.value_and_grad(params)
        return loss, grads + 0.01 * rng.standard_normal(params.shape)

    run = losses(noisy, np.ones_like(eigenvalues), best_learning_rate(1, eigenvalues[0]))
    floor = run[STEPS // 2 :]
    below = np.argmax(run <= floor.max())
    return run, (
        f"{below} steps of a good run, and then no trend: the second half wanders between "
        f"{floor.min():.1g} and {floor.max():.1g}. A new α moves the floor, and does not remove it."
    )


# In the order of the quiz: the run, and the other answers that are offered.
CURVES = {
    condition: ("small", "sublinear", "noise"),
    diverging: ("edge", "spikes", "noise"),
    small: ("good", "condition", "sublinear"),
    edge: ("spikes", "diverging", "noise"),
    sublinear: ("small", "condition", "noise"),
    good: ("small", "condition", "sublinear"),
    spikes: ("edge", "diverging", "noise"),
    noise: ("condition", "sublinear", "edge"),
}


def decades(values):
    """Return the powers of ten around the values, at least a hundredfold apart."""
    low, high = np.floor(np.log10(min(values))), np.ceil(np.log10(max(values)))
    return [10 ** min(low, high - 2), 10**high]


def data():
    """Return the diagnoses and, in the order of the quiz, the curves with their explanations."""
    curves = []
    for run, others in CURVES.items():
        values, why = run()
        offered = {run.__name__, *others}
        curves.append(
            {
                "losses": values.tolist(),
                "decades": decades(values),
                "diagnosis": run.__name__,
                "choices": [key for key in DIAGNOSES if key in offered],
                "why": why,
            }
        )
    names = ("see", "is", "do")
    diagnoses = {key: dict(zip(names, row, strict=True)) for key, row in DIAGNOSES.items()}
    return {"diagnoses": diagnoses, "curves": curves, "controls": {}}


def table(data):
    """Return every curve's diagnosis and its loss at the start, after 10 steps and at the end."""
    head = ["what it is", "loss at step 0", "step 10", f"step {STEPS}"]
    return head, [
        [
            data["diagnoses"][curve["diagnosis"]]["is"],
            *(f"{curve['losses'][step]:.2g}" for step in (0, 10, STEPS)),
        ]
        for curve in data["curves"]
    ]


def draw(data):
    """Draw the eight curves under their diagnoses."""
    figure, axes = plotting.subplots(4, 2, width=760, height=800)
    for ax, curve in zip(axes.flat, data["curves"], strict=True):
        ax.semilogy(curve["losses"], color=plotting.COLORS["gradient descent"])
        ax.set(title=data["diagnoses"][curve["diagnosis"]]["is"], ylim=curve["decades"])
    for ax in axes[-1]:
        ax.set_xlabel("step")
    for ax in axes[:, 0]:
        ax.set_ylabel("loss (log scale)")
    return figure
