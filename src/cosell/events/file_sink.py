"""A file of JSON lines, or stdout."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cosell.events.delivery import Failure
from cosell.store.outbox import Event

STDOUT: Final = "-"
"""The path that means the terminal."""

OWNER_AND_GROUP: Final = 0o640


class FileSink:
    """Appends a line for each event. A line is complete before its event counts as delivered.

    The file is opened anew each time, so that it may be moved away while cosell runs.
    """

    at_once = 100

    def __init__(self, path: str) -> None:
        self._path = path

    def deliver(self, events: Sequence[Event]) -> list[Failure | None]:
        """See `Sink.deliver`. Either all lines are written or none."""
        lines = b"".join(event.body + b"\n" for event in events)
        try:
            if self._path == STDOUT:
                _write(1, lines)
            else:
                self._append(lines)
        except OSError as error:
            return [Failure(error.strerror or type(error).__name__)] * len(events)
        return [None] * len(events)

    def trouble(self) -> str | None:
        """See `Sink.trouble`. Checking creates no file."""
        if self._path == STDOUT:
            return None
        path = Path(self._path).absolute()
        if path.exists():
            return "Is a directory" if path.is_dir() else None
        if not path.parent.is_dir():
            return f"there is no folder {path.parent}"
        return None if os.access(path.parent, os.W_OK | os.X_OK) else f"the folder {path.parent} may not be written"

    def _append(self, lines: bytes) -> None:
        # Non-blocking only matters to a pipe, which would otherwise wait for its reader for ever.
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, OWNER_AND_GROUP)
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                _write(file, lines)
                return
            if status.st_size and os.pread(file, 1, status.st_size - 1) != b"\n":
                lines = b"\n" + lines  # whoever wrote last was cut off in the middle of a line
            try:
                _write(file, lines)
                os.fsync(file)
            except OSError:
                os.ftruncate(file, status.st_size)
                raise
        finally:
            os.close(file)

    def close(self) -> None:
        """See `Sink.close`."""


def _write(file: int, lines: bytes) -> None:
    left = memoryview(lines)
    while left:
        left = left[os.write(file, left) :]
