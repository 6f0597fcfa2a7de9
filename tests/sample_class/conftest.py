"""The sample class is text for notebooks, wrong on purpose; nothing here may be imported."""

collect_ignore_glob = ["*/*.py"]
