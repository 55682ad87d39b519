"""Group commit: calls that wait for the writer's thread are answered together, and share one wait for the disk.

No call waits for others: if the thread is free, a call is answered alone. Only those that arrive while it is busy are
grouped when it is free again. A call that still waits for the thread at its deadline is told so.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from time import monotonic
from typing import Final, TypeAlias

from cosell import flow
from cosell.engine import Engine
from cosell.flow import Answer, Call
from cosell.store.interface import StoreBusy
from cosell.store.patience import new_deadline

Waiting: TypeAlias = tuple[Call, "asyncio.Future[Answer]"]

MOST_TOGETHER: Final = 64
"""Calls in one transaction: limits how long the first of them waits for the last."""
SWEEP_S: Final = 0.5
"""A timer for each call would cost too much: deadlines are met to this precision."""


class Writes:
    """Answers calls on `writer`, an executor of one thread, and calls `on_written` on the loop after each group."""

    def __init__(self, engine: Engine, writer: Executor, on_written: Callable[[], object]) -> None:
        self._engine = engine
        self._writer = writer
        self._on_written = on_written
        self._waiting: deque[Waiting] = deque()
        self._taking = threading.Lock()
        self._is_busy = False
        self._is_swept = False

    async def answer(self, call: Call) -> Answer:
        """The answer to a call that has just arrived, once whatever it has changed is durable."""
        loop = asyncio.get_running_loop()
        call.deadline = new_deadline()
        answered: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((call, answered))
        if not self._is_busy:
            self._is_busy = True
            self._writer.submit(self._answer, loop)
        if not self._is_swept:
            self._is_swept = True
            loop.call_later(SWEEP_S, self._sweep, loop)
        return await answered

    def _answer(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._taking:
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        answers = flow.answer_group(self._engine, [call for call, _ in taken])
        loop.call_soon_threadsafe(self._tell, loop, taken, answers)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer those whose deadlines have passed while the thread was busy."""
        late = []
        with self._taking:
            while self._waiting and self._waiting[0][0].deadline <= monotonic():
                late.append(self._waiting.popleft())
            self._is_swept = bool(self._waiting)
        for call, answered in late:
            if not answered.done():
                answered.set_result(flow.overdue(self._engine, call, StoreBusy("the writer's thread was busy")))
        if self._is_swept:
            loop.call_later(SWEEP_S, self._sweep, loop)

    def _tell(self, loop: asyncio.AbstractEventLoop, taken: list[Waiting], answers: list[Answer]) -> None:
        for (_, answered), answer in zip(taken, answers, strict=True):
            if not answered.done():  # its client may have gone
                answered.set_result(answer)
        self._on_written()
        loop.call_soon(self._look_again, loop)  # after those who were told, so that who comes meanwhile is taken along

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting:
            self._writer.submit(self._answer, loop)
        else:
            self._is_busy = False
