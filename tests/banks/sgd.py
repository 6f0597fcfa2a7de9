"""Wrong solutions of chapter 3, each with the misconception it stands for."""

from tests.banks.bank import Bank

BANK = Bank("sgd", "3-sgd")

# A mistake is a paragraph: the edit, what the student did, where to look.
# fmt: off

wrong = BANK.mistakes("minibatches")
ORDER = "order = rng.permutation(n_examples)"
LOOP = "for start in range(0, end, batch_size):"
CUT = "yield order[start : start + batch_size]"
wrong("with_replacement", "formula", ORDER, "order = rng.integers(n_examples, size=n_examples)",
      "the indices are drawn with replacement",
      "An epoch has every index once: rng.permutation(n_examples).")
wrong("not_shuffled", "missing term", ORDER, "order = np.arange(n_examples)",
      "the indices come in order",
      "Shuffle them first, with rng.permutation.")
wrong("permutation_unused", "missing term", ORDER,
      "order = np.arange(n_examples)\n    rng.permutation(order)",
      "a shuffled row is drawn but not used, or sorted again",
      "rng.permutation leaves its argument as it is and returns a new row. Cut that one.")
wrong("same_order_each_time", "stale state", ORDER,
      "order = np.random.default_rng(0).permutation(n_examples)",
      "every call gives the same order, whatever rng is",
      "Draw the order from rng, in every call. Is there a seed in your function?",
      survives_visible=True)
wrong("global_random", "wrong point", ORDER, "order = np.random.permutation(n_examples)",
      "the order does not come from rng",
      "Use rng.permutation or rng.shuffle, and no other source of chance.", survives_visible=True)
wrong("row_kept", "stale state", ORDER,
      "order = minibatches.__dict__.setdefault(n_examples, np.arange(n_examples))\n"
      "    rng.shuffle(order)",
      "the row is kept from call to call, and shuffled further",
      "Make it anew in every call. Then the same seed gives the same order.",
      survives_visible=True)
wrong("copied_rng", "stale state", ORDER,
      "import copy\n    order = copy.deepcopy(rng).permutation(n_examples)",
      "the order is drawn from a copy of rng, which leaves rng itself as it was",
      "Draw from rng itself, so that the next epoch gets another order.", survives_visible=True)
wrong("rest_always_dropped", "boundary", "if drop_last:", "if True:",
      "the short minibatch is always left out",
      "Only with drop_last=True it is. Otherwise the loop goes to the end of the row.",
      survives_visible=True)
wrong("drop_last_ignored", "missing term", "if drop_last:", "if False:",
      "drop_last has no effect",
      "With drop_last=True no minibatch is short.", survives_visible=True)
wrong("drop_last_inverted", "boundary", "if drop_last:", "if not drop_last:",
      "drop_last means its opposite",
      "True leaves the short minibatch out, False keeps it.", survives_visible=True)
wrong("drops_a_full_one", "boundary", "n_examples - n_examples % batch_size",
      "(n_examples - 1) // batch_size * batch_size",
      "drop_last leaves out the last minibatch even if it is full",
      "If batch_size divides n_examples, nothing is dropped.", survives_visible=True)
wrong("empty_at_the_end", "off by one", "range(0, end, batch_size)", "range(0, end + 1, batch_size)",
      "an empty minibatch follows where batch_size divides the number of indices",
      "The last start lies before the end: range(0, end, batch_size).")
wrong("even_pieces", "boundary", LOOP + "\n        " + CUT,
      "if end:\n        yield from np.array_split(order[:end], -(-end // batch_size))",
      "the row is cut into pieces of nearly equal sizes",
      "np.array_split evens out. All pieces have batch_size indices, only one may have fewer.",
      survives_visible=True)
wrong("rounded_count", "boundary", "range(0, end, batch_size)",
      "[batch_size * b for b in range(round(end / batch_size))]",
      "the number of minibatches is n_examples / batch_size, rounded to the nearest",
      "What is left makes one more minibatch, however short: round up.", survives_visible=True)
wrong("end_not_shuffled", "boundary", ORDER,
      "whole = n_examples // batch_size * batch_size\n    "
      "order = np.concatenate([rng.permutation(whole), np.arange(whole, n_examples)])",
      "only the indices that fill whole minibatches are shuffled",
      "Shuffle all n_examples indices, then cut.", survives_visible=True)
wrong("blocks_shuffled", "order", (ORDER, "range(0, end, batch_size)"),
      ("order = np.arange(n_examples)", "rng.permutation(np.arange(0, end, batch_size))"),
      "the minibatches are shuffled, but each of them holds neighbors",
      "Shuffle the indices, then cut the row.", survives_visible=True)
wrong("shuffled_within", "order", ORDER,
      "order = np.concatenate([rng.permutation(np.arange(s, min(s + batch_size, n_examples))) "
      "for s in range(0, n_examples, batch_size)])",
      "the indices are shuffled only within their minibatch",
      "Every example may meet every other: shuffle the whole row.", survives_visible=True)
wrong("rotated", "order", ORDER, "order = np.roll(np.arange(n_examples), rng.integers(n_examples))",
      "the row starts at a random place but keeps its order",
      "All orders must be possible: rng.permutation.", survives_visible=True)
wrong("from_one", "off by one", CUT, "yield order[start : start + batch_size] + 1",
      "the indices count from 1",
      "They run from 0 to n_examples - 1.")
wrong("redrawn_each_time", "wrong point", CUT,
      "yield rng.permutation(n_examples)[: min(batch_size, end - start)]",
      "each minibatch is drawn from all the indices again",
      "Shuffle once an epoch, before the loop, and cut that row.")
wrong("floats", "dtype", CUT, "yield order[start : start + batch_size].astype(float)",
      "the indices are floats",
      "Arrays are indexed by integers.")
wrong("not_cut", "missing term", CUT, "yield order",
      "each minibatch holds all the indices",
      "Yield a slice of the row.")
wrong("sliding", "boundary", "range(0, end, batch_size)", "range(0, end)",
      "a minibatch starts at every index, so they overlap",
      "The starts lie batch_size apart.")
wrong("rest_filled_up", "boundary", CUT,
      "yield order[np.arange(start, start + batch_size) % n_examples]",
      "the short minibatch is filled up with indices that have come before",
      "It stays short.", survives_visible=True)
wrong("first_only", "order", CUT, CUT + "\n        return",
      "the function ends after its first minibatch",
      "A return inside the loop ends it. Yield, and let the loop go on.")
wrong("starts_only", "form", CUT, "yield start",
      "numbers are yielded, not arrays of indices",
      "A number says where a minibatch starts. Yield what stands there in the shuffled row.")
wrong("one_too_short", "off by one", CUT, "yield order[start : start + batch_size - 1]",
      "each minibatch lacks one index",
      "A slice leaves out its end: order[start : start + batch_size] has batch_size entries.")
wrong("one_too_long", "off by one", CUT, "yield order[start : start + batch_size + 1]",
      "each minibatch has one index of the next",
      "A slice leaves out its end: order[start : start + batch_size] has batch_size entries.")
wrong("begins_late", "off by one", "range(0, end, batch_size)", "range(batch_size, end, batch_size)",
      "the first minibatch is missing",
      "The first start is 0.")

wrong("last_index_lost", "off by one", "range(0, end, batch_size)",
      "range(0, max(end - 1, 0), batch_size)",
      "the loop ends before the last index",
      "A range leaves out its end: range(0, n_examples, ...) goes up to n_examples - 1.",
      survives_visible=True)
wrong("nothing_where_it_fits", "boundary", "end = n_examples - n_examples % batch_size",
      "order = order[: -(n_examples % batch_size)]\n        end = len(order)",
      "with drop_last nothing is left where batch_size divides n_examples",
      "order[:-0] is empty. Cut at n_examples - rest instead of -rest.", survives_visible=True)
wrong("size_capped", "boundary", ORDER, ORDER + "\n    batch_size = min(batch_size, n_examples)",
      "a batch_size above n_examples is lowered to it",
      "A minibatch of all examples is short then, and drop_last leaves it out.",
      survives_visible=True)
wrong("biased_swaps", "formula", ORDER,
      "order = np.arange(n_examples)\n    for i in range(n_examples):\n"
      "        j = rng.integers(n_examples)\n        order[i], order[j] = order[j], order[i]",
      "each index is swapped with any other one",
      "Some orders are more likely then. Swap only with those not dealt yet, or use "
      "rng.permutation.", survives_visible=True)
wrong("never_at_home", "off by one", ORDER,
      "order = np.arange(n_examples)\n    for i in range(n_examples - 1, 0, -1):\n"
      "        j = rng.integers(i)\n        order[i], order[j] = order[j], order[i]",
      "no index may stay at its place",
      "It may be swapped with itself: draw from one place more, or use rng.permutation.",
      survives_visible=True)
wrong("tied_keys", "formula", ORDER,
      "order = np.argsort(rng.integers(n_examples, size=n_examples), kind='stable')",
      "the random keys of the sort are often equal, and equal keys keep their order",
      "Sort by rng.random(n_examples), or use rng.permutation.", survives_visible=True)

wrong = BANK.mistakes("data_batches")
ORDER = "order = rng.permutation(len(X))"
PAIR = "yield X[indices], y[indices]"
wrong("shuffled_separately", "wrong point", (ORDER, "y[indices]"),
      (ORDER + "\n    other = rng.permutation(len(X))", "y[other[start : start + batch_size]]"),
      "X and y are shuffled separately",
      "Draw one order, and use it for both.")
wrong("only_inputs_shuffled", "missing term", "y[indices]", "y[start : start + batch_size]",
      "only X is shuffled",
      "Take y with the same indices as X.")
wrong("only_labels_shuffled", "missing term", "X[indices]", "X[start : start + batch_size]",
      "only y is shuffled",
      "Take X with the same indices as y.")
wrong("shuffled_in_place", "aliasing", ORDER,
      ORDER + "\n    X[:], y[:] = X[order], y[order]\n    order = np.arange(len(X))",
      "the caller's X and y are reordered",
      "Leave them as they are: X[indices] is a new array.")
wrong("not_shuffled", "missing term", ORDER, "order = np.arange(len(X))",
      "the examples come in order",
      "Shuffle their indices first.")
wrong("with_replacement", "formula", ORDER, "order = rng.integers(len(X), size=len(X))",
      "the examples are drawn with replacement",
      "An epoch has every example once: rng.permutation.")
wrong("same_order_each_time", "stale state", ORDER,
      "order = np.random.default_rng(0).permutation(len(X))",
      "every call gives the same order, whatever rng is",
      "Draw the order from rng, in every call.", survives_visible=True)
wrong("global_random", "wrong point", ORDER, "order = np.random.permutation(len(X))",
      "the order does not come from rng",
      "Use rng.permutation, and no other source of chance.", survives_visible=True)
wrong("copied_rng", "stale state", ORDER,
      "import copy\n    order = copy.deepcopy(rng).permutation(len(X))",
      "the order is drawn from a copy of rng, which leaves rng itself as it was",
      "Draw from rng itself, so that the next epoch gets another order.", survives_visible=True)
wrong("rest_dropped", "boundary", "range(0, len(X), batch_size)",
      "range(0, len(X) - batch_size + 1, batch_size)",
      "the short minibatch is left out",
      "The loop goes to the end of the row.", survives_visible=True)
wrong("empty_at_the_end", "off by one", "range(0, len(X), batch_size)",
      "range(0, len(X) + 1, batch_size)",
      "an empty minibatch follows where batch_size divides the number of examples",
      "The last start lies before the end.")
wrong("neighbors_label", "off by one", "y[indices]", "y[indices - 1]",
      "each input gets the label of the example before it",
      "X[indices] belongs to y[indices].")
wrong("inputs_alone", "form", PAIR, "yield X[indices]",
      "the labels are missing",
      "Yield a pair: X[indices], y[indices].")
wrong("labels_first", "order", PAIR, "yield y[indices], X[indices]",
      "the labels come before the inputs",
      "The inputs come first.")
wrong("sorted_by_label", "order", ORDER, "order = np.argsort(y, kind='stable')",
      "the examples are sorted by their labels",
      "A minibatch of one class says little about the whole. Shuffle.")
wrong("columns", "axis", "X[indices]", "X[:, indices]",
      "columns of X are taken instead of rows",
      "An example is a row: X[indices].")
wrong("first_only", "order", PAIR, PAIR + "\n        return",
      "the function ends after its first minibatch",
      "Yield, and let the loop go on.")
wrong("redrawn_each_time", "wrong point", "order[start : start + batch_size]",
      "rng.permutation(len(X))[: min(batch_size, len(X) - start)]",
      "each minibatch is drawn from all the examples again",
      "Shuffle once an epoch, before the loop.")
wrong("flattened", "axis", "X[indices]", "X[indices].reshape(len(indices), -1)",
      "each input is made one row of numbers",
      "X may have more axes than two, or one. Keep them all.", survives_visible=True)
wrong("columns_counted", "axis", (ORDER, "range(0, len(X), batch_size)"),
      ("order = rng.permutation(X.shape[-1])", "range(0, X.shape[-1], batch_size)"),
      "the columns of X are counted instead of the examples",
      "len(X), or X.shape[0], is the number of examples.")
wrong("labels_sorted", "order", "y[indices]", "np.sort(y[indices])",
      "the labels of a minibatch are sorted",
      "Leave them in the order of the inputs.")
wrong("one_too_short", "off by one", "start + batch_size]", "start + batch_size - 1]",
      "each minibatch lacks one example",
      "A slice leaves out its end.")

wrong("inputs_sorted", "order", "X[indices]", "X[np.sort(indices)]",
      "the inputs of a minibatch stand in their old order, and the labels in the new one",
      "A mask, or sorted indices, lose the order. Use the same indices for both.")
wrong("labels_to_integers", "dtype", "y[indices]", "y[indices].astype(int)",
      "the labels are cut to whole numbers",
      "They need not be classes. Take them as they are.", survives_visible=True)

wrong("single_precision", "dtype", "X[indices]", "X[indices].astype(np.float32)",
      "the inputs are cut to single precision",
      "Take them as they are: X[indices].", survives_visible=True)
wrong("blocks_shuffled", "order", (ORDER, "range(0, len(X), batch_size)"),
      ("order = np.arange(len(X))", "rng.permutation(np.arange(0, len(X), batch_size))"),
      "the minibatches are shuffled, but each of them holds neighbors",
      "Shuffle the examples, then cut the row.", survives_visible=True)
wrong("shuffled_within", "order", ORDER,
      "order = np.concatenate([rng.permutation(np.arange(s, min(s + batch_size, len(X)))) "
      "for s in range(0, len(X), batch_size)])",
      "the examples are shuffled only within their minibatch",
      "Every example may meet every other: shuffle the whole row.", survives_visible=True)
wrong("rotated", "order", ORDER, "order = np.roll(np.arange(len(X)), rng.integers(len(X)))",
      "the row starts at a random place but keeps its order",
      "All orders must be possible: rng.permutation.", survives_visible=True)
wrong("end_not_shuffled", "boundary", ORDER,
      "whole = len(X) // batch_size * batch_size\n    "
      "order = np.concatenate([rng.permutation(whole), np.arange(whole, len(X))])",
      "only the examples that fill whole minibatches are shuffled",
      "Shuffle all of them, then cut.", survives_visible=True)

wrong = BANK.mistakes("minibatch_gradient")
ROWS = "X[indices], y[indices]"
MEAN = "inputs.T @ residuals / len(indices)"
PENALTY = " + l2 * params"
wrong("divided_by_all", "scale", "/ len(indices)", "/ len(X)",
      "the sum over the minibatch is divided by the number of all examples",
      "The mean over a minibatch is divided by its own size.")
wrong("sum", "scale", " / len(indices)", "",
      "the examples' gradients are summed",
      "Divide by the number of examples in the minibatch.")
wrong("divided_twice", "scale", "/ len(indices)", "/ len(indices) ** 2",
      "the sum is divided by the batch size twice",
      "One division makes a mean.")
wrong("all_inputs", "wrong point", ROWS, "X, y[indices]",
      "all rows of X meet the targets of the minibatch",
      "Take the rows of both: X[indices], y[indices].")
wrong("first_rows", "wrong point", "X[indices]", "X[: len(indices)]",
      "the first rows of X meet the targets of the minibatch",
      "Take the rows that indices name.")
wrong("first_examples", "wrong point", ROWS, "X[: len(indices)], y[: len(indices)]",
      "the first examples are used instead of those in indices",
      "Take the rows that indices name.")
wrong("whole_data", "wrong point", (ROWS, "/ len(indices)"), ("X, y", "/ len(X)"),
      "indices has no effect and all examples are used",
      "Take X[indices] and y[indices].")
wrong("stale_params", "stale state", "inputs @ params",
      "inputs @ minibatch_gradient.__dict__.setdefault(len(params), params.copy())",
      "the params of an earlier call are used again",
      "Use the argument params, and nothing that is kept outside of the function.")
wrong("no_penalty", "missing term", PENALTY, "",
      "the gradient of the penalty is missing",
      "Add l2 * params.", survives_visible=True)
wrong("penalty_shared_out", "scale", MEAN + PENALTY,
      "(inputs.T @ residuals + l2 * params) / len(indices)",
      "the penalty is divided by the batch size",
      "The penalty is not part of the mean: add it in full.", survives_visible=True)
wrong("penalty_in_proportion", "scale", PENALTY, " + l2 * params * len(indices) / len(X)",
      "the penalty counts in proportion to the batch size",
      "Add it in full, whatever the minibatch.", survives_visible=True)
wrong("penalty_divided_by_all", "scale", PENALTY, " + l2 * params / len(X)",
      "the penalty is divided by the number of all examples",
      "Add l2 * params in full.", survives_visible=True)
wrong("penalty_for_each", "scale", PENALTY, " + len(indices) * l2 * params",
      "the penalty is added once for every example",
      "It is added once.", survives_visible=True)
wrong("penalty_doubled", "scale", PENALTY, " + 2 * l2 * params",
      "the penalty's gradient has an extra factor 2",
      "The loss has l2 / 2 times the square, so the 2 cancels.", survives_visible=True)
wrong("penalty_halved", "scale", PENALTY, " + 0.5 * l2 * params",
      "the penalty's gradient has an extra factor 1/2",
      "The 2 of the square's derivative cancels the 1/2.", survives_visible=True)
wrong("penalty_subtracted", "sign", PENALTY, " - l2 * params",
      "the penalty's gradient is subtracted",
      "The penalty grows with params: add.", survives_visible=True)
wrong("penalty_itself", "formula", PENALTY, " + 0.5 * l2 * params @ params",
      "the penalty is added, not its gradient",
      "Its gradient is l2 * params, a vector.", survives_visible=True)
wrong("penalty_of_signs", "formula", PENALTY, " + l2 * np.sign(params)",
      "the penalty's gradient is that of absolute values",
      "The penalty is a sum of squares.", survives_visible=True)
wrong("default_penalty", "hard-coded", "l2=0.0", "l2=0.1",
      "there is a penalty even if none is asked for",
      "The default of l2 is 0.")
wrong("two_left", "scale", MEAN, "2 * " + MEAN,
      "the gradient of the data has an extra factor 2",
      "The loss has the factor 1/2, which cancels the 2 of the square.")
wrong("half_left", "scale", MEAN, "0.5 * " + MEAN,
      "the gradient of the data has an extra factor 1/2",
      "The 2 of the square's derivative cancels the 1/2.")
wrong("sign_of_residuals", "sign", "inputs @ params - targets", "targets - inputs @ params",
      "the residuals have the wrong sign",
      "They are prediction minus target.")
wrong("targets_added", "sign", "- targets", "+ targets",
      "the targets are added to the predictions",
      "Residuals are prediction minus target.")
wrong("no_targets", "missing term", " - targets", "",
      "the targets are missing",
      "Residuals are prediction minus target.")
wrong("repetitions_dropped", "boundary", "inputs, targets =",
      "indices = np.unique(indices)\n    inputs, targets =",
      "an index that comes twice counts once",
      "Use indices as they are.", survives_visible=True)
wrong("single_precision", "dtype", MEAN, "(" + MEAN + ").astype(np.float32)",
      "the gradient is computed in single precision",
      "Stay with float64.")
wrong("product_of_means", "formula", MEAN, "inputs.mean(axis=0) * residuals.mean()",
      "the mean input is multiplied by the mean residual",
      "Multiply each residual by its own row, then take the mean.")
wrong("loss", "form", MEAN, "0.5 * np.mean(residuals**2)",
      "the loss of the data stands where its gradient should",
      "Its gradient is the mean of residual times row.")
wrong("one_row_each", "axis", MEAN, "inputs * residuals[:, None]",
      "the gradients of the examples are returned, not their mean",
      "Take the mean over the examples.")
wrong("mean_of_coordinates", "axis", MEAN, "np.mean(inputs.T @ residuals) / len(indices)",
      "the gradient is averaged over the coordinates",
      "The mean is over examples only.")
wrong("residuals_squared", "formula", "inputs.T @ residuals", "inputs.T @ residuals**2",
      "the residuals are squared",
      "The derivative of half a square is the residual itself.")
wrong("rounded_to_params", "dtype", "return " + MEAN + PENALTY,
      "return (" + MEAN + PENALTY + ").astype(params.dtype)",
      "the gradient has the dtype of params, so integers round it",
      "Return floats.", survives_visible=True)
wrong("changes_params", "aliasing", "return " + MEAN + PENALTY,
      "params *= l2\n    return " + MEAN + " + params",
      "the array params itself is multiplied by l2",
      "params belongs to the caller: l2 * params is a new array.")

wrong("first_not_penalized", "missing term", PENALTY,
      " + l2 * np.concatenate([[0.0], params[1:]])",
      "the first parameter is not penalized",
      "The loss here has the square of all of them, and no bias.", survives_visible=True)

wrong = BANK.mistakes("gradient_variance")
SQUARES = "np.sum(deviations**2) / n_examples"
FRACTION = "(n_examples - batch_size) / (n_examples - 1)"
LAST = "return variance / batch_size * "
wrong("never_corrected", "missing term", "if replacement:", "if True:",
      "draws without replacement are taken for independent ones",
      "Without replacement the variance has the factor (N - B) / (N - 1).")
wrong("always_corrected", "boundary", "if replacement:", "if False:",
      "independent draws are taken for draws without replacement",
      "With replacement=True the variance is that of one draw, divided by B.")
wrong("swapped", "boundary", "if replacement:", "if not replacement:",
      "replacement means its opposite",
      "With replacement the draws are independent; without it they have the extra factor.")
wrong("sample_variance", "scale", SQUARES, "np.sum(deviations**2) / (n_examples - 1)",
      "the variance of one draw is divided by N - 1",
      "The examples are all there are, not a sample: divide by N.")
wrong("over_n", "formula", "(n_examples - 1)", "n_examples",
      "the factor is (N - B) / N",
      "Try B = 1: one draw knows of no replacement, so the factor must be 1.")
wrong("upside_down", "formula", FRACTION, "(n_examples - 1) / (n_examples - batch_size)",
      "the factor (N - B) / (N - 1) is upside down",
      "It falls to 0 as B grows to N.")
wrong("root_of_factor", "formula", LAST + FRACTION,
      LAST + "np.sqrt((n_examples - batch_size) / (n_examples - 1))",
      "the root of (N - B) / (N - 1) is taken",
      "That is the factor of the standard deviation.")
wrong("standard_deviation", "formula", "variance = " + SQUARES, "variance = np.sqrt(" + SQUARES + ")",
      "the standard deviation of one draw is used",
      "Mean squared distances are asked for: no root.")
wrong("root_of_batch", "scale", ("return variance / batch_size\n", LAST),
      ("return variance / np.sqrt(batch_size)\n", "return variance / np.sqrt(batch_size) * "),
      "the variance is divided by the root of the batch size",
      "The standard deviation falls with the root; the variance falls with B itself.")
wrong("batch_squared", "scale", ("return variance / batch_size\n", LAST),
      ("return variance / batch_size**2\n", "return variance / batch_size**2 * "),
      "the variance is divided by the square of the batch size",
      "A mean of B draws: the sum has B times the variance, and 1/B enters squared.")
wrong("batch_missing", "missing term", ("return variance / batch_size\n", LAST),
      ("return variance\n", "return variance * "),
      "the variance is not divided by the batch size",
      "A mean of B draws has 1/B of the variance.")
wrong("mean_of_coordinates", "axis", SQUARES, "np.mean(deviations**2)",
      "the squares are averaged over the coordinates",
      "A squared distance is the sum over the coordinates.", survives_visible=True)
wrong("not_centered", "missing term", "example_grads - example_grads.mean(axis=0)", "example_grads",
      "the squares are those of the gradients, not of their distances from the mean",
      "Subtract the full gradient first.", survives_visible=True)
wrong("one_mean", "axis", ".mean(axis=0)", ".mean()",
      "the mean of all numbers is subtracted",
      "Each coordinate has its own mean: axis=0.", survives_visible=True)
wrong("mean_of_rows", "axis", ".mean(axis=0)", ".mean(axis=1, keepdims=True)",
      "each example's mean over the coordinates is subtracted",
      "The mean is over the examples: axis=0.")
wrong("norm_of_covariance", "formula", SQUARES,
      "np.linalg.norm(deviations.T @ deviations / n_examples)",
      "the norm of the covariance matrix is returned",
      "The mean squared distance is its trace.", survives_visible=True)
wrong("largest_eigenvalue", "formula", SQUARES,
      "np.linalg.norm(deviations.T @ deviations / n_examples, 2)",
      "the largest eigenvalue of the covariance matrix is returned",
      "The mean squared distance is the sum of all eigenvalues, the trace.", survives_visible=True)
wrong("all_covariances", "formula", SQUARES, "np.sum(deviations.T @ deviations) / n_examples",
      "all the entries of the covariance matrix are summed",
      "Only its diagonal counts.", survives_visible=True)
wrong("nothing_over_nothing", "boundary", "batch_size == n_examples", "batch_size > n_examples",
      "0 is divided by 0 if there is one example only",
      "At N = 1 there is one minibatch, and the variance is 0.", survives_visible=True)
wrong("whole_data_varies", "boundary", "return 0.0", "return variance / batch_size",
      "the whole data is treated like independent draws",
      "Without replacement there is only one minibatch of all examples.", survives_visible=True)
wrong("whole_data_never_varies", "boundary", "if replacement:",
      "if batch_size == n_examples:\n        return 0.0\n    if replacement:",
      "the variance vanishes at B = N, also with replacement",
      "Draws with replacement repeat some examples and miss others. Only without it are N draws "
      "the whole data.", survives_visible=True)
wrong("one_variance", "axis", SQUARES, "np.var(example_grads)",
      "the variance of all numbers at once is taken",
      "Each coordinate has its own: axis=0. Then sum them.", survives_visible=True)
wrong("absolute_values", "formula", SQUARES, "np.sum(np.abs(deviations)) / n_examples",
      "absolute values are taken instead of squares",
      "The mean squared distance is asked for.")
wrong("distances", "formula", SQUARES,
      "np.sum(np.linalg.norm(deviations, axis=1)) / n_examples",
      "the distances are not squared",
      "The mean squared distance is asked for.")
wrong("for_each_coordinate", "form", SQUARES, "np.sum(deviations**2, axis=0) / n_examples",
      "a variance for each coordinate is returned",
      "Sum them: one number is asked for.", survives_visible=True)
wrong("default_replacement", "hard-coded", "replacement=False", "replacement=True",
      "replacement is True if it is not given",
      "Its default is False.")
wrong("relative", "scale", SQUARES,
      "np.sum(deviations**2) / n_examples / np.sum(example_grads.mean(axis=0) ** 2)",
      "the variance is divided by the squared full gradient",
      "The variance itself is asked for.")
wrong("not_averaged", "scale", SQUARES, "np.sum(deviations**2)",
      "the squared distances are summed over the examples",
      "Divide by N.")
wrong("some_draws", "formula", "n_examples = len(example_grads)",
      "draws = np.random.default_rng(0)\n"
      "    n_examples = len(example_grads)\n"
      "    means = [example_grads[draws.choice(n_examples, batch_size, replacement)].mean(axis=0)"
      " for _ in range(50)]\n"
      "    return np.mean(np.sum((means - example_grads.mean(axis=0)) ** 2, axis=1))",
      "some random minibatches are drawn and measured",
      "That gives a few digits. Use the formula.")
wrong("batch_minus_one", "off by one", ("return variance / batch_size\n", LAST),
      ("return variance / max(batch_size - 1, 1)\n", "return variance / max(batch_size - 1, 1) * "),
      "the variance is divided by B - 1",
      "The variance of a mean of B draws is divided by B.")

wrong("root_taken", "formula", ("return variance / batch_size\n", LAST + FRACTION),
      ("return np.sqrt(variance / batch_size)\n",
       "return np.sqrt(variance / batch_size * " + FRACTION + ")"),
      "the root of the variance is returned",
      "The mean squared distance is asked for: no root.")
wrong("batch_capped", "boundary", "n_examples = len(example_grads)",
      "n_examples = len(example_grads)\n    batch_size = min(batch_size, n_examples)",
      "a batch size above N is lowered to N",
      "With replacement there may be more draws than examples.", survives_visible=True)

wrong = BANK.mistakes("sgd")
UPDATE = "x = x - alpha * grad(x, indices)"
EPOCHS = "for _ in range(n_epochs):"
DEAL = "for indices in batches():"
APPEND = "points.append(x)"
ALPHA = "alpha = learning_rate(step) if callable(learning_rate) else learning_rate"
wrong("ascent", "sign", "x - alpha", "x + alpha",
      "the update adds the gradient instead of subtracting it",
      "The gradient points uphill. Check the sign in your update.")
wrong("aliased_history", "aliasing", UPDATE, "x -= alpha * grad(x, indices)",
      "one array is changed in place and stands in the list many times over",
      "Make a new array in every step, with x = x - ..., or append x.copy().")
wrong("changes_params", "aliasing", ("np.array(params, dtype=float)", "points = [x]", UPDATE, APPEND),
      ("np.asarray(params, dtype=float)", "points = [x.copy()]", "x -= alpha * grad(x, indices)",
       "points.append(x.copy())"),
      "x and params are one array",
      "x = params does not copy. Begin with x = np.array(params, dtype=float).")
wrong("learning_rate_squared", "scale", "- alpha * grad", "- alpha**2 * grad",
      "the learning rate multiplies the gradient twice",
      "Count how often alpha enters one step.")
wrong("divided_by_batch", "scale", "- alpha * grad", "- alpha / len(indices) * grad",
      "the step is divided by the batch size",
      "grad already is a mean over the minibatch.")
wrong("multiplied_by_batch", "scale", "- alpha * grad", "- alpha * len(indices) * grad",
      "the step is multiplied by the batch size",
      "grad already is a mean over the minibatch, and the learning rate is what it is.")
wrong("rest_by_first_size", "scale", ("points = [x]", UPDATE),
      ("points = [x]\n    size = None",
       "size = size or len(indices)\n"
       "            x = x - alpha * len(indices) / size * grad(x, indices)"),
      "the short minibatch is weighed by the size of the first one",
      "Its gradient is its own mean, and its step is made like any other.", survives_visible=True)
wrong("rest_skipped", "boundary", DEAL,
      "epoch = list(batches())\n        for indices in epoch:\n"
      "            if len(indices) < len(epoch[0]):\n                continue",
      "the short minibatch of an epoch is skipped",
      "Every minibatch makes a step.", survives_visible=True)
wrong("schedule_from_zero", "off by one", "learning_rate(step)", "learning_rate(step - 1)",
      "the schedule is asked for update 0 first",
      "The first update is update 1.", survives_visible=True)
wrong("schedule_one_ahead", "off by one", "learning_rate(step)", "learning_rate(step + 1)",
      "the schedule is asked for update 2 first",
      "The first update is update 1. Count before you ask, once.", survives_visible=True)
wrong("schedule_by_epoch", "wrong point", (EPOCHS, "learning_rate(step)"),
      ("for epoch in range(1, n_epochs + 1):", "learning_rate(epoch)"),
      "the schedule is asked for the number of the epoch",
      "It counts updates, and an epoch has many.", survives_visible=True)
wrong("schedule_restarts", "stale state", EPOCHS, EPOCHS + "\n        step = 0",
      "the schedule begins again with every epoch",
      "Count the updates through all epochs: set step to 0 before the outer loop.",
      survives_visible=True)
wrong("schedule_asked_once", "stale state", "learning_rate(step)", "learning_rate(1)",
      "the schedule is asked once, and its first answer is used for all updates",
      "Ask learning_rate(step) inside the inner loop.", survives_visible=True)
wrong("no_schedule", "missing term", ALPHA, "alpha = learning_rate",
      "a learning rate that is a function is multiplied, not called",
      "If callable(learning_rate), use learning_rate(step).")
wrong("same_epoch", "stale state", EPOCHS + "\n        " + DEAL,
      "epoch = batches()\n    " + EPOCHS + "\n        for indices in epoch:",
      "the minibatches of the first epoch are used in every epoch",
      "Call batches() once for every epoch, inside the outer loop.")
wrong("one_epoch_more", "off by one", "range(n_epochs)", "range(n_epochs + 1)",
      "the loop makes one epoch too many",
      "range(n) has n members.")
wrong("one_epoch_short", "off by one", "range(n_epochs)", "range(n_epochs - 1)",
      "the loop makes one epoch too few",
      "range(n) has n members.")
wrong("one_epoch_only", "missing term", "range(n_epochs)", "range(min(n_epochs, 1))",
      "there is only one epoch",
      "Go through the data n_epochs times.")
wrong("full_gradient", "wrong point", (DEAL, "grad(x, indices)"),
      ("epoch = list(batches())\n        for indices in epoch:", "grad(x, np.concatenate(epoch))"),
      "every step takes the gradient of the whole epoch",
      "A step uses its own minibatch only; that is what makes it cheap.")
wrong("second_gradient", "missing term", UPDATE, UPDATE + "\n            grad(x, indices)",
      "two gradients are evaluated in every step",
      "One call of grad is enough. Keep its result if you need it twice.")
wrong("returns_averages", "form", APPEND, "points.append(np.mean([points[0], x], axis=0))",
      "averages are returned instead of points",
      "Append x itself. Averages are another exercise.")
wrong("running_mean", "form", "return points",
      "return [np.mean(points[: t + 1], axis=0) for t in range(len(points))]",
      "the running mean of the points is returned instead of the points",
      "Return the points themselves. Averages are another exercise.")
wrong("last_point_only", "form", "return points", "return x",
      "only the last point is returned",
      "Collect all the points in a list, and return the list.")
wrong("one_point_an_epoch", "form", "            " + APPEND, "        " + APPEND,
      "one point is kept for each epoch",
      "Append inside the inner loop: one point for each update.")
wrong("start_missing", "off by one", "points = [x]", "points = []",
      "the start is missing from the list",
      "Begin the list with it, before the loop.")
wrong("gradient_at_epoch_start", "stale state", (EPOCHS, "grad(x, indices)"),
      (EPOCHS + "\n        here = x", "grad(here, indices)"),
      "all gradients of an epoch are taken at the point where it began",
      "Ask for the gradient where the run stands now.")
wrong("gradient_at_start", "wrong point", "grad(x, indices)",
      "grad(np.array(params, dtype=float), indices)",
      "every step uses the gradient at params",
      "Ask for the gradient where the run stands now, inside the loop.")
wrong("one_step_an_epoch", "order", DEAL + "\n            step += 1\n            " + ALPHA
      + "\n            " + UPDATE + "\n            " + APPEND,
      "step += 1\n        " + ALPHA
      + "\n        x = x - alpha * np.mean([grad(x, indices) for indices in batches()], axis=0)"
      + "\n        " + APPEND,
      "the gradients of an epoch are collected for one step",
      "Make a step after every minibatch.")
wrong("forgets_point", "missing term", "x = x - alpha", "x = -alpha",
      "the new point is the step alone",
      "A step leads from a point to the next one: add it to x.")
wrong("restarts_each_epoch", "stale state", EPOCHS,
      EPOCHS + "\n        x = np.array(params, dtype=float)",
      "every epoch starts again from params",
      "The next epoch goes on where the last one ended.")
wrong("single_precision", "dtype", "dtype=float", "dtype=np.float32",
      "the points are kept in single precision",
      "Use dtype=float, which has 16 digits.", survives_visible=True)
wrong("integer_points", "dtype", ("points = [x]", APPEND),
      ("points = [x.astype(params.dtype)]", "points.append(x.astype(params.dtype))"),
      "the points are stored with the dtype of params, so an integer start rounds them",
      "Store floats.", survives_visible=True)
wrong("clipped_gradient", "boundary", "grad(x, indices)", "np.clip(grad(x, indices), -100, 100)",
      "large gradients are clipped",
      "Take the gradient as it comes, however large.", survives_visible=True)
wrong("normalized_gradient", "scale", UPDATE,
      "g = grad(x, indices)\n            x = x - alpha * g / max(np.linalg.norm(g), 1e-300)",
      "the gradient is divided by its length",
      "The step is alpha times the whole gradient.")
wrong("sign_of_gradient", "formula", "grad(x, indices)", "np.sign(grad(x, indices))",
      "only the sign of the gradient is used",
      "The step is alpha times the gradient itself.")
wrong("reversed_epoch", "order", DEAL, "for indices in list(batches())[::-1]:",
      "the minibatches of an epoch are taken from the last to the first",
      "Take them in the order in which they come.")
wrong("repetitions_dropped", "boundary", "grad(x, indices)", "grad(x, np.unique(indices))",
      "an index that comes twice counts once",
      "Hand the indices on as they are.", survives_visible=True)
wrong("first_minibatch_only", "order", APPEND, APPEND + "\n            break",
      "only the first minibatch of each epoch makes a step",
      "Use them all.")
wrong("decays_as_one_over_step", "scale", "- alpha *", "- alpha / step *",
      "the learning rate is divided by the number of the update",
      "A number as learning_rate stays as it is; only a function may change.")
wrong("decays_by_epoch", "scale", (EPOCHS, "- alpha *"),
      ("for epoch in range(1, n_epochs + 1):", "- alpha / epoch *"),
      "the learning rate is divided by the number of the epoch",
      "A number as learning_rate stays as it is; only a function may change.")
wrong("hard_coded_rate", "hard-coded", "else learning_rate", "else 0.1",
      "the argument learning_rate is not used",
      "Is a number written in its place?")
wrong("half_step", "scale", "- alpha * grad", "- 0.5 * alpha * grad",
      "the step has an extra factor 1/2",
      "grad already is the gradient; nothing is left to be halved.")
wrong("double_step", "scale", "- alpha * grad", "- 2 * alpha * grad",
      "the step has an extra factor 2",
      "grad already is the gradient; it has the 2 of the square's derivative.")
wrong("columns", "axis", "return points", "return np.array(points).T",
      "the points are columns of the result",
      "Each point must be a row; leave out the transpose.")
wrong("appended_before_step", "order", UPDATE + "\n            " + APPEND,
      APPEND + "\n            " + UPDATE,
      "each point is appended before its step is made, so the start comes twice and the last is lost",
      "Make the step first, then append.")

wrong("uneven_epochs", "off by one", (EPOCHS + "\n        " + DEAL, "step += 1"),
      ("for epoch in range(n_epochs):\n        dealt = list(batches())\n"
       "        for number, indices in enumerate(dealt, start=1):",
       "step = epoch * len(dealt) + number"),
      "the schedule counts as if all epochs were as long as the present one",
      "Count the updates themselves, in a variable that you set to 0 before both loops.",
      survives_visible=True)
wrong("epoch_wasted", "wrong point", "step = 0", "step = 0\n    n_batches = len(list(batches()))",
      "an epoch is dealt before the first one, and not used",
      "Each call of batches() deals a new epoch. Count the updates as they come.")
wrong("integer_run", "dtype", ("np.array(params, dtype=float)", UPDATE),
      ("params.copy()", "x = (x - alpha * grad(x, indices)).astype(params.dtype)"),
      "every step is rounded to the dtype of params, which may be integers",
      "Begin with x = np.array(params, dtype=float).", survives_visible=True)
wrong("clipped_norm", "boundary", UPDATE,
      "g = grad(x, indices)\n"
      "            x = x - alpha * g * min(1.0, 10.0 / max(np.linalg.norm(g), 1e-300))",
      "long gradients are shortened",
      "Take the gradient as it comes, however large.", survives_visible=True)

wrong("early_stop", "boundary", UPDATE,
      "g = grad(x, indices)\n            if np.linalg.norm(g) < 1e-8:\n                return points\n"
      "            x = x - alpha * g",
      "the loop ends once a gradient is small",
      "Make all the updates. The next minibatch may pull again.", survives_visible=True)
wrong("stops_diverging", "boundary", APPEND,
      "if not np.all(np.isfinite(x)):\n                break\n            " + APPEND,
      "an epoch ends once the points are not finite",
      "Make all the updates, through infinity and NaN.", survives_visible=True)
wrong("repairs_divergence", "boundary", UPDATE,
      "x = np.nan_to_num(x - alpha * grad(x, indices))",
      "infinity and NaN are replaced by numbers",
      "A run that diverges must show it; return what comes.", survives_visible=True)

wrong = BANK.mistakes("step_decay")
K = "k = np.asarray(step) - 1"
POWER = "factor ** (k // every)"
COUNTED = "k = np.arange(np.size(step)).reshape(np.shape(step))"
COUNT_LOOK = "An update's rate depends on its own number. Do not count the entries of the array."
wrong("step_for_k", "off by one", K, "k = np.asarray(step)",
      "step itself stands where k should",
      "The first update has made none before it: k = step - 1.")
wrong("k_one_too_small", "off by one", K, "k = np.asarray(step) - 2",
      "k is one too small",
      "k = step - 1.")
wrong("no_stairs", "boundary", "k // every", "k / every",
      "the learning rate falls at every update and not in stairs",
      "Round k / every down: k // every.")
wrong("rounded", "boundary", "(k // every)", "np.round(k / every)",
      "k / every is rounded to the nearest",
      "Round it down: k // every.")
wrong("rounded_up", "boundary", "(k // every)", "np.ceil(k / every)",
      "k / every is rounded up",
      "Round it down: k // every.")
wrong("factor_unused", "hard-coded", POWER, "0.1 ** (k // every)",
      "the argument factor is not used",
      "Is a number written in its place?")
wrong("rate_unused", "hard-coded", "return learning_rate *", "return 0.1 *",
      "the argument learning_rate is not used",
      "Is a number written in its place?")
wrong("every_and_one", "off by one", "k // every", "k // (every + 1)",
      "a drop comes after every + 1 updates",
      "Count them: with every = 2, updates 1 and 2 have the same rate and update 3 another.")
wrong("one_drop", "boundary", "(k // every)", "np.minimum(k // every, 1)",
      "there is only one drop",
      "The rate drops again after every so many updates.")
wrong("twice", "scale", "(k // every)", "(2 * (k // every))",
      "each drop comes twice",
      "One factor for each drop.")
wrong("rises", "sign", "learning_rate * factor", "learning_rate / factor",
      "the learning rate is divided by the factor and rises",
      "Each drop multiplies by the factor.")
wrong("evenly", "formula", "learning_rate * " + POWER,
      "learning_rate * np.maximum(1 - (1 - factor) * (k // every), 0)",
      "each drop takes off the same amount",
      "Each drop multiplies what is left by the factor.")
wrong("numbers_only", "form", "(k // every)", "int(k / every)",
      "step must be one number",
      "It may be an array. k // every rounds down for both.")
wrong("remainder", "formula", "k // every", "k % every",
      "the remainder of k / every stands where the whole part should",
      "% is the remainder, // the whole part.")
wrong("each_update", "missing term", "(k // every)", "k",
      "the rate drops by the factor at every update",
      "It drops once after every so many.")
wrong("default_factor", "hard-coded", "factor=0.1", "factor=0.5",
      "the default of factor is not 0.1",
      "Look at the first line of the function.")
wrong("only_at_multiples", "formula", "learning_rate * " + POWER,
      "learning_rate * np.where((k > 0) & (k % every == 0), factor, 1.0)",
      "the rate drops for one update and then rises again",
      "It stays down: count the drops so far.")
wrong("entries_counted", "wrong point", K, COUNTED,
      "the entries of an array are counted instead of read",
      COUNT_LOOK)
wrong("changes_step", "aliasing", K, "k = np.asarray(step)\n    k -= 1",
      "the array step is changed in place",
      "It belongs to the caller. np.asarray does not copy, so k -= 1 changes step, too.")

wrong("integers", "dtype", "return learning_rate * ",
      "return np.full_like(k, learning_rate) * ",
      "the rate has the dtype of step, so integers round it",
      "np.full_like and the like take over the dtype. Compute in floats.", survives_visible=True)
wrong("factor_taken_off", "formula", POWER, "(1 - factor) ** (k // every)",
      "each drop takes off the fraction factor",
      "Each drop multiplies by the factor.")

wrong = BANK.mistakes("inverse_power")
BASE = "(1 + k / scale)"
wrong("step_for_k", "off by one", K, "k = np.asarray(step)",
      "step itself stands where k should",
      "The first update has the full rate: k = step - 1 = 0.")
wrong("no_one", "missing term", BASE, "(k / scale)",
      "the 1 + is missing",
      "At k = 0 the rate is divided by 1.")
wrong("power_unused", "missing term", BASE + " ** power", BASE,
      "the argument power is not used",
      "Raise 1 + k / scale to that power.")
wrong("always_a_root", "hard-coded", "** power", "** 0.5",
      "the power is always 1/2",
      "Use the argument power.")
wrong("scale_unused", "missing term", "k / scale", "k",
      "the argument scale is not used",
      "k is divided by it.")
wrong("scale_multiplies", "scale", "k / scale", "k * scale",
      "k is multiplied by scale",
      "A larger scale makes the rate fall more slowly: divide.")
wrong("power_inside", "order", BASE + " ** power", "(1 + (k / scale) ** power)",
      "only k / scale is raised to the power",
      "Raise the sum 1 + k / scale.")
wrong("rate_raised", "order", "learning_rate / " + BASE + " ** power",
      "(learning_rate / " + BASE + ") ** power",
      "the learning rate is raised to the power, too",
      "Only 1 + k / scale is.")
wrong("exponential", "formula", "learning_rate / " + BASE + " ** power",
      "learning_rate * np.exp(-power * k / scale)",
      "the rate falls exponentially",
      "That ends too early: its sum is finite. Use a power of 1 + k / scale.")
wrong("stairs", "boundary", "k / scale", "k // scale",
      "k / scale is rounded down",
      "Use /, not //.", survives_visible=True)
wrong("rises", "sign", "learning_rate / ", "learning_rate * ",
      "the rate is multiplied by the power and rises",
      "Divide by it.")
wrong("not_normalized", "scale", BASE, "(scale + k)",
      "the rate is divided by scale + k",
      "The first update has the full rate: divide by 1 + k / scale.")
wrong("precedence", "order", BASE, "((1 + k) / scale)",
      "1 + k is divided by scale",
      "Divide k first, then add 1.")
wrong("default_scale", "hard-coded", "scale=1.0", "scale=10.0",
      "the default of scale is not 1",
      "Look at the first line of the function.")
wrong("default_power", "hard-coded", "power=1.0", "power=0.5",
      "the default of power is not 1",
      "Look at the first line of the function.")
wrong("twice", "scale", "** power", "** (2 * power)",
      "the rate is divided twice",
      "Once by the power of 1 + k / scale.")
wrong("numbers_only", "form", K, "k = float(step) - 1",
      "step must be one number",
      "It may be an array. np.asarray(step) - 1 works for both.")
wrong("entries_counted", "wrong point", K, COUNTED,
      "the entries of an array are counted instead of read",
      COUNT_LOOK)
wrong("floor", "boundary", "learning_rate / " + BASE + " ** power",
      "np.maximum(learning_rate / " + BASE + " ** power, 0.01 * learning_rate)",
      "the rate never falls below a hundredth of its start",
      "It falls for ever, or the run cannot come to rest.", survives_visible=True)
wrong("falls_through_zero", "sign", BASE, "(1 - k / scale)",
      "k / scale is subtracted from 1",
      "It is added.")
wrong("power_multiplies", "formula", BASE + " ** power", "(1 + power * k / scale)",
      "the power multiplies k",
      "Raise to the power with **.")
wrong("rate_unused", "hard-coded", "return learning_rate /", "return 0.1 /",
      "the argument learning_rate is not used",
      "Is a number written in its place?")
wrong("changes_step", "aliasing", K, "k = np.asarray(step)\n    k -= 1",
      "the array step is changed in place",
      "It belongs to the caller. np.asarray does not copy, so k -= 1 changes step, too.")

wrong("integers", "dtype", "return learning_rate / " + BASE + " ** power",
      "rates = learning_rate / " + BASE + " ** power\n    return rates.astype(k.dtype)",
      "the rate has the dtype of step, so integers round it",
      "np.empty_like and the like take over the dtype. Compute in floats.")

wrong = BANK.mistakes("cosine")
K = "np.minimum(np.asarray(step) - 1, n_steps)"
WAVE = "(1 + np.cos(np.pi * k / n_steps)) / 2"
ENDS = "final + (learning_rate - final)"
wrong("step_for_k", "off by one", "np.asarray(step) - 1", "np.asarray(step)",
      "step itself stands where k should",
      "The first update has the full rate: k = step - 1 = 0.")
wrong("period_one_short", "off by one", (K, "k / n_steps"),
      ("np.minimum(np.asarray(step) - 1, max(n_steps - 1, 1))", "k / max(n_steps - 1, 1)"),
      "the end is reached one update too early",
      "It is reached at k = n_steps.")
wrong("period_one_long", "off by one", (K, "k / n_steps"),
      ("np.minimum(np.asarray(step) - 1, n_steps + 1)", "k / (n_steps + 1)"),
      "the end is reached one update too late",
      "It is reached at k = n_steps.")
wrong("rises_again", "boundary", K, "np.asarray(step) - 1",
      "the cosine rises again after n_steps updates",
      "Keep k from growing beyond n_steps.", survives_visible=True)
wrong("restarts", "boundary", K, "(np.asarray(step) - 1) % n_steps",
      "the cosine begins again after n_steps updates",
      "Afterwards the rate stays at final.")
wrong("no_pi", "missing term", "np.pi * k", "k",
      "π is missing",
      "Half a cosine is an angle from 0 to π.")
wrong("degrees", "scale", "np.pi * k", "180 * k",
      "the angle is in degrees",
      "np.cos takes radians: π is half a turn.")
wrong("whole_turn", "scale", "np.pi * k", "2 * np.pi * k",
      "a whole turn of the cosine is made",
      "Half of it leads down: the angle ends at π.")
wrong("quarter_turn", "scale", "np.pi * k", "np.pi / 2 * k",
      "only a quarter of a turn is made",
      "The angle ends at π, where the cosine is -1.")
wrong("ends_swapped", "sign", ENDS, "learning_rate + (final - learning_rate)",
      "the rate goes from final to learning_rate",
      "It starts at learning_rate.")
wrong("final_unused", "missing term", ENDS, "learning_rate",
      "the argument final is not used",
      "The rate falls to it.")
wrong("final_on_top", "scale", ENDS, "final + learning_rate",
      "final is added to the whole wave",
      "Only the part above final goes along the wave: (learning_rate - final).")
wrong("cut_off", "boundary", ENDS + " * " + WAVE, "np.maximum(final, learning_rate * " + WAVE + ")",
      "the wave goes to zero and is cut off at final",
      "It ends at final by itself, and flat.")
wrong("not_halved", "scale", " / 2", "",
      "the half is missing",
      "1 + cos goes from 2 to 0.")
wrong("no_one", "missing term", "(1 + np.cos(np.pi * k / n_steps)) / 2",
      "np.cos(np.pi * k / n_steps)",
      "the cosine itself is used, which goes from 1 to -1",
      "(1 + cos) / 2 goes from 1 to 0.")
wrong("sine", "formula", "np.cos", "np.sin",
      "a sine stands where the cosine should",
      "The rate falls from its start.")
wrong("line", "formula", WAVE, "(1 - k / n_steps)",
      "the rate falls along a line",
      "Use (1 + cos(π k / T)) / 2.", survives_visible=True)
wrong("zero_afterwards", "boundary", "return " + ENDS + " * " + WAVE,
      "wave = " + ENDS + " * " + WAVE
      + "\n    return np.where(np.asarray(step) - 1 > n_steps, 0.0, wave)",
      "the rate is zero after the end",
      "It stays at final.", survives_visible=True)
wrong("full_afterwards", "boundary", "return " + ENDS + " * " + WAVE,
      "wave = " + ENDS + " * " + WAVE
      + "\n    return np.where(np.asarray(step) - 1 > n_steps, learning_rate, wave)",
      "the rate is the full one again after the end",
      "It stays at final.", survives_visible=True)
wrong("squared", "formula", WAVE, "((1 + np.cos(np.pi * k / n_steps)) / 2) ** 2",
      "the wave is squared",
      "Use it once.")
wrong("whole_division", "boundary", "k / n_steps", "(k // n_steps)",
      "k / n_steps is rounded down",
      "Use /, not //.")
wrong("numbers_only", "form", K, "min(step - 1, n_steps)",
      "step must be one number",
      "It may be an array. np.minimum works for both.")
wrong("entries_counted", "wrong point", "np.asarray(step) - 1",
      "np.arange(np.size(step)).reshape(np.shape(step))",
      "the entries of an array are counted instead of read",
      COUNT_LOOK)
wrong("default_final", "hard-coded", "final=0.0", "final=0.01",
      "the default of final is not 0",
      "Look at the first line of the function.")
wrong("final_as_fraction", "scale", ENDS, "final * learning_rate + (1 - final) * learning_rate",
      "final is taken as a fraction of learning_rate",
      "It is a learning rate itself.", survives_visible=True)
wrong("rate_unused", "hard-coded", "(learning_rate - final)", "(1.0 - final)",
      "the argument learning_rate is not used",
      "Is a number written in its place?")
wrong("changes_step", "aliasing", "k = " + K, "k = np.asarray(step)\n    k -= 1\n    k = np.minimum(k, n_steps)",
      "the array step is changed in place",
      "It belongs to the caller. np.asarray does not copy, so k -= 1 changes step, too.")

wrong("clamped_too_low", "off by one", K, "np.minimum(np.asarray(step), n_steps) - 1",
      "k stops at n_steps - 1, short of the end",
      "Subtract 1 first: k = step - 1 stops at n_steps.")
wrong("final_too_early", "off by one", "return " + ENDS + " * " + WAVE,
      "wave = " + ENDS + " * " + WAVE
      + "\n    return np.where(np.asarray(step) >= n_steps, final, wave)",
      "update n_steps has the final rate already",
      "The end is at k = n_steps, which is update n_steps + 1.", survives_visible=True)
wrong("quarter_of_a_cosine", "formula", WAVE, "np.cos(np.pi / 2 * k / n_steps)",
      "a quarter of a cosine is used",
      "Half of one is flat at both ends: (1 + cos(π k / T)) / 2.")

wrong = BANK.mistakes("warmup")
CLIMB = "climb = schedule(1) * step / (n_steps + 1)"
AFTER = "after = schedule(np.maximum(step - n_steps, 1))"
wrong("top_too_early", "off by one", "(n_steps + 1)", "max(n_steps, 1)",
      "the line reaches the top in update n_steps",
      "It reaches schedule(1) in update n_steps + 1, which is the schedule's first.")
wrong("from_zero", "off by one", "schedule(1) * step /", "schedule(1) * (step - 1) /",
      "the line starts at zero, and the first update does nothing",
      "Update 1 is the first step up.")
wrong("not_shifted", "missing term", AFTER, "after = schedule(step)",
      "the schedule is asked for the update of the whole run",
      "It begins at its own update 1: subtract n_steps.", survives_visible=True)
wrong("shifted_too_far", "off by one", "step - n_steps", "step - n_steps - 1",
      "the schedule begins one update too late",
      "Update n_steps + 1 is the schedule's first.", survives_visible=True)
wrong("shifted_too_little", "off by one", "step - n_steps", "step - n_steps + 1",
      "the schedule begins with its second update",
      "Update n_steps + 1 is the schedule's first.", survives_visible=True)
wrong("moving_top", "wrong point", "schedule(1) *", "schedule(step) *",
      "the line climbs to a schedule that already runs",
      "Its top is schedule(1), and the schedule waits.", survives_visible=True)
wrong("later_top", "wrong point", "schedule(1) *", "schedule(n_steps + 1) *",
      "the line climbs to a later value of the schedule",
      "Its top is schedule(1).", survives_visible=True)
wrong("multiplied", "formula", "return np.where(step <= n_steps, climb, after)",
      "return schedule(step) * np.minimum(step / (n_steps + 1), 1)",
      "the schedule runs from the first update and is multiplied by the climb",
      "It waits until the climb is over.", survives_visible=True)
wrong("no_climb", "missing term", CLIMB, "climb = schedule(1) * np.ones(np.shape(step))",
      "the rate is constant during the climb",
      "It grows from update to update.")
wrong("nothing_at_first", "formula", CLIMB, "climb = np.zeros(np.shape(step))",
      "the rate is zero during the climb",
      "It grows from update to update.")
wrong("parabola", "formula", CLIMB, "climb = schedule(1) * (step / (n_steps + 1)) ** 2",
      "the climb is a parabola",
      "It is a line.")
wrong("root", "formula", CLIMB, "climb = schedule(1) * np.sqrt(step / (n_steps + 1))",
      "the climb is a root",
      "It is a line.")
wrong("descends", "sign", CLIMB, "climb = schedule(1) * (n_steps + 1 - step) / (n_steps + 1)",
      "the line goes down",
      "It starts low and ends at schedule(1).")
wrong("last_of_climb", "boundary", "step <= n_steps", "step < n_steps",
      "update n_steps does not belong to the climb",
      "It is the last update of the climb.")
wrong("below_one", "boundary", "np.maximum(step - n_steps, 1)", "step - n_steps",
      "the schedule is asked for numbers below 1",
      "np.where computes both sides for all entries. Guard the step with np.maximum(..., 1).")
wrong("numbers_only", "form", "return np.where(step <= n_steps, climb, after)",
      "return climb if step <= n_steps else after",
      "step must be one number",
      "It may be an array: np.where decides entry by entry.")
wrong("constant_afterwards", "missing term", AFTER, "after = schedule(1) * np.ones(np.shape(step))",
      "the rate stays at the top of the climb",
      "Afterwards the schedule is followed.", survives_visible=True)
wrong("climbs_for_ever", "missing term", "return np.where(step <= n_steps, climb, after)",
      "return climb",
      "the climb never ends",
      "After n_steps updates the schedule is followed.")
wrong("smaller_of_both", "formula", "return np.where(step <= n_steps, climb, after)",
      "return np.minimum(climb, after)",
      "the smaller one of the line and the schedule is taken",
      "A schedule may rise. The number of the update decides.", survives_visible=True)
wrong("one_for_all", "axis", "np.where(step <= n_steps, climb, after)",
      "climb if np.max(step) <= n_steps else after",
      "one entry decides for all of them",
      "np.where decides entry by entry.")
wrong("entries_counted", "wrong point", "step = np.asarray(step)",
      "step = 1 + np.arange(np.size(step)).reshape(np.shape(step))",
      "the entries of an array are counted instead of read",
      COUNT_LOOK)
wrong("climbs_to_one", "hard-coded", CLIMB, "climb = 1.0 * step / (n_steps + 1)",
      "the line climbs to 1",
      "Its top is schedule(1).")
wrong("changes_step", "aliasing", AFTER + "\n    return np.where(step <= n_steps, climb, after)",
      "early = step <= n_steps\n    step -= n_steps\n"
      "    return np.where(early, climb, schedule(np.maximum(step, 1)))",
      "the array step is changed in place",
      "It belongs to the caller. np.asarray does not copy, so step -= n_steps changes it.")

wrong("from_zero_to_top", "off by one", CLIMB,
      "climb = schedule(1) * (step - 1) / max(n_steps, 1)",
      "the line goes from zero in update 1 to the top in update n_steps + 1",
      "Update 1 is the first step up: step / (n_steps + 1).")

wrong = BANK.mistakes("uniform_average")
WEIGHT = "max(t - burn_in, 1)"
MEAN = "mean = (1 - weight) * mean + weight * x"
APPEND = "averages.append(mean)"
wrong("weight_one_ahead", "off by one", WEIGHT, "max(t - burn_in + 1, 1)",
      "each point gets the weight of the next one",
      "The first point that counts has the weight 1, the second 1/2.")
wrong("burn_in_one_longer", "off by one", WEIGHT, "max(t - burn_in - 1, 1)",
      "one point too many is left out",
      "burn_in of them are left out; with burn_in = 0 all count.")
wrong("burn_in_one_shorter", "off by one", WEIGHT, "max(t - max(burn_in - 1, 0), 1)",
      "one point too few is left out",
      "burn_in of them are left out.")
wrong("burn_in_unused", "missing term", WEIGHT, "t",
      "burn_in has no effect",
      "The first burn_in points are left out.")
wrong("divided_by_all", "scale", ("mean = (1", APPEND),
      ("mean = mean + x * (t > burn_in)\n        unused = (1", "averages.append(mean / t)"),
      "the points after the burn-in are divided by the number of all points",
      "Divide by the number of points that count.")
wrong("fed_back", "stale state", APPEND, "averages.append(np.mean([*averages, x], axis=0))",
      "earlier averages are averaged instead of earlier points",
      "Keep the points themselves, or use the weight 1/t.")
wrong("written_back", "aliasing", APPEND, APPEND + "\n        iterates[t - 1] = mean",
      "the averages are written into iterates",
      "The iterates belong to the caller. Collect the averages in a list of your own.")
wrong("aliased", "aliasing", MEAN, "mean *= 1 - weight\n        mean += weight * x",
      "one array is changed in place and stands in the list many times over",
      "Make a new array in every step, or append mean.copy().")
wrong("single_precision", "dtype", MEAN, "mean = ((1 - weight) * mean + weight * x).astype(np.float32)",
      "the average is kept in single precision",
      "Use float64, which has 16 digits.", survives_visible=True)
wrong("last_only", "form", "return averages", "return mean",
      "only the last average is returned",
      "Collect one after each point.")
wrong("zero_in_burn_in", "boundary", "weight = 1 /", "weight = (t > burn_in) /",
      "the average is zero during the burn-in",
      "As long as nothing else is there, it is the latest point.")
wrong("silent_in_burn_in", "boundary", APPEND, "if t > burn_in:\n            " + APPEND,
      "there are no averages during the burn-in",
      "As long as nothing else is there, the average is the latest point.")
wrong("mean_in_burn_in", "boundary", WEIGHT, "(t - burn_in if t > burn_in else t)",
      "the points of the burn-in are averaged until it is over",
      "As long as nothing else is there, the average is the latest point.")
wrong("start_in_burn_in", "boundary", APPEND, "averages.append(mean if t > burn_in else iterates[0])",
      "the average is the first point during the burn-in",
      "As long as nothing else is there, the average is the latest point.")
wrong("whole_mean", "wrong point", APPEND, "averages.append(iterates[burn_in:].mean(axis=0))",
      "the mean of the whole run is returned at every point",
      "Each average knows only the points up to its own.")
wrong("fading", "formula", WEIGHT, "(1 if t <= burn_in + 1 else 2)",
      "old points fade",
      "All the points have the same weight: 1/t for the latest.")
wrong("begins_again", "stale state", WEIGHT, "((t - burn_in - 1) % 4 + 1 if t > burn_in else 1)",
      "the average begins again after some points",
      "It goes on through the whole run, from one epoch to the next.", survives_visible=True)
wrong("mean_of_coordinates", "axis", "weight * x", "weight * np.mean(x)",
      "the coordinates are averaged, too",
      "Each coordinate has its own mean.", survives_visible=True)
wrong("sum", "scale", MEAN, "mean = mean * (t > burn_in + 1) + x",
      "the points are summed",
      "Divide by their number.")
wrong("weights_swapped", "order", MEAN, "mean = weight * mean + (1 - weight) * x",
      "the weights of the average and of the new point are swapped",
      "The new point has the weight 1/t.")
wrong("integers", "dtype", APPEND, "averages.append(mean.astype(iterates.dtype))",
      "the averages have the dtype of iterates, so integers round them",
      "Return floats.", survives_visible=True)
wrong("window", "formula", APPEND,
      "averages.append(iterates[max(min(burn_in, t - 1), t - 3) : t].mean(axis=0))",
      "only the last few points are averaged",
      "All the points after the burn-in count.")
wrong("median", "formula", APPEND,
      "averages.append(np.median(iterates[min(burn_in, t - 1) : t], axis=0))",
      "the median is taken",
      "The mean is asked for.")
wrong("one_behind", "off by one", MEAN + "\n        " + APPEND, APPEND + "\n        " + MEAN,
      "each average is kept before its point is added",
      "Add the point first.")
wrong("late_points_count_more", "formula", WEIGHT, "max((t - burn_in + 1) / 2, 1)",
      "later points have larger weights",
      "All the points have the same weight: 1/t for the latest.")

wrong("start_never_counts", "off by one", WEIGHT, "max(t - max(burn_in, 1), 1)",
      "the first point never counts",
      "With burn_in = 0 all the points count, the start as well.")

wrong = BANK.mistakes("exponential_average")
MEAN = "m = decay * m + (1 - decay) * x"
APPEND = "averages.append(m / (1 - decay**t))"
wrong("not_corrected", "missing term", APPEND, "averages.append(m)",
      "the weights do not sum to 1, and the first averages are too near zero",
      "m starts at zero. Divide by the sum of its weights, 1 - decay^t.")
wrong("no_power", "missing term", "decay**t", "decay",
      "the powers of decay that weigh the points are not divided by their sum",
      "It is (1 - decay^t) / (1 - decay). Is the power t missing, or the division?")
wrong("t_one_ahead", "off by one", "decay**t", "decay ** (t + 1)",
      "the power is t + 1",
      "After the first point it is 1.")
wrong("t_from_zero", "off by one", "decay**t", "decay ** (t - 1)",
      "the power is t - 1",
      "After the first point it is 1, or 0 is divided by 0.")
wrong("correction_kept", "stale state", APPEND,
      "m = m / (1 - decay**t)\n        averages.append(m)",
      "the corrected average is used for the next one",
      "Keep m as it is, and divide only what you return.")
wrong("weights_swapped", "order", MEAN, "m = (1 - decay) * m + decay * x",
      "the weights of the average and of the new point are swapped",
      "decay multiplies the past.")
wrong("starts_at_first", "formula", ("np.zeros(iterates.shape[1:])", APPEND),
      ("1.0 * iterates[0]", "averages.append(m)"),
      "the average starts at the first point, which then weighs too much",
      "The weight of each point is decay times that of the next, the first one's as well.")
wrong("starts_at_first_and_corrected", "formula", "np.zeros(iterates.shape[1:])", "1.0 * iterates[0]",
      "the average starts at the first point and is corrected as if it had started at zero",
      "Start at zero, so that 1 - decay^t is the sum of the weights.")
wrong("points_unweighted", "missing term", "(1 - decay) * x", "x",
      "new points have the weight 1",
      "With that, the weights do not sum to 1 - decay^t.")
wrong("uniform", "formula", MEAN + "\n        " + APPEND,
      "m = m + (x - m) / t\n        averages.append(m)",
      "all points have the same weight",
      "Here old points fade.")
wrong("decay_unused", "hard-coded", "return averages",
      "averages = []\n    m = 0.0\n    for t, x in enumerate(iterates, start=1):\n"
      "        m = 0.9 * m + 0.1 * x\n        averages.append(m / (1 - 0.9**t))\n"
      "    return averages",
      "the argument decay is not used",
      "Is a number written in its place?")
wrong("aliased", "aliasing", MEAN + "\n        " + APPEND,
      "m *= decay\n        m += (1 - decay) * x\n        averages.append(m)",
      "one array is changed in place and stands in the list many times over",
      "Make a new array in every step, or append a copy.")
wrong("single_precision", "dtype", MEAN, "m = (decay * m + (1 - decay) * x).astype(np.float32)",
      "the average is kept in single precision",
      "Use float64, which has 16 digits.")
wrong("last_only", "form", "return averages", "return averages[-1]",
      "only the last average is returned",
      "Collect one after each point.")
wrong("written_back", "aliasing", APPEND, APPEND + "\n        iterates[t - 1] = averages[-1]",
      "the averages are written into iterates",
      "The iterates belong to the caller. Collect the averages in a list of your own.")
wrong("default_decay", "hard-coded", "decay=0.99", "decay=0.9",
      "the default of decay is not 0.99",
      "Look at the first line of the function.")
wrong("multiplied", "sign", "m / (1", "m * (1",
      "m is multiplied by the sum of the weights",
      "Divide by it.")
wrong("integers", "dtype", APPEND,
      "averages.append((m / (1 - decay**t)).astype(iterates.dtype))",
      "the averages have the dtype of iterates, so integers round them",
      "Return floats.", survives_visible=True)
wrong("mean_of_coordinates", "axis", "(1 - decay) * x", "(1 - decay) * np.mean(x)",
      "the coordinates are averaged, too",
      "Each coordinate has its own mean.", survives_visible=True)
wrong("one_behind", "off by one", MEAN + "\n        " + APPEND,
      "averages.append(m / (1 - decay**t))\n        " + MEAN,
      "each average is kept before its point is added",
      "Add the point first.")
wrong("root_of_correction", "formula", "(1 - decay**t)", "np.sqrt(1 - decay**t)",
      "the root of the sum of the weights is taken",
      "Divide by the sum itself.")
wrong("old_points_count_more", "order", APPEND,
      "weights = decay ** np.arange(t)\n"
      "        averages.append(weights @ iterates[:t] / weights.sum())",
      "the oldest points have the largest weights",
      "The latest point has the largest.")
wrong("pairs", "formula", APPEND,
      "past = iterates[max(t - 2, 0)]\n        averages.append((decay * past + x) / (1 + decay))",
      "only the last two points are averaged",
      "All the points so far count, the older the less.")
wrong("begins_again", "stale state", MEAN,
      "m = decay * m * (t % 5 > 0) + (1 - decay) * x",
      "the average begins again after some points",
      "It goes on through the whole run, from one epoch to the next.", survives_visible=True)
wrong("roles_swapped", "order", (MEAN, "decay**t"),
      ("m = (1 - decay) * m + decay * x", "(1 - decay) ** t if decay else 1"),
      "decay and 1 - decay have changed places",
      "decay multiplies the past.")
wrong("corrected_for_the_last", "stale state", "decay**t", "decay ** len(iterates)",
      "all averages are divided by the weights of the last one",
      "After t points the weights in m sum to 1 - decay^t.")
