"""The wire between a student's process and the tests: values survive it, forgeries do not."""

import contextlib
import json
import math
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
    st.booleans(),
    st.integers(),
    st.floats(),
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
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


class Ends:
    """Two codecs whose kept objects the other can only name."""

    def __init__(self):
        self.kept = []
        self.codec = wire.Codec(self._keep, self._stand_in, lambda _: None, self._find)

    def _keep(self, thing):
        self.kept.append(thing)
        return len(self.kept) - 1

    def _stand_in(self, number, kind, name):
        return ("stand-in", number, kind, name)

    def _find(self, number):
        return self.kept[number]


def across(value):
    """Return a value after it has crossed as bytes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        theirs.settimeout(5)
        coded, buffers = Ends().codec.encode(value)
        wire.send(ours, {"value": coded}, buffers)
        head, buffers = wire.receive(theirs)
    return Ends().codec.decode(head["value"], buffers)


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
@given(json_values, st.lists(st.binary(max_size=64), max_size=3))
def test_a_forged_value_is_data_or_refused(coded, buffers):
    with contextlib.suppress(wire.WireError):
        Ends().codec.decode(coded, buffers)


TAGS = st.sampled_from(
    [
        "array",
        "scalar",
        "list",
        "tuple",
        "set",
        "dict",
        "objects",
        "complex",
        "bytes",
        "int",
        "single",
        "slice",
        "range",
        "generator",
        "mine",
        "yours",
    ]
)


@SEEDED
@given(TAGS, json_values, st.lists(st.binary(max_size=64), max_size=3))
def test_a_forged_body_of_every_kind_is_data_or_refused(tag, body, buffers):
    with contextlib.suppress(wire.WireError):
        Ends().codec.decode({tag: body}, buffers)


@SEEDED
@given(st.binary(max_size=200))
def test_noise_is_no_frame(noise):
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            ours.sendall(noise)
        theirs.settimeout(5)
        try:
            head, _ = wire.receive(theirs)
        except (wire.WireError, EOFError):
            return
    assert isinstance(head, dict)


@pytest.mark.parametrize(
    ("coded", "buffers"),
    [
        ({"array": ["O", [1], 0]}, [bytes(8)]),
        ({"array": ["i8,f8", [1], 0]}, [bytes(16)]),
        ({"array": ["<f8", [1 << 40], 0]}, [bytes(8)]),
        ({"array": ["<f8", [-1, -1], 0]}, [bytes(8)]),
        ({"array": ["<f8", [1], 7]}, [bytes(8)]),
        ({"int": "9" * 5000}, []),
        ({"int": "__import__('os')"}, []),
        ({"generator": ["seed", "{}"]}, []),
        ({"generator": ["PCG64", '{"state": 1}']}, []),
        ({"yours": 10**9}, []),
        ({"set": [{"list": []}]}, []),
        ({"range": [0, 1, 0]}, []),
        ({"bytes": -9}, [b""]),
        ({"list": [1], "tuple": [1]}, []),
        ({"unheard": 1}, []),
        ([1], []),
    ],
)
def test_what_no_codec_writes_is_refused(coded, buffers):
    with pytest.raises(wire.WireError):
        Ends().codec.decode(coded, buffers)


def test_depth_and_length_have_a_limit(monkeypatch):
    deep = 1
    for _ in range(wire.MAX_DEPTH + 2):
        deep = {"list": [deep]}
    with pytest.raises(wire.WireError, match="too deep"):
        Ends().codec.decode(deep, [])
    monkeypatch.setattr(wire, "MAX_ITEMS", 100)
    with pytest.raises(wire.WireError, match="too long"):
        Ends().codec.decode({"list": [1] * 200}, [])
    own = []
    own.append(own)
    with pytest.raises(wire.WireError, match="holds itself"):
        Ends().codec.encode(own)


@pytest.mark.parametrize(
    "text",
    [b"{}", b"[[], []]", b"[{}, [1]]", b"[{}, [-1, 1]]", b"[{}, 0]", b"[" * 100_000, b"\xff\xfe"],
)
def test_a_malformed_head_is_refused(text):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(struct.pack("!II", len(text), 0) + text)
        with pytest.raises(wire.WireError):
            wire.receive(theirs)


def test_a_frame_that_promises_too_much_is_refused_before_it_is_read():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(struct.pack("!II", 8, 1 << 31))
        with pytest.raises(wire.WireError, match="too large"):
            wire.receive(theirs)
        with pytest.raises(wire.WireError, match="too much"):
            wire.send(ours, {}, [bytes(wire.MAX_FRAME + 1)])


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


def test_json_can_hold_every_head():
    coded, _ = Ends().codec.encode({"a": [1, (2, {3}), np.float32(4), slice(1, None), ...]})
    assert json.loads(json.dumps(coded)) == coded


@pytest.mark.parametrize("bits", [np.random.MT19937, np.random.Philox])
@pytest.mark.parametrize("position", [-100_000, -1, 625, 10**6])
def test_a_generators_state_cannot_point_outside_its_memory(bits, position):
    ends = Ends()
    coded, buffers = ends.codec.encode(np.random.Generator(bits(0)))
    name, text = coded["generator"]
    state = json.loads(text)
    held, key = (state["state"], "pos") if bits is np.random.MT19937 else (state, "buffer_pos")
    assert key in held
    held[key] = position
    with pytest.raises(wire.WireError):
        ends.codec.decode({"generator": [name, json.dumps(state)]}, buffers)
