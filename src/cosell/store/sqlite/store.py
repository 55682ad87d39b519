"""The store over one SQLite file: readers from a pool, one writer behind a lock.

Between processes SQLite's own lock keeps writers apart (BEGIN IMMEDIATE). A database in memory has a single
connection, which readers and the writer take in turn.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from cosell.context import Scope
from cosell.store.sqlite.connection import migrate, open_connection, unavailable_instead_of_sqlite_errors
from cosell.store.sqlite.transaction import SqliteReadTransaction, SqliteWriteTransaction

MEMORY = ":memory:"


class SqliteStore:
    """A `Store` in the file `path`, which is made where it does not exist."""

    def __init__(self, path: str, *, new_token_key: bytes) -> None:
        """Raises UserError where the file cannot be opened. `new_token_key` is kept only by a new database."""
        self._path = path
        self._writer = open_connection(path)
        self._writing = threading.RLock()
        self._readers: deque[apsw.Connection] = deque()
        self._scope_ids: dict[Scope, int] = {}
        self._closed = False
        migrate(self._writer, new_token_key)
        token_key = self._writer.execute("SELECT token_key FROM installation").get
        assert isinstance(token_key, bytes)
        self.token_key = token_key

    @contextmanager
    def read(self, scope: Scope) -> Iterator[SqliteReadTransaction]:
        """See `Store.read`. Each of its methods is one statement, so each sees one committed state."""
        if self._path == MEMORY:
            with self._writing, unavailable_instead_of_sqlite_errors():
                yield SqliteReadTransaction(self._writer, self._scope_id(self._writer, scope))
            return
        with unavailable_instead_of_sqlite_errors():
            try:
                reader = self._readers.pop()
            except IndexError:
                reader = open_connection(self._path)
            try:
                yield SqliteReadTransaction(reader, self._scope_id(reader, scope))
            finally:
                if self._closed:
                    reader.close()
                else:
                    self._readers.append(reader)

    @contextmanager
    def write(self, scope: Scope) -> Iterator[SqliteWriteTransaction]:
        """See `Store.write`."""
        with self._writing, unavailable_instead_of_sqlite_errors():
            writer = self._writer
            writer.execute("BEGIN IMMEDIATE")
            try:
                scope_id = self._scope_id(writer, scope)
                if scope_id is None:
                    writer.execute("INSERT INTO scope (account, catalog, last_stamp) VALUES (?, ?, 0)", _names(scope))
                    scope_id = writer.last_insert_rowid()
                yield SqliteWriteTransaction(writer, scope_id)
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:  # SQLite has rolled back by itself after some errors
                    writer.execute("ROLLBACK")
                raise
            self._scope_ids[scope] = scope_id

    def scopes(self) -> list[Scope]:
        """See `Store.scopes`."""
        with self._writing, unavailable_instead_of_sqlite_errors():
            rows = self._writer.execute("SELECT account, catalog FROM scope ORDER BY account, catalog").fetchall()
        return [Scope(str(account), str(catalog)) for account, catalog in rows]

    def check(self) -> None:
        """See `Store.check`."""
        with self._writing, unavailable_instead_of_sqlite_errors():
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.execute("ROLLBACK")

    def close(self) -> None:
        """See `Store.close`."""
        with self._writing:
            self._closed = True
            while self._readers:
                self._readers.pop().close()
            self._writer.close()

    def _scope_id(self, connection: apsw.Connection, scope: Scope) -> int | None:
        scope_id = self._scope_ids.get(scope)
        if scope_id is None:
            row = connection.execute(
                "SELECT scope_id FROM scope WHERE account = ? AND catalog = ?", _names(scope)
            ).fetchone()
            if row is None:
                return None
            scope_id = int(row[0])
            if not connection.in_transaction:
                self._scope_ids[scope] = scope_id
        return scope_id


def _names(scope: Scope) -> tuple[str, str]:
    return scope.account, scope.catalog
