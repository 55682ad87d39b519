"""Who lends connections to a server.

They are lent one by one and opened when there is none to lend, as SQLite's are, so a server that was away is used again
as soon as it is back, and each failure has its own reason (docs/decisions/0045). Where one connection turns out to be
lost, or to a server that writes nothing any more, the others are not asked whether they are, too.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

import psycopg
from psycopg import errors

from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.connecting import opened
from cosell.store.postgres.mishaps import reason_of, unavailable_instead_of_postgres_errors
from cosell.store.postgres.sql_connection import PostgresConnection

AGAIN_AFTER_S: Final = 0.1
"""How long nobody tries to connect after somebody could not: who waited in line is not made to wait again."""
MOST_IDLE: Final = 16
_GONE: Final = (
    errors.ReadOnlySqlTransaction,
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.DatabaseDropped,
)


class Connections:
    """Lends connections to a server. Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: deque[PostgresConnection] = deque()
        self._closed = False
        self._failed: tuple[str, float] | None = None

    @contextmanager
    def lent(self) -> Iterator[PostgresConnection]:
        """A connection for the block. Raises StoreUnavailable out of it."""
        with unavailable_instead_of_postgres_errors():
            connection = self.borrow()
            try:
                yield connection
            except BaseException as error:
                self.give_back(connection, error)
                raise
            self.give_back(connection)

    def borrow(self) -> PostgresConnection:
        """A connection for one user. Raises StoreUnavailable where there is none to be had."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self.open()
            if connection.is_alive:
                return connection
            connection.close()
            self.forget()

    def open(self) -> PostgresConnection:
        """A new connection, which is its owner's. Raises StoreUnavailable."""
        failed = self._failed
        if failed is not None and monotonic() - failed[1] < AGAIN_AFTER_S:
            raise StoreUnavailable(failed[0])
        try:
            connection = opened(self._url)
        except psycopg.Error as error:
            reason = reason_of(error) or "it cannot be reached"
            self._failed = reason, monotonic()
            raise StoreUnavailable(reason) from error
        self._failed = None
        return connection

    def give_back(self, connection: PostgresConnection, error: BaseException | None = None) -> None:
        """Take back what `borrow` gave, and hear how it has failed."""
        self.heed(error)
        if self._closed or not connection.is_usable or has_gone(error) or len(self._idle) >= MOST_IDLE:
            connection.close()
        else:
            self._idle.append(connection)

    def heed(self, error: BaseException | None) -> None:
        """Let go of the others where an error tells that the server has gone, or was replaced by another one."""
        if has_gone(error):
            self.forget()

    def forget(self) -> None:
        """Let go of those that nobody has."""
        while self._idle:
            self._idle.pop().close()

    def close(self) -> None:
        """Lend nothing any more. Idempotent."""
        self._closed = True
        self.forget()


def has_gone(error: BaseException | None) -> bool:
    """Whether an error tells that a connection is lost, or leads to a server that only reads by now."""
    if isinstance(error, _GONE):
        return True
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and error.sqlstate is None
