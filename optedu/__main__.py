"""The course's commands: `python -m optedu --help`."""

import sys

from optedu.grading.cli import main

if __name__ == "__main__":  # workers import this module too
    sys.exit(main())
