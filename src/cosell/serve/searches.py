"""Searches run in threads of their own, a few at a time: one may read every opportunity of an account.

On the event loop it would block all other readers, and on the writer's thread the writers. In a thread it shares the
processor with them, which Python and SQLite see to: everyone gets a turn within milliseconds. A search that has not
started by the deadline, since others are in progress, or has not finished by it, is told so.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from cosell import flow
from cosell.engine import Engine
from cosell.flow import Answer, Call
from cosell.store.interface import StoreBusy
from cosell.store.patience import new_deadline, seconds_until, waiting_until

AT_ONCE: Final = 2
"""Concurrent searches of one worker: a long one does not block the next, and many do not block everything else."""
SEARCH: Final = "SearchOpportunities"


class Searches:
    """Answers calls that search."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._searchers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="searcher")

    async def answer(self, call: Call) -> Answer:
        """The answer to a call."""
        call.deadline = new_deadline()
        answering = self._searchers.submit(self._answer, call)
        answered = asyncio.wrap_future(answering)
        await asyncio.wait([answered], timeout=seconds_until(call.deadline))
        if answering.cancel():
            return flow.overdue(self._engine, call, StoreBusy("other searches were not done"))
        return await answered

    def _answer(self, call: Call) -> Answer:
        with waiting_until(call.deadline):
            return flow.answer(self._engine, call)

    def close(self) -> None:
        """Finish what was begun."""
        self._searchers.shutdown(cancel_futures=True)
