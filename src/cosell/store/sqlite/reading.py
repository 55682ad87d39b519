"""A reading transaction of a file's store."""

from typing import Protocol

from cosell.context import Scope
from cosell.store.interface import StoreUnavailable
from cosell.store.sqlite.connection import reason_of
from cosell.store.sqlite.readers import Readers
from cosell.store.sqlite.scope_numbers import ScopeNumbers
from cosell.store.sqlite.transaction import SqliteReadTransaction


class Lender(Protocol):
    """Whose connections and scopes are read."""

    @property
    def readers(self) -> Readers:
        """Where they come from."""

    scope_numbers: ScopeNumbers

    def catch_up(self) -> None:
        """Updates the search index with what is pending, as far as that is quick."""


class Reading:
    """A reading transaction on a borrowed connection. A class, since a generator would cost a tenth of a page."""

    __slots__ = ("_connection", "_lender", "_scope")

    def __init__(self, lender: Lender, scope: Scope) -> None:
        self._lender = lender
        self._scope = scope

    def __enter__(self) -> SqliteReadTransaction:
        self._connection = self._lender.readers.borrow()
        try:
            scope_id = self._lender.scope_numbers.of(self._connection, self._scope)
            return SqliteReadTransaction(self._connection, self._scope, scope_id, self._lender.catch_up)
        except BaseException as error:
            self.__exit__(None, error, None)
            raise

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._lender.readers.give_back(self._connection)
        if error is not None and (reason := reason_of(error)):
            raise StoreUnavailable(reason) from error
