"""The two sides of a submission, on two threads: what a call does to what it is given."""

import re
import socket
import threading
import time
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from optedu.checks import Exercise
from optedu.grading.sandbox import plain
from optedu.grading.sandbox.sides import CheckerSide, StudentSide


def shuffled(n, rng):
    """Yield the numbers below n in an order that is drawn when the first is asked for."""
    yield from rng.permutation(n)


def drawn_one_by_one(n, rng):
    """Draw each number when it is asked for."""
    for _ in range(n):
        yield int(rng.integers(1000))


def in_place(x, times):
    """Double an array that it should leave alone, an entry at a time, and then give up."""
    for place in range(times):
        x[place] *= 2
        yield place
    raise ValueError("no more")


State = namedtuple("State", "velocity steps")


def slowed(x, state):
    """Halve the velocity that a named tuple holds."""
    state = State(1.0, 0) if state is None else state
    return x + state.velocity, State(state.velocity / 2, state.steps + 1)


@pytest.fixture
def theirs():
    """Return a function that gives what stands for one of the student's functions in a test."""
    sockets = [*socket.socketpair(), *socket.socketpair()]
    host, _, here, there = sockets
    names = {"shuffled": shuffled, "drawn_one_by_one": drawn_one_by_one, "slowed": slowed}
    names["in_place"], names["first"] = in_place, lambda x: list(in_place(x, 1))
    names["reads_a_file"] = Path("/nowhere/data.csv").read_text
    names["order"] = lambda x: (x.flags.c_contiguous, x.tolist())
    student = StudentSide(host, there, SimpleNamespace(user_ns=names, outputs=[]))
    serving = threading.Thread(target=student.serve)
    serving.start()
    checker = CheckerSide(host, here, SimpleNamespace(user_ns={}))

    def ask(name):
        checker.send(op="names", names=[name])
        return checker.receive()["value"][name]

    yield ask
    here.shutdown(socket.SHUT_RDWR)
    serving.join()
    for line in sockets:
        line.close()


def test_an_iterator_draws_from_the_generator_it_was_given(theirs):
    ours, rng = np.random.default_rng(0), np.random.default_rng(0)
    stand_in = theirs("shuffled")
    for _ in range(3):  # one epoch after another, each with an order of its own
        assert list(stand_in(7, rng)) == list(shuffled(7, ours))
    assert rng.bit_generator.state == ours.bit_generator.state


def test_iterators_that_take_turns_share_their_generator(theirs):
    ours, rng = np.random.default_rng(1), np.random.default_rng(1)
    stand_in = theirs("drawn_one_by_one")
    pairs = zip(stand_in(4, rng), stand_in(4, rng), strict=True)
    mine = zip(drawn_one_by_one(4, ours), drawn_one_by_one(4, ours), strict=True)
    for got, want in zip(pairs, mine, strict=True):
        assert got == want
        assert rng.integers(1000) == ours.integers(1000)  # and the test draws in between


def test_a_named_tuple_is_data_here_and_keeps_its_names_over_there(theirs):
    stand_in, x, state = theirs("slowed"), 0.0, None
    for _ in range(3):
        x, state = stand_in(x, state)
    assert (x, state) == (1.75, (0.125, 3))


def test_what_is_done_to_an_argument_shows_even_where_it_ends_in_an_exception(theirs):
    x = np.ones(3)
    steps = theirs("in_place")(x, 2)
    assert next(steps) == 0
    assert x.tolist() == [2, 1, 1]
    assert next(steps) == 1
    with pytest.raises(ValueError, match="no more"):
        next(steps)
    assert x.tolist() == [2, 2, 1]
    with pytest.raises(ValueError, match="no more"):
        theirs("first")(x)
    assert x.tolist() == [4, 2, 1]


def test_an_error_that_a_function_raises_is_not_taken_for_the_end_of_its_process(theirs):
    with pytest.raises(FileNotFoundError, match=r"data\.csv"):
        theirs("reads_a_file")()


def test_a_transposed_view_stays_one(theirs):
    matrix = np.arange(6.0).reshape(2, 3)
    for array in (matrix, matrix.T):
        assert theirs("order")(array) == (array.flags.c_contiguous, array.tolist())


@pytest.mark.parametrize("back", [np.ones(2), np.nan, object(), str.upper, "1", [1], 1.0, 2])
def test_no_answer_but_the_one_to_what_is_asked_is_taken_for_it(back):
    sockets = [*socket.socketpair(), *socket.socketpair()]
    host, _, here, there = sockets
    StudentSide(host, there, None).send(op="names", value={"square": 0}, back=back)
    checker = CheckerSide(host, here, SimpleNamespace(user_ns={}))
    assert checker._exchange(["square"], back=1) == {}
    assert checker.astray
    for line in sockets:
        line.close()


class Bench:
    """As much of a shell as a checker needs: it runs tests, and lets their errors be."""

    def __init__(self, **names):
        self.user_ns = names

    def names_in(self, code):
        return set(re.findall(r"\w+", code))

    def run(self, code, output):
        exec(code, self.user_ns)
        return {"ok": True}


def test_what_a_visible_test_found_holds_for_the_hidden_one_until_a_cell_has_run():
    asked, exercise = [], Exercise("none", "square", "x", "Square a number.")
    exercise.visible(lambda student: student(2.0, case="A"))
    exercise.hidden(lambda student: student(3.0, case="B"))
    exercise.hidden_checks[0].__name__ = "hidden"
    lines = [line for _ in range(3) for line in socket.socketpair()]
    idle, _, here, there, host, ours = lines
    names = {"square": lambda x: asked.append(x) or x * x}
    student = StudentSide(idle, there, SimpleNamespace(user_ns=names, outputs=[]))
    checker = CheckerSide(host, here, Bench(check=exercise))
    threads = [threading.Thread(target=side.serve) for side in (student, checker)]
    for thread in threads:
        thread.start()

    def test(code, cells_run):
        asked.clear()
        plain.send(ours, {"op": "test", "code": code, "output": 100, "cells_run": cells_run})
        assert plain.receive(ours, time.monotonic() + 10) == {"ok": True, "astray": False}
        return asked

    plain.send(ours, {"op": "prepare", "names": ["square"], "cells": []})
    plain.receive(ours, time.monotonic() + 10)
    try:
        assert test("check(square)", 1) == [2.0]
        assert test("check(square, hidden=True)", 1) == [3.0]
        assert test("check(square, hidden=True)", 2) == [2.0, 3.0]
    finally:
        for line in (ours, here):
            line.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        for line in lines:
            line.close()
