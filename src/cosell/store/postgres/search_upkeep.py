"""When the index of searches of a database is fed, and when it begins anew."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from time import monotonic
from typing import Final

from psycopg import errors

from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.search_feeding import Feeding, begin_anew, is_of_this_reading, scopes_to_feed
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.search import FED_AT_ONCE

CATCH_UP_S: Final = 5.0
"""Seconds that a search feeds the index of its scope before it does without."""
PATIENCE_MS: Final = 1_000
"""How long who feeds all scopes waits for one that another has, where it has fed none, or for the table of scopes."""
Lending = Callable[[], AbstractContextManager[PostgresConnection]]
"""Lends a connection."""

_WAIT: Final = "SELECT set_config('lock_timeout', ?, true)"


class SearchUpkeep:
    """Feeds the index of a database, each scope in a transaction of its own."""

    def __init__(self, lending: Lending) -> None:
        self._lending = lending

    def feed(self, most: int) -> int:
        """See `Store.feed_search`. Scopes that another process holds come last, and are waited for a little."""
        with self._lending() as connection:
            fed = 0
            held: list[int] = []
            for scope_id in scopes_to_feed(connection) if is_of_this_reading(connection) else ():
                count = _feed(connection, scope_id, most - fed, None)
                if count is None:
                    held.append(scope_id)
                fed += count or 0
                if fed >= most:
                    break
            if held and not fed:
                fed = _feed(connection, held[0], most, PATIENCE_MS) or 0
            return fed

    def catch_up(self, scope_id: int) -> None:
        """Let the index know what is pending in a scope, if that takes no long time: else a search does without."""
        until = monotonic() + CATCH_UP_S
        with suppress(StoreUnavailable), self._lending() as connection:
            while _feed(connection, scope_id, FED_AT_ONCE, _milliseconds_until(until)) and monotonic() < until:
                pass


def _feed(connection: PostgresConnection, scope_id: int, most: int, waits_ms: int | None) -> int | None:
    """See `Feeding.feed`. None where the scope is held by somebody else, for longer than is waited."""
    try:
        with connection.quick_transaction():
            connection.rows(_WAIT, (str(waits_ms or PATIENCE_MS),))
            return Feeding(connection, scope_id).feed(most, waits=waits_ms is not None)
    except errors.LockNotAvailable:
        return None


def _milliseconds_until(moment: float) -> int:
    return max(round((moment - monotonic()) * 1000), 1)


def begin_anew_where_need_be(connection: PostgresConnection) -> None:
    """Where another version of cosell or of Python has made the index, nothing of it counts."""
    if not is_of_this_reading(connection):
        connection.begin()
        try:
            begin_anew(connection)
            connection.commit()
        finally:
            connection.roll_back()
