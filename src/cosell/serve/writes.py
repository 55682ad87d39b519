"""Calls that wait for the writer's thread are answered together, so that one wait for the disk serves them all.

Nobody waits for company: whoever finds the thread free is answered alone. Only those who come while it is busy are
taken together when it is free again.
"""

import asyncio
from collections import deque
from concurrent.futures import Executor
from typing import Final

from cosell import flow
from cosell.engine import Engine
from cosell.flow import Answer, Call

MOST_TOGETHER: Final = 64
"""Calls in one transaction: a bound for how long the first of them waits for the last."""


class Writes:
    """Answers calls on `writer`, an executor of one thread."""

    def __init__(self, engine: Engine, writer: Executor) -> None:
        self._engine = engine
        self._writer = writer
        self._waiting: deque[tuple[Call, asyncio.Future[Answer]]] = deque()
        self._is_asked = False

    async def answer(self, call: Call) -> Answer:
        """The answer to a call, once whatever it has changed is durable."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((call, answered))
        if not self._is_asked:
            self._is_asked = True
            self._writer.submit(self._answer_waiting, loop)
        return await answered

    def _answer_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer whoever waits, in turns, so that whoever else wants the writer's thread comes between them."""
        taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        self._is_asked = False  # before the next look: who comes from here on asks anew
        if self._waiting:
            self._is_asked = True
            self._writer.submit(self._answer_waiting, loop)
        answers = flow.answer_together(self._engine, [call for call, _ in taken])
        loop.call_soon_threadsafe(_tell, [answered for _, answered in taken], answers)


def _tell(waiting: list[asyncio.Future[Answer]], answers: list[Answer]) -> None:
    for answered, answer in zip(waiting, answers, strict=True):
        if not answered.done():  # its client may have gone
            answered.set_result(answer)
