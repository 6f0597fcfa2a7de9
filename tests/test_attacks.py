"""Attacks on the grading: all are contained, none earns a point, and nobody else is harmed."""

import ctypes
import hashlib
import json
import os
import re
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import optedu
from optedu.grading import intake, pipeline, release
from optedu.grading.course import Course
from optedu.grading.sandbox import walls
from tests import toy_course
from tests.attacks import ATTACKS, FAMILIES, vanilla
from tests.attacks.attack import ASSIGNMENT, HIDDEN_INPUT, HIDDEN_RESULT, POINTS, RIGHT
from tests.attacks.harm import harms
from tests.attacks.writing import MARK
from tests.toy_course import answered, make_course

LIBRARY = Path(optedu.__file__).parent
NEIGHBORS = dict.fromkeys(("a-right", "g-right", "n-right", "z-right"), POINTS) | {
    "m-wrong": POINTS | {"square": 2.0}
}
# Nothing that reaches a student may hold one of these.
SECRETS = {
    name: f"canary-{name}-5a1f"
    for name in ("environment", "course", "home", "solution", "neighbor")
} | {"input": str(HIDDEN_INPUT), "result": str(HIDDEN_RESULT), "source": "start, points"}
TIERS = {"namespaces": True, "no-namespaces": False}


@dataclass
class Outcome:
    """A class that was graded once, with all attackers among honest neighbors."""

    course: object
    results: dict
    before: dict
    home: Path
    temporary: Path
    others: dict
    listeners: list = field(default_factory=list)

    def page(self, student):
        """Return the feedback page of a student; none at all harms nobody."""
        path = self.course.work / "feedback" / student / "1-toy" / "toy.html"
        if not path.exists() and "page could not be written" in str(self.results[student].flags):
            return ""
        return path.read_text(encoding="utf-8")

    def outputs(self, student):
        """Return all outputs of a student's graded notebook."""
        path = self.course.work / "autograded" / student / "1-toy" / "toy.ipynb"
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [output for cell in cells for output in cell.get("outputs", [])]


@pytest.fixture(scope="module", params=list(TIERS))
def graded(request, tmp_path_factory):
    """Grade the class behind one kind of walls; the tests here only look."""
    _require_walls(TIERS[request.param])
    folder = tmp_path_factory.mktemp("attacks")
    home, temporary = folder / "home", folder / "temporary"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_canary").write_text(SECRETS["home"])
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toy_course, "TOY", _with_secret(ASSIGNMENT))
        course = _limited(make_course(folder / "course"), TIERS[request.param])
        text = release.generate(course, course.root / "solutions")["1-toy/toy.ipynb"]
        listeners, port = _listen(home)
        known = {"COURSE": course.root, "LIBRARY": LIBRARY, "HOMEFOLDER": home}
        known |= {"PORT": port, "GRADER": os.getpid()}
        _hand_in(course, text, {word: str(value) for word, value in known.items()})
        before = _digests(course)
        patch.setenv("HOME", str(home))
        patch.setenv("TMPDIR", str(temporary))
        patch.setenv("OPTEDU_CANARY", SECRETS["environment"])
        _adopt_orphans()
        others = _descendants()  # such as the browser of other tests
        results = pipeline.grade(course, "1-toy", jobs=2, tell=lambda line: None)
    results = {result.student: result for result in results}
    yield Outcome(course, results, before, home, temporary, others, listeners)
    for listener in listeners:
        listener.close()


@pytest.fixture(params=ATTACKS, ids=lambda attack: attack.name)
def attack(request):
    return request.param


def test_an_attack_ends_as_it_must(graded, attack):
    seen = [
        f"{out['ename']}: {out['evalue']}"
        for out in graded.outputs(attack.name)
        if out["output_type"] == "error"
    ]
    seen += graded.results[attack.name].flags
    assert any(re.search(attack.must, text) for text in seen), seen


def test_an_attack_earns_what_its_honest_part_deserves(graded, attack):
    scores = graded.results[attack.name].scores
    assert {name: scores[name][0] for name in attack.scores()} == attack.scores()
    assert {name: possible for name, (_, possible) in scores.items()} == POINTS


def test_an_attack_learns_nothing(graded, attack):
    shown = graded.page(attack.name)
    for output in graded.outputs(attack.name):  # a traceback is the instructor's to see
        shown += json.dumps({**output, "traceback": []})
    assert [name for name, secret in SECRETS.items() if secret in shown] == []


def test_an_attack_leaves_a_page_that_does_nothing(graded, attack):
    page = graded.page(attack.name)
    assert harms(page) == []
    assert "\x1b" not in page
    assert len(page) < 1_000_000


def test_honest_neighbors_are_graded_right(graded):
    for student, points in NEIGHBORS.items():
        result = graded.results[student]
        assert {name: score for name, (score, _) in result.scores.items()} == points
        assert result.flags == []


def test_the_gradebook_holds_the_class_and_nothing_else(graded):
    everyone = {*NEIGHBORS, *(attack.name for attack in ATTACKS)}
    tests = {"test_square": 2, "test_square_hidden": 3, "test_half": 4}
    tests |= {"test_walk": 2, "test_walk_hidden": 3, "test_best": 2, "test_best_hidden": 3}
    with graded.course.api().gradebook as gradebook:
        assert {student.id for student in gradebook.students} == everyone
        for submission in gradebook.assignment_submissions("1-toy"):
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            assert {grade.name: grade.max_score for grade in grades} == tests
            assert [grade for grade in grades if grade.manual_score is not None] == []


def test_no_file_is_changed_and_none_is_left(graded):
    assert _digests(graded.course) == graded.before
    packages = Path(json.__file__).parents[1], *map(Path, sys.path)
    for folder in (Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), Path.cwd(), *packages):
        assert not (folder / MARK).exists()
        assert not (folder / f"{MARK}.pth").exists()
    left = [
        path for folder in (graded.home, graded.course.root) for path in folder.rglob(f"*{MARK}*")
    ]
    assert left == []


def test_no_process_and_no_folder_is_left(graded):
    patience = time.monotonic() + 20
    while (alive := _descendants(graded.others)) and time.monotonic() < patience:
        time.sleep(0.1)
    assert alive == {}
    assert [path.name for path in graded.temporary.iterdir()] == []


def test_nobody_was_called(graded):
    assert select.select(graded.listeners, [], [], 0)[0] == []


def test_there_are_enough_attacks_of_every_family():
    names = [attack.name for attack in ATTACKS]
    assert len(set(names)) == len(names) >= 60
    assert min(len(attacks) for attacks in FAMILIES.values()) >= 5


def test_what_nbgrader_does_was_measured_on_the_plain_attacks():
    plain = {attack.name for attack in ATTACKS if attack.plain}
    families = ("Integrity", "Notebooks", "Feedback")  # what others could harm stays behind walls
    assert plain <= {attack.name for family in families for attack in FAMILIES[family]}
    assert set(vanilla.load()) == plain


def _require_walls(namespaces):
    try:
        able = walls.try_to_escape(namespaces)
    except walls.NoWalls as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    assert able == []


def _with_secret(text):
    return text.replace("### BEGIN SOLUTION", f"### BEGIN SOLUTION\n    # {SECRETS['solution']}")


def _limited(course, namespaces):
    """Choose the tier, and limits that are soon exhausted."""
    config = course.root / "nbgrader_config.py"
    limits = {"seconds": 1.2, "total_seconds": 12, "memory": 1 << 30}
    lines = f"\nc.RunCells.limits = {limits}\nc.RunCells.namespaces = {namespaces}\n"
    config.write_text(config.read_text(encoding="utf-8") + lines, encoding="utf-8")
    (course.root / "secret.txt").write_text(SECRETS["course"])
    return Course(course.root)


def _hand_in(course, text, known):
    for student in NEIGHBORS:
        nb = answered(text, **RIGHT | {"half": f"{RIGHT['half']}  # {SECRETS['neighbor']}"})
        if student == "m-wrong":
            nb = answered(text, **RIGHT | {"square": "square = lambda x: x * abs(x)"})
        intake.take_in(course, "1-toy", student, {"toy.ipynb": json.dumps(nb).encode()})
    for attack in ATTACKS:
        content = json.dumps(attack.notebook(text, known)).encode()
        files = attack.files(content) if attack.files else {"toy.ipynb": content}
        intake.take_in(course, "1-toy", attack.name, files)


def _listen(home):
    """Return sockets that an attack might reach, and their port."""
    tcp = socket.create_server(("127.0.0.1", 0))
    port = tcp.getsockname()[1]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    listeners = [tcp, udp]
    for address in (f"\0optedu-canary-{port}", str(home / "canary.sock")):
        listeners.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        listeners[-1].bind(address)
    return listeners, port


def _digests(course):
    """Return a digest of every file that grading must not change."""
    folders = [course.work / name for name in ("source", "release", "submitted")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += [course.root / "secret.txt", course.root / "nbgrader_config.py"]
    return {
        path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode) for path in files
    }


def _adopt_orphans():
    """Become the parent of every process whose parent ends, so that none is overlooked."""
    assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0


def _descendants(others=()):
    """Return the command lines of all processes below this one, but for others and theirs."""
    children = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()  # none: a zombie
        except OSError:
            continue
        children.setdefault(parent, []).append((int(folder.name), line))
    found, parents = {}, [os.getpid()]
    while parents:
        for pid, line in children.get(parents.pop(), []):
            if pid in others:
                continue
            parents.append(pid)
            if line and "resource_tracker" not in line:
                found[pid] = line
    return found
