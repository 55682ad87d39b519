"""Calls that wait for the writer's thread are answered together, so that one wait for the disk serves them all.

Nobody waits for company: whoever finds the thread free is answered alone. Only those who come while it is busy are
taken together when it is free again.
"""

import asyncio
from collections import deque
from concurrent.futures import Executor
from typing import Final, TypeAlias

from cosell import flow
from cosell.engine import Engine
from cosell.flow import Answer, Call

Waiting: TypeAlias = tuple[Call, "asyncio.Future[Answer]"]

MOST_TOGETHER: Final = 64
"""Calls in one transaction: a bound for how long the first of them waits for the last."""


class Writes:
    """Answers calls on `writer`, an executor of one thread."""

    def __init__(self, engine: Engine, writer: Executor) -> None:
        self._engine = engine
        self._writer = writer
        self._waiting: deque[Waiting] = deque()
        self._is_busy = False

    async def answer(self, call: Call) -> Answer:
        """The answer to a call, once whatever it has changed is durable."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((call, answered))
        if not self._is_busy:
            self._is_busy = True
            self._begin(loop)
        return await answered

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        self._writer.submit(self._answer, loop, taken)

    def _answer(self, loop: asyncio.AbstractEventLoop, taken: list[Waiting]) -> None:
        answers = flow.answer_together(self._engine, [call for call, _ in taken])
        loop.call_soon_threadsafe(self._tell, loop, taken, answers)

    def _tell(self, loop: asyncio.AbstractEventLoop, taken: list[Waiting], answers: list[Answer]) -> None:
        for (_, answered), answer in zip(taken, answers, strict=True):
            if not answered.done():  # its client may have gone
                answered.set_result(answer)
        loop.call_soon(self._look_again, loop)  # after those who were told, so that who comes meanwhile is taken along

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting:
            self._begin(loop)
        else:
            self._is_busy = False
