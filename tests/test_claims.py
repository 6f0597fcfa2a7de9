"""The numbers that the book quotes still hold, and one that moved would be noticed."""

import numpy as np
import pytest

from book.claims import Claim, all_claims

CLAIMS = all_claims()


@pytest.mark.parametrize("name", CLAIMS)
def test_claim_holds(name):
    claim = CLAIMS[name]
    assert not claim.failures({key: float(value) for key, value in claim.measure().items()})


@pytest.mark.parametrize("name", CLAIMS)
def test_claim_says_what_and_why(name):
    claim = CLAIMS[name]
    assert claim.statement.endswith((".", ")."))
    assert claim.reason
    assert claim.source.startswith("def ")


@pytest.mark.parametrize(
    "measured", [{"a": 1.2}, {"a": np.nan}, {"a": np.inf}, {}, {"a": 1.0, "b": 0.0}]
)
def test_moved_or_missing_value_fails(measured):
    claim = Claim("module.name", "It is one.", {"a": 1.0}, 0.1, 0.0, "why", lambda: measured)
    assert claim.failures(measured)


def test_value_within_tolerance_passes():
    claim = Claim("module.name", "It is one.", {"a": 1.0}, 0.1, 0.0, "why", dict)
    assert not claim.failures({"a": 1.09})
