"""How long a writer waits for the database: until one deadline, however many locks and queues there are on the way.

A search, which may look at every opportunity, ends by it, too.

The entrance of a request sets it for the thread that executes the request. Without one, it is LOCK_TIMEOUT_S from the
start of the wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Final

LOCK_TIMEOUT_S: Final = 10
"""Seconds that a request waits for other writers, from when it has arrived."""

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def new_deadline() -> float:
    """The deadline of a request that arrives now, in seconds of `time.monotonic`."""
    return monotonic() + LOCK_TIMEOUT_S


@contextmanager
def waiting_until(deadline: float) -> Iterator[None]:
    """Let everything that this thread does in the block wait at most until then."""
    before = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(before)


def set_deadline() -> float | None:
    """The deadline that was set for this thread; None if there is none."""
    return _deadline.get()


def current_deadline() -> float:
    """Until when this thread may wait now."""
    deadline = set_deadline()
    return new_deadline() if deadline is None else deadline


def seconds_until(deadline: float) -> float:
    """The time until then; 0 if it has passed."""
    return max(deadline - monotonic(), 0)
