"""Connections to a server: how they are opened, what they are set to, and who lends them.

They are lent one by one and opened when there is none to lend, as SQLite's are, so a server that was away is used again
as soon as it is back, and each failure has its own reason (docs/decisions/0045).
"""

from collections import deque
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.mishaps import reason_of
from cosell.store.postgres.sql_connection import PostgresConnection

CONNECT_TIMEOUT_S: Final = 5
LOST_AFTER_S: Final = 20
"""When a connection to a machine that is gone is given up."""
STATEMENT_TIMEOUT_MS: Final = 30_000
"""A statement of a request that takes longer is ended by the server."""
IDLE_IN_TRANSACTION_MS: Final = 10_000
"""A process that stands still inside a transaction keeps others of its scopes for so long at most."""
_DEFAULTS: Final[dict[str, Any]] = {
    "application_name": "cosell",
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": LOST_AFTER_S // 2,
    "keepalives_interval": LOST_AFTER_S // 4,
    "keepalives_count": 2,
    "tcp_user_timeout": LOST_AFTER_S * 1000,
}
_WALKS: Final = ("enable_sort", "enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin")
"""What PostgreSQL might do instead of walking along an index."""
_SETTINGS: Final = "; ".join(
    (
        "SET client_min_messages = warning",
        f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}",
        f"SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_MS}",
        *(f"SET {what} = off" for what in _WALKS),
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    )
)


def opened(url: str) -> PostgresConnection:
    """A connection of its own. Raises psycopg.Error."""
    given = conninfo_to_dict(url)
    connection = psycopg.connect(
        make_conninfo(**(_DEFAULTS | given)), autocommit=True, prepare_threshold=1, cursor_factory=psycopg.RawCursor
    )
    try:
        connection.prepared_max = 1000
        connection.cursor().execute(_SETTINGS.encode())
    except BaseException:
        connection.close()
        raise
    return PostgresConnection(connection)


class Connections:
    """Lends connections to a server. Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: deque[PostgresConnection] = deque()
        self._closed = False

    def borrow(self) -> PostgresConnection:
        """A connection for one user. Raises StoreUnavailable where there is none to be had."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self.open()
            if connection.is_usable:
                return connection
            connection.close()

    def open(self) -> PostgresConnection:
        """A new connection, which is its owner's. Raises StoreUnavailable."""
        try:
            return opened(self._url)
        except psycopg.Error as error:
            raise StoreUnavailable(reason_of(error) or "it cannot be reached") from error

    def give_back(self, connection: PostgresConnection) -> None:
        """Take back what `borrow` gave."""
        if self._closed or not connection.is_usable:
            connection.close()
        else:
            self._idle.append(connection)

    def forget(self) -> None:
        """Let go of those that nobody has: the server has gone, and they with it."""
        while self._idle:
            self._idle.pop().close()

    def close(self) -> None:
        """Lend nothing any more. Idempotent."""
        self._closed = True
        self.forget()


def identity(connection: PostgresConnection) -> "tuple[Any, ...]":
    """Which database a connection is to, whatever its URL looks like."""
    row: tuple[Any, ...] = connection.row(
        "SELECT system_identifier, current_database(), current_schema() FROM pg_control_system()"
    )
    return row
