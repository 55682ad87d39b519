"""The identifiers that a walk has met, in a temporary file, so that memory does not grow with the catalog."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final, Self

from cosell.sync.target import Row, Target

ASKED_AT_ONCE: Final = 20
"""Identifiers of one question. Source: service model, ListOpportunitiesRequest.Identifier."""
_BATCH: Final = 1000


class Seen:
    """A set of identifiers that only grows. As a context manager it is gone at the end."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)  # a file of SQLite's own, removed when closed
        self._connection.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        """The empty set."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the file."""
        self._connection.close()

    def add(self, identifiers: Iterable[str]) -> None:
        """Add some."""
        self._connection.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((each,) for each in identifiers))

    def missing(self, identifiers: Iterable[str]) -> list[str]:
        """Those that were not met, in the order in which they are given."""
        query = "SELECT 1 FROM seen WHERE id = ?"
        return [each for each in identifiers if self._connection.execute(query, (each,)).fetchone() is None]


def unseen(target: Target, seen: Seen) -> Iterator[list[Row]]:
    """The mirror's rows that a walk did not meet, in portions that one question to the service can name."""
    after = None
    while rows := target.summaries(after, _BATCH):
        after = rows[-1].id
        missing = set(seen.missing(row.id for row in rows))
        left = [row for row in rows if row.id in missing]
        for start in range(0, len(left), ASKED_AT_ONCE):
            yield left[start : start + ASKED_AT_ONCE]
