"""Wrong and right solutions of every exercise; ``python -m tests.banks`` records fingerprints."""
