"""A pause between two checks of the database, so that an idle server does next to nothing."""

import asyncio
from contextlib import suppress


class Rest:
    """Sleeps for some seconds, but wakes early when told that this process has written something."""

    def __init__(self) -> None:
        self._over = asyncio.Event()

    def end(self) -> None:
        """Wake the sleeper, or skip the next pause. For the event loop's thread."""
        self._over.set()

    async def __call__(self, longest_s: float) -> None:
        """Sleep."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), longest_s)
        self._over.clear()
