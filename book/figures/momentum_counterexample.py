"""The heavy ball in a cycle: the data and the static picture of ``momentum-counterexample``."""

from itertools import islice

import numpy as np

from optedu import plotting
from optedu.descent import GradientDescent, best_learning_rate, descend
from optedu.momentum import optimal_heavy_ball
from optedu.problems import lessard

SMOOTHNESS, STRONG_CONVEXITY = 25.0, 1.0
START, REACH, STEPS = 3.3, 4.0, 90
HEAVY_BALL = optimal_heavy_ball(SMOOTHNESS, STRONG_CONVEXITY)
DESCENT = GradientDescent(best_learning_rate(SMOOTHNESS, STRONG_CONVEXITY))
RULES = {"momentum": HEAVY_BALL, "gradient_descent": DESCENT}


def path(rule, start=START, steps=STEPS):
    """Return the iterates of one rule from a start."""
    iterates = descend(lessard().value_and_grad, [start], rule)
    return np.array([it.params.item() for it in islice(iterates, steps + 1)])


def cycle():
    """Return the three points of the cycle, in the order of the run.

    They solve x(k+1) = (1 + μ) x(k) - α f'(x(k)) - μ x(k-1), where f' is linear on each piece:
    25x - 24 beyond 2, and 25x at the two others.
    """
    alpha, mu = HEAVY_BALL.learning_rate, HEAVY_BALL.momentum
    forward = np.roll(np.eye(3), 1, axis=1)  # (forward @ x)[k] is the point after x[k]
    system = forward - (1 + mu - alpha * SMOOTHNESS) * np.eye(3) + mu * forward.T
    return np.linalg.solve(system, [24 * alpha, 0.0, 0.0])


def data():
    """Return the two rules, the cycle, the rate promised on quadratics, and the controls."""
    momentum = {
        "learning_rate": HEAVY_BALL.learning_rate,
        "momentum": HEAVY_BALL.momentum,
    }
    return {
        "settings": {
            "momentum": momentum,
            "gradient_descent": {"learning_rate": DESCENT.learning_rate},
        },
        "cycle": cycle().tolist(),
        "promise": np.sqrt(HEAVY_BALL.momentum),
        "steps": STEPS,
        "controls": {
            "start": {"min": -REACH, "max": REACH, "value": START},
            "step": {"min": 0, "max": STEPS},
        },
    }


def table(data):
    """Return the points of both runs at a few steps, the last three in the cycle."""
    runs = [path(rule) for rule in RULES.values()]
    steps = [0, 1, 2, 3, 10, 30, STEPS - 2, STEPS - 1, STEPS]
    rows = [[f"{step}", *(f"{run[step]:.4g}" for run in runs)] for step in steps]
    return ["step", "heavy ball, x", "gradient descent, x"], rows


def draw(data):
    """Draw the function with the cycle on it, and the distances of both runs."""
    figure, (graph, curve) = plotting.subplots(1, 2, width=760, height=340)
    problem, runs = lessard(), {name: path(rule) for name, rule in RULES.items()}
    x = np.linspace(-3.5, 3.5, 300)
    graph.plot(x, problem.value(x[:, None]), color="#000000")
    closed = runs["momentum"][-4:]
    heights = problem.value(closed[:, None])
    graph.plot(closed, heights, "s-", color=plotting.COLORS["momentum"])
    for at, height in zip(closed[1:], heights[1:], strict=True):
        offset, side = ((-9, 4), "right") if at < 0 else ((9, -4), "left")
        graph.annotate(f"{at:.2f}", (at, height), offset, textcoords="offset points", ha=side)
    graph.set(title="the heavy ball's last three points", xlabel="x", ylim=(0, 92))
    errors = {name.replace("_", " "): np.abs(run) for name, run in runs.items()}
    promise = START * data["promise"] ** np.arange(STEPS + 1)
    plotting.convergence(curve, errors, theory={"promise on quadratics": promise})
    curve.set(title="distance to the minimum", ylim=(1e-4, 1e1))
    return figure
