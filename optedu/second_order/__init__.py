"""Second-order methods: what curvature is worth, and how to get it for less.

Newton's method solves with the Hessian. The others avoid the matrix, or the second derivatives:
quasi-Newton methods learn it from gradients, conjugate gradients need its products with vectors
only, and Gauss-Newton replaces it by first derivatives. Each method is a generator of `Iterate`
that ends by itself where no further step exists; `optedu.descent.follow` takes it to a tolerance.
"""

from optedu.second_order.conjugate import CGIterate, cg, newton_cg
from optedu.second_order.curvature import hessian, hvp
from optedu.second_order.least_squares import gauss_newton, levenberg_marquardt
from optedu.second_order.newton import newton
from optedu.second_order.quasi_newton import bfgs, bfgs_update, lbfgs, two_loop
from optedu.second_order.searches import SearchFailed, SearchStep, descend_along, strong_wolfe

__all__ = [
    "CGIterate",
    "SearchFailed",
    "SearchStep",
    "bfgs",
    "bfgs_update",
    "cg",
    "descend_along",
    "gauss_newton",
    "hessian",
    "hvp",
    "lbfgs",
    "levenberg_marquardt",
    "newton",
    "newton_cg",
    "strong_wolfe",
    "two_loop",
]
