"""Proxes and projections against the conditions that define them."""

import numpy as np
import pytest

from optedu.convex import (
    conjugate_prox,
    huber,
    project_affine,
    project_box,
    project_consensus,
    project_halfspace,
    project_l1_ball,
    project_l2_ball,
    project_nonnegative,
    project_simplex,
    prox_huber,
    prox_l2,
    prox_l2_squared,
    prox_least_squares,
    soft_threshold,
)

N = 5
MATRIX = np.random.RandomState(3).randn(3, N)
TARGET = np.array([1.0, -2.0, 0.5])
NORMAL = np.array([1.0, -2.0, 0.0, 0.5, 1.0])

# Sums of numbers of size 1 to 100, a few dozen operations each.
ROUNDING = 1e-11

PROXES = {
    "l1": (soft_threshold, lambda x: np.abs(x).sum(-1)),
    "l2": (prox_l2, lambda x: np.linalg.norm(x, axis=-1)),
    "l2_squared": (prox_l2_squared, lambda x: np.sum(x**2, -1)),
    "huber": (lambda x, t: prox_huber(x, t, M=0.7), lambda x: huber(x, M=0.7).sum(-1)),
    "least_squares": (
        prox_least_squares(MATRIX, TARGET),
        lambda x: np.sum((x @ MATRIX.T - TARGET) ** 2, -1),
    ),
}
PROJECTIONS = {
    "nonnegative": project_nonnegative,
    "box": lambda x: project_box(x, low=-0.5, high=np.linspace(0, 2, N)),
    "l2_ball": lambda x: project_l2_ball(x, radius=1.5),
    "l1_ball": lambda x: project_l1_ball(x, radius=1.5),
    "simplex": project_simplex,
    "scaled_simplex": lambda x: project_simplex(x, total=3.0),
    "halfspace": lambda x: project_halfspace(x, NORMAL, 0.3),
    "affine": lambda x: project_affine(x, MATRIX, TARGET),
}
FEASIBLE = {
    "nonnegative": lambda p: np.all(p >= 0),
    "box": lambda p: np.all((p >= -0.5) & (p <= np.linspace(0, 2, N))),
    "l2_ball": lambda p: np.linalg.norm(p) <= 1.5 + ROUNDING,
    "l1_ball": lambda p: np.abs(p).sum() <= 1.5 + ROUNDING,
    "simplex": lambda p: np.all(p >= 0) and abs(p.sum() - 1) <= ROUNDING,
    "scaled_simplex": lambda p: np.all(p >= 0) and abs(p.sum() - 3) <= ROUNDING,
    "halfspace": lambda p: NORMAL @ p <= 0.3 + ROUNDING,
    "affine": lambda p: np.abs(MATRIX @ p - TARGET).max() <= ROUNDING,
}
# A projection is the prox of its set, whatever the step.
ALL = {name: prox for name, (prox, _) in PROXES.items()} | {
    name: lambda x, step, project=project: project(x) for name, project in PROJECTIONS.items()
}
every_prox = pytest.mark.parametrize("name", PROXES)
every_projection = pytest.mark.parametrize("name", PROJECTIONS)
every_one = pytest.mark.parametrize("name", ALL)
STEPS = (0.01, 0.5, 3.0)


def points(count=200):
    """Return points of sizes from 0.01 to 30, with zeros and ties among them."""
    draw = np.random.RandomState(0)
    x = draw.randn(count, N) * 10.0 ** draw.uniform(-2, 1, (count, 1))
    x[::7, 0] = 0
    x[::5, 1] = x[::5, 2]
    return np.concatenate([x, np.zeros((1, N)), np.ones((1, N)), -np.ones((1, N))])


@every_prox
@pytest.mark.parametrize("step", STEPS)
def test_a_prox_is_lower_than_any_other_point_by_the_parabola(name, step):
    """F(x) >= F(p) + ‖x - p‖²/(2t) for all x is the same as (point - p)/t being a subgradient."""
    prox, value = PROXES[name]
    x, others = points(), np.random.RandomState(1).randn(len(points()), N)

    def total(p):
        return value(p) + np.sum((p - x) ** 2, -1) / (2 * step)

    p = prox(x, step)
    for scale in (1e-3, 1.0, 30.0):  # close by and far away
        away = p + scale * others
        promised = total(p) + np.sum((away - p) ** 2, -1) / (2 * step)
        assert np.all(total(away) >= promised - ROUNDING * (1 + promised))
    promised = total(p) + np.sum(p**2, -1) / (2 * step)
    assert np.all(total(np.zeros(N)) >= promised - ROUNDING * (1 + promised))


@every_one
def test_proxes_are_firmly_nonexpansive(name):
    p = ALL[name](points(), 0.8)
    dx, dp = points() - np.roll(points(), 1, axis=0), p - np.roll(p, 1, axis=0)
    room = np.sum(dx * dp, -1)
    assert np.all(np.sum(dp**2, -1) <= room + ROUNDING * (1 + np.abs(room)))


@every_projection
def test_a_projection_is_feasible_and_the_way_back_leads_out(name):
    project = PROJECTIONS[name]
    x = points()
    p = project(x)
    assert all(FEASIBLE[name](row) for row in p)
    # Points of the set in general position: projections of other points, and means of those.
    others = np.roll(p, 17, axis=0)
    for q in (others, (others + np.roll(p, 40, axis=0)) / 2):
        corner = np.sum((x - p) * (q - p), axis=-1)
        sizes = np.linalg.norm(x - p, axis=-1) * np.linalg.norm(q - p, axis=-1)
        assert np.all(corner <= ROUNDING * (1 + sizes))


@every_projection
def test_a_point_of_the_set_stays_where_it_is(name):
    p = PROJECTIONS[name](points())
    np.testing.assert_allclose(PROJECTIONS[name](p), p, atol=ROUNDING)


@pytest.mark.parametrize("name", ["nonnegative", "box", "l2_ball", "l1_ball", "halfspace"])
def test_a_point_inside_stays_exactly(name):
    inside = {"nonnegative": np.ones(N), "halfspace": -5 * NORMAL}.get(name, np.full(N, -0.2))
    inside = np.abs(inside) * [0, 1, 1, 1, 1] if name == "box" else inside
    np.testing.assert_array_equal(PROJECTIONS[name](inside), inside)


@every_one
def test_leading_axes_are_independent_and_nothing_is_written(name):
    x = points()[:12]
    x.setflags(write=False)
    together = ALL[name](x.reshape(3, 4, N), 0.5)
    assert not np.shares_memory(together, x)
    alone = np.array([ALL[name](row, 0.5) for row in x]).reshape(3, 4, N)
    np.testing.assert_allclose(together, alone, atol=1e-13)  # sums in another order


@every_one
def test_whole_numbers_are_numbers(name):
    whole = [3, -1, 0, 2, 5]
    np.testing.assert_array_equal(ALL[name](whole, 1), ALL[name](np.array(whole, float), 1.0))


@pytest.mark.parametrize(
    "name", ["l1", "l2", "l2_squared", "huber", "nonnegative", "l2_ball", "l1_ball", "simplex"]
)
def test_single_precision_stays_single(name):
    assert ALL[name](points().astype(np.float32), 0.5).dtype == np.float32


@every_prox
def test_a_step_of_zero_stays(name):
    np.testing.assert_allclose(PROXES[name][0](points(), 0.0), points(), atol=1e-13)


@pytest.mark.parametrize("name", ["l1", "l2_squared", "huber"])
def test_steps_may_differ_between_entries(name):
    prox, steps = PROXES[name][0], np.linspace(0.1, 2, N)
    x = points()[3]
    alone = [prox(x[j : j + 1], steps[j])[0] for j in range(N)]
    np.testing.assert_array_equal(prox(x, steps), alone)


@pytest.mark.parametrize(
    ("prox", "conjugate"),
    [
        (soft_threshold, lambda y, t: project_box(y, -1, 1)),
        (prox_l2, lambda y, t: project_l2_ball(y)),
        (prox_l2_squared, lambda y, t: y / (1 + t / 2)),  # the conjugate is ‖y‖²/4
        (lambda x, t: project_nonnegative(x), lambda y, t: -project_nonnegative(-y)),
        # φ* is y²/4 on [-2M, 2M] and infinite outside: a square's prox, cut off.
        (lambda x, t: prox_huber(x, t, 0.7), lambda y, t: project_box(y / (1 + t / 2), -1.4, 1.4)),
    ],
    ids=["l1", "l2", "l2_squared", "nonnegative", "huber"],
)
@pytest.mark.parametrize("step", STEPS)
def test_the_prox_of_a_conjugate(prox, conjugate, step):
    expected = conjugate(points(), step)
    np.testing.assert_allclose(conjugate_prox(prox, points(), step), expected, atol=ROUNDING)


@every_one
def test_a_point_is_the_sum_of_two_proxes(name):
    """Moreau's identity, with the conjugate of the conjugate for the function itself."""

    prox, t = ALL[name], 0.6

    def prox_of_conjugate(y, s):
        return conjugate_prox(prox, y, s)

    parts = prox(points(), t) + t * prox_of_conjugate(points() / t, 1 / t)
    np.testing.assert_allclose(parts, points(), atol=ROUNDING)
    back = conjugate_prox(prox_of_conjugate, points(), t)
    np.testing.assert_allclose(back, prox(points(), t), atol=ROUNDING)


def test_soft_threshold_by_hand():
    result = soft_threshold([3.0, 1.0, 0.5, 0.0, -1.0, -4.0], 1.0)
    np.testing.assert_array_equal(result, [2, 0, 0, 0, 0, -3])
    assert soft_threshold(-3.0, 1.0) == -2


def test_a_group_vanishes_as_a_whole_or_keeps_its_direction():
    p = prox_l2([[3.0, 4.0], [0.0, 0.0], [0.6, 0.8]], 1.0)
    np.testing.assert_allclose(p, [[2.4, 3.2], [0, 0], [0, 0]], atol=1e-15)
    weighted = prox_l2([[3.0, 4.0], [3.0, 4.0]], [[5.0], [2.5]])
    np.testing.assert_allclose(weighted, [[0, 0], [1.5, 2.0]], atol=1e-15)


def test_huber_joins_a_square_and_a_line_smoothly():
    M, h = 0.7, 1e-6
    np.testing.assert_allclose(huber([M - h, M + h], M), [(M - h) ** 2, M**2 + 2 * M * h])
    assert huber(-2.0, M) == huber(2.0, M) == pytest.approx(2 * M * 2 - M**2)


def test_least_squares_prox_solves_its_equations():
    x = points()
    for step in STEPS:
        p = prox_least_squares(MATRIX, TARGET)(x, step)
        slope = 2 * (p @ MATRIX.T - TARGET) @ MATRIX + (p - x) / step
        assert np.abs(slope).max() <= 1e-9  # residuals of size 1e3, divided by 0.01


def test_least_squares_prox_factorizes_once(monkeypatch):
    calls, svd = [], np.linalg.svd
    monkeypatch.setattr(np.linalg, "svd", lambda *a, **k: calls.append(1) or svd(*a, **k))
    prox = prox_least_squares(MATRIX, TARGET)
    for step in STEPS:
        prox(points(), step)
    assert len(calls) == 1


def test_simplex_takes_the_same_from_all_that_remain():
    for x in points():
        p = project_simplex(x)
        taken = (x - p)[p > 0]
        assert np.ptp(taken) <= ROUNDING
        assert np.all(x[p == 0] <= taken[0] + ROUNDING)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ([5.0], [1.0]),
        ([-3.0, -3.0], [0.5, 0.5]),  # a negative sum, a tie
        ([1.0, 1.0, 0.0], [0.5, 0.5, 0.0]),
        ([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]),
        ([1e9 + 0.25, 1e9 - 0.25], [0.75, 0.25]),  # both numbers are exact
        ([1e300, -1e300], [1.0, 0.0]),
    ],
)
def test_simplex_by_hand(point, expected):
    np.testing.assert_allclose(project_simplex(point), expected, atol=1e-15)


def test_the_l1_ball_is_a_soft_threshold_from_outside():
    x = np.array([3.0, -2.0, 0.1])
    p = project_l1_ball(x, 2.0)
    np.testing.assert_allclose(p, soft_threshold(x, 1.5), atol=1e-15)  # (1.5 + 0.5) is 2


def test_an_infinite_bound_does_not_bound():
    np.testing.assert_array_equal(project_box([-5.0, 5.0], -np.inf, [np.inf, 1.0]), [-5, 1])


def test_equations_that_repeat_each_other_are_no_trouble_but_contradictions_are():
    doubled = np.concatenate([MATRIX, 2 * MATRIX])
    p = project_affine(points(), doubled, np.concatenate([TARGET, 2 * TARGET]))
    np.testing.assert_allclose(p, PROJECTIONS["affine"](points()), atol=ROUNDING)
    with pytest.raises(ValueError, match=r"^b must"):
        project_affine(points(), doubled, np.concatenate([TARGET, TARGET]))


def test_consensus_is_nearest_among_those_that_agree():
    x = points()[:4]
    p = project_consensus(x)
    assert np.all(p == p[0])
    np.testing.assert_allclose(np.sum(x - p, axis=0), 0, atol=1e-14)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: soft_threshold([1.0, 2.0], -0.1), "threshold"),
        (lambda: soft_threshold([1.0, 2.0], [1.0, 1.0, 1.0]), "threshold"),
        (lambda: prox_l2([[1.0, 2.0]], [[1.0, 1.0]]), "step"),
        (lambda: prox_l2(1.0, 1.0), "point"),
        (lambda: prox_huber([1.0], 1.0, M=0.0), "M"),
        (lambda: prox_least_squares(MATRIX, TARGET)(np.ones(N), np.ones(N)), "step"),
        (lambda: conjugate_prox(prox_l2, [1.0], 0.0), "step"),
        (lambda: project_box([1.0], 2.0, 1.0), "low"),
        (lambda: project_box([1.0], np.inf, np.inf), "low"),
        (lambda: project_simplex([1.0], total=-1.0), "total"),
        (lambda: project_l1_ball([1.0], radius=0.0), "radius"),
        (lambda: project_halfspace([1.0], [0.0], 1.0), "normal"),
        (lambda: project_affine([1.0, 2.0], MATRIX, TARGET), "A"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        call()
