"""Exercise M2: a step of Nesterov's method in both its forms, and the way from one to the other."""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_numbers, same
from optedu.checks.momentum._steps import add_properties, require_run
from optedu.checks.momentum._walk import START, Method, Walk, bowl, curved, tilted
from optedu.checks.student import CheckFailed, describe
from optedu.momentum import Nesterov, standard_nesterov

nesterov_look_ahead = Exercise(
    "momentum",
    "nesterov_look_ahead",
    "grad x state learning_rate momentum",
    "Return the new point, and the state; the gradient is taken at x + momentum * v.",
)
nesterov = Exercise(
    "momentum",
    "nesterov",
    "x g state learning_rate momentum",
    "Return the next looked-ahead point, and the state; g is the gradient at x.",
)
points_ahead = Exercise(
    "momentum",
    "points_ahead",
    "points momentum",
    "Return the points that look_ahead asks for gradients at, from the points it visits.",
)
LOOK_AHEAD = Method("Nesterov's method", Nesterov, True, standard_nesterov, 3.8 / 2.8)
REARRANGED = Method("Nesterov's method", Nesterov, False, standard_nesterov, 3.8 / 2.8)
VALLEY = bowl(np.array([1.0, 4.0]))
IN_VALLEY = "On f(x) = (x₁² + 4 x₂²)/2 from x = [3.0, -1.0], learning_rate = 0.1, momentum = 0.8"
BY_HAND = "On f(x) = x² from x = [4.0] with learning_rate = 0.2, momentum = 0.75"
NO_MOMENTUM = IN_VALLEY.replace("0.8", "0")


@nesterov_look_ahead.visible
def looks_ahead_by_hand(student):
    """EXA: the second gradient is that of the looked-ahead point."""
    require_run(student, LOOK_AHEAD, bowl(2.0), np.array([4.0]), 0.2, 0.75, 2, BY_HAND)


@nesterov_look_ahead.visible
def looks_ahead_in_two_coordinates(student):
    """EXA: three steps in two coordinates, and as many without momentum."""
    require_run(student, LOOK_AHEAD, VALLEY, np.array([3.0, -1.0]), 0.1, 0.8, 3, IN_VALLEY)
    require_run(student, LOOK_AHEAD, VALLEY, np.array([3.0, -1.0]), 0.1, 0.0, 3, NO_MOMENTUM)


@nesterov_look_ahead.hidden
def asks_for_one_gradient_a_step(student):
    """CNT: one gradient a step, as for gradient descent."""
    case = "In four steps"
    walk = Walk(student, LOOK_AHEAD, tilted, START, 0.2, 0.7, case)
    walk.go(4)
    counts = [len(points) for points in walk.asked]
    if counts != [1, 1, 1, 1]:
        how = "asked for more than once a step" if max(counts) > 1 else "not asked for every time"
        raise CheckFailed(
            f"{case}, the gradient is {how}.",
            "Call grad once, at x + momentum * v, and keep what it returns in a variable.",
            token="not one gradient a step",
        )


@nesterov.visible
def makes_two_steps_rearranged(student):
    """EXA: the first step is longer than the heavy ball's already."""
    require_run(student, REARRANGED, bowl(2.0), np.array([4.0]), 0.2, 0.75, 2, BY_HAND)


@nesterov.visible
def makes_three_steps_in_two_coordinates(student):
    """EXA: three steps in two coordinates, and as many without momentum."""
    require_run(student, REARRANGED, VALLEY, np.array([3.0, -1.0]), 0.1, 0.8, 3, IN_VALLEY)
    require_run(student, REARRANGED, VALLEY, np.array([3.0, -1.0]), 0.1, 0.0, 3, NO_MOMENTUM)


@nesterov.hidden
def visits_the_points_looked_ahead_to(student):
    """REF: its points are those of the other form, looked ahead; made here from that form."""
    case = "Where your points are compared with those that the look-ahead form asks at"
    points = Walk(student, REARRANGED, curved, np.array([0.9, 2.1]), 0.12, 0.8, case).go(5)
    x, v = np.array([0.9, 2.1]), np.zeros(2)
    for step, point in enumerate(points):
        if not same(point, x + 0.8 * v):
            raise CheckFailed(
                f"{case}, they differ at step {step}.",
                "The x of this form is x + momentum * v of the other.",
            )
        v = 0.8 * v - 0.12 * curved(x + 0.8 * v, step)
        x = x + v


add_properties(nesterov_look_ahead, LOOK_AHEAD)
add_properties(nesterov, REARRANGED)


@nesterov_look_ahead.probe
def probe_gradients_a_step(student):
    """Return how many gradients two steps ask for."""
    walk = Walk(student, LOOK_AHEAD, tilted, START, 0.3, 0.6, "")
    walk.go(2)
    return [len(points) for points in walk.asked]


@nesterov_look_ahead.probe
def probe_where_it_asks(student):
    """Say where the second step asks for its gradient, or one of them."""
    walk = Walk(student, LOOK_AHEAD, tilted, START, 0.3, 0.6, "")
    start, x = walk.go(1)
    walk.go(1)
    places = {
        "ahead": x + 0.6 * (x - start),
        "at x": x,
        "behind": x - 0.6 * (x - start),
        "a whole step ahead": x + (x - start),
        "at the start": start,
    }
    asked = walk.asked[1]
    found = [name for name, place in places.items() if any(same(a, place) for a in asked)]
    return found[:1] or ["elsewhere" if asked else "nowhere"]


def visited(rng, n_points, n_coordinates):
    """Return the points of a made-up run, one a row."""
    return np.cumsum(rng.randn(n_points, n_coordinates), axis=0)


def ahead_of(points, momentum):
    """Return the right points: as far ahead as momentum carries the last step."""
    last = np.concatenate([points[:1], points[:-1]])
    return (1 + momentum) * points - momentum * last


def points_of(student, points, momentum, case):
    """Return the student's points, one a row."""
    value = student(points, momentum, case=case)
    got = as_numbers(value, case)
    if got.size == points.size and got.shape != points.shape and points.shape[1] == 1:
        return got.reshape(points.shape)
    if got.shape == points.shape:
        return got
    raise CheckFailed(
        f"{case}, your function returns {describe(value)}; points has the shape {points.shape}.",
        "There is one looked-ahead point for each of points, the first one included.",
        token=f"returns shape {got.shape}",
    )


def require_ahead(student, points, momentum, case):
    """Compare the student's points with the right ones, and say how they differ."""
    got, want = points_of(student, points, momentum, case), ahead_of(points, momentum)
    if same(got, want):
        return
    if same(got, want, 1e-3):
        hint = "They are right to a few digits only. Are they rounded, or kept as float32?"
    elif not same(got[0], want[0]):
        hint = "The first one is points[0]: before the first step the velocity is zero."
    elif same(got, 2 * points - want):
        hint = "These lie behind, not ahead. The velocity is the new point minus the old."
    elif same(got, points):
        hint = "They are the points themselves. Add momentum times the last step."
    elif len(got) > 1 and same(got[1], want[1]):
        hint = "The second one is right. Are later ones made like it, from points as they came?"
    else:
        hint = "The velocity at points[t] is the step that led there, points[t] - points[t - 1]."
    raise CheckFailed(f"{case}, the points looked ahead to are wrong.", hint)


@points_ahead.visible
def looks_ahead_of_three_points(student):
    """EXA: three points on a line."""
    points = np.array([[4.0], [2.0], [1.0]])
    require_ahead(student, points, 0.5, "For points = [[4.0], [2.0], [1.0]] and momentum = 0.5")


@points_ahead.visible
def looks_ahead_in_the_plane(student):
    """EXA: three points in the plane."""
    points = np.array([[1.0, 0.0], [2.0, -1.0], [2.0, 3.0], [-1.0, 3.0]])
    case = "For points = [[1, 0], [2, -1], [2, 3], [-1, 3]] and momentum = 0.8"
    require_ahead(student, points, 0.8, case)


@points_ahead.hidden
def finds_the_other_form(student):
    """REF: from the points of one form to those of the other, where gradients are not linear."""
    x0, case = np.array([1.3, -0.8]), "For the points of a run of the look-ahead form"
    for learning_rate, momentum in [(0.15, 0.7), (0.05, 0.95)]:
        points = LOOK_AHEAD.run(curved, x0, learning_rate, momentum, 10)
        exact = REARRANGED.run(curved, x0, learning_rate, momentum, 10)
        require_ahead(student, points, momentum, case)
        if not same(points_of(student, points, momentum, case), exact):
            raise CheckFailed(f"{case}, they are not the points of the other form.")


@points_ahead.hidden
def looks_ahead_of_any_points(student):
    """REF: any number of points and coordinates."""
    rng = np.random.RandomState(2)
    for shape in [(2, 3), (3, 3), (9, 1), (4, 5)]:
        case = "For other points, one for each row"
        require_ahead(student, visited(rng, *shape), 0.9, case)
        require_ahead(student, visited(rng, *shape), 0.35, case)


@points_ahead.hidden
def looks_ahead_of_a_start(student):
    """DEG: a run of no steps has one point."""
    require_ahead(student, np.array([[2.0, -3.0]]), 0.9, "For a run of no steps, one point alone")


@points_ahead.hidden
def stays_without_momentum(student):
    """DEG: with momentum = 0 nothing lies ahead."""
    points = visited(np.random.RandomState(3), 5, 2)
    require_ahead(student, points, 0.0, "For momentum = 0")


@points_ahead.hidden
def looks_ahead_of_a_point_at_rest(student):
    """DEG: points that stay where they are, and steps that are tiny."""
    points = np.array([[1.0, 2.0], [1.0, 2.0], [3.0, 2.0], [3.0, 2.0]])
    require_ahead(student, points, 0.6, "For points that stay where they are for a while")
    points = 1e-12 * visited(np.random.RandomState(4), 4, 2)
    require_ahead(student, points, 0.6, "For steps that are tiny")


@points_ahead.hidden
def looks_ahead_of_whole_numbers(student):
    """API: points may be integers, what comes back is not."""
    require_ahead(student, np.array([[4, 1], [2, 2], [1, 5]]), 0.75, "For points in integers")


def probe_points(points, momentum):
    """Return a probe that keeps the shape and the numbers that come back."""

    def probe(student):
        got = as_numbers(student(np.array(points), momentum, case=""), "")
        return [*got.shape, *got.ravel()[:12]]

    return probe


for points, momentum in [
    ([[4.0], [2.0], [1.0]], 0.5),
    ([[1.0, 0.0], [2.0, -1.0], [2.0, 3.0], [-1.0, 3.0]], 0.8),
    ([[1.0, 0.5], [2.5, -1.0], [2.0, 3.0], [-1.0, 3.0]], 0.3),
    ([[1.0, 0.5, 2.0], [2.5, -1.0, 0.3], [0.2, 4.0, 1.0]], 0.9),
    ([[1.5, -0.5], [2.0, 1.0]], 0.6),
    ([[2.0, -3.0]], 0.9),
    ([[2.0, -3.0], [1.0, 1.0]], 0.0),
    ([[1.0, 2.0], [1.0, 2.0], [3.0, 2.0]], 0.6),
    ([[4, 1], [2, 2], [1, 5]], 0.75),
]:
    points_ahead.probe(probe_points(points, momentum))


@points_ahead.probe
def probe_digits(student):
    """Say whether the points have all their digits."""
    points = visited(np.random.RandomState(5), 4, 2)
    got, want = points_of(student, points, 0.7, ""), ahead_of(points, 0.7)
    return ["right" if same(got, want) else "nearly" if same(got, want, 1e-6) else "wrong"]
