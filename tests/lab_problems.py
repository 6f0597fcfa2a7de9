"""The lab's problems at the size of a test, their data drawn as the lab draws them."""

from dataclasses import dataclass

import numpy as np

from optedu.convex import huber, soft_threshold


def squares(A, b):
    """Return ‖Ax - b‖² with its gradient, and its smoothness."""

    def value_and_grad(x):
        r = A @ x - b
        return r @ r, 2 * A.T @ r

    return value_and_grad, 2 * np.linalg.norm(A, 2) ** 2


@dataclass(frozen=True)
class Lasso:
    """Hold ‖Ax - b‖² + weight ‖x‖₁ with its parts as the solvers take them."""

    A: np.ndarray
    b: np.ndarray
    weight: float = 1.5

    @property
    def smooth(self):
        return squares(self.A, self.b)

    def prox(self, point, step):
        return soft_threshold(point, self.weight * step)

    def penalty(self, x):
        return self.weight * np.abs(x).sum()

    def objective(self, x):
        return float(np.sum((self.A @ x - self.b) ** 2) + self.penalty(x))


def lasso():
    """Return 30 equations for 100 unknowns, five of which are at work (6.6).

    Draws differ in difficulty by a factor of five; this one is as hard as the lab's, with nine
    unknowns on the support and some 600 steps of ISTA to an error of 1e-6.
    """
    draw = np.random.RandomState(28)
    A, x = draw.randn(30, 100), np.zeros(100)
    x[:5] = draw.uniform(1, 2, 5)
    return Lasso(A, A @ x + 0.1 * draw.randn(30))


def small_lasso():
    """Return a lasso that has more equations than unknowns."""
    draw = np.random.RandomState(0)
    A = draw.randn(20, 8)
    return Lasso(A, A @ [3, -2, 0, 0, 1, 0, 0, 0] + draw.randn(20), weight=15.0)


def line_with_outliers():
    """Return the matrix and the right-hand side of a line fit with four outliers (6.5)."""
    x = np.linspace(0, 1, 30)
    y = 0.6 * x + 0.3 + 0.1 * np.random.RandomState(1).randn(30)
    y[[15, 14]] += 2
    y[[4, 2]] -= 2
    return np.stack([x, np.ones(30)], axis=1), y


def huber_loss(A, b, M):
    """Return the sum of Huber functions of Ax - b with its gradient."""

    def value_and_grad(x):
        r = A @ x - b
        return huber(r, M).sum(), A.T @ np.clip(2 * r, -2 * M, 2 * M)

    return value_and_grad


@dataclass(frozen=True)
class Portfolio:
    """Hold aversion w'Σw - μ'w, to be minimized on the simplex."""

    mu: np.ndarray
    sigma: np.ndarray
    aversion: float

    @property
    def hessian(self):
        return 2 * self.aversion * self.sigma

    @property
    def smoothness(self):
        return np.linalg.norm(self.hessian, 2)

    def value_and_grad(self, w):
        return w @ self.hessian @ w / 2 - self.mu @ w, self.hessian @ w - self.mu

    def curvature(self, direction):
        return direction @ self.hessian @ direction


def portfolio(aversion):
    """Return the mean-variance problem with ten assets (6.7)."""
    draw = np.random.RandomState(1)
    mu, G = np.abs(draw.randn(10)), draw.randn(10, 10)
    return Portfolio(mu, G.T @ G, aversion)


# The optima of the maximization, by aversion, as the lab states them to eight digits.
PORTFOLIO_OPTIMA = {0.29: 1.39544078, 1.0: 0.98642269, 1.68: 0.81241660}


class Diet:
    """Hold the cheapest x >= 0 with nutrients @ x >= needs (6.12)."""

    prices = np.array([1.0, 0.25])
    nutrients = np.array([[0.8, 0.0], [0.4, 0.3], [0.5, 2.0]])
    needs = 50 * np.array([1.0, 2.1, 1.7])


def image_with_noise(shape=(8, 9)):
    """Return an image of two gray levels, with noise."""
    draw = np.random.RandomState(0)
    image = np.zeros(shape)
    image[2:6, 3:7] = 1
    return image + 0.2 * draw.randn(*shape)


def picture_with_holes(shape=(10, 11)):
    """Return a smooth picture between 0 and 1, and which pixels are known (6.10)."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    picture = (np.sin(rows / 3) + np.cos(columns / 2) + 2) / 4
    return picture, np.random.RandomState(0).rand(*shape) < 0.4


def differences(image):
    """Return the differences to the next row and the next column, along a last axis."""
    corner = image[:-1, :-1]
    return np.stack([image[1:, :-1] - corner, image[:-1, 1:] - corner], axis=-1)


def differences_adjoint(field):
    """Return the adjoint of `differences`: each difference pulls at both its pixels."""
    image = np.zeros((field.shape[0] + 1, field.shape[1] + 1))
    image[:-1, :-1] -= field.sum(axis=-1)
    image[1:, :-1] += field[..., 0]
    image[:-1, 1:] += field[..., 1]
    return image


def total_variation(image):
    """Return the sum of the lengths of the differences."""
    return float(np.linalg.norm(differences(image), axis=-1).sum())


@dataclass(frozen=True)
class Advertising:
    """Hold the linear program of which ad to show when, in units of 10,000 displays (6.8).

    Unknown are the displays of each ad in each hour, and the revenue of each ad. The revenue is
    at most its budget and what the clicks bring; `matrix @ unknowns <= limits` says the latter,
    that no hour has more than its traffic, and that each ad is shown as often as agreed.
    """

    cost: np.ndarray
    matrix: np.ndarray
    limits: np.ndarray
    budgets: np.ndarray


ADVERTISING_OPTIMUM = 4.29430265  # of the maximization, from HiGHS and Clarabel


def advertising(ads=5, hours=24, unit=10_000):
    """Return the problem with the lab's data."""
    draw = np.random.RandomState(1)
    budgets = 1000 * np.round((draw.lognormal(mean=8, size=ads) + 10_000) / 1000)
    clicks = draw.uniform(size=(ads, 1)) @ draw.uniform(size=(1, hours))
    traffic = np.sin(np.linspace(-np.pi, np.pi, hours)) * unit
    traffic += unit - traffic.min()
    agreed = draw.uniform(size=ads)
    agreed = 1000 * np.round(agreed * 0.6 * traffic.sum() / agreed.sum() / 1000)
    prices = np.array([draw.lognormal(agreed.min() / displays) for displays in agreed])
    n = ads * hours
    by_ad, by_hour = np.kron(np.eye(ads), np.ones(hours)), np.tile(np.eye(hours), ads)
    earned = by_ad * (prices[:, None] * clicks).ravel()
    none = np.zeros((hours, ads))
    return Advertising(
        cost=np.append(np.zeros(n), -np.ones(ads)),
        matrix=np.block([[-earned, np.eye(ads)], [by_hour, none], [-by_ad, 0 * np.eye(ads)]]),
        limits=np.concatenate([np.zeros(ads), traffic, -agreed]) / unit,
        budgets=np.append(np.full(n, np.inf), budgets / unit),
    )
