"""A reading transaction."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import psycopg

from cosell.context import Scope
from cosell.store.interface import StoreBusy, StoreUnavailable
from cosell.store.postgres.connections import Connections
from cosell.store.postgres.mishaps import BUSY, reason_of
from cosell.store.postgres.scope_numbers import ScopeNumbers
from cosell.store.postgres.transaction import PostgresReadTransaction


class Reading:
    """A reading transaction on a borrowed connection. A class, since a generator would cost a tenth of a page."""

    __slots__ = ("_catch_up", "_connection", "_connections", "_numbers", "_scope")

    def __init__(
        self, connections: Connections, numbers: ScopeNumbers, scope: Scope, catch_up: Callable[[Scope], None]
    ) -> None:
        self._connections = connections
        self._numbers = numbers
        self._scope = scope
        self._catch_up = catch_up

    def __enter__(self) -> PostgresReadTransaction:
        self._connection = self._connections.borrow()
        try:
            scope_id = self._numbers.of(self._connection, self._scope)
            if self._connection.is_pooled:
                self._connection.begin_reading()
            return PostgresReadTransaction(
                self._connection, self._scope, scope_id, partial(self._catch_up, self._scope)
            )
        except BaseException as error:
            self.__exit__(None, error, None)
            raise

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if self._connection.is_pooled:
            with suppress(psycopg.Error):  # what could not be ended is not lent again
                self._connection.roll_back()
        self._connections.give_back(self._connection, error)
        if error is not None and (reason := reason_of(error)):
            raise (StoreBusy if isinstance(error, BUSY) else StoreUnavailable)(reason) from error
