"""Wrong solutions of chapter 1's losses of models, each with its misconception."""

from tests.banks.gradients import BANK

# A mistake is a paragraph: the edit, what the student did, where to look.
# fmt: off

wrong = BANK.mistakes("softmax_value_and_grad")
SHIFT = "Z = Z - Z.max(axis=1, keepdims=True)"
LOG_P = "log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))"
MEAN = "-log_P[rows, y].mean()"
PENALTY = "l2 / 2 * np.sum(W**2)"
PROBABILITIES = "D = np.exp(log_P)"
LABELS = "D[rows, y] -= 1"
PULL = "X.T @ D / N"
WEIGHTS = "l2 * W"
RETURN = "return loss, grads"
wrong("not_shifted", "boundary", SHIFT, "Z = Z",
      "the scores go into the exponential as they are",
      "An exponential overflows at 710. Subtract the largest score of each row first.",
      survives_visible=True)
wrong("shifted_by_largest_of_all", "boundary", SHIFT, "Z = Z - Z.max()",
      "the largest of all scores is subtracted from every row",
      "In a row far below it all exponentials become 0. Subtract each row's own largest score.",
      survives_visible=True)
wrong("shifted_by_smallest", "boundary", SHIFT, "Z = Z - Z.min(axis=1, keepdims=True)",
      "the smallest score of each row is subtracted, so the others grow",
      "Subtract the largest.", survives_visible=True)
wrong("shifted_by_mean", "boundary", SHIFT, "Z = Z - Z.mean(axis=1, keepdims=True)",
      "the mean score of each row is subtracted, and the largest may still overflow",
      "Subtract the largest.", survives_visible=True)
wrong("scores_clipped", "boundary", SHIFT, "Z = np.clip(Z, -500, 500)",
      "large scores are clipped",
      "Clipping changes the differences between scores. Subtract the largest score of each row.",
      survives_visible=True)
wrong("shifted_by_column", "axis", SHIFT, "Z = Z - Z.max(axis=0)",
      "the largest score of each class is subtracted, not that of each example",
      "Only a number that is the same for all classes of an example changes no probability: "
      "axis=1, keepdims=True.")
wrong("logarithm_of_clipped", "boundary", (LOG_P, PROBABILITIES),
      ("P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)\n    log_P = np.log(np.maximum(P, 1e-12))", "D = P.copy()"),
      "the logarithm is taken of a probability that is kept above a small number",
      "A score may be so far behind that its probability is 0 for the computer. Its logarithm is "
      "the score minus log Σ exp.", survives_visible=True)
wrong("logarithm_of_probability", "boundary", (LOG_P, PROBABILITIES),
      ("P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)\n    log_P = np.log(P)", "D = P.copy()"),
      "the logarithm is taken of a probability, and it may be 0",
      "log P is the score minus log Σ exp; it needs no probability.", survives_visible=True)
wrong("largest_not_added_back", "missing term", MEAN,
      "-((X @ W)[rows, y] - np.log(np.exp(Z).sum(axis=1))).mean()",
      "the scores are shifted in log Σ exp, but the right class has its score unshifted",
      "Use the shifted scores in both places.")
wrong("sum_in_gradient", "scale", PULL, "X.T @ D",
      "the gradient of the cross-entropy is a sum over examples, and the loss is a mean",
      "Divide by N in the gradient, too.")
wrong("sum_over_examples", "scale", ("N, rows = len(X), np.arange(len(X))", MEAN),
      ("N, rows = 1, np.arange(len(X))", "-log_P[rows, y].sum()"),
      "the cross-entropy is summed over examples, in loss and gradient",
      "The loss is a mean: divide both by N.")
wrong("sum_in_loss", "scale", MEAN, "-log_P[rows, y].sum()",
      "the cross-entropy is a sum over examples, and the gradient is that of the mean",
      "Divide by N in the loss, too.")
wrong("divided_twice", "scale", PULL, "X.T @ D / N / N",
      "the gradient is divided by N twice",
      "The slopes of the mean have one factor 1/N.")
wrong("mean_over_classes", "axis", ("N, rows = len(X), np.arange(len(X))", MEAN),
      ("N, rows = len(X) * W.shape[1], np.arange(len(X))", "-log_P[rows, y].sum() / N"),
      "the mean is over examples and classes",
      "An example has one cost, that of its own class. Divide by the number of examples.")
wrong("divided_by_inputs", "axis", "N, rows = len(X), np.arange(len(X))",
      "N, rows = X.shape[1], np.arange(len(X))",
      "the gradient is divided by the number of inputs",
      "N counts the rows of X.")
wrong("penalty_not_halved", "scale", PENALTY, "l2 * np.sum(W**2)",
      "the penalty in the loss lacks its factor 1/2, and the gradient has it",
      "The loss has l2/2 times the sum of squares, and so the gradient l2 W.")
wrong("penalty_without_half", "scale", (PENALTY, WEIGHTS), ("l2 * np.sum(W**2)", "2 * l2 * W"),
      "the penalty lacks its factor 1/2, in loss and gradient",
      "The loss has l2/2 times the sum of squares, and the gradient l2 W.")
wrong("penalty_slope_doubled", "scale", WEIGHTS, "2 * l2 * W",
      "the gradient of the penalty has a factor 2 that the 1/2 of the loss uses up",
      "The slope of l2/2 w² is l2 w.")
wrong("penalty_slope_halved", "scale", WEIGHTS, "0.5 * l2 * W",
      "the gradient of the penalty keeps the factor 1/2 of the loss",
      "The slope of l2/2 w² is l2 w.")
wrong("no_penalty", "missing term", (" + " + PENALTY, " + " + WEIGHTS), ("", ""),
      "there is no penalty, neither in the loss nor in the gradient",
      "Add l2/2 times the sum of squares to the loss, and its slope to the gradient.")
wrong("no_penalty_in_loss", "missing term", " + " + PENALTY, "",
      "the penalty is missing from the loss",
      "Add l2/2 times the sum of squares of W.")
wrong("no_penalty_in_gradient", "missing term", " + " + WEIGHTS, "",
      "the penalty is missing from the gradient",
      "Its slope is l2 W.")
wrong("penalty_counted_n_times", "scale", (PENALTY, WEIGHTS),
      ("N * l2 / 2 * np.sum(W**2)", "N * l2 * W"),
      "the penalty is added once for each example",
      "Add it once, after the mean.")
wrong("penalty_divided_by_n", "scale", (PENALTY, WEIGHTS),
      ("l2 / 2 * np.sum(W**2) / N", "l2 / N * W"),
      "the penalty is divided by N",
      "Only the cross-entropy is a mean. Add the penalty after you divide.")
wrong("penalty_slope_divided_by_n", "order", "X.T @ D / N + l2 * W", "(X.T @ D + l2 * W) / N",
      "the gradient of the penalty is divided by N along with the rest",
      "Divide first, then add l2 W.")
wrong("first_row_not_penalized", "boundary", (PENALTY, WEIGHTS),
      ("l2 / 2 * np.sum(W[1:]**2)", "l2 * np.vstack([0 * W[:1], W[1:]])"),
      "the first row of W is left out of the penalty, as if it were a bias",
      "There is no bias here; every entry of W is penalized.")
wrong("last_row_not_penalized", "boundary", (PENALTY, WEIGHTS),
      ("l2 / 2 * np.sum(W[:-1]**2)", "l2 * np.vstack([W[:-1], 0 * W[-1:]])"),
      "the last row of W is left out of the penalty, as if it were a bias",
      "There is no bias here; every entry of W is penalized.")
wrong("penalty_not_squared", "formula", PENALTY, "l2 / 2 * np.sqrt(np.sum(W**2))",
      "the penalty is the norm of W, not its square",
      "Sum the squares, and take no root.")
wrong("penalty_absolute", "formula", (PENALTY, WEIGHTS),
      ("l2 / 2 * np.sum(np.abs(W))", "l2 / 2 * np.sign(W)"),
      "the penalty sums absolute values instead of squares",
      "Square the weights.")
wrong("softmax_over_examples", "axis", "np.exp(Z).sum(axis=1, keepdims=True)",
      "np.exp(Z).sum(axis=0, keepdims=True)",
      "the exponentials are summed over the examples, not over the classes",
      "Each row of P sums to 1: axis=1.")
wrong("softmax_over_everything", "axis", "np.exp(Z).sum(axis=1, keepdims=True)", "np.exp(Z).sum()",
      "the exponentials of all examples are summed",
      "Each row of P sums to 1: axis=1, keepdims=True.")
wrong("axis_lost", "axis", "np.exp(Z).sum(axis=1, keepdims=True)", "np.exp(Z).sum(axis=1)",
      "the sums over classes have lost their axis, so that row and column do not match",
      "Use keepdims=True.")
wrong("sign_of_loss", "sign", MEAN, "log_P[rows, y].mean()",
      "the loss has lost its minus",
      "The logarithm of a probability is negative; a cost is not.")
wrong("sign_of_gradient", "sign", PULL, "-X.T @ D / N",
      "the gradient of the cross-entropy has the wrong sign",
      "The slopes are P minus the labels, not labels minus P.")
wrong("both_signs", "sign", (MEAN, PULL), ("log_P[rows, y].mean()", "-X.T @ D / N"),
      "the mean of log P is returned without its minus, with its gradient",
      "The loss is what descent makes small: minus the logarithm.")
wrong("penalty_subtracted", "sign", (" + " + PENALTY, " + " + WEIGHTS),
      (" - " + PENALTY, " - " + WEIGHTS),
      "the penalty is subtracted",
      "Large weights cost something: add it.")
wrong("labels_forgotten", "missing term", LABELS, "D = D",
      "the 1 of the right class is not subtracted",
      "The slope at the right class is P - 1.")
wrong("right_class_only", "missing term", PROBABILITIES, "D = 0 * log_P\n    D[rows, y] = np.exp(log_P[rows, y])",
      "only the right class gets a slope",
      "All scores are in log Σ exp: the slope at another class is its probability.")
wrong("labels_by_column", "axis", LABELS, "D[:, y] -= 1",
      "the 1 is subtracted in whole columns",
      "D[:, y] is every row, in the columns of y. One entry a row is D[rows, y].")
wrong("loss_by_column", "axis", MEAN, "-log_P[:, y].mean()",
      "the loss averages whole columns",
      "log_P[:, y] is every row, in the columns of y. One entry a row is log_P[rows, y].")
wrong("labels_from_one", "off by one", "N, rows = len(X), np.arange(len(X))",
      "N, rows, y = len(X), np.arange(len(X)), y - 1",
      "the classes are counted from 1",
      "They are counted from 0: use y as it is.")
wrong("classes_of_the_batch", "boundary", LABELS, "D = D - np.eye(y.max() + 1)[y]",
      "the number of classes is taken from y",
      "A class may have no example here. W has as many columns as there are classes.",
      survives_visible=True)
wrong("not_normalized", "missing term", PROBABILITIES, "D = np.exp(Z)",
      "the exponentials in the gradient are not divided by their sum",
      "P sums to 1 in each row.")
wrong("no_exponential", "formula", PROBABILITIES, "D = (X @ W) / (X @ W).sum(axis=1, keepdims=True)",
      "the scores in the gradient are divided by their sum without an exponential",
      "P is exp(Z) over the sum of exp(Z).")
wrong("log_probabilities_as_slopes", "formula", PROBABILITIES, "D = log_P.copy()",
      "the gradient uses log P in place of P",
      "The slopes are P minus the labels: take the exponential.")
wrong("squared_error_slope", "formula", LABELS, "D[rows, y] -= 1\n    D = D * np.exp(log_P) * (1 - np.exp(log_P))",
      "the slopes are multiplied by P (1 - P)",
      "For the cross-entropy these factors cancel: P minus the labels is all.")
wrong("squared_error", "formula", MEAN, "0.5 * ((np.exp(log_P) - np.eye(W.shape[1])[y])**2).sum(axis=1).mean()",
      "the loss is the squared error of the probabilities",
      "The cost is minus the logarithm of the probability of the right class.")
wrong("each_class_alone", "formula", MEAN,
      "-(log_P[rows, y] + np.log1p(-np.exp(log_P) * (1 - np.eye(W.shape[1])[y])).sum(axis=1)).mean()",
      "the wrong classes have costs of their own, as if each class were a yes or no",
      "An example costs minus the logarithm of the probability of its class, and nothing else.")
wrong("base_two", "formula", MEAN, "-log_P[rows, y].mean() / np.log(2)",
      "the logarithm has base 2",
      "Use np.log.")
wrong("base_ten", "formula", MEAN, "-log_P[rows, y].mean() / np.log(10)",
      "the logarithm has base 10",
      "Use np.log.")
wrong("small_number_added", "boundary", MEAN, "-np.log(np.exp(log_P[rows, y]) + 1e-8).mean()",
      "a small number is added inside the logarithm",
      "It changes the loss. With log P = Z - log Σ exp nothing has to be added.")
wrong("probability_not_logged", "missing term", MEAN, "1 - np.exp(log_P[rows, y]).mean()",
      "the loss is a probability, not minus a logarithm",
      "Take the logarithm.")
wrong("most_likely_class", "formula", MEAN, "-log_P.max(axis=1).mean()",
      "the loss uses the most likely class instead of the right one",
      "Pick the entry of y in each row.")
wrong("costs_not_averaged", "form", MEAN, "-log_P[rows, y]",
      "a loss is returned for each example",
      "Take the mean.")
wrong("gradient_first", "form", RETURN, "return grads, loss",
      "the gradient comes before the loss",
      "Return loss, grads.")
wrong("loss_alone", "form", RETURN, "return loss",
      "only the loss is returned",
      "Return loss, grads.")
wrong("gradient_alone", "form", RETURN, "return grads",
      "only the gradient is returned",
      "Return loss, grads.")
wrong("transposed", "axis", RETURN, "return loss, grads.T",
      "the gradient has a row for each class",
      "W has a column for each class, and so has its gradient.")
wrong("flattened", "form", RETURN, "return loss, grads.ravel()",
      "the gradient is one long array",
      "Leave it shaped like W.")
wrong("single_precision", "dtype", "Z = X @ W", "Z = (X @ W).astype(np.float32)",
      "the scores are kept in single precision",
      "Use float, which has 16 digits.")
wrong("gradient_in_integers", "dtype", RETURN, "return loss, grads.astype(W.dtype)",
      "the gradient has the type of W, so integer weights round it",
      "np.zeros_like(W) holds integers if W does. Use np.zeros(W.shape).", survives_visible=True)
wrong("gradient_array_of_integers", "dtype", "grads = X.T @ D / N + l2 * W",
      "grads = np.zeros_like(W)\n    grads += X.T @ D / N + l2 * W",
      "the gradient is summed in an array of the type of W, and integers take no fractions",
      "np.zeros_like(W) holds integers if W does. Use np.zeros(W.shape).", survives_visible=True)
wrong("changes_weights", "aliasing", "grads = X.T @ D / N + l2 * W",
      "grads = X.T @ D / N + l2 * W\n    W -= 0.1 * grads",
      "W is changed in place",
      "*=, -= and assigning into W change what the caller has. Make a new array.")
wrong("gradient_accumulates", "stale state", RETURN,
      "old = softmax_value_and_grad.__dict__.get('old', np.zeros(0))\n"
      "    grads = grads + old if old.shape == grads.shape else grads\n"
      "    softmax_value_and_grad.old = grads\n    " + RETURN,
      "gradients add up from call to call",
      "Start every call from zeros, made inside the function.", survives_visible=True)
wrong("hard_coded_l2", "hard-coded", "N, rows =", "l2 = 0.1\n    N, rows =",
      "the argument l2 is not used",
      "Is a number written in its place?")
wrong("one_row_squeezed", "boundary", "Z = X @ W", "Z = np.squeeze(X @ W)",
      "axes of length 1 are dropped, and a batch of one loses its rows",
      "Leave out squeeze.", survives_visible=True)
wrong("sigmoid", "formula", PROBABILITIES, "D = 1 / (1 + np.exp(-(X @ W)))",
      "the gradient has a sigmoid for each class in place of softmax",
      "The probabilities of an example sum to 1.")
wrong("zero_outside_labels", "boundary", PULL, "X.T @ (D * np.isin(np.arange(W.shape[1]), y)) / N",
      "classes without an example get no gradient",
      "Their scores are in log Σ exp, too.", survives_visible=True)

wrong = BANK.mistakes("hinge_value_and_grad")
VIOLATIONS = "V = Z - Z[rows, y][:, None] + margin"
RIGHT_CLASS = "V[rows, y] = 0"
COSTS = "np.maximum(V, 0).sum() / N"
COUNTED = "D = (V > 0).astype(float)"
BALANCE = "D[rows, y] = -D.sum(axis=1)"
wrong("right_class_in_loss", "missing term", (RIGHT_CLASS, COUNTED),
      ("V = V", "V[rows, y] = 0\n    " + COUNTED),
      "the right class is part of the sum, and adds the margin to every cost",
      "The sum is over the wrong classes: set the entry of the right one to 0.")
wrong("right_class_in_loss_and_count", "missing term", (RIGHT_CLASS, "-D.sum(axis=1)"),
      ("V = V", "-D.sum(axis=1)"),
      "the right class counts as violating, in the loss and in its own slope",
      "The sum is over the wrong classes: set the entry of the right one to 0 before you count.")
wrong("right_class_in_count", "off by one", BALANCE, "D[rows, y] = 1\n    D[rows, y] = -D.sum(axis=1)",
      "the right class is counted among the violations",
      "Its slope is minus the number of wrong classes that violate. If you set its entry to 0, "
      "then >= 0 counts it.")
wrong("right_class_counted_once", "missing term", BALANCE, "D[rows, y] = -1.0 * (D.sum(axis=1) > 0)",
      "the right class gets the slope -1, however many classes violate",
      "Its score stands in each violating term: count them.")
wrong("right_class_always_once", "missing term", BALANCE, "D[rows, y] = -1",
      "the right class gets the slope -1 even where no class violates",
      "Its slope is minus the number of classes that violate, in that row.")
wrong("right_class_without_slope", "missing term", BALANCE, "D = D",
      "the right class gets no slope",
      "Its score is subtracted in each violating term.")
wrong("right_class_sign", "sign", BALANCE, "D[rows, y] = D.sum(axis=1)",
      "the slope of the right class has the wrong sign",
      "Its score is subtracted: a higher one costs less.")
wrong("right_class_only", "missing term", BALANCE, "D[rows, y] = -D.sum(axis=1)\n    D = D * (np.arange(W.shape[1]) == y[:, None])",
      "only the right class gets a slope",
      "Each class that violates has the slope 1.")
wrong("count_of_all_rows", "axis", BALANCE, "D[rows, y] = -D.sum()",
      "the violations of all examples are counted together",
      "Count row by row: axis=1.")
wrong("count_over_examples", "axis", BALANCE, "D[rows, y] = -D.sum(axis=0)[y]",
      "violations are counted down the columns",
      "Count along each row: axis=1.")
wrong("count_by_column", "axis", BALANCE, "D[:, y] = -D.sum(axis=1, keepdims=True)",
      "whole columns are overwritten by the counts",
      "D[:, y] is every row, in the columns of y. One entry a row is D[rows, y].")
wrong("worst_class_only", "formula", (COSTS, COUNTED),
      ("np.maximum(V, 0).max(axis=1).sum() / N",
       "D = ((V > 0) & (np.arange(W.shape[1]) == V.argmax(axis=1)[:, None])).astype(float)"),
      "only the worst violation of an example counts",
      "Sum over all classes that violate.")
wrong("worst_class_in_loss", "formula", COSTS, "np.maximum(V, 0).max(axis=1).sum() / N",
      "the loss counts only the worst violation of an example",
      "Sum over all classes that violate.")
wrong("worst_class_in_gradient", "formula", COUNTED,
      "D = ((V > 0) & (np.arange(W.shape[1]) == V.argmax(axis=1)[:, None])).astype(float)",
      "the gradient counts only the worst violation of an example",
      "Every class that violates has the slope 1.")
wrong("not_cut_off", "missing term", (COSTS, COUNTED),
      ("V.sum() / N", "D = (np.arange(W.shape[1]) != y[:, None]).astype(float)"),
      "classes that keep the margin count, too, with a negative cost",
      "max(0, ·) cuts them off.")
wrong("loss_not_cut_off", "missing term", COSTS, "V.sum() / N",
      "the loss is not cut off at 0",
      "max(0, ·) stands in each term.")
wrong("gradient_not_cut_off", "missing term", COUNTED, "D = (np.arange(W.shape[1]) != y[:, None]).astype(float)",
      "every wrong class gets a slope, even if it keeps the margin",
      "Only classes that violate have one.")
wrong("cut_off_after_sum", "order", COSTS, "np.maximum(V.sum(axis=1), 0).sum() / N",
      "the violations of an example are summed before they are cut off",
      "Each class is cut off by itself: a lead over one does not pay for another.")
wrong("absolute_value", "formula", (COSTS, COUNTED), ("np.abs(V).sum() / N", "D = np.sign(V).astype(float)"),
      "absolute values are taken instead of cutting off at 0",
      "A class that keeps the margin costs nothing.")
wrong("squared_hinge", "formula", (COSTS, COUNTED), ("(np.maximum(V, 0)**2).sum() / N", "D = 2.0 * np.maximum(V, 0)"),
      "the violations are squared",
      "The hinge is straight: a violation costs what it is.")
wrong("violations_as_slopes", "formula", COUNTED, "D = np.maximum(V, 0) * 1.0",
      "the slopes are the violations themselves",
      "A straight line has the slope 1, however far up you are.")
wrong("margin_fixed", "hard-coded", VIOLATIONS, "V = Z - Z[rows, y][:, None] + 1",
      "the argument margin is not used",
      "Is a number written in its place?", survives_visible=True)
wrong("no_margin", "missing term", VIOLATIONS, "V = Z - Z[rows, y][:, None]",
      "there is no margin",
      "Add it to each difference of scores.")
wrong("margin_sign", "sign", VIOLATIONS, "V = Z - Z[rows, y][:, None] - margin",
      "the margin is subtracted",
      "A wrong class costs something before it overtakes the right one: add the margin.")
wrong("scores_reversed", "sign", VIOLATIONS, "V = Z[rows, y][:, None] - Z + margin",
      "the scores are subtracted the other way round, and the slopes are not",
      "The wrong score minus the right one.")
wrong("everything_reversed", "sign", (VIOLATIONS, COUNTED, BALANCE),
      ("V = Z[rows, y][:, None] - Z + margin", "D = -(V > 0).astype(float)", "D[rows, y] = -D.sum(axis=1)"),
      "the right class is asked to have the lower score",
      "The wrong score minus the right one.")
wrong("right_scores_by_column", "axis", VIOLATIONS, "V = Z - Z[:, y][:, :1] + margin",
      "all examples are compared with the score of the first one's class",
      "Z[rows, y] is one entry a row.")
wrong("right_score_mean", "axis", VIOLATIONS, "V = Z - Z[rows, y].mean() + margin",
      "the mean of the right scores is subtracted from all",
      "Each row has its own right score: Z[rows, y][:, None].")
wrong("axis_lost", "axis", VIOLATIONS, "V = Z - Z[rows, y] + margin",
      "the right scores have lost their axis, so that row and column do not match",
      "Write Z[rows, y][:, None].")
wrong("binary_hinge", "formula", (COSTS, COUNTED, BALANCE),
      ("np.maximum(0, margin - Z[rows, y]).sum() / N", "D = np.zeros(Z.shape)",
       "D[rows, y] = -1.0 * (Z[rows, y] < margin)"),
      "the right score alone is compared with the margin",
      "What counts is its lead over each other class.")
wrong("sum_in_gradient", "scale", PULL, "X.T @ D",
      "the gradient is a sum over examples, and the loss is a mean",
      "Divide by N in the gradient, too.")
wrong("sum_over_examples", "scale", ("N, rows = len(X),", COSTS), ("N, rows = 1,", COSTS),
      "the costs are summed over examples, in loss and gradient",
      "The loss is a mean: divide both by N.")
wrong("sum_in_loss", "scale", COSTS, "np.maximum(V, 0).sum()",
      "the loss is a sum over examples, and the gradient is that of the mean",
      "Divide by N in the loss, too.")
wrong("divided_twice", "scale", PULL, "X.T @ D / N / N",
      "the gradient is divided by N twice",
      "The slopes of the mean have one factor 1/N.")
wrong("mean_over_classes", "axis", "N, rows = len(X),", "N, rows = len(X) * W.shape[1],",
      "the mean is over examples and classes",
      "The violations of an example are summed. Divide by the number of examples.")
wrong("mean_over_wrong_classes", "axis", "N, rows = len(X),", "N, rows = len(X) * (W.shape[1] - 1),",
      "the mean is over examples and wrong classes",
      "The violations of an example are summed. Divide by the number of examples.")
wrong("mean_over_violations", "formula", COSTS, "np.maximum(V, 0).sum() / max((V > 0).sum(), 1)",
      "the loss is the mean of the violations that there are",
      "Divide by the number of examples.")
wrong("divided_by_inputs", "axis", "N, rows = len(X),", "N, rows = X.shape[1],",
      "the number of inputs takes the place of N",
      "N counts the rows of X.")
wrong("not_turned", "axis", PULL, "X @ D / N",
      "X is not transposed in the gradient",
      "X.T @ D has the shape of W.")
wrong("penalty_not_halved", "scale", PENALTY, "l2 * np.sum(W**2)",
      "the penalty in the loss lacks its factor 1/2, and the gradient has it",
      "The loss has l2/2 times the sum of squares, and so the gradient l2 W.")
wrong("penalty_without_half", "scale", (PENALTY, WEIGHTS), ("l2 * np.sum(W**2)", "2 * l2 * W"),
      "the penalty lacks its factor 1/2, in loss and gradient",
      "The loss has l2/2 times the sum of squares, and the gradient l2 W.")
wrong("penalty_slope_doubled", "scale", WEIGHTS, "2 * l2 * W",
      "the gradient of the penalty has a factor 2 that the 1/2 of the loss uses up",
      "The slope of l2/2 w² is l2 w.")
wrong("no_penalty", "missing term", (" + " + PENALTY, " + " + WEIGHTS), ("", ""),
      "there is no penalty, neither in the loss nor in the gradient",
      "Add l2/2 times the sum of squares to the loss, and its slope to the gradient.")
wrong("no_penalty_in_loss", "missing term", " + " + PENALTY, "",
      "the penalty is missing from the loss",
      "Add l2/2 times the sum of squares of W.")
wrong("no_penalty_in_gradient", "missing term", " + " + WEIGHTS, "",
      "the penalty is missing from the gradient",
      "Its slope is l2 W.")
wrong("penalty_divided_by_n", "scale", (PENALTY, WEIGHTS),
      ("l2 / 2 * np.sum(W**2) / N", "l2 / N * W"),
      "the penalty is divided by N",
      "Only the costs are averaged. Add the penalty after you divide.")
wrong("penalty_slope_divided_by_n", "order", "X.T @ D / N + l2 * W", "(X.T @ D + l2 * W) / N",
      "the gradient of the penalty is divided by N along with the rest",
      "Divide first, then add l2 W.")
wrong("last_row_not_penalized", "boundary", (PENALTY, WEIGHTS),
      ("l2 / 2 * np.sum(W[:-1]**2)", "l2 * np.vstack([W[:-1], 0 * W[-1:]])"),
      "the last row of W is left out of the penalty, as if it were a bias",
      "There is no bias here; every entry of W is penalized.")
wrong("penalty_subtracted", "sign", (" + " + PENALTY, " + " + WEIGHTS),
      (" - " + PENALTY, " - " + WEIGHTS),
      "the penalty is subtracted",
      "Large weights cost something: add it.")
wrong("sign_of_gradient", "sign", PULL, "-X.T @ D / N",
      "the gradient of the costs has the wrong sign",
      "Classes that violate have the slope +1.")
wrong("kink_in_one_column", "boundary", BALANCE, "D[rows, y] = -D.sum(axis=1)\n    D = np.where((V == 0) & (np.arange(W.shape[1]) != y[:, None]), 1, D)",
      "a class exactly at the margin gets a slope, and the right class does not count it",
      "Use the same comparison, > or >=, in both places.", survives_visible=True)
wrong("kink_in_count", "boundary", BALANCE, "D[rows, y] = 1 - (V >= 0).sum(axis=1)",
      "the right class counts a class exactly at the margin, and that class gets no slope",
      "Use the same comparison, > or >=, in both places.", survives_visible=True)
wrong("only_later_classes", "boundary", RIGHT_CLASS, "V[np.arange(W.shape[1]) <= y[:, None]] = 0",
      "only classes after the right one are compared",
      "All classes but the right one count.")
wrong("only_until_right_class", "boundary", RIGHT_CLASS, "V[np.arange(W.shape[1]) >= y[:, None]] = 0",
      "only classes before the right one are compared, as by a break where continue is meant",
      "All classes but the right one count.")
wrong("labels_from_one", "off by one", "V = Z - Z[rows, y]", "y = y - 1\n    V = Z - Z[rows, y]",
      "the classes are counted from 1",
      "They are counted from 0: use y as it is.")
wrong("classes_of_the_batch", "boundary", BALANCE, "D[rows, y] = -D.sum(axis=1)\n    D[:, y.max() + 1:] = 0",
      "the number of classes is taken from y",
      "A class may have no example here. W has as many columns as there are classes.")
wrong("costs_not_averaged", "form", COSTS, "np.maximum(V, 0).sum(axis=1)",
      "a loss is returned for each example",
      "Take the mean.")
wrong("gradient_first", "form", RETURN, "return grads, loss",
      "the gradient comes before the loss",
      "Return loss, grads.")
wrong("loss_alone", "form", RETURN, "return loss",
      "only the loss is returned",
      "Return loss, grads.")
wrong("gradient_alone", "form", RETURN, "return grads",
      "only the gradient is returned",
      "Return loss, grads.")
wrong("transposed", "axis", RETURN, "return loss, grads.T",
      "the gradient has a row for each class",
      "W has a column for each class, and so has its gradient.")
wrong("flattened", "form", RETURN, "return loss, grads.ravel()",
      "the gradient is one long array",
      "Leave it shaped like W.")
wrong("single_precision", "dtype", (COUNTED, PULL), ("D = (V > 0).astype(np.float32)", "X.T.astype(np.float32) @ D / N"),
      "the gradient is kept in single precision",
      "Use float, which has 16 digits.")
wrong("gradient_in_integers", "dtype", RETURN, "return loss, grads.astype(W.dtype)",
      "the gradient has the type of W, so integer weights round it",
      "np.zeros_like(W) holds integers if W does. Use np.zeros(W.shape).", survives_visible=True)
wrong("gradient_array_of_integers", "dtype", "grads = X.T @ D / N + l2 * W",
      "grads = np.zeros_like(W)\n    grads += X.T @ D / N + l2 * W",
      "the gradient is summed in an array of the type of W, and integers take no fractions",
      "np.zeros_like(W) holds integers if W does. Use np.zeros(W.shape).", survives_visible=True)
wrong("changes_weights", "aliasing", "grads = X.T @ D / N + l2 * W",
      "grads = X.T @ D / N + l2 * W\n    W -= 0.1 * grads",
      "W is changed in place",
      "*=, -= and assigning into W change what the caller has. Make a new array.")
wrong("gradient_accumulates", "stale state", RETURN,
      "old = hinge_value_and_grad.__dict__.get('old', np.zeros(0))\n"
      "    grads = grads + old if old.shape == grads.shape else grads\n"
      "    hinge_value_and_grad.old = grads\n    " + RETURN,
      "gradients add up from call to call",
      "Start every call from zeros, made inside the function.", survives_visible=True)
wrong("hard_coded_l2", "hard-coded", "N, rows =", "l2 = 0.1\n    N, rows =",
      "the argument l2 is not used",
      "Is a number written in its place?")
wrong("one_row_squeezed", "boundary", "Z = X @ W", "Z = np.squeeze(X @ W)",
      "axes of length 1 are dropped, and a batch of one loses its rows",
      "Leave out squeeze.")
wrong("softmax_loss", "formula", COSTS, "np.log(np.exp(Z - Z[rows, y][:, None]).sum(axis=1)).mean()",
      "the loss is the cross-entropy of softmax",
      "The hinge has no exponential.")
wrong("violations_in_integers", "dtype", VIOLATIONS,
      "V = (Z - Z[rows, y][:, None] + margin).astype(Z.dtype)",
      "the violations are kept in the type of the scores, so integers round the margin",
      "np.zeros_like(Z) holds integers if Z does. Make Z of floats, or the array with np.zeros(Z.shape).",
      survives_visible=True)
wrong("mask_of_booleans", "dtype", COUNTED, "D = V > 0",
      "minus the count is written into an array of True and False, and becomes True",
      "Make floats of it first: (V > 0).astype(float).")
wrong("mask_of_bytes", "dtype", COUNTED, "D = (V > 0).astype(np.uint8)",
      "minus the count is written into an array of integers without a sign, and becomes large",
      "Make floats of it: (V > 0).astype(float).")
wrong("first_violation_only", "order", RIGHT_CLASS,
      "V[rows, y] = 0\n    V = np.where((V > 0).cumsum(axis=1) == 1, V, 0)",
      "only the first class that violates counts, and the others are passed over",
      "Sum over all classes that violate: nothing ends the loop over the classes.")
wrong("slopes_without_margin", "missing term", COUNTED, "D = (V > margin).astype(float)",
      "a class has a slope only where its score is above the right one",
      "It costs, and has a slope, as soon as it comes within the margin.")
wrong("margin_fixed_in_gradient", "hard-coded", COUNTED,
      "D = (V - margin + 1 > 0).astype(float)\n    D[rows, y] = 0",
      "the loss has the margin that is given, and the gradient a margin of 1",
      "Count the classes whose violation in the loss is above zero.", survives_visible=True)
wrong("repeated_labels_lost", "axis", (BALANCE, "grads = X.T @ D / N + l2 * W"),
      ("count = D.sum(axis=1)",
       "grads = X.T @ D / N\n    grads[:, y] -= (X * count[:, None]).T / N\n    grads = grads + l2 * W"),
      "a class that y holds twice is subtracted once, because grads[:, y] -= keeps the last of them",
      "Use a loop, np.add.at, or write minus the count into D[rows, y].")

wrong = BANK.mistakes("mlp_value_and_grad")
FORWARD = "A = X @ W1 + b1"
SCORES = "Z = H @ W2 + b2"
BEND = 'H = np.tanh(A) if activation == "tanh" else np.maximum(A, 0)'
SQUARES = "sum(np.sum(array**2) for array in params.values())"
MEANED = "D2 = D2 / N"
SLOPE = 'slope = 1 - H**2 if activation == "tanh" else A > 0'
BACK = "D1 = D2 @ W2.T * slope"
PULLS = '"W1": X.T @ D1'
PULLS2 = '"W2": H.T @ D2'
SUM1 = "D1.sum(axis=0)"
SUM2 = "D2.sum(axis=0)"
ADDED = "grads[name] + l2 * params[name]"
DONE = "return loss, {name: grads[name] + l2 * params[name] for name in grads}"
wrong("slope_of_tanh_at_scores", "wrong point", SLOPE, SLOPE.replace("1 - H**2", "1 - A**2"),
      "the slope of tanh is 1 - A², with A before the bend",
      "It is 1 - H², with H = tanh(A).")
wrong("tanh_twice", "wrong point", SLOPE, SLOPE.replace("1 - H**2", "1 - np.tanh(H)**2"),
      "tanh is taken once more in its slope",
      "H is tanh(A) already: the slope is 1 - H².")
wrong("slope_of_tanh_not_squared", "formula", SLOPE, SLOPE.replace("1 - H**2", "1 - H"),
      "the slope of tanh is 1 - H, without a square",
      "It is 1 - H².")
wrong("slope_of_sigmoid", "formula", SLOPE, SLOPE.replace("1 - H**2", "H * (1 - H)"),
      "the slope is that of the sigmoid",
      "tanh has the slope 1 - H².")
wrong("slope_of_tanh_sign", "sign", SLOPE, SLOPE.replace("1 - H**2", "1 + H**2"),
      "the slope of tanh is 1 + H²",
      "It is 1 - H²: it is largest at 0.")
wrong("slope_always_of_tanh", "hard-coded", SLOPE, "slope = 1 - H**2",
      "the slope is that of tanh whatever is asked for",
      "The bend asks for the activation, and so must its slope: for the ReLU it is A > 0.")
wrong("slope_always_of_relu", "hard-coded", SLOPE, "slope = A > 0",
      "the slope is that of the ReLU whatever is asked for",
      "The bend asks for the activation, and so must its slope: for tanh it is 1 - H².")
wrong("slope_of_tan", "formula", SLOPE, SLOPE.replace("1 - H**2", "1 / np.cos(A)**2"),
      "the slope is that of the tangent, 1/cos²",
      "The hyperbolic tangent has the slope 1 - H², or 1/cosh².")
wrong("slope_forgotten", "missing term", BACK, "D1 = D2 @ W2.T",
      "the slopes go back past the bend as if it were not there",
      "Multiply by s'(A), entry by entry.")
wrong("slope_of_tanh_forgotten", "missing term", SLOPE, SLOPE.replace("1 - H**2", "1"),
      "tanh lets slopes through as they are",
      "Multiply by 1 - H².")
wrong("slope_of_relu_forgotten", "missing term", SLOPE, SLOPE.replace("A > 0", "1"),
      "the ReLU lets slopes through where it is closed",
      "Multiply by 1 where A > 0, and by 0 elsewhere.")
wrong("leaky_slope", "boundary", SLOPE, SLOPE.replace("A > 0", "np.where(A > 0, 1, 0.01)"),
      "the ReLU has a slope of 0.01 where it is closed",
      "That is the leaky ReLU. This one has the slope 0 there.")
wrong("leaky_relu", "formula", (BEND, SLOPE), (BEND.replace("np.maximum(A, 0)", "np.maximum(A, 0.01 * A)"), SLOPE.replace("A > 0", "np.where(A > 0, 1, 0.01)")),
      "the ReLU leaks, forward and backward",
      "It is max(0, a), without a slope where a < 0.")
wrong("relu_slope_is_value", "formula", SLOPE, SLOPE.replace("A > 0", "H"),
      "the slope of the ReLU is its value",
      "It is 1 where A > 0, whatever the value.")
wrong("relu_slope_by_division", "boundary", SLOPE, SLOPE.replace("A > 0", "H / A"),
      "the slope of the ReLU is H / A, which is 0/0 at the kink",
      "Compare: A > 0.", survives_visible=True)
wrong("relu_slope_reversed", "sign", SLOPE, SLOPE.replace("A > 0", "A < 0"),
      "the ReLU lets slopes through where it is closed, and stops them where it is open",
      "The slope is 1 where A > 0.")
wrong("relu_slope_of_sign", "sign", SLOPE, SLOPE.replace("A > 0", "np.sign(A)"),
      "the ReLU has the slope -1 where it is closed",
      "The slope is 0 there.")
wrong("relu_masks_slopes", "wrong point", BACK,
      'D1 = D2 @ W2.T\n    D1 = D1 * slope if activation == "tanh" else D1 * (D1 > 0)',
      "the ReLU masks slopes by their own sign, not by where the unit is open",
      "Ask whether A > 0.")
wrong("relu_mask_from_inputs", "wrong point", SLOPE, SLOPE.replace("A > 0", "X @ W1 > 0"),
      "the ReLU's slope is taken without the bias",
      "A = X W1 + b1 decides where it is open.")
wrong("relu_mask_on_scores", "wrong point", "D2[rows, y] -= 1", 'D2[rows, y] -= 1\n    D2 = D2 * (H @ W2 + b2 > 0) if activation == "relu" else D2',
      "the ReLU's mask is put on the last layer, too",
      "The last layer has no bend.")
wrong("bend_on_scores", "formula", SCORES, 'Z = H @ W2 + b2\n    Z = np.tanh(Z) if activation == "tanh" else np.maximum(Z, 0)',
      "the scores are bent, too",
      "The last layer has no bend: softmax follows.")
wrong("no_bend", "missing term", (BEND, SLOPE), ("H = A", "slope = 1"),
      "there is no bend between the layers",
      "H = s(A).")
wrong("always_tanh", "hard-coded", (BEND, SLOPE), ("H = np.tanh(A)", "slope = 1 - H**2"),
      "the bend is tanh whatever is asked for",
      "Use the argument activation.")
wrong("always_relu", "hard-coded", (BEND, SLOPE), ("H = np.maximum(A, 0)", "slope = A > 0"),
      "the bend is the ReLU whatever is asked for",
      "Use the argument activation.")
wrong("absolute_bend", "formula", (BEND, SLOPE), (BEND.replace("np.maximum(A, 0)", "np.abs(A)"), SLOPE.replace("A > 0", "np.sign(A)")),
      "the ReLU is an absolute value",
      "It is max(0, a).")
wrong("sigmoid_bend", "formula", (BEND, SLOPE), (BEND.replace("np.tanh(A)", "1 / (1 + np.exp(-A))"), SLOPE.replace("1 - H**2", "H * (1 - H)")),
      "the bend is the sigmoid, not tanh",
      "Use np.tanh.")
wrong("first_bias_forgotten", "missing term", FORWARD, "A = X @ W1",
      "b1 is not added on the way forward",
      "A = X W1 + b1.")
wrong("last_bias_forgotten", "missing term", SCORES, "Z = H @ W2",
      "b2 is not added on the way forward",
      "Z = H W2 + b2.")
wrong("biases_over_columns", "axis", (SUM1, SUM2), ("D1.sum(axis=1)", "D2.sum(axis=1)"),
      "the slopes are summed over the units, not over the examples",
      "A bias has one entry a unit: sum over axis=0.")
wrong("biases_summed_to_numbers", "axis", (SUM1, SUM2), ("D1.sum() + 0 * b1", "D2.sum() + 0 * b2"),
      "the slopes are summed over examples and units",
      "A bias has one entry a unit: sum over axis=0.")
wrong("biases_averaged_again", "scale", (SUM1, SUM2), ("D1.mean(axis=0)", "D2.mean(axis=0)"),
      "the gradients of the biases are divided by N twice",
      "D2 has the 1/N already: sum over the examples.")
wrong("biases_not_averaged", "scale", (SUM1, SUM2), ("N * D1.sum(axis=0)", "N * D2.sum(axis=0)"),
      "the gradients of the biases are sums over examples, and the loss is a mean",
      "Divide them by N, too.")
wrong("biases_without_gradient", "missing term", (SUM1, SUM2), ("0 * b1", "0 * b2"),
      "the gradients of the biases are zero",
      "Sum the slopes behind each bias over the examples.")
wrong("first_bias_without_gradient", "missing term", SUM1, "0 * b1",
      "the gradient of b1 is zero",
      "Sum the slopes in A over the examples.")
wrong("first_bias_before_the_bend", "wrong point", SUM1, "(D2 @ W2.T).sum(axis=0)",
      "the gradient of b1 sums the slopes in H, not those in A",
      "b1 is added before the bend: multiply by its slope first.")
wrong("first_weights_before_the_bend", "wrong point", PULLS, '"W1": X.T @ (D2 @ W2.T)',
      "the gradient of W1 uses the slopes in H, not those in A",
      "W1 acts before the bend: multiply by its slope first.")
wrong("last_weights_from_before_the_bend", "wrong point", PULLS2, '"W2": A.T @ D2',
      "the gradient of W2 uses A in place of H",
      "W2 multiplies H, what comes out of the bend.")
wrong("turned_last_weights", "axis", PULLS2, '"W2": D2.T @ H',
      "the gradient of W2 is transposed, which shows where the layers differ in width",
      "H.T @ D2 has the shape of W2.")
wrong("turned_first_weights", "axis", PULLS, '"W1": D1.T @ X',
      "the gradient of W1 is transposed, which shows where the layers differ in width",
      "X.T @ D1 has the shape of W1.")
wrong("weights_not_turned_back", "axis", BACK, "D1 = D2 @ W2 * slope",
      "the slopes go back through W2, not through its transpose",
      "Forward H @ W2, so backward D2 @ W2.T.")
wrong("last_layer_only", "missing term", BACK, "D1 = 0 * H",
      "the gradient stops behind the last layer",
      "Take the slopes back to A.")
wrong("labels_forgotten", "missing term", LABELS.replace("D", "D2"), "D2 = D2",
      "the 1 of the right class is not subtracted",
      "The slope at the right class is P - 1.")
wrong("labels_by_column", "axis", LABELS.replace("D", "D2"), "D2[:, y] -= 1",
      "the 1 is subtracted in whole columns",
      "D2[:, y] is every row, in the columns of y. One entry a row is D2[rows, y].")
wrong("sign_of_gradient", "sign", MEANED, "D2 = -D2 / N",
      "the gradient of the cross-entropy has the wrong sign",
      "The slopes are P minus the labels, not labels minus P.")
wrong("sum_in_gradient", "scale", MEANED, "D2 = D2",
      "the gradient of the cross-entropy is a sum over examples, and the loss is a mean",
      "Divide by N in the gradient, too.")
wrong("sum_over_examples", "scale", (MEAN, MEANED), ("-log_P[rows, y].sum()", "D2 = D2"),
      "the cross-entropy is summed over examples, in loss and gradient",
      "The loss is a mean: divide both by N.")
wrong("first_layer_averaged_twice", "scale", BACK, "D1 = D2 @ W2.T * slope / N",
      "the slopes of the first layer are divided by N twice",
      "D2 has the 1/N already, and hands it back.")
wrong("squared_slopes", "formula", "D2[rows, y] -= 1", "D2[rows, y] -= 1\n    D2 = D2 * np.exp(log_P) * (1 - np.exp(log_P))",
      "the slopes in the scores are multiplied by P (1 - P)",
      "For the cross-entropy these factors cancel: P minus the labels is all.")
wrong("not_shifted", "boundary", SHIFT, "Z = Z",
      "the scores go into the exponential as they are",
      "An exponential overflows at 710. Subtract the largest score of each row first.",
      survives_visible=True)
wrong("shifted_by_largest_of_all", "boundary", SHIFT, "Z = Z - Z.max()",
      "the largest of all scores is subtracted from every row",
      "In a row far below it all exponentials become 0. Subtract each row's own largest score.",
      survives_visible=True)
wrong("logarithm_of_clipped", "boundary", LOG_P,
      "log_P = np.log(np.maximum(np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True), 1e-12))",
      "the logarithm is taken of a probability that is kept above a small number",
      "Its logarithm is the score minus log Σ exp.", survives_visible=True)
wrong("softmax_over_examples", "axis", "np.exp(Z).sum(axis=1, keepdims=True)",
      "np.exp(Z).sum(axis=0, keepdims=True)",
      "the exponentials are summed over the examples, not over the classes",
      "Each row of P sums to 1: axis=1.")
wrong("no_penalty", "missing term", (" + l2 / 2 * squares", " + l2 * params[name]"), ("", ""),
      "there is no penalty, neither in the loss nor in the gradient",
      "Add l2/2 times the sum of squares to the loss, and its slope to the gradient.")
wrong("no_penalty_in_loss", "missing term", " + l2 / 2 * squares", "",
      "the penalty is missing from the loss",
      "Add l2/2 times the sum of squares.")
wrong("no_penalty_in_gradient", "missing term", " + l2 * params[name]", "",
      "the penalty is missing from the gradient",
      "Its slope is l2 times each array.")
wrong("biases_not_penalized", "boundary", (SQUARES, ADDED),
      ("np.sum(W1**2) + np.sum(W2**2)", 'grads[name] + l2 * params[name] * (name[0] == "W")'),
      "the biases are left out of the penalty",
      "The penalty counts them, too.")
wrong("biases_penalized_in_loss_only", "missing term", ADDED, 'grads[name] + l2 * params[name] * (name[0] == "W")',
      "the penalty of the biases is missing from their gradients",
      "Add l2 times each array, the biases, too.")
wrong("biases_penalized_in_gradient_only", "missing term", SQUARES, "np.sum(W1**2) + np.sum(W2**2)",
      "the biases are missing from the penalty in the loss, and their gradients have it",
      "Sum the squares of all four arrays.")
wrong("first_layer_not_penalized", "missing term", (SQUARES, ADDED),
      ("np.sum(W2**2) + np.sum(b2**2)", 'grads[name] + l2 * params[name] * (name[1] == "2")'),
      "only the last layer is penalized",
      "The penalty counts all four arrays.")
wrong("penalty_without_half", "scale", ("l2 / 2 * squares", "l2 * params[name]"),
      ("l2 * squares", "2 * l2 * params[name]"),
      "the penalty lacks its factor 1/2, in loss and gradient",
      "The loss has l2/2 times the sum of squares, and the gradient l2 times each array.")
wrong("penalty_not_halved", "scale", "l2 / 2 * squares", "l2 * squares",
      "the penalty in the loss lacks its factor 1/2, and the gradient has it",
      "The loss has l2/2 times the sum of squares.")
wrong("penalty_slope_doubled", "scale", "l2 * params[name]", "2 * l2 * params[name]",
      "the gradient of the penalty has a factor 2 that the 1/2 of the loss uses up",
      "The slope of l2/2 w² is l2 w.")
wrong("penalty_divided_by_n", "scale", ("l2 / 2 * squares", "l2 * params[name]"),
      ("l2 / 2 / N * squares", "l2 / N * params[name]"),
      "the penalty is divided by N",
      "Only the cross-entropy is a mean.")
wrong("units_remembered", "stale state", BEND,
      "old = mlp_value_and_grad.__dict__.get('old', np.zeros(0))\n    " + BEND
      + "\n    H = mlp_value_and_grad.old = old if old.shape == H.shape else H",
      "the hidden units of an earlier call are used again",
      "Compute H from the arguments of this call.", survives_visible=True)
wrong("units_remembered_backward", "stale state", SLOPE,
      "old = mlp_value_and_grad.__dict__.get('old', np.zeros(0))\n"
      "    H = mlp_value_and_grad.old = old if old.shape == H.shape else H\n    " + SLOPE,
      "the way back uses hidden units of an earlier call",
      "Keep H from the same call's way forward.", survives_visible=True)
wrong("gradients_accumulate", "stale state", DONE,
      "old = mlp_value_and_grad.__dict__.get('old', grads)\n"
      "    if all(np.shape(old[name]) == np.shape(grads[name]) for name in grads) and old is not grads:\n"
      "        grads = {name: grads[name] + old[name] for name in grads}\n"
      "    mlp_value_and_grad.old = grads\n    " + DONE,
      "gradients add up from call to call",
      "Start every call from new arrays, made inside the function.")
wrong("changes_params", "aliasing", DONE,
      "for name in params:\n        params[name] *= l2\n        grads[name] = grads[name] + params[name]\n    return loss, grads",
      "params or one of its arrays is changed in place",
      "*=, -= and assigning into it change what the caller has. Make arrays and a dictionary of "
      "your own.")
wrong("single_precision", "dtype", FORWARD, "A = (X @ W1 + b1).astype(np.float32)",
      "the hidden units are kept in single precision",
      "Use float, which has 16 digits.")
wrong("weights_only", "form", DONE, "return loss, {name: grads[name] + l2 * params[name] for name in ('W1', 'W2')}",
      "the biases have no gradient in the dictionary",
      'Return all four: "W1", "b1", "W2" and "b2".')
wrong("other_names", "form", DONE, "return loss, {'d' + name: grads[name] + l2 * params[name] for name in grads}",
      "the gradients have names of their own",
      'The names are those of params: "W1", "b1", "W2" and "b2".')
wrong("one_long_array", "form", DONE, "return loss, np.concatenate([(grads[name] + l2 * params[name]).ravel() for name in grads])",
      "the gradients are strung together into one long array",
      "Return a dictionary with the names of params.")
wrong("gradient_first", "form", DONE, "return {name: grads[name] + l2 * params[name] for name in grads}, loss",
      "the gradient comes before the loss",
      "Return loss, grads.")
wrong("loss_alone", "form", DONE, "return loss",
      "only the loss is returned",
      "Return loss, grads.")
wrong("gradient_alone", "form", DONE, "return {name: grads[name] + l2 * params[name] for name in grads}",
      "only the gradient is returned",
      "Return loss, grads.")
wrong("bias_rows", "form", (SUM1, SUM2), ("D1.sum(axis=0, keepdims=True)", "D2.sum(axis=0, keepdims=True)"),
      "the gradients of the biases have two axes",
      "Each gradient is shaped like its array: leave out keepdims.")
wrong("one_row_squeezed", "boundary", FORWARD, "A = np.squeeze(X @ W1 + b1)",
      "axes of length 1 are dropped, and a batch of one loses its rows",
      "Leave out squeeze.")
wrong("classes_of_the_batch", "boundary", LABELS.replace("D", "D2"), "D2 = D2 - np.eye(y.max() + 1)[y]",
      "the number of classes is taken from y",
      "A class may have no example here. b2 has an entry for each class.")
wrong("units_averaged", "scale", SCORES, "Z = H @ W2 / H.shape[1] + b2",
      "the hidden units are averaged on the way forward",
      "The scores are sums over the units: H @ W2 + b2.")
wrong("sign_of_loss", "sign", MEAN, "log_P[rows, y].mean()",
      "the loss has lost its minus",
      "The logarithm of a probability is negative; a cost is not.")
wrong("dead_units_by_column", "axis", SLOPE, SLOPE.replace("A > 0", "(A > 0).all(axis=0)"),
      "a unit of the ReLU is closed for all examples if it is for one",
      "Each entry of A decides for itself.")
wrong("live_units_by_column", "axis", SLOPE, SLOPE.replace("A > 0", "(A > 0).any(axis=0)"),
      "a unit of the ReLU is open for all examples if it is for one",
      "Each entry of A decides for itself.")
wrong("hard_coded_l2", "hard-coded", "N, rows =", "l2 = 0.1\n    N, rows =",
      "the argument l2 is not used",
      "Is a number written in its place?")
wrong("tanh_by_exponentials", "boundary", BEND,
      BEND.replace("np.tanh(A)", "(np.exp(2 * A) - 1) / (np.exp(2 * A) + 1)"),
      "tanh is made of exponentials, which overflow where its argument is large",
      "Use np.tanh, which is finite everywhere.", survives_visible=True)
wrong("arrays_by_position", "order", 'W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]',
      "W1, b1, W2, b2 = params.values()",
      "the arrays are taken out of params by position, not by name",
      'Write params["W1"] and so on: a dictionary may hold its names in any order.',
      survives_visible=True)
