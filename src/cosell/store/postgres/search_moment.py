"""The one moment of which a search tells, the settings under which it reads, and its end at the deadline."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from psycopg import errors

from cosell.store.interface import StoreBusy
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.sql.connection import SqlReader, Values

_SETTINGS: Final = (
    "SET LOCAL enable_bitmapscan = on; SET LOCAL max_parallel_workers_per_gather = 0; "
    "SET LOCAL plan_cache_mode = force_generic_plan"
)
"""A GIN index is read by bitmaps alone, a nested loop of several processes has no order, and no statement leaves a
choice that hangs on its values."""
_BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE search_reading IN ACCESS SHARE MODE"
"""Whoever begins the index anew waits for the lock, or is done before the first look: see `search_feeding.py`."""
_TIMEOUT: Final = "SELECT set_config('statement_timeout', ?, true)"
SLACK_S: Final = 0.5
"""Seconds by which a statement may be late at most."""


@contextmanager
def one_search(connection: PostgresConnection, deadline: float | None, *, writing: bool) -> Iterator[SqlReader]:
    """Give what a search reads by, as of one moment. Raises StoreBusy once the deadline has passed."""
    try:
        with _inside(connection) if writing else _alone(connection):
            yield connection if deadline is None else _Timed(connection, deadline)
    except errors.QueryCanceled as error:
        raise StoreBusy(_LATE) from error


@contextmanager
def _inside(connection: PostgresConnection) -> Iterator[None]:
    """Inside a writing transaction. Nothing is written, so all is undone, and settings are as before."""
    connection.run_script(f"SAVEPOINT search; {_SETTINGS}")
    try:
        yield
    finally:
        if not connection.connection.closed:
            connection.run_script("ROLLBACK TO search; RELEASE search")


@contextmanager
def _alone(connection: PostgresConnection) -> Iterator[None]:
    """In a transaction of its own. A reader behind a pooler has one at hand, which begins anew behind it."""
    is_reading = connection.in_transaction
    connection.roll_back()
    connection.begin_by(_BEGIN, _SETTINGS)
    try:
        yield
    finally:
        connection.roll_back()
        if is_reading and not connection.connection.closed:
            connection.begin_reading()


_LATE: Final = "a search was not done in time"


class _Timed:
    """A `SqlReader` whose statements end by a deadline."""

    def __init__(self, connection: PostgresConnection, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self._left_as_set: float | None = None
        """Seconds that the server was told last."""

    def rows(self, statement: str, values: Values = ()) -> list[Any]:
        """See `SqlReader.rows`."""
        self._look()
        return self._connection.rows(statement, values)

    def row(self, statement: str, values: Values = ()) -> Any:
        """See `SqlReader.row`."""
        self._look()
        return self._connection.row(statement, values)

    def value(self, statement: str, values: Values = ()) -> Any:
        """See `SqlReader.value`."""
        self._look()
        return self._connection.value(statement, values)

    def _look(self) -> None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise StoreBusy(_LATE)
        if self._left_as_set is None or self._left_as_set - left > SLACK_S:
            self._connection.rows(_TIMEOUT, (str(round(left * 1000) + 1),))
            self._left_as_set = left
