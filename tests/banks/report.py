"""What the checks are worth: the table that the book publishes, computed from the banks."""

import io
from contextlib import redirect_stdout

from optedu.checks import CheckFailed
from tests.banks.bank import all_banks


def summary():
    """Return a row for each exercise of each chapter.

    Returns
    -------
    list of dict
        With the keys chapter, exercise, wrong, killed, named, restyled, restyled_named, right,
        accepted, held_out, held_out_killed, held_out_known, held_out_named, held_out_right and
        held_out_accepted, all but the first two being counts. `named` counts the wrong solutions
        whose first message names their misconception; `restyled` the same mistakes in another
        hand, from which no fingerprint was made; `held_out` those that were written from the
        statements alone, of which the bank knows the mistakes of some (`held_out_known`).
    """
    rows = []
    for bank in all_banks():
        texts = {(wrong.exercise, wrong.name): wrong.when for wrong in bank.wrong}
        for name, exercise in bank.exercises.items():
            wrong = [(w.name, _message(exercise, w.fn)) for w in bank.wrong if w.exercise == name]
            restyled = [(n, _message(exercise, fn)) for e, n, fn in bank.restyled if e == name]
            right = [_message(exercise, fn) for e, _, fn in bank.right if e == name]
            unseen = [(n, _message(exercise, fn)) for e, n, fn in bank.held_out_wrong if e == name]
            unseen_right = [_message(exercise, fn) for e, _, fn in bank.held_out_good if e == name]
            rows.append(
                {
                    "chapter": bank.stem,
                    "exercise": name,
                    "wrong": len(wrong),
                    "killed": sum(message is not None for _, message in wrong),
                    "named": sum(texts[name, n] in (message or "") for n, message in wrong),
                    "restyled": len(restyled),
                    "restyled_named": sum(
                        texts[name, n] in (message or "") for n, message in restyled
                    ),
                    "right": len(right),
                    "accepted": sum(message is None for message in right),
                    "held_out": len(unseen),
                    "held_out_killed": sum(message is not None for _, message in unseen),
                    "held_out_known": sum(bool(names) for names, _ in unseen),
                    "held_out_named": sum(
                        any(texts[name, n] in (message or "") for n in names)
                        for names, message in unseen
                    ),
                    "held_out_right": len(unseen_right),
                    "held_out_accepted": sum(message is None for message in unseen_right),
                }
            )
    return rows


def misconceptions():
    """Return a row for each wrong solution.

    Returns
    -------
    list of dict
        With the keys chapter, exercise, misconception, kind, visible (whether the visible checks
        see it) and message (the first that a student reads).
    """
    return [
        {
            "chapter": bank.stem,
            "exercise": wrong.exercise,
            "misconception": wrong.name,
            "kind": wrong.kind,
            "visible": not wrong.survives_visible,
            "message": _message(bank.exercises[wrong.exercise], wrong.fn),
        }
        for bank in all_banks()
        for wrong in bank.wrong
    ]


def _message(exercise, fn):
    """Return the first message of all the checks, or None where they pass."""
    with redirect_stdout(io.StringIO()):
        try:
            exercise(fn, hidden=True)
        except CheckFailed as failure:
            return str(failure)
    return None
