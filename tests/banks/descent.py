"""Wrong solutions of chapter 2, each with the misconception it stands for."""

from tests.banks.bank import Bank

BANK = Bank("descent", "2-descent")

# A mistake is a paragraph: the edit, what the student did, where to look.
# fmt: off

wrong = BANK.mistakes("gradient_descent")
UPDATE = "x = x - alpha * grad(x)"
LOOP = "for step in range(1, n_steps + 1):"
APPEND = "points.append(x)"
ALPHA = "alpha = learning_rate(step) if callable(learning_rate) else learning_rate"
wrong("ascent", "sign", "x - alpha", "x + alpha",
      "the update adds the gradient instead of subtracting it",
      "The gradient points uphill. Check the sign in your update.")
wrong("aliased_history", "aliasing", UPDATE, "x -= alpha * grad(x)",
      "one array is changed in place and stands in the list many times over",
      "Make a new array in every step, with x = x - ..., or append x.copy().")
wrong("learning_rate_squared", "scale", "- alpha * grad(x)", "- alpha**2 * grad(x)",
      "the learning rate multiplies the gradient twice",
      "Count how often alpha enters one step.")
wrong("gradient_at_start", "wrong point", "grad(x)", "grad(np.array(x0, dtype=float))",
      "every step uses the gradient at x0",
      "Ask for the gradient where the run stands now, inside the loop.")
wrong("clipped_gradient", "boundary", "grad(x)", "np.clip(grad(x), -100, 100)",
      "large gradients are clipped",
      "Take the gradient as it comes, however large.", survives_visible=True)
wrong("early_stop", "boundary", APPEND,
      APPEND + "\n        if np.linalg.norm(grad(x)) < 1e-6:\n            break",
      "the loop ends once the gradient is small",
      "Make all n_steps steps: whoever calls you decides when to stop.", survives_visible=True)
wrong("changes_x0", "aliasing", ("np.array(x0, dtype=float)", "points = [x]", UPDATE, APPEND),
      ("np.asarray(x0, dtype=float)", "points = [x.copy()]", "x -= alpha * grad(x)",
       "points.append(x.copy())"),
      "x and x0 are one array",
      "x = x0 does not copy. Begin with x = np.array(x0, dtype=float).")
wrong("single_precision", "dtype", "dtype=float", "dtype=np.float32",
      "the points are kept in single precision",
      "Use dtype=float, which has 16 digits.", survives_visible=True)
wrong("schedule_from_zero", "off by one", "learning_rate(step)", "learning_rate(step - 1)",
      "the schedule is asked for step 0 first",
      "The first step is step 1: range(1, n_steps + 1).", survives_visible=True)
wrong("schedule_one_ahead", "off by one", "learning_rate(step)", "learning_rate(step + 1)",
      "the schedule is asked for step 2 first",
      "The first step is step 1.", survives_visible=True)
wrong("schedule_asked_once", "stale state", "learning_rate(step)", "learning_rate(1)",
      "the schedule is asked once, and its first answer is used for all steps",
      "Ask learning_rate(step) inside the loop.", survives_visible=True)
wrong("no_schedule", "missing term", ALPHA, "alpha = learning_rate",
      "a learning rate that is a function is multiplied, not called",
      "If callable(learning_rate), use learning_rate(step).")
wrong("start_missing", "off by one", "points = [x]", "points = []",
      "x0 is missing from the list",
      "Begin the list with x0, before the loop.")
wrong("one_step_short", "off by one", "range(1, n_steps + 1)", "range(1, n_steps)",
      "the loop makes one step too few",
      "range(1, n) has n - 1 members.")
wrong("one_step_more", "off by one", "range(1, n_steps + 1)", "range(n_steps + 1)",
      "the loop makes one step too many, and the first of them is step 0",
      "range(n + 1) has n + 1 members.")
wrong("last_point_only", "form", "return points", "return x",
      "only the last point is returned",
      "Collect all the points in a list, and return the list.")
wrong("columns", "axis", "return points", "return np.array(points).T",
      "the points are columns of the result",
      "Each point must be a row; leave out the transpose.")
wrong("flat_list", "axis", "return points", "return np.concatenate(points)",
      "the points are strung together into one long array",
      "Keep the points apart: a list of arrays, or np.array(points).")
wrong("appended_before_step", "order", UPDATE + "\n        " + APPEND,
      APPEND + "\n        " + UPDATE,
      "each point is appended before its step is made, so x0 comes twice and the last is lost",
      "Make the step first, then append.")
wrong("integer_points", "dtype", ("points = [x]", APPEND),
      ("points = [x.astype(x0.dtype)]", "points.append(x.astype(x0.dtype))"),
      "the points are stored with the dtype of x0, so an integer start rounds them",
      "Store floats: np.array(x0, dtype=float), np.empty(...) or a list.")
wrong("normalized_gradient", "scale", "grad(x)", "grad(x) / max(np.linalg.norm(grad(x)), 1e-300)",
      "the gradient is divided by its length",
      "The step is alpha times the whole gradient, long where the slope is steep.")
wrong("sign_of_gradient", "formula", "grad(x)", "np.sign(grad(x))",
      "only the sign of the gradient is used",
      "The step is alpha times the gradient itself.")
wrong("half_step", "scale", "- alpha * grad(x)", "- 0.5 * alpha * grad(x)",
      "the step has an extra factor 1/2",
      "grad already is the gradient; nothing is left to be halved.")
wrong("double_step", "scale", "- alpha * grad(x)", "- 2 * alpha * grad(x)",
      "the step has an extra factor 2",
      "grad already is the gradient; it has the 2 of the square's derivative.")
wrong("mean_gradient", "scale", "grad(x)", "grad(x) / len(x)",
      "the gradient is divided by the number of coordinates",
      "grad already is the whole gradient. Do not average over coordinates.")
wrong("decays_as_one_over_step", "scale", "- alpha *", "- alpha / step *",
      "the learning rate is divided by the step",
      "A number as learning_rate stays as it is; only a function of the step may change.")
wrong("decays_as_root", "scale", "- alpha *", "- alpha / np.sqrt(step) *",
      "the learning rate is divided by the square root of the step",
      "A number as learning_rate stays as it is; only a function of the step may change.")
wrong("hard_coded_rate", "hard-coded", "else learning_rate", "else 0.1",
      "the argument learning_rate is not used",
      "Is a number written in its place?")
wrong("forgets_point", "missing term", "x = x - alpha", "x = -alpha",
      "the new point is the step alone",
      "A step leads from a point to the next one: add it to x.")
wrong("from_start_each_time", "stale state", "x = x - alpha",
      "x = np.array(x0, dtype=float) - alpha",
      "every step starts again from x0",
      "A step leads from the last point to the next one.")
wrong("keeps_gradients", "form", APPEND, "points.append(grad(x))",
      "the list holds gradients instead of points",
      "Append x.")
wrong("stale_gradient", "stale state", UPDATE,
      "g_now = grad(x)\n        x = x - alpha * (g_now if step == 1 else g)\n        g = g_now",
      "a step uses the gradient of the point before",
      "Compute the gradient at x, and use it in the same step.")
wrong("coordinate_by_coordinate", "order", UPDATE,
      "x = x.copy()\n        for i in range(len(x)):\n            x[i] = x[i] - alpha * grad(x)[i]",
      "later coordinates see earlier ones already moved",
      "Compute the whole gradient first, then move all coordinates together.",
      survives_visible=True)
wrong("repairs_divergence", "boundary", UPDATE, "x = np.nan_to_num(x - alpha * grad(x))",
      "infinity and NaN are replaced by numbers",
      "A run that diverges must show it; return what comes.", survives_visible=True)
wrong("stops_diverging", "boundary", APPEND,
      "if not np.all(np.isfinite(x)):\n            break\n        " + APPEND,
      "the loop ends once the points are not finite",
      "Make all n_steps steps, through infinity and NaN.", survives_visible=True)
wrong("raises_diverging", "boundary", APPEND,
      APPEND + "\n        if not np.all(np.isfinite(x)):\n            raise ValueError('diverged')",
      "a run that diverges raises an exception",
      "Return the infinities and NaNs; whoever reads the run will see them.",
      survives_visible=True)
wrong("monotone", "boundary", UPDATE,
      "new = x - alpha * grad(x)\n        x = x if np.linalg.norm(grad(new)) > np.linalg.norm(grad(x)) else new",
      "a step that makes things worse is taken back",
      "Gradient descent makes every step, good or bad.", survives_visible=True)
wrong("rounded_points", "dtype", UPDATE, "x = np.round(x - alpha * grad(x), 4)",
      "the points are rounded to a few digits",
      "Keep all digits; round only what you print.")
wrong("needs_a_step", "boundary", "return points", "return points if alpha else points",
      "the function uses a variable of the loop after it, which n_steps = 0 never sets",
      "Walk through your code with n_steps = 0: which names exist after the loop?",
      survives_visible=True)
wrong("ignores_no_steps", "off by one", LOOP, "for step in range(1, max(n_steps, 1) + 1):",
      "a step is made even if none is asked for",
      "With n_steps = 0 the answer is x0 alone.", survives_visible=True)
wrong("stays_positive", "boundary", UPDATE, "x = np.maximum(x - alpha * grad(x), 0)",
      "the points are kept at zero or above",
      "Nothing bounds the points; take the step as it is.")
wrong("absolute_gradient", "sign", "grad(x)", "np.abs(grad(x))",
      "the gradient loses its sign",
      "Where the slope is negative, downhill is to the right. Leave out the absolute value.")
wrong("returns_in_loop", "order", "points.append(x)", "points.append(x)\n        return points",
      "return stands inside the loop, so the first step is the last",
      "Move return to the left, below the loop.")
wrong("momentum", "missing term", UPDATE,
      "v = 0.9 * (v if step > 1 else 0) - alpha * grad(x)\n        x = x + v",
      "the steps have momentum",
      "Each step uses its own gradient alone.")
wrong("divides_by_rate", "formula", "alpha * grad(x)", "grad(x) / alpha",
      "the gradient is divided by the learning rate",
      "Multiply the gradient by alpha.")
wrong("normalized_twice", "scale", "grad(x)", "grad(x) / max(grad(x) @ grad(x), 1e-300)",
      "the gradient is divided by its squared length",
      "The step is alpha times the whole gradient.")
wrong("one_coordinate", "axis", "alpha * grad(x)", "alpha * grad(x)[0]",
      "all coordinates move by the first entry of the gradient",
      "Subtract the whole gradient, an array shaped like x.")
wrong("schedule_backwards", "order", "learning_rate(step)", "learning_rate(n_steps + 1 - step)",
      "the schedule runs backwards",
      "The first step is step 1.", survives_visible=True)
wrong("schedule_of_total", "stale state", "learning_rate(step)", "learning_rate(n_steps)",
      "the schedule is asked for the last step each time",
      "Ask for learning_rate(step), with the number of the step at hand.", survives_visible=True)
wrong("reversed", "order", "return points", "return points[::-1]",
      "the points come in reverse",
      "x0 comes first.")
wrong("start_twice", "off by one", "points = [x]", "points = [x, x]",
      "x0 is in the list twice",
      "Put it there once, before the loop.")
wrong("hard_coded_steps", "hard-coded", "range(1, n_steps + 1)", "range(1, 11)",
      "the argument n_steps is not used",
      "Is a number written in its place?")
wrong("schedule_ignored", "hard-coded", "learning_rate(step)", "0.1",
      "a learning rate that is a function is not called; a fixed number takes its place",
      "If callable(learning_rate), use learning_rate(step).")
wrong("averaged_points", "formula", APPEND, "points.append((np.sum(points, axis=0) + x) / (step + 1))",
      "the points are averages",
      "Append x itself.")
wrong("root_of_rate", "formula", "alpha * grad(x)", "np.sqrt(alpha) * grad(x)",
      "the square root of the learning rate is used",
      "The step is alpha times the gradient.")

wrong = BANK.mistakes("curvature_bounds")
HESSIAN = "X.T @ X / len(X)"
EIGENVALUES = "eigenvalues = np.linalg.eigvalsh(X.T @ X / len(X))"
RETURN = "return eigenvalues[-1], eigenvalues[0]"
wrong("not_divided", "scale", HESSIAN, "X.T @ X",
      "X.T @ X is not divided by N",
      "The loss is a mean over N rows: divide by len(X).")
wrong("divided_by_columns", "axis", HESSIAN, "X.T @ X / X.shape[1]",
      "X.T @ X is divided by the number of columns",
      "N counts the rows, X.shape[0].")
wrong("divided_by_size", "axis", HESSIAN, "X.T @ X / X.size",
      "X.T @ X is divided by the number of entries of X",
      "N counts the rows, X.shape[0].")
wrong("divided_by_n_minus_one", "off by one", HESSIAN, "X.T @ X / max(len(X) - 1, 1)",
      "X.T @ X is divided by N - 1",
      "That is the rule for a sample variance; the loss divides by N.")
wrong("divided_twice", "scale", HESSIAN, "X.T @ X / len(X) ** 2",
      "X.T @ X is divided by N twice",
      "The loss has one factor 1/N.")
wrong("divided_by_root", "scale", HESSIAN, "X.T @ X / np.sqrt(len(X))",
      "X.T @ X is divided by the square root of N",
      "The square root belongs to X: (X / √N) squared is X.T @ X / N.")
wrong("factor_two", "scale", HESSIAN, "2 * X.T @ X / len(X)",
      "the Hessian has an extra factor 2",
      "The 1/2 in the loss uses up the 2 from the square's derivative.")
wrong("factor_half", "scale", HESSIAN, "X.T @ X / (2 * len(X))",
      "the Hessian keeps the factor 1/2 of the loss",
      "The second derivative of a square is 2, which uses up the 1/2.")
wrong("singular_values", "formula", EIGENVALUES,
      "eigenvalues = np.sort(np.linalg.svd(X / np.sqrt(len(X)), compute_uv=False))",
      "the singular values are not squared",
      "The eigenvalues of X.T @ X are the squares of the singular values of X.")
wrong("singular_values_over_n", "formula", EIGENVALUES,
      "eigenvalues = np.sort(np.linalg.svd(X, compute_uv=False)) / len(X)",
      "the singular values are divided by N but not squared",
      "The eigenvalues of X.T @ X are the squares of the singular values of X.")
wrong("square_of_quotient", "order", EIGENVALUES,
      "eigenvalues = np.sort((np.linalg.svd(X, compute_uv=False) / len(X)) ** 2)",
      "the singular values are divided by N before they are squared, so N enters twice",
      "Square first, then divide by N.")
wrong("flat_direction_lost", "boundary", EIGENVALUES,
      "eigenvalues = np.sort(np.linalg.svd(X, compute_uv=False) ** 2) / len(X)",
      "the eigenvalues that are zero for want of rows are left out",
      "A matrix with fewer rows than columns has fewer singular values than the Hessian has "
      "eigenvalues; the missing ones are 0.", survives_visible=True)
wrong("zeros_left_out", "boundary", RETURN,
      "eigenvalues = eigenvalues[eigenvalues > 1e-10]\n    " + RETURN,
      "eigenvalues that are zero are left out",
      "A flat direction has the curvature m = 0, and it counts.", survives_visible=True)
wrong("rows_by_rows", "axis", HESSIAN, "X @ X.T / len(X)",
      "the matrix is X @ X.T, which has a row for each example",
      "The Hessian has a row for each parameter, so it is X.T @ X.")
wrong("swapped", "order", RETURN, "return eigenvalues[0], eigenvalues[-1]",
      "the two numbers come in the wrong order, m before L",
      "Return L, the larger one, first. eigvalsh sorts upwards.")
wrong("largest_only", "form", RETURN, "return eigenvalues[-1]",
      "only L is returned",
      "Return both, L and m.")
wrong("second_smallest", "off by one", "eigenvalues[0]",
      "eigenvalues[min(1, len(eigenvalues) - 1)]",
      "m is the second smallest eigenvalue",
      "Python counts from 0.")
wrong("condition_number", "formula", "eigenvalues[0]", "eigenvalues[-1] / eigenvalues[0]",
      "the condition number L/m is returned in the place of m",
      "Return L and m themselves.")
wrong("centered", "missing term", HESSIAN,
      "(X - X.mean(axis=0)).T @ (X - X.mean(axis=0)) / len(X)",
      "the columns are centered first, as for a covariance",
      "The Hessian is made of X as it is.")
wrong("covariance", "formula", HESSIAN, "np.atleast_2d(np.cov(X.T))",
      "the matrix is the covariance of the columns",
      "A covariance is centered and divided by N - 1. The Hessian is X.T @ X / N.")
wrong("standardized", "scale", HESSIAN, "(X / X.std(axis=0)).T @ (X / X.std(axis=0)) / len(X)",
      "the columns are scaled first",
      "The Hessian is made of X as it is.")
wrong("diagonal_only", "formula", EIGENVALUES, "eigenvalues = np.sort(np.mean(X**2, axis=0))",
      "the diagonal of the Hessian is taken for its eigenvalues",
      "That holds only for columns at right angles. Use eigvalsh.")
wrong("trace", "formula", RETURN, "return eigenvalues.sum(), eigenvalues[0]",
      "L is the sum of the eigenvalues",
      "L is the largest one. The Frobenius norm of X, squared, is their sum.")
wrong("frobenius", "formula", RETURN, "return np.sqrt((eigenvalues**2).sum()), eigenvalues[0]",
      "L is the Frobenius norm of the Hessian",
      "np.linalg.norm(H) is the Frobenius norm; np.linalg.norm(H, 2) is the largest eigenvalue.")
wrong("row_sums", "formula", EIGENVALUES,
      EIGENVALUES + '\n    bound = np.abs(' + HESSIAN + ').sum(axis=1).max()\n    eigenvalues = np.append(eigenvalues[:1], bound)',
      "L is the largest row sum of the Hessian, which is a bound on it",
      "Compute the eigenvalue itself.")
wrong("average_as_m", "formula", "eigenvalues[0]", "eigenvalues.mean()",
      "m is the mean of the eigenvalues",
      "m is the smallest one.")
wrong("intercept", "missing term", EIGENVALUES,
      "X = np.column_stack([np.ones(len(X)), X])\n    " + EIGENVALUES,
      "a column of ones is added to X",
      "The Hessian is made of X as it is.")
wrong("inverse", "formula", EIGENVALUES,
      "eigenvalues = np.linalg.eigvalsh(np.linalg.pinv(X.T @ X / len(X)))",
      "the eigenvalues are those of the inverse",
      "Curvatures are the eigenvalues of the Hessian itself.")
wrong("eigenvalues_squared", "formula", "eigenvalues[-1], eigenvalues[0]",
      "eigenvalues[-1] ** 2, eigenvalues[0] ** 2",
      "the eigenvalues of X.T @ X / N are squared",
      "Squares are needed only when you start from the singular values of X.")
wrong("never_strongly_convex", "hard-coded", "eigenvalues[0]", "0.0",
      "m is always 0",
      "m is the smallest eigenvalue, which is 0 only if some direction is flat.")
wrong("spread_as_m", "formula", "eigenvalues[0]", "eigenvalues[-1] - eigenvalues[0]",
      "the spread of the eigenvalues is returned in the place of m",
      "m is the smallest eigenvalue itself.")
wrong("all_eigenvalues", "form", RETURN, "return eigenvalues[::-1]",
      "all the eigenvalues are returned",
      "Return the largest and the smallest.", survives_visible=True)

wrong = BANK.mistakes("rate")
BEST = "max(abs(1 - learning_rate * smoothness), abs(1 - learning_rate * strong_convexity))"
FAST, SLOW = "abs(1 - learning_rate * smoothness)", "abs(1 - learning_rate * strong_convexity)"
wrong("steep_only", "missing term", BEST, FAST,
      "only the steepest direction is looked at",
      "The flattest direction may be the slow one: take the larger of two factors.")
wrong("flat_only", "missing term", BEST, SLOW,
      "only the flattest direction is looked at, or the absolute value is taken after the maximum",
      "With a bold learning rate the steepest one overshoots: take the larger of two sizes.")
wrong("no_absolute_value", "sign", BEST,
      "max(1 - learning_rate * smoothness, 1 - learning_rate * strong_convexity)",
      "the factors have a sign",
      "A factor of -0.9 is as slow as 0.9. Take absolute values before you compare.")
wrong("best_direction", "formula", "max(abs", "min(abs",
      "the fastest direction decides",
      "The rate is the factor of the slowest one, max instead of min.")
wrong("sum_of_factors", "formula", "max(abs(1 - learning_rate * smoothness), abs",
      "sum([abs(1 - learning_rate * smoothness)]) + (abs",
      "the two factors are added",
      "The slowest direction decides, which is the maximum.")
wrong("mean_of_factors", "formula", BEST, f"({FAST} + {SLOW}) / 2",
      "the two factors are averaged",
      "The slowest direction decides, which is the maximum.")
wrong("product_of_factors", "formula", BEST, f"{FAST} * {SLOW}",
      "the two factors are multiplied",
      "The slowest direction decides, which is the maximum.")
wrong("squared", "formula", BEST, f"({BEST}) ** 2",
      "the rate is squared, as it is for the loss",
      "The error is multiplied by the factor itself; the loss by its square.")
wrong("optimal_rate", "hard-coded", BEST,
      "(smoothness - strong_convexity) / (smoothness + strong_convexity)",
      "learning_rate is not used, and the rate of the best one is returned",
      "Use the argument learning_rate.")
wrong("rate_of_one_over_l", "hard-coded", BEST, "1 - strong_convexity / smoothness",
      "learning_rate is not used, and the rate of 1/L is returned",
      "Use the argument learning_rate.")
wrong("condition_inverted", "formula", BEST,
      "abs(1 - learning_rate * strong_convexity / smoothness)",
      "m/L is used where an eigenvalue belongs",
      "The factors are 1 - alpha L and 1 - alpha m.")
wrong("condition_as_eigenvalue", "formula", BEST,
      "max(abs(1 - learning_rate), abs(1 - learning_rate * smoothness / max(strong_convexity, 1e-300)))",
      "the condition number is used where an eigenvalue belongs",
      "The factors are 1 - alpha L and 1 - alpha m; no quotient enters.", survives_visible=True)
wrong("learning_rate_squared", "scale", BEST, BEST.replace("learning_rate", "learning_rate**2"),
      "the learning rate is squared",
      "The factor is 1 - alpha times the eigenvalue.")
wrong("doubled_curvature", "scale", BEST, BEST.replace("learning_rate", "2 * learning_rate"),
      "the curvature is counted twice",
      "L and m are eigenvalues already; no 2 is left over.")
wrong("halved_curvature", "scale", BEST, BEST.replace("learning_rate", "learning_rate / 2"),
      "the curvature is halved",
      "L and m are eigenvalues already; no 1/2 is left over.")
wrong("never_above_one", "boundary", BEST, f"min(1.0, {BEST})",
      "the rate is cut off at 1",
      "A run that diverges has a rate above 1. Return it.", survives_visible=True)
wrong("diverging_is_infinite", "boundary", BEST,
      f"{BEST} if learning_rate * smoothness < 2 else np.inf",
      "a run that diverges is given an infinite rate",
      "The rate of a run that diverges is a number above 1. Return it.", survives_visible=True)
wrong("plus", "sign", BEST, BEST.replace("1 - ", "1 + "),
      "the factors are 1 + alpha λ, those of an ascent",
      "Descent subtracts: 1 - alpha λ.")
wrong("one_missing", "missing term", BEST, BEST.replace("1 - ", ""),
      "the 1 is missing from the factors",
      "The new error is the old one minus alpha λ times it.")
wrong("sum_as_eigenvalue", "formula", BEST,
      "abs(1 - learning_rate * (smoothness + strong_convexity) / 2)",
      "the mean of L and m is used as the eigenvalue",
      "Each eigenvalue has its own factor; the worst decides.")
wrong("divides_by_curvature", "formula", BEST,
      "max(abs(1 - learning_rate / smoothness), abs(1 - learning_rate / max(strong_convexity, 1e-300)))",
      "the learning rate is divided by the curvature",
      "The factor is 1 - alpha times the eigenvalue.")
wrong("arguments_in_other_order", "order", "learning_rate, smoothness, strong_convexity):",
      "smoothness, strong_convexity, learning_rate):",
      "the arguments come in another order",
      "The order is learning_rate, smoothness, strong_convexity.")
wrong("smoothness_and_convexity_swapped_order", "order", BEST,
      "max(abs(1 - smoothness * strong_convexity), abs(1 - learning_rate * smoothness))",
      "L is multiplied by m",
      "The factors are 1 - alpha L and 1 - alpha m.")
wrong("steps_needed", "formula", BEST, f"-1 / np.log(max({BEST}, 1e-300))",
      "a number of steps is returned instead of a factor",
      "The rate is the factor itself, without a logarithm.")
wrong("speed", "formula", BEST, f"1 - {BEST}",
      "what is returned is the share that a step removes, not the share that it leaves",
      "The rate is what remains: small is fast.")
wrong("both_factors", "form", "max(abs", "(abs",
      "both factors are returned",
      "Return the larger one.")
wrong("rounded", "dtype", BEST, f"round({BEST}, 3)",
      "the result is rounded",
      "Keep all digits; round only what you print.", survives_visible=True)
wrong("switches_too_early", "boundary", BEST,
      "1 - learning_rate * strong_convexity if learning_rate < 1 / smoothness else learning_rate * smoothness - 1",
      "the steep direction is taken as the slow one from 1/L on",
      "Between 1/L and 2/(L + m) the flat direction is still slower. Compare the two.",
      survives_visible=True)
wrong("square_root", "formula", BEST, f"({BEST}) ** 0.5",
      "the square root of the factor is returned",
      "The error is multiplied by the factor itself.")

wrong = BANK.mistakes("best_learning_rate")
FORMULA = "2 / (smoothness + strong_convexity)"
wrong("safe_choice", "formula", FORMULA, "1 / smoothness",
      "1/L is returned, the safe choice",
      "The best fixed learning rate uses both ends of the spectrum.")
wrong("stability_limit", "formula", FORMULA, "2 / smoothness",
      "2/L is returned, where the run stops converging",
      "The best one uses both ends of the spectrum.")
wrong("half", "scale", FORMULA, "1 / (smoothness + strong_convexity)",
      "the 2 is missing",
      "Set the two factors equal, 1 - alpha m = alpha L - 1, and solve for alpha.")
wrong("four", "scale", FORMULA, "4 / (smoothness + strong_convexity)",
      "the result is twice as large as it should be",
      "Set the two factors equal, 1 - alpha m = alpha L - 1, and solve for alpha.")
wrong("difference", "sign", FORMULA,
      "2 / (smoothness - strong_convexity) if smoothness > strong_convexity else np.inf",
      "L - m is used instead of L + m",
      "The two factors have opposite signs at the best point: 1 - alpha m = alpha L - 1.")
wrong("inverted", "formula", FORMULA, "(smoothness + strong_convexity) / 2",
      "the result is upside down",
      "A steeper loss needs a smaller learning rate.")
wrong("flat_only", "formula", FORMULA, "1 / max(strong_convexity, 1e-300)",
      "1/m is returned, which overshoots along steep directions",
      "It must lie below 2/L.")
wrong("flat_limit", "formula", FORMULA, "2 / max(strong_convexity, 1e-300)",
      "2/m is returned, which overshoots along steep directions",
      "It must lie below 2/L.")
wrong("geometric_mean", "formula", FORMULA,
      "1 / np.sqrt(max(smoothness * strong_convexity, 1e-300))",
      "the geometric mean of L and m is used",
      "The two factors are linear in the eigenvalue, so the arithmetic mean decides.")
wrong("momentum_formula", "formula", FORMULA,
      "4 / (np.sqrt(smoothness) + np.sqrt(strong_convexity)) ** 2",
      "the learning rate of the heavy-ball method is returned",
      "Gradient descent without momentum has another: no square roots.")
wrong("best_rate", "formula", FORMULA,
      "(smoothness - strong_convexity) / (smoothness + strong_convexity)",
      "the best rate is returned, not the learning rate that gives it",
      "Return the learning rate.")
wrong("whole_division", "dtype", FORMULA, "2 // (smoothness + strong_convexity)",
      "the division drops everything after the point",
      "Use / instead of //.")
wrong("assumes_unit_convexity", "hard-coded", FORMULA, "2 / (smoothness + 1)",
      "m is taken to be 1",
      "Use the argument strong_convexity.", survives_visible=True)
wrong("condition_number", "formula", FORMULA,
      "2 / (1 + smoothness / max(strong_convexity, 1e-300))",
      "the condition number is used in the place of L",
      "Curvatures have a unit, and the learning rate needs it: use L and m themselves.",
      survives_visible=True)
wrong("precedence", "order", FORMULA, "2 / smoothness + strong_convexity",
      "the sum in the denominator has no parentheses",
      "2 / a + b is (2 / a) + b.")
wrong("mean_of_inverses", "formula", FORMULA,
      "(1 / smoothness + 1 / max(strong_convexity, 1e-300)) / 2",
      "the inverses of L and m are averaged",
      "Average the curvatures first, then invert.")
wrong("product", "formula", FORMULA, "2 / max(smoothness * strong_convexity, 1e-300)",
      "L and m are multiplied instead of added",
      "Set the two factors equal, 1 - alpha m = alpha L - 1, and solve for alpha.")
wrong("rounded", "dtype", FORMULA, "round(2 / (smoothness + strong_convexity), 2)",
      "the result is rounded",
      "Keep all digits; round only what you print.", survives_visible=True)
wrong("nearly_two_over_l", "formula", FORMULA, "1.9 / smoothness",
      "a bit less than 2/L is returned, a rule of thumb",
      "The best one uses both ends of the spectrum.")
wrong("multiplied", "formula", FORMULA, "2 * (smoothness + strong_convexity)",
      "the sum is multiplied by 2 instead of dividing it",
      "A steeper loss needs a smaller learning rate.")
wrong("sum_of_inverses", "formula", FORMULA, "1 / smoothness + 1 / max(strong_convexity, 1e-300)",
      "the inverses of L and m are added",
      "Average the curvatures first, then invert.")
wrong("square_roots", "formula", FORMULA, "2 / (np.sqrt(smoothness) + np.sqrt(strong_convexity))",
      "square roots of L and m are used",
      "The two factors are linear in the eigenvalue: no square roots.")

wrong = BANK.mistakes("backtracking")
CONDITION = "loss(params + step * direction) <= start + c * step * slope"
REFUSAL = "if not slope < 0:"
STILL = "if not np.any(direction):\n        return initial_step\n    "
SHRINK = "step = step * shrink"
wrong("any_decrease", "missing term", CONDITION, "loss(params + step * direction) <= start",
      "any decrease is accepted, however small",
      "The condition asks for a part of what the slope promises: c * step * slope.",
      survives_visible=True)
wrong("strict_decrease", "missing term", CONDITION, "loss(params + step * direction) < start",
      "any decrease is accepted, as long as it is one",
      "The condition asks for a part of what the slope promises: c * step * slope.",
      survives_visible=True)
wrong("c_missing", "missing term", CONDITION, "loss(params + step * direction) <= start + step * slope",
      "c is missing, so that all of the promised decrease is asked for",
      "The bound is start + c * step * slope.")
wrong("slope_sign", "sign", "start + c * step", "start - c * step",
      "the slope enters with the wrong sign, so a rise is allowed",
      "grads @ direction is negative, and it is added.", survives_visible=True)
wrong("slope_of_steepest", "formula", CONDITION,
      "loss(params + step * direction) <= start - c * step * (grads @ grads)",
      "the slope is taken along -grads, whatever the direction",
      "The slope along the direction is grads @ direction.", survives_visible=True)
wrong("slope_of_direction", "formula", CONDITION,
      "loss(params + step * direction) <= start - c * step * (direction @ direction)",
      "the squared length of the direction is used as the slope",
      "The slope along the direction is grads @ direction.", survives_visible=True)
wrong("shrink_added", "formula", SHRINK, "step = step - shrink",
      "the step is shrunk by a difference instead of a factor",
      "Multiply by shrink.")
wrong("shrink_divided", "formula", SHRINK, "step = step / shrink",
      "the step is divided by shrink, so it grows",
      "Multiply by shrink, which is below 1.")
wrong("no_limit", "boundary", "for _ in range(max_shrinks + 1):", "while True:",
      "nothing ends the search when no step is good",
      "Count how often you shrink, and raise ValueError after max_shrinks times.",
      survives_visible=True)
wrong("ignores_max_shrinks", "hard-coded", "range(max_shrinks + 1)", "range(100)",
      "more steps are tried than max_shrinks allows",
      "Count how often you shrink. Is a number written in the place of max_shrinks?",
      survives_visible=True)
wrong("max_shrinks_missing", "form", (", max_shrinks=100", "max_shrinks + 1"), ("", "101"),
      "the function does not take max_shrinks",
      "Write max_shrinks=100 at the end of the first line, and use it.")
wrong("limit_too_small", "boundary", "range(max_shrinks + 1)", "range(max_shrinks // 2)",
      "the search gives up too early",
      "Shrink max_shrinks times before you give up, however small the step becomes.",
      survives_visible=True)
wrong("one_too_small", "off by one", CONDITION + ":\n            return step",
      CONDITION + ":\n            return step * shrink",
      "the good step is shrunk once more",
      "Return the step that you have tested.")
wrong("shrinks_first", "order", "loss(params), initial_step",
      "loss(params), initial_step * shrink",
      "the first step tried is initial_step * shrink",
      "Try initial_step itself first.")
wrong("accepts_nan", "boundary", "if " + CONDITION,
      "if not loss(params + step * direction) > start + c * step * slope",
      "NaN passes, because no comparison with it is true",
      "Ask whether the step is good, with <=, and not whether it is bad, with >.",
      survives_visible=True)
wrong("hard_coded_c", "hard-coded", "start + c * step", "start + 1e-4 * step",
      "c is a number written into the function",
      "Use the argument c.", survives_visible=True)
wrong("hard_coded_shrink", "hard-coded", SHRINK, "step = step * 0.5",
      "the shrink factor is a number written into the function",
      "Use the argument shrink.", survives_visible=True)
wrong("hard_coded_start", "hard-coded", "loss(params), initial_step", "loss(params), 1.0",
      "the first step tried is a number written into the function",
      "Use the argument initial_step.")
wrong("step_missing", "missing term", "c * step * slope", "c * slope",
      "the step is missing from the bound",
      "What the slope promises grows with the step: c * step * slope.", survives_visible=True)
wrong("step_frozen", "stale state", "c * step * slope", "c * initial_step * slope",
      "the bound uses the first step, not the one that is tried",
      "The promise belongs to the step that is tried: c * step * slope.", survives_visible=True)
wrong("along_gradient", "formula", "params + step * direction", "params - step * grads",
      "the step is made along -grads, whatever the direction",
      "Go along the direction that you are given.", survives_visible=True)
wrong("backwards", "sign", "params + step", "params - step",
      "the step is made against the direction",
      "The new point is params + step * direction.")
wrong("climbing_allowed", "boundary", REFUSAL, "if False:",
      "a direction that climbs is not refused",
      "Raise ValueError when grads @ direction is not negative.")
wrong("flat_allowed", "boundary", REFUSAL, "if slope > 0:",
      "a direction at a right angle to the gradient is not refused",
      "It does not descend either: raise unless the slope is negative.", survives_visible=True)
wrong("returns_none_for_climb", "form",
      'raise ValueError(f"the direction does not descend: its slope is {slope}")', "return None",
      "a direction that climbs gets None instead of an exception",
      "Use raise ValueError(...).")
wrong("returns_zero_for_climb", "form",
      'raise ValueError(f"the direction does not descend: its slope is {slope}")', "return 0.0",
      "a direction that climbs gets the step 0 instead of an exception",
      "Use raise ValueError(...).")
wrong("still_refused", "boundary", STILL, "",
      "a direction that is zero is refused",
      "Standing still is allowed: return initial_step.", survives_visible=True)
wrong("tiny_taken_for_zero", "boundary", "if not np.any(direction):",
      "if np.allclose(direction, 0):",
      "a direction that is only short is taken for zero",
      "Zero is exactly zero here: not np.any(direction) asks for that.", survives_visible=True)
wrong("still_gets_zero", "boundary", "direction):\n        return initial_step",
      "direction):\n        return 0.0",
      "a direction that is zero gets the step 0",
      "Return initial_step.", survives_visible=True)
wrong("returns_point", "form", "slope:\n            return step",
      "slope:\n            return params + step * direction",
      "the new point is returned instead of the step",
      "Return the number step.")
wrong("returns_loss", "form", "slope:\n            return step",
      "slope:\n            return loss(params + step * direction)",
      "the new loss is returned instead of the step",
      "Return the number step.")
wrong("gives_up_silently", "form",
      'raise ValueError("no step was good; is grads the gradient of loss?")', "return step",
      "a step that was refused is returned when the search gives up",
      "Raise ValueError when no step was good.", survives_visible=True)
wrong("keeps_first", "missing term", SHRINK, "pass",
      "the step never shrinks",
      "After a refusal multiply the step by shrink.")
wrong("start_moves", "stale state", SHRINK,
      SHRINK + "\n        start = loss(params + step * direction)",
      "the loss to beat moves along with the trials",
      "Compare with the loss at params each time.")
wrong("defaults_differ", "hard-coded", "initial_step=1.0, c=1e-4, shrink=0.5",
      "initial_step=1.0, c=1e-4, shrink=0.8",
      "the default of shrink is another number",
      "The defaults are initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100.")
wrong("curvature_demanded", "formula", CONDITION,
      "loss(params + step * direction) <= start + 0.5 * step * slope",
      "half of the promised decrease is asked for, whatever c is",
      "Use the argument c.")
wrong("normalized_direction", "scale", "start, step = loss(params), initial_step",
      "direction = direction / np.linalg.norm(direction)\n    slope = grads @ direction\n    start, step = loss(params), initial_step",
      "the direction is scaled to length 1",
      "Use the direction as it comes; its length counts.")
wrong("goldstein", "missing term", "if " + CONDITION,
      "if start + 0.9 * step * slope <= loss(params + step * direction) <= start + c * step * slope",
      "steps that lower the loss a lot are refused",
      "The condition has one side only: the loss must be low enough.", survives_visible=True)
wrong("returns_refused", "off by one", CONDITION + ":\n            return step",
      CONDITION + ":\n            return step / shrink if step < initial_step else step",
      "the last refused step is returned instead of the accepted one",
      "Return the step that passed the test.")
wrong("nonfinite_raises", "boundary", "if loss",
      "if not np.isfinite(loss(params + step * direction)):\n            raise ValueError('not finite')\n        if loss",
      "a loss that is not finite raises an exception",
      "Such a step is refused: shrink and go on.", survives_visible=True)
wrong("nonfinite_ends", "boundary", "if loss",
      "if not np.isfinite(loss(params + step * direction)):\n            return step\n        if loss",
      "the search ends with a step whose loss is not finite",
      "Such a step is refused: shrink and go on.", survives_visible=True)
wrong("cauchy_schwarz", "formula", CONDITION,
      "loss(params + step * direction) <= start - c * step * np.linalg.norm(grads) * np.linalg.norm(direction)",
      "the slope is the product of two lengths",
      "It is grads @ direction, which is less unless they point along one line.",
      survives_visible=True)
wrong("slope_by_coordinate", "axis", CONDITION,
      "np.all(loss(params + step * direction) <= start + c * step * grads * direction)",
      "the slope is an array, one entry a coordinate",
      "The slope is one number, grads @ direction.", survives_visible=True)
wrong("other_error", "form", 'raise ValueError(f"the', 'raise RuntimeError(f"the',
      "another exception than ValueError is raised",
      "Use raise ValueError(...); assert raises AssertionError.")
wrong("no_defaults", "form", "initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100",
      "initial_step, c, shrink, max_shrinks",
      "initial_step, c, shrink and max_shrinks have no defaults",
      "Write initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100 in the first line.")
wrong("relative_decrease", "formula", CONDITION, "loss(params + step * direction) <= (1 - c) * start",
      "a fixed share of the loss is asked for, not of what the slope promises",
      "The bound is start + c * step * slope.", survives_visible=True)
wrong("constant_decrease", "formula", CONDITION, "loss(params + step * direction) <= start - c",
      "the decrease asked for is c itself",
      "The bound is start + c * step * slope.", survives_visible=True)
wrong("slope_squared", "formula", CONDITION, "loss(params + step * direction) <= start - c * step * slope**2",
      "the slope is squared",
      "The bound is start + c * step * slope.", survives_visible=True)
wrong("step_squared", "formula", "c * step * slope", "c * step**2 * slope",
      "the step enters the bound squared",
      "The bound is start + c * step * slope.", survives_visible=True)
wrong("half_of_c", "scale", "c * step * slope", "0.5 * c * step * slope",
      "the bound has an extra factor 1/2",
      "The bound is start + c * step * slope.", survives_visible=True)
wrong("slope_per_length", "scale", CONDITION, "loss(params + step * direction) <= start + c * step * slope / np.linalg.norm(direction)",
      "the slope is divided by the length of the direction",
      "The slope is grads @ direction, whatever the length.", survives_visible=True)
wrong("one_minus_shrink", "formula", SHRINK, "step = step * (1 - shrink)",
      "the step is multiplied by 1 - shrink",
      "Multiply by shrink.", survives_visible=True)
wrong("shrink_powers", "formula", ("for _ in", SHRINK), ("for k in", "step = step * shrink ** (k + 1)"),
      "a step that is shrunk already is multiplied by a power of shrink",
      "Multiply the last step by shrink, or initial_step by shrink**k.")
wrong("divided_by_count", "formula", ("for _ in", SHRINK), ("for k in", "step = initial_step / (k + 2)"),
      "initial_step is divided by the number of the trial",
      "Multiply by shrink each time.", survives_visible=True)
wrong("direction_flipped", "boundary", REFUSAL, "if slope > 0:\n        direction, slope = -direction, -slope\n    if not slope < 0:",
      "a direction that climbs is turned around",
      "Raise ValueError: whoever calls you has made a mistake and should know.")
wrong("number_of_trials", "form", ("for _ in", "slope:\n            return step"), ("for k in", "slope:\n            return k"),
      "the number of trials is returned instead of the step",
      "Return the number step.")

wrong = BANK.mistakes("measure_rate")
WINDOW = "(errors < 1e-3 * errors[0]) & (errors > 1e-10 * errors[0])"
FIT = "np.exp(np.polyfit(window, np.log(errors[window]), 1)[0])"
wrong("first_ratio", "wrong point", FIT, "errors[1] / errors[0]",
      "only the first ratio is used",
      "The first steps are not typical. Fit over many steps, later on.")
wrong("last_ratio", "wrong point", FIT, "errors[-1] / errors[-2]",
      "only the last ratio is used",
      "One ratio may lie in the floor, or in a zig-zag. Fit over many steps.",
      survives_visible=True)
wrong("includes_floor", "boundary", WINDOW, "(errors < 1e-3 * errors[0])",
      "the floor of rounding is part of the fit",
      "Leave out errors below 1e-10 of the first.", survives_visible=True)
wrong("includes_start", "boundary", WINDOW, "(errors > 1e-10 * errors[0])",
      "the fast first steps are part of the fit",
      "Leave out errors above 1e-3 of the first.")
wrong("everything", "boundary", "window = np.flatnonzero(" + WINDOW + ")",
      "window = np.arange(len(errors))",
      "the whole run is fitted, start and floor included",
      "Fit where the run has settled.", survives_visible=True)
wrong("second_half", "boundary", "window = np.flatnonzero(" + WINDOW + ")",
      "window = np.arange(len(errors) // 2, len(errors))",
      "the second half is fitted even if it is floor",
      "Leave out errors below 1e-10 of the first.", survives_visible=True)
wrong("first_half", "boundary", "window = np.flatnonzero(" + WINDOW + ")",
      "window = np.arange(len(errors) // 2)",
      "the first half is fitted",
      "The run settles later. Leave out errors above 1e-3 of the first.")
wrong("squared_ratio", "formula", FIT,
      "np.exp(2 * np.polyfit(window, np.log(errors[window]), 1)[0])",
      "the rate is squared, or errors two steps apart are compared",
      "The rate is the ratio of one error to the next, not of squares.")
wrong("slope_not_factor", "missing term", FIT, "np.polyfit(window, np.log(errors[window]), 1)[0]",
      "the slope of the logarithm is returned, not the factor",
      "Take the exponential of the slope.")
wrong("slope_sign", "sign", FIT, "np.exp(-np.polyfit(window, np.log(errors[window]), 1)[0])",
      "the rate is upside down",
      "Divide the later error by the earlier one; a run that converges has a rate below 1.")
wrong("base_ten", "formula", FIT, "np.exp(np.polyfit(window, np.log10(errors[window]), 1)[0])",
      "a logarithm of base 10 is undone by an exponential of base e",
      "Use np.log and np.exp together, or log10 and 10**.")
wrong("intercept", "axis", FIT, "np.exp(np.polyfit(window, np.log(errors[window]), 1)[1])",
      "the intercept of the line is used instead of its slope",
      "np.polyfit returns the slope first.")
wrong("arithmetic_mean", "formula", FIT, "np.mean(errors[window][1:] / errors[window][:-1])",
      "ratios are averaged with the arithmetic mean",
      "Factors multiply: average their logarithms.", survives_visible=True)
wrong("median_ratio", "formula", FIT, "np.median(errors[window][1:] / errors[window][:-1])",
      "the median ratio is taken, and where errors zig-zag no ratio is typical",
      "Fit a line through many logarithms.", survives_visible=True)
wrong("log_against_log", "formula", FIT,
      "np.exp(np.polyfit(np.log(window + 1), np.log(errors[window]), 1)[0])",
      "the logarithm is fitted against the logarithm of the step",
      "That is for sublinear runs. Fit against the step itself.")
wrong("not_logged", "missing term", FIT, "1 + np.polyfit(window, errors[window], 1)[0]",
      "the errors are fitted, not their logarithms",
      "A geometric sequence is a straight line on a log plot only.")
wrong("difference", "formula", FIT, "1 - np.mean(errors[window][:-1] - errors[window][1:])",
      "differences are taken instead of ratios",
      "The rate is a factor: divide.")
wrong("zeros_not_ended", "boundary", "if unusable.any():", "if False:",
      "zeros, infinity or NaN are not left out",
      "The first of them ends the sequence.", survives_visible=True)
wrong("only_zeros_ended", "boundary", "~np.isfinite(errors) | (errors <= 0)", "errors == 0",
      "zeros end the sequence, but infinity and NaN do not",
      "Keep what comes before the first error that is not finite and positive.",
      survives_visible=True)
wrong("only_nonfinite_ended", "boundary", "~np.isfinite(errors) | (errors <= 0)",
      "~np.isfinite(errors)",
      "infinity and NaN end the sequence, but zeros do not",
      "The logarithm of 0 is -inf. Keep what comes before the first zero.", survives_visible=True)
wrong("never_above_one", "boundary", FIT, "min(" + FIT + ", 1.0)",
      "the rate is cut off at 1",
      "Errors that grow have a rate above 1.", survives_visible=True)
wrong("absolute_window", "hard-coded", WINDOW, "(errors < 1e-3) & (errors > 1e-10)",
      "the window is fixed, whatever the size of the first error",
      "Compare with 1e-3 and 1e-10 times the first error.", survives_visible=True)
wrong("short_run_fails", "boundary", "if len(window) < 3:", "if False:",
      "a run that does not fall far leaves nothing to fit",
      "If fewer than three errors lie in the window, take the second half.", survives_visible=True)
wrong("per_run", "missing term", FIT, FIT.replace("[0])", "[0] * len(window))"),
      "the factor is that of the whole run, not of one step",
      "Divide by the number of steps before you take the exponential.")
wrong("one_step_more", "off by one", FIT,
      "(errors[window[-1]] / errors[window[0]]) ** (1 / len(window))",
      "the root counts errors where it should count steps",
      "n errors have n - 1 steps between them.")
wrong("speed", "formula", FIT, "1 - " + FIT,
      "what is returned is the share that a step removes, not the share that it leaves",
      "The rate is what remains: small is fast.")
wrong("mean_of_all_ratios", "formula", FIT, "np.mean(errors[1:] / errors[:-1])",
      "all the ratios are averaged, start and floor included, with the arithmetic mean",
      "Measure where the run has settled, and average logarithms: factors multiply.")
wrong("median_of_all_ratios", "boundary", FIT, "np.median(errors[1:] / errors[:-1])",
      "all the ratios count, start and floor included",
      "Measure where the run has settled.", survives_visible=True)
wrong("root_of_whole_run", "boundary", FIT, "(errors[-1] / errors[0]) ** (1 / (len(errors) - 1))",
      "the last error is compared with the first, start and floor included",
      "Measure where the run has settled.")
wrong("list_of_ratios", "form", FIT, "errors[1:] / errors[:-1]",
      "all the ratios are returned",
      "Return one number.")
wrong("unusable_skipped", "boundary", "errors[: np.argmax(unusable)]", "errors[~unusable]",
      "zeros, infinity and NaN are skipped, and what comes after them still counts",
      "The first of them ends the sequence.", survives_visible=True)
wrong("falls_back_on_everything", "boundary", "np.arange(len(errors) // 2, len(errors))", "np.arange(len(errors))",
      "a run that does not fall far is fitted from its first step on",
      "If fewer than three errors lie in the window, take the second half.", survives_visible=True)

wrong = BANK.mistakes("classify_convergence")
FINITE = 'if not np.all(np.isfinite(errors)):\n        return "diverging"\n    '
SUBLINEAR = "if end > 0.75 * middle:"
SUPERLINEAR = 'return "superlinear" if end < 1.4 * middle else "linear"'
wrong("sublinear_is_linear", "missing term", SUBLINEAR, "if False:",
      "errors whose ratio creeps towards 1 are called linear",
      "The ratio must settle below 1. Compare the slope of log(error) in the middle and at the "
      "end.")
wrong("superlinear_is_linear", "missing term", SUPERLINEAR, 'return "linear"',
      "errors that fall faster and faster are called linear",
      "Ask whether the slope of log(error) gets steeper towards the end.")
wrong("linear_is_superlinear", "boundary", "end < 1.4 * middle", "end < 0.99 * middle",
      "a slope that stays the same counts as steeper",
      "Leave room for rounding: ask for a slope that is clearly steeper.")
wrong("slow_is_sublinear", "formula", SUBLINEAR, "if end > np.log(0.97):",
      "a slow linear run is called sublinear because its last ratio is close to 1",
      "Ask whether the ratio changes, not whether it is close to 1.", survives_visible=True)
wrong("fast_is_superlinear", "formula", SUPERLINEAR,
      'return "superlinear" if end < np.log(0.35) else "linear"',
      "a fast linear run is called superlinear because its ratio is small",
      "Ask whether the ratio changes, not whether it is small.", survives_visible=True)
wrong("not_finite_ignored", "boundary", FINITE, "errors = errors[np.isfinite(errors)]\n    ",
      "infinity and NaN are left out before the kind is judged",
      "A run that reaches infinity or NaN diverges.", survives_visible=True)
wrong("only_infinity", "boundary", "np.isfinite(errors)", "~np.isinf(errors)",
      "infinity counts as diverging, but NaN does not",
      "Use np.isfinite.", survives_visible=True)
wrong("growth_is_linear", "boundary", 'if end >= 0:\n        return "diverging"',
      'if False:\n        return "diverging"',
      "errors that grow are not called diverging",
      "First ask whether the line of log(error) goes up.")
wrong("first_against_last", "wrong point", "if end >= 0:", "if logs[last] > logs[0]:",
      "the last error is compared with the first, so a run that falls and then grows passes",
      "Look at how the errors move at the end.", survives_visible=True)
wrong("only_blow_up", "boundary", "if end >= 0:", "if logs[last] > 10:",
      "only very large errors count as diverging",
      "Growth is enough, however small the errors are.", survives_visible=True)
wrong("swapped_words", "order", 'return "sublinear"\n', 'return "superlinear"\n',
      "sublinear errors are called superlinear",
      "Sublinear is slower than linear, superlinear is faster.")
wrong("swapped_words_fast", "order", '"superlinear" if end', '"sublinear" if end',
      "superlinear errors are called sublinear",
      "Superlinear is faster than linear, sublinear is slower.")
wrong("flattening_taken_for_steepening", "order", "end > 0.75 * middle", "end < 1.4 * middle",
      "superlinear errors are called sublinear, and sublinear ones linear",
      "A line that flattens is sublinear, one that steepens superlinear.")
wrong("zeros_kept", "boundary", "np.log(errors[errors > 0])", "np.log(errors)",
      "the zeros at the end take part in the judgment",
      "Leave them out before you take logarithms: the logarithm of 0 is minus infinity.", survives_visible=True)
wrong("first_slope", "wrong point", "(logs[two_thirds] - logs[third]) / (two_thirds - third)",
      "logs[1] - logs[0]",
      "the start of the run stands for its middle",
      "The first steps are often faster. Start your comparison later.", survives_visible=True)
wrong("whole_run_slope", "wrong point", "(logs[two_thirds] - logs[third]) / (two_thirds - third)",
      "(logs[two_thirds] - logs[0]) / two_thirds",
      "the fast first steps are part of the comparison",
      "Leave out the first third.", survives_visible=True)
wrong("not_logged", "missing term", "logs = np.log(errors[errors > 0])",
      "logs = errors[errors > 0]",
      "the errors are compared, not their logarithms",
      "A geometric sequence is a straight line on a log plot only.")
wrong("capitalized", "form", SUPERLINEAR, SUPERLINEAR.replace('"linear"', '"Linear"'),
      "a word is spelled in another way",
      'The words are "diverging", "sublinear", "linear" and "superlinear", in small letters.')
wrong("slack_too_tight", "boundary", "0.75 * middle", "0.99 * middle",
      "a slope that gets a little flatter already counts as sublinear",
      "For 1/k the slope at the end is little more than half of that in the middle; a factor k "
      "in front of a power changes it by less.", survives_visible=True)
wrong("superlinear_slack_wide", "boundary", "1.4 * middle", "3 * middle",
      "only errors that are squared in each step count as superlinear",
      "Every order above 1 is superlinear.", survives_visible=True)
wrong("by_last_ratio", "formula", "logs = np",
      'r = errors[-1] / errors[-2] if errors[-2] > 0 else 0\n    return "diverging" if r > 1 else "sublinear" if r > 0.97 else "superlinear" if r < 0.1 else "linear"\n    logs = np',
      "the last ratio alone decides",
      "A slow linear run and a sublinear one have the same last ratio. Ask whether the ratio "
      "changes.", survives_visible=True)
wrong("by_mean_ratio", "formula", "logs = np",
      'r = np.mean(errors[1:] / errors[:-1])\n    return "diverging" if r > 1 else "sublinear" if r > 0.93 else "superlinear" if r < 0.2 else "linear"\n    logs = np',
      "the mean of all ratios decides",
      "Ask whether the ratio changes from the middle of the run to its end.",
      survives_visible=True)
wrong("last_ratio_against_first", "wrong point", "logs = np",
      'r = errors[1:] / errors[:-1]\n    return "diverging" if r[-1] > 1 else "sublinear" if r[-1] > r[0] + 1e-6 else "superlinear" if r[-1] < r[0] - 1e-6 else "linear"\n    logs = np',
      "the last ratio is compared with the first",
      "The first steps are not typical. Compare the middle of the run with its end.",
      survives_visible=True)
