"""Reads that may take a while run in threads of their own, a few at a time.

A search may look at every opportunity of an account, and a database of another machine answers when it likes. On the
event loop that would keep all others waiting, and on the writer's thread the writers. In a thread it shares the
processor with them, which Python sees to: whoever waits gets its turn within milliseconds. Whoever was not begun by the
deadline, since others are under way, or was not done by it, is told so.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from cosell import flow
from cosell.engine import Engine
from cosell.flow import Answer, Call
from cosell.store.interface import StoreBusy
from cosell.store.patience import new_deadline, seconds_until, waiting_until

SEARCHES_AT_ONCE: Final = 2
"""Searches of one worker: a long one does not stop the next, and many long ones do not stop everything else."""
READS_AT_ONCE: Final = 8
"""Other reads of one worker, and so the connections that they need."""


class ReadingThreads:
    """Answers calls that read `what`, so many at once."""

    def __init__(self, engine: Engine, what: str, at_once: int) -> None:
        self._engine = engine
        self._what = what
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=what)

    async def answer(self, call: Call) -> Answer:
        """The answer to a call."""
        call.deadline = new_deadline()
        answering = self._threads.submit(self._answer, call)
        answered = asyncio.wrap_future(answering)
        await asyncio.wait([answered], timeout=seconds_until(call.deadline))
        if answering.cancel():
            return flow.overdue(self._engine, call, StoreBusy(f"other {self._what} were not done"))
        return await answered

    def _answer(self, call: Call) -> Answer:
        with waiting_until(call.deadline):
            return flow.answer(self._engine, call)

    def close(self) -> None:
        """Finish what was begun."""
        self._threads.shutdown(cancel_futures=True)
