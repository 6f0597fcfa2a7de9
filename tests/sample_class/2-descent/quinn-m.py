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
    w = np.linalg.eigvals(X.T @ X / len(X))
    return min(w), max(w)

# %% rate
def rate(learning_rate, smoothness, strong_convexity):
    return max(abs(1 - learning_rate * smoothness), abs(1 - learning_rate * strong_convexity))

# %% best_learning_rate
def best_learning_rate(smoothness, strong_convexity):
    return 2 / (smoothness + strong_convexity)
