"""Exercise S2: the gradient of a minibatch, and its variance.

Both are checked by enumeration: over all minibatches that can be drawn, the mean of the gradients
is the full gradient, and their mean squared distance from it is the variance.
"""

from itertools import combinations, product

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, as_number, as_numbers, same
from optedu.checks.student import CheckFailed, describe

minibatch_gradient = Exercise(
    "sgd",
    "minibatch_gradient",
    "X y params indices l2",
    "Return the gradient of the loss on some examples, the penalty in full.",
)
gradient_variance = Exercise(
    "sgd",
    "gradient_variance",
    "example_grads batch_size replacement",
    "Return the mean squared distance of a minibatch's gradient from the full one.",
)


class Data:
    """Least squares: inputs, targets, and the gradient of any minibatch, example by example."""

    def __init__(self, X, y, dtype=float):
        self.X, self.y = np.array(X, dtype=dtype), np.array(y, dtype=dtype)

    def gradient(self, params, indices, l2=0.0):
        """Return the mean of the examples' gradients, and that of the penalty."""
        each = [(self.X[i] @ params - self.y[i]) * self.X[i] for i in indices]
        return np.mean(each, axis=0) + l2 * params


def random_data(seed, n_examples, n_params):
    """Return data without any symmetry."""
    random = np.random.RandomState(seed)
    return Data(random.randn(n_examples, n_params) + 0.3, random.randn(n_examples))


SMALL = Data([[1, 0], [2, 1], [0, 3]], [1, 2, 3])
FIVE = random_data(1, 5, 3)
TEN = random_data(2, 10, 4)
PARAMS = np.array([0.5, -1.2, 2.0])


def gradient_of(student, data, params, indices, *l2, case):
    """Return the gradient that comes back."""
    value = student(data.X, data.y, params, np.array(indices), *l2, case=case)
    grads = as_numbers(value, case)
    if grads.shape != params.shape:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "The gradient is shaped like params.",
            token=f"returns shape {grads.shape}",
        )
    return grads


def require_gradient(student, data, params, indices, *l2, case, hint=""):
    """Compare a gradient with the mean over its examples, and say how it is wrong."""
    params = np.array(params, dtype=float)
    got = gradient_of(student, data, params, indices, *l2, case=case)
    want = data.gradient(params, indices, *l2)
    if same(got, want):
        return
    share = got @ want / max(want @ want, 1e-300)
    if not np.all(np.isfinite(got)):
        what, hint = "is not finite", "What is divided by what, and can that be zero?"
    elif same(got, share * want, 1e-6):
        what = f"has the right direction but {share:.2g} times the right length"
        hint = "A minibatch's gradient is the mean over its own examples."
    elif hint:
        what = "is wrong"
    elif same(got, want, 1e-3):
        what, hint = "has only a few right digits", "Use the formula, with all the digits."
    else:
        what, hint = "is wrong", "Take the rows of X and of y that indices name, and no others."
    raise CheckFailed(f"{case}, your gradient {what}.", hint)


@minibatch_gradient.visible
def is_the_mean_over_its_examples(student):
    """EXA: two examples of three, by hand."""
    case = (
        "For X = [[1, 0], [2, 1], [0, 3]], y = [1, 2, 3], params = [2.0, 1.0], indices = [0, 2], "
        "l2 = 0"
    )
    require_gradient(student, SMALL, [2.0, 1.0], [0, 2], 0.0, case=case)


@minibatch_gradient.visible
def is_the_full_gradient_of_all_examples(student):
    """REF: with all indices the minibatch is the data."""
    case = "For X = [[1, 0], [2, 1], [0, 3]], y = [1, 2, 3], params = [1.0, -1.0] and all indices"
    require_gradient(student, SMALL, [1.0, -1.0], [0, 1, 2], 0.0, case=case)


@minibatch_gradient.visible
def has_a_default_penalty(student):
    """API: l2 is 0 if it is not given."""
    hint = "The default of l2 is 0."
    require_gradient(student, SMALL, [1.0, 3.0], [1, 2], case="Without l2", hint=hint)


@minibatch_gradient.hidden
def has_no_bias(student):
    """ENU: over all minibatches of one size the mean is the full gradient."""
    for batch_size in (1, 2, 4):
        case = "On average over all minibatches of a size"
        drawn = [
            gradient_of(student, FIVE, PARAMS, indices, 0.3, case=case)
            for indices in combinations(range(5), batch_size)
        ]
        if not same(np.mean(drawn, axis=0), FIVE.gradient(PARAMS, range(5), 0.3), 1e-12):
            raise CheckFailed(
                f"{case}, your gradient is not the full gradient.",
                "Divide by the number of indices, and add the penalty's gradient in full.",
            )


@minibatch_gradient.hidden
def keeps_the_penalty_whole(student):
    """EXA: the penalty does not depend on the minibatch, which may be the data."""
    for indices in ([3], [7, 1], [2, 5, 9, 0, 4], [8, 3, 1, 9, 0, 2, 7, 5, 6, 4]):
        for l2 in (0.1, 2.5):
            params = np.array([0.5, -1.2, 2.0, 0.1])
            require_gradient(student, TEN, params, indices, l2, case="With a penalty")


@minibatch_gradient.hidden
def takes_one_example(student):
    """DEG: the minibatch of plain SGD, and data of one column."""
    require_gradient(student, FIVE, PARAMS, [3], 0.0, case="For one example")
    require_gradient(student, random_data(3, 6, 1), [0.7], [4], 0.2, case="For one parameter")


@minibatch_gradient.hidden
def counts_repetitions(student):
    """DEG: an example drawn twice counts twice, in any order."""
    for indices in ([2, 2, 0], [4, 1, 4, 4], [0, 0]):
        case = "Where an index comes more than once"
        require_gradient(student, FIVE, PARAMS, indices, 0.0, case=case)


@minibatch_gradient.hidden
def starts_afresh(student):
    """API: nothing is left over from an earlier call."""
    for params in ([1.0, 2.0, 3.0], [0.0, -1.0, 0.5]):
        case = "Called again with other params"
        require_gradient(student, FIVE, params, [1, 4], 0.1, case=case)


@minibatch_gradient.hidden
def takes_integers(student):
    """API: integers and zeros are numbers like others, in params and in the data."""
    case = "With params of zeros and with integer params"
    require_gradient(student, FIVE, np.zeros(3), [0, 3], 0.4, case=case)
    value = as_numbers(student(FIVE.X, FIVE.y, np.array([2, -1, 1]), np.array([0, 3]), 0.4,
                               case=case), case)  # fmt: skip
    if not same(value, FIVE.gradient(np.array([2.0, -1.0, 1.0]), [0, 3], 0.4)):
        raise CheckFailed(f"{case}, your gradient is wrong.", "Does an array of integers round it?")
    whole = Data(SMALL.X, SMALL.y, dtype=int)
    case, hint = "With integers in X and y", "Does an array of integers round it?"
    require_gradient(student, whole, [0.5, -0.2], [0, 1], 0.0, case=case, hint=hint)


def enumerated(example_grads, batch_size, replacement):
    """Return the mean squared distance from the full gradient over all minibatches."""
    draw = product if replacement else combinations
    repeat = {"repeat": batch_size} if replacement else {"r": batch_size}
    minibatches = np.array(list(draw(range(len(example_grads)), **repeat)))
    drawn = example_grads[minibatches].mean(axis=1)
    return np.mean(np.sum((drawn - example_grads.mean(axis=0)) ** 2, axis=1))


LINE = np.array([[1.0], [-1.0], [3.0], [-3.0]])
GRADS = np.array([3.0, -1.0, 0.2]) + np.random.RandomState(4).randn(6, 3) * [1.0, 2.0, 0.5]
TWO = np.array([[1.0, 5.0], [4.0, 1.0], [2.0, 2.0]])


def variance_of(student, example_grads, *options, case):
    """Return the number that comes back."""
    return as_number(student(example_grads, *options, case=case), case)


def require_variance(student, example_grads, batch_size, *replacement, case):
    """Compare a variance with that of all minibatches, one by one."""
    got = variance_of(student, example_grads, batch_size, *replacement, case=case)
    want = enumerated(example_grads, batch_size, *(replacement or [False]))
    # Where all minibatches are alike the variance is 0, up to the rounding of the gradients.
    if abs(got - want) <= ROUNDING * max(want, 1e-3):
        return
    if not np.isfinite(got):
        what, hint = "is not a finite number", "Is 0 divided by 0?"
    elif want < ROUNDING:
        what, hint = "is not 0", "All the minibatches are the same one, so nothing varies."
    elif got < 0:
        what, hint = "is negative", "A variance is a mean of squares."
    elif got == 0:
        what, hint = "is 0", "There is more than one minibatch, and they differ."
    elif abs(got - want) < 0.1 * want:
        what = "has only a few right digits"
        hint = "Use a formula, without random numbers and without rounding."
    else:
        what = "is too large" if got > want else "is too small"
        hint = "Write down all the minibatches of three examples, and compare."
    raise CheckFailed(f"{case}, your variance {what}.", hint)


@gradient_variance.visible
def is_that_of_independent_draws(student):
    """ENU: with replacement, all pairs."""
    case = "For example_grads = [[1], [-1], [3], [-3]], batch_size = 2, replacement = True"
    require_variance(student, LINE, 2, True, case=case)


@gradient_variance.visible
def is_smaller_without_replacement(student):
    """ENU: without replacement, all pairs of different examples."""
    case = "For example_grads = [[1], [-1], [3], [-3]], batch_size = 2, replacement = False"
    require_variance(student, LINE, 2, False, case=case)


@gradient_variance.visible
def draws_without_replacement_by_default(student):
    """API: replacement is False if it is not given."""
    require_variance(student, LINE, 3, case="Without replacement as an argument")


@gradient_variance.hidden
def is_that_of_all_minibatches(student):
    """ENU: all minibatches of six examples in three dimensions, of two, and of integers."""
    for batch_size in (1, 2, 3, 4, 5):
        case = "Over all minibatches of different examples"
        require_variance(student, GRADS, batch_size, False, case=case)
    require_variance(student, TWO[:2], 1, False, case="For one of two examples")
    integers = np.array([[1, 5], [4, 1], [2, 2]])
    require_variance(student, integers, 2, False, case="With integers in example_grads")


@gradient_variance.hidden
def is_that_of_all_draws(student):
    """ENU: all draws with repetitions, also of as many examples as there are, or more."""
    for example_grads, batch_size in [(GRADS, 1), (GRADS, 2), (GRADS, 4), (TWO, 3), (TWO, 5)]:
        case = "Over all draws with repetitions"
        require_variance(student, example_grads, batch_size, True, case=case)


@gradient_variance.hidden
def vanishes_for_the_whole_data(student):
    """DEG: without replacement the whole data is one minibatch, also of one example."""
    require_variance(student, GRADS, 6, False, case="For the whole data")
    require_variance(student, TWO[:2], 2, False, case="For two examples, which are the whole data")
    require_variance(student, TWO[:1], 1, False, case="For one example, which is the whole data")
    require_variance(student, TWO[:1], 1, True, case="For one example, drawn with replacement")


@gradient_variance.hidden
def ignores_what_all_share(student):
    """INV: a constant added to all gradients changes nothing; a factor comes in squared."""
    case = "With a constant added to all gradients, and with all of them doubled"
    first = variance_of(student, GRADS, 2, False, case=case)
    moved = variance_of(student, GRADS + np.array([5.0, -2.0, 9.0]), 2, False, case=case)
    scaled = variance_of(student, 2 * GRADS, 2, False, case=case)
    if not (same(moved, first) and same(scaled, 4 * first)):
        raise CheckFailed(
            f"{case}, your variance does not follow.",
            "It is the mean of squared distances from the mean.",
        )


@gradient_variance.hidden
def sums_over_coordinates(student):
    """EXA: coordinates that do not vary add nothing, and one counted twice adds twice."""
    case = "With a coordinate that is always zero, and with one counted twice"
    for more in (np.zeros((6, 1)), GRADS[:, :1]):
        require_variance(student, np.hstack([GRADS, more]), 2, False, case=case)


def probe_gradient(data, params, indices, *l2):
    """Return a probe that keeps the gradient."""
    params = np.array(params, dtype=float)

    def probe(student):
        value = student(data.X, data.y, params, np.array(indices), *l2, case="")
        grads = as_numbers(value, "")
        return [grads.ndim, *grads.shape, *grads.ravel()[:4]]

    return probe


for data, params, indices, *l2 in [
    (SMALL, [2.0, 1.0], [0, 2], 0.0),
    (SMALL, [1.0, 3.0], [1, 2]),
    (FIVE, PARAMS, [1, 4], 0.0),
    (FIVE, -PARAMS, [1, 4], 0.3),
    (FIVE, PARAMS, [0, 1, 2, 3, 4], 0.3),
    (FIVE, PARAMS, [4, 2, 0, 1, 3], 0.0),
    (FIVE, PARAMS, [3], 0.0),
    (FIVE, PARAMS, [2, 2, 0], 0.0),
    (TEN, [0.5, -1.2, 2.0, 0.1], [7, 1], 2.5),
    (TEN, [0.4, 1.0, -1.0, 0.2], [2, 5, 9, 0, 4], 0.7),
    (FIVE, [0.0, 0.0, 0.0], [0, 3], 0.4),
]:
    minibatch_gradient.probe(probe_gradient(data, params, indices, *l2))


@minibatch_gradient.probe
def probe_penalty(student):
    """Return how much of the penalty there is, for two sizes."""
    parts = []
    for indices in ([1], [1, 2], [0, 1, 2, 3, 4]):
        got = [gradient_of(student, FIVE, PARAMS, indices, l2, case="") for l2 in (0.0, 1.0)]
        parts.append(((got[1] - got[0]) / PARAMS)[0])
    return parts


@minibatch_gradient.probe
def probe_integers(student):
    """Return the gradient at integers."""
    value = student(FIVE.X, FIVE.y, np.array([2, -1, 1]), np.array([0, 3]), 0.4, case="")
    grads = as_numbers(value, "")
    return [grads.ndim, *grads.ravel()[:3]]


@minibatch_gradient.probe
def probe_digits(student):
    """Say whether the digits end early."""
    got = gradient_of(student, FIVE, PARAMS, [1, 4], 0.1, case="")
    want = FIVE.gradient(PARAMS, [1, 4], 0.1)
    return ["all" if same(got, want) else "some" if same(got, want, 1e-3) else "wrong"]


def probe_variance(example_grads, *options):
    """Return a probe that keeps the variance."""
    return lambda student: [variance_of(student, example_grads, *options, case="")]


for example_grads, *options in [
    (LINE, 2, True),
    (LINE, 2, False),
    (LINE, 3),
    (GRADS, 1, False),
    (GRADS, 1, True),
    (GRADS, 2, False),
    (GRADS, 3, True),
    (GRADS, 5, False),
    (GRADS[:, :2], 4, False),
    (GRADS, 6, False),
    (TWO, 3, True),
    (TWO, 5, True),
    (TWO[:1], 1, False),
    (TWO[:1], 1, True),
    (GRADS[:3] * [1.0, 1.0, 0.0], 2, False),
]:
    gradient_variance.probe(probe_variance(example_grads, *options))
