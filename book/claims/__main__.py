"""Measure every claim of the book and say which have moved: ``python -m book.claims``."""

import sys

from book.claims import all_claims, measure_all


def main():
    """Print one line a value and return the number of claims that have moved."""
    claims = all_claims()
    measured = measure_all(claims)
    moved = 0
    for name, claim in claims.items():
        for key, want in claim.expected.items():
            print(f"{name}:{key}  measured {measured[name][key]:.6g}  expected {want:.6g}")
        for failure in claim.failures(measured[name]):
            print(f"MOVED  {failure}")
            moved += 1
    print(f"{len(claims)} claims, {moved} values moved")
    return moved


if __name__ == "__main__":
    sys.exit(bool(main()))
