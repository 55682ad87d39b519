"""Deadlines for slow senders.

A timer for each request would cost a tenth of a page. So each waiting task is only recorded, and a sweep once a second
cancels those that have waited too long: a deadline is met to the second, which is all that it needs.
"""

import asyncio
from typing import Any, Final

SWEEP_S: Final = 1.0


class Deadlines:
    """Cancels tasks of one event loop that stay inside a `with` block for longer than `limit_s` seconds."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._since: dict[asyncio.Task[Any], float] = {}
        self._sweeper: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        loop = task.get_loop()
        self._since[task] = loop.time()
        if self._sweeper is None:
            self._sweeper = loop.create_task(self._sweep(loop))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Raises TimeoutError instead of the cancellation."""
        task = asyncio.current_task()
        assert task is not None
        overdue = self._since.pop(task, None) is None
        if overdue and kind is asyncio.CancelledError:
            task.uncancel()
            raise TimeoutError

    async def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            latest = loop.time() - self.limit_s
            for task in [task for task, since in self._since.items() if since < latest]:
                del self._since[task]
                task.cancel()
