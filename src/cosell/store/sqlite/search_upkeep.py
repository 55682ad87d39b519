"""When the search index of a database is updated, and when it is rebuilt."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from time import monotonic
from typing import Final

import apsw

from cosell.store.interface import StoreUnavailable
from cosell.store.patience import waiting_until
from cosell.store.search import FED_AT_ONCE
from cosell.store.sqlite.connection import schema_versions
from cosell.store.sqlite.search_feeding import SINCE_SCHEMA, Feeding, begin_anew, state_of
from cosell.store.sqlite.sql_connection import SqliteConnection

CATCH_UP_S: Final = 5.0
"""Seconds that a search feeds the index before it does without."""
Writing = Callable[[], AbstractContextManager[SqliteConnection]]
"""Begins a transaction of the connection that it gives."""


class SearchUpkeep:
    """Updates the index of a database, each time in a transaction of `writing`."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def feed(self, most: int) -> int:
        """See `Store.feed_search`. What a power cut undoes of it is fed again."""
        with self._writing() as connection:
            return Feeding(connection).feed(most)

    def catch_up(self) -> None:
        """See `Lender.catch_up`. Where it cannot be, searches do without."""
        until = monotonic() + CATCH_UP_S
        with suppress(StoreUnavailable), waiting_until(until):
            while self.feed(FED_AT_ONCE) and monotonic() < until:
                pass


def begin_anew_where_need_be(writer: apsw.Connection, writing: Writing) -> None:
    """Where another version of cosell or of Python has made the index, nothing of it counts."""
    if schema_versions(writer)[0] >= SINCE_SCHEMA and not state_of(writer).is_of_this_reading:
        with writing() as connection:
            begin_anew(connection)
