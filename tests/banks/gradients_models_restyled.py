"""Known mistakes in losses of models, made in other hands. No fingerprint is made from these.

A hand is a right solution in a style of its own; a mistake is an edit of it.
"""

import numpy as np

from tests.banks.gradients import BANK


def hand(exercise, source):
    """Return a function that adds an edit of a right solution as a coding of a known mistake."""

    def same(name, *edits):
        text = source
        for there, instead in zip(edits[::2], edits[1::2], strict=True):
            assert text.count(there) == 1, (name, there)
            text = text.replace(there, instead)
        namespace = {"np": np}
        exec(text, namespace)
        BANK.same_mistake(exercise, name)(namespace[exercise])

    return same


# fmt: off

same = hand("softmax_value_and_grad", """
def softmax_value_and_grad(W, X, y, l2):
    n, (d, k) = X.shape[0], W.shape
    total, dW = 0.0, np.zeros((d, k))
    for i in range(n):
        s = X[i].dot(W)
        top = s.max()
        e = np.exp(s - top)
        p = e / e.sum()
        total += np.log(e.sum()) - (s[y[i]] - top)
        for c in range(k):
            t = 1.0 if c == y[i] else 0.0
            dW[:, c] += (p[c] - t) * X[i]
    total = total / n
    dW = dW / n
    total += 0.5 * l2 * np.sum(W * W)
    dW += l2 * W
    return total, dW
""")
same("not_shifted", "top = s.max()", "top = 0")
same("shifted_by_smallest", "top = s.max()", "top = min(s)")
same("shifted_by_mean", "top = s.max()", "top = s.sum() / k")
same("shifted_by_largest_of_all", "top = s.max()", "top = np.max(X @ W)")
same("logarithm_of_probability", "np.log(e.sum()) - (s[y[i]] - top)", "-np.log(p[y[i]])")
same("logarithm_of_clipped", "np.log(e.sum()) - (s[y[i]] - top)", "-np.log(p[y[i]] + 1e-15)")
same("largest_not_added_back", "(s[y[i]] - top)", "s[y[i]]")
same("sum_in_gradient", "    dW = dW / n\n", "")
same("sum_in_loss", "    total = total / n\n", "")
same("sum_over_examples", "    total = total / n\n    dW = dW / n\n", "")
same("divided_twice", "dW[:, c] += (p[c] - t) * X[i]", "dW[:, c] += (p[c] - t) * X[i] / n")
same("divided_by_inputs", "dW = dW / n", "dW = dW / d")
same("penalty_slope_divided_by_n", "    dW = dW / n\n", "", "dW += l2 * W", "dW = (dW + l2 * W) / n")
same("penalty_counted_n_times", "total = total / n", "total = total / n + (n - 1) * 0.5 * l2 * np.sum(W * W)", "dW += l2 * W", "dW += n * l2 * W")
same("penalty_divided_by_n", "    total = total / n\n    dW = dW / n\n", "", "return total, dW", "return total / n, dW / n")
same("penalty_not_halved", "0.5 * l2", "l2")
same("penalty_without_half", "0.5 * l2", "l2", "dW += l2 * W", "dW += 2 * l2 * W")
same("no_penalty_in_loss", "    total += 0.5 * l2 * np.sum(W * W)\n", "")
same("labels_forgotten", "(p[c] - t)", "p[c]")
same("right_class_only", "dW[:, c] += (p[c] - t) * X[i]", "dW[:, c] += t * (p[c] - t) * X[i]")
same("sign_of_gradient", "(p[c] - t)", "(t - p[c])")
same("sign_of_loss", "total += np.log", "total -= np.log")
same("gradient_array_of_integers", "np.zeros((d, k))", "np.zeros_like(W)")
same("last_row_not_penalized", "np.sum(W * W)", "np.sum(W[:-1] * W[:-1])", "dW += l2 * W", "dW[:-1] += l2 * W[:-1]")
same("first_row_not_penalized", "np.sum(W * W)", "np.sum(W[1:] * W[1:])", "dW += l2 * W", "dW[1:] += l2 * W[1:]")
same("loss_alone", "return total, dW", "return total")
same("changes_weights", "return total, dW", "W[:] = W - dW\n    return total, dW")
same("gradient_in_integers", "return total, dW", "return total, np.array(dW, dtype=W.dtype)")
same("squared_error_slope", "(p[c] - t)", "(p[c] - t) * p[c] * (1 - p[c])")
same("not_normalized", "(p[c] - t)", "(e[c] - t)")

same = hand("softmax_value_and_grad", """
def softmax_value_and_grad(weights, data, labels, reg):
    onehot = (labels[:, None] == np.arange(weights.shape[1])).astype(float)
    scores = data @ weights
    scores = scores - np.max(scores, axis=1)[:, None]
    lse = np.log(np.sum(np.exp(scores), 1))
    probs = np.exp(scores - lse[:, None])
    ce = np.mean(lse - np.sum(onehot * scores, 1))
    penalty = 0.5 * reg * np.linalg.norm(weights) ** 2
    g = np.einsum("nd,nc->dc", data, probs - onehot) / data.shape[0]
    return ce + penalty, g + reg * weights
""")
same("shifted_by_column", "np.max(scores, axis=1)[:, None]", "np.max(scores, axis=0)[None, :]")
same("mean_over_classes", "ce = np.mean(lse - np.sum(onehot * scores, 1))", "ce = np.mean((lse[:, None] - scores) * onehot)", "/ data.shape[0]", "/ onehot.size")
same("penalty_slope_doubled", "g + reg * weights", "g + 2 * reg * weights")
same("no_penalty", "ce + penalty, g + reg * weights", "ce, g")
same("no_penalty_in_gradient", "g + reg * weights", "g")
same("penalty_not_squared", " ** 2", "")
same("softmax_over_examples", "lse = np.log(np.sum(np.exp(scores), 1))", "lse = np.log(np.sum(np.exp(scores), 0))", "lse[:, None]", "lse[None, :]", "lse - np.sum(onehot * scores, 1)", "-np.sum(onehot * (scores - lse), 1)")
same("softmax_over_everything", "np.sum(np.exp(scores), 1)", "np.sum(np.exp(scores)) + np.zeros(len(data))")
same("base_two", "np.mean(lse", "1 / np.log(2) * np.mean(lse")
same("transposed", "nd,nc->dc", "nd,nc->cd", "reg * weights", "reg * weights.T")
same("flattened", "g + reg * weights", "(g + reg * weights).flatten()")
same("gradient_first", "ce + penalty, g + reg * weights", "g + reg * weights, ce + penalty")
same("costs_not_averaged", "np.mean(lse - np.sum(onehot * scores, 1))", "lse - np.sum(onehot * scores, 1)")
same("hard_coded_l2", "penalty =", "reg = 1e-3\n    penalty =")
same("single_precision", "data @ weights", "data.astype('float32') @ weights.astype('float32')")
same("most_likely_class", "np.sum(onehot * scores, 1)", "np.max(scores, 1)")
same("both_signs", "np.mean(lse - np.sum(onehot * scores, 1))", "np.mean(np.sum(onehot * scores, 1) - lse)", "probs - onehot", "onehot - probs")
same("penalty_subtracted", "ce + penalty, g + reg", "ce - penalty, g - reg")

same = hand("hinge_value_and_grad", """
def hinge_value_and_grad(W, X, y, l2, margin):
    n, k = len(y), W.shape[1]
    total, dW = 0.0, np.zeros(W.shape)
    for i in range(n):
        s = X[i] @ W
        for j in range(k):
            if j == y[i]:
                continue
            lead = s[j] - s[y[i]] + margin
            if lead > 0:
                total += lead
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    total /= n
    dW /= n
    return total + l2 * (W**2).sum() / 2, dW + l2 * W
""")
same("right_class_in_loss", "            if j == y[i]:\n                continue\n", "")
same("right_class_counted_once", "        for j in range(k)", "        dW[:, y[i]] -= X[i] * any(s[j] - s[y[i]] + margin > 0 for j in range(k) if j != y[i])\n        for j in range(k)", "                dW[:, y[i]] -= X[i]\n", "")
same("right_class_always_once", "        for j in range(k)", "        dW[:, y[i]] -= X[i]\n        for j in range(k)", "                dW[:, y[i]] -= X[i]\n", "")
same("right_class_without_slope", "                dW[:, y[i]] -= X[i]\n", "")
same("right_class_sign", "dW[:, y[i]] -= X[i]", "dW[:, y[i]] += X[i]")
same("right_class_only", "                dW[:, j] += X[i]\n", "")
same("not_cut_off", "if lead > 0:", "if True:")
same("loss_not_cut_off", "            if lead > 0:\n                total += lead\n", "            total += lead\n            if lead > 0:\n")
same("gradient_not_cut_off", "                total += lead\n                dW", "                total += lead\n            if True:\n                dW")
same("squared_hinge", "total += lead", "total += lead**2", "dW[:, j] += X[i]", "dW[:, j] += 2 * lead * X[i]", "dW[:, y[i]] -= X[i]", "dW[:, y[i]] -= 2 * lead * X[i]")
same("violations_as_slopes", "dW[:, j] += X[i]", "dW[:, j] += lead * X[i]", "dW[:, y[i]] -= X[i]", "dW[:, y[i]] -= lead * X[i]")
same("margin_fixed", "s[y[i]] + margin", "s[y[i]] + 1.0")
same("no_margin", " + margin", "")
same("margin_sign", " + margin", " - margin")
same("everything_reversed", "s[j] - s[y[i]]", "s[y[i]] - s[j]", "dW[:, j] += X[i]", "dW[:, j] -= X[i]", "dW[:, y[i]] -= X[i]", "dW[:, y[i]] += X[i]")
same("scores_reversed", "s[j] - s[y[i]]", "s[y[i]] - s[j]")
same("sum_in_gradient", "    dW /= n\n", "")
same("sum_in_loss", "    total /= n\n", "")
same("sum_over_examples", "    total /= n\n    dW /= n\n", "")
same("divided_twice", "dW /= n\n", "dW /= n * n\n")
same("only_until_right_class", "continue", "break")
same("kink_in_one_column", "                total += lead\n                dW[:, j] += X[i]\n", "                total += lead\n", "            if lead > 0:\n", "            if lead >= 0:\n                dW[:, j] += X[i]\n            if lead > 0:\n")
same("gradient_array_of_integers", "np.zeros(W.shape)", "np.zeros_like(W)")
same("penalty_not_halved", " / 2, dW", ", dW")
same("penalty_without_half", " / 2, dW + l2", ", dW + 2 * l2")
same("penalty_divided_by_n", "total + l2 * (W**2).sum() / 2, dW + l2 * W", "total + l2 * (W**2).sum() / 2 / n, dW + l2 * W / n")
same("no_penalty_in_gradient", "dW + l2 * W", "dW")
same("changes_weights", "    return total + l2 * (W**2).sum() / 2, dW + l2 * W", "    total, dW = total + l2 * (W**2).sum() / 2, dW + l2 * W\n    W -= dW\n    return total, dW")
same("binary_hinge", "        for j in range(k):\n            if j == y[i]:\n                continue\n            lead = s[j] - s[y[i]] + margin\n", "        for j in [y[i]]:\n            lead = margin - s[j]\n", "                dW[:, j] += X[i]\n", "")
same("loss_alone", ", dW + l2 * W", "")

same = hand("hinge_value_and_grad", """
def hinge_value_and_grad(weights, data, labels, reg, delta):
    n = data.shape[0]
    scores = data.dot(weights)
    onehot = np.eye(weights.shape[1])[labels]
    right = (scores * onehot).sum(axis=1, keepdims=True)
    leads = (1 - onehot) * np.maximum(0, scores - right + delta)
    active = 1.0 * (leads > 0)
    active = active - onehot * active.sum(axis=1, keepdims=True)
    loss = leads.sum(axis=1).mean() + 0.5 * reg * np.sum(weights * weights)
    return loss, np.dot(data.T, active) / n + reg * weights
""")
same("right_class_in_count", "onehot * active.sum(axis=1, keepdims=True)", "onehot * (1 + active.sum(axis=1, keepdims=True))")
same("right_class_in_loss", "(1 - onehot) * np", "np")
same("count_of_all_rows", "onehot * active.sum(axis=1, keepdims=True)", "onehot * (active.sum() + active)")
same("worst_class_in_loss", "leads.sum(axis=1)", "leads.max(axis=1)")
same("worst_class_only", "active = 1.0 * (leads > 0)", "leads[np.arange(n)[:, None], np.argsort(-leads, axis=1, kind='stable')[:, 1:]] = 0\n    active = 1.0 * (leads > 0)")
same("mean_over_classes", "leads.sum(axis=1).mean()", "leads.mean()", "/ n", "/ leads.size")
same("mean_over_wrong_classes", "leads.sum(axis=1).mean()", "leads.sum() / n / (weights.shape[1] - 1)", "/ n + reg", "/ n / (weights.shape[1] - 1) + reg")
same("not_turned", "np.dot(data.T, active)", "np.dot(data, active)")
same("no_penalty", " + 0.5 * reg * np.sum(weights * weights)", "", " + reg * weights", "")
same("no_penalty_in_loss", " + 0.5 * reg * np.sum(weights * weights)", "")
same("penalty_slope_doubled", "+ reg * weights", "+ reg * 2 * weights")
same("penalty_slope_divided_by_n", "np.dot(data.T, active) / n + reg * weights", "(np.dot(data.T, active) + reg * weights) / n")
same("last_row_not_penalized", "np.sum(weights * weights)", "np.sum(weights[:-1] ** 2)", "+ reg * weights", "+ reg * weights * (np.arange(len(weights)) < len(weights) - 1)[:, None]")
same("sign_of_gradient", "np.dot(data.T, active) / n", "np.dot(data.T, -active) / n")
same("cut_off_after_sum", "np.maximum(0, scores - right + delta)", "(scores - right + delta)", "active = 1.0 * (leads > 0)", "active = 1.0 * (leads > 0)\n    leads = np.maximum(0, leads.sum(axis=1, keepdims=True))")
same("costs_not_averaged", "leads.sum(axis=1).mean()", "leads.sum(axis=1)")
same("gradient_first", "return loss, np.dot(data.T, active) / n + reg * weights", "return np.dot(data.T, active) / n + reg * weights, loss")
same("transposed", "np.dot(data.T, active) / n + reg * weights", "np.dot(active.T, data) / n + reg * weights.T")
same("hard_coded_l2", "loss =", "reg = 0.01\n    loss =")
same("softmax_loss", "leads.sum(axis=1).mean()", "-np.log(np.exp(right) / np.exp(scores).sum(axis=1, keepdims=True)).mean()")

same = hand("mlp_value_and_grad", """
def mlp_value_and_grad(params, X, y, l2, activation):
    cache = {}
    n = X.shape[0]

    def forward(x):
        cache["pre"] = x.dot(params["W1"]) + params["b1"]
        if activation == "tanh":
            cache["h"] = np.tanh(cache["pre"])
        else:
            cache["h"] = cache["pre"] * (cache["pre"] > 0)
        return cache["h"].dot(params["W2"]) + params["b2"]

    def backward(x, dscores):
        g = {"W2": cache["h"].T.dot(dscores), "b2": np.sum(dscores, axis=0)}
        dh = dscores.dot(params["W2"].T)
        if activation == "tanh":
            da = dh / np.cosh(cache["pre"]) ** 2
        else:
            da = dh.copy()
            da[cache["pre"] <= 0] = 0
        g["W1"], g["b1"] = x.T.dot(da), np.sum(da, axis=0)
        return g

    scores = forward(X)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    exps = np.exp(scores)
    sums = np.sum(exps, axis=1, keepdims=True)
    data_loss = np.mean(np.log(sums[:, 0]) - scores[np.arange(n), y])
    probs = exps / sums
    probs[np.arange(n), y] -= 1
    grads = backward(X, probs / n)
    reg_loss = 0
    for k in params:
        reg_loss += 0.5 * l2 * np.sum(params[k] * params[k])
        grads[k] = grads[k] + l2 * params[k]
    return data_loss + reg_loss, grads
""")
TANH, RELU = 'dh / np.cosh(cache["pre"]) ** 2', '            da[cache["pre"] <= 0] = 0\n'
same("slope_of_tanh_at_scores", TANH, 'dh * (1 - cache["pre"] ** 2)')
same("tanh_twice", TANH, 'dh * (1 - np.tanh(cache["h"]) ** 2)')
same("slope_of_tanh_not_squared", TANH, 'dh * (1 - cache["h"])')
same("slope_of_sigmoid", TANH, 'dh * cache["h"] * (1 - cache["h"])')
same("slope_of_tan", TANH, 'dh * (1 + np.tan(cache["pre"]) ** 2)')
same("slope_of_tanh_forgotten", TANH, "dh")
same("slope_of_relu_forgotten", RELU, "")
same("slope_forgotten", TANH, "dh", RELU, "")
same("leaky_slope", RELU, '            da[cache["pre"] <= 0] *= 0.01\n')
same("relu_slope_is_value", RELU, '            da *= cache["h"]\n')
same("relu_slope_reversed", RELU, '            da[cache["pre"] >= 0] = 0\n')
same("relu_masks_slopes", RELU, "            da[dh <= 0] = 0\n")
same("relu_mask_on_scores", "probs[np.arange(n), y] -= 1", 'probs[np.arange(n), y] -= 1\n    if activation == "relu":\n        probs[forward(X) <= 0] = 0')
same("no_bend", 'np.tanh(cache["pre"])', 'cache["pre"]', 'cache["pre"] * (cache["pre"] > 0)', 'cache["pre"]', TANH, "dh", RELU, "")
same("always_tanh", "    cache = {}\n", '    cache, activation = {}, "tanh"\n')
same("always_relu", "    cache = {}\n", '    cache, activation = {}, "relu"\n')
same("first_bias_forgotten", ' + params["b1"]', "")
same("last_bias_forgotten", ' + params["b2"]', "")
same("biases_over_columns", "np.sum(dscores, axis=0)", "np.sum(dscores, axis=1)", "np.sum(da, axis=0)", "np.sum(da, axis=1)")
same("biases_averaged_again", "np.sum(dscores, axis=0)", "np.mean(dscores, axis=0)", "np.sum(da, axis=0)", "np.mean(da, axis=0)")
same("biases_not_averaged", "grads = backward(X, probs / n)", 'grads = backward(X, probs)\n    grads["W1"], grads["W2"] = grads["W1"] / n, grads["W2"] / n')
same("biases_without_gradient", "np.sum(dscores, axis=0)", 'np.zeros_like(params["b2"])', "np.sum(da, axis=0)", 'np.zeros_like(params["b1"])')
same("first_bias_before_the_bend", "np.sum(da, axis=0)", "np.sum(dh, axis=0)")
same("first_weights_before_the_bend", "x.T.dot(da)", "x.T.dot(dh)")
same("last_weights_from_before_the_bend", 'cache["h"].T.dot(dscores)', 'cache["pre"].T.dot(dscores)')
same("turned_last_weights", 'cache["h"].T.dot(dscores)', 'dscores.T.dot(cache["h"])')
same("weights_not_turned_back", 'params["W2"].T', 'params["W2"]')
same("last_layer_only", "x.T.dot(da), np.sum(da, axis=0)", 'np.zeros(params["W1"].shape), np.zeros(params["b1"].shape)')
same("labels_forgotten", "    probs[np.arange(n), y] -= 1\n", "")
same("sign_of_gradient", "backward(X, probs / n)", "backward(X, -probs / n)")
same("sum_in_gradient", "probs / n", "probs")
same("sum_over_examples", "np.mean(np.log(sums[:, 0]) - scores[np.arange(n), y])", "np.sum(np.log(sums[:, 0]) - scores[np.arange(n), y])", "probs / n", "probs")
same("first_layer_averaged_twice", "x.T.dot(da), np.sum(da, axis=0)", "x.T.dot(da) / n, np.mean(da, axis=0)")
same("not_shifted", "    scores = scores - np.max(scores, axis=1, keepdims=True)\n", "")
same("shifted_by_largest_of_all", "np.max(scores, axis=1, keepdims=True)", "np.max(scores)")
same("logarithm_of_clipped", "np.log(sums[:, 0]) - scores[np.arange(n), y]", "-np.log((exps / sums)[np.arange(n), y] + 1e-12)")
same("no_penalty", "        reg_loss += 0.5 * l2 * np.sum(params[k] * params[k])\n        grads[k] = grads[k] + l2 * params[k]\n", "        pass\n")
same("no_penalty_in_loss", "data_loss + reg_loss", "data_loss")
same("no_penalty_in_gradient", "        grads[k] = grads[k] + l2 * params[k]\n", "")
same("biases_not_penalized", "for k in params:", 'for k in ("W1", "W2"):')
same("penalty_without_half", "0.5 * l2", "l2", "+ l2 * params[k]", "+ 2 * l2 * params[k]")
same("penalty_not_halved", "0.5 * l2", "l2")
same("penalty_divided_by_n", "0.5 * l2 * ", "0.5 * l2 / n * ", "+ l2 * params[k]", "+ l2 * params[k] / n")
same("changes_params", "    return data_loss", "    for k in params:\n        params[k] -= 0.01 * grads[k]\n    return data_loss")
same("changes_params", "    return data_loss + reg_loss, grads", "    for k in params:\n        params[k][...] = grads[k]\n    return data_loss + reg_loss, params")
same("weights_only", "    return data_loss", "    del grads['b1'], grads['b2']\n    return data_loss")
same("gradient_first", "return data_loss + reg_loss, grads", "return grads, data_loss + reg_loss")
same("loss_alone", "return data_loss + reg_loss, grads", "return data_loss + reg_loss")
same("bias_rows", "np.sum(dscores, axis=0)", "np.sum(dscores, axis=0)[None]", "np.sum(da, axis=0)", "np.sum(da, axis=0)[None]")
same("sigmoid_bend", 'np.tanh(cache["pre"])', '0.5 + 0.5 * np.tanh(cache["pre"] / 2)', TANH, 'dh * cache["h"] * (1 - cache["h"])')
same("squared_slopes", "    probs[np.arange(n), y] -= 1\n", "    slope = probs * (1 - probs)\n    probs[np.arange(n), y] -= 1\n    probs *= slope\n")
same("gradients_accumulate", "grads = backward(X, probs / n)", "grads = backward(X, probs / n)\n    kept = mlp_value_and_grad.__dict__\n    shapes = [g.shape for g in grads.values()]\n    if kept.get('shapes') == shapes:\n        for k in grads:\n            grads[k] += kept['sums'][k]\n    kept.update(shapes=shapes, sums={k: g.copy() for k, g in grads.items()})")
