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

/** Every method maps a problem, a point and its own settings to the next point. */
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
};

/** The start point and the points after each of `steps` steps. */
export function run(problem, start, method, settings, steps) {
  const points = [start];
  for (let i = 0; i < steps; i++) points.push(methods[method](problem, points[i], settings));
  return points;
}

export const norm = (point) => Math.hypot(...point);
