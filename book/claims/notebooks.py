"""Defects met in notebooks and programs that teach optimization: the right statement, run."""

from itertools import combinations, islice, pairwise
from statistics import NormalDist

import numpy as np

from book.claims import claim
from optedu.adaptive import Adam
from optedu.convex import huber, nmf_nnls
from optedu.descent import GradientDescent, curvature_bounds, descend
from optedu.gradients import gradient_check, numerical_gradient
from optedu.models import LeastSquares
from optedu.problems import booth, himmelblau, rosenbrock

ROUNDING = 1e-12


@claim(
    "The second differences of a straight line, at most: with rows 1, −2, 1, and with one row "
    "1, −2, −1.",
    expected={"1, −2, 1": 0.0, "1, −2, −1": 8.0},
    atol=ROUNDING,
    reason="i − 2(i + 1) + (i + 2) = 0; in the third row 2 − 2 · 3 − 4 = −8",
)
def second_differences():
    line = np.arange(6.0)
    D = np.diff(np.eye(6), n=2, axis=0)
    misprinted = D.copy()
    misprinted[2, 4] = -1
    return {
        "1, −2, 1": np.abs(D @ line).max(),
        "1, −2, −1": np.abs(misprinted @ line).max(),
    }


@claim(
    "A speed of 1 under friction γ = 0.5, after one second in steps of 0.001 s.",
    expected={"factor 1 − γΔt": np.exp(-0.5), "factor 1 − γ": 0.0},
    rtol=2e-4,
    atol=1e-12,
    reason="the solution of v' = −γv; Euler's error is γ²Δt/2, relatively 1.25e-4",
)
def friction_in_small_steps():
    measured = {}
    for name, factor in (("factor 1 − γΔt", 1 - 0.5 * 0.001), ("factor 1 − γ", 1 - 0.5)):
        v = 1.0
        for _ in range(1_000):
            v *= factor
        measured[name] = v
    return measured


@claim(
    "The cheapest diet, by trying every corner: cost and amounts; and how far the nearby answer "
    "(62.448, 266.767) misses its first requirement of 50.",
    expected={"cost": 129 + 1 / 6, "first food": 62.5, "second food": 800 / 3, "missing": 0.0416},
    rtol=1e-9,
    reason="0.8 x = 50 and 0.4 x + 0.3 y = 105, solved by hand; 50 − 0.8 · 62.448; rounding",
)
def cheapest_diet():
    prices = np.array([1.0, 0.25])
    G = np.array([[0.8, 0.0], [0.4, 0.3], [0.5, 2.0], [1.0, 0.0], [0.0, 1.0]])
    needs = np.array([50.0, 105.0, 85.0, 0.0, 0.0])
    corners = []
    for pair in combinations(range(5), 2):
        rows = G[list(pair)]
        if np.linalg.matrix_rank(rows) == 2:
            x = np.linalg.solve(rows, needs[list(pair)])
            if np.all(G @ x >= needs - 1e-9):
                corners.append(x)
    best = min(corners, key=lambda x: prices @ x)
    near = np.array([62.448, 266.767])
    return {
        "cost": prices @ best,
        "first food": best[0],
        "second food": best[1],
        "missing": needs[0] - G[0] @ near,
    }


@claim(
    "Returns with variance 0.04: the share within 0.2 of their mean, and the share under a bell "
    "curve whose width is the variance.",
    expected={"of the returns": 0.6827, "width √0.04": 0.6827, "width 0.04": 1.0},
    atol=1e-4,
    reason="a normal variable is within one standard deviation with probability 0.6827",
)
def width_of_a_density():
    law = NormalDist(0.1, 0.2)
    returns = np.array([law.inv_cdf((i + 0.5) / 100_000) for i in range(100_000)])
    spread = returns.var()

    def share(width):
        drawn = NormalDist(0.1, width)
        return drawn.cdf(0.3) - drawn.cdf(-0.1)

    return {
        "of the returns": np.mean(np.abs(returns - 0.1) <= 0.2),
        "width √0.04": share(np.sqrt(spread)),
        "width 0.04": share(spread),
    }


@claim(
    "Least-risk portfolios of two models: how far the entries of Σw are from equal, for its "
    "own answer, and whether (1 for yes) it notices the other model's.",
    expected={"own answer": 0.0, "other answer fails": 1},
    atol=1e-10,
    reason="minimizing w'Σw under Σwᵢ = 1 makes Σw constant; rounding",
)
def answer_of_another_problem():
    generator = np.random.RandomState(0)
    F = generator.randn(6, 2)
    factor_model = F @ F.T + np.diag(generator.uniform(0.1, 0.5, 6))
    other_model = np.diag(generator.uniform(0.5, 2.0, 6))

    def solve(covariance):
        w = np.linalg.solve(covariance, np.ones(6))
        return w / w.sum()

    def certificate(w):
        return np.ptp(factor_model @ w)

    return {
        "own answer": certificate(solve(factor_model)),
        "other answer fails": certificate(solve(other_model)) > 0.01,
    }


@claim(
    "Exact alternating factorization of one non-negative matrix from five starts: steps at which a "
    "residual rose, and the ratio of the largest to the smallest residual after three steps.",
    expected={"rises": 0, "largest / smallest": 4.6},
    rtol=0.1,
    reason="each half solves a convex problem exactly; the ratio is an earlier run's",
)
def starts_of_a_factorization():
    generator = np.random.RandomState(0)
    A = generator.rand(8, 3) @ generator.rand(3, 7)
    rises, third = 0, []
    for _ in range(5):
        start = generator.rand(8, 3), generator.rand(3, 7)
        norms = [np.sqrt(it.objective) for it in islice(nmf_nnls(A, *start), 11)]
        rises += sum(after > before * (1 + 1e-12) for before, after in pairwise(norms))
        third.append(norms[3])
    return {"rises": rises, "largest / smallest": max(third) / min(third)}


@claim(
    "Noise drawn uniformly from [0, 0.1]: its mean and its standard deviation.",
    expected={"mean": 0.05, "standard deviation": 0.1 / np.sqrt(12)},
    rtol=0.01,
    reason="the middle of the interval, its length over √12; 1 % is 5σ of the mean, 100,000 draws",
)
def uniform_noise():
    noise = 0.1 * np.random.RandomState(0).rand(100_000)
    return {"mean": noise.mean(), "standard deviation": noise.std()}


@claim(
    "The Huber penalty with M = 1: value at −2, with |u| and without; and its jump at −1.",
    expected={"2M|u| − M²": 3.0, "2Mu − M²": -5.0, "jump with |u|": 0.0, "jump without": -4.0},
    atol=1e-6,
    reason="2 · 2 − 1, −2 · 2 − 1; at −1 the square is 1, the lines are 1 and −3",
)
def huber_on_the_left():
    def without(u):
        return u**2 if abs(u) <= 1 else 2 * u - 1

    outside = np.nextafter(-1.0, -2.0)
    return {
        "2M|u| − M²": huber(-2.0).item(),
        "2Mu − M²": without(-2.0),
        "jump with |u|": (huber(outside) - huber(-1.0)).item(),
        "jump without": without(outside) - without(-1.0),
    }


@claim(
    "Least squares with 50 examples: largest curvature of the sum over that of the mean, and "
    "whether (1 for yes) either loss falls in 20 steps of 1/L, the L of the mean.",
    expected={"curvatures": 50.0, "mean falls": 1, "sum falls": 0},
    rtol=1e-9,
    reason="the sum is 50 times the mean; 50/L is far beyond 2/L",
)
def sum_or_mean():
    generator = np.random.RandomState(0)
    X, y = generator.randn(50, 3), generator.randn(50)
    mean = LeastSquares(X, y)
    L, _ = curvature_bounds(mean.hessian(np.zeros(3)))

    def total(w):
        loss, grads = mean.value_and_grad(w)
        return 50 * loss, 50 * grads

    def falls(value_and_grad):
        run = list(islice(descend(value_and_grad, np.zeros(3), GradientDescent(1 / L)), 21))
        return run[-1].loss < run[0].loss

    return {
        "curvatures": np.linalg.eigvalsh(X.T @ X).max() / L,
        "mean falls": falls(mean.value_and_grad),
        "sum falls": falls(total),
    }


@claim(
    "Ridge regression, (1/2m)‖Ax − b‖² + (α/2)‖x‖² with m = 4, α = 1, A'A = 4I: norm of the "
    "gradient at the solution of (A'A + mαI)x = A'b, and at that of (A'A + αI)x = A'b.",
    expected={"mα": 0.0, "α": np.sqrt(5) * 3 / 5},
    atol=ROUNDING,
    reason="with c = A'b/m = (1, 2), x = mc/(m + α) and the gradient is cα(m − 1)/(m + α)",
)
def ridge_in_closed_form():
    A = np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])
    b = A @ [1.0, 2.0]
    model = LeastSquares(A, b, l2=1.0)
    return {
        name: np.linalg.norm(model.grad(np.linalg.solve(A.T @ A + shift * np.eye(2), A.T @ b)))
        for name, shift in (("mα", 4.0), ("α", 1.0))
    }


@claim(
    "Is (5, 0, −2) zero? Two tests, 1 for yes and 0 for no.",
    expected={"x.all() == 0": 1, "not x.any()": 0},
    reason="all() asks whether every entry differs from zero; one zero makes it false",
)
def zero_or_not():
    x = np.array([5.0, 0.0, -2.0])
    return {"x.all() == 0": x.all() == 0, "not x.any()": not x.any()}


@claim(
    "Adam's step in units of α where the gradient is 1e-12, with ε inside the fraction and added "
    "to it; and whether 0/0 + ε is a number.",
    expected={"m/(√v + ε)": 1e-12 / (1e-12 + 1e-8), "m/√v + ε": 1.0, "0/0 + ε is a number": 0},
    rtol=1e-6,
    reason="g/(g + ε) against g/g + ε, ε = 1e-8; a zero gradient divides zero by zero",
)
def epsilon_by_precedence():
    def step(g, eps=1e-8):
        with np.errstate(invalid="ignore"):
            return np.float64(g) / np.sqrt(np.float64(g) ** 2) + eps

    return {
        "m/(√v + ε)": -Adam(1.0).update(np.zeros(1), np.full(1, 1e-12), 1, *np.zeros((2, 1)))[0][0],
        "m/√v + ε": step(1e-12),
        "0/0 + ε is a number": np.isfinite(step(0.0)),
    }


@claim(
    "Adam whose step counter stays at 1: its step over the right one.",
    expected={
        f"t = {t}": np.sqrt(0.001) / 0.1 * (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
        for t in (1, 10, 100, 3_000)
    },
    rtol=1e-6,
    reason="√(1 − β₂)/(1 − β₁) · (1 − β₁ᵗ)/√(1 − β₂ᵗ); ε = 1e-8",
)
def counter_that_stands_still():
    rule, zero = Adam(1.0), np.zeros(1)
    right, stuck, ratios = rule.init(zero), rule.init(zero), {}
    for t in range(1, 3_001):
        g = np.full(1, 1.0 + 0.5 * np.sin(t))
        step, *right = rule.update(zero, g, t, *right)
        late, *stuck = rule.update(zero, g, 1, *stuck)
        if t in (1, 10, 100, 3_000):
            ratios[f"t = {t}"] = (late / step).item()
    return ratios


def dixon_price(x):
    """Return (x − 1)² + 2 (2y² − x)²."""
    return (x[0] - 1) ** 2 + 2 * (2 * x[1] ** 2 - x[0]) ** 2


@claim(
    "Dixon and Price's function at (2, 3): relative error of ∂f/∂y = 16y(2y² − x), and of half "
    "that, measured as |a − b|/(|a| + |b|).",
    expected={"16y(2y² − x)": 0.0, "8y(2y² − x)": 1 / 3},
    atol=1e-8,
    reason="the derivative by the chain rule; |2 − 1|/(2 + 1) for a lost factor two; differences",
)
def lost_factor_two():
    x, y = 2.0, 3.0
    measured = numerical_gradient(dixon_price, [x, y])[1]

    def error(claimed):
        return abs(claimed - measured) / (abs(claimed) + abs(measured))

    slope = 16 * y * (2 * y**2 - x)
    return {"16y(2y² − x)": error(slope), "8y(2y² − x)": error(slope / 2)}


@claim(
    "McCormick's function sin(x + y) + (x − y)² − 1.5x + 2.5y + 1: whether (1 for yes) the "
    "gradient check passes its own gradient, and that of Booth's function.",
    expected={"its own": 1, "Booth's": 0},
    reason="a gradient is right if it agrees with differences of its own function",
)
def gradient_of_another_function():
    def value(p):
        x, y = p
        return np.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1

    def grad(p):
        x, y = p
        return np.cos(x + y) + 2 * (x - y) * np.array([1, -1]) + np.array([-1.5, 2.5])

    point = [0.7, -1.3]
    return {
        "its own": gradient_check(value, grad, point).passed,
        "Booth's": gradient_check(value, booth().grad, point).passed,
    }


@claim(
    "Two functions at (3, 2) and at (1, 3): only one of them is zero at each point.",
    expected={
        "Himmelblau at (3, 2)": 0, "Booth at (3, 2)": 9,
        "Himmelblau at (1, 3)": 58, "Booth at (1, 3)": 0,
    },
    reason="(x² + y − 11)² + (x + y² − 7)² and (x + 2y − 7)² + (2x + y − 5)², by hand",
)  # fmt: skip
def booth_is_not_himmelblau():
    return {
        f"{problem.name} at ({x}, {y})": problem.value([x, y])
        for x, y in ((3, 2), (1, 3))
        for problem in (himmelblau(), booth())
    }


@claim(
    "Centered differences of Rosenbrock's function at 200 points: median relative error, as a "
    "power of ten, by h.",
    expected={"h = 1e-12": -4.0, "h = 1e-6": -10.0},
    atol=1.0,
    reason="rounding costs ε/h times the ratio of the loss to its slope, near 1",
)
def too_small_a_step():
    problem = rosenbrock()
    points = np.random.RandomState(0).uniform(-2, 2, (200, 2))
    measured = {}
    for name, h in (("h = 1e-12", 1e-12), ("h = 1e-6", 1e-6)):
        errors = [
            np.linalg.norm(numerical_gradient(problem.value, x, h) - problem.grad(x))
            / np.linalg.norm(problem.grad(x))
            for x in points
        ]
        measured[name] = np.log10(np.median(errors))
    return measured


@claim(
    "The gradient of ½‖Ax − b‖² at zero has the norm ‖A'b‖. Double A: by what three norms grow.",
    expected={"gradient at 0": 2.0, "‖A'b‖": 2.0, "‖A'Ab‖": 4.0},
    rtol=1e-9,
    reason="the first two hold one factor A, the third holds two; rounding",
)
def one_factor_too_many():
    generator = np.random.RandomState(0)
    A, b = generator.randn(4, 4), generator.randn(4)

    def norms(A):
        gradient = numerical_gradient(lambda x: np.sum((A @ x - b) ** 2) / 2, np.zeros(4))
        return np.array([np.linalg.norm(v) for v in (gradient, A.T @ b, A.T @ A @ b)])

    growth = norms(2 * A) / norms(A)
    return dict(zip(("gradient at 0", "‖A'b‖", "‖A'Ab‖"), growth, strict=True))
