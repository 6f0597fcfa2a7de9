"""Guess from a few numbers what a derivative that failed has got wrong."""

import numpy as np

from optedu.gradients._slopes import EPS


def explain(place, block, spot, trial, rng):
    """Return a sentence about the mistake in a block, of which `spot` is the worst entry.

    A mistake that adds a known vector to the gradient adds a known slope along each direction, so
    three directions suffice to recognize it and to find its factor.
    """
    if reason := unfit(place, trial.direction):
        return reason
    n = place.point.size
    rest = np.where(np.arange(n) == spot, 0.0, trial.direction)
    if np.any(rest) and place.compare(rest).error <= place.tol:
        return "only this coordinate is wrong"
    trials = [place.compare(block.direction(0, rng, n)) for _ in range(3)]
    claimed = np.array([trial.claimed for trial in trials])
    if not np.any(claimed):
        return "the claim is zero, but the function changes along it"
    gaps = np.array([trial.measured for trial in trials]) - claimed
    for name, along in place.derivative.additions(block, place.point):
        added = np.array([along(trial.direction) for trial in trials])
        if not np.any(added):
            continue
        factor = np.vdot(added, gaps) / np.vdot(added, added)
        if np.max(np.abs(gaps - factor * added)) <= 1e-3 * np.max(np.abs(gaps)):
            return SENTENCES[name](factor)
    return "the claim is wrong in more than one entry"


def unfit(place, direction):
    """Say why no derivative can be measured, if the function or the claim is to blame."""
    again = place.differentiate(place.point).along(direction)
    if not np.array_equal(place.function(place.point), place.base):
        return "the function is not the same when called again; fix its random numbers"
    if not np.array_equal(again, place.derivative.along(direction)):
        return "the claim is not the same when made again; fix its random numbers"
    short, long = 2.0**-34, 2.0**-18
    moves = [
        np.abs(place.function(place.point + t * direction) - place.base) for t in (short, long)
    ]
    expected = moves[1] * short / long
    if np.any((moves[0] == 0) & (expected > 1000 * EPS * np.abs(place.base))):
        return "rounding hides the function's slope: single precision, or large terms that cancel?"
    return ""


def _scaled(addition):
    factor = 1 / (1 + addition) if addition != -1 else np.inf
    if abs(factor + 1) < 1e-4:
        return "the sign is wrong"
    if abs(factor - 2) < 1e-4:
        return "the claim is twice the derivative: a factor 2 too many"
    if abs(factor - 0.5) < 1e-4:
        return "the claim is half the derivative: a factor 2 is missing"
    return f"the claim is {factor:.6g} times the derivative: is a constant factor like 1/N wrong?"


def _transposed(addition):
    if abs(addition - 1) < 1e-4:
        return "the array is transposed"
    return "the claim is wrong in more than one entry"


def _penalized(what):
    def sentence(addition):
        if addition > 0:
            return f"{addition:.6g} times {what} is missing: the derivative of a penalty?"
        return f"{-addition:.6g} times {what} is too much: the derivative of a penalty?"

    return sentence


SENTENCES = {
    "factor": _scaled,
    "transpose": _transposed,
    "penalty": _penalized("the parameters"),
    "ridge": _penalized("the identity"),
    "signs": _penalized("the parameters' signs"),
}
