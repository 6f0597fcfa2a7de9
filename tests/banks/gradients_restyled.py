"""Known mistakes of chapter 1 in another hand: G1, G2 and G6. No fingerprint is made from these."""

import math

import numpy as np

from tests.banks.gradients import BANK


def same(name):
    return BANK.same_mistake("numerical_gradient", name)


def moved(x, i, by):
    y = np.array(x, dtype=float)
    y.flat[i] = y.flat[i] + by
    return y


def listed(f, x, h, scheme, over=None):
    """Return the slopes as a list; `over` is what central and forward are divided by."""
    central, forward = over or (2 * h, h)
    if scheme == "central":
        return [(f(moved(x, i, h)) - f(moved(x, i, -h))) / central for i in range(x.size)]
    base = f(moved(x, 0, 0))
    return [(f(moved(x, i, h)) - base) / forward for i in range(x.size)]


@same("divided_by_h")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, scheme, (h, h)), x.shape)


@same("forward_over_two_h")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, scheme, (2 * h, 2 * h)), x.shape)


@same("halves_by_precedence")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, scheme, (2 / h, h)), x.shape)


@same("not_divided")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, scheme, (1, 1)), x.shape)


@same("not_put_back")
def _(f, x, h=1e-5, scheme="central"):
    work, out = np.array(x, dtype=float), np.zeros(x.size)
    base = f(work) if scheme == "forward" else None
    for i in range(x.size):
        below = work.copy()
        below.flat[i] -= h
        work.flat[i] += h
        out[i] = (f(work) - base) / h if scheme == "forward" else (f(work) - f(below)) / (2 * h)
    return out.reshape(x.shape)


@same("changes_x")
def _(f, x, h=1e-5, scheme="central"):
    if x.dtype != float:
        x = x.astype(float)
    out, base = np.zeros(x.shape), f(x) if scheme == "forward" else 0
    for i in np.ndindex(x.shape):
        low = x.copy()
        low[i] = low[i] - h
        x[i] = x[i] + h
        out[i] = (f(x) - base) / h if scheme == "forward" else (f(x) - f(low)) / (2 * h)
    return out


@same("x_moved_after_an_exception")
def _(f, x, h=1e-5, scheme="central"):
    if x.dtype != float:
        x = x.astype(float)
    out = np.zeros(x.shape)
    base = f(x) if scheme == "forward" else None
    it = np.nditer(x, flags=["multi_index"])
    for _ in it:
        i = it.multi_index
        old = float(x[i])
        x[i] = old + h
        up = f(x)
        if scheme == "forward":
            out[i] = (up - base) / h
        else:
            x[i] = old - h
            out[i] = (up - f(x)) / (2 * h)
        x[i] = old
    return out


@same("integer_steps")
def _(f, x, h=1e-5, scheme="central"):
    out = np.zeros(x.shape)
    base = f(x) if scheme == "forward" else None
    for i in np.ndindex(x.shape):
        up, down = np.copy(x), np.copy(x)
        up[i] = x[i] + h
        down[i] = x[i] - h
        out[i] = (f(up) - base) / h if scheme == "forward" else (f(up) - f(down)) / (2 * h)
    return out


@same("slopes_of_the_dtype_of_x")
def _(f, x, h=1e-5, scheme="central"):
    out = np.empty_like(x)
    for i, slope in enumerate(listed(f, x, h, scheme)):
        out.flat[i] = slope
    return out


@same("all_together")
def _(f, x, h=1e-5, scheme="central"):
    if scheme == "forward":
        slope = (f(x + h) - f(x * 1.0)) / h
    else:
        slope = (f(x + h) - f(x - h)) / (2 * h)
    return np.full(x.shape, slope)


@same("flat")
def _(f, x, h=1e-5, scheme="central"):
    return np.array(listed(f, x, h, scheme))


@same("vectors_only")
def _(f, x, h=1e-5, scheme="central"):
    x = np.array(x, dtype=float)
    out, base = np.zeros(x.shape), f(x) if scheme == "forward" else 0
    for i, entry in enumerate(x):
        up, down = x.copy(), x.copy()
        up[i], down[i] = entry + h, entry - h
        out[i] = (f(up) - base) / h if scheme == "forward" else (f(up) - f(down)) / (2 * h)
    return out


@same("single_precision")
def _(f, x, h=1e-5, scheme="central"):
    x = np.float32(x)
    out, base = np.zeros(np.shape(x)), f(x) if scheme == "forward" else 0
    for i in np.ndindex(np.shape(x)):
        up, down = np.array(x), np.array(x)
        up[i] += np.float32(h)
        down[i] -= np.float32(h)
        out[i] = (f(up) - base) / h if scheme == "forward" else (f(up) - f(down)) / (2 * h)
    return out


@same("slopes_in_single_precision")
def _(f, x, h=1e-5, scheme="central"):
    return np.array(listed(f, x, h, scheme), dtype="f4").reshape(x.shape)


@same("last_missing")
def _(f, x, h=1e-5, scheme="central"):
    out = np.zeros(x.size)
    base = f(moved(x, 0, 0)) if scheme == "forward" else None
    for i in range(x.size - 1):
        up = f(moved(x, i, h))
        out[i] = (up - base) / h if base is not None else (up - f(moved(x, i, -h))) / (2 * h)
    return out.reshape(x.shape)


@same("first_missing")
def _(f, x, h=1e-5, scheme="central"):
    out = np.zeros(x.size)
    base = f(moved(x, 0, 0)) if scheme == "forward" else None
    for i in range(1, x.size):
        up = f(moved(x, i, h))
        out[i] = (up - base) / h if base is not None else (up - f(moved(x, i, -h))) / (2 * h)
    return out.reshape(x.shape)


BUFFERS = {}


@same("one_buffer")
def _(f, x, h=1e-5, scheme="central"):
    out = BUFFERS.setdefault(x.shape, np.empty(x.shape))
    out[...] = np.reshape(listed(f, x, h, scheme), x.shape)
    return out


@same("always_central")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, "central"), x.shape)


@same("always_forward")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, "forward"), x.shape)


@same("forward_by_default")
def _(f, x, h=1e-5, scheme=None):
    return np.reshape(listed(f, x, h, scheme or "forward"), x.shape)


@same("schemes_swapped")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, "forward" if scheme == "central" else "central"), x.shape)


@same("fixed_step")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, 0.00001, scheme), x.shape)


@same("shorter_steps")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h * 0.001, scheme), x.shape)


@same("step_relative_to_x")
def _(f, x, h=1e-5, scheme="central"):
    out = []
    base = f(moved(x, 0, 0)) if scheme == "forward" else None
    for i in range(x.size):
        step = np.float64(h * abs(x.flat[i]))
        up = np.float64(f(moved(x, i, step)))
        if base is None:
            out.append((up - f(moved(x, i, -step))) / (2 * step))
        else:
            out.append((up - base) / step)
    return np.reshape(out, x.shape)


@same("sign")
def _(f, x, h=1e-5, scheme="central"):
    return -np.reshape(listed(f, x, h, scheme), x.shape)


@same("too_many_calls_forward")
def _(f, x, h=1e-5, scheme="central"):
    if scheme == "central":
        return np.reshape(listed(f, x, h, scheme), x.shape)
    slopes = []
    for i in range(x.size):
        pair = f(moved(x, i, h)), f(moved(x, i, 0))
        slopes.append((pair[0] - pair[1]) / h)
    return np.reshape(slopes, x.shape)


@same("too_many_calls_central")
def _(f, x, h=1e-5, scheme="central"):
    if scheme == "central":
        f(moved(x, 0, 0))
    return np.reshape(listed(f, x, h, scheme), x.shape)


@same("mean_slope")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, scheme), x.shape) / x.size


@same("rounded")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape([round(s, 3) for s in listed(f, x, h, scheme)], x.shape)


@same("one_number")
def _(f, x, h=1e-5, scheme="central"):
    return float(sum(listed(f, x, h, scheme)))


@same("half_steps")
def _(f, x, h=1e-5, scheme="central"):
    if scheme == "forward":
        return np.reshape(listed(f, x, h, scheme), x.shape)
    return np.reshape(listed(f, x, h / 2, scheme), x.shape)


@same("transposed")
def _(f, x, h=1e-5, scheme="central"):
    return np.reshape(listed(f, x, h, scheme), x.shape).transpose()


@same("view_lost")
def _(f, x, h=1e-5, scheme="central"):
    if x.dtype != float:
        x = x.astype(float)
    flat, out = np.ravel(x), np.zeros(x.size)
    base = f(x) if scheme == "forward" else None
    for i in range(flat.size):
        old = flat[i]
        try:
            flat[i] = old + h
            up = f(x)
            if scheme == "forward":
                out[i] = (up - base) / h
            else:
                flat[i] = old - h
                out[i] = (up - f(x)) / (2 * h)
        finally:
            flat[i] = old
    return out.reshape(x.shape)


def same(name):
    return BANK.same_mistake("gradient_check", name)


def both(f, grad, x, h=1e-5, stretch=True):
    """Return what is claimed and what is measured."""
    x = np.array(x, dtype=float)
    measured = []
    for i in range(len(x)):
        step = h * max(1.0, abs(x[i])) if stretch else h
        measured.append((f(moved(x, i, step)) - f(moved(x, i, -step))) / (2 * step))
    return np.array(grad(x.copy()), dtype=float), np.array(measured)


def fractions(c, m):
    """Return the relative errors."""
    below = np.maximum(np.abs(c), np.abs(m))
    below[below == 0] = 1.0
    return np.abs(c - m) / below


def report(errors, tol=1e-7):
    i = int(np.argmax(errors))
    return {"index": i, "error": float(errors[i]), "passed": bool(errors[i] <= tol)}


@same("absolute_error")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(abs(c - m))


@same("divided_by_claim")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(abs((m - c) / c))


@same("divided_by_measurement")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(abs((m - c) / m))


@same("zero_over_zero")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(abs(c - m) / np.max([abs(c), abs(m)], axis=0))


@same("zero_claims_skipped")
def _(f, grad, x):
    c, m = both(f, grad, x)
    errors = fractions(c, m)
    errors[c == 0] = 0.0
    return report(errors)


@same("flat_entries_skipped")
def _(f, grad, x):
    c, m = both(f, grad, x)
    errors = fractions(c, m)
    errors[m == 0] = 0.0
    return report(errors)


@same("floor_of_one")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(abs(c - m) / (1 + np.maximum(abs(c), abs(m))))


@same("mean_error")
def _(f, grad, x):
    errors = fractions(*both(f, grad, x))
    mean = float(np.mean(errors))
    return {"passed": mean <= 1e-7, "error": mean, "index": int(np.argmax(errors))}


@same("median_error")
def _(f, grad, x):
    errors = fractions(*both(f, grad, x))
    middle = float(np.median(errors))
    return {"passed": middle < 1e-7, "error": middle, "index": int(np.argmax(errors))}


@same("smallest_error")
def _(f, grad, x):
    errors = list(fractions(*both(f, grad, x)))
    least = min(errors)
    return {"passed": bool(least <= 1e-7), "error": least, "index": errors.index(least)}


@same("first_ten_compared")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(fractions(c[:10], m[:10]))


@same("first_entry")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(fractions(c[:1], m[:1]))


@same("last_missing")
def _(f, grad, x):
    c, m = both(f, grad, x)
    n = max(len(x) - 1, 1)
    return report(fractions(c[:n], m[:n]))


@same("loose")
def _(f, grad, x):
    return report(fractions(*both(f, grad, x)), 0.02)


@same("a_little_loose")
def _(f, grad, x):
    return report(fractions(*both(f, grad, x)), 3e-4)


@same("too_strict")
def _(f, grad, x):
    return report(fractions(*both(f, grad, x)), 1e-16)


@same("shifted_grad")
def _(f, grad, x):
    def beside(y):
        return grad(np.array([v + 1e-5 for v in y]))

    return report(fractions(*both(f, beside, x)))


@same("nan_passes")
def _(f, grad, x):
    errors = fractions(*both(f, grad, x))
    i = int(np.argmax(errors))
    return {"passed": not np.any(errors > 1e-7), "error": errors[i], "index": i}


@same("nan_ignored")
def _(f, grad, x):
    errors = fractions(*both(f, grad, x))
    errors = np.where(np.isnan(errors), -1.0, errors)
    i = int(np.argmax(errors))
    return {"passed": bool(errors[i] <= 1e-7), "error": errors[i], "index": i}


@same("absolute_step")
def _(f, grad, x):
    return report(fractions(*both(f, grad, x, stretch=False)))


@same("long_step")
def _(f, grad, x):
    return report(fractions(*both(f, grad, x, h=0.01)))


@same("tiny_step")
def _(f, grad, x):
    return report(fractions(*both(f, grad, x, h=1e-13)))


@same("forward")
def _(f, grad, x):
    x = np.array(x, dtype=float)
    here, m = f(x.copy()), np.zeros(len(x))
    for i in range(len(x)):
        h = 1e-5 * max(1, abs(x[i]))
        m[i] = (f(moved(x, i, h)) - here) / h
    return report(fractions(np.array(grad(x), float), m))


@same("divided_by_h")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(fractions(c, m + m))


@same("changes_x")
def _(f, grad, x):
    if x.dtype != float:
        x = x.astype(float)
    c, m = np.array(grad(x.copy()), float), np.zeros(len(x))
    for i in range(len(x)):
        h = 1e-5 * max(1.0, abs(x[i]))
        low = x.copy()
        low[i] -= h
        x[i] += h
        m[i] = (f(x) - f(low)) / (2 * h)
    return report(fractions(c, m))


@same("integer_steps")
def _(f, grad, x):
    if x.dtype == np.float32:
        x = x.astype(float)
    c, m = np.array(grad(x.copy()), float), np.zeros(len(x))
    for i in range(len(x)):
        h = 1e-5 * max(1.0, abs(x[i]))
        up, low = x.copy(), x.copy()
        up[i] = x[i] + h
        low[i] = x[i] - h
        m[i] = (f(up) - f(low)) / (2 * h)
    return report(fractions(c, m))


@same("norms_compared")
def _(f, grad, x):
    c, m = (np.linalg.norm(v) for v in both(f, grad, x))
    error = abs(c - m) / max(c, m) if max(c, m) != 0 else 0.0
    return {"passed": bool(error <= 1e-7), "error": error, "index": 0}


@same("directions_compared")
def _(f, grad, x):
    c, m = both(f, grad, x)
    if not (np.any(c) or np.any(m)):
        return {"passed": True, "error": 0.0, "index": 0}
    angle = 1 - np.vdot(c, m) / max(math.sqrt(c @ c) * math.sqrt(m @ m), 1e-300)
    return {"passed": bool(angle <= 1e-7), "error": angle, "index": 0}


@same("sums_compared")
def _(f, grad, x):
    c, m = both(f, grad, x)
    whole = np.sum(np.maximum(abs(c), abs(m)))
    error = abs(np.sum(c) - np.sum(m)) / whole if whole != 0 else 0.0
    return {"passed": bool(error <= 1e-7), "error": error, "index": 0}


@same("signs_lost")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(fractions(abs(c), abs(m)))


@same("signed_error")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(fractions(c, m) * np.where(c < m, -1, 1))


@same("squared_error")
def _(f, grad, x):
    return report(np.square(fractions(*both(f, grad, x))))


@same("allclose")
def _(f, grad, x):
    c, m = both(f, grad, x)
    return report(fractions(c, m)) | {"passed": bool(np.isclose(c, m).all())}


@same("verdict_inverted")
def _(f, grad, x):
    says = report(fractions(*both(f, grad, x)))
    return {"passed": not says["passed"], "error": says["error"], "index": says["index"]}


@same("always_passes")
def _(f, grad, x):
    return report(fractions(*both(f, grad, x))) | {"passed": True}


@same("index_from_one")
def _(f, grad, x):
    says = report(fractions(*both(f, grad, x)))
    says["index"] += 1
    return says


@same("index_of_best")
def _(f, grad, x):
    errors = fractions(*both(f, grad, x))
    return report(errors) | {"index": int(np.argsort(errors, kind="stable")[0])}


@same("only_the_verdict")
def _(f, grad, x):
    return bool(np.max(fractions(*both(f, grad, x))) <= 1e-7)


@same("tuple")
def _(f, grad, x):
    says = report(fractions(*both(f, grad, x)))
    return says["passed"], says["error"], says["index"]


@same("percent")
def _(f, grad, x):
    says = report(fractions(*both(f, grad, x)))
    return says | {"error": says["error"] * 100}


@same("no_index")
def _(f, grad, x):
    says = report(fractions(*both(f, grad, x)))
    del says["index"]
    return says


def same(name):
    return BANK.same_mistake("random_search", name)


def darts(loss, shape, n, rng, scale):
    """Return the points and their losses."""
    points = [rng.normal(0, scale, shape) for _ in range(n)]
    return points, [loss(point) for point in points]


def minima(values):
    return list(np.fmin.accumulate(np.array(values, dtype=float)))


def chosen(points, values):
    i = int(np.nanargmin(values))
    return points[i], values[i], minima(values)


@same("returns_last")
def _(loss, shape, n_draws, rng, scale=1.0):
    x, best, low, history = np.zeros(shape), None, np.inf, []
    for _ in range(n_draws):
        x[:] = rng.normal(0, scale, shape)
        value = loss(x)
        if value < low:
            best, low = x, value
        history.append(low)
    return best, low, history


@same("highest")
def _(loss, shape, n_draws, rng, scale=1.0):
    best, most, history = None, -np.inf, []
    for _ in range(n_draws):
        x = scale * rng.standard_normal(shape)
        value = loss(x)
        if value > most:
            best, most = x, value
        history.append(most)
    return best, most, history


@same("accepts_all")
def _(loss, shape, n_draws, rng, scale=1.0):
    points, values = darts(loss, shape, n_draws, rng, scale)
    return points[-1], values[-1], values


@same("history_of_all")
def _(loss, shape, n_draws, rng, scale=1.0):
    points, values = darts(loss, shape, n_draws, rng, scale)
    i = int(np.nanargmin(values))
    return points[i], values[i], values


@same("history_of_improvements")
def _(loss, shape, n_draws, rng, scale=1.0):
    points, values = darts(loss, shape, n_draws, rng, scale)
    history, k = [], None
    for i, value in enumerate(values):
        if value < (values[k] if k is not None else np.inf):
            k = i
            history += [value]
    return points[k], values[k], history


@same("loss_for_history")
def _(loss, shape, n_draws, rng, scale=1.0):
    best, low, history = None, math.inf, []
    for _ in range(n_draws):
        x = rng.standard_normal(shape) * scale
        value = loss(x)
        if value < low:
            best, low = x, value
        history += [loss(best)]
    return best, low, history


@same("global_generator")
def _(loss, shape, n_draws, rng, scale=1.0):
    points = [scale * np.random.normal(size=shape) for _ in range(n_draws)]  # noqa: NPY002
    return chosen(points, [loss(point) for point in points])


@same("own_seed")
def _(loss, shape, n_draws, rng, scale=1.0):
    generator = np.random.RandomState(42)
    points = [scale * generator.normal(size=shape) for _ in range(n_draws)]
    return chosen(points, [loss(point) for point in points])


@same("uniform")
def _(loss, shape, n_draws, rng, scale=1.0):
    points = [scale * rng.uniform(size=shape) for _ in range(n_draws)]
    return chosen(points, [loss(point) for point in points])


@same("uniform_both_sides")
def _(loss, shape, n_draws, rng, scale=1.0):
    points = [scale * (2 * rng.random(shape) - 1) for _ in range(n_draws)]
    return chosen(points, [loss(point) for point in points])


@same("no_scale")
def _(loss, shape, n_draws, rng, scale=1.0):
    return chosen(*darts(loss, shape, n_draws, rng, 1.0))


@same("scale_as_variance")
def _(loss, shape, n_draws, rng, scale=1.0):
    return chosen(*darts(loss, shape, n_draws, rng, math.sqrt(scale)))


@same("scale_squared")
def _(loss, shape, n_draws, rng, scale=1.0):
    return chosen(*darts(loss, shape, n_draws, rng, scale * scale))


@same("another_default")
def _(loss, shape, n_draws, rng, scale=0.01):
    return chosen(*darts(loss, shape, n_draws, rng, scale))


@same("nan_kept")
def _(loss, shape, n_draws, rng, scale=1.0):
    best, low, history = None, np.inf, []
    for _ in range(n_draws):
        x = scale * rng.standard_normal(shape)
        value = loss(x)
        if value >= low:
            history.append(low)
            continue
        best, low = x, value
        history.append(low)
    return best, low, history


@same("params_only")
def _(loss, shape, n_draws, rng, scale=1.0):
    return chosen(*darts(loss, shape, n_draws, rng, scale))[0]


@same("history_missing")
def _(loss, shape, n_draws, rng, scale=1.0):
    return chosen(*darts(loss, shape, n_draws, rng, scale))[:2]


@same("loss_first")
def _(loss, shape, n_draws, rng, scale=1.0):
    best, low, history = chosen(*darts(loss, shape, n_draws, rng, scale))
    return low, best, history


@same("one_draw_more")
def _(loss, shape, n_draws, rng, scale=1.0):
    return chosen(*darts(loss, shape, n_draws + 1, rng, scale))


@same("same_dart")
def _(loss, shape, n_draws, rng, scale=1.0):
    x = rng.normal(0, scale, shape)
    return chosen([x] * n_draws, [loss(x) for _ in range(n_draws)])


@same("walks")
def _(loss, shape, n_draws, rng, scale=1.0):
    best, low, history = np.zeros(shape), np.inf, []
    for _ in range(n_draws):
        x = best + rng.normal(0, scale, shape)
        value = loss(x)
        if value < low:
            best, low = x, value
        history.append(low)
    return best, low, history


def same(name):
    return BANK.same_mistake("random_local_search", name)


def stumble(loss, start, n, propose, keep=lambda value, low: value < low):
    """Return the best point, its loss and the history; `propose` makes a trial."""
    best = start.astype(float)
    low = loss(best.copy())
    low = np.inf if np.isnan(low) else low
    last, history = best, [low]
    for t in range(n):
        last = propose(best, last, t)
        value = loss(last)
        if keep(value, low):
            best, low = last, value
        history.append(low)
    return best, low, history


@same("returns_last")
def _(loss, start, n_steps, rng, scale=1.0):
    tried = [start.astype(float)]

    def propose(best, last, t):
        tried.append(best + rng.normal(0, scale, start.shape))
        return tried[-1]

    _, low, history = stumble(loss, start, n_steps, propose)
    return tried[-1], low, history


@same("aliased_best")
def _(loss, start, n_steps, rng, scale=1.0):
    best = x = start.astype(float)
    low = loss(x)
    history = [low if low == low else np.inf]
    for _ in range(n_steps):
        x += rng.normal(0, scale, start.shape)
        value = loss(x)
        if value < history[-1]:
            best = x
        history.append(min(history[-1], value) if value == value else history[-1])
    return best, history[-1], history


@same("highest")
def _(loss, start, n_steps, rng, scale=1.0):
    def propose(best, last, t):
        return best + rng.normal(0, scale, start.shape)

    return stumble(loss, start, n_steps, propose, lambda value, low: value > low or low == np.inf)


@same("accepts_all")
def _(loss, start, n_steps, rng, scale=1.0):
    def propose(best, last, t):
        return best + rng.normal(0, scale, start.shape)

    return stumble(loss, start, n_steps, propose, lambda value, low: True)


@same("history_of_all")
def _(loss, start, n_steps, rng, scale=1.0):
    values = []

    def noted(x):
        values.append(loss(x))
        return values[-1]

    def propose(best, last, t):
        return best + rng.normal(0, scale, start.shape)

    best, low, _ = stumble(noted, start, n_steps, propose)
    return best, low, values


@same("loss_for_history")
def _(loss, start, n_steps, rng, scale=1.0):
    best = start.astype(float)
    low = loss(best)
    low = np.inf if np.isnan(low) else low
    history = [low]
    for _ in range(n_steps):
        trial = best + rng.normal(0, scale, start.shape)
        value = loss(trial)
        if value < low:
            best, low = trial, value
        history.append(loss(best))
    return best, low, history


@same("loss_twice")
def _(loss, start, n_steps, rng, scale=1.0):
    best = start.astype(float)
    low = loss(best)
    low = np.inf if np.isnan(low) else low
    history = [low]
    for _ in range(n_steps):
        trial = best + rng.normal(0, scale, start.shape)
        if loss(trial) < low:
            best, low = trial, loss(trial)
        history.append(low)
    return best, low, history


def stepping(draw):
    def search(loss, start, n_steps, rng, scale=1.0):
        def propose(best, last, t):
            return draw(best, last, t, start, rng, scale)

        return stumble(loss, start, n_steps, propose)

    return search


for name, draw in [
    ("global_generator", lambda b, x, t, s, rng, c: b + c * np.random.normal(size=s.shape)),  # noqa: NPY002
    ("uniform", lambda b, x, t, s, rng, c: b + rng.uniform(0, c, s.shape)),
    ("uniform_both_sides", lambda b, x, t, s, rng, c: b + c * (1 - 2 * rng.random(s.shape))),
    ("no_scale", lambda b, x, t, s, rng, c: b + rng.normal(size=s.shape)),
    ("scale_squared", lambda b, x, t, s, rng, c: b + c * rng.normal(0, c, s.shape)),
    ("scale_as_variance", lambda b, x, t, s, rng, c: b + rng.normal(0, math.sqrt(c), s.shape)),
    ("from_the_start", lambda b, x, t, s, rng, c: s + rng.normal(0, c, s.shape)),
    ("from_the_last_trial", lambda b, x, t, s, rng, c: x + rng.normal(0, c, s.shape)),
    ("from_zero", lambda b, x, t, s, rng, c: rng.normal(0, c, s.shape)),
    ("shrinking_steps", lambda b, x, t, s, rng, c: b + rng.normal(0, c / (1 + t), s.shape)),
    ("integer_points", lambda b, x, t, s, rng, c: (b + rng.normal(0, c, s.shape)).astype(s.dtype)),
]:
    same(name)(stepping(draw))


@same("own_seed")
def _(loss, start, n_steps, rng, scale=1.0):
    mine = np.random.default_rng(1234)
    return stumble(loss, start, n_steps, lambda b, x, t: b + scale * mine.normal(size=b.shape))


@same("another_default")
def _(loss, start, n_steps, rng, scale=0.01):
    return stumble(loss, start, n_steps, lambda b, x, t: b + rng.normal(0, scale, b.shape))


@same("nan_at_start")
def _(loss, start, n_steps, rng, scale=1.0):
    best, history = start * 1.0, [loss(start * 1.0)]
    for _ in range(n_steps):
        trial = best + rng.normal(0, scale, start.shape)
        value = loss(trial)
        best = trial if value < history[-1] else best
        history.append(value if value < history[-1] else history[-1])
    return best, history[-1], history


@same("start_not_in_history")
def _(loss, start, n_steps, rng, scale=1.0):
    best, low, history = stumble(
        loss, start, n_steps, lambda b, x, t: b + rng.normal(0, scale, b.shape)
    )
    return best, low, history[1:]


@same("one_step_less")
def _(loss, start, n_steps, rng, scale=1.0):
    return stumble(loss, start, n_steps - 1, lambda b, x, t: b + rng.normal(0, scale, b.shape))


@same("one_step_more")
def _(loss, start, n_steps, rng, scale=1.0):
    return stumble(loss, start, n_steps + 1, lambda b, x, t: b + rng.normal(0, scale, b.shape))


@same("params_only")
def _(loss, start, n_steps, rng, scale=1.0):
    return stumble(loss, start, n_steps, lambda b, x, t: b + rng.normal(0, scale, b.shape))[0]


@same("history_missing")
def _(loss, start, n_steps, rng, scale=1.0):
    return stumble(loss, start, n_steps, lambda b, x, t: b + rng.normal(0, scale, b.shape))[:2]


@same("one_step_for_all")
def _(loss, start, n_steps, rng, scale=1.0):
    step = rng.normal(0, scale, start.shape)
    return stumble(loss, start, n_steps, lambda b, x, t: b + step)
