"""Transactions that end together: one transaction for all, and a savepoint for each."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from cosell.context import Scope
from cosell.store.interface import StoreUnavailable


class Together:
    """What a common transaction of `writer` has done so far, to be remembered once it is committed."""

    def __init__(self, writer: apsw.Connection) -> None:
        self.scope_ids: dict[Scope, int] = {}
        self.has_announced = False
        self._writer = writer
        self._is_broken = False
        writer.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make everything durable. Raises StoreUnavailable where something could not be undone by itself."""
        self._check()
        self._writer.execute("COMMIT")

    @contextmanager
    def one_of_many(self) -> Iterator[None]:
        """One of the transactions: undone by itself if the block raises. Raises StoreUnavailable as `commit` does."""
        self._check()
        self._writer.execute("SAVEPOINT one_of_many")
        try:
            yield
            self._writer.execute("RELEASE one_of_many")
        except BaseException:
            self._is_broken = True  # unless the next two statements succeed
            self._writer.execute("ROLLBACK TO one_of_many")
            self._writer.execute("RELEASE one_of_many")
            self._is_broken = False
            raise

    def _check(self) -> None:
        # SQLite undoes the whole transaction after some errors; a savepoint would then begin one of its own.
        if self._is_broken or not self._writer.in_transaction:
            raise StoreUnavailable("a change among others could not be undone by itself")
