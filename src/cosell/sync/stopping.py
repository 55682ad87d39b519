"""How a sync is asked to end: after the page in progress, at once where it only waits, and in any case soon.

What waits in Python is left at once. What waits inside a library (a database that is locked, a name that is looked up)
cannot be left; a second and a half after it was asked, the process ends anyway. That is as safe as any other
end: whatever was not committed was not done.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

PATIENCE_S: Final = 1.5
"""From being asked to the end of the process, where nothing else ends it."""


class Stopped(BaseException):
    """Somebody asked the sync to end. What was kept is kept.

    Like KeyboardInterrupt it is no `Exception`: it may be raised in the middle of botocore, which takes every one of
    those for a broken connection.
    """


class Stopping:
    """Remembers that somebody asked. `ask` may come from a signal handler, between any two instructions."""

    def __init__(self) -> None:
        self._asked = False
        self._waiting = False

    def ask(self) -> None:
        """End soon. Raises Stopped right here if the sync waits, and KeyboardInterrupt when asked again."""
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        if self._waiting:
            raise Stopped

    def check(self) -> None:
        """Raises Stopped if somebody asked."""
        if self._asked:
            raise Stopped

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """A block that may be broken off anywhere."""
        self._waiting = True
        try:
            self.check()
            yield
        finally:
            self._waiting = False

    def sleep(self, seconds: float) -> None:
        """Sleep. Raises Stopped as soon as somebody asks."""
        with self.waiting():
            time.sleep(seconds)

    def wait(self, event: threading.Event, seconds: float) -> None:
        """Wait for an event, for so many seconds at most. Raises Stopped as soon as somebody asks."""
        with self.waiting():
            event.wait(seconds)

    @contextmanager
    def on_signals(self, at_last: Callable[[], int]) -> Iterator[None]:
        """A block in which SIGTERM and SIGINT ask. Of the main thread only.

        Where the block does not end soon after that, `at_last` is called in another thread, and the process ends with
        the exit code that it gives.
        """

        def ask(_: int, __: FrameType | None) -> None:
            self.ask()

        before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            with _watched(at_last):
                yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _watched(at_last: Callable[[], int]) -> Iterator[None]:
    """Python runs a signal's handler between two instructions of the main thread, so not while a library waits there.

    The number of a signal is written into a pipe at once, whatever the main thread does: a second thread reads it.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    over = threading.Event()

    def watch() -> None:
        signals = {bytes([signal.SIGTERM]), bytes([signal.SIGINT])}
        while (given := os.read(reading, 1)) not in signals:
            if not given:  # the block is over
                return
        if not over.wait(PATIENCE_S):
            code = 1
            try:
                code = at_last()
            finally:
                os._exit(code)

    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    watcher = threading.Thread(target=watch, daemon=True, name="cosell signals")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        signal.set_wakeup_fd(before)
        os.close(writing)
        watcher.join()
        os.close(reading)
