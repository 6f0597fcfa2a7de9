"""Known mistakes of chapter 3 in another hand. No fingerprint is made from these."""

import math

import numpy as np

from tests.banks.sgd import BANK


def same(name):
    return BANK.same_mistake("minibatches", name)


@same("with_replacement")
def _(n_examples, batch_size, rng, drop_last=False):
    left = n_examples
    while left > 0:
        size = min(batch_size, left)
        if size == batch_size or not drop_last:
            yield rng.choice(n_examples, size)
        left -= batch_size


@same("permutation_unused")
def _(n_examples, batch_size, rng, drop_last=False):
    indices = list(range(n_examples))
    rng.permutation(indices)
    parts = [np.array(indices[i : i + batch_size]) for i in range(0, n_examples, batch_size)]
    return [part for part in parts if len(part) == batch_size or not drop_last]


@same("same_order_each_time")
def _(n_examples, batch_size, rng, drop_last=False):
    order = np.arange(n_examples)
    np.random.RandomState(42).shuffle(order)
    n_batches = n_examples // batch_size if drop_last else math.ceil(n_examples / batch_size)
    return [order[b * batch_size : (b + 1) * batch_size] for b in range(n_batches)]


@same("row_kept")
def _(n_examples, batch_size, rng, drop_last=False, kept={}):  # noqa: B006
    order = kept[n_examples] = rng.permutation(kept.get(n_examples, np.arange(n_examples)))
    stop = n_examples - n_examples % batch_size if drop_last else n_examples
    return [order[i : min(i + batch_size, stop)] for i in range(0, stop, batch_size)]


@same("global_random")
def _(n_examples, batch_size, rng, drop_last=False):
    order = np.arange(n_examples)
    np.random.shuffle(order)  # noqa: NPY002
    n_batches = n_examples // batch_size if drop_last else math.ceil(n_examples / batch_size)
    return [order[b * batch_size : (b + 1) * batch_size] for b in range(n_batches)]


@same("rest_always_dropped")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    for b in range(n_examples // batch_size):
        yield order[b * batch_size : (b + 1) * batch_size]


@same("drop_last_ignored")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    return np.split(order, range(batch_size, n_examples, batch_size))


@same("drop_last_inverted")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    for start in range(0, n_examples, batch_size):
        batch = order[start : start + batch_size]
        if drop_last or len(batch) == batch_size:
            yield batch


@same("empty_at_the_end")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    whole = n_examples // batch_size
    out = [order[b * batch_size : (b + 1) * batch_size] for b in range(whole + 1)]
    return [b for b in out if len(b) in (0, batch_size)] if drop_last else out


@same("even_pieces")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    if drop_last:
        order = order[: n_examples - n_examples % batch_size]
    n_batches = math.ceil(len(order) / batch_size)
    return np.array_split(order, n_batches) if n_batches else []


@same("rounded_count")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    if drop_last:
        order = order[: n_examples // batch_size * batch_size]
    n_batches = int(np.round(len(order) / batch_size))
    for b in range(n_batches):
        yield order[b * batch_size : (b + 1) * batch_size]


@same("end_not_shuffled")
def _(n_examples, batch_size, rng, drop_last=False):
    order = np.arange(n_examples)
    whole = n_examples - n_examples % batch_size
    rng.shuffle(order[:whole])
    for start in range(0, whole if drop_last else n_examples, batch_size):
        yield order[start : start + batch_size]


@same("blocks_shuffled")
def _(n_examples, batch_size, rng, drop_last=False):
    starts = np.arange(0, n_examples, batch_size)
    if drop_last:
        starts = starts[starts + batch_size <= n_examples]
    for start in rng.permutation(starts):
        yield np.arange(start, min(start + batch_size, n_examples))


@same("shuffled_within")
def _(n_examples, batch_size, rng, drop_last=False):
    indices = np.arange(n_examples)
    for start in range(0, n_examples, batch_size):
        part = indices[start : start + batch_size]
        rng.shuffle(part)
        if len(part) == batch_size or not drop_last:
            yield part


@same("from_one")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(np.arange(1, n_examples + 1))
    end = n_examples // batch_size * batch_size if drop_last else n_examples
    return [order[i : i + batch_size] for i in range(0, end, batch_size)]


@same("redrawn_each_time")
def _(n_examples, batch_size, rng, drop_last=False):
    end = n_examples // batch_size * batch_size if drop_last else n_examples
    for start in range(0, end, batch_size):
        yield rng.choice(n_examples, min(batch_size, end - start), replace=False)


@same("floats")
def _(n_examples, batch_size, rng, drop_last=False):
    order = np.zeros(n_examples)
    order[:] = rng.permutation(n_examples)
    end = n_examples // batch_size * batch_size if drop_last else n_examples
    return [order[i : i + batch_size] for i in range(0, end, batch_size)]


@same("first_only")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    end = n_examples // batch_size * batch_size if drop_last else n_examples
    for start in range(0, end, batch_size):
        return [order[start : start + batch_size]]
    return []


@same("rest_filled_up")
def _(n_examples, batch_size, rng, drop_last=False):
    order = rng.permutation(n_examples)
    n_batches = n_examples // batch_size if drop_last else -(-n_examples // batch_size)
    return np.resize(order, (n_batches, batch_size)) if n_batches else []


def same(name):
    return BANK.same_mistake("data_batches", name)


@same("columns_counted")
def _(X, y, batch_size, rng):
    *_, n = X.shape
    parts = np.split(rng.permutation(n), range(batch_size, n, batch_size))
    return [(X[part], y[part]) for part in parts]


@same("shuffled_separately")
def _(X, y, batch_size, rng):
    X, y = rng.permutation(X), rng.permutation(y)
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


@same("only_inputs_shuffled")
def _(X, y, batch_size, rng):
    X = rng.permutation(X, axis=0)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(y), batch_size)]


@same("only_labels_shuffled")
def _(X, y, batch_size, rng):
    y = y.copy()
    rng.shuffle(y)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(y), batch_size)]


@same("shuffled_in_place")
def _(X, y, batch_size, rng):
    state = rng.bit_generator.state
    rng.shuffle(X)
    rng.bit_generator.state = state
    rng.shuffle(y)
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size].copy(), y[start : start + batch_size].copy()


@same("not_shuffled")
def _(X, y, batch_size, rng):
    cuts = range(batch_size, len(X), batch_size)
    return list(zip(np.split(X, cuts), np.split(y, cuts)))


@same("with_replacement")
def _(X, y, batch_size, rng):
    left = len(X)
    while left > 0:
        indices = rng.choice(len(X), min(batch_size, left))
        left -= batch_size
        yield X[indices], y[indices]


@same("same_order_each_time")
def _(X, y, batch_size, rng):
    rng = np.random.default_rng(123)
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]


@same("rest_dropped")
def _(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for b in range(len(X) // batch_size):
        indices = order[b * batch_size : (b + 1) * batch_size]
        yield X[indices], y[indices]


@same("neighbors_label")
def _(X, y, batch_size, rng):
    y = np.roll(y, 1)
    order = rng.permutation(len(X))
    return [
        (X[order[i : i + batch_size]], y[order[i : i + batch_size]])
        for i in range(0, len(X), batch_size)
    ]


@same("inputs_alone")
def _(X, y, batch_size, rng):
    X = rng.permutation(X)
    return [X[i : i + batch_size] for i in range(0, len(X), batch_size)]


@same("labels_first")
def _(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        batch = order[start : start + batch_size]
        yield (y[batch], X[batch])


@same("redrawn_each_time")
def _(X, y, batch_size, rng):
    left = len(X)
    while left > 0:
        indices = rng.choice(len(X), min(batch_size, left), replace=False)
        left -= batch_size
        yield X[indices], y[indices]


@same("blocks_shuffled")
def _(X, y, batch_size, rng):
    pairs = [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(y), batch_size)]
    return [pairs[b] for b in rng.permutation(len(pairs))]


@same("shuffled_within")
def _(X, y, batch_size, rng):
    for i in range(0, len(y), batch_size):
        part = np.arange(i, min(i + batch_size, len(y)))
        rng.shuffle(part)
        yield np.take(X, part, axis=0), np.take(y, part)


@same("rotated")
def _(X, y, batch_size, rng):
    begin = int(rng.integers(len(y)))
    row = [*range(begin, len(y)), *range(begin)]
    while row:
        yield X[row[:batch_size]], y[row[:batch_size]]
        row = row[batch_size:]


def same(name):
    return BANK.same_mistake("minibatch_gradient", name)


@same("divided_by_all")
def _(X, y, params, indices, l2=0.0):
    N = X.shape[0]
    total = sum((X[i] @ params - y[i]) * X[i] for i in indices)
    return total / N + l2 * params


@same("sum")
def _(X, y, params, indices, l2=0.0):
    return sum((X[i] @ params - y[i]) * X[i] for i in indices) + l2 * params


@same("all_inputs")
def _(X, y, params, indices, l2=0.0):
    error = X.dot(params) - y[indices]
    return X.T.dot(error) / len(indices) + l2 * params


@same("first_examples")
def _(X, y, params, indices, l2=0.0):
    total = np.zeros_like(params)
    for i in range(len(indices)):
        total += (X[i] @ params - y[i]) * X[i]
    return total / len(indices) + l2 * params


@same("whole_data")
def _(X, y, params, indices, l2=0.0):
    error = X @ params - y
    return np.mean(X * error[:, None], axis=0) + l2 * params


@same("no_penalty")
def _(X, y, params, indices, l2=0.0):
    Xb, yb = X[indices], y[indices]
    return np.mean((Xb @ params - yb)[:, None] * Xb, axis=0)


@same("penalty_shared_out")
def _(X, y, params, indices, l2=0.0):
    g = l2 * params
    for i in indices:
        g = g + (X[i] @ params - y[i]) * X[i]
    return g / len(indices)


@same("penalty_for_each")
def _(X, y, params, indices, l2=0.0):
    g = np.zeros(len(params))
    B = len(indices)
    for i in indices:
        g += (X[i] @ params - y[i]) * X[i] / B + l2 * params
    return g


@same("penalty_doubled")
def _(X, y, params, indices, l2=0.0):
    g = np.mean([(X[i] @ params - y[i]) * X[i] for i in indices], axis=0)
    g += 2.0 * l2 * params
    return g


@same("two_left")
def _(X, y, params, indices, l2=0.0):
    g = np.zeros(len(params))
    for i in indices:
        g -= 2 * (y[i] - X[i] @ params) * X[i]
    return g / len(indices) + l2 * params


@same("half_left")
def _(X, y, params, indices, l2=0.0):
    Xb, yb = X[indices], y[indices]
    return Xb.T @ (Xb @ params - yb) / (2 * len(indices)) + l2 * params


@same("sign_of_residuals")
def _(X, y, params, indices, l2=0.0):
    Xb, yb = X[indices], y[indices]
    return np.mean((yb - Xb @ params)[:, None] * Xb, axis=0) + l2 * params


@same("no_targets")
def _(X, y, params, indices, l2=0.0):
    Xb = X[indices]
    return (Xb.T @ Xb / len(Xb)) @ params + l2 * params


@same("repetitions_dropped")
def _(X, y, params, indices, l2=0.0):
    chosen = sorted(set(indices.tolist()))
    return np.mean([(X[i] @ params - y[i]) * X[i] for i in chosen], axis=0) + l2 * params


@same("single_precision")
def _(X, y, params, indices, l2=0.0):
    Xb, yb = X[indices].astype("f4"), y[indices].astype("f4")
    return Xb.T @ (Xb @ params.astype("f4") - yb) / np.float32(len(indices)) + l2 * params


@same("loss")
def _(X, y, params, indices, l2=0.0):
    errors = [(X[i] @ params - y[i]) ** 2 / 2 for i in indices]
    return sum(errors) / len(errors) + l2 * params


@same("one_row_each")
def _(X, y, params, indices, l2=0.0):
    return np.array([(X[i] @ params - y[i]) * X[i] + l2 * params for i in indices])


@same("default_penalty")
def _(X, y, params, indices, l2=0.1):
    r = X[indices] @ params - y[indices]
    return r @ X[indices] / r.size + l2 * params


def same(name):
    return BANK.same_mistake("gradient_variance", name)


@same("whole_data_never_varies")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    factor = 1.0 if replacement else (n - batch_size) / max(n - 1, 1)
    return 0.0 if n == batch_size else factor * example_grads.var(axis=0).sum() / batch_size


@same("one_variance")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    if n == batch_size and not replacement:
        return 0.0
    factor = 1.0 if replacement else (n - batch_size) / (n - 1)
    return np.mean((example_grads - np.mean(example_grads)) ** 2) * factor / batch_size


@same("never_corrected")
def _(example_grads, batch_size, replacement=False):
    return example_grads.var(axis=0).sum() / batch_size


@same("swapped")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    variance = example_grads.var(axis=0).sum() / batch_size
    if replacement and n != batch_size:
        return variance * (n - batch_size) / (n - 1)
    return 0.0 if replacement else variance


@same("sample_variance")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    variance = example_grads.var(axis=0, ddof=1).sum() / batch_size
    if n == batch_size and not replacement:
        return 0.0
    return variance if replacement else variance * (n - batch_size) / (n - 1)


@same("over_n")
def _(example_grads, batch_size, replacement=False):
    variance = example_grads.var(axis=0).sum() / batch_size
    if not replacement:
        variance *= 1 - batch_size / len(example_grads)
    return variance


@same("standard_deviation")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    spread = math.sqrt(example_grads.var(axis=0).sum())
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * spread / batch_size


@same("root_of_batch")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * example_grads.var(axis=0).sum() / batch_size**0.5


@same("batch_missing")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * example_grads.var(axis=0).sum()


@same("mean_of_coordinates")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * example_grads.var(axis=0).mean() / batch_size


@same("not_centered")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * np.mean(np.linalg.norm(example_grads, axis=1) ** 2) / batch_size


@same("one_mean")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * example_grads.var() * example_grads.shape[1] / batch_size


@same("norm_of_covariance")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    covariance = np.atleast_2d(np.cov(example_grads.T, bias=True))
    return share * np.sqrt(np.sum(covariance**2)) / batch_size


@same("all_covariances")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * example_grads.sum(axis=1).var() / batch_size


@same("nothing_over_nothing")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    variance = example_grads.var(axis=0).sum() / batch_size
    return variance if replacement else variance * np.divide(n - batch_size, n - 1)


@same("for_each_coordinate")
def _(example_grads, batch_size, replacement=False):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * example_grads.var(axis=0) / batch_size


@same("default_replacement")
def _(example_grads, batch_size, replacement=True):
    n = len(example_grads)
    share = 1 if replacement else (n - batch_size) / max(n - 1, 1)
    return share * example_grads.var(axis=0).sum() / batch_size


def same(name):
    return BANK.same_mistake("sgd", name)


def at(learning_rate, t):
    return learning_rate(t) if callable(learning_rate) else learning_rate


@same("ascent")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        for batch in batches():
            direction = grad(path[-1], batch)
            path.append(path[-1] + at(learning_rate, len(path)) * direction)
    return path


@same("aliased_history")
def _(grad, params, batches, n_epochs, learning_rate):
    x = np.array(params, float)
    path = [x]
    for _ in range(n_epochs):
        for batch in batches():
            x[:] = x - at(learning_rate, len(path)) * grad(x, batch)
            path.append(x)
    return np.array(path)


@same("divided_by_batch")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        for batch in batches():
            g = grad(path[-1], batch) / len(batch)
            path.append(path[-1] - at(learning_rate, len(path)) * g)
    return path


@same("rest_skipped")
def _(grad, params, batches, n_epochs, learning_rate):
    path, size = [np.array(params, float)], 0
    for _ in range(n_epochs):
        for batch in batches():
            size = max(size, len(batch))
            if len(batch) == size:
                path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch))
    return path


@same("rest_by_first_size")
def _(grad, params, batches, n_epochs, learning_rate):
    path, first = [np.array(params, float)], None
    for _ in range(n_epochs):
        for batch in batches():
            if first is None:
                first = len(batch)
            g = grad(path[-1], batch) * len(batch)
            path.append(path[-1] - at(learning_rate, len(path)) * g / first)
    return path


@same("schedule_from_zero")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    stream = (batch for _ in range(n_epochs) for batch in batches())
    for t, batch in enumerate(stream):
        path.append(path[-1] - at(learning_rate, t) * grad(path[-1], batch))
    return path


@same("schedule_by_epoch")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for epoch in range(n_epochs):
        alpha = at(learning_rate, epoch + 1)
        for batch in batches():
            path.append(path[-1] - alpha * grad(path[-1], batch))
    return path


@same("schedule_restarts")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        for t, batch in enumerate(batches(), start=1):
            path.append(path[-1] - at(learning_rate, t) * grad(path[-1], batch))
    return path


@same("schedule_asked_once")
def _(grad, params, batches, n_epochs, learning_rate):
    if callable(learning_rate):
        learning_rate = learning_rate(1)
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        for batch in batches():
            path.append(path[-1] - learning_rate * grad(path[-1], batch))
    return path


@same("no_schedule")
def _(grad, params, batches, n_epochs, learning_rate):
    x = np.array(params, float)
    path = [x]
    for _ in range(n_epochs):
        for batch in batches():
            x = x - learning_rate * grad(x, batch)
            path += [x]
    return path


@same("same_epoch")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    stream = list(batches()) * n_epochs
    for batch in stream:
        path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch))
    return path


@same("one_epoch_more")
def _(grad, params, batches, n_epochs, learning_rate):
    path, epoch = [np.array(params, float)], 0
    while epoch <= n_epochs:
        for batch in batches():
            path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch))
        epoch += 1
    return path


@same("one_epoch_short")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(1, n_epochs):
        for batch in batches():
            path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch))
    return path


@same("full_gradient")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        epoch = [np.asarray(batch) for batch in batches()]
        everything = np.array([i for batch in epoch for i in batch])
        for _ in epoch:
            path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], everything))
    return path


@same("second_gradient")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        for batch in batches():
            if np.linalg.norm(grad(path[-1], batch)) >= 0:
                path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch))
    return path


@same("running_mean")
def _(grad, params, batches, n_epochs, learning_rate):
    x, t = np.array(params, float), 0
    means = [x]
    for _ in range(n_epochs):
        for batch in batches():
            t += 1
            x = x - at(learning_rate, t) * grad(x, batch)
            means.append(means[-1] + (x - means[-1]) / (t + 1))
    return means


@same("last_point_only")
def _(grad, params, batches, n_epochs, learning_rate):
    x, t = np.array(params, float), 0
    for _ in range(n_epochs):
        for batch in batches():
            t += 1
            x = x - at(learning_rate, t) * grad(x, batch)
    return x


@same("one_point_an_epoch")
def _(grad, params, batches, n_epochs, learning_rate):
    x, t = np.array(params, float), 0
    yield x
    for _ in range(n_epochs):
        for batch in batches():
            t += 1
            x = x - at(learning_rate, t) * grad(x, batch)
        yield x


@same("start_missing")
def _(grad, params, batches, n_epochs, learning_rate):
    x, t = np.array(params, float), 0
    for _ in range(n_epochs):
        for batch in batches():
            t += 1
            x = x - at(learning_rate, t) * grad(x, batch)
            yield x


@same("gradient_at_epoch_start")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        anchor = path[-1].copy()
        for g in [grad(anchor, batch) for batch in batches()]:
            path.append(path[-1] - at(learning_rate, len(path)) * g)
    return path


@same("one_step_an_epoch")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        gs = [grad(path[-1], batch) for batch in batches()]
        path.append(path[-1] - at(learning_rate, len(path)) * sum(gs) / len(gs))
    return path


@same("restarts_each_epoch")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        x = params.astype(float)
        for batch in batches():
            x = x - at(learning_rate, len(path)) * grad(x, batch)
            path.append(x)
    return path


@same("single_precision")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, dtype="f4")]
    for _ in range(n_epochs):
        for batch in batches():
            x = path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch)
            path.append(x.astype("f4"))
    return path


@same("integer_points")
def _(grad, params, batches, n_epochs, learning_rate):
    stream = [batch for _ in range(n_epochs) for batch in batches()]
    path = np.zeros((len(stream) + 1, len(params)), dtype=params.dtype)
    path[0], x = params, params.astype(float)
    for t, batch in enumerate(stream, 1):
        x = x - at(learning_rate, t) * grad(x, batch)
        path[t] = x
    return path


@same("reversed_epoch")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        deck = list(batches())
        while deck:
            batch = deck.pop()
            path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch))
    return path


@same("repetitions_dropped")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        for batch in batches():
            chosen = np.array(sorted({int(i) for i in batch}))
            path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], chosen))
    return path


@same("early_stop")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        for batch in batches():
            path.append(path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch))
            if np.allclose(path[-1], path[-2], rtol=0, atol=1e-10):
                return np.array(path)
    return np.array(path)


@same("stops_diverging")
def _(grad, params, batches, n_epochs, learning_rate):
    path = [np.array(params, float)]
    for _ in range(n_epochs):
        for batch in batches():
            new = path[-1] - at(learning_rate, len(path)) * grad(path[-1], batch)
            if np.isnan(new).any() or np.isinf(new).any():
                return path
            path.append(new)
    return path


def same(name):
    return BANK.same_mistake("step_decay", name)


@same("changes_step")
def _(step, learning_rate, every, factor=0.1):
    step -= 1
    return learning_rate * factor ** np.floor_divide(step, every)


@same("step_for_k")
def _(step, learning_rate, every, factor=0.1):
    return learning_rate * factor ** np.floor(np.divide(step, every))


@same("no_stairs")
def _(step, learning_rate, every, factor=0.1):
    return learning_rate * np.exp(np.log(factor) * (np.asarray(step) - 1) / every)


@same("rounded_up")
def _(step, learning_rate, every, factor=0.1):
    return learning_rate * factor ** (-(-(np.asarray(step) - 1) // every))


@same("factor_unused")
def _(step, learning_rate, every, factor=0.1):
    return learning_rate / 10.0 ** ((np.asarray(step) - 1) // every)


@same("one_drop")
def _(step, learning_rate, every, factor=0.1):
    return np.where(np.asarray(step) > every, factor * learning_rate, learning_rate)


@same("twice")
def _(step, learning_rate, every, factor=0.1):
    drops = (np.asarray(step) - 1) // every
    return learning_rate * factor**drops * factor**drops


@same("rises")
def _(step, learning_rate, every, factor=0.1):
    return learning_rate * (1 / factor) ** ((np.asarray(step) - 1) // every)


@same("numbers_only")
def _(step, learning_rate, every, factor=0.1):
    rate = learning_rate
    for k in range(1, step):
        if k % every == 0:
            rate = rate * factor
    return rate


@same("each_update")
def _(step, learning_rate, every, factor=0.1):
    return learning_rate * np.power(factor, np.asarray(step) - 1.0)


@same("default_factor")
def _(step, learning_rate, every, factor=0.5):
    return learning_rate * factor ** np.floor((np.asarray(step) - 1) / every)


@same("entries_counted")
def _(step, learning_rate, every, factor=0.1):
    rates, rate = np.zeros(np.shape(step)), learning_rate
    for i in range(np.size(step)):
        if i > 0 and i % every == 0:
            rate = rate * factor
        rates.flat[i] = rate
    return rates


def same(name):
    return BANK.same_mistake("inverse_power", name)


@same("step_for_k")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate * (1 + np.divide(step, scale)) ** -power


@same("no_one")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate * np.float64(scale) ** power / (np.asarray(step) - 1.0) ** power


@same("power_unused")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate * scale / (scale + np.asarray(step) - 1)


@same("always_a_root")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate / np.sqrt(1 + (np.asarray(step) - 1) / scale)


@same("scale_unused")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate / np.asarray(step, dtype=float) ** power


@same("scale_multiplies")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate / (1 + scale * (np.asarray(step) - 1)) ** power


@same("power_inside")
def _(step, learning_rate, scale=1.0, power=1.0):
    ratio = (np.asarray(step) - 1) / scale
    return learning_rate / (1 + ratio**power)


@same("exponential")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate * math.exp(-power / scale) ** (np.asarray(step) - 1)


@same("rises")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate / (1 + (np.asarray(step) - 1) / scale) ** -power


@same("not_normalized")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate * (np.asarray(step) - 1.0 + scale) ** -power


@same("precedence")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate / (np.asarray(step) / scale) ** power


@same("default_power")
def _(step, learning_rate, scale=1.0, power=0.5):
    return learning_rate * (1 + (np.asarray(step) - 1) / scale) ** -power


@same("numbers_only")
def _(step, learning_rate, scale=1.0, power=1.0):
    return learning_rate / math.pow(1 + (step - 1) / scale, power)


def same(name):
    return BANK.same_mistake("cosine", name)


@same("changes_step")
def _(step, learning_rate, n_steps, final=0.0):
    step -= 1
    share = np.minimum(step / n_steps, 1)
    return final + (learning_rate - final) * np.cos(np.pi / 2 * share) ** 2


@same("step_for_k")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.clip(np.divide(step, n_steps), 0, 1)
    return final + 0.5 * (learning_rate - final) * (1 + np.cos(np.pi * share))


@same("period_one_short")
def _(step, learning_rate, n_steps, final=0.0):
    last = max(n_steps - 1, 1)
    share = np.clip((np.asarray(step) - 1) / last, 0, 1)
    return final + 0.5 * (learning_rate - final) * (1 + np.cos(np.pi * share))


@same("rises_again")
def _(step, learning_rate, n_steps, final=0.0):
    share = (np.asarray(step) - 1) / n_steps
    return final + (learning_rate - final) * np.cos(np.pi / 2 * share) ** 2


@same("restarts")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.mod((np.asarray(step) - 1) / n_steps, 1)
    return final + (learning_rate - final) * np.cos(np.pi / 2 * share) ** 2


@same("no_pi")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.minimum((np.asarray(step) - 1) / n_steps, 1)
    return final + 0.5 * (learning_rate - final) * (1 + np.cos(share))


@same("degrees")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.minimum((np.asarray(step) - 1) / n_steps, 1)
    return final + 0.5 * (learning_rate - final) * (1 + np.cos(share * 180.0))


@same("quarter_turn")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.clip((np.asarray(step) - 1) / n_steps, 0, 1)
    return final + 0.5 * (learning_rate - final) * (1 + np.sin(np.pi / 2 * (1 - share)))


@same("ends_swapped")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.minimum((np.asarray(step) - 1) / n_steps, 1)
    return final + 0.5 * (learning_rate - final) * (1 - np.cos(np.pi * share))


@same("final_unused")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.minimum((np.asarray(step) - 1) / n_steps, 1)
    return learning_rate * np.cos(np.pi / 2 * share) ** 2


@same("final_on_top")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.minimum((np.asarray(step) - 1) / n_steps, 1)
    return learning_rate * np.cos(np.pi / 2 * share) ** 2 + final


@same("cut_off")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.minimum((np.asarray(step) - 1) / n_steps, 1)
    return np.clip(learning_rate * np.cos(np.pi / 2 * share) ** 2, final, None)


@same("no_one")
def _(step, learning_rate, n_steps, final=0.0):
    share = np.minimum((np.asarray(step) - 1) / n_steps, 1)
    return (learning_rate - final) * np.cos(np.pi * share) + final


@same("zero_afterwards")
def _(step, learning_rate, n_steps, final=0.0):
    k = np.asarray(step) - 1
    return (k <= n_steps) * (final + (learning_rate - final) * np.cos(np.pi / 2 * k / n_steps) ** 2)


@same("numbers_only")
def _(step, learning_rate, n_steps, final=0.0):
    if step > n_steps:
        return final
    return final + (learning_rate - final) * (1 + math.cos(math.pi * (step - 1) / n_steps)) / 2


@same("line")
def _(step, learning_rate, n_steps, final=0.0):
    return np.interp(step, [1, n_steps + 1], [learning_rate, final])


def same(name):
    return BANK.same_mistake("warmup", name)


@same("top_too_early")
def _(step, schedule, n_steps):
    step = np.asarray(step)
    factor = np.minimum(step / n_steps, 1) if n_steps else 1.0
    return factor * schedule(np.maximum(step - n_steps, 1))


@same("from_zero")
def _(step, schedule, n_steps):
    k = np.asarray(step) - 1
    top = schedule(1)
    return np.where(k < n_steps, top * k / (n_steps + 1), schedule(np.maximum(k - n_steps, 0) + 1))


@same("not_shifted")
def _(step, schedule, n_steps):
    step = np.asarray(step)
    line = np.linspace(0, schedule(1), n_steps + 2)
    return np.where(step <= n_steps, line[np.minimum(step, n_steps)], schedule(step))


@same("shifted_too_far")
def _(step, schedule, n_steps):
    step = np.asarray(step)
    late = schedule(np.clip(step - (n_steps + 1), 1, None))
    return np.where(step > n_steps, late, step * schedule(1) / (n_steps + 1))


@same("multiplied")
def _(step, schedule, n_steps):
    step = np.asarray(step)
    return np.where(step <= n_steps, step / (n_steps + 1), 1.0) * schedule(step)


@same("no_climb")
def _(step, schedule, n_steps):
    return schedule(np.maximum(np.asarray(step) - n_steps, 1))


@same("nothing_at_first")
def _(step, schedule, n_steps):
    step = np.asarray(step)
    return (step > n_steps) * schedule(np.maximum(step - n_steps, 1))


@same("below_one")
def _(step, schedule, n_steps):
    s = np.asarray(step)
    return np.where(s > n_steps, schedule(s - n_steps), s / (n_steps + 1) * schedule(1))


@same("numbers_only")
def _(step, schedule, n_steps):
    if step > n_steps:
        return schedule(step - n_steps)
    return schedule(1) * step / (n_steps + 1)


@same("constant_afterwards")
def _(step, schedule, n_steps):
    return schedule(1) * np.minimum(np.asarray(step) / (n_steps + 1), 1)


@same("climbs_for_ever")
def _(step, schedule, n_steps):
    return np.multiply(step, schedule(1) / (n_steps + 1))


@same("parabola")
def _(step, schedule, n_steps):
    step = np.asarray(step)
    share = np.minimum(step / (n_steps + 1), 1)
    return share * share * schedule(np.maximum(step - n_steps, 1))


@same("climbs_to_one")
def _(step, schedule, n_steps):
    step = np.asarray(step)
    share = step / (n_steps + 1)
    return np.where(share < 1, share, schedule(np.maximum(step - n_steps, 1)))


def same(name):
    return BANK.same_mistake("uniform_average", name)


@same("weight_one_ahead")
def _(iterates, burn_in=0):
    mean, out = np.zeros(iterates.shape[1:]), []
    for t, x in enumerate(iterates):
        mean = x if t < burn_in else mean + (x - mean) / (t - burn_in + 2)
        out.append(mean)
    return out


@same("burn_in_one_longer")
def _(iterates, burn_in=0):
    return [iterates[min(burn_in + 1, t) : t + 1].mean(axis=0) for t in range(len(iterates))]


@same("burn_in_one_shorter")
def _(iterates, burn_in=0):
    first = burn_in - 1 if burn_in > 0 else 0
    return [iterates[min(first, t) : t + 1].mean(axis=0) for t in range(len(iterates))]


@same("burn_in_unused")
def _(iterates, burn_in=0):
    return np.cumsum(iterates, axis=0) / np.arange(1, len(iterates) + 1)[:, None]


@same("divided_by_all")
def _(iterates, burn_in=0):
    kept = np.array(iterates, float)
    kept[:burn_in] = 0
    return np.cumsum(kept, axis=0) / np.arange(1, len(iterates) + 1)[:, None]


@same("aliased")
def _(iterates, burn_in=0):
    mean, out = iterates[0].astype(float), []
    for t, x in enumerate(iterates, 1):
        mean += (x - mean) / max(t - burn_in, 1)
        out.append(mean)
    return np.array(out)


@same("single_precision")
def _(iterates, burn_in=0):
    small = iterates.astype("f4")
    return [small[min(burn_in, t) : t + 1].mean(axis=0, dtype="f4") for t in range(len(iterates))]


@same("last_only")
def _(iterates, burn_in=0):
    return iterates[min(burn_in, len(iterates) - 1) :].mean(axis=0)


@same("silent_in_burn_in")
def _(iterates, burn_in=0):
    kept = iterates[burn_in:]
    return [kept[: t + 1].mean(axis=0) for t in range(len(kept))]


@same("mean_in_burn_in")
def _(iterates, burn_in=0):
    out = []
    for t in range(1, len(iterates) + 1):
        first = burn_in if t > burn_in else 0
        out.append(np.mean(iterates[first:t], axis=0))
    return out


@same("zero_in_burn_in")
def _(iterates, burn_in=0):
    out = np.zeros(iterates.shape)
    for t in range(burn_in, len(iterates)):
        out[t] = iterates[burn_in : t + 1].mean(axis=0)
    return out


@same("sum")
def _(iterates, burn_in=0):
    return [iterates[min(burn_in, t) : t + 1].sum(axis=0) for t in range(len(iterates))]


@same("whole_mean")
def _(iterates, burn_in=0):
    return np.tile(iterates[burn_in:].mean(axis=0), (len(iterates), 1))


@same("median")
def _(iterates, burn_in=0):
    return [np.median(iterates[min(burn_in, t) : t + 1], axis=0) for t in range(len(iterates))]


@same("written_back")
def _(iterates, burn_in=0):
    mean = 0.0 * iterates[0]
    for t in range(len(iterates)):
        w = 1 / max(t + 1 - burn_in, 1)
        mean = (1 - w) * mean + w * iterates[t]
        iterates[t] = mean
    return iterates.copy()


def same(name):
    return BANK.same_mistake("exponential_average", name)


@same("not_corrected")
def _(iterates, decay=0.99):
    m = np.zeros(iterates.shape[1:])
    for x in iterates:
        m = m + (1 - decay) * (x - m)
        yield m


@same("no_power")
def _(iterates, decay=0.99):
    m = np.zeros(iterates.shape[1:])
    for x in iterates:
        m = decay * m + x
        yield m


@same("t_one_ahead")
def _(iterates, decay=0.99):
    m, out = 0 * iterates[0].astype(float), []
    for t in range(len(iterates)):
        m = decay * m + (1 - decay) * iterates[t]
        out.append(m / (1 - decay ** (t + 2)))
    return out


@same("t_from_zero")
def _(iterates, decay=0.99):
    m, out = 0 * iterates[0].astype(float), []
    for t in range(len(iterates)):
        m = decay * m + (1 - decay) * iterates[t]
        out.append(m / np.float64(1 - decay**t))
    return out


@same("correction_kept")
def _(iterates, decay=0.99):
    out, m = [], np.zeros(iterates.shape[1:])
    for t, x in enumerate(iterates, 1):
        m = (decay * m + (1 - decay) * x) / (1 - decay**t)
        out.append(m)
    return out


@same("weights_swapped")
def _(iterates, decay=0.99):
    out, m = [], np.zeros(iterates.shape[1:])
    for t, x in enumerate(iterates, 1):
        m = m + decay * (x - m)
        out.append(m / (1 - decay**t))
    return out


@same("starts_at_first")
def _(iterates, decay=0.99):
    out = [iterates[0].astype(float)]
    for x in iterates[1:]:
        out.append(decay * out[-1] + (1 - decay) * x)
    return out


@same("uniform")
def _(iterates, decay=0.99):
    return [iterates[: t + 1].mean(axis=0) for t in range(len(iterates))]


@same("decay_unused")
def _(iterates, decay=0.99):
    out = []
    for t in range(1, len(iterates) + 1):
        w = 0.9 ** np.arange(t)[::-1]
        out.append(w @ iterates[:t] / w.sum())
    return out


@same("last_only")
def _(iterates, decay=0.99):
    w = float(decay) ** np.arange(len(iterates))[::-1]
    return w @ iterates / w.sum()


@same("default_decay")
def _(iterates, decay=0.9):
    out = []
    for t in range(1, len(iterates) + 1):
        w = float(decay) ** np.arange(t)[::-1]
        out.append(w @ iterates[:t] / w.sum())
    return out


@same("multiplied")
def _(iterates, decay=0.99):
    out, m = [], np.zeros(iterates.shape[1:])
    for t, x in enumerate(iterates, 1):
        m = decay * m + (1 - decay) * x
        out.append(m - m * decay**t)
    return out


@same("old_points_count_more")
def _(iterates, decay=0.99):
    out = []
    for t in range(1, len(iterates) + 1):
        w = float(decay) ** np.arange(t)
        out.append(np.average(iterates[:t], axis=0, weights=w))
    return out
