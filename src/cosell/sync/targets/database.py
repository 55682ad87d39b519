"""What a mirror needs from its database: a handful of methods, and the SQL that each database has of its own.

Statements are written once, in the SQL that SQLite, PostgreSQL and DuckDB share, with `?` for values. Where they
differ, a `Dialect` has the words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import msgspec

from cosell.sync.target import MirrorUnavailable
from cosell.sync.targets.tables import Kind, Table

Parameters = Sequence[Any]


class Dialect(msgspec.Struct, frozen=True):
    """The SQL of one database."""

    name: str
    """Also the middle of the names of migrations that are for this database alone."""

    types: Mapping[Kind, str]

    ms: Callable[[str], str]
    """The milliseconds since 1970 UTC of a moment's column, as an expression."""

    among: Callable[[str], str]
    """Whether a column's text is one of a list, given as `Database.listed` gives it."""

    has_table: str
    """Asks whether the mirror's place has tables at all, and whether it has the table `?`."""

    columns: str
    """Asks for every table and view of the mirror's place, with each column of tables."""


@contextmanager
def told(unavailable: tuple[type[Exception], ...], words: Callable[[Exception], str] = str) -> Iterator[None]:
    """Raises MirrorUnavailable, with the `words` of the error, in the place of a database's own ways of saying so."""
    try:
        yield
    except unavailable as error:
        raise MirrorUnavailable(f"{type(error).__name__}: {words(error)}") from error


class Database(Protocol):
    """One open connection. Raises MirrorUnavailable if it does not answer."""

    dialect: Dialect

    def settle(self) -> None:
        """Take the settings of a mirror, once the database is known to be one."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit durably at the end of the block; roll everything back if it raises."""

    def snapshot(self) -> AbstractContextManager[None]:
        """See a single state of the database for the block, without keeping others from writing."""

    def batches(self, statement: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """What a statement finds, `size` rows at a time, within a snapshot and with nothing else in between."""

    def rows(self, statement: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """What a statement finds."""

    def run(self, statement: str, parameters: Parameters = ()) -> int:
        """Change something; how many rows."""

    def script(self, statements: str) -> None:
        """Change the schema."""

    def put(self, table: Table, rows: Sequence[Parameters]) -> None:
        """Insert rows, each with a value for every column of `table`, in its order. See `Table.key`."""

    def listed(self, texts: Sequence[str]) -> Any:
        """A list of texts as one value."""

    def lock(self, holder: str) -> AbstractContextManager[None]:
        """See `Target.lock`. Not within a transaction."""

    def close(self) -> None:
        """Close the connection. Idempotent."""


def upsert(table: Table, source: str | None = None) -> str:
    """The statement that puts into `table` one row of values, or what `source` selects."""
    names = ", ".join(column.name for column in table.columns)
    statement = f"INSERT INTO {table.name} ({names}) {source or _values(table)}"
    if not table.key:
        return statement
    kept = {*table.key, *table.keeps}
    changes = ", ".join(f"{c.name} = excluded.{c.name}" for c in table.columns if c.name not in kept)
    return f"{statement} ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {changes}"


def _values(table: Table) -> str:
    return f"VALUES ({', '.join('?' * len(table.columns))})"
