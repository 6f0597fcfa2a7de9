"""Chapter 4: what momentum does, beside what its two-term recurrence says."""

from itertools import islice

import numpy as np

from book.claims import claim
from book.conventions import run_form
from optedu.descent import GradientDescent, best_learning_rate, descend, measure_rate
from optedu.momentum import (
    AcceleratedGradient,
    Momentum,
    Nesterov,
    convert_velocity,
    descend_with_restart,
    optimal_heavy_ball,
    recurrence,
    spectral_radius,
    stability_limit,
    standard_nesterov,
)
from optedu.problems import diagonal_quadratic, lessard, plain_saddle, quadratic

KAPPAS = (10, 100, 1000)
ROOTS = {kappa: np.sqrt(kappa) for kappa in KAPPAS}


def path(value_and_grad, start, rule, steps):
    """Return the points of a run, the start first."""
    run = descend(value_and_grad, start, rule)
    return np.array([it.params for it in islice(run, steps + 1)])


def steps_until(iterates, reached):
    """Return the number of the first iterate that satisfies the predicate."""
    return next(it.step for it in iterates if reached(it))


@claim(
    "In a valley of condition number 100 the gradient points far from the minimizer. The mean of "
    "two gradients in a row points at it (degrees; the best fixed step).",
    expected={"one gradient": np.degrees(np.arccos(20 / 101)), "mean of two": 0.0},
    atol=1e-5,
    reason="Kantorovich's worst case, and an identity of the text; arccos near 1 loses half of "
    "the digits",
)
def two_gradients():
    problem = diagonal_quadratic([1.0, 100.0])
    start = np.array([10.0, 1.0])
    points = path(problem.value_and_grad, start, GradientDescent(best_learning_rate(100, 1)), 1)
    first, second = problem.grad(points)

    def angle(direction):
        cosine = direction @ start / np.linalg.norm(direction) / np.linalg.norm(start)
        return np.degrees(np.arccos(min(cosine, 1.0)))

    return {"one gradient": angle(first), "mean of two": angle((first + second) / 2)}


MEMORIES = (0.0, 0.5, 0.9, 0.99)


@claim(
    "Under a constant gradient of 1 a step becomes 1/(1 − μ) times as long as without momentum.",
    expected={f"μ={mu:g}": 1 / (1 - mu) for mu in MEMORIES},
    rtol=1e-9,
    reason="a geometric series; 0.99³⁰⁰⁰ is below 1e-13",
)
def effective_step():
    rule = Momentum(1.0, momentum=np.array(MEMORIES))
    points = path(lambda x: (x, np.ones(4)), np.zeros(4), rule, 3000)
    return {
        f"μ={mu:g}": length for mu, length in zip(MEMORIES, points[-2] - points[-1], strict=True)
    }


@claim(
    "From 0.9 to 0.99: at the same learning rate a constant gradient carries ten times as far. "
    "With α(1 − μ) kept, it carries as far as before (the step after 3000 updates).",
    expected={"α=0.1, μ=0.9": 1.0, "α=0.1, μ=0.99": 10.0, "α=0.01, μ=0.99": 1.0},
    rtol=1e-9,
    reason="α/(1 − μ); 0.99³⁰⁰⁰ is below 1e-13",
)
def same_learning_rate_more_momentum():
    alphas, mus = np.array([0.1, 0.1, 0.01]), np.array([0.9, 0.99, 0.99])
    rule = Momentum(alphas, momentum=mus)
    points = path(lambda x: (x, np.ones(3)), np.zeros(3), rule, 3000)
    names = [f"α={alpha:g}, μ={mu:g}" for alpha, mu in zip(alphas, mus, strict=True)]
    return dict(zip(names, points[-2] - points[-1], strict=True))


@claim(
    "Along a mode each step of the heavy ball multiplies the energy x² − p x x₋₁ + μ x₋₁² by μ, "
    "exactly: with μ = 1 there is no friction and the ball never rests.",
    expected={"μ=0.5": 0.5, "μ=0.9": 0.9, "μ=1": 1.0},
    rtol=1e-9,
    reason="an identity; 100 steps, rounding",
)
def friction():
    factors = {}
    for mu in (0.5, 0.9, 1.0):
        p, before, x = 1 + mu - 0.3, 1.0, 0.7

        def energy(x, before, p=p, mu=mu):
            return x**2 - p * x * before + mu * before**2

        start = energy(x, before)
        for _ in range(100):
            x, before = p * x - mu * before, x
        factors[f"μ={mu:g}"] = (energy(x, before) / start) ** (1 / 100)
    return factors


@claim(
    "Where a mode swings, its amplitude shrinks by √μ a step, whatever the learning rate "
    "(μ = 0.81).",
    expected={"αλ=0.1": 0.9, "αλ=1": 0.9, "αλ=3": 0.9},
    rtol=1e-9,
    reason="the square root of the energy's factor; rounding over 200 steps",
)
def swinging_modes():
    measured = {}
    for product in (0.1, 1.0, 3.0):
        rule = Momentum(product, momentum=0.81)
        p, q = recurrence(rule, 1.0)
        x = path(diagonal_quadratic([1.0]).value_and_grad, [1.0], rule, 200)[:, 0]
        energy = x[1:] ** 2 - p * x[1:] * x[:-1] - q * x[:-1] ** 2
        measured[f"αλ={product:g}"] = (energy[-1] / energy[0]) ** (0.5 / 199)
    return measured


@claim(
    "The largest αλ at which a mode still dies out, for μ = 0.9.",
    expected={
        "heavy ball": stability_limit(Momentum(momentum=0.9)),
        "Nesterov": stability_limit(Nesterov(momentum=0.9)),
    },
    atol=1e-3,
    reason="2(1 + μ) and (2 + 2μ)/(1 + 2μ); we try steps of 0.001",
)
def stability_limits():
    products = np.arange(1.0, 4.0, 1e-3)
    problem = diagonal_quadratic([1.0])
    limits = {}
    for name, kind in (("heavy ball", Momentum), ("Nesterov", Nesterov)):
        rule = kind(products[:, None], momentum=0.9)
        run = descend(problem.value_and_grad, np.ones((len(products), 1)), rule)
        with np.errstate(over="ignore", invalid="ignore"):  # most of them diverge
            sizes = [np.abs(it.params[:, 0]) for it in islice(run, 3001)]
        # A swing passes through zero, so we look at the largest of the last steps.
        grown = ~(np.max(sizes[-10:], axis=0) < np.max(sizes[:10], axis=0))
        limits[name] = products[np.argmax(grown)] - 0.5e-3
    return limits


@claim(
    "With the best parameters the heavy ball's error on a quadratic shrinks by "
    "(√κ − 1)/(√κ + 1) a step.",
    expected={f"κ={kappa}": (root - 1) / (root + 1) for kappa, root in ROOTS.items()},
    rtol=0.05,
    reason="a theorem of the chapter; the double root makes it k ρᵏ, and the factor k flattens the "
    "line, the more the fewer steps there are",
)
def rate_of_the_heavy_ball():
    return _rates(optimal_heavy_ball)


@claim(
    "With α = 1/L and μ = (√κ − 1)/(√κ + 1) Nesterov's error on a quadratic shrinks by "
    "1 − 1/√κ a step.",
    expected={f"κ={kappa}": 1 - 1 / root for kappa, root in ROOTS.items()},
    rtol=0.05,
    reason="a theorem of the chapter; the flattest mode has a double root, so it is k ρᵏ here too",
)
def rate_of_nesterov():
    return _rates(standard_nesterov)


def _rates(choose):
    measured = {}
    for kappa in KAPPAS:
        problem = diagonal_quadratic(np.geomspace(1, kappa, 20))
        points = path(problem.value_and_grad, np.ones(20), choose(kappa, 1), int(30 * kappa**0.5))
        measured[f"κ={kappa}"] = measure_rate(np.linalg.norm(points, axis=1))
    return measured


@claim(
    "The factor in front: after k = 200 steps the flattest mode is (1 + 2k/(√κ + 1)) ρᵏ.",
    expected={f"κ={kappa}": 1 + 400 / (root + 1) for kappa, root in ROOTS.items()},
    rtol=1e-6,
    reason="the double root from a start at rest, in closed form; at a double root rounding counts "
    "by its square root",
)
def double_root():
    factors = {}
    for kappa, root in ROOTS.items():
        problem = diagonal_quadratic([1.0, float(kappa)])
        points = path(problem.value_and_grad, [1.0, 0.0], optimal_heavy_ball(kappa, 1), 200)
        factors[f"κ={kappa}"] = points[-1, 0] / ((root - 1) / (root + 1)) ** 200
    return factors


@claim(
    "Rates on quadratics, κ = 100. With the same α = 1/L and μ = 0.9 Nesterov is a little faster; "
    "each tuned on its own, the heavy ball is.",
    expected={
        "heavy ball, same numbers": np.sqrt(0.9),
        "Nesterov, same numbers": np.sqrt(0.9 * 0.99),
        "heavy ball, tuned": 9 / 11,
        "Nesterov, tuned": 1 - 2 / np.sqrt(301),
    },
    rtol=0.01,
    reason="the largest roots, in closed form; a double root moves by the square root of rounding, "
    "and we search a grid of α and μ",
)
def nesterov_or_heavy_ball():
    curvatures = np.geomspace(1, 100, 40)

    def worst(kind, alpha, mu):
        return spectral_radius(kind(alpha, momentum=mu), curvatures).max(axis=-1)

    alpha, mu = np.linspace(0.002, 0.036, 171)[:, None, None], np.linspace(0, 0.95, 191)[:, None]
    return {
        "heavy ball, same numbers": worst(Momentum, 0.01, 0.9),
        "Nesterov, same numbers": worst(Nesterov, 0.01, 0.9),
        "heavy ball, tuned": worst(Momentum, alpha, mu).min(),
        "Nesterov, tuned": worst(Nesterov, alpha, mu).min(),
    }


@claim(
    "Nesterov's worst function, κ = 100: after k steps only k coordinates have moved, and no "
    "method's error is below ρᵏ times the first, ρ = (√κ − 1)/(√κ + 1) (three methods, 60 steps).",
    expected={"coordinates moved too early": 0, "errors below the bound": 0},
    reason="the theorem's two facts; both are exact",
)
def lower_bound():
    n, kappa, steps = 150, 100, 60
    chain = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    pull = (kappa - 1) / 4
    problem = quadratic(pull * chain + np.eye(n), pull * np.eye(n)[0])
    # The function has infinitely many coordinates. Sixty steps do not notice that we keep 150.
    minimizer = (9 / 11) ** np.arange(1, n + 1)
    early = below = 0
    for rule in (GradientDescent(2 / 101), optimal_heavy_ball(100, 1), standard_nesterov(100, 1)):
        points = path(problem.value_and_grad, np.zeros(n), rule, steps)
        errors = np.linalg.norm(points - minimizer, axis=1)
        below += np.sum(errors < (9 / 11) ** np.arange(steps + 1) * errors[0] * (1 - 1e-12))
        early += np.count_nonzero(np.triu(points[:, : steps + 1]))
    return {"coordinates moved too early": early, "errors below the bound": below}


@claim(
    "On the function of Lessard, Recht and Packard (L = 25, m = 1) the best heavy ball for "
    "quadratics runs into a cycle of three points; gradient descent and Nesterov converge.",
    expected={
        "first": 2592 / 1225,
        "second": 792 / 1225,
        "third": -2208 / 1225,
        "gradient descent": 0.0,
        "Nesterov": 0.0,
    },
    atol=1e-9,
    reason="three linear equations give the cycle; it attracts, so 600 steps reach it to rounding",
)
def heavy_ball_cycles():
    problem = lessard()

    def last(rule, steps=600):
        return path(problem.value_and_grad, [3.3], rule, steps)[-3:, 0]

    cycle = last(optimal_heavy_ball(25, 1))
    first = np.argmax(cycle)
    return {
        "first": cycle[first],
        "second": cycle[(first + 1) % 3],
        "third": cycle[(first + 2) % 3],
        "gradient descent": last(GradientDescent(1 / 25))[-1],
        "Nesterov": last(standard_nesterov(25, 1))[-1],
    }


@claim(
    "Nesterov keeps its promise, f(x) − f* ≤ (1 − 1/√κ)ᵏ (f(x₀) − f* + m/2 ‖x₀ − x*‖²), on that "
    "function and on two quadratics.",
    expected={"steps above the bound": 0},
    reason="a theorem of the chapter, for every k",
)
def nesterov_bound():
    above = 0
    for problem, smoothness, start in (
        (lessard(), 25, [3.3]),
        (diagonal_quadratic([1.0, 25.0]), 25, [1.0, 1.0]),
        (diagonal_quadratic(np.geomspace(1, 1000, 20)), 1000, np.ones(20)),
    ):
        rho = 1 - smoothness**-0.5
        first = problem.value(start) + 0.5 * np.sum(np.square(start))
        run = descend(problem.value_and_grad, start, standard_nesterov(smoothness, 1))
        for it in islice(run, 200):
            x = it.params - it.grads / smoothness
            above += problem.value(x) > rho ** (it.step + 1) * first * (1 + 1e-12)
    return {"steps above the bound": above}


def matrix_gaps(alpha, mu, decay_at, steps):
    """Return how far two spellings are apart on x²/2, from the powers of their matrices."""

    def points(matrices):
        state, shown = np.array([1.0, 0.0]), [1.0]
        for matrix in matrices:
            state = matrix @ state
            shown.append(state[0])
        return np.array(shown)

    rates = np.where(np.arange(steps) < decay_at, alpha, alpha / 10)
    of_steps = points([np.array([[1 - a, mu], [-a, mu]]) for a in rates])
    of_gradients = points([np.array([[1 - a, -a * mu], [1, mu]]) for a in rates])
    return np.abs(of_steps - of_gradients)


GAPS = matrix_gaps(0.01, 0.9, 20, 200)


@claim(
    "Two spellings of the heavy ball on x²/2, with α = 0.01 and μ = 0.9. Before the learning rate "
    "drops to a tenth, at step 20, they visit the same points. Afterwards they do not. Converting "
    "the velocity at the drop brings them together again.",
    expected={
        "largest gap before": 0.0,
        "gap one step after": GAPS[21],
        "largest gap after": GAPS.max(),
        "largest gap, converted": 0.0,
    },
    atol=1e-12,
    reason="products of the two spellings' matrices; rounding over 200 steps",
)
def schedule_splits():
    alpha, mu, drop, steps = 0.01, 0.9, 20, 200

    def halves(form, other=None):
        x, v = run_form(form, np.asarray, np.ones(1), np.zeros(1), alpha, mu, drop)
        v = v[-1]
        if other:
            v = convert_velocity(v, alpha, mu, form, other)
            v = convert_velocity(v, alpha / 10, mu, other, form)
        later, _ = run_form(form, np.asarray, x[-1], v, alpha / 10, mu, steps - drop)
        return np.concatenate([x, later[1:]])[:, 0]

    steps_inside, gradients_inside = halves("canonical"), halves("sum")
    gaps = np.abs(steps_inside - gradients_inside)
    mended = np.abs(steps_inside - halves("sum", other="canonical"))
    return {
        "largest gap before": gaps[: drop + 1].max(),
        "gap one step after": gaps[drop + 1],
        "largest gap after": gaps.max(),
        "largest gap, converted": mended.max(),
    }


@claim(
    "The same start velocity, handed as a number to two spellings, is not the same start: on x²/2 "
    "with α = 0.1, μ = 0.9, v = 1 their first points differ by μ(1 + α). Converted, they agree.",
    expected={"same number": 0.9 * 1.1, "converted": 0.0},
    atol=1e-12,
    reason="one step by hand; rounding",
)
def start_velocity_splits():
    one = np.ones(1)

    def points(form, velocity):
        return run_form(form, np.asarray, one, velocity, 0.1, 0.9, 50)[0]

    canonical = points("canonical", one)
    moved = convert_velocity(one, 0.1, 0.9, "canonical", "sum")
    return {
        "same number": abs(canonical[1] - points("sum", one)[1]).item(),
        "converted": np.max(np.abs(canonical - points("sum", moved))),
    }


@claim(
    "On a plateau momentum 0.9 saves nearly nine steps in ten (steps to leave the flat part of "
    "(1 − tanh x)²/2 from −4, as a fraction of gradient descent's).",
    expected={"heavy ball": 0.1, "Nesterov": 0.1},
    rtol=0.05,
    reason="the effective learning rate, 1/(1 − μ) times as long; building up speed takes some ten "
    "steps of two thousand",
)
def plateau():
    def value_and_grad(x):
        s = np.tanh(x)
        return ((1 - s) ** 2).sum() / 2, -(1 - s) * (1 - s**2)

    def steps(rule):
        return steps_until(descend(value_and_grad, [-4.0], rule), lambda it: it.loss < 0.5)

    plain = steps(GradientDescent(0.01))
    return {
        "heavy ball": steps(Momentum(0.01, momentum=0.9)) / plain,
        "Nesterov": steps(Nesterov(0.01, momentum=0.9)) / plain,
    }


LEAVING = {
    "gradient descent": Momentum(0.1, momentum=0.0),
    "heavy ball": Momentum(0.1, momentum=0.9),
    "Nesterov": Nesterov(0.1, momentum=0.9),
}


def steps_off_the_ridge(rule, offset):
    """Return the steps to distance 1 from the growing root and its share of a start at rest."""
    p, _ = recurrence(rule, -1.0)
    growing = spectral_radius(rule, -1.0)
    fading = p - growing
    first = 1 + rule.learning_rate * (1 + rule.momentum * isinstance(rule, Nesterov))
    share = (first - fading) / (growing - fading)
    return np.ceil(-np.log(offset * share) / np.log(growing))


@claim(
    "Steps from 1e-8 beside the ridge of the saddle (x² − y²)/2 to distance 1 from it, α = 0.1.",
    expected={name: steps_off_the_ridge(rule, 1e-8) for name, rule in LEAVING.items()},
    reason="the larger root of z² = p z + q at λ = −1; the smaller one has died out, so the count "
    "is exact",
)
def saddle():
    problem = plain_saddle()
    return {
        name: steps_until(
            descend(problem.value_and_grad, [0.0, 1e-8], rule), lambda it: abs(it.params[1]) >= 1
        )
        for name, rule in LEAVING.items()
    }


def momentum_floor(alpha, mu):
    """Return the stationary variance for noise of variance 1, on x²/2."""
    return alpha * (1 + mu) / ((1 - mu) * (2 * (1 + mu) - alpha))


NOISY = ((0.1, 0.0), (0.1, 0.9), (0.01, 0.9), (0.001, 0.99))


@claim(
    "The variance on which noisy gradients leave x²/2. At the same α momentum 0.9 raises the floor "
    "tenfold; at the same α/(1 − μ) it changes next to nothing.",
    expected={f"α={alpha:g}, μ={mu:g}": momentum_floor(alpha, mu) for alpha, mu in NOISY},
    rtol=0.03,
    reason="the formula of the text; 2000 seeded runs, whose last 1000 steps are each worth at "
    "least ten independent ones, so one standard error is at most 1 %",
)
def noise_floor():
    generator = np.random.RandomState(0)
    alphas, mus = (np.array(column)[:, None] for column in zip(*NOISY, strict=True))
    rule = Momentum(alphas, momentum=mus)
    x, v, squares = np.zeros((4, 2000)), np.zeros((4, 2000)), 0.0
    for step in range(1, 2001):  # the first thousand are ten times the longest memory
        x, v = rule.update(x, x + generator.randn(4, 2000), step, v)
        squares = squares + (step > 1000) * np.mean(x**2, axis=1)
    return {
        f"α={alpha:g}, μ={mu:g}": square / 1000
        for (alpha, mu), square in zip(NOISY, squares, strict=True)
    }


@claim(
    "Steps to 1e-10 of the first loss on a quadratic (20 modes), α = 1/L: knowing m, with momentum "
    "that grows forever, and with restarts that know nothing.",
    expected={
        "κ=100, knowing m": 103, "κ=100, growing": 444, "κ=100, restarted": 137,
        "κ=1000, knowing m": 307, "κ=1000, growing": 1909, "κ=1000, restarted": 425,
    },
    rtol=0.02,
    reason="counts of an earlier run; roundings shift them by a step",
)  # fmt: skip
def restarts():
    counts = {}
    for kappa in (100, 1000):
        problem = diagonal_quadratic(np.geomspace(1, kappa, 20))
        f, start = problem.value_and_grad, np.ones(20)
        goal = 1e-10 * problem.value(start)
        growing = AcceleratedGradient(1 / kappa)
        for name, run in (
            ("knowing m", descend(f, start, standard_nesterov(kappa, 1))),
            ("growing", descend(f, start, growing)),
            ("restarted", descend_with_restart(f, start, growing)),
        ):
            counts[f"κ={kappa}, {name}"] = next(it.step for it in run if it.loss <= goal)
    return counts


@claim(
    "Momentum that grows, (k − 1)/(k + 2), keeps f − f* ≤ 2‖x₀ − x*‖²/(α(k + 1)²) where m = 0.",
    expected={"steps above the bound": 0},
    reason="a theorem, for every k",
)
def growing_momentum():
    eigenvalues = np.geomspace(1e-6, 1, 30)
    problem, start = diagonal_quadratic(eigenvalues), np.ones(30)
    above = 0
    for it in islice(descend(problem.value_and_grad, start, AcceleratedGradient(1.0)), 500):
        x, k = it.params - it.grads, it.step + 1
        above += problem.value(x) > 2 * 30 / (k + 1) ** 2
    return {"steps above the bound": above}


@claim(
    "With the loss in place of its gradient, on (θ² − 1)/2: the run settles where the loss is "
    "zero, not where it is least. And in two dimensions both coordinates move alike.",
    expected={"gradient": 0.0, "loss": 1.0, "moves apart": 0.0},
    atol=1e-9,
    reason="g = 0 needs f(θ) = 0, and the root with f' > 0 attracts; a number has no direction",
)
def loss_for_gradient():
    def settle(direction, theta):
        g = 0.0
        for _ in range(400):
            g = direction(theta) + 0.5 * g
            theta = theta - 0.1 * g
        return theta

    def loss(theta):
        return (np.sum(theta**2) - 1) / 2

    moved = settle(loss, np.array([1.5, 1.0])) - [1.5, 1.0]
    return {
        "gradient": settle(lambda theta: theta, 3.0),
        "loss": settle(loss, 3.0),
        "moves apart": moved[0] - moved[1],
    }


@claim(
    "A quadratic with eigenvalues 1 and 9: the best heavy ball and Nesterov's choice, and what "
    "their worst modes shrink by.",
    expected={
        "heavy ball α": 1 / 4, "heavy ball μ": 1 / 4, "heavy ball rate": 1 / 2,
        "Nesterov α": 1 / 9, "Nesterov μ": 1 / 2, "Nesterov rate": 2 / 3,
    },
    rtol=1e-7,
    reason="the formulas by hand; a double root moves by the square root of rounding",
)  # fmt: skip
def by_hand():
    rules = {"heavy ball": optimal_heavy_ball(9, 1), "Nesterov": standard_nesterov(9, 1)}
    measured = {}
    for name, rule in rules.items():
        measured[f"{name} α"], measured[f"{name} μ"] = rule.learning_rate, rule.momentum
        measured[f"{name} rate"] = spectral_radius(rule, [1.0, 9.0]).max()
    return measured


@claim(
    "The condition number for which a momentum is the best one: ((1 + √μ)/(1 − √μ))².",
    expected={f"μ={mu:g}": ((1 + mu**0.5) / (1 - mu**0.5)) ** 2 for mu in (0.5, 0.9, 0.95, 0.99)},
    rtol=1e-9,
    reason="μ = ((√κ − 1)/(√κ + 1))² solved for κ; we halve an interval until rounding",
)
def made_for():
    measured = {}
    for mu in (0.5, 0.9, 0.95, 0.99):
        low, high = 1.0, 1e6
        for _ in range(60):
            middle = (low * high) ** 0.5
            less = optimal_heavy_ball(middle, 1).momentum < mu
            low, high = (middle, high) if less else (low, middle)
        measured[f"μ={mu:g}"] = low
    return measured
