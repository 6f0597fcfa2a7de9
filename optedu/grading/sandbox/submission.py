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
        self.cells_run = self.reached = 0  # the latter without those that did not finish
        self.places = {}  # where tests wait: after how many of the cells that are done
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
        order = {"op": "run", "code": code, "hold": self._places_after(len(self.done))}
        result = self._ask(where, self.student, self.student, own, **order)
        if result.get("finished"):
            self.suspect = code, own
            self.done.append(self.suspect)
            self.reached = len(self.done)
        return result

    def hold(self, where):
        """Mark a place for a test that waits until all cells have run.

        What it calls the student's functions with no cell and no other test can tell then. With
        the next order both sides remember what all names stand for there.

        Parameters
        ----------
        where : str
            What to call it in a note.

        Returns
        -------
        dict
            For `test`.
        """
        self._settle(where)
        place = 0 if self.why_over else len(self.places) + 1
        if place:
            self.places[place] = len(self.done)
        return {"place": place, "cells_run": self.cells_run}

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
            result = self._ask(where, self.checker, self.student, own, **order, **self._news())
            if result.get("lost"):
                self._spoke_before(where)
                result = self._ask(where, self.checker, self.student, own, **order, **self._news())
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
        if self.late_by is None:
            self.late_by, self.why_no_place = now + self.limits.total_seconds, self.why_over
        if not place:
            return _failed(ENDED, f"Not run: {self.why_no_place}")
        if now > self.late_by:
            seconds = f"{self.limits.total_seconds:g} seconds"
            return _failed(ENDED, f"Not run: the hidden tests took more than {seconds} together.")
        self.suspect, self.why_over = None, ""
        order = {"op": "test", "code": code, **held}
        if self._both_wait():
            order["theirs"] = self._places_after(self.reached)
            result = self._ask(where, self.checker, self.student, own, **order, **self._news())
            if not result.get("lost"):
                return result
        self._run_again(self.places[place], self.late_by)
        order = {"op": "test", "code": code, "cells_run": held["cells_run"]}
        return self._ask(where, self.checker, self.student, own, **order)

    def _places_after(self, count):
        """Return the places that come right after so many cells."""
        return [place for place, before in self.places.items() if before == count]

    def _news(self):
        """Return the places that the checker has not heard of."""
        places = [place for place in self.places if place > self.told]
        self.told = len(self.places)
        return {"hold": places}

    def _settle(self, where):
        """See to it that both sides wait for an order, or that there are no more orders."""
        if self.why_over:
            return
        if time.monotonic() > self.end_by:
            self.why_over = f"all took more than {self.limits.total_seconds:g} seconds together."
            self.notes.append(f"{where} and what follows were not run: {self.why_over}")
        elif not self._both_wait():
            self._spoke_before(where)

    def _spoke_before(self, where):
        self.notes.append(f"a cell before {where} ended its process or spoke out of turn")
        self._restart()

    def _ask(self, where, job, guilty, own, **order):
        if self.why_over:
            return _failed(ENDED, f"Not run: {self.why_over}")
        limits = replace(self.limits, **own) if own else self.limits
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
        sane = self._both_wait(patience)
        if job is self.checker and job.alive and (result.get("astray") or not sane):
            self.notes.append(f"{where} ended or confused the process of the code it tests")
            sane = False
        if not sane and self.late_by:
            self._end()  # each test that is left begins anew
        elif not sane:
            self._restart()
        return result | {"outputs": _outputs(result), "finished": sane and not late}

    def _start(self):
        self.told = 0
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self.student = self.students.fork(ours.fileno())
            self.checker = self.checkers.fork(theirs.fileno())
        self.checker.ask(self.limits.seconds, op="prepare", names=self.names, cells=self.cells)

    def _both_wait(self, patience=0):
        """Return whether both sides wait for an order: alive, and with nothing to say unasked."""
        jobs = [job for job in (self.student, self.checker) if job is not None and job.alive]
        lines = [job.line for job in jobs]
        return len(jobs) == 2 and not select.select(lines, [], [], patience)[0]

    def _restart(self):
        """Start both sides again and run the student's cells up to here, but for the guilty one."""
        if self.suspect is not None and _speaks(self.student):
            self.done.pop()  # the last cell has answered more than once
            self.places = {place: min(n, len(self.done)) for place, n in self.places.items()}
        self.suspect = None
        self.restarts += 1
        if self.restarts > MAX_RESTARTS:
            self._end()
            self.why_over = f"the submission ended its process {self.restarts} times."
        elif not self._run_again(len(self.done), self.end_by):
            self.notes.append("it could not be run again after its process had ended")

    def _run_again(self, count, end_by):
        """Start both sides again and run the first cells; return whether that went well."""
        self._end()
        try:
            self._start()
            self.reached = count
            for number, (code, own) in enumerate(self.done[:count]):
                limits = replace(self.limits, **(own or {}))
                order = {"op": "run", "code": code, "hold": self._places_after(number)}
                _, late = self.student.ask(limits.seconds, output=limits.output, **order)
                if late or time.monotonic() > end_by:
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


def _speaks(job):
    """Return whether a job says something that it was not asked."""
    if not job.alive:
        return False
    try:
        return bool(job.line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
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
