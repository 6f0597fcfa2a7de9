"""Plain data, as JSON could hold it, between the host and a process that it does not trust.

A message in MessagePack follows its length. What is too large, too long or malformed raises
`WireError` in whoever reads it.
"""

import functools
import struct
import time

import msgpack

MAX_BYTES = 24 << 20
MAX_ITEMS = 1_000_000
_LENGTH = struct.Struct("!I")
# Half a pair of surrogates is text in Python and nowhere else: it is sent, and mended when read.
Packer = functools.partial(msgpack.Packer, unicode_errors="surrogatepass", buf_size=1024)
READING = {
    "unicode_errors": "replace",
    "max_array_len": MAX_ITEMS,
    "max_map_len": MAX_ITEMS,
    "timestamp": 1,  # a number, and not an object of a class of its own
}


class WireError(Exception):
    """What came cannot be read, or what should go cannot be sent."""


def send(socket, message):
    """Send plain data: what JSON could hold.

    Parameters
    ----------
    socket : socket.socket
        Connected, blocking.
    message : dict
        Of text, numbers, truth values, None, lists and dicts.

    Raises
    ------
    WireError
        If it is too large.
    """
    body = Packer().pack(message)
    if len(body) > MAX_BYTES:
        raise WireError(f"{len(body) >> 20} MiB are too much to send at once")
    socket.sendall(_LENGTH.pack(len(body)) + body)


def receive(socket, deadline=None):
    """Receive plain data.

    Parameters
    ----------
    socket : socket.socket
        Connected.
    deadline : float, optional
        The time of `time.monotonic` by which all of it must have come.

    Returns
    -------
    dict
        Of what JSON could hold.

    Raises
    ------
    WireError
        If what comes is something else.
    EOFError
        If the other side is gone.
    TimeoutError
        If the deadline has passed.
    """
    (length,) = _LENGTH.unpack(_exactly(socket, _LENGTH.size, deadline))
    if length > MAX_BYTES:
        raise WireError("a message is too large")
    body, room = _exactly(socket, length, deadline), MAX_ITEMS

    def check(entries):
        nonlocal room
        room -= len(entries) + 1
        if room < 0 or any(type(entry) is bytes for entry in entries):
            raise WireError("a message is too long, or no plain data")
        return entries

    def check_dict(entries):
        if any(type(key) is not str for key in entries):
            raise WireError("a key is not text")
        check(entries.values())
        return entries

    try:
        message = msgpack.unpackb(
            body, list_hook=check, object_hook=check_dict, ext_hook=_refuse, **READING
        )
    except WireError:
        raise
    except Exception as error:  # whatever a forged message breaks, it is the message's fault
        raise WireError(f"a message cannot be read ({type(error).__name__})") from None
    if type(message) is not dict:
        raise WireError("a message is malformed")
    return message


def _refuse(code, _):
    raise WireError(f"no plain data: extension {code}")


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
