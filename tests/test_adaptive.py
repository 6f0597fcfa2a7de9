"""Adaptive rules against closed forms, invariances, and a stream that fools Adam."""

from itertools import islice

import numpy as np
import pytest

from optedu.adaptive import (
    AdaGrad,
    Adam,
    AdamL2,
    AdamW,
    AMSGrad,
    RMSProp,
    correction_ratio,
)
from optedu.descent import GradientDescent, descend
from optedu.problems import diagonal_quadratic, quadratic
from tests.test_rules import follow, gradients

# A closed form and a recurrence round differently, some units in the last place a step.
ROUNDING = 1e-12


@pytest.mark.parametrize(
    ("mean", "square", "first"),
    [(True, True, 1), (True, False, 1000**0.5), (False, True, 0.1), (False, False, 10**0.5)],
)
def test_each_correction_undoes_its_own_pull(mean, square, first):
    rule = Adam(0.1, eps=0.0, correct_mean=mean, correct_square=square)
    (path,), _ = follow(rule, np.zeros(2), [np.array([3.0, -0.01])])
    # 1 - 0.999 cancels three digits.
    np.testing.assert_allclose(path, [-0.1 * first, 0.1 * first], rtol=1e-12)


def test_without_corrections_the_first_thousand_steps_are_too_long():
    steps = np.arange(1, 3000)
    ratio = correction_ratio(steps)
    assert ratio[0] == pytest.approx(np.sqrt(10), rel=1e-12)  # 1 - 0.999 cancels three digits
    assert steps[ratio.argmax()] == 12
    assert np.all(ratio[:1750] > 1.1)
    assert np.all(ratio[1750:] < 1.1)
    np.testing.assert_array_equal(ratio[[0, 41]], [correction_ratio(1), correction_ratio(42)])


@pytest.mark.parametrize("step", [0, -1, 2.5, np.nan, np.inf, [], "1"])
def test_a_step_that_no_run_makes_is_refused(step):
    with pytest.raises(ValueError, match=r"^step must"):
        correction_ratio(step)


@pytest.mark.parametrize("seed", range(20))
def test_adagrad_keeps_its_regret_bound(seed):
    """Duchi, Hazan and Singer 2011, corollary 1: linear losses on the box [-1, 1]^n.

    The gradients' sizes differ by coordinate, and some are rare.
    """
    rng = np.random.RandomState(seed)
    rule, n_steps, n, width = AdaGrad(1.0, eps=1e-12), 500, 5, 2.0
    grads = rng.randn(n_steps, n) * 10.0 ** rng.uniform(-2, 2, n) + 0.3 * rng.randn(n)
    grads *= rng.uniform(size=grads.shape) < rng.uniform(0.02, 1, n)
    x, state, loss = np.zeros(n), rule.init(np.zeros(n)), 0.0
    for step, grad in enumerate(grads, 1):
        loss += grad @ x
        x, *state = rule.update(x, grad, step, *state)
        x = np.clip(x, -1, 1)
    regret = loss + np.abs(grads.sum(axis=0)).sum()  # the best fixed point is a corner
    alpha = rule.learning_rate
    assert regret <= np.sum((width**2 / (2 * alpha) + alpha) * np.linalg.norm(grads, axis=0))


def test_adagrad_never_forgets_and_rmsprop_does():
    """The mark that one large gradient leaves in the state."""
    grads = np.zeros((50, 1))
    grads[0] = 3.0
    k = np.arange(1, 51)
    for rule, left in ((AdaGrad(), 9.0 + 0 * k), (RMSProp(beta2=0.9), 0.1 * 9.0 * 0.9 ** (k - 1))):
        x, state, marks = np.zeros(1), rule.init(np.zeros(1)), []
        for step, grad in enumerate(grads, 1):
            x, *state = rule.update(x, grad, step, *state)
            marks.append(state[0].item())
        np.testing.assert_allclose(marks, left, rtol=ROUNDING)


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
    for kind in (AdamL2, AdamW):
        zero, _ = follow(kind(0.1, weight_decay=0.0), np.ones(3), grads)
        np.testing.assert_array_equal(zero, without)


def test_decay_alone_shrinks_geometrically_or_by_whole_steps():
    """Without gradients AdamW falls like (1 - α λ)^k; through the gradient λ does not matter."""
    start, zeros = np.array([3.0, -0.5]), np.zeros((20, 2))
    decoupled, _ = follow(AdamW(0.1, weight_decay=0.3), start, zeros)
    k = np.arange(1, 21)[:, None]
    np.testing.assert_allclose(decoupled, (1 - 0.1 * 0.3) ** k * start, rtol=ROUNDING)
    weak, strong = (
        follow(AdamL2(0.01, eps=0.0, weight_decay=decay), start, zeros)[0] for decay in (0.01, 10.0)
    )
    np.testing.assert_allclose(weak, strong, rtol=1e-10)  # 20 steps in other orders of rounding
    # One step exactly α; later ones almost, as long as the parameters have hardly changed.
    np.testing.assert_allclose(weak[0], start - 0.01 * np.sign(start), rtol=ROUNDING)
    np.testing.assert_allclose(weak[-1], start - 0.2 * np.sign(start), atol=0.02)


def test_decay_through_the_gradient_is_adam_on_the_penalized_loss():
    problem, decay = diagonal_quadratic([1.0, 4.0]), 0.3
    penalized = diagonal_quadratic([1.0 + decay, 4.0 + decay])
    ours, theirs = (
        [it.params for it in islice(descend(f, [1.0, -2.0], rule), 50)]
        for f, rule in (
            (problem.value_and_grad, AdamL2(0.1, weight_decay=decay)),
            (penalized.value_and_grad, Adam(0.1)),
        )
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)  # other orders of rounding


def test_a_steep_coordinate_feels_decay_through_the_gradient_less():
    """The decay is divided by the size of the gradients, so it vanishes beside large ones."""
    signs = np.random.RandomState(0).choice([-1.0, 1.0], 2000)
    grads = np.outer(signs, [1e-3, 1e3])
    through, _ = follow(AdamL2(1e-3, weight_decay=0.1), np.ones(2), grads)
    without, _ = follow(Adam(1e-3), np.ones(2), grads)
    flat, steep = np.abs(through[-1] - without[-1])
    assert flat > 100 * steep
    beside, _ = follow(AdamW(1e-3, weight_decay=0.1), np.ones(2), grads)
    flat, steep = np.abs(beside[-1] - without[-1])
    # The same for both, up to eps, which is 1e-5 of the small gradients' size.
    assert flat == pytest.approx(steep, rel=1e-3)


def test_a_constant_learning_rate_keeps_adam_hovering_under_noise():
    """On the sum of absolute values it comes no closer than a fraction of its learning rate."""
    rng = np.random.RandomState(0)
    alphas, noise = np.array([[0.1], [0.01]]), rng.randn(2000, 200)
    rule, x = Adam(alphas), np.zeros((2, 200))
    state, late = rule.init(x), []
    for step, noises in enumerate(noise, 1):
        x, *state = rule.update(x, np.sign(x) + noises, step, *state)
        if step > 1500:
            late.append(np.mean(np.abs(x), axis=1, keepdims=True))
    # The gradients see signs alone, so a run scales with its learning rate; eps is 1e-8 of them.
    hover = np.mean(late, axis=0) / alphas
    assert hover[0] == pytest.approx(hover[1], rel=1e-6)
    assert 0.2 < hover[0].item() < 1


def test_amsgrad_is_adam_while_the_squares_grow():
    grads = np.outer(1.1 ** np.arange(20), [1.0, -2.0])
    ams, _ = follow(AMSGrad(0.1), np.zeros(2), grads)
    adam, _ = follow(Adam(0.1), np.zeros(2), grads)
    np.testing.assert_array_equal(ams, adam)


def test_amsgrad_never_forgets_the_largest_mean_of_squares():
    rule, x = AMSGrad(0.1, beta2=0.9), np.ones(3)
    state, means, largest = rule.init(x), [], []
    for step, grads in enumerate(gradients(60), 1):
        x, *state = rule.update(x, grads, step, *state)
        means.append(state[1])
        largest.append(state[2])
    np.testing.assert_array_equal(largest, np.maximum.accumulate(means))


def test_a_rare_large_gradient_leads_adam_astray_and_not_amsgrad():
    """Reddi et al. 2018, theorem 1 with C = 3: the regret is lowest at -1."""

    def run(kind):
        rule = kind(1.0, beta1=0.0, beta2=0.1, eps=1e-12)
        x, state = np.zeros(1), rule.init(np.zeros(1))
        for step in range(1, 2001):
            grad = np.array([3.0 if step % 3 == 1 else -1.0])
            eased = kind(1.0 / step**0.5, beta1=0.0, beta2=0.1, eps=1e-12)
            x, *state = eased.update(x, grad, step, *state)
            x = np.clip(x, -1, 1)
        return x.item()

    # Both hover within the last steps, which are 1/sqrt(2000) = 0.02 long.
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
