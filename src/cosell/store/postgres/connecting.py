"""How a connection to a server is opened, and what it is set to."""

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cosell.store.patience import LOCK_TIMEOUT_S
from cosell.store.postgres.bounded_wait import BoundedConnection
from cosell.store.postgres.sql_connection import WALKS, PostgresConnection

CONNECT_TIMEOUT_S: Final = 3
"""For each host of a URL."""
LOST_AFTER_S: Final = 9
"""When a connection to a machine that is gone is given up, on either side."""
PREPARE_AFTER: Final = 1
"""A statement is prepared when it comes for the second time."""
_DEFAULTS: Final[dict[str, Any]] = {
    "application_name": "cosell",
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": LOST_AFTER_S // 3,
    "keepalives_interval": LOST_AFTER_S // 3,
    "keepalives_count": 2,
    "tcp_user_timeout": LOST_AFTER_S * 1000,
}
IDLE_IN_TRANSACTION_MS: Final = 10_000
"""A process that stands still inside a transaction keeps others of its scopes for so long at most."""
SETTINGS: Final = {
    "client_min_messages": "warning",
    "statement_timeout": str(LOCK_TIMEOUT_S * 1000),
    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS),
    **dict.fromkeys(WALKS, "off"),
}
"""What the server is to do for each of our transactions."""
_OF_A_SESSION: Final = {
    "tcp_keepalives_idle": str(LOST_AFTER_S // 3),
    "tcp_keepalives_interval": str(LOST_AFTER_S // 3),
    "tcp_keepalives_count": "2",
}
"""How the server finds out that our machine is gone."""
_DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', {}) WHERE current_setting('synchronous_commit') = 'off'"
)


def _statements(settings: dict[str, str], *, local: bool) -> tuple[str, ...]:
    word = "SET LOCAL" if local else "SET"
    durable = _DURABLE.format("true" if local else "false")
    return (*(f"{word} {name} = {value}" for name, value in settings.items()), durable)


_FOR_A_SESSION: Final = "; ".join(_statements(SETTINGS | _OF_A_SESSION, local=False))
_FOR_A_TRANSACTION: Final = _statements(SETTINGS, local=True)


def opened(url: str) -> PostgresConnection:
    """A connection of its own. Raises psycopg.Error.

    A pooler that lends its sessions for a transaction, such as PgBouncer, gives each client a number that is no
    server's process. Its sessions are shared: what one client prepares, sets or locks there, another one meets.
    """
    connection = BoundedConnection.connect(
        make_conninfo(**(_DEFAULTS | conninfo_to_dict(url))),
        autocommit=True,
        prepare_threshold=None,
        cursor_factory=psycopg.RawCursor,
    )
    try:
        row = connection.execute(b"SELECT pg_backend_pid()").fetchone()
        if row is not None and row[0] != connection.info.backend_pid:
            return PostgresConnection(connection, _FOR_A_TRANSACTION)
        connection.execute(_FOR_A_SESSION.encode())
        connection.prepare_threshold = PREPARE_AFTER
        connection.prepared_max = 1000
    except BaseException:
        connection.close()
        raise
    return PostgresConnection(connection)
