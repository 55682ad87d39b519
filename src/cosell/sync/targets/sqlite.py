"""Mirrors in a SQLite file.

Through apsw, which brings a current SQLite: the one of Python's own module is as old as the machine. What is made
can be read by any SQLite of the last ten years.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any, Final

import apsw

from cosell.errors import UserError
from cosell.sync.sqlite_errors import in_words
from cosell.sync.targets.database import Dialect, Parameters, told, upsert
from cosell.sync.targets.lock_file import lock_of
from cosell.sync.targets.tables import Table

BUSY_TIMEOUT_MS: Final = 10_000
"""How long to wait for another program that writes into the mirror's file."""
LOG_LIMIT_BYTES: Final = 64 * 1024 * 1024
"""The write-ahead log's file is cut back to this, should a reader have let it grow."""

DIALECT: Final = Dialect(
    name="sqlite",
    types={
        "identifier": "TEXT",
        "text": "TEXT",
        "moment": "TEXT",
        "day": "TEXT",
        "amount": "REAL",
        "integer": "INTEGER",
        "json": "TEXT",
    },
    ms=lambda column: f"CAST(round(unixepoch({column}, 'subsec') * 1000) AS INTEGER)",
    among=lambda column: f"{column} IN (SELECT value FROM json_each(?))",
    has_table="SELECT count(*) > 0, coalesce(max(name = ?), 0) FROM sqlite_schema",
    columns=(
        "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
        " UNION ALL SELECT name, '' FROM sqlite_schema WHERE type = 'view'"
    ),
)

_UNAVAILABLE: Final = (
    apsw.BusyError,
    apsw.LockedError,
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.ConnectionClosedError,
)


class SqliteDatabase:
    """A `Database` in the file `path`, which is made where it does not exist; or in memory."""

    dialect = DIALECT

    def __init__(self, path: str) -> None:
        """Raises UserError if the file cannot be opened as a database."""
        self._path = path
        try:
            self._connection = apsw.Connection(path)
            self._connection.set_busy_timeout(BUSY_TIMEOUT_MS)
            self._connection.execute("PRAGMA schema_version").fetchall()  # reads the file
            self._connection.execute(f"PRAGMA journal_size_limit = {LOG_LIMIT_BYTES}").fetchall()
        except apsw.NotADBError:
            raise UserError(f"{path} is not a SQLite database", "name another file with --mirror") from None
        except _UNAVAILABLE as error:
            raise UserError(f"cannot open {path}: {in_words(error)}", "check the folder and its permissions") from None

    def settle(self) -> None:
        """See `Database`. They are written into the file, so they wait until then."""
        with told(_UNAVAILABLE):
            for pragma in ("journal_mode = WAL", "synchronous = FULL"):
                self._connection.execute(f"PRAGMA {pragma}").fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Database`."""
        with told(_UNAVAILABLE):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:  # SQLite rolls back by itself after some errors
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See `Database`."""
        with told(_UNAVAILABLE):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def batches(self, statement: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """See `Database`."""
        with told(_UNAVAILABLE):
            found = iter(self._connection.execute(statement))
            while batch := list(islice(found, size)):
                yield batch

    def rows(self, statement: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """See `Database`."""
        with told(_UNAVAILABLE):
            return self._connection.execute(statement, parameters).fetchall()

    def run(self, statement: str, parameters: Parameters = ()) -> int:
        """See `Database`."""
        with told(_UNAVAILABLE):
            self._connection.execute(statement, parameters)
            return self._connection.changes()

    def script(self, statements: str) -> None:
        """See `Database`. Each statement only runs once the rows of the one before are taken."""
        self.rows(statements)

    def put(self, table: Table, rows: Sequence[Parameters]) -> None:
        """See `Database`."""
        with told(_UNAVAILABLE):
            self._connection.executemany(upsert(table), rows)

    def listed(self, texts: Sequence[str]) -> str:
        """See `Database`."""
        return json.dumps(texts)

    def lock(self, holder: str) -> AbstractContextManager[None]:
        """See `Database`."""
        return lock_of(self._path, holder)

    def close(self) -> None:
        """See `Database`."""
        self._connection.close()
