"""What every worker of a server needs to know."""

from typing import Any

import msgspec

from cosell.context import DEFAULT_READINGS, Readings
from cosell.events.deliverer import RETENTION_MS
from cosell.reporting import DEFAULT_REPORTING, Reporting


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `cosell serve` that a worker needs; they reach a worker's process as one JSON text.

    Some are secret, so the text is passed where no process list shows it.
    """

    db: str
    host: str
    port: int
    log_level: str
    log_format: str = "json"
    sinks: list[str]
    keep_events_ms: int = RETENTION_MS
    keep_history_ms: int | None = None
    """None: for ever."""
    webhook_secret: str
    allow_host: list[str] = []
    """Names by which clients call the server, besides its addresses."""
    public_url: str = ""
    """The address by which people reach the server; empty: the one that it listens on."""
    script: dict[str, Any] | None = None
    """The document of the script that AWS's side follows; None: nothing happens by itself."""
    readings: Readings = DEFAULT_READINGS
    model: str = ""
    """The month of an older service model; empty: the newest."""
    version: str = ""
    """The version of cosell."""
    reporting: Reporting = DEFAULT_REPORTING
    workers: int = 1
    folder: str | None = None
    """Where the workers of one server find each other, for its user alone; None: there is one worker."""
