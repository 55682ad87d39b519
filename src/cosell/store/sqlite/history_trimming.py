"""The removal of the oldest changes from the history. See `Store.trim_history`."""

from typing import Final

from cosell.store.sql.change_rows import TRIMMED_AT_ONCE, removed
from cosell.store.sqlite.counters import TRIMMED_MS, TRIMMED_POSITION, Counters
from cosell.store.sqlite.sql_connection import SqliteConnection

_COUNTER: Final = "coalesce((SELECT value FROM counter WHERE counter_id = {}), 0)"
TRIMMED: Final = f"SELECT {_COUNTER.format(TRIMMED_POSITION)}, {_COUNTER.format(TRIMMED_MS)} WHERE ? IS NOT NULL"
"""See `change_statements`: one place for all scopes, whose changes share their positions."""
# Changes that mark a scope as replaced stay: counts cover what came after them.
_OLDEST: Final = "SELECT position, changed FROM opportunity_change WHERE id_key != '' ORDER BY position LIMIT ?"


def trim(connection: SqliteConnection, before_ms: int) -> int:
    """See `Store.trim_history`. Counts that had not got as far are removed, too."""
    position, latest_ms, count = removed(connection.rows(_OLDEST, (TRIMMED_AT_ONCE,)), before_ms)
    if count:
        connection.run("DELETE FROM opportunity_change WHERE position <= ? AND id_key != ''", (position,))
        connection.run("DELETE FROM kept_count WHERE position < ?", (position,))
        counters = Counters(connection)
        counters.raise_to(TRIMMED_POSITION, position)
        counters.raise_to(TRIMMED_MS, latest_ms)
        counters.write()
    return count
