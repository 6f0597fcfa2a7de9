"""Wrong solutions of chapter 1, each with the misconception it stands for: G1, G2 and G6."""

from tests.banks.bank import Bank

BANK = Bank("gradients", "1-gradients")

# A mistake is a paragraph: the edit, what the student did, where to look.
# fmt: off

wrong = BANK.mistakes("numerical_gradient")
FLOATS = "x = np.array(x, dtype=float)"
MAKE = "grads = np.zeros(x.shape)"
HERE = 'here = f(x.copy()) if scheme == "forward" else None'
LOOP = "for index in np.ndindex(x.shape):"
COPIES = "ahead, behind = x.copy(), x.copy()"
FORWARD = "grads[index] = (f(ahead) - here) / h"
CENTRAL = "grads[index] = (f(ahead) - f(behind)) / (2 * h)"
wrong("divided_by_h", "scale", "/ (2 * h)", "/ h",
      "the central difference is divided by h, not by 2h",
      "The two points are 2h apart.")
wrong("forward_over_two_h", "scale", "- here) / h", "- here) / (2 * h)",
      "the forward difference is divided by 2h, not by h",
      "Its two points are h apart.")
wrong("halves_by_precedence", "scale", "/ (2 * h)", "/ 2 * h",
      "the central difference is divided by 2 and multiplied by h",
      "a / 2 * h is (a / 2) * h. Put 2 * h into brackets.")
wrong("not_divided", "missing term", ("- here) / h", "/ (2 * h)"), ("- here)", ""),
      "the difference is not divided by the step",
      "A slope is a change divided by the way.")
wrong("divided_by_h_squared", "scale", ("- here) / h", "/ (2 * h)"),
      ("- here) / h**2", "/ (2 * h**2)"),
      "the difference is divided by the square of h",
      "A first derivative divides by h once.")
wrong("not_put_back", "stale state", COPIES,
      "ahead, behind = x, x.copy()",
      "an entry that was moved is not put back before the next one",
      "After an entry is done, set it to what it was, or begin each time with a fresh copy.")
wrong("forward_not_put_back", "stale state", COPIES,
      'ahead, behind = (x if scheme == "forward" else x.copy()), x.copy()',
      "an entry that was moved is put back in the central scheme alone",
      "Put it back in the forward scheme, too, or begin each time with a fresh copy.")
wrong("changes_x", "aliasing", (FLOATS, COPIES),
      ("x = x if x.dtype == float else x.astype(float)", "ahead, behind = x, x.copy()"),
      "x itself is moved and not put back",
      "Work on a copy, which is x.copy(), or put each entry back.")
wrong("x_moved_after_an_exception", "aliasing", (FLOATS, COPIES, CENTRAL, FORWARD),
      ("x = x if x.dtype == float else x.astype(float)",
       "old = x[index]\n        ahead = behind = x",
       "x[index] = old + h\n            above = f(x)\n            x[index] = old - h\n            grads[index] = (above - f(x)) / (2 * h)\n            x[index] = old",
       "x[index] = old + h\n            grads[index] = (f(x) - here) / h\n            x[index] = old"),
      "x itself is moved, and stays moved if f raises an exception",
      "Move a copy; or put the entry back in a finally clause.", survives_visible=True)
wrong("integer_steps", "dtype", FLOATS, "x = x.copy()",
      "an array of integers is stepped as it is, so that the step is rounded away",
      "Begin with x = np.array(x, dtype=float).", survives_visible=True)
wrong("slopes_of_the_dtype_of_x", "dtype", (FLOATS, MAKE),
      ("given, x = x, np.array(x, dtype=float)", "grads = np.zeros_like(given)"),
      "the slopes are kept with the dtype of x, so integers round them",
      "np.zeros_like(x) takes the dtype of x, too. Use np.zeros(x.shape).", survives_visible=True)
wrong("all_together", "axis", ("ahead[index] += h", "behind[index] -= h"),
      ("ahead += h", "behind -= h"),
      "all entries are moved together",
      "Move one entry, and leave the others where they are.")
wrong("flat", "axis", "return grads", "return grads.ravel()",
      "the slopes are returned in one long row",
      "Return an array shaped like x: np.zeros(x.shape), or reshape(x.shape) at the end.")
wrong("flattened_points", "axis", (FLOATS, HERE),
      ("shape, x = x.shape, np.array(x, dtype=float).ravel()",
       'here = f(x.copy()) if scheme == "forward" else None'),
      "f is called with x in one long row",
      "f takes an array shaped like x.")
wrong("vectors_only", "axis", LOOP, "for index in range(len(x)):",
      "the loop runs over the rows, as if x were a vector",
      "np.ndindex(x.shape) runs over all entries of an array of any shape.")
wrong("unit_vectors", "axis", (FLOATS, MAKE, LOOP, COPIES, "ahead[index] += h", "behind[index] -= h"),
      ("x = np.atleast_1d(np.array(x, dtype=float))", "grads = np.zeros(len(x))",
       "for index in range(len(x)):",
       "step = h * np.eye(len(x))[index]", "ahead = x + step", "behind = x - step"),
      "the unit vectors are made for vectors only",
      "For any shape, make step = np.zeros(x.shape) and set step[index] = h.")
wrong("no_numbers", "boundary", MAKE, "grads = np.zeros(x.shape if len(x) else ())",
      "a single number as x is taken for a vector",
      "A number has the shape (), and len does not work there. Use x.shape and np.ndindex.",
      survives_visible=True)
wrong("at_least_a_vector", "boundary", FLOATS, "x = np.atleast_1d(np.array(x, dtype=float))",
      "a single number is made a vector with one entry",
      "f takes, and you return, an array of the shape of x, which may be ().", survives_visible=True)
wrong("single_precision", "dtype", FLOATS, "x = np.array(x, dtype=np.float32)",
      "the points are kept in single precision",
      "Single precision has 7 digits, and a difference of nearly equal numbers loses most of them.")
wrong("slopes_in_single_precision", "dtype", MAKE, "grads = np.zeros(x.shape, dtype=np.float32)",
      "the slopes are kept in single precision",
      "Use np.zeros(x.shape), which has 16 digits.")
wrong("last_missing", "off by one", LOOP, "for index in list(np.ndindex(x.shape))[:-1]:",
      "the last entry is left out",
      "range(n) runs from 0 to n - 1 already.")
wrong("first_missing", "off by one", LOOP, "for index in list(np.ndindex(x.shape))[1:]:",
      "the first entry is left out",
      "Python counts from 0.")
wrong("one_buffer", "aliasing", MAKE,
      "global kept\n    if 'kept' not in globals() or kept.shape != x.shape:\n        kept = np.zeros(x.shape)\n    grads = kept",
      "all calls write into one array",
      "Make the array for the slopes inside the function, in each call.")
wrong("always_central", "hard-coded", 'if scheme == "forward":\n', 'if scheme == "one-sided":\n',
      "the central difference is taken whatever scheme says",
      "Ask for scheme, and take the forward difference where it says so.")
wrong("always_forward", "hard-coded", ('if scheme == "forward" else None', 'if scheme == "forward":\n'),
      ("", "if scheme:\n"),
      "the forward difference is taken whatever scheme says",
      "Ask for scheme, and take the central difference where it says so.")
wrong("forward_by_default", "hard-coded", 'scheme="central"', 'scheme="forward"',
      "the scheme is forward if none is given",
      'The default is scheme="central".', survives_visible=True)
wrong("schemes_swapped", "order", ('if scheme == "forward" else None', 'if scheme == "forward":\n'),
      ('if scheme == "central" else None', 'if scheme == "central":\n'),
      "the two schemes are exchanged",
      "Forward looks ahead only; central looks to both sides.")
wrong("fixed_step", "hard-coded", HERE, "h = 1e-5\n    " + HERE,
      "the argument h is not used",
      "Is a number written in its place?")
wrong("long_default", "hard-coded", "h=1e-5", "h=1e-2",
      "the default step is far too long",
      "The default is h=1e-5.", survives_visible=True)
wrong("longer_default", "hard-coded", "h=1e-5", "h=1e-4",
      "the default step is ten times too long",
      "The default is h=1e-5.", survives_visible=True)
wrong("shorter_default", "hard-coded", "h=1e-5", "h=1e-6",
      "the default step is ten times too short",
      "The default is h=1e-5.", survives_visible=True)
wrong("tiny_default", "hard-coded", "h=1e-5", "h=1e-14",
      "the default step is so short that rounding drowns the difference",
      "The default is h=1e-5.", survives_visible=True)
wrong("shorter_steps", "scale", HERE, "h = h / 1000\n    " + HERE,
      "the step is made shorter than h",
      "Take h as it is: whoever calls you has chosen it.")
wrong("step_relative_to_x", "boundary", (HERE, "ahead[index] += h", "behind[index] -= h",
                                         "here) / h", "(2 * h)"),
      ("steps = h * np.abs(x)\n    " + HERE, "ahead[index] += steps[index]",
       "behind[index] -= steps[index]", "here) / steps[index]", "(2 * steps[index])"),
      "the step is h times abs(x), which is zero where x is",
      "Multiply by max(1, abs(x)), or take h itself.")
wrong("sign", "sign", ("f(ahead) - here", "f(ahead) - f(behind)"),
      ("here - f(ahead)", "f(behind) - f(ahead)"),
      "the difference is taken the wrong way round",
      "The value ahead comes first: f(x + h) - f(x - h).")
wrong("backward", "wrong point", "ahead[index] += h", "ahead[index] -= h",
      "the step ahead goes back",
      "The point ahead is x + h e_i.")
wrong("forward_looks_back", "wrong point", "(f(ahead) - here)", "(here - f(behind))",
      "the forward scheme looks back, from x to x - h",
      "Its two points are x + h e_i and x.")
wrong("sum_of_values", "sign", ("f(ahead) - here", "f(ahead) - f(behind)"),
      ("f(ahead) + here", "f(ahead) + f(behind)"),
      "the two values are added",
      "A slope is made of a difference.")
wrong("absolute", "sign", "return grads", "return np.abs(grads)",
      "the slopes have lost their sign",
      "Where the function falls, the slope is negative.")
wrong("too_many_calls_forward", "order", "(f(ahead) - here)", "(f(ahead) - f(x.copy()))",
      "the forward scheme computes f(x) again for each entry",
      "f(x) is the same for all entries: compute it once, before the loop.", survives_visible=True)
wrong("too_many_calls_central", "order", 'here = f(x.copy()) if scheme == "forward" else None',
      "here = f(x.copy())",
      "the central scheme computes f(x), which it does not need",
      "A central difference needs the two values beside x alone.", survives_visible=True)
wrong("both_schemes_computed", "order", "if scheme == \"forward\":\n",
      "f(ahead)\n        if scheme == \"forward\":\n",
      "f is called once more for each entry than it needs to be",
      "Keep what f returns in a variable.", survives_visible=True)
wrong("mean_slope", "scale", "return grads", "return grads / max(grads.size, 1)",
      "the slopes are divided by the number of entries",
      "Each entry has its own slope, and nothing is averaged.")
wrong("normalized", "scale", "return grads", "return grads / max(np.linalg.norm(grads), 1e-300)",
      "the gradient is divided by its length",
      "Return the slopes as they are.")
wrong("rounded", "dtype", "return grads", "return np.round(grads, 3)",
      "the slopes are rounded",
      "Keep all digits; round only what you print.")
wrong("one_number", "form", "return grads", "return grads.sum()",
      "the slopes are added up to one number",
      "Return an array with a slope for each entry.")
wrong("returns_in_loop", "order", "return grads", "    return grads",
      "return stands inside the loop, so that only the first entry is measured",
      "Move return to the left, below the loop.")
wrong("three_half_steps", "formula", "behind[index] -= h", "behind[index] -= h / 2",
      "the two points of the central difference are not equally far from x",
      "One lies at x + h, the other at x - h.")
wrong("half_steps", "wrong point", CENTRAL,
      "ahead[index] = x[index] + h / 2\n            behind[index] = x[index] - h / 2\n"
      "            grads[index] = (f(ahead) - f(behind)) / h",
      "the two points are h/2 away from x, and h from each other",
      "The central difference reaches h to each side: x + h and x - h.")
wrong("second_difference", "formula", ("(f(ahead) - f(behind)) / (2 * h)", 'if scheme == "forward" else None'),
      ("(f(ahead) - 2 * here + f(behind)) / h**2", ""),
      "the central difference is that of a second derivative",
      "A slope is (f(x + h) - f(x - h)) / (2h), without f(x).")
wrong("transposed", "axis", "return grads", "return grads.T",
      "the slopes are transposed",
      "The slope of x[i, j] belongs at [i, j].")
wrong("view_lost", "aliasing", (FLOATS, MAKE, HERE, LOOP, COPIES, "ahead[index] += h",
                                "behind[index] -= h", FORWARD, CENTRAL),
      ("x = x.copy(order='K') if x.dtype == float else x.astype(float)", "grads = np.zeros(x.shape)",
       HERE, "for i, index in enumerate(np.ndindex(x.shape)):",
       "ahead, behind = x.copy(order='K'), x.copy(order='K')",
       "ahead.reshape(-1)[i] += h", "behind.reshape(-1)[i] -= h", FORWARD, CENTRAL),
      "the step is made in x.ravel() or x.reshape(-1), which is a copy of a transposed matrix",
      "Use x[index] with np.ndindex(x.shape), or x.flat[i].", survives_visible=True)

wrong("stretched_step_not_divided_by", "scale", ("ahead[index] += h", "behind[index] -= h"),
      ("ahead[index] += h * max(1.0, abs(x[index]))", "behind[index] -= h * max(1.0, abs(x[index]))"),
      "the step is stretched for large entries, and the difference divided by h all the same",
      "Divide by the way from one point to the other, which is stretched, too.",
      survives_visible=True)
wrong("exception_swallowed", "boundary", FLOATS,
      FLOATS + "\n    asked = f\n    def f(point):\n        try:\n            return asked(point)\n"
      "        except Exception:\n            return 0.0",
      "an exception of f is swallowed, and a number stands in for what f did not return",
      "Leave out try and except: the caller must know that f has no value there.",
      survives_visible=True)
wrong("integers_at_x", "dtype", (HERE, FLOATS), ("", HERE + "\n    " + FLOATS),
      "f is called at x before the integers in it have become floats",
      "Begin with x = np.array(x, dtype=float), and use that x alone.", survives_visible=True)

wrong = BANK.mistakes("gradient_check")
CLAIMED = "claimed = np.array(grad(x.copy()), dtype=float)"
STEP = "h = 1e-5 * max(1.0, abs(x[i]))"
CHECKED = "for i in range(len(x)):"
WHOLE = "whole = np.maximum(np.abs(claimed), np.abs(measured))"
ERRORS = "errors = np.abs(claimed - measured) / np.where(whole == 0, 1, whole)"
WORST = "worst = np.argmax(errors)"
PASSED = '"passed": errors[worst] <= 1e-7'
ERROR = '"error": errors[worst]'
REPORT = 'return {"passed": errors[worst] <= 1e-7, "error": errors[worst], "index": worst}'
wrong("absolute_error", "missing term", ERRORS, "errors = np.abs(claimed - measured)",
      "the error is not divided by anything",
      "A gap of 1e-8 is much for a gradient of 1e-8 and nothing for one of 1e8: divide.")
wrong("divided_by_claim", "boundary", ERRORS, "errors = np.abs(claimed - measured) / np.abs(claimed)",
      "the error is divided by the claim alone, which may be zero",
      "Divide by the larger of the two, and let 0/0 be 0.")
wrong("divided_by_measurement", "boundary", ERRORS,
      "errors = np.abs(claimed - measured) / np.abs(measured)",
      "the error is divided by the measured slope alone, which may be zero",
      "Divide by the larger of the two, and let 0/0 be 0.")
wrong("measurement_with_floor", "scale", ERRORS,
      "errors = np.abs(claimed - measured) / (np.abs(measured) + 1e-12)",
      "the error is divided by the measured slope and a small number, not by the larger of the two",
      "Divide by the larger of the two, and let 0/0 be 0.", survives_visible=True)
wrong("zero_over_zero", "boundary", ERRORS, "errors = np.abs(claimed - measured) / whole",
      "zero is divided by zero where both gradients are zero",
      "Two zeros agree: replace a zero denominator by 1.")
wrong("zero_claims_skipped", "boundary", "np.where(whole == 0, 1, whole)",
      "np.where(claimed == 0, np.inf, whole)",
      "entries where the claim is zero are not checked",
      "A claim of zero is wrong if the function changes.", survives_visible=True)
wrong("flat_entries_skipped", "boundary", "np.where(whole == 0, 1, whole)",
      "np.where(measured == 0, np.inf, whole)",
      "entries where the measured slope is zero are not checked",
      "A slope of zero is a measurement like any other.", survives_visible=True)
wrong("floor_of_one", "scale", "np.where(whole == 0, 1, whole)", "(whole + 1)",
      "1 is added to the denominator, so that small gradients are not checked",
      "Guard against 0/0 alone, or with something far smaller than any gradient.", survives_visible=True)
wrong("small_floor", "scale", "np.where(whole == 0, 1, whole)", "np.maximum(whole, 1e-2)",
      "the denominator is kept above a number that is larger than small gradients",
      "Guard against 0/0 alone.", survives_visible=True)
wrong("mean_error", "formula", REPORT,
      'return {"passed": errors.mean() <= 1e-7, "error": errors.mean(), "index": worst}',
      "the errors are averaged",
      "One wrong entry among many has a small mean. The worst entry decides.",
      survives_visible=True)
wrong("median_error", "formula", REPORT,
      'return {"passed": np.median(errors) <= 1e-7, "error": np.median(errors), "index": worst}',
      "the median of the errors decides",
      "A median does not see one wrong entry. The worst entry decides.")
wrong("smallest_error", "formula", "np.argmax(errors)", "np.argmin(errors)",
      "the smallest error decides",
      "The worst entry decides, which is argmax.")
wrong("first_ten", "boundary", CHECKED, "for i in range(min(len(x), 10)):",
      "only the first ten entries are measured",
      "A mistake may sit in the last one. Measure all, or random directions.", survives_visible=True)
wrong("first_ten_compared", "boundary", WORST, "worst = np.argmax(errors[:10])",
      "only the first ten entries are compared",
      "A mistake may sit in the last one.", survives_visible=True)
wrong("first_entry", "boundary", WORST, "worst = 0",
      "only the first entry is compared",
      "The worst entry decides, which is argmax.")
wrong("last_missing", "off by one", WORST, "worst = np.argmax(errors[:-1]) if len(x) > 1 else 0",
      "the last entry is not compared",
      "Every entry counts.")
wrong("loose", "boundary", "<= 1e-7", "<= 1e-2",
      "the threshold is far too large",
      "A right gradient agrees to nine digits; an error of 1 % is a mistake.")
wrong("a_little_loose", "boundary", "<= 1e-7", "<= 5e-4",
      "the threshold is too large to see small mistakes",
      "A right gradient agrees to nine digits. Take 1e-7.", survives_visible=True)
wrong("slightly_loose", "boundary", "<= 1e-7", "<= 1e-5",
      "the threshold is larger than 1e-6",
      "A right gradient agrees to nine digits. Take 1e-7.", survives_visible=True)
wrong("too_strict", "boundary", "<= 1e-7", "<= 1e-16",
      "the threshold is smaller than what differences can do",
      "A central difference errs by some 1e-11. Take 1e-7.")
wrong("moved_grad", "wrong point", (CLAIMED, "measured[i] = (f(ahead) - f(behind)) / (2 * h)"),
      ("claimed = np.zeros(x.shape)",
       "measured[i] = (f(ahead) - f(behind)) / (2 * h)\n        claimed[i] = np.array(grad(ahead))[i]"),
      "grad is called at a point that has been moved",
      "Call grad at x itself, before anything is moved.")
wrong("shifted_grad", "wrong point", "grad(x.copy())", "grad(x + 1e-5)",
      "grad is called beside x",
      "Call grad at x itself.")
wrong("nan_passes", "boundary", PASSED, '"passed": not errors[worst] > 1e-7',
      "a NaN passes, because every comparison with it is false",
      "Write error <= tol, which NaN fails.", survives_visible=True)
wrong("nan_ignored", "boundary", WORST, "errors = np.nan_to_num(errors, nan=0.0)\n    " + WORST,
      "NaN is replaced by zero, or passed over",
      "A gradient with a NaN in it is wrong.", survives_visible=True)
wrong("infinity_passes", "boundary", ERRORS,
      ERRORS + "\n    errors[np.isinf(claimed)] = 0",
      "an infinite claim is passed over",
      "An infinity is not the slope of anything here.", survives_visible=True)
wrong("absolute_step", "scale", STEP, "h = 1e-5",
      "the step stays 1e-5 where x is 1e8, where rounding swallows it",
      "Stretch it: h = 1e-5 * max(1, abs(x_i)).", survives_visible=True)
wrong("relative_step", "boundary", STEP, "h = 1e-5 * abs(x[i])",
      "the step is proportional to x, and so it is zero where x is",
      "Multiply by max(1, abs(x_i)).")
wrong("long_step", "scale", STEP, "h = 1e-2 * max(1.0, abs(x[i]))",
      "the step is so long that right gradients look wrong",
      "The error of the central difference grows with the square of the step. Take 1e-5.")
wrong("tiny_step", "scale", STEP, "h = 1e-13 * max(1.0, abs(x[i]))",
      "the step is so short that rounding makes right gradients look wrong",
      "The error by rounding grows as the step shrinks. Take 1e-5.")
wrong("forward", "formula", "(f(ahead) - f(behind)) / (2 * h)", "(f(ahead) - f(x.copy())) / h",
      "the differences are forward, which err by as much as small mistakes",
      "Use central differences, (f(x + h) - f(x - h)) / (2h).")
wrong("divided_by_h", "scale", "/ (2 * h)", "/ h",
      "the central difference is divided by h, not by 2h",
      "The two points are 2h apart.")
wrong("not_put_back", "stale state", "ahead, behind = x.copy(), x.copy()",
      "ahead, behind = x, x.copy()",
      "an entry that was moved is not put back",
      "Move a fresh copy of x each time.", survives_visible=True)
wrong("changes_x", "aliasing", ("x = np.array(x, dtype=float)", "ahead, behind = x.copy(), x.copy()"),
      ("x = x if x.dtype == float else x.astype(float)", "ahead, behind = x, x.copy()"),
      "x itself is moved and not put back",
      "Work on a copy, x.copy().")
wrong("integer_steps", "dtype", "x = np.array(x, dtype=float)",
      "x = x.copy() if x.dtype != np.float32 else np.array(x, dtype=float)",
      "an array of integers is stepped as it is, so that the step is rounded away",
      "Begin with x = np.array(x, dtype=float).", survives_visible=True)
wrong("single_precision", "dtype", "x = np.array(x, dtype=float)",
      "x = x.copy() if x.dtype == np.float32 else np.array(x, dtype=float)",
      "the points are moved in single precision, where the step is hardly seen",
      "Begin with x = np.array(x, dtype=float).", survives_visible=True)
wrong("points_in_dtype_of_x", "dtype", "x = np.array(x, dtype=float)", "x = x.copy()",
      "the points keep the dtype of x, so that integers and single precision swallow the step",
      "Begin with x = np.array(x, dtype=float).", survives_visible=True)
wrong("norms_compared", "formula", ERRORS,
      "errors = np.full(len(x), abs(np.linalg.norm(claimed) - np.linalg.norm(measured))"
      " / max(np.linalg.norm(whole), 1e-300))",
      "the lengths of the two gradients are compared, not the gradients",
      "Subtract first, entry by entry.")
wrong("directions_compared", "formula", ERRORS,
      "errors = np.full(len(x), 1 - claimed @ measured / max(np.linalg.norm(claimed)"
      " * np.linalg.norm(measured), 1e-300) if np.any(whole) else 0.0)",
      "only the angle between the two gradients is looked at",
      "A gradient has a length, too. Compare entry by entry.")
wrong("angle_decides", "formula", PASSED,
      '"passed": 1 - claimed @ measured / max(np.linalg.norm(claimed) * np.linalg.norm(measured),'
      ' 1e-300) <= 1e-7 or not np.any(whole)',
      "the verdict rests on the angle between the two gradients",
      "A gradient has a length, too. Let the worst entry decide.")
wrong("sums_compared", "formula", ERRORS,
      "errors = np.full(len(x), abs(claimed.sum() - measured.sum()) / max(abs(whole).sum(), 1e-300))",
      "the sums of the two gradients are compared",
      "Errors of opposite signs cancel in a sum. Compare entry by entry.")
wrong("signs_lost", "sign", ERRORS,
      "errors = np.abs(np.abs(claimed) - np.abs(measured)) / np.where(whole == 0, 1, whole)",
      "the signs are lost before the comparison",
      "Subtract first, then take the absolute value.")
wrong("signed_error", "sign", "errors = np.abs(claimed - measured)", "errors = (claimed - measured)",
      "the difference has a sign, so that a claim that is too small passes",
      "Take the absolute value of the difference.")
wrong("error_the_other_way", "sign", "errors = np.abs(claimed - measured)",
      "errors = (measured - claimed)",
      "the difference has a sign, so that a claim that is too large passes",
      "Take the absolute value of the difference.")
wrong("signs_compared", "formula", ERRORS,
      "errors = 1.0 * (np.sign(claimed) != np.sign(measured))",
      "only the signs are compared",
      "A right gradient agrees in size, too.")
wrong("squared_error", "formula", ERRORS,
      "errors = (claimed - measured) ** 2 / np.where(whole == 0, 1, whole) ** 2",
      "the relative error is squared",
      "The square of 1e-4 is 1e-8, which passes. Take the absolute value instead.")
wrong("allclose", "formula", REPORT,
      'return {"passed": np.allclose(claimed, measured), "error": errors[worst], "index": worst}',
      "np.allclose decides, with its own tolerances, of which one is absolute",
      "Its atol=1e-8 lets all tiny gradients pass. Compare relative errors.", survives_visible=True)
wrong("absolute_tolerance", "formula", REPORT,
      'return {"passed": np.allclose(claimed, measured, rtol=1e-7), "error": errors[worst], "index": worst}',
      "np.allclose decides, with its absolute tolerance of 1e-8",
      "That lets all tiny gradients pass. Set atol=0, or compare relative errors.",
      survives_visible=True)
wrong("verdict_inverted", "sign", "<= 1e-7", "> 1e-7",
      'the verdict is the wrong way round',
      'It is True where the claim is right.')
wrong("always_passes", "hard-coded", PASSED, '"passed": True',
      "every claim passes",
      "Compare the error with the threshold.")
wrong("never_passes", "hard-coded", PASSED, '"passed": False',
      "no claim passes",
      "Compare the error with the threshold.")
wrong("index_from_one", "off by one", '"index": worst', '"index": worst + 1',
      "the index is counted from 1",
      "Python counts from 0.")
wrong("index_of_largest_entry", "formula", '"index": worst', '"index": np.argmax(whole)',
      "the index is that of the largest entry, not of the largest error",
      "np.argmax(errors).", survives_visible=True)
wrong("index_of_best", "formula", '"index": worst', '"index": np.argmin(errors)',
      "the index is that of the smallest error",
      "np.argmax, not np.argmin.")
wrong("first_failure_reported", "order", WORST,
      "worst = np.argmax(~(errors <= 1e-7)) if not np.all(errors <= 1e-7) else np.argmax(errors)",
      "the first entry that fails is reported, not the worst",
      "Go on to the last entry, and report the largest error.", survives_visible=True)
wrong("claim_at_integers", "dtype", "x = np.array(x, dtype=float)\n    " + CLAIMED,
      CLAIMED + "\n    x = np.array(x, dtype=float)",
      "grad is called before the numbers in x have become floats of double precision",
      "Begin with x = np.array(x, dtype=float), and use that x alone.", survives_visible=True)
wrong("first_wrong_index", "hard-coded", '"index": worst', '"index": 0',
      "the index is always 0",
      "Return the position of the largest error.")
wrong("claim_as_index", "form", '"index": worst', '"index": claimed[worst]',
      "the claim stands in the place of the index",
      "The index is a position: np.argmax(errors).")
wrong("absolute_error_reported", "scale", ERROR, '"error": np.abs(claimed - measured)[worst]',
      "the verdict is about the relative error, and the report about the absolute one",
      "Report what you judge.")
wrong("percent", "scale", ERROR, '"error": 100 * errors[worst]',
      "the error is given in percent",
      "Return the fraction itself.")
wrong("all_errors", "form", ERROR, '"error": errors',
      "all errors are returned",
      "Return the largest.")
wrong("only_the_verdict", "form", REPORT, "return errors[worst] <= 1e-7",
      "only the verdict is returned",
      "Return a dictionary with three entries.")
wrong("only_the_error", "form", REPORT, "return errors[worst]",
      "only the error is returned",
      "Return a dictionary with three entries.")
wrong("tuple", "form", REPORT, "return errors[worst] <= 1e-7, errors[worst], worst",
      "the three things are returned as a tuple",
      'Return a dictionary: {"passed": ..., "error": ..., "index": ...}.')
wrong("a_verdict_each", "form", PASSED, '"passed": errors <= 1e-7',
      "there is a verdict for each entry",
      "One verdict is asked for: that of the worst entry.")
wrong("no_index", "form", ', "index": worst', "",
      "the index is left out",
      "Return where the largest error is, too.")
wrong("values_compared", "formula", ERRORS,
      "errors = np.abs(claimed - f(x.copy())) / max(abs(f(x.copy())), 1e-300)",
      "the claim is compared with f, not with its slopes",
      "Measure the slopes by differences of f.")

DRAW, STEP = "scale * rng.standard_normal(shape)", "scale * rng.standard_normal(best.shape)"
for exercise, MADE, NOISE, DRAWN in [
    ("random_search", "best, lowest, history = None, np.inf, []", DRAW, DRAW),
    ("random_local_search", "best = np.array(start, dtype=float)", STEP, "best + " + STEP),
]:
    wrong = BANK.mistakes(exercise)
    TRIAL = "trial = " + DRAWN
    BEST = "best, lowest = trial, value"
    KEEP = "if value < lowest:\n            " + BEST
    wrong("highest", "sign", "value < lowest", "value > lowest or not history[1:]",
          "the point with the highest loss is kept",
          "A low loss is good: keep a point if its loss is less than the least so far.")
    wrong("accepts_all", "boundary", KEEP, BEST,
          "every point is taken, better or not",
          "Take a point only if its loss is lower.")
    wrong("history_of_all", "form", "        history.append(lowest)", "        history.append(value)",
          "the history holds every loss, not the least so far",
          "Append the least loss so far, which never rises.")
    wrong("history_of_improvements", "form", KEEP + "\n        history.append(lowest)",
          KEEP + "\n            history.append(lowest)",
          "the history grows only when a better point is found",
          "Append once for each call of loss: move the line to the left, out of the if.")
    wrong("history_before", "order", KEEP + "\n        history.append(lowest)",
          "history.append(lowest)\n        " + KEEP,
          "the history is written before the new point is judged",
          "First judge, then append.")
    wrong("loss_twice", "order", BEST, "best, lowest = trial, loss(trial)",
          "loss is called again for a point that is kept",
          "Keep the value: value = loss(trial).")
    wrong("loss_for_history", "order", "        history.append(lowest)",
          "        history.append(loss(best))",
          "loss is called again for the history",
          "The least loss so far is known. Append it.")
    wrong("global_generator", "stale state", "rng.standard_normal", "np.random.standard_normal",
          "the points are drawn from np.random, not from rng",
          "Use the generator that you are given: rng.standard_normal.", survives_visible=True)
    wrong("own_seed", "stale state", MADE, MADE + "\n    rng = np.random.default_rng(0)",
          "the function makes a generator of its own, with a fixed seed",
          "Use the rng that you are given.", survives_visible=True)
    wrong("seed_each_time", "stale state", TRIAL,
          "rng = np.random.default_rng(0)\n        " + TRIAL,
          "a generator with a fixed seed is made anew for each point",
          "Draw from the rng that you are given, which moves on with each draw.",
          survives_visible=True)
    wrong("uniform", "formula", NOISE, NOISE.replace("rng.standard_normal", "rng.random"),
          "the numbers are uniform between 0 and 1",
          "Draw from the normal distribution: rng.standard_normal.", survives_visible=True)
    wrong("uniform_both_sides", "formula", NOISE,
          NOISE.replace("scale * rng.standard_normal(", "rng.uniform(-scale, scale, "),
          "the numbers are uniform between -scale and scale",
          "Draw from the normal distribution: rng.standard_normal.", survives_visible=True)
    wrong("no_scale", "hard-coded", NOISE, NOISE.replace("scale * ", ""),
          "the argument scale is not used",
          "Multiply the draw by scale.", survives_visible=True)
    wrong("scale_squared", "scale", NOISE, NOISE.replace("scale * ", "scale**2 * "),
          "scale multiplies the draw twice",
          "A draw is scale * rng.standard_normal(shape).", survives_visible=True)
    wrong("scale_as_variance", "scale", NOISE, NOISE.replace("scale * ", "np.sqrt(scale) * "),
          "scale is taken for the variance",
          "It is the standard deviation: multiply by it, not by its root.", survives_visible=True)
    wrong("divided_by_scale", "scale", NOISE, NOISE.replace("scale * ", "1 / scale * "),
          "the draw is divided by scale",
          "Multiply by it.", survives_visible=True)
    wrong("another_default", "hard-coded", "scale=1.0", "scale=0.01",
          "the default scale is another one",
          "The default is scale=1.0.", survives_visible=True)
    wrong("one_number_for_all", "axis", NOISE,
          NOISE.replace("rng.standard_normal", "rng.standard_normal() * np.ones"),
          "all coordinates move by the same number",
          "Draw one number for each coordinate: rng.standard_normal(shape).", survives_visible=True)
    wrong("unit_length", "scale", TRIAL,
          f"draw = {NOISE}\n        " + TRIAL.replace(NOISE, "scale * draw / np.linalg.norm(draw)"),
          "the draw is divided by its length",
          "Take the draw as it comes.", survives_visible=True)
    wrong("nan_kept", "boundary", "if value < lowest:", "if not value >= lowest:",
          "a loss of NaN is taken for an improvement",
          "value < lowest is false for NaN, and so is value >= lowest.", survives_visible=True)
    wrong("nan_is_least", "boundary", "if value < lowest:", "if np.argmin([lowest, value]):",
          "a NaN is taken for the least loss, and never replaced",
          "np.argmin and np.minimum.accumulate take NaN for the least. Treat it as infinite.",
          survives_visible=True)
    wrong("improves_by_margin", "boundary", "if value < lowest:", "if value < lowest - 1e-3:",
          "a small improvement is passed over",
          "Any loss that is lower is better.", survives_visible=True)
    wrong("params_only", "form", "return best, lowest, history", "return best",
          "only the best point is returned",
          "Return three things: the point, its loss and the history.")
    wrong("history_missing", "form", "return best, lowest, history", "return best, lowest",
          "the history is not returned",
          "Return three things: the point, its loss and the history.")
    wrong("loss_first", "order", "return best, lowest, history", "return lowest, best, history",
          "the loss is returned before the point",
          "The point comes first, then its loss, then the history.")
    wrong("last_loss", "stale state", "return best, lowest, history", "return best, value, history" if exercise == "random_search"
          else "return best, value if n_steps else lowest, history",
          "the last loss is returned, not the lowest",
          "Return the loss of the point that you return.")
    wrong("rounded", "dtype", "return best, lowest, history",
          "return np.round(best, 3), lowest, history",
          "the best point is rounded",
          "Return it as it was tried.")

wrong = BANK.mistakes("random_search")
TRIAL_OF_SEARCH = "trial = " + DRAW
RANGE = "for _ in range(n_draws):"
wrong("returns_last", "stale state", KEEP,
      "best = trial\n        if value < lowest:\n            lowest = value",
      "the last point is returned, not the best one, or the two are one array",
      "Keep the point when it is the best so far, and make a new array for each trial.")
wrong("one_draw_more", "off by one", RANGE, "for _ in range(n_draws + 1):",
      "there is a draw too many",
      "range(n) has n members.")
wrong("one_draw_less", "off by one", RANGE, "for _ in range(1, n_draws):",
      "there is a draw too few",
      "range(1, n) has n - 1 members.")
wrong("same_dart", "order", (TRIAL_OF_SEARCH, RANGE),
      ("pass", TRIAL_OF_SEARCH + "\n    " + RANGE),
      "the point is drawn once, before the loop",
      "Draw a new point each time, inside the loop.", survives_visible=True)
wrong("walks", "formula", TRIAL_OF_SEARCH,
      TRIAL_OF_SEARCH + " + (0 if best is None else best)",
      "each draw is added to the best point",
      "Here each draw stands for itself; random_local_search is the one that walks.",
      survives_visible=True)
wrong("drunkard", "formula", TRIAL_OF_SEARCH,
      TRIAL_OF_SEARCH + " + (trial if history else 0)",
      "each draw is added to the last one",
      "Each draw stands for itself.", survives_visible=True)
wrong("positive", "sign", DRAW,
      "scale * np.abs(rng.standard_normal(shape))",
      "the coordinates have lost their sign",
      "Take the draw as it comes.", survives_visible=True)
wrong("starts_at_zero", "boundary", DRAW,
      "scale * rng.standard_normal(shape) * (len(history) > 0)",
      "the first point is zero, not drawn",
      "Each of the n_draws points is drawn.", survives_visible=True)
wrong("stops_early", "boundary", "        history.append(lowest)",
      "        history.append(lowest)\n        if lowest < 1.5:\n            break",
      "the search ends once the loss is low",
      "Make all the draws.")
wrong("loss_compared", "order", ("value = loss(trial)", KEEP),
      ("", "if best is None or not loss(best) <= loss(trial):\n            best = trial\n"
       "        lowest = loss(best)"),
      "loss is called anew for each comparison and for the history",
      "Call it once for each point, and keep its value in a variable.")
wrong("nan_at_start", "boundary", "if value < lowest:", "if best is None or value < lowest:",
      "a loss of NaN at the first draw is never replaced",
      "No number is less than NaN. Treat it as infinite.", survives_visible=True)
wrong("negative_losses_lost", "boundary", "value < lowest", "value < lowest and value > 0",
      "negative losses are passed over",
      "A loss may be negative, and then it is lower than zero.", survives_visible=True)

wrong = BANK.mistakes("random_local_search")
wrong("returns_last", "stale state", "return best, lowest, history",
      "return trial if n_steps else best, lowest, history",
      "the last point is returned, not the best one",
      "Return the point whose loss is the lowest.")
wrong("aliased_best", "aliasing", ("lowest = loss(best)", "trial = " + DRAWN, BEST),
      ("trial = best\n    lowest = loss(best)", "trial[...] = " + DRAWN, BEST),
      "the best point and the trial are one array, which the next trial overwrites",
      "Make a new array for each trial, or keep trial.copy().")
STEPS = "for _ in range(n_steps):"
TRIAL_OF_LOCAL = "trial = best + " + STEP
wrong("from_the_start", "stale state", TRIAL_OF_LOCAL,
      TRIAL_OF_LOCAL.replace("best +", "np.array(start, dtype=float) +"),
      "every step starts from start, not from the best point",
      "Step from the best point so far.", survives_visible=True)
wrong("from_the_last_trial", "stale state", TRIAL_OF_LOCAL,
      TRIAL_OF_LOCAL.replace("best +", "(trial if len(history) > 1 else best) +"),
      "each step starts from the last trial, better or not",
      "If a trial is worse, go back to the best point.", survives_visible=True)
wrong("from_zero", "missing term", TRIAL_OF_LOCAL, TRIAL_OF_LOCAL.replace("best + ", ""),
      "the new point is the step alone",
      "Add the step to the best point.", survives_visible=True)
wrong("start_not_counted", "missing term", "lowest = loss(best)", "lowest = np.inf",
      "loss is not called at the start",
      "The start counts, too: its loss is the first.")
wrong("start_not_in_history", "off by one", "history = [lowest]", "history = []",
      "the history does not begin with the loss of the start",
      "It has n_steps + 1 entries, of which the first belongs to the start.")
wrong("one_step_less", "off by one", STEPS, "for _ in range(1, n_steps):",
      "there is a step too few",
      "With the start, that makes n_steps + 1 calls of loss.")
wrong("one_step_more", "off by one", STEPS, "for _ in range(n_steps + 1):",
      "there is a step too many",
      "With the start, that makes n_steps + 1 calls of loss.")
wrong("nan_at_start", "boundary", "if np.isnan(lowest):", "if lowest is None:",
      "a loss of NaN at the start is never replaced",
      "No number is less than NaN. Treat it as infinite.", survives_visible=True)
wrong("changes_start", "aliasing", ("best = np.array(start, dtype=float)", BEST),
      ("best = start if start.dtype == float else start.astype(float)",
       "best[...], lowest = trial, value"),
      "start itself is moved",
      "Work on a copy: best = np.array(start, dtype=float).")
wrong("integer_points", "dtype", ("best = np.array(start, dtype=float)", "value = loss(trial)"),
      ("best = np.array(start)", "trial = trial.astype(best.dtype)\n        value = loss(trial)"),
      "the points keep the dtype of start, so integers round the steps",
      "Begin with best = np.array(start, dtype=float).", survives_visible=True)
wrong("start_in_integers", "dtype", "best = np.array(start, dtype=float)", "best = np.array(start)",
      "loss is called at start before the integers in it have become floats",
      "Begin with best = np.array(start, dtype=float).", survives_visible=True)
wrong("one_coordinate", "axis", TRIAL_OF_LOCAL,
      "trial = best.copy()\n        trial.flat[rng.integers(best.size)] += scale * rng.standard_normal()",
      "each step moves one coordinate",
      "Move all of them: rng.standard_normal(shape).", survives_visible=True)
wrong("shrinking_steps", "scale", TRIAL_OF_LOCAL,
      TRIAL_OF_LOCAL.replace("scale *", "scale / len(history) *"),
      "the steps get shorter as the search goes on",
      "scale stays as it is.", survives_visible=True)
wrong("both_sides", "order", "value = loss(trial)",
      "value = loss(trial)\n        if value > lowest:\n            trial = 2 * best - trial\n            value = loss(trial)",
      "a step that climbs is tried the other way round, too",
      "Each step costs one loss: n_steps + 1 in all.")
wrong("until_better", "boundary", "history.append(lowest)\n    return", "history.append(lowest)\n        if value < lowest + 1e-12:\n            break\n    return",
      "the search ends with the first step that is better",
      "Try all n_steps steps.")
wrong("one_step_for_all", "order", (STEPS, TRIAL_OF_LOCAL),
      ("step = scale * rng.standard_normal(best.shape)\n    " + STEPS, "trial = best + step"),
      "one step is drawn before the loop and tried again and again",
      "Draw a new step each time, inside the loop.", survives_visible=True)
