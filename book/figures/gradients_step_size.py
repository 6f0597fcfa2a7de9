"""Too long and too short a step: the data and the static picture of ``gradients-step-size``."""

import numpy as np

from optedu import plotting
from optedu.gradients import best_step, difference_error, numerical_gradient
from optedu.problems import exp_sin

SCHEMES = ("forward", "central")
X = 1.0
COMPLEX = {"float64": "complex128", "float32": "complex64"}
DTYPES = tuple(COMPLEX)
SHORTEST, LONGEST = 1e-18, 1.0
SLOPE = exp_sin().grad(np.array([X])).item()
SINE, COSINE = np.sin(X), np.cos(X)
# abs(f), abs(f'') and abs(f''') at X.
VALUE = np.exp(SINE)
SECOND = abs(COSINE**2 - SINE) * VALUE
THIRD = abs(COSINE**3 - 3 * SINE * COSINE - COSINE) * VALUE
CURVES = {"forward": SECOND, "central": THIRD}


def function(x):
    """Return exp(sin x), in the precision of x, real or complex."""
    return np.exp(np.sin(x))


def measured(h, scheme, dtype="float64"):
    """Return the slope that a computer finds; NaN where h is lost in x."""
    if scheme == "complex step":
        point = np.array(X + 1j * h).astype(COMPLEX[dtype])
        return float(function(point).imag / np.dtype(dtype).type(h))
    if h <= lost(scheme, dtype):
        return np.nan
    if dtype == "float64":
        return numerical_gradient(lambda x: function(x).item(), X, h, scheme).item()
    x, step = np.float32(X), np.float32(h)
    ahead, behind = x + step, x - step * (scheme == "central")
    return float((function(ahead) - function(behind)) / (ahead - behind))


def lost(scheme, dtype):
    """Return the longest step that leaves X as it is, on every side that the scheme looks at."""
    x = np.dtype(dtype).type(X)
    toward = 0 if scheme == "central" else 2  # numbers below a power of two are closer together
    return float(abs(np.nextafter(x, x.dtype.type(toward)) - x)) / 2


def data():
    """Return the point, what theory needs to know of it, and the ranges of the controls."""
    return {
        "x": X,
        "value": VALUE,
        "slope": SLOPE,
        "second": SECOND,
        "third": THIRD,
        "lost": [[*(lost(scheme, dtype) for scheme in SCHEMES), None] for dtype in DTYPES],
        "controls": {
            "h": {"min": SHORTEST, "max": LONGEST, "value": 1e-5},
            "scheme": {"min": 0, "max": 2, "value": SCHEMES.index("central")},
            "precision": {"min": 0, "max": 1, "value": 0},
        },
    }


def table(data):
    """Return the best step of theory, what it promises there, and what was measured there."""
    rows = []
    for dtype in DTYPES:
        for scheme in SCHEMES:
            h = best_step(scheme, VALUE, CURVES[scheme], dtype)
            promised = difference_error(h, scheme, VALUE, CURVES[scheme], dtype)
            rows.append([scheme, dtype, f"{h:.1e}", f"{promised:.1e}"])
            rows[-1].append(f"{abs(measured(h, scheme, dtype) - SLOPE):.1e}")
        error = abs(measured(1e-18, "complex step", dtype) - SLOPE)
        rounding = np.finfo(dtype).eps * SLOPE
        rows.append(["complex step", dtype, "1.0e-18", f"{rounding:.1e}", f"{error:.1e}"])
    return ["scheme", "precision", "h", "error, theory", "error, measured"], rows


def draw(data):
    """Draw the errors of three schemes against the step, in both precisions."""
    figure, axes = plotting.subplots(1, 2, width=760, height=340, sharey=True)
    steps = np.geomspace(1e-18, 1, 109)
    colors = {"forward": "SGD", "central": "gradient descent", "complex step": "Newton"}
    for ax, dtype in zip(axes, DTYPES, strict=True):
        for (scheme, name), marker in zip(colors.items(), "so^", strict=True):
            errors = [abs(measured(h, scheme, dtype) - SLOPE) for h in steps]
            color = plotting.COLORS[name]
            ax.loglog(steps, np.maximum(errors, 1e-18), marker, ms=3, color=color, label=scheme)
            if scheme in CURVES:
                seen = steps[steps > lost(scheme, dtype)]
                theory = difference_error(seen, scheme, VALUE, CURVES[scheme], dtype)
                ax.loglog(seen, theory, "--", lw=1, color=plotting.COLORS["theory"])
        ax.set(title=dtype, xlabel="h (log axes)", ylim=(1e-18, 1e2))
    axes[0].set_ylabel("error of the slope")
    axes[1].legend(loc="lower right")
    return figure
