// The functions and the methods that figures run, in the same arithmetic as optedu's.

/** The quadratic x'Ax / 2 in the plane. */
export function quadratic([[a, b], [c, d]]) {
  return {
    value: ([x, y]) => 0.5 * (x * (a * x + b * y) + y * (c * x + d * y)),
    gradient: ([x, y]) => [a * x + b * y, c * x + d * y],
  };
}

export const himmelblau = {
  value: ([x, y]) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
  gradient: ([x, y]) => [
    4 * x * (x * x + y - 11) + 2 * (x + y * y - 7),
    2 * (x * x + y - 11) + 4 * y * (x + y * y - 7),
  ],
};

export const plainSaddle = {
  value: ([x, y]) => 0.5 * (x * x - y * y),
  gradient: ([x, y]) => [x, -y],
};

/** The parabola curvature x² / 2 on a line. */
export const parabola = (curvature) => ({
  value: ([x]) => 0.5 * curvature * x * x,
  gradient: ([x]) => [curvature * x],
});

/** The strongly convex function of Lessard, Recht and Packard, with L = 25 and m = 1. */
export const lessard = {
  value: ([x]) => (x < 1 ? 12.5 * x * x : x < 2 ? 0.5 * x * x + 24 * x - 12 : 12.5 * x * x - 24 * x + 36),
  gradient: ([x]) => [x < 1 ? 25 * x : x < 2 ? x + 24 : 25 * x - 24],
};

/** exp(sin x), made to test differences: no symmetry flatters a scheme. */
export const expSin = {
  value: ([x]) => Math.exp(Math.sin(x)),
  gradient: ([x]) => [Math.cos(x) * Math.exp(Math.sin(x))],
};

const along = (point, step, direction) => point.map((value, i) => value + step * direction[i]);
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** The first of 1, 1/2, 1/4, ... that satisfies Armijo's condition along `direction`. */
export function backtracking(problem, point, direction, gradient, c = 1e-4) {
  const slope = dot(gradient, direction);
  const start = problem.value(point);
  for (let step = 1; step > 1e-30; step /= 2) {
    if (problem.value(along(point, step, direction)) <= start + c * step * slope) return step;
  }
  return 0;
}

/**
 * Every method maps a problem, a point and its own settings to the next point. What it has to
 * remember it keeps in `memory`, which is empty at the start of a run.
 */
export const methods = {
  gradient_descent: (problem, point, { learning_rate }) =>
    along(point, -learning_rate, problem.gradient(point)),

  line_search: (problem, point) => {
    const gradient = problem.gradient(point);
    // Nearer to the minimum than rounding can see, no step lowers the loss.
    if (norm(gradient) <= 1e-9) return point;
    const direction = gradient.map((value) => -value);
    return along(point, backtracking(problem, point, direction, gradient), direction);
  },

  momentum(problem, point, settings, memory) {
    memory.v = velocity(problem, point, settings, memory);
    return along(point, 1, memory.v);
  },

  nesterov(problem, point, settings, memory) {
    memory.v = velocity(problem, point, settings, memory);
    const ahead = along(point, settings.momentum, memory.v);
    return along(ahead, -settings.learning_rate, problem.gradient(point));
  },
};

/** What is left of the last velocity, and a step against the gradient. */
function velocity(problem, point, { learning_rate, momentum }, { v = point.map(() => 0) }) {
  return problem.gradient(point).map((g, i) => momentum * v[i] - learning_rate * g);
}

/** p and q of x(k+1) = p x(k) + q x(k-1), where `product` is learning rate times curvature. */
export function recurrence(method, product, momentum) {
  const shrink = 1 - product;
  if (method === "nesterov") return [shrink * (1 + momentum), -shrink * momentum];
  return [shrink + momentum, -momentum];
}

/** The larger root, in size, of z² = p z + q. */
export function spectralRadius([p, q]) {
  const discriminant = p * p + 4 * q;
  return discriminant < 0 ? Math.sqrt(-q) : (Math.abs(p) + Math.sqrt(discriminant)) / 2;
}

/** The start point and the points after each of `steps` steps. */
export function run(problem, start, method, settings, steps) {
  const points = [start];
  const memory = {};
  for (let i = 0; i < steps; i++) points.push(methods[method](problem, points[i], settings, memory));
  return points;
}

export const norm = (point) => Math.hypot(...point);

/** The angle between two directions, in degrees; an arc cosine would lose half its digits. */
export function angle(u, v) {
  const [a, b] = [along([0, 0], 1 / norm(u), u), along([0, 0], 1 / norm(v), v)];
  return (360 / Math.PI) * Math.atan2(norm(along(a, -1, b)), norm(along(a, 1, b)));
}
