"""Talking to anybody: TCP, UDP, Unix and abstract sockets, and pairs that reach further."""

from tests.attacks.attack import Attack

REFUSED = "PermissionError"

ATTACKS = [
    Attack(
        "tcp",
        "connects to a server",
        "import socket\nsocket.create_connection(('127.0.0.1', PORT)).sendall(b'hello')",
        must=REFUSED,
    ),
    Attack(
        "udp",
        "sends a datagram",
        """\
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", PORT))""",
        must=REFUSED,
    ),
    Attack(
        "web",
        "fetches a page, which says where it asks from",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:PORT/').read()",
        must="URLError|PermissionError|gaierror",
    ),
    Attack(
        "listen",
        "opens a port for somebody outside",
        "import socket\nsocket.create_server(('127.0.0.1', 0))",
        must=REFUSED,
    ),
    Attack(
        "unix-socket",
        "connects to a service of this machine",
        """\
import socket
socket.socket(socket.AF_UNIX).connect("HOMEFOLDER/canary.sock")""",
        must=REFUSED,
    ),
    Attack(
        "abstract-socket",
        "connects to a socket that no file stands for",
        "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0optedu-canary-PORT')",
        must=REFUSED,
    ),
    Attack(
        "pair-sends-away",
        "sends to a service's address from one of a pair of its own sockets",
        """\
import socket
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
for address in ("\\0optedu-canary-PORT", "HOMEFOLDER/canary.sock"):
    one.sendto(b"hello", address)""",
        must=REFUSED,
    ),
    Attack(
        "kernel-socket",
        "asks the kernel for its network interfaces",
        "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        must=REFUSED,
    ),
    Attack(
        "out-of-band",
        "sends a byte out of turn on its lines, which no reader expects",
        """\
import os, socket
for number in range(3, 64):
    try:
        line = socket.socket(fileno=os.dup(number))
    except OSError:
        continue
    line.send(b"x", socket.MSG_OOB)""",
        must=REFUSED,
    ),
    Attack(
        "descriptors-in-flight",
        "sends open files to itself and to the grader, and never takes them out",
        """\
import os, socket
lines = []
for number in range(3, 64):
    try:
        lines.append(socket.socket(fileno=os.dup(number)))
    except OSError:
        pass
one, other = socket.socketpair()
while True:
    for line in (one, *lines):
        socket.send_fds(line, [b"x"], [one.fileno(), other.fileno()])""",
        must="OSError|ended its process|CellTimeoutError",
    ),
    Attack(
        "line-sends-away",
        "sends to a service's address from its own line to the grader",
        """\
import os, socket
for number in range(3, 64):
    try:
        line = socket.socket(fileno=os.dup(number))
    except OSError:
        continue
    line.sendto(b"hello", "\\0optedu-canary-PORT")""",
        must="OSError",
    ),
]
