"""Right solutions of chapter 2 in as many styles as students have."""

import math
from functools import reduce
from itertools import accumulate

import numpy as np

from tests.banks.descent import BANK

accept = BANK.accept("gradient_descent")


@accept
def recursive(grad, x0, learning_rate, n_steps):
    if n_steps == 0:
        return [np.array(x0, dtype=float)]
    points = recursive(grad, x0, learning_rate, n_steps - 1)
    alpha = learning_rate(n_steps) if callable(learning_rate) else learning_rate
    return points + [points[-1] - alpha * grad(points[-1])]


@accept
def while_loop(grad, x0, learning_rate, n_steps):
    x, t, path = x0 * 1.0, 1, []
    path.append(x)
    while t <= n_steps:
        lr = learning_rate if isinstance(learning_rate, (int, float)) else learning_rate(t)
        x = x - lr * grad(x)
        path.append(x)
        t += 1
    return np.array(path)


@accept
def preallocated(grad, x0, learning_rate, n_steps):
    path = np.empty((n_steps + 1, len(x0)))
    path[0] = x0
    for k in range(n_steps):
        a = learning_rate(k + 1) if callable(learning_rate) else learning_rate
        path[k + 1] = path[k] - a * grad(path[k])
    return path


@accept
def in_place_with_copies(grad, x0, learning_rate, n_steps):
    x = np.array(x0, dtype=np.float64)
    history = [x.copy()]
    for t in range(n_steps):
        eta = learning_rate(t + 1) if callable(learning_rate) else learning_rate
        x -= eta * grad(x)
        history.append(x.copy())
    return history


@accept
def python_lists(grad, x0, learning_rate, n_steps):
    x = [float(v) for v in x0]
    history = [list(x)]
    for t in range(1, n_steps + 1):
        eta = learning_rate(t) if callable(learning_rate) else learning_rate
        g = grad(x)
        x = [float(xi - eta * gi) for xi, gi in zip(x, g)]
        history.append(list(x))
    return history


@accept
def a_tuple(grad, x0, learning_rate, n_steps):
    schedule = learning_rate if callable(learning_rate) else lambda t: learning_rate
    path = [np.asarray(x0, dtype=float).copy()]
    for t in range(1, n_steps + 1):
        path += [path[-1] - schedule(t) * np.asarray(grad(path[-1]))]
    return tuple(path)


@accept
def from_a_generator(grad, x0, learning_rate, n_steps):
    def walk():
        x = np.array(x0, float)
        yield x
        for t in range(1, n_steps + 1):
            x = x + (learning_rate(t) if callable(learning_rate) else learning_rate) * -grad(x)
            yield x

    return list(walk())


@accept
def accumulated(grad, x0, learning_rate, n_steps):
    def move(x, t):
        return x - (learning_rate(t) if callable(learning_rate) else learning_rate) * grad(x)

    return list(accumulate(range(1, n_steps + 1), move, initial=np.array(x0, dtype=float)))


@accept
def stacked(grad, x0, learning_rate, n_steps):
    path = np.array([x0], dtype=float)
    for t in range(1, n_steps + 1):
        try:
            eta = learning_rate(t)
        except TypeError:
            eta = learning_rate
        path = np.vstack([path, path[-1] - eta * grad(path[-1])])
    return path


@accept
def prints_and_renames(f, start, lr, n):
    position = start.astype(float)
    visited = [position]
    for i in range(1, n + 1):
        slope = f(position)
        step = -(lr(i) if callable(lr) else lr) * slope
        position = np.add(position, step)
        print("step", i, position)
        visited.append(position)
    return visited


@accept
def one_dimension_as_numbers(grad, x0, learning_rate, n_steps):
    path = [np.array(x0, dtype=float)]
    for t in range(1, n_steps + 1):
        eta = learning_rate(t) if callable(learning_rate) else learning_rate
        path.append(path[-1] - eta * grad(path[-1]))
    return [float(x[0]) for x in path] if len(x0) == 1 else path


@accept
def summed_steps(grad, x0, learning_rate, n_steps):
    x = np.array(x0, dtype=float)
    path = {0: x}
    for t in range(1, n_steps + 1):
        eta = learning_rate(t) if callable(learning_rate) else learning_rate
        path[t] = path[t - 1] - np.multiply(eta, grad(path[t - 1]))
    return [path[t] for t in sorted(path)]


@accept
def one_gradient_ahead(grad, x0, learning_rate, n_steps):
    """Ask for one gradient more than the steps need, at the last point."""
    x = np.array(x0, dtype=float)
    g = grad(x)
    points = [x]
    for t in range(1, n_steps + 1):
        x = x - (learning_rate(t) if callable(learning_rate) else learning_rate) * g
        g = grad(x)
        points.append(x)
    return points


@accept
def columns_then_transposed(grad, x0, learning_rate, n_steps):
    columns = np.full((len(x0), n_steps + 1), np.nan)
    columns[:, 0] = x0
    t = 0
    while t != n_steps:
        t += 1
        alpha = learning_rate(t) if callable(learning_rate) else learning_rate
        columns[:, t] = columns[:, t - 1] - alpha * grad(columns[:, t - 1].copy())
    return columns.T


accept = BANK.accept("curvature_bounds")


@accept
def by_svd(X):
    s = np.linalg.svd(X, compute_uv=False) ** 2 / X.shape[0]
    return s.max(), (s.min() if X.shape[0] >= X.shape[1] else 0.0)


@accept
def by_spectral_norm(X):
    H = np.dot(X.T, X) / X.shape[0]
    return [np.linalg.norm(H, 2), np.linalg.norm(H, -2)]


@accept
def by_unsorted_eig(X):
    values = np.real(np.linalg.eig(X.T.dot(X) / len(X))[0])
    return np.array([max(values), min(values)])


@accept
def by_power_iteration(X):
    H = X.T @ X / X.shape[0]

    def largest(A):
        v, before = np.linspace(1.0, 2.0, len(A)), np.inf
        while np.linalg.norm(v - before) > 1e-13:
            w = A @ v
            if not np.any(w):
                return 0.0
            before, v = v, w / np.linalg.norm(w)
        return float(v @ A @ v)

    L = largest(H)
    return L, L - largest(L * np.eye(len(H)) - H)


@accept
def by_loops(X):
    n, d = X.shape
    H = [[sum(X[k, i] * X[k, j] for k in range(n)) / n for j in range(d)] for i in range(d)]
    w = np.linalg.eigvalsh(np.array(H))
    return float(w[-1]), max(float(w[0]), 0.0)


@accept
def by_mean_of_outer_products(X):
    H = np.mean([np.outer(row, row) for row in X], axis=0)
    values, _ = np.linalg.eigh(H)
    return values.max(), values.min()


@accept
def by_rank(X):
    s = np.linalg.svd(X / np.sqrt(len(X)))[1]
    m = s[-1] ** 2 if np.linalg.matrix_rank(X) == X.shape[1] else 0
    return s[0] ** 2, m


@accept
def by_zero_padding(X):
    s = np.zeros(X.shape[1])
    values = np.linalg.svd(X, full_matrices=False)[1]
    s[: len(values)] = values
    return s[0] ** 2 / len(X), s[-1] ** 2 / len(X)


@accept
def by_einsum(X):
    w = np.linalg.eigvalsh(np.einsum("ni,nj->ij", X, X) / X.shape[0])
    return np.float64(w[-1]), np.abs(w[0])


@accept
def by_qr(X):
    # R has as few rows as X; the singular values that it lacks are zero.
    R = np.linalg.qr(X / math.sqrt(len(X)), mode="r")
    values = np.zeros(X.shape[1])
    few = np.linalg.svd(R, compute_uv=False)
    values[: len(few)] = few
    return values.max() ** 2, values.min() ** 2


@accept
def by_rotations(X):
    A = X.T @ X / len(X)
    n = len(A)
    for _ in range(30):
        for p in range(n):
            for q in range(p + 1, n):
                angle = 0.5 * math.atan2(2 * A[p, q], A[q, q] - A[p, p])
                J = np.eye(n)
                J[p, p] = J[q, q] = math.cos(angle)
                J[p, q], J[q, p] = math.sin(angle), -math.sin(angle)
                A = J.T @ A @ J
    return A.diagonal().max(), A.diagonal().min()


@accept
def by_covariance(X):
    # With its mirror image added the data have mean zero.
    H = np.cov(np.vstack([X, -X]).T, bias=True).reshape(X.shape[1], -1)
    return np.linalg.eigvalsh(H)[[-1, 0]]


accept = BANK.accept("rate")


@accept
def by_if(learning_rate, smoothness, strong_convexity):
    steep = abs(1 - learning_rate * smoothness)
    flat = abs(1 - learning_rate * strong_convexity)
    if steep > flat:
        return steep
    return flat


@accept
def by_numpy(a, L, m):
    return np.max(np.abs(1 - a * np.array([m, L])))


@accept
def by_signs(a, L, m):
    return max(1 - a * m, a * m - 1, 1 - a * L, a * L - 1)


@accept
def by_norm(a, L, m):
    return np.linalg.norm(np.eye(2) - a * np.diag([L, m]), 2)


@accept
def by_cases(a, L, m):
    return 1 - a * m if a <= 2 / (L + m) else a * L - 1


@accept
def by_grid(a, L, m):
    return np.abs(1 - a * np.linspace(m, L, 5)).max()


@accept
def by_square_roots(a, L, m):
    return math.sqrt(max((1 - a * L) ** 2, (1 - a * m) ** 2))


@accept
def by_midpoint(a, L, m):
    return abs(1 - a * (L + m) / 2) + a * (L - m) / 2


@accept
def by_sorting(a, L, m):
    return np.asarray(sorted([abs(1 - a * L), abs(1 - a * m)])[-1])


@accept
def by_maximum(a, L, m):
    return np.maximum(np.abs(1.0 - a * L), np.abs(1.0 - a * m))


@accept
def by_the_larger_of_two_squares(learning_rate, smoothness, strong_convexity):
    a, b = (1 - learning_rate * smoothness) ** 2, (1 - learning_rate * strong_convexity) ** 2
    return ((a + b + abs(a - b)) / 2) ** 0.5


accept = BANK.accept("best_learning_rate")


@accept
def by_inverse(L, m):
    return 1 / ((L + m) / 2)


@accept
def by_mean(L, m):
    return 1.0 / np.mean([L, m])


@accept
def by_power(smoothness, strong_convexity):
    return 2.0 * (smoothness + strong_convexity) ** -1


@accept
def by_condition_number(L, m):
    if m == 0:
        return 2 / L
    kappa = L / m
    return 2 / (m * (kappa + 1))


@accept
def by_solving(L, m):
    return np.linalg.solve([[L + m]], [2.0])


@accept
def by_bisection(L, m):
    low, high = 0.0, 2 / L
    for _ in range(200):
        middle = (low + high) / 2
        if middle * L - 1 > 1 - middle * m:
            high = middle
        else:
            low = middle
    return middle


@accept
def by_harmonic_mean(L, m):
    return 2 / L if m == 0 else (2 / L) * (2 / m) / (2 / L + 2 / m)


@accept
def as_an_array(L, m):
    return np.array(2.0) / np.array(L + m)


@accept
def by_exact_fraction(L, m):
    from fractions import Fraction

    return float(Fraction(2) / (Fraction(L) + Fraction(m)))


@accept
def by_ternary_search(smoothness, strong_convexity):
    def worst(alpha):
        return max(abs(1 - alpha * smoothness), abs(1 - alpha * strong_convexity))

    low, high = 0.0, 2 / smoothness
    for _ in range(300):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        if worst(a) < worst(b):
            high = b
        else:
            low = a
    return (low + high) / 2


accept = BANK.accept("backtracking")


@accept
def by_while(f, x, d, g, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100):
    slope = np.dot(g, d)
    if slope == 0 and np.all(d == 0):
        return initial_step
    if slope >= 0:
        raise ValueError("not a descent direction")
    t, tries = initial_step, 0
    while not f(x + t * d) <= f(x) + c * t * slope:
        t *= shrink
        tries += 1
        if tries > max_shrinks:
            raise ValueError("no step found")
    return t


@accept
def by_recursion(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    if np.linalg.norm(direction) == 0:
        return initial_step
    slope = float(np.sum(grads * direction))
    if slope >= 0:
        raise ValueError("ascent")
    start = loss(params)

    def attempt(t, left):
        if left < 0:
            raise ValueError("gave up")
        return (
            t
            if loss(params + t * direction) <= start + c * t * slope
            else attempt(t * shrink, left - 1)
        )

    return attempt(initial_step, max_shrinks)


@accept
def by_next(loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100):
    slope = np.inner(grads, direction)
    if not np.any(direction):
        return np.float64(initial_step)
    if slope >= 0:
        raise ValueError
    base = loss(params)
    steps = (initial_step * shrink**k for k in range(max_shrinks + 1))
    good = (t for t in steps if loss(params + t * direction) <= base + c * t * slope)
    try:
        return next(good)
    except StopIteration:
        raise ValueError("no step is good")


@accept
def returns_the_loss_too(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    slope = sum(a * b for a, b in zip(grads, direction))
    start = loss(params)
    if all(v == 0 for v in direction):
        return initial_step, start
    if slope >= 0:
        raise ValueError("direction must descend")
    step = initial_step
    for _ in range(max_shrinks):
        new = loss(params + step * direction)
        if math.isfinite(new) and new - start <= c * step * slope:
            return step, new
        step *= shrink
    raise ValueError("no step")


@accept
def refuses_nan_first(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    slope = grads @ direction
    if slope >= 0 and np.any(direction != 0):
        raise ValueError("uphill")
    if np.all(direction == 0):
        return initial_step
    alpha = initial_step
    f0 = loss(params)
    for _ in range(1, max_shrinks + 2):
        f1 = loss(params + alpha * direction)
        if np.isnan(f1) or np.isinf(f1) or f1 > f0 + c * alpha * slope:
            alpha = alpha * shrink
            continue
        return np.array(alpha)
    raise ValueError("no step")


@accept
def negated_condition(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    decrease = -(direction @ grads)
    if not direction.any():
        return initial_step
    if decrease <= 0:
        raise ValueError("no descent")
    k, f0 = 0, loss(params)
    while k <= max_shrinks:
        t = initial_step * np.power(shrink, k)
        if f0 - loss(params + t * direction) >= c * t * decrease:
            return float(t)
        k += 1
    raise ValueError(f"no step in {k} trials")


@accept
def per_step_average(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    slope = np.vdot(grads, direction)
    if not np.count_nonzero(direction):
        return initial_step
    if slope >= 0:
        raise ValueError(slope)
    start, t = loss(params), initial_step
    trial = 0
    while trial < max_shrinks + 2:
        if (loss(params + t * direction) - start) / t <= c * slope:
            return t
        t, trial = t * shrink, trial + 1
    raise ValueError("gave up")


@accept
def prints(loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100):
    if np.array_equal(direction, np.zeros_like(direction)):
        return initial_step
    if np.dot(grads, direction) >= 0:
        raise ValueError("ascent")
    step = initial_step
    for i in range(1 + max_shrinks):
        value = loss(params + step * direction)
        print(i, step, value)
        if value <= loss(params) + c * step * np.dot(grads, direction):
            break
        step = shrink * step
    else:
        raise ValueError("too many")
    return step


@accept
def powers_by_logarithms(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    if not np.any(direction):
        return initial_step
    slope = float(np.dot(grads, direction))
    if slope >= 0:
        raise ValueError("up")
    for k in range(max_shrinks + 1):
        t = initial_step * math.exp(k * math.log(shrink))
        new = loss(params + t * direction)
        if np.isfinite(new) and (loss(params) - new) / t >= -c * slope:
            return t
    raise ValueError("none")


accept = BANK.accept("measure_rate")


def cut(errors):
    """Return the errors before the first that is not finite and positive."""
    kept = []
    for e in errors:
        if not (math.isfinite(e) and e > 0):
            break
        kept.append(float(e))
    return kept


@accept
def by_reference(errors):
    from optedu.descent import measure_rate

    return measure_rate(errors)


@accept
def by_lstsq(errors):
    e = np.array(cut(errors))
    k = np.arange(len(e))
    inside = (e < 1e-3 * e[0]) & (e > 1e-10 * e[0])
    if inside.sum() < 3:
        inside = k >= len(e) // 2
    A = np.stack([k[inside], np.ones(inside.sum())], axis=1)
    slope = np.linalg.lstsq(A, np.log(e[inside]), rcond=None)[0][0]
    return math.exp(slope)


@accept
def by_median_of_two_steps(errors):
    e = cut(errors)
    tail = [i for i in range(len(e)) if 1e-10 * e[0] < e[i] < 1e-3 * e[0]]
    if len(tail) < 3:
        tail = list(range(len(e) // 2, len(e)))
    # Two steps at a time, which is as long as the errors swing.
    return np.median([e[k] / e[i] for i, k in zip(tail, tail[2:]) if k == i + 2]) ** 0.5


@accept
def by_formula(errors):
    e = np.array(cut(errors))
    k = np.flatnonzero((e < 1e-3 * e[0]) & (e > 1e-10 * e[0]))
    if k.size < 3:
        k = np.arange(e.size // 2, e.size)
    y = np.log10(e[k])
    slope = ((k - k.mean()) * (y - y.mean())).sum() / ((k - k.mean()) ** 2).sum()
    return 10**slope


@accept
def by_endpoints(errors):
    e = cut(errors)
    k = [i for i, v in enumerate(e) if 1e-10 < v / e[0] < 1e-3]
    if len(k) < 3:
        k = range(len(e) // 2, len(e))
    return (e[k[-1]] / e[k[0]]) ** (1 / (k[-1] - k[0]))


@accept
def by_geometric_mean(errors):
    e = np.array(cut(errors))
    inside = np.flatnonzero((e / e[0] < 1e-3) & (e / e[0] > 1e-10))
    if len(inside) < 3:
        inside = np.arange(len(e) // 2, len(e))
    ratios = e[inside][1:] / e[inside][:-1]
    return float(np.exp(np.mean(np.log(ratios))))


@accept
def by_polynomial_class(errors):
    e = np.array(cut(errors))
    k = np.arange(len(e))
    mask = (e > e[0] * 1e-10) & (e < e[0] * 1e-3)
    if mask.sum() < 3:
        mask = k >= len(e) // 2
    line = np.polynomial.Polynomial.fit(k[mask], np.log(e[mask]), 1).convert()
    return np.exp(line.coef[1])


@accept
def by_slopes_between_all_pairs(errors):
    e = np.array(cut(errors))
    k = np.flatnonzero((e < 1e-3 * e[0]) & (e > 1e-10 * e[0]))
    if len(k) < 3:
        k = np.arange(len(e) // 2, len(e))
    logs = np.log2(e[k])
    slopes = [
        (logs[j] - logs[i]) / (k[j] - k[i]) for i in range(len(k)) for j in range(i + 1, len(k))
    ]
    return 2.0 ** np.median(slopes)


@accept
def by_a_narrower_window(errors):
    e = np.array(cut(errors))
    relative = e / e[0]
    k = np.nonzero((relative < 1e-4) & (relative > 1e-9))[0]
    if len(k) < 3:
        k = np.arange(len(e))[len(e) // 2 :]
    slope, _ = np.polyfit(k.astype(float), np.log(e[k]), deg=1)
    return np.array([math.e**slope])


def logs_in_the_window(errors):
    """Return the steps and the logarithms of the errors in the window."""
    e = np.array(cut(errors))
    k = np.flatnonzero((e <= 1e-3 * e[0]) & (e >= 1e-10 * e[0]))
    if k.size < 3:
        k = np.arange(e.size // 2, e.size)
    return k, np.log(e[k])


@accept
def by_repeated_medians(errors):
    k, y = logs_in_the_window(errors)
    medians = []
    for i in range(len(k)):
        others = np.arange(len(k)) != i
        medians.append(np.median((y[others] - y[i]) / (k[others] - k[i])))
    return math.exp(np.median(medians))


@accept
def by_median_over_half_a_window(errors):
    k, y = logs_in_the_window(errors)
    lag = max(1, len(k) // 2)
    return math.exp(np.median((y[lag:] - y[:-lag]) / (k[lag:] - k[:-lag])))


@accept
def by_least_absolute_deviations(errors):
    k, y = logs_in_the_window(errors)
    A = np.vander(k.astype(float), 2)
    weights = np.ones(len(k))
    for _ in range(50):
        line = np.linalg.lstsq(A * weights[:, None], y * weights, rcond=None)[0]
        weights = 1 / np.sqrt(np.maximum(np.abs(y - A @ line), 1e-3))
    return math.exp(line[0])


accept = BANK.accept("classify_convergence")


@accept
def by_reference_labels(errors):
    from optedu.descent import classify_convergence

    return classify_convergence(errors)


@accept
def by_ratio_of_slopes(errors):
    e = [float(v) for v in errors]
    if any(not math.isfinite(v) for v in e):
        return "diverging"
    y = [math.log(v) for v in e if v > 0]
    n = len(y) - 1
    a, b = n // 3, 2 * n // 3
    early, late = (y[b] - y[a]) / (b - a), (y[n] - y[b]) / (n - b)
    if late >= 0:
        return "diverging"
    q = late / early
    return "superlinear" if q > 1.5 else "sublinear" if q < 0.8 else "linear"


@accept
def by_fitted_slopes(errors):
    e = np.asarray(errors, dtype=float)
    if np.isnan(e).any() or np.isinf(e).any():
        return "diverging"
    y = np.log(e[e != 0])
    tail = np.arange(len(y))[len(y) // 3 :]
    half = len(tail) // 2
    first, second = tail[: half + 1], tail[half:]
    early = np.polyfit(first, y[first], 1)[0]
    late = np.polyfit(second, y[second], 1)[0]
    if late > 0:
        return "diverging"
    if abs(late) < 0.8 * abs(early):
        return "sublinear"
    if abs(late) > 1.3 * abs(early):
        return "superlinear"
    return "linear"


@accept
def by_local_power(errors):
    """Fit log e = a + b k^p and look at p."""
    e = np.array(errors, dtype=float)
    if not np.isfinite(e).all():
        return "diverging"
    e = e[: np.argmax(e == 0)] if (e == 0).any() else e
    y = np.log(e)
    n = len(y)
    i, j = n // 3, 2 * n // 3
    drop_early, drop_late = y[i] - y[j], y[j] - y[-1]
    if drop_late <= 0:
        return "diverging"
    quotient = (drop_late / (n - 1 - j)) / (drop_early / (j - i))
    return np.str_(
        "linear" if 0.77 <= quotient <= 1.4 else "superlinear" if quotient > 1 else "sublinear"
    )


@accept
def by_dictionary(errors):
    e = np.array(errors)
    finite = np.all(np.isfinite(e))
    logs = np.log(e[e > 0]) if finite else np.array([0.0, 1, 2, 3])
    thirds = np.array_split(np.diff(logs)[len(logs) // 3 :], 2)
    early, late = (t.mean() for t in thirds)
    tests = {
        "diverging": not finite or late >= 0,
        "sublinear": late > 0.77 * early,
        "superlinear": late < 1.35 * early,
        "linear": True,
    }
    return next(word for word, true in tests.items() if true)


@accept
def by_median_slopes(errors):
    values = [v for v in errors if v != 0]
    if not all(map(math.isfinite, values)):
        return "diverging"
    slopes = [math.log(b) - math.log(a) for a, b in zip(values, values[1:])]
    settled = slopes[len(slopes) // 3 :]
    half = max(len(settled) // 2, 1)
    early, late = np.median(settled[:half]), np.median(settled[half:])
    if late >= 0:
        return "diverging"
    if late / early < 0.8:
        return "sublinear"
    return "superlinear" if late / early > 1.35 else "linear"


@accept
def by_base_ten(errors):
    e = np.asarray(errors, float)
    if not np.isfinite(e.sum()) or np.isnan(e).any():
        return "diverging"
    y = np.log10(e, where=e > 0, out=np.full(len(e), np.nan))
    y = y[~np.isnan(y)]
    a, b, c = y[len(y) // 3], y[2 * len(y) // 3], y[-1]
    na, nb, nc = len(y) // 3, 2 * len(y) // 3, len(y) - 1
    speeds = (a - b) / (nb - na), (b - c) / (nc - nb)
    if speeds[1] <= 0:
        return "diverging"
    change = np.log(speeds[1] / speeds[0])
    return "linear" if abs(change) < 0.29 else "superlinear" if change > 0 else "sublinear"


@accept
def by_reduce(errors):
    bad = reduce(lambda seen, v: seen or not np.isfinite(v), errors, False)
    if bad:
        return "diverging"
    y = np.log(np.trim_zeros(np.asarray(errors, dtype=float), "b"))
    end = len(y) - 1
    marks = [round(end / 3), round(2 * end / 3), end]
    s = [(y[q] - y[p]) / (q - p) for p, q in zip(marks, marks[1:])]
    if s[1] >= 0:
        return "diverging"
    return ("sublinear", "linear", "superlinear")[int(s[1] < 0.75 * s[0]) + int(s[1] < 1.4 * s[0])]


@accept
def by_two_single_ratios(errors):
    """Compare the ratio halfway with the last one."""
    if not np.all(np.isfinite(errors)):
        return "diverging"
    e = np.trim_zeros(np.asarray(errors, dtype=float), "b")
    y = np.diff(np.log(e))
    middle, end = y[(len(y) - 1) // 2], y[-1]
    if end > 0:
        return "diverging"
    if abs(end - middle) <= 0.1 * abs(middle):
        return "linear"
    return "sublinear" if end > middle else "superlinear"


@accept
def by_prediction(errors):
    """Extend the middle's line to the end: is the last error on it, above it, or below it?"""
    if not np.all(np.isfinite(errors)):
        return "diverging"
    y = np.log(np.trim_zeros(np.asarray(errors, dtype=float), "b"))
    n = len(y)
    a, b = (n // 3, 2 * n // 3) if n > 5 else (0, 2)
    if np.polyfit(np.arange(n)[b - 1 :], y[b - 1 :], 1)[0] > 0:
        return "diverging"
    promised = np.polyfit(np.arange(a, b), y[a:b], 1)[0] * (n - b)
    kept = (y[-1] - y[b - 1]) / promised
    if 0.9 <= kept <= 1.1:
        return "linear"
    return "sublinear" if kept < 0.9 else "superlinear"


@accept
def by_the_time_a_fall_takes(errors):
    e = [float(v) for v in errors]
    if not all(map(math.isfinite, e)):
        return "diverging"
    while e[-1] == 0:
        e.pop()
    n = len(e)
    start, middle = (n // 4, n // 2) if n > 5 else (0, (n - 1) // 2)
    early = math.log(e[start] / e[middle]) / (middle - start)
    late = math.log(e[middle] / e[-1]) / (n - 1 - middle)
    if late < 0 or e[-1] > e[-2]:
        return "diverging"
    if abs(math.log(late / early)) <= 0.1:
        return "linear"
    return "sublinear" if late < early else "superlinear"
