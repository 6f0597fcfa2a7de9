"""Record the fingerprints of every bank: ``python -m tests.banks``."""

import sys

from optedu.checks import fingerprint
from tests.banks.bank import all_banks

if __name__ == "__main__":
    for bank in all_banks():
        path = fingerprint.write(bank.stem, bank.exercises, bank.model_solutions, bank.wrong)
        sys.stdout.write(f"{path}: {len(bank.wrong)} mistakes\n")
