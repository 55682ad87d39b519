"""How a sync is asked to end: after the page under way, and at once where it only waits."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


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

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """A block in which SIGTERM and SIGINT ask. Of the main thread only."""

        def ask(_: int, __: FrameType | None) -> None:
            self.ask()

        before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
