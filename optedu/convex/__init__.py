"""The lab's toolbox: convex problems solved from scratch, each answer with its certificate.

Read the rooms in this order: `certificates` says what a solver hands out, `proximal` and
`projections` are the steps, `proximal_gradient`, `splitting`, `conditional`, `reweighting` and
`factorization` the methods made of them. A smooth part is a ``value_and_grad``, any other a
``prox(point, step)``; a method is a generator, and its caller decides which certificate is enough.
"""

from optedu.convex.certificates import Atomic, Bounded, PrimalDual, Split, Stationary, solve
from optedu.convex.conditional import (
    away_frank_wolfe,
    frank_wolfe,
    l1_ball_vertex,
    mirror_descent,
    simplex_vertex,
)
from optedu.convex.factorization import nmf_hals, nmf_multiplicative, nmf_nnls, nnls
from optedu.convex.projections import (
    project_affine,
    project_box,
    project_consensus,
    project_halfspace,
    project_l1_ball,
    project_l2_ball,
    project_nonnegative,
    project_simplex,
)
from optedu.convex.proximal import (
    conjugate_prox,
    huber,
    prox_huber,
    prox_l2,
    prox_l2_squared,
    prox_least_squares,
    soft_threshold,
)
from optedu.convex.proximal_gradient import (
    coordinate_descent,
    fista,
    ista,
    lasso_gap,
    projected_gradient,
)
from optedu.convex.reweighting import huber_weights, irls
from optedu.convex.splitting import (
    admm,
    alternating_projections,
    diagonal_steps,
    dykstra,
    pdhg,
)

__all__ = [
    "Atomic",
    "Bounded",
    "PrimalDual",
    "Split",
    "Stationary",
    "admm",
    "alternating_projections",
    "away_frank_wolfe",
    "conjugate_prox",
    "coordinate_descent",
    "diagonal_steps",
    "dykstra",
    "fista",
    "frank_wolfe",
    "huber",
    "huber_weights",
    "irls",
    "ista",
    "l1_ball_vertex",
    "lasso_gap",
    "mirror_descent",
    "nmf_hals",
    "nmf_multiplicative",
    "nmf_nnls",
    "nnls",
    "pdhg",
    "project_affine",
    "project_box",
    "project_consensus",
    "project_halfspace",
    "project_l1_ball",
    "project_l2_ball",
    "project_nonnegative",
    "project_simplex",
    "projected_gradient",
    "prox_huber",
    "prox_l2",
    "prox_l2_squared",
    "prox_least_squares",
    "simplex_vertex",
    "soft_threshold",
    "solve",
]
