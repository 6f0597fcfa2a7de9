"""ADMM, PDHG and projections in turn: their limits, certificates and rates."""

from itertools import islice, pairwise

import numpy as np
import pytest

from optedu.convex import (
    admm,
    alternating_projections,
    coordinate_descent,
    diagonal_steps,
    dykstra,
    huber,
    pdhg,
    project_affine,
    project_box,
    project_consensus,
    project_halfspace,
    project_l2_ball,
    project_nonnegative,
    prox_huber,
    prox_l2,
    prox_least_squares,
    soft_threshold,
    solve,
)
from optedu.descent import measure_rate
from tests.lab_problems import (
    ADVERTISING_OPTIMUM,
    Diet,
    advertising,
    differences,
    differences_adjoint,
    image_with_noise,
    lasso,
    line_with_outliers,
    picture_with_holes,
    small_lasso,
    total_variation,
)


def lasso_by_admm(problem, **options):
    prox_f = prox_least_squares(problem.A, problem.b)
    return admm(prox_f, problem.prox, np.zeros(problem.A.shape[1]), **options)


def assert_solves_lasso(problem, x, tol):
    """Assert that the slopes are within the weight, and at it on the support."""
    slope = 2 * problem.A.T @ (problem.A @ x - problem.b)
    assert np.abs(slope).max() <= problem.weight + tol
    np.testing.assert_allclose(slope[x != 0], -problem.weight * np.sign(x[x != 0]), atol=tol)


@pytest.mark.parametrize("prox_step", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("relaxation", [1.0, 1.6])
def test_admm_solves_the_lasso_whatever_its_step(prox_step, relaxation):
    problem = small_lasso()
    it = solve(lasso_by_admm(problem, prox_step=prox_step, relaxation=relaxation), tol=1e-9)
    # Slopes at the copy differ from those at x by the smoothness, about 80, times the residual.
    assert_solves_lasso(problem, it.copy, tol=1e-7)
    slope = 2 * problem.A.T @ (problem.A @ it.params - problem.b)
    np.testing.assert_allclose(it.dual, -slope, atol=1e-8)  # the dual residual says so


def test_admm_solves_a_lasso_that_is_short_of_equations():
    problem = lasso()
    it = solve(lasso_by_admm(problem, prox_step=0.05), tol=1e-8)
    best = solve(coordinate_descent(problem.A, problem.b, problem.weight), tol=1e-10)
    assert problem.objective(it.copy) == pytest.approx(best.objective, abs=1e-7)


@pytest.mark.parametrize("relaxation", [1.0, 1.6])
def test_admm_s_residuals_are_what_the_conditions_miss(relaxation):
    """Both residuals from f and g themselves: nothing of the method's own variables is used."""
    problem = small_lasso()
    for it in islice(lasso_by_admm(problem, prox_step=0.05, relaxation=relaxation), 1, 15):
        assert it.primal_residual == pytest.approx(np.linalg.norm(it.params - it.copy), rel=1e-9)
        slope_f = 2 * problem.A.T @ (problem.A @ it.params - problem.b)
        assert it.dual_residual == pytest.approx(np.linalg.norm(slope_f + it.dual), rel=1e-6)
        on = it.copy != 0
        np.testing.assert_allclose(it.dual[on], problem.weight * np.sign(it.copy[on]), rtol=1e-9)
        assert np.abs(it.dual).max() <= problem.weight * (1 + 1e-9)


def test_without_relaxation_the_dual_residual_is_the_copy_s_last_move():
    records = list(islice(lasso_by_admm(small_lasso(), prox_step=0.05), 12))
    for before, it in pairwise(records):
        moved = np.linalg.norm(it.copy - before.copy) / 0.05
        assert it.dual_residual == pytest.approx(moved, rel=1e-6)  # a difference of near numbers


def test_consensus_of_three_is_the_whole():
    """Three parties hold the rows of a lasso; they agree on its solution."""
    problem = small_lasso()
    parts = [prox_least_squares(problem.A[i::3], problem.b[i::3]) for i in range(3)]

    def prox_f(copies, step):
        return np.stack([part(copy, step) for part, copy in zip(parts, copies, strict=True)])

    def prox_g(copies, step):
        return soft_threshold(project_consensus(copies), problem.weight * step / 3)

    it = solve(admm(prox_f, prox_g, np.zeros((3, 8)), prox_step=0.1), tol=1e-9)
    assert np.all(it.copy == it.copy[0])
    assert_solves_lasso(problem, it.copy[0], tol=1e-7)


def test_admm_with_an_operator_fits_huber_s_line():
    """f is nothing and g the Huber loss of Ax - b, so the x step is least squares."""
    A, b = line_with_outliers()
    it = solve(
        admm(
            lambda target, step: np.linalg.lstsq(A, target)[0],
            lambda z, step: b + prox_huber(z - b, step, M=0.1),
            np.zeros(2),
            operator=lambda x: A @ x,
            adjoint=lambda z: A.T @ z,
            objective=lambda x, z: huber(A @ x - b, M=0.1).sum(),
        ),
        tol=1e-9,
    )
    slope = A.T @ np.clip(2 * (A @ it.params - b), -0.2, 0.2)
    assert np.linalg.norm(slope) <= 1e-7  # up to 30 residuals that differ by the primal one
    assert it.objective == pytest.approx(1.76870324, abs=1e-8)  # as the lab states it


def denoising(weight=0.3):
    """Return PDHG's arguments for min ‖x - image‖² + weight TV(x), with objective and bound."""
    image = image_with_noise()
    step = 1 / np.sqrt(8)  # ‖K‖² is below 8: four neighbors, each counted twice

    def bound(y):
        back = differences_adjoint(y)
        return float(np.vdot(back, image) - np.sum(back**2) / 4)

    return image, {
        "prox_f": lambda x, t: (x + 2 * t * image) / (1 + 2 * t),
        "prox_g": lambda z, t: prox_l2(z, weight * t),
        "operator": differences,
        "adjoint": differences_adjoint,
        "params": image,
        "primal_step": step,
        "dual_step": step,
        "objective": lambda x: float(np.sum((x - image) ** 2)) + weight * total_variation(x),
        "bound": bound,
    }


def test_pdhg_s_gap_bounds_the_error_of_a_denoised_image():
    image, problem = denoising()
    records = list(islice(pdhg(**problem), 400))
    best = min(it.objective for it in records)
    for it in records:
        lengths = np.linalg.norm(it.dual, axis=-1)
        assert lengths.max() <= 0.3 * (1 + 1e-12)  # so every bound is one
        assert it.gap >= it.objective - best - 1e-12
    assert records[-1].gap <= 1e-6 * best
    # Noise costs variation, and the mean is free.
    assert total_variation(records[-1].params) < total_variation(image) / 2
    assert records[-1].params.mean() == pytest.approx(image.mean(), abs=1e-6)


def test_admm_and_pdhg_denoise_alike():
    image, problem = denoising()
    by_pdhg = solve(pdhg(**problem), tol=1e-7)
    K = np.stack([differences(e).ravel() for e in np.eye(image.size).reshape(-1, *image.shape)], 1)

    step = 0.5
    inverse = np.linalg.inv(2 * np.eye(image.size) + K.T @ K / step)

    def prox_f(target, step):
        """Solve the equations (2 I + K'K / step) x = 2 image + K'target / step."""
        right = 2 * image + differences_adjoint(target) / step
        return (inverse @ right.ravel()).reshape(image.shape)

    by_admm = solve(
        admm(prox_f, problem["prox_g"], image, step, differences, differences_adjoint), tol=1e-7
    )
    # ‖x - image‖² is 2-strongly convex: points are within the residuals of each other.
    np.testing.assert_allclose(by_admm.params, by_pdhg.params, atol=1e-6)


def test_denoising_does_not_know_left_from_top():
    image, problem = denoising()
    turned = dict(problem)
    turned["params"] = image.T + 5.0
    turned["prox_f"] = lambda x, t: (x + 2 * t * (image.T + 5)) / (1 + 2 * t)
    ours, theirs = (
        solve(pdhg(**problem), tol=1e-8),
        solve(pdhg(**turned | {"objective": None, "bound": None}), tol=1e-8),
    )
    np.testing.assert_allclose(theirs.params.T - 5, ours.params, atol=1e-7)


def test_pdhg_fills_holes_and_keeps_known_pixels():
    picture, known = picture_with_holes()

    def prox_f(x, step):
        return np.where(known, picture, project_box(x, 0, 1))

    def bound(y):
        """Return the least y·Kx over pictures from 0 to 1 with the known pixels."""
        back = differences_adjoint(y)
        return float(np.sum(np.where(known, back * picture, np.minimum(back, 0))))

    run = pdhg(
        prox_f,
        prox_l2,
        differences,
        differences_adjoint,
        np.where(known, picture, 0.5),
        primal_step=0.1 / np.sqrt(8),
        dual_step=10 / np.sqrt(8),
        objective=total_variation,
        bound=bound,
    )
    it = next(it for it in run if it.gap <= 1e-4 * it.objective or it.step == 3000)
    assert it.step < 3000
    assert np.all(it.params[known] == picture[known])
    filled = np.sqrt(np.mean((it.params - picture)[~known] ** 2))
    assert filled < 0.5 * np.std(picture)


def test_pdhg_finds_the_cheapest_diet_and_prices_prove_it():
    diet, N = Diet(), Diet.nutrients
    primal_step, dual_step = diagonal_steps(N, balance=10.0)
    it = solve(
        pdhg(
            lambda x, t: project_nonnegative(x - t * diet.prices),
            lambda z, t: np.maximum(z, diet.needs),
            lambda x: N @ x,
            lambda y: N.T @ y,
            np.zeros(2),
            primal_step,
            dual_step,
            objective=lambda x: diet.prices @ x,
            bound=lambda y: -diet.needs @ y,
        ),
        tol=1e-9,
    )
    # Make both feasible: scale the diet up to the needs, and the nutrients' prices down.
    diet_bought = it.params * np.max(diet.needs / (N @ it.params))
    nutrient_prices = -it.dual / max(1, np.max(-N.T @ it.dual / diet.prices))
    assert np.all(nutrient_prices >= 0)
    cost, bound = diet.prices @ diet_bought, diet.needs @ nutrient_prices
    assert bound <= 775 / 6 * (1 + 1e-15) <= cost * (1 + 2e-15)  # 775/6 is 129.1666667
    assert cost - bound <= 1e-5
    np.testing.assert_allclose(it.params, [62.5, 800 / 3], rtol=1e-8)
    assert it.dual[2] == 0  # the third need is met with more to spare, and is free
    assert abs(it.gap) <= 1e-6


def test_pdhg_sells_advertisements_to_a_certified_revenue():
    ads = advertising()
    K, lowest = ads.matrix, np.where(np.isinf(ads.budgets), 0.0, -np.inf)
    it = solve(
        pdhg(
            lambda x, t: project_box(x - t * ads.cost, lowest, ads.budgets),
            lambda z, t: np.minimum(z, ads.limits),
            lambda x: K @ x,
            lambda y: K.T @ y,
            np.zeros(K.shape[1]),
            *diagonal_steps(K, balance=30.0),
            objective=lambda x: ads.cost @ x,
        ),
        tol=1e-5,
    )
    assert np.all(K @ it.params <= ads.limits + 1e-5)  # as the dual residual says
    # Prices of all limits, and of the budgets what is left of each ad's unit of revenue.
    reduced = ads.cost + K.T @ it.dual
    assert np.all(it.dual >= 0)
    displays, revenues = np.isinf(ads.budgets), ~np.isinf(ads.budgets)
    assert np.all(reduced[displays] >= -1e-5)
    assert np.all(reduced[revenues] <= 1e-5)
    bound = ads.limits @ it.dual - np.minimum(reduced, 0)[revenues] @ ads.budgets[revenues]
    assert -it.objective == pytest.approx(bound, abs=1e-4)  # residuals times sums of displays
    assert -it.objective == pytest.approx(ADVERTISING_OPTIMUM, abs=1e-5)


def test_pdhg_s_residuals_are_what_the_conditions_miss():
    problem = small_lasso()
    A, b, weight = problem.A, problem.b, problem.weight
    step = 1 / np.linalg.norm(A, 2)
    run = pdhg(
        problem.prox,
        lambda z, t: (z + 2 * t * b) / (1 + 2 * t),
        lambda x: A @ x,
        lambda y: A.T @ y,
        np.zeros(8),
        step,
        step,
    )
    for it in islice(run, 1, 12):
        # g* has the slope b + y/2, and f the slope weight sign(x) where x is not zero.
        missing = A @ it.params - (b + it.dual / 2)
        assert it.dual_residual == pytest.approx(np.linalg.norm(missing), rel=1e-9)
        on = it.params != 0
        least = np.linalg.norm((A.T @ it.dual + weight * np.sign(it.params))[on])
        assert it.primal_residual >= least * (1 - 1e-9)
    done = solve(run, tol=1e-9)
    assert_solves_lasso(problem, done.params, tol=1e-7)  # the smoothness times the residual


def test_steps_that_are_too_long_are_found_out():
    problem = small_lasso()
    A = problem.A
    run = pdhg(
        problem.prox,
        lambda z, t: (z + 2 * t * problem.b) / (1 + 2 * t),
        lambda x: A @ x,
        lambda y: A.T @ y,
        np.zeros(8),
        2 / np.linalg.norm(A, 2),
        2 / np.linalg.norm(A, 2),
    )
    with pytest.raises(ValueError, match=r"primal_step .* must"):
        solve(run, tol=1e-9)


@pytest.mark.parametrize(
    "wrong", [lambda y: -differences_adjoint(y), lambda y: differences_adjoint(y[..., ::-1])]
)
def test_a_wrong_adjoint_is_found_out(wrong):
    image, problem = denoising()
    with pytest.raises(ValueError, match="adjoint must be the adjoint"):
        next(pdhg(**problem | {"adjoint": wrong}))
    with pytest.raises(ValueError, match="adjoint must be the adjoint"):
        next(admm(prox_l2, prox_l2, image, operator=differences, adjoint=wrong))
    with pytest.raises(ValueError, match=r"adjoint, .* must be a function"):
        next(admm(prox_l2, prox_l2, image, operator=differences))


@pytest.mark.parametrize("balance", [0.1, 1.0, 30.0])
def test_diagonal_steps_are_as_long_as_is_safe(balance):
    K = np.random.RandomState(0).randn(6, 4) * 10.0 ** np.arange(-3, 3)[:, None]
    K[:, 1] = 0
    primal_step, dual_step = diagonal_steps(K, balance)
    scaled = np.sqrt(dual_step)[:, None] * K * np.sqrt(primal_step)
    assert np.linalg.norm(scaled, 2) <= 1 + 1e-12
    ones = np.abs(np.ones((3, 3)))
    primal_step, dual_step = diagonal_steps(ones, balance)
    assert primal_step[0] * dual_step[0] * np.linalg.norm(ones, 2) ** 2 == pytest.approx(1)


LINES = [([[2.0, 1.0]], [4.0]), ([[-1.0, 5.0]], [0.0])]  # 6.12


def project_on_lines():
    return [lambda p, A=A, b=b: project_affine(p, A, b) for A, b in LINES]


def test_alternating_projections_close_in_by_the_squared_cosine():
    meet = np.linalg.solve([[2, 1], [-1, 5]], [4, 0])
    cosine = np.dot([2, 1], [-1, 5]) / np.sqrt(5 * 26)
    errors = [
        np.linalg.norm(it.params - meet)
        for it in islice(alternating_projections(project_on_lines(), [3.0, -1.0]), 1, 12)
    ]
    assert measure_rate(errors) == pytest.approx(cosine**2, rel=1e-6)  # .0692308


def test_alternating_projections_say_when_sets_have_no_common_point():
    apart = [
        lambda p: project_halfspace(p, [1.0, 0.0], -1.0),
        lambda p: project_halfspace(p, [-1.0, 0.0], -1.0),
    ]
    it = next(islice(alternating_projections(apart, [0.3, 2.0]), 50, None))
    assert it.residual == pytest.approx(2)  # the distance between the half-spaces


def test_dykstra_finds_the_nearest_common_point_where_alternating_finds_another():
    """The half disk below the axis: its corner is nearest, its edge is what two projections hit."""
    sets = [project_l2_ball, lambda p: project_halfspace(p, [0.0, 1.0], 0.0)]
    nearest = solve(dykstra(sets, [2.0, 1.0]), tol=1e-9)
    np.testing.assert_allclose(nearest.params, [1, 0], atol=1e-8)  # ten times the residual
    assert nearest.objective == pytest.approx((1 + 1) / 2, abs=1e-7)
    other = solve(alternating_projections(sets, [2.0, 1.0]), tol=1e-9)
    np.testing.assert_allclose(other.params, [2 / np.sqrt(5), 0], atol=1e-15)


def test_dykstra_projects_on_a_polyhedron():
    """The conditions of the nearest point, with multipliers found by least squares."""
    draw = np.random.RandomState(4)
    normals, offsets = draw.randn(4, 3), draw.uniform(0.5, 1, 4)
    start = 5 * draw.randn(3)
    sets = [
        lambda p, a=a, c=c: project_halfspace(p, a, c)
        for a, c in zip(normals, offsets, strict=True)
    ]
    it = solve(dykstra(sets, start), tol=1e-10)
    assert np.all(normals @ it.params <= offsets + 1e-9)
    tight = normals[normals @ it.params >= offsets - 1e-7]
    multipliers, *_ = np.linalg.lstsq(tight.T, start - it.params)
    assert np.all(multipliers >= -1e-7)
    np.testing.assert_allclose(tight.T @ multipliers, start - it.params, atol=1e-7)


def test_on_lines_dykstra_and_alternating_agree():
    """Corrections at right angles to a line do not change what is projected on it."""
    both = zip(
        islice(dykstra(project_on_lines(), [3.0, -1.0]), 8),
        islice(alternating_projections(project_on_lines(), [3.0, -1.0]), 8),
        strict=True,
    )
    for ours, theirs in both:
        np.testing.assert_allclose(ours.params, theirs.params, atol=1e-13)


def test_a_start_in_all_sets_is_the_answer():
    (only,) = dykstra([project_nonnegative, lambda p: project_l2_ball(p, 5.0)], [1.0, 2.0])
    assert (only.step, only.objective, only.residual) == (0, 0, 0)


@pytest.mark.parametrize("projections", [[], project_nonnegative, [3.0], [lambda p: p[:1]]])
def test_sets_without_projections_are_refused(projections):
    with pytest.raises(ValueError, match=r"^projections must"):
        next(dykstra(projections, [1.0, 2.0]))
