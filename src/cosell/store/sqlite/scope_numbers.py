"""The numbers that stand for scopes in the tables. They never change, so committed ones are cached."""

from collections.abc import Mapping, Sequence

import apsw

from cosell.context import Scope


class ScopeNumbers:
    """The numbers of one database, whichever of its connections asks."""

    def __init__(self) -> None:
        self._known: dict[Scope, int] = {}

    def of(self, connection: apsw.Connection, scope: Scope) -> int | None:
        """The number of a scope; None if nothing was ever written to it."""
        number = self._known.get(scope)
        if number is None:
            row = connection.execute(
                "SELECT scope_id FROM scope WHERE account = ? AND catalog = ?", _names(scope)
            ).fetchone()
            if row is None:
                return None
            number = int(row[0])
            if not connection.in_transaction:  # what a transaction sees may yet be undone
                self._known[scope] = number
        return number

    def for_writing(self, writer: apsw.Connection, scopes: Sequence[Scope], new: list[int]) -> dict[Scope, int]:
        """The numbers of scopes, in a transaction of `writer`. `new` takes those that it has given only now."""
        numbers = {}
        for scope in scopes:
            number = self.of(writer, scope)
            if number is None:
                writer.execute("INSERT INTO scope (account, catalog) VALUES (?, ?)", _names(scope))
                number = writer.last_insert_rowid()
                new.append(number)
            numbers[scope] = number
        return numbers

    def remember(self, committed: Mapping[Scope, int]) -> None:
        """Take note of numbers that a transaction has given, or met, and committed."""
        self._known.update(committed)


def _names(scope: Scope) -> tuple[str, str]:
    return scope.account, scope.catalog
