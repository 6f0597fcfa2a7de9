"""What the exercises on steps share: a run made with a student's step, and how it is judged.

On 1/2 λ x² any method with momentum obeys x(k+1) = p x(k) + q x(k-1), and the two numbers p and q
tell the methods apart, whatever a solution keeps in its state. So only the points are looked at.
"""

from dataclasses import dataclass

import numpy as np

from optedu.checks.families import as_numbers, has_rate, same
from optedu.checks.picture import showing
from optedu.checks.student import CheckFailed, Counted, Student, describe
from optedu.momentum import recurrence

# A gradient for every coordinate and step: ordinary, tiny, huge at times, zero at times.
GRADIENTS = np.random.RandomState(11).randn(13, 4) * np.array([1.0, 1e-9, 1e3, 1.0])
GRADIENTS[:, 2] *= np.logspace(0, -12, 13)
GRADIENTS[::2, 3] = 0.0
GRADIENTS[7] = 0.0

NORMAL = np.array([1.0, 2.0, -1.0])
AXES = np.eye(3) - 2 * np.outer(NORMAL, NORMAL) / (NORMAL @ NORMAL)
TILTED = AXES @ np.diag([0.3, 1.0, 3.0]) @ AXES
START = np.array([1.1, -0.7, 2.3])
CURVATURES = np.array([-0.4, 0.05, 1.0, 4.0])
UNEQUAL = np.array([1.0, -1.5, 2.0, 0.5])


def bowl(curvatures):
    """Return the gradient of 1/2 λ x², for each coordinate with its own λ."""
    return lambda x, step: curvatures * x


def tilted(x, step):
    """Return the gradient of a bowl whose axes are not those of the coordinates."""
    return TILTED @ x


def curved(x, step):
    """Return a gradient that is not linear, so that it matters where it is taken."""
    return x**3 / 4 + np.sin(2 * x)


def given(gradients):
    """Return a gradient that depends on the step alone."""
    return lambda x, step: gradients[step - 1]


@dataclass(frozen=True)
class Method:
    """A method with momentum: how it steps, and where its points lie.

    Parameters
    ----------
    name : str
        What the exercise calls it.
    rule : type
        The rule of the library whose points it visits, or is one gradient step behind.
    asks : bool
        Whether the student's function is given the function `grad`, not a gradient.
    best : callable
        Maps L and m to the rule with the rate of theory.
    limit : float
        The largest stable learning rate times curvature at momentum 0.9.
    """

    name: str
    rule: type
    asks: bool
    best: object
    limit: float

    def run(self, gradient, x0, learning_rate, momentum, n_steps):
        """Return the right points, one for each row."""
        rule = self.rule(learning_rate, momentum)
        points, x, state = [x0], x0, rule.init(x0)
        for step in range(1, n_steps + 1):
            g = gradient(x, step)
            # With the gradient of a looked-ahead point the step back from it is known.
            ahead = x - learning_rate * g
            x, *state = rule.update(x, g, step, *state)
            points.append(ahead if self.asks else x)
        return np.array(points)

    def modes(self, shrinks, momentum, x0, n_steps):
        """Return the right points on 1/2 λ x² from the recurrence; `shrinks` is 1 - α λ."""
        p, q = recurrence(self.rule(1.0, momentum), 1 - shrinks)
        ahead = 0 if self.asks or self.name == "the heavy ball" else momentum
        points = [x0, (shrinks - ahead * (1 - shrinks)) * x0]
        for _ in range(n_steps - 1):
            points.append(p * points[-1] + q * points[-2])
        return np.array(points)


class Walk:
    """A run with a student's step, which goes on when asked to.

    Parameters
    ----------
    student : Student
        The step.
    method : Method
        How it is called.
    gradient : callable
        Maps a point and the number of the step to the gradient.
    x0 : ndarray
        The start.
    learning_rate, momentum : float
        The same in every step.
    case : str
        What is tried.
    """

    def __init__(self, student, method, gradient, x0, learning_rate, momentum, case):
        self.outer = student
        # A state may be changed in place, and so may x; only g is the caller's.
        self.step = Student(student.fn, student.parameters, student.quiet, lenient=True)
        self.method = method
        self.gradient = gradient
        self.points, self.state = [np.array(x0, dtype=float)], None
        self.numbers = learning_rate, momentum
        self.case = case
        self.asked = []

    def go(self, n_steps=1):
        """Make steps, and return all the points so far, one a row."""
        for _ in range(n_steps):
            self._go()
        return np.array(self.points)

    def _go(self):
        x, step, case = self.points[-1], len(self.points), self.case
        if self.method.asks:
            grad = Counted(lambda point: np.array(self.gradient(point, step)), "grad", 100)
            value = self.step(grad, x, self.state, *self.numbers, case=case)
            self.asked.append(grad.points)
        else:
            g = np.array(self.gradient(x, step))
            value = self.step(x, g, self.state, *self.numbers, case=case)
            if "g" in self.step.changed:
                self.outer.changed.append("g")
                if not self.outer.lenient:
                    raise CheckFailed(
                        f"{case}, your function changes g, which belongs to the caller.",
                        "Make a new array: g is changed by *=, += and by assigning into it.",
                        token="changes g",
                    )
        new, self.state = _pair(value, x, case)
        self.points.append(_point(new, x, case))


def _pair(value, x, case):
    """Return the two things that a step returns."""
    both = isinstance(value, tuple | list) or (
        isinstance(value, np.ndarray) and value.shape[1:] == x.shape and value.ndim > 0
    )
    if both and len(value) == 2:
        return value
    if value is None:
        raise CheckFailed(
            f"{case}, your function returns nothing.",
            "Does it end with a return?",
            token="returns None",
        )
    raise CheckFailed(
        f"{case}, your function returns {describe(value)}.",
        "Return two things, return x, state: the new point, and what the next call must know.",
        token="returns several things" if isinstance(value, tuple) else "returns no pair",
    )


def _point(new, x, case):
    """Return the new point as an array shaped like the old one."""
    point = as_numbers(new, case)
    if point.shape == x.shape or point.size == x.size == 1:
        return point.reshape(x.shape)
    raise CheckFailed(
        f"{case}, the x that you return has the shape {point.shape}; x has the shape {x.shape}.",
        "Return the new x first, then the state. It is shaped like x, whatever that is.",
        token=f"returns shape {point.shape}",
    )


def require_run(student, method, gradient, x0, learning_rate, momentum, n_steps, case):
    """Compare a run with the right one, and say where and how they part."""
    exact = method.run(gradient, x0, learning_rate, momentum, n_steps)
    points = Walk(student, method, gradient, x0, learning_rate, momentum, case).go(n_steps)
    with showing(*_axes(x0), {"a right run": _drawn(exact), "your run": _drawn(points)}):
        require_points(points, exact, case, momentum)
    return points


def require_points(points, exact, case, momentum=0.0):
    """Say where and how a run and the right one part; every coordinate has its own scale."""
    rows = [array.reshape(len(array), -1) for array in (points, exact)]
    right = [
        all(same(a, b) for a, b in zip(*(row[: step + 1].T for row in rows), strict=True))
        for step in range(len(points))
    ]
    if right[-1]:
        return
    step = right.index(False)
    went, asked = (row[step] - row[step - 1] for row in rows)
    before = " (those before it are right)" if step > 1 else ""
    apart = [not same(a, b) for a, b in zip(*(row[: step + 1].T for row in rows), strict=True)]
    if same(went[apart], asked[apart], 5e-3):
        raise CheckFailed(
            f"{case}, step {step}{before} is right to a few digits only.",
            "Are numbers rounded or kept as float32, or is something small added?",
        )
    found = None
    if step == 2 and momentum and np.any(went):
        found = _compare_memory(went - asked, momentum * (rows[1][1] - rows[1][0]))
    what, hint = found or _compare_step(went, asked, step)
    raise CheckFailed(f"{case}, step {step}{before} {what}.", hint)


_STATE = (
    "The velocity comes back through the state. Is the whole of it in there, and what multiplies "
    "it, and what is added?"
)


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
        f"goes as if it kept {share:.2g} times as much of the step before it as it should",
        "What multiplies the velocity that comes back through the state?",
    )


def _compare_step(went, asked, step):
    """Return what a step does and why it may, from where it leads and where it should."""
    if not np.all(np.isfinite(went)):
        return "leads to infinity or NaN", "What is divided by what, and can that be zero?"
    if not np.any(went):
        return "leads nowhere", "Is the new x computed, and is it what you return?"
    length = went @ asked / max(asked @ asked, 1e-300)
    if step > 1:
        return "does not build on the steps before it as it should", _STATE
    if not same(went, length * asked, 1e-6):
        return "does not go along the gradient", "The velocity is zero at first."
    if length < 0:
        return "goes up the slope instead of down", "Check the sign in your update."
    return (
        f"has the right direction but {length:.2g} times the right length",
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

    @exercise.hidden
    def takes_any_shape(student):
        """API: a matrix, a number, an array with one entry."""
        for x0, name in [
            (np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]]), "a matrix"),
            (np.array(2.5), "a single number, np.array(2.5)"),
            (np.array([-1.5]), "an array with one entry"),
            (np.array([[1.5], [0.5]]), "a matrix with one column"),
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
