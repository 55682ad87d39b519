"""A load of most of a database: indexes and zones are built several times faster in one go than row by row."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import apsw

from cosell.store.sql.search_columns import CREATE_SEARCH_INDEXES
from cosell.store.sql.zone_maps import FILL_ZONES
from cosell.store.sqlite.connection import BUSY_TIMEOUT_MS
from cosell.store.sqlite.indexes import CREATE_INDEXES, DROP_INDEXES
from cosell.store.sqlite.search_dialect import DROP_SEARCH_INDEXES

WORTH_NEW_INDEXES: Final = 5_000
"""Opportunities from which on a load into an empty database rebuilds the indexes: as measured, both ways cost alike."""

_TWICE: Final = "SELECT id_key FROM opportunity GROUP BY scope_id, id_key HAVING count(*) > 1 LIMIT 1"


def is_empty(connection: apsw.Connection) -> bool:
    """Whether a database has no opportunity."""
    return not connection.execute("SELECT EXISTS (SELECT 1 FROM opportunity)").get


@contextmanager
def large_load(connection: apsw.Connection) -> Iterator[None]:
    """Settings for a transaction that writes most of the file, restored at the end.

    Through the WAL every page would be written twice. With a rollback journal new pages go straight into the file,
    which a crash cuts back to its former length. Where another connection is open, the WAL stays.
    """
    connection.set_busy_timeout(0)
    with suppress(apsw.BusyError):
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    # Making an index sorts all rows; beyond a few thousand pages that belongs into a file, not into memory.
    connection.execute("PRAGMA temp_store = FILE").fetchall()
    try:
        yield
    finally:
        connection.execute("PRAGMA temp_store = MEMORY").fetchall()
        with suppress(apsw.BusyError):  # else whoever opens the file next goes back to the WAL
            connection.execute("PRAGMA journal_mode = WAL").fetchall()


@contextmanager
def without_indexes(connection: apsw.Connection) -> Iterator[None]:
    """Drop indexes and zones for the block, inside a transaction: nobody else ever sees the database without them.

    Raises KeyError at the end with an identifier that came twice.
    """
    for statement in (*DROP_INDEXES, *DROP_SEARCH_INDEXES):
        connection.execute(statement)
    yield
    for statement in (*CREATE_INDEXES, *CREATE_SEARCH_INDEXES):
        connection.execute(statement)
    twice = connection.execute(_TWICE).get
    if twice is not None:
        raise KeyError(twice)
    for statement in ("DELETE FROM zone", *FILL_ZONES):
        connection.execute(statement)
