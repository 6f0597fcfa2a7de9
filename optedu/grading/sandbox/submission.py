"""A submission under way: its two sides, and what happens when one of them ends."""

import re
import select
import socket
import time
from dataclasses import replace

from .host import Dead, TooSlow

TOO_SLOW = "CellTimeoutError"  # the name that nbgrader and the feedback page know
ENDED = "NotRun"
MAX_RESTARTS = 5
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_ACTS = re.compile(r"(?!\x1b\[[\d;]*m)[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Submission:
    """Run the cells of one submission in order; a cell that ends its process costs only itself.

    Parameters
    ----------
    students, checkers : Zygote
        Where the two sides are forked.
    names : list of str
        What the student is asked to define.
    cells : list of str
        What the tests need to have run before them, such as imports.
    """

    def __init__(self, students, checkers, names, cells):
        self.students, self.checkers = students, checkers
        self.limits = students.limits
        self.names, self.cells = names, cells
        self.done, self.notes, self.restarts = [], [], 0
        self.cells_run = self.places = 0
        self.why_over = ""
        self.end_by = time.monotonic() + self.limits.total_seconds
        self.late_by = None  # when those tests must have ended that wait for all cells
        self.student = self.checker = self.suspect = None
        self._start()

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *exception):
        """End both sides."""
        self._end()

    def run(self, code, where, own=None):
        """Run a cell of the student's.

        Parameters
        ----------
        code : str
            Its source.
        where : str
            What to call it in a note.
        own : dict, optional
            Its own ``seconds`` and ``output``, if it has other limits than the rest.

        Returns
        -------
        dict
            ``outputs`` and ``count``, as a notebook keeps them; not to be trusted.
        """
        self._settle(where)
        self.cells_run += 1
        result = self._ask(where, self.student, self.student, own, op="run", code=code)
        if result.get("finished"):
            self.suspect = {"op": "run", "code": code}, own
            self.done.append(self.suspect)
        return result

    def hold(self, code, where):
        """Have both sides remember where they stand, for a test that runs when all cells have.

        What it calls the student's functions with no cell and no other test can tell then.

        Parameters
        ----------
        code : str
            The test's source.
        where : str
            What to call it in a note.

        Returns
        -------
        dict
            For `test`.
        """
        self._settle(where)
        self.places += 1
        order = {"op": "hold", "code": code, "place": self.places}
        if self._ask(where, self.checker, self.student, None, **order).get("finished"):
            self.done.append((order, None))
        return {"place": self.places, "cells_run": self.cells_run}

    def test(self, code, where, own=None, held=None):
        """Run a locked test, which calls what the student defined.

        Parameters
        ----------
        code : str
            Its source, from the instructor's version.
        where : str
            What to call it in a note.
        own : dict, optional
            Its own ``seconds`` and ``output``, if it has other limits than the rest.
        held : dict, optional
            What `hold` has returned, if it runs later than it stands; no cell runs any more then.

        Returns
        -------
        dict
            ``outputs`` and ``count``.
        """
        if held is None:
            self._settle(where)
            order = {"op": "test", "code": code, "cells_run": self.cells_run}
            result = self._ask(where, self.checker, self.student, own, **order)
        else:
            result = self._test_late(code, where, own, held)
        # nbgrader takes a test without an error for passed; only the checker's word is.
        failed = any(output.get("output_type") == "error" for output in _outputs(result))
        if not (result.get("ok") or failed):
            result["outputs"] = _failed(ENDED, "The test did not end as it should.")["outputs"]
        return result

    def _test_late(self, code, where, own, held):
        """Run a test that was held; where what came after it is in the way, without that."""
        now, place = time.monotonic(), held["place"]
        self.late_by = self.late_by or now + self.limits.total_seconds
        places = [order.get("place") for order, _ in self.done]
        if place not in places or now > self.late_by:
            return _failed(ENDED, f"Not run: {self.why_over or 'there was no time left.'}")
        self.suspect, self.why_over = None, ""
        order = {"op": "test", "code": code, **held}
        if self.student is not None and _waits(self.student, 0) and _waits(self.checker, 0):
            result = self._ask(where, self.checker, self.student, own, **order)
            if not result.get("lost"):
                return result
        self._run_again(self.done[: places.index(place)], self.late_by)
        del order["place"]
        return self._ask(where, self.checker, self.student, own, **order)

    def _settle(self, where):
        """See to it that both sides wait for an order, or that there are no more orders."""
        if self.why_over:
            return
        if time.monotonic() > self.end_by:
            self.why_over = f"all took more than {self.limits.total_seconds:g} seconds together."
            self.notes.append(f"{where} and what follows were not run: {self.why_over}")
        elif not (_waits(self.student, 0) and _waits(self.checker, 0)):
            self.notes.append(f"a cell before {where} ended its process or spoke out of turn")
            self._restart()

    def _ask(self, where, job, guilty, own, **order):
        if self.why_over:
            return _failed(ENDED, f"Not run: {self.why_over}")
        limits = replace(self.limits, **(own or {}))
        seconds = limits.seconds
        too_slow = (
            f"Your code did not finish within {seconds:g} seconds. Look for a loop that never "
            "ends: does what its condition tests change from turn to turn?"
        )
        try:
            result, late = job.ask(seconds, guilty, output=limits.output, **order)
        except TooSlow:
            result, late = _failed(TOO_SLOW, too_slow), True
        except Dead:
            result, late = _failed(ENDED, "This cell ended the process that runs your code."), False
            self.notes.append(f"{where} ended its process")
        if job is self.checker and result.get("lost"):
            return result
        if late:
            self.notes.append(f"{where} was stopped after {seconds:g} seconds")
            if not any(output.get("ename") == TOO_SLOW for output in _outputs(result)):
                result["outputs"] = [*_failed(TOO_SLOW, too_slow)["outputs"], *_outputs(result)]
        # A process that is just ending may still look alive, so a failed cell is looked at twice.
        # Of a failed test the checker says whether the student's side is still there.
        patience = 0.02 if job is self.student and not result.get("ok") else 0
        sane = _waits(self.student, patience) and _waits(self.checker, 0)
        if job is self.checker and job.alive and (result.get("astray") or not sane):
            self.notes.append(f"{where} ended or confused the process of the code it tests")
            sane = False
        if not sane and self.late_by:
            self._end()  # each test that is left begins anew
        elif not sane:
            self._restart()
        return result | {"outputs": _outputs(result), "finished": sane and not late}

    def _start(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self.student = self.students.fork(ours.fileno())
            self.checker = self.checkers.fork(theirs.fileno())
        self.checker.ask(self.limits.seconds, op="prepare", names=self.names, cells=self.cells)

    def _restart(self):
        """Start both sides again and run the student's cells up to here, but for the guilty one."""
        if self.suspect is not None and _speaks(self.student):
            # The last cell has answered more than once.
            self.done = [entry for entry in self.done if entry is not self.suspect]
        self.suspect = None
        self.restarts += 1
        if self.restarts > MAX_RESTARTS:
            self._end()
            self.why_over = f"the submission ended its process {self.restarts} times."
        elif not self._run_again(self.done, self.end_by):
            self.notes.append("it could not be run again after its process had ended")

    def _run_again(self, orders, end_by):
        """Start both sides again with these orders behind them; return whether that went well."""
        self._end()
        try:
            self._start()
            for order, own in orders:
                limits = replace(self.limits, **(own or {}))
                job = self.student if order["op"] == "run" else self.checker
                result, late = job.ask(limits.seconds, self.student, output=limits.output, **order)
                if late or result.get("astray") or time.monotonic() > end_by:
                    raise TooSlow
        except (Dead, TooSlow):
            self._end()
            self.why_over = "the cells before it could not be run again."
        return not self.why_over

    def _end(self):
        for job in (self.student, self.checker):
            if job is not None:
                job.end()
        self.student = self.checker = None


def _waits(job, patience):
    """Return whether a job waits for an order: alive, and with nothing to say on its own."""
    return job.alive and not select.select([job.line], [], [], patience)[0]


def _speaks(job):
    """Return whether a job says something that it was not asked."""
    if not job.alive or _waits(job, 0):
        return False
    try:
        return bool(job.line.recv(1, socket.MSG_PEEK))
    except OSError:
        return False


def _outputs(result):
    outputs = result.get("outputs")
    outputs = outputs if isinstance(outputs, list) else []
    return [
        {key: _harmless(value) for key, value in output.items()}
        for output in outputs
        if isinstance(output, dict)
    ]


def _harmless(value):
    """Take out what a terminal would act upon, all but colors, and pictures that are none."""
    if isinstance(value, list):
        return [_harmless(entry) for entry in value if isinstance(entry, str)]
    if isinstance(value, dict):
        return {
            kind: _harmless(text)
            for kind, text in value.items()
            if isinstance(text, str) and (kind.startswith("text/") or _BASE64.fullmatch(text))
        }
    return _ACTS.sub("", value) if isinstance(value, str) else value


def _failed(name, message):
    error = {"output_type": "error", "ename": name, "evalue": message, "traceback": [message]}
    return {"outputs": [error], "count": None}
