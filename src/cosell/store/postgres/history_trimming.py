"""The removal of the oldest changes from the history. See `Store.trim_history`."""

from typing import Final

from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.sql.change_rows import TRIMMED_AT_ONCE, removed

TRIMMED: Final = "SELECT trimmed_position, trimmed_ms FROM scope WHERE scope_id = ?"
"""See `change_statements`."""
_SCOPES: Final = "SELECT scope_id FROM scope ORDER BY scope_id"
# Changes that mark a scope as replaced stay: counts cover what came after them.
_OLDEST: Final = (
    "SELECT position, changed FROM opportunity_change WHERE scope_id = ? AND id_key != '' ORDER BY position LIMIT ?"
)
_REMOVE: Final = "DELETE FROM opportunity_change WHERE scope_id = ? AND position <= ? AND id_key != ''"
_FORGET: Final = "DELETE FROM kept_count WHERE scope_id = ? AND position < ?"
_NOTE: Final = (
    "UPDATE scope SET trimmed_position = greatest(trimmed_position, ?), trimmed_ms = greatest(trimmed_ms, ?) "
    "WHERE scope_id = ?"
)


def trim(connection: PostgresConnection, before_ms: int) -> int:
    """See `Store.trim_history`. One scope after the other, each in a transaction of its own."""
    for (scope_id,) in connection.rows(_SCOPES):
        oldest = connection.rows(_OLDEST, (scope_id, TRIMMED_AT_ONCE))
        position, latest_ms, count = removed(oldest, before_ms)
        if count:
            with connection.quick_transaction():
                connection.put(_NOTE, (position, latest_ms, scope_id))
                connection.put(_FORGET, (scope_id, position))
                return connection.run(_REMOVE, (scope_id, position))
    return 0
