"""Exercise D3: the backtracking line search."""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_number, require_value_error, same
from optedu.checks.student import CheckFailed, Counted

backtracking = Exercise(
    "descent",
    "backtracking",
    "loss params direction grads initial_step c shrink",
    "Return the first initial_step * shrink**k that meets Armijo's condition.",
)


class Slope:
    """A search to make: a loss, where it starts, its gradient there, and where it goes."""

    def __init__(self, loss, params, grads, direction=None):
        self.loss = loss
        self.params = np.array(params, dtype=float)
        self.grads = np.array(grads, dtype=float)
        self.direction = -self.grads if direction is None else np.array(direction, dtype=float)

    def arguments(self):
        """Return the four arguments of a search, the loss counted."""
        # A search may try 100 steps and ask for the loss twice each time; 2000 is no search.
        return Counted(self.loss, "loss", 2000), self.params, self.direction, self.grads

    def accepts(self, step, c):
        """Return whether the step meets Armijo's condition."""
        promised = step * (self.grads @ self.direction)
        with np.errstate(all="ignore"):
            return self.loss(self.params + step * self.direction) <= (
                self.loss(self.params) + c * promised
            )

    def first_accepted(self, step=1.0, c=1e-4, shrink=0.5):
        """Return the first accepted step."""
        while not self.accepts(step, c):
            step *= shrink
        return step


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
STEEP = parabola(1e18, [1.0])
CLIMB = parabola(3.0, [2.0], direction=[6.0])
STILL = valley([0.0, 0.0], params=(0.0, 0.0))
UNDEFINED = Slope(lambda x: np.nan, [1.0], [1.0])
# Good steps lie before the bump and behind it, so a search that goes on to longer ones shows.
BUMP = Slope(lambda x: np.inf if 0.9 < x[0] < 1.1 else 0.5 * x[0] ** 2, [2.0], [2.0], [-1.0])


def step_of(student, slope, *options, case):
    """Return the student's step."""
    loss, *rest = slope.arguments()
    value = student(loss, *rest, *options, case=case)
    if isinstance(value, tuple | list) and len(value) == 2:
        value = value[0]  # (step, loss there) is a common form
    return as_number(value, case)


def require_step(student, slope, *options, case):
    """Compare the student's step with the first accepted one, and say how it is wrong."""
    got, want = step_of(student, slope, *options, case=case), slope.first_accepted(*options)
    c, shrink = options[1:] or (1e-4, 0.5)
    if same(got, want):
        return
    if not (np.isfinite(got) and got > 0):
        what, hint = "your step is not a positive number", "Which line makes it so?"
    elif got > want and not slope.accepts(got, c):
        what = "you accept a step that does not lower the loss enough"
        hint = (
            "Armijo's condition is loss(params + t d) <= loss(params) + c t (grads . d), and "
            "grads . d is negative."
        )
    elif same(got, want * shrink):
        what, hint = "you shrink once more than you need", "The step before yours was good."
    elif got < want:
        what = "you refuse a step that is good"
        hint = "Look at what you compare, and at what you multiply the step by."
    else:
        what = "your step is not initial_step times a power of shrink"
        hint = "Try initial_step, then initial_step * shrink, then initial_step * shrink**2."
    raise CheckFailed(f"{case}, {what}.", hint)


@backtracking.visible
def shrinks_until_the_loss_falls(student):
    """EXA: on a parabola, with a first step too long."""
    case = "On f(x) = 3 x² from x = 2 along -grads, with initial_step = 1, c = 0.0001, shrink = 0.5"
    require_step(student, SIMPLE, 1.0, 1e-4, 0.5, case=case)


@backtracking.visible
def keeps_a_good_first_step(student):
    """DEG: a first step that is good is returned as it is."""
    case = "On f(x) = 0.5 x² from x = 2 along -grads, with initial_step = 0.25, a good step already"
    require_step(student, parabola(1.0, [2.0]), 0.25, 1e-4, 0.5, case=case)


@backtracking.visible
def has_the_defaults(student):
    """API: three arguments have defaults."""
    require_step(student, SIMPLE, case="With the default initial_step, c and shrink")


@backtracking.visible
def refuses_to_climb(student):
    """API: an ascent direction is an error of the caller's."""
    case, why = "Along +grads, a direction that climbs", "no step lowers the loss, however small."
    require_value_error(student, *CLIMB.arguments(), 1.0, 1e-4, 0.5, case=case, why=why)


@backtracking.hidden
def meets_armijo(student):
    """CER: Armijo's condition holds at the step and fails one step before it."""
    sharp, gentle = parabola(1000.0, [1.0, -2.0]), parabola(0.01, [1.0])
    for slope, *options in [
        (SIMPLE, 3.0, 0.3, 0.8),
        (SIMPLE, 7.0, 0.9, 0.5),
        (SKEW, 1.0, 1e-4, 0.5),
        (SKEW, 3.0, 0.3, 0.8),
        (sharp, 7.0, 0.9, 0.5),
        (sharp, 1.0, 0.1, 0.1),
        (gentle, 1.0, 1e-4, 0.5),
        (gentle, 7.0, 0.9, 0.5),
    ]:
        require_step(student, slope, *options, case="With other hyper-parameters")


@backtracking.hidden
def asks_for_enough(student):
    """EXA: where the loss falls, but by too little."""
    slope = parabola(1.0, [2.0])
    require_step(student, slope, 1.9, 0.25, 0.7, case="Where a step lowers the loss by too little")
    require_step(student, slope, 2.0, 0.1, 0.5, case="Where a step leaves the loss as it is")


@backtracking.hidden
def uses_the_direction_it_is_given(student):
    """EXA: the promised decrease is that along the direction, not along -grads."""
    for direction in ([-0.01, -0.02], [-40.0, 0.0], [-3.0, 0.1]):
        for c in (1e-4, 0.4, 0.8):
            case = "Along a direction that is not -grads"
            require_step(student, valley(direction), 1.0, c, 0.5, case=case)


@backtracking.hidden
def refuses_infinity(student):
    """DEG: an infinite loss is a refused step."""
    case = "Where the loss is infinite beyond a wall"
    require_step(student, barrier(np.inf), 1.0, 1e-4, 0.5, case=case)


@backtracking.hidden
def refuses_nan(student):
    """DEG: a loss that is NaN is a refused step."""
    case = "Where the loss is NaN beyond a wall"
    require_step(student, barrier(np.nan), 1.0, 1e-4, 0.5, case=case)


@backtracking.hidden
def shrinks_as_often_as_it_takes(student):
    """CNT: sixty refusals are no reason to give up."""
    require_step(student, STEEP, 1.0, 1e-4, 0.5, case="Where the step must become very small")


@backtracking.hidden
def gives_up(student):
    """CNT: where no step is accepted the search ends."""
    case, why = "Where every loss is NaN", "after 100 refused steps the search gives up."
    require_value_error(student, *UNDEFINED.arguments(), 1.0, 1e-4, 0.5, case=case, why=why)


@backtracking.hidden
def refuses_a_right_angle(student):
    """DEG: a flat direction does not descend."""
    case, why = "Along a direction at a right angle to grads", "it does not descend."
    flat = valley([50.0, -4.0])
    require_value_error(student, *flat.arguments(), 1.0, 1e-4, 0.5, case=case, why=why)


@backtracking.hidden
def refuses_a_gentle_climb(student):
    """DEG: nor does one of which some coordinates descend."""
    case, why = "Along a direction that climbs a little", "it does not descend."
    uphill = valley([-1.0, 1.0])
    require_value_error(student, *uphill.arguments(), 1.0, 1e-4, 0.5, case=case, why=why)


@backtracking.hidden
def stands_still(student):
    """DEG: at a minimum the direction is zero, and the search returns at once."""
    require_step(student, STILL, 0.75, 1e-4, 0.5, case="Where the direction is zero")


@backtracking.hidden
def takes_a_tiny_direction(student):
    """DEG: a direction shorter than any tolerance is a direction all the same."""
    tiny = parabola(6.0, [2.0], direction=[-1.2e-9])
    require_step(student, tiny, 1e10, 1e-4, 0.5, case="Along a direction that is tiny but not zero")


def probe_search(slope, *options):
    """Return a probe that keeps the step."""
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
    (parabola(3.0, [2.0]), 3.0, 0.3, 0.8),
    (parabola(3.0, [1.5, -0.5]), 7.0, 0.9, 0.6),
    (parabola(3.0, [2.0], [-2.0]), 2.0, 0.4, 0.6),
    (parabola(0.5, [2.0], [-7.0]), 1.0, 0.6, 0.8),
    (valley([-40.0, 0.0]), 1.0, 0.4, 0.7),
    (CLIMB, 1.0, 1e-4, 0.5),
    (STILL, 0.75, 1e-4, 0.5),
    (barrier(np.inf), 1.0, 1e-4, 0.5),
    (barrier(np.nan), 1.0, 1e-4, 0.5),
    (UNDEFINED, 1.0, 1e-4, 0.5),
]:
    backtracking.probe(probe_search(slope, *options))


@backtracking.probe
def probe_tiny_step(student):
    """Return how often a step must be halved, which is of order ten."""
    step = step_of(student, STEEP, 1.0, 1e-4, 0.5, case="")
    return [np.log2(step) if step > 0 else step]


@backtracking.probe
def probe_right_angle(student):
    """Say whether a direction at a right angle is refused; any step is as wrong as another."""
    step = step_of(student, valley([50.0, -4.0]), 1.0, 1e-4, 0.5, case="")
    return ["a step" if step > 0 else "no step"]


@backtracking.probe
def probe_tiny_direction(student):
    """Return the step along a tiny direction, as a multiple of the first one."""
    return [step_of(student, parabola(6.0, [2.0], [-1.2e-9]), 1e10, 1e-4, 0.5, case="") / 1e10]
