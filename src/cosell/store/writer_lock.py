"""One writer at a time in a process, in the order of arrival, each waiting at most until its deadline."""

from threading import Lock, get_ident
from time import monotonic
from typing import Self

from cosell.store import patience
from cosell.store.interface import StoreBusy, StoreUnavailable
from cosell.store.patience import current_deadline, seconds_until


class WriterLock:
    """A lock that its thread may take again. `with lock:` and `acquire` wait until the deadline of the thread.

    Python's own locks are not fair: a thread that releases and takes one again at once, such as a loop of transactions,
    would starve the others. So the next waiter comes first, and the releasing thread waits its turn if it wants it
    again.
    """

    def __init__(self) -> None:
        self._gate = Lock()
        self._lock = Lock()
        self._owner: int | None = None
        self._depth = 0
        self._since = 0.0
        self.deadline = 0.0
        """Until when whoever has it may wait, also for the locks of the database."""

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self, patience_s: float | None = None) -> bool:
        """Whether it was had within so many seconds.

        Without `patience_s` it is always had, or StoreBusy is raised once the deadline of this thread has passed.
        """
        deadline = current_deadline() if patience_s is None else monotonic() + patience_s
        if self._is_taken(deadline):
            return True
        if patience_s is None:
            raise StoreBusy("other writers of this process were not done in time")
        return False

    def _is_taken(self, deadline: float) -> bool:
        if self._owner != get_ident():
            if not self._passed_the_gate(deadline):
                return False
            self._owner, self._since, self.deadline = get_ident(), monotonic(), deadline
        self._depth += 1
        return True

    def _passed_the_gate(self, deadline: float) -> bool:
        if not self._gate.acquire(timeout=seconds_until(deadline)):
            return False
        try:
            return self._lock.acquire(timeout=seconds_until(deadline))
        finally:
            self._gate.release()

    def release(self) -> None:
        """Let the next one have it."""
        self._depth -= 1
        if not self._depth:
            self._owner = None
            self._lock.release()

    def held_s(self) -> float:
        """How many seconds it has been held; 0 if nobody holds it."""
        return 0.0 if self._owner is None else monotonic() - self._since


def not_too_long(busy_s: float) -> float:
    """How long a writer has been at work. Raises StoreUnavailable where another one would not wait for it any more."""
    if busy_s >= patience.LOCK_TIMEOUT_S:
        raise StoreUnavailable(f"the writer has been at work for {busy_s:.0f} s, longer than others wait for it")
    return busy_s
