"""The table of errata is complete, each entry runs, and the build sets and links them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from book.claims import all_claims
from book.errata import BY_ID, CHAPTERS, ERRATA, SEVERITIES

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "book" / "reference" / "errata.md").read_text(encoding="utf8")
CLAIMS = all_claims()


def test_every_entry_of_the_register_is_there_once():
    wanted = [f"R{i}" for i in range(1, 61)] + [f"N{i}" for i in range(1, 19)]
    assert sorted(erratum.id for erratum in ERRATA) == sorted(wanted)


@pytest.mark.parametrize("erratum", ERRATA, ids=list(BY_ID))
def test_entry_is_whole(erratum):
    assert erratum.chapter in CHAPTERS
    assert erratum.severity in SEVERITIES
    for text in (erratum.claim, erratum.correct, erratum.why):
        assert text.endswith((".", ".)"))
        assert text.count("$") % 2 == 0
        assert text.count("{") == text.count("}")


@pytest.mark.parametrize("erratum", ERRATA, ids=list(BY_ID))
def test_entry_runs_or_says_why_not(erratum):
    if erratum.nothing_to_run:
        assert erratum.severity == "misprint"
        assert not erratum.demonstration
    else:
        assert erratum.demonstration in CLAIMS


def test_every_demonstration_is_used():
    ours = {name for name in CLAIMS if name.startswith(("errata.", "notebooks."))}
    assert ours <= {erratum.demonstration for erratum in ERRATA}


def test_page_sets_every_chapter_in_order():
    assert re.findall(r"```{errata} (\S+)", PAGE) == list(CHAPTERS)
    assert re.findall(r"```{errata-list} (\S+)", PAGE) == list(CHAPTERS)
    for name, title in CHAPTERS.items():
        assert f"(errata-{name})=\n## {title}\n" in PAGE


def test_table_is_in_the_order_of_the_page():
    order = [list(CHAPTERS).index(erratum.chapter) for erratum in ERRATA]
    assert order == sorted(order)


PAGES = {
    "whole": "```{errata} landscape\n```",
    "list": "```{errata-list} landscape\n```",
    "corrected": "```{errata-list} landscape\n:corrected:\n```",
    "role": "See {errata}`R9`, and {errata}`the saddle test <R9>`.",
    "bad-id": "See {errata}`R99`.",
    "bad-form": "See {errata}`R9 and R10`.",
    "bad-chapter": "```{errata} chess\n```",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build a small project without measurements; return its folder and the complaints."""
    source = tmp_path_factory.mktemp("project")
    for name, body in PAGES.items():
        (source / f"{name}.md").write_text(f"# {name}\n\n{body}\n", encoding="utf8")
    contents = "\n".join(["# Index", "```{toctree}", *PAGES, "```"])
    (source / "index.md").write_text(contents, encoding="utf8")
    (source / "conf.py").write_text(
        f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'book' / '_ext')!r}]\n"
        "from docutils import nodes\nfrom sphinx.util.docutils import SphinxDirective\n"
        "extensions = ['myst_parser', 'errata']\nmyst_enable_extensions = ['dollarmath']\n"
        "class Measured(SphinxDirective):\n"
        "    required_arguments = 1\n    option_spec = {'format': str}\n"
        "    def run(self):\n        return [nodes.paragraph(text=f'ran {self.arguments[0]}')]\n"
        "def setup(app):\n    app.add_directive('measured', Measured)\n",
        encoding="utf8",
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", source, source / "out"]
    build = subprocess.run(command, capture_output=True, text=True, check=False)
    return source / "out", build.stderr


def html(site, name):
    return (site[0] / f"{name}.html").read_text(encoding="utf8")


def test_whole_entry_has_an_anchor_a_heading_and_its_measurement(site):
    page = html(site, "whole")
    for erratum in ERRATA:
        if erratum.chapter == "landscape":
            assert page.count(f'id="{erratum.id.lower()}"') == 1
            assert f"ran {erratum.demonstration}" in page
    assert page.count('<h3 class="rubric">') == page.count("True.") == page.count("Why.") == 6


def test_list_and_role_link_to_the_entry(site):
    for name in ("list", "corrected", "role"):
        assert 'href="whole.html#r9"' in html(site, name), site[1]
    assert "the saddle test" in html(site, "role")
    assert "eigenvalues" not in html(site, "list")
    assert "eigenvalues" in html(site, "corrected")


@pytest.mark.parametrize(
    ("name", "said"),
    [("bad-id", "no erratum"), ("bad-form", "no erratum"), ("bad-chapter", "no chapter 'chess'")],
)
def test_build_says_what_is_wrong_and_where(site, name, said):
    assert any(f"{name}.md" in line and said in line for line in site[1].splitlines()), site[1]


def test_build_is_silent_about_right_pages(site):
    for name in ("whole", "list", "corrected", "role"):
        assert f"{name}.md" not in site[1], site[1]
