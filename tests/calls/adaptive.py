"""One valid call of each public name of optedu.adaptive, for tests/test_bad_input.py."""

CALLS = {"correction_ratio": {"step": 12, "beta1": 0.9, "beta2": 0.999}}
