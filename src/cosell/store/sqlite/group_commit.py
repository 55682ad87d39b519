"""Group commit: one transaction for many, without a savepoint for each, which would cost a quarter."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from cosell.context import Scope
from cosell.store.interface import GroupSpoilt
from cosell.store.sqlite.closing import Closing
from cosell.store.sqlite.connection import begin_writing


class GroupCommit:
    """What a common transaction of `writer` has done so far, to be remembered once it is committed."""

    def __init__(self, writer: apsw.Connection, deadline: float) -> None:
        self.scope_ids: dict[Scope, int] = {}
        self.has_announced = False
        self.closing = Closing(writer)
        self.new_scope_ids: list[int] = []
        """Scopes that the transaction at hand has begun with."""
        self._writer = writer
        self._is_spoilt = False
        begin_writing(writer, deadline)

    def commit(self) -> None:
        """Make everything durable. Raises GroupSpoilt if something would have to be undone by itself."""
        self._check()
        self.closing.write()
        self._writer.execute("COMMIT")

    @contextmanager
    def one_of_many(self) -> Iterator[None]:
        """One of the transactions. If the block raises after it has written, all are spoilt, and GroupSpoilt is raised
        for each that follows; most that are refused have written nothing.
        """
        self._check()
        self.new_scope_ids.clear()
        mark, written = self.closing.mark(), self._writer.total_changes()
        try:
            yield
        except BaseException:
            self._is_spoilt = True  # unless it has written nothing but its scopes, and they can be taken back
            if self._writer.in_transaction and self._writer.total_changes() - written == len(self.new_scope_ids):
                for scope_id in self.new_scope_ids:
                    self._writer.execute("DELETE FROM scope WHERE scope_id = ?", (scope_id,))
                self.closing.return_to(mark)
                self._is_spoilt = False
            raise

    def _check(self) -> None:
        if self._is_spoilt:
            raise GroupSpoilt
