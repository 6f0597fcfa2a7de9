"""The build refuses what would be wrong on a page, and runs pages again when it must."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "book" / "_ext"


def figure(name="descent-rate", alt=":alt: A path.", caption="The finding."):
    """Return the text that places a figure."""
    return f"```{{live-figure}} {name}\n{alt}\n\n{caption}\n```"


GOOD = figure() + "\n\nGo {try}`past 2/L <descent-rate: alpha=0.51; start=1.2,-0.4>`."
BAD = {
    "no-alt": (figure(alt=""), "no text alternative"),
    "no-caption": (figure(caption=""), "no caption"),
    "no-figure": (figure(name="descent-nothing"), "book/figures/descent_nothing.py"),
    "try-control": ("{try}`x <descent-rate: beta=1>`", "has no control 'beta'"),
    "try-range": ("{try}`x <descent-rate: alpha=9>`", "outside 0.01 to 0.56"),
    "try-figure": ("{try}`x <nothing: alpha=9>`", "there is no figure 'nothing'"),
    "try-form": ("{try}`x`", "write {try}"),
    "try-value": ("{try}`x <descent-rate: alpha>`", "write {try}"),
    "try-number": ("{try}`x <descent-rate: alpha=fast>`", "is not a number"),
}


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Build a small project with one page a mistake, and return what Sphinx complained about."""
    source = tmp_path_factory.mktemp("project")
    pages = {"good": GOOD, **{name: body for name, (body, _) in BAD.items()}}
    for name, body in pages.items():
        (source / f"{name}.md").write_text(f"# {name}\n\n{body}\n", encoding="utf8")
    contents = "\n".join(["# Index", "```{toctree}", *pages, "```"])
    (source / "index.md").write_text(contents, encoding="utf8")
    (source / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(EXTENSIONS)!r})\n"
        "extensions = ['myst_parser', 'live_figures']\n",
        encoding="utf8",
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", source, source / "out"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("name", BAD)
def test_build_says_what_is_missing_and_where(build, name):
    complaints = [line for line in build.splitlines() if f"{name}.md" in line]
    assert any(BAD[name][1] in line for line in complaints), build


def test_build_is_silent_about_a_whole_figure(build):
    assert "good.md" not in build


def test_cache_key_follows_code_and_data_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(EXTENSIONS)
    from optedu_site import sources_key

    (tmp_path / "optedu").mkdir()
    code, note = tmp_path / "optedu" / "a.py", tmp_path / "optedu" / "a.txt"
    code.write_text("x = 1")
    first = sources_key(tmp_path, ["optedu"])
    note.write_text("prose")
    assert sources_key(tmp_path, ["optedu"]) == first
    code.write_text("x = 2")
    second = sources_key(tmp_path, ["optedu"])
    code.rename(tmp_path / "optedu" / "b.py")
    assert len({first, second, sources_key(tmp_path, ["optedu"])}) == 3
