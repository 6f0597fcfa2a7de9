"""Every number that the book quotes, measured by a seeded function.

A claim is a function that returns what it measured, with the value theory (or an earlier
measurement) predicts, a tolerance, and the reason for both. The pages quote the measurement; the
build fails when one moves. ``python -m book.claims`` runs them all.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """One statement of the book, and how it is measured.

    Parameters
    ----------
    name : str
        ``<module>.<function>``, as the pages quote it.
    statement : str
        What is claimed, in a sentence.
    expected : dict of str to float
        The predicted values, by key.
    rtol, atol : float
        A measurement may differ by ``atol + rtol * abs(expected)``.
    reason : str
        Where the prediction comes from, and why the tolerance is what it is.
    measure : callable
        Takes nothing and returns a dict with the keys of `expected`.
    """

    name: str
    statement: str
    expected: dict
    rtol: float
    atol: float
    reason: str
    measure: Callable

    @property
    def source(self):
        """The text of the measuring function, without its decorator."""
        lines = inspect.getsource(self.measure).splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith("def "))
        return "\n".join(lines[start:])

    def failures(self, measured):
        """Return one sentence for each value that is missing or has moved."""
        if measured.keys() != self.expected.keys():
            return [f"{self.name} returned {sorted(measured)}, expected {sorted(self.expected)}"]
        return [
            f"{self.name}:{key} measured {measured[key]!r}, expected {want!r} ({self.reason})"
            for key, want in self.expected.items()
            # A NaN compares as false, so it fails.
            if not abs(measured[key] - want) <= self.atol + self.rtol * abs(want)
        ]


def claim(statement, *, expected, reason, rtol=0.0, atol=0.0):
    """Mark a function as the measurement behind a claim."""

    def mark(measure):
        name = f"{measure.__module__.rpartition('.')[2]}.{measure.__name__}"
        measure.claim = Claim(name, statement, expected, rtol, atol, reason, measure)
        return measure

    return mark


def all_claims():
    """Return the claims of every module here, by name, in the order in which they are written."""
    claims = {}
    for info in pkgutil.iter_modules(__path__):
        if not info.name.startswith("_"):
            module = importlib.import_module(f"{__name__}.{info.name}")
            for value in vars(module).values():
                if isinstance(found := getattr(value, "claim", None), Claim):
                    claims[found.name] = found
    return claims


def measure_all(claims):
    """Measure the given claims and return plain floats: {claim: {key: value}}."""
    return {
        name: {key: float(value) for key, value in claim.measure().items()}
        for name, claim in claims.items()
    }
