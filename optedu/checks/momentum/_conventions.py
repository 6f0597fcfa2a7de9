"""Exercise M3: from one convention to another, and what a convention's numbers mean.

Two conventions are compared by what they do. A code of each runs on the same loss, one with the
numbers it is given and one with those that the student returns, and the points must agree.
"""

from functools import partial
from itertools import permutations

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_number, as_numbers, require_value_error, same
from optedu.checks.student import CheckFailed, describe
from optedu.momentum import convert as convert_rightly

convert = Exercise(
    "momentum",
    "convert",
    "learning_rate momentum source target",
    "Return the learning rate and the momentum with which the target visits the same points.",
)
convert_velocity = Exercise(
    "momentum",
    "convert_velocity",
    "velocity learning_rate momentum source target",
    "Return the velocity with which the target goes on where the source stands.",
)
effective_learning_rate = Exercise(
    "momentum",
    "effective_learning_rate",
    "learning_rate momentum convention",
    "Return how far a constant gradient carries a step in the long run, divided by it.",
)
NAMES = ("canonical", "sum", "average", "difference")
PAIRS = tuple(permutations(NAMES, 2))
CURVATURES = np.array([0.6, 1.0, 2.5])
START = np.array([1.1, -0.7, 2.3])


def walk(convention, learning_rate, momentum, x, velocity, n_steps):
    """Run the code of a convention, and return the points and the velocity."""
    points = [x]
    for _ in range(n_steps):
        g = CURVATURES * x
        if convention == "canonical":
            velocity = momentum * velocity - learning_rate * g
            x = x + velocity
        elif convention == "sum":
            velocity = momentum * velocity + g
            x = x - learning_rate * velocity
        elif convention == "average":
            velocity = momentum * velocity + (1 - momentum) * g
            x = x - learning_rate * velocity
        else:
            last, x = x, x - learning_rate * g + momentum * velocity
            velocity = x - last
        points.append(x)
    return np.array(points), velocity


def numbers_of(student, learning_rate, momentum, source, target, case):
    """Return the two numbers that come back."""
    value = student(learning_rate, momentum, source, target, case=case)
    several = isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim)
    if not several or len(value) != 2:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "Two numbers are asked for, the learning rate and the momentum.",
            token="returns no pair",
        )
    rate, mu = (as_numbers(part, case) for part in value)
    shape = np.broadcast_shapes(np.shape(learning_rate), np.shape(momentum))
    for name, part in [("learning rate", rate), ("momentum", mu)]:
        if part.size > 1 and part.shape != shape:
            raise CheckFailed(
                f"{case}, the {name} that you return is {describe(part)}.",
                "Arrays are independent runs: a number for each of them comes back.",
                token=f"returns shape {part.shape}",
            )
    return [part.item() if part.size == 1 else part for part in (rate, mu)]


def require_same_points(student, learning_rate, momentum, source, target, case):
    """Ask whether the two codes visit the same points."""
    rate, mu = numbers_of(student, learning_rate, momentum, source, target, case)
    still = np.zeros(3)
    wanted, _ = walk(source, learning_rate, momentum, START, still, 6)
    points, _ = walk(target, rate, mu, START, still, 6)
    if same(points, wanted):
        return
    what = f"{case}, the code of {target!r} does not visit the points of {source!r}"
    if not np.all(np.isfinite(points)):
        raise CheckFailed(f"{what}.", "What is divided by what, and can that be zero?")
    if same(points, wanted, 1e-2):
        raise CheckFailed(f"{what}, but comes close to them.", "Is a number rounded?")
    if not same(points[1], wanted[1]):
        went, asked = points[1] - START, wanted[1] - START
        share = (went @ asked) / (asked @ asked)
        how = "goes up the slope" if share < 0 else f"is too {'short' if share < 1 else 'long'}"
        raise CheckFailed(
            f"{what}: its first step {how}.",
            "What does each code multiply the first gradient by, until it reaches x?",
        )
    raise CheckFailed(
        f"{what} from the second step on.", "What does each code multiply the last step by?"
    )


@convert.visible
def leads_from_an_average_to_a_sum(student):
    """EXA: the numbers of one course in the code of another, there and back."""
    for source, target in [("average", "sum"), ("sum", "average")]:
        case = f"From {source!r} to {target!r} with learning_rate = 0.2 and momentum = 0.75"
        require_same_points(student, 0.2, 0.75, source, target, case)


@convert.visible
def keeps_what_is_the_same(student):
    """EXA: two of the conventions differ in the sign and scale of v only."""
    case = "From 'sum' to 'canonical' with learning_rate = 0.2 and momentum = 0.75"
    require_same_points(student, 0.2, 0.75, "sum", "canonical", case)


@convert.hidden
def visits_the_same_points(student):
    """CER: for each of the twelve ways from one of four conventions to another."""
    for source, target in PAIRS:
        for numbers in [(0.31, 0.6), (0.0837, 0.913)]:  # with digits to lose
            case = f"From {source!r} to {target!r}, with other numbers"
            require_same_points(student, *numbers, source, target, case)


@convert.hidden
def leads_nowhere_from_itself(student):
    """DEG: a convention to itself."""
    for name in NAMES:
        require_same_points(student, 0.3, 0.8, name, name, f"From {name!r} to itself")


@convert.hidden
def changes_nothing_without_momentum(student):
    """DEG: with momentum = 0 every convention is gradient descent."""
    for source, target in [("average", "sum"), ("canonical", "average")]:
        case = f"From {source!r} to {target!r} with momentum = 0"
        require_same_points(student, 0.3, 0.0, source, target, case)


@convert.hidden
def returns_from_a_round_trip(student):
    """INV: there and back, all four in a circle."""
    numbers = [0.17, 0.85]
    case = "From one convention to the next, all the way round"
    for source, target in zip(NAMES, NAMES[1:] + NAMES[:1], strict=True):
        numbers = numbers_of(student, *numbers, source, target, case)
    if not same(numbers, [0.17, 0.85]):
        raise CheckFailed(f"{case}, you do not come back to the numbers you started from.")


@convert.hidden
def converts_arrays(student):
    """API: arrays are independent runs."""
    rates, momenta = np.array([0.3, 0.1, 0.05]), np.array([0.5, 0.9, 0.0])
    for source, target in [("average", "canonical"), ("difference", "average")]:
        case = f"From {source!r} to {target!r}, with an array of learning rates"
        require_same_points(student, rates, 0.8, source, target, case)
        case = f"From {source!r} to {target!r}, with arrays of learning rates and momenta"
        require_same_points(student, rates, momenta, source, target, case)


@convert.hidden
def refuses_a_schedule(student):
    """API: whatever the two conventions, also where they would agree."""
    why = "when the learning rate changes, two conventions may part."
    for pair in ["sum canonical", "average difference", "sum sum", "canonical difference"]:
        source, target = pair.split()
        case = f"From {source!r} to {target!r}, with a function of the step as learning_rate"
        require_value_error(student, _schedule, 0.9, source, target, case=case, why=why)
    case = "With an object that can be called as learning_rate"
    require_value_error(student, partial(_schedule, 3), 0.9, *NAMES[:2], case=case, why=why)


def _schedule(step):
    return 0.1 / step


def velocity_of(student, velocity, learning_rate, momentum, source, target, case):
    """Return the velocity that comes back."""
    value = student(velocity, learning_rate, momentum, source, target, case=case)
    got = as_numbers(value, case)
    if got.shape != velocity.shape:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}; velocity has the shape "
            f"{velocity.shape}.",
            token=f"returns shape {got.shape}",
        )
    return got


def require_same_way_on(student, learning_rate, momentum, source, target, case, n_steps=3):
    """Ask whether the target's code goes on as the source's would."""
    points, velocity = walk(source, learning_rate, momentum, START, np.zeros(3), n_steps)
    x = points[-1]
    got = velocity_of(student, velocity, learning_rate, momentum, source, target, case)
    rate, _ = convert_rightly(learning_rate, momentum, source, target)
    wanted, _ = walk(source, learning_rate, momentum, x, velocity, 3)
    goes_on, _ = walk(target, rate, momentum, x, got, 3)
    if same(goes_on, wanted):
        return
    what = f"{case}, the run does not go on as it would have"
    if not np.all(np.isfinite(got)):
        hint = "The velocity is not finite. What is divided by what?"
    elif not np.any(got):
        hint = "A velocity of zero would start again from rest."
    elif got @ velocity * _sign(source) * _sign(target) < 0:
        hint = "The velocity has the wrong sign. Does it point down the slope or up, in each code?"
    else:
        hint = (
            "The velocity has the wrong size. In each code, what is it multiplied by before it is "
            "added to x?"
        )
    raise CheckFailed(f"{what}.", hint)


def _sign(convention):
    """Return whether a velocity points along the step or against it."""
    return 1 if convention in ("canonical", "difference") else -1


@convert_velocity.visible
def goes_on_from_a_sum(student):
    """CER: from a sum of gradients to a step, and back."""
    for source, target in [("sum", "canonical"), ("canonical", "sum")]:
        case = f"From {source!r} to {target!r} with learning_rate = 0.2 and momentum = 0.75"
        require_same_way_on(student, 0.2, 0.75, source, target, case)


@convert_velocity.visible
def goes_on_from_an_average(student):
    """CER: from an average to a sum."""
    case = "From 'average' to 'sum' with learning_rate = 0.2 and momentum = 0.75"
    require_same_way_on(student, 0.2, 0.75, "average", "sum", case)


@convert_velocity.hidden
def goes_on_from_any_convention(student):
    """CER: each of the twelve ways."""
    for source, target in PAIRS:
        for numbers in [(0.31, 0.6), (0.08, 0.9)]:
            case = f"From {source!r} to {target!r}, with other numbers"
            require_same_way_on(student, *numbers, source, target, case)


@convert_velocity.hidden
def leaves_a_velocity_as_it_is(student):
    """DEG: a convention to itself."""
    for name in NAMES:
        require_same_way_on(student, 0.3, 0.8, name, name, f"From {name!r} to itself")


@convert_velocity.hidden
def stays_at_rest(student):
    """DEG: a velocity of zero is zero in every convention."""
    for source, target in [("sum", "canonical"), ("canonical", "average")]:
        case = f"At rest, from {source!r} to {target!r}"
        got = velocity_of(student, np.zeros(2), 0.2, 0.7, source, target, case)
        if not same(got, np.zeros(2)):
            raise CheckFailed(f"{case}, the velocity is zero in every convention.")


@convert_velocity.hidden
def returns_with_the_velocity(student):
    """INV: a velocity of any shape comes back from a round trip."""
    case = "From one convention to the next, all the way round"
    for start in (np.array([[1e-7, -2.0], [300.0, 0.0]]), np.array(4.0)):
        learning_rate, momentum, velocity = 0.2, 0.9, start
        for source, target in zip(NAMES, NAMES[1:] + NAMES[:1], strict=True):
            velocity = velocity_of(student, velocity, learning_rate, momentum, source, target, case)
            learning_rate, _ = convert_rightly(learning_rate, momentum, source, target)
        if not same(velocity, start):
            raise CheckFailed(f"{case}, the velocity is not the one you started from.")


def require_effective(student, learning_rate, momentum, convention, case):
    """Compare with how far a constant gradient carries the code of the convention."""
    got = as_number(student(learning_rate, momentum, convention, case=case), case)
    # The velocity of a constant gradient g is v = momentum v + g, so g / (1 - momentum); an
    # average of equal numbers is that number.
    want = learning_rate if convention == "average" else learning_rate / (1 - momentum)
    if same(got, want):
        return
    if same(got, want, 0.02):
        hint = "It is right to a few digits only. Is it rounded, or does a sum end too soon?"
    elif not got > 0:
        hint = "It is a positive number: how many times the gradient a step is long."
    elif convention == "average":
        hint = "What is the average of gradients that are all the same?"
    else:
        hint = (
            f"It is {'larger' if got < want else 'smaller'}. A velocity v that no longer changes "
            "has v = momentum v + what is new. And how far does it move x?"
        )
    raise CheckFailed(f"{case}, the effective learning rate is wrong.", hint)


@effective_learning_rate.visible
def is_what_a_sum_builds_up_to(student):
    """EXA: gradients that agree add up."""
    for convention in ("canonical", "sum"):
        case = f"For learning_rate = 0.2, momentum = 0.75, {convention!r}"
        require_effective(student, 0.2, 0.75, convention, case)


@effective_learning_rate.visible
def is_the_learning_rate_without_momentum(student):
    """DEG: with momentum = 0 nothing builds up."""
    case = "For learning_rate = 0.2, momentum = 0, 'canonical'"
    require_effective(student, 0.2, 0.0, "canonical", case)


@effective_learning_rate.hidden
def depends_on_the_convention(student):
    """REF: all four conventions, at other numbers."""
    for convention in NAMES:
        for numbers in [(0.3, 0.5), (0.01, 0.9), (2.0, 0.35)]:
            case = f"For other numbers, {convention!r}"
            require_effective(student, *numbers, convention, case)


@effective_learning_rate.hidden
def grows_towards_one(student):
    """DEG: from 0.9 to 0.99 the steps become ten times as long."""
    for convention in NAMES:
        require_effective(student, 0.1, 0.99, convention, f"For momentum = 0.99, {convention!r}")


@effective_learning_rate.hidden
def agrees_between_conventions(student):
    """INV: codes that visit the same points have the same effective learning rate."""
    case = "For a code and the same run in another convention"
    for source, target in [("canonical", "average"), ("average", "difference")]:
        rate, momentum = convert_rightly(0.12, 0.8, source, target)
        here = as_number(student(0.12, 0.8, source, case=case), case)
        there = as_number(student(rate, momentum, target, case=case), case)
        if not same(here, there):
            raise CheckFailed(
                f"{case}, the effective learning rates differ.",
                "Both make the same steps. What is new in the velocity of each?",
            )


def probe_numbers(*arguments):
    """Return a probe that keeps the numbers that a conversion returns."""

    def probe(student):
        rate, mu = numbers_of(student, *arguments, "")
        return [*np.ravel(rate), *np.ravel(mu)]

    return probe


for source, target in PAIRS:
    convert.probe(probe_numbers(0.3, 0.6, source, target))
for numbers in [(0.07, 0.9), (0.2, 0.75)]:
    convert.probe(probe_numbers(*numbers, "average", "canonical"))
    convert.probe(probe_numbers(*numbers, "sum", "average"))
for name in NAMES:
    convert.probe(probe_numbers(0.2, 0.8, name, name))
convert.probe(probe_numbers(np.array([0.3, 0.1, 0.05]), 0.8, "average", "sum"))
convert.probe(probe_numbers(np.array([0.3, 0.1]), np.array([0.8, 0.5]), "sum", "average"))


@convert.probe
def probe_schedule(student):
    """Say what happens to a function."""
    try:
        student(_schedule, 0.9, "sum", "canonical", case="")
    except CheckFailed as failure:
        return ["refused" if isinstance(failure.__cause__, ValueError) else failure.token]
    return ["converted"]


def probe_velocity(*arguments):
    """Return a probe that keeps the velocity that comes back."""
    return lambda student: velocity_of(student, np.array([1.5, -0.4]), *arguments, "")


for source, target in PAIRS:
    convert_velocity.probe(probe_velocity(0.3, 0.6, source, target))
for numbers in [(0.07, 0.9), (0.2, 0.75)]:
    convert_velocity.probe(probe_velocity(*numbers, "average", "canonical"))
    convert_velocity.probe(probe_velocity(*numbers, "difference", "sum"))
for name in NAMES:
    convert_velocity.probe(probe_velocity(0.2, 0.8, name, name))


@convert_velocity.probe
def probe_velocity_matrix(student):
    """Return numbers of a velocity that is a matrix."""
    velocity = np.array([[1.0, -2.0], [0.5, 0.0]])
    return velocity_of(student, velocity, 0.2, 0.9, "sum", "canonical", "").ravel()


@convert_velocity.probe
def probe_digits(student):
    """Say whether the velocity has all its digits."""
    velocity, numbers = np.array([1.3, -0.7]), (0.2, 0.9, "sum", "canonical")
    got, want = velocity_of(student, velocity, *numbers, ""), -0.2 * velocity
    return ["right" if same(got, want) else "nearly" if same(got, want, 1e-6) else "wrong"]


for convention in NAMES:
    for numbers in [(0.2, 0.75), (0.3, 0.6), (0.05, 0.9), (0.4, 0.0), (0.1, 0.99), (2.0, 0.35)]:
        effective_learning_rate.probe(
            lambda student, call=(*numbers, convention): [as_number(student(*call, case=""), "")]
        )
