"""A step's state crosses to another process and back: data as a copy, the rest as a handle."""

import socket
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from optedu import checks
from optedu.grading.sandbox.sides import CheckerSide, StudentSide
from tests.banks.bank import all_banks

BANK = next(bank for bank in all_banks() if bank.stem == "momentum")
STEPS = {
    style: (exercise, fn)
    for exercise, style, fn in BANK.right
    if exercise in ("heavy_ball", "nesterov_look_ahead") and style != "model"
}


def by_generator(x, g, state, learning_rate, momentum):
    """The state is a generator, which waits for the next gradient."""

    def ball(x, v):
        while True:
            v = momentum * v - learning_rate * (yield x)
            x = x + v

    if state is None:
        state = ball(x, np.zeros_like(x))
        next(state)
    return state.send(g), state


@pytest.fixture
def across():
    """Return a function that gives what stands for a student's function in a test."""
    sockets = [*socket.socketpair(), *socket.socketpair()]
    host, _, here, there = sockets
    names = {}
    shell = SimpleNamespace(user_ns=names, outputs=[], keep_text=lambda *printed: None)
    student = StudentSide(host, there, shell)
    serving = threading.Thread(target=student.serve)
    serving.start()
    checker = CheckerSide(host, here, SimpleNamespace(user_ns={}))

    def ask(fn):
        names["step"] = fn
        checker.send(op="names", names=["step"])
        return checker.receive()["value"]["step"]

    yield ask
    here.shutdown(socket.SHUT_RDWR)
    serving.join()
    for line in sockets:
        line.close()


@pytest.mark.parametrize("style", STEPS)
def test_every_form_of_state_is_accepted_across_the_wire(across, style):
    exercise, fn = STEPS[style]
    getattr(checks.momentum, exercise)(across(fn), hidden=True)


def test_so_is_a_generator(across):
    checks.momentum.heavy_ball(across(by_generator), hidden=True)


@pytest.mark.parametrize(
    "name", ["damped", "changes_gradient", "one_velocity_for_all_runs", "point_only"]
)
def test_wrong_steps_get_the_same_message_across_the_wire(across, name):
    (fn,) = (w.fn for w in BANK.wrong if (w.exercise, w.name) == ("heavy_ball", name))
    with pytest.raises(checks.CheckFailed) as here:
        checks.momentum.heavy_ball(fn, hidden=True)
    with pytest.raises(checks.CheckFailed) as there:
        checks.momentum.heavy_ball(across(fn), hidden=True)
    assert str(there.value) == str(here.value)
