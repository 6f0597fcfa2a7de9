"""What every update rule must do: one list of rules, one list of properties."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from optedu.adaptive import AdaGrad, Adam, AdamW, AMSGrad, RMSProp
from optedu.descent import GradientDescent, descend
from optedu.momentum import Momentum, Nesterov
from optedu.problems import diagonal_quadratic

RULES = [
    GradientDescent(0.1),
    Momentum(0.05, momentum=0.8),
    Nesterov(0.05, momentum=0.8),
    AdaGrad(0.5),
    RMSProp(0.01, beta2=0.9),
    Adam(0.1, beta1=0.8, beta2=0.95),
    Adam(0.1, correct_mean=False, correct_square=False),
    AdamW(0.1, beta1=0.8, beta2=0.95, weight_decay=0.1),
    AMSGrad(0.1, beta1=0.8, beta2=0.95),
]
every_rule = pytest.mark.parametrize("rule", RULES, ids=repr)

# Two ways to write one formula differ by a few units in the last place a step.
ROUNDING = 1e-12


def gradients(n_steps=12, shape=(3,), dtype=float):
    """Return gradients of all sizes, exact zeros among them."""
    generator = np.random.RandomState(0)
    sizes = 10.0 ** generator.uniform(-6, 3, size=(n_steps, *shape))
    signs = generator.choice([-1, 0, 1], size=(n_steps, *shape))
    return (sizes * signs).astype(dtype)


def follow(rule, params, all_grads, state=None, first_step=1):
    """Return the parameters after each update, and the last state."""
    state = rule.init(params) if state is None else state
    path = []
    for step, grads in enumerate(all_grads, first_step):
        params, *state = rule.update(params, grads, step, *state)
        path.append(params)
    return path, state


@every_rule
def test_writes_into_nothing_it_is_given(rule):
    params, grads = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.0, -4.0])
    state = rule.init(params)
    for array in (params, grads, *state):
        array.setflags(write=False)
    for step in (1, 2):
        params, *state = rule.update(params, grads, step, *state)
        assert not any(np.shares_memory(new, grads) for new in (params, *state))


@every_rule
def test_keeps_single_precision(rule):
    path, state = follow(rule, np.ones(3, np.float32), gradients(dtype=np.float32))
    assert {array.dtype for array in (*path, *state)} == {np.dtype(np.float32)}


@every_rule
def test_leading_axes_are_independent_runs(rule):
    starts, grads = np.array([[1.0, 2.0], [-3.0, 4.0]]), gradients(shape=(2, 2))
    together, _ = follow(rule, starts, grads)
    for run in range(2):
        alone, _ = follow(rule, starts[run], grads[:, run])
        np.testing.assert_array_equal([params[run] for params in together], alone)


@every_rule
def test_a_sweep_over_learning_rates_is_one_run(rule):
    rates = np.array([[0.01], [0.1], [1.0]])
    swept, _ = follow(replace(rule, learning_rate=rates), np.ones((3, 2)), gradients(shape=(2,)))
    for row, rate in enumerate(rates[:, 0]):
        alone, _ = follow(replace(rule, learning_rate=rate), np.ones(2), gradients(shape=(2,)))
        np.testing.assert_allclose([p[row] for p in swept], alone, rtol=ROUNDING, atol=ROUNDING)


@every_rule
def test_a_run_can_be_resumed(rule):
    grads = gradients()
    whole, _ = follow(rule, np.ones(3), grads)
    first, state = follow(rule, np.ones(3), grads[:5])
    rest, _ = follow(rule, first[-1], grads[5:], state, first_step=6)
    np.testing.assert_array_equal(whole[5:], rest)


@every_rule
def test_stands_still_without_gradients_but_for_decay(rule):
    path, _ = follow(rule, np.ones(2), np.zeros((5, 2)))
    decay = rule.learning_rate * getattr(rule, "weight_decay", 0.0)
    np.testing.assert_allclose(path[-1], (1 - decay) ** 5, rtol=ROUNDING)


@every_rule
def test_reaches_the_minimum_of_a_bowl(rule):
    problem = diagonal_quadratic([1.0, 4.0])
    # Scaled steps do not shrink with the gradient, so these rules hover at their learning rate.
    schedule = None if type(rule) in (GradientDescent, Momentum, Nesterov) else lambda k: 1 / k**0.5
    weak = replace(rule, weight_decay=0.0) if hasattr(rule, "weight_decay") else rule
    run = descend(problem.value_and_grad, [1.0, -1.0], weak, schedule)
    assert next(islice(run, 3000, None)).loss < 1e-3


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        (GradientDescent(0.5), -0.5 * 2, -0.5 * 2 - 0.5 * 1),
        (Momentum(0.5, momentum=0.5), -1.0, -1.0 + (-0.5 - 0.5)),
        (Nesterov(0.5, momentum=0.5), -1.0 - 0.5, -1.5 + 0.5 * -1.0 - 0.5),
        (AdaGrad(1.0, eps=0.0), -2 / 2, -1 - 1 / np.sqrt(5)),
        (RMSProp(1.0, beta2=0.75, eps=0.0), -2 / 1, -2 - 1 / np.sqrt(0.75 * 1 + 0.25 * 1)),
        (
            Adam(1.0, beta1=0.5, beta2=0.75, eps=0.0),
            -1.0,
            -1 - ((0.5 * 1 + 0.5) / 0.75) / np.sqrt((0.75 * 1 + 0.25) / (1 - 0.75**2)),
        ),
        (
            AdamW(1.0, beta1=0.0, beta2=0.0, eps=0.0, weight_decay=0.5),
            -1.0,
            -1.0 * (1 - 0.5) - 1,
        ),
        (AMSGrad(1.0, beta1=0.0, beta2=0.0, eps=0.0), -1.0, -1 - 1 / 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_two_steps_by_hand(rule, first, second):
    """From 0 with the gradients 2 and 1; each line is the rule's equation with numbers in it."""
    path, _ = follow(rule, np.zeros(1), [np.array([2.0]), np.array([1.0])])
    np.testing.assert_allclose(np.ravel(path), [first, second], rtol=ROUNDING)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: GradientDescent(0.0), "learning_rate"),
        (lambda: Momentum(np.nan), "learning_rate"),
        (lambda: Momentum(0.1, momentum=1.0), "momentum"),
        (lambda: Nesterov(0.1, momentum=-0.1), "momentum"),
        (lambda: Adam(beta1=1.0), "beta1"),
        (lambda: RMSProp(beta2=1.5), "beta2"),
        (lambda: AdaGrad(eps=-1e-8), "eps"),
        (lambda: AdamW(weight_decay=np.inf), "weight_decay"),
        (lambda: Adam(beta2="0.9"), "beta2"),
    ],
)
def test_a_hyper_parameter_out_of_range_is_refused_by_name(make, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        make()
