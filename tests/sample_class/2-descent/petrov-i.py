# %% gradient_descent
def gradient_descent(grad, x0, learning_rate, n_steps):
    x = np.array(x0, dtype=float)
    xs = [x]
    for t in range(1, n_steps + 1):
        a = learning_rate(t) if callable(learning_rate) else learning_rate
        x = x - a * grad(x)
        xs.append(x)
    return xs
