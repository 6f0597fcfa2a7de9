"""Solutions of chapter 2 that were written from the statements alone, without a look at the checks.

On first sight of the first round the checks refused 109 of 111 wrong solutions, accepted 40 of 47
right ones, and named 77 of 86 mistakes that the bank knew. Then they were mended, so the rates of
today are kinder. The second round is younger than most of that.
"""

import functools
import itertools
import math
import numbers
import operator

import numpy as np

from tests.banks.descent import BANK

# D1, wrong


@BANK.held_out("gradient_descent", "aliased_history")
def notebook_habit(grad, x0, learning_rate, n_steps):
    """I made a float copy, so x0 is safe; the list holds the same array again and again."""
    x = np.array(x0, dtype=float)
    path = [x]
    for t in range(1, n_steps + 1):
        lr = learning_rate(t) if callable(learning_rate) else learning_rate
        x -= lr * grad(x)
        path.append(x)
    return path


@BANK.held_out("gradient_descent", "columns")
def matlab_columns(grad, x0, learning_rate, n_steps):
    """A point is a column vector, so the trajectory has a point in each column."""
    n = len(x0)
    X = np.zeros((n, n_steps + 1))
    X[:, 0] = x0
    for k in range(1, n_steps + 1):
        if callable(learning_rate):
            a = learning_rate(k)
        else:
            a = learning_rate
        X[:, k] = X[:, k - 1] - a * grad(X[:, k - 1])
    return X


@BANK.held_out("gradient_descent", "schedule_from_zero")
def schedule_from_zero(grad, x0, learning_rate, n_steps):
    """Python counts from zero, so the schedule does too."""
    schedule = learning_rate if callable(learning_rate) else (lambda t: learning_rate)
    xs = [np.asarray(x0, dtype=float).copy()]
    for t in range(n_steps):
        xs.append(xs[-1] - schedule(t) * grad(xs[-1]))
    return xs


@BANK.held_out("gradient_descent", "early_stop")
def gradient_descent_with_tolerance(grad, x0, learning_rate, n_steps, tol=1e-8):
    """
    Perform gradient descent.

    Stops as soon as the gradient is negligible, because further steps are wasted work.
    """
    current = np.array(x0, dtype=float)
    trajectory = [current.copy()]
    for step in range(1, n_steps + 1):
        gradient = np.asarray(grad(current))
        if np.linalg.norm(gradient) < tol:
            break
        step_size = learning_rate(step) if callable(learning_rate) else float(learning_rate)
        current = current - step_size * gradient
        trajectory.append(current.copy())
    return trajectory


@BANK.held_out("gradient_descent", "stops_diverging")
def guard_against_divergence(grad, x0, learning_rate, n_steps):
    """A run that has blown up has nothing more to say: leave the loop."""
    x = np.array(x0, dtype=float)
    out = [x]
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x - a * grad(x)
        if not np.all(np.isfinite(x)):
            break
        out.append(x)
    return np.array(out)


@BANK.held_out("gradient_descent", "integer_points")
def numba_like(grad, x0, learning_rate, n_steps):
    """Preallocate like x0, whatever its type is: integers stay integers."""
    out = np.empty((n_steps + 1, x0.shape[0]), dtype=x0.dtype)
    out[0] = x0
    for i in range(n_steps):
        a = learning_rate(i + 1) if callable(learning_rate) else learning_rate
        g = grad(out[i])
        for j in range(x0.shape[0]):
            out[i + 1, j] = out[i, j] - a * g[j]
    return out


@BANK.held_out("gradient_descent", "schedule_asked_once")
def rate_looked_up_once(grad, x0, learning_rate, n_steps):
    """Turn the schedule into a number before the loop."""
    if callable(learning_rate):
        learning_rate = learning_rate(1)
    x = np.array(x0, float)
    points = [x]
    for _ in range(n_steps):
        x = x - learning_rate * grad(x)
        points.append(x)
    return points


@BANK.held_out("gradient_descent", "coordinate_by_coordinate")
def one_coordinate_after_the_other(grad, x0, learning_rate, n_steps):
    """Update the coordinates one by one; the second already sees the new first."""
    x = np.array(x0, dtype=float)
    history = [x.copy()]
    for t in range(1, n_steps + 1):
        lr = learning_rate(t) if callable(learning_rate) else learning_rate
        for i in range(len(x)):
            x[i] = x[i] - lr * grad(x)[i]
        history.append(x.copy())
    return history


@BANK.held_out("gradient_descent", "clipped_gradient")
def clipped_blog_version(grad, x0, learning_rate, n_steps):
    """The blog clips each gradient to norm 1, so that it never explodes."""
    x = np.array(x0, dtype=float)
    xs = [x.copy()]
    for t in range(1, n_steps + 1):
        g = grad(x)
        norm = np.linalg.norm(g)
        if norm > 1:
            g = g / norm
        x = x - (learning_rate(t) if callable(learning_rate) else learning_rate) * g
        xs.append(x.copy())
    return xs


@BANK.held_out("gradient_descent")
def shared_default_list(grad, x0, learning_rate, n_steps, points=[]):  # noqa: B006
    """The list is made once, as a default: a second call continues the first one's list."""
    x = np.array(x0, dtype=float)
    points.append(x)
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x - a * grad(x)
        points.append(x)
    return points


@BANK.held_out("gradient_descent", "start_missing")
def first_point_forgotten(grad, x0, learning_rate, n_steps):
    """Only the points after a step are points of the method."""
    x = np.asarray(x0, dtype=float)
    lr = learning_rate if callable(learning_rate) else lambda _: learning_rate
    return [x := x - lr(t) * grad(x) for t in range(1, n_steps + 1)]


@BANK.held_out("gradient_descent", "gradient_at_start")
def gradient_computed_before_the_loop(grad, x0, learning_rate, n_steps):
    """The gradient line slipped above the loop."""
    x = np.array(x0, dtype=float)
    points = [x]
    g = grad(x)
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x - a * g
        points.append(x)
    return points


@BANK.held_out("gradient_descent", "changes_x0")
def julia_style_views(grad, x0, learning_rate, n_steps):
    """x0 is taken over as the work array and updated in place; only the copies are kept."""
    x = np.asarray(x0, dtype=float)
    path = [np.copy(x)]
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x[:] = x - a * grad(x)
        path.append(np.copy(x))
    return path


@BANK.held_out("gradient_descent", "decays_as_one_over_step")
def decay_for_good_measure(grad, x0, learning_rate, n_steps):
    """A number is the initial learning rate; it decays like 1/t, as in the lecture on SGD."""
    x = np.array(x0, dtype=float)
    points = [x]
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate / t
        x = x - a * grad(x)
        points.append(x)
    return points


@BANK.held_out("gradient_descent", "one_step_short")
def range_from_one_to_n(grad, x0, learning_rate, n_steps):
    """range(1, n_steps) looks like 1 to n_steps, so the last step is missing."""
    x = np.array(x0, dtype=float)
    points = [x]
    for t in range(1, n_steps):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x - a * grad(x)
        points.append(x)
    return points


# D1, right


@BANK.held_out_right("gradient_descent")
def plain(grad, x0, learning_rate, n_steps):
    x = np.array(x0, dtype=float)
    points = [x]
    for t in range(1, n_steps + 1):
        if callable(learning_rate):
            alpha = learning_rate(t)
        else:
            alpha = learning_rate
        x = x - alpha * grad(x)
        points.append(x)
    return points


@BANK.held_out_right("gradient_descent")
def with_accumulate(grad, x0, learning_rate, n_steps):
    alpha = learning_rate if callable(learning_rate) else (lambda _: learning_rate)
    start = np.asarray(x0) * 1.0
    return list(
        itertools.accumulate(
            range(1, n_steps + 1), lambda x, t: x - alpha(t) * grad(x), initial=start
        )
    )


@BANK.held_out_right("gradient_descent")
def preallocated(grad, x0, learning_rate, n_steps):
    path = np.zeros((n_steps + 1, np.size(x0)))
    path[0, :] = x0
    k = 0
    while k < n_steps:
        step = learning_rate(k + 1) if callable(learning_rate) else learning_rate
        path[k + 1, :] = path[k, :] - step * grad(path[k, :])
        k += 1
    return path


@BANK.held_out_right("gradient_descent")
def with_a_class(grad, x0, learning_rate, n_steps):
    class Walker:
        def __init__(self):
            self.x = np.array(x0, dtype=np.float64)
            self.t = 0
            self.visited = [self.x.copy()]

        def step_size(self):
            if isinstance(learning_rate, numbers.Number):
                return learning_rate
            return learning_rate(self.t)

        def step(self):
            self.t += 1
            self.x -= self.step_size() * grad(self.x)
            self.visited.append(self.x.copy())

    walker = Walker()
    for _ in range(n_steps):
        walker.step()
    return walker.visited


@BANK.held_out_right("gradient_descent")
def recursion_on_the_prefix(grad, x0, learning_rate, n_steps):
    # The recursion splits the steps in two halves: its depth is a logarithm.
    def walk(x, first, last):
        if first > last:
            return []
        if first == last:
            a = learning_rate(first) if callable(learning_rate) else learning_rate
            return [x - a * np.asarray(grad(x))]
        middle = (first + last) // 2
        head = walk(x, first, middle)
        return head + walk(head[-1], middle + 1, last)

    start = np.array(x0, dtype=float)
    return [start, *walk(start, 1, n_steps)]


@BANK.held_out_right("gradient_descent")
def rates_first(grad, x0, learning_rate, n_steps):
    # The rates may be asked for before the run: they depend on the step alone.
    steps = np.arange(1, n_steps + 1)
    if callable(learning_rate):
        alphas = [learning_rate(int(t)) for t in steps]
    else:
        alphas = np.full(n_steps, learning_rate)
    xs = np.array(x0, dtype=float)[None, :]
    for a in alphas:
        xs = np.vstack([xs, xs[-1] - a * grad(xs[-1])])
    return xs


@BANK.held_out_right("gradient_descent")
def generator(grad, x0, learning_rate, n_steps):
    # One gradient more than needed is asked for, at the last point; nothing forbids it.
    def iterates():
        x, t = np.array(x0, dtype=float), 1
        while True:
            yield x.copy()
            alpha = learning_rate(t) if hasattr(learning_rate, "__call__") else learning_rate
            x = np.add(x, np.multiply(-alpha, grad(x)))
            t += 1

    return list(itertools.islice(iterates(), n_steps + 1))


@BANK.held_out_right("gradient_descent")
def loops_over_coordinates(grad, x0, learning_rate, n_steps):
    path = [[float(v) for v in x0]]
    for t in range(n_steps):
        g = grad(np.array(path[t]))
        try:
            a = learning_rate(t + 1)
        except TypeError:
            a = learning_rate
        path.append([path[t][j] - a * float(g[j]) for j in range(len(x0))])
    return np.array(path)


# D2, curvature_bounds, wrong


@BANK.held_out("curvature_bounds", "not_divided")
def not_divided(X):
    """The Hessian of least squares is X'X, full stop."""
    w = np.linalg.eigvalsh(X.T @ X)
    return w[-1], w[0]


@BANK.held_out("curvature_bounds", "factor_half")
def factor_of_the_loss(X):
    """The loss has 1/(2N), so the Hessian has it, too."""
    H = X.T.dot(X) / (2 * len(X))
    lam = np.linalg.eigvalsh(H)
    return float(lam.max()), float(lam.min())


@BANK.held_out("curvature_bounds", "swapped")
def ascending(X):
    """eigvalsh sorts upwards, and I return the ends as they come."""
    n_samples, _ = X.shape
    first, *_, last = np.linalg.eigvalsh(X.T @ X / n_samples)
    return first, last


@BANK.held_out("curvature_bounds")
def unsorted_eig(X):
    """eig gives the largest first and the smallest last, as svd does."""
    values, _ = np.linalg.eig(X.T @ X / X.shape[0])
    return values[0].real, values[-1].real


@BANK.held_out("curvature_bounds", "flat_direction_lost")
def via_svd(X):
    """Squared singular values over N; a wide X has no flat direction in this list."""
    s = np.linalg.svd(X, compute_uv=False)
    return s[0] ** 2 / X.shape[0], s[-1] ** 2 / X.shape[0]


@BANK.held_out("curvature_bounds", "singular_values_over_n")
def singular_values_themselves(X):
    """The singular values of X over N are the eigenvalues of X'X over N."""
    s = np.zeros(X.shape[1])
    sv = np.linalg.svd(X, compute_uv=False)
    s[: len(sv)] = sv
    return s.max() / len(X), s.min() / len(X)


@BANK.held_out("curvature_bounds", "zeros_left_out")
def drops_zero_eigenvalues(X):
    """Zero eigenvalues would make kappa infinite: keep the positive ones."""
    eigenvalues = np.linalg.eigvalsh(X.T @ X / len(X))
    positive = [v for v in eigenvalues if v > 1e-12]
    return max(positive), min(positive)


@BANK.held_out("curvature_bounds", "centered")
def covariance_matrix(X):
    """X'X/N is the covariance matrix, for which NumPy has a function."""
    C = np.atleast_2d(np.cov(X, rowvar=False, bias=True))
    v = np.linalg.eigvalsh(C)
    return v[-1], v[0]


@BANK.held_out("curvature_bounds", "divided_by_columns")
def number_of_columns(X):
    """In Julia and in my head the data are columns: N is shape[1]."""
    N = X.shape[1]
    ev = np.linalg.eigvalsh(X.T @ X / N)
    return ev[-1], ev[0]


@BANK.held_out("curvature_bounds", "diagonal_only")
def diagonal_of_the_hessian(X):
    """The curvatures are the second derivatives, which are on the diagonal."""
    H = X.T @ X / X.shape[0]
    d = np.diag(H)
    return np.max(d), np.min(d)


@BANK.held_out("curvature_bounds")
def wide_means_rows_not_more(X):
    """Flat if there are at most as many rows as columns, so a square X is flat, too."""
    n, p = X.shape
    s = np.linalg.svd(X, compute_uv=False)
    m = 0.0 if n <= p else s[-1] ** 2 / n
    return s[0] ** 2 / n, m


@BANK.held_out("curvature_bounds")
def inverse_power(X):
    """L by the norm of H and m by the norm of its inverse; a flat H has no inverse."""
    H = X.T @ X / X.shape[0]
    return np.linalg.norm(H, 2), 1 / np.linalg.norm(np.linalg.inv(H), 2)


@BANK.held_out("curvature_bounds", "frobenius")
def frobenius(X):
    """np.linalg.norm of a matrix is its largest eigenvalue, I thought."""
    H = X.T @ X / X.shape[0]
    return np.linalg.norm(H), np.linalg.eigvalsh(H)[0]


@BANK.held_out("curvature_bounds")
def never_quite_flat(X):
    """m is kept away from zero, so that L/m can be formed."""
    eig = np.linalg.eigvalsh(X.T @ X / X.shape[0])
    return eig[-1], max(eig[0], 1e-3)


@BANK.held_out("curvature_bounds")
def twenty_power_iterations(X):
    """Power iteration for L, on L I - H for m; twenty rounds must be enough."""
    H = X.T @ X / X.shape[0]

    def top(A):
        v = np.ones(len(A)) / math.sqrt(len(A))
        for _ in range(20):
            w = A @ v
            v = w / (np.linalg.norm(w) + 1e-300)
        return v @ A @ v

    L = top(H)
    return L, L - top(L * np.eye(len(H)) - H)


# D2, curvature_bounds, right


@BANK.held_out_right("curvature_bounds")
def eigvalsh_ends(X):
    eigenvalues = np.linalg.eigvalsh(X.T @ X / X.shape[0])
    return eigenvalues[-1], eigenvalues[0]


@BANK.held_out_right("curvature_bounds")
def svd_with_the_wide_case(X):
    n, p = np.shape(X)
    s = np.linalg.svd(X, compute_uv=False)
    if n < p:
        return s[0] ** 2 / n, 0.0
    return s[0] ** 2 / n, s[-1] ** 2 / n


@BANK.held_out_right("curvature_bounds")
def eig_general(X):
    # The values may come in any order, and complex by rounding.
    values = np.real(np.linalg.eigvals(np.dot(np.transpose(X), X) / len(X)))
    ordered = sorted(values, reverse=True)
    return [float(ordered[0]), float(ordered[-1])][0], float(ordered[-1])


@BANK.held_out_right("curvature_bounds")
def scaled_data(X):
    # H = A'A with A = X / sqrt(N).
    A = np.asarray(X, dtype=float) / np.sqrt(len(X))
    values, _ = np.linalg.eigh(np.einsum("ni,nj->ij", A, A))
    return values.max(), max(values.min(), 0.0)


@BANK.held_out_right("curvature_bounds")
def sum_of_outer_products(X):
    def hessian(rows):
        return functools.reduce(operator.add, (np.outer(r, r) for r in rows)) / len(rows)

    spectrum = np.linalg.eigvalsh(hessian(X))
    smoothness, strong_convexity = spectrum[-1], spectrum[0]
    return smoothness, strong_convexity


@BANK.held_out_right("curvature_bounds")
def norms_and_rank(X):
    # ||X||_2 is the largest singular value, norm(X, -2) the smallest of min(N, p) of them.
    n, p = X.shape
    flat = np.linalg.matrix_rank(X) < p
    return np.linalg.norm(X, 2) ** 2 / n, 0.0 if flat else np.linalg.norm(X, -2) ** 2 / n


# D2, rate, wrong


@BANK.held_out("rate", "no_absolute_value")
def without_absolute_value(learning_rate, smoothness, strong_convexity):
    """Forgot that the factor of the steep end may be negative."""
    return max(1 - learning_rate * smoothness, 1 - learning_rate * strong_convexity)


@BANK.held_out("rate", "flat_only")
def absolute_value_outside(learning_rate, smoothness, strong_convexity):
    """The absolute value is taken of the larger factor."""
    return abs(max(1 - learning_rate * lam for lam in (smoothness, strong_convexity)))


@BANK.held_out("rate", "steep_only")
def steep_end_only(learning_rate, smoothness, strong_convexity):
    """The steep direction decides, the rest is harmless."""
    return np.abs(1 - learning_rate * smoothness)


@BANK.held_out("rate", "flat_only")
def flat_end_only(learning_rate, smoothness, strong_convexity):
    """The slowest direction is the flattest one."""
    return abs(1.0 - learning_rate * strong_convexity)


@BANK.held_out("rate", "switches_too_early")
def two_branches(learning_rate, smoothness, strong_convexity):
    """Below 1/L the flat end is slow; above it the steep end overshoots and is slow."""
    if learning_rate < 1 / smoothness:
        return 1 - learning_rate * strong_convexity
    return learning_rate * smoothness - 1


@BANK.held_out("rate", "never_above_one")
def capped(learning_rate, smoothness, strong_convexity):
    """A rate is at most one."""
    r = max(abs(1 - learning_rate * smoothness), abs(1 - learning_rate * strong_convexity))
    return r if r < 1 else 1.0


@BANK.held_out("rate", "optimal_rate")
def formula_of_the_book(learning_rate, smoothness, strong_convexity):
    """The rate of gradient descent is (kappa - 1)/(kappa + 1)."""
    return (smoothness - strong_convexity) / (smoothness + strong_convexity)


@BANK.held_out("rate", "squared")
def squared_contraction(learning_rate, smoothness, strong_convexity):
    """The loss shrinks by the square."""
    factors = np.array([1 - learning_rate * smoothness, 1 - learning_rate * strong_convexity])
    return float(np.max(factors**2))


@BANK.held_out("rate", "best_direction")
def best_direction(learning_rate, smoothness, strong_convexity):
    """min, since a small rate is good."""
    return min(
        abs(1 - learning_rate * smoothness),
        abs(1 - learning_rate * strong_convexity),
    )


@BANK.held_out("rate")
def arange_without_the_end(learning_rate, smoothness, strong_convexity):
    """Try all the curvatures; arange stops before the steepest."""
    lam = np.arange(strong_convexity, smoothness, (smoothness - strong_convexity) / 10)
    return np.max(np.abs(1 - learning_rate * lam))


@BANK.held_out("rate", "mean_of_factors")
def mean_factor(learning_rate, smoothness, strong_convexity):
    """On average over the two directions."""
    a = abs(1 - learning_rate * smoothness)
    b = abs(1 - learning_rate * strong_convexity)
    return (a + b) / 2


@BANK.held_out("rate")
def complain_about_divergence(learning_rate, smoothness, strong_convexity):
    """A learning rate above 2/L is an error of the caller."""
    if not 0 < learning_rate < 2 / smoothness:
        raise ValueError("learning_rate must be between 0 and 2/L")
    return max(abs(1 - learning_rate * smoothness), abs(1 - learning_rate * strong_convexity))


@BANK.held_out("rate")
def gradient_flow(learning_rate, smoothness, strong_convexity):
    """The error decays like exp(-m t), a step is alpha of time."""
    return math.exp(-learning_rate * strong_convexity)


@BANK.held_out("rate", "sum_as_eigenvalue")
def inside_only(learning_rate, smoothness, strong_convexity):
    """The mean curvature stands for the whole interval."""
    middle = 0.5 * (smoothness + strong_convexity)
    return abs(1 - learning_rate * middle)


# D2, rate, right


@BANK.held_out_right("rate")
def two_ends(learning_rate, smoothness, strong_convexity):
    return max(abs(1 - learning_rate * smoothness), abs(1 - learning_rate * strong_convexity))


@BANK.held_out_right("rate")
def infinity_norm(learning_rate, smoothness, strong_convexity):
    ends = np.array([smoothness, strong_convexity])
    return np.linalg.norm(1 - learning_rate * ends, np.inf)


@BANK.held_out_right("rate")
def grid_with_the_ends(learning_rate, smoothness, strong_convexity):
    # linspace has both ends, and the largest value of a V is at one of them.
    lam = np.linspace(strong_convexity, smoothness, 1001)
    return np.abs(1 - learning_rate * lam).max()


@BANK.held_out_right("rate")
def center_and_radius(learning_rate, smoothness, strong_convexity):
    # The largest |z| on an interval is |center| + radius.
    center = 1 - learning_rate * (smoothness + strong_convexity) / 2
    radius = abs(learning_rate) * (smoothness - strong_convexity) / 2
    return abs(center) + radius


@BANK.held_out_right("rate")
def branch_at_the_corner(learning_rate, smoothness, strong_convexity):
    # Right for positive rates; the corner is at 2/(L + m).
    if learning_rate * (smoothness + strong_convexity) <= 2:
        return 1 - learning_rate * strong_convexity
    else:
        return learning_rate * smoothness - 1


@BANK.held_out_right("rate")
def signs(learning_rate, smoothness, strong_convexity):
    # |z| = max(z, -z), so four candidates.
    flat, steep = (1 - learning_rate * c for c in (strong_convexity, smoothness))
    return sorted([flat, -flat, steep, -steep])[-1]


# D2, best_learning_rate, wrong


@BANK.held_out("best_learning_rate", "safe_choice")
def one_over_l(smoothness, strong_convexity):
    """The theorem says 1/L."""
    return 1 / smoothness


@BANK.held_out("best_learning_rate", "stability_limit")
def edge_of_stability(smoothness, strong_convexity):
    """The largest rate that still converges is the fastest."""
    return 2.0 / smoothness


@BANK.held_out("best_learning_rate", "half")
def forgotten_two(smoothness, strong_convexity):
    """Solved 1 - am = aL - 1 and lost a 1."""
    return 1.0 / (smoothness + strong_convexity)


@BANK.held_out("best_learning_rate", "difference")
def sign_slip(smoothness, strong_convexity):
    """Brought am to the wrong side."""
    if smoothness == strong_convexity:
        return 1 / smoothness
    return 2.0 / (smoothness - strong_convexity)


@BANK.held_out("best_learning_rate", "precedence")
def precedence(smoothness, strong_convexity):
    """No parentheses around the sum."""
    return 2 / smoothness + strong_convexity


@BANK.held_out("best_learning_rate", "geometric_mean")
def geometric_mean(smoothness, strong_convexity):
    """The inverse of the geometric mean of the curvatures."""
    return 1 / np.sqrt(smoothness * strong_convexity)


@BANK.held_out("best_learning_rate", "condition_number")
def with_kappa(smoothness, strong_convexity):
    """2/(1 + kappa), and m got lost."""
    kappa = smoothness / strong_convexity
    return 2 / (1 + kappa)


@BANK.held_out("best_learning_rate", "best_rate")
def the_rate_instead(smoothness, strong_convexity):
    """Returns how fast it is, not the learning rate."""
    kappa = smoothness / strong_convexity
    return (kappa - 1) / (kappa + 1)


@BANK.held_out("best_learning_rate", "momentum_formula")
def momentum_formula(smoothness, strong_convexity):
    """4/(sqrt L + sqrt m)^2 from the page on momentum."""
    return 4 / (math.sqrt(smoothness) + math.sqrt(strong_convexity)) ** 2


@BANK.held_out("best_learning_rate")
def coarse_grid(smoothness, strong_convexity):
    """Tries 50 learning rates and returns the best of them."""
    candidates = np.linspace(0, 2 / smoothness, 50)
    worst = [max(abs(1 - a * smoothness), abs(1 - a * strong_convexity)) for a in candidates]
    return candidates[int(np.argmin(worst))]


@BANK.held_out("best_learning_rate")
def search_up_to_one(smoothness, strong_convexity):
    """Ternary search; a learning rate is between 0 and 1."""
    lo, hi = 0.0, 1.0

    def f(a):
        return max(abs(1 - a * smoothness), abs(1 - a * strong_convexity))

    for _ in range(200):
        p, q = lo + (hi - lo) / 3, hi - (hi - lo) / 3
        if f(p) < f(q):
            hi = q
        else:
            lo = p
    return (lo + hi) / 2


@BANK.held_out("best_learning_rate", "mean_of_inverses")
def mean_of_inverses(smoothness, strong_convexity):
    """1/L is best for the steep end, 1/m for the flat one: take the mean."""
    return (1 / smoothness + 1 / strong_convexity) / 2


@BANK.held_out("best_learning_rate", "inverted")
def mean_curvature_not_inverted(smoothness, strong_convexity):
    """The mean of L and m; the division is missing."""
    return (smoothness + strong_convexity) / 2


@BANK.held_out("best_learning_rate")
def safety_margin(smoothness, strong_convexity):
    """Ten percent below the optimum, to be safe against rounding."""
    return 0.9 * 2 / (smoothness + strong_convexity)


# D2, best_learning_rate, right


@BANK.held_out_right("best_learning_rate")
def closed_form(smoothness, strong_convexity):
    return 2 / (smoothness + strong_convexity)


@BANK.held_out_right("best_learning_rate")
def inverse_of_the_mean(smoothness, strong_convexity):
    return 1 / np.mean([smoothness, strong_convexity])


@BANK.held_out("best_learning_rate")
def golden_section(smoothness, strong_convexity):
    """Bisection on the difference of the two sizes, which is zero everywhere where L = m."""

    # The best rate is in [0, 2/L]; the difference of the two sizes changes sign there once.
    def difference(a):
        return abs(1 - a * smoothness) - abs(1 - a * strong_convexity)

    low, high = 1 / smoothness, 2 / smoothness
    for _ in range(200):
        middle = (low + high) / 2
        if difference(middle) > 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


@BANK.held_out_right("best_learning_rate")
def linear_equation(smoothness, strong_convexity):
    # 1 - a m = a L - 1 as a system of one unknown.
    matrix, side = np.array([[smoothness + strong_convexity]]), np.array([2.0])
    return float(np.linalg.solve(matrix, side)[0])


@BANK.held_out_right("best_learning_rate")
def through_kappa(smoothness, strong_convexity):
    # With m = 0 each rate in [0, 2/L] has the rate 1, and so 1/L is as good as any.
    if strong_convexity <= 0:
        return 1 / smoothness
    kappa = smoothness / strong_convexity
    return 2 / (strong_convexity * (kappa + 1))


@BANK.held_out_right("best_learning_rate")
def from_the_best_rate(smoothness, strong_convexity):
    # At the best rate r the steep end has the factor -r: 1 - a L = -r.
    best = (smoothness - strong_convexity) / (smoothness + strong_convexity)
    return (1 + best) / smoothness


# D3, wrong


@BANK.held_out("backtracking", "accepts_nan")
def shrinks_while_too_high(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """while new > bound: a NaN is not larger than anything, so the loop ends."""
    slope = grads @ direction
    if np.all(direction == 0):
        return initial_step
    if not slope < 0:
        raise ValueError("direction is not a descent direction")
    t, f0, tries = initial_step, loss(params), 0
    while loss(params + t * direction) > f0 + c * t * slope:
        if tries == max_shrinks:
            raise ValueError("no step found")
        t *= shrink
        tries += 1
    return t


@BANK.held_out("backtracking", "slope_of_steepest")
def steepest_descent_only(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """The slope is minus the squared norm of the gradient, as on the blog."""
    if not np.any(direction):
        return initial_step
    if grads @ direction >= 0:
        raise ValueError("not a descent direction")
    step = initial_step
    base = loss(params)
    for _ in range(max_shrinks + 1):
        new = loss(params + step * direction)
        if np.isfinite(new) and new <= base - c * step * (grads @ grads):
            return step
        step *= shrink
    raise ValueError("no good step")


@BANK.held_out("backtracking", "climbing_allowed")
def trusts_the_direction(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """No look at the sign of the slope: who calls me knows what he does."""
    if np.linalg.norm(direction) == 0:
        return initial_step
    slope = np.dot(grads, direction)
    t = initial_step
    for _ in range(max_shrinks + 1):
        value = loss(params + t * direction)
        if np.isfinite(value) and value <= loss(params) + c * t * slope:
            return t
        t = t * shrink
    raise ValueError("nothing but bad steps")


@BANK.held_out("backtracking", "still_refused")
def zero_is_no_descent(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """The slope of a zero direction is zero, which is not negative."""
    slope = float(np.dot(grads, direction))
    if slope >= 0:
        raise ValueError(f"slope must be negative, got {slope}")
    f0 = loss(params)
    steps = (initial_step * shrink**k for k in range(max_shrinks + 1))
    for t in steps:
        f = loss(params + t * direction)
        if math.isfinite(f) and f <= f0 + c * t * slope:
            return t
    raise ValueError("all steps were bad")


@BANK.held_out("backtracking", "strict_decrease", "any_decrease")
def any_decrease(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """A step that makes the loss smaller is good enough."""
    if not direction.any():
        return initial_step
    if grads.dot(direction) >= 0:
        raise ValueError("uphill")
    t = initial_step
    for _ in range(max_shrinks + 1):
        if loss(params + t * direction) < loss(params):
            return t
        t *= shrink
    raise ValueError("gave up")


@BANK.held_out("backtracking", "shrinks_first")
def shrinks_first(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """The step is shrunk at the top of the loop, before it was tried."""
    if np.count_nonzero(direction) == 0:
        return initial_step
    slope = grads @ direction
    if slope >= 0:
        raise ValueError("does not descend")
    step = initial_step
    for _ in range(max_shrinks + 1):
        step = step * shrink
        new = loss(params + step * direction)
        if np.isfinite(new) and new <= loss(params) + c * step * slope:
            return step
    raise ValueError("no step")


@BANK.held_out("backtracking", "step_missing")
def step_missing_in_the_bound(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """Armijo's line without t: the loss must fall by c times the slope, always."""
    slope = grads @ direction
    if not np.any(direction):
        return initial_step
    if slope >= 0:
        raise ValueError("no descent")
    target = loss(params) + c * slope
    t = initial_step
    for _ in range(max_shrinks + 1):
        if loss(params + t * direction) <= target:
            return t
        t *= shrink
    raise ValueError("no step")


@BANK.held_out("backtracking")
def moves_the_caller(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """Tries a step by walking there, and forgets to walk back."""
    slope = grads @ direction
    if np.all(direction == 0):
        return initial_step
    if slope >= 0:
        raise ValueError("no descent")
    f0, t = loss(params), initial_step
    for _ in range(max_shrinks + 1):
        params += t * direction
        new = loss(params)
        if np.isfinite(new) and new <= f0 + c * t * slope:
            return t
        params -= t * direction
        t *= shrink
    raise ValueError("no step")


@BANK.held_out("backtracking", "no_limit")
def loops_until_it_works(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """while True ends by itself: some step is small enough."""
    slope = np.inner(grads, direction)
    if (direction == 0).all():
        return initial_step
    if slope >= 0:
        raise ValueError("slope is not negative")
    t, here = initial_step, loss(params)
    while True:
        there = loss(params + t * direction)
        if np.isfinite(there) and there <= here + c * t * slope:
            return t
        t *= shrink


@BANK.held_out("backtracking", "gives_up_silently")
def best_effort(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """After so many bad steps the last one is tiny, so it does no harm."""
    if not np.any(direction):
        return initial_step
    slope = grads @ direction
    if slope >= 0:
        raise ValueError("not a descent direction")
    t = initial_step
    f0 = loss(params)
    for _ in range(max_shrinks + 1):
        f = loss(params + t * direction)
        if not np.isnan(f) and not np.isinf(f) and f <= f0 + c * t * slope:
            break
        t *= shrink
    return t


@BANK.held_out("backtracking", "tiny_taken_for_zero")
def nearly_zero(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """Never compare floats with ==; np.allclose it is."""
    if np.allclose(direction, 0):
        return initial_step
    slope = grads @ direction
    if slope >= 0:
        raise ValueError("slope must be negative")
    t = initial_step
    f0 = loss(params)
    for _ in range(max_shrinks + 1):
        f = loss(params + t * direction)
        if np.isfinite(f) and f <= f0 + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no good step")


@BANK.held_out("backtracking", "hard_coded_shrink")
def always_halves(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """Backtracking means halving."""
    slope = grads @ direction
    if not np.any(direction):
        return initial_step
    if slope >= 0:
        raise ValueError("slope must be negative")
    t = initial_step
    f0 = loss(params)
    for _ in range(max_shrinks + 1):
        f = loss(params + t * direction)
        if np.isfinite(f) and f <= f0 + c * t * slope:
            return t
        t /= 2
    raise ValueError("no good step")


@BANK.held_out("backtracking", "nonfinite_raises")
def nan_is_an_error(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """A loss that is not a number must be a bug of the caller: say so."""
    slope = grads @ direction
    if not np.any(direction):
        return initial_step
    if slope >= 0:
        raise ValueError("slope must be negative")
    t = initial_step
    for _ in range(max_shrinks + 1):
        f = loss(params + t * direction)
        if not np.isfinite(f):
            raise ValueError("the loss is not finite")
        if f <= loss(params) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no good step")


@BANK.held_out("backtracking", "flat_allowed")
def flat_is_fine(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """slope > 0 is uphill; zero is let through."""
    slope = grads @ direction
    if slope > 0:
        raise ValueError("uphill")
    if slope == 0:
        return initial_step
    t = initial_step
    for _ in range(max_shrinks + 1):
        f = loss(params + t * direction)
        if np.isfinite(f) and f <= loss(params) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no good step")


@BANK.held_out("backtracking", "ignores_max_shrinks", "limit_too_small")
def thirty_tries(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """2**-30 is small enough for everybody."""
    slope = grads @ direction
    if not np.any(direction):
        return initial_step
    if slope >= 0:
        raise ValueError("uphill")
    for k in range(30):
        t = initial_step * shrink**k
        f = loss(params + t * direction)
        if np.isfinite(f) and f <= loss(params) + c * t * slope:
            return t
    raise ValueError("no good step")


@BANK.held_out("backtracking", "other_error")
def asserts_descent(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """assert says the same as ValueError, in one line."""
    if not np.any(direction):
        return initial_step
    slope = grads @ direction
    assert slope < 0, "direction must descend"
    t = initial_step
    for _ in range(max_shrinks + 1):
        f = loss(params + t * direction)
        if np.isfinite(f) and f <= loss(params) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no good step")


@BANK.held_out("backtracking", "returns_point")
def returns_the_point(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """The next point is what the caller wants, after all."""
    if not np.any(direction):
        return initial_step
    slope = grads @ direction
    if slope >= 0:
        raise ValueError("uphill")
    t = initial_step
    for _ in range(max_shrinks + 1):
        candidate = params + t * direction
        f = loss(candidate)
        if np.isfinite(f) and f <= loss(params) + c * t * slope:
            return candidate
        t *= shrink
    raise ValueError("no good step")


@BANK.held_out("backtracking", "normalized_direction")
def unit_direction(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """A direction has length one, so I normalize it first."""
    norm = np.linalg.norm(direction)
    if norm == 0:
        return initial_step
    d = direction / norm
    slope = grads @ d
    if slope >= 0:
        raise ValueError("uphill")
    t = initial_step
    for _ in range(max_shrinks + 1):
        f = loss(params + t * d)
        if np.isfinite(f) and f <= loss(params) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no good step")


# D3, right


@BANK.held_out_right("backtracking")
def for_loop(loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100):
    if not np.any(direction):
        return initial_step
    slope = grads @ direction
    if not slope < 0:
        raise ValueError("the direction does not descend")
    value, step = loss(params), initial_step
    for _ in range(max_shrinks + 1):
        new = loss(params + step * direction)
        if np.isfinite(new) and new <= value + c * step * slope:
            return step
        step *= shrink
    raise ValueError("all steps were bad")


@BANK.held_out_right("backtracking")
def by_the_hint(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    # The comparison of the hint refuses NaN and plus infinity.
    if np.linalg.norm(direction) == 0:
        return initial_step
    slope = np.dot(grads, direction)
    if slope >= 0:
        raise ValueError
    step = initial_step
    tries = 0
    while tries <= max_shrinks:
        if loss(params + step * direction) <= loss(params) + c * step * slope:
            return step
        step = step * shrink
        tries = tries + 1
    raise ValueError("no step found")


@BANK.held_out_right("backtracking")
def next_of_a_generator(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    # shrink**k differs from repeated products by rounding alone.
    slope = sum(g * d for g, d in zip(grads, direction, strict=True))
    if all(d == 0 for d in direction):
        return initial_step
    if slope >= 0 or slope != slope:
        raise ValueError("no descent")
    f0 = loss(params)

    def good(t):
        f = loss(params + t * direction)
        return math.isfinite(f) and f - f0 <= c * t * slope

    first = next(filter(good, (initial_step * shrink**k for k in range(max_shrinks))), None)
    if first is None:
        raise ValueError("every step was refused")
    return first


@BANK.held_out_right("backtracking")
def recursive(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    slope = float(np.sum(grads * direction))
    if np.array_equal(direction, np.zeros_like(direction)):
        return initial_step
    if slope >= 0:
        raise ValueError("slope must be negative")
    f0 = loss(params)

    def search(t, left):
        if left < 0:
            raise ValueError("out of tries")
        f = loss(params + t * direction)
        bad = np.isnan(f) or np.isinf(f) or f > f0 + c * t * slope
        return search(t * shrink, left - 1) if bad else t

    return search(initial_step, max_shrinks)


@BANK.held_out_right("backtracking")
def with_helpers(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    class LineSearchError(ValueError):
        """A ValueError of our own is a ValueError."""

    def is_zero(vector):
        return bool((np.asarray(vector) == 0.0).all())

    def satisfies_armijo(new_loss, current_loss, step, slope):
        if not np.isfinite(new_loss):
            return False
        sufficient_decrease = -c * step * slope
        return current_loss - new_loss >= sufficient_decrease

    if is_zero(direction):
        return initial_step
    slope = np.vdot(grads, direction)
    if slope >= 0.0:
        raise LineSearchError("direction is not a descent direction")
    current_loss = loss(params)
    step = initial_step
    for attempt in range(max_shrinks + 1):
        if satisfies_armijo(loss(params + step * direction), current_loss, step, slope):
            return step
        if attempt < max_shrinks:
            step *= shrink
    raise LineSearchError(f"no acceptable step after {max_shrinks} shrinks")


@BANK.held_out_right("backtracking")
def all_at_once(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    # All the losses are computed; the first good one is returned all the same.
    if not np.abs(direction).max() > 0:
        return initial_step
    slope = np.einsum("i,i", grads, direction)
    if slope >= 0:
        raise ValueError("not downhill")
    steps = initial_step * shrink ** np.arange(max_shrinks + 1.0)
    losses = np.array([loss(params + t * direction) for t in steps])
    with np.errstate(invalid="ignore"):
        good = np.isfinite(losses) & (losses <= loss(params) + c * steps * slope)
    if not good.any():
        raise ValueError("no good step")
    return steps[np.argmax(good)]


# D4, measure_rate, wrong


@BANK.held_out("measure_rate", "last_ratio")
def last_ratio(errors):
    """The rate is the last ratio."""
    return errors[-1] / errors[-2]


@BANK.held_out("measure_rate", "root_of_whole_run")
def geometric_mean_of_everything(errors):
    """From the first error to the last, on average."""
    e = np.asarray(errors, dtype=float)
    e = e[np.isfinite(e) & (e > 0)]
    return (e[-1] / e[0]) ** (1 / (len(e) - 1))


def _cut(errors):
    e = np.asarray(errors, dtype=float)
    bad = np.flatnonzero(~np.isfinite(e) | (e == 0))
    return e[: bad[0]] if len(bad) else e


def _window(e):
    inside = e[(e <= 1e-3 * e[0]) & (e >= 1e-10 * e[0])]
    return inside if len(inside) >= 3 else e[len(e) // 2 :]


@BANK.held_out("measure_rate", "slope_not_factor")
def slope_not_exponentiated(errors):
    """The slope of the line is the rate."""
    w = _window(_cut(errors))
    return np.polyfit(np.arange(len(w)), np.log(w), 1)[0]


@BANK.held_out("measure_rate", "everything")
def fit_of_the_whole_run(errors):
    """One line through all the errors."""
    e = _cut(errors)
    return float(np.exp(np.polyfit(range(len(e)), np.log(e), 1)[0]))


@BANK.held_out("measure_rate", "base_ten")
def log10_and_exp(errors):
    """log10 as on the plot, and exp to go back."""
    w = _window(_cut(errors))
    return np.exp(np.polyfit(np.arange(len(w)), np.log10(w), 1)[0])


@BANK.held_out("measure_rate", "first_half")
def fit_of_the_start(errors):
    """The first half is clean, the second one may have rounding in it."""
    e = _cut(errors)
    first = e[: max(len(e) // 2, 2)]
    return np.exp(np.polyfit(np.arange(len(first)), np.log(first), 1)[0])


@BANK.held_out("measure_rate", "second_half")
def second_half_always(errors):
    """Settled means the second half."""
    e = _cut(errors)
    tail = e[len(e) // 2 :]
    return np.exp(np.polyfit(np.arange(tail.size), np.log(tail), 1)[0])


@BANK.held_out("measure_rate", "absolute_window")
def absolute_window(errors):
    """Errors between 1e-3 and 1e-10, whatever the first one is."""
    e = _cut(errors)
    w = e[(e < 1e-3) & (e > 1e-10)]
    if len(w) < 3:
        w = e[len(e) // 2 :]
    return np.exp(np.polyfit(np.arange(len(w)), np.log(w), 1)[0])


@BANK.held_out("measure_rate", "median_ratio")
def median_ratio(errors):
    """The median of the ratios in the window is robust."""
    w = _window(_cut(errors))
    return float(np.median(w[1:] / w[:-1]))


@BANK.held_out("measure_rate", "unusable_skipped")
def drops_bad_values(errors):
    """Filter out zeros and NaN; what comes later stays."""
    e = np.asarray(errors, dtype=float)
    w = _window(e[np.isfinite(e) & (e > 0)])
    return np.exp(np.polyfit(np.arange(len(w)), np.log(w), 1)[0])


@BANK.held_out("measure_rate", "zeros_not_ended")
def zero_not_handled(errors):
    """np.log of whatever comes."""
    e = np.array(errors, dtype=float)
    inside = (e < 1e-3 * e[0]) & (e > 1e-10 * e[0])
    k = np.arange(len(e))
    if inside.sum() < 3:
        inside = k >= len(e) // 2
    with np.errstate(all="ignore"):
        slope = np.cov(k[inside], np.log(e[inside]))[0, 1] / np.var(k[inside], ddof=1)
        return float(np.exp(slope))


@BANK.held_out("measure_rate")
def never_above_one(errors):
    """An error cannot grow, so a slope above zero is noise."""
    w = _window(_cut(errors))
    slope = np.polyfit(np.arange(len(w)), np.log(w), 1)[0]
    return np.exp(-abs(slope))


@BANK.held_out("measure_rate", "falls_back_on_everything")
def falls_back_to_everything(errors):
    """If the window has fewer than three errors, take them all."""
    e = _cut(errors)
    w = e[(e <= 1e-3 * e[0]) & (e >= 1e-10 * e[0])]
    if len(w) < 3:
        w = e
    return np.exp(np.polyfit(np.arange(len(w)), np.log(w), 1)[0])


@BANK.held_out("measure_rate", "one_step_more")
def one_root_too_many(errors):
    """n errors, so the n-th root of the quotient; there are n - 1 steps."""
    w = _window(_cut(errors))
    return (w[-1] / w[0]) ** (1 / len(w))


@BANK.held_out("measure_rate")
def loss_not_distance(errors):
    """Losses shrink by the square, so take the root."""
    w = _window(_cut(errors))
    return math.sqrt(math.exp(np.polyfit(np.arange(len(w)), np.log(w), 1)[0]))


@BANK.held_out("measure_rate")
def axes_swapped(errors):
    """polyfit(log e, k): the arguments are the wrong way round."""
    w = _window(_cut(errors))
    return np.exp(np.polyfit(np.log(w), np.arange(len(w)), 1)[0])


@BANK.held_out("measure_rate")
def digits_per_step(errors):
    """np.log2 and back with ten."""
    w = _window(_cut(errors))
    return 10 ** np.polyfit(np.arange(len(w)), np.log2(w), 1)[0]


# D4, measure_rate, right


@BANK.held_out_right("measure_rate")
def polyfit_in_the_window(errors):
    w = _window(_cut(errors))
    return float(np.exp(np.polyfit(np.arange(len(w)), np.log(w), 1)[0]))


@BANK.held_out_right("measure_rate")
def normal_equations(errors):
    sequence = []
    for error in errors:
        if error == 0 or math.isinf(error) or math.isnan(error):
            break
        sequence.append(float(error))
    points = []
    for k, error in enumerate(sequence):
        if sequence[0] * 1e-10 <= error <= sequence[0] * 1e-3:
            points.append((k, math.log(error)))
    if len(points) < 3:
        half = len(sequence) // 2
        points = [(k, math.log(sequence[k])) for k in range(half, len(sequence))]
    n = len(points)
    sum_k = sum(k for k, _ in points)
    sum_y = sum(y for _, y in points)
    sum_kk = sum(k * k for k, _ in points)
    sum_ky = sum(k * y for k, y in points)
    slope = (n * sum_ky - sum_k * sum_y) / (n * sum_kk - sum_k**2)
    return math.exp(slope)


@BANK.held_out_right("measure_rate")
def takewhile_and_lstsq(errors):
    usable = np.array(
        list(itertools.takewhile(lambda e: e > 0 and math.isfinite(e), errors)), dtype=float
    )
    k = np.arange(usable.size)
    relative = usable / usable[0]
    mask = (relative < 1e-3) & (relative > 1e-10)
    if np.count_nonzero(mask) < 3:
        mask = k >= usable.size // 2
    A = np.column_stack([np.ones(mask.sum()), k[mask]])
    coefficients, *_ = np.linalg.lstsq(A, np.log(usable[mask]), rcond=None)
    return np.exp(coefficients[1])


@BANK.held_out_right("measure_rate")
def theil_sen(errors):
    # The median of the slopes between all pairs: as many steps as there are, robust to zig-zag.
    w = _window(_cut(errors))
    y = np.log(w)
    i, j = np.triu_indices(len(y), k=1)
    return float(np.exp(np.median((y[j] - y[i]) / (j - i))))


@BANK.held_out_right("measure_rate")
def polynomial_class(errors):
    e = np.array(errors, dtype=float)
    stops = np.where((e == 0) | np.isinf(e) | np.isnan(e))[0]
    end = stops[0] if stops.size else e.size
    e = e[:end]
    k = np.where((e <= e[0] / 1e3) & (e >= e[0] / 1e10))[0]
    if k.size < 3:
        k = np.arange(e.size)[e.size // 2 :]
    line = np.polynomial.Polynomial.fit(k, np.log10(e[k]), 1).convert()
    return 10.0 ** line.coef[1]


@BANK.held_out_right("measure_rate")
def speedometer_class(errors):
    class Speedometer:
        def __init__(self, values):
            self.log = []
            for v in values:
                if not (np.isfinite(v) and v > 0):
                    break
                self.log.append(np.log(v))

        def settled(self):
            top, bottom = self.log[0] + np.log(1e-3), self.log[0] + np.log(1e-10)
            inside = [(k, y) for k, y in enumerate(self.log) if bottom <= y <= top]
            return inside if len(inside) > 2 else list(enumerate(self.log))[len(self.log) // 2 :]

        def read(self):
            k, y = np.array(self.settled()).T
            k = k - k.mean()
            return np.exp((k @ y) / (k @ k))

    return Speedometer(errors).read()


# D4, classify_convergence, wrong


@BANK.held_out("classify_convergence", "by_last_ratio")
def thresholds_on_the_last_ratio(errors):
    """Below .1 it is superlinear, below .99 linear, else sublinear."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)) or e[-1] > e[-2] > 0:
        return "diverging"
    e = _cut(e)
    r = e[-1] / e[-2]
    if r < 0.1:
        return "superlinear"
    return "linear" if r < 0.99 else "sublinear"


def _slopes(errors):
    logs = np.log(_cut(errors))
    n = len(logs)
    steps = np.diff(logs)
    third = max(len(steps) // 3, 1)
    middle = steps[max(n // 2 - third, 0) : max(n // 2, 1)]
    return middle.mean(), steps[-third:].mean()


@BANK.held_out("classify_convergence", "swapped_words", "swapped_words_fast")
def flatter_is_smaller(errors):
    """A flatter line has the smaller slope; the slopes are negative, so it is the other way."""
    if not np.all(np.isfinite(errors)):
        return "diverging"
    middle, end = _slopes(errors)
    if end > 0:
        return "diverging"
    if end < 1.1 * middle:
        return "sublinear"
    if end > 0.9 * middle:
        return "superlinear"
    return "linear"


@BANK.held_out("classify_convergence")
def grew_once(errors):
    """Whoever grows once diverges."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)) or np.any(np.diff(e) > 0):
        return "diverging"
    middle, end = _slopes(e)
    if end > 0.88 * middle:
        return "sublinear"
    return "superlinear" if end < 1.1 * middle else "linear"


@BANK.held_out("classify_convergence", "first_against_last")
def ends_above_the_start(errors):
    """Diverging is when the last error is larger than the first."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)) or e[-1] > e[0]:
        return "diverging"
    middle, end = _slopes(e)
    if end > 0.88 * middle:
        return "sublinear"
    return "superlinear" if end < 1.1 * middle else "linear"


@BANK.held_out("classify_convergence", "not_finite_ignored")
def bad_values_dropped(errors):
    """Clean the data first: infinities and NaN are not data."""
    e = np.asarray(errors, dtype=float)
    e = e[np.isfinite(e)]
    middle, end = _slopes(e)
    if end > 0:
        return "diverging"
    if end > 0.88 * middle:
        return "sublinear"
    return "superlinear" if end < 1.1 * middle else "linear"


@BANK.held_out("classify_convergence", "zeros_kept")
def zero_means_superlinear(errors):
    """Zero was reached, and only superlinear methods reach it."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    if np.any(e == 0):
        return "superlinear"
    middle, end = _slopes(e)
    if end > 0:
        return "diverging"
    if end > 0.88 * middle:
        return "sublinear"
    return "superlinear" if end < 1.1 * middle else "linear"


@BANK.held_out("classify_convergence", "capitalized")
def capital_letters(errors):
    """The words begin with a capital."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "Diverging"
    middle, end = _slopes(e)
    if end > 0:
        return "Diverging"
    if end > 0.88 * middle:
        return "Sublinear"
    return "Superlinear" if end < 1.1 * middle else "Linear"


@BANK.held_out("classify_convergence", "sublinear_is_linear")
def textbook_order(errors):
    """The order p from three errors: p = 1 is linear, more is superlinear, less is sublinear."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    e = _cut(e)
    if e[-1] > e[-2]:
        return "diverging"
    p = np.log(e[-1] / e[-2]) / np.log(e[-2] / e[-3])
    if p > 1.1:
        return "superlinear"
    if p < 0.9:
        return "sublinear"
    return "linear"


@BANK.held_out("classify_convergence")
def slow_is_sublinear(errors):
    """A fit of the whole run; a rate above .95 is sublinear."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    y = np.log(_cut(e))
    rho = np.exp(np.polyfit(np.arange(len(y)), y, 1)[0])
    if rho > 1:
        return "diverging"
    if rho > 0.95:
        return "sublinear"
    return "linear" if rho > 0.2 else "superlinear"


@BANK.held_out("classify_convergence", "whole_run_slope", "first_slope")
def first_half_against_second(errors):
    """The slope of the first steps against the slope of the last ones."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    d = np.diff(np.log(_cut(e)))
    n = max(len(d) // 3, 1)
    first, last = d[:n].mean(), d[-n:].mean()
    if last > 0:
        return "diverging"
    if last > 0.88 * first:
        return "sublinear"
    return "superlinear" if last < 1.1 * first else "linear"


@BANK.held_out("classify_convergence", "last_ratio_against_first", "first_slope")
def equal_to_the_last_digit(errors):
    """Linear means that the ratios are equal."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    e = _cut(e)
    ratios = e[1:] / e[:-1]
    if ratios[-1] > 1:
        return "diverging"
    if np.allclose(ratios, ratios[0], rtol=1e-6):
        return "linear"
    return "sublinear" if ratios[-1] > ratios[0] else "superlinear"


@BANK.held_out("classify_convergence")
def quadratic_too(errors):
    """If the digits double, the word is quadratic."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    middle, end = _slopes(e)
    if end > 0:
        return "diverging"
    if end > 0.88 * middle:
        return "sublinear"
    return "quadratic" if end < 1.1 * middle else "linear"


@BANK.held_out("classify_convergence", "not_logged")
def decreases_of_the_errors(errors):
    """Compare how much the errors fall, not their logarithms."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    d = -np.diff(_cut(e))
    n = len(d)
    middle, end = d[n // 3 : 2 * n // 3].mean(), d[2 * n // 3 :].mean()
    if end < 0:
        return "diverging"
    if end > 1.1 * middle:
        return "superlinear"
    return "sublinear" if end < 0.9 * middle else "linear"


@BANK.held_out("classify_convergence", "zeros_kept")
def no_care_for_zeros(errors):
    """The logarithm of the zeros at the end is minus infinity, and so is the slope."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    with np.errstate(all="ignore"):
        d = np.diff(np.log(e))
        n = max(len(d) // 3, 1)
        middle, end = d[n : 2 * n].mean(), d[-n:].mean()
    if end > 0:
        return "diverging"
    if end > 0.88 * middle:
        return "sublinear"
    return "superlinear" if end < 1.1 * middle else "linear"


# D4, classify_convergence, right


@BANK.held_out_right("classify_convergence")
def thirds(errors):
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    middle, end = _slopes(e)
    if end > 0:
        return "diverging"
    if end > 0.88 * middle:
        return "sublinear"
    if end < 1.1 * middle:
        return "superlinear"
    return "linear"


@BANK.held_out_right("classify_convergence")
def two_fits(errors):
    values = [float(v) for v in errors]
    if any(math.isnan(v) or math.isinf(v) for v in values):
        return "diverging"
    while values and values[-1] == 0:
        values.pop()
    y = np.log(values)
    n = len(y)

    def slope(a, b):
        b = min(max(b, a + 2), n)
        a = min(a, b - 2)
        return np.polyfit(np.arange(a, b), y[a:b], 1)[0]

    middle, end = slope(n // 3, 2 * n // 3), slope(n - max(n // 3, 2), n)
    if end > 0:
        return "diverging"
    bend = end / middle
    return "sublinear" if bend < 0.88 else "superlinear" if bend > 1.12 else "linear"


@BANK.held_out_right("classify_convergence")
def parabola(errors):
    # The bend of a parabola through the second half of log e, against its slope there.
    e = np.array(errors, dtype=float)
    if np.isnan(e).any() or np.isinf(e).any():
        return "diverging"
    y = np.log(e[: np.argmin(e > 0)] if (e == 0).any() else e)
    y = y[max(min(len(y) // 2, len(y) - 4), 0) :]
    x = np.linspace(-1, 1, len(y))
    bend, slope, _ = np.polyfit(x, y, 2)
    start_slope, end_slope = slope - 2 * bend, slope + 2 * bend
    if end_slope > 0 and y[-1] > y[0]:
        return "diverging"
    if abs(bend) < 0.04 * abs(slope):
        return "linear"
    return "sublinear" if end_slope > start_slope else "superlinear"


@BANK.held_out_right("classify_convergence")
def which_law_fits(errors):
    # Three straight lines: log e over k (linear), over log k (sublinear), and the drift
    # of the local slopes for the rest.
    e = np.asarray(errors, dtype=float)
    if not np.isfinite(e).all():
        return "diverging"
    e = _cut(e)
    steps = np.diff(np.log(e))
    tail = steps[len(steps) // 2 :]
    if tail.mean() > 0:
        return "diverging"
    before = steps[len(steps) // 4 : max(len(steps) // 2, len(steps) // 4 + 1)]
    drift = math.log(tail.mean() / before.mean())
    if abs(drift) < 0.1:
        return "linear"
    return {True: "superlinear", False: "sublinear"}[drift > 0]


@BANK.held_out_right("classify_convergence")
def enum_and_match(errors):
    """
    Classify the convergence of a sequence of errors.

    The logarithmic decrements of the second half are compared with those of the quarter
    before it.
    """

    def decrements(sequence):
        logs = [math.log(v) for v in sequence]
        return [b - a for a, b in itertools.pairwise(logs)]

    def mean(values):
        return math.fsum(values) / len(values)

    if any(not math.isfinite(v) for v in errors):
        return "diverging"
    falls = decrements(list(itertools.takewhile(lambda v: v > 0, errors)))
    half, quarter = len(falls) // 2, len(falls) // 4
    late, earlier = mean(falls[half:]), mean(falls[quarter : max(half, quarter + 1)])
    match late >= 0, late / earlier:
        case True, _:
            return "diverging"
        case _, quotient if quotient < 0.9:
            return "sublinear"
        case _, quotient if quotient > 1.1:
            return "superlinear"
        case _:
            return "linear"


# Two mistakes at once


@BANK.held_out("gradient_descent", "ascent", "schedule_from_zero")
def zero_based_and_uphill(grad, x0, learning_rate, n_steps):
    """Steps are counted from zero, and the sign is that of ascent."""
    x = np.array(x0, dtype=float)
    points = [x]
    for t in range(n_steps):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x + a * grad(x)
        points.append(x)
    return points


@BANK.held_out("curvature_bounds", "not_divided", "swapped")
def undivided_and_ascending(X):
    """Neither divided by N nor in the order of the statement."""
    values = np.linalg.eigvalsh(X.T @ X)
    return values[0], values[-1]


@BANK.held_out("backtracking", "accepts_nan", "no_limit")
def nan_passes_and_no_limit(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """A while loop that NaN ends, and that nothing else ends."""
    slope = grads @ direction
    if not np.any(direction):
        return initial_step
    if slope >= 0:
        raise ValueError("uphill")
    while loss(params + initial_step * direction) > loss(params) + c * initial_step * slope:
        initial_step *= shrink
    return initial_step


@BANK.held_out("measure_rate", "everything", "zeros_not_ended")
def whole_run_and_unsafe(errors):
    """The whole run in one line, zeros and all."""
    with np.errstate(all="ignore"):
        y = np.log(np.asarray(errors, dtype=float))
        k = np.arange(len(y)) - (len(y) - 1) / 2
        return np.exp(np.sum(k * y) / np.sum(k * k))


# And a few more right ones


@BANK.held_out_right("gradient_descent")
def negative_index_while(grad, x0, learning_rate, n_steps):
    """Julia habit: make the callable a float by broadcasting, count down."""
    get = {True: learning_rate, False: lambda _t: learning_rate}[callable(learning_rate)]
    trail = [np.array(list(x0), dtype=float)]
    remaining = n_steps
    while remaining:
        t = n_steps - remaining + 1
        direction = np.negative(grad(trail[-1].copy()))
        trail += [trail[-1] + get(t) * direction]
        remaining -= 1
    return np.stack(trail)


@BANK.held_out_right("curvature_bounds")
def padded_singular_values(X):
    # p eigenvalues: the squared singular values, and zeros for the directions that X misses.
    n, p = X.shape
    squares = np.linalg.svd(X / np.sqrt(n), compute_uv=False) ** 2
    spectrum = np.concatenate([squares, np.zeros(p - len(squares))])
    return tuple(spectrum[[np.argmax(spectrum), np.argmin(spectrum)]])


@BANK.held_out_right("classify_convergence")
def median_of_local_slopes(errors):
    e = np.asarray(list(errors), dtype=np.float64)
    if np.any(~np.isfinite(e)):
        return "diverging"
    arrived = np.flatnonzero(e == 0)
    if arrived.size:
        e = e[: arrived[0]]
    slopes = np.ediff1d(np.log(e))
    late = np.median(slopes[-max(len(slopes) // 3, 1) :])
    middle = np.median(slopes[len(slopes) // 3 : max(2 * len(slopes) // 3, len(slopes) // 3 + 1)])
    if late > 0:
        return "diverging"
    change = (late - middle) / abs(middle)
    if change > 0.12:
        return "sublinear"
    if change < -0.12:
        return "superlinear"
    return "linear"


@BANK.held_out_right("backtracking")
def exception_for_control_flow(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    class Found(Exception):
        pass

    if (np.asarray(direction) == 0).all():
        return initial_step
    if not (slope := float(np.asarray(grads) @ np.asarray(direction))) < 0:
        raise ValueError(f"direction does not descend: its slope is {slope}")
    t, f0 = initial_step, float(loss(params))
    try:
        for _ in range(max_shrinks + 1):
            f = float(loss(params + t * direction))
            if f not in (math.inf, -math.inf) and f <= f0 + c * t * slope:
                raise Found
            t *= shrink
    except Found:
        return t
    raise ValueError(f"no step was good in {max_shrinks + 1} tries")


# A second round, written after the repairs that the first one led to


@BANK.held_out("gradient_descent", "stale_gradient")
def delayed_gradient(grad, x0, learning_rate, n_steps):
    """The gradient of the next round is computed before the step is made."""
    x = np.array(x0, dtype=float)
    g = grad(x)
    trail = [x.copy()]
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        g_next = grad(x)
        x = x - a * g
        g = g_next
        trail.append(x.copy())
    return trail


@BANK.held_out("gradient_descent")
def nesterov_blog(grad, x0, learning_rate, n_steps):
    """The accelerated method, which is gradient descent, only faster."""
    x = y = np.array(x0, dtype=float)
    out = [x]
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        new = y - a * grad(y)
        y = new + (t - 1) / (t + 2) * (new - x)
        x = new
        out.append(x)
    return np.array(out)


@BANK.held_out("gradient_descent")
def weight_decay(grad, x0, learning_rate, n_steps):
    """A little weight decay, as in the training scripts."""
    x = np.array(x0, dtype=float)
    out = [x]
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x - a * (grad(x) + 0.01 * x)
        out.append(x)
    return out


@BANK.held_out("gradient_descent")
def callable_gets_the_point(grad, x0, learning_rate, n_steps):
    """The learning rate is a function of the point, I thought."""
    x = np.array(x0, dtype=float)
    out = [x]
    for _ in range(n_steps):
        a = learning_rate(x) if callable(learning_rate) else learning_rate
        x = x - a * grad(x)
        out.append(x)
    return out


@BANK.held_out("gradient_descent")
def every_second_point(grad, x0, learning_rate, n_steps):
    """Two updates slipped into one round: one in the loop's head, one in its body."""
    x = np.array(x0, dtype=float)
    out = [x]
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x - a * grad(x)
        x = x - a * grad(x)
        out.append(x)
    return out


@BANK.held_out("gradient_descent")
def stops_when_the_points_stand_still(grad, x0, learning_rate, n_steps):
    """Done as soon as a step changes nothing; the rest is padded with zeros."""
    out = np.zeros((n_steps + 1, len(x0)))
    out[0] = x0
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        out[t] = out[t - 1] - a * grad(out[t - 1])
        if np.allclose(out[t], out[t - 1]):
            break
    return out


@BANK.held_out("curvature_bounds")
def relative_cutoff(X):
    """Eigenvalues below a thousandth of the largest are noise and become zero."""
    e = np.linalg.eigvalsh(X.T @ X / len(X))
    e[e < 1e-3 * e[-1]] = 0
    return e[-1], e[0] if len(e) > 1 else 0.0


@BANK.held_out("curvature_bounds")
def flat_by_the_rank_of_the_gram(X):
    """Flat if the number of rows is below twice the columns, a rule of thumb."""
    n, p = X.shape
    e = np.linalg.eigvalsh(X.T @ X / n)
    return e[-1], 0.0 if n < 2 * p else e[0]


@BANK.held_out("curvature_bounds", "square_of_quotient", "divided_twice")
def scaled_before_svd(X):
    """X / N before the SVD, and the squares after it, so N counts twice."""
    n, p = X.shape
    s = np.zeros(p)
    values = np.linalg.svd(X / n, compute_uv=False)
    s[: values.size] = values
    return s.max() ** 2, s.min() ** 2


@BANK.held_out("curvature_bounds")
def extremes_by_absolute_value_of_columns(X):
    """The norms of the longest and the shortest column, squared, over N; but unsquared."""
    norms = np.linalg.norm(X, axis=0) / np.sqrt(len(X))
    return norms.max(), norms.min()


@BANK.held_out("curvature_bounds")
def determinant_and_trace(X):
    """L + m is the trace and L m the determinant, as in the lecture's 2 by 2 example."""
    H = X.T @ X / len(X)
    t, d = np.trace(H), np.linalg.det(H)
    root = np.sqrt(max(t * t / 4 - d, 0))
    return t / 2 + root, t / 2 - root


@BANK.held_out("rate")
def signed_extreme(learning_rate, smoothness, strong_convexity):
    """The factor with the larger size, with its sign."""
    factors = [1 - learning_rate * smoothness, 1 - learning_rate * strong_convexity]
    return max(factors, key=abs)


@BANK.held_out("rate")
def euclidean(learning_rate, smoothness, strong_convexity):
    """The norm of both factors."""
    return math.hypot(1 - learning_rate * smoothness, 1 - learning_rate * strong_convexity)


@BANK.held_out("rate")
def wrong_corner(learning_rate, smoothness, strong_convexity):
    """Switches at 2/L instead of 2/(L + m)."""
    if learning_rate <= 2 / smoothness:
        return 1 - learning_rate * strong_convexity
    return learning_rate * smoothness - 1


@BANK.held_out("rate", "optimal_rate")
def bounded_below(learning_rate, smoothness, strong_convexity):
    """No run is faster than the best one: at least (L - m)/(L + m), but max became min."""
    best = (smoothness - strong_convexity) / (smoothness + strong_convexity)
    r = max(abs(1 - learning_rate * smoothness), abs(1 - learning_rate * strong_convexity))
    return min(r, best) if best > 0 else r


@BANK.held_out("best_learning_rate", "mean_of_inverses")
def harmonic_mean(smoothness, strong_convexity):
    """The harmonic mean of L and m, inverted."""
    return (smoothness + strong_convexity) / (2 * smoothness * max(strong_convexity, 1e-12))


@BANK.held_out("best_learning_rate")
def root_mean_square(smoothness, strong_convexity):
    """One over the root of the mean square of the curvatures."""
    return math.sqrt(2 / (smoothness**2 + strong_convexity**2))


@BANK.held_out("best_learning_rate")
def one_over_l_plus_a_bit(smoothness, strong_convexity):
    """1/L, and the inverse condition number on top."""
    return (1 + strong_convexity / smoothness) / smoothness


@BANK.held_out("backtracking")
def relative_tolerance(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """A bit of slack in the comparison, because floats are not exact."""
    if not np.any(direction):
        return initial_step
    slope = grads @ direction
    if slope >= 0:
        raise ValueError("uphill")
    f0, t = loss(params), initial_step
    for _ in range(max_shrinks + 1):
        f = loss(params + t * direction)
        if np.isfinite(f) and f <= f0 + c * t * slope + 1e-2 * abs(f0):
            return t
        t *= shrink
    raise ValueError("no step")


@BANK.held_out("backtracking", "flat_allowed")
def raises_only_when_steep(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """Uphill counts only beyond a tolerance of 0.1 of the lengths."""
    if not np.any(direction):
        return initial_step
    slope = grads @ direction
    if slope > 0.1 * np.linalg.norm(grads) * np.linalg.norm(direction):
        raise ValueError("uphill")
    f0, t = loss(params), initial_step
    for _ in range(max_shrinks + 1):
        f = loss(params + t * direction)
        if np.isfinite(f) and f <= f0 + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step")


@BANK.held_out("backtracking")
def expands_first(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """If the first step is good, try longer ones, as long as they are good."""
    if not np.any(direction):
        return initial_step
    slope = grads @ direction
    if slope >= 0:
        raise ValueError("uphill")
    f0, t = loss(params), initial_step

    def good(step):
        f = loss(params + step * direction)
        return np.isfinite(f) and f <= f0 + c * step * slope

    for _ in range(20):
        if not good(t / shrink):
            break
        t /= shrink
    for _ in range(max_shrinks + 1):
        if good(t):
            return t
        t *= shrink
    raise ValueError("no step")


@BANK.held_out("backtracking")
def best_of_the_trials(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """Of all the steps the one with the smallest loss."""
    if not np.any(direction):
        return initial_step
    if grads @ direction >= 0:
        raise ValueError("uphill")
    steps = [initial_step * shrink**k for k in range(max_shrinks + 1)]
    losses = [loss(params + t * direction) for t in steps]
    if not np.any(np.isfinite(losses)):
        raise ValueError("no step")
    return steps[int(np.nanargmin(losses))]


@BANK.held_out("backtracking")
def nan_replaced_by_zero(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    """np.nan_to_num makes the losses safe: NaN becomes zero, which is a low loss."""
    if not np.any(direction):
        return initial_step
    slope = grads @ direction
    if slope >= 0:
        raise ValueError("uphill")
    f0, t = loss(params), initial_step
    for _ in range(max_shrinks + 1):
        if np.nan_to_num(loss(params + t * direction)) <= f0 + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step")


@BANK.held_out("measure_rate")
def mean_of_two_last_ratios(errors):
    """The last two steps of the window, so that a zig-zag cancels."""
    e = _cut(errors)
    w = _window(e)
    return math.sqrt(w[-1] / w[-3])


@BANK.held_out("measure_rate")
def fit_with_weights(errors):
    """Weights for the fit: large errors are measured best."""
    w = _window(_cut(errors))
    return np.exp(np.polyfit(np.arange(len(w)), np.log(w), 1, w=w)[0])


@BANK.held_out("measure_rate")
def compressed_index(errors):
    """The line is fitted over the share of the run, from 0 to 1."""
    w = _window(_cut(errors))
    return np.exp(np.polyfit(np.linspace(0, 1, len(w)), np.log(w), 1)[0])


@BANK.held_out("measure_rate")
def one_off_polyfit(errors):
    """np.polyfit of degree 2, and the entry in front."""
    w = _window(_cut(errors))
    if len(w) < 4:
        return w[-1] / w[-2]
    return np.exp(np.polyfit(np.arange(len(w)), np.log(w), 2)[0])


@BANK.held_out("measure_rate")
def window_of_three_decades(errors):
    """The window from 1e-1 to 1e-3: there every run is clean."""
    e = _cut(errors)
    w = e[(e <= 1e-1 * e[0]) & (e >= 1e-3 * e[0])]
    if len(w) < 3:
        w = e[len(e) // 2 :]
    return np.exp(np.polyfit(np.arange(len(w)), np.log(w), 1)[0])


@BANK.held_out("measure_rate")
def half_life(errors):
    """How many steps halve the error."""
    w = _window(_cut(errors))
    return -math.log(2) / np.polyfit(np.arange(len(w)), np.log(w), 1)[0]


@BANK.held_out("measure_rate")
def max_ratio(errors):
    """The worst ratio in the window, to be on the safe side."""
    w = _window(_cut(errors))
    return np.max(w[1:] / w[:-1])


@BANK.held_out("classify_convergence", "superlinear_is_linear")
def r_squared(errors):
    """Which plot is straighter, log-log or semilog; superlinear does not occur."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)) or e[-1] > e[0]:
        return "diverging"
    y = np.log(_cut(e))
    k = np.arange(1, len(y) + 1)

    def misfit(x):
        return np.sum((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2)

    return "sublinear" if misfit(np.log(k)) < misfit(k) else "linear"


@BANK.held_out("classify_convergence", "sublinear_is_linear")
def three_last_ratios(errors):
    """The last ratio against the one before it; within one percent is linear."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)):
        return "diverging"
    e = _cut(e)
    a, b = e[-2] / e[-3], e[-1] / e[-2]
    if b > 1:
        return "diverging"
    if abs(a - b) < 0.01:
        return "linear"
    return "sublinear" if b > a else "superlinear"


@BANK.held_out("classify_convergence")
def digits_reached(errors):
    """Who reaches 1e-16 is superlinear, who reaches 1e-6 linear, the rest sublinear."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)) or e[-1] > e[0]:
        return "diverging"
    last = _cut(e)[-1] / e[0]
    return "superlinear" if last < 1e-16 else "linear" if last < 1e-6 else "sublinear"


@BANK.held_out("classify_convergence")
def length_decides(errors):
    """Short runs are superlinear, long ones sublinear."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)) or e[-1] > e[-2]:
        return "diverging"
    n = len(_cut(e))
    return "superlinear" if n < 15 else "linear" if n < 100 else "sublinear"


@BANK.held_out("classify_convergence", "not_finite_ignored")
def nan_propagates(errors):
    """Cut at the first bad value, whatever it is, and judge the rest."""
    middle, end = _slopes(errors)
    if end > 0:
        return "diverging"
    if end > 0.88 * middle:
        return "sublinear"
    return "superlinear" if end < 1.1 * middle else "linear"


@BANK.held_out("classify_convergence", "only_blow_up")
def growth_by_ten(errors):
    """Diverging is ten times the first error; slow growth is sublinear."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)) or e[-1] > 10 * e[0]:
        return "diverging"
    middle, end = _slopes(e)
    if end > 0.88 * middle:
        return "sublinear"
    return "superlinear" if end < 1.1 * middle else "linear"


@BANK.held_out("classify_convergence")
def stalled_is_diverging(errors):
    """Whoever is not below a hundredth of the start has not converged, so he diverges."""
    e = np.asarray(errors, dtype=float)
    if not np.all(np.isfinite(e)) or e[-1] > 1e-2 * e[0]:
        return "diverging"
    middle, end = _slopes(e)
    if end > 0.88 * middle:
        return "sublinear"
    return "superlinear" if end < 1.1 * middle else "linear"


@BANK.held_out_right("gradient_descent")
def with_np_append(grad, x0, learning_rate, n_steps):
    points = np.asarray(x0, dtype=float).reshape(1, -1)
    step = 1
    while len(points) <= n_steps:
        alpha = float(learning_rate(step)) if callable(learning_rate) else float(learning_rate)
        following = points[-1] + (-alpha) * np.asarray(grad(points[-1]), dtype=float)
        points = np.append(points, following.reshape(1, -1), axis=0)
        step += 1
    return points


@BANK.held_out_right("curvature_bounds")
def reciprocal_of_the_pseudoinverse(X):
    # With full rank the smallest eigenvalue is one over the largest of the inverse.
    n, p = X.shape
    H = X.T @ X / n
    L = np.linalg.norm(H, 2)
    if np.linalg.matrix_rank(X) < p:
        return L, 0
    return L, 1 / np.linalg.norm(np.linalg.pinv(H), 2)


@BANK.held_out_right("rate")
def vectorized(learning_rate, smoothness, strong_convexity):
    factors = np.ones(2) - learning_rate * np.array([smoothness, strong_convexity], dtype=float)
    return np.abs(factors, out=factors).max(keepdims=True)[0]


@BANK.held_out_right("best_learning_rate")
def crossing_of_two_lines(smoothness, strong_convexity):
    # 1 - m a falls, L a - 1 rises; they cross where the polynomial of their difference is 0.
    return np.roots([smoothness + strong_convexity, -2])[0]


@BANK.held_out_right("measure_rate")
def means_of_two_halves(errors):
    # The mean logarithm of the late half of the window against that of the early half.
    y = np.log(_window(_cut(errors)))
    n = len(y)
    if n == 2:
        return math.exp(y[1] - y[0])
    half = n // 2
    return math.exp((y[-half:].mean() - y[:half].mean()) / (n - half))


@BANK.held_out_right("classify_convergence")
def fits_of_two_quarters(errors):
    e = np.array([float(v) for v in errors])
    if not np.isfinite(e).all():
        return "diverging"
    y = np.log(e[: np.flatnonzero(e > 0)[-1] + 1])
    n, q = len(y), max(len(y) // 4, 2)
    start = max(n // 2 - q // 2, 0)
    middle = np.polyfit(range(q), y[start : start + q], 1)[0]
    end = np.polyfit(range(q), y[n - q :], 1)[0]
    if end > 0:
        return "diverging"
    words = np.array(["superlinear", "linear", "sublinear"])
    return str(words[np.searchsorted([-1.1 * -middle, -0.88 * -middle], end)])
