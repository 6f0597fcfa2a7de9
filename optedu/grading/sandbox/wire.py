"""Data, and nothing but data, between two processes that do not trust each other.

Messages are in MessagePack. Numbers, text, containers and arrays cross as what they are, as copies.
Everything else stays where it is and crosses as a handle, a number that only its owner can turn
back into the object. Nothing is ever unpickled, and what is too large, too deep or malformed raises
`WireError` in whoever reads it.
"""

import functools
import json
import select
import struct
from enum import IntEnum
from types import GeneratorType

import msgpack
import numpy as np

from .plain import READING, Packer, WireError

MAX_BYTES = 64 << 20
MAX_DEPTH = 32
_DOUBLE = struct.Struct("=d")
_KINDS = frozenset("biufcSUmM")  # dtypes whose bytes are their value
_MAX_DIGITS = 4000
_FLOAT64, _SMALL, _MAX_AXES = np.dtype(float), 1 << 16, 4
_SHAPES = [struct.Struct(f"!B{axes}I") for axes in range(_MAX_AXES + 1)]
_SINGLES = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}
_GENERATORS = ("PCG64", "PCG64DXSM", "SFC64", "Philox", "MT19937")


class KeptTuple(tuple):
    """A tuple that has another type where it comes from, such as a named one."""


KeptTuple.__name__ = "tuple"  # what a message calls it


class Kind(IntEnum):
    """What MessagePack has no form of its own for."""

    VECTOR = 0
    NUMBER = 1
    NUMBERS = 2
    ARRAY = 3
    SCALAR = 4
    TUPLE = 5
    OBJECTS = 6
    KEPT = 7
    SET = 8
    SLICE = 9
    RANGE = 10
    INTEGER = 11
    COMPLEX = 12
    SINGLE = 13
    GENERATOR = 14
    MINE = 15
    YOURS = 16


_Ext = msgpack.ExtType
_VECTOR, _NUMBER = int(Kind.VECTOR), int(Kind.NUMBER)


class Line:
    """A connection to a process that may send whatever it likes.

    Parameters
    ----------
    socket : socket.socket
        Connected, blocking.
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

    def __init__(self, socket, keep, stand_in, number_of, find):
        self.socket = socket
        self.keep = keep
        self.stand_in = stand_in
        self.number_of = number_of
        self.find = find
        self.poll = select.poll()
        self.poll.register(socket, select.POLLIN)
        self.packers, self.depth = [], 0
        self.heard = 0  # bytes
        self.reader = msgpack.Unpacker(
            ext_hook=self._decode, strict_map_key=False, max_buffer_size=MAX_BYTES, **READING
        )

    def send(self, message):
        """Send a message.

        Parameters
        ----------
        message : dict
            With anything in it.

        Raises
        ------
        WireError
            If something in it nests too deeply or is too large; nothing is sent then.
        """
        self.depth = 0
        try:
            body = self._pack(message)
        except ValueError:  # lists and dicts nest without our help
            raise WireError("a value nests too deeply, or holds itself") from None
        if len(body) > MAX_BYTES:
            raise WireError(f"{len(body) >> 20} MiB are too much to send at once")
        self.socket.sendall(body)

    def receive(self):
        """Receive a message.

        Returns
        -------
        dict
            Its "op" is text; for the rest there are copies, and stand-ins for what stays there.

        Raises
        ------
        WireError
            If what comes is no message, or is too deep, too long or too large.
        EOFError
            If the other side is gone.
        """
        self.depth, message = 0, None
        try:
            if not self.holds_more():
                self._listen()
            while message is None:
                try:
                    message = self.reader.unpack()
                except msgpack.OutOfData:
                    self._listen()
        except (WireError, EOFError, OSError):
            raise
        except Exception as error:  # whatever a forged message breaks, it is the message's fault
            raise WireError(f"a value cannot be read ({type(error).__name__})") from None
        if type(message) is not dict or type(message.get("op")) is not str:
            raise WireError("a message is malformed")
        return message

    def holds_more(self):
        """Return whether more has come than was received: the system is asked for all there is."""
        return self.reader.tell() < self.heard

    def is_silent(self):
        """Return whether the other side is there, and has said nothing that was not received."""
        return not (self.holds_more() or self.poll.poll(0))

    def _listen(self):
        part = self.socket.recv(_SMALL)
        if not part:
            raise EOFError("the other side is gone")
        self.heard += len(part)
        self.reader.feed(part)

    def _pack(self, value):
        """Pack a value, or a part of one: a packer that is at work cannot be asked again."""
        if self.depth > MAX_DEPTH:
            raise WireError("a value nests too deeply, or holds itself")
        if self.depth == len(self.packers):
            self.packers.append(Packer(default=self._encode, strict_types=True))
        self.depth += 1
        try:
            return self.packers[self.depth - 1].pack(value)
        finally:
            self.depth -= 1

    def _encode(self, value):
        """Return what MessagePack knows for a value that it does not know."""
        kind = type(value)
        # Most of what crosses comes first.
        if kind is np.ndarray and value.dtype is _FLOAT64 and value.nbytes <= _SMALL:
            if value.ndim == 1:
                return _Ext(_VECTOR, value.tobytes())
            if value.ndim <= _MAX_AXES and value.flags.c_contiguous:
                head = _SHAPES[value.ndim].pack(value.ndim, *value.shape)
                return _Ext(int(Kind.NUMBERS), head + value.tobytes())
        elif kind is np.float64:
            return _Ext(_NUMBER, value.tobytes())
        elif kind is tuple:
            return self._part(Kind.TUPLE, list(value))
        if isinstance(value, np.ndarray | np.generic):
            return self._encode_array(value)
        if value is Ellipsis or value is NotImplemented:
            return self._part(Kind.SINGLE, repr(value))
        if isinstance(value, tuple):
            return self._encode_named(value)
        if isinstance(value, set | frozenset):
            return self._part(Kind.SET, list(value))
        if isinstance(value, slice):
            return self._part(Kind.SLICE, [value.start, value.stop, value.step])
        if isinstance(value, range):
            return self._part(Kind.RANGE, [value.start, value.stop, value.step])
        if isinstance(value, complex):
            return self._part(Kind.COMPLEX, [value.real, value.imag])
        if isinstance(value, np.random.Generator):
            state = json.dumps(value.bit_generator.state, default=np.ndarray.tolist)
            return self._part(Kind.GENERATOR, [type(value.bit_generator).__name__, state])
        if kind is int:  # of more than 64 bits
            return self._part(Kind.INTEGER, str(value))
        for plain in (list, dict, bool, int, float, str, bytes):
            if isinstance(value, plain):
                return plain(value)
        return self._encode_handle(value)

    def _part(self, kind, value):
        return _Ext(int(kind), self._pack(value))

    def _encode_array(self, value):
        if value.nbytes > MAX_BYTES:
            raise WireError(f"{value.nbytes >> 20} MiB are too much to send at once")
        array = np.array(value, copy=True, subok=False)
        if array.dtype.kind in _KINDS:
            if isinstance(value, np.generic):
                return self._part(Kind.SCALAR, [array.dtype.str, array.tobytes()])
            order = "F" if array.flags.fnc else "C"
            form = [array.dtype.str, list(array.shape), order]
            return self._part(Kind.ARRAY, [*form, array.tobytes(order)])
        if array.dtype.kind == "O":
            return self._part(Kind.OBJECTS, [list(array.shape), array.ravel().tolist()])
        return self._encode_handle(value)

    def _encode_named(self, value):
        """Send a named tuple's entries and its number: handed back, it has its names again."""
        if type(value) is KeptTuple and value.line is self:
            return self._part(Kind.YOURS, value.number)
        return self._part(Kind.KEPT, [self.keep(value), list(value)])

    def _encode_handle(self, value):
        if (number := self.number_of(value)) is not None:
            return self._part(Kind.YOURS, number)
        kind = (
            "iterator"
            if isinstance(value, GeneratorType) or hasattr(type(value), "__next__")
            else "function"
            if callable(value)
            else "object"
        )
        name = getattr(value, "__name__", type(value).__name__)
        return self._part(Kind.MINE, [self.keep(value), kind, str(name)[:80]])

    def _decode(self, code, data):
        if code == _VECTOR:
            return np.frombuffer(data, _FLOAT64).copy() if data else np.empty(0)
        if code == _NUMBER:
            return np.float64(_DOUBLE.unpack(data)[0])
        if code == Kind.NUMBERS:
            form = _SHAPES[data[0]]
            return np.ndarray(form.unpack_from(data)[1:], _FLOAT64, data, form.size).copy()
        if self.depth > MAX_DEPTH:
            raise WireError("a value is too deep")
        self.depth += 1
        body = msgpack.unpackb(data, ext_hook=self._decode, strict_map_key=False, **READING)
        self.depth -= 1
        match code:
            case Kind.TUPLE:
                return tuple(_list(body))
            case Kind.ARRAY:
                text, shape, order, entries = body
                return _entries(entries, text).reshape(shape, order=order).copy(order)
            case Kind.SCALAR:
                text, entry = body
                return _entries(entry, text).reshape(())[()]
            case Kind.OBJECTS:
                shape, entries = body
                array = np.empty(len(entries), dtype=object)
                for place, entry in enumerate(entries):
                    array[place] = entry
                return array.reshape([int(n) for n in shape])
            case Kind.KEPT:
                number, entries = body
                value = KeptTuple(_list(entries))
                value.line, value.number = self, int(number)
                return value
            case Kind.SET:
                return set(_list(body))
            case Kind.SLICE:
                return slice(*body)
            case Kind.RANGE:
                return range(*map(int, body))
            case Kind.INTEGER:
                if len(body) > _MAX_DIGITS:
                    raise WireError("an integer has too many digits")
                return int(body)
            case Kind.COMPLEX:
                return complex(*map(float, body))
            case Kind.SINGLE:
                return _SINGLES[body]
            case Kind.GENERATOR:
                return _generator(*body)
            case Kind.MINE:
                number, kind, name = body
                return self.stand_in(int(number), str(kind), str(name)[:80])
            case Kind.YOURS:
                return self.find(int(body))
        raise WireError("a value is of an unknown kind")


def _list(body):
    """Return what must be a list: anything else that can be walked through could be endless."""
    if type(body) is not list:
        raise WireError("a value is malformed")
    return body


def _entries(buffer, text):
    """Read numbers; those of half precision come over in double precision.

    NumPy rounds a number of Python's to the precision of what it is compared with, and there 1.0003
    is 1, and infinity every number above 65504.
    """
    array = np.frombuffer(buffer, _dtype(text)) if len(buffer) else np.empty(0, _dtype(text))
    return array.astype(float) if array.dtype == np.float16 else array


@functools.lru_cache(maxsize=100)
def _dtype(text):
    dtype = np.dtype(str(text))
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
