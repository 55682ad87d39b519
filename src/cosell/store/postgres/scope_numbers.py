"""The numbers that stand for scopes in the tables. They never change, so those that are committed are remembered."""

from collections.abc import Mapping, Sequence
from typing import Final

from cosell.context import Scope
from cosell.store.postgres.sql_connection import PostgresConnection

_FIND: Final = "SELECT scope_id FROM scope WHERE account = ? AND catalog = ?"
_MAKE: Final = "INSERT INTO scope (account, catalog) VALUES (?, ?) ON CONFLICT DO NOTHING"


class ScopeNumbers:
    """The numbers of one database, whichever of its connections asks."""

    def __init__(self) -> None:
        self._known: dict[Scope, int] = {}

    def of(self, connection: PostgresConnection, scope: Scope) -> int | None:
        """The number of a scope; None where nothing was ever written to it."""
        number = self._known.get(scope)
        if number is None:
            number = connection.value(_FIND, (scope.account, scope.catalog))
            if number is not None and not connection.in_transaction:  # what a transaction sees may yet be undone
                self._known[scope] = number
        return number

    def known(self, scope: Scope) -> int | None:
        """The number of a scope; None if nobody has asked for it yet."""
        return self._known.get(scope)

    def for_writing(self, connection: PostgresConnection, scopes: Sequence[Scope]) -> dict[Scope, int]:
        """The numbers of scopes, in a transaction, in an order in which everybody takes their rows."""
        numbers: dict[Scope, int] = {}
        for scope in sorted(set(scopes), key=lambda scope: (scope.account, scope.catalog)):
            number = self.of(connection, scope)
            if number is None:
                connection.run(_MAKE, (scope.account, scope.catalog))
                number = connection.value(_FIND, (scope.account, scope.catalog))
                assert number is not None
            numbers[scope] = number
        return numbers

    def remember(self, committed: Mapping[Scope, int]) -> None:
        """Take note of numbers that a transaction has given, or met, and committed."""
        self._known.update(committed)
