"""A server's workers exchange what each keeps in memory, over sockets in a folder of the server's.

A worker tells everything to whoever connects, and asks only when somebody looks: so no call pays for it, and nothing
is ever on disk. The folder belongs to the user who runs the server, and lets nobody else in (mode 0700).
"""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from cosell.serve.log import log_misfortune

SUFFIX: Final = ".socket"
LONGEST_FOLDER: Final = 80
"""Maximum bytes of a folder's path: a socket's path is limited to 104 on some systems."""
PATIENCE_S: Final = 2
"""How long a colleague may be silent."""
READ_AT_ONCE: Final = 1 << 20

T = TypeVar("T")


def socket_of(folder: str, worker: int) -> Path:
    """The socket of a worker, which is named by its process."""
    return Path(folder, f"{worker}{SUFFIX}")


def workers_of(folder: str | None) -> list[int]:
    """The processes of a server whose workers meet in a folder; None: this one is alone."""
    return [os.getpid()] if folder is None else sorted(int(path.stem) for path in Path(folder).glob(f"*{SUFFIX}"))


async def tell(folder: str, told: Callable[[], Any]) -> asyncio.Server:
    """From now on, answer colleagues with what `told` returns."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.msgpack.encode(told()))
        writer.close()

    return await asyncio.start_unix_server(answer, socket_of(folder, os.getpid()))


def heard(folder: str, what: type[T], worker: str | None = None) -> Iterator[T]:
    """What each colleague answers, or only one of them. One that does not answer is left out, and the log says so."""
    for path in Path(folder).glob(f"*{SUFFIX}"):
        if path != socket_of(folder, os.getpid()) and worker in (None, path.stem):
            try:
                yield msgspec.msgpack.decode(_asked(path), type=what)
            except (OSError, msgspec.DecodeError) as reason:
                log_misfortune("a worker does not answer", worker=path.stem, reason=str(reason))


def _asked(path: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE_S)
        connection.connect(str(path))
        parts = []
        while part := connection.recv(READ_AT_ONCE):
            parts.append(part)
        return b"".join(parts)
