"""Releasing: the same bytes everywhere, no answer leaks, and nobody's work is overwritten."""

import json
import re

import nbformat
import pytest

from optedu.grading import release
from optedu.grading.cli import main
from optedu.grading.course import Course, GradingError
from tests.toy_course import RIGHT, ROOT, TOY, answered, make_course, write_solution

NAME = "1-toy/toy.ipynb"


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course")


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The course's own release, by path below exercises/."""
    here = Course(ROOT).elsewhere(tmp_path_factory.mktemp("real"))
    return release.generate(here, ROOT / "solutions")


def test_two_folders_and_two_runs_give_the_same_bytes(course, tmp_path):
    twin = make_course(tmp_path / "elsewhere" / "twin")
    release.write(course)
    first = (course.root / "exercises" / NAME).read_bytes()
    release.write(course)
    release.write(twin)
    assert (course.root / "exercises" / NAME).read_bytes() == first
    assert (twin.root / "exercises" / NAME).read_bytes() == first
    assert first.endswith(b"}\n")
    assert b"\r" not in first


def test_ids_are_the_names_of_the_cells_and_stay_when_others_move(course):
    def ids(text):
        write_solution(course.root, text)
        nb = json.loads(release.generate(course, course.root / "solutions")[NAME])
        return [cell["id"] for cell in nb["cells"]]

    before = ids(TOY)
    assert before[1:4] == ["setup", "square", "test_square"]
    assert ids("A new first paragraph.\n\n+++\n\n" + TOY)[1:] == before


def test_the_real_exercises_are_what_the_solutions_generate(real):
    for name, text in real.items():
        assert (ROOT / "exercises" / name).read_text(encoding="utf-8") == text


def test_the_release_is_a_valid_notebook_of_one_kernel(real):
    for text in real.values():
        nb = nbformat.reads(text, as_version=4)
        nbformat.validate(nb)
        assert nb.metadata == release.METADATA


def test_no_answer_and_no_hidden_test_is_in_the_release(real):
    for source in (ROOT / "solutions").glob("*/*.md"):
        text = source.read_text(encoding="utf-8")
        secret = re.findall(
            r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END", text, flags=re.DOTALL
        )
        assert secret, f"{source} has neither solutions nor hidden tests"
        given = real[f"{source.parent.name}/{source.stem}.ipynb"]
        cells = ["".join(cell["source"]) for cell in json.loads(given)["cells"]]
        for line in {line.strip() for part in secret for line in part.splitlines()}:
            # Shorter lines (`else:`, `return x`) give nothing away and may stand anywhere.
            if len(line) > 15:
                assert not any(line in cell for cell in cells), line
        assert "BEGIN" not in given


def test_what_is_beside_the_sources_stays_there(course):
    (course.root / "solutions" / "1-toy" / "answers.py").write_text("secret = 1\n")
    release.write(course)
    files = {path.name for path in (course.root / "exercises").rglob("*") if path.is_file()}
    assert files == {"toy.ipynb"}


def test_check_says_which_file_differs_and_touches_nothing(course, capsys):
    release.write(course)
    path = course.root / "exercises" / NAME
    assert main(["--course", str(course.root), "exercises", "--check"]) == 0
    path.write_text(path.read_text() + " ")
    (path.parent / "answers.md").write_text("the answers")
    assert main(["--course", str(course.root), "exercises", "--check"]) == 1
    complaints = capsys.readouterr().err
    assert f"exercises/{NAME} is not what solutions/ generates" in complaints
    assert "exercises/1-toy/answers.md has no source in solutions/" in complaints
    path.unlink()
    assert release.check(course)[0] == f"exercises/{NAME} is missing"
    assert not path.exists()


def test_an_old_release_is_replaced(course):
    release.write(course)
    write_solution(course.root, TOY.replace("Write", "Define"))
    assert release.write(course) == [f"exercises/{NAME} written"]
    assert "Define" in (course.root / "exercises" / NAME).read_text()


@pytest.mark.parametrize("work", ["an answer", "an output", "a cell", "not json"])
def test_work_in_the_exercises_is_never_lost(course, work):
    release.write(course)
    path = course.root / "exercises" / NAME
    nb = answered(path.read_text(), **(RIGHT if work == "an answer" else {}))
    if work == "an output":
        nb["cells"][1]["execution_count"] = 1
    if work == "a cell":
        nb["cells"].append(nbformat.v4.new_markdown_cell("my notes"))
    mine = "half of a file" if work == "not json" else json.dumps(nb)
    path.write_text(mine)
    assert "was left as it is" in release.write(course)[0]
    assert path.read_text() == mine
    release.write(course, replace=True)
    assert release.check(course) == []
    (kept,) = (course.work / "earlier").rglob("toy.ipynb")
    assert kept.read_text() == mine


def test_a_source_that_cannot_be_released_is_named(course):
    write_solution(course.root, TOY.replace("grade_id: half", "grade_id: square"))
    with pytest.raises(GradingError, match=r"solutions/1-toy cannot be released.*square"):
        release.write(course)


def test_a_folder_that_is_no_course_is_refused(tmp_path, capsys):
    assert main(["--course", str(tmp_path), "exercises"]) == 1
    assert "run this from the course's folder" in capsys.readouterr().err
