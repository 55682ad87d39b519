"""How a sync is asked to end: after the page in progress, at once if it only waits, and in any case soon.

Waits in Python are interrupted at once. A wait inside a library (a locked database, a DNS look-up) cannot be; a second
and a half later, the process ends anyway. That is as safe as any other end: whatever was not committed was not done.
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
"""From the request to the end of the process, if nothing else ends it."""


class Stopped(BaseException):
    """Somebody asked the sync to end. What was stored is kept.

    Like KeyboardInterrupt it is not an `Exception`: it may be raised in the middle of botocore, which treats every one
    of those as a broken connection.
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
        """A block that may be interrupted anywhere."""
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

        If the block does not end soon after that, `at_last` is called in another thread, and the process ends with the
        exit code that it returns.
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
