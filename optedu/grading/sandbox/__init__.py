"""Where a student's code runs: behind walls, with the tests out of its reach."""

# In such a test what a student's function says could tell what it was called with.
HIDDEN = "### BEGIN HIDDEN TESTS"
