"""Where a student's code runs: behind walls, with the tests out of its reach."""
