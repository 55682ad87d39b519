"""The write-ahead log: where changes are until a checkpoint moves them into the database's own file.

A commit triggers a checkpoint once the log is long enough, and then the next one starts the log over. While somebody
reads an older state, neither is possible, and the log grows; its file keeps that length until it is truncated.
"""

from pathlib import Path
from typing import Any, Final

import apsw

from cosell.store.sqlite.connection import BUSY_TIMEOUT_MS

SUFFIX: Final = "-wal"


def log_bytes(path: str) -> int:
    """How long the log of the database at `path` is."""
    try:
        return Path(path + SUFFIX).stat().st_size
    except FileNotFoundError:
        return 0


def shorten_log(connection: apsw.Connection) -> None:
    """Checkpoint as much as possible, and if that was everything, truncate the log. Waits for nobody.

    The first checkpoint blocks neither readers nor writers, however much there is; the second finds nothing left to
    copy. If somebody is in its way, it does nothing.
    """
    row: Any = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    _, in_log, done = row
    if done < in_log:
        return
    connection.set_busy_timeout(0)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
