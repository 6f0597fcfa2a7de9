"""The rules against torch.optim and optax: 120 steps, with each difference of convention named."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from optedu.adaptive import AdaGrad, Adam, AdamL2, AdamW, AMSGrad, RMSProp
from optedu.descent import GradientDescent, Rule
from optedu.momentum import Momentum, Nesterov, convert, convert_velocity
from tests.peers import peer
from tests.test_rules import follow, gradients

torch, jax, optax = peer("torch"), peer("jax"), peer("optax")

N_STEPS = 120
START = np.array([1.0, -2.0, 0.5, 3.0, -0.1, 10.0, 0.0, 4.0])
# Sizes from 1e-6 to 1e3 and exact zeros; the last coordinate never has a gradient.
GRADIENTS = gradients(N_STEPS, START.shape) * (np.arange(8) < 7)


class Row(NamedTuple):
    """A peer's optimizer, the rule with the same points, and how its numbers become ours.

    `state` maps the first gradient to the state we start with, where the peer's is not zero.
    """

    make: Callable
    rule: Rule
    convention: str
    state: Callable | None = None


TORCH = {
    "SGD": Row(lambda x: torch.optim.SGD(x, lr=0.1), GradientDescent(0.1), "the same numbers"),
    "SGD, momentum": Row(
        lambda x: torch.optim.SGD(x, lr=0.1, momentum=0.9),
        Momentum(*convert(0.1, 0.9, "sum", "canonical")),
        "the velocity is a sum of gradients, ours -lr times that; the same numbers",
    ),
    "SGD, nesterov": Row(
        lambda x: torch.optim.SGD(x, lr=0.1, momentum=0.9, nesterov=True),
        Nesterov(*convert(0.1, 0.9, "rearranged_sum", "rearranged")),
        "as for momentum; the parameters are the points looked ahead to, like ours",
    ),
    "SGD, dampening": Row(
        lambda x: torch.optim.SGD(x, lr=0.1, momentum=0.9, dampening=0.5),
        Momentum(*convert(0.1, 0.9, "damped", "canonical", dampening=0.5)),
        "our learning rate is (1 - dampening) lr; but the first gradient enters whole, as if the "
        "run had come with the velocity dampening / momentum * grads",
        lambda g: convert_velocity(0.5 / 0.9 * g, 0.1, 0.9, "damped", "canonical", 0.5),
    ),
    "SGD, dampening = momentum": Row(
        lambda x: torch.optim.SGD(x, lr=0.1, momentum=0.9, dampening=0.9),
        Momentum(*convert(0.1, 0.9, "average", "canonical")),
        "our learning rate is (1 - momentum) lr; but the average starts at the first gradient",
        lambda g: convert_velocity(g, 0.1, 0.9, "average", "canonical"),
    ),
    "Adagrad": Row(
        lambda x: torch.optim.Adagrad(x, lr=0.1),
        AdaGrad(0.1, eps=1e-10),
        "eps outside the root like ours, 1e-10 by default",
    ),
    "Adagrad, initial_accumulator_value": Row(
        lambda x: torch.optim.Adagrad(x, lr=0.1, initial_accumulator_value=0.1),
        AdaGrad(0.1, eps=1e-10),
        "our state starts at that value",
        lambda g: 0 * g + 0.1,
    ),
    "RMSprop": Row(
        lambda x: torch.optim.RMSprop(x, lr=0.1, alpha=0.9),
        RMSProp(0.1, beta2=0.9),
        "alpha is our beta2; eps outside the root",
    ),
    "Adam": Row(lambda x: torch.optim.Adam(x, lr=0.1), Adam(0.1), "the same numbers"),
    "Adam, short memory": Row(
        lambda x: torch.optim.Adam(x, lr=0.1, betas=(0.0, 0.6), eps=1e-3),
        Adam(0.1, beta1=0.0, beta2=0.6, eps=1e-3),
        "the same numbers",
    ),
    "Adam, weight_decay": Row(
        lambda x: torch.optim.Adam(x, lr=0.1, weight_decay=0.3),
        AdamL2(0.1, weight_decay=0.3),
        "the decay enters the gradient: our AdamL2",
    ),
    "AdamW": Row(
        lambda x: torch.optim.AdamW(x, lr=0.1, weight_decay=0.3),
        AdamW(0.1, weight_decay=0.3),
        "the same numbers; the decay is multiplied by the learning rate",
    ),
    "Adam, amsgrad": Row(
        lambda x: torch.optim.Adam(x, lr=0.1, amsgrad=True),
        AMSGrad(0.1),
        "the maximum is taken of the uncorrected means, and corrected afterwards, like ours",
    ),
}

OPTAX = {
    "sgd": Row(lambda: optax.sgd(0.1), GradientDescent(0.1), "the same numbers"),
    "sgd, momentum": Row(
        lambda: optax.sgd(0.1, momentum=0.9),
        Momentum(*convert(0.1, 0.9, "sum", "canonical")),
        "the trace is a sum of gradients, multiplied by the learning rate later",
    ),
    "sgd, nesterov": Row(
        lambda: optax.sgd(0.1, momentum=0.9, nesterov=True),
        Nesterov(*convert(0.1, 0.9, "rearranged_sum", "rearranged")),
        "as for momentum; the parameters are the points looked ahead to, like ours",
    ),
    "adagrad": Row(
        lambda: optax.adagrad(0.1),
        AdaGrad(0.1, eps=0.0),
        "eps is inside the root, where it adds to the sum, and the sum starts at 0.1: "
        "our state starts at 0.1 + eps, and our eps is 0",
        lambda g: 0 * g + 0.1 + 1e-7,
    ),
    "rmsprop, eps_in_sqrt=False": Row(
        lambda: optax.rmsprop(0.1, decay=0.9, eps_in_sqrt=False),
        RMSProp(0.1, beta2=0.9),
        "decay is our beta2; by default eps is inside the root, where we have no equal",
    ),
    "adam": Row(lambda: optax.adam(0.1), Adam(0.1), "the same numbers; eps_root is 0 in ours"),
    "adam on decayed weights": Row(
        lambda: optax.chain(optax.add_decayed_weights(0.3), optax.adam(0.1)),
        AdamL2(0.1, weight_decay=0.3),
        "a chain says it: the decay enters the gradient",
    ),
    "adamw": Row(
        lambda: optax.adamw(0.1, weight_decay=0.3),
        AdamW(0.1, weight_decay=0.3),
        "the same numbers; 1e-4 by default",
    ),
    "amsgrad, bias_correction_nu=False": Row(
        lambda: optax.amsgrad(0.1, bias_correction_nu=False),
        AMSGrad(0.1, correct_square=False),
        "by default the maximum is taken of the corrected means, which begins higher than ours",
    ),
}


def run_torch(row, all_grads, dtype=np.float64):
    x = torch.tensor(START.astype(dtype))
    optimizer, path = row.make([x]), []
    for grads in all_grads:
        x.grad = torch.tensor(grads)
        optimizer.step()
        path.append(x.numpy().copy())
    return np.array(path)


def run_optax(row, all_grads, dtype=np.float64):
    with jax.enable_x64(True):
        optimizer, x = row.make(), jax.numpy.array(START.astype(dtype))
        state, path = optimizer.init(x), []

        @jax.jit
        def update(x, grads, state):
            updates, state = optimizer.update(grads, state, x)
            return optax.apply_updates(x, updates), state

        for grads in all_grads:
            x, state = update(x, grads, state)
            path.append(np.asarray(x))
    return np.array(path)


def run_ours(row, all_grads, dtype=np.float64):
    state = None if row.state is None else (row.state(all_grads[0]),)
    return np.array(follow(row.rule, START.astype(dtype), all_grads, state)[0])


def assert_same_points(ours, theirs, roundings):
    """Allow some roundings a step, of the largest number the coordinate has held so far."""
    steps = np.arange(1, len(ours) + 1)[:, None]
    size = np.maximum.accumulate(np.maximum(np.abs(ours), np.abs(START)))
    assert np.all(np.abs(ours - theirs) <= roundings * np.finfo(ours.dtype).eps * steps * size)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", TORCH)
def test_torch_visits_the_same_points(name, dtype):
    all_grads = GRADIENTS.astype(dtype)
    ours, theirs = (run(TORCH[name], all_grads, dtype) for run in (run_ours, run_torch))
    assert ours.dtype == theirs.dtype == dtype
    # Torch folds the corrections into the step size and the learning rate into the sum.
    assert_same_points(ours, theirs, roundings=4)


@pytest.mark.parametrize("name", OPTAX)
def test_optax_visits_the_same_points(name):
    ours, theirs = (run(OPTAX[name], GRADIENTS) for run in (run_ours, run_optax))
    assert theirs.dtype == np.float64
    # XLA contracts products and sums, and takes beta**step as a chain of products.
    assert_same_points(ours, theirs, roundings=4)


def test_eps_inside_the_root_is_another_knob():
    """Inside, the smallest denominator is sqrt(eps): 1e-4 where ours is 1e-8."""
    g, k = 1e-6, np.arange(1, N_STEPS + 1)[:, None]
    small = np.full((N_STEPS, 8), g)
    size = g * np.sqrt(1 - 0.9**k)
    inside = Row(lambda: optax.rmsprop(0.1, decay=0.9, eps=1e-8), None, "")
    outside = Row(None, RMSProp(0.1, beta2=0.9, eps=1e-8), "")
    for path, floored in (
        (run_optax(inside, small), np.sqrt(size**2 + 1e-8)),
        (run_ours(outside, small), size + 1e-8),
    ):
        steps = np.diff(np.vstack([START, path]), axis=0)
        # Differences of positions near 10, of steps of 1e-3.
        np.testing.assert_allclose(steps, -0.1 * g / floored + 0 * steps, rtol=1e-10)


def test_the_two_maxima_of_amsgrad_agree_while_the_squares_grow_and_not_otherwise():
    default = Row(lambda: optax.amsgrad(0.1), AMSGrad(0.1), "")
    growing = np.outer(1.1 ** np.arange(N_STEPS), np.arange(1.0, 9.0))
    assert_same_points(run_ours(default, growing), run_optax(default, growing), roundings=4)
    falling = growing[::-1]
    ours, theirs = run_ours(default, falling), run_optax(default, falling)
    assert np.max(np.abs(ours - theirs)) > 0.1
