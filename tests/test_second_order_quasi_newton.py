"""BFGS and L-BFGS against the equations they stand for, and at the end against rounding."""

from itertools import islice, pairwise, takewhile

import numpy as np
import pytest

from optedu.descent import follow
from optedu.models import Logistic
from optedu.problems import PROBLEMS, Problem, quadratic, rosenbrock
from optedu.second_order import bfgs, bfgs_update, lbfgs, two_loop

METHODS = (bfgs, lbfgs)


def extended_rosenbrock(n):
    """Return n/2 Rosenbrock functions side by side, from a start that tells them apart."""
    plane = rosenbrock()

    def value_and_grad(x):
        pairs = x.reshape(-1, 2)
        return float(np.sum(plane.value(pairs))), plane.grad(pairs).ravel()

    start = np.tile([-1.2, 1.0], n // 2) + 0.1 * np.random.RandomState(0).randn(n)
    return value_and_grad, start


def random_quadratic(n, condition=100.0, seed=0):
    rng = np.random.RandomState(seed)
    Q, _ = np.linalg.qr(rng.randn(n, n))
    A = Q @ np.diag(np.geomspace(1, condition, n)) @ Q.T
    return quadratic((A + A.T) / 2, rng.randn(n))


def random_pairs(n, count, seed=0):
    """Return pairs (s, y) of a quadratic, so that s'y > 0."""
    A = random_quadratic(n, seed=seed).hessian(np.zeros(n))
    return [(s, A @ s) for s in np.random.RandomState(seed).randn(count, n)]


def pairs_of(iterates):
    points = [(it.params, it.grads) for it in iterates]
    return [(x1 - x0, g1 - g0) for (x0, g0), (x1, g1) in pairwise(points)]


def dense(pairs, n):
    """Return the H that BFGS makes of the pairs, beginning with γ I of the last."""
    s, y = pairs[-1]
    H = np.eye(n) * (s @ y) / (y @ y)
    for s, y in pairs:
        H = bfgs_update(H, s, y)
    return H


class TestUpdate:
    def test_satisfies_the_secant_equation_and_stays_symmetric_positive_definite(self):
        H = np.eye(8)
        for s, y in random_pairs(8, 20):
            H = bfgs_update(H, s, y)
            # Rounding grows with the condition number, here 100, over twenty updates.
            np.testing.assert_allclose(H @ y, s, atol=1e-10)
            np.testing.assert_allclose(H, H.T, atol=1e-13)
            assert np.linalg.eigvalsh(H)[0] > 0

    def test_is_the_inverse_of_the_direct_update(self):
        H = np.linalg.inv(random_quadratic(6, seed=3).hessian(np.zeros(6)))
        H, B = (H + H.T) / 2, np.linalg.inv(H)
        for s, y in random_pairs(6, 3, seed=1):
            Bs = B @ s
            B = B - np.outer(Bs, Bs) / (s @ Bs) + np.outer(y, y) / (s @ y)
            H = bfgs_update(H, s, y)
        np.testing.assert_allclose(H @ B, np.eye(6), atol=1e-10)  # two condition numbers of 100

    @pytest.mark.parametrize("y", [[-1.0, 0.0], [0.0, 1.0]])
    def test_without_positive_curvature_nothing_changes(self, y):
        H = np.array([[2.0, 1.0], [1.0, 3.0]])
        np.testing.assert_array_equal(bfgs_update(H, [1.0, 0.0], y), H)

    def test_writes_into_nothing_it_is_given(self):
        H, s, y = np.eye(2), np.ones(2), np.ones(2)
        for array in (H, s, y):
            array.setflags(write=False)
        assert not np.shares_memory(bfgs_update(H, s, y), H)
        assert not np.shares_memory(bfgs_update(H, s, -y), H)


class TestTwoLoop:
    def test_one_pair_by_hand(self):
        # ρ = 1/2, α = ρ s'g = 1/2 · 3, q = g - α y; γ = s'y / y'y = 2/4, then + (α - ρ y'γq) s.
        s, y, g = np.array([1.0, 0.0]), np.array([2.0, 0.0]), np.array([3.0, 5.0])
        np.testing.assert_allclose(two_loop(g, [(s, y)]), [1.5, 2.5])

    def test_without_pairs_it_is_the_gradient(self):
        np.testing.assert_array_equal(two_loop([1.0, 2.0], []), [1.0, 2.0])

    @pytest.mark.parametrize("count", [1, 2, 5, 12])
    def test_is_the_dense_product(self, count):
        pairs, g = random_pairs(8, count), np.random.RandomState(9).randn(8)
        expected = dense(pairs, 8) @ g
        # Each pair multiplies rounding by up to the root of the condition number 100.
        np.testing.assert_allclose(two_loop(g, pairs), expected, atol=1e-10)

    def test_refuses_pairs_without_curvature(self):
        with pytest.raises(ValueError, match="pairs must have positive curvature"):
            two_loop([1.0, 1.0], [([1.0, 0.0], [-1.0, 0.0])])


def alignment(direction, expected):
    """Return how far two directions are from parallel."""
    unit = direction / np.linalg.norm(direction)
    return np.linalg.norm(unit - expected / np.linalg.norm(expected))


def test_bfgs_goes_where_its_equation_says():
    it = list(islice(bfgs(rosenbrock().value_and_grad, [-1.2, 1.0]), 36))
    pairs = pairs_of(it)
    (s, y), H = pairs[0], None
    for k, (step, _) in enumerate(pairs):
        if k:
            H = np.eye(2) * (s @ y) / (y @ y) if H is None else H
            H = bfgs_update(H, *pairs[k - 1])
            # Two ways to add up the same terms; H has condition numbers of 2500 here.
            assert alignment(step, -H @ it[k].grads) < 1e-9
        else:
            assert alignment(step, -it[0].grads) < 1e-12


@pytest.mark.parametrize("memory", [1, 3, 10])
def test_lbfgs_goes_where_the_two_loops_of_its_last_pairs_point(memory):
    """Also after hundreds of steps: what the compact form adds up does not drift."""
    run = lbfgs(*extended_rosenbrock(40), memory=memory)
    it = list(takewhile(lambda i: np.linalg.norm(i.grads) > 1e-6, run))
    pairs = pairs_of(it)
    assert len(pairs) > 100
    errors = [
        alignment(pairs[k][0], -two_loop(it[k].grads, pairs[max(0, k - memory) : k]))
        for k in range(1, len(pairs))
    ]
    # Products with y are differences of products with gradients, which may be a million times
    # as long near the end.
    assert max(errors) < 1e-6
    assert np.median(errors) < 1e-11


def test_with_a_memory_of_all_pairs_lbfgs_ends_a_quadratic_in_n_steps():
    problem = random_quadratic(12, condition=10)
    run = lbfgs(problem.value_and_grad, problem.start, memory=12, c1=1e-10, c2=1e-9)
    assert np.linalg.norm(list(islice(run, 13))[-1].grads) < 1e-8


def test_with_an_exact_search_bfgs_ends_a_quadratic_in_n_steps_and_knows_the_inverse():
    n = 12
    problem = random_quadratic(n, condition=10)
    it = list(islice(bfgs(problem.value_and_grad, problem.start, c1=1e-10, c2=1e-9), n + 1))
    np.testing.assert_allclose(it[-1].params, problem.minimizer, rtol=1e-8)
    s, y = pairs_of(it)[0]
    H = np.eye(n) * (s @ y) / (y @ y)
    for pair in pairs_of(it):
        H = bfgs_update(H, *pair)
    # The search leaves 1e-9 of each slope, and twelve steps add that up.
    np.testing.assert_allclose(H @ problem.hessian(it[0].params), np.eye(n), atol=1e-6)


def test_bfgs_converges_superlinearly():
    it = [i for i in bfgs(rosenbrock().value_and_grad, [-1.2, 1.0]) if i.loss > 1e-25]
    errors = np.array([np.linalg.norm(i.params - 1) for i in it])
    ratios = errors[1:] / errors[:-1]
    assert ratios[-3:].max() < 0.2
    assert ratios[-1] < ratios[-10:].mean() / 2


def test_rosenbrock_takes_about_forty_steps():
    for method in METHODS:
        steps = [it.step for it in method(rosenbrock().value_and_grad, [-1.2, 1.0])]
        assert 30 <= steps[-1] <= 45  # down to rounding; Newton's method needs 7


@pytest.mark.parametrize("method", METHODS)
def test_curvature_along_every_step_is_positive(method):
    pairs = pairs_of(islice(method(*extended_rosenbrock(10)), 60))
    assert all(s @ y > 0 for s, y in pairs)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [n for n in PROBLEMS if PROBLEMS[n]().minimizer is not None])
def test_each_problem_ends_at_a_point_without_gradient(name, method):
    problem = PROBLEMS[name]()
    *_, end = islice(method(problem.value_and_grad, problem.start), 500)
    scale = 1 + np.abs(problem.hessian(end.params)).max()
    assert np.linalg.norm(end.grads) < 1e-7 * scale
    assert np.all(np.isfinite(end.params))


@pytest.mark.parametrize("method", METHODS)
def test_bad_scaling_does_not_stop_the_search_before_rounding_does(method):
    """Curvatures from 1 to 1e4 and a loss near -1e4, whose rounding is 2e-12."""
    A = np.diag(np.geomspace(1, 1e4, 15))
    problem = quadratic(A, A @ np.ones(15))
    run = method(problem.value_and_grad, np.zeros(15))
    smallest = min(np.linalg.norm(it.grads) for it in islice(run, 3000))
    assert smallest < 1e-10


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_units_of_the_loss_do_not_matter(method, scale):
    plane = rosenbrock()
    *_, end = islice(
        method(lambda x: (scale * plane.value(x), scale * plane.grad(x)), [-1.2, 1.0]), 500
    )
    np.testing.assert_allclose(end.params, [1, 1], atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_run_ends_by_itself(method):
    rng = np.random.RandomState(0)
    X = rng.randn(60, 6)
    model = Logistic(X, (X @ rng.randn(6) + rng.randn(60) > 0).astype(int), l2=0.01)
    *_, end = islice(method(model.value_and_grad, np.zeros(6)), 1000)
    assert end.step < 400  # a hundred of them without progress
    assert np.linalg.norm(end.grads) < 1e-14  # the gradient is a mean of 60 numbers near 0.5


@pytest.mark.parametrize("method", METHODS)
def test_a_minimum_without_curvature_is_approached_until_numbers_underflow(method):
    """Gradients of x⁴ shrink like a cube, so y'y leaves the range of floats long before x."""
    *_, end = islice(method(lambda x: (float(np.sum(x**4)), 4 * x**3), [1.0, -2.0]), 2000)
    assert end.loss < 1e-200  # gradients of 1e-155, whose squares are 0


@pytest.mark.parametrize("method", METHODS)
def test_a_run_can_be_followed_to_a_tolerance(method):
    trace = follow(method(*extended_rosenbrock(10)), grad_tol=1e-6, progress=False)
    assert trace.converged
    assert trace.grad_norms[-1] <= 1e-6 < trace.grad_norms[-2]


@pytest.mark.parametrize("method", METHODS)
def test_noise_in_the_gradients_ends_the_run_in_words(method):
    rng, problem = np.random.RandomState(0), rosenbrock()

    def noisy(x):
        return problem.value(x), problem.grad(x) + 0.1 * rng.randn(2)

    run = method(noisy, [-1.2, 1.0])
    for _ in range(1000):
        try:
            next(run)
        except StopIteration as end:
            why = end.value
            break
    assert why


@pytest.mark.parametrize("method", METHODS)
def test_infinite_losses_turn_the_run_back(method):
    barrier = Problem(
        "barrier",
        value=lambda x: np.sum(x - np.log(x), axis=-1),
        grad=lambda x: 1 - 1 / x,
        hessian=lambda x: np.apply_along_axis(np.diag, -1, 1 / x**2),
        start=[20.0, 0.01],
        minimizer=[1.0, 1.0],
        bounds=[[0, 2], [0, 2]],
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        *_, end = method(barrier.value_and_grad, barrier.start)
    np.testing.assert_allclose(end.params, 1, rtol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_single_precision_is_kept(method):
    def bowl(x):
        return np.float32(0.5) * np.sum(x * x * [1, 10], dtype=np.float32), (
            x * np.array([1, 10], np.float32)
        )

    run = list(islice(method(bowl, np.array([3, 4], np.float32)), 20))
    assert {it.params.dtype for it in run} == {np.dtype(np.float32)}
    assert np.linalg.norm(run[-1].grads) < 1e-4


@pytest.mark.parametrize("method", METHODS)
def test_two_runs_do_not_disturb_each_other(method):
    problem = rosenbrock()
    alone = [it.params for it in islice(method(problem.value_and_grad, [-1.2, 1.0]), 20)]
    one = method(problem.value_and_grad, [-1.2, 1.0])
    other = method(problem.value_and_grad, [2.0, 2.0])
    together = [a.params for a, _ in zip(islice(one, 20), other, strict=False)]
    np.testing.assert_array_equal(alone, together[: len(alone)])
