"""Build the site from this checkout alone: its library, its own MathJax, no stale outputs."""

import hashlib
import os
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Pages and kernels import `optedu` and `book.claims` from here, whatever is installed.
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))

# What a page's outputs depend on besides its own text.
SOURCES = ["optedu", "book", "tests/banks", "tests/attacks"]
MATHJAX = ["tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions"]


def sources_key(root=ROOT, folders=SOURCES) -> str:
    """Return a short hash of the code and the data that the pages run."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".json"}:
                digest.update(str(path.relative_to(root)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def keyed_folder(name):
    """Return the folder ``_build/name`` of the present sources, and drop those of older ones."""
    current = ROOT / "_build" / name / sources_key()
    for old in current.parent.glob("*"):
        if old != current:
            shutil.rmtree(old, ignore_errors=True)
    return current


def key_cache(app, config):
    """Give every state of the sources its own execution cache.

    The path is part of the environment's configuration, so a new one also makes Sphinx read
    again pages whose own text did not change.
    """
    config.nb_execution_cache_path = str(keyed_folder(".jupyter_cache"))


def drop_thebe(app, pagename, templatename, context, doctree):
    """Drop the scripts of sphinx-thebe, which Jupyter Book always loads and which name a CDN."""
    for key in ("script_files", "css_files"):
        context[key] = [
            asset
            for asset in context[key]
            if "thebe" not in f"{asset.filename} {asset.attributes.get('body')}".lower()
        ]


def mend_markup(app, pagename, templatename, context, doctree):
    """Give screen readers a table's empty corner as a cell, and citations as items of their list.

    The writers make the first a heading without text, and the second a role that ARIA retired.
    """
    body = context.get("body", "")
    body = re.sub(r'<th class="head([^"]*)"><p></p></th>', r'<td class="head\1"></td>', body)
    context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def copy_mathjax(app, exception):
    """Copy the part of MathJax that the pages can ask for from the installed package."""
    if exception or app.builder.format != "html":
        return
    package = find_spec("sphinx-mathjax-offline").submodule_search_locations[0]
    for name in MATHJAX:
        source = Path(package) / "static" / "mathjax" / name
        target = app.outdir / "_static" / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)


def setup(app):
    """Connect the hooks."""
    app.connect("config-inited", key_cache)
    # After the extensions that add the assets.
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("html-page-context", mend_markup)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
