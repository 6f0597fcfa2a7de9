"""Independent libraries that the reference is held against, when they are installed."""

import importlib
import os

import pytest


def peer(name):
    """Import a peer, or skip with the reason; in CI a missing peer is a failure."""
    try:
        return importlib.import_module(name)
    except ImportError:
        how = f"{name} is not installed; get it with: pip install -e .[peers]"
        if os.environ.get("CI"):
            pytest.fail(how, pytrace=False)
        pytest.skip(how, allow_module_level=True)
