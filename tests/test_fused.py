"""A fused rule does what its text does, and says so when it cannot."""

import math
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pytest

from optedu.adaptive import AdaGrad, Adam, RMSProp
from optedu.descent import GradientDescent, Rule, descend
from optedu.fused import _blocks, _engines, _text, fuse, source, trajectories
from optedu.fused._formula import FORMS, follow_rule
from optedu.momentum import Momentum, Nesterov
from tests.peers import peer
from tests.test_rules import RULES

every_rule = pytest.mark.parametrize("rule", RULES, ids=repr)
both_precisions = pytest.mark.parametrize("dtype", [np.float64, np.float32])


@pytest.fixture(params=["numpy", "numba"])
def engine(request, monkeypatch):
    if request.param == "numba":
        peer("numba")
    # Blocks that divide no size used here, so that each run ends in a short one.
    monkeypatch.setattr(_blocks, "BLOCK", 64)
    return request.param


def gradients(n_steps, shape=(101,), dtype=np.float64):
    """Return gradients of all sizes: zeros, some whose squares are subnormal, infinity and NaN."""
    generator = np.random.RandomState(0)
    sizes = 10.0 ** generator.uniform(-9, 3, size=(n_steps, *shape))
    grads = sizes * generator.choice([-1, 0, 1], size=(n_steps, *shape))
    with np.errstate(under="ignore"):
        grads = grads.astype(dtype)
        grads[..., 0] *= np.finfo(dtype).tiny ** dtype(0.5)
    grads[n_steps // 2, ..., 1:4] = np.inf, -np.inf, np.nan
    return grads


def text_run(rule, params, all_grads, state=None, first_step=1):
    state = rule.init(params) if state is None else state
    with np.errstate(all="ignore"):
        for step, grads in enumerate(all_grads, first_step):
            params, *state = rule.update(params, grads, step, *state)
    return [params, *state]


def fused_run(step, params, all_grads, state, first_step=1):
    arrays = [np.array(array) for array in (params, *state)]
    with np.errstate(all="ignore"):
        for number, grads in enumerate(all_grads, first_step):
            assert step(arrays[0], np.asarray(grads), number, *arrays[1:]) is None
    return arrays


def assert_close_in_rounding(actual, expected, n_steps):
    """Allow each step the four roundings by which a product with an inverse differs."""
    for one, other in zip(actual, expected, strict=True):
        assert one.dtype == other.dtype
        finite = other[np.isfinite(other)]
        size = np.abs(finite).max(initial=1.0)
        bound = 4 * n_steps * np.finfo(other.dtype).eps * size
        np.testing.assert_allclose(one, other, rtol=0, atol=bound)


@both_precisions
@every_rule
def test_updates_are_those_of_the_text(rule, dtype, engine):
    start, grads = np.linspace(-2, 2, 101, dtype=dtype), gradients(50, dtype=dtype)
    text = text_run(rule, start, grads)
    fused = fused_run(fuse(rule, dtype, engine), start, grads, rule.init(start))
    if engine == "numpy" or "1.0 / " not in source(rule, dtype):
        for one, other in zip(fused, text, strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
    else:
        assert_close_in_rounding(fused, text, len(grads))


@pytest.mark.parametrize("kind", [GradientDescent, Momentum, Nesterov, AdaGrad, RMSProp])
def test_without_corrections_no_division_is_changed(kind):
    assert "1.0 / " not in source(kind())


@both_precisions
def test_a_correction_costs_the_last_bits(dtype):
    peer("numba")
    rule, start = Adam(), np.zeros(1000, dtype)
    grads = np.random.default_rng(0).normal(size=(1, 1000)).astype(dtype)
    text = text_run(rule, start, grads)
    fused = fused_run(fuse(rule, dtype, "numba"), start, grads, rule.init(start))
    # Two inverses rounded, two products instead of quotients: at most 3 roundings on the mean and
    # half of 3 on the square, whose root is taken.
    np.testing.assert_allclose(fused[0], text[0], rtol=5 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(fused[1:], text[1:])


@both_precisions
@every_rule
def test_the_source_shown_is_a_program_for_the_same_update(rule, dtype):
    start, grads = np.array([-1.0, 0.5, 2.0], dtype), gradients(5, (6,), dtype)[:, 2:5]
    exec(source(rule, dtype), {"np": np, "float32": np.float32, "float64": np.float64}, made := {})
    arrays = [start.copy(), *rule.init(start)]
    numbers = {name: float(x) for name, x in vars(rule).items() if not isinstance(x, bool)}
    with np.errstate(all="ignore"):
        for step, g in enumerate(grads, 1):
            named = dict(zip(state_names(rule), arrays[1:], strict=True))
            made["update"](params=arrays[0], grads=g, step=step, **numbers, **named)
    assert_close_in_rounding(arrays, text_run(rule, start, grads), len(grads))


def state_names(rule):
    """Return the names of a rule's state, as its text has them."""
    head = source(rule).splitlines()[0]
    return head.partition("grads")[2].strip(", ):").split(", ") if "grads, " in head else []


def test_what_is_constant_in_a_step_is_computed_before_the_loop():
    before, loop = source(Adam()).split("for i in range(params.size):")
    assert before.count("** step") == 2
    assert "**" not in loop
    assert loop.count("/") == 1  # the one by the root, which differs by element
    assert "** step" not in source(Adam(correct_mean=False, correct_square=False))


@pytest.mark.parametrize("shape", [(), (1,), (0,), (7, 3), (2, 0, 3), (65,)])
@pytest.mark.parametrize("rule", [Momentum(), Adam()], ids=repr)
def test_arrays_may_have_any_shape(rule, shape, engine):
    start = np.random.default_rng(0).normal(size=shape)
    grads = np.random.default_rng(1).normal(size=(3, *shape))
    fused = fused_run(fuse(rule, engine=engine), start, grads, rule.init(start))
    text = [np.asarray(array) for array in text_run(rule, start, grads)]
    assert_close_in_rounding(fused, text, 3)


@every_rule
def test_a_run_can_be_resumed(rule, engine):
    start, grads = np.ones(101), gradients(10)
    whole = fused_run(fuse(rule, engine=engine), start, grads, rule.init(start))
    params, *state = fused_run(fuse(rule, engine=engine), start, grads[:4], rule.init(start))
    resumed = fused_run(fuse(rule, engine=engine), params, grads[4:], state, first_step=5)
    np.testing.assert_array_equal(resumed, whole)


@pytest.mark.parametrize("rule", [GradientDescent(), Adam()], ids=repr)
def test_a_learning_rate_of_the_call_replaces_that_of_the_rule(rule, engine):
    step, start = fuse(rule, engine=engine), np.ones(101)
    arrays = [start.copy(), *rule.init(start)]
    expected = [start.copy(), *rule.init(start)]
    for k, grads in enumerate(gradients(20)[:5], 1):
        rate = 0.1 / k
        step(arrays[0], grads, k, *arrays[1:], learning_rate=rate)
        other = fuse(replace(rule, learning_rate=rate), engine=engine)
        other(expected[0], grads, k, *expected[1:])
    np.testing.assert_array_equal(arrays, expected)
    before = arrays[0].copy()
    step(arrays[0], np.ones(101), 6, *arrays[1:], learning_rate=0.0)  # a schedule may end there
    np.testing.assert_array_equal(arrays[0], before)


def test_other_hyper_parameters_compile_nothing():
    peer("numba")
    fuse(Adam(), engine="numba")
    compiled = _engines.compiled.cache_info().misses
    for beta in (0.5, 0.8):
        fuse(Adam(beta, beta1=beta, beta2=beta, eps=beta), engine="numba")
    assert _engines.compiled.cache_info().misses == compiled


def test_threads_share_the_work(engine):
    rule, n = Momentum(), (1 << 18) + 1  # large enough to be divided, into parts that differ
    start, grads = np.linspace(-1, 1, n), np.random.default_rng(0).normal(size=(2, n))
    alone = fused_run(fuse(rule, engine=engine), start, grads, rule.init(start))
    shared = fused_run(fuse(rule, engine=engine, threads=2), start, grads, rule.init(start))
    np.testing.assert_array_equal(shared, alone)


def spoiled(change):
    """Return the arguments of a valid call of a fused Adam step after a change."""
    buffer = np.ones(40)
    arguments = {
        "params": buffer[:10],
        "grads": buffer[10:20],
        "step": 1,
        "m": buffer[20:30],
        "v": buffer[30:],
    }
    return arguments | {name: new(arguments) for name, new in change.items()}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"params": lambda a: [1.0] * 10}, "^params must be a NumPy array; got list"),
        ({"grads": lambda a: np.ones(10, np.float32)}, "^grads must have dtype float64"),
        ({"m": lambda a: np.ones(10, int)}, "^m must have dtype float64"),
        ({"grads": lambda a: np.ones(1)}, r"^grads must have the shape of params, \(10,\)"),
        ({"v": lambda a: np.ones((2, 5))}, "^v must have the shape"),
        ({"grads": lambda a: np.ones(20)[::2]}, "^grads must be contiguous"),
        ({"params": lambda a: np.broadcast_to(1.0, 10)}, "^params must be contiguous"),
        ({"m": lambda a: np.frombuffer(bytes(80))}, "^m must be writeable"),
        ({"grads": lambda a: a["params"]}, "^grads must not share memory with params"),
        ({"v": lambda a: a["m"]}, "^v must not share memory with m"),
        ({"m": lambda a: a["params"].base[1:11]}, "^m must not share memory with params"),
        ({"step": lambda a: 0}, "^step must be a whole number of at least 1"),
        ({"step": lambda a: 1.5}, "^step must be a whole number"),
        ({"learning_rate": lambda a: np.nan}, "^learning_rate must"),
        ({"learning_rate": lambda a: -0.1}, "^learning_rate must"),
        ({"learning_rate": lambda a: "a"}, "^learning_rate must"),
    ],
)
def test_what_cannot_be_updated_in_place_is_refused(change, words, engine):
    step = fuse(Adam(), engine=engine)
    arguments = spoiled(change)
    params, grads, number, m, v = (arguments.pop(name) for name in spoiled({}))
    before = np.array(params)
    with pytest.raises(ValueError, match=words):
        step(params, grads, number, m, v, **arguments)
    np.testing.assert_array_equal(params, before)


def test_state_of_another_rule_is_refused(engine):
    step, x = fuse(Momentum(), engine=engine), np.ones((2, 3))
    with pytest.raises((TypeError, ValueError)):
        step(x, np.ones((2, 3)), 1)
    with pytest.raises((TypeError, ValueError)):
        step(x, np.ones((2, 3)), 1, *Adam().init(x))


def test_gradients_may_be_read_only(engine):
    x, grads = np.ones(3), np.ones(3)
    grads.setflags(write=False)
    fuse(GradientDescent(0.5), engine=engine)(x, grads, 1)
    np.testing.assert_array_equal(x, 0.5)


class Unfit(Rule):
    """A rule of two arrays whose update a subclass gets wrong."""

    def init(self, params):
        return (np.zeros_like(params),)


def unfit(update):
    return type("Unfit", (Unfit,), {"update": update})()


@pytest.mark.parametrize(
    ("update", "words"),
    [
        (lambda self, x, g, k, v: (x, v) if g > 0 else (v, x), "whether a value is true"),
        (lambda self, x, g, k, v: (x - g if k > 1 else x, v), "whether a value is true"),
        (lambda self, x, g, k, v: (x - g / np.linalg.norm(g), v), "np.norm is not known"),
        (lambda self, x, g, k, v: (x - np.mean(g), v), "np.mean is not known"),
        (lambda self, x, g, k, v: (x - np.add.reduce(g), v), "np.add.reduce is not known"),
        (lambda self, x, g, k, v: (x - g.mean(), v), "'mean'"),
        (lambda self, x, g, k, v: (x - np.arcsinh(g), v), "np.arcsinh is not known"),
        (lambda self, x, g, k, v: (x - math.sqrt(k) * g, v), "must be real number"),
        (lambda self, x, g, k, v: (x - np.array([1.0, 2.0]) * g, v), "ndarray"),
        (lambda self, x, g, k, v: (x - g[0], v), "subscriptable"),
        (lambda self, x, g, k, v: (x - 1j * g, v), "complex"),
        (lambda self, x, g, k, v: x - g, "tuple"),
        (lambda self, x, g, k, v: (x - g,), "tuple"),
        (lambda self, x, g, k, v: (x - g, None), "NoneType"),
    ],
)
def test_a_rule_that_is_no_formula_is_refused(update, words, engine):
    with pytest.raises(ValueError, match=r"^rule must be a plain elementwise formula") as refusal:
        fuse(unfit(update), engine=engine)
    assert words in str(refusal.value)


def test_a_sweep_is_refused_with_the_other_way():
    with pytest.raises(ValueError, match=r"learning_rate; got shape \(3, 1\).*Fuse one rule for"):
        fuse(GradientDescent(np.array([[0.1], [0.2], [0.3]])))


def test_without_numba_numpy_runs(monkeypatch):
    monkeypatch.setattr(_engines, "find_spec", lambda name: None)
    x = np.ones(3)
    fuse(GradientDescent(0.5))(x, np.ones(3), 1)
    np.testing.assert_array_equal(x, 0.5)
    with pytest.raises(ImportError, match="pip install numba"):
        fuse(GradientDescent(), engine="numba")
    ends = trajectories(GradientDescent(0.5), lambda x: x, [[1.0, 2.0]], 1)
    np.testing.assert_array_equal(ends, [[0.5, 1.0]])


@dataclass(frozen=True)
class Everything(Rule):
    """All functions that a formula may have, on arguments inside their domains."""

    c0: float = 0.25
    v: float = 0.5

    def init(self, params):
        return tuple(np.zeros_like(params) for _ in range(4))

    def update(self, params, grads, step, i, c0, v, loop):
        positive = grads**2 + self.c0
        terms = [
            getattr(np, name)(*[positive] * getattr(np, name).nin)
            for name, form in FORMS.items()
            if form.startswith("np.")
        ]
        inside = (grads > -1) & (grads <= self.v) | (grads == params) & (grads != 1)
        outside = np.where(step == 2, -params, abs(params) ** 1.5)
        chosen = np.where(inside, np.clip(params, -self.v, 1), outside)
        return sum(terms), chosen, params**3 - grads**4, positive**0.5, step**-0.5 + 0 * params


@both_precisions
def test_every_function_is_numpys(dtype, engine):
    """Its names are those of the loop's own variables, which must not meet."""
    rule, n = Everything(), 97
    start, grads = np.random.default_rng(0).normal(size=(2, n)).astype(dtype)
    step = fuse(rule, dtype, engine)
    for number in (1, 2):
        fused = fused_run(step, start, [grads], rule.init(start), first_step=number)
        text = text_run(rule, start, [grads], first_step=number)
        # Exponentials and their like may differ by a few units in the last place between libraries,
        # and a sum of twenty adds theirs up.
        for one, other in zip(fused, text, strict=True):
            assert one.dtype == dtype
            np.testing.assert_allclose(one, other, rtol=40 * np.finfo(dtype).eps)


@dataclass(frozen=True)
class Arbitrary(Rule):
    """A formula drawn at random, which may exchange its arrays or keep them."""

    program: str = "0"

    def init(self, params):
        return np.full_like(params, 0.5), np.full_like(params, -2.0)

    def update(self, params, grads, step, a, b):
        draw = np.random.RandomState(int(self.program))
        values = [params, grads, a, b, self.learning_rate, 1 - step]
        for _ in range(12):
            one, other, condition = (values[k] for k in draw.randint(len(values), size=3))
            values.append(
                [
                    lambda: one + other,  # noqa: B023
                    lambda: one - 0.5 * other,  # noqa: B023
                    lambda: np.maximum(params, one * other),  # noqa: B023
                    lambda: np.where(condition > 0, one, params),  # noqa: B023
                ][draw.randint(4)]()
            )
        chosen = draw.choice([0, 1, 2, 3, *range(6, len(values))], size=3)
        return tuple(values[k] + 0 * params if k == 1 else values[k] for k in chosen)


@pytest.mark.parametrize("program", [str(k) for k in range(60)])
def test_any_formula_keeps_its_values_until_they_are_read(program, monkeypatch):
    """The temporaries of NumPy and the tuple of the loop overwrite nothing too early."""
    monkeypatch.setattr(_blocks, "BLOCK", 4)
    rule, start = Arbitrary(program=program), np.array([1.5, -0.25, 3.0, -1.0, 0.75])
    grads = np.array([[0.5, -1.0, 2.0, 0.0, -3.0], [-0.5, 1.0, 0.25, -2.0, 1.0]])
    text = text_run(rule, start, grads)
    fused = fused_run(fuse(rule, engine="numpy"), start, grads, rule.init(start))
    np.testing.assert_array_equal(fused, [np.broadcast_to(array, 5) for array in text])
    exec(source(rule), {"np": np, "float64": np.float64}, made := {})
    arrays = [start.copy(), *rule.init(start)]
    for step, g in enumerate(grads, 1):
        made["update"](step, rule.learning_rate, arrays[0], g, *arrays[1:])
    np.testing.assert_array_equal(arrays, fused)


class Corrections(Rule):
    """Numbers that each step computes, kept where they can be seen."""

    def init(self, params):
        return np.zeros_like(params), np.zeros_like(params)

    def update(self, params, grads, step, power, root):
        return params, 1 - self.learning_rate**step + 0 * params, step**-0.5 + 0 * params


def test_numbers_of_a_step_are_pythons(engine):
    rule, (x, power, root) = Corrections(0.999), np.ones((3, 1))
    step = fuse(rule, engine=engine)
    for k in range(1, 2000):
        step(x, np.zeros(1), k, power, root)
        assert power[0] == 1 - 0.999**k
        assert root[0] == k**-0.5


def rosenbrock_grad(params):
    x, y = params[..., 0], params[..., 1]
    return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)


def descended(rule, grad, starts, n_steps, schedule=None):
    def value_and_grad(params):
        return 0.0, grad(params)

    with np.errstate(all="ignore"):
        run = descend(value_and_grad, starts, rule, schedule)
        return next(islice(run, n_steps, None)).params


STARTS = np.random.default_rng(0).uniform(-1, 1, size=(3, 5, 2))


@both_precisions
@every_rule
def test_many_runs_are_those_of_descend(rule, dtype, monkeypatch):
    monkeypatch.setattr("optedu.fused.many.POINTS", 8)
    starts = STARTS.astype(dtype)
    ends = trajectories(rule, rosenbrock_grad, starts, 30, engine="numpy")
    assert ends.dtype == dtype
    np.testing.assert_array_equal(ends, descended(rule, rosenbrock_grad, starts, 30))


@pytest.mark.parametrize(
    ("rule", "dtype"), [(Momentum(1e-4), np.float32), (Adam(0.01), np.float64)], ids=str
)
def test_many_runs_compiled_are_those_of_descend(rule, dtype, monkeypatch):
    peer("numba")
    monkeypatch.setattr(_text, "RUNS", 4)
    starts = STARTS.astype(dtype)
    ends = trajectories(rule, rosenbrock_grad, starts, 30, engine="numba")
    assert ends.dtype == dtype
    expected = descended(rule, rosenbrock_grad, starts, 30)
    if isinstance(rule, Momentum):
        np.testing.assert_array_equal(ends, expected)
    else:
        # A curvature of 1000 times the step of 0.01 multiplies a rounding, for thirty steps.
        np.testing.assert_allclose(ends, expected, rtol=1000 * np.finfo(dtype).eps)


A = np.array([[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]])
GRADIENTS = {
    "as it is": lambda x: x,
    "a matrix": lambda x: x @ A - 1,
    "unpacked": lambda x: np.stack([np.sin(c) + np.sum(x, -1) for c in np.moveaxis(x, -1, 0)], -1),
    "a choice": lambda x: np.stack([np.where(x[..., k] > 0, 1, -0.5) for k in range(3)], -1),
    "a number": lambda x: 0 * x + np.ones(3),
    "functions": lambda x: np.exp(-x) * np.cos(x) + np.sqrt(x**2 + 1),
}


@pytest.mark.parametrize("grad", GRADIENTS.values(), ids=GRADIENTS)
def test_gradients_in_numpys_forms_are_followed(grad, monkeypatch):
    """The loop is run as Python here; that it compiles the test above has shown."""
    monkeypatch.setattr(_text, "RUNS", 4)
    rule, ends = GradientDescent(0.1), np.random.default_rng(0).normal(size=(5, 3))
    expected = descended(rule, grad, ends, 4)
    text = _text.run_text(grad, rule, follow_rule(rule), 3, ends.dtype)
    exec(text, {"np": np, "float64": np.float64}, made := {})
    made["run"](np.full(4, 0.1), ends)
    # Sums may be taken in another order, and functions differ in their last bit.
    np.testing.assert_allclose(ends, expected, rtol=1e-13, atol=1e-14)


def test_many_runs_follow_a_schedule(engine):
    schedule = lambda step: 0.1 * (step < 3)  # noqa: E731
    rule = GradientDescent(5.0)
    ends = trajectories(rule, lambda x: x, [1.0], 4, schedule, engine=engine)
    np.testing.assert_array_equal(ends, descended(rule, lambda x: x, [1.0], 4, schedule))


def test_many_runs_in_threads_and_without_steps(engine):
    rule, starts = GradientDescent(1e-3), np.random.default_rng(0).normal(size=(1500, 2))
    alone = trajectories(rule, rosenbrock_grad, starts, 3, engine=engine)
    shared = trajectories(rule, rosenbrock_grad, starts, 3, engine=engine, threads=2)
    np.testing.assert_array_equal(shared, alone)
    np.testing.assert_array_equal(
        trajectories(rule, rosenbrock_grad, starts, 0, engine=engine), starts
    )


def branching(params):
    return params if np.all(params > 0) else -params


@pytest.mark.parametrize(
    ("grad", "starts", "words"),
    [
        (branching, np.ones(2), "grad must be a formula of the coordinates.*whether a value"),
        (lambda x: 2 * x, np.ones(17), "grad must have at most 16 coordinates; got 17"),
    ],
)
def test_a_gradient_that_is_no_formula_runs_in_numpy(grad, starts, words):
    rule = GradientDescent(0.5)
    np.testing.assert_array_equal(
        trajectories(rule, grad, starts, 3), descended(rule, grad, starts, 3)
    )
    peer("numba")
    with pytest.raises(ValueError, match=words):
        trajectories(rule, grad, starts, 3, engine="numba")
