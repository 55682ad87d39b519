"""The calls that a server has answered last, for anyone who wonders what a client really sends.

Each worker has a ring in memory: nothing in it is written to disk, and what has left the ring is gone. A call costs one
append. When somebody looks, the other workers are asked.
"""

import asyncio
import itertools
import os
from collections import deque
from collections.abc import Iterator
from typing import Final

from cosell.clock import wall_clock
from cosell.flow import Answer, Call
from cosell.kept_calls import Kept, kept_call
from cosell.serve.admin.colleagues import heard, tell

KEPT: Final = 100
"""Calls that a ring holds."""


class Recent:
    """The ring of one worker. It knows those of its colleagues by the server's `folder`; None: it has no colleagues."""

    def __init__(self, folder: str | None) -> None:
        self._folder = folder
        self._calls: deque[Kept] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)
        self._worker = os.getpid()
        self._telling: asyncio.Server | None = None

    async def open(self) -> None:
        """Let the colleagues ask."""
        if self._folder is not None:
            self._telling = await tell(self._folder, lambda: list(self._calls))

    def add(self, call: Call, answer: Answer, seconds: float) -> str:
        """Keep a call that was answered just now, after `seconds`: its id."""
        number = next(self._numbers)
        kept = kept_call(call, answer, seconds=seconds, wall_ms=wall_clock(), worker=self._worker, number=number)
        self._calls.append(kept)
        return kept.identifier

    def kept(self, identifier: str) -> Kept | None:
        """The call with this id; None if it has left its ring, or never was in one."""
        worker = identifier.partition("-")[0]
        calls = list(self._calls) if worker == str(self._worker) else self._of_colleagues(worker)
        return next((kept for kept in calls if kept.identifier == identifier), None)

    def all(self) -> list[Kept]:
        """The last calls of every worker, the newest first."""
        calls = [*self._calls, *self._of_colleagues()]
        calls.sort(key=lambda kept: (kept.wall_ms, kept.worker, kept.number), reverse=True)
        return calls

    def _of_colleagues(self, worker: str | None = None) -> Iterator[Kept]:
        if self._folder is not None:
            for calls in heard(self._folder, list[Kept], worker):
                yield from calls
