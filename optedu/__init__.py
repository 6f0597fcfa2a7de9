"""The reference, the checks and the grading of a course on optimization for machine learning."""

__version__ = "0.1.0"
