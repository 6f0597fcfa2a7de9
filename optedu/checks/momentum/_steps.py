"""What the exercises on steps share: how a run made with a student's step is judged.

On 1/2 λ x² any method with momentum obeys x(k+1) = p x(k) + q x(k-1), and the two numbers p and q
tell the methods apart, whatever a solution keeps in its state. So only the points are looked at.
"""

import numpy as np

from optedu.checks.families import has_rate, same
from optedu.checks.momentum._walk import (
    CURVATURES,
    GRADIENTS,
    START,
    UNEQUAL,
    Walk,
    as_pair,
    as_point,
    bowl,
    curved,
    given,
    is_data,
    tilted,
)
from optedu.checks.picture import showing
from optedu.checks.student import CheckFailed
from optedu.momentum import recurrence


def require_run(student, method, gradient, x0, learning_rate, momentum, n_steps, case):
    """Compare a run with the right one, and say where and how they part."""
    exact = method.run(gradient, x0, learning_rate, momentum, n_steps)
    walk = Walk(student, method, gradient, x0, learning_rate, momentum, case)
    points = walk.go(n_steps)
    with showing(*_axes(x0), {"a right run": _drawn(exact), "your run": _drawn(points)}):
        require_points(points, exact, case, momentum, walk.asked)


def require_points(points, exact, case, momentum=0.0, asked_at=()):
    """Say where and how a run and the right one part; every coordinate has its own scale."""
    rows = [array.reshape(len(array), -1) for array in (points, exact)]

    def parted_by(step):
        runs = (row[: step + 1].T for row in rows)
        return [not same(a, b) for a, b in zip(*runs, strict=True)]

    if not any(parted_by(len(points))):
        return
    step = next(step for step in range(len(points)) if any(parted_by(step)))
    apart = parted_by(step)
    went, asked = (row[step] - row[step - 1] for row in rows)
    before = " (those before it are right)" if step > 1 else ""
    if same(went[apart], asked[apart], 5e-3):
        raise CheckFailed(f"{case}, step {step}{before} is right to a few digits only.", _DIGITS)
    found = None
    asked_now = asked_at[step - 1] if asked_at else []
    if asked_now and not _looks_ahead(asked_now, exact[:step], momentum):
        found = _ELSEWHERE
    elif step == 2 and momentum and np.any(went):
        found = _compare_memory(went - asked, momentum * (rows[1][1] - rows[1][0]))
    what, hint = found or _compare_step(went, asked, step)
    raise CheckFailed(f"{case}, step {step}{before} {what}.", hint)


_DIGITS = "Are numbers rounded or kept as float32, or is something small added?"
_ELSEWHERE = (
    "takes its gradient elsewhere than at x + momentum * v",
    "v is the step that led to x, as it was. Which point do you hand to grad?",
)
_STATE = (
    "The velocity comes back through the state. Is the whole of it in there, and what multiplies "
    "it, and what is added?"
)


def _looks_ahead(asked, points, momentum):
    """Return whether a step asks for its gradient where the last two points lead."""
    x, last = points[-1], points[-2:][0]
    return any(same(np.reshape(point, -1), (x + momentum * (x - last)).ravel()) for point in asked)


def _compare_memory(excess, kept):
    """Return what a second step does that is off by a multiple of what it keeps of the first."""
    share = 1 + excess @ kept / (kept @ kept)
    if not same(excess, (share - 1) * kept, 1e-6):
        return None
    if abs(share) < 1e-6:
        return "goes as if nothing were kept of the step before it", _STATE
    if share < 0:
        return (
            "goes as if it took back some of the step before it",
            "The old velocity enters with a plus.",
        )
    return (
        f"goes as if it kept {share:.3g} times as much of the step before it as it should",
        "What multiplies the velocity that comes back through the state?",
    )


def _compare_step(went, asked, step):
    """Return what a step does and why it may, from where it leads and where it should."""
    if not np.all(np.isfinite(went)):
        return "leads to infinity or NaN", "What is divided by what, and can that be zero?"
    if not np.any(went):
        hint = _STATE if step > 1 else "Is the new x computed, and is it what you return?"
        return "leads nowhere", hint
    length = went @ asked / max(asked @ asked, 1e-300)
    if step > 1:
        return "does not build on the steps before it as it should", _STATE
    if not same(went, length * asked, 1e-6):
        return "does not go along the gradient", "The velocity is zero at first."
    if length < 0:
        return "goes up the slope instead of down", "Check the sign in your update."
    return (
        f"has the right direction but {length:.3g} times the right length",
        "Check what multiplies the gradient.",
    )


def _axes(x0):
    return ("step", "x") if x0.size == 1 else ("x₁", "x₂")


def _drawn(points):
    """Return a run as a curve: over the steps, or in the plane."""
    points = points.reshape(len(points), -1)
    if points.shape[1] == 1:
        return np.column_stack([np.arange(len(points)), points])
    return points[:, :2]


def fit_recurrence(x):
    """Return p and q of x(k+1) = p x(k) + q x(k-1), or None if one coordinate obeys none."""
    before = np.column_stack([x[1:-1], x[:-2]])
    if not np.all(np.isfinite(x)) or np.linalg.cond(before) > 1e6:
        return None
    p_q = np.linalg.lstsq(before, x[2:], rcond=None)[0]
    return p_q if same(before @ p_q, x[2:], 1e-6) else None


def require_recurrence(student, method, learning_rate, momentum, case):
    """Ask for the right p and q along modes of any curvature (family REC)."""
    walk = Walk(student, method, bowl(CURVATURES), UNEQUAL, learning_rate, momentum, case)
    points = walk.go(6)
    shrinks = 1 - learning_rate * CURVATURES
    exact = method.modes(shrinks, momentum, UNEQUAL, 6)
    if same(points, exact):
        return
    if same(points, exact, 1e-4):
        raise CheckFailed(f"{case}, the points are right to a few digits only.", _DIGITS)
    mode = next(i for i in range(len(CURVATURES)) if not same(points[:, i], exact[:, i]))
    what, hint = _read_recurrence(fit_recurrence(points[:, mode]), method, shrinks[mode], momentum)
    raise CheckFailed(f"{case}, {what}.", hint)


def _read_recurrence(found, method, shrink, momentum):
    """Return what p and q tell of a method that has the wrong ones."""
    if found is None:
        return (
            "a step is not made of the last two points alone, as x(k+1) = p x(k) + q x(k-1)",
            "Use the gradient and the last velocity, each multiplied by the same in every step.",
        )
    right = np.array(recurrence(method.rule(1.0, momentum), 1 - shrink))
    known = {
        "gradient descent": (shrink, 0),
        "the heavy ball": (shrink + momentum, -momentum),
        "Nesterov's method": (shrink * (1 + momentum), -shrink * momentum),
    }
    for name, p_q in known.items():
        if same(found, p_q, 1e-6) and not same(found, right, 1e-6):
            return f"your points follow the recurrence of {name}", f"Asked for is {method.name}."
    if same(found, right, 1e-6):
        return (
            "your points follow the right recurrence, but from a wrong first step",
            "The velocity is zero before the first step, and the first step is made like all.",
        )
    if abs(found[1] - right[1]) < 1e-6:
        return (
            "the velocity is kept as it should be, but the gradient has another weight",
            "What multiplies g, and with which sign?",
        )
    return (
        "the weight of the last step is not what momentum makes it",
        "What multiplies the velocity that comes back through the state?",
    )


def add_properties(exercise, method):
    """Give an exercise on a step the checks and the probes that all of them share."""

    @exercise.hidden
    def obeys_its_recurrence(student):
        """REC: p and q along modes of any curvature, with other hyper-parameters."""
        for learning_rate, momentum in [(0.3, 0.6), (0.7, 0.95), (0.11, 0.25)]:
            case = "On f(x) = λ x² / 2, with other hyper-parameters"
            require_recurrence(student, method, learning_rate, momentum, case)

    @exercise.hidden
    def follows_changing_gradients(student):
        """REF: gradients from 1e-9 to 1e3, with exact zeros among them."""
        for learning_rate, momentum in [(0.02, 0.8), (1.7, 0.3)]:
            case = "Where gradients are tiny, large or zero, and change from step to step"
            args = np.zeros(4), learning_rate, momentum, len(GRADIENTS), case
            require_run(student, method, given(GRADIENTS), *args)

    @exercise.hidden
    def leaves_the_quadratic(student):
        """REF: a dozen steps where the gradient is not linear."""
        case = "On a loss that is not a quadratic"
        require_run(student, method, curved, np.array([1.3, -0.8]), 0.15, 0.7, 12, case)

    @exercise.hidden
    def takes_one_large_gradient(student):
        """REF: a first gradient of a million is used as it is."""
        gradients = np.array([[1e6, -3e6], [1.0, 2.0], [0.5, -1.0], [0.0, 0.0]])
        args = np.zeros(2), 0.1, 0.75, 4, "Where the first gradient is very large"
        require_run(student, method, given(gradients), *args)

    if not method.asks:

        @exercise.visible
        def leaves_earlier_gradients_alone(student):
            """API: a gradient that is kept as the state is still the caller's."""
            case, x, state, gradients, kept = "In a run of three steps", START, None, [], []
            for step in range(3):
                gradients.append(tilted(x, step))
                kept.append(gradients[-1].copy())
                both, error = student.attempt(x.copy(), gradients[-1], state, 0.2, 0.7)
                if error is not None:  # the other checks call in this way, and tell
                    return
                new, state = as_pair(both, x, case)
                x = as_point(new, x, case)
            if not np.array_equal(gradients, kept):
                raise CheckFailed(
                    f"{case}, your function changes the g of an earlier step.",
                    "Your state is that very array, which belongs to the caller: keep a copy.",
                    token="changes g",
                )

    @exercise.hidden
    def takes_any_shape(student):
        """API: a matrix, a number, an array with one entry."""
        for x0, name in [
            (np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]]), "a matrix"),
            (np.array(2.5), "a single number, np.array(2.5)"),
            (np.array([-1.5]), "an array with one entry"),
            (np.array([[1.5], [0.5]]), "a matrix with one column"),
            (np.array([[1.0, -2.0], [3.0, 0.25]]), "a square matrix"),
            (np.array([[[1.0, -0.5]], [[2.0, 0.25]]]), "an array with three axes"),
        ]:
            require_run(student, method, curved, x0, 0.1, 0.6, 3, f"Where x is {name}")

    @exercise.hidden
    def starts_afresh(student):
        """API: nothing is left over from an earlier run."""
        case = "In a second run, which starts with state = None again"
        Walk(student, method, tilted, START, 0.2, 0.8, case).go(3)
        require_run(student, method, tilted, -2 * START, 0.1, 0.5, 3, case)

    @exercise.hidden
    def keeps_two_runs_apart(student):
        """API: two runs that take turns do not see each other."""
        case = "In two runs that take turns, each with its own state"
        runs = [(START, 0.2, 0.8), (-START[::-1], 0.1, 0.5)]
        walks = [Walk(student, method, tilted, *run, case) for run in runs]
        for _ in range(5):
            for walk in walks:
                walk.go()
        for walk, run in zip(walks, runs, strict=True):
            require_points(np.array(walk.points), method.run(tilted, *run, 5), case)

    @exercise.hidden
    def goes_on_from_a_copy(student):
        """API: a copy of the state carries all of the run, however the run itself goes on."""
        case = "In a run that goes on twice, from its state and from a copy of it"
        walk = Walk(student, method, tilted, START, 0.2, 0.8, case)
        walk.go(2)
        if not is_data(walk.state):  # an object may be one that only its maker can copy
            return
        twin = walk.fork()
        exact = method.run(tilted, START, 0.2, 0.8, 5)
        require_points(walk.go(3), exact, case)
        require_points(twin.go(3), exact, case)

    @exercise.hidden
    def remembers_for_long(student):
        """EXA: one gradient and then none; with momentum 0.99 it carries x on for long."""
        gradients = np.zeros((120, 1))
        gradients[0] = 1.0
        case = "In a long run with momentum = 0.99, where all gradients but the first are zero"
        require_run(student, method, given(gradients), np.zeros(1), 0.1, 0.99, 120, case)

    @exercise.hidden
    def is_stable_up_to_the_limit(student):
        """EXA: at momentum 0.9, on both sides of the largest stable learning rate."""
        case = "Close to the largest stable learning rate, on both sides of it"
        sizes, x0 = method.limit * np.array([0.985, 1.015]), np.array([1.0, 1.0])
        points = Walk(student, method, bowl(sizes), x0, 1.0, 0.9, case).go(16)
        require_points(points, method.modes(1 - sizes, 0.9, x0, 16), case)

    @exercise.hidden
    def converges_at_the_rate(student):
        """RAT: the rate of theory; both roots are equal there, which costs some 7 % of the log."""
        case = "On a long run, with the parameters of theory for L = 4 and m = 1"
        rule, curvatures = method.best(4.0, 1.0), np.array([1.0, 4.0])
        args = np.array([1.0, 1.0]), rule.learning_rate, rule.momentum, case
        points = Walk(student, method, bowl(curvatures), *args).go(32)
        rate = 1 / 3 if method.name == "the heavy ball" else 1 / 2
        if not has_rate(np.linalg.norm(points, axis=1), rate, rtol=0.1):
            raise CheckFailed(
                f"{case}, the points do not approach the minimizer at the rate of theory.",
                "Is every step made in the same way as the first?",
            )

    def walked(student, gradient, x0, learning_rate, momentum, n_steps):
        return Walk(student, method, gradient, x0, learning_rate, momentum, "").go(n_steps)

    @exercise.probe
    def probe_run(student):
        """Return numbers of a run in three dimensions."""
        return walked(student, tilted, START, 0.3, 0.6, 4)[[1, 2, 4]].ravel()

    @exercise.probe
    def probe_gradient_of_each_step(student):
        """Return the steps that one gradient alone leads to, as multiples of its step."""
        gradients = np.array([[1.0], [0.0], [0.0], [0.0]])
        points = walked(student, given(gradients), np.zeros(1), 0.2, 0.7, 4)
        return np.diff(points[:, 0]) / -0.2

    @exercise.probe
    def probe_recurrence(student):
        """Return p and q along two modes, if there are such numbers."""
        points = walked(student, bowl(CURVATURES[2:]), UNEQUAL[2:], 0.3, 0.6, 6)
        fits = [fit_recurrence(x) for x in points.T]
        return ["no recurrence"] if any(f is None for f in fits) else np.concatenate(fits)

    @exercise.probe
    def probe_without_momentum(student):
        """Return numbers of a run with momentum = 0."""
        return walked(student, tilted, START, 0.3, 0.0, 3)[[1, 3]].ravel()

    @exercise.probe
    def probe_much_momentum(student):
        """Return numbers of a run with momentum = 0.9, which many take for granted."""
        return walked(student, tilted, START, 0.3, 0.9, 3)[[1, 3]].ravel()

    @exercise.probe
    def probe_learning_rate(student):
        """Return numbers of a run with another learning rate."""
        return walked(student, tilted, START, 0.1, 0.6, 3)[[1, 3]].ravel()

    @exercise.probe
    def probe_not_a_quadratic(student):
        """Return numbers of a run where the gradient is not linear."""
        return walked(student, curved, np.array([1.3, -0.8]), 0.15, 0.7, 3)[1:].ravel()

    @exercise.probe
    def probe_second_run(student):
        """Say whether a run made twice is the same both times."""
        runs = [walked(student, tilted, START, 0.3, 0.6, 3) for _ in range(2)]
        return ["alike" if same(*runs) else "otherwise"]

    @exercise.probe
    def probe_two_runs(student):
        """Say whether a run that takes turns with another is as it is alone."""
        walks = [Walk(student, method, tilted, sign * START, 0.3, 0.6, "") for sign in (1, -2)]
        for _ in range(3):
            for walk in walks:
                walk.go()
        alone = walked(student, tilted, START, 0.3, 0.6, 3)
        return ["apart" if same(np.array(walks[0].points), alone) else "mixed"]

    @exercise.probe
    def probe_large_gradient(student):
        """Say what a very large gradient leads to."""
        return [in_proportion(student, 1e6)]

    @exercise.probe
    def probe_tiny_gradient(student):
        """Say what a tiny gradient leads to."""
        return [in_proportion(student, 1e-9)]

    def in_proportion(student, size):
        gradients = np.array([[1.0, -3.0], [1.0, 2.0]])
        usual = walked(student, given(gradients), np.zeros(2), 0.1, 0.6, 2)
        scaled = walked(student, given(size * gradients), np.zeros(2), 0.1, 0.6, 2) / size
        if same(scaled, usual, 1e-3):
            return "in proportion"
        ratio = np.linalg.norm(scaled) / np.linalg.norm(usual)
        return "shortened" if ratio < 1 else "stretched" if ratio > 1 else "otherwise"

    @exercise.probe
    def probe_matrix(student):
        """Say whether a matrix is treated as its entries are."""
        x0 = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]])
        points = walked(student, curved, x0, 0.1, 0.6, 3).reshape(4, 6)
        flat = walked(student, curved, x0.ravel(), 0.1, 0.6, 3)
        return ["alike" if same(points, flat, 1e-3) else "otherwise"]

    @exercise.probe
    def probe_number(student):
        """Say whether a number is treated as an array with one entry is."""
        points = walked(student, curved, np.array(2.5), 0.1, 0.6, 3)
        one = walked(student, curved, np.array([2.5]), 0.1, 0.6, 3)[:, 0]
        return ["alike" if same(points, one, 1e-3) else "otherwise"]

    @exercise.probe
    def probe_digits(student):
        """Say whether the points have all their digits."""
        points = walked(student, tilted, START, 0.3, 0.6, 3)
        if np.array_equal(points[1:], np.round(points[1:], 8)):
            return ["rounded"]
        exact = method.run(tilted, START, 0.3, 0.6, 3)
        return ["right" if same(points, exact) else "single" if same(points, exact, 1e-6) else ""]
