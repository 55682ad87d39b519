"""Saved states of a PostgreSQL database: copies of its tables, in the same schema, so any process finds them.

The server looks after them as after everything else. Of a record only its stamp is kept beside it: the rest of
`opportunity` is made from the record.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

from cosell.errors import UserError
from cosell.store.interface import StoreBusy
from cosell.store.postgres.connections import Connections
from cosell.store.postgres.migrate import schema_versions
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.postgres.tables import KEPT, SAVED_STATE, tables
from cosell.store.postgres.transaction import PostgresWriteTransaction
from cosell.store.saved_states import Return, SavedState
from cosell.store.sql.bringing_back import Difference, bring_back, check_name, unknown_state

_LIST: Final = (
    f"INSERT INTO {SAVED_STATE} (name, schema_version) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING state_id"
)
_COLUMNS: Final = (
    "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
    "WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped"
)
_LOCK: Final = f"LOCK TABLE {SAVED_STATE} IN SHARE ROW EXCLUSIVE MODE"
_RECORDS: Final = (
    "SELECT scope_id, id_key, last_modified, record FROM opportunity JOIN opportunity_record USING (scope_id, id_key)"
)
_DIFFERENCES: Final = (
    "SELECT id_key, here.record IS NOT NULL, kept.last_modified "
    "FROM (SELECT id_key, record FROM opportunity_record WHERE scope_id = ?1) AS here "
    "FULL JOIN (SELECT id_key, last_modified, record FROM {copy} WHERE scope_id = ?1) AS kept USING (id_key) "
    "WHERE here.record IS DISTINCT FROM kept.record"
)


class _Owner(Protocol):
    """What the copies need of the store that they are of."""

    @property
    def connections(self) -> Connections: ...

    def write_everywhere(self) -> AbstractContextManager[tuple[PostgresConnection, list[PostgresWriteTransaction]]]: ...


class PostgresSavedStates:
    """The `SavedStates` of the database of `owner`."""

    def __init__(self, owner: _Owner) -> None:
        self._owner = owner

    def names(self) -> list[str]:
        """See `SavedStates.names`."""
        with self._owner.connections.lent() as connection:
            return _names(connection)

    def keep(self, name: str) -> SavedState:
        """See `SavedStates.keep`. All copies are of one moment, and there at once."""
        check_name(name)
        with self._changing() as connection:
            _forget(connection, name)
            state_id = connection.value(_LIST, (name, schema_versions(connection)[0]))
            if state_id is None:
                raise StoreBusy("another process was faster")
            for table in KEPT:
                connection.run(f"CREATE TABLE {_copy(state_id, table)} AS TABLE {table}")
            records = _copy(state_id, "opportunity_record")
            connection.run(f"CREATE TABLE {records} AS {_RECORDS}")
            connection.run(f"ALTER TABLE {records} ADD PRIMARY KEY (scope_id, id_key)")
            count = connection.value(f"SELECT count(*) FROM {records}")
            return SavedState(name, count, sum(_size(connection, table) for table in _copies(connection, state_id)))

    def return_to(self, name: str, now_ms: int) -> Return:
        """See `SavedStates.return_to`."""
        with self._owner.write_everywhere() as (writer, transactions):
            state_id = _number(writer, name)
            changed = removed = 0
            for transaction in transactions:
                came, went = _bring_back(writer, transaction, _copy(state_id, "opportunity_record"), now_ms)
                changed, removed = changed + came, removed + went
            for table in KEPT:  # last, because opportunities enter their reviews by themselves
                columns = writer.value(_COLUMNS, (table,))
                writer.run(f"DELETE FROM {table}")
                writer.run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {_copy(state_id, table)}")
        return Return(changed, removed)

    def forget(self, name: str) -> None:
        """See `SavedStates.forget`."""
        with self._changing() as connection:
            if not _forget(connection, name):
                raise unknown_state(name, _names(connection))

    @contextmanager
    def _changing(self) -> Iterator[PostgresConnection]:
        """A transaction that sees one moment, alone among those that change what is kept."""
        with self._owner.connections.lent() as connection:
            connection.begin(one_moment=True)
            try:
                with connection.large_statements():
                    connection.run(_LOCK)
                    yield connection
                    connection.commit()
            finally:
                connection.roll_back()


def _names(connection: PostgresConnection) -> list[str]:
    return [name for (name,) in connection.rows(f"SELECT name FROM {SAVED_STATE} ORDER BY name")]


def _number(connection: PostgresConnection, name: str) -> int:
    """The number of a state. Raises UserError where there is none, or one of tables that have changed since."""
    row = connection.row(f"SELECT state_id, schema_version FROM {SAVED_STATE} WHERE name = ?", (name,))
    if row is None:
        raise unknown_state(name, _names(connection))
    state_id, version = row
    if version != schema_versions(connection)[0]:
        raise UserError(
            f"the snapshot {name} was made by another version of cosell", "forget it, and restore another one"
        )
    return int(state_id)


def _forget(connection: PostgresConnection, name: str) -> bool:
    state_id = connection.value(f"DELETE FROM {SAVED_STATE} WHERE name = ? RETURNING state_id", (name,))
    if state_id is None:
        return False
    for table in _copies(connection, state_id):
        connection.run(f"DROP TABLE {table}")
    return True


def _copy(state_id: int, table: str) -> str:
    return f"{SAVED_STATE}_{state_id}_{table}"


def _copies(connection: PostgresConnection, state_id: int) -> list[str]:
    return [table for table in tables(connection) if table.startswith(_copy(state_id, ""))]


def _size(connection: PostgresConnection, table: str) -> int:
    size: int = connection.value("SELECT pg_total_relation_size(to_regclass(?))", (table,))
    return size


def _bring_back(
    writer: PostgresConnection, transaction: PostgresWriteTransaction, copy: str, now_ms: int
) -> tuple[int, int]:
    scope_id = transaction.scope_id

    def kept_record(key: str) -> bytes:
        record: bytes = writer.value(f"SELECT record FROM {copy} WHERE scope_id = ? AND id_key = ?", (scope_id, key))
        return record

    rows = writer.rows(_DIFFERENCES.format(copy=copy), (scope_id,))
    differences = [Difference(key, is_here, kept_stamp) for key, is_here, kept_stamp in rows]
    return bring_back(transaction, differences, kept_record, now_ms)
