"""The write-ahead log: where changes are until a checkpoint puts them into the database's own file.

A commit makes a checkpoint once the log is long enough, and then the next one begins it anew. As long as somebody reads
a state of before, neither is possible, and the log grows; its file keeps that length, unless somebody cuts it.
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
    """Put what can be put into the file, and where that was all, cut the log. Waits for nobody.

    The first checkpoint holds up neither readers nor writers, however much there is; the second finds nothing left to
    copy. Where somebody is in its way, it does nothing.
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
