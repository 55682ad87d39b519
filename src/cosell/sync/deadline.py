"""A call with a deadline for its complete answer, which its waiting caller may also abandon at once.

botocore's own time-outs apply to each read of a socket: an answer that trickles in a byte a second triggers none of
them, and nothing interrupts a DNS look-up. So the call runs in a thread of its own, and its caller waits for the
thread. A late call is told so in its thread, where it closes its connection as soon as it runs again; a read that never
returns ends with botocore's read time-out. Weighed: docs/decisions/0023.

Only then, and not when the process is about to end: until a thread has been told, every other thread that is traced (by
coverage or a debugger) is suspended in CPython 3.11.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

Answer = TypeVar("Answer")
Wait = Callable[[threading.Event, float], object]
"""Waits for an event, for so many seconds at most; may raise what ends the wait."""

ANSWER_WITHIN_S: Final = 60.0
"""For a complete answer of the service, from the connection to its last byte."""


class TooLate(Exception):
    """The complete answer did not arrive in time."""


class _Left(SystemExit):
    """Raised in the thread of an abandoned call. Not an `Exception`: botocore would retry."""


def within(seconds: float, call: Callable[[], Answer], wait: Wait = threading.Event.wait) -> Answer:
    """What `call` returns or raises. Raises TooLate after so many seconds, and what `wait` raises."""
    calling = _Calling(call)
    calling.start()
    wait(calling.done, seconds)  # whoever leaves here ends the process, and the thread with it
    if not calling.done.is_set():
        calling.leave()
        raise TooLate(f"no complete answer within {seconds:g} s")
    return calling.result()


class _Calling(threading.Thread, Generic[Answer]):
    def __init__(self, call: Callable[[], Answer]) -> None:
        super().__init__(daemon=True, name="cosell call")
        self.done = threading.Event()
        self._call = call
        self._answers: list[Answer] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._answers.append(self._call())
        except _Left:
            pass  # kept, it would keep the connection
        except BaseException as error:  # noqa: BLE001  # it belongs to the caller
            self._error = error
        finally:
            self.done.set()

    def leave(self) -> None:
        """Nobody waits any more. Raises _Left in the thread, at its next instruction."""
        assert self.ident is not None, "a thread that was started has a number"
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.ident), ctypes.py_object(_Left))

    def result(self) -> Answer:
        if self._error is not None:
            raise self._error
        return self._answers[0]
