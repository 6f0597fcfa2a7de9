"""What every update rule must do: one list of rules, one list of properties.

A new rule needs its row in `BY_HAND`. Everything else finds it by itself.
"""

from dataclasses import fields, replace
from inspect import isclass, isfunction
from itertools import islice

import numpy as np
import pytest

from optedu.adaptive import AdaGrad, Adam, AdamL2, AdamW, AMSGrad, RMSProp, correction_ratio
from optedu.descent import GradientDescent, Rule, descend, measure_rate, rate
from optedu.fused import fuse
from optedu.momentum import (
    AcceleratedGradient,
    Momentum,
    Nesterov,
    optimal_heavy_ball,
    spectral_radius,
    standard_nesterov,
)
from optedu.problems import diagonal_quadratic
from tests.peers import peer
from tests.test_docstrings import FUNCTIONS, resolve

# A rule, and where it stands after the gradients 2 and 1, from 0: its equations with numbers in.
BY_HAND = [
    (GradientDescent(0.5), -0.5 * 2, -0.5 * 2 - 0.5 * 1),
    (Momentum(0.5, momentum=0.5), -1.0, -1.0 + (-0.5 - 0.5)),
    (Nesterov(0.5, momentum=0.5), -1.0 - 0.5, -1.5 + 0.5 * -1.0 - 0.5),
    (AcceleratedGradient(0.5), -1.0 + 0.0, -1.0 - 0.5 + 1 / 4 * (0.0 - 0.5)),
    (AdaGrad(1.0, eps=0.0), -2 / 2, -1 - 1 / np.sqrt(5)),
    (RMSProp(1.0, beta2=0.75, eps=0.0), -2 / 1, -2 - 1 / np.sqrt(0.75 * 1 + 0.25 * 1)),
    (
        Adam(1.0, beta1=0.5, beta2=0.75, eps=0.0),
        -1.0,
        -1 - ((0.5 * 1 + 0.5) / 0.75) / np.sqrt((0.75 * 1 + 0.25) / (1 - 0.75**2)),
    ),
    (
        AdamL2(1.0, beta1=0.0, beta2=0.75, eps=0.0, weight_decay=0.5),
        -1.0,
        -1.0 - 0.5 / np.sqrt((0.75 * 1 + 0.25 * 0.5**2) / (1 - 0.75**2)),
    ),
    (AdamW(1.0, beta1=0.0, beta2=0.0, eps=0.0, weight_decay=0.5), -1.0, -1.0 * (1 - 0.5) - 1),
    (AMSGrad(1.0, beta1=0.0, beta2=0.0, eps=0.0), -1.0, -1 - 1 / 2),
]

KINDS = [
    thing
    for thing in map(resolve, FUNCTIONS)
    if isclass(thing) and issubclass(thing, Rule) and thing is not Rule
]
RULES = [
    *(kind() for kind in KINDS),
    Nesterov(0.05, momentum=0.8),
    RMSProp(0.01, beta2=0.9),
    Adam(0.1, beta1=0.8, beta2=0.95),
    Adam(0.1, correct_mean=False, correct_square=False),
    AMSGrad(0.1, beta1=0.8, beta2=0.95, correct_square=False),
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


def only(rule, **values):
    """Return the rule with other hyper-parameters, as far as it has them."""
    return replace(rule, **{k: v for k, v in values.items() if hasattr(rule, k)})


def numbers(rule):
    """Return the names of the hyper-parameters that are numbers."""
    return [f.name for f in fields(rule) if not isinstance(getattr(rule, f.name), bool)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_its_row(kind):
    rows = {type(rule) for rule, *_ in BY_HAND}
    assert kind in rows, (
        f"{kind.__name__} has no row: add (rule, first, second) to BY_HAND in tests/test_rules.py, "
        "two steps by hand from 0 with the gradients 2 and 1"
    )


@pytest.mark.parametrize(
    ("rule", "first", "second"), BY_HAND, ids=lambda value: type(value).__name__
)
def test_two_steps_by_hand(rule, first, second):
    path, _ = follow(rule, np.zeros(1), [np.array([2.0]), np.array([1.0])])
    np.testing.assert_allclose(np.ravel(path), [first, second], rtol=ROUNDING)


# Step k under a constant gradient g, from 0, in units of -learning_rate.
@pytest.mark.parametrize(
    ("rule", "length"),
    [
        (GradientDescent(0.5), lambda k, g: g),
        (Momentum(0.5, momentum=0.75), lambda k, g: g * (1 - 0.75**k) / 0.25),
        (Nesterov(0.5, momentum=0.75), lambda k, g: g * (1 - 0.75 ** (k + 1)) / 0.25),
        (AcceleratedGradient(0.5), lambda k, g: g * (k + 3) / 4),
        (AdaGrad(0.5, eps=0.0), lambda k, g: np.sign(g) / np.sqrt(k)),
        (RMSProp(0.5, beta2=0.9, eps=0.0), lambda k, g: np.sign(g) / np.sqrt(1 - 0.9**k)),
        (Adam(0.5, eps=0.0), lambda k, g: np.sign(g)),
        (AMSGrad(0.5, eps=0.0), lambda k, g: np.sign(g)),
        (
            Adam(0.5, eps=0.0, correct_mean=False, correct_square=False),
            lambda k, g: np.sign(g) * correction_ratio(k),
        ),
        (
            Adam(0.5, eps=0.0, correct_mean=False),
            lambda k, g: np.sign(g) * (1 - 0.9**k),
        ),
        (
            Adam(0.5, eps=0.0, correct_square=False),
            lambda k, g: np.sign(g) / np.sqrt(1 - 0.999**k),
        ),
        (
            AdamW(0.5, eps=0.0, weight_decay=0.1),
            lambda k, g: np.sign(g) * (1 - 0.5 * 0.1) ** (k - 1),
        ),
        (AdamL2(0.5, eps=0.0, weight_decay=0.0), lambda k, g: np.sign(g)),
    ],
    ids=lambda value: None if isfunction(value) else repr(value),
)
def test_a_constant_gradient_has_its_closed_form(rule, length):
    k, g = np.arange(1, 201)[:, None], np.array([3.0, -0.01])
    path, _ = follow(rule, np.zeros(2), np.broadcast_to(g, (200, 2)))
    steps = np.diff([np.zeros(2), *path], axis=0)
    # Differences of positions up to 1000 steps long, and 1 - 0.999 cancels three digits.
    np.testing.assert_allclose(steps, -0.5 * length(k, g) + 0 * steps, rtol=1e-9)


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
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1,), (3,), (2, 2)])
def test_keeps_shape_and_precision(rule, shape, dtype):
    path, state = follow(rule, np.ones(shape, dtype), gradients(shape=shape, dtype=dtype))
    assert {array.dtype for array in (*path, *rule.init(path[0]), *state)} == {np.dtype(dtype)}
    assert {array.shape for array in (*path, *rule.init(path[0]), *state)} == {shape}


@every_rule
def test_leading_axes_are_independent_runs(rule):
    starts, grads = np.array([[1.0, 2.0], [-3.0, 4.0]]), gradients(shape=(2, 2))
    together, _ = follow(rule, starts, grads)
    for run in range(2):
        alone, _ = follow(rule, starts[run], grads[:, run])
        np.testing.assert_array_equal([params[run] for params in together], alone)


@every_rule
def test_the_order_of_the_coordinates_does_not_matter(rule):
    order, start, grads = [2, 0, 1], np.array([1.0, -2.0, 3.0]), gradients()
    path, _ = follow(rule, start, grads)
    turned, _ = follow(rule, start[order], grads[:, order])
    np.testing.assert_array_equal(turned, [params[order] for params in path])


@every_rule
def test_a_sweep_over_any_hyper_parameter_is_one_run(rule):
    for name in numbers(rule):
        values = getattr(rule, name) * np.array([[1.0], [0.5], [0.25]])
        swept, _ = follow(replace(rule, **{name: values}), np.ones((3, 2)), gradients(shape=(2,)))
        for row, value in enumerate(values[:, 0].tolist()):
            alone, _ = follow(replace(rule, **{name: value}), np.ones(2), gradients(shape=(2,)))
            np.testing.assert_allclose(
                [params[row] for params in swept], alone, rtol=ROUNDING, atol=ROUNDING, err_msg=name
            )


@every_rule
def test_a_run_can_be_resumed(rule):
    grads = gradients()
    whole, _ = follow(rule, np.ones(3), grads)
    first, state = follow(rule, np.ones(3), grads[:5])
    rest, _ = follow(rule, first[-1], grads[5:], state, first_step=6)
    np.testing.assert_array_equal(whole[5:], rest)


@every_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_the_fused_loop_does_what_the_text_says(rule, engine, dtype):
    if engine == "numba":
        peer("numba")
    # More than two steps; more elements than one block of the NumPy engine holds.
    all_grads = gradients(n_steps=6, shape=(10_000,), dtype=dtype)
    step = fuse(rule, dtype, engine=engine)
    params = np.ones(10_000, dtype)
    state = rule.init(params)
    path, last = follow(rule, params, all_grads)
    for number, grads in enumerate(all_grads, 1):
        step(params, grads, number, *state)
    # A product with an inverse, and fewer roundings of numbers: a few units in the last place,
    # of the largest number that was added up.
    for ours, text in zip((params, *state), (path[-1], *last), strict=True):
        scale = np.abs([*path, text]).max(axis=0)
        assert np.all(np.abs(ours - text) <= 20 * np.finfo(dtype).eps * scale)


@every_rule
def test_stands_still_without_gradients(rule):
    path, _ = follow(only(rule, weight_decay=0.0), np.ones(2), np.zeros((5, 2)))
    np.testing.assert_array_equal(path, np.ones((5, 2)))


@pytest.mark.parametrize("rule", [rule for rule in RULES if hasattr(rule, "eps")], ids=repr)
def test_what_divides_by_the_size_of_gradients_does_not_see_their_scale(rule):
    """With eps = 0; powers of two scale without rounding, so the paths are the same numbers."""
    rule = only(rule, eps=0.0, weight_decay=0.0)
    grads = np.random.RandomState(0).randn(30, 3)
    plain, _ = follow(rule, np.zeros(3), grads)
    scaled, _ = follow(rule, np.zeros(3), grads * 2.0 ** np.array([-10, 0, 10]))
    np.testing.assert_array_equal(scaled, plain)


@pytest.mark.parametrize("kind", KINDS)
def test_reaches_the_minimum_of_a_bowl(kind):
    problem = diagonal_quadratic([1.0, 4.0])
    run = descend(
        problem.value_and_grad,
        [1.0, -1.0],
        only(kind(), weight_decay=0.0),
        schedule=lambda step: 0.3 / step**0.5,
    )
    # A rule whose steps do not shrink with the gradient hovers within one step of 0, which is
    # 0.3 / sqrt(2000) = 0.0067 long: a loss of 1.1e-4 at most.
    assert next(islice(run, 2000, None)).loss < 1.2e-4


KAPPAS = (10, 100)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize(
    ("rule_for", "rate_for", "tol"),
    [
        # A single real root: below 1e-3 of the start little but the slowest mode is left.
        (lambda L: GradientDescent(2 / (L + 1)), lambda r, L: rate(r.learning_rate, L, 1), 1e-4),
        (lambda L: Nesterov(0.5 / L, momentum=0.5), None, 1e-4),
        # A double root: errors k rho^k look up to 10 % slower in the logarithm.
        (lambda L: optimal_heavy_ball(L, 1), None, 0.1),
        (lambda L: standard_nesterov(L, 1), None, 0.1),
        # Complex roots: the errors swing below their envelope, many times within the fit.
        (lambda L: Momentum(1 / L, momentum=0.99), None, 0.01),
    ],
    ids=["descent", "slow Nesterov", "best heavy ball", "standard Nesterov", "much momentum"],
)
def test_converges_on_a_quadratic_at_its_theoretical_rate(rule_for, rate_for, tol, kappa):
    modes, rule = np.geomspace(1, kappa, 7), rule_for(kappa)
    theory = rate_for(rule, kappa) if rate_for else np.max(spectral_radius(rule, modes))
    run = descend(diagonal_quadratic(modes).value_and_grad, np.ones(7), rule)
    n_steps = int(25 / -np.log(theory))  # to 1e-10 of the start, and a little further
    errors = [np.linalg.norm(it.params) for it in islice(run, n_steps)]
    assert abs(np.log(measure_rate(errors)) / np.log(theory) - 1) < tol


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
