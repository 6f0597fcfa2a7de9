"""Schedules against torch's, and the corrected average against optax's."""

from typing import NamedTuple

import numpy as np
import pytest

from optedu import sgd
from tests.peers import peer

torch = peer("torch")
lr = torch.optim.lr_scheduler

PAIRS = {
    "exponential": (sgd.ExponentialDecay(0.3, factor=0.9), lambda o: lr.ExponentialLR(o, 0.9)),
    "step": (sgd.StepDecay(0.3, every=7, factor=0.5), lambda o: lr.StepLR(o, 7, gamma=0.5)),
    "milestones": (
        sgd.Join([sgd.Constant(0.3), sgd.Constant(0.03), sgd.Constant(0.003)], lengths=[10, 15]),
        lambda o: lr.MultiStepLR(o, [10, 25], gamma=0.1),
    ),
    "linear": (
        sgd.Linear(0.3, n_steps=20, final=0.06),
        lambda o: lr.LinearLR(o, start_factor=1.0, end_factor=0.2, total_iters=20),
    ),
    # Torch's cosine climbs again after T_max; ours stays. The comparison ends there.
    "cosine": (
        sgd.Cosine(0.3, n_steps=49, final=0.01),
        lambda o: lr.CosineAnnealingLR(o, T_max=49, eta_min=0.01),
    ),
    "restarts": (
        sgd.CosineRestarts(0.3, n_steps=5, final=0.01, multiplier=2),
        lambda o: lr.CosineAnnealingWarmRestarts(o, T_0=5, T_mult=2, eta_min=0.01),
    ),
    "equal restarts": (
        sgd.CosineRestarts(0.3, n_steps=12),
        lambda o: lr.CosineAnnealingWarmRestarts(o, T_0=12),
    ),
    "inverse time": (
        sgd.InverseTime(0.3, scale=4.0),
        lambda o: lr.LambdaLR(o, lambda k: 1 / (1 + k / 4)),
    ),
    "warm-up": (
        sgd.Warmup(sgd.Constant(0.3), n_steps=9),
        lambda o: lr.LinearLR(o, start_factor=0.1, total_iters=9),
    ),
}


@pytest.mark.parametrize(("ours", "make"), PAIRS.values(), ids=PAIRS)
def test_schedules_agree_with_torch(ours, make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = make(optimizer)
    theirs = []
    for _ in range(50):
        theirs.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    # Torch multiplies from one update to the next, which adds up 50 roundings.
    np.testing.assert_allclose(ours(np.arange(1, 51)), theirs, rtol=1e-12)


class Point(NamedTuple):
    params: np.ndarray


def test_the_exponential_average_is_the_corrected_one_of_optax():
    optax = peer("optax")
    points = np.random.default_rng(0).normal(size=(40, 3))
    average = optax.ema(0.9, debias=True)
    state = average.init(points[0])
    for x, (_, mean) in zip(points, sgd.exponential_average(map(Point, points), 0.9), strict=True):
        theirs, state = average.update(x, state)
        # Jax computes in single precision; the weights sum to 1 and the points are below 4.
        np.testing.assert_allclose(mean, theirs, atol=4e-6)
