"""The wire between a student's process and the tests: values survive it, forgeries do not."""

import contextlib
import json
import math
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from optedu.grading.sandbox import plain, wire
from optedu.grading.sandbox.plain import WireError

SEEDED = settings(deadline=None, derandomize=True, database=None)

numbers = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.floats().map(np.float64),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.none(),
)
arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_, np.complex128, "U3"]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
values = st.recursive(
    numbers | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


class End:
    """One end of a line, which keeps what only it can name."""

    def __init__(self, socket):
        self.kept = []
        self.line = wire.Line(socket, self._keep, self._stand_in, lambda _: None, self._find)

    def _keep(self, thing):
        self.kept.append(thing)
        return len(self.kept) - 1

    def _stand_in(self, number, kind, name):
        return ("stand-in", number, kind, name)

    def _find(self, number):
        return self.kept[number]


@contextlib.contextmanager
def connected():
    """Yield two sockets, of which none waits for ever."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for end in (ours, theirs):
            end.settimeout(5)
        yield ours, theirs


def carried(send, receive):
    """Return what is received of what a thread sends: sockets hold little."""

    def send_all(line):
        with line:
            send(line)

    with connected() as (ours, theirs), ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send_all, ours)
        with theirs:
            try:
                return receive(theirs)
            except EOFError:
                sending.result()
                raise


def across(value):
    """Return a value after it has crossed as bytes."""
    return carried(
        lambda line: End(line).line.send({"op": "returned", "value": value}),
        lambda line: End(line).line.receive()["value"],
    )


def plain_across(value):
    """Return plain data after it has crossed to the host."""
    return carried(lambda line: plain.send(line, {"value": value}), plain.receive)["value"]


def read(body):
    """Return the value of a message, however it was made."""
    return carried(lambda line: line.sendall(body), lambda line: End(line).line.receive()["value"])


def message(value):
    """Return a message as bytes."""
    return msgpack.packb({"op": "returned", "value": value})


def packed(kind, body):
    """Return a message whose value is of a kind, with a body that no line may ever write."""
    return message(msgpack.ExtType(kind, msgpack.packb(body)))


def identical(one, other):
    """Return whether two values agree in type, shape and every bit but the sign of NaN."""
    if isinstance(one, np.ndarray):
        same_form = type(one) is type(other) and one.dtype == other.dtype
        return same_form and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        same_form = type(one) is type(other) and len(one) == len(other)
        return same_form and all(map(identical, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(identical, one.values(), other.values()))
    if isinstance(one, complex):
        return identical([one.real, one.imag], [other.real, other.imag])
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


@SEEDED
@given(values)
def test_what_is_data_crosses_unchanged(value):
    assert identical(value, across(value))


@SEEDED
@given(json_values)
def test_plain_data_crosses_to_the_host_unchanged(value):
    assert identical(plain_across(value), value)


@SEEDED
@given(st.sampled_from(wire.Kind), json_values | st.binary(max_size=64))
def test_a_forged_body_of_every_kind_is_data_or_refused(kind, body):
    for forged in (body, [body, body]):
        with contextlib.suppress(WireError):
            read(packed(kind, forged))
    if isinstance(body, bytes):
        with contextlib.suppress(WireError):
            read(message(msgpack.ExtType(kind, body)))


@SEEDED
@given(st.binary(max_size=200))
def test_noise_is_no_message(noise):
    for start in (b"", b"\x81\xa2op\xa1a", b"\x82\xa2op\xa1a\xa5value"):
        with contextlib.suppress(WireError, EOFError, KeyError):
            read(start + noise)
    with contextlib.suppress(WireError, EOFError):
        assert type(carried(lambda line: line.sendall(noise), plain.receive)) is dict


K = wire.Kind
SHAPE = struct.Struct("!B2I")


@pytest.mark.parametrize(
    "body",
    [
        packed(K.ARRAY, ["O", [1], "C", bytes(8)]),
        packed(K.ARRAY, ["i8,f8", [1], "C", bytes(16)]),
        packed(K.ARRAY, ["<f8", [1 << 40], "C", bytes(8)]),
        packed(K.ARRAY, ["<f8", [-1, -1], "C", bytes(8)]),
        packed(K.ARRAY, ["<f8", [2], "C", bytes(8)]),
        packed(K.ARRAY, ["<f8", [1], "C", 8]),
        packed(K.ARRAY, [["f8"], [1], "C", bytes(8)]),
        packed(K.SCALAR, ["<f8", bytes(16)]),
        packed(K.OBJECTS, [[2, 2], [1, 2, 3]]),
        packed(K.TUPLE, "text"),
        packed(K.KEPT, [1, {"a": 1}]),
        packed(K.INTEGER, "9" * 5000),
        packed(K.INTEGER, "__import__('os')"),
        packed(K.SINGLE, "None"),
        packed(K.GENERATOR, ["seed", "{}"]),
        packed(K.GENERATOR, ["PCG64", '{"state": 1}']),
        packed(K.YOURS, 10**9),
        packed(K.SET, [[]]),
        packed(K.RANGE, [0, 1, 0]),
        packed(K.SLICE, [1, 2, 3, 4]),
        packed(99, 1),
        message(msgpack.ExtType(K.NUMBERS, SHAPE.pack(2, 1 << 31, 1 << 31))),
        message(msgpack.ExtType(K.NUMBERS, SHAPE.pack(2, 1, 2) + bytes(8))),
        message(msgpack.ExtType(K.NUMBERS, b"\x05" + bytes(80))),
        message(msgpack.ExtType(K.NUMBERS, b"")),
        message(msgpack.ExtType(K.NUMBER, b"\0")),
        message(msgpack.ExtType(K.VECTOR, bytes(7))),
        message([[]] * 2)[:-1] + b"\xc1",
        msgpack.packb([1]),
        msgpack.packb({"value": 1}),
        msgpack.packb({"op": 1, "value": 1}),
        b"\xc1",
    ],
)
def test_what_no_line_writes_is_refused(body):
    with pytest.raises(WireError):
        read(body)


def test_depth_and_length_have_a_limit():
    deep = 1
    for _ in range(wire.MAX_DEPTH + 2):
        deep = msgpack.ExtType(K.TUPLE, msgpack.packb([deep]))
    with pytest.raises(WireError, match="too deep"):
        read(message(deep))
    with pytest.raises(WireError):
        read(message(0)[:-1] + b"\x91" * 100_000)
    with pytest.raises(WireError):
        read(message([1] * (plain.MAX_ITEMS + 1)))
    in_list, in_dict, in_tuple = [], {}, []
    in_list.append(in_list)
    in_dict[0] = in_dict
    in_tuple.append((in_tuple,))
    for own in (in_list, in_dict, in_tuple):
        with pytest.raises(WireError, match="holds itself"):
            across(own)


def test_what_the_host_reads_is_bounded_in_sum():
    assert plain_across([[1] * 20] * 10_000)
    for much in ([[1] * 1000] * 1000, [{}] * 600_000, [[]] * 600_000):
        with pytest.raises(WireError, match="too long"):
            plain_across(much)


def test_a_line_that_has_refused_to_send_goes_on():
    own = []
    own.append((own,))
    with connected() as (ours, theirs):
        line = End(ours).line
        with pytest.raises(WireError):
            line.send({"op": "returned", "value": own})
        line.send({"op": "returned", "value": (1, 2)})
        assert End(theirs).line.receive() == {"op": "returned", "value": (1, 2)}


@pytest.mark.parametrize(
    "value",
    [b"bytes", [b"bytes"], {"a": b"bytes"}, {b"a": 1}, {1: 2}, msgpack.ExtType(K.YOURS, b"\0")],
    ids=repr,
)
def test_what_is_not_plain_does_not_reach_the_host(value):
    with pytest.raises(WireError):
        plain_across(value)


def test_what_is_too_large_is_neither_sent_nor_read():
    with connected() as (ours, theirs):
        ours.sendall(struct.pack("!I", plain.MAX_BYTES + 1))
        with pytest.raises(WireError, match="too large"):
            plain.receive(theirs)
        with pytest.raises(WireError, match="too much"):
            plain.send(ours, {"text": "a" * (plain.MAX_BYTES + 1)})
    with pytest.raises(WireError, match="too much"):
        across(np.zeros(wire.MAX_BYTES // 8 + 1))
    with pytest.raises(WireError, match="too much"):
        across([np.zeros(wire.MAX_BYTES // 16)] * 3)
    with pytest.raises((WireError, EOFError)):  # it waits for the text, of which none comes
        read(message(0)[:-1] + b"\xdb\xff\xff\xff\xff")


def test_messages_that_come_together_or_in_pieces_are_read_one_by_one():
    bodies = [packed(K.TUPLE, [number] * 50) for number in range(3)]
    with connected() as (ours, theirs):
        line = End(theirs).line
        ours.sendall(bodies[0] + bodies[1] + bodies[2][:9])
        assert not line.holds_more()
        assert line.receive()["value"] == (0,) * 50
        assert line.holds_more()
        assert line.receive()["value"] == (1,) * 50
        ours.sendall(bodies[2][9:])
        assert line.receive()["value"] == (2,) * 50
        assert not line.holds_more()


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 3), (2, 0), (1,) * 6], ids=repr)
@pytest.mark.parametrize("transposed", [False, True])
def test_an_array_that_arrived_can_be_changed_and_lies_as_it_lay(shape, transposed):
    value = np.zeros(shape).T if transposed else np.zeros(shape)
    came = across(value)
    came += 1
    assert came.flags.c_contiguous == value.flags.c_contiguous
    assert came.shape == value.shape


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\U0001f600"], ids=ascii)
def test_half_a_pair_of_surrogates_arrives_as_text_that_a_file_can_hold(text):
    for came in (across(text), next(iter(across({text: 1}))), plain_across(text)):
        came.encode()


def test_a_date_of_messagepack_is_no_object():
    assert type(read(message(msgpack.Timestamp(1)))) is float


class Liar(np.ndarray):
    """An array that claims to be equal to everything, and whose copies lie too."""

    def __eq__(self, other):
        return np.array(True)

    def __array_finalize__(self, source):
        pass

    def tobytes(self, order="C"):
        return bytes(self.size * 8)


class LyingFloat(float):
    """A float that says it is another."""

    def __float__(self):
        return 4.0

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


def test_objects_that_lie_cross_as_what_they_hold():
    assert identical(across(np.array([1.0, 2.0]).view(Liar)), np.array([1.0, 2.0]))
    assert type(across(LyingFloat(3.0))) is float
    assert type(across(type("Text", (str,), {})("a"))) is str


def test_what_is_no_data_crosses_as_a_name_and_never_as_itself():
    kinds = {
        "function": lambda x: x,
        "iterator": iter([1]),
        "object": type("Report", (), {})(),
    }
    for kind, thing in kinds.items():
        assert across(thing)[2] == kind
    assert across([len])[0][3] == "len"


def test_generators_go_on_where_they_stood():
    rng = np.random.default_rng(3)
    rng.standard_normal(5)
    copy = across(rng)
    np.testing.assert_array_equal(copy.standard_normal(4), rng.standard_normal(4))


@pytest.mark.parametrize("bits", [np.random.MT19937, np.random.Philox])
@pytest.mark.parametrize("position", [-100_000, -1, 625, 10**6])
def test_a_generators_state_cannot_point_outside_its_memory(bits, position):
    with connected() as (ours, theirs):
        End(ours).line.send({"op": "returned", "value": np.random.Generator(bits(0))})
        body = theirs.recv(1 << 16)
    name, text = msgpack.unpackb(msgpack.unpackb(body)["value"].data)
    state = json.loads(text)
    held, key = (state["state"], "pos") if bits is np.random.MT19937 else (state, "buffer_pos")
    assert key in held
    held[key] = position
    with pytest.raises(WireError):
        read(packed(K.GENERATOR, [name, json.dumps(state)]))
