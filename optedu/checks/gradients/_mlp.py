"""Exercise G5: the loss of a network of two layers, and its gradient, backwards through the layers.

The parameters are a dictionary of four arrays, and so is the gradient. A check looks at one array
after the other, from the last layer back, as the slopes go: the first that is wrong is where to
look.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, as_numbers, same, seeded
from optedu.checks.gradients._models import (
    digits_of,
    fixed_penalty,
    gradient_of,
    log_loss,
    pair_of,
    require_loss,
    require_slopes,
    share_of,
    slopes_of,
    summary_of,
)
from optedu.checks.student import CheckFailed, describe

NAMES = ("W1", "b1", "W2", "b2")
BACKWARDS = ("b2", "W2", "b1", "W1")

mlp_value_and_grad = Exercise(
    "gradients",
    "mlp_value_and_grad",
    "params X y l2 activation",
    "Return the mean cross-entropy plus l2/2 times the sum of squares of all parameters, and the "
    "gradient of each array.",
)


def network(seed, n_examples, n_inputs, n_hidden, n_classes):
    """Return random parameters, examples and labels."""
    random = seeded(seed)
    params = {
        "W1": random.randn(n_inputs, n_hidden),
        "b1": random.randn(n_hidden),
        "W2": random.randn(n_hidden, n_classes),
        "b2": random.randn(n_classes),
    }
    X = random.randn(n_examples, n_inputs)
    return params, X, random.randint(n_classes, size=n_examples)


def loss_of(params, X, y, l2, activation):
    """Return the loss, as it is defined; one of the arrays may be complex."""
    W1, b1, W2, b2 = (params[name] for name in NAMES)
    A = X @ W1 + b1[..., None, :]
    H = np.tanh(A) if activation == "tanh" else np.where(A.real > 0, A, 0)
    squares = sum(np.sum(W**2, axis=(-2, -1)) for W in (W1, W2))
    squares = squares + sum(np.sum(b**2, axis=-1) for b in (b1, b2))
    return np.mean(log_loss(H @ W2 + b2[..., None, :], y), axis=-1) + l2 / 2 * squares


def exact_grads(params, *rest):
    """Return the gradient of each array, with the slope 0 of the ReLU at 0."""
    return {
        name: slopes_of(lambda array, name=name: loss_of(params | {name: array}, *rest), weights)
        for name, weights in params.items()
    }


def parts_of(student, params, *rest, case):
    """Return the loss, and the gradients as a dictionary of whatever they are."""
    given = {name: array.copy() for name, array in params.items()}
    loss, grads = pair_of(student, given, *rest, case=case)
    if not _unchanged(given, params):
        student.changed.append("params")
        if not student.lenient:
            raise CheckFailed(
                f"{case}, your function changes params, which belong to the caller.",
                "A dictionary holds references: -= and assigning into params or its arrays change "
                "what the caller has.",
                token="changes params",
            )
    if isinstance(grads, tuple | list) and len(grads) == len(NAMES):
        grads = dict(zip(NAMES, grads, strict=True))
    if not isinstance(grads, dict):
        raise CheckFailed(
            f"{case}, as the gradient your function returns {describe(grads)}.",
            'A dictionary is asked for, with the names "W1", "b1", "W2" and "b2".',
            token=f"returns {type(grads).__name__}",
        )
    missing = [name for name in NAMES if name not in grads]
    if missing:
        raise CheckFailed(
            f"{case}, your gradient has no entry {missing[0]!r}.",
            'The names are those of params: "W1", "b1", "W2" and "b2".',
            token="returns no " + missing[0],
        )
    return loss, grads


def _unchanged(given, params):
    """Return whether a dictionary that the student had still holds the arrays."""
    return list(given) == list(params) and all(
        isinstance(given[name], np.ndarray) and np.array_equal(given[name], params[name])
        for name in params
    )


def arrays_of(student, params, *rest, case):
    """Return the loss, and the gradients as arrays shaped like the parameters."""
    loss, grads = parts_of(student, params, *rest, case=case)
    return loss, {name: gradient_of(grads[name], params[name], name, case) for name in BACKWARDS}


def require(student, params, *rest, case):
    """Compare the loss with its definition, and each gradient with the slopes of the loss."""
    loss, grads = parts_of(student, params, *rest, case=case)
    require_loss(loss, loss_of(params, *rest), case)
    exact = exact_grads(params, *rest)
    for name in BACKWARDS:
        grads[name] = gradient_of(grads[name], params[name], name, case)
        require_slopes(grads[name], exact[name], name, case)
    return loss, grads


def smooth_network(n_examples, n_inputs, n_hidden, n_classes):
    """Return a network that a student can write down in a line or two."""
    n_weights = n_inputs * n_hidden
    params = {
        "W1": np.cos(np.arange(n_weights) ** 2).reshape(n_inputs, n_hidden),
        "b1": 0.1 * np.arange(1, n_hidden + 1),
        "W2": np.sin(np.arange(n_hidden * n_classes) ** 2).reshape(n_hidden, n_classes),
        "b2": 0.2 * np.arange(1, n_classes + 1),
    }
    size = n_examples * n_inputs
    return params, np.sin(np.arange(size) ** 2).reshape(n_examples, n_inputs)


def copies_of(grads, case):
    """Return all gradients in one row, which a later call leaves alone."""
    return np.concatenate([as_numbers(grads[name], case).ravel() for name in NAMES])


@mlp_value_and_grad.visible
def goes_back_by_hand(student):
    """EXA: one input, one hidden unit, two classes, one example; and once more, from anew."""
    params = {
        "W1": np.array([[3.0]]),
        "b1": np.array([-1.0]),
        "W2": np.array([[1.0, 3.0]]),
        "b2": np.array([10.0, 0.0]),
    }
    case = "For the example by hand, W1 = [[3]], b1 = [-1], W2 = [[1, 3]], b2 = [10, 0], x = 2"
    rest = (np.array([[2.0]]), np.array([0]), 0.0, "relu")
    calls = []
    for _ in range(2):
        loss, grads = parts_of(student, params, *rest, case=case)
        calls.append(np.append(copies_of(grads, case), loss))
    if not np.allclose(*calls, equal_nan=True):
        raise CheckFailed(
            f"{case}, your function returns something else when it is called again.",
            "Start every call from new arrays, made inside the function.",
            token="another answer",
        )
    require(student, params, *rest, case=case)


@mlp_value_and_grad.visible
def goes_along_the_slope_of_tanh(student):
    """GRA: array by array."""
    params, X = smooth_network(6, 3, 4, 2)
    case = "With 6 examples, 3 inputs, 4 hidden units, 2 classes, tanh and l2 = 0"
    require(student, params, X, np.array([0, 1, 1, 0, 1, 0]), 0.0, "tanh", case=case)


@mlp_value_and_grad.visible
def goes_along_the_slope_of_the_relu(student):
    """GRA: array by array."""
    params, X = smooth_network(5, 2, 6, 3)
    case = "With 5 examples, 2 inputs, 6 hidden units, 3 classes, the ReLU and l2 = 0"
    require(student, params, X, np.array([2, 1, 0, 2, 1]), 0.0, "relu", case=case)


@mlp_value_and_grad.visible
def adds_the_penalty(student):
    """GRA: the penalty enters the loss and the gradients once, and counts the biases."""
    params, X = smooth_network(4, 2, 3, 2)
    case = "With 4 examples, 2 inputs, 3 hidden units, 2 classes, tanh and l2 = 0.5"
    require(student, params, X, np.array([0, 0, 1, 0]), 0.5, "tanh", case=case)


@mlp_value_and_grad.hidden
def fits_any_shape(student):
    """GRA: wide and narrow layers, and all of one width."""
    shapes = [(7, 4, 5, 3), (3, 3, 3, 3), (4, 1, 6, 2), (5, 6, 1, 4), (6, 2, 2, 5)]
    for seed, shape in enumerate(shapes):
        for activation in ("tanh", "relu"):
            case = f"With other numbers, the activation {activation}"
            require(student, *network(seed, *shape), 0.3 * (seed % 2), activation, case=case)


@mlp_value_and_grad.hidden
def goes_along_random_directions(student):
    """GRA: array by array, the gradient times a direction is the slope along it."""
    params, X, y = network(11, 8, 3, 7, 4)
    random, case = np.random.RandomState(12), "Along random directions of each array"
    for activation in ("tanh", "relu"):
        rest = (X, y, 0.1, activation)
        _, grads = arrays_of(student, params, *rest, case=case)
        for name in BACKWARDS:
            direction = random.randn(*params[name].shape)
            moved = params | {name: params[name] + 1e-200j * direction}
            slope, got = loss_of(moved, *rest).imag / 1e-200, np.vdot(grads[name], direction)
            if not abs(got - slope) <= ROUNDING * np.linalg.norm(direction):
                raise CheckFailed(
                    f"{case}, your gradient of {name} does not give the slope of the loss.",
                    "Differentiate the loss layer by layer, from the end.",
                )


@mlp_value_and_grad.hidden
def leaves_dead_units_alone(student):
    """DEG: a unit of the ReLU that is closed for all examples, or for one, passes nothing back."""
    params, X, y = network(13, 5, 3, 4, 3)
    params["b1"][1] = -50.0
    params["W1"][:, 2], params["b1"][2] = 0.0, -0.5
    case = "Where hidden units of the ReLU are closed, for some examples or for all"
    for l2 in (0.0, 0.2):
        require(student, params, X, y, l2, "relu", case=case)


@mlp_value_and_grad.hidden
def takes_any_slope_at_the_kink(student):
    """CER: at exactly 0 the ReLU may have any slope from 0 to 1."""
    params, X, y = network(14, 1, 3, 5, 3)
    params["b1"] = np.zeros(5)
    X[0] = 0.0
    case = "Where the ReLU stands exactly at 0"
    loss, grads = arrays_of(student, params, X, y, 0.0, "relu", case=case)
    require_loss(loss, loss_of(params, X, y, 0.0, "relu"), case)
    exact = exact_grads(params, X, y, 0.0, "relu")
    for name in ("b2", "W2", "W1"):
        require_slopes(grads[name], exact[name], name, case)
    open_slopes = params["W2"] @ exact["b2"]
    parts = grads["b1"] / open_slopes
    if not np.all((parts >= -ROUNDING) & (parts <= 1 + ROUNDING)):
        raise CheckFailed(
            f"{case}, your gradient of b1 belongs to no slope from 0 to 1.",
            "What is divided by what there?",
        )


@mlp_value_and_grad.hidden
def takes_one_example(student):
    """DEG: a batch of one."""
    for seed, activation in [(15, "tanh"), (16, "relu")]:
        require(student, *network(seed, 1, 4, 3, 2), 0.2, activation, case="For one example")


@mlp_value_and_grad.hidden
def takes_large_scores(student):
    """DEG: scores in the thousands, and far apart from one example to the next."""
    params, X, y = network(17, 5, 2, 4, 3)
    params["W2"] *= 2000.0
    require(student, params, X, y, 0.0, "tanh", case="For scores in the thousands")
    params, X, y = network(18, 4, 3, 2, 3)
    params["W2"] = params["W2"] + 3000.0
    require(student, params, X, y, 0.0, "relu", case="For scores in the thousands")


@mlp_value_and_grad.hidden
def takes_large_inputs(student):
    """DEG: hidden units far out, where tanh is flat and exponentials overflow."""
    params, X, y = network(24, 5, 3, 4, 3)
    case = "For inputs in the thousands"
    require(student, params, 3000.0 * X, y, 0.1, "tanh", case=case)
    require(student, params, 3000.0 * X, y, 0.0, "relu", case=case)


@mlp_value_and_grad.hidden
def finds_arrays_by_name(student):
    """API: a dictionary has names, and its order means nothing. All arrays are square or alike."""
    params, X, y = network(25, 4, 3, 3, 3)
    params = {name: params[name] for name in ("b2", "W2", "b1", "W1")}
    case = "For params with its names in another order"
    require(student, params, X, y, 0.1, "tanh", case=case)


@mlp_value_and_grad.hidden
def takes_integers(student):
    """API: images of whole numbers, labels of one byte, and a class without an example."""
    params, _, _ = network(19, 4, 3, 4, 5)
    X, y = np.array([[0, 2, 1], [1, 0, 3], [2, 2, 0], [0, 1, 1]]), np.array([1, 0, 3, 1])
    case = "For X that holds integers, and labels of the type uint8"
    for activation in ("tanh", "relu"):
        require(student, params, X, y.astype(np.uint8), 0.1, activation, case=case)


@mlp_value_and_grad.hidden
def follows_its_units(student):
    """INV: hidden units in another order have the same gradients, in that order."""
    params, X, y = network(20, 6, 3, 5, 4)
    order = np.array([3, 0, 4, 1, 2])
    swapped = {"W1": params["W1"][:, order], "b1": params["b1"][order]}
    swapped |= {"W2": params["W2"][order], "b2": params["b2"]}
    case = "With hidden units in one order, and in another"
    loss, grads = arrays_of(student, params, X, y, 0.0, "tanh", case=case)
    again, moved = arrays_of(student, swapped, X, y, 0.0, "tanh", case=case)
    expected = {"W1": grads["W1"][:, order], "b1": grads["b1"][order]}
    expected |= {"W2": grads["W2"][order], "b2": grads["b2"]}
    if not (same(again, loss) and all(same(moved[n], expected[n]) for n in NAMES)):
        raise CheckFailed(f"{case}, your results differ.", "No unit is special.")


@mlp_value_and_grad.hidden
def treats_biases_as_weights_of_one(student):
    """INV: an input that is always 1 has the gradient of the bias; all scores may rise together."""
    params, X, y = network(21, 7, 4, 3, 5)
    X[:, 0] = 1.0
    case = "With an input that is always 1, at l2 = 0"
    for activation in ("tanh", "relu"):
        _, grads = arrays_of(student, params, X, y, 0.0, activation, case=case)
        if not np.abs(grads["W1"][0] - grads["b1"]).max() <= ROUNDING:
            raise CheckFailed(
                f"{case}, the gradient of b1 is not that of its weights.",
                "A bias is the weight of an input that is 1: sum the slopes over the examples.",
            )
        if not max(abs(grads["b2"].sum()), np.abs(grads["W2"].sum(axis=1)).max()) <= ROUNDING:
            raise CheckFailed(
                f"{case}, the gradients of the last layer do not sum to zero over the classes.",
                "The probabilities of an example sum to 1, and so does its row of labels.",
            )


@mlp_value_and_grad.hidden
def starts_afresh(student):
    """API: nothing is left over from an earlier call."""
    case = "Called several times, with other numbers of the same shapes"
    for seed in (22, 23, 22):
        require(student, *network(seed, 4, 2, 5, 3), 0.1, "tanh", case=case)


def probe_loss(*args):
    """Return a probe that keeps the loss."""
    return lambda student: [parts_of(student, *args, case="")[0]]


def probe_grads(name, *args):
    """Return a probe that keeps the gradient of one array."""

    def probe(student):
        grads = parts_of(student, *args, case="")[1]
        return summary_of(gradient_of(grads[name], args[0][name], name, ""))

    return probe


DEAD = network(32, 4, 2, 4, 3)
DEAD[0]["b1"][1] = -50.0
PROBED = [
    (*network(31, 5, 3, 2, 4), 0.0, "tanh"),
    (*DEAD, 0.0, "relu"),
    (*network(33, 3, 3, 3, 3), 0.0, "relu"),
    (*network(34, 6, 2, 3, 2), 0.4, "tanh"),
]
# No two calls in a row have arrays of one shape, so what is left over from a call shows only
# where it is looked for.
for args in PROBED:
    mlp_value_and_grad.probe(probe_loss(*args))
for name in BACKWARDS:
    for args in PROBED:
        mlp_value_and_grad.probe(probe_grads(name, *args))


@mlp_value_and_grad.probe
def probe_penalty(student):
    """Return what l2 adds to the loss, one array after the other being the only one not zero."""
    added = []
    for name in NAMES:
        params, X, y = network(35, 3, 1, 4, 2)
        params = {n: array * (n == name) for n, array in params.items()}
        losses = [parts_of(student, params, X, y, l2, "tanh", case="")[0] for l2 in (0.0, 0.4)]
        added.append((losses[1] - losses[0]) / (0.2 * np.sum(params[name] ** 2)))
    return added


@mlp_value_and_grad.probe
def probe_penalty_slopes(student):
    """Return what l2 adds to each gradient, in units of the parameters."""
    params, X, y = network(36, 4, 3, 1, 2)
    plain, steeper = (arrays_of(student, params, X, y, l2, "tanh", case="")[1] for l2 in (0.0, 0.4))
    return [np.mean((steeper[n] - plain[n]) / (0.4 * params[n])) for n in NAMES]


@mlp_value_and_grad.probe
def probe_fixed_penalty(student):
    """Say whether there is a penalty at l2 = 0."""
    params, X, y = network(48, 2, 1, 5, 2)
    loss, grads = arrays_of(student, params, X, y, 0.0, "tanh", case="")
    exact = _strung(exact_grads(params, X, y, 0.0, "tanh"))
    more = loss - loss_of(params, X, y, 0.0, "tanh")
    return [fixed_penalty(more, _strung(grads) - exact, _strung(params))]


@mlp_value_and_grad.probe
def probe_activation(student):
    """Return how the loss changes with the activation."""
    params, X, y = network(37, 3, 2, 6, 2)
    losses = [parts_of(student, params, X, y, 0.0, bend, case="")[0] for bend in ("tanh", "relu")]
    return [losses[1] - losses[0]]


@mlp_value_and_grad.probe
def probe_kink(student):
    """Say what the slope of the ReLU is at 0."""
    params, X, y = network(38, 1, 2, 3, 2)
    params["b1"] = np.zeros(3)
    grads = arrays_of(student, params, 0 * X, y, 0.0, "relu", case="")[1]
    slopes = grads["b1"] / (params["W2"] @ grads["b2"])
    if not np.all(np.isfinite(slopes)):
        return ["not finite"]
    return ["from 0 to 1" if np.all((slopes >= -1e-9) & (slopes <= 1 + 1e-9)) else "elsewhere"]


@mlp_value_and_grad.probe
def probe_large_scores(student):
    """Return the loss where the scores of one example are large."""
    params, X, _ = network(39, 1, 1, 5, 3)
    params["W2"] *= 2000.0
    y = np.argmin(np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"], axis=1)
    loss = parts_of(student, params, X, y, 0.0, "tanh", case="")[0]
    return [share_of(loss, loss_of(params, X, y, 0.0, "tanh"))]


@mlp_value_and_grad.probe
def probe_rows_far_apart(student):
    """Return the loss where the scores of one example are far above those of another."""
    params, X, y = network(40, 2, 2, 1, 3)
    params["W1"], params["b1"], params["W2"] = np.ones((2, 1)), np.ones(1), np.full((1, 3), 2000.0)
    X = np.array([[0.0, 0.0], [-1.0, -1.0]])
    loss = parts_of(student, params, X, y, 0.0, "tanh", case="")[0]
    return [share_of(loss, loss_of(params, X, y, 0.0, "tanh"))]


@mlp_value_and_grad.probe
def probe_large_inputs(student):
    """Return the loss where the hidden units are far out."""
    params, X, y = network(50, 6, 3, 2, 3)
    loss = parts_of(student, params, 3000.0 * X, y, 0.0, "tanh", case="")[0]
    return [share_of(loss, loss_of(params, 3000.0 * X, y, 0.0, "tanh"))]


@mlp_value_and_grad.probe
def probe_names(student):
    """Return the loss where the names stand in another order."""
    params, X, y = network(51, 2, 4, 4, 4)
    params = {name: params[name] for name in ("W2", "b2", "W1", "b1")}
    return [parts_of(student, params, X, y, 0.0, "relu", case="")[0]]


@mlp_value_and_grad.probe
def probe_absent_class(student):
    """Return the loss where a class has no example."""
    params, X, _ = network(41, 3, 2, 2, 3)
    return [parts_of(student, params, X, np.array([0, 1, 0]), 0.0, "tanh", case="")[0]]


@mlp_value_and_grad.probe
def probe_one_example(student):
    """Return the loss of one example."""
    return [parts_of(student, *network(42, 1, 2, 4, 2), 0.0, "tanh", case="")[0]]


@mlp_value_and_grad.probe
def probe_second_call(student):
    """Return how loss and gradients change from a call to the next."""
    calls = [
        arrays_of(student, *network(seed, 4, 2, 5, 3), 0.0, "tanh", case="") for seed in (43, 44)
    ]
    (loss, grads), (again, moved) = calls
    return [again - loss, *(moved[n].sum() - grads[n].sum() for n in ("W1", "b1"))]


@mlp_value_and_grad.probe
def probe_digits(student):
    """Say whether the gradients have the digits of a float64."""
    params, X, y = network(45, 3, 3, 6, 2)
    _, grads = arrays_of(student, params, X, y, 0.0, "tanh", case="")
    exact = exact_grads(params, X, y, 0.0, "tanh")
    return [digits_of(_strung(grads), _strung(exact))]


@mlp_value_and_grad.probe
def probe_repeats(student):
    """Say whether the gradients grow by the same from call to call."""
    args, calls = (*network(49, 2, 4, 2, 3), 0.0, "tanh"), []
    for _ in range(3):
        calls.append(copies_of(parts_of(student, *args, case="")[1], ""))
    first, second = np.diff(calls, axis=0)
    if np.abs([first, second]).max() <= ROUNDING:
        return ["repeats"]
    return ["adds up" if same(first, second) else "differs"]


def _strung(arrays):
    return np.concatenate([arrays[name].ravel() for name in NAMES])
