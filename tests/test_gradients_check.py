"""The checker on a bank of right and wrong gradients: no false alarm, no miss."""

import numpy as np
import pytest

from optedu.gradients import (
    complex_step_gradient,
    gradient_check,
    hessian_check,
    relative_error,
)
from optedu.models import MLP, Hinge, LeastSquares, Logistic, Softmax
from optedu.problems import PROBLEMS

RNG = np.random.default_rng(1)
N, D, C = 40, 6, 5
X = RNG.normal(size=(N, D))
Y = RNG.integers(0, C, size=N)
W = RNG.normal(size=(D, C))
L2 = 0.1


def log_probabilities(Z):
    """Return log softmax of each row; the shift is real, so the complex step passes."""
    Z = Z - Z.real.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


def softmax(params, l2=L2):
    return -np.mean(log_probabilities(X @ params)[np.arange(N), Y]) + l2 / 2 * np.sum(params**2)


def softmax_grad(params, l2=L2):
    return X.T @ (np.exp(log_probabilities(X @ params)) - np.eye(C)[Y]) / N + l2 * params


def real_only(f):
    """Make a function refuse complex numbers, as code with abs or a cast does in effect."""

    def refusing(params):
        assert np.isrealobj(params)
        return f(params)

    return refusing


def hinge(params, l2=L2):
    scores = X @ params
    margins = scores - scores[np.arange(N), Y][:, None] + 1
    margins[np.arange(N), Y] = 0
    return np.maximum(margins, 0).sum() / N + l2 / 2 * np.sum(params**2)


def hinge_grad(params, l2=L2):
    scores = X @ params
    margins = scores - scores[np.arange(N), Y][:, None] + 1
    margins[np.arange(N), Y] = 0
    violated = (margins > 0).astype(float)
    violated[np.arange(N), Y] = -violated.sum(axis=1)
    return X.T @ violated / N + l2 * params


def mlp(params, act=np.tanh):
    hidden = act(X @ params["W1"] + params["b1"])
    Z = hidden @ params["W2"] + params["b2"]
    return -np.mean(log_probabilities(Z)[np.arange(N), Y]) + L2 / 2 * np.sum(params["W1"] ** 2)


def mlp_grad(params, act=np.tanh, slope=lambda a: 1 - a**2):
    hidden = act(X @ params["W1"] + params["b1"])
    back = (np.exp(log_probabilities(hidden @ params["W2"] + params["b2"])) - np.eye(C)[Y]) / N
    down = (back @ params["W2"].T) * slope(hidden)
    return {
        "W1": X.T @ down + L2 * params["W1"],
        "b1": down.sum(axis=0),
        "W2": hidden.T @ back,
        "b2": back.sum(axis=0),
    }


def relu(z):
    return z * (z.real > 0)


LAYERS = {
    "W1": RNG.normal(size=(D, 7)),
    "b1": RNG.normal(size=7),
    "W2": RNG.normal(size=(7, C)),
    "b2": np.zeros(C),
}
SPREAD = np.logspace(-8, 8, 9)
SMALL = RNG.normal(size=9)
HALF_SUM = lambda x: 0.5 * np.sum(x**2)  # noqa: E731
TIE = np.array([[1.0, 1.0, 0.0], [2.0, 1.0, 0.0]])


def l1(x):
    return np.sum(np.abs(x)) + HALF_SUM(x)


def l1_grad(x):
    return np.sign(x) + x


def max_abs(x):
    return np.sum(np.maximum(x, -x)) + HALF_SUM(x)


RIGHT = {
    "softmax": (softmax, softmax_grad, W),
    "softmax, real only": (real_only(softmax), softmax_grad, W),
    "softmax at zero": (softmax, softmax_grad, np.zeros((D, C))),
    "softmax, scores 1e3": (softmax, softmax_grad, 1e3 * W),
    "softmax, scores 1e3, real only": (real_only(softmax), softmax_grad, 1e3 * W),
    "softmax, weights 1e-8": (softmax, softmax_grad, 1e-8 * W),
    "hinge": (hinge, hinge_grad, W),
    "hinge, weights 1e3": (hinge, hinge_grad, 1e3 * W),
    "tanh network": (mlp, mlp_grad, LAYERS),
    "tanh network, real only": (lambda p: float(mlp(p)), mlp_grad, LAYERS),
    "relu network": (
        lambda p: mlp(p, relu),
        lambda p: mlp_grad(p, relu, lambda a: (a > 0) * 1.0),
        LAYERS,
    ),
    "loss times 1e8": (lambda x: 1e8 * softmax(x), lambda x: 1e8 * softmax_grad(x), W),
    "loss times 1e-8": (lambda x: 1e-8 * softmax(x), lambda x: 1e-8 * softmax_grad(x), W),
    "loss times 1e-8, real only": (
        real_only(lambda x: 1e-8 * softmax(x)),
        lambda x: 1e-8 * softmax_grad(x),
        W,
    ),
    "loss plus 1e6, real only": (real_only(lambda x: 1e6 + softmax(x)), softmax_grad, W),
    "curvatures 1e-8 to 1e8": (
        lambda x: HALF_SUM(SPREAD**0.5 * x),
        lambda x: SPREAD * x,
        SMALL,
    ),
    "curvatures 1e-8 to 1e8, real only": (
        real_only(lambda x: HALF_SUM(SPREAD**0.5 * x)),
        lambda x: SPREAD * x,
        SMALL,
    ),
    "units 1e-8 to 1e8": (
        lambda x: np.sum(np.sin(x / SPREAD)),
        lambda x: np.cos(x / SPREAD) / SPREAD,
        SMALL * SPREAD,
    ),
    "units 1e-8 to 1e8, real only": (
        real_only(lambda x: np.sum(np.sin(x / SPREAD))),
        lambda x: np.cos(x / SPREAD) / SPREAD,
        SMALL * SPREAD,
    ),
    "zero gradient at a minimum": (
        lambda x: HALF_SUM(x - SMALL),
        lambda x: x - SMALL,
        SMALL,
    ),
    "rounding in place of zero": (
        lambda x: HALF_SUM(0.1 * x - 0.3),
        lambda x: 0.1 * (0.1 * x - 0.3),
        np.array([3.0, 3.0]),
    ),
    "rounding in place of zero, real only": (
        real_only(lambda x: HALF_SUM(0.1 * x - 0.3)),
        lambda x: 0.1 * (0.1 * x - 0.3),
        np.array([3.0, 3.0]),
    ),
    "constant": (lambda x: 3.0 + 0 * np.sum(x), lambda x: 0 * x, SMALL),
    "quartic at zero": (lambda x: np.sum(x**4), lambda x: 4 * x**3, np.zeros(3)),
    "linear": (lambda x: x @ SPREAD, lambda x: SPREAD.copy(), SMALL),
    "near 1e8": (lambda x: np.sum(np.sin(x)), np.cos, 1e8 + SMALL),
    "near 1e8, real only": (real_only(lambda x: np.sum(np.sin(x))), np.cos, 1e8 + SMALL),
    "distance near 1e8": (
        real_only(lambda x: HALF_SUM(x - 1e8)),
        lambda x: x - 1e8,
        1e8 + SMALL,
    ),
    "exp close to overflow": (lambda x: np.sum(np.exp(x)), np.exp, np.array([700.0, 690.0])),
    "exp close to overflow, real only": (
        real_only(lambda x: np.sum(np.exp(x))),
        np.exp,
        np.array([700.0, 690.0]),
    ),
    "a domain that ends close by": (
        real_only(lambda x: np.sum(np.log(x))),
        lambda x: 1 / x,
        np.array([1e-6, 1.0, 1e3]),
    ),
    "a fast wave": (
        real_only(lambda x: np.sum(np.sin(1e4 * x))),
        lambda x: 1e4 * np.cos(1e4 * x),
        SMALL,
    ),
    "a number": (lambda x: np.exp(np.sin(x)), lambda x: np.exp(np.sin(x)) * np.cos(x), 1.0),
    "integers": (lambda x: x @ x, lambda x: 2 * x, np.array([1, 2, 3])),
    "L1 away from zero": (l1, l1_grad, SMALL),
    "hidden abs, small": (
        lambda x: np.sum(x**3) + 1e-3 * np.sum(np.abs(x)),
        lambda x: 3 * x**2 + 1e-3 * np.sign(x),
        SMALL,
    ),
    "a kink close by": (l1, l1_grad, np.array([1.0, 1e-9, 2.0, -1.0])),
    "one gradient step from separable": (
        Logistic(X, (Y > 2) * 1.0).loss,
        Logistic(X, (Y > 2) * 1.0).grad,
        100 * W[:, 0],
    ),
}
KINKED = {
    "abs at zero": (l1, l1_grad, np.array([1.0, 0.0, -2.0])),
    "abs at zero, slope 1 chosen": (
        l1,
        lambda x: np.where(x >= 0, 1.0, -1.0) + x,
        np.array([1.0, 0.0, -2.0]),
    ),
    "maximum, complex step": (
        max_abs,
        lambda x: np.where(x >= 0, 1.0, -1.0) + x,
        np.array([1.0, 0.0, -2.0]),
    ),
    "L1 at the origin": (l1, l1_grad, np.zeros(30)),
    "hinge on its margin": (hinge, hinge_grad, np.linalg.pinv(X[:1]) @ np.eye(C)[Y[:1]]),
    "dead relu": (
        lambda p: mlp(p, relu),
        lambda p: mlp_grad(p, relu, lambda a: (a > 0) * 1.0),
        LAYERS | {"W1": np.zeros((D, 7)), "b1": np.zeros(7)},
    ),
}


def changed(grad, change):
    """Return a gradient whose result goes through `change`."""

    def wrong(params):
        grads = grad(params)
        grads = {k: v.copy() for k, v in grads.items()} if isinstance(grads, dict) else grads.copy()
        result = change(grads)
        return grads if result is None else result

    return wrong


def zero_one(g):
    g[2, 1] = 0


def zero_bias(g):
    g["b2"][:] = 0


def biased(g):
    g["b1"] *= 1.5


def swap_two(g):
    g[[0, 1]] = g[[1, 0]]


SQUARE = RNG.normal(size=(5, 5))
TARGET = RNG.normal(size=(5, 5))


def square(x):
    return HALF_SUM(SQUARE @ x - TARGET)


def square_grad(x):
    return SQUARE.T @ (SQUARE @ x - TARGET)


# The mistake, and a word of the sentence that must name it.
WRONG = {
    "sign": (softmax, changed(softmax_grad, np.negative), W, "sign"),
    "sign, real only": (real_only(softmax), changed(softmax_grad, np.negative), W, "sign"),
    "factor 2": (softmax, changed(softmax_grad, lambda g: 2 * g), W, "twice"),
    "half": (HALF_SUM, lambda x: x / 2, SMALL, "half"),
    "no penalty": (softmax, lambda p: softmax_grad(p, 0), W, "0.1 times the parameters is missing"),
    "no penalty, real only": (
        real_only(softmax),
        lambda p: softmax_grad(p, 0),
        W,
        "0.1 times the parameters is missing",
    ),
    "penalty twice": (
        softmax,
        lambda p: softmax_grad(p, 2 * L2),
        W,
        "0.1 times the parameters is too much",
    ),
    "no L1 penalty behind an abs": (
        lambda x: np.sum(x**3) + 1e-2 * np.sum(np.abs(x)),
        lambda x: 3 * x**2,
        SMALL,
        "0.01 times the parameters' signs is missing",
    ),
    "no 1/N": (
        lambda p: softmax(p, 0),
        lambda p: N * softmax_grad(p, 0),
        W,
        f"{N} times the derivative",
    ),
    "1/N in the data only": (softmax, lambda p: N * softmax_grad(p, 0) + L2 * p, W, "wrong"),
    "one coordinate zero": (softmax, changed(softmax_grad, zero_one), W, "only this coordinate"),
    "one coordinate zero, real only": (
        real_only(softmax),
        changed(softmax_grad, zero_one),
        W,
        "only this coordinate",
    ),
    "one bias zero": (mlp, changed(mlp_grad, zero_bias), LAYERS, "b2: the claim is zero"),
    "bias only": (mlp, changed(mlp_grad, biased), LAYERS, "b1: the claim is 1.5 times"),
    "transposed": (square, changed(square_grad, np.transpose), SQUARE + 1, "transposed"),
    "rows swapped": (softmax, changed(softmax_grad, swap_two), W, "more than one entry"),
    "1 %": (softmax, changed(softmax_grad, lambda g: 1.01 * g), W, "1.01 times"),
    "1e-4": (softmax, changed(softmax_grad, lambda g: (1 + 1e-4) * g), W, "1.0001 times"),
    "1e-4, real only": (
        real_only(softmax),
        changed(softmax_grad, lambda g: (1 + 1e-4) * g),
        W,
        "1.0001 times",
    ),
    "1e-4 in one coordinate": (
        HALF_SUM,
        lambda x: x * (1 + 1e-4 * (np.arange(9) == 4)),
        SMALL,
        "only this coordinate",
    ),
    "at a wrong point": (softmax, lambda p: softmax_grad(0.999 * p), W, "wrong"),
    "zero": (softmax, lambda p: 0 * p, W, "zero"),
    "not a number": (softmax, changed(softmax_grad, lambda g: g * np.nan), W, "NaN"),
    "hinge, correct class once": (
        hinge,
        lambda p: hinge_grad(p) + 0.05 * X.T @ np.eye(C)[Y] / N,
        W,
        "wrong",
    ),
    "hinge, sign": (hinge, lambda p: -hinge_grad(p), W, "sign"),
    "hinge, no penalty": (hinge, lambda p: hinge_grad(p, 0), W, "0.1 times the parameters"),
    "tanh, slope of the input": (
        mlp,
        lambda p: mlp_grad(p, slope=lambda a: 1 - np.arctanh(a) ** 2),
        LAYERS,
        "wrong",
    ),
    "relu, leaky": (
        lambda p: mlp(p, relu),
        lambda p: mlp_grad(p, relu, lambda a: np.where(a > 0, 1.0, 0.01)),
        LAYERS,
        "wrong",
    ),
    "units 1e-8 to 1e8, the largest wrong": (
        real_only(lambda x: np.sum(np.sin(x / SPREAD))),
        lambda x: np.cos(x / SPREAD) / SPREAD * np.array([1] * 8 + [1.01]),
        SMALL * SPREAD,
        "only this coordinate",
    ),
    "loss times 1e-8, sign": (
        real_only(lambda x: 1e-8 * softmax(x)),
        lambda x: -1e-8 * softmax_grad(x),
        W,
        "sign",
    ),
    "loss times 1e8, 1e-4": (
        lambda x: 1e8 * softmax(x),
        lambda x: (1 + 1e-4) * 1e8 * softmax_grad(x),
        W,
        "1.0001",
    ),
    "near 1e8, 1e-4": (
        real_only(lambda x: np.sum(np.sin(x))),
        lambda x: 1.0001 * np.cos(x),
        1e8 + SMALL,
        "1.0001",
    ),
    "wrong beside a kink": (l1, lambda x: np.sign(x) + 2 * x, np.array([1.0, 0.0, -2.0]), ""),
}
BOTH = pytest.mark.parametrize("method", ["directions", "full"])


@BOTH
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_passes(name, method):
    report = gradient_check(*RIGHT[name], method=method)
    assert report.passed, report
    assert not report.kinks, report


@BOTH
@pytest.mark.parametrize("name", KINKED)
def test_a_kink_is_reported_and_is_no_failure(name, method):
    report = gradient_check(*KINKED[name], method=method)
    assert report.passed, report
    assert report.kinks, report


@BOTH
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_gradient_fails_and_the_mistake_is_named(name, method):
    f, grad, x, word = WRONG[name]
    report = gradient_check(f, grad, x, method=method)
    assert not report.passed, report
    assert word in " ".join(report.mistakes), report


@BOTH
def test_a_claim_beyond_the_slopes_of_a_kink_is_pointed_out(method):
    x = np.array([1.0, 0.0, -2.0])
    report = gradient_check(l1, lambda x: np.where(x == 0, 1.5, np.sign(x)) + x, x, method=method)
    assert report.kinks[0].index == (1,)
    # Slopes from one side are extrapolated with less care than the mean of both.
    assert report.kinks[0].left == pytest.approx(-1, abs=1e-4)
    assert report.kinks[0].right == pytest.approx(1, abs=1e-4)
    assert "claimed 1.5, which is not between them" in str(report)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("name", ["sign", "1e-4, real only", "one coordinate zero", "bias only"])
def test_no_luck_is_needed(name, seed):
    f, grad, x, word = WRONG[name]
    report = gradient_check(f, grad, x, rng=np.random.default_rng(seed))
    assert word in " ".join(report.mistakes), report


@BOTH
@pytest.mark.parametrize("where", [("W1", (3, 5)), ("b1", (6,)), ("W2", (0, 4)), ("b2", (2,))])
def test_the_wrong_entry_is_found(where, method):
    name, index = where

    def wrong(params):
        grads = mlp_grad(params)
        grads[name][index] *= 1.001
        return grads

    report = gradient_check(mlp, wrong, LAYERS, method=method)
    assert report.worst.block == name
    assert report.worst.index == index
    true = mlp_grad(LAYERS)[name][index]
    assert report.worst.claimed == pytest.approx(1.001 * true, rel=1e-12)  # one more rounding
    assert report.worst.measured == pytest.approx(true, rel=1e-9)
    assert [block for block, error in report.errors.items() if error > report.tol] == [name]
    assert f"{name}[{', '.join(map(str, index))}]" in str(report)
    assert not report


def test_one_wrong_entry_of_30730_is_found_for_the_price_of_a_few_losses():
    rng = np.random.default_rng(0)
    data, labels = rng.normal(size=(5, 3073)), rng.integers(0, 10, size=5)
    model = Softmax(data, labels, n_classes=10, l2=1e-3)
    x = 0.01 * rng.normal(size=model.n_params)
    report = gradient_check(model.loss, model.grad, x, blocks=model.blocks)
    assert report.passed, report
    assert report.evaluations < 10

    def wrong(params):
        grads = model.grad(params)
        grads[12345] *= 1.05
        return grads

    report = gradient_check(model.loss, wrong, x, blocks=model.blocks)
    assert report.worst.block == "W"
    assert report.worst.index == (1234, 5)
    assert "only this coordinate" in str(report)
    assert report.evaluations < 200  # two for each of nine halvings, then 64 one by one


MODELS = {
    "least squares": LeastSquares(X, X @ np.arange(D) + 1, l2=L2),
    "logistic": Logistic(X, Y > 2, l2=L2),
    "softmax": Softmax(X, Y, l2=L2),
    "hinge": Hinge(X, Y, l2=L2),
    "tanh": MLP(X, Y, hidden=(4, 3), activation="tanh", l2=L2),
    "relu": MLP(X, Y, hidden=(4,), activation="relu", l2=L2),
}
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


@every_model
def test_the_models_pass_with_their_blocks_and_shifted_losses(model):
    x = 0.3 * np.random.default_rng(0).normal(size=model.n_params)
    arguments = {"blocks": model.blocks}
    directed = gradient_check(model.loss, model.grad, x, **arguments)
    full = gradient_check(
        model.loss,
        model.grad,
        x,
        method="full",
        shifted_losses=model.shifted_losses,
        **arguments,
    )
    for report in (directed, full):
        assert report.passed, report
        assert list(report.errors) == list(model.blocks)
    wrong = gradient_check(
        model.loss,
        lambda params: model.grad(params) - L2 * params,
        x,
        method="full",
        shifted_losses=model.shifted_losses,
        **arguments,
    )
    assert "times the parameters is missing" in str(wrong)


def test_shifted_losses_save_losses_and_are_held_against_f():
    model = MODELS["softmax"]
    x = np.random.default_rng(0).normal(size=model.n_params)
    calls = []

    def shifted(params, shifts):
        calls.append(shifts)
        return model.shifted_losses(params, shifts)

    report = gradient_check(model.loss, model.grad, x, method="full", shifted_losses=shifted)
    assert report.passed, report
    assert len(calls) + report.evaluations < 20
    with pytest.raises(ValueError, match="shifted_losses must return f"):
        gradient_check(
            model.loss,
            model.grad,
            x,
            method="full",
            shifted_losses=lambda params, shifts: shifted(params, 2 * shifts),
        )


def test_the_complex_step_is_used_where_f_allows_it_and_only_there():
    exact = gradient_check(softmax, softmax_grad, W, method="full")
    assert exact.method == "complex step"
    assert exact.errors["x"] < 1e-12  # the largest of 30 entries, some of which cancel
    assert relative_error(complex_step_gradient(softmax, W), softmax_grad(W)) < 1e-13
    for f in (real_only(softmax), lambda p: float(softmax(p.real)), RIGHT["hidden abs, small"][0]):
        assert "differences" in gradient_check(f, lambda p: 0 * p, W).method


@BOTH
def test_functions_that_change_from_call_to_call_are_named(method):
    noise = np.random.default_rng(0)

    def noisy(x):
        return HALF_SUM(x) + noise.normal()

    report = gradient_check(noisy, lambda x: 2 * x, SMALL, method=method)
    assert not report.passed
    assert "the function is not the same when called again" in str(report)
    report = gradient_check(HALF_SUM, lambda x: x + noise.normal(size=9), SMALL, method=method)
    assert "the claim is not the same when made again" in str(report)


@BOTH
def test_single_precision_inside_f_is_named(method):
    def single(x):
        return float(np.sum(np.exp(np.sin(x.astype(np.float32)))))

    report = gradient_check(single, lambda x: np.exp(np.sin(x)) * np.cos(x), SMALL, method=method)
    assert not report.passed
    assert "single precision" in str(report)


def test_single_precision_results_are_refused():
    with pytest.raises(ValueError, match="grad must compute in float64"):
        gradient_check(HALF_SUM, lambda x: x.astype(np.float32), SMALL)
    with pytest.raises(ValueError, match="f must compute in float64"):
        gradient_check(lambda x: np.float32(HALF_SUM(x)), lambda x: x, SMALL)
    seen = []
    report = gradient_check(
        lambda x: seen.append(x.dtype) or HALF_SUM(x), lambda x: x, SMALL.astype(np.float32)
    )
    assert report.passed
    assert not {np.dtype(np.float32)} & set(seen)


def test_x_and_the_gradient_are_left_alone():
    x = {name: value.copy() for name, value in LAYERS.items()}
    kept = mlp_grad(x)

    def vandal(params):
        loss = mlp(params)
        for value in params.values():
            value *= 3
        return loss

    assert gradient_check(vandal, lambda params: kept, x).passed
    for name in x:
        np.testing.assert_array_equal(x[name], LAYERS[name])
        np.testing.assert_array_equal(kept[name], mlp_grad(LAYERS)[name])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": {}}, "x must hold at least one parameter array"),
        ({"x": {"W": [[1.0], [1.0, 2.0]]}}, "x\\['W'\\] must be one array"),
        ({"grad": lambda x: x.reshape(3, 3)}, "grad must return real numbers of shape"),
        ({"x": LAYERS, "f": mlp, "grad": lambda p: {"W1": p["W1"]}}, "grad must return a dict"),
        ({"x": LAYERS, "f": mlp, "grad": lambda p: p["W1"]}, "grad must return a dict"),
        (
            {"x": LAYERS, "f": mlp, "grad": lambda p: {k: v.T for k, v in p.items()}},
            r"grad\['W1'\] must return real numbers of shape \(6, 7\)",
        ),
        ({"blocks": {"a": (slice(0, 5), (5,))}}, "blocks must cover the 9 entries of x once"),
        ({"blocks": {"a": (slice(0, 9), (2, 5))}}, "blocks must cover"),
        ({"blocks": {"a": 3}}, "blocks must map each name to a slice and a shape"),
        ({"blocks": [3]}, "blocks must map"),
        ({"f": lambda x: np.inf}, "f must be finite at x"),
        ({"f": lambda x: x}, "f must return one real number"),
    ],
)
def test_calls_that_do_not_fit_together_are_refused(change, words):
    arguments = {"f": HALF_SUM, "grad": lambda x: x, "x": SMALL} | change
    with pytest.raises(ValueError, match=words):
        gradient_check(**arguments)


def test_errors_of_f_are_not_swallowed():
    def broken(x):
        raise KeyError("data")

    with pytest.raises(KeyError, match="data"):
        gradient_check(broken, lambda x: x, SMALL)


def test_directions_are_the_same_each_time_unless_a_generator_says_otherwise():
    def errors(**rng):
        return gradient_check(softmax, lambda p: softmax_grad(0.999 * p), W, **rng).errors["x"]

    assert errors() == errors()
    assert errors(rng=np.random.default_rng(1)) != errors(rng=np.random.default_rng(2))


@pytest.mark.parametrize("name", PROBLEMS)
def test_right_hessians_pass(name):
    problem = PROBLEMS[name]()
    for x in np.random.default_rng(0).uniform(*problem.bounds.T, size=(3, len(problem.start))):
        report = hessian_check(problem.grad, problem.hessian, x)
        assert report.passed, report
        assert list(report.errors) == ["hessian", "symmetry"]


@every_model
def test_products_with_the_models_hessians_pass(model):
    x = np.random.default_rng(0).normal(size=model.n_params)
    assert hessian_check(model.grad, model.hvp, x).passed
    assert hessian_check(model.grad, model.hessian, x).passed


def wrong_entry(H):
    H[2, 3] *= 1.001


WRONG_HESSIANS = {
    "sign": (np.negative, "sign"),
    "factor 2": (lambda H: 2 * H, "twice"),
    "no penalty": (lambda H: H - L2 * np.eye(len(H)), "0.1 times the identity is missing"),
    "one entry": (wrong_entry, "not v . H u"),
    "zero": (lambda H: 0 * H, "zero"),
}


@pytest.mark.parametrize("name", WRONG_HESSIANS)
def test_wrong_hessians_fail_and_the_mistake_is_named(name):
    change, words = WRONG_HESSIANS[name]
    model = MODELS["logistic"]
    x = np.random.default_rng(0).normal(size=D)
    matrix = hessian_check(model.grad, changed(model.hessian, change), x)
    assert words in str(matrix)
    product = hessian_check(model.grad, lambda x: changed(model.hessian, change)(x).dot, x)
    assert words in str(product)
    if name == "one entry":
        assert matrix.worst.index == (2, 3)
        assert matrix.worst.measured == pytest.approx(model.hessian(x)[2, 3], rel=1e-9)


def test_a_jump_of_the_gradient_is_reported():
    def grad(x):
        return np.clip(x, -1, 1)  # of Huber's function, whose curvature ends at 1

    report = hessian_check(grad, lambda x: np.diag((abs(x) < 1) * 1.0), [0.3, 1.0, -0.5])
    assert report.passed, report
    assert report.kinks[0].index == (1, 1)
    assert sorted((report.kinks[0].left, report.kinks[0].right)) == pytest.approx([0, 1], abs=1e-4)


@pytest.mark.parametrize(
    ("hessian", "words"),
    [
        (lambda x: np.eye(3), "hessian must return real numbers of shape"),
        (lambda x: lambda v: v[:1], "hessian must return real numbers of shape"),
        (lambda x: np.full((2, 2), np.nan), "hessian must be finite"),
    ],
)
def test_hessians_of_another_form_are_refused(hessian, words):
    with pytest.raises(ValueError, match=words):
        hessian_check(lambda x: x, hessian, [1.0, 2.0])
