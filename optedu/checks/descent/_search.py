"""Exercise D3: the backtracking line search."""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_number, require_value_error, same
from optedu.checks.student import CheckFailed, Counted

backtracking = Exercise(
    "descent",
    "backtracking",
    "loss params direction grads initial_step c shrink max_shrinks",
    "Return the first initial_step * shrink**k that meets Armijo's condition.",
)


ENOUGH = 10  # as max_shrinks: a good step comes sooner, and a search that misses it ends soon


class Slope:
    """A search to make: a loss, where it starts, its gradient there, and where it goes."""

    def __init__(self, loss, params, grads, direction=None):
        self.loss = loss
        self.params = np.array(params, dtype=float)
        self.grads = np.array(grads, dtype=float)
        self.direction = -self.grads if direction is None else np.array(direction, dtype=float)

    def arguments(self, max_shrinks=ENOUGH):
        """Return the four arguments of a search, the loss counted."""
        # A trial may ask for the loss three times.
        loss = Counted(self.loss, "loss", 3 * max_shrinks + 20)
        return loss, self.params, self.direction, self.grads

    def accepts(self, step, c):
        """Return whether the step meets Armijo's condition."""
        promised = step * (self.grads @ self.direction)
        return self.loss(self.params + step * self.direction) <= (
            self.loss(self.params) + c * promised
        )


class Search:
    """A search that ends, its options, and the first step that is accepted."""

    def __init__(self, slope, *options):
        self.slope, self.options = slope, options and (*options, ENOUGH)
        step, self.c, self.shrink = options or (1.0, 1e-4, 0.5)
        while not slope.accepts(step, self.c):
            step *= self.shrink
        self.first_accepted = step


def parabola(curvature, params, direction=None):
    """Return a search on a parabola of any dimension."""
    params = np.array(params, dtype=float)
    return Slope(lambda x: 0.5 * curvature * (x @ x), params, curvature * params, direction)


def barrier(beyond):
    """Return a search that runs into a wall, behind which the loss is infinite or undefined."""
    return Slope(lambda x: x[0] - np.log(x[0]) if x[0] > 0 else beyond, [3.0], [2 / 3], [-8.0])


def valley(direction, params=(4.0, 1.0)):
    """Return a search in a valley, along any direction."""
    curvatures, params = np.array([1.0, 50.0]), np.array(params)
    return Slope(lambda x: 0.5 * curvatures @ x**2, params, curvatures * params, direction)


SIMPLE = parabola(6.0, [2.0])
SKEW = valley([-12.0, -3.0])
# Level or uphill at first, then lower: a search that does not ask for the slope finds a step.
CLIMB = Slope(lambda x: np.sin(x[0]), [0.0], [1.0], [1.0])
FLAT = Slope(lambda x: x[0] ** 2 - x[1] ** 2, [1.0, 0.0], [2.0, 0.0], [0.0, 3.0])
GENTLE = Slope(lambda x: x[0] ** 2 - x[1] ** 2, [1.0, -0.5], [2.0, 1.0], [-1.0, 3.0])
STILL = valley([0.0, 0.0], params=(0.0, 0.0))
# The start is 0, so that all the points a search tries differ, however small the step.
HOPELESS = Slope(lambda x: np.nan if x.any() else 0.0, [0.0], [1.0])
# Good steps lie before the bump and behind it, so a search that goes on to longer ones shows.
BUMP = Slope(lambda x: np.inf if 0.9 < x[0] < 1.1 else 0.5 * x[0] ** 2, [2.0], [2.0], [-1.0])
# Down from the top of a hill every step gains more than its slope promises.
HILL = parabola(-2.0, [1.0])


def step_of(student, slope, *options, case):
    """Return the student's step."""
    # Who computes the losses of all steps at once asks for a hundred of them by default.
    loss, *rest = slope.arguments(ENOUGH if options else 100)
    value = student(loss, *rest, *options, case=case)
    if isinstance(value, tuple | list) and len(value) == 2:
        value = value[0]  # (step, loss there) is a common form
    return as_number(value, case)


def tried_by(loss):
    """Return how many points other than 0 a loss was asked for."""
    return len({point.item() for point in loss.points} - {0.0})


def giving_up(loss, max_shrinks):
    """Say when a search was given up; one step more or less is a way of counting."""
    missing = max_shrinks + 1 - tried_by(loss)
    return "gives up early" if missing > 1 else "gives up late" if missing < -1 else "gives up"


def require_step(student, search, case):
    """Compare the student's step with the first accepted one, and say how it is wrong."""
    got = step_of(student, search.slope, *search.options, case=case)
    want = search.first_accepted
    if same(got, want):
        return
    if not (np.isfinite(got) and got > 0):
        what, hint = "your step is not a positive number", "Which line makes it so?"
    elif got > want and not search.slope.accepts(got, search.c):
        what = "you accept a step that does not lower the loss enough"
        hint = (
            "Armijo's condition is loss(params + t d) <= loss(params) + c t (grads . d), and "
            "grads . d is negative."
        )
    elif same(got, want * search.shrink):
        what, hint = "you shrink once more than you need", "The step before yours was good."
    elif got < want:
        what = "you refuse a step that is good"
        hint = "Look at what you compare, and at what you multiply the step by."
    else:
        what = "your step is not initial_step times a power of shrink"
        hint = "Try initial_step, then initial_step * shrink, then initial_step * shrink**2."
    raise CheckFailed(f"{case}, {what}.", hint)


# The right steps are found once, when this module is imported, not in each grading.
TOO_LONG = Search(SIMPLE, 1.0, 1e-4, 0.5)
GOOD_ALREADY = Search(parabola(1.0, [2.0]), 0.25, 1e-4, 0.5)
DEFAULTS = Search(SIMPLE)
OTHERS = [
    Search(SKEW, 0.9, 0.3, 0.8),
    Search(parabola(3.0, [1.0, -2.0]), 2.0, 0.9, 0.3),
    Search(parabola(1000.0, [1.0, -2.0]), 1.0, 0.1, 0.1),
]
# Steps up to 1.5 are good, so a condition with a little slack shows.
TOO_LITTLE = Search(parabola(1.0, [2.0]), 1.501, 0.25, 0.7)
LEVEL = Search(parabola(1.0, [2.0]), 2.0, 0.1, 0.5)
ASIDE = [
    Search(valley([-0.01, -0.02]), 1.0, 0.8, 0.5),
    Search(valley([-40.0, 0.0]), 0.25, 0.4, 0.5),
    Search(valley([-3.0, 0.1]), 1.0, 0.8, 0.5),
]
WALL, FOG = (Search(barrier(beyond), 0.5, 1e-4, 0.5) for beyond in (np.inf, np.nan))
AT_REST = Search(STILL, 0.75, 1e-4, 0.5)
TINY = Search(parabola(6.0, [2.0], direction=[-1.2e-9]), 5e9, 1e-4, 0.5)


@backtracking.visible
def shrinks_until_the_loss_falls(student):
    """EXA: on a parabola, with a first step too long."""
    case = (
        "On f(x) = 3 x² from x = 2 along -grads, with initial_step = 1, c = 0.0001, shrink = 0.5, "
        "max_shrinks = 10"
    )
    require_step(student, TOO_LONG, case)


@backtracking.visible
def keeps_a_good_first_step(student):
    """DEG: a first step that is good is returned as it is."""
    case = "On f(x) = 0.5 x² from x = 2 along -grads, with initial_step = 0.25, a good step already"
    require_step(student, GOOD_ALREADY, case)


@backtracking.visible
def has_the_defaults(student):
    """API: four arguments have defaults."""
    require_step(student, DEFAULTS, "With the default initial_step, c, shrink and max_shrinks")


@backtracking.visible
def refuses_to_climb(student):
    """API: an ascent direction is an error of the caller's."""
    case = "On f(x) = sin(x) from x = 0 along +grads, which climbs, with initial_step = 5"
    why = "short steps raise the loss."
    require_value_error(student, *CLIMB.arguments(), 5.0, 1e-4, 0.5, ENOUGH, case=case, why=why)


@backtracking.hidden
def meets_armijo(student):
    """CER: Armijo's condition holds at the step and fails one step before it."""
    for search in OTHERS:
        require_step(student, search, "With other hyper-parameters")


@backtracking.hidden
def asks_for_enough(student):
    """EXA: where the loss falls, but by too little."""
    require_step(student, TOO_LITTLE, "Where a step lowers the loss by too little")
    require_step(student, LEVEL, "Where a step leaves the loss as it is")


@backtracking.hidden
def uses_the_direction_it_is_given(student):
    """EXA: the promised decrease is that along the direction, not along -grads."""
    for search in ASIDE:
        require_step(student, search, "Along a direction that is not -grads")


@backtracking.hidden
def refuses_infinity(student):
    """DEG: an infinite loss is a refused step."""
    require_step(student, WALL, "Where the loss is infinite beyond a wall")


@backtracking.hidden
def refuses_nan(student):
    """DEG: a loss that is NaN is a refused step."""
    require_step(student, FOG, "Where the loss is NaN beyond a wall")


@backtracking.hidden
def gives_up(student):
    """CNT: where no step is accepted the search ends after max_shrinks, however small the step."""
    case, why = "Where every step leads to NaN and max_shrinks = 5", "no step was good."
    loss, *rest = HOPELESS.arguments(5)
    # The last step is 1e-25, so a search that gives up below some length shows, too.
    try:
        require_value_error(student, loss, *rest, 1.0, 1e-4, 1e-5, 5, case=case, why=why)
        word = giving_up(loss, 5)
    except CheckFailed as failure:
        if failure.token != "does not stop":
            raise
        word = "gives up late"
    if word == "gives up early":
        raise CheckFailed(
            f"{case}, your search gives up too early.",
            "initial_step * shrink**max_shrinks is the last step it tries, however small that is.",
            token=word,
        )
    if word == "gives up late":
        raise CheckFailed(
            f"{case}, your search tries more steps than it may.",
            "initial_step * shrink**max_shrinks is the last one.",
            token=word,
        )


@backtracking.hidden
def refuses_a_right_angle(student):
    """DEG: a flat direction does not descend."""
    case, why = "Along a direction at a right angle to grads", "it does not descend."
    require_value_error(student, *FLAT.arguments(), 1.0, 1e-4, 0.5, ENOUGH, case=case, why=why)


@backtracking.hidden
def refuses_a_gentle_climb(student):
    """DEG: nor does one of which some coordinates descend."""
    case, why = "Along a direction that climbs a little", "it does not descend."
    require_value_error(student, *GENTLE.arguments(), 1.0, 1e-4, 0.5, ENOUGH, case=case, why=why)


@backtracking.hidden
def stands_still(student):
    """DEG: at a minimum the direction is zero, and the search returns at once."""
    require_step(student, AT_REST, "Where the direction is zero")


@backtracking.hidden
def takes_a_tiny_direction(student):
    """DEG: a direction shorter than any tolerance is a direction all the same."""
    require_step(student, TINY, "Along a direction that is tiny but not zero")


def probe_search(slope, *options):
    """Return a probe that keeps the step."""
    options = options and (*options, ENOUGH)
    return lambda student: [step_of(student, slope, *options, case="")]


for slope, *options in [
    (SIMPLE, 1.0, 1e-4, 0.5),
    (SIMPLE,),
    (parabola(3.0, [2.0]), 1.0, 1e-4, 0.6),
    (parabola(1.0, [2.0]), 0.25, 1e-4, 0.5),
    (parabola(1.0, [2.0]), 1.9, 0.25, 0.7),
    (parabola(1.0, [2.0]), 2.0, 0.1, 0.5),
    (parabola(1.0, [2.0]), 1.9999, 0.25, 0.7),
    (BUMP, 1.0, 1e-4, 0.5),
    (HILL, 1.0, 0.5, 0.5),
    (parabola(3.0, [2.0]), 0.9, 0.3, 0.8),
    (parabola(3.0, [1.5, -0.5]), 0.15, 0.9, 0.6),
    (parabola(3.0, [2.0], [-2.0]), 2.0, 0.4, 0.6),
    (parabola(0.5, [2.0], [-7.0]), 0.56, 0.6, 0.6),
    (valley([-40.0, 0.0]), 0.2, 0.4, 0.7),
    (CLIMB, 5.0, 1e-4, 0.5),
    (STILL, 0.75, 1e-4, 0.5),
    (barrier(np.inf), 0.5, 1e-4, 0.5),
    (barrier(np.nan), 0.5, 1e-4, 0.5),
]:
    backtracking.probe(probe_search(slope, *options))


@backtracking.probe
def probe_giving_up(student):
    """Say when a search without an end is given up, or what is made of it."""
    loss, *rest = HOPELESS.arguments()
    loss.budget = 250  # enough for a hundred steps, whatever max_shrinks says
    try:
        return [as_number(student(loss, *rest, 1e-9, 1e-4, 0.1, 5, case=""), "")]
    except CheckFailed as failure:
        if failure.token != "raises ValueError" or not tried_by(loss):
            raise
    return [giving_up(loss, 5)]


@backtracking.probe
def probe_right_angle(student):
    """Say whether a direction at a right angle is refused; any step is as wrong as another."""
    step = step_of(student, FLAT, 1.0, 1e-4, 0.5, ENOUGH, case="")
    return ["a step" if step > 0 else "no step"]


@backtracking.probe
def probe_tiny_direction(student):
    """Return the step along a tiny direction, as a multiple of the first one."""
    return [step_of(student, TINY.slope, *TINY.options, case="") / 1e10]
