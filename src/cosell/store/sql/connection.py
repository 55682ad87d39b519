"""The door to a database's connection, through which the SQL of this room goes.

A statement is written once for both databases: values stand at question marks, in their order, and rows that may be
there already are put by `put_statement`. Integers, texts and byte strings come back as they went in.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

Value: TypeAlias = int | float | str | bytes | None
"""What stands in a column."""
Values: TypeAlias = Sequence[Value]


class SqlReader(Protocol):
    """What can be asked."""

    def rows(self, statement: str, values: Values = ()) -> list[Any]:
        """Every row that a statement gives."""

    def row(self, statement: str, values: Values = ()) -> Any:
        """The first row; None where there is none."""

    def value(self, statement: str, values: Values = ()) -> Any:
        """The first value of the first row; None where there is none."""


class SqlConnection(SqlReader, Protocol):
    """A connection, inside a transaction where somebody has begun one."""

    def run(self, statement: str, values: Values = ()) -> int:
        """Let a statement change rows: how many."""

    def put(self, statement: str, values: Values = ()) -> None:
        """Let a statement change rows, how many nobody asks: at the latest before the next one that tells something."""

    def run_many(self, statement: str, rows: Iterable[Values]) -> None:
        """Let a statement change rows once for each of these."""

    def one_moment(self) -> AbstractContextManager[object]:
        """Let all statements of the block see the same committed state, and what this transaction has changed."""


@lru_cache(maxsize=256)
def put_statement(table: str, key: str, columns: str) -> str:
    """The statement that puts a row, with these columns, in the place of the one with the same `key`."""
    names = columns.split(", ")
    new = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key.split(", "))
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT ({key}) DO UPDATE SET {new}"
    )
