"""Attacks on the grading, by family: what each tries, and what must happen."""

from tests.attacks import (
    exhaustion,
    feedback,
    integrity,
    network,
    notebooks,
    processes,
    reading,
    writing,
)
from tests.attacks.attack import Attack

FAMILIES = {
    "Reading": reading.ATTACKS,
    "Writing": writing.ATTACKS,
    "Network": network.ATTACKS,
    "Exhaustion": exhaustion.ATTACKS,
    "Processes": processes.ATTACKS,
    "Integrity": integrity.ATTACKS,
    "Notebooks": notebooks.ATTACKS,
    "Feedback": feedback.ATTACKS,
}
ATTACKS = [attack for attacks in FAMILIES.values() for attack in attacks]

__all__ = ["ATTACKS", "FAMILIES", "Attack"]
