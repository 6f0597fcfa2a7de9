"""Wrong solutions of chapter 4, each with the misconception it stands for."""

from tests.banks.bank import Bank

BANK = Bank("momentum", "4-momentum")

# A mistake is a paragraph: the edit, what the student did, where to look.
# fmt: off

START = "v = np.zeros_like(x) if state is None else state"
ARGUMENTS = "state, learning_rate, momentum):"
SHARED = "state, learning_rate, momentum, kept={}):"
RETURN = "return x + v, v"

wrong = BANK.mistakes("heavy_ball")
UPDATE = "v = momentum * v - learning_rate * g"
wrong("damped", "scale", "learning_rate * g", "learning_rate * (1 - momentum) * g",
      "the gradient is weighted with 1 - momentum and the learning rate is not made up for it",
      "That velocity is an average. Leave out the 1 - momentum, or divide the learning rate by it.")
wrong("ascent", "sign", "- learning_rate", "+ learning_rate",
      "the gradient is added instead of subtracted",
      "The gradient points uphill. Check the sign where g or v enters.")
wrong("velocity_reversed", "sign", "momentum * v -", "-momentum * v -",
      "the old velocity is subtracted instead of added",
      "A ball goes on in the direction it has: the old velocity enters with a plus.")
wrong("old_velocity", "stale state", (UPDATE, RETURN),
      ("old = v\n    " + UPDATE, "return x + old, v"),
      "x moves by the velocity from before the update",
      "Update the velocity first, then move x by the new one.")
wrong("forgets", "stale state", START, "v = np.zeros_like(x)",
      "every step starts from a velocity of zero",
      "Use the state that you are given, and return the new velocity as the state.")
wrong("nesterov", "formula", RETURN, "return x + momentum * v - learning_rate * g, v",
      "the steps are those of Nesterov's method",
      "The heavy ball moves by v itself.")
wrong("hard_coded_momentum", "hard-coded", "momentum * v", "0.9 * v",
      "the momentum is 0.9 whatever the argument says",
      "Is a number written where momentum should stand?")
wrong("hard_coded_rate", "hard-coded", "learning_rate * g", "0.1 * g",
      "the learning rate is a fixed number",
      "Is a number written where learning_rate should stand?")
wrong("clipped_gradient", "boundary", "learning_rate * g", "learning_rate * np.clip(g, -100, 100)",
      "large gradients are clipped",
      "Take the gradient as it comes, however large.", survives_visible=True)
wrong("learning_rate_twice", "scale", ("- learning_rate * g", RETURN),
      ("+ learning_rate * g", "return x - learning_rate * v, v"),
      "the learning rate multiplies the gradient in the velocity and then the velocity",
      "It belongs into v or in front of v, not into both.")
wrong("shared_velocity", "stale state", (ARGUMENTS, START, UPDATE),
      (SHARED, "v = kept['v'] if np.shape(kept.get('v')) == x.shape else np.zeros_like(x)",
       "v = kept['v'] = momentum * v - learning_rate * g"),
      "the velocity lives outside of state, so the next run starts with it",
      "What belongs to a run comes back through state. Is there a default argument, an attribute "
      "or a global that lives on?")
wrong("one_velocity_for_all_runs", "stale state", (ARGUMENTS, START, UPDATE),
      (SHARED, "v = np.zeros_like(x) if state is None else kept['v']",
       "v = kept['v'] = momentum * v - learning_rate * g"),
      "two runs that take turns share one velocity",
      "Keep it in state alone. Is there a default argument, an attribute or a global?",
      survives_visible=True)
wrong("friction", "formula", "momentum * v", "(1 - momentum) * v",
      "1 - momentum multiplies the velocity, as if momentum were the friction",
      "momentum is what a step keeps, so momentum multiplies the old velocity.")
wrong("bias_corrected", "formula", (START, UPDATE, RETURN),
      ("v, t = (np.zeros_like(x), 0) if state is None else state",
       "v = momentum * v + (1 - momentum) * g",
       "t = t + 1\n    return x - learning_rate * v / (1 - momentum**t), (v, t)"),
      "the velocity is an average with the bias of its start corrected, as in Adam",
      "The heavy ball sums gradients up; it neither averages them nor corrects a bias.")
wrong("first_step_undamped", "boundary", (START, UPDATE, RETURN),
      ("v = g if state is None else momentum * state + (1 - momentum) * g", "", "return x - learning_rate * v, v"),
      "the velocity is an average of gradients that starts from the first one",
      "The velocity is zero at first, and gradients enter with their whole weight.")
wrong("momentum_on_gradient", "scale", UPDATE, "v = momentum * (v - learning_rate * g)",
      "momentum multiplies the new gradient, too",
      "Only the old velocity is multiplied by momentum, and x moves by the whole of the new one.")
wrong("normalized_gradient", "scale", "learning_rate * g",
      "learning_rate * g / max(np.linalg.norm(g), 1e-300)",
      "the gradient is divided by its length",
      "The step is long where the slope is steep. Take g as it is.")
wrong("sign_of_gradient", "formula", "learning_rate * g", "learning_rate * np.sign(g)",
      "only the sign of the gradient is used",
      "Take g as it is.")
wrong("rate_on_velocity", "scale", UPDATE, "v = learning_rate * (momentum * v - g)",
      "the learning rate multiplies the old velocity, too, which has it already",
      "Multiply the gradient by it, not the velocity.")
wrong("single_precision", "dtype", UPDATE, "v = (momentum * v - learning_rate * g).astype(np.float32)",
      "the velocity is kept in single precision, or rounded",
      "Keep all 16 digits: leave the dtype as it is, and round nothing.")
wrong("changes_gradient", "aliasing", UPDATE, "g *= learning_rate\n    v = momentum * v - g",
      "the gradient is changed in place",
      "g belongs to the caller. Write learning_rate * g, which makes a new array.")
wrong("step_alone", "missing term", RETURN, "return v, v",
      "the velocity is returned in the place of x",
      "A step leads from a point to the next one: return x + v.")
wrong("point_only", "form", RETURN, "return x + v",
      "the new x is returned alone",
      "Return two things, x and the state.")
wrong("state_first", "order", RETURN, "return v, x + v",
      "the state is returned before the new x",
      "The new x comes first, then the state.")
wrong("stops_at_zero_gradient", "boundary", UPDATE,
      "if np.linalg.norm(g) < 1e-6:\n        return x, v\n    " + UPDATE,
      "a ball without a slope under it stops",
      "Where g is zero or tiny the velocity still carries x on.", survives_visible=True)
wrong("restarts", "boundary", START, START + "\n    if np.vdot(g, v) > 0:\n        v = np.zeros_like(x)",
      "the velocity is set to zero when it leads uphill",
      "The heavy ball rolls uphill, too. Make every step as it comes.", survives_visible=True)
wrong("weight_decay", "missing term", "learning_rate * g", "learning_rate * (g + 0.01 * x)",
      "a multiple of x is added to the gradient",
      "Leave weight decay out.")
wrong("decaying_rate", "scale", (START, UPDATE, RETURN),
      ("v, t = (np.zeros_like(x), 1) if state is None else state",
       "v = momentum * v - learning_rate / t * g", "return x + v, (v, t + 1)"),
      "the learning rate is divided by the number of the step",
      "It stays the same during a run.")
wrong("growing_momentum", "formula", (START, UPDATE, RETURN),
      ("v, t = (np.zeros_like(x), 1) if state is None else state",
       "v = min(momentum, (t - 1) / (t + 2)) * v - learning_rate * g", "return x + v, (v, t + 1)"),
      "the momentum grows from step to step",
      "It stays the same during a run.")
wrong("starts_with_gradient", "boundary", "np.zeros_like(x)", "-learning_rate * g",
      "the velocity starts from the first gradient, which then counts twice",
      "The velocity is zero at first.")
wrong("mean_gradient", "axis", "learning_rate * g", "learning_rate * np.mean(g)",
      "all coordinates move by the mean of the gradient",
      "Use the whole of g, an array shaped like x.")
wrong("rounded", "dtype", RETURN, "return np.round(x + v, 4), v",
      "the points are rounded to a few digits",
      "Keep all digits.", survives_visible=True)
wrong("flattened", "axis", RETURN, "return (x + v).ravel(), v.ravel().reshape(x.shape)",
      "the point that is returned is flat, whatever the shape of x",
      "Return it in the shape of x.", survives_visible=True)
wrong("vectors_only", "axis", "np.zeros_like(x)", "np.zeros(len(x))",
      "the velocity is made for vectors only",
      "np.zeros_like(x) has the shape of x, whatever that is.", survives_visible=True)
wrong("remembers_one_step", "stale state", RETURN, "return x + v, -learning_rate * g",
      "the last gradient is remembered in the place of the velocity",
      "Return the new velocity as the state: it holds all the gradients before.")
wrong("plain_average", "formula", (START, UPDATE, RETURN),
      ("v, t = (np.zeros_like(x), 0) if state is None else state", "v, t = v + g, t + 1",
       "return x - learning_rate * v / t, (v, t)"),
      "the step is the plain mean of all gradients so far",
      "Older gradients fade: each step multiplies them by momentum.")
wrong("stays_positive", "boundary", RETURN, "return np.maximum(x + v, 0), v",
      "the points are kept at zero or above",
      "Nothing bounds the points.")
wrong("no_friction", "missing term", "momentum * v", "v",
      "the old velocity is kept whole",
      "momentum multiplies it, which is less than 1.")
wrong("numbers_swapped", "order", "learning_rate, momentum):", "momentum, learning_rate):",
      "learning_rate and momentum have changed places",
      "The arguments come in the order x, g, state, learning_rate, momentum.")
wrong("last_point_is_zero", "boundary", (START, UPDATE, RETURN),
      ("last = np.zeros_like(x) if state is None else state",
       "v = momentum * (x - last) - learning_rate * g", "return x + v, x.copy()"),
      "the point before the start is taken to be zero",
      "The velocity is zero at first: take x itself as the last point.")

wrong = BANK.mistakes("nesterov")
OLD = "old = np.zeros_like(x) if state is None else state"
UPDATE = "v = momentum * old - learning_rate * g"
RETURN = "return x - momentum * old + (1 + momentum) * v, v"
POINT = "x - momentum * old + (1 + momentum) * v"
wrong("heavy_ball", "formula", POINT, "x + v",
      "the steps are those of the heavy ball",
      "x is the looked-ahead point here, so it moves by - momentum * old + (1 + momentum) * v.")
wrong("old_velocity_missing", "missing term", POINT, "x + (1 + momentum) * v",
      "x moves by (1 + momentum) * v alone",
      "The last look ahead has to be taken back first: subtract momentum times the old velocity.")
wrong("old_velocity_added", "sign", "x - momentum", "x + momentum",
      "momentum times the old velocity is added instead of subtracted",
      "The last look ahead has to be taken back: it enters with a minus.")
wrong("velocities_swapped", "order", POINT, "x - momentum * v + (1 + momentum) * old",
      "the old and the new velocity have changed places",
      "Subtract momentum * old, add (1 + momentum) * v.")
wrong("step_missing", "missing term", POINT, "x - momentum * old + momentum * v",
      "x looks ahead but makes no step",
      "The new velocity enters twice: once as the step, momentum times as the look ahead.")
wrong("one_minus_momentum", "sign", "(1 + momentum) * v", "(1 - momentum) * v",
      "the new velocity is multiplied by 1 - momentum",
      "It is multiplied by 1 + momentum.")
wrong("learning_rate_twice", "scale", (UPDATE, RETURN),
      ("v = momentum * old + learning_rate * g", "return x - learning_rate * (g + momentum * v), v"),
      "the learning rate multiplies the gradient in the velocity and then the velocity",
      "It belongs into v or in front of v, not into both.")
wrong("damped", "scale", "learning_rate * g", "learning_rate * (1 - momentum) * g",
      "the gradient is weighted with 1 - momentum and the learning rate is not made up for it",
      "That velocity is an average. Leave out the 1 - momentum.")
wrong("not_looked_ahead", "wrong point", POINT, "x - momentum * old + v",
      "the x that is returned is not the looked-ahead point",
      "The next gradient is taken at the x that you return: add momentum * v.")
wrong("momentum_missing_in_step", "missing term", (UPDATE, RETURN),
      ("v = momentum * old + g", "return x - learning_rate * (g + v), v"),
      "x moves by the gradient plus the whole velocity",
      "In that form it is g + momentum * v.")
wrong("hard_coded_momentum", "hard-coded", (UPDATE, RETURN),
      ("v = 0.9 * old - learning_rate * g", "return x - 0.9 * old + (1 + 0.9) * v, v"),
      "the momentum is 0.9 whatever the argument says",
      "Is a number written where momentum should stand?")
wrong("hard_coded_rate", "hard-coded", "learning_rate * g", "0.1 * g",
      "the learning rate is a fixed number",
      "Is a number written where learning_rate should stand?")
wrong("forgets", "stale state", OLD, "old = np.zeros_like(x)",
      "every step starts from a velocity of zero",
      "Use the state that you are given, and return the new velocity as the state.")
wrong("keeps_old_velocity", "stale state", RETURN,
      "return " + POINT + ", v if state is None else old",
      "the velocity of the first step is handed on for ever",
      "Return the new velocity as the state, in every step.")
wrong("ascent", "sign", "- learning_rate", "+ learning_rate",
      "the gradient is added instead of subtracted",
      "The gradient points uphill. Check the sign where g or v enters.")
wrong("growing_momentum", "formula", (OLD, UPDATE, RETURN),
      ("last, t = (x, 1) if state is None else state", "new = x - learning_rate * g",
       "return new + (t - 1) / (t + 2) * (new - last), (new, t + 1)"),
      "the momentum grows from step to step",
      "It is the argument momentum, the same during a run.")
wrong("clipped_gradient", "boundary", "learning_rate * g", "learning_rate * np.clip(g, -100, 100)",
      "large gradients are clipped",
      "Take the gradient as it comes, however large.", survives_visible=True)
wrong("single_precision", "dtype", UPDATE, "v = (momentum * old - learning_rate * g).astype(np.float32)",
      "the velocity is kept in single precision, or rounded",
      "Keep all 16 digits: leave the dtype as it is, and round nothing.")
wrong("changes_gradient", "aliasing", UPDATE, "g *= learning_rate\n    v = momentum * old - g",
      "the gradient is changed in place",
      "g belongs to the caller. Write learning_rate * g, which makes a new array.")
wrong("point_only", "form", RETURN, "return " + POINT,
      "the new x is returned alone",
      "Return two things, x and the state.")
wrong("state_first", "order", RETURN, "return v, " + POINT,
      "the state is returned before the new x",
      "The new x comes first, then the state.")
wrong("one_velocity_for_all_runs", "stale state", (ARGUMENTS, OLD, UPDATE),
      (SHARED, "old = np.zeros_like(x) if state is None else kept['v']",
       "v = kept['v'] = momentum * old - learning_rate * g"),
      "two runs that take turns share one velocity",
      "Keep it in state alone. Is there a default argument, an attribute or a global?",
      survives_visible=True)
wrong("flattened", "axis", RETURN, "return (" + POINT + ").ravel(), v",
      "the point that is returned is flat, whatever the shape of x",
      "Return it in the shape of x.", survives_visible=True)
wrong("vectors_only", "axis", "np.zeros_like(x)", "np.zeros(len(x))",
      "the velocity is made for vectors only",
      "np.zeros_like(x) has the shape of x, whatever that is.", survives_visible=True)
wrong("starts_with_gradient", "boundary", "np.zeros_like(x)", "-learning_rate * g",
      "the velocity starts from the first gradient, which then counts twice",
      "The velocity is zero at first.")
wrong("stops_at_zero_gradient", "boundary", UPDATE,
      "if np.linalg.norm(g) < 1e-6:\n        return x, old\n    " + UPDATE,
      "a point without a slope under it stops",
      "Where g is zero or tiny the velocity still carries x on.", survives_visible=True)
wrong("gradient_counted_again", "scale", POINT, POINT + " - learning_rate * g",
      "the gradient is subtracted once more after the velocity holds it",
      "The new velocity has the gradient already.")
wrong("heavy_ball_first", "boundary", RETURN,
      "return (x + v if state is None else " + POINT + "), v",
      "the first step does not look ahead",
      "The first step is made like all: the old velocity is zero, the new one is not.")
wrong("friction", "formula", UPDATE, "v = (1 - momentum) * old - learning_rate * g",
      "1 - momentum multiplies the old velocity",
      "momentum is what a step keeps, so momentum multiplies the old velocity.")
wrong("whole_look_ahead", "wrong point", POINT, "x - old + 2 * v",
      "x looks ahead by the whole velocity",
      "It looks ahead by momentum times the velocity.")
wrong("momentum_squared", "scale", POINT, "x - momentum**2 * old + (1 + momentum) * v",
      "momentum enters twice in what is taken back",
      "Subtract momentum times the old velocity, as it came, before the update.")
wrong("numbers_swapped", "order", "learning_rate, momentum):", "momentum, learning_rate):",
      "learning_rate and momentum have changed places",
      "The arguments come in the order x, g, state, learning_rate, momentum.")
wrong("last_point_is_zero", "boundary", (OLD, UPDATE, RETURN),
      ("last = np.zeros_like(x) if state is None else state", "new = x - learning_rate * g",
       "return new + momentum * (new - last), new"),
      "the point before the start is taken to be zero",
      "The velocity is zero at first: take x itself as the last point.")

wrong("keeps_step_ahead", "stale state", RETURN,
      "return " + POINT + ", (1 + momentum) * v - momentum * old",
      "the step of x is kept in the place of the velocity",
      "x is the looked-ahead point, so its step is not v. Return v itself as the state.")

wrong = BANK.mistakes("nesterov_look_ahead")
UPDATE = "v = momentum * v - learning_rate * grad(x + momentum * v)"
AHEAD = "grad(x + momentum * v)"
RETURN = "return x + v, v"
wrong("gradient_at_x", "wrong point", AHEAD, "grad(x)",
      "the gradient is taken at x",
      "That is the heavy ball. Look ahead first: grad(x + momentum * v).")
wrong("looks_behind", "sign", AHEAD, "grad(x - momentum * v)",
      "the gradient is taken behind x",
      "The velocity leads to x + momentum * v: check the sign.")
wrong("whole_look_ahead", "wrong point", AHEAD, "grad(x + v)",
      "the gradient is taken a whole velocity ahead",
      "Look ahead by momentum * v.")
wrong("new_velocity", "wrong point", UPDATE,
      "trial = momentum * v - learning_rate * grad(x)\n    v = momentum * v - learning_rate * grad(x + momentum * trial)",
      "the look ahead uses a velocity that is updated already, with a gradient of its own",
      "Look ahead with the old velocity, which needs no gradient.")
wrong("returns_point_ahead", "wrong point", RETURN, "return x + v + momentum * v, v",
      "the point looked ahead to is returned in the place of x",
      "x moves by v alone. It looks ahead again in the next call, and you would do it twice.")
wrong("moves_from_ahead", "wrong point", (UPDATE, RETURN),
      ("ahead = x + momentum * v\n    v = momentum * v - learning_rate * grad(ahead)",
       "return ahead + v, v"),
      "the step is made from the point looked ahead to",
      "The new velocity has momentum * v already: move from x.")
wrong("ascent", "sign", "- learning_rate", "+ learning_rate",
      "the gradient is added instead of subtracted",
      "The gradient points uphill. Check the sign where it enters.")
wrong("damped", "scale", "learning_rate *", "learning_rate * (1 - momentum) *",
      "the gradient is weighted with 1 - momentum and the learning rate is not made up for it",
      "That velocity is an average. Leave out the 1 - momentum.")
wrong("hard_coded_momentum", "hard-coded", UPDATE,
      "v = 0.9 * v - learning_rate * grad(x + 0.9 * v)",
      "the momentum is 0.9 whatever the argument says",
      "Is a number written where momentum should stand?")
wrong("hard_coded_rate", "hard-coded", "learning_rate *", "0.1 *",
      "the learning rate is a fixed number",
      "Is a number written where learning_rate should stand?")
wrong("forgets", "stale state", START, "v = np.zeros_like(x)",
      "every step starts from a velocity of zero",
      "Use the state that you are given, and return the new velocity as the state.")
wrong("asks_twice", "form", UPDATE, UPDATE + "\n    slope = np.linalg.norm(grad(x + v))",
      "the gradient is asked for more than once a step",
      "Each gradient costs as much as a step. Call grad once, and keep what it returns.",
      survives_visible=True)
wrong("sum_looks_uphill", "scale", (UPDATE, RETURN),
      ("v = momentum * v + grad(x + momentum * v)", "return x - learning_rate * v, v"),
      "the velocity is a sum of gradients, and the look ahead adds it to x as if it were a step",
      "In that form the step is - learning_rate * v, and so is the look ahead.")
wrong("no_momentum_in_velocity", "missing term", "v = momentum * v -", "v = v -",
      "the old velocity is kept whole",
      "momentum multiplies it in both places.")
wrong("stale_gradient", "stale state", (START, UPDATE, RETURN),
      ("v, g = (np.zeros_like(x), None) if state is None else state",
       "new = grad(x + momentum * v)\n    v = momentum * v - learning_rate * (new if g is None else g)",
       "return x + v, (v, new)"),
      "a step uses the gradient of the step before",
      "Ask for the gradient ahead, and use it in the same step.")
wrong("clipped_gradient", "boundary", AHEAD, "np.clip(grad(x + momentum * v), -100, 100)",
      "large gradients are clipped",
      "Take the gradient as it comes, however large.", survives_visible=True)
wrong("single_precision", "dtype", RETURN, "return (x + v).astype(np.float32), v",
      "the points are in single precision",
      "Leave the dtype as it is, which has 16 digits.")
wrong("point_only", "form", RETURN, "return x + v",
      "the new x is returned alone",
      "Return two things, x and the state.")
wrong("state_first", "order", RETURN, "return v, x + v",
      "the state is returned before the new x",
      "The new x comes first, then the state.")
wrong("one_velocity_for_all_runs", "stale state", (ARGUMENTS, START, UPDATE),
      (SHARED, "v = np.zeros_like(x) if state is None else kept['v']",
       "v = kept['v'] = momentum * v - learning_rate * grad(x + momentum * v)"),
      "two runs that take turns share one velocity",
      "Keep it in state alone. Is there a default argument, an attribute or a global?",
      survives_visible=True)
wrong("flattened", "axis", RETURN, "return (x + v).ravel(), v",
      "the point that is returned is flat, whatever the shape of x",
      "Return it in the shape of x.", survives_visible=True)
wrong("vectors_only", "axis", "np.zeros_like(x)", "np.zeros(len(x))",
      "the velocity is made for vectors only",
      "np.zeros_like(x) has the shape of x, whatever that is.", survives_visible=True)
wrong("growing_momentum", "formula", (START, UPDATE, RETURN),
      ("last, t = (x, 1) if state is None else state",
       "ahead = x + (t - 1) / (t + 2) * (x - last)",
       "return ahead - learning_rate * grad(ahead), (x, t + 1)"),
      "the momentum grows from step to step",
      "It is the argument momentum, the same during a run.")
wrong("old_velocity", "stale state", (UPDATE, RETURN),
      ("old = v\n    " + UPDATE, "return x + old, v"),
      "x moves by the velocity from before the update",
      "Update the velocity first, then move x by the new one.")
wrong("friction", "formula", "v = momentum * v -", "v = (1 - momentum) * v -",
      "1 - momentum multiplies the old velocity",
      "momentum is what a step keeps, so momentum multiplies the old velocity.")
wrong("starts_with_gradient", "boundary", (START, UPDATE),
      ("ahead = x if state is None else x + momentum * state\n    g = grad(ahead)",
       "v = momentum * (-learning_rate * g if state is None else state) - learning_rate * g"),
      "the velocity starts from the first gradient, which then counts twice",
      "The velocity is zero at first.")
wrong("learning_rate_twice", "scale", (UPDATE, RETURN),
      ("v = momentum * v + learning_rate * grad(x - learning_rate * momentum * v)",
       "return x - learning_rate * v, v"),
      "the learning rate multiplies the gradient in the velocity and then the velocity",
      "It belongs into v or in front of v, not into both.")
wrong("step_alone", "missing term", RETURN, "return v, v",
      "the velocity is returned in the place of x",
      "A step leads from a point to the next one: return x + v.")
wrong("only_gradient_step", "missing term", RETURN, "return x + v - momentum * v, v",
      "x moves by a part of the velocity only",
      "x moves by the whole of the new velocity.")
wrong("numbers_swapped", "order", "learning_rate, momentum):", "momentum, learning_rate):",
      "learning_rate and momentum have changed places",
      "The arguments come in the order grad, x, state, learning_rate, momentum.")
wrong("last_point_is_zero", "boundary", (START, UPDATE, RETURN),
      ("last = np.zeros_like(x) if state is None else state",
       "ahead = x + momentum * (x - last)", "return ahead - learning_rate * grad(ahead), x.copy()"),
      "the point before the start is taken to be zero",
      "The velocity is zero at first: take x itself as the last point.")
wrong("rearranged", "wrong point", (UPDATE, RETURN),
      ("old, v = v, momentum * v - learning_rate * grad(x)",
       "return x - momentum * old + (1 + momentum) * v, v"),
      "the steps are those of the rearranged form, whose x is the point looked ahead to",
      "Here x is the point behind it: ask for grad(x + momentum * v), and return x + v.")

wrong("momentum_squared", "scale", AHEAD, "grad(x + momentum * momentum * v)",
      "momentum multiplies the velocity twice before the gradient is taken",
      "Look ahead by momentum * v, with v as it came. Has it been multiplied already?")
wrong("gradient_step_kept", "stale state", (UPDATE, RETURN),
      ("ahead = x + momentum * v\n    v = -learning_rate * grad(ahead)", "return ahead + v, v"),
      "only the gradient step is kept as the velocity",
      "The velocity is the whole step from x to the new x, with the look ahead in it.")

wrong = BANK.mistakes("points_ahead")
VELOCITIES = "velocities[1:] = points[1:] - points[:-1]"
RETURN = "return points + momentum * velocities"
wrong("behind", "sign", "points + momentum", "points - momentum",
      "the points lie behind instead of ahead",
      "Ahead is where the velocity leads: points + momentum * v.")
wrong("backward_velocity", "off by one", VELOCITIES, "velocities[:-1] = points[1:] - points[:-1]",
      "the velocity is the step that a point is left by, not the step that led to it",
      "v at points[t] is points[t] - points[t - 1].")
wrong("start_missing", "off by one", RETURN, "return (points + momentum * velocities)[1:]",
      "the first point is missing",
      "The velocity is zero at first, so the first point is points[0].")
wrong("last_missing", "off by one", RETURN, "return (points + momentum * velocities)[:-1]",
      "the last point is missing",
      "Every point has one that lies ahead.")
wrong("whole_velocity", "missing term", "momentum * velocities", "velocities",
      "the look ahead is by the whole velocity",
      "Look ahead by momentum times the velocity.")
wrong("one_plus_momentum", "scale", "momentum * velocities", "(1 + momentum) * velocities",
      "the velocity is multiplied by 1 + momentum",
      "The point has made its step already: look ahead by momentum * v.")
wrong("one_minus_momentum", "formula", "momentum * velocities", "(1 - momentum) * velocities",
      "the velocity is multiplied by 1 - momentum",
      "Look ahead by momentum times the velocity.")
wrong("unchanged", "missing term", RETURN, "return points.astype(float)",
      "the points come back as they are",
      "Add momentum times the velocity of each.")
wrong("last_point_only", "form", RETURN, "return (points + momentum * velocities)[-1]",
      "only the last point is returned",
      "Return one for each of points.")
wrong("velocity_from_start", "formula", "points[:-1]", "points[0]",
      "the velocity is measured from the start of the run",
      "It is the last step: points[t] - points[t - 1].")
wrong("builds_on_itself", "order", RETURN,
      "ahead = points.astype(float)\n    for t in range(1, len(ahead)):\n        ahead[t] = ahead[t] + momentum * (ahead[t] - ahead[t - 1])\n    return ahead",
      "the velocity is measured from a point that has been moved ahead already",
      "Measure all steps between the points as they came.")
wrong("columns_for_rows", "axis", VELOCITIES, "velocities[:, 1:] = points[:, 1:] - points[:, :-1]",
      "differences are taken along the coordinates",
      "A point is a row: take differences from row to row.")
wrong("velocities_only", "missing term", RETURN, "return momentum * velocities",
      "only the looks ahead are returned, not the points they lead to",
      "Add them to points.")
wrong("momentum_squared", "scale", "momentum * velocities", "momentum**2 * velocities",
      "momentum enters twice",
      "Look ahead by momentum times the velocity.")
wrong("centered", "formula", VELOCITIES,
      "velocities[1:-1] = (points[2:] - points[:-2]) / 2\n    velocities[-1:] = points[-1:] - points[-2:-1] if len(points) > 1 else 0",
      "the velocity is a difference of the points before and after",
      "It is the last step: points[t] - points[t - 1].")
wrong("hard_coded_momentum", "hard-coded", "momentum * velocities", "0.9 * velocities",
      "the momentum is 0.9 whatever the argument says",
      "Is a number written where momentum should stand?")
wrong("velocity_from_origin", "boundary", VELOCITIES,
      VELOCITIES + "\n    velocities[0] = points[0]",
      "the first velocity is points[0], as if the run came from zero",
      "The velocity is zero at first. Mind what prepend is in np.diff.")
wrong("rolled", "boundary", VELOCITIES, "velocities = points - np.roll(points, 1, axis=0)",
      "the first velocity is measured from the last point",
      "np.roll and points[-1] go round to the end. The velocity is zero at first.")
wrong("one_more", "off by one", RETURN,
      "ahead = points + momentum * velocities\n    return np.vstack([ahead, ahead[-1:] + velocities[-1:]])",
      "there is one point too many",
      "Return one for each of points.")
wrong("needs_two_points", "boundary", VELOCITIES,
      VELOCITIES + "\n    velocities[1] = points[1] - points[0]",
      "a run of one point alone is not foreseen",
      "With n = 0 there is points[0] and nothing else.", survives_visible=True)
wrong("whole_numbers", "dtype", RETURN, "return (points + momentum * velocities).astype(points.dtype)",
      "points in whole numbers stay whole",
      "What lies ahead of integers is no integer: use floats.", survives_visible=True)
wrong("single_precision", "dtype", "np.zeros(points.shape)", "np.zeros(points.shape, np.float32)",
      "the velocities are in single precision",
      "Use dtype=float, which has 16 digits.")
wrong("changes_points", "aliasing", RETURN, "points += momentum * velocities\n    return points",
      "points is changed in place",
      "It belongs to the caller: write points + ..., which makes a new array.")
wrong("transposed", "axis", RETURN, "return (points + momentum * velocities).T",
      "the points are columns of the result",
      "Each point must be a row.")
wrong("velocity_builds_up", "formula", RETURN,
      "for t in range(1, len(velocities)):\n        velocities[t] += momentum * velocities[t - 1]\n    " + RETURN,
      "velocities are added up as in a run",
      "The step from one point to the next has all of the velocity in it.")
wrong("np_gradient", "formula", VELOCITIES, "velocities = np.gradient(points, axis=0)",
      "the velocity is a difference of the points before and after, as np.gradient makes it",
      "It is the last step: points[t] - points[t - 1], and zero at first.")

wrong = BANK.mistakes("convert")
GUARD = "if callable(learning_rate):"
FROM = "learning_rate = learning_rate * (1 - momentum)"
TO = "learning_rate = learning_rate / (1 - momentum)"
RETURN = "return learning_rate, momentum"
wrong("unchanged", "missing term", (FROM, TO), ("pass", "pass"),
      "the numbers stay as they are in every convention",
      "In an average a gradient has the weight 1 - momentum.")
wrong("source_forgotten", "missing term", FROM, "pass",
      "the weight of an average is forgotten where it is the source",
      "From an average, the first step is learning_rate * (1 - momentum) times the gradient.")
wrong("target_forgotten", "missing term", TO, "pass",
      "the weight of an average is forgotten where it is the target",
      "An average needs a learning rate that makes up for its 1 - momentum.")
wrong("divides_from", "formula", FROM, "learning_rate = learning_rate / (1 - momentum)",
      "from an average the learning rate is divided by 1 - momentum, not multiplied",
      "Compare the first steps of both codes.")
wrong("multiplies_to", "formula", TO, "learning_rate = learning_rate * (1 - momentum)",
      "into an average the learning rate is multiplied by 1 - momentum, not divided",
      "Compare the first steps of both codes.")
wrong("upside_down", "formula", ('if source == "average"', 'if target == "average"'),
      ('if "average" == target', 'if "average" == source'),
      "the way into an average is taken for the way out of it",
      "Compare the first steps of both codes. Which needs the larger learning rate?")
wrong("momentum_for_weight", "formula", (FROM, TO),
      ("learning_rate = learning_rate * momentum", "learning_rate = learning_rate / max(momentum, 1e-300)"),
      "momentum stands where 1 - momentum should",
      "What does an average multiply the new gradient by?")
wrong("weight_squared", "scale", (FROM, TO),
      ("learning_rate = learning_rate * (1 - momentum) ** 2",
       "learning_rate = learning_rate / (1 - momentum) ** 2"),
      "1 - momentum enters twice",
      "It stands once in the code of an average.")
wrong("momentum_turned", "formula", RETURN,
      'return learning_rate, 1 - momentum if "average" in (source, target) and source != target else momentum',
      "1 - momentum is returned as the momentum of an average",
      "In all four codes momentum is what is kept of the old velocity.")
wrong("rescales_sums", "formula", ('if source == "average"', 'if target == "average"'),
      ('if source in ("average", "sum")', 'if target in ("average", "sum")'),
      "a sum is treated as an average",
      "In a sum the gradient has the weight 1.")
wrong("rescales_differences", "formula", ('if source == "average"', 'if target == "average"'),
      ('if source in ("average", "difference")', 'if target in ("average", "difference")'),
      "a difference is treated as an average",
      "There the gradient has the weight 1 and the learning rate.", survives_visible=True)
wrong("all_but_canonical", "formula", ('if source == "average"', 'if target == "average"'),
      ('if source != "canonical"', 'if target != "canonical"'),
      "all conventions but the canonical one are treated as averages",
      "Only one code of the four has 1 - momentum in it.")
wrong("negative_rate", "sign", RETURN,
      'signs = {"sum": -1, "average": -1}\n    return learning_rate * signs.get(source, 1) * signs.get(target, 1), momentum',
      "the learning rate changes its sign with that of the velocity",
      "The minus stands in each code already; learning rates are positive.")
wrong("one_number_only", "axis", (FROM, TO),
      ("learning_rate = float(learning_rate) * (1 - momentum)",
       "learning_rate = float(learning_rate) / (1 - momentum)"),
      "an array of learning rates is not foreseen",
      "Leave out float(...): the formula holds for arrays as it stands.", survives_visible=True)
wrong("first_run_only", "axis", RETURN,
      "return np.ravel(learning_rate)[0], momentum",
      "only the first of several learning rates is converted",
      "Arrays are independent runs: return an array.", survives_visible=True)
wrong("mean_of_runs", "axis", RETURN, "return np.mean(learning_rate), np.mean(momentum)",
      "several runs are averaged to one",
      "Arrays are independent runs: return an array.", survives_visible=True)
wrong("changes_rates", "aliasing", (FROM, TO),
      ("learning_rate *= 1 - momentum", "learning_rate /= 1 - momentum"),
      "an array of learning rates is changed in place",
      "It belongs to the caller: write learning_rate = learning_rate * ...", survives_visible=True)
wrong("schedule_taken", "boundary",
      'raise ValueError("learning_rate must be a number, not a schedule")',
      "return learning_rate, momentum",
      "a schedule is passed on as it is",
      "Raise ValueError: when the learning rate changes, codes part.", survives_visible=True)
wrong("schedule_raises_type_error", "boundary", "raise ValueError(", "raise TypeError(",
      "a schedule raises another exception than ValueError",
      "Raise ValueError if learning_rate is callable.", survives_visible=True)
wrong("swapped", "order", RETURN, "return momentum, learning_rate",
      "the momentum is returned before the learning rate",
      "The learning rate comes first.")
wrong("rate_only", "form", RETURN, "return learning_rate",
      "only the learning rate is returned",
      "Return both, the learning rate and the momentum.")
wrong("hard_coded_momentum", "hard-coded", (FROM, TO),
      ("learning_rate = learning_rate * 0.1", "learning_rate = learning_rate / 0.1"),
      "the factor is that of momentum 0.9",
      "Use the argument momentum.")
wrong("damps_momentum", "formula", FROM, FROM + "\n        momentum = momentum * (1 - momentum)",
      "the momentum is rescaled along with the learning rate",
      "In all four codes momentum is what is kept of the old velocity.")
wrong("one_plus_momentum", "sign", (FROM, TO),
      ("learning_rate = learning_rate * (1 + momentum)", "learning_rate = learning_rate / (1 + momentum)"),
      "1 + momentum stands where 1 - momentum should",
      "What does an average multiply the new gradient by?")
wrong("only_to_sum", "boundary", 'if source == "average"',
      'if source == "average" and target == "sum"',
      "an average is converted into a sum only",
      "The canonical code and the difference need the same factor as the sum.",
      survives_visible=True)
wrong("refuses_itself", "boundary", GUARD, "if callable(learning_rate) or source == target:",
      "a convention is not converted to itself",
      "Then nothing changes: return both numbers as they are.", survives_visible=True)
wrong("wrong_to_itself", "boundary", 'if target == "average"',
      'if source != "average" and target == "average"',
      "an average is converted to itself as if the target were another",
      "Then nothing changes: both factors are 1 - momentum.", survives_visible=True)
wrong("limit_of_steps", "formula", FROM, "learning_rate = learning_rate * (1 - momentum**2)",
      "1 - momentum**2 stands where 1 - momentum should",
      "What does an average multiply the new gradient by?")

wrong = BANK.mistakes("convert_velocity")
TARGET = "step = velocity if source in steps else -learning_rate * velocity"
RETURN = "return step if target in steps else -step / target_rate"
FROM = "target_rate = target_rate * (1 - momentum)"
TO = "target_rate = target_rate / (1 - momentum)"
wrong("unchanged", "missing term", RETURN, "return velocity.copy()",
      "the velocity stays as it is in every convention",
      "A velocity of gradients v means the step -learning_rate * v.")
wrong("sign_missing", "sign", (TARGET, RETURN),
      ("step = velocity if source in steps else learning_rate * velocity",
       "return step if target in steps else step / target_rate"),
      "the sign is missing between steps and gradients",
      "Steps point downhill, gradients uphill.")
wrong("rate_missing", "scale", (TARGET, RETURN),
      ("step = velocity if source in steps else -velocity",
       "return step if target in steps else -step"),
      "the learning rate is missing between steps and gradients",
      "A velocity of gradients v means the step -learning_rate * v.")
wrong("rate_missing_from_gradients", "scale", "else -learning_rate * velocity", "else -velocity",
      "the learning rate is missing on the way from gradients to steps",
      "A velocity of gradients v means the step -learning_rate * v.")
wrong("rate_missing_to_gradients", "scale", "-step / target_rate", "-step",
      "the learning rate is missing on the way from steps to gradients",
      "Divide the step by the learning rate of the target.")
wrong("multiplies_by_rate", "formula", "-step / target_rate", "-step * target_rate",
      "a step is multiplied by the learning rate to get gradients, not divided",
      "The step is -learning_rate * v. Solve that for v.")
wrong("average_forgotten", "missing term", (FROM, TO), ("pass", "pass"),
      "the target has the learning rate of the source",
      "With an average on one side, the target's own learning rate is another. Ask convert.")
wrong("average_target_forgotten", "missing term", TO, "pass",
      "an average as the target has the learning rate of the source",
      "Its learning rate is larger, by 1 / (1 - momentum).", survives_visible=True)
wrong("average_source_forgotten", "missing term", FROM, "pass",
      "the target of an average has the learning rate of the average",
      "The learning rate of the target is smaller, by 1 - momentum.")
wrong("average_upside_down", "formula", ('if source == "average"', 'if target == "average"'),
      ('if "average" == target', 'if "average" == source'),
      "the learning rate of an average is converted the wrong way round",
      "An average has the larger learning rate.")
wrong("target_rate_for_both", "formula", "-learning_rate * velocity", "-target_rate * velocity",
      "the velocity of the source is multiplied by the learning rate of the target",
      "Each code has its own: the step of the source is made with that of the source.")
wrong("source_rate_for_both", "formula", RETURN,
      "return step if target in steps else -step / (learning_rate if source in steps else target_rate)",
      "a step is divided by the learning rate of the source",
      "Each code has its own: the velocity of the target goes with that of the target.",
      survives_visible=True)
wrong("starts_from_rest", "boundary", RETURN, "return np.zeros_like(velocity)",
      "the run starts again from rest",
      "The velocity carries on: convert it.")
wrong("difference_as_gradients", "formula", 'steps = ("canonical", "difference")',
      'steps = ("canonical",)',
      "a difference is treated as a sum of gradients",
      "In that code the velocity is the last step itself.", survives_visible=True)
wrong("difference_reversed", "sign", (TARGET, RETURN),
      ("velocity = -velocity if source == 'difference' else velocity\n    " + TARGET,
       "result = step if target in steps else -step / target_rate\n    return -result if target == 'difference' else result"),
      "a difference is the older point minus the newer",
      "It is x - last x.", survives_visible=True)
wrong("momentum_ahead", "scale", RETURN, "return momentum * (step if target in steps else -step / target_rate)",
      "the velocity is multiplied by momentum",
      "The next step of the target does that.")
wrong("changes_velocity", "aliasing", TARGET,
      "if source not in steps:\n        velocity *= -learning_rate\n    step = velocity",
      "velocity is changed in place",
      "It belongs to the caller: write -learning_rate * velocity, which makes a new array.")
wrong("single_precision", "dtype", "return step if", "step = step.astype(np.float32)\n    return step if",
      "the velocity is in single precision",
      "Leave the dtype as it is, which has 16 digits.")
wrong("only_number", "form", RETURN, "return float(np.ravel(step if target in steps else -step / target_rate)[0])",
      "one number is returned for the whole velocity",
      "Return an array shaped like velocity.")
wrong("momentum_for_weight", "formula", (FROM, TO),
      ("target_rate = target_rate * momentum", "target_rate = target_rate / max(momentum, 1e-300)"),
      "momentum stands where 1 - momentum should",
      "What does an average multiply the new gradient by?")
wrong("weight_on_velocity", "scale", FROM, FROM + "\n        velocity = velocity / (1 - momentum)",
      "the velocity of an average is divided by 1 - momentum before it becomes a step",
      "Its step is -learning_rate * v, with the learning rate of the average.")
wrong("wrong_to_itself", "boundary", RETURN,
      "return -step / learning_rate if source == target == 'difference' else (step if target in steps else -step / target_rate)",
      "a difference is converted to itself as if it were another",
      "Then nothing changes.", survives_visible=True)

wrong = BANK.mistakes("effective_learning_rate")
AVERAGE = "return learning_rate\n"
RETURN = "return learning_rate / (1 - momentum)"
wrong("learning_rate_itself", "missing term", RETURN, "return learning_rate",
      "it is the learning rate, whatever the momentum",
      "Where gradients are summed up, steps grow.")
wrong("same_for_all", "formula", AVERAGE, "return learning_rate / (1 - momentum)\n",
      "the average is treated as a sum",
      "The average of equal gradients is that gradient.", survives_visible=True)
wrong("multiplied", "formula", RETURN, "return learning_rate * (1 - momentum)",
      "the learning rate is multiplied by 1 - momentum, not divided",
      "Steps that agree grow longer.")
wrong("divided_by_momentum", "formula", RETURN, "return learning_rate / max(momentum, 1e-300)",
      "the learning rate is divided by momentum",
      "Solve v = momentum * v - learning_rate * g for v.")
wrong("one_plus_momentum", "formula", RETURN, "return learning_rate * (1 + momentum)",
      "only one earlier step is counted",
      "All earlier steps count: 1 + momentum + momentum**2 + ...")
wrong("first_step_left_out", "off by one", RETURN, "return learning_rate * momentum / (1 - momentum)",
      "the newest gradient is left out of the sum",
      "The newest gradient has the weight 1, the one before it has momentum.")
wrong("factor_only", "missing term", RETURN, "return 1 / (1 - momentum)",
      "the learning rate is left out",
      "1 / (1 - momentum) says how many times longer steps get. Multiply the learning rate by it.")
wrong("squared", "scale", RETURN, "return learning_rate / (1 - momentum) ** 2",
      "1 - momentum enters twice",
      "Solve v = momentum * v - learning_rate * g for v.")
wrong("momentum_squared", "formula", RETURN, "return learning_rate / (1 - momentum**2)",
      "1 - momentum**2 stands where 1 - momentum should",
      "Solve v = momentum * v - learning_rate * g for v.")
wrong("cut_off", "boundary", RETURN, "return learning_rate * sum(momentum**k for k in range(100))",
      "the sum ends after some terms",
      "It has no end, and a closed form.", survives_visible=True)
wrong("sum_as_average", "formula", 'convention == "average"', 'convention in ("average", "sum")',
      "the sum is treated as an average",
      "In a sum each gradient has the weight 1.")
wrong("difference_as_average", "formula", 'convention == "average"',
      'convention in ("average", "difference")',
      "the difference is treated as an average",
      "There momentum adds to a step that has the learning rate already.", survives_visible=True)
wrong("only_canonical", "formula", 'convention == "average"', 'convention != "canonical"',
      "all codes but the canonical one are treated as averages",
      "Only one code of the four has 1 - momentum in it.")
wrong("negative", "sign", RETURN, "return -learning_rate / (1 - momentum)",
      "the result has the sign of the velocity",
      "The limit of the step is -effective_learning_rate * g.")
wrong("hard_coded_momentum", "hard-coded", RETURN, "return 10 * learning_rate",
      "it is ten times the learning rate, which is right for 0.9 only",
      "Use the argument momentum.")
wrong("average_shrinks", "formula", AVERAGE, "return learning_rate * (1 - momentum)\n",
      "for an average only the newest gradient is counted",
      "The average of equal gradients is that gradient.", survives_visible=True)
wrong("one_plus_below", "sign", RETURN, "return learning_rate / (1 + momentum)",
      "1 + momentum stands where 1 - momentum should",
      "Solve v = momentum * v - learning_rate * g for v.")

wrong = BANK.mistakes("spectral_radius")
P = "p = 1 + momentum - learning_rate * curvature"
ROOT = "root = np.sqrt(complex(p**2 - 4 * momentum))"
RETURN = "return max(abs(p + root), abs(p - root)) / 2"
wrong("real_root_only", "boundary", ROOT, "root = np.sqrt(p**2 - 4 * momentum)",
      "the square root is taken of a negative number, which is NaN",
      "Make it complex first, or treat that case on its own.")
wrong("real_root_raises", "boundary", ROOT,
      "import math\n    root = math.sqrt(p**2 - 4 * momentum)",
      "math.sqrt is given a negative number",
      "Then the roots are complex: take cmath.sqrt, or treat that case on its own.")
wrong("absolute_discriminant", "boundary", ROOT, "root = np.sqrt(abs(p**2 - 4 * momentum))",
      "a negative discriminant loses its sign",
      "Then the roots are complex. What is the size of a + ib?")
wrong("real_parts", "formula", RETURN, "return max(abs((p + root).real), abs((p - root).real)) / 2",
      "the imaginary parts of the roots are lost",
      "The size of a complex number has both its parts in it: use abs of complex roots.")
wrong("product", "formula", RETURN, "return abs((p + root) * (p - root)) / 4",
      "the product of the roots is returned",
      "One of them decides, the larger in size.")
wrong("always_root_of_momentum", "formula", RETURN, "return np.sqrt(momentum)",
      "the radius is sqrt(momentum) everywhere",
      "That holds where the roots are complex. Where they are real, one is larger.")
wrong("root_forgotten", "formula", RETURN, "return momentum if root.imag else max(abs(p + root), abs(p - root)) / 2",
      "the radius is momentum where the roots are complex",
      "Momentum is the product of both roots, so each has the size sqrt(momentum).")
wrong("smaller_root", "formula", "max(abs(p + root)", "min(abs(p + root)",
      "the smaller root is returned",
      "In the long run the larger one decides.")
wrong("signed", "sign", RETURN, "return max((p + root).real, (p - root).real) / 2 if not root.imag else abs(p + root) / 2",
      "real roots are compared with their signs",
      "A root of -0.9 is as slow as 0.9. Take absolute values first.", survives_visible=True)
wrong("plus_root_only", "sign", RETURN, "return abs(p + root) / 2",
      "only the root with the plus is looked at",
      "Where p is negative the other one is larger in size.", survives_visible=True)
wrong("not_halved", "scale", RETURN, "return max(abs(p + root), abs(p - root))",
      "the roots are not divided by 2",
      "The roots are (p ± sqrt(p² - 4 momentum)) / 2.")
wrong("discriminant_sign", "sign", "p**2 - 4 * momentum", "p**2 + 4 * momentum",
      "the discriminant has a plus",
      "z² - p z + momentum = 0 has the discriminant p² - 4 momentum.")
wrong("discriminant_without_four", "scale", "p**2 - 4 * momentum", "p**2 - momentum",
      "the 4 is missing in the discriminant",
      "z² - p z + momentum = 0 has the discriminant p² - 4 momentum.")
wrong("ascent", "sign", "- learning_rate * curvature", "+ learning_rate * curvature",
      "learning_rate times curvature is added in p",
      "p = 1 + momentum - learning_rate * curvature.")
wrong("momentum_missing_in_p", "missing term", "1 + momentum -", "1 -",
      "momentum is missing in p",
      "p = 1 + momentum - learning_rate * curvature.")
wrong("momentum_subtracted", "sign", "1 + momentum -", "1 - momentum -",
      "momentum is subtracted in p",
      "p = 1 + momentum - learning_rate * curvature.")
wrong("gradient_descent", "formula", RETURN, "return abs(1 - learning_rate * curvature)",
      "the factor is that of gradient descent",
      "With momentum there are two roots. Solve z² = p z - momentum.")
wrong("nesterov", "formula", (P, ROOT),
      ("shrink = 1 - learning_rate * curvature\n    p = shrink * (1 + momentum)",
       "root = np.sqrt(complex(p**2 - 4 * shrink * momentum))"),
      "the roots are those of Nesterov's method",
      "The heavy ball has p = 1 + momentum - learning_rate * curvature and q = -momentum.")
wrong("sum_of_roots", "formula", RETURN, "return (abs(p + root) + abs(p - root)) / 2",
      "the sizes of the roots are added",
      "One of them decides, the larger.")
wrong("mean_of_roots", "formula", RETURN, "return (abs(p + root) + abs(p - root)) / 4",
      "the sizes of the roots are averaged",
      "One of them decides, the larger.")
wrong("capped", "boundary", RETURN, "return min(1.0, max(abs(p + root), abs(p - root)) / 2)",
      "the radius is kept at 1 or below",
      "Above 1 the run diverges: return it as it is.", survives_visible=True)
wrong("damped", "scale", "learning_rate * curvature", "learning_rate * (1 - momentum) * curvature",
      "the learning rate is that of an average",
      "In M1 the gradient has the whole learning rate.")
wrong("squared", "scale", RETURN, "return (max(abs(p + root), abs(p - root)) / 2) ** 2",
      "the radius is squared",
      "Return the size of the root, the factor of one step.")
wrong("one_minus", "formula", RETURN, "return 1 - max(abs(p + root), abs(p - root)) / 2",
      "what a step gains is returned, one minus the factor",
      "Return the factor itself.")
wrong("absolute_curvature", "sign", "learning_rate * curvature", "learning_rate * abs(curvature)",
      "a negative curvature loses its sign",
      "Where the loss curves downwards the run diverges. Take curvature as it is.",
      survives_visible=True)
wrong("larger_of_two_guesses", "formula", RETURN,
      "return max(np.sqrt(momentum), abs(1 - learning_rate * curvature))",
      "the larger of sqrt(momentum) and the factor of gradient descent is returned",
      "Solve z² = p z - momentum; its roots are neither in general.")
wrong("complex_result", "dtype", RETURN,
      "return max((p + root) / 2, (p - root) / 2, key=abs)",
      "a complex root is returned, not its size",
      "Take abs of it.")
wrong("numbers_swapped", "order", "learning_rate, momentum, curvature", "momentum, learning_rate, curvature",
      "learning_rate and momentum have changed places",
      "The arguments come in the order learning_rate, momentum, curvature.")
wrong("close_roots_as_equal", "boundary", RETURN,
      "return np.sqrt(momentum) if p**2 - 4 * momentum < 1e-3 else max(abs(p + root), abs(p - root)) / 2",
      "roots that are close to each other are taken to be equal",
      "The border lies where p² = 4 momentum, and nowhere else.", survives_visible=True)

wrong = BANK.mistakes("critical_momentum")
RETURN = "return (1 - np.sqrt(learning_rate * curvature)) ** 2"
wrong("not_squared", "missing term", RETURN, "return 1 - np.sqrt(learning_rate * curvature)",
      "the square is missing",
      "You have found sqrt(momentum).")
wrong("no_root", "missing term", RETURN, "return (1 - learning_rate * curvature) ** 2",
      "the square root of learning_rate times curvature is missing",
      "Take the root of both sides of p² = 4 momentum.")
wrong("neither", "formula", RETURN, "return 1 - learning_rate * curvature",
      "it is 1 - learning_rate * curvature",
      "Solve (1 + momentum - learning_rate * curvature)² = 4 momentum.")
wrong("other_solution", "sign", "1 - np", "1 + np",
      "the solution above 1 is taken",
      "The equation has two solutions; momentum is below 1.")
wrong("root_of_rate_only", "formula", "np.sqrt(learning_rate * curvature)",
      "np.sqrt(learning_rate) * curvature",
      "the square root is taken of the learning rate alone",
      "Take it of the product.")
wrong("curvature_missing", "missing term", "learning_rate * curvature", "learning_rate",
      "the curvature is not used",
      "The product of learning rate and curvature counts.")
wrong("rate_missing", "missing term", "learning_rate * curvature", "curvature",
      "the learning rate is not used",
      "The product of learning rate and curvature counts.")
wrong("kept_positive", "boundary", RETURN,
      "return max(0.0, 1 - np.sqrt(learning_rate * curvature)) ** 2",
      "for a large learning rate the momentum is zero",
      "From 1 to 4 the square takes care of the sign: no max is needed.", survives_visible=True)
wrong("nesterov", "formula", RETURN,
      "root = np.sqrt(learning_rate * curvature)\n    return (1 - root) / (1 + root)",
      "it is the critical momentum of Nesterov's method",
      "For the heavy ball solve (1 + momentum - learning_rate * curvature)² = 4 momentum.")
wrong("quotient_squared", "formula", RETURN,
      "root = np.sqrt(learning_rate * curvature)\n    return ((1 - root) / (1 + root)) ** 2",
      "it is the formula of the best momentum for two curvatures",
      "One mode is to be critical: solve (1 + momentum - learning_rate * curvature)² = 4 momentum.")
wrong("fourth_power", "scale", "** 2", "** 4",
      "the square is taken twice",
      "sqrt(momentum) = 1 - sqrt(learning_rate * curvature).")
wrong("absolute_value", "formula", RETURN, "return abs(1 - np.sqrt(learning_rate * curvature))",
      "an absolute value stands where the square should",
      "You have found sqrt(momentum).")
wrong("discriminant_without_four", "formula", RETURN,
      "s = learning_rate * curvature\n    return min(np.roots([1, 1 - 2 * s, (1 - s) ** 2]), key=abs).real",
      "the 4 is missing in the discriminant",
      "The roots are equal where p² = 4 momentum.")
wrong("divides", "formula", "learning_rate * curvature", "curvature / learning_rate",
      "the curvature is divided by the learning rate",
      "The product of both counts.")
wrong("radius", "formula", RETURN, "return abs(1 - np.sqrt(learning_rate * curvature)) ** 0.5",
      "a square root is taken where the square should stand",
      "sqrt(momentum) = 1 - sqrt(learning_rate * curvature). Square both sides.")
wrong("single_precision", "dtype", RETURN,
      "return float((1 - np.sqrt(np.float32(learning_rate * curvature))) ** 2)",
      "the computation is in single precision",
      "Leave the dtype as it is, which has 16 digits.")
wrong("rounded", "dtype", RETURN, "return round((1 - np.sqrt(learning_rate * curvature)) ** 2, 3)",
      "the momentum is rounded to a few digits",
      "Keep all digits.", survives_visible=True)
wrong("one_minus", "formula", RETURN, "return 1 - (1 - np.sqrt(learning_rate * curvature)) ** 2",
      "the friction is returned, one minus the momentum",
      "Return the momentum.")

wrong = BANK.mistakes("optimal_heavy_ball")
ROOTS = "fast, slow = np.sqrt(smoothness), np.sqrt(strong_convexity)"
RATE = "4 / (fast + slow) ** 2"
MOMENTUM = "((fast - slow) / (fast + slow)) ** 2"
wrong("momentum_not_squared", "missing term", MOMENTUM, "(fast - slow) / (fast + slow)",
      "the momentum is not squared, which makes it the rate",
      "The rate is sqrt(momentum).")
wrong("roots_forgotten_in_momentum", "missing term", MOMENTUM,
      "((smoothness - strong_convexity) / (smoothness + strong_convexity)) ** 2",
      "the square roots are missing in the momentum",
      "It is made of sqrt(L) and sqrt(m).")
wrong("roots_forgotten", "missing term", ROOTS, "fast, slow = smoothness, strong_convexity",
      "the square roots are missing everywhere",
      "Both numbers are made of sqrt(L) and sqrt(m).")
wrong("rate_of_gradient_descent", "formula", RATE, "2 / (smoothness + strong_convexity)",
      "the learning rate is the best one of gradient descent",
      "With momentum a larger one is best. Damp both ends critically.")
wrong("inverse_smoothness", "formula", RATE, "1 / smoothness",
      "the learning rate is 1/L",
      "With momentum a larger one is best. Damp both ends critically.")
wrong("rate_not_squared", "missing term", RATE, "4 / (fast + slow)",
      "the learning rate is not divided by the square of sqrt(L) + sqrt(m)",
      "Its unit is one over that of L.")
wrong("two_above", "scale", RATE, "2 / (fast + slow) ** 2",
      "a 2 stands where the 4 should in the learning rate",
      "For L = m it must be 1/L.")
wrong("one_above", "scale", RATE, "1 / (fast + slow) ** 2",
      "a 1 stands where the 4 should in the learning rate",
      "For L = m it must be 1/L.")
wrong("swapped", "order", "return " + RATE + ", " + MOMENTUM, "return " + MOMENTUM + ", " + RATE,
      "the momentum is returned before the learning rate",
      "The learning rate comes first.")
wrong("upside_down", "formula", MOMENTUM, "((fast + slow) / max(fast - slow, 1e-9)) ** 2",
      "the momentum is one over what it should be",
      "It is below 1.")
wrong("one_minus_inverse_root", "formula", MOMENTUM, "1 - slow / fast",
      "the momentum is 1 - sqrt(m/L)",
      "That is close for a large L/m, but not the best.")
wrong("one_minus_inverse_root_squared", "formula", MOMENTUM, "(1 - slow / fast) ** 2",
      "the momentum is (1 - sqrt(m/L))², which is critical for the learning rate 1/L",
      "Both ends must be critical with one learning rate.")
wrong("nesterov", "formula", "return " + RATE + ", " + MOMENTUM,
      "return 1 / smoothness, (fast - slow) / (fast + slow)",
      "the numbers are those of Nesterov's method",
      "For the heavy ball damp both ends critically.")
wrong("difference_below", "sign", RATE, "4 / max(fast - slow, 1e-9) ** 2",
      "sqrt(m) is subtracted in the learning rate",
      "Both roots are added there.")
wrong("unit_strong_convexity", "hard-coded", MOMENTUM, "((fast - 1) / (fast + 1)) ** 2",
      "the momentum is right for m = 1 only",
      "sqrt(κ) is sqrt(L/m). Is m missing?")
wrong("hard_coded_momentum", "hard-coded", MOMENTUM, "0.9",
      "the momentum is 0.9 whatever the arguments say",
      "It depends on L/m.")
wrong("best_gradient_descent", "formula", "return " + RATE + ", " + MOMENTUM,
      "return 2 / (smoothness + strong_convexity), 0.0",
      "the momentum is 0, which is gradient descent",
      "With momentum both ends get faster.")
wrong("rate_only", "form", "return " + RATE + ", " + MOMENTUM, "return " + RATE,
      "only the learning rate is returned",
      "Return both, the learning rate and the momentum.")
wrong("rate_of_sum", "formula", RATE, "4 / (smoothness + strong_convexity)",
      "the learning rate is 4/(L + m)",
      "Add the roots, then take the square.")
wrong("largest_stable", "formula", RATE, "2 * (1 + " + MOMENTUM + ") / smoothness",
      "the learning rate is the largest stable one",
      "There the steepest direction does not shrink. Damp both ends critically.")
wrong("through_condition_number", "formula", RATE, "4 / (1 + slow / fast) ** 2",
      "the learning rate is not divided by L",
      "It has the unit of one over L: (sqrt(L) + sqrt(m))², not (1 + sqrt(m/L))².")
wrong("single_precision", "dtype", ROOTS,
      "fast, slow = np.sqrt(np.float32(smoothness)), np.sqrt(np.float32(strong_convexity))",
      "the computation is in single precision",
      "Leave the dtype as it is, which has 16 digits.")
wrong("flat_end_critical", "formula", "return " + RATE + ", " + MOMENTUM,
      "return 1 / smoothness, (1 - slow / fast) ** 2",
      "the learning rate is 1/L and the momentum critical for m",
      "A larger learning rate makes both ends critical with less momentum.")
