"""The tables of conventions: every row runs, and is what its formula, optedu and its code say."""

import inspect
from itertools import islice, permutations

import numpy as np
import pytest

from book.conventions import (
    DECAY,
    EPSILON,
    STEPS,
    WRITTEN,
    fingerprint,
    measured_fingerprint,
    run_form,
    step_lengths,
)
from optedu.adaptive import AdaGrad, Adam, RMSProp
from optedu.descent import descend
from optedu.momentum import CONVENTIONS, Momentum, Nesterov, convert, convert_velocity, recurrence
from optedu.problems import rosenbrock
from tests.peers import peer

KINDS = {"heavy ball": Momentum, "Nesterov": Nesterov}
WEIGHTS = {"average": lambda mu: 1 - mu, "damped": lambda mu: 0.5}


def dampening(*names):
    return 0.5 if "damped" in names else 0.0


def test_every_form_has_a_step():
    assert STEPS.keys() == CONVENTIONS.keys()


@pytest.mark.parametrize("curvature", [-0.5, 0.3, 2.0])
@pytest.mark.parametrize("mu", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("name", STEPS)
def test_measured_recurrence_is_the_formula(name, mu, curvature):
    weight = WEIGHTS.get(name, lambda mu: 1.0)(mu)
    rule = KINDS[CONVENTIONS[name].method](0.2 * weight, momentum=mu)
    # Twelve points fit two numbers; a fast mode leaves points that span ten digits.
    np.testing.assert_allclose(
        measured_fingerprint(name, 0.2, mu, curvature), recurrence(rule, curvature), atol=1e-6
    )


def test_fingerprint_reads_a_recurrence():
    points = [1.0, 0.3]
    for _ in range(8):
        points.append(1.3 * points[-1] - 0.4 * points[-2])
    # Ten roundings of numbers near 1.
    np.testing.assert_allclose(fingerprint(np.array(points)), [1.3, -0.4], rtol=1e-12)


@pytest.mark.parametrize("name", ["canonical", "rearranged"])
def test_canonical_forms_are_the_rules(name):
    problem, kind = rosenbrock(), KINDS[CONVENTIONS[name].method]
    start = np.array([-1.2, 1.0])
    run = descend(problem.value_and_grad, start, kind(1e-3, momentum=0.8))
    points, _ = run_form(name, problem.grad, start, np.zeros(2), 1e-3, 0.8, 40)
    np.testing.assert_array_equal(points, [it.params for it in islice(run, 41)])


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pair
        for pair in permutations(STEPS, 2)
        if CONVENTIONS[pair[0]].method == CONVENTIONS[pair[1]].method
    ],
)
def test_forms_convert_into_each_other(source, target):
    """From the middle of a run, on a function that is no quadratic."""
    problem, alpha, mu, tau = rosenbrock(), 1e-3, 0.75, dampening(source, target)
    shown, velocity = np.array([-1.2, 1.0]), np.array([0.3, -0.2])

    def points(name, alpha, velocity):
        ahead = mu if name == "look_ahead" else 0.0  # its point lies behind the one it shows
        x, v = run_form(name, problem.grad, shown - ahead * velocity, velocity, alpha, mu, 40)
        return x + ahead * v

    there, _ = convert(alpha, mu, source, target, tau)
    moved = convert_velocity(velocity, alpha, mu, source, target, tau)
    # Forty steps in two orders of rounding, on a function that spreads them.
    np.testing.assert_allclose(
        points(source, alpha, velocity), points(target, there, moved), rtol=1e-9
    )


def name_of(row):
    return f"{row.method}, {row.source}"


def our_rule(row):
    if row.method == "AdaGrad":
        return AdaGrad(1.0, eps=row.eps)
    if row.method == "RMSProp":
        return RMSProp(1.0, beta2=row.decay, eps=row.eps)
    return Adam(1.0, beta2=row.decay, eps=row.eps)


def our_steps(rule, gradients, start=None):
    """Return the steps of one of our rules, each from zero so that no digits are lost."""
    state = rule.init(np.zeros(1)) if start is None else (np.full(1, start),)
    steps = []
    for k, g in enumerate(gradients, start=1):
        moved, *state = rule.update(np.zeros(1), np.full(1, g), k, *state)
        steps.append(-moved[0])
    return np.array(steps)


GRADIENTS = 10.0 ** np.random.RandomState(0).uniform(-9, 3, 60)


@pytest.mark.parametrize("row", [r for r in EPSILON if r.place == "outside"], ids=name_of)
def test_epsilon_outside_the_root_is_ours(row):
    # Sixty updates in the same order of operations, but for powers of beta.
    np.testing.assert_allclose(
        step_lengths(row, GRADIENTS), our_steps(our_rule(row), GRADIENTS), rtol=1e-12
    )


@pytest.mark.parametrize("row", [r for r in EPSILON if r.place == "inside"], ids=name_of)
def test_epsilon_inside_the_root_is_ours_without_epsilon_and_another_divisor(row):
    """Between the two forms only the divisor differs: √(s + ε) for √s."""
    bare = row._replace(eps=0.0)
    directions = np.array(step_lengths(bare, GRADIENTS))
    if row.start == 0.0:
        np.testing.assert_allclose(directions, our_steps(our_rule(bare), GRADIENTS), rtol=1e-12)
    if row.method == "AdaGrad":
        s = row.start + np.cumsum(GRADIENTS**2)
    else:
        k = np.arange(1, 61)
        weights = np.tril(row.decay ** (k[:, None] - k)) * (1 - row.decay)
        s = weights @ GRADIENTS**2
        if row.method == "Adam":
            s = s / (1 - row.decay**k)
    # Sums of sixty squares that span 24 digits, in two orders.
    np.testing.assert_allclose(
        step_lengths(row, GRADIENTS), directions * np.sqrt(s / (s + row.eps)), rtol=1e-10
    )


@pytest.mark.parametrize("row", [r for r in EPSILON if r.place == "hat"], ids=name_of)
def test_epsilon_hat_is_ours_with_an_epsilon_that_falls(row):
    for k in (1, 5, 60):
        eps = row.eps / np.sqrt(1 - row.decay**k)
        ours = our_steps(Adam(1.0, beta2=row.decay, eps=eps), GRADIENTS[:k])
        assert step_lengths(row, GRADIENTS[:k])[-1] == pytest.approx(ours[-1], rel=1e-12)


@pytest.mark.parametrize("row", EPSILON, ids=name_of)
def test_a_large_gradient_does_not_see_epsilon(row):
    n = 1 if row.method == "AdaGrad" else 1500
    # The decays forget their start to 0.99^1500; Adam corrects for it.
    forgotten = 1.0 if row.method == "Adam" else 1 - (row.decay or 0.0) ** n
    last = step_lengths(row, np.full(n, 1e6))[-1]
    assert last == pytest.approx(1 / np.sqrt(forgotten), rel=1e-9)
    assert row.place in WRITTEN


def default(function, name):
    return inspect.signature(function).parameters[name].default


TORCH = {"AdaGrad": ("Adagrad", None), "RMSProp": ("RMSprop", "alpha"), "Adam": ("Adam", None)}


@pytest.mark.parametrize(
    "row", [r for r in EPSILON if r.source in ("PyTorch", "optax", "optedu")], ids=name_of
)
def test_defaults_are_those_of_the_library(row):
    if row.source == "PyTorch":
        call = getattr(peer("torch").optim, TORCH[row.method][0])
        names = {"AdaGrad": {"start": "initial_accumulator_value"}, "RMSProp": {"decay": "alpha"}}
    elif row.source == "optax":
        call = getattr(peer("optax"), row.method.lower())
        names = {
            "AdaGrad": {"start": "initial_accumulator_value"},
            "RMSProp": {"decay": "decay"},
            "Adam": {"decay": "b2"},
        }
    else:
        call = {"AdaGrad": AdaGrad, "RMSProp": RMSProp, "Adam": Adam}[row.method]
        names = {"RMSProp": {"decay": "beta2"}, "Adam": {"decay": "beta2"}}
    assert default(call, "eps") == row.eps
    for field, parameter in names.get(row.method, {}).items():
        assert default(call, parameter) == getattr(row, field)


@pytest.mark.parametrize(
    "row", [r for r in EPSILON if r.source in ("PyTorch", "optax")], ids=name_of
)
def test_rows_are_what_the_library_does(row):
    """At gradients so small that the place of epsilon decides the step."""
    gradients = 10.0 ** np.random.RandomState(1).uniform(-9, -2, 30)
    if row.source == "PyTorch":
        torch = peer("torch")
        x = torch.zeros(1, dtype=torch.float64)
        optimizer = getattr(torch.optim, TORCH[row.method][0])([x], lr=1.0)
        steps = []
        for g in gradients:
            x.zero_()
            x.grad = torch.full((1,), g, dtype=torch.float64)
            optimizer.step()
            steps.append(-x.item())
    else:
        jax, optax = peer("jax"), peer("optax")
        with jax.enable_x64(True):
            rule = getattr(optax, row.method.lower())(1.0)
            state, steps = rule.init(jax.numpy.zeros(1)), []
            for g in gradients:
                update, state = rule.update(jax.numpy.full(1, g), state)
                steps.append(-float(update[0]))
    # Thirty updates in another order of operations.
    np.testing.assert_allclose(step_lengths(row, gradients), steps, rtol=1e-10)


def test_decay_rows_name_their_defaults():
    torch, optax = peer("torch"), peer("optax")
    assert default(torch.optim.AdamW, "weight_decay") == 0.01
    assert (
        default(torch.optim.Adam, "weight_decay") == default(torch.optim.SGD, "weight_decay") == 0
    )
    assert default(optax.adamw, "weight_decay") == 1e-4
    assert {row.beside for row in DECAY if row.source == "Keras"} == {True, False}
