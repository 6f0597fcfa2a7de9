"""Diagnosis by fingerprint: a known mistake is recognized by the numbers it leaves.

The probes of an exercise run a function on a few inputs and keep a few numbers or words of each
outcome. Those of every wrong solution of a bank are stored beside the text of its misconception.
When a student's function fails, its own outcomes are looked up.
"""

import json
import math
import re
from functools import cache
from pathlib import Path

import numpy as np

from optedu.checks.student import CheckFailed, Student, hushed

FOLDER = Path(__file__).parent / "fingerprints"

# Codings of one mistake differ by rounding, some 1e-15; different mistakes by much more. Probes
# are made so that their numbers are of order one; what is smaller than 1e-9 counts as zero.
_RTOL, _ATOL = 1e-6, 1e-9


def record(exercise, fn):
    """Return what the probes of an exercise see of a function.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    fn : callable
        The function.

    Returns
    -------
    list of list
        For each probe its numbers and words.
    """
    outcomes = []
    with hushed(quiet=True):
        for probe in exercise.probes:
            student = Student(fn, exercise.parameters, lenient=True)
            try:
                outcome = [_plain(item) for item in probe(student)]
            except CheckFailed as failure:
                outcome = [failure.token]
            except Exception:  # no form of result may break a diagnosis
                outcome = ["odd"]
            outcomes.append(outcome + [f"changes {name}" for name in sorted(set(student.changed))])
    return outcomes


def write(stem, exercises, right, wrong):
    """Write the fingerprints of a chapter, and return the file.

    Parameters
    ----------
    stem : str
        The chapter's stem, which is the file's name.
    exercises : dict of str to Exercise
        The chapter's exercises by name.
    right : dict of str to callable
        A right solution of each.
    wrong : iterable
        Wrong solutions: objects with `exercise`, `name`, `when`, `look` and `fn`.

    Returns
    -------
    Path
        The file.
    """
    content = {
        name: {
            "right": record(exercise, right[name]),
            "wrong": {
                mistake.name: {
                    "when": mistake.when,
                    "look": mistake.look,
                    "fails": exercise.failing(mistake.fn),
                    "outcomes": record(exercise, mistake.fn),
                }
                for mistake in wrong
                if mistake.exercise == name
            },
        }
        for name, exercise in exercises.items()
    }
    path = FOLDER / f"{stem}.json"
    path.write_text(_dump(content), encoding="utf-8")
    read.cache_clear()
    return path


@cache
def read(stem):
    """Return the fingerprints of a chapter.

    Parameters
    ----------
    stem : str
        The chapter's stem.

    Returns
    -------
    dict
        By exercise; empty where nothing was recorded.
    """
    path = FOLDER / f"{stem}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def diagnose(exercise, fn, check, failure):
    """Look up a function that failed a check.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    fn : callable
        The student's function.
    check : str
        The name of the check that failed.
    failure : CheckFailed
        What the check says.

    Returns
    -------
    CheckFailed
        The failure with the mistake named, or as it was if the mistake is not known.
    """
    known = read(exercise.chapter).get(exercise.name)
    if known is None:
        return failure
    seen, right = record(exercise, fn), known["right"]
    if len(seen) != len(right):
        return failure
    for name, mistake in known["wrong"].items():
        if agree(seen, mistake["outcomes"]):
            what = f"your results are exactly those you get when {mistake['when']}."
            return CheckFailed(what, mistake["look"], failure.token, name)
    if agree(seen, right):  # no probe sees what the check saw, so no factor can explain it
        return failure
    factor = _common_factor(seen, right)
    if factor:
        hint = f"Everywhere your results are {factor:.3g} times what they should be."
        return CheckFailed(failure.what, hint, failure.token, "factor")
    for name, mistake in known["wrong"].items():
        factor = _common_factor(seen, mistake["outcomes"])
        if factor:
            what = f"up to a factor of {factor:.3g} your results are those you get when "
            hint = f"{mistake['look']} And look for that factor."
            return CheckFailed(f"{what}{mistake['when']}.", hint, failure.token, name)
    # A mistake that passes the check, or fails it in another way, cannot be why it failed.
    suspects = {n: m for n, m in known["wrong"].items() if m["fails"].get(check) == failure.kind}
    name = _closest(seen, right, suspects)
    if name is None:
        return failure
    hint = f"It looks as if {suspects[name]['when']}. {suspects[name]['look']}"
    return CheckFailed(failure.what, hint, failure.token, name)


def named_in(message):
    """Return the misconception that a failure's message names.

    Parameters
    ----------
    message : str
        What a `CheckFailed` of an exercise says.

    Returns
    -------
    name : str or None
        The misconception, as in the bank; ``"factor"`` for one factor in all results, and None
        where none is named.
    when : str
        What the student did, in the bank's words.

    Examples
    --------
    >>> named_in("rate: Everywhere your results are 2 times what they should be.")
    ('factor', 'all results are off by one factor')
    >>> named_in("rate: For m = 0, the rate is wrong.")
    (None, '')
    """
    exercise = message.partition(":")[0]
    found = [
        (len(mistake["when"]), name, mistake["when"])
        for path in FOLDER.glob("*.json")
        for name, mistake in read(path.stem).get(exercise, {"wrong": {}})["wrong"].items()
        if re.search(rf"(?:you get when|as if) {re.escape(mistake['when'])}\.", message)
    ]
    if found:
        return max(found)[1:]
    if " Everywhere your results are " in message:
        return "factor", "all results are off by one factor"
    return None, ""


def _closest(seen, right, wrong):
    """Return the mistake that explains most of what is wrong, if one explains enough.

    A mistake that would show where the student is right is hardly the student's: all else must
    fit then. One that never does is named if a word was seen that no other suspect leaves. Any is
    named if nearly all that it leaves was seen, and that explains most of what is wrong.
    """
    if all(map(_is_exception, seen)):
        return None  # a slip of the pen raises everywhere, whatever else is wrong
    best, best_score = None, 0.0
    probes = range(len(right))
    faults = {i for i in probes if not _same(seen[i], right[i])}
    alike = {
        name: [_alike(a, b) for a, b in zip(seen, mistake["outcomes"], strict=True)]
        for name, mistake in wrong.items()
    }
    shared = [sum(suspects) for suspects in zip(*alike.values(), strict=True)]
    for name, mistake in wrong.items():
        left = mistake["outcomes"]
        shows = [i for i in probes if not _same(left[i], right[i])]
        explained = [i for i in shows if alike[name][i]]
        if not explained:
            continue
        clashes = not faults.issuperset(shows)
        evidence = sum(1 / shared[i] for i in explained)
        share = len(explained) / len(shows)
        telling = not clashes and any(
            shared[i] == 1
            and all(isinstance(item, str) for item in left[i])
            and not _is_exception(left[i])
            for i in explained
        )
        others = 1 if clashes else max(1, len(shows) / 4)
        fits = len(shows) - len(explained) <= others and 2 * len(explained) > len(faults)
        if not telling and not (fits and evidence > 0.2):
            continue
        score = evidence * share / (1 + len(faults - set(explained)))
        if score > best_score:
            best, best_score = name, score
    return best


def agree(seen, stored):
    """Return whether two records agree in all their outcomes."""
    return all(_same(a, b) for a, b in zip(seen, stored, strict=True))


def _same(a, b):
    """Return whether two outcomes agree, word by word and number by number."""
    if a == b or len(a) != len(b):
        return a == b
    for x, y in zip(a, b, strict=True):
        if isinstance(x, str) or isinstance(y, str):
            if x != y:
                return False
        elif abs(x - y) > _RTOL * max(abs(x), abs(y)) + _ATOL:
            return False
    return True


def _alike(a, b):
    """Return whether outcomes agree, or are exceptions both, whatever their type."""
    return _same(a, b) or (_is_exception(a) and _is_exception(b))


def _is_exception(outcome):
    return bool(outcome) and str(outcome[0]).startswith("raises ")


def _common_factor(seen, stored):
    """Return the one factor that turns all stored numbers into those seen, if there is one."""
    factors = (
        x / y
        for a, b in zip(seen, stored, strict=True)
        for x, y in zip(a, b, strict=False)
        if not isinstance(x, str) and not isinstance(y, str) and abs(y) > _ATOL
    )
    factor = next(factors, 0)
    if not factor or not math.isfinite(factor) or abs(factor - 1) <= _RTOL:
        return None
    scaled = ([y if isinstance(y, str) else factor * y for y in b] for b in stored)
    if not all(_same(a, b) for a, b in zip(seen, scaled, strict=True)):
        return None
    return factor if sum(1 for _ in factors) >= 3 else None


def _plain(item):
    """Return a number as JSON can hold it, with NaN and infinity as words."""
    if isinstance(item, str):
        return item
    return float(f"{item:.9g}") if np.isfinite(item) else str(float(item))


def _dump(content):
    """Return JSON with one mistake a line, so that a change is readable in a diff."""
    exercises = []
    for name, known in content.items():
        mistakes = ",\n".join(
            f"    {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
            for key, value in known["wrong"].items()
        )
        exercises.append(
            f' {json.dumps(name)}: {{\n  "right": {json.dumps(known["right"])},\n'
            f'  "wrong": {{\n{mistakes}\n  }}\n }}'
        )
    return "{\n" + ",\n".join(exercises) + "\n}\n"
