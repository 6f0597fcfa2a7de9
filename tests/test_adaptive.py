"""Adaptive rules against closed forms, invariances, and a stream that fools Adam."""

from itertools import islice

import numpy as np
import pytest

from optedu.adaptive import AdaGrad, Adam, AdamW, AMSGrad, RMSProp
from optedu.descent import GradientDescent, descend
from optedu.problems import diagonal_quadratic, quadratic
from tests.test_rules import follow, gradients

# A closed form and a recurrence round differently, some units in the last place a step.
ROUNDING = 1e-12


def steps(rule, grads):
    """Return the lengths of the steps under a constant gradient, one row a step."""
    path, _ = follow(rule, np.zeros(2), np.broadcast_to(grads, (200, 2)))
    return np.diff([np.zeros(2), *path], axis=0)


k = np.arange(1, 201)[:, None]
g = np.array([3.0, -0.01])


def test_adagrad_slows_like_one_over_root_k():
    np.testing.assert_allclose(
        steps(AdaGrad(0.5, eps=0.0), g), -0.5 * np.sign(g) / np.sqrt(k), rtol=1e-10
    )  # differences of positions near 10


def test_rmsprop_starts_too_fast_and_settles():
    want = -0.1 * np.sign(g) / np.sqrt(1 - 0.9**k)
    np.testing.assert_allclose(steps(RMSProp(0.1, beta2=0.9, eps=0.0), g), want, rtol=1e-10)


def test_adam_steps_are_one_learning_rate_long():
    np.testing.assert_allclose(steps(Adam(0.1, eps=0.0), g), -0.1 * np.sign(g) + 0 * k, rtol=1e-10)


@pytest.mark.parametrize(
    ("mean", "square", "first"),
    [(True, True, 1), (True, False, 1000**0.5), (False, True, 0.1), (False, False, 10**0.5)],
)
def test_each_correction_undoes_its_own_pull(mean, square, first):
    rule = Adam(0.1, eps=0.0, correct_mean=mean, correct_square=square)
    want = (1.0 if mean else 1 - 0.9**k) / (1.0 if square else np.sqrt(1 - 0.999**k))
    got = steps(rule, g) / (-0.1 * np.sign(g))
    np.testing.assert_allclose(got, want + 0 * got, rtol=1e-9)  # 1 - 0.999 cancels three digits
    assert got[0] == pytest.approx(first, rel=1e-9)


@pytest.mark.parametrize(
    "rule", [AdaGrad(0.1, eps=0.0), RMSProp(0.1, eps=0.0), Adam(0.1, eps=0.0)], ids=repr
)
def test_the_scale_of_a_coordinate_does_not_matter(rule):
    grads = np.random.RandomState(0).randn(30, 3)
    plain, _ = follow(rule, np.zeros(3), grads)
    scaled, _ = follow(rule, np.zeros(3), grads * np.array([1e-3, 1.0, 1e3]))
    np.testing.assert_allclose(scaled, plain, rtol=1e-10)  # 30 steps of rounding


def test_adam_without_a_mean_is_corrected_rmsprop():
    grads = np.random.RandomState(0).randn(30, 3)
    adam, _ = follow(Adam(0.1, beta1=0.0, beta2=0.9, eps=0.0), np.zeros(3), grads)
    x, s, ours = np.zeros(3), np.zeros(3), []
    for step, grad in enumerate(grads, 1):
        s = 0.9 * s + 0.1 * grad**2
        x = x - 0.1 * grad / np.sqrt(s / (1 - 0.9**step))
        ours.append(x)
    np.testing.assert_allclose(adam, ours, rtol=ROUNDING)


def test_decay_stays_out_of_the_means():
    grads = gradients()
    with_decay, state = follow(AdamW(0.1, weight_decay=0.3), np.ones(3), grads)
    without, same = follow(Adam(0.1), np.ones(3), grads)
    np.testing.assert_array_equal(state, same)
    assert not np.allclose(with_decay[-1], without[-1])
    zero, _ = follow(AdamW(0.1, weight_decay=0.0), np.ones(3), grads)
    np.testing.assert_array_equal(zero, without)


def test_amsgrad_is_adam_while_the_squares_grow():
    grads = np.outer(1.1 ** np.arange(20), [1.0, -2.0])
    ams, _ = follow(AMSGrad(0.1), np.zeros(2), grads)
    adam, _ = follow(Adam(0.1), np.zeros(2), grads)
    np.testing.assert_array_equal(ams, adam)


def test_a_rare_large_gradient_leads_adam_astray_and_not_amsgrad():
    """Reddi et al. 2018, theorem 1 with C = 3: the regret is lowest at -1."""

    def run(kind):
        rule = kind(1.0, beta1=0.0, beta2=0.1, eps=1e-12)
        x, state = np.zeros(1), rule.init(np.zeros(1))
        for step in range(1, 5001):
            grad = np.array([3.0 if step % 3 == 1 else -1.0])
            eased = kind(1.0 / step**0.5, beta1=0.0, beta2=0.1, eps=1e-12)
            x, *state = eased.update(x, grad, step, *state)
            x = np.clip(x, -1, 1)
        return x.item()

    # Both hover within the last steps, which are 1/sqrt(5000) long.
    assert run(Adam) == pytest.approx(1, abs=0.05)
    assert run(AMSGrad) == pytest.approx(-1, abs=0.05)


def test_turning_the_axes_changes_adam_but_not_gradient_descent():
    problem = diagonal_quadratic([0.2, 4.0])
    turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    turned = quadratic(turn @ np.diag([0.2, 4.0]) @ turn.T)

    def end(problem, rule, start):
        return next(islice(descend(problem.value_and_grad, start, rule), 60, None)).loss

    start = np.array([-5.0, -2.0])
    descent = [
        end(p, GradientDescent(0.4), s) for p, s in ((problem, start), (turned, turn @ start))
    ]
    assert descent[1] == pytest.approx(descent[0], rel=1e-9)  # the same numbers in other axes
    adam = [end(p, Adam(0.2), s) for p, s in ((problem, start), (turned, turn @ start))]
    assert abs(np.log(adam[1] / adam[0])) > 1
