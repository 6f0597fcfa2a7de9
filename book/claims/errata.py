"""The errata: what is true, run beside what is often said; chapter by chapter."""

from itertools import combinations, count, islice
from statistics import NormalDist

import numpy as np

from book.claims import claim
from optedu.adaptive import AdaGrad, Adam, AdamL2, AdamW, RMSProp
from optedu.datasets import load_digits
from optedu.descent import GradientDescent, descend
from optedu.gradients import numerical_gradient
from optedu.landscape import (
    classify_critical_point,
    escape_steps,
    filter_normalize,
    goe,
    random_direction,
    rescale_relu,
    slice_1d,
)
from optedu.models import MLP
from optedu.momentum import (
    Momentum,
    effective_learning_rate,
)
from optedu.problems import (
    bootcamp_quadratic,
    cosine,
    mixed_partials,
    monkey_saddle,
    plain_saddle,
    quadratic,
    soft_absolute,
)
from optedu.second_order import bfgs_update, hessian, hvp, newton, two_loop
from optedu.sgd import gradient_variance

ROUNDING = 1e-12


def after(steps, iterates):
    """Return the iterate after so many steps."""
    return next(islice(iterates, steps, None))


# Chapter 1


@claim(
    "A step of 1e-4 on x² + 4y² from (1, 0.5): along the contour the loss hardly changes, "
    "against the gradient it falls.",
    expected={"along the tangent": 1.6e-8, "against the gradient": -np.sqrt(20) * 1e-4 + 3.4e-8},
    atol=1e-15,
    reason="a quadratic equals its Taylor polynomial, g·d + d'Hd/2; rounding of losses near 2",
)
def tangent_and_gradient():
    def f(x, y):
        return x**2 + 4 * y**2

    point, grads = np.array([1.0, 0.5]), np.array([2.0, 4.0])
    tangent = np.array([-grads[1], grads[0]])
    change = {}
    for name, direction in (("along the tangent", tangent), ("against the gradient", -grads)):
        step = 1e-4 * direction / np.linalg.norm(direction)
        change[name] = f(*(point + step)) - f(*point)
    return change


@claim(
    "The steepest slope over all directions of length 1 depends on how length is measured: "
    "‖g‖₂, ‖g‖₁ and √(g'H⁻¹g) in the Euclidean, the maximum and the Hessian's norm.",
    expected={"Euclidean": np.sqrt(20), "maximum": 6.0, "Hessian": 2.0, "against g": -np.sqrt(20)},
    rtol=1e-6,
    reason="Cauchy-Schwarz and its two relatives, g = (2, 4), H = diag(2, 8); the scan's spacing",
)
def steepest_in_three_norms():
    grads, curvature = np.array([2.0, 4.0]), np.array([2.0, 8.0])
    angles = np.linspace(0, 2 * np.pi, 400_001)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    lengths = {
        "Euclidean": np.linalg.norm(directions, axis=1),
        "maximum": np.abs(directions).max(axis=1),
        "Hessian": np.sqrt(directions**2 @ curvature),
    }
    slopes = {name: (directions @ grads / length).max() for name, length in lengths.items()}
    return slopes | {"against g": -grads @ grads / np.linalg.norm(grads)}


@claim(
    "The centered difference of exp(sin x) + sin x at 0: the power of h in its error, and the "
    "error over h².",
    expected={"order": 2.0, "error / h²": 1 / 6},
    rtol=1e-3,
    reason="f' + h² f'''/6 + O(h⁴), where f'''(0) = 0 for exp(sin x), so sin is added: |f'''| = 1",
)
def order_of_the_centered_difference():
    def error(h):
        return abs(numerical_gradient(lambda x: np.exp(np.sin(x)) + np.sin(x), 0.0, h) - 2)

    return {"order": np.log10(error(1e-1) / error(1e-2)), "error / h²": error(1e-2) / 1e-4}


def median_error(scheme, h, dtype):
    """Return the median error of a difference quotient of exp(sin x), over points near 1."""

    def f(x):
        return np.exp(np.sin(x))

    x = np.linspace(0.5, 1.5, 401).astype(dtype)
    ahead, behind = x + dtype(h), x - dtype(h) if scheme == "central" else x
    with np.errstate(divide="ignore", invalid="ignore"):
        measured = (f(ahead) - f(behind)).astype(float) / (ahead - behind)
    x = x.astype(float)
    return np.median(np.abs(measured - np.cos(x) * np.exp(np.sin(x))))


@claim(
    "The best step h for exp(sin x) near 1, as a power of ten.",
    expected={"forward": -8, "centered": -5.2, "centered, float32": -2.2},
    atol=0.5,
    reason="√ε, the cube root of ε, and the cube root of float32's ε; the error is flat there",
)
def best_difference_step():
    exponents = np.arange(-13, 0, 0.25)

    def best(scheme, dtype):
        errors = [median_error(scheme, 10**e, dtype) for e in exponents]
        return exponents[np.nanargmin(errors)]

    return {
        "forward": best("forward", np.float64),
        "centered": best("central", np.float64),
        "centered, float32": best("central", np.float32),
    }


@claim(
    "Evaluations for the gradient of one loss with 3,073 parameters, a tenth of 30,730.",
    expected={"forward": 3_073 + 1, "centered": 2 * 3_073},
    reason="one for each coordinate and one at the point; two for each coordinate",
)
def evaluations_of_a_numerical_gradient():
    counts = {}
    for name, scheme in (("forward", "forward"), ("centered", "central")):
        calls = count()
        numerical_gradient(
            lambda x, calls=calls: next(calls) and x[0], np.ones(3_073), 1e-5, scheme
        )
        counts[name] = next(calls)
    return counts


@claim(
    "Difference quotients at a kink: the centered one is the mean of the two slopes.",
    expected={"|x|, centered": 0.0, "|x|, forward": 1.0, "ReLU, centered": 0.5},
    atol=ROUNDING,
    reason="(|h| − |−h|)/2h = 0, (|h| − 0)/h = 1, (h − 0)/2h = 1/2",
)
def slopes_at_a_kink():
    return {
        "|x|, centered": numerical_gradient(abs, 0.0),
        "|x|, forward": numerical_gradient(abs, 0.0, scheme="forward"),
        "ReLU, centered": numerical_gradient(lambda x: np.maximum(x, 0.0), 0.0),
    }


@claim(
    "What a right gradient has to suffer in a check with h = 1e-5: relative errors, as powers of "
    "ten.",
    expected={
        "float64": -10.5,
        "float32": -2.0,
        "noise 1e-6 in f": -1.3,
        "3e-6 from a kink": -0.15,
    },
    atol=0.5,
    reason="h² and ε/h; float32's ε/h; noise/(√2 h); |0.3 − 1| = 0.7, since |x| gives x/h = 0.3",
)
def gradient_check_conditions():
    x, h = np.linspace(0.5, 1.5, 401), 1e-5
    noise = 1e-6 * np.random.RandomState(0).randn(2, x.size)
    errors = {
        "float64": median_error("central", h, np.float64),
        "float32": median_error("central", h, np.float32),
        "noise 1e-6 in f": np.median(np.abs((noise[0] - noise[1]) / (2 * h))),
        "3e-6 from a kink": abs(numerical_gradient(abs, 3e-6, h) - 1),
    }
    return {name: np.log10(error) for name, error in errors.items()}


# Chapter 2


@claim(
    "At the middle of a chord of length 2: how far the chord is above the graph.",
    expected={"3x + 1": 0.0, "x²": 1.0},
    atol=ROUNDING,
    reason="zero for a linear function; t (1 − t) (x − y)² = 1 for the square",
)
def chords():
    functions = {"3x + 1": lambda x: 3 * x + 1, "x²": lambda x: x**2}
    return {name: (f(-0.5) + f(1.5)) / 2 - f(0.5) for name, f in functions.items()}


@claim(
    "Two learning rates, two minima of ½(uv − 1)²: the curvature u² + v² at the end, "
    "from u = 3, v = 0.2; and whether (1 for yes) it is below 2/α.",
    expected={"α = 0.001": np.sqrt((9 - 0.04) ** 2 + 4), "α = 0.3 ends below 2/α": 1},
    rtol=0.02,
    reason="the flow keeps u² − v² = 8.96, and uv = 1 at the end; above 2/α no minimum is stable",
)
def curvature_of_the_minimum():
    def value_and_grad(x):
        u, v = x
        return (u * v - 1) ** 2 / 2, (u * v - 1) * np.array([v, u])

    def end(alpha, steps):
        return after(steps, descend(value_and_grad, [3.0, 0.2], GradientDescent(alpha)))

    slow, fast = end(0.001, 3_000), end(0.3, 3_000)
    return {
        "α = 0.001": slow.params @ slow.params,
        "α = 0.3 ends below 2/α": fast.loss < 1e-12 and fast.params @ fast.params < 2 / 0.3,
    }


@claim(
    "Examples visited by one update, of 1000.",
    expected={"gradient descent": 1_000, "minibatch of 32": 32},
    reason="the loss is a mean over the examples that are used",
)
def examples_in_an_update():
    visited = []

    def example_grad(w, i):
        visited.append(i)
        return w - i / 1_000

    def update(w, batch):
        visited.clear()
        w - 0.1 * np.mean([example_grad(w, i) for i in batch])
        return len(visited)

    indices = np.random.RandomState(0).permutation(1_000)
    return {
        "gradient descent": update(0.0, indices),
        "minibatch of 32": update(0.0, indices[:32]),
    }


# Chapter 3


@claim(
    "Fit one number to the targets 0, 1, …, 9 with batches of two: the first two rows every time, "
    "and the mean over all pairs.",
    expected={"first two rows": 0.5, "all pairs": 4.5},
    atol=1e-9,
    reason="the minimizer of the rows that are seen is their mean",
)
def rows_of_a_minibatch():
    targets = np.arange(10.0)
    pairs = [list(pair) for pair in combinations(range(10), 2)]
    ends = {}
    for name, batches in (("first two rows", [[0, 1]]), ("all pairs", pairs)):
        w = 0.0
        for _ in range(300):
            w -= 0.1 * np.mean([np.mean(w - targets[batch]) for batch in batches])
        ends[name] = w
    return ends


@claim(
    "Variance of the gradient over the drawing of the batch, as a fraction of that of one example.",
    expected={"one of 50": 1.0, "all 50": 0.0},
    atol=ROUNDING,
    reason="(σ²/B)(N − B)/(N − 1) at B = 1 and at B = N",
)
def full_batch_has_no_noise():
    grads = np.random.RandomState(0).randn(50, 3)
    one = np.sum(gradient_variance(grads, 1))
    return {
        name: np.sum(gradient_variance(grads, B)) / one
        for name, B in (("one of 50", 1), ("all 50", 50))
    }


# Chapter 4


@claim(
    "Length of a step under a constant gradient of 1, in units of α.",
    expected={
        "sum, ρ = 0.9": effective_learning_rate(Momentum(1.0, 0.9)),
        "sum, ρ = 0.99": effective_learning_rate(Momentum(1.0, 0.99)),
        "mean, ρ = 0.99": 1.0,
    },
    rtol=1e-9,
    reason="1/(1 − ρ) for the sum, 1 for the mean; 0.99^5000 is far below rounding",
)
def speed_under_a_constant_gradient():
    def speed(rho, weight):
        velocity = 0.0
        for _ in range(5_000):
            velocity = rho * velocity + weight
        return velocity

    return {
        "sum, ρ = 0.9": speed(0.9, 1.0),
        "sum, ρ = 0.99": speed(0.99, 1.0),
        "mean, ρ = 0.99": speed(0.99, 0.01),
    }


# Chapter 5


@claim(
    "Steps on ½x² + c at x = 3: the gradient over √s, and the derivative of loss/√s with s = x². "
    "A constant in the loss must not matter.",
    expected={"gradient / √s": 1.0, "c = 0": 0.5, "c = 9": -0.5},
    atol=1e-8,
    reason="3/3; and the derivative of x/2 + c/x, which is ½ − c/9; a centered difference",
)
def scale_is_no_variable():
    x = 3.0

    def derivative(c):
        return numerical_gradient(lambda x: (x**2 / 2 + c) / np.sqrt(x**2), x)

    return {"gradient / √s": x / np.sqrt(x**2), "c = 0": derivative(0.0), "c = 9": derivative(9.0)}


def uncorrected(t):
    """Return the uncorrected step of Adam over the corrected one, constant gradient."""
    return (1 - 0.9**t) / np.sqrt(1 - 0.999**t)


@claim(
    "How many times too long Adam's steps are under a constant gradient: without both corrections "
    "(first step, longest, where, and from which step on below 1.1), and with one of them.",
    expected={
        "neither, step 1": np.sqrt(10),
        "neither, longest": uncorrected(12),
        "which is step": 12,
        "below 1.1 from": 1751,
        "mean only, step 1": 10 * np.sqrt(10),
        "square only, step 1": 0.1,
    },
    rtol=1e-6,
    reason="(1 − β₁ᵗ)/√(1 − β₂ᵗ), whose maximum is at t = 12; either factor alone at t = 1",
)
def uncorrected_adam():
    def steps(n, mean=False, square=False):
        rule, x = Adam(1.0, correct_mean=mean, correct_square=square), np.zeros(1)
        state, lengths = rule.init(x), []
        for step in range(1, n + 1):
            moved, *state = rule.update(x, np.ones(1), step, *state)
            lengths.append(-moved.item())
        return np.array(lengths)

    neither = steps(2_000)
    return {
        "neither, step 1": neither[0],
        "neither, longest": neither.max(),
        "which is step": neither.argmax() + 1,
        "below 1.1 from": np.flatnonzero(neither >= 1.1).max() + 2,
        "mean only, step 1": steps(1, mean=True)[0],
        "square only, step 1": steps(1, square=True)[0],
    }


@claim(
    "Adam's corrected mean after the gradients 1 and 1, and after 1 and 3; and without the term "
    "that step two carries over.",
    expected={
        "1, 1": 1.0, "1, 1 without": 0.1 / 0.19, "1, 3": 0.39 / 0.19, "1, 3 without": 0.3 / 0.19,
    },
    rtol=1e-6,
    reason="[β₁(1 − β₁)g₁ + (1 − β₁)g₂]/(1 − β₁²); the mean of equal numbers must be that number",
)  # fmt: skip
def two_steps_of_adam():
    means = {}
    for second in (1.0, 3.0):
        rule, x = Adam(1.0), np.zeros(1)
        state = rule.init(x)
        for step, g in ((1, 1.0), (2, second)):
            _, *state = rule.update(x, np.full(1, g), step, *state)
        means[f"1, {second:.0f}"] = state[0].item() / (1 - 0.9**2)
        means[f"1, {second:.0f} without"] = 0.1 * second / (1 - 0.9**2)
    return means


@claim(
    "Adam's corrected mean of squares after 200 gradients of 3, and the variance of these.",
    expected={"mean of squares": 9.0, "variance": 0.0},
    atol=1e-9,
    reason="the mean of equal numbers; rounding",
)
def second_moment():
    rule, x, grads = Adam(1.0), np.zeros(1), np.full(200, 3.0)
    state = rule.init(x)
    for step, g in enumerate(grads, 1):
        _, *state = rule.update(x, np.full(1, g), step, *state)
    return {"mean of squares": state[1].item() / (1 - 0.999**200), "variance": grads.var()}


@claim(
    "Gradient (1, −1): its cosine with the running mean of squares s, and with g/√s.",
    expected={"g and s": 0.0, "g and g/√s": 1.0},
    atol=ROUNDING,
    reason="s = (c, c) has no signs; rounding",
)
def scale_is_no_direction():
    def cosine_of(u, v):
        return u @ v / np.linalg.norm(u) / np.linalg.norm(v)

    grads, rule = np.array([1.0, -1.0]), RMSProp(0.1, beta2=0.9)
    _, s = rule.update(np.zeros(2), grads, 1, *rule.init(np.zeros(2)))
    return {"g and s": cosine_of(grads, s), "g and g/√s": cosine_of(grads, grads / np.sqrt(s))}


@claim(
    "The gradients 3, −1, −1 in turn, kept in [−1, 1], best point −1. Where 9000 steps end "
    "(RMSProp with β₂ = 0.1 and α falling like 1/√k), and how often AdaGrad's regret exceeded its "
    "bound.",
    expected={"RMSProp": 1.0, "AdaGrad": -1.0, "steps above the bound": 0},
    atol=0.05,
    reason="Reddi, Kale and Kumar's stream; AdaGrad's bound is (D²/2α + α) √Σg² with D = 2",
)
def regret_of_adaptive_methods():
    ends = {}
    for name, rule in (("RMSProp", RMSProp(1.0, beta2=0.1)), ("AdaGrad", AdaGrad(1.0))):
        x = np.zeros(1)
        state, regret, squares, above = rule.init(x), 0.0, 0.0, 0
        for step in range(1, 9_001):
            g = np.full(1, 3.0 if step % 3 == 1 else -1.0)
            regret, squares = regret + (g * (x + 1)).item(), squares + (g**2).item()
            above += regret > (4 / 2 + 1) * np.sqrt(squares)
            moved, *state = rule.update(x, g, step, *state)
            rate = 0.5 / np.sqrt(step) if name == "RMSProp" else 1.0
            x = np.clip(x + rate * (moved - x), -1, 1)
        ends[name] = x.item()
    return ends | {"steps above the bound": above}


@claim(
    "The loss times 1000: by what the first step is multiplied.",
    expected={"g / √s": 1.0, "g / s": 1e-3},
    rtol=1e-6,
    reason="g/√g² does not change, g/g² is divided; ε = 1e-8",
)
def root_or_no_root():
    def first_step(g):
        return -AdaGrad(1.0).update(np.zeros(1), np.full(1, g), 1, np.zeros(1))[0].item()

    def without_root(g):
        return g / g**2

    return {
        "g / √s": first_step(2_000.0) / first_step(2.0),
        "g / s": without_root(2_000.0) / without_root(2.0),
    }


@claim(
    "First step of AdaGrad with ε = 1e-7, over that with 1e-8, by the size of the gradient.",
    expected={"g = 1": 1.0, "g = 1e-4": 1.0, "g = 1e-8": (1 / 11) / (1 / 2)},
    rtol=2e-3,
    reason="(g + 1e-8)/(g + 1e-7); 1e-4 differs from 1 by 9e-4",
)
def size_of_epsilon():
    def step(g, eps):
        return -AdaGrad(1.0, eps=eps).update(np.zeros(1), np.full(1, g), 1, np.zeros(1))[0].item()

    return {
        f"g = {name}": step(float(name), 1e-7) / step(float(name), 1e-8)
        for name in ("1", "1e-4", "1e-8")
    }


@claim(
    "No data gradient, decay λ: the parameter after 10 steps of AdamW with α = λ = 0.1, and the "
    "first step of Adam with L2, in units of α, for two λ.",
    expected={"AdamW": 0.99**10, "Adam + L2, λ = 0.01": 1.0, "Adam + L2, λ = 1": 1.0},
    rtol=1e-5,
    reason="(1 − αλ)^10 exactly; λx/√(λx)² = 1 up to ε = 1e-8",
)
def two_kinds_of_decay():
    x, rule = np.ones(1), AdamW(0.1, weight_decay=0.1)
    state = rule.init(x)
    for step in range(1, 11):
        x, *state = rule.update(x, np.zeros(1), step, *state)
    measured = {"AdamW": x.item()}
    for decay in (0.01, 1):
        rule, x = AdamL2(0.1, weight_decay=decay), np.ones(1)
        moved = rule.update(x, np.zeros(1), 1, *rule.init(x))[0]
        measured[f"Adam + L2, λ = {decay}"] = (1 - moved.item()) / 0.1
    return measured


@claim(
    "The gradient turns from 1 to −1: steps until its running mean has turned too.",
    expected={"β = 0.9": 7, "β = 0.99": 69, "β = 0.999": 693},
    reason="1 − 2(1 − βᵗ) < 0 needs t > log 2 / −log β: 6.6, 69.0 (68.97), 692.8, rounded up",
)
def memory_of_a_mean():
    steps = {}
    for beta in (0.9, 0.99, 0.999):
        mean = 1.0
        steps[f"β = {beta}"] = 0
        while mean >= 0:
            mean = beta * mean - (1 - beta)
            steps[f"β = {beta}"] += 1
    return steps


@claim(
    "Turn the axes of ½(0.2x² + 4y²) by 45 degrees, start included: the loss after 60 steps, "
    "before and after. Descent and AdaGrad with α = 0.4, Adam with 0.1.",
    expected={
        "descent": 0.1 * 25 * 0.92**120, "descent, turned": 0.1 * 25 * 0.92**120,
        "AdaGrad": 0.0884, "AdaGrad, turned": 0.98, "Adam": 0.0272, "Adam, turned": 1.07,
    },
    rtol=0.02,
    reason="descent turns with the axes, 0.1 · 25 · (1 − 0.08)^120; the others: an earlier run",
)  # fmt: skip
def turned_axes():
    losses = {}
    turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    rules = {"descent": GradientDescent(0.4), "AdaGrad": AdaGrad(0.4), "Adam": Adam(0.1)}
    for name, rule in rules.items():
        for suffix, axes in (("", np.eye(2)), (", turned", turn)):
            problem = quadratic(axes @ np.diag([0.2, 4.0]) @ axes.T)
            end = after(60, descend(problem.value_and_grad, axes @ [-5.0, -2.0], rule))
            losses[name + suffix] = end.loss
    return losses


@claim(
    "Adam on |x| from 10α: the largest distance from the minimum in the last 500 of 2000 steps, in "
    "units of α, for two α; and at the end, if α falls to zero on a line.",
    expected={"α = 0.1": 0.3, "α = 0.01": 0.3, "falling": 0.0},
    atol=0.02,
    reason="only signs enter, so the path scales with α exactly; 0.3 is an earlier run's",
)
def floor_of_adam():
    def floor(alpha, falling=False):
        rule, x = Adam(1.0), np.full(1, 10 * alpha)
        state, path = rule.init(x), []
        for step in range(1, 2_001):
            moved, *state = rule.update(x, np.sign(x), step, *state)
            x = x + alpha * (1 - (step - 1) / 2_000 if falling else 1.0) * (moved - x)
            path.append(abs(x.item()) / alpha)
        return path[-1] if falling else max(path[-500:])

    return {
        "α = 0.1": floor(0.1),
        "α = 0.01": floor(0.01),
        "falling": floor(0.1, falling=True),
    }


@claim(
    "Adam's tenth step in units of α, for a gradient that is always zero, and always 1e-12.",
    expected={"g = 0": 0.0, "g = 1e-12": 1e-12 / (1e-12 + 1e-8)},
    rtol=1e-9,
    reason="0/(0 + ε), and g/(g + ε)",
)
def role_of_epsilon():
    rule, x, grads = Adam(1.0), np.zeros(2), np.array([0.0, 1e-12])
    state = rule.init(x)
    for step in range(1, 11):
        moved, *state = rule.update(x, grads, step, *state)
    return dict(zip(("g = 0", "g = 1e-12"), -moved, strict=True))


# Chapter 6


@claim(
    "The second-order model of exp at 1, with f(1) and without: by what halving the step from 0.02 "
    "divides its error, and where its minimum is.",
    expected={"error, with": 8.0, "error, without": 1.0, "minimum, with": 0, "minimum, without": 0},
    rtol=0.02,
    atol=1e-6,
    reason="the next term is h³f'''/6, or the missing f(1); 1 − f'/f'' = 0 for both",
)
def constant_of_the_taylor_model():
    e = np.e

    def model(constant):
        return lambda x: constant + e * (x - 1) + e * (x - 1) ** 2 / 2

    measured = {}
    for name, constant in (("with", e), ("without", 0.0)):
        errors = [abs(np.exp(1 + h) - model(constant)(1 + h)) for h in (0.02, 0.01)]
        measured[f"error, {name}"] = errors[0] / errors[1]
    x = np.linspace(-1, 1, 2_001)
    for name, constant in (("with", e), ("without", 0.0)):
        measured[f"minimum, {name}"] = x[model(constant)(x).argmin()]
    return measured


@claim(
    "One Newton step on a quadratic: the norm of the gradient before and after.",
    expected={"before": np.linalg.norm(bootcamp_quadratic().grad(np.zeros(3))), "after": 0.0},
    atol=1e-12,
    reason="g(w − H⁻¹g) = g − g; rounding",
)
def one_newton_step():
    problem = bootcamp_quadratic()
    run = newton(problem.value_and_grad, problem.hessian, np.zeros(3))
    before, then = islice(run, 2)
    return {"before": np.linalg.norm(before.grads), "after": np.linalg.norm(then.grads)}


@claim(
    "What curvature costs with 40 parameters: gradients for a product Hv, gradients for the whole "
    "H, and the growth of a Cholesky factorization's multiplications from 40 to 80.",
    expected={"gradients for Hv": 2, "gradients for H": 80, "growth of the solve": 8.0},
    rtol=0.01,
    reason="two and 2n by centered differences; (n³ − n)/6 multiplications",
)
def costs_of_curvature():
    calls = []

    def grad(x):
        calls.append(x)
        return x**3

    def gradients_used(measure):
        calls.clear()
        measure()
        return len(calls)

    def multiplications(n):
        return sum(1 for column in range(n) for _ in range(column, n) for _ in range(column))

    x, v = np.ones(40), np.ones(40)
    return {
        "gradients for Hv": gradients_used(lambda: hvp(grad, x, v)),
        "gradients for H": gradients_used(lambda: hessian(grad, x)),
        "growth of the solve": multiplications(80) / multiplications(40),
    }


@claim(
    "Newton's method with full steps: |x| on √(1 + x²) from 0.9, 1 and 1.1, and x on cos x from "
    "0.5, where the loss is highest at 0.",
    expected={
        "from 0.9, 6 steps": 0.9**729, "from 1, 6 steps": 1.0, "from 1.1, 5 steps": 1.1**243,
        "cos from 0.5, 6 steps": 0.0,
    },
    rtol=1e-6,
    atol=1e-12,
    reason="x(k+1) = −x(k)³ and x − tan x in closed form; rounding, cubed at each step",
)  # fmt: skip
def full_newton_steps():
    def end(problem, start, steps):
        run = newton(problem.value_and_grad, problem.hessian, [start])
        return [abs(it.params.item()) for it in islice(run, steps + 1)][-1]

    return {
        "from 0.9, 6 steps": end(soft_absolute(), 0.9, 6),
        "from 1, 6 steps": end(soft_absolute(), 1.0, 6),
        "from 1.1, 5 steps": end(soft_absolute(), 1.1, 5),
        "cos from 0.5, 6 steps": end(cosine(), 0.5, 6),
    }


@claim(
    "The Newton step on ½(x² − y²) from (0, 1): slope along it, and the loss before and after.",
    expected={"slope": 1.0, "before": -0.5, "after": 0.0},
    atol=ROUNDING,
    reason="−g'H⁻¹g = −(−1)²/(−1); the step ends at the saddle",
)
def newton_step_uphill():
    problem = plain_saddle()
    before, then = islice(newton(problem.value_and_grad, problem.hessian, [0.0, 1.0]), 2)
    slope = before.grads @ (then.params - before.params)
    return {"slope": slope, "before": before.loss, "after": then.loss}


@claim(
    "Five pairs (s, y): the two loops of L-BFGS against the same updates of a whole matrix H, and "
    "H against the newest pair: Hy − s, and whether (1 for yes) Hs = y.",
    expected={"two loops − matrix": 0.0, "Hy − s": 0.0, "Hs = y?": 0},
    atol=1e-10,
    reason="both are H g, with H near the inverse Hessian, so Hy = s; 1e-10 is rounding",
)
def lbfgs_is_an_inverse():
    generator = np.random.RandomState(0)
    A = np.diag(np.arange(1.0, 9.0))
    pairs = [(s, A @ s) for s in generator.randn(5, 8)]
    s, y = pairs[-1]
    H = s @ y / (y @ y) * np.eye(8)
    for pair in pairs:
        H = bfgs_update(H, *pair)
    g = generator.randn(8)
    return {
        "two loops − matrix": np.linalg.norm(two_loop(g, pairs) - H @ g),
        "Hy − s": np.linalg.norm(H @ y - s),
        "Hs = y?": np.allclose(H @ s, y),
    }


@claim(
    "Mixed second derivatives of xy(x² − y²)/(x² + y²) at the origin, in the two orders.",
    expected={"∂/∂y of ∂f/∂x": -1.0, "∂/∂x of ∂f/∂y": 1.0},
    atol=1e-9,
    reason="∂f/∂x = −y on the y axis, ∂f/∂y = x on the x axis; rounding of a difference",
)
def asymmetric_hessian():
    h, grad = 1e-4, mixed_partials().grad
    return {
        "∂/∂y of ∂f/∂x": (grad([0.0, h])[0] - grad([0.0, -h])[0]) / (2 * h),
        "∂/∂x of ∂f/∂y": (grad([h, 0.0])[1] - grad([-h, 0.0])[1]) / (2 * h),
    }


# Chapter 7


@claim(
    "[[1, 2], [2, 1]] has a positive diagonal, yet it is a saddle; a zero eigenvalue leaves x⁴ and "
    "x³ open. Eigenvalues, and 1 for each right verdict.",
    expected={"smallest": -1.0, "largest": 3.0, "saddle": 1, "open": 1},
    atol=ROUNDING,
    reason="trace 2, determinant −3; rounding",
)
def eigenvalues_decide():
    matrix = np.array([[1.0, 2.0], [2.0, 1.0]])
    smallest, largest = np.linalg.eigvalsh(matrix)
    return {
        "smallest": smallest,
        "largest": largest,
        "saddle": classify_critical_point(matrix) == "saddle",
        "open": classify_critical_point([[0.0]]) == "degenerate",
    }


@claim(
    "How often a random symmetric matrix has only positive eigenvalues, and how often after its "
    "spectrum is shifted up by 4 (standard deviation of an entry: 1).",
    expected={
        "n = 2": (2 - np.sqrt(2)) / 4,
        "n = 3": (np.pi - 2 * np.sqrt(2)) / (4 * np.pi),
        "n = 2, shifted": NormalDist().cdf(4)
        - np.exp(-4) / np.sqrt(2) * NormalDist().cdf(4 / np.sqrt(2)),
    },
    rtol=0.06,
    reason="exact for Gaussian matrices, well below 2⁻ⁿ = 0.25 and 0.125; 6 % is 4σ at n = 3",
)
def random_saddles():
    generator = np.random.default_rng(0)

    def share(n, shift=0.0):
        eigenvalues = np.linalg.eigvalsh(goe(n, generator, 200_000 if n == 3 else 100_000))
        return np.mean(eigenvalues[:, 0] + shift > 0)

    return {"n = 2": share(2), "n = 3": share(3), "n = 2, shifted": share(2, 4.0)}


@claim(
    "Twenty networks on 60 digits: the bars of a histogram of their losses sum to the runs, after "
    "40 steps and after 200; and the standard deviation of the losses for two widths.",
    expected={
        "bars, 40 steps": 20, "bars, 200 steps": 20, "2 units, sd": 0.082, "10 units, sd": 0.00094,
    },
    rtol=0.3,
    reason="a bar counts runs, whatever they took; the deviations are those of an earlier run",
)  # fmt: skip
def histogram_of_final_losses():
    X, y = load_digits()
    losses = {}
    for width in (2, 10):
        model = MLP(X[:60] / 16, y[:60], hidden=(width,), n_classes=10)
        starts = np.stack([model.initial(np.random.default_rng(seed)) for seed in range(20)])
        run = descend(model.value_and_grad, starts, Momentum(0.1, 0.9))
        losses[width] = [it.loss for it in islice(run, 201) if it.step in (40, 200)]
    early, late = (np.histogram(found, bins=8)[0].sum() for found in losses[10])
    return {
        "bars, 40 steps": early,
        "bars, 200 steps": late,
        "2 units, sd": np.std(losses[2][1]),
        "10 units, sd": np.std(losses[10][1]),
    }


@claim(
    "Three critical points, all with gradient zero: the lowest value within 0.1 of them, relative "
    "to their own.",
    expected={"x³": -1e-3, "x⁴": 0.0, "monkey saddle": -1e-3},
    atol=1e-6,
    reason="−r³, 0 and −r³ (r³ cos 3φ is lowest at −1), r = 0.1; the scan's spacing",
)
def critical_points():
    x = np.linspace(-0.1, 0.1, 2_001)
    angles = np.linspace(0, 2 * np.pi, 6_001)
    circle = 0.1 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return {
        "x³": np.min(x**3),
        "x⁴": np.min(x**4),
        "monkey saddle": np.min(monkey_saddle().value(circle)),
    }


@claim(
    "Gradient descent leaves a saddle from a distance of 10⁻ᵏ: steps until the distance is 1, "
    "αλ = 0.1.",
    expected={f"1e-{k}": np.ceil(escape_steps(10.0**-k, 0.1, 1.0)) for k in (2, 4, 8)},
    reason="k log 10 / log 1.1 = 48.3, 96.6, 193.3, at the next whole step",
)
def leaving_a_saddle():
    steps = {}
    for k in (2, 4, 8):
        run = descend(plain_saddle().value_and_grad, [1.0, 10.0**-k], GradientDescent(0.1))
        steps[f"1e-{k}"] = next(it.step for it in run if it.params[1] >= 1)
    return steps


@claim(
    "One ReLU network, written with its first layer ten times as large: change of the loss along a "
    "random line through it, at most, and whether (1 for yes) it is large on a raw one.",
    expected={"same function": 0.0, "normalized line": 0.0, "raw line changes": 1},
    atol=1e-9,
    reason="filters scale with their weights, and max(0, cz) = c max(0, z); rounding",
)
def slices_and_scales():
    X, y = load_digits()
    model = MLP(X[:100] / 16, y[:100], hidden=(12,), activation="relu", n_classes=10)
    generator = np.random.default_rng(0)
    params = model.initial(generator)
    scaled = rescale_relu(params, model.blocks, 10.0)
    raw = random_direction(params.size, generator)
    alphas = np.linspace(-1, 1, 11)

    def change(along):
        one, other = (slice_1d(model.loss, p, along(p), alphas) for p in (params, scaled))
        return np.abs(one - other).max()

    return {
        "same function": abs(model.loss(params) - model.loss(scaled)),
        "normalized line": change(lambda p: filter_normalize(raw, p, model.blocks)),
        "raw line changes": change(lambda p: raw) > 0.1,
    }
