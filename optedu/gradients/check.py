"""Check derivatives that someone wrote by hand, by the definition they must satisfy.

Along a direction d the loss changes at the rate grads . d. The entries of a random d have random
signs, so an error e of the gradient shows as e . d, which is about as large as e itself. Once a
direction fails, halving it leads to the coordinate where the error is.

The slope along d is measured by the complex step where f allows it, else by Ridders' differences,
which come with their error. A disagreement counts only beyond that error and beyond the rounding
in the gradient's own formula. Where the slopes from the left and from the right differ there is
no gradient: the kink is reported, and the check goes on beside it.
"""

import numpy as np

from optedu._validation import (
    require_callable,
    require_choice,
    require_count,
    require_number,
    require_positive,
    require_rng,
)
from optedu.gradients._mistakes import explain, unfit
from optedu.gradients._place import UNSURE, Block, Function, Gradient, Hessian, Place, relative
from optedu.gradients._slopes import (
    as_double,
    confirm_partials,
    in_double,
    moved,
    partials,
    size,
    typical_unit,
    units,
)
from optedu.gradients.report import Coordinate, GradientReport, Kink

# Few enough coordinates to try one by one.
FEW = 64
TOO_ROUGH = "too rough or too noisy here to measure a slope"


def gradient_check(
    f,
    grad,
    x,
    *,
    blocks=None,
    method="directions",
    shifted_losses=None,
    n_directions=2,
    tol=1e-7,
    rng=None,
):
    """Check a gradient against the function it belongs to, and say what is wrong with it.

    By directions, each parameter array is tested along random directions, for a few evaluations
    however long it is; a mistake in one of n equal entries shows as 1/sqrt(n) of the whole. In
    full, every entry is tested.

    Parameters
    ----------
    f : callable
        Maps parameters to one number, in float64. Written without abs, norm and conj it lets the
        complex step in, which is faster and exact.
    grad : callable
        Maps parameters to the gradient, of the same form as the parameters.
    x : array_like or dict of array_like
        The point: an array, or parameter arrays by name, which `f` and `grad` then take and
        return too. Integers and float32 become float64. Choose numbers without pattern; at zero
        many mistakes hide.
    blocks : dict, optional
        For a flat `x`: the name of each parameter array, with its slice and its shape.
    method : str
        "directions" or "full".
    shifted_losses : callable, optional
        ``shifted_losses(x, shifts)`` returns f at x with coordinate i moved by ``shifts[i]``, for
        all i, in flat arrays. A linear layer does that without starting over. Only for "full".
    n_directions : int
        Directions a parameter array. The odd ones move each entry by its own size, the even ones
        all entries alike.
    tol : float
        The largest relative error that passes.
    rng : Generator, optional
        The source of the directions; without one they are the same each time.

    Returns
    -------
    GradientReport
        Whether it passed, and what was found. Kinks by themselves are no failure.

    Raises
    ------
    ValueError
        If shapes do not match, `f` or `grad` computes in float32, or `f` is not finite at `x`.

    Examples
    --------
    >>> report = gradient_check(lambda x: x @ x, lambda x: x, [1.0, 2.0, 3.0])
    >>> print(report.passed, report.mistakes)
    False ('x: the claim is half the derivative: a factor 2 is missing',)
    """
    require_choice("method", method, ("directions", "full"))
    n_directions = require_count("n_directions", n_directions, at_least=1)
    tol = require_positive("tol", require_number("tol", tol))
    rng = _generator(rng)
    require_callable("f", f)
    require_callable("grad", grad)
    if shifted_losses is not None:
        require_callable("shifted_losses", shifted_losses)
    point, blocks, unpack, pack = _layout(x, blocks)
    function = Function("f", lambda flat: f(unpack(flat)))
    here = Place(function, lambda flat: Gradient(pack(grad(unpack(flat)))), point, tol)
    if not np.all(np.isfinite(here.base)):
        raise ValueError(f"f must be finite at x; it returned {here.base[0]}. Choose another x")
    findings = _Findings(function, tol)
    finite = [block for block in blocks if _is_finite(here, block, findings)]
    if method == "directions":
        for block in finite:
            _check_directions(here, block, findings, n_directions, rng)
    elif finite == blocks:
        _check_entries(here, blocks, findings, shifted_losses, rng)
    return findings.report()


def hessian_check(grad, hessian, x, *, n_directions=2, tol=1e-7, rng=None):
    """Check a Hessian against differences of the gradient, and for symmetry.

    Along a direction v the gradient changes at the rate H v, and u . H v = v . H u.

    Parameters
    ----------
    grad : callable
        Maps an array like `x` to the gradient, itself checked before.
    hessian : callable
        Maps `x`, with n entries in all, to the (n, n) matrix, or to a function v -> H v of flat
        arrays.
    x : array_like
        The point.
    n_directions : int
        How many directions to try.
    tol : float
        The largest relative error that passes.
    rng : Generator, optional
        The source of the directions; without one they are the same each time.

    Returns
    -------
    GradientReport
        Whether it passed; its blocks are "hessian" and "symmetry", and indices are row and column.

    Raises
    ------
    ValueError
        If shapes do not match, or the gradient or the Hessian is not finite at `x`.

    Examples
    --------
    >>> hessian_check(lambda x: x**3, lambda x: np.diag(3 * x**2), [1.0, 2.0]).passed
    True
    """
    n_directions = require_count("n_directions", n_directions, at_least=1)
    tol = require_positive("tol", require_number("tol", tol))
    rng = _generator(rng)
    require_callable("hessian", hessian)
    x = as_double("x", x)
    # Times the size of its coordinate, each entry of the gradient is in the unit of the loss.
    weights = units(x.ravel())
    function = Function("grad", lambda flat: grad(flat.reshape(x.shape)), x.shape, weights)
    require_callable("grad", grad)

    def differentiate(flat):
        return Hessian(hessian(flat.reshape(x.shape)), weights)

    here = Place(function, differentiate, x.ravel(), tol)
    block = Block("hessian", np.arange(x.size), (x.size, x.size), weights, typical_unit(weights))
    if not np.all(np.isfinite(here.base)):
        raise ValueError("grad must be finite at x; choose another x")
    if not np.all(np.isfinite(here.derivative.along(block.direction(0, rng, x.size)))):
        raise ValueError("hessian must be finite at x")
    findings = _Findings(function, tol)
    _check_directions(here, block, findings, n_directions, rng)
    _check_symmetry(here, block, findings, n_directions, rng)
    return findings.report()


class _Findings:
    """What is found, block by block."""

    def __init__(self, function, tol):
        self.function, self.tol = function, tol
        self.errors, self.worst, self.kinks, self.mistakes = {}, None, [], []

    def note(self, block, error):
        """Keep the largest error of each block."""
        self.errors[block.name] = max(float(error), self.errors.get(block.name, 0.0))

    def fail(self, block, error, mistake, entry=None):
        """Note a claim that is wrong, and where it is, if it is the worst so far."""
        if error >= max(self.errors.values(), default=0.0):
            self.worst = entry
        self.note(block, error)
        self.mistakes.append(f"{block.name}: {mistake}")

    def report(self):
        """Return the report of what was noted."""
        ways = ("differences by Ridders' method", "complex step")
        return GradientReport(
            passed=not self.mistakes,
            errors=self.errors,
            tol=self.tol,
            worst=self.worst,
            kinks=tuple(self.kinks),
            mistakes=tuple(self.mistakes),
            method=ways[self.function.analytic],
            evaluations=self.function.evaluations,
        )


def _check_directions(here, block, findings, n_directions, rng):
    """Try random directions; if one fails, find the coordinate, and name the mistake."""
    directions = [block.direction(number, rng, here.point.size) for number in range(n_directions)]

    def try_all(place):
        return [place.compare(d, verify=number == 0) for number, d in enumerate(directions)]

    trials = try_all(here)
    bent = [trial for trial in trials if np.any(trial.jumps)]
    if bent:
        spot = _locate(lambda part: np.max(np.abs(here.differences(part)[2])), bent[0].direction)
        kink = _kink(here, block, spot)
        if kink.left != kink.right:
            findings.kinks.append(kink)
        here = here.beside(block, rng)
        trials = try_all(here)
    trial = max(trials, key=lambda trial: trial.error)
    if trial.error > findings.tol:
        spot = _locate(lambda part: here.compare(part).gap, trial.direction)
        mistake = explain(here, block, spot, trial, rng)
        findings.fail(block, trial.error, mistake, _coordinate(here, block, spot))
    elif all(trial.unsure for trial in trials):
        findings.fail(block, np.inf, unfit(here, trial.direction) or TOO_ROUGH)
    else:
        findings.note(block, trial.error)


def _check_entries(here, blocks, findings, shifted_losses, rng):
    """Measure the slopes along all coordinates at once, then judge each block."""
    n, grads, tol = here.point.size, here.derivative.grads, findings.tol
    first = [here.compare(block.direction(0, rng, n), verify=True) for block in blocks]
    bent = any(np.any(trial.jumps) for trial in first)
    if shifted_losses is None:
        measured, errors, jumps = _entry_slopes(here, blocks, bent)
    else:
        measured, errors, jumps = _shifted_slopes(here, blocks, bent, shifted_losses)
        _require_same_function(first, measured, errors)
    with np.errstate(all="ignore"):
        gaps, whole = np.abs(measured - grads), np.maximum(np.abs(measured), np.abs(grads))
        relatives = relative(gaps, whole, 10 * errors / tol)
        unsure = ~(errors <= UNSURE * whole + 1e-6 * size(here.base) / _scales(blocks)[0])
        if np.any(unsure) or np.any(relatives > tol):
            noise = here.noise(np.ones(n))
            relatives = relative(gaps, whole, (10 * errors + noise) / tol)
            unsure &= ~(errors <= noise) & (jumps == 0)
    for block, trial in zip(blocks, first, strict=True):
        kinks = block.where[jumps[block.where] != 0]
        for spot in kinks:
            slopes = measured[spot] + np.array([-0.5, 0.5]) * jumps[spot]
            findings.kinks.append(
                Kink(block.name, block.index(spot), *slopes.tolist(), float(grads[spot]))
            )
        relatives[kinks] = 0.0
        spot = block.where[np.argmax(relatives[block.where])]
        if relatives[spot] > tol:
            entry = Coordinate(
                block.name, block.index(spot), float(grads[spot]), float(measured[spot])
            )
            mistake = explain(here, block, spot, trial, rng)
            findings.fail(block, relatives[spot], mistake, entry)
        elif np.any(unsure[block.where]):
            findings.fail(block, np.inf, unfit(here, trial.direction) or TOO_ROUGH)
        else:
            findings.note(block, relatives[spot])
        if kinks.size:
            _check_directions(here.beside(block, rng), block, findings, 2, rng)


def _step(place, block, spot):
    return _only(block.unit[block.where == spot], [spot], place.point.size)


def _entry_slopes(here, blocks, bent):
    """Return slopes, errors and jumps along each coordinate, one loss after the other."""
    n, function = here.point.size, here.function
    if function.analytic and not bent:
        steps = (_only(1.0, i, n) for i in range(n))
        slopes = [function.complex_slopes(here.point, step)[0] for step in steps]
        return np.array(slopes), np.zeros(n), np.zeros(n)

    def shifted(lanes, shifts):
        points = (moved(here.point, i, shift) for i, shift in zip(lanes, shifts, strict=True))
        return [function(point)[0] for point in points]

    return _real_slopes(here, blocks, bent, shifted)


def _shifted_slopes(here, blocks, bent, shifted_losses):
    """Return the same from losses that `shifted_losses` finds together."""
    n, point = here.point.size, here.point
    if here.function.analytic and not bent:
        moves = Function("shifted_losses", lambda shifts: shifted_losses(point, shifts))
        slopes = moves.complex_slopes(np.zeros(n), np.ones(n))
        if slopes is not None:
            return in_double("shifted_losses", slopes, (n,)), np.zeros(n), np.zeros(n)
    here.function.analytic = False

    def shifted(lanes, shifts):
        everywhere = np.zeros(n)
        everywhere[lanes] = shifts
        return in_double("shifted_losses", shifted_losses(point, everywhere), (n,))[lanes]

    return _real_slopes(here, blocks, bent, shifted)


def _real_slopes(here, blocks, bent, shifted):
    if bent:  # a claim may agree with the mean of two slopes
        return partials(shifted, here.base[0], *_scales(blocks))
    claimed = here.derivative.grads
    return confirm_partials(shifted, here.base[0], *_scales(blocks), claimed, here.tol / 2)


def _require_same_function(trials, measured, errors):
    for trial in trials:
        gap = abs(measured @ trial.direction - trial.measured[0])
        trusted = 10 * np.abs(trial.direction) @ errors + 1e-6 * size(measured * trial.direction)
        if not gap <= trusted and not np.any(trial.jumps):
            raise ValueError(
                "shifted_losses must return f at x with coordinate i moved by shifts[i], for all "
                f"i; along one direction its slope is {measured @ trial.direction:.6g}, that of f "
                f"is {trial.measured[0]:.6g}"
            )


def _check_symmetry(here, block, findings, n_directions, rng):
    """Compare u . H v with v . H u."""
    symmetry, n = block._replace(name="symmetry"), here.point.size
    error = 0.0
    for _ in range(n_directions):
        u, v = block.direction(0, rng, n), block.direction(0, rng, n)
        uHv = u / block.unit * here.derivative.along(v)
        vHu = v / block.unit * here.derivative.along(u)
        whole = max(size(uHv), size(vHu))
        error = max(error, relative(abs(np.sum(uHv) - np.sum(vHu)), whole, 0.0))
    if error > findings.tol:
        findings.fail(symmetry, error, "u . H v is not v . H u; a Hessian is symmetric")
    else:
        findings.note(symmetry, error)


def _locate(badness, direction):
    """Return the coordinate that looks worst, by halving the direction, then one by one."""
    spots, n = np.flatnonzero(direction), direction.size
    while spots.size > FEW:
        halves = np.array_split(spots, 2)
        spots = max(halves, key=lambda half: badness(_only(direction[half], half, n)))
    return int(max(spots, key=lambda i: badness(_only(direction[i], i, n))))


def _only(value, where, n):
    direction = np.zeros(n)
    direction[where] = value
    return direction


def _coordinate(place, block, spot):
    """Return what is claimed and what is measured for one entry."""
    step = _step(place, block, spot)
    trial = place.compare(step)
    row = int(np.argmax(np.abs(trial.measured - trial.claimed)))
    scale = step[spot] * place.weight(row)
    pair = (float(slopes[row] / scale) for slopes in (trial.claimed, trial.measured))
    return Coordinate(block.name, block.index(spot, row), *pair)


def _kink(place, block, spot):
    """Return the slopes on the two sides of an entry, and what is claimed."""
    step = _step(place, block, spot)
    slopes, _, jumps = place.differences(step)
    row = int(np.argmax(np.abs(jumps)))
    scale = step[spot] * place.weight(row)
    claimed = place.derivative.along(step)[row]
    sides = slopes[row] - jumps[row] / 2, slopes[row] + jumps[row] / 2, claimed
    return Kink(block.name, block.index(spot, row), *(float(side / scale) for side in sides))


def _is_finite(here, block, findings):
    """Tell whether the gradient of a block is finite; if it is not, say where."""
    wrong = block.where[~np.isfinite(here.derivative.grads[block.where])]
    if wrong.size:
        mistake = f"{wrong.size} of {block.where.size} entries claimed are NaN or infinite"
        findings.fail(block, np.inf, mistake, _coordinate(here, block, wrong[0]))
    return not wrong.size


def _layout(x, blocks):
    """Return the flat point, its blocks, and how to fold parameters and to flatten gradients."""
    if isinstance(x, dict):
        arrays = {name: as_double(f"x[{name!r}]", value) for name, value in x.items()}
        ends = np.cumsum([array.size for array in arrays.values()])
        blocks = {
            name: (slice(int(end - array.size), int(end)), array.shape)
            for end, (name, array) in zip(ends, arrays.items(), strict=True)
        }
        if not arrays:
            raise ValueError("x must hold at least one parameter array; got an empty dict")
        point = np.concatenate([array.ravel() for array in arrays.values()])

        def fold(flat):
            return {name: flat[at].reshape(shape).copy() for name, (at, shape) in blocks.items()}

        def flatten(grads):
            if not isinstance(grads, dict) or grads.keys() != blocks.keys():
                raise ValueError(
                    f"grad must return a dict with the arrays {', '.join(map(str, blocks))}, like "
                    f"x; it returned {list(grads) if isinstance(grads, dict) else type(grads)}"
                )
            parts = (
                in_double(f"grad[{name!r}]", grads[name], shape).ravel()
                for name, (_, shape) in blocks.items()
            )
            return np.concatenate(list(parts))
    else:
        array = as_double("x", x)
        point, shape = array.ravel(), array.shape

        def fold(flat):
            return flat.reshape(shape).copy()

        def flatten(grads):
            return in_double("grad", grads, shape).ravel()

        if blocks is None:
            blocks = {"x": (slice(0, point.size), shape)}
    return point, _as_blocks(point, blocks), fold, flatten


def _as_blocks(point, blocks):
    """Return the blocks; together they must be all entries, each once."""
    entries = np.arange(point.size)
    try:
        found = [
            Block(name, entries[at], tuple(shape), units(point[at]), typical_unit(point[at]))
            for name, (at, shape) in blocks.items()
        ]
        covered = np.sort(np.concatenate([block.where for block in found]))
        fits = all(np.prod(block.shape) == block.where.size for block in found)
    except (AttributeError, TypeError, ValueError, IndexError) as error:
        raise ValueError("blocks must map each name to a slice and a shape") from error
    if not fits or not np.array_equal(covered, entries):
        raise ValueError(
            f"blocks must cover the {point.size} entries of x once, with slices as long as shapes"
        )
    return found


def _scales(blocks):
    """Return the units and the typical units of all entries."""
    order = np.argsort(np.concatenate([block.where for block in blocks]))
    return (
        np.concatenate([block.unit for block in blocks])[order],
        np.concatenate([block.typical for block in blocks])[order],
    )


def _generator(rng):
    return np.random.default_rng(0) if rng is None else require_rng("rng", rng)
