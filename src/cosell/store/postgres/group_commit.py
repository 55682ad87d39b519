"""Group commit: one transaction for many, without a savepoint for each, which would cost more than the change."""

from collections.abc import Iterator
from contextlib import contextmanager

from cosell.context import Scope
from cosell.store.interface import GroupSpoilt
from cosell.store.postgres.closing import Closing
from cosell.store.postgres.numbers import Numbers
from cosell.store.postgres.sql_connection import PostgresConnection


class GroupCommit:
    """What a common transaction of `writer` has done so far, to be remembered once it is committed."""

    def __init__(self, writer: PostgresConnection, numbers: Numbers) -> None:
        self.scope_ids: dict[Scope, int] = {}
        self.closing = Closing(writer, numbers)
        self._writer = writer
        self._is_spoilt = False

    def commit(self) -> None:
        """Make everything durable. Raises GroupSpoilt where something would have to be undone by itself."""
        self._check()
        self.closing.write()
        self._writer.commit()

    @contextmanager
    def one_of_many(self) -> Iterator[None]:
        """One of the transactions. If the block raises after it has written, all are spoilt, and GroupSpoilt is raised
        for each that follows; most that are refused have written nothing.
        """
        self._check()
        mark, written = self.closing.mark(), self._writer.writes
        try:
            yield
        except BaseException:
            self._is_spoilt = self._writer.writes != written or not self._writer.is_sound
            if not self._is_spoilt:
                self.closing.return_to(mark)
            raise

    def _check(self) -> None:
        if self._is_spoilt:
            raise GroupSpoilt
