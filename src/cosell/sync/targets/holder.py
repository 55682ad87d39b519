"""How a process that holds a mirror describes itself to the next one."""

import getpass
import os
import socket

from cosell.wire.timestamps import Timestamp


def this_process(now_ms: int) -> str:
    """`ana, process 4711 on host7, since 2026-05-04T09:15:22.000Z`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have a number and no name
        user = f"user {os.getuid()}"
    return f"{user}, process {os.getpid()} on {socket.gethostname()}, since {Timestamp.from_ms(now_ms)}"
