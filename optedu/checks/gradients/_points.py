"""What the points are made of: an exercise may begin with integers, but functions get floats."""

import numpy as np

from optedu.checks.student import CheckFailed, Counted


class Typed(Counted):
    """A counted function that keeps the types of the points, too.

    Its parameters are those of `Counted`.
    """

    def __init__(self, function, name, budget=1000):
        super().__init__(function, name, budget)
        self.types = []

    def __call__(self, *args):
        """Return the function's value, and keep what the point is made of."""
        value = super().__call__(*args)  # refuses what is no point
        self.types.append(np.asarray(args[0]).dtype)
        return value

    @property
    def kind(self):
        """Return in a word what the points are made of, and the worst where they differ."""
        if any(dtype.kind != "f" for dtype in self.types):
            return "integers"
        return "floats" if all(dtype.itemsize >= 8 for dtype in self.types) else "float32"


def require_floats(function, case, look):
    """Ask whether all the points that a `Typed` function was given are floats, of 16 digits."""
    if function.kind != "floats":
        raise CheckFailed(
            f"{case}, your function calls {function.__name__} with an array of {function.kind}.",
            look,
            token=f"calls {function.__name__} with {function.kind}",
        )
