"""The short frames for numbers: they hold what was sent, bit for bit, and forgeries are refused."""

import contextlib
import socket
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from optedu.grading.sandbox import wire

SEEDED = settings(deadline=None, derandomize=True, database=None)
numbers = st.one_of(
    st.floats(),
    st.floats().map(np.float64),
    hnp.arrays(float, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)),
)


@pytest.fixture(scope="module")
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(10)  # what was not sent is an error, not a wait
        yield ours, theirs


@SEEDED
@given(values=st.lists(numbers, max_size=4), target=st.integers(0, 1 << 31))
def test_numbers_arrive_as_they_were(ends, values, target):
    assert wire.send_numbers(ends[0], "callback", target, values)
    message, _ = wire.receive(ends[1])
    assert (message["op"], message["target"]) == ("callback", target)
    assert len(message["numbers"]) == len(values)
    for sent, came in zip(values, message["numbers"], strict=True):
        assert type(came) is type(sent)
        assert np.shape(came) == np.shape(sent)
        assert np.asarray(came).tobytes() == np.asarray(sent).tobytes()


def test_an_array_that_arrived_can_be_changed(ends):
    assert wire.send_numbers(ends[0], "returned", 0, [np.zeros((2, 3))])
    (array,) = wire.receive(ends[1])[0]["numbers"]
    array += 1
    assert array.shape == (2, 3)


OTHERS = [1, "x", None, True, [1.0], np.float32(1), np.arange(3)]
ARRAYS = [np.zeros((1,) * 5), np.zeros((2, 3)).T]  # of too many axes, and not row by row


@pytest.mark.parametrize("value", [*OTHERS, *ARRAYS], ids=repr)
def test_nothing_else_is_sent_this_way(ends, value):
    assert not wire.send_numbers(ends[0], "callback", 0, [1.0, value])


@SEEDED
@given(body=st.binary(max_size=60))
def test_a_forged_frame_is_read_or_refused(ends, body):
    ends[0].sendall(struct.pack("!II", 0, len(body)) + body)
    with contextlib.suppress(wire.WireError):
        assert set(wire.receive(ends[1])[0]) == {"op", "target", "numbers"}


@pytest.mark.parametrize(
    "body", [b"\0\0\0\0\0" + b"4" + b"\xff" * 16, b"\1\0\0\0\0", b"\0\0\0\0\0f\0", b"\7\0\0\0\0"]
)
def test_sizes_that_lie_are_refused(ends, body):
    ends[0].sendall(struct.pack("!II", 0, len(body)) + body)
    with pytest.raises(wire.WireError, match="numbers cannot be read"):
        wire.receive(ends[1])
