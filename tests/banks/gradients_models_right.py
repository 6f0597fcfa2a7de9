"""Right losses of models and their gradients, in as many styles as students have."""

import math

import numpy as np

from tests.banks.gradients import BANK

accept = BANK.accept("softmax_value_and_grad")


@accept
def one_hot(W, X, y, l2):
    Y = np.eye(W.shape[1])[y]
    Z = X @ W
    Z = Z - Z.max(axis=1, keepdims=True)
    E = np.exp(Z)
    P = E / E.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(E.sum(axis=1)) - np.sum(Y * Z, axis=1)) + l2 / 2 * np.sum(W**2)
    return loss, X.T @ (P - Y) / len(X) + l2 * W


@accept
def loops(W, X, y, l2):
    N, D = X.shape
    C = W.shape[1]
    loss, grads = 0.0, np.zeros((D, C))
    for i in range(N):
        scores = [sum(X[i, d] * W[d, c] for d in range(D)) for c in range(C)]
        top = max(scores)
        total = sum(math.exp(s - top) for s in scores)
        loss += math.log(total) + top - scores[y[i]]
        for c in range(C):
            slope = math.exp(scores[c] - top) / total - (c == y[i])
            for d in range(D):
                grads[d, c] += slope * X[i, d]
    loss, grads = loss / N, grads / N
    loss += 0.5 * l2 * sum(float(w) ** 2 for w in W.ravel())
    return loss, grads + l2 * W


@accept
def example_by_example(W, X, y, l2):
    losses, slopes = [], []
    for x, label in zip(X, y):
        z = x @ W
        shifted = z - z.max()
        log_p = shifted - np.log(np.sum(np.exp(shifted)))
        losses.append(-log_p[label])
        d = np.exp(log_p)
        d[label] -= 1.0
        slopes.append(np.outer(x, d))
    return np.mean(losses) + 0.5 * l2 * np.sum(W**2), np.mean(slopes, axis=0) + l2 * W


@accept
def log_add_exp(W, X, y, l2):
    Z = X @ W
    total = np.logaddexp.reduce(Z, axis=1)
    rows = np.arange(len(y))
    D = np.exp(Z - total[:, None])
    D[rows, y] -= 1
    loss = (total - Z[rows, y]).mean() + 0.5 * l2 * np.vdot(W, W)
    return [float(loss), (X.T @ D / len(y) + l2 * W).tolist()]


@accept
def differences_of_scores(W, X, y, l2):
    """Sum over the classes the exponentials of their leads over the right class."""
    Z = X @ W
    leads = Z - np.take_along_axis(Z, y[:, None].astype(int), axis=1)
    top = leads.max(axis=1, keepdims=True)
    E = np.exp(leads - top)
    cost = np.log(E.sum(axis=1)) + top[:, 0]
    D = E / E.sum(axis=1, keepdims=True) - (np.arange(W.shape[1]) == y[:, None])
    return cost.mean() + l2 * np.sum(np.square(W)) / 2, np.einsum("nd,nc->dc", X, D) / len(
        X
    ) + l2 * W


@accept
def examples_in_columns(W, X, y, l2):
    Z = W.T @ X.T
    Z = Z - Z.max(axis=0)
    log_P = Z - np.log(np.exp(Z).sum(axis=0))
    n = X.shape[0]
    D = np.exp(log_P)
    D[y, range(n)] -= 1
    loss = -sum(log_P[y, range(n)]) / n + l2 / 2 * np.linalg.norm(W) ** 2
    return loss, (D @ X).T / n + l2 * W


@accept
def bias_by_itself(W, X, y, l2):
    """Treat the last input apart from the others, as some do with a bias."""
    weights, bias, data, last = W[:-1], W[-1], X[:, :-1], X[:, -1:]
    Z = data @ weights + last * bias
    Z = Z - Z.max(axis=1, keepdims=True)
    lse = np.log(np.sum(np.exp(Z), axis=1, keepdims=True))
    D = np.exp(Z - lse)
    loss = np.mean(lse[:, 0] - Z[range(len(y)), y])
    D[range(len(y)), y] -= 1
    D /= len(y)
    grads = np.vstack([data.T @ D + l2 * weights, (last * D).sum(axis=0) + l2 * bias])
    return loss + l2 / 2 * (np.sum(weights**2) + np.sum(bias**2)), grads


@accept
def labels_subtracted_later(W, X, y, l2):
    n, Z = len(X), X.dot(W)
    Z = Z - np.amax(Z, 1).reshape(-1, 1)
    P = np.exp(Z) / np.exp(Z).sum(1).reshape(-1, 1)
    grads = X.T.dot(P)
    for i in range(n):
        grads[:, y[i]] -= X[i]
    right = np.array([Z[i, y[i]] for i in range(n)])
    loss = np.sum(np.log(np.exp(Z).sum(1)) - right) / n
    return loss + l2 * 0.5 * (W * W).sum(), grads / n + l2 * W


@accept
def class_by_class(W, X, y, l2):
    Z = np.stack([X @ W[:, c] for c in range(W.shape[1])], axis=1).astype(float)
    Z -= Z.max(axis=1)[:, np.newaxis]
    lse = np.log(np.exp(Z).sum(axis=1))
    loss, columns = l2 / 2 * np.sum(W**2), []
    for c in range(W.shape[1]):
        mine = y == c
        loss += np.sum((lse - Z[:, c])[mine]) / len(y)
        columns.append(X.T @ (np.exp(Z[:, c] - lse) - mine) / len(y) + l2 * W[:, c])
    return loss, np.column_stack(columns)


@accept
def long_doubles(W, X, y, l2):
    Z = X.astype(np.longdouble) @ W.astype(np.longdouble)
    Z -= Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    Y = np.equal.outer(y, np.arange(W.shape[1]))
    loss = -np.sum(log_P[Y]) / len(y) + l2 / 2 * np.sum(W**2)
    return loss, (X.T @ (np.exp(log_P) - Y) / len(y)).astype(float) + l2 * W


@accept
def an_array_for_the_loss(W, X, y, l2):
    """Return the loss in an array of one entry, and print on the way."""
    X, W = np.asarray(X, float), np.array(W, float)
    S = X @ W
    S -= S.max(1, keepdims=True)
    lse = np.log(np.exp(S).sum(1, keepdims=True))
    picked = np.take_along_axis(S - lse, y.reshape(-1, 1).astype(np.intp), 1)
    print("loss of the data", -picked.mean())
    D = np.exp(S - lse)
    np.put_along_axis(D, y.reshape(-1, 1).astype(np.intp), np.expm1(picked), 1)
    W *= l2
    return -picked.mean(keepdims=True) + (np.sum(W**2) / l2 / 2 if l2 else 0), X.T @ D / len(D) + W


accept = BANK.accept("hinge_value_and_grad")


@accept
def both_loops(W, X, y, l2, margin):
    loss, grads = 0.0, np.zeros(W.shape)
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            lead = scores[j] - scores[y[i]] + margin
            if lead > 0:
                loss += lead
                grads[:, j] += X[i]
                grads[:, y[i]] -= X[i]
    N = X.shape[0]
    return loss / N + 0.5 * l2 * np.sum(W * W), grads / N + l2 * W


@accept
def counts_at_the_kink(W, X, y, l2, margin):
    Z = X @ W
    Y = np.eye(W.shape[1])[y]
    V = Z - np.sum(Z * Y, axis=1, keepdims=True) + margin
    active = (V >= 0) * (1 - Y)
    loss = np.sum(V * active) / len(X) + l2 / 2 * np.sum(W**2)
    D = active - Y * active.sum(axis=1, keepdims=True)
    return loss, X.T @ D / len(X) + l2 * W


@accept
def half_at_the_kink(W, X, y, l2, margin):
    rows = np.arange(len(y))
    Z = X @ W
    V = Z - Z[rows, y].reshape(-1, 1) + margin
    V[rows, y] = -1
    D = np.heaviside(V, 0.5)
    D[rows, y] -= D.sum(axis=1)
    return V[V > 0].sum() / len(y) + l2 / 2 * np.sum(W**2), np.dot(X.T, D) / len(y) + l2 * W


@accept
def takes_the_margin_off_afterwards(W, X, y, l2, margin):
    """Let the right class count, and take off what it adds: the margin, and a slope of 0."""
    rows = np.arange(len(y))
    Z = X @ W
    V = np.maximum(0, Z - Z[rows, y][:, np.newaxis] + margin)
    D = (V > 0).astype(float)
    D[rows, y] -= D.sum(axis=1)
    loss = V.sum(axis=1).mean() - margin + 0.5 * l2 * np.linalg.norm(W) ** 2
    return loss, X.T @ D / len(y) + l2 * W


@accept
def example_by_example_hinge(W, X, y, l2, margin):
    total, grads = 0.0, 0.0
    for x, label in zip(X, y):
        leads = x @ W - x @ W[:, label] + margin
        leads[label] = 0
        slopes = np.where(leads > 0, 1.0, 0.0)
        slopes[label] = -np.count_nonzero(leads > 0)
        total = total + leads.clip(min=0).sum()
        grads = grads + x[:, None] * slopes
    return total / len(y) + l2 / 2 * (W**2).sum(), grads / len(y) + l2 * W


@accept
def masked_matrix(W, X, y, l2, margin):
    Z = np.asarray(X @ W, dtype=float)
    right = np.arange(W.shape[1])[None, :] == y[:, None]
    V = np.ma.masked_array(Z - Z[right][:, None] + margin, mask=right)
    V = np.ma.filled(np.ma.maximum(V, 0), 0.0)
    D = np.sign(V)
    D[right] = -D.sum(axis=1)
    return V.sum() / len(V) + 0.5 * l2 * np.sum(W**2), X.T @ D / len(V) + l2 * W


@accept
def pair_by_pair(W, X, y, l2, margin):
    C, N = W.shape[1], len(X)
    loss, grads = 0.0, np.zeros(W.shape)
    for right in range(C):
        mine = X[y == right]
        for other in range(C):
            if other != right and len(mine):
                leads = mine @ (W[:, other] - W[:, right]) + margin
                push = mine[leads > 0].sum(axis=0)
                loss += leads[leads > 0].sum()
                grads[:, other] += push
                grads[:, right] -= push
    return loss / N + 0.5 * l2 * np.sum(W**2), grads / N + l2 * W


@accept
def columns_of_examples(W, X, y, l2, margin):
    S = W.T @ X.T
    n = S.shape[1]
    L = np.maximum(0, S - S[y, range(n)] + margin)
    L[y, range(n)] = 0
    G = (L > 0) * 1.0
    G[y, range(n)] = -G.sum(axis=0)
    return L.sum() / n + l2 * (W**2).sum() / 2, (G @ X).T / n + l2 * W


@accept
def plain_python(W, X, y, l2, margin):
    W, X = W.tolist(), X.tolist()
    D, C, N = len(W), len(W[0]), len(X)
    loss = sum(w * w for row in W for w in row) * l2 / 2
    grads = [[l2 * w for w in row] for row in W]
    for x, label in zip(X, [int(label) for label in y]):
        scores = [sum(x[d] * W[d][c] for d in range(D)) for c in range(C)]
        for c in range(C):
            lead = scores[c] - scores[label] + margin
            if c != label and lead > 0:
                loss += lead / N
                for d in range(D):
                    grads[d][c] += x[d] / N
                    grads[d][label] -= x[d] / N
    return loss, grads


@accept
def relu_by_absolute_value(W, X, y, l2, margin):
    n = len(y)
    Z = X @ W
    V = Z - Z[np.arange(n), y, None] + margin
    V = np.delete(V.ravel(), np.arange(n) * W.shape[1] + y).reshape(n, -1)
    loss = np.mean(((V + np.abs(V)) / 2).sum(axis=1))
    grads = np.zeros(W.shape)
    for i in range(n):
        others = np.delete(np.arange(W.shape[1]), y[i])
        active = others[V[i] > 0]
        grads[:, active] += X[i][:, None]
        grads[:, y[i]] -= len(active) * X[i]
    return loss + l2 / 2 * np.sum(W**2), grads / n + l2 * W


@accept
def mean_first(W, X, y, l2, margin):
    N = len(X)
    Z = X.dot(W) / N
    V = Z - Z[range(N), y].reshape(N, 1) + margin / N
    V[range(N), y] = 0
    mask = np.where(V > 0, 1 / N, 0)
    mask[range(N), y] = -np.sum(mask, axis=1)
    return np.sum(V[V > 0]) + 0.5 * l2 * np.sum(W * W), X.T.dot(mask) + l2 * W


accept = BANK.accept("mlp_value_and_grad")


def cross_entropy(Z, y):
    """Return the mean cross-entropy and its slopes in the scores."""
    Z = Z - Z.max(axis=1, keepdims=True)
    lse = np.log(np.exp(Z).sum(axis=1, keepdims=True))
    D = np.exp(Z - lse)
    D[np.arange(len(y)), y] -= 1
    return np.mean(lse[:, 0] - Z[np.arange(len(y)), y]), D / len(y)


@accept
def forward_and_backward_steps(params, X, y, l2, activation):
    A = X @ params["W1"] + params["b1"]
    H = np.tanh(A) if activation == "tanh" else A * (A > 0)
    loss, dZ = cross_entropy(H @ params["W2"] + params["b2"], y)
    dH = dZ @ params["W2"].T
    dA = dH * (1 - np.tanh(A) ** 2) if activation == "tanh" else np.where(A > 0, dH, 0)
    grads = {}
    grads["W2"] = H.T @ dZ + l2 * params["W2"]
    grads["b2"] = dZ.sum(0) + l2 * params["b2"]
    grads["W1"] = X.T @ dA + l2 * params["W1"]
    grads["b1"] = dA.sum(0) + l2 * params["b1"]
    for array in params.values():
        loss += l2 / 2 * np.sum(array * array)
    return loss, grads


@accept
def open_at_zero(params, X, y, l2, activation):
    """Take the slope 1 of the ReLU at 0."""
    A = X @ params["W1"] + params["b1"]
    H, slope = (np.tanh(A), np.cosh(A) ** -2.0) if activation == "tanh" else (A.clip(0), A >= 0)
    loss, dZ = cross_entropy(H @ params["W2"] + params["b2"], y)
    dA = (dZ @ params["W2"].T) * slope
    raw = {"W1": X.T @ dA, "b1": dA.sum(axis=0), "W2": H.T @ dZ, "b2": dZ.sum(axis=0)}
    loss += l2 / 2 * sum(np.linalg.norm(array) ** 2 for array in params.values())
    return loss, {name: raw[name] + l2 * params[name] for name in raw}


@accept
def half_at_zero(params, X, y, l2, activation):
    A = X @ params["W1"] + params["b1"]
    if activation == "relu":
        H, slope = np.maximum(0, A), np.heaviside(A, 0.5)
    else:
        H = 2 / (1 + np.exp(-2 * A)) - 1
        slope = (1 - H) * (1 + H)
    loss, dZ = cross_entropy(H @ params["W2"] + params["b2"], y)
    dA = slope * dZ.dot(params["W2"].T)
    ones = np.ones(len(X))
    grads = {"W1": X.T.dot(dA), "b1": ones @ dA, "W2": H.T.dot(dZ), "b2": ones @ dZ}
    for name in grads:
        grads[name] = grads[name] + l2 * params[name]
        loss = loss + 0.5 * l2 * np.vdot(params[name], params[name])
    return loss, grads


@accept
def batches_in_columns(params, X, y, l2, activation):
    x, W, V = X.T, params["W1"].T, params["W2"].T
    a = W @ x + params["b1"][:, None]
    h = np.tanh(a) if activation == "tanh" else np.maximum(a, 0)
    loss, d = cross_entropy((V @ h + params["b2"][:, None]).T, y)
    d = d.T
    e = (V.T @ d) * (1 - h * h if activation == "tanh" else (h > 0))
    grads = {"W1": (e @ x.T).T, "b1": e.sum(1), "W2": (d @ h.T).T, "b2": d.sum(1)}
    loss += 0.5 * l2 * sum((array**2).sum() for array in params.values())
    return loss, {name: grads[name] + l2 * params[name] for name in params}


@accept
def example_after_example(params, X, y, l2, activation):
    total, grads = 0.0, {name: l2 * array for name, array in params.items()}
    for x, label in zip(X, y):
        a = x @ params["W1"] + params["b1"]
        h = np.tanh(a) if activation == "tanh" else np.maximum(a, 0)
        z = h @ params["W2"] + params["b2"]
        z = z - z.max()
        p = np.exp(z) / np.exp(z).sum()
        total += np.log(np.exp(z).sum()) - z[label]
        p[label] -= 1
        p /= len(X)
        back = params["W2"] @ p * (1 - h**2 if activation == "tanh" else a > 0)
        grads["W2"] = grads["W2"] + np.outer(h, p)
        grads["b2"] = grads["b2"] + p
        grads["W1"] = grads["W1"] + np.outer(x, back)
        grads["b1"] = grads["b1"] + back
    return total / len(X) + 0.5 * l2 * sum(np.sum(p**2) for p in params.values()), grads


@accept
def biases_as_weights_of_ones(params, X, y, l2, activation):
    first = np.vstack([params["W1"], params["b1"]])
    last = np.vstack([params["W2"], params["b2"]])
    ones = np.ones((len(X), 1))
    inputs = np.hstack([X, ones])
    A = inputs @ first
    H = np.hstack([np.tanh(A) if activation == "tanh" else np.maximum(A, 0), ones])
    loss, D = cross_entropy(H @ last, y)
    g2 = H.T @ D + l2 * last
    slope = 1 - H[:, :-1] ** 2 if activation == "tanh" else np.float64(A > 0)
    g1 = inputs.T @ (D @ last[:-1].T * slope) + l2 * first
    loss += l2 / 2 * (np.sum(first**2) + np.sum(last**2))
    return loss, {"W1": g1[:-1], "b1": g1[-1], "W2": g2[:-1], "b2": g2[-1]}


class Layer:
    """An affine layer that remembers its input on the way forward."""

    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.W + self.b

    def backward(self, slopes):
        self.dW, self.db = self.inputs.T @ slopes, slopes.sum(axis=0)
        return slopes @ self.W.T


@accept
def layers_as_objects(params, X, y, l2, activation):
    first, last = Layer(params["W1"], params["b1"]), Layer(params["W2"], params["b2"])
    A = first.forward(X)
    H = np.tanh(A) if activation == "tanh" else np.maximum(A, 0)
    loss, slopes = cross_entropy(last.forward(H), y)
    first.backward(last.backward(slopes) * (1 - H**2 if activation == "tanh" else H > 0))
    raw = {"W1": first.dW, "b1": first.db, "W2": last.dW, "b2": last.db}
    penalty = 0.5 * l2 * sum(np.sum(np.square(array)) for array in params.values())
    return loss + penalty, {name: grad + l2 * params[name] for name, grad in raw.items()}


@accept
def unpacked_and_strung(params, X, y, l2, activation):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    bend = {"tanh": np.tanh, "relu": lambda A: np.maximum(A, 0)}[activation]
    slope = {"tanh": lambda A: 1 - np.tanh(A) ** 2, "relu": lambda A: A > 0}[activation]
    A = X @ W1 + b1
    loss, D = cross_entropy(bend(A) @ W2 + b2, y)
    B = (D @ W2.T) * slope(A)
    flat = np.concatenate([g.ravel() for g in (X.T @ B, B.sum(0), bend(A).T @ D, D.sum(0))])
    weights = np.concatenate([array.ravel() for array in (W1, b1, W2, b2)])
    flat = flat + l2 * weights
    ends = np.cumsum([W1.size, b1.size, W2.size])
    parts = np.split(flat, ends)
    grads = {n: part.reshape(params[n].shape) for n, part in zip(("W1", "b1", "W2", "b2"), parts)}
    return loss + l2 / 2 * weights @ weights, grads


@accept
def einsum_everywhere(params, X, y, l2, activation):
    A = np.einsum("nd,dm->nm", X, params["W1"]) + params["b1"]
    H = np.tanh(A) if activation == "tanh" else (np.abs(A) + A) / 2
    loss, D = cross_entropy(np.einsum("nm,mc->nc", H, params["W2"]) + params["b2"], y)
    slope = 1.0 - H * H if activation == "tanh" else np.where(A > 0, 1.0, 0.0)
    B = np.einsum("nc,mc,nm->nm", D, params["W2"], slope)
    grads = {
        "b2": np.einsum("nc->c", D),
        "W2": np.einsum("nm,nc->mc", H, D),
        "b1": np.einsum("nm->m", B),
        "W1": np.einsum("nd,nm->dm", X, B),
    }
    for name, array in params.items():
        loss = loss + l2 / 2 * np.einsum("i,i->", array.ravel(), array.ravel())
        grads[name] = grads[name] + l2 * array
    return float(loss), {name: grad.tolist() for name, grad in grads.items()}


@accept
def extra_entries_and_names(weights, data, labels, decay, bend):
    """Name the arguments otherwise, print, and return a dictionary that holds more."""
    A = data @ weights["W1"] + weights["b1"]
    H = np.tanh(A) if bend == "tanh" else np.maximum(A, np.zeros_like(A))
    loss, D = cross_entropy(H @ weights["W2"] + weights["b2"], labels)
    print("cross-entropy", loss)
    B = D @ weights["W2"].T
    B[H <= 0] *= 1 if bend == "tanh" else 0
    B *= 1 - H**2 if bend == "tanh" else 1
    out = {"H": H, "W1": data.T @ B, "b1": B.sum(0), "W2": H.T @ D, "b2": D.sum(0)}
    for name in weights:
        out[name] += decay * weights[name]
        loss += decay * np.sum(weights[name] ** 2) / 2
    return loss, out
