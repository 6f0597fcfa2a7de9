"""Chapter 2: what gradient descent does, beside what theory says it does."""

from itertools import islice, pairwise

import numpy as np
from numpy.polynomial import legendre, polynomial

from book.claims import claim
from optedu.descent import (
    GradientDescent,
    best_learning_rate,
    curvature_bounds,
    descend,
    descend_by_search,
    measure_rate,
    minimize,
    rate,
)
from optedu.models import LeastSquares, Logistic
from optedu.problems import bootcamp_quadratic, diagonal_quadratic, rosenbrock

KAPPAS = (10, 100, 1000)
DEGREES = (1, 2, 3)


def run(value_and_grad, start, learning_rate, steps):
    """Return the iterates of gradient descent, the start point first."""
    iterates = descend(value_and_grad, start, GradientDescent(learning_rate))
    return list(islice(iterates, steps + 1))


def first_step(iterates, reached):
    """Return the number of the first iterate that satisfies the predicate."""
    return next(it.step for it in iterates if reached(it))


REGIMES = {"slow": 0.1, "fast": 0.7, "divergent": 0.9}


def gradient_norm_in_closed_form(problem, start, alpha, steps):
    """Return the norm of (I − αA)^k g₀, computed in the eigenvectors of A."""
    eigenvalues, vectors = np.linalg.eigh(problem.hessian(start))
    return np.linalg.norm((1 - alpha * eigenvalues) ** steps * (vectors.T @ problem.grad(start)))


@claim(
    "One quadratic, fifty steps, three learning rates: slow, fast, divergent (gradient norms).",
    expected={
        name: gradient_norm_in_closed_form(bootcamp_quadratic(), np.zeros(3), alpha, 50)
        for name, alpha in REGIMES.items()
    },
    rtol=1e-6,
    reason="the modes in closed form; rounding, magnified where the gradient has almost vanished",
)
def three_regimes():
    problem = bootcamp_quadratic()
    return {
        name: np.linalg.norm(run(problem.value_and_grad, np.zeros(3), alpha, 50)[-1].grads)
        for name, alpha in REGIMES.items()
    }


@claim(
    "The quadratic of the three regimes: its curvatures and the largest stable learning rate.",
    expected={"L": 2.432, "m": 0.400, "limit": 0.822, "κ": 6.078},
    rtol=1e-3,
    reason="four digits of an earlier run of the same seeded problem",
)
def bootcamp_curvature():
    smoothness, strong_convexity = curvature_bounds(bootcamp_quadratic().hessian(np.zeros(3)))
    return {
        "L": smoothness,
        "m": strong_convexity,
        "limit": 2 / smoothness,
        "κ": smoothness / strong_convexity,
    }


@claim(
    "With α = 1/L a quadratic's error shrinks by 1 − 1/κ a step.",
    expected={f"κ={kappa}": 1 - 1 / kappa for kappa in KAPPAS},
    rtol=2e-3,
    reason="a theorem of the chapter; the other modes still bend the line where the fit begins",
)
def rate_of_the_safe_step():
    return _rates(lambda smoothness, strong_convexity: 1 / smoothness)


@claim(
    "With α = 2/(L + m) a quadratic's error shrinks by (κ − 1)/(κ + 1) a step.",
    expected={f"κ={kappa}": (kappa - 1) / (kappa + 1) for kappa in KAPPAS},
    rtol=2e-3,
    reason="a theorem of the chapter; the other modes still bend the line where the fit begins",
)
def rate_of_the_best_step():
    return _rates(best_learning_rate)


def _rates(choose):
    measured = {}
    for kappa in KAPPAS:
        problem = diagonal_quadratic(np.geomspace(1, kappa, 20))
        steps = run(problem.value_and_grad, np.ones(20), choose(kappa, 1), 13 * kappa)
        measured[f"κ={kappa}"] = measure_rate([np.linalg.norm(it.params) for it in steps])
    return measured


@claim(
    "At α = 2/L the steep mode keeps its size; 1 % below it shrinks, 1 % above it grows.",
    expected={"below": 0.98**200, "at": 1.0, "above": 1.02**200},
    rtol=1e-9,
    reason="(1 − αL)²⁰⁰ in closed form; 200 roundings",
)
def edge_of_stability():
    problem = diagonal_quadratic([1.0, 10.0])
    sizes = {}
    for name, alpha in (("below", 0.198), ("at", 0.2), ("above", 0.202)):
        sizes[name] = abs(run(problem.value_and_grad, [0.0, 1.0], alpha, 200)[-1].params[1])
    return sizes


@claim(
    "Every step below 2/L lowers the loss at least as much as the descent lemma promises.",
    expected={"steps that broke the promise": 0, "smallest decrease / promise": 1.0},
    atol=1e-9,
    reason="the lemma is an equality along the steepest eigenvector; 1e-9 is rounding",
)
def descent_lemma():
    problem = diagonal_quadratic([1.0, 4.0, 10.0])
    generator = np.random.RandomState(0)
    violations, tightest = 0, np.inf
    starts = [*generator.randn(200, 3), np.array([0.0, 0.0, 1.0])]
    for start in starts:
        alpha = generator.uniform(0.01, 0.19)
        before, after = run(problem.value_and_grad, start, alpha, 1)
        promised = alpha * (1 - alpha * 10 / 2) * before.grads @ before.grads
        ratio = (before.loss - after.loss) / promised
        violations += ratio < 1 - 1e-9
        tightest = min(tightest, ratio)
    return {
        "steps that broke the promise": violations,
        "smallest decrease / promise": tightest,
    }


@claim(
    "On the worst smooth convex function the gap after k steps of 1/L is L R² / (4k + 2), "
    "half the bound of the theorem.",
    expected={f"k={k}": 1 / (4 * k + 2) for k in (10, 100, 1000)},
    rtol=1e-9,
    reason="closed form for a Huber function whose bend the run reaches in the last step; rounding",
)
def worst_convex_function():
    gaps = {}
    for k in (10, 100, 1000):
        bend = 1 / (2 * k + 1)

        def value_and_grad(x, bend=bend):
            inside = np.abs(x) <= bend
            loss = np.where(inside, x**2 / 2, bend * np.abs(x) - bend**2 / 2).sum()
            return loss, np.clip(x, -bend, bend)

        gaps[f"k={k}"] = run(value_and_grad, [1.0], 1.0, k)[-1].loss
    return gaps


@claim(
    "On x⁴/4 the loss falls like 1/k²: sublinear, a straight line on log-log axes.",
    expected={"exponent": -2.0},
    atol=0.02,
    reason="x' = −x³ gives x ~ (2αk)^(−1/2), so x⁴ ~ 1/k²; the transient costs 0.01",
)
def sublinear_quartic():
    iterates = run(lambda x: ((x**4).sum() / 4, x**3), [1.0], 0.1, 10_000)
    return {"exponent": np.log10(iterates[10_000].loss / iterates[1_000].loss)}


@claim(
    "From zero, gradient descent on 20 equations in 50 unknowns finds the solution of least norm; "
    "from elsewhere it keeps what the data cannot see.",
    expected={"distance from zero": 0.0, "distance elsewhere": 0.0},
    atol=1e-9,
    reason="the iterates stay in start + range(Xᵀ); the run stops at a gradient norm of 1e-12",
)
def least_norm():
    generator = np.random.RandomState(0)
    X, y = generator.randn(20, 50), generator.randn(20)
    model = LeastSquares(X, y)
    smoothness, _ = curvature_bounds(model.hessian(np.zeros(50)))
    shortest = np.linalg.pinv(X) @ y
    distances = {}
    for name, start in (("from zero", np.zeros(50)), ("elsewhere", generator.randn(50))):
        unseen = start - np.linalg.pinv(X) @ (X @ start)
        trace = minimize(
            model.value_and_grad, start, GradientDescent(1 / smoothness), grad_tol=1e-12
        )
        distances[f"distance {name}"] = np.linalg.norm(trace.params[-1] - (shortest + unseen))
    return distances


@claim(
    "Logistic regression on separable data has no minimizer: the loss goes to zero like 1/k "
    "while the weights grow like log k, without end.",
    expected={"loss ratio a decade": 0.1, "growth a decade": np.log(10)},
    rtol=0.05,
    reason="the margin grows like log k; the slower terms are still a few % at k = 1e4",
)
def separable_logistic():
    X = np.array([[2.0, 1.0], [1.0, 2.0], [-2.0, -1.0], [-1.0, -2.0]])
    model = Logistic(X, np.array([1, 1, 0, 0]))
    iterates = islice(descend(model.value_and_grad, np.zeros(2), GradientDescent(1.0)), 10_001)
    kept = {it.step: it for it in iterates if it.step in (1_000, 10_000)}
    early, late = kept[1_000], kept[10_000]
    margin = [(X[:2] @ it.params).min() for it in (early, late)]
    return {"loss ratio a decade": late.loss / early.loss, "growth a decade": margin[1] - margin[0]}


def polynomial_bases(degree):
    """Return the design matrices of one polynomial fit in three bases, by name."""
    x = np.linspace(0.5, 3.5, 20)
    rescaled = (x - 2) / 1.5
    return {
        "raw": polynomial.polyvander(x, degree),
        "rescaled": polynomial.polyvander(rescaled, degree),
        "Legendre": legendre.legvander(rescaled, degree),
    }


@claim(
    "Fitting a polynomial in x, in x rescaled to [-1, 1], or in Legendre polynomials: one problem, "
    "three condition numbers.",
    expected={
        "raw 1": 39, "raw 2": 2.32e3, "raw 3": 2.10e5,
        "rescaled 1": 2.7, "rescaled 2": 12.3, "rescaled 3": 56,
        "Legendre 1": 2.7, "Legendre 2": 4.15, "Legendre 3": 5.59,
    },
    rtol=0.02,
    reason="two to three digits of an earlier run",
)  # fmt: skip
def polynomial_conditioning():
    return {
        f"{name} {degree}": np.linalg.cond(V.T @ V)
        for degree in DEGREES
        for name, V in polynomial_bases(degree).items()
    }


@claim(
    "Plateau: halving α doubles the time that gradient descent needs to leave it.",
    expected={"half": 2.0, "quarter": 4.0},
    rtol=0.01,
    reason="on a plateau the iterates follow the gradient flow, whose time is α k",
)
def plateau_time():
    def value_and_grad(x):
        s = np.tanh(x)
        return ((1 - s) ** 2).sum() / 2, -(1 - s) * (1 - s**2)

    def steps(alpha):
        iterates = descend(value_and_grad, [-4.0], GradientDescent(alpha))
        return first_step(iterates, lambda it: it.loss < 0.5)

    return {"half": steps(0.1) / steps(0.2), "quarter": steps(0.05) / steps(0.2)}


@claim(
    "From (-1.2, 1) in Rosenbrock's valley, α = 0.001: steps to within 1e-6 of the minimizer.",
    expected={"steps": 34_374},
    rtol=1e-3,
    reason="a count of an earlier run; roundings shift it by a few steps",
)
def rosenbrock_steps():
    iterates = descend(rosenbrock().value_and_grad, [-1.2, 1.0], GradientDescent(1e-3))
    return {"steps": first_step(iterates, lambda it: np.linalg.norm(it.params - 1) <= 1e-6)}


@claim(
    "With eigenvalues 2 and 50 and α = 1/L, the worst start needs this many steps for six digits.",
    expected={"steps": np.ceil(6 * np.log(10) / -np.log(0.96))},
    reason="0.96^k falls below 1e-6 between two whole steps, so the count is exact",
)
def steps_at_worst():
    problem = diagonal_quadratic([2.0, 50.0])
    iterates = descend(problem.value_and_grad, [1.0, 0.0], GradientDescent(1 / 50))
    return {"steps": first_step(iterates, lambda it: np.linalg.norm(it.params) <= 1e-6)}


@claim(
    "The largest angle between −∇f and the way to the minimizer of a quadratic, in degrees.",
    expected={
        f"κ={kappa}": np.degrees(np.arccos(2 * np.sqrt(kappa) / (1 + kappa))) for kappa in KAPPAS
    },
    rtol=1e-4,
    reason="Kantorovich: cos = 2√κ/(1 + κ); the scan misses the maximum by < 1e-4",
)
def worst_angle():
    angles = {}
    for kappa in KAPPAS:
        way = np.linspace(0, np.pi / 2, 200_001)
        to_minimizer = -np.stack([np.cos(way), np.sin(way)])
        downhill = to_minimizer * np.array([[1.0], [kappa]])
        cosines = (to_minimizer * downhill).sum(0) / np.linalg.norm(downhill, axis=0)
        angles[f"κ={kappa}"] = np.degrees(np.arccos(cosines.min()))
    return angles


def exact_search(hessian):
    """Return a line search that minimizes the quadratic with this Hessian along the direction."""

    def search(loss, params, direction, grads):
        return -(grads @ direction) / (direction @ hessian @ direction)

    return search


@claim(
    "With exact line search each step is orthogonal to the last, and from the worst start the loss "
    "falls by ((κ − 1)/(κ + 1))² a step: no faster than the best fixed step.",
    expected={"largest cosine": 0.0, "loss factor": (99 / 101) ** 2},
    atol=1e-10,
    reason="an equality at the start (κ, 1); 1e-10 is rounding over 30 steps",
)
def zig_zag():
    hessian = np.diag([1.0, 100.0])
    problem = diagonal_quadratic([1.0, 100.0])
    iterates = list(
        islice(descend_by_search(problem.value_and_grad, [100.0, 1.0], exact_search(hessian)), 31)
    )
    units = [it.grads / np.linalg.norm(it.grads) for it in iterates]
    return {
        "largest cosine": max(abs(a @ b) for a, b in pairwise(units)),
        "loss factor": (iterates[30].loss / iterates[0].loss) ** (1 / 30),
    }


@claim(
    "Backtracking knows nothing of L, yet no step it accepts is shorter than "
    "min(1, 2 shrink (1 − c)/L), and the run converges.",
    expected={"steps below the bound": 0, "shortest / bound": 100 / 64, "gradient norm": 0},
    rtol=1e-3,
    atol=1e-9,
    reason="the section on line search; steps are powers of 1/2, and 1/64 is the next above 1/100",
)
def backtracking_steps():
    problem = diagonal_quadratic([1.0, 10.0, 100.0])
    iterates = list(islice(descend_by_search(problem.value_and_grad, [1.0, 1.0, 1.0]), 2_001))
    steps = np.array(
        [
            np.linalg.norm(b.params - a.params) / np.linalg.norm(a.grads)
            for a, b in pairwise(iterates)
            if np.linalg.norm(a.grads) > 1e-6
        ]
    )
    bound = 2 * 0.5 * (1 - 1e-4) / 100
    return {
        "steps below the bound": np.sum(steps < bound * (1 - 1e-6)),
        "shortest / bound": steps.min() / bound,
        "gradient norm": np.linalg.norm(iterates[-1].grads),
    }


@claim(
    "On a loss without a lower curvature bound the smallest squared gradient norm after k steps "
    "is below 2 (f(θ₀) − f*) / (αk).",
    expected={"steps above the bound": 0},
    reason="an inequality for every k",
)
def non_convex_bound():
    def value_and_grad(x):
        return (1 - np.cos(x)).sum(), np.sin(x)

    iterates = run(value_and_grad, [3.1], 0.5, 200)
    squares = np.minimum.accumulate([float(it.grads @ it.grads) for it in iterates])
    bounds = 2 * iterates[0].loss / (0.5 * np.arange(1, 201))
    return {"steps above the bound": int(np.sum(squares[:200] > bounds))}


@claim(
    "Convex does not mean one minimizer, and strictly convex does not mean any.",
    expected={"flat direction": 0.0, "exponential gradient": 0.0, "exponential x": -np.log(1e4)},
    atol=2e-3,
    reason="a rank-deficient Hessian has eigenvalue 0; on eˣ, x ~ −log(αk)",
)
def minimizers_of_convex_functions():
    wide = LeastSquares(np.array([[1.0, 1.0], [2.0, 2.0]]), np.array([1.0, 2.0]))
    _, strong_convexity = curvature_bounds(wide.hessian(np.zeros(2)))
    end = run(lambda x: (np.exp(x).sum(), np.exp(x)), [0.0], 1.0, 10_000)[-1]
    return {
        "flat direction": strong_convexity,
        "exponential gradient": end.grads[0],
        "exponential x": end.params[0],
    }


@claim(
    "Steps a digit at the best fixed step, for a parabola fitted in raw and in rescaled x.",
    expected={
        name: np.log(0.1) / np.log((kappa - 1) / (kappa + 1))
        for name, kappa in (("raw", 2.32e3), ("rescaled", 12.3))
    },
    rtol=0.02,
    reason="log 10 / −log((κ − 1)/(κ + 1)); κ is known to 1 %",
)
def steps_a_digit():
    counts = {}
    for name in ("raw", "rescaled"):
        V = polynomial_bases(2)[name]
        L, m = curvature_bounds(V.T @ V / len(V))
        counts[name] = np.log(0.1) / np.log(rate(best_learning_rate(L, m), L, m))
    return counts
