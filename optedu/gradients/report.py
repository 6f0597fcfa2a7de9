"""What a check has found, in words."""

from dataclasses import dataclass
from typing import NamedTuple

# Where one entry has a kink, many may have one.
SHOWN = 5


class Coordinate(NamedTuple):
    """One entry of a gradient, as claimed and as measured.

    Parameters
    ----------
    block : str
        The parameter array.
    index : tuple of int
        The entry's index in that array.
    claimed, measured : float
        What the code says, and what differences of the loss say.
    """

    block: str
    index: tuple
    claimed: float
    measured: float


class Kink(NamedTuple):
    """A coordinate along which the loss has two slopes, so that it has no gradient.

    Parameters
    ----------
    block : str
        The parameter array.
    index : tuple of int
        The entry's index in that array.
    left, right : float
        The slopes below and above. For a convex function anything between them is a subgradient.
    claimed : float
        What the code says.
    """

    block: str
    index: tuple
    left: float
    right: float
    claimed: float


@dataclass(frozen=True, repr=False)
class GradientReport:
    """The outcome of `gradient_check` or `hessian_check`; print it.

    Parameters
    ----------
    passed : bool
        Whether the claim agrees with the measurements.
    errors : dict of str to float
        The relative error found in each parameter array, at most `tol` where it passed.
    tol : float
        The largest relative error that passes.
    worst : Coordinate or None
        Where a claim that failed is furthest off.
    kinks : tuple of Kink
        Coordinates without a derivative at this point. The rest was checked close by.
    mistakes : tuple of str
        What seems to be wrong, a sentence each.
    method : str
        How the derivatives were measured.
    evaluations : int
        How often the function was called.
    """

    passed: bool
    errors: dict
    tol: float
    worst: Coordinate | None
    kinks: tuple
    mistakes: tuple
    method: str
    evaluations: int

    def __bool__(self):
        """Let ``assert gradient_check(...)`` work, with this report as its message."""
        return self.passed

    def __repr__(self):
        """Say what was found, a line each."""
        largest = max(self.errors.values())
        verdict = f"passed: relative error {largest:.1e}" if self.passed else "FAILED"
        lines = [f"{verdict} (tol {self.tol:g}, {self.method}, {self.evaluations} evaluations)"]
        if not self.passed:
            lines += [
                f"  {name}: relative error {error:.1e}{'' if error <= self.tol else '  <- wrong'}"
                for name, error in self.errors.items()
            ]
        lines += [f"  {mistake}" for mistake in self.mistakes]
        if self.worst:
            lines.append(
                f"  worst at {_place(self.worst)}: claimed {self.worst.claimed:.9g}, "
                f"measured {self.worst.measured:.9g}"
            )
        lines += [f"  kink suspected at {_sides(kink)}" for kink in self.kinks[:SHOWN]]
        if len(self.kinks) > SHOWN:
            lines.append(f"  and at {len(self.kinks) - SHOWN} more entries")
        return "\n".join(lines)


def _sides(kink):
    slack = 0.01 * abs(kink.right - kink.left)  # slopes from one side are less exact
    low, high = sorted((kink.left, kink.right))
    between = low - slack <= kink.claimed <= high + slack
    return (
        f"{_place(kink)}: slope {kink.left:.6g} on the left, {kink.right:.6g} on the right, "
        f"claimed {kink.claimed:.6g}{'' if between else ', which is not between them'}"
    )


def _place(entry):
    return f"{entry.block}[{', '.join(map(str, entry.index))}]" if entry.index else entry.block
