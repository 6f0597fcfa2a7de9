"""Explorers of chapter 1: slopes along a line, and what measuring one costs."""

from functools import lru_cache

import numpy as np

from optedu import gradients as chapter
from optedu.interactive._panel import (
    as_numbers,
    as_parts,
    choice,
    explorer,
    limited,
    linear,
    logarithmic,
    whole,
)
from optedu.interactive._picture import Curve, View
from optedu.models import MLP, Hinge, Softmax

_FUNCTIONS = {
    "exp(sin x)": (lambda x: np.exp(np.sin(x)), lambda x: np.cos(x) * np.exp(np.sin(x))),
    "x²": (lambda x: x**2, lambda x: 2 * x),
    "1/x": (lambda x: 1 / x, lambda x: -1 / x**2),
    "10⁶ + x³": (lambda x: 1e6 + x**3, lambda x: 3 * x**2),
}


@explorer(chapter.numerical_gradient, function=choice(*_FUNCTIONS), x=linear(0.1, 1.0, 1.0, 0.01))
def numerical_gradient(numerical_gradient, *, function, x):
    """Draw the error of both schemes over the step, on log axes."""
    value, slope = _FUNCTIONS[function]
    f = limited(lambda point: float(value(point[0])))
    steps, curves = np.geomspace(1e-12, 1e-1, 45), []
    for scheme in ("forward", "central"):
        measured = [numerical_gradient(f, np.array([x]), h, scheme) for h in steps]
        measured = as_numbers(measured, (len(steps), 1), "an array shaped like x")[:, 0]
        errors = np.maximum(np.abs(measured - slope(x)), 1e-17)
        curves.append(Curve(np.column_stack([steps, errors]), name=scheme))
    return View("h", "error", (1e-12, 0.1), (1e-14, 10), log="xy", compared_by=""), curves


def _gradient_check(f, grad, x):
    errors = chapter.relative_error(grad(x), chapter.numerical_gradient(f, x))
    return {"passed": np.max(errors) <= 1e-7, "error": np.max(errors)}


@explorer(
    _gradient_check,
    scale=logarithmic(1e-8, 1e8, 1.0),
    n_entries=whole(1, 12, 4),
    wrong_entry=whole(0, 11, 2),
)
def gradient_check(gradient_check, *, scale, n_entries, wrong_entry):
    """Plant a mistake in one entry, from tiny to large; dots stand where your checker passes it.

    The error may be measured in several ways. What should agree is where the dots end.
    """
    x = np.linspace(0.3, 1.2, n_entries)
    wrong = np.arange(n_entries) == wrong_entry % n_entries
    mistakes, errors, passed = np.geomspace(1e-12, 1, 19), [], []
    for mistake in mistakes:
        report = gradient_check(
            limited(lambda p: float(scale * np.sum(np.sin(p)))),
            lambda p, mistake=mistake: scale * np.cos(p) * (1 + mistake * wrong),
            x,
        )
        errors.append(max(float(report["error"]), 1e-17))
        passed.append(bool(report["passed"]))
    points = np.column_stack([mistakes, as_numbers(errors, mistakes.shape, "numbers")])
    view = View(
        "planted relative mistake",
        "reported error",
        (1e-12, 1),
        (1e-14, 10),
        log="xy",
        backdrop=(Curve([(1e-12, 1e-7), (1, 1e-7)]),),
        compared_by="",
    )
    return view, [Curve(points), Curve(points[np.array(passed)], line=False, dots=True)]


_X = np.random.default_rng(3).normal(size=(8, 2)) + [[1, 0], [-1, 1]] * 4
_Y = np.array([0, 1, 2, 1, 0, 2, 0, 1])


def _along(line_at, t, n_points=61):
    """Return the loss along a line, and the slope at t that the gradient gives there."""
    ts = np.linspace(-3, 3, n_points)
    losses = np.array([line_at(s)[0] for s in ts])
    loss, slope = line_at(t)
    tangent = np.array([(t - 1.5, loss - 1.5 * slope), (t, loss), (t + 1.5, loss + 1.5 * slope)])
    room = 0.12 * (losses.max() - losses.min()) + 1e-9
    y_range = (losses.min() - 2 * room, losses.max() + room)
    return View("t", "loss at t times the direction", (-3, 3), y_range), [
        Curve(np.column_stack([ts, losses])),
        Curve(tangent),
        Curve(tangent[1:2], line=False, dots=True),
    ]


def _on_a_line(value_and_grad, direction):
    """Return the map from t to loss and slope."""

    def line_at(t):
        loss, grads = as_parts(value_and_grad(t * direction), ("loss", "grads"))
        grads = as_numbers(grads, direction.shape, f"a gradient of shape {direction.shape}")
        return float(as_numbers(loss, (), "a loss, one number")), float(np.sum(grads * direction))

    return line_at


@lru_cache
def _model(kind, **options):
    return kind(_X, _Y, n_classes=3, **options)


def _linear(W, kind, **options):
    """Return loss and gradient of a linear model; it is made once for a whole line of weights."""
    loss, grads = _model(kind, **options).value_and_grad(W.ravel())
    return loss, grads.reshape(W.shape)


@explorer(
    lambda W, X, y, l2: _linear(W, Softmax, l2=l2),
    t=linear(-3.0, 3.0, 1.0, 0.05),
    l2=linear(0.0, 1.0, 0.0, 0.01),
    direction=whole(0, 50, 1),
)
def softmax_value_and_grad(softmax_value_and_grad, *, t, l2, direction):
    """Lay the slope that your gradient gives on your loss, along a random direction."""
    direction = np.random.default_rng(direction).normal(size=(2, 3))
    return _along(_on_a_line(lambda W: softmax_value_and_grad(W, _X, _Y, l2), direction), t)


@explorer(
    lambda W, X, y, l2, margin: _linear(W, Hinge, l2=l2, margin=margin),
    t=linear(-3.0, 3.0, 1.0, 0.05),
    l2=linear(0.0, 1.0, 0.0, 0.01),
    margin=linear(0.1, 4.0, 1.0, 0.1),
    direction=whole(0, 50, 1),
)
def hinge_value_and_grad(hinge_value_and_grad, *, t, l2, margin, direction):
    """Lay the slope that your gradient gives on your loss, and move it over the kinks."""
    direction = np.random.default_rng(direction).normal(size=(2, 3))
    return _along(_on_a_line(lambda W: hinge_value_and_grad(W, _X, _Y, l2, margin), direction), t)


_SHAPES = {"W1": (2, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}


def _split(flat):
    """Return the arrays of a small network, by name."""
    ends = np.cumsum([np.prod(shape) for shape in _SHAPES.values()])[:-1]
    parts = zip(_SHAPES.items(), np.split(flat, ends), strict=True)
    return {name: part.reshape(shape) for (name, shape), part in parts}


def _mlp(params, X, y, l2, activation):
    model = _model(MLP, hidden=(5,), activation=activation, l2=l2)
    loss, grads = model.value_and_grad(np.concatenate([array.ravel() for array in params.values()]))
    return loss, _split(grads)


@explorer(
    _mlp,
    t=linear(-3.0, 3.0, 1.0, 0.05),
    l2=linear(0.0, 1.0, 0.0, 0.01),
    activation=choice("tanh", "relu"),
    direction=whole(0, 50, 1),
)
def mlp_value_and_grad(mlp_value_and_grad, *, t, l2, activation, direction):
    """Lay the slope that your gradient gives on your network's loss, along a direction."""
    direction = np.random.default_rng(direction).normal(size=33)

    def flat(params):
        made = mlp_value_and_grad(_split(params), _X, _Y, l2, activation)
        loss, grads = as_parts(made, ("loss", "grads"))
        arrays = [
            as_numbers(grads[name], shape, f"{name} of shape {shape}")
            for name, shape in _SHAPES.items()
        ]
        return loss, np.concatenate([array.ravel() for array in arrays])

    return _along(_on_a_line(flat, direction), t, n_points=31)


@explorer(
    chapter.random_search,
    chapter.random_local_search,
    n_dimensions=whole(1, 60, 5),
    scale=logarithmic(0.01, 3, 0.3),
    seed=whole(0, 50, 0),
)
def random_search(random_search, random_local_search, *, n_dimensions, scale, seed):
    """Draw the least loss so far on a round bowl, for 200 losses of each search."""
    start = np.full(n_dimensions, 3 / np.sqrt(n_dimensions))

    def loss(x):
        return float(np.sum((x - start) ** 2))

    def history(made, n_losses):
        *_, losses = as_parts(made, ("the best point", "its loss", "the history"))
        losses = as_numbers(losses, (n_losses,), f"a history of {n_losses} numbers")
        return np.column_stack([np.arange(1, n_losses + 1), losses])

    def rng():
        return np.random.default_rng(seed)

    thrown = random_search(limited(loss), n_dimensions, 200, rng(), scale)
    walked = random_local_search(limited(loss), np.zeros(n_dimensions), 199, rng(), scale)
    view = View("losses computed", "least loss", (0, 200), (1e-5, 100), "y", compared_by="loss")
    return view, [
        Curve(history(thrown, 200), name="darts"),
        Curve(history(walked, 200), name="local"),
    ]
