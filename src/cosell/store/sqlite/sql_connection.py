"""SQLite's side of the SQL that both databases speak."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import apsw

from cosell.store.sql.connection import Values


class SqliteConnection(apsw.Connection):
    """A `SqlConnection`."""

    def rows(self, statement: str, values: Values = ()) -> list[Any]:
        """See `SqlConnection.rows`."""
        return self.execute(statement, values).fetchall()

    def row(self, statement: str, values: Values = ()) -> Any:
        """See `SqlConnection.row`."""
        return self.execute(statement, values).fetchone()

    def value(self, statement: str, values: Values = ()) -> Any:
        """See `SqlConnection.value`."""
        return self.execute(statement, values).get

    def run(self, statement: str, values: Values = ()) -> int:
        """See `SqlConnection.run`."""
        self.execute(statement, values)
        return self.changes()

    def put(self, statement: str, values: Values = ()) -> None:
        """See `SqlConnection.put`."""
        self.execute(statement, values)

    def run_many(self, statement: str, rows: Iterable[Values]) -> None:
        """See `SqlConnection.run_many`."""
        self.executemany(statement, rows)

    def one_moment(self) -> AbstractContextManager[object]:
        """See `SqlConnection.one_moment`. A savepoint."""
        return self
