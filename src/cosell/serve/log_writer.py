"""A thread that writes the lines of the log, so that nobody else waits for its reader.

An unread pipe is full after some 64 KiB, and the next write to it blocks for ever. So lines are buffered here, up to a
limit; those beyond it are dropped, and counted.
"""

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

MOST_WAITING: Final = 1_000
"""Lines waiting to be written: 8 MiB at most, normally some 300 KiB."""


class LogWriter:
    """Writes lines to a file descriptor, from `start` on; it has the methods that structlog's loggers have.

    `on_drop` is called for each line that is dropped, and `tell_dropped` with their number once lines are accepted
    again.
    """

    def __init__(self, tell_dropped: Callable[[int], object]) -> None:
        self.on_drop: Callable[[], object] = lambda: None
        self._tell_dropped = tell_dropped
        self._dropped = 0
        self._lines: SimpleQueue[str | threading.Event | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._adding = threading.RLock()  # what the garbage collector finds may be logged in the midst of a line

    def start(self, to: int) -> None:
        """Write to the file descriptor `to` until the process ends, or the writer is restarted."""
        if self._thread is not None:
            self._lines.put(None)
            self._thread.join()
        self._thread = threading.Thread(target=self._write_all, args=(to,), name="log", daemon=True)
        self._thread.start()

    def add(self, line: str) -> None:
        """Queue a line to be written, or drop it if too many wait. Returns at once."""
        with self._adding:
            if self._lines.qsize() >= MOST_WAITING:
                self._drop()
                return
            if self._dropped:
                count, self._dropped = self._dropped, 0
                self._tell_dropped(count)
            self._lines.put(line)

    debug = info = warning = error = add

    def write_out(self, timeout_s: float) -> None:
        """Wait until everything so far is written, or so many seconds have passed."""
        written = threading.Event()
        self._lines.put(written)
        written.wait(timeout_s)

    def _write_all(self, to: int) -> None:
        while (line := self._lines.get()) is not None:
            if isinstance(line, threading.Event):
                line.set()
                continue
            try:
                _write(to, f"{line}\n".encode())
            except OSError:  # the other end is closed, or a disk is full: there is no other place to say so
                with self._adding:
                    self._drop()

    def _drop(self) -> None:
        self._dropped += 1
        self.on_drop()


def _write(to: int, text: bytes) -> None:
    while text:
        text = text[os.write(to, text) :]
