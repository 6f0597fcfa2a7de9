"""Data, and nothing but data, between two processes that do not trust each other.

A frame is JSON and raw buffers behind two lengths. Numbers, text, containers and arrays cross as
what they are, as copies. Everything else stays where it is and crosses as a handle, a number that
only its owner can turn back into the object. Nothing is ever unpickled, and a frame that is too
large, too deep or malformed raises `WireError` in whoever reads it.
"""

import functools
import json
import math
import re
import struct
import time
from types import GeneratorType

import numpy as np

MAX_FRAME = 64 << 20
MAX_TEXT = 24 << 20  # as JSON, which takes some twenty times as much once it is read
MAX_DEPTH = 32
MAX_ITEMS = 1_000_000
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
# A pair of surrogates, half a pair, or another escape.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]|(u[dD][89a-fA-F]..)|.)", re.DOTALL)
_LENGTHS = struct.Struct("!II")
_KINDS = frozenset("biufcSUmM")  # dtypes whose bytes are their value
_MAX_DIGITS = 4000
_FLOAT64, _SMALL = np.dtype(float), 1 << 16
_DOUBLE, _ABOUT = struct.Struct("=d"), struct.Struct("!BI")
_OPS, _MAX_AXES = ("callback", "returned"), 4
_SHAPES = [struct.Struct(f"!{axes}I") for axes in range(_MAX_AXES + 1)]
_to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_from_json = json.JSONDecoder().raw_decode
_AS_IS = frozenset({type(None), bool, float, str})
_SINGLES = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}
_GENERATORS = ("PCG64", "PCG64DXSM", "SFC64", "Philox", "MT19937")


class WireError(Exception):
    """What came cannot be read, or what should go cannot be sent."""


def send(socket, head, buffers=()):
    """Send one frame.

    Parameters
    ----------
    socket : socket.socket
        Connected, blocking.
    head : dict
        What JSON can hold.
    buffers : list of bytes
        What it cannot.

    Raises
    ------
    WireError
        If the frame would be too large.
    """
    lengths = [len(buffer) for buffer in buffers]
    text, size = _to_json([head, lengths]).encode(), sum(lengths)
    if len(text) > MAX_TEXT or len(text) + size > MAX_FRAME:
        raise WireError(f"{(len(text) + size) >> 20} MiB are too much to send at once")
    socket.sendall(b"".join([_LENGTHS.pack(len(text), size), text, *buffers]))


def send_numbers(socket, op, target, values):
    """Send a message of which all values are floats or small arrays of them, if they are.

    What a test's function is given and returns mostly is, thousands of times a test; such a frame
    has no JSON part, and takes half the time.

    Parameters
    ----------
    socket : socket.socket
        Connected, blocking.
    op : str
        "callback" or "returned".
    target : int
        The number of the object that it is about.
    values : iterable of object
        What to send.

    Returns
    -------
    bool
        Whether it was sent; otherwise a value is something else, and nothing was.
    """
    parts = []
    for value in values:
        if type(value) is float:
            parts += b"f", _DOUBLE.pack(value)
        elif type(value) is np.float64:
            parts += b"s", value.tobytes()
        elif _is_plain(value):
            if value.ndim > _MAX_AXES:
                return False
            parts += b"%d" % value.ndim, _SHAPES[value.ndim].pack(*value.shape), value.tobytes()
        else:
            return False
    body = _ABOUT.pack(_OPS.index(op), target) + b"".join(parts)
    if len(body) > MAX_FRAME:
        return False
    socket.sendall(_LENGTHS.pack(0, len(body)) + body)
    return True


def _numbers(frame):
    """Read what `send_numbers` has sent."""
    op, target = _ABOUT.unpack_from(frame)
    values, start = [], _ABOUT.size
    while start < len(frame):
        kind, start = frame[start : start + 1], start + 1
        if kind == b"f":
            values.append(_DOUBLE.unpack_from(frame, start)[0])
            start += 8
            continue
        axes = 0 if kind == b"s" else int(kind)
        shape = _SHAPES[axes].unpack_from(frame, start)
        start += 4 * axes
        count = math.prod(shape)
        array = np.frombuffer(frame, _FLOAT64, count, start) if count else np.empty(0)
        array = array.reshape(shape)
        values.append(array[()] if kind == b"s" else array.copy())
        start += 8 * count
    if _OPS[op] == "returned" and len(values) != 1:
        raise ValueError("not one value")
    return {"op": _OPS[op], "target": target, "numbers": values}


def receive(socket, deadline=None):
    """Receive one frame.

    Parameters
    ----------
    socket : socket.socket
        Connected.
    deadline : float, optional
        The time of `time.monotonic` by which all of it must have come.

    Returns
    -------
    head : dict
        The JSON part.
    buffers : list of bytes
        The rest.

    Raises
    ------
    WireError
        If what comes is no frame.
    EOFError
        If the other side is gone.
    TimeoutError
        If the deadline has passed.
    """
    exactly = socket.exactly if type(socket) is Buffered else functools.partial(_exactly, socket)
    length, size = _LENGTHS.unpack(exactly(_LENGTHS.size, deadline))
    if length > MAX_TEXT or length + size > MAX_FRAME:
        raise WireError("the frame is too large")
    frame = exactly(length + size, deadline)
    if not length:
        try:
            return _numbers(frame), []
        except (ValueError, IndexError, OverflowError, struct.error):
            raise WireError("the frame's numbers cannot be read") from None
    try:
        text = _mended(frame[:length].decode())
        (head, lengths), end = _from_json(text)
    except (ValueError, TypeError, RecursionError):
        raise WireError("the frame's head cannot be read") from None
    if type(head) is not dict or type(lengths) is not list or end != len(text):
        raise WireError("the frame's head is malformed")
    buffers, start = [], length
    for part in lengths:
        if type(part) is not int or part < 0:
            raise WireError("the frame's head is malformed")
        buffers.append(frame[start : start + part])
        start += part
    if start != length + size:
        raise WireError("the frame's head is malformed")
    return head, buffers


class Buffered:
    """A socket to receive from, which asks the system for as much as there is.

    Parameters
    ----------
    socket : socket.socket
        Connected, blocking.
    """

    def __init__(self, socket):
        self.socket, self.rest = socket, b""

    def exactly(self, count, deadline=None):
        """Return so many bytes; raise EOFError if the other side is gone."""
        rest = self.rest or self.socket.recv(_SMALL)
        if len(rest) < count:
            if not rest:
                raise EOFError("the other side is gone")
            rest += _exactly(self.socket, count - len(rest), deadline)
        self.rest = rest[count:]
        return rest[:count]


class KeptTuple(tuple):
    """A tuple that has another type where it comes from, such as a named one."""


KeptTuple.__name__ = "tuple"  # what a message calls it


class Codec:
    """Turn objects into what a frame holds, and back.

    Parameters
    ----------
    keep : callable
        Maps an object that must stay here to its number.
    stand_in : callable
        Maps (number, kind, name) of an object of the other side to what stands for it here; the
        kind is "function", "iterator" or "object".
    number_of : callable
        Maps such a stand-in to its number, and everything else to None.
    find : callable
        Maps the number of an object of this side to the object.
    """

    def __init__(self, keep, stand_in, number_of, find):
        self.keep = keep
        self.stand_in = stand_in
        self.number_of = number_of
        self.find = find

    def encode(self, value):
        """Return what JSON can hold of a value, and the buffers beside it.

        Parameters
        ----------
        value : object
            Anything.

        Returns
        -------
        coded : object
            For the head of a frame.
        buffers : list of bytes
            For its body.

        Raises
        ------
        WireError
            If it nests too deeply.
        """
        buffers = []
        return self._encode(value, buffers, 0), buffers

    def decode(self, coded, buffers):
        """Return the value that the other side encoded.

        Parameters
        ----------
        coded : object
            From the head of a frame.
        buffers : list of bytes
            Its body.

        Returns
        -------
        object
            A copy, or a stand-in.

        Raises
        ------
        WireError
            If it is malformed, too deep or too long.
        """
        self._items = 0
        try:
            return self._decode(coded, buffers, 0)
        except WireError:
            raise
        except Exception as error:  # whatever a forged message breaks, it is the message's fault
            raise WireError(f"a value cannot be read ({type(error).__name__})") from None

    def _encode(self, value, buffers, depth):
        if depth > MAX_DEPTH:
            raise WireError("a value nests too deeply, or holds itself")
        if type(value) in _AS_IS:
            return value
        if _is_plain(value):
            buffers.append(value.tobytes())  # most of what crosses, and so without detours
            return {"array": ["<f8", value.shape, len(buffers) - 1]}
        if type(value) is np.float64:
            buffers.append(value.tobytes())
            return {"scalar": ["<f8", (), len(buffers) - 1]}
        if type(value) is list:
            return {"list": [self._encode(entry, buffers, depth + 1) for entry in value]}
        if value is Ellipsis or value is NotImplemented:
            return {"single": repr(value)}
        if type(value) is int:
            return value if abs(value) < 1 << 63 else {"int": str(value)}
        if type(value) is complex:
            return {"complex": [value.real, value.imag]}
        if type(value) is bytes:
            buffers.append(value)
            return {"bytes": len(buffers) - 1}
        if isinstance(value, np.ndarray | np.generic):
            return self._encode_array(value, buffers, depth)
        inner = lambda entry: self._encode(entry, buffers, depth + 1)  # noqa: E731
        if isinstance(value, tuple) and type(value) is not tuple:
            return self._encode_named(value, inner)
        for name, kind in (("list", list), ("tuple", tuple), ("set", set | frozenset)):
            if isinstance(value, kind):
                return {name: [inner(entry) for entry in value]}
        if isinstance(value, dict):
            return {"dict": [[inner(key), inner(entry)] for key, entry in value.items()]}
        if isinstance(value, slice):
            return {"slice": [inner(part) for part in (value.start, value.stop, value.step)]}
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        if isinstance(value, np.random.Generator):
            state = json.dumps(value.bit_generator.state, default=np.ndarray.tolist)
            return {"generator": [type(value.bit_generator).__name__, state]}
        for kind in (bool, int, float, str):
            if isinstance(value, kind):
                return self._encode(kind(value), buffers, depth)
        return self._encode_handle(value)

    def _encode_array(self, value, buffers, depth):
        if value.nbytes > MAX_FRAME:
            raise WireError(f"{value.nbytes >> 20} MiB are too much to send at once")
        array = np.array(value, copy=True, subok=False)
        if array.dtype.kind in _KINDS:
            buffers.append(array.tobytes("A"))
            kind = "scalar" if isinstance(value, np.generic) else "array"
            if array.flags.fnc:
                kind = "transposed"
            return {kind: [array.dtype.str, list(array.shape), len(buffers) - 1]}
        if array.dtype.kind == "O":
            entries = [self._encode(entry, buffers, depth + 1) for entry in array.ravel().tolist()]
            return {"objects": [list(array.shape), entries]}
        return self._encode_handle(value)

    def _encode_named(self, value, inner):
        """Send a named tuple's entries and its number: handed back, it has its names again."""
        if type(value) is KeptTuple and value.codec is self:
            return {"yours": value.number}
        return {"kept": [self.keep(value), [inner(entry) for entry in value]]}

    def _encode_handle(self, value):
        if (number := self.number_of(value)) is not None:
            return {"yours": number}
        kind = (
            "iterator"
            if isinstance(value, GeneratorType) or hasattr(type(value), "__next__")
            else "function"
            if callable(value)
            else "object"
        )
        name = getattr(value, "__name__", type(value).__name__)
        return {"mine": [self.keep(value), kind, str(name)[:80]]}

    def _decode(self, coded, buffers, depth):
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise WireError("a value is too deep or too long")
        if type(coded) in _AS_IS or type(coded) is int:
            return coded
        if type(coded) is not dict or len(coded) != 1:
            raise WireError("a value is malformed")
        ((tag, body),) = coded.items()
        inner = lambda entry: self._decode(entry, buffers, depth + 1)  # noqa: E731
        match tag:
            case "array" | "scalar":
                text, shape, index = body
                array = _entries(buffers[index], text).reshape(shape)
                return array.copy() if tag == "array" else array[()]
            case "transposed":
                text, shape, index = body
                return _entries(buffers[index], text).reshape(shape, order="F").copy("F")
            case "list":
                return [inner(entry) for entry in body]
            case "tuple":
                return tuple(inner(entry) for entry in body)
            case "kept":
                number, entries = body
                value = KeptTuple(inner(entry) for entry in entries)
                value.codec, value.number = self, int(number)
                return value
            case "set":
                return {inner(entry) for entry in body}
            case "dict":
                return {inner(key): inner(entry) for key, entry in body}
            case "objects":
                shape, entries = body
                array = np.empty(len(entries), dtype=object)
                for place, entry in enumerate(entries):
                    array[place] = inner(entry)
                return array.reshape([int(n) for n in shape])
            case "complex":
                return complex(*map(float, body))
            case "bytes":
                return bytes(buffers[body])
            case "int":
                if len(body) > _MAX_DIGITS:
                    raise WireError("an integer has too many digits")
                return int(body)
            case "single":
                return _SINGLES[body]
            case "slice":
                return slice(*[inner(part) for part in body])
            case "range":
                return range(*map(int, body))
            case "generator":
                return _generator(*body)
            case "mine":
                number, kind, name = body
                return self.stand_in(int(number), str(kind), str(name)[:80])
            case "yours":
                return self.find(int(body))
        raise WireError("a value is of an unknown kind")


def _is_plain(value):
    """Return whether a value is what crosses most often: a small array of floats, row by row."""
    return (
        type(value) is np.ndarray
        and value.dtype is _FLOAT64
        and value.nbytes <= _SMALL
        and value.flags.c_contiguous
    )


def _entries(buffer, text):
    """Read numbers; those of half precision come over in double precision.

    NumPy rounds a number of Python's to the precision of what it is compared with, and there 1.0003
    is 1, and infinity every number above 65504.
    """
    array = np.frombuffer(buffer, _dtype(text))
    return array.astype(float) if array.dtype == np.float16 else array


@functools.lru_cache(maxsize=100)
def _dtype(text):
    dtype = np.dtype(text)
    if dtype.kind not in _KINDS or dtype.hasobject or dtype.names is not None:
        raise WireError(f"arrays of {dtype} do not cross")
    return dtype


def _generator(name, state):
    if name not in _GENERATORS:
        raise WireError("an unknown generator of random numbers")
    bits, state = getattr(np.random, name)(0), json.loads(state)
    # NumPy takes these on trust, and would read whatever lies in memory there.
    within = 0 <= state["state"].get("pos", 0) <= 624 and 0 <= state.get("buffer_pos", 0) <= 4
    if not within:
        raise WireError("a random generator's state is damaged")
    bits.state = state
    return np.random.Generator(bits)


def _mended(text):
    """Replace what no file could hold in JSON: half a pair of surrogates."""
    if not _SURROGATE.search(text):
        return text
    return _ESCAPE.sub(lambda escape: r"\ufffd" if escape[1] else escape[0], text)


def _exactly(socket, count, deadline):
    received = bytearray()
    while len(received) < count:
        if deadline is not None:
            socket.settimeout(max(deadline - time.monotonic(), 1e-3))
        part = socket.recv(min(count - len(received), 1 << 20))
        if not part:
            raise EOFError("the other side is gone")
        if len(part) == count:
            return part
        received += part
    return bytes(received)
