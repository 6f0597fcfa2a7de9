"""The shape of a loss: critical points, pictures, symmetries and curvature.

Five rooms, in the order of the chapter. `critical` classifies the points where a run can come to
rest, and leaves the saddles among them. `slices` draws a loss of many parameters over a line or a
plane. `connectivity` knows which networks are the same function, and walks between two of them.
`eigenvalues` finds the extreme curvatures from products with the Hessian, without the matrix;
`spectrum` sees all of them at once, and follows the largest along a run.
"""

from optedu.landscape.connectivity import (
    align_hidden_units,
    barrier,
    interpolate,
    permute_hidden,
    rescale_relu,
)
from optedu.landscape.critical import (
    classify_critical_point,
    escape_steps,
    goe,
    inertia,
    perturbed_gradient_descent,
)
from optedu.landscape.eigenvalues import (
    Eigenpair,
    Ritz,
    extreme_eigenvalues,
    lanczos,
    power_iteration,
    top_eigenvalue,
)
from optedu.landscape.slices import (
    PathPlane,
    filter_normalize,
    path_plane,
    random_direction,
    slice_1d,
    slice_2d,
)
from optedu.landscape.spectrum import (
    Sharpness,
    SpectralDensity,
    hessian_trace,
    spectral_density,
    track_sharpness,
)

__all__ = [
    "Eigenpair",
    "PathPlane",
    "Ritz",
    "Sharpness",
    "SpectralDensity",
    "align_hidden_units",
    "barrier",
    "classify_critical_point",
    "escape_steps",
    "extreme_eigenvalues",
    "filter_normalize",
    "goe",
    "hessian_trace",
    "inertia",
    "interpolate",
    "lanczos",
    "path_plane",
    "permute_hidden",
    "perturbed_gradient_descent",
    "power_iteration",
    "random_direction",
    "rescale_relu",
    "slice_1d",
    "slice_2d",
    "spectral_density",
    "top_eigenvalue",
    "track_sharpness",
]
