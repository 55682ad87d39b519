"""Updates the search index while nobody waits for it: when writers are idle, or when too much is pending.

Each batch has the writer's thread to itself, so requests that write go between two of them. The worker that has written
indexes; what one has indexed is no longer pending for the others. At its start, and now and then, each checks what a
worker that died has left, and what commands have written beside the server.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor
from time import monotonic
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric

from cosell.outage import Outage, Tell
from cosell.serve.log import log_event, log_outage
from cosell.serve.rest import Rest
from cosell.store.interface import Store, StoreUnavailable
from cosell.store.search import FED_AT_ONCE

LOOK_S: Final = 0.2
"""Seconds after which pending entries are checked again. Writers are idle if there are no more of them."""
LOOK_IDLE_S: Final = 10.0
"""Seconds until the next check if nothing was pending and this process has written nothing."""
MANY: Final = 4_096
"""Pending opportunities that are indexed although writers are active: searches would index them otherwise."""
LONG: Final = 20_000
"""Pending opportunities from which on the log reports progress: a database of an earlier version has all of them."""
TOLD_EVERY_S: Final = 10.0


class PendingFigure:
    """A collector of prometheus-client. It belongs to the database, so any worker shows the same."""

    def __init__(self, store: Store, registry: CollectorRegistry, tell: Tell) -> None:
        self._store = store
        self._outage = Outage(tell, "counting what is pending in the search index")
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """How many opportunities are not in the index yet. Nothing if the database does not answer."""
        try:
            pending = self._store.pending_in_search()
        except StoreUnavailable as error:
            self._outage.met(error)
            return
        self._outage.over()
        yield GaugeMetricFamily(
            "cosell_search_pending", "Opportunities that the search index does not know yet.", value=pending
        )


async def keep_fed(store: Store, writer: Executor, rest: Rest) -> None:
    """Update the index, for ever. `rest` tells it what this process writes."""
    loop = asyncio.get_running_loop()
    outage = Outage(log_outage, "feeding of the search index")
    progress = _Progress()
    before = 0
    while True:
        fed = 0
        try:
            pending = await loop.run_in_executor(None, store.pending_in_search, LONG)
            if pending >= LONG and progress.is_due():
                progress.tell(await loop.run_in_executor(None, store.pending_in_search))
            if 0 < pending <= before or pending >= MANY:
                fed = await loop.run_in_executor(writer, store.feed_search, FED_AT_ONCE)
        except Exception as error:  # noqa: BLE001  # whatever it is, it may be better the next time
            outage.met(error)
            await asyncio.sleep(LOOK_S)
            continue
        outage.over()
        before = pending - fed
        if not before:
            progress.end()
            await rest(LOOK_IDLE_S)
        elif not fed:
            await asyncio.sleep(LOOK_S)


class _Progress:
    """What is logged about a long indexing run."""

    def __init__(self) -> None:
        self._told: float | None = None

    def is_due(self) -> bool:
        """Whether it is time to log the progress."""
        return self._told is None or monotonic() - self._told >= TOLD_EVERY_S

    def tell(self, pending: int) -> None:
        """How much is left."""
        log_event("feeding the search index", pending=pending)
        self._told = monotonic()

    def end(self) -> None:
        """Nothing is left."""
        if self._told is not None:
            log_event("the search index is fed")
            self._told = None
