"""One writer at a time in a process, in the order in which they come, each waiting until its deadline at most."""

import threading
from types import TracebackType
from typing import Final

from cosell.store.interface import StoreBusy
from cosell.store.patience import current_deadline, seconds_until

_NOBODY: Final = 0


class WriterLock:
    """A lock that a thread may take again while it has it. As a context manager it is held for the block.

    Python's own locks are not fair: who lets go and comes again at once, such as a loop of transactions, would keep
    the others out. So who wants it waits for a turn first, and has that until it has the lock.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._owner = _NOBODY
        self._depth = 0
        self.deadline = 0.0
        """Until when its holder may wait, also for the locks of the database."""

    def acquire(self) -> None:
        """Wait for it. Raises StoreBusy once the deadline of this thread has passed."""
        me = threading.get_ident()
        if self._owner != me:
            deadline = current_deadline()
            self._wait(deadline)
            self._owner, self.deadline = me, deadline
        self._depth += 1

    def _wait(self, deadline: float) -> None:
        if self._turn.acquire(timeout=seconds_until(deadline)):
            try:
                if self._lock.acquire(timeout=seconds_until(deadline)):
                    return
            finally:
                self._turn.release()
        raise StoreBusy("other writers of this process were not done in time")

    def release(self) -> None:
        """Let go, as often as it was taken."""
        self._depth -= 1
        if not self._depth:
            self._owner = _NOBODY
            self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.release()
