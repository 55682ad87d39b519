"""A rest between two looks at the database, so that a server that nobody uses does next to nothing."""

import asyncio
from contextlib import suppress


class Rest:
    """Whoever rests wakes after some seconds, and sooner when told that this process has written something."""

    def __init__(self) -> None:
        self._over = asyncio.Event()

    def end(self) -> None:
        """Wake who rests, or let the next rest be none. For the event loop's thread."""
        self._over.set()

    async def __call__(self, longest_s: float) -> None:
        """Rest."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), longest_s)
        self._over.clear()
