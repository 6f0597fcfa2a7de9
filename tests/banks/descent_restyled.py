"""Known mistakes of chapter 2 in another hand. No fingerprint is made from these."""

import math

import numpy as np

from tests.banks.descent import BANK


def same(name):
    return BANK.same_mistake("gradient_descent", name)


def at(learning_rate, t):
    return learning_rate(t) if callable(learning_rate) else learning_rate


@same("ascent")
def _(grad, x0, learning_rate, n_steps):
    path = np.zeros((n_steps + 1, len(x0)))
    path[0] = x0
    for t in range(n_steps):
        direction = grad(path[t])
        path[t + 1] = path[t] + at(learning_rate, t + 1) * direction
    return path


@same("aliased_history")
def _(grad, x0, learning_rate, n_steps):
    x = x0.astype(float)
    out = []
    out.append(x)
    t = 1
    while t <= n_steps:
        x[:] = x - at(learning_rate, t) * grad(x)
        out.append(x)
        t += 1
    return np.array(out)


@same("learning_rate_squared")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        eta = at(learning_rate, t)
        step = eta * grad(path[-1])
        path.append(path[-1] - eta * step)
    return path


@same("gradient_at_start")
def _(grad, x0, learning_rate, n_steps):
    g = grad(x0)
    path = [np.array(x0, float)]
    for t in range(1, n_steps + 1):
        path.append(path[-1] - at(learning_rate, t) * g)
    return path


@same("clipped_gradient")
def _(grad, x0, learning_rate, n_steps):
    path = [np.array(x0, float)]
    for t in range(1, n_steps + 1):
        g = grad(path[-1])
        if np.linalg.norm(g) > 1e3:
            g = g / np.linalg.norm(g) * 1e3
        path.append(path[-1] - at(learning_rate, t) * g)
    return path


@same("early_stop")
def _(grad, x0, learning_rate, n_steps):
    path = [np.array(x0, float)]
    for t in range(1, n_steps + 1):
        new = path[-1] - at(learning_rate, t) * grad(path[-1])
        path.append(new)
        if np.allclose(path[-1], path[-2], atol=1e-6, rtol=0):
            break
    return path


@same("changes_x0")
def _(grad, x0, learning_rate, n_steps):
    x = x0
    path = [x0.copy().astype(float)]
    for t in range(1, n_steps + 1):
        for i, g in enumerate(grad(x.copy())):
            x[i] = x[i] - at(learning_rate, t) * g
        path.append(x.copy())
    return path


@same("single_precision")
def _(grad, x0, learning_rate, n_steps):
    path = np.zeros((n_steps + 1, len(x0)), dtype="float32")
    path[0] = x0
    for t in range(1, n_steps + 1):
        path[t] = path[t - 1] - at(learning_rate, t) * grad(path[t - 1])
    return path


@same("schedule_from_zero")
def _(grad, x0, learning_rate, n_steps):
    path = [np.array(x0, float)]
    for k in range(n_steps):
        path.append(path[k] - at(learning_rate, k) * grad(path[k]))
    return path


@same("schedule_asked_once")
def _(grad, x0, learning_rate, n_steps):
    if callable(learning_rate):
        learning_rate = learning_rate(1)
    path = [np.array(x0, float)]
    while len(path) <= n_steps:
        path.append(path[-1] - learning_rate * grad(path[-1]))
    return path


@same("no_schedule")
def _(grad, x0, learning_rate, n_steps):
    path = np.empty((n_steps + 1, len(x0)))
    path[0] = x0
    for k in range(n_steps):
        path[k + 1] = path[k] - grad(path[k]) * learning_rate
    return path


@same("start_missing")
def _(grad, x0, learning_rate, n_steps):
    path, x = np.empty((n_steps, len(x0))), x0
    for k in range(n_steps):
        x = x - at(learning_rate, k + 1) * grad(x)
        path[k] = x
    return path


@same("one_step_short")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    while len(path) < n_steps:
        path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1]))
    return path


@same("last_point_only")
def _(grad, x0, learning_rate, n_steps):
    x, t = x0 + 0.0, 0
    while t < n_steps:
        t += 1
        x = x - at(learning_rate, t) * grad(x)
    return list(x)


@same("columns")
def _(grad, x0, learning_rate, n_steps):
    path = np.empty((len(x0), n_steps + 1))
    path[:, 0] = x0
    for k in range(n_steps):
        path[:, k + 1] = path[:, k] - at(learning_rate, k + 1) * grad(path[:, k])
    return path


@same("flat_list")
def _(grad, x0, learning_rate, n_steps):
    x = x0.astype(float)
    path = list(x)
    for t in range(1, n_steps + 1):
        x = x - at(learning_rate, t) * grad(x)
        path.extend(x)
    return path


@same("integer_points")
def _(grad, x0, learning_rate, n_steps):
    path = np.zeros((n_steps + 1, len(x0)), dtype=x0.dtype)
    path[0] = x0
    for t in range(1, n_steps + 1):
        path[t] = path[t - 1] - at(learning_rate, t) * grad(path[t - 1])
    return path


@same("normalized_gradient")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        g = grad(path[-1])
        size = math.sqrt(sum(g**2))
        unit = g / size if size > 0 else g
        path.append(path[-1] - at(learning_rate, t) * unit)
    return path


@same("sign_of_gradient")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        g = grad(path[-1])
        path.append(path[-1] - at(learning_rate, t) * ((g > 0).astype(float) - (g < 0)))
    return path


@same("half_step")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        path.append(path[-1] - at(learning_rate, t) * grad(path[-1]) / 2)
    return path


@same("decays_as_one_over_step")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(n_steps):
        eta = at(learning_rate, t + 1) / (t + 1)
        path.append(path[-1] - eta * grad(path[-1]))
    return path


@same("hard_coded_rate")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        if not callable(learning_rate):
            learning_rate = 0.01
        path.append(path[-1] - at(learning_rate, t) * grad(path[-1]))
    return path


@same("forgets_point")
def _(grad, x0, learning_rate, n_steps):
    path = np.zeros((n_steps + 1, len(x0)))
    path[0] = x0
    for t in range(1, n_steps + 1):
        path[t] -= at(learning_rate, t) * grad(path[t - 1])
    return path


@same("from_start_each_time")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        path.append(path[0] - at(learning_rate, t) * grad(path[-1]))
    return path


@same("coordinate_by_coordinate")
def _(grad, x0, learning_rate, n_steps):
    x = [float(v) for v in x0]
    path = [x[:]]
    for t in range(1, n_steps + 1):
        for i in range(len(x)):
            x[i] -= at(learning_rate, t) * grad(x)[i]
        path.append(x[:])
    return path


@same("repairs_divergence")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        x = path[-1] - at(learning_rate, t) * grad(path[-1])
        path.append(np.where(np.isfinite(x), x, path[-1]))
    return path


@same("stops_diverging")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        x = path[-1] - at(learning_rate, t) * grad(path[-1])
        path.append(x)
        if np.isinf(x).any() or np.isnan(x).any():
            return path
    return path


@same("raises_diverging")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        path.append(path[-1] - at(learning_rate, t) * grad(path[-1]))
        if np.abs(path[-1]).max() > 1e100:
            raise RuntimeError("learning rate too large")
    return path


@same("monotone")
def _(grad, x0, learning_rate, n_steps):
    x = x0.astype(float)
    path = [x]
    for t in range(1, n_steps + 1):
        new = x - at(learning_rate, t) * grad(x)
        if np.sum(grad(new) ** 2) <= np.sum(grad(x) ** 2):
            x = new
        path.append(x.copy())
    return path


@same("rounded_points")
def _(grad, x0, learning_rate, n_steps):
    x = x0.astype(float)
    path = [x]
    for t in range(1, n_steps + 1):
        x = x - at(learning_rate, t) * grad(x)
        path.append(np.array([round(v, 4) for v in x]))
    return path


@same("needs_a_step")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        new = path[-1] - at(learning_rate, t) * grad(path[-1])
        path.append(new)
    assert new is path[-1]
    return path


@same("absolute_gradient")
def _(grad, x0, learning_rate, n_steps):
    path = [x0.astype(float)]
    for t in range(1, n_steps + 1):
        path.append(path[-1] - abs(at(learning_rate, t) * grad(path[-1])))
    return path


def same(name):
    return BANK.same_mistake("curvature_bounds", name)


same("not_divided")(lambda X: (np.linalg.norm(X, 2) ** 2, np.linalg.eigvalsh(X.T @ X).min()))
same("divided_by_columns")(
    lambda X: tuple(np.linalg.eigvalsh(np.dot(X.T, X) / np.shape(X)[1])[[-1, 0]])
)
same("divided_by_n_minus_one")(
    lambda X: [f(np.linalg.eigh(X.T @ X)[0] / max(1, X.shape[0] - 1)) for f in (max, min)]
)
same("divided_twice")(lambda X: tuple(np.linalg.eigvalsh((X / len(X)).T @ (X / len(X)))[[-1, 0]]))
same("factor_two")(
    lambda X: [
        2 * f(np.linalg.eigvalsh(np.cov(X.T, bias=True) + np.outer(X.mean(0), X.mean(0))))
        for f in (np.max, np.min)
    ]
)
same("factor_half")(lambda X: tuple(np.linalg.eigvalsh(0.5 * X.T @ X / X.shape[0])[[-1, 0]]))


@same("singular_values")
def _(X):
    L, m = np.sqrt(np.abs(np.linalg.eigvalsh(X.T @ X / len(X))[[-1, 0]]))
    return L, m


@same("singular_values_over_n")
def _(X):
    s = np.linalg.svd(X)[1]
    return max(s) / X.shape[0], min(s) / X.shape[0]


@same("flat_direction_lost")
def _(X):
    U, S, V = np.linalg.svd(X, full_matrices=False)
    squares = [s**2 / len(U) for s in S]
    return squares[0], squares[-1]


@same("zeros_left_out")
def _(X):
    w = np.linalg.eigvalsh(X.T @ X / len(X))
    positive = [v for v in w if v > 1e-8]
    return max(positive), min(positive)


@same("rows_by_rows")
def _(X):
    gram = np.array([[a @ b for a in X] for b in X]) / len(X)
    w = np.linalg.eigvalsh(gram)
    return w.max(), w.min()


@same("swapped")
def _(X):
    H = X.T @ X / len(X)
    return np.linalg.norm(H, -2), np.linalg.norm(H, 2)


same("largest_only")(lambda X: np.linalg.norm(X, 2) ** 2 / len(X))
same("centered")(
    lambda X: tuple(np.linalg.eigvalsh(np.atleast_2d(np.cov(X.T, bias=True)))[[-1, 0]])
)


@same("condition_number")
def _(X):
    H = X.T @ X / len(X)
    return np.linalg.norm(H, 2), np.linalg.cond(H)


@same("diagonal_only")
def _(X):
    d = np.diag(X.T @ X) / len(X)
    return d.max(), d.min()


@same("trace")
def _(X):
    return np.linalg.norm(X) ** 2 / len(X), np.linalg.eigvalsh(X.T @ X / len(X))[0]


@same("frobenius")
def _(X):
    H = X.T @ X / len(X)
    return np.linalg.norm(H), np.linalg.norm(H, -2)


@same("intercept")
def _(X):
    Z = np.hstack((X, np.ones((len(X), 1))))
    s = np.linalg.eigvalsh(Z.T @ Z / len(Z))
    return s[-1], s[0]


def same(name):
    return BANK.same_mistake("rate", name)


same("steep_only")(lambda a, L, m: np.abs(a * L - 1))
same("flat_only")(lambda a, L, m: abs(max(1 - a * L, 1 - a * m)))
same("no_absolute_value")(lambda a, L, m: np.max([1 - a * L, 1 - a * m]))
same("best_direction")(lambda a, L, m: sorted([abs(1 - a * L), abs(1 - a * m)])[0])
same("mean_of_factors")(lambda a, L, m: np.mean(np.abs(1 - a * np.array([L, m]))))
same("product_of_factors")(lambda a, L, m: abs((1 - a * L) * (1 - a * m)))
same("squared")(lambda a, L, m: max((1 - a * L) ** 2, (1 - a * m) ** 2))
same("learning_rate_squared")(lambda a, L, m: max(abs(1 - a * a * L), abs(1 - a * a * m)))
same("doubled_curvature")(lambda a, L, m: np.abs(1 - 2 * a * np.array([m, L])).max())
same("never_above_one")(lambda a, L, m: np.clip(max(abs(1 - a * L), abs(1 - a * m)), 0, 1))
same("plus")(lambda a, L, m: 1 + a * L)
same("speed")(lambda a, L, m: 1 - max(1 - a * m, a * L - 1))


@same("optimal_rate")
def _(a, L, m):
    kappa = L / m if m else math.inf
    return (kappa - 1) / (kappa + 1) if math.isfinite(kappa) else 1.0


@same("rate_of_one_over_l")
def _(a, L, m):
    return 1 - 1 / (L / m) if m > 0 else 1.0


@same("diverging_is_infinite")
def _(a, L, m):
    return float("inf") if a >= 2 / L else max(abs(1 - a * L), abs(1 - a * m))


@same("condition_as_eigenvalue")
def _(a, L, m):
    kappa = L / m if m else 1e300
    return abs(1 - a * kappa) if abs(1 - a * kappa) > abs(1 - a) else abs(1 - a)


@same("arguments_in_other_order")
def _(L, m, a):
    return np.maximum(np.abs(1 - a * L), np.abs(1 - a * m))


def same(name):
    return BANK.same_mistake("best_learning_rate", name)


same("safe_choice")(lambda L, m: L**-1)
same("stability_limit")(lambda L, m: 1 / (L / 2))
same("half")(lambda L, m: 1 / np.sum([L, m]))
same("inverted")(lambda L, m: np.mean([L, m]))
same("flat_only")(lambda L, m: 1 / m if m else 1e300)
same("geometric_mean")(lambda L, m: (L * m) ** -0.5 if m else 1e150)
same("momentum_formula")(lambda L, m: (2 / (math.sqrt(L) + math.sqrt(m))) ** 2)
same("whole_division")(lambda L, m: int(2 / (L + m)))
same("precedence")(lambda L, m: m + 2 / L)
same("assumes_unit_convexity")(lambda L, m: 2 / (1 + L))
same("rounded")(lambda L, m: float(f"{2 / (L + m):.3f}"))


@same("difference")
def _(L, m):
    return 2 / (L - m) if L != m else 0.0


@same("best_rate")
def _(L, m):
    if m == 0:
        return 1.0
    kappa = L / m
    return (kappa - 1) / (kappa + 1)


@same("condition_number")
def _(L, m):
    kappa = np.inf if m == 0 else L / m
    return 2 / (kappa + 1)


@same("mean_of_inverses")
def _(L, m):
    return np.mean([1 / L, 1 / m]) if m else np.inf


def same(name):
    return BANK.same_mistake("backtracking", name)


def search(
    good,
    first=lambda t, s: t,
    descends=lambda slope: slope < 0,
    after=lambda t, s: t * s,
    trials=lambda limit: limit + 1,
    still=True,
    answer=lambda t, x, d, f, s: t,
):
    """Return a search in another style than the model's, with one part replaced."""

    def backtrack(f, x, d, g, t=1.0, c=1e-4, s=0.5, limit=100):
        m = float(np.dot(g, d))
        if still and not d.any():
            return t
        if not descends(m):
            raise ValueError("ascent direction")
        t, n = first(t, s), 0
        while n < trials(limit):
            new = f(x + t * d)
            if good(new, f(x), t, m, c, d, g):
                return answer(t, x, d, f, s)
            t, n = after(t, s), n + 1
        raise ValueError("no step")

    return backtrack


def armijo(new, old, t, m, c, d, g):
    return new <= old + c * t * m


same("any_decrease")(search(lambda new, old, *_: old - new >= 0))
same("strict_decrease")(search(lambda new, old, *_: old > new))
same("c_missing")(search(lambda new, old, t, m, c, d, g: old - new >= -t * m))
same("slope_sign")(search(lambda new, old, t, m, c, d, g: new <= old + c * t * abs(m)))
same("slope_of_steepest")(
    search(lambda new, old, t, m, c, d, g: old - new >= c * t * np.linalg.norm(g) ** 2)
)
same("slope_of_direction")(search(lambda new, old, t, m, c, d, g: old - new >= c * t * sum(d**2)))
same("shrink_added")(search(armijo, after=lambda t, s: t - s))
same("shrink_divided")(search(armijo, after=lambda t, s: t / s))
same("no_limit")(search(armijo, trials=lambda limit: math.inf))
same("ignores_max_shrinks")(search(armijo, trials=lambda limit: 50))
same("limit_too_small")(search(armijo, trials=lambda limit: limit - 3))
same("one_too_small")(search(armijo, answer=lambda t, x, d, f, s: s * t))
same("shrinks_first")(search(armijo, first=lambda t, s: t * s))
same("accepts_nan")(search(lambda new, old, t, m, c, d, g: not (new - old > c * t * m)))
same("hard_coded_c")(search(lambda new, old, t, m, c, d, g: old - new >= -1e-4 * t * m))
same("hard_coded_shrink")(search(armijo, after=lambda t, s: t / 2))
same("hard_coded_start")(search(armijo, first=lambda t, s: 1))
same("step_missing")(search(lambda new, old, t, m, c, d, g: old - new >= -c * m))
same("climbing_allowed")(search(armijo, descends=lambda m: True))
same("flat_allowed")(search(armijo, descends=lambda m: m <= 0))
same("still_refused")(search(armijo, still=False))
same("returns_point")(search(armijo, answer=lambda t, x, d, f, s: list(x + t * d)))
same("returns_loss")(search(armijo, answer=lambda t, x, d, f, s: float(f(x + t * d))))
same("keeps_first")(search(armijo, after=lambda t, s: t))


@same("along_gradient")
def _(f, x, d, g, t=1.0, c=1e-4, s=0.5, n_max=100):
    if np.dot(g, d) >= 0 and np.any(d != 0):
        raise ValueError
    if np.all(d == 0):
        return t
    for _ in range(n_max + 1):
        if f(x - t * g) <= f(x) + c * t * np.dot(g, d):
            return t
        t *= s
    raise ValueError


@same("backwards")
def _(f, x, d, g, t=1.0, c=1e-4, s=0.5, n_max=100):
    if np.dot(g, d) >= 0 and np.any(d != 0):
        raise ValueError
    if np.all(d == 0):
        return t
    n = 0
    while not f(x - t * d) <= f(x) + c * t * np.dot(g, d):
        t, n = t * s, n + 1
        if n > n_max:
            raise ValueError
    return t


@same("max_shrinks_missing")
def _(f, x, d, g, t=1.0, c=1e-4, s=0.5):
    n = 0
    if not any(d):
        return t
    if np.dot(g, d) >= 0:
        raise ValueError("ascent direction")
    while n < 100:
        if f(x) - f(x + t * d) >= -c * t * np.dot(g, d):
            return t
        t, n = t * s, n + 1
    raise ValueError("no step")


@same("returns_none_for_climb")
def _(f, x, d, g, t=1.0, c=1e-4, s=0.5, n_max=100):
    m = sum(g * d)
    if np.all(d == 0):
        return t
    if m < 0:
        for k in range(n_max + 1):
            if f(x + t * s**k * d) <= f(x) + c * t * s**k * m:
                return t * s**k
        raise ValueError("no")


@same("gives_up_silently")
def _(f, x, d, g, t=1.0, c=1e-4, s=0.5, n_max=100):
    m = sum(g * d)
    if m >= 0 and any(d):
        raise ValueError("no descent")
    k = 0
    while any(d) and k <= n_max and not f(x + t * d) <= f(x) + c * t * m:
        t, k = t * s, k + 1
    return t


@same("normalized_direction")
def _(f, x, d, g, t=1.0, c=1e-4, s=0.5, n_max=100):
    if not d.any():
        return t
    d = d / math.sqrt(d @ d)
    if g @ d >= 0:
        raise ValueError("no descent")
    for _ in range(n_max + 1):
        if f(x + t * d) <= f(x) + c * t * (g @ d):
            return t
        t *= s
    raise ValueError("no step")


def same(name):
    return BANK.same_mistake("measure_rate", name)


def positive(errors):
    out = []
    for e in errors:
        if not 0 < e < np.inf:
            break
        out.append(e)
    return np.array(out)


def settled(e):
    k = np.flatnonzero((e < 1e-3 * e[0]) & (e > 1e-10 * e[0]))
    return k if len(k) > 2 else np.arange(len(e) // 2, len(e))


def slope(k, y):
    return ((k - k.mean()) @ (y - y.mean())) / ((k - k.mean()) @ (k - k.mean()))


same("first_ratio")(lambda errors: positive(errors)[1] / positive(errors)[0])
same("last_ratio")(lambda errors: positive(errors)[-1] / positive(errors)[-2])


@same("includes_floor")
def _(errors):
    e = positive(errors)
    k = np.flatnonzero(e < e[0] / 1000)
    k = k if len(k) > 2 else np.arange(len(e) // 2, len(e))
    return (e[k[-1]] / e[k[0]]) ** (1 / (k[-1] - k[0]))


@same("includes_start")
def _(errors):
    e = positive(errors)
    k = np.flatnonzero(e > e[0] * 1e-10)
    return 10 ** slope(k, np.log10(e[k]))


@same("everything")
def _(errors):
    e = positive(errors)
    k = np.arange(e.size)
    return math.exp(slope(k, np.log(e)))


@same("second_half")
def _(errors):
    e = positive(errors)
    k = np.arange(e.size)[e.size // 2 :]
    return 2 ** slope(k, np.log2(e[k]))


@same("squared_ratio")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return np.exp(slope(k, np.log(e[k] ** 2)))


@same("squared_ratio")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return np.median(e[k][2:] / e[k][:-2])


@same("includes_floor")
def _(errors):
    e = positive(errors)[-10:]
    return math.exp(slope(np.arange(len(e)), np.log(e)))


@same("slope_not_factor")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return slope(k, np.log(e[k]))


@same("slope_sign")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return 1 / np.exp(slope(k, np.log(e[k])))


@same("base_ten")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return math.exp(slope(k, np.log10(e[k])))


@same("arithmetic_mean")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return sum(e[j] / e[j - 1] for j in k[1:]) / (len(k) - 1)


@same("not_logged")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return 1 + slope(k, e[k])


@same("never_above_one")
def _(errors):
    e = positive(errors)
    k = settled(e)
    r = np.exp(slope(k, np.log(e[k])))
    return 1.0 if r > 1 else r


@same("absolute_window")
def _(errors):
    e = positive(errors)
    k = np.array([i for i, v in enumerate(e) if 1e-10 < v < 1e-3])
    if len(k) < 3:
        k = np.arange(len(e) // 2, len(e))
    return np.exp(slope(k, np.log(e[k])))


@same("zeros_not_ended")
def _(errors):
    e = np.asarray(errors, dtype=float)
    k = settled(e)
    return np.exp(slope(k, np.log(e[k])))


@same("one_step_more")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return np.exp((np.log(e[k[-1]]) - np.log(e[k[0]])) / len(k))


@same("speed")
def _(errors):
    e = positive(errors)
    k = settled(e)
    return 1 - math.exp(slope(k, np.log(e[k])))


def same(name):
    return BANK.same_mistake("classify_convergence", name)


def bend(errors, straight=(0.78, 1.35), start=1 / 3, finite=True, keep_zeros=False, log=np.log):
    """Classify in another style than the model's."""
    e = np.array(errors, dtype=float)
    if finite and not np.isfinite(e).all():
        return "diverging"
    y = log(e if keep_zeros else e[e > 0])
    n = len(y) - 1
    a, b = round(start * n), round(2 * n / 3)
    early, late = (y[b] - y[a]) / (b - a), (y[n] - y[b]) / (n - b)
    if late >= 0:
        return "diverging"
    if late / early < straight[0]:
        return "sublinear"
    return "superlinear" if late / early > straight[1] else "linear"


same("sublinear_is_linear")(lambda e: bend(e).replace("sublinear", "linear"))
same("superlinear_is_linear")(lambda e: bend(e).replace("superlinear", "linear"))
same("linear_is_superlinear")(lambda e: bend(e, straight=(0.78, 0.99)))
same("growth_is_linear")(
    lambda e: bend(e).replace("diverging", "linear") if np.isfinite(e).all() else "diverging"
)
same("swapped_words")(lambda e: bend(e).replace("sublinear", "superlinear"))
same("swapped_words_fast")(lambda e: bend(e).replace("superlinear", "sublinear"))
same("zeros_kept")(lambda e: bend(e, keep_zeros=True))
same("zeros_kept")(lambda e: bend([v or 1e-300 for v in e]))
same("not_logged")(lambda e: bend(e, log=np.array))
same("capitalized")(lambda e: bend(e).capitalize())
same("whole_run_slope")(lambda e: bend(e, start=0))
same("superlinear_slack_wide")(lambda e: bend(e, straight=(0.78, 3.0)))
same("slack_too_tight")(lambda e: bend(e, straight=(0.98, 1.35)))


@same("not_finite_ignored")
def _(errors):
    return bend([e for e in errors if math.isfinite(e)])


@same("only_infinity")
def _(errors):
    return "diverging" if np.isinf(errors).any() else bend(errors, finite=False)


@same("slow_is_sublinear")
def _(errors):
    e = np.asarray(errors)
    kind = bend(e)
    last = [v for v in e if v > 0][-2:]
    if kind in ("diverging", "superlinear"):
        return kind
    return "sublinear" if last[1] / last[0] > 0.97 else "linear"


@same("fast_is_superlinear")
def _(errors):
    e = np.asarray(errors)
    kind = bend(e)
    last = [v for v in e if v > 0][-2:]
    if kind in ("diverging", "sublinear"):
        return kind
    return "superlinear" if last[1] / last[0] < 0.35 else "linear"


@same("first_against_last")
def _(errors):
    e = np.asarray(errors, dtype=float)
    if not np.isfinite(e).all() or e[-1] > e[0]:
        return "diverging"
    kind = bend(e)
    return "sublinear" if kind == "diverging" else kind
