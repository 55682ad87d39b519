"""The records of a scope for a dump, as they were at one moment: in pages, so that memory does not grow with them.

Where a page cannot be read, its records are read one by one: what is damaged then is one record, not the rest.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg
from psycopg import errors

from cosell.context import Scope
from cosell.errors import UserError
from cosell.passwords import shown
from cosell.store.access import Access
from cosell.store.postgres.mishaps import reason_of
from cosell.store.postgres.opening import opened_for
from cosell.store.postgres.sql_connection import PostgresConnection

PAGE: Final = 256
"""Records that are read at a time."""
UNREADABLE: Final = (errors.DataCorrupted, errors.IndexCorrupted, errors.IoError, errors.InternalError_)
"""What PostgreSQL says of a page, or of what it refers to, that is damaged."""

_SCOPE: Final = "SELECT scope_id FROM scope WHERE account = ? AND catalog = ?"
_RECORDS: Final = (
    "SELECT id_key, record FROM opportunity LEFT JOIN opportunity_record USING (scope_id, id_key) "
    "WHERE scope_id = ? AND id_key > ? ORDER BY id_key LIMIT ?"
)
_KEYS: Final = "SELECT id_key FROM opportunity WHERE scope_id = ? AND id_key > ? ORDER BY id_key LIMIT ?"
_RECORD: Final = "SELECT record FROM opportunity_record WHERE scope_id = ? AND id_key = ?"


class PostgresDump:
    """See `store.dump.Dump`. The transaction of the connection sees one moment."""

    def __init__(self, connection: PostgresConnection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope
        self.lost = 0
        self.lost_more = False

    @property
    def is_incomplete(self) -> bool:
        """See `Dump.is_incomplete`."""
        return self.lost > 0 or self.lost_more

    def records(self) -> Iterator[bytes]:
        """See `Dump.records`."""
        scope_id = self._connection.value(_SCOPE, (self._scope.account, self._scope.catalog))
        reached = ""
        while page := self._page(scope_id, reached):
            for _, record in page:
                if record is None:
                    self.lost += 1
                else:
                    yield record
            reached = page[-1][0]

    def _page(self, scope_id: int | None, reached: str) -> list[tuple[str, bytes | None]]:
        stretch = (scope_id, reached, PAGE)
        page: list[tuple[str, bytes | None]] | None = self._read(_RECORDS, stretch)
        if page is not None:
            return page
        keys = self._read(_KEYS, stretch)
        if keys is None:  # and nothing leads to what comes behind
            self.lost_more = True
            return []
        return [(key, self._record(scope_id, key)) for (key,) in keys]

    def _record(self, scope_id: int | None, key: str) -> bytes | None:
        found = self._read(_RECORD, (scope_id, key))
        return found[0][0] if found else None

    def _read(self, statement: str, values: tuple[Any, ...]) -> list[Any] | None:
        """The rows, in the transaction of one moment; None where they cannot be read."""
        with closing(self._connection.connection.cursor()) as savepoint:
            savepoint.execute(b"SAVEPOINT page")
            try:
                rows: list[Any] | None = self._connection.rows(statement, values)
            except UNREADABLE:
                savepoint.execute(b"ROLLBACK TO page")
                rows = None
            savepoint.execute(b"RELEASE page")
            return rows


@contextmanager
def dump(url: str, scope: Scope) -> Iterator[PostgresDump]:
    """The dump of a scope of a database. Raises UserError where it cannot be used, or ceases to answer."""
    connection, _ = opened_for(url, Access.READ, b"")
    with closing(connection):
        try:
            with connection.one_moment(), connection.large_statements():  # whoever reads may pause
                yield PostgresDump(connection, scope)
        except psycopg.Error as error:
            raise UserError(f"{shown(url)} cannot be read: {reason_of(error) or error}", "restore a backup") from None
