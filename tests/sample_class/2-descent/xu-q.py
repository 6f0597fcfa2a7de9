# %% gradient_descent
def gradient_descent(grad, x0, learning_rate, n_steps):
    x = np.array(x0, dtype=float)
    xs = [x]
    for t in range(1, n_steps + 1):
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
    return errors[-1] / errors[-2]

# %% classify_convergence
def classify_convergence(errors):
    ratio = errors[-1] / errors[-2]
    if ratio > 1:
        return "diverging"
    if ratio > 0.99:
        return "sublinear"
    if ratio < 0.01:
        return "superlinear"
    return "linear"
