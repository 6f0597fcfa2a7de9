"""Checks and pictures of a loss, against the plain loop over coordinates or grid points."""

import numpy as np

from optedu.bench.timing import Case
from optedu.gradients import gradient_check, numerical_gradient
from optedu.models import MLP, Softmax

# The loops are slow enough that a part of each is timed, and its time scaled up.
COORDINATES = 30
GRID, ROWS = 201, 3


def against_loops(threads):
    """Yield cases against evaluating the loss anew at each coordinate or grid point."""
    del threads
    yield from _gradient_checks()
    yield _loss_grid((64, 64, 10), np.float64, 2.5)
    yield _loss_grid((784, 128, 10), np.float32, 10)


def _gradient_checks():
    generator = np.random.default_rng(0)
    X = np.column_stack([generator.standard_normal((500, 3072)), np.ones(500)])
    model = Softmax(X, generator.integers(0, 10, 500), n_classes=10, l2=1e-3)
    params = 0.01 * generator.standard_normal(model.n_params)

    def part_of_the_loop():
        def loss(few):
            moved = params.copy()
            moved[:COORDINATES] = few
            return model.loss(moved)

        numerical_gradient(loss, params[:COORDINATES])

    def check(**options):
        report = gradient_check(model.loss, model.grad, params, blocks=model.blocks, **options)
        assert report.passed

    full = {"method": "full", "shifted_losses": model.shifted_losses}
    for detail, options, target in (
        ("random directions", {}, 5000),
        ("every coordinate", full, 150),
    ):
        yield Case(
            f"gradient check of {model.n_params:,} numbers, against the loop: {detail}",
            "softmax, 500 examples",
            lambda options=options: check(**options),
            part_of_the_loop,
            target,
            f"of the loop {COORDINATES} coordinates are timed",
            share=COORDINATES / model.n_params,
        )


def _loss_grid(sizes, precision, target):
    generator = np.random.default_rng(0)
    inputs, hidden, classes = sizes
    X = generator.standard_normal((1000, inputs)).astype(precision)
    labels = generator.integers(0, classes, 1000)
    model = MLP(X, labels, hidden=(hidden,), activation="relu", n_classes=classes)
    params = model.initial(generator).astype(precision)
    first, second = (0.1 * generator.standard_normal((2, params.size))).astype(precision)
    betas = np.linspace(-1, 1, GRID).astype(precision)
    alphas = betas[:: (GRID - 1) // (ROWS - 1)]

    def loop():
        return [[model.loss(params + a * first + b * second) for b in betas] for a in alphas]

    return Case(
        f"loss grid {GRID} × {GRID} of a network {'-'.join(map(str, sizes))}, against the loop",
        np.dtype(precision).name,
        lambda: model.plane_losses(params, first, second, alphas, betas),
        loop,
        target,
        f"{ROWS} rows of the grid are timed, for both",
        rounds=3,
    )
