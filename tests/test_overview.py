"""The class at a glance: it tells what happened, and nothing that a student wrote can act."""

import itertools
import json
import re
from collections import Counter
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from optedu import checks
from optedu.checks import CheckFailed, fingerprint
from optedu.grading import intake, overview, pictures, pipeline, release, similarity
from optedu.grading.course import GradingError
from optedu.grading.overview import Standing
from tests.banks.bank import all_banks
from tests.toy_course import RIGHT, TOY, answered, make_course, write_solution

EVIL = "</pre><script>alert(1)</script><img src=x onerror=alert(1)> \x1b[31m \u202e \ud800"
CHECKED = """
```{code-cell} ipython3
---
nbgrader: {grade_id: best_learning_rate, solution: true}
---
def best_learning_rate(smoothness, strong_convexity):
    ### BEGIN SOLUTION
    return 2 / (smoothness + strong_convexity)
    ### END SOLUTION
```

```{code-cell} ipython3
---
nbgrader: {grade_id: test_best_learning_rate, grade: true, points: 3}
---
from optedu import checks

checks.descent.best_learning_rate(best_learning_rate)
```
"""
STUB = "def gradient_descent(grad, x0, learning_rate, n_steps):\n    raise NotImplementedError\n"
LOOP = '''\
def gradient_descent(grad, x0, learning_rate, n_steps):
    """Return the points."""
    points = [np.array(x0, dtype=float)]  # floats
    for step in range(1, n_steps + 1):
        rate = learning_rate(step) if callable(learning_rate) else learning_rate
        points.append(points[-1] - rate * grad(points[-1]))
    return points
'''
RENAMED = """\
def gradient_descent(grad, x0, learning_rate, n_steps):
    way = [
        np.array(x0,
                 dtype=float)
    ]
    for k in range(1, n_steps+1):
      a = learning_rate(k) if callable(learning_rate) else learning_rate
      # go
      way.append(way[-1] - a * grad(way[-1]))
    return way
"""
OTHER = """\
def gradient_descent(grad, x0, learning_rate, n_steps):
    schedule = learning_rate if callable(learning_rate) else lambda _: learning_rate
    path = np.empty((n_steps + 1, len(x0)))
    path[0] = x0
    for k in range(n_steps):
        path[k + 1] = path[k] - schedule(k + 1) * np.asarray(grad(path[k].copy()))
    return path
"""


class Outline(HTMLParser):
    """What a page is made of: its tags with their attributes, each closed where it should be."""

    EMPTY = ("meta", "br", "img")

    def __init__(self, page):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def count(self, tag):
        return sum(name == tag for name, _ in self.tags)


def pairs_of(sources):
    """Return the pairs among answers to one question, by student."""
    answers = {who: {"loop": source} for who, source in sources.items()}
    pairs, common = similarity.compare(answers, {"loop": STUB})
    return [pair.students for pair in pairs], common.get("loop", [])


@pytest.mark.parametrize("bank", all_banks(), ids=lambda bank: bank.stem)
def test_the_mistake_is_read_off_the_message_as_the_check_named_it(bank):
    for wrong in bank.wrong:
        with pytest.raises(CheckFailed) as failed:
            bank.exercises[wrong.exercise](wrong.fn, hidden=True)
        failure = failed.value
        name, when = fingerprint.named_in(str(failure))
        assert name == failure.misconception
        assert when in str(failure) or name == "factor"


# The exercises in which a picture says more than a sentence.
DRAWN = {"descent": {"gradient_descent", "measure_rate", "classify_convergence"}}


@pytest.mark.parametrize("bank", all_banks(), ids=lambda bank: bank.stem)
def test_a_failure_shows_a_picture_only_where_the_student_can_run_the_check(bank):
    shown = Counter()
    for wrong in bank.wrong:
        with pytest.raises(CheckFailed) as failed:
            bank.exercises[wrong.exercise](wrong.fn, hidden=True)
        picture = failed.value.picture
        if wrong.survives_visible:
            assert picture is None
        elif picture:
            assert pictures.svg(json.loads(json.dumps(picture)), str(failed.value))
            shown[wrong.exercise] += 1
    assert set(shown) >= DRAWN.get(bank.stem, set())


def test_a_run_that_climbs_is_drawn_above_the_right_one():
    def climb(grad, x0, learning_rate, n_steps):
        points = [np.array(x0, dtype=float)]
        for _ in range(n_steps):
            points.append(points[-1] + 0.25 * grad(points[-1]))
        return points

    with pytest.raises(CheckFailed) as failed:
        checks.descent.gradient_descent(climb)
    curves = failed.value.picture["curves"]
    assert curves["a right run"] == [[0, 4], [1, 2], [2, 1], [3, 0.5]]
    assert curves["your run"] == [[0, 4], [1, 6], [2, 9], [3, 13.5]]
    drawing = ElementTree.fromstring(pictures.svg(failed.value.picture, "Uphill"))
    right, yours = (
        [float(dot.get("cy")) for dot in group.findall("circle")]
        for group in drawing.find("svg").findall("g")
    )
    assert right == sorted(right)
    assert yours == sorted(yours, reverse=True)


@pytest.mark.parametrize(
    "points",
    [[[0, 1]], [[0, 0], [0, 0]], [[0, 1e29], [1, -1e29]], [[i, 2 - i] for i in range(999)]],
)
def test_any_numbers_make_a_picture_of_bounded_size(points):
    for name in ("your run", "the errors", EVIL):
        text = pictures.svg({"x": EVIL, "y": "y", "curves": {name: points}}, EVIL)
        drawing = ElementTree.fromstring(overview.UNPRINTABLE.sub("", text))
        assert {node.tag for node in drawing.iter()} <= {"svg", "g", "path", "text", "circle"}
        assert len(text) < 10_000
        assert "nan" not in text


@pytest.mark.parametrize(
    "picture",
    [
        None,
        [],
        "text",
        {"x": "x", "y": "y"},
        {"x": "x", "y": "y", "curves": {}},
        {"x": "x", "y": "y", "curves": {"your run": [[0, None]]}},
        {"x": "x", "y": "y", "curves": {"your run": [[0, float("nan")]]}},
        {"x": "x", "y": "y", "curves": {"your run": [[0, 1, 2]]}},
        {"x": "x", "y": "y", "curves": {"your run": [["<script>", 1]]}},
    ],
)
def test_what_is_no_picture_is_not_drawn(picture):
    assert pictures.svg(picture, "nothing") == ""


def test_other_messages_name_no_mistake():
    for message in ("", "three times three", "rate: this function is not written yet."):
        assert fingerprint.named_in(message) == (None, "")


def test_names_texts_comments_and_layout_do_not_count():
    assert similarity.own_tokens(LOOP, STUB) == similarity.own_tokens(RENAMED, STUB)
    assert similarity.own_tokens(STUB, STUB) == []
    assert pairs_of({"ada": LOOP, "bob": RENAMED, "eve": OTHER}) == ([("ada", "bob")], [])


def test_short_answers_and_common_ones_pair_nobody():
    short = STUB.replace("raise NotImplementedError", "return [x0]")
    assert pairs_of({"ada": short, "bob": short}) == ([], [])
    several = {f"s{i}": LOOP for i in range(4)}
    assert pairs_of(several) == ([], sorted(several))
    assert len(pairs_of(dict(list(several.items())[:3]))[0]) == 3


def test_a_likeness_in_several_answers_makes_one_pair_and_goes_first():
    answers = {
        "ada": {"one": LOOP, "two": OTHER},
        "bob": {"one": RENAMED, "two": OTHER},
        "cid": {"one": OTHER},
        "eve": {"one": OTHER},
    }
    pairs, _ = similarity.compare(answers, {"one": STUB, "two": STUB})
    assert [(pair.students, list(pair.alike)) for pair in pairs] == [
        (("ada", "bob"), ["one", "two"]),
        (("cid", "eve"), ["one"]),
    ]


def test_the_share_is_that_of_the_longest_common_subsequence():
    """Against the textbook's recurrence, on answers with lines added, dropped and changed."""
    lines = LOOP.splitlines()
    sources = {"s00": LOOP}
    for i in range(1, 25):
        kept = [line for k, line in enumerate(lines) if (i >> (k % 5)) & 1 or k < 3]
        sources[f"s{i:02}"] = "\n".join([*kept, f"    return points[{i % 3}:]" * (i % 2)])
    tokens = {who: similarity.own_tokens(source, STUB) for who, source in sources.items()}
    long = {who: own for who, own in tokens.items() if len(own) >= similarity.ENOUGH}
    near = {
        (a, b)
        for a, b in itertools.combinations(long, 2)
        if 2 * _common(long[a], long[b]) >= similarity.NEAR * (len(long[a]) + len(long[b]))
    }
    degree = Counter(who for pair in near for who in pair)
    few = 2  # of a class of 25
    expected = {pair for pair in near if max(degree[who] for who in pair) <= few}
    pairs, common = pairs_of(sources)
    assert near
    assert set(pairs) == expected
    assert common == sorted(who for who in degree if degree[who] > few)


def _common(a, b):
    row = [0] * (len(b) + 1)
    for x in a:
        before = row[:]
        for k, y in enumerate(b, 1):
            row[k] = before[k - 1] + 1 if x == y else max(before[k], row[k - 1])
    return row[-1]


@pytest.mark.parametrize(
    "source", ["", "def f(:", "'''", "x = (", "\tx\n y\n", "\x00", "é = 'ü", "x\ud800", "(" * 30]
)
def test_what_python_cannot_read_is_compared_as_far_as_it_goes(source):
    assert pairs_of({"ada": source, "bob": source}) == ([], [])


@pytest.mark.parametrize(
    ("scores", "possible"), [([0, 2, 5], 5), ([0.5, 5], 5), ([35, 0, 12.5], 35), ([6], 5), ([], 0)]
)
def test_every_score_stands_in_one_bar(scores, possible):
    assert sum(count for _, count in overview.histogram(scores, possible)) == len(scores)


def render(*class_):
    return overview.page("1-toy", list(class_), {"square": "def square(x):\n    pass\n"})


def test_nothing_that_a_student_wrote_can_act():
    answer = f"x = {list(range(40))}  # {EVIL}"
    class_ = [
        Standing(
            who,
            {EVIL: (1.0, 2.0)},
            notes=[EVIL],
            failures={EVIL: {("", EVIL)}},
            answers={"square": answer},
            seconds=1.0,
        )
        for who in (f"a{EVIL}", f"b{EVIL}")
    ]
    page = render(*class_)
    outline = Outline(page)
    page.encode("utf-8")
    assert not {"script", "img"} & {tag for tag, _ in outline.tags}
    assert not [attr for _, attrs in outline.tags for attr in attrs if attr.startswith("on")]
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\(|@import""", page)
    assert not overview.UNPRINTABLE.search(page)
    assert "default-src 'none'" in page
    assert page.count("&lt;script&gt;") > 10
    assert "a hint, never a verdict" in page
    for svg in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        ElementTree.fromstring(svg)


def test_tables_and_pictures_can_be_listened_to():
    class_ = [
        Standing("ada", {"square": (5.0, 5.0)}, seconds=0.5),
        Standing("bob", {"square": (0.0, 5.0)}, failures={"square": {("sign", "it is lost")}}),
        Standing("eve", {"square": (0.0, 5.0)}, ["not graded: it is empty"], graded=False),
    ]
    page = render(*class_)
    outline = Outline(page)
    assert outline.count("table") == outline.count("caption") == 4
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in outline.tags if tag == "th")
    labels = [attrs["aria-label"] for tag, attrs in outline.tags if tag == "svg"]
    assert labels == ["square: 1 with 0, 1 with 5"]
    assert "3 submissions, 2 graded: mean 2.5" in page
    assert page.index("it is lost") < page.index("bob") < page.index("eve")


def test_a_class_of_which_nothing_could_be_run_has_a_page():
    page = render(Standing("eve", {"square": (0.0, 5.0)}, ["not graded"], graded=False))
    assert Outline(page).count("svg") == 0
    assert "could be graded" in page


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("class"))
    write_solution(course.root, TOY + CHECKED)
    text = release.generate(course, course.root / "solutions")["1-toy/toy.ipynb"]
    limit = "def best_learning_rate(smoothness, strong_convexity):\n    return 2 / smoothness"
    best = limit.replace("2 / smoothness", "2 / (smoothness + strong_convexity)")
    right = RIGHT | {"best_learning_rate": best}
    hand_ins = {
        "ada": right,
        "bob": right | {"best_learning_rate": limit, "half": "def half(x) return x"},
        "cid": right | {"square": "square = lambda x: 9"},
    }
    for student, given in hand_ins.items():
        content = json.dumps(answered(text, **given)).encode()
        intake.take_in(course, "1-toy", student, {"toy.ipynb": content})
    intake.take_in(course, "1-toy", "eve", {"toy.ipynb": b"My laptop broke."})
    with pytest.raises(GradingError, match="no submission of 1-toy is graded"):
        overview.write(course, "1-toy")
    pipeline.grade(course, "1-toy", tell=lambda line: None)
    return course


def test_points_mistakes_and_flags_are_those_of_the_grading(course):
    class_ = {standing.student: standing for standing in overview.standings(course, "1-toy")}
    assert [standing.total for standing in class_.values()] == [12.0, 5.0, 9.0, 0.0]
    assert class_["ada"].failures == {}
    assert class_["bob"].failures == {
        "half": {("", "the answer's cell fails with SyntaxError")},
        "best_learning_rate": {
            ("stability_limit", "2/L is returned, where the run stops converging")
        },
    }
    assert class_["cid"].failures == {"square": {("", "a square is never negative")}}
    assert not class_["eve"].graded
    assert "not graded" in class_["eve"].notes[0]


def test_the_page_lies_beside_the_grades_and_is_the_same_each_time(course):
    path = overview.write(course, "1-toy")
    assert path == course.work / "report" / "1-toy.html"
    page = path.read_text(encoding="utf-8")
    Outline(page)
    assert "stability_limit" in page
    assert overview.write(course, "1-toy").read_text(encoding="utf-8") == page
    with pytest.raises(GradingError, match="0 released notebooks"):
        overview.write(course, "1-toys")
