"""The database's write-ahead log, which grows while somebody reads an old state: it is watched, and truncated after.

The server's own readers never do so for long. Another program may, such as an SQLite shell with an open transaction;
nothing can be done until it goes, but the operator is told.
"""

import asyncio
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric

from cosell.serve.log import log_event, log_misfortune
from cosell.store.interface import Store, StoreUnavailable

LOOK_S: Final = 1.0
"""Seconds until its length is checked again."""
LONG_BYTES: Final = 256 * 1024 * 1024
"""From here on the log says that somebody keeps it from being truncated. An ordinary day sees a quarter."""


class LogFigure:
    """A collector of prometheus-client. It belongs to the database, so any worker shows the same."""

    def __init__(self, store: Store, registry: CollectorRegistry) -> None:
        self._store = store
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """The length of the log."""
        yield GaugeMetricFamily(
            "cosell_log_bytes", "Length of the database's write-ahead log.", value=self._store.log_bytes()
        )


async def keep_short(store: Store) -> None:
    """Truncate the log whenever that was impossible for a while, for ever."""
    loop = asyncio.get_running_loop()
    trouble = ""
    while True:
        try:
            length = await loop.run_in_executor(None, store.shorten_log)
            found = "somebody reads a former state of the database" if length > LONG_BYTES else ""
        except StoreUnavailable as reason:
            length, found = store.log_bytes(), str(reason)
        if found and not trouble:
            log_misfortune("the write-ahead log cannot be cut", bytes=length, reason=found)
        if trouble and not found:
            log_event("the write-ahead log is short again", bytes=length)
        trouble = found
        await asyncio.sleep(LOOK_S)
