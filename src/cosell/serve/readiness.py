"""Whether the server can do its work: `GET /readyz`.

The database is checked in a thread of its own, so the answer comes even during a long change or a load. Concurrent
requests share one check, and a good answer is kept for a moment: the check takes the writers' lock, but at most twenty
times a second, however often somebody asks.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Final

from cosell.outage import Outage, Tell, reason_of
from cosell.store.patience import waiting_until

PATIENCE_S: Final = 5.0
"""How long the check may take. A disk that hangs says nothing at all."""
KEPT_S: Final = 0.05
"""How long a good answer is kept."""

Verdict = tuple[int, str]
"""A status, and a line of text."""


class Readiness:
    """Checks a database with `check`, which is `Store.check`."""

    def __init__(self, check: Callable[[], float], tell: Tell, clock: Callable[[], float] = monotonic) -> None:
        self._check = check
        self._clock = clock
        self._outage = Outage(tell, "database")
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
        self._checking: asyncio.Future[Verdict] | None = None
        self._kept: tuple[Verdict, float] | None = None
        self._failed: Verdict | None = None

    async def __call__(self) -> Verdict:
        """200 if it can be read and written; 503 with the reason if not."""
        if self._kept is not None and self._clock() < self._kept[1]:
            return self._kept[0]
        if self._checking is None or self._checking.done():
            self._checking = asyncio.get_running_loop().run_in_executor(self._thread, self._look)
        try:
            return await asyncio.wait_for(asyncio.shield(self._checking), PATIENCE_S)
        except TimeoutError:
            return 503, f"database: it has not answered for {PATIENCE_S:.0f} s"

    def close(self) -> None:
        """Close the database, once it has answered."""
        self._thread.shutdown()

    def _look(self) -> Verdict:
        try:
            with waiting_until(monotonic() + PATIENCE_S):
                busy_s = self._check()
        except Exception as error:  # noqa: BLE001  # whoever asks gets an answer, the log gets the error
            self._outage.met(error)
            self._kept = None
            reason = reason_of(error) or f"cosell fails ({type(error).__name__}), and its log says where"
            self._failed = 503, f"database: {reason}"
            return self._failed
        if busy_s:  # nothing was tried, so what could not be done before cannot be done now
            self._kept = None
            if self._failed is not None:
                return self._failed
            return 200, f"ready, but busy: the writer has been at work for {busy_s:.0f} s"
        self._outage.over()
        self._failed = None
        verdict = 200, "ready"
        self._kept = verdict, self._clock() + KEPT_S
        return verdict
