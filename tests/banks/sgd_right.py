"""Right solutions of chapter 3 in as many styles as students have."""

import math
from functools import reduce
from itertools import accumulate, islice

import numpy as np

from tests.banks.sgd import BANK

accept = BANK.accept("minibatches")


@accept
def a_list_of_slices(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    batches = [order[i : i + batch_size] for i in range(0, n_examples, batch_size)]
    if drop_last and len(batches[-1]) < batch_size:
        batches.pop()
    return batches


@accept
def shuffled_in_place(N, B, rng, drop_last=False):
    idx = np.arange(N)
    rng.shuffle(idx)
    n_batches = N // B if drop_last else math.ceil(N / B)
    for b in range(n_batches):
        yield idx[b * B : min((b + 1) * B, N)]


@accept
def while_loop(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    start = 0
    while start < n_examples:
        batch = order[start : start + batch_size]
        start += batch_size
        if drop_last and len(batch) < batch_size:
            return
        yield batch


@accept
def sorted_random_keys(n_examples, batch_size, rng, drop_last=False):
    order = np.argsort(rng.random(n_examples))
    cuts = np.arange(batch_size, n_examples, batch_size)
    parts = np.split(order, cuts)
    return tuple(p for p in parts if len(p) == batch_size or not drop_last)


@accept
def short_one_first(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    rest = n_examples % batch_size
    if rest and not drop_last:
        yield order[:rest]
    yield from order[rest:].reshape(-1, batch_size)


@accept
def python_lists(n_examples, batch_size, rng, drop_last=False):
    remaining = list(range(n_examples))
    out = []
    while remaining:
        batch = []
        while remaining and len(batch) < batch_size:
            batch.append(remaining.pop(int(rng.integers(len(remaining)))))
        if len(batch) == batch_size or not drop_last:
            out.append(batch)
    return out


@accept
def by_hand_shuffle(n_examples, batch_size, rng, drop_last=False):
    order = np.arange(n_examples)
    for i in range(n_examples - 1, 0, -1):
        j = rng.integers(0, i + 1)
        order[i], order[j] = order[j], order[i]
    end = (n_examples // batch_size) * batch_size if drop_last else n_examples
    for start in range(0, end, batch_size):
        yield order[start : min(start + batch_size, end)].copy()


@accept
def chosen_without_replacement(n_examples, batch_size, rng, drop_last=False):
    stream = iter(rng.choice(n_examples, size=n_examples, replace=False))
    while batch := list(islice(stream, batch_size)):
        if not drop_last or len(batch) == batch_size:
            yield np.array(batch)


@accept
def masked(n_examples, batch_size, rng, drop_last=False):
    number = rng.permutation(n_examples) // batch_size
    for b in range(number.max() + 1):
        members = np.flatnonzero(number == b)
        if len(members) == batch_size or not drop_last:
            yield members


@accept
def an_iterator(n_examples, batch_size, rng, drop_last=False):
    order = rng.permuted(np.arange(n_examples, dtype=np.int32))
    count = n_examples // batch_size + (n_examples % batch_size > 0 and not drop_last)
    return iter([order[batch_size * b :][:batch_size] for b in range(count)])


accept = BANK.accept("data_batches")


@accept
def zipped(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    Xs, ys = X[order], y[order]
    starts = range(0, len(y), batch_size)
    return [(Xs[i : i + batch_size], ys[i : i + batch_size]) for i in starts]


@accept
def shuffled_indices(X, y, batch_size, rng):
    idx = np.arange(X.shape[0])
    rng.shuffle(idx)
    for b in range(math.ceil(X.shape[0] / batch_size)):
        take = idx[b * batch_size : (b + 1) * batch_size]
        yield X[take], y[take]


@accept
def lists(X, y, batch_size, rng):
    pairs = [(X[i], y[i]) for i in rng.permutation(len(X))]
    out = []
    while pairs:
        part, pairs = pairs[:batch_size], pairs[batch_size:]
        out.append([np.array([x for x, _ in part]), np.array([label for _, label in part])])
    return out


@accept
def one_state_twice(X, y, batch_size, rng):
    state = rng.bit_generator.state
    first = rng.permutation(X, axis=0)
    rng.bit_generator.state = state
    second = rng.permutation(y)
    for start in range(0, len(y), batch_size):
        yield first[start : start + batch_size], second[start : start + batch_size]


@accept
def split_at(X, y, batch_size, rng):
    cuts = range(batch_size, len(X), batch_size)
    for indices in np.split(rng.permutation(len(X)), cuts):
        yield np.take(X, indices, axis=0), np.take(y, indices)


@accept
def with_a_helper(X, y, batch_size, rng):
    def deal(n):
        order = rng.permutation(n)
        for start in range(0, n, batch_size):
            yield order[start : start + batch_size]

    return ((X[indices], y[indices]) for indices in deal(len(X)))


@accept
def popped(X, y, batch_size, rng):
    order = list(rng.permutation(len(X)))
    while order:
        take, order = order[:batch_size], order[batch_size:]
        yield (X[take], y[take])


@accept
def sorted_keys(X, y, batch_size, rng):
    order = rng.random(len(X)).argsort()
    inputs, labels = X.copy()[order], y.copy()[order]
    start = 0
    while start < len(X):
        stop = min(start + batch_size, len(X))
        yield inputs[start:stop], labels[start:stop].tolist()
        start = stop


accept = BANK.accept("minibatch_gradient")


@accept
def a_loop(X, y, params, indices, l2=0.0):
    total = np.zeros(len(params))
    for i in indices:
        total += (X[i] @ params - y[i]) * X[i]
    return total / len(indices) + l2 * params


@accept
def mean_of_rows(X, y, params, indices, l2=0.0):
    Xb, yb = X[indices], y[indices]
    return np.mean((Xb @ params - yb)[:, None] * Xb, axis=0) + l2 * params


@accept
def einsum(X, y, params, indices, l2=0.0):
    r = np.einsum("ij,j->i", X[indices], params) - y[indices]
    return np.einsum("i,ij->j", r, X[indices]) / r.size + np.multiply(l2, params)


@accept
def normal_equations(X, y, params, indices, l2=0.0):
    A = X[indices]
    B = A.shape[0]
    return (A.T @ A / B + l2 * np.eye(A.shape[1])) @ params - A.T @ y[indices] / B


@accept
def counted_weights(X, y, params, indices, l2=0.0):
    counts = np.bincount(indices, minlength=len(X))
    return X.T @ (counts * (X @ params - y)) / counts.sum() + l2 * params


@accept
def all_then_picked(X, y, params, indices, l2=0.0):
    each = X * (X @ params - y)[:, np.newaxis]
    return each[indices].mean(0) + l2 * params


@accept
def numbers(X, y, params, indices, l2=0.0):
    out = []
    for j in range(X.shape[1]):
        s = sum(
            (sum(X[i, k] * params[k] for k in range(X.shape[1])) - y[i]) * X[i, j] for i in indices
        )
        out.append(float(s / len(indices) + l2 * params[j]))
    return out


@accept
def row_vector(X, y, params, indices, l2=0.0):
    residual = X.take(indices, axis=0).dot(params) - y.take(indices)
    return residual.dot(X[indices]) * (1.0 / np.size(indices)) + l2 * params


@accept
def central_differences(X, y, params, indices, l2=0.0):
    # Exact for a quadratic, whatever the step.
    def loss(w):
        return np.mean((X[indices] @ w - y[indices]) ** 2) / 2 + l2 / 2 * w @ w

    return np.array([(loss(params + e) - loss(params - e)) / 2 for e in np.eye(len(params))])


accept = BANK.accept("gradient_variance")


@accept
def by_covariance(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    trace = np.trace(np.atleast_2d(np.cov(example_grads, rowvar=False, bias=True)))
    share = 1.0 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * trace / batch_size


@accept
def by_var(example_grads, batch_size, replacement=False):
    n = example_grads.shape[0]
    total = example_grads.var(axis=0).sum() / batch_size
    return total if replacement else total * (n - batch_size) / max(1, n - 1)


@accept
def squares_minus_square(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    moved = example_grads - example_grads[0]
    variance = np.mean(np.sum(moved**2, axis=1)) - np.sum(np.mean(moved, axis=0) ** 2)
    if not replacement:
        variance *= (n - batch_size) / (n - 1) if n > 1 else 0.0
    return float(variance / batch_size)


@accept
def by_loops(example_grads, batch_size, replacement=False):
    n, dims = example_grads.shape
    mean = [sum(example_grads[i][j] for i in range(n)) / n for j in range(dims)]
    s = 0.0
    for i in range(n):
        for j in range(dims):
            s += (example_grads[i][j] - mean[j]) ** 2
    s /= n * batch_size
    if not replacement and n > 1:
        s *= 1 - (batch_size - 1) / (n - 1)
    return s


@accept
def pairs_of_examples(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    differences = example_grads[:, None] - example_grads[None]
    variance = np.sum(differences**2) / (2 * n * n)
    if replacement:
        return variance / batch_size
    return 0 if n == batch_size else variance * (n / batch_size - 1) / (n - 1)


@accept
def norms(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    distances = np.linalg.norm(example_grads - np.average(example_grads, axis=0), axis=1)
    variance = np.mean(distances**2)
    match replacement:
        case True:
            return variance / batch_size
        case _:
            return variance / batch_size * ((n - batch_size) / (n - 1) if n != 1 else 0)


@accept
def singular_values(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    s = np.linalg.svd(example_grads - example_grads.mean(0), compute_uv=False)
    factor = 1 if replacement or n == 1 else (n - batch_size) / (n - 1)
    return np.array([np.sum(s**2) / n / batch_size * factor])


@accept
def from_the_sample_variance(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    if n == 1:
        return 0.0
    sample = np.sum(np.var(example_grads, axis=0, ddof=1))
    if replacement:
        return sample * (n - 1) / n / batch_size
    return sample * (1 / batch_size - 1 / n)


accept = BANK.accept("sgd")


@accept
def yielded(grad, params, batches, n_epochs, learning_rate):
    x, t = np.array(params, dtype=float), 0
    yield x
    for _ in range(n_epochs):
        for indices in batches():
            t += 1
            x = x - (learning_rate(t) if callable(learning_rate) else learning_rate) * grad(
                x, indices
            )
            yield x


@accept
def all_dealt_first(grad, params, batches, n_epochs, learning_rate):
    schedule = learning_rate if callable(learning_rate) else lambda t: learning_rate
    stream = [indices for _ in range(n_epochs) for indices in batches()]
    path = np.empty((len(stream) + 1, len(params)))
    path[0] = params
    for t, indices in enumerate(stream):
        path[t + 1] = path[t] - schedule(t + 1) * grad(path[t], indices)
    return path


@accept
def in_place_with_copies(grad, params, batches, n_epochs, learning_rate):
    x = np.array(params, dtype=np.float64)
    history = [x.copy()]
    count = 1
    epoch = 1
    while epoch <= n_epochs:
        for b in batches():
            eta = learning_rate(count) if callable(learning_rate) else learning_rate
            x -= eta * grad(x, b)
            history.append(x.copy())
            count += 1
        epoch += 1
    return history


@accept
def accumulated(grad, params, batches, n_epochs, learning_rate):
    stream = (indices for _ in range(n_epochs) for indices in batches())

    def move(x, item):
        t, indices = item
        rate = learning_rate(t) if callable(learning_rate) else learning_rate
        return x - rate * grad(x, indices)

    return list(accumulate(enumerate(stream, 1), move, initial=np.array(params, dtype=float)))


@accept
def python_floats(grad, params, batches, n_epochs, learning_rate):
    path = [[float(v) for v in params]]
    for _ in range(n_epochs):
        for indices in batches():
            rate = learning_rate(len(path)) if callable(learning_rate) else learning_rate
            g = grad(path[-1], indices)
            path.append([xi - rate * gi for xi, gi in zip(path[-1], g)])
    return path


@accept
def indices_as_lists(grad, params, batches, n_epochs, learning_rate):
    path = [np.asarray(params, dtype=float).copy()]
    for _ in range(n_epochs):
        epoch = list(batches())
        for k in range(len(epoch)):
            rate = learning_rate(len(path)) if callable(learning_rate) else learning_rate
            path += [path[-1] + (-rate) * grad(path[-1], list(epoch[k]))]
    return tuple(path)


@accept
def stacked(grad, params, batches, n_epochs, learning_rate):
    path = np.array([params], dtype=float)
    for _ in range(n_epochs):
        for indices in batches():
            try:
                eta = learning_rate(len(path))
            except TypeError:
                eta = learning_rate
            path = np.vstack([path, path[-1] - eta * grad(path[-1], indices)])
    return path


@accept
def an_epoch_at_a_time(grad, params, batches, n_epochs, learning_rate):
    def epoch(points, _):
        for indices in batches():
            rate = learning_rate(len(points)) if callable(learning_rate) else learning_rate
            points = [*points, points[-1] - rate * grad(points[-1], indices)]
        return points

    return reduce(epoch, range(n_epochs), [np.array(params, float)])


@accept
def prints_losses(grad, params, batches, n_epochs, learning_rate):
    x = params * 1.0
    out = {0: x}
    for e in range(n_epochs):
        print("epoch", e + 1)
        for batch in batches():
            t = len(out)
            out[t] = x = np.subtract(
                x,
                np.multiply(
                    learning_rate(t) if callable(learning_rate) else learning_rate, grad(x, batch)
                ),
            )
    return [out[t] for t in sorted(out)]


accept = BANK.accept("step_decay")


@accept
def floored(step, learning_rate, every, factor=0.1):
    return learning_rate * factor ** np.floor((np.asarray(step) - 1) / every)


@accept
def number_or_list(step, learning_rate, every, factor=0.1):
    if np.ndim(step):
        return [number_or_list(s, learning_rate, every, factor) for s in step]
    return learning_rate * factor ** ((step - 1) // every)


@accept
def vectorized(step, learning_rate, every, factor=0.1):
    def one(s):
        rate = learning_rate
        for k in range(1, s):
            if k % every == 0:
                rate *= factor
        return float(rate)

    return np.vectorize(one, otypes=[float])(step)


@accept
def by_logarithms(step, learning_rate, every, factor=0.1):
    drops = np.floor_divide(np.subtract(step, 1), every)
    return learning_rate * np.exp(drops * np.log(factor))


@accept
def by_divmod(step, learning_rate, every, factor=0.1):
    drops, _ = np.divmod(np.array(step) - 1, every)
    return np.power(factor, drops) * learning_rate


@accept
def by_a_table(step, learning_rate, every, factor=0.1):
    k = np.asarray(step) - 1
    table = learning_rate * factor ** np.arange(k.max() // every + 1.0)
    return table[k // every]


@accept
def an_operator(step, learning_rate, every, factor=0.1):
    return (step - 1) // every * 0.0 + learning_rate * factor ** ((step - 1) // every)


@accept
def by_a_search(step, learning_rate, every, factor=0.1):
    k = np.asarray(step) - 1
    drops = np.searchsorted(np.arange(every, k.max() + every + 1, every), k, side="right")
    return learning_rate * float(factor) ** drops


accept = BANK.accept("inverse_power")


@accept
def power_function(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate * np.power(1 + (np.asarray(step) - 1) / scale, -float(power))


@accept
def scale_on_both_sides(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate * (scale / (scale + np.asarray(step) - 1)) ** power


@accept
def logarithms(step, learning_rate, scale=1.0, power=1.0):
    return np.exp(np.log(learning_rate) - power * np.log1p((np.asarray(step) - 1) / scale))


@accept
def one_at_a_time(step, learning_rate, scale=1.0, power=1.0):
    if np.ndim(step) == 0:
        return learning_rate / math.pow(1 + (step - 1) / scale, power)
    flat = [one_at_a_time(int(s), learning_rate, scale, power) for s in np.ravel(step)]
    return np.reshape(flat, np.shape(step))


@accept
def in_floats(step, learning_rate, scale=1.0, power=1.0):
    k = np.array(step, dtype=float)
    k -= 1.0
    k /= scale
    k += 1.0
    return learning_rate / k**power


@accept
def subtracts_in_place_of_k(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate / (1 + (step - 1) / scale) ** power


@accept
def shifted_step(step, learning_rate, scale=1.0, power=1.0):
    first = 1 - 1 / scale
    return learning_rate * (first + np.divide(step, scale)) ** (-power)


@accept
def cases(step, learning_rate, scale=1.0, power=1.0):
    ratio = 1 + np.subtract(step, 1) / scale
    if power == 1:
        return learning_rate / ratio
    if power == 0.5:
        return learning_rate / np.sqrt(ratio)
    return learning_rate / ratio**power


accept = BANK.accept("cosine")


@accept
def by_where(step, learning_rate, n_steps, final=0.0):
    k = np.asarray(step) - 1
    wave = final + 0.5 * (learning_rate - final) * (1 + np.cos(np.pi * k / n_steps))
    return np.where(k < n_steps, wave, final)


@accept
def clipped(step, learning_rate, n_steps, final=0.0):
    fraction = np.clip((np.asarray(step) - 1) / n_steps, 0, 1)
    share = (1 + np.cos(np.pi * fraction)) / 2
    return share * learning_rate + (1 - share) * final


@accept
def half_angle(step, learning_rate, n_steps, final=0.0):
    angle = np.pi / 2 * np.minimum(np.subtract(step, 1), n_steps) / n_steps
    return final + (learning_rate - final) * np.cos(angle) ** 2


@accept
def one_by_one(step, learning_rate, n_steps, final=0.0):
    def one(s):
        if s > n_steps:
            return float(final)
        return final + (learning_rate - final) * (1 + math.cos(math.pi * (s - 1) / n_steps)) / 2

    return np.vectorize(one, otypes=[float])(step)


@accept
def mean_and_amplitude(step, learning_rate, n_steps, final=0.0):
    k = np.minimum(np.asarray(step) - 1.0, float(n_steps))
    middle, amplitude = (learning_rate + final) / 2, (learning_rate - final) / 2
    return middle + amplitude * np.cos(k * np.pi / n_steps)


@accept
def recursive(step, learning_rate, n_steps, final=0.0):
    if isinstance(step, np.ndarray):
        return np.array([recursive(s, learning_rate, n_steps, final) for s in step])
    k = min(step - 1, n_steps)
    return final + (learning_rate - final) / 2 * (1 + np.cos(np.pi * k / n_steps))


@accept
def sine_squared(step, learning_rate, n_steps, final=0.0):
    k = np.minimum(np.asarray(step) - 1, n_steps)
    return learning_rate - (learning_rate - final) * np.sin(np.pi * k / (2 * n_steps)) ** 2


@accept
def masked_wave(step, learning_rate, n_steps, final=0.0):
    step = np.asarray(step, dtype=float)
    rates = np.full(step.shape, float(final))
    on = step <= n_steps
    rates[on] += (learning_rate - final) * (1 + np.cos(np.pi * (step[on] - 1) / n_steps)) / 2
    return rates


accept = BANK.accept("warmup")


@accept
def by_mask(step, schedule, n_steps):
    step = np.asarray(step)
    rates = np.empty(step.shape)
    climbing = step <= n_steps
    rates[climbing] = schedule(1) / (n_steps + 1) * step[climbing]
    if np.any(~climbing):
        rates[~climbing] = schedule(step[~climbing] - n_steps)
    return rates


@accept
def number_by_number(step, schedule, n_steps):
    def one(s):
        s = int(s)
        return schedule(1) * s / (n_steps + 1) if s <= n_steps else schedule(s - n_steps)

    return np.vectorize(one, otypes=[float])(step)


@accept
def numbers_apart(step, schedule, n_steps):
    if np.ndim(step) == 0:
        if step > n_steps:
            return schedule(step - n_steps)
        return schedule(1) * (step / (n_steps + 1))
    return np.array([numbers_apart(s, schedule, n_steps) for s in step])


@accept
def product(step, schedule, n_steps):
    step = np.asarray(step)
    return schedule(np.maximum(step - n_steps, 1)) * np.minimum(step / (n_steps + 1), 1)


@accept
def blended(step, schedule, n_steps):
    s = np.asarray(step, dtype=float)
    up = s <= n_steps
    return up * schedule(1) * s / (n_steps + 1) + (1 - up) * schedule(np.where(up, 1, s - n_steps))


@accept
def interpolated(step, schedule, n_steps):
    line = np.interp(step, [0, n_steps + 1], [0.0, schedule(1)])
    return np.where(
        np.greater(step, n_steps), schedule(np.clip(np.subtract(step, n_steps), 1, None)), line
    )


@accept
def selected(step, schedule, n_steps):
    step = np.asarray(step)
    return np.select(
        [step <= n_steps, step > n_steps],
        [schedule(1) * step / (1 + n_steps), schedule(np.maximum(1, step - n_steps))],
    )


@accept
def a_comprehension(step, schedule, n_steps):
    top = schedule(1)
    flat = [
        top * s / (n_steps + 1) if s < n_steps + 1 else schedule(s - n_steps)
        for s in np.ravel(step).tolist()
    ]
    return np.reshape(flat, np.shape(step))


accept = BANK.accept("uniform_average")


@accept
def slices(iterates, burn_in=0):
    return [
        iterates[burn_in : t + 1].mean(axis=0) if t >= burn_in else iterates[t]
        for t in range(len(iterates))
    ]


@accept
def cumulative_sums(iterates, burn_in=0):
    out = np.array(iterates, dtype=float)
    kept = out[burn_in:]
    out[burn_in:] = np.cumsum(kept, axis=0) / np.arange(1, len(kept) + 1)[:, None]
    return out


@accept
def corrected_mean(iterates, burn_in=0):
    mean, n, out = None, 0, []
    for t, x in enumerate(iterates):
        if t < burn_in or n == 0:
            mean = x.astype(float)
        if t >= burn_in:
            n += 1
            mean = mean + (x - mean) / n
        out.append(mean)
    return np.array(out)


@accept
def yielded_averages(iterates, burn_in=0):
    total = np.zeros(iterates.shape[1])
    for t, x in enumerate(iterates):
        if t < burn_in:
            yield x
        else:
            total = total + x
            yield total / (t - burn_in + 1)


@accept
def matrix(iterates, burn_in=0):
    n = len(iterates)
    W = np.tril(np.ones((n, n)))
    W[:, :burn_in] = 0
    for t in range(min(burn_in, n)):
        W[t, t] = 1
    return W / W.sum(axis=1, keepdims=True) @ iterates


@accept
def kept_in_a_list(iterates, burn_in=0):
    kept, out = [], []
    for t, x in enumerate(iterates, 1):
        if t > burn_in:
            kept.append(x)
        out.append(np.mean(kept, axis=0) if kept else x)
    return out


@accept
def averaged_in_place_with_copies(iterates, burn_in=0):
    mean = np.zeros(iterates.shape[1:])
    out = []
    for t in range(1, len(iterates) + 1):
        if t <= burn_in:
            mean[:] = iterates[t - 1]
        else:
            mean *= (t - burn_in - 1) / (t - burn_in)
            mean += iterates[t - 1] / (t - burn_in)
        out.append(mean.copy())
    return tuple(out)


@accept
def numbers_in_rows(iterates, burn_in=0):
    rows = []
    for t in range(len(iterates)):
        first = burn_in if t >= burn_in else t
        rows.append(
            [
                float(sum(iterates[first : t + 1, j])) / (t + 1 - first)
                for j in range(iterates.shape[1])
            ]
        )
    return rows


accept = BANK.accept("exponential_average")


@accept
def normalized_weights(iterates, decay=0.99):
    out = []
    for t in range(1, len(iterates) + 1):
        w = float(decay) ** np.arange(t)[::-1]
        out.append(w @ iterates[:t] / w.sum())
    return out


@accept
def sums_above_and_below(iterates, decay=0.99):
    above, below, out = 0.0, 0.0, []
    for x in iterates:
        above = decay * above + x
        below = decay * below + 1
        out.append(above / below)
    return out


@accept
def moving_weight(iterates, decay=0.99):
    mean = 0.0 * iterates[0]
    for t, x in enumerate(iterates, 1):
        w = (1 - decay) / (1 - decay**t)
        mean = mean + w * (x - mean)
        yield mean


@accept
def averaged(iterates, decay=0.99):
    n = len(iterates)
    return np.array(
        [
            np.average(iterates[: t + 1], axis=0, weights=np.power(decay, np.arange(t, -1.0, -1)))
            for t in range(n)
        ]
    )


@accept
def preallocated(iterates, decay=0.99):
    m = np.zeros((len(iterates) + 1, iterates.shape[1]))
    for t in range(len(iterates)):
        m[t + 1] = decay * m[t] + (1 - decay) * iterates[t]
    sums = 1 - decay ** np.arange(1, len(iterates) + 1)
    return m[1:] / sums[:, None]


@accept
def triangular(iterates, decay=0.99):
    k = np.arange(len(iterates))
    W = np.where(k[:, None] >= k, float(decay) ** np.abs(k[:, None] - k), 0.0)
    return (W @ iterates) / W.sum(axis=1)[:, None]


@accept
def accumulated_means(iterates, decay=0.99):
    path = accumulate(
        iterates, lambda m, x: decay * m + (1 - decay) * x, initial=np.zeros(iterates.shape[1])
    )
    next(path)
    return [m / (1 - decay**t) for t, m in enumerate(path, 1)]


@accept
def faded_in_place_with_copies(iterates, decay=0.99):
    m = np.zeros_like(iterates, shape=iterates.shape[1:], dtype=float)
    out, power = [], 1.0
    for x in iterates:
        m *= decay
        m += (1 - decay) * x
        power *= decay
        out.append((m / (1 - power)).tolist())
    return out
