# %% gradient_descent
def gradient_descent(grad, x0, learning_rate, n_steps):
    x = np.array(x0, dtype=float)
    xs = [x]
    for t in range(n_steps):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x - a * grad(x)
        xs.append(x)
    return xs

# %% curvature_bounds
def curvature_bounds(X):
    w = np.linalg.eigvalsh(X.T @ X / X.shape[0])
    return w.max(), w.min()

# %% rate
def rate(learning_rate, smoothness, strong_convexity):
    return max(abs(1 - learning_rate * smoothness), abs(1 - learning_rate * strong_convexity))

# %% best_learning_rate
def best_learning_rate(smoothness, strong_convexity):
    return 2 / (smoothness + strong_convexity)

# %% backtracking
def backtracking(
    loss, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
):
    if not np.any(direction):
        return initial_step
    slope = np.dot(grads, direction)
    if slope >= 0:
        raise ValueError("not a descent direction")
    t = initial_step
    f0 = loss(params)
    for _ in range(max_shrinks + 1):
        if loss(params + t * direction) <= f0 + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")

# %% measure_rate
def measure_rate(errors):
    e = np.asarray(errors, dtype=float)
    bad = np.flatnonzero(~(np.isfinite(e) & (e > 0)))
    if len(bad):
        e = e[: bad[0]]
    k = np.arange(len(e))
    keep = (e < 1e-3 * e[0]) & (e > 1e-10 * e[0])
    if keep.sum() < 3:
        keep = k >= len(e) // 2
    return np.exp(np.polyfit(k[keep], np.log(e[keep]), 1)[0])

# %% classify_convergence
def classify_convergence(errors):
    e = np.asarray(errors, dtype=float)
    if not np.isfinite(e).all():
        return "diverging"
    y = np.log(e[e > 0])
    n = len(y) - 1
    a, b = n // 3, 2 * n // 3
    middle = (y[b] - y[a]) / (b - a)
    late = (y[n] - y[b]) / (n - b)
    if late >= 0:
        return "diverging"
    bend = late / middle
    if bend < 0.75:
        return "sublinear"
    if bend > 1.4:
        return "superlinear"
    return "linear"
