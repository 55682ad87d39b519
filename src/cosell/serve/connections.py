"""How many connections a process holds at a time, and when it closes idle ones.

Clients that open connections and then do nothing take room from the others. So there is more room than a few thousand
of them can take, and none of them keeps it for ever: headers and body have deadlines, and the kernel closes a
connection whose client reads nothing.
"""

import resource
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

MOST_CONNECTIONS: Final = 10_000
"""An idle one costs some 10 KB."""
OWN_FILES: Final = 256
"""Files that a process needs besides its connections."""
UNREAD_MS: Final = 30_000
"""How long a client may read nothing of what was sent to it."""
OPEN_FILES: Final = Path("/dev/fd")


def room_for_connections() -> int:
    """How many connections this process can hold, once its limit of open files is raised as far as possible."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OWN_FILES
    raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < raised:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
        soft = raised
    possible = MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else soft - OWN_FILES
    return max(1, min(MOST_CONNECTIONS, possible))


def end_unread(port: int) -> None:
    """From now on, close connections to a port of this process whose client reads nothing, if the system supports it.

    What a listening socket accepts inherits this from it.
    """
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        for found in own_sockets():
            if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and found.getsockname()[1:2] == (port,):
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)


def own_sockets() -> Iterator[socket.socket]:
    """The sockets of this process: the server owns them and does not show them. Some 10 µs for each open file.

    Each is lent, not duplicated: closing any descriptor of a file gives up all locks that the process has on it [POSIX,
    fcntl], and so those by which other programs see that SQLite has it open.
    """
    for path in OPEN_FILES.iterdir():
        with suppress(OSError):  # no socket, or closed meanwhile
            found = socket.socket(fileno=int(path.name))
            try:
                yield found
            finally:
                found.detach()
