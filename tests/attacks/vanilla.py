"""What nbgrader does on its own: run ``python -m tests.attacks.vanilla`` to measure it again.

There the student's code runs in the same process as the tests, with the rights of whoever grades.
So only attacks that harm nobody are run, those marked as plain. Each is graded by nbgrader's own
steps and written out as its own feedback page. The results are kept in ``vanilla.json``.
"""

import json
import tempfile
from pathlib import Path
from unittest import mock

from optedu.grading import intake, release
from tests import toy_course
from tests.attacks import ATTACKS
from tests.attacks.attack import ASSIGNMENT, RIGHT
from tests.attacks.harm import harms

RESULTS = Path(__file__).with_suffix(".json")
OURS = ("Autograde", "GenerateFeedback", "RunCells")  # what nbgrader_config.py changes


def load():
    """Return what was measured.

    Returns
    -------
    dict of str to dict
        By the attack's name, the points ``gained`` beyond what its honest part deserves (None if
        it was not graded), and whether something of the student's is ``active`` on its page.
    """
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def measure(attacks):
    """Grade attacks with nbgrader alone.

    Parameters
    ----------
    attacks : list of Attack
        They must be plain.

    Returns
    -------
    dict of str to dict
        As `load` returns them.
    """
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(toy_course, "TOY", ASSIGNMENT):
        course = toy_course.make_course(Path(folder) / "course")
        text = release.generate(course, course.root / "solutions")["1-toy/toy.ipynb"]
        for name in OURS:
            course.config.pop(name, None)
        _, page = _graded(course, "honest", toy_course.answered(text, **RIGHT))
        usual = set(harms(page))
        results = {}
        for attack in attacks:
            score, page = _graded(course, attack.name, attack.notebook(text, {}))
            gained = None if score is None else score - sum(attack.scores().values())
            results[attack.name] = {"gained": gained, "active": bool(set(harms(page)) - usual)}
        return results


def _graded(course, student, nb):
    """Return the score of a notebook, None if there is none, and its page."""
    intake.take_in(course, "1-toy", student, {"toy.ipynb": json.dumps(nb).encode()})
    api = course.api()
    if not api.autograde("1-toy", student)["success"]:
        return None, ""
    api.generate_feedback("1-toy", student)
    with api.gradebook as gradebook:
        score = gradebook.find_submission("1-toy", student).score
    path = course.work / "feedback" / student / "1-toy" / "toy.html"
    return score, path.read_text(encoding="utf-8") if path.exists() else ""


def main():
    """Measure all plain attacks and write down what came of them."""
    results = measure([attack for attack in ATTACKS if attack.plain])
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
