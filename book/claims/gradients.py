"""Chapter 1: what gradients promise, and how well they can be measured."""

import os
from functools import cache
from itertools import count, islice
from math import comb, gamma, log
from pathlib import Path

import numpy as np

from book.claims import claim
from optedu.datasets import load_digits, read_cifar10
from optedu.descent import GradientDescent, descend
from optedu.gradients import (
    angle,
    best_step,
    complex_step_gradient,
    difference_error,
    directional_derivative,
    gradient_check,
    numerical_gradient,
    random_local_search,
    random_search,
    relative_error,
    ridders_gradient,
    worst_angle,
)
from optedu.models import MLP, Hinge, LeastSquares, Softmax
from optedu.problems import diagonal_quadratic


@cache
def digits():
    """Return 1297 digits to train on and 500 to test on: centered pixels, and a 1 for the bias."""
    X, y = load_digits()
    order = np.random.RandomState(0).permutation(len(y))
    train, test = order[:1297], order[1297:]
    X = np.column_stack([X - X[train].mean(0), np.ones(len(y))])
    y = y.astype(int)
    return (X[train], y[train]), (X[test], y[test])


def few_digits(n_examples=200):
    """Return the first digits, with pixels between 0 and 1."""
    X, y = load_digits()
    return X[:n_examples] / 16, y[:n_examples].astype(int)


# ---- directions


@claim(
    "Softmax regression on the digits at a random point: by which power of the step's length the "
    "loss changes, and by which power it leaves the line f + g·d.",
    expected={"against the gradient": 1.0, "along the contour": 2.0, "off the line": 2.0},
    atol=0.01,
    reason="g·d is of first order and zero along a tangent, the rest is of second order; the next "
    "order bends each by less than 0.01 between steps of 1e-2 and 1e-3",
)
def along_and_across():
    model, generator = Softmax(*few_digits()), np.random.RandomState(0)
    params = generator.randn(model.n_params)
    grads = model.grad(params)
    down = -grads / np.linalg.norm(grads)
    tangent = generator.randn(model.n_params)
    tangent -= (tangent @ down) * down
    tangent /= np.linalg.norm(tangent)

    def power(change):
        return np.log10(abs(change(1e-2) / change(1e-3)))

    def moved(direction):
        return lambda h: model.loss(params + h * direction) - model.loss(params)

    return {
        "against the gradient": power(moved(down)),
        "along the contour": power(moved(tangent)),
        "off the line": power(lambda h: moved(down)(h) - h * grads @ down),
    }


CONDITIONS = (10, 100, 1000)


def mean_angle(kappa):
    """Return the mean angle between A e and e in degrees, A = diag(1, κ), all directions of e."""
    way = np.linspace(0, np.pi / 2, 200_001)
    return np.degrees(np.trapezoid(np.arctan(kappa * np.tan(way)) - way, way) * 2 / np.pi)


@claim(
    "The angle in degrees between the negative gradient and the way to the minimum, over 5000 "
    "directions in a bowl of condition number κ.",
    expected={
        **{f"worst, κ={kappa}": worst_angle(kappa, 1.0) for kappa in CONDITIONS},
        **{f"mean, κ={kappa}": mean_angle(kappa) for kappa in CONDITIONS},
    },
    rtol=2e-3,
    reason="arccos(2√κ/(1 + κ)), and the integral of arctan(κ tan φ) − φ; the grid's spacing",
)
def angle_to_the_minimum():
    way = (np.arange(5000) + 0.5) / 5000 * np.pi / 2
    points = np.stack([np.cos(way), np.sin(way)], axis=1)
    measured = {}
    for kappa in CONDITIONS:
        bowl = diagonal_quadratic([1.0, kappa])
        angles = [angle(g, x) for g, x in zip(bowl.grad(points), points, strict=True)]
        measured[f"worst, κ={kappa}"] = max(angles)
        measured[f"mean, κ={kappa}"] = np.mean(angles)
    return measured


# ---- differences


def exp_sin(x):
    """Return the test function of this chapter, which has no symmetry to flatter a scheme."""
    return np.exp(np.sin(x))


def largest_error(scheme, h, dtype=np.float64):
    """Return the largest error of difference quotients of exp(sin x) at 1001 points near 1."""
    x = np.linspace(0.9, 1.1, 1001).astype(dtype)
    ahead, behind = x + dtype(h), x - dtype(h) if scheme == "central" else x
    measured = (exp_sin(ahead) - exp_sin(behind)).astype(float) / (ahead - behind)
    x = x.astype(float)
    return np.abs(measured - np.cos(x) * exp_sin(x)).max()


def sizes(scheme):
    """Return abs(f) and the next derivative's size, largest near 1, from complex steps."""
    x = np.linspace(0.9, 1.1, 1001)
    s, c = np.sin(x), np.cos(x)
    second, third = (c**2 - s) * exp_sin(x), (c**3 - 3 * s * c - c) * exp_sin(x)
    return exp_sin(x).max(), np.abs(second if scheme == "forward" else third).max()


STEPS = {"1e-2": 1e-2, "1e-5": 1e-5, "1e-8": 1e-8, "1e-11": 1e-11}


@claim(
    "The largest error of a difference of exp(sin x) near 1, as a power of ten, against the model "
    "ε|f|/h + h|f''|/2 or ε|f|/h + h²|f'''|/6.",
    expected={
        f"{scheme}, h = {name}": np.log10(difference_error(h, scheme, *sizes(scheme)))
        for scheme in ("forward", "central")
        for name, h in STEPS.items()
    },
    atol=0.45,
    reason="truncation is met within 0.05; ε|f|/h is a bound on rounding, and the worst of 1001 "
    "points reaches a third of it or more",
)
def v_curve():
    return {
        f"{scheme}, h = {name}": np.log10(largest_error(scheme, h))
        for scheme in ("forward", "central")
        for name, h in STEPS.items()
    }


@claim(
    "The derivative of exp(sin x) at 101 points near 1, by each method at its best: median "
    "relative error, as a power of ten.",
    expected={
        "forward": -8.3,
        "central": -10.8,
        "Ridders": -13.5,
        "complex step": -16.0,
    },
    atol=0.5,
    reason="the least value of the model for the first two, a third of it for a median; Ridders' "
    "is an earlier run's; the complex step only rounds",
)
def digits_of_each_method():
    points = np.linspace(0.9, 1.1, 101)
    truth = np.cos(points) * exp_sin(points)
    forward, central = (best_step(scheme, *sizes(scheme)) for scheme in ("forward", "central"))
    methods = {
        "forward": lambda x: numerical_gradient(exp_sin, x, forward, "forward"),
        "central": lambda x: numerical_gradient(exp_sin, x, central),
        "Ridders": lambda x: ridders_gradient(exp_sin, x)[0],
        "complex step": lambda x: complex_step_gradient(exp_sin, x),
    }
    return {
        name: np.log10(np.median(np.abs([measure(x) for x in points] / truth - 1)) + 1e-16)
        for name, measure in methods.items()
    }


@claim(
    "The central difference in single precision: the largest error for exp(sin x) near 1 at the "
    "best step, and at 1e-5, where double precision is at its best; as powers of ten.",
    expected={
        "float32, best step": np.log10(
            difference_error(
                best_step("central", *sizes("central"), dtype="float32"),
                "central", *sizes("central"), dtype="float32",
            )
        ),
        "float32, h = 1e-5": np.log10(
            difference_error(1e-5, "central", *sizes("central"), dtype="float32")
        ),
        "float64, h = 1e-5": np.log10(difference_error(1e-5, "central", *sizes("central"))),
    },
    atol=0.45,
    reason="the model, with ε = 1.2e-7 and 2.2e-16; it bounds rounding, which comes near the bound",
)  # fmt: skip
def single_precision():
    best = best_step("central", *sizes("central"), dtype="float32")
    return {
        "float32, best step": np.log10(largest_error("central", best, np.float32)),
        "float32, h = 1e-5": np.log10(largest_error("central", 1e-5, np.float32)),
        "float64, h = 1e-5": np.log10(largest_error("central", 1e-5)),
    }


def evaluations(n_params, scheme):
    """Return how often a numerical gradient calls a loss of so many parameters."""
    calls = count()
    numerical_gradient(lambda x: next(calls) and x[0], np.ones(n_params), scheme=scheme)
    return next(calls)


@claim(
    "Evaluations of the loss for one numerical gradient: ten classes of 64 pixels and a bias, and "
    "ten classes of 32 × 32 × 3 numbers and a bias.",
    expected={
        "650 parameters, forward": 650 + 1,
        "650 parameters, central": 2 * 650,
        "30730 parameters, forward": 30_730 + 1,
        "30730 parameters, central": 2 * 30_730,
    },
    reason="n + 1 and 2n, counted",
)
def cost_of_a_numerical_gradient():
    return {
        f"{n} parameters, {scheme}": evaluations(n, scheme)
        for n in (10 * (64 + 1), 10 * (32 * 32 * 3 + 1))
        for scheme in ("forward", "central")
    }


# ---- gradients by hand


@claim(
    "What is known before any training: the loss of ten classes at parameters of zero, and how "
    "far the softmax loss moves when all scores of an example grow by 1000.",
    expected={"softmax": log(10), "hinge": 9.0, "network": log(10), "shifted scores": 0.0},
    atol=1e-12,
    reason="all classes are equally likely; each of nine wrong classes violates by the margin 1; "
    "softmax sees only differences; rounding",
)
def loss_at_zero():
    X, y = few_digits()
    softmax, hinge, network = Softmax(X, y), Hinge(X, y), MLP(X, y, hidden=(8,))
    with_bias = Softmax(np.column_stack([X, np.ones(len(X))]), y)
    params = np.random.RandomState(0).randn(65, 10)
    shift = np.zeros((65, 10))
    shift[-1] = 1000
    return {
        "softmax": softmax.loss(np.zeros(640)),
        "hinge": hinge.loss(np.zeros(640)),
        "network": network.loss(np.zeros(network.n_params)),
        "shifted scores": with_bias.loss((params + shift).ravel()) - with_bias.loss(params.ravel()),
    }


@claim(
    "The derived gradients on the digits, at random points, against slopes that were measured: "
    "the largest relative error, and the share of checks that passed.",
    expected={"largest relative error": 0.0, "share passed": 1.0},
    atol=1e-9,
    reason="right formulas differ from measured slopes only by the measurement's error",
)
def gradients_by_hand():
    X, y = few_digits()
    reports = []
    for model in (
        LeastSquares(X, y, l2=0.1),
        Softmax(X, y, l2=0.1),
        Hinge(X, y, l2=0.1),
        MLP(X, y, hidden=(8,), l2=0.1),
        MLP(X, y, hidden=(8, 8), activation="relu"),
    ):
        params = 0.3 * np.random.RandomState(0).randn(model.n_params)
        reports.append(gradient_check(model.loss, model.grad, params, blocks=model.blocks))
    return {
        "largest relative error": max(max(report.errors.values()) for report in reports),
        "share passed": np.mean([report.passed for report in reports]),
    }


@claim(
    "The relative error ‖a − b‖ / max(‖a‖, ‖b‖) that a bug leaves in the gradient of softmax "
    "regression on 200 digits.",
    expected={
        "none": 0.0,
        "1 % too long": 0.01 / 1.01,
        "a factor 2 missing": 1 / 2,
        "1/N missing": 1 - 1 / 200,
        "wrong sign": 2.0,
        "not one number right": np.sqrt(2),
    },
    rtol=0.03,
    atol=1e-8,
    reason="a multiple c > 1 of the truth is off by 1 − 1/c, its negative by 2; vectors of one "
    "length at a right angle by √2, and random ones have cosines near 1/√640 = 0.04",
)
def how_bugs_look():
    model = Softmax(*few_digits())
    params = np.random.RandomState(0).randn(model.n_params)
    truth = numerical_gradient(model.loss, params)
    grads = model.grad(params)
    claims = {
        "none": grads,
        "1 % too long": 1.01 * grads,
        "a factor 2 missing": grads / 2,
        "1/N missing": 200 * grads,
        "wrong sign": -grads,
        "not one number right": np.random.RandomState(1).permutation(grads),
    }
    return {name: relative_error(claimed, truth) for name, claimed in claims.items()}


# ---- checking


@claim(
    "A bug in the biases only, 10 of 30,730 parameters. Ten coordinates drawn at random, and one "
    "random direction: the probability that the bug is missed.",
    expected={
        "10 coordinates": comb(30_720, 10) / comb(30_730, 10),
        "1 direction": 0.0,
    },
    atol=1e-3,
    reason="all 10 draws must be among the 30,720 right ones: 20,000 trials know that to 4e-4; a "
    "direction misses only if two random numbers nearly agree",
)
def spot_checks():
    X = np.random.RandomState(0).randn(20, 3073) / 50
    X[:, -1] = 1
    model = Softmax(X, np.arange(20) % 10)
    params = 0.01 * np.random.RandomState(1).randn(30_730)
    claimed = model.grad(params)
    claimed[-10:] = 0  # the bug: no gradient for the biases, the last ten
    rng = np.random.default_rng(0)
    drawn = (rng.choice(30_730, 10, replace=False) for _ in range(20_000))

    def caught(direction):
        slope = directional_derivative(model.loss, params, direction)
        return abs(slope - claimed @ direction) > 1e-6 * abs(slope)

    directions = (rng.standard_normal(30_730) for _ in range(200))
    return {
        "10 coordinates": np.mean([np.all(indices < 30_720) for indices in drawn]),
        "1 direction": np.mean([not caught(direction) for direction in directions]),
    }


KINK_STEPS = {"1e-1": 1e-1, "1e-2": 1e-2, "1e-3": 1e-3, "1e-4": 1e-4}


def distance_to_kink(X, y, W):
    """Return how far each weight may move until a violation of the margin changes its sign."""
    scores = X @ W
    violations = np.abs(scores - scores[np.arange(len(y)), y][:, None] + 1)
    distance = np.full(W.shape, np.inf)
    for pixels, label, violation in zip(X, y, violations, strict=True):
        wrong = np.arange(W.shape[1]) != label
        with np.errstate(divide="ignore"):
            moves = violation[wrong] / pixels[:, None]
        distance[:, wrong] = np.minimum(distance[:, wrong], moves)
        distance[:, label] = np.minimum(distance[:, label], moves.min(axis=1))
    return distance


@claim(
    "The right gradient of the hinge on 1797 digits, checked coordinate by coordinate with central "
    "differences: the share of the 640 coordinates that are called wrong.",
    expected={
        "h = 1e-1": 0.744,
        "h = 1e-2": 0.472,
        "h = 1e-3": 0.134,
        "h = 1e-4": 0.0375,
        "off the count": 0.0,
    },
    atol=2e-3,
    reason="the coordinates with a kink nearer than h, counted from the violations without any "
    "difference; one of 640 may be crossed too little to show",
)
def kinks_by_step():
    X, y = few_digits(1797)
    model, params = Hinge(X, y), np.random.RandomState(0).randn(640)
    distance, grads = distance_to_kink(X, y, params.reshape(64, 10)), model.grad(params)
    shares, counted = {}, {}
    for name in ("1e-1", "1e-2", "1e-3", "1e-4"):
        h = float(name)
        shifts = np.full(640, h)
        ahead, behind = (model.shifted_losses(params, s) for s in (shifts, -shifts))
        gaps = np.abs((ahead - behind) / (2 * h) - grads)
        shares[f"h = {name}"] = np.mean(gaps > 1e-8 * np.abs(grads).max())
        counted[f"h = {name}"] = np.mean(distance < h)
    return shares | {"off the count": max(abs(shares[key] - counted[key]) for key in shares)}


@claim(
    "The inequality f(y) ≥ f(x) + g·(y − x) at a kink, for 1000 random y: the share of them that "
    "violates it, for the hinge and for a network of one ReLU with negative output weight.",
    expected={"hinge, g of the code": 0.0, "−max(0, x), g = 0": 0.5, "−max(0, x), g = −1": 0.5},
    atol=0.05,
    reason="a convex function has subgradients; a function that bends downward has none, and each "
    "g fails on one side; 1000 signs know a half to 0.016",
)
def subgradients():
    hinge = Hinge([[1.0]], [0], n_classes=2)
    x = np.array([1.0, 0.0])  # the lead is the margin exactly
    loss, grads = hinge.value_and_grad(x)
    others = np.random.RandomState(0).randn(1000, 2)
    below = hinge.loss(x + others) < loss + others @ grads - 1e-12
    y = others[:, 0]
    return {
        "hinge, g of the code": np.mean(below),
        "−max(0, x), g = 0": np.mean(-np.maximum(y, 0) < 0),
        "−max(0, x), g = −1": np.mean(-np.maximum(y, 0) < -y),
    }


# ---- without a gradient


FOLDER = os.environ.get("OPTEDU_CIFAR10")
DATA = "CIFAR-10" if FOLDER else "digits"
ACCURACIES = {"CIFAR-10": (0.155, 0.214), "digits": (0.30, 0.89)}[DATA]
SCALE, REPEATS = {"CIFAR-10": (1e-4, 1), "digits": (1e-3, 3)}[DATA]


def images():
    """Return images to train and test on: CIFAR-10 if its files are given, else the digits."""
    if DATA == "digits":
        return digits()
    train, test = (read_cifar10(Path(FOLDER, f"{n}.bin")) for n in ("data_batch_1", "test_batch"))
    mean = np.mean(train[0], axis=0, dtype=np.float32)

    def rows(X, y):
        X = (X[:2000] - mean).reshape(-1, 3072)
        return np.column_stack([X, np.ones(len(X), np.float32)]), y[:2000].astype(int)

    return rows(*train), rows(*test)


@claim(
    "Search without a gradient: a thousand evaluations of the hinge loss of a linear classifier, "
    "and its accuracy on images that it was not trained on. "
    + ("CIFAR-10, as its files were given." if FOLDER else "Digits, as no CIFAR-10 was given."),
    expected={
        f"{DATA}, random search": ACCURACIES[0],
        f"{DATA}, random local search": ACCURACIES[1],
    },
    atol=0.05,
    reason="for CIFAR-10 the numbers of the CS231n notes, for digits an earlier run's; "
    "other draws move an accuracy by 0.05",
)
def search_without_gradient():
    train, test = images()
    model, unseen = (Hinge(X, y, n_classes=10) for X, y in (train, test))
    ends = []
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        darts = random_search(model.loss, model.n_params, 1000, rng, SCALE)
        walk = random_local_search(model.loss, np.zeros(model.n_params), 999, rng, SCALE)
        ends.append([unseen.accuracy(darts.params), unseen.accuracy(walk.params)])
    accuracies = np.mean(ends, axis=0)
    return dict(
        zip((f"{DATA}, random search", f"{DATA}, random local search"), accuracies, strict=True)
    )


@claim(
    "The linear hinge classifier on the digits, accuracy after 1000 draws of each size, and after "
    "30 steps of gradient descent.",
    expected={
        "draws of size 1e-4": 0.30,
        "draws of size 1e-2": 0.30,
        "draws of size 1": 0.28,
        "30 gradients": 0.95,
    },
    atol=0.06,
    reason="an earlier run; the mean of three seeds is known to about 0.05",
)
def worth_of_a_gradient():
    train, test = digits()
    model, unseen = Hinge(*train), Hinge(*test)
    accuracies = {}
    for name, scale in (("1e-4", 1e-4), ("1e-2", 1e-2), ("1", 1.0)):
        ends = [
            random_search(model.loss, model.n_params, 1000, np.random.default_rng(seed), scale)
            for seed in range(3)
        ]
        accuracies[f"draws of size {name}"] = np.mean([unseen.accuracy(end.params) for end in ends])
    run = descend(model.value_and_grad, np.zeros(model.n_params), GradientDescent(1e-3))
    *_, last = islice(run, 31)
    return accuracies | {"30 gradients": unseen.accuracy(last.params)}


@claim(
    "The mean of abs(cos) between a random direction and a fixed one in n dimensions: the share "
    "of the steepest slope that a random step gets.",
    expected={
        f"n = {n}": gamma(n / 2) / (np.sqrt(np.pi) * gamma((n + 1) / 2)) for n in (2, 10, 100)
    }
    | {"n = 1000": np.sqrt(2 / (np.pi * 1000))},
    rtol=0.05,
    reason="Γ(n/2) / (√π Γ((n + 1)/2)), about √(2/(πn)); 4000 directions know it to 1.2 %",
)
def random_directions():
    rng, shares = np.random.default_rng(0), {}
    for n in (2, 10, 100, 1000):
        directions = rng.standard_normal((4000, n))
        shares[f"n = {n}"] = np.mean(np.abs(directions[:, 0]) / np.linalg.norm(directions, axis=1))
    return shares
