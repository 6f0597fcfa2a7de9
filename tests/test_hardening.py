"""Hostile notebooks: whatever a submission holds, it is set aside in words or made whole again."""

import copy
import json
import os
import subprocess

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.utils import determine_grade

from optedu.grading import execute, feedback, intake, pipeline, release, repair
from tests.toy_course import RIGHT, answered, make_course

SEEDED = settings(deadline=None, derandomize=True, database=None, max_examples=300)

text = st.text(st.characters(codec=None), max_size=8)  # with lone surrogates and controls
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(
    ["cell_type", "source", "metadata", "outputs", "execution_count", "id", "attachments", "x"]
)
marks = st.sampled_from(
    ["nbgrader", "grade_id", "grade", "locked", "solution", "points", "schema_version", "tags"]
)
types = st.sampled_from(["code", "markdown", "raw", "heading"])


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("hostile"))
    release.write(course)
    return course


@st.composite
def damage(draw):
    """Draw a function that damages a notebook in a few places."""

    def cell_key(nb, cells):
        cells[draw(st.integers(0, len(cells) - 1))][draw(keys)] = draw(junk)

    def metadata(nb, cells):
        held = cells[draw(st.integers(0, len(cells) - 1))].get("metadata")
        if isinstance(held, dict):
            inner = held.get("nbgrader") if draw(st.booleans()) else held
            if isinstance(inner, dict):
                inner[draw(marks)] = draw(junk | types)

    def retype(nb, cells):
        cells[draw(st.integers(0, len(cells) - 1))]["cell_type"] = draw(types)

    def shuffle(nb, cells):
        cells[:] = draw(st.permutations(cells))

    def delete(nb, cells):
        del cells[draw(st.integers(0, len(cells) - 1))]

    def double(nb, cells):
        cells.insert(0, copy.deepcopy(cells[draw(st.integers(0, len(cells) - 1))]))

    def write(nb, cells):
        cells[draw(st.integers(0, len(cells) - 1))]["source"] = draw(text)

    def top(nb, cells):
        where = draw(st.sampled_from(["metadata", "nbformat", "nbformat_minor", "cells", "x"]))
        nb[where] = draw(junk)

    def kernel(nb, cells):
        if isinstance(nb.get("metadata"), dict):
            nb["metadata"][draw(st.sampled_from(["kernelspec", "language_info"]))] = draw(junk)

    gentle = [metadata, retype, shuffle, delete, double, write, kernel]
    rough = [cell_key, top]
    acts = draw(st.lists(st.sampled_from(gentle * 2 + rough), min_size=1, max_size=4))

    def apply(nb):
        for act in acts:
            cells = nb.get("cells")
            if isinstance(cells, list) and cells and all(isinstance(c, dict) for c in cells):
                act(nb, cells)
        return nb

    return apply


@SEEDED
@given(damage=damage())
def test_a_damaged_notebook_is_set_aside_or_made_whole(course, damage):
    released = next(iter(course.notebooks("1-toy").values()))
    content = damage(answered(released.read_text(encoding="utf-8"), **RIGHT))
    folder = course.work / "submitted" / "someone" / "1-toy"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / released.name
    path.write_text(json.dumps(content), encoding="utf-8")

    reason = intake.why_unfit(folder, released)
    assert reason.isprintable()
    if reason:
        assert reason.startswith("toy.ipynb ")
        return
    original = nbformat.read(released, as_version=4)
    nb = intake.read(path.read_text(encoding="utf-8"))
    nb.cells, notes = repair.repair(nb.cells, original.cells)
    nb.metadata = original.metadata
    nb = intake.with_ids(nb)
    nbformat.validate(nb)  # the last to do so: a run adds only outputs, and those are valid too
    json.dumps(nb, ensure_ascii=False).encode()  # a file can hold it
    assert all(note.isprintable() for note in notes)
    known = [cell for cell in original.cells if cell.metadata.get("nbgrader")]
    kept = [cell for cell in nb.cells if cell.metadata.get("nbgrader")]
    assert [cell.metadata for cell in kept] == [cell.metadata for cell in known]
    for mine, theirs in zip(known, kept, strict=True):
        if not mine.metadata.nbgrader.solution:
            assert theirs.source == mine.source


def test_what_is_graded_is_what_the_file_holds_then(course, tmp_path):
    released = next(iter(course.notebooks("1-toy").values()))
    nb = answered(released.read_text(encoding="utf-8"), **RIGHT)
    looked_at, changed = json.dumps(nb), json.dumps({**nb, "cells": nb["cells"][1:]})
    for text in (looked_at, changed):
        (tmp_path / released.name).write_text(looked_at, encoding="utf-8")
        assert not intake.why_unfit(tmp_path, released)
        assert intake.read(text) == intake.read(text) == nbformat.reads(text, as_version=4)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda nb: nb["metadata"].update(x=[{}] * 300_000), "holds more than 200000 values"),
        (lambda nb: nb["metadata"].update(x=[[1] * 1000] * 300), "holds more than 200000 values"),
        (lambda nb: nb["cells"].extend(nb["cells"] * 200), "at most 1000 are run"),
    ],
)
def test_what_would_take_minutes_to_check_is_set_aside(course, tmp_path, change, why):
    released = next(iter(course.notebooks("1-toy").values()))
    nb = answered(released.read_text(encoding="utf-8"), **RIGHT)
    change(nb)
    (tmp_path / released.name).write_text(json.dumps(nb), encoding="utf-8")
    assert why in intake.why_unfit(tmp_path, released)


@pytest.mark.parametrize("part", ["![", "![a](", "!", "[", "<b>", "\\begin{a}", "|a|\n|-|\n"])
def test_no_text_takes_hours_to_clean_or_to_show(part):
    cell = nbformat.v4.new_markdown_cell(part * 300_000)
    (cleaned,), _ = repair.repair([cell], [])
    assert len(cleaned.source) < 3 * repair.LONGEST_TEXT  # tags left open are closed
    assert "<img" not in feedback.prose(cleaned.source)


@SEEDED
@given(content=st.binary(max_size=60) | junk.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_notebook_is_set_aside(course, content):
    released = next(iter(course.notebooks("1-toy").values()))
    folder = course.work / "submitted" / "nobody" / "1-toy"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / released.name).write_bytes(content)
    assert intake.why_unfit(folder, released).startswith("toy.ipynb is not a Jupyter notebook")


@pytest.mark.parametrize(("deep", "many"), [(21, 0), (2500, 0), (0, 1001)])
def test_folders_that_are_too_deep_or_too_full_are_set_aside_and_stop_nobody(course, deep, many):
    released = next(iter(course.notebooks("1-toy").values()))
    folder = course.work / "submitted" / "deep" / "1-toy"
    folder.mkdir(parents=True)
    inner = os.open(folder, os.O_RDONLY)
    for _ in range(deep):  # at most more than Python's recursion goes and a path can hold
        os.mkdir("x", dir_fd=inner)
        outer, inner = inner, os.open("x", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)
    for number in range(many):
        (folder / f"{number}.txt").touch()
    try:
        reason = intake.why_unfit(folder, released)
        assert "more than 1000 files, or folders that nest more than 20 deep" in reason
        assert pipeline._digests(course, "1-toy", ["deep"])["deep"].endswith(" too large")
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)


def test_what_a_process_says_has_no_more_room_than_the_host_gives_it():
    text = {"output_type": "stream", "name": "stdout", "text": "z" * 10**6}
    error = {"output_type": "error", "ename": "E" * 10**6, "evalue": "v" * 10**6}
    error["traceback"] = ["t" * 10**6] * 1000
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 10**6}}

    def kept(room, is_test):
        outputs = [nbformat.from_dict(output) for output in (text, text, picture, error)]
        outputs, left = execute._within(room, 1000, execute._safe(outputs, is_test, []), is_test)
        return [output.output_type for output in outputs], len(json.dumps(outputs)), left

    kinds, size, left = kept(2 * 10**6, False)
    assert kinds == ["stream", "stream", "display_data", "error"]
    assert size < 1.3e6
    assert left > 0
    kinds, size, _ = kept(10**4, False)
    assert "display_data" not in kinds
    assert size < 10**4
    assert kept(0, True)[0] == ["error"]


said = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "error", "display_data", "execute_result"]) | junk},
    optional={
        "name": st.sampled_from(["stdout", "stderr"]) | junk,
        "text": text | junk,
        "data": st.dictionaries(st.sampled_from(execute.SAFE_TYPES) | text, text | junk) | junk,
        "picture": st.fixed_dictionaries({"x": text, "y": text, "curves": junk}) | junk,
        **dict.fromkeys(["ename", "evalue", "traceback", "metadata", "execution_count", "x"], junk),
    },
)


@SEEDED
@given(outputs=st.lists(said | junk, max_size=4) | junk, count=junk, is_test=st.booleans())
def test_whatever_a_process_says_the_cell_is_valid(outputs, count, is_test):
    cell = nbformat.v4.new_code_cell("x", metadata={"nbgrader": {"grade_id": "x"}})
    result = {"outputs": outputs, "count": count}
    execute.RunCells()._keep(cell, is_test, {}, result, ["x"], 10**4)
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


@pytest.mark.parametrize(
    "value", ["0", "1.5", "4", "1e-3", "-1", "nan", "'1'", "[1]", "done", "1 2"]
)
def test_a_tests_last_value_gives_the_points_that_nbgrader_reads_from_it(value):
    said = {"output_type": "execute_result", "data": {"text/plain": value}, "metadata": {}}
    about = {"grade": True, "grade_id": "x", "locked": True, "points": 4, "solution": False}
    cells = [nbformat.v4.new_code_cell("x", metadata={"nbgrader": about}) for _ in range(2)]
    execute.RunCells()._keep(cells[0], True, {}, {"outputs": [said], "count": 1}, ["x"], 10**4)
    cells[1].outputs = [nbformat.from_dict(said | {"execution_count": 1})]
    ours, theirs = map(determine_grade, cells)
    assert ours == theirs
