"""Extreme eigenvalues and the plane of a path, held against SciPy's and scikit-learn's."""

import numpy as np
import pytest

from optedu.landscape import extreme_eigenvalues, path_plane, top_eigenvalue
from optedu.models import MLP
from tests.peers import peer

sparse = peer("scipy.sparse.linalg")


def network():
    stream = np.random.RandomState(0)
    X, y = stream.standard_normal((60, 8)), stream.randint(0, 4, 60)
    model = MLP(X, y, hidden=(10,), n_classes=4, l2=1e-3)
    return model, model.initial(np.random.default_rng(0))


class Counted:
    """A product with the Hessian that counts how often it is asked for."""

    def __init__(self, hvp):
        self.hvp, self.n_products = hvp, 0

    def __call__(self, v):
        self.n_products += 1
        return self.hvp(np.ravel(v))


def test_both_ends_agree_with_arpack():
    model, params = network()
    n, hvp = model.n_params, model.hvp(params)
    operator = sparse.LinearOperator((n, n), matvec=hvp, dtype=float)
    lowest, highest = extreme_eigenvalues(hvp, n, np.random.default_rng(0), tol=1e-8)
    for ours, which in ((lowest, "SA"), (highest, "LA")):
        values, vectors = sparse.eigsh(operator, k=1, which=which, tol=1e-10)
        assert ours.value == pytest.approx(values.item(), rel=1e-10)  # its and our tol, squared
        # Vectors err by the residual over the gap, here a few times 1e-7; their sign is free.
        assert abs(ours.vector @ vectors[:, 0]) == pytest.approx(1, abs=1e-10)


def test_the_top_takes_no_more_products_than_arpack():
    model, params = network()
    n, ours, theirs = model.n_params, *(Counted(model.hvp(params)) for _ in range(2))
    pair = top_eigenvalue(ours, n, np.random.default_rng(0), tol=1e-6)
    operator = sparse.LinearOperator((n, n), matvec=theirs, dtype=float)
    value = sparse.eigsh(
        operator, k=1, which="LA", tol=1e-6, v0=np.ones(n), return_eigenvectors=False
    )
    assert pair.value == pytest.approx(value.item(), rel=1e-10)
    assert ours.n_products == pair.n_products <= theirs.n_products


def test_the_plane_is_that_of_principal_components():
    PCA = peer("sklearn.decomposition").PCA
    path = np.cumsum(np.random.RandomState(0).standard_normal((25, 9)), axis=0)
    plane, theirs = path_plane(path), PCA(n_components=2).fit(path)
    np.testing.assert_allclose(plane.explained, theirs.explained_variance_ratio_, rtol=1e-12)
    cosines = np.sum(plane.directions * theirs.components_, axis=1)
    np.testing.assert_allclose(np.abs(cosines), 1, rtol=1e-12)  # a few roundings, either sign
