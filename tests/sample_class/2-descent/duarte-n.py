# %% rate
def rate(learning_rate, smoothness, strong_convexity):
    return max(abs(1 - learning_rate * smoothness), abs(1 - learning_rate * strong_convexity))

# %% best_learning_rate
def best_learning_rate(smoothness, strong_convexity):
    return 2 / (smoothness + strong_convexity)

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
