"""Right solutions of chapter 1 in as many styles as students have: G1, G2 and G6."""

import itertools
import math

import numpy as np

from tests.banks.gradients import BANK

accept = BANK.accept("numerical_gradient")


@accept
def flat_index(f, x, h=1e-5, scheme="central"):
    flat = np.array(x, dtype=float).ravel()
    shape, slopes = np.shape(x), []
    base = None if scheme == "central" else f(flat.reshape(shape))
    for i in range(flat.size):
        old = flat[i]
        flat[i] = old + h
        above = f(flat.reshape(shape))
        if scheme == "central":
            flat[i] = old - h
            slopes.append((above - f(flat.reshape(shape))) / (2 * h))
        else:
            slopes.append((above - base) / h)
        flat[i] = old
    return np.array(slopes, dtype=float).reshape(shape)


@accept
def with_nditer(f, x, h=1e-5, scheme="central"):
    x = x.astype(float)
    grad = np.zeros_like(x)
    fx = f(x) if scheme == "forward" else 0.0
    it = np.nditer(x, flags=["multi_index", "zerosize_ok"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        fp = f(x)
        if scheme == "forward":
            grad[ix] = (fp - fx) / h
        else:
            x[ix] = old - h
            grad[ix] = (fp - f(x)) / (2 * h)
        x[ix] = old
        it.iternext()
    return grad


@accept
def restored_in_finally(f, x, h=1e-5, scheme="central"):
    work = x if x.dtype == float else x.astype(float)
    grads = np.empty(x.shape)
    base = f(work) if scheme == "forward" else None
    for index in np.ndindex(*x.shape):
        old = work[index]
        try:
            work[index] = old + h
            up = f(work)
            if scheme == "central":
                work[index] = old - h
                grads[index] = (up - f(work)) / (2 * h)
            else:
                grads[index] = (up - base) / h
        finally:
            work[index] = old
    return grads


@accept
def unit_vectors(f, x, h=1e-5, scheme="central"):
    x = np.asarray(x, dtype=float)
    units = np.eye(x.size).reshape((x.size, *x.shape))
    if scheme == "forward":
        here = f(x)
        slopes = [(f(x + h * e) - here) / h for e in units]
    else:
        slopes = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in units]
    return np.reshape(slopes, x.shape)


@accept
def relative_step(f, x, h=1e-5, scheme="central"):
    x = np.array(x, float)
    grads = np.zeros(x.shape)
    here = f(x.copy()) if scheme == "forward" else None
    for i in np.ndindex(x.shape):
        step = h * max(1, abs(x[i]))
        e = np.zeros(x.shape)
        e[i] = step
        grads[i] = (
            (f(x + e) - here) / step
            if scheme == "forward"
            else ((f(x + e) - f(x - e)) / (2 * step))
        )
    return grads


@accept
def exact_width(f, x, h=1e-5, scheme="central"):
    x = np.array(x, float)
    grads = np.zeros(x.shape)
    start = f(x.copy()) if scheme == "forward" else None
    for i in np.ndindex(x.shape):
        a, b = x.copy(), x.copy()
        a[i] += h
        if scheme == "central":
            b[i] -= h
        width = a[i] - b[i]
        grads[i] = (f(a) - (f(b) if start is None else start)) / width
    return grads


@accept
def table_of_steps(f, x, h=1e-5, scheme="central"):
    stencil = {"forward": [(1, 1.0), (0, -1.0)], "central": [(1, 0.5), (-1, -0.5)]}[scheme]
    x, known = np.array(x, float), {}

    def value(i, k):
        key = (i, k) if k else None
        if key not in known:
            point = x.copy()
            point.flat[i] += k * h
            known[key] = float(f(point))
        return known[key]

    slopes = [sum(c * value(i, k) for k, c in stencil) / h for i in range(x.size)]
    return np.array(slopes).reshape(x.shape)


@accept
def recursive(f, x, h=1e-5, scheme="central"):
    x = np.array(x, dtype=float)
    if x.ndim == 0:
        if scheme == "forward":
            return np.array((f(x + h) - f(x)) / h)
        return np.array((f(x + h) - f(x - h)) / (2 * h))
    base = [f(x.copy())] if scheme == "forward" else []

    def part(index):
        if len(index) == x.ndim:
            e = np.zeros(x.shape)
            e[index] = h
            if base:
                return (f(x + e) - base[0]) / h
            return (f(x + e) - f(x - e)) / (h + h)
        return [part((*index, i)) for i in range(x.shape[len(index)])]

    return np.array(part(()))


@accept
def a_list_of_lists(f, x, h=1e-5, scheme="central"):
    x = np.array(x, float)
    result = np.full(x.shape, 0.0)
    f0 = f(x) if scheme != "central" else None
    for index in itertools.product(*map(range, x.shape)):
        plus = np.array(x)
        plus[index] = x[index] + h
        if f0 is not None:
            result[index] = (f(plus) - f0) / h
            continue
        minus = np.array(x)
        minus[index] = x[index] - h
        result[index] = 0.5 * (f(plus) - f(minus)) / h
    return result.tolist()


@accept
def two_functions(f, x, h=1e-5, scheme="central"):
    x = np.array(x, dtype="float64")

    def moved(index, by):
        y = x.copy()
        y[index] = y[index] + by
        return f(y)

    out = np.empty_like(x)
    if scheme == "central":
        for index, _ in np.ndenumerate(x):
            out[index] = (moved(index, h) - moved(index, -h)) / (2 * h)
    elif scheme == "forward":
        fx = f(x)
        for index, _ in np.ndenumerate(x):
            out[index] = (moved(index, h) - fx) / h
    else:
        raise ValueError(scheme)
    return out


accept = BANK.accept("gradient_check")


def slopes(f, x, h=1e-5):
    m = np.zeros(len(x))
    for i in range(len(x)):
        step = h * max(1.0, abs(x[i]))
        e = np.zeros(len(x))
        e[i] = step
        m[i] = (f(x + e) - f(x - e)) / (2 * step)
    return m


@accept
def sum_below(f, grad, x):
    x = x.astype(float)
    c, m = np.asarray(grad(x.copy())), slopes(f, x)
    below = np.abs(c) + np.abs(m)
    below[below == 0] = 1
    e = np.abs(c - m) / below
    return {"passed": bool(np.all(e < 1e-7)), "error": float(e.max()), "index": int(e.argmax())}


@accept
def with_a_floor(f, grad, x):
    x = x.astype(float)
    c, m = np.asarray(grad(x.copy())), slopes(f, x)
    e = np.abs(c - m) / np.maximum(1e-15, np.abs(c) + np.abs(m))
    i = int(np.argmax(e))
    return {"index": i, "error": e[i], "passed": bool(e[i] < 1e-6)}


@accept
def strict_threshold(f, grad, x):
    x = np.array(x, np.float64)
    c, m = np.array(grad(x)), slopes(f, x)
    e = [0.0 if a == b else abs(a - b) / max(abs(a), abs(b)) for a, b in zip(c, m)]
    if np.isnan(e).any():
        return {"passed": False, "error": math.nan, "index": int(np.flatnonzero(np.isnan(e))[0])}
    return {"passed": max(e) <= 1e-8, "error": max(e), "index": e.index(max(e))}


@accept
def largest_entry_below(f, grad, x):
    x = np.array(x, float)
    c, m = np.array(grad(x)), slopes(f, x)
    gap = np.abs(c - m)
    whole = max(np.abs(c).max(), np.abs(m).max())
    error = gap.max() / whole if whole != 0 else 0.0
    return {"passed": bool(error <= 1e-7), "error": error, "index": np.argmax(gap)}


@accept
def lengths_of_vectors(f, grad, x):
    x = np.array(x, float)
    c, m = np.array(grad(x)), slopes(f, x)
    if np.array_equal(c, m):
        return {"passed": True, "error": 0.0, "index": 0}
    error = np.linalg.norm(c - m) / (np.linalg.norm(c) + np.linalg.norm(m))
    return {"passed": bool(error < 1e-7), "error": error, "index": int(np.argmax(np.abs(c - m)))}


@accept
def directions_first(f, grad, x):
    x = np.array(x, float)
    c, rng = np.array(grad(x.copy())), np.random.default_rng(0)
    h, worst = 1e-5 * np.maximum(1.0, np.abs(x)), 0.0
    for _ in range(3):
        d = h * rng.choice([-1.0, 1.0], len(x)) * (1 + 0.3 * rng.random(len(x)))
        m = (f(x + d) - f(x - d)) / 2
        if not m == c @ d:
            worst = np.maximum(worst, abs(m - c @ d) / (np.linalg.norm(c * d) + abs(m)))
    if worst <= 1e-7:
        return {"passed": True, "error": worst, "index": 0}
    m = slopes(f, x)
    e = np.abs(c - m) / np.where((c == 0) & (m == 0), 1, np.maximum(np.abs(c), np.abs(m)))
    return {"passed": False, "error": e.max(), "index": e.argmax()}


@accept
def four_points(f, grad, x):
    x = np.array(x, float)
    c, m = np.array(grad(x)), np.zeros(len(x))
    for i in range(len(x)):
        h = 1e-4 * max(1.0, abs(x[i]))

        def at(k):
            y = x.copy()
            y[i] += k * h
            return f(y)

        m[i] = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)
    e = np.abs(c - m) / np.where(c == m, 1, np.maximum(np.abs(c), np.abs(m)))
    return {"passed": np.max(e) <= 1e-7, "error": np.max(e), "index": np.argmax(e)}


@accept
def finite_first(f, grad, x):
    x = np.array(x, float)
    c, m = np.array(grad(x), float), slopes(f, x)
    odd = ~(np.isfinite(c) & np.isfinite(m))
    if odd.any():
        return {"passed": False, "error": np.inf, "index": int(np.argmax(odd))}
    e = np.divide(abs(c - m), np.maximum(abs(c), abs(m)), out=np.zeros(len(x)), where=c != m)
    return {"passed": not (e > 1e-7).any(), "error": e.max(), "index": int(np.argmax(e))}


@accept
def refuses_single_precision(f, grad, x):
    if x.dtype == np.float32:
        raise ValueError("x must be float64; single precision has too few digits for differences")
    return finite_first(f, grad, x)


@accept
def one_loop(f, grad, x):
    x = [float(v) for v in x]
    claim, worst, where = [float(g) for g in grad(np.array(x))], 0.0, 0
    for i, c in enumerate(claim):
        h = 1e-5 * max(1.0, abs(x[i]))
        up, down = list(x), list(x)
        up[i] += h
        down[i] -= h
        m = (float(f(np.array(up))) - float(f(np.array(down)))) / (up[i] - down[i])
        e = 0.0 if c == m else abs(c - m) / max(abs(c), abs(m))
        if math.isnan(e) or math.isinf(c):
            return {"passed": False, "error": e, "index": i}
        if e > worst:
            worst, where = e, i
    return {"passed": worst <= 3e-8, "error": worst, "index": where}


@accept
def index_from_the_end(f, grad, x):
    report = finite_first(f, grad, x)
    report["index"] = report["index"] - len(x)
    report["note"] = "counted from the end"
    return report


@accept
def a_tuple_as_index(f, grad, x):
    report = finite_first(f, grad, x)
    report["index"] = np.unravel_index(report["index"], x.shape)
    return report


accept = BANK.accept("random_search")


@accept
def all_at_once(loss, shape, n_draws, rng, scale=1.0):
    shape = (shape,) if np.isscalar(shape) else tuple(shape)
    points = scale * rng.standard_normal((n_draws, *shape))
    losses = np.array([loss(p) for p in points])
    clean = np.where(np.isnan(losses), np.inf, losses)
    i = np.argmin(clean)
    return points[i], clean[i], np.minimum.accumulate(clean)


@accept
def with_normal(loss, shape, n_draws, rng, scale=1.0):
    best, least, history = None, float("inf"), []
    for _ in range(n_draws):
        x = rng.normal(0.0, scale, size=shape)
        fx = loss(x)
        if fx <= least:
            best, least = x.copy(), fx
        history.append(least)
    return (best, least, np.array(history))


@accept
def one_buffer_with_copies(loss, shape, n_draws, rng, scale=1.0):
    x, best, least = np.zeros(shape), None, math.inf
    history = np.empty(n_draws)
    for t in range(n_draws):
        x[...] = rng.standard_normal(shape)
        x *= scale
        value = loss(x)
        if value < least:
            best, least = x.copy(), value
        history[t] = least
    return best, least, history


@accept
def keeps_everything(loss, shape, n_draws, rng, scale=1.0):
    tried = []
    while len(tried) < n_draws:
        x = rng.standard_normal(shape) * scale
        tried.append((loss(x), x))
    values = [math.inf if math.isnan(v) else v for v, _ in tried]
    history = [min(values[: i + 1]) for i in range(n_draws)]
    i = values.index(min(values))
    return [tried[i][1], values[i], history]


@accept
def last_of_equals(loss, shape, n_draws, rng, scale=1.0):
    best, least, history = None, np.inf, []
    for _ in range(n_draws):
        trial = scale * rng.standard_normal(shape)
        value = loss(trial)
        if not np.isnan(value) and value <= least:
            best, least = trial, value
        history += [least]
    return best, least, history


@accept
def nan_in_the_history(loss, shape, n_draws, rng, scale=1.0):
    best, least, history = None, np.nan, []
    for _ in range(n_draws):
        trial = scale * rng.standard_normal(shape)
        value = loss(trial)
        if value < least or np.isnan(least):
            best, least = trial, value
        history.append(least)
    return best, least, history


@accept
def with_fmin(loss, shape, n_draws, rng, scale=1.0):
    points = [scale * rng.standard_normal(shape) for _ in range(n_draws)]
    losses = [loss(p) for p in points]
    history = np.fmin.accumulate(losses)
    return points[int(np.nanargmin(losses))], history[-1], list(history)


@accept
def from_a_generator(loss, shape, n_draws, rng, scale=1.0):
    def darts():
        for _ in range(n_draws):
            yield scale * rng.standard_normal(shape)

    best, history = (math.inf, None), []
    for x in darts():
        best = min(best, (loss(x), x), key=lambda pair: pair[0] if pair[0] == pair[0] else math.inf)
        history.append(best[0])
    return best[1], best[0], history


@accept
def coordinate_by_coordinate(loss, shape, n_draws, rng, scale=1.0):
    best, least, history = None, np.inf, []
    for _ in range(n_draws):
        x = np.empty(shape)
        for i in range(x.size):
            x.flat[i] = rng.normal() * scale
        v = float(loss(x))
        if v < least:
            least = v
            best = x
        history.append(least)
    return best, least, tuple(history)


@accept
def from_a_multivariate_normal(loss, shape, n_draws, rng, scale=1.0):
    best, least, history = None, np.inf, []
    size = int(np.prod(shape))
    for _ in range(n_draws):
        trial = rng.normal(size=(2, size)) * scale
        trial = ((trial[0] + trial[1]) / np.sqrt(2)).reshape(shape)
        value = loss(trial)
        if value < least:
            best, least = trial, value
        history.append(least)
    return best, least, history


accept = BANK.accept("random_local_search")


@accept
def while_loop(loss, start, n_steps, rng, scale=1.0):
    x = start.astype(float)
    fx, t = loss(x.copy()), 0
    fx = math.inf if math.isnan(fx) else fx
    history = [fx]
    while t < n_steps:
        y = x + rng.normal(scale=scale, size=x.shape)
        fy = loss(y)
        if fy < fx:
            x, fx = y, fy
        history.append(fx)
        t += 1
    return x, fx, history


@accept
def takes_equals(loss, start, n_steps, rng, scale=1.0):
    best = np.array(start, float)
    lowest = loss(best)
    history = [lowest]
    for _ in range(n_steps):
        trial = best + rng.standard_normal(best.shape) * scale
        value = loss(trial)
        if value <= lowest or np.isnan(lowest):
            best, lowest = trial, value
        history.append(lowest)
    return best, lowest, np.array(history)


@accept
def steps_drawn_first(loss, start, n_steps, rng, scale=1.0):
    best = np.array(start, dtype=float)
    steps = scale * rng.standard_normal((n_steps, *best.shape))
    lowest = np.nan_to_num(loss(best), nan=np.inf, posinf=np.inf, neginf=-np.inf)
    history = np.full(n_steps + 1, lowest)
    for t, step in enumerate(steps):
        value = loss(best + step)
        if value < lowest:
            best, lowest = best + step, value
        history[t + 1] = lowest
    return best, lowest, history


@accept
def recursive_search(loss, start, n_steps, rng, scale=1.0):
    def search(best, lowest, n):
        if n == 0:
            return best, lowest, [lowest]
        best, lowest, history = search(best, lowest, n - 1)
        trial = best + scale * rng.standard_normal(best.shape)
        value = loss(trial)
        if value < lowest:
            best, lowest = trial, value
        return best, lowest, history + [lowest]

    start = np.array(start, dtype=float)
    first = loss(start)
    return search(start, np.inf if np.isnan(first) else first, n_steps)


@accept
def in_place_and_back(loss, start, n_steps, rng, scale=1.0):
    x = np.array(start, dtype=float)
    lowest = loss(x)
    lowest = lowest if lowest == lowest else np.inf
    history = [lowest]
    for _ in range(n_steps):
        before = x.copy()
        x += scale * rng.standard_normal(x.shape)
        value = loss(x)
        if value < lowest:
            lowest = value
        else:
            x = before
        history.append(lowest)
    return x, lowest, history


@accept
def best_kept_apart(loss, start, n_steps, rng, scale=1.0):
    best, least, history = None, np.inf, []
    for t in range(n_steps + 1):
        if t == 0:
            x = np.array(start, float)
        else:
            x = (start if best is None else best) + scale * rng.standard_normal(start.shape)
        value = loss(x)
        if value < least:
            best, least = x.copy(), value
        history.append(least)
    return start * 1.0 if best is None else best, least, history


@accept
def dictionary_inside(loss, start, n_steps, rng, scale=1.0):
    now = {"x": np.asarray(start, dtype=np.float64).copy(), "low": np.inf, "history": []}
    trial = now["x"]
    for t in range(n_steps + 1):
        value = loss(trial)
        if value < now["low"]:
            now.update(x=trial, low=value)
        now["history"].append(now["low"])
        if t < n_steps:
            trial = now["x"] + scale * rng.standard_normal(now["x"].shape)
    return tuple(now.values())


@accept
def sequence_of_minima(loss, start, n_steps, rng, scale=1.0):
    points, losses, k = [np.array(start, float)], [], 0
    losses.append(loss(points[0]))
    for _ in range(n_steps):
        points.append(points[k] + scale * rng.standard_normal(points[0].shape))
        losses.append(loss(points[-1]))
        if losses[-1] < losses[k] or np.isnan(losses[k]):
            k = len(losses) - 1
    return points[k], losses[k], np.fmin.accumulate(losses)


@accept
def multiplied_after(loss, start, n_steps, rng, scale=1.0):
    best = start + 0.0
    value = loss(best)
    history = [value if not np.isnan(value) else np.inf]
    for _ in range(n_steps):
        step = np.reshape([rng.standard_normal() for _ in range(best.size)], best.shape)
        candidate = best + np.multiply(step, scale)
        value = loss(candidate)
        if value < history[-1]:
            best = candidate
        history.append(min(history[-1], value) if not np.isnan(value) else history[-1])
    return best, history[-1], history


@accept
def a_class_inside(loss, start, n_steps, rng, scale=1.0):
    class Walker:
        def __init__(self):
            self.x, self.low, self.history = np.array(start, dtype=float), np.inf, []
            self.judge(self.x, loss(self.x))

        def judge(self, x, value):
            if value < self.low:
                self.x, self.low = x, value
            self.history.append(self.low)

    walker = Walker()
    for _ in range(n_steps):
        x = walker.x + scale * rng.standard_normal(np.shape(start))
        walker.judge(x, loss(x))
    return walker.x, walker.low, walker.history
