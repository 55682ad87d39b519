"""The store over one PostgreSQL database: connections for readers, and one writer of this process behind a lock.

Between processes the clock rows of scopes keep writers apart. Source: docs/decisions/0045.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final

import msgspec
from psycopg import errors

from cosell.clock import Course
from cosell.context import Scope
from cosell.store.access import Access
from cosell.store.appearances import DueAppearance
from cosell.store.due_reviews import DueReview
from cosell.store.engagement import DueTask
from cosell.store.interface import Coming, StoreBusy
from cosell.store.invitations import DueInvitation
from cosell.store.outbox import Outbox
from cosell.store.patience import seconds_until
from cosell.store.postgres.closing import Closing
from cosell.store.postgres.connections import Connections, has_gone
from cosell.store.postgres.group_commit import GroupCommit
from cosell.store.postgres.history_trimming import trim
from cosell.store.postgres.mishaps import unavailable_instead_of_postgres_errors
from cosell.store.postgres.numbers import Numbers
from cosell.store.postgres.opening import closed_if_refused, opened_for
from cosell.store.postgres.outbox import PostgresOutbox
from cosell.store.postgres.reading import Reading
from cosell.store.postgres.saved_states import PostgresSavedStates
from cosell.store.postgres.scope_numbers import ScopeNumbers
from cosell.store.postgres.search_feeding import pending
from cosell.store.postgres.search_upkeep import SearchUpkeep, begin_anew_where_need_be
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.postgres.tables import tables, wanted
from cosell.store.postgres.transaction import PostgresWriteTransaction
from cosell.store.postgres.write_check import WriteCheck
from cosell.store.saved_states import SavedStates
from cosell.store.search import FED_AT_ONCE
from cosell.store.sql.appearance_rows import due_appearances
from cosell.store.sql.due_review_rows import due_reviews
from cosell.store.sql.engagement_rows import due_tasks
from cosell.store.sql.invitation_rows import due_invitations
from cosell.store.writer_lock import WriterLock

WORTH_MAKING_ANEW: Final = 5_000
"""Opportunities from which on a load into empty scopes makes their zones at its end."""
WORTH_NEW_STATISTICS: Final = 1_000
"""Opportunities from which on the planner is told at once what there is, rather than when the server finds time."""
NO_LIMIT: Final = -1
_SCOPES: Final = "SELECT account, catalog FROM scope ORDER BY 1, 2"
_ALONE: Final = "LOCK TABLE scope IN EXCLUSIVE MODE"
"""Who writes holds the row of a scope, and so a weaker lock of the table."""
_AWS_SIDE: Final = "hashtextextended('cosell AWS side in ' || current_schema(), 0)"
_BE_AWS_SIDE: Final = f"SELECT pg_try_advisory_xact_lock({_AWS_SIDE})"
_WAIT_FOR_AWS_SIDE: Final = f"SELECT pg_advisory_xact_lock({_AWS_SIDE})"
FOR_AWS_MS: Final = 100
"""How long AWS's side waits for a scope that another process has, before it leaves that for later."""
_WAIT: Final = "SELECT set_config('lock_timeout', ?, true)"


class PostgresStore:
    """A `Store` in the database at `url`."""

    shared = True
    reads_at_once = False

    def __init__(self, url: str, *, new_token_key: bytes, access: Access = Access.CREATE) -> None:
        """Raises UserError where the database cannot be used. `new_token_key` is kept only by a new one."""
        self.connections: Final = Connections(url)
        self.scope_numbers: Final = ScopeNumbers()
        self._writing = WriterLock()
        self._group: GroupCommit | None = None
        self._numbers = Numbers()
        self._may_write = access is not Access.READ
        self._upkeep = SearchUpkeep(self._connection)
        writer, self.token_key = opened_for(url, access, new_token_key)
        self._writer: PostgresConnection | None = writer
        self._outbox = PostgresOutbox(self.connections)
        self.outbox: Outbox = self._outbox
        self.states: SavedStates = PostgresSavedStates(self)
        with closed_if_refused(writer, url):
            if self._may_write:
                begin_anew_where_need_be(writer)
            self._write_check = WriteCheck(self.connections, writer, self._writing)

    def read(self, scope: Scope) -> Reading:
        """See `Store.read`. Each of its methods is one statement, or of one moment."""
        return Reading(self.connections, self.scope_numbers, scope, self._catch_up)

    @contextmanager
    def write(self, scope: Scope) -> Iterator[PostgresWriteTransaction]:
        """See `Store.write`."""
        with self._written([scope]) as transactions:
            yield transactions[scope]

    @contextmanager
    def bulk_load(self, scopes: Sequence[Scope], expected: int) -> Iterator[dict[Scope, PostgresWriteTransaction]]:
        """See `Store.bulk_load`.

        Where the scopes are empty, zones and the log of changes are made in one go at the end. The planner is told then
        what there is, so that the first pages are walked as all others.
        """
        with self._writing, self._transaction() as writer, writer.large_statements():
            with self._changes(writer, scopes) as transactions:
                anew = expected >= WORTH_MAKING_ANEW and not any(each.count() for each in transactions.values())
                for transaction in transactions.values():
                    transaction.is_loading, transaction.is_made_anew = True, anew
                yield transactions
                if anew:
                    for transaction in transactions.values():
                        transaction.make_anew()
            if expected >= WORTH_NEW_STATISTICS:
                while self.feed_search(FED_AT_ONCE):
                    pass
                writer.begin()
                with writer.large_statements():
                    writer.run(f"ANALYZE {', '.join(sorted(wanted(tables(writer))))}")
                    writer.commit()

    @contextmanager
    def group_commit(self, coming: Sequence[Coming]) -> Iterator[None]:
        """See `Store.group_commit`. Scopes that are known are taken at once, in the order in which everybody does."""
        with self._writing, self._transaction() as writer:
            self._group = group = GroupCommit(writer, self._numbers)
            try:
                self._prepare(group.closing, coming)
                yield
                group.commit()
            finally:
                self._group = None
            self.scope_numbers.remember(group.scope_ids)
        if group.closing.has_announced:
            self._outbox.wake_listeners()

    def _prepare(self, closing: Closing, coming: Sequence[Coming]) -> None:
        numbers = {one.scope: self.scope_numbers.known(one.scope) for one in coming}
        closing.take({number for number in numbers.values() if number is not None})
        asked = ((numbers[one.scope], one.operation, one.client_token) for one in coming)
        closing.tokens.look_up(
            {(number, name, token) for number, name, token in asked if number is not None and token is not None}
        )

    @contextmanager
    def _written(self, scopes: Sequence[Scope]) -> Iterator[dict[Scope, PostgresWriteTransaction]]:
        with self._writing:
            group = self._group
            if group is not None and self._writer is not None:
                with unavailable_instead_of_postgres_errors(), group.one_of_many():
                    numbers = self.scope_numbers.for_writing(self._writer, scopes)
                    yield _transactions(self._writer, numbers, group.closing)
                group.scope_ids.update(numbers)
                return
            with self._transaction() as writer, self._changes(writer, scopes) as transactions:
                yield transactions

    @contextmanager
    def _changes(
        self, writer: PostgresConnection, scopes: Sequence[Scope]
    ) -> Iterator[dict[Scope, PostgresWriteTransaction]]:
        """What is done to scopes in a transaction of the writer, which is committed at the end of the block."""
        closing = Closing(writer, self._numbers)
        numbers = self.scope_numbers.for_writing(writer, scopes)
        yield _transactions(writer, numbers, closing)
        closing.write()
        writer.commit()
        self.scope_numbers.remember(numbers)
        if closing.has_announced:
            self._outbox.wake_listeners()

    @contextmanager
    def _transaction(self) -> Iterator[PostgresConnection]:
        """A transaction of this process's writer, undone if it was not committed. The lock of this process is held."""
        with unavailable_instead_of_postgres_errors():
            if not seconds_until(self._writing.deadline):
                raise StoreBusy("other writers of this process were not done in time")
            writer = self._writer
            if writer is None or not writer.is_alive:
                self._let_go_of_the_writer()
                writer = self._writer = self.connections.open()
            try:
                writer.begin()
                writer.put(_WAIT, (_milliseconds_until(self._writing.deadline),))
                yield writer
            except BaseException as error:
                self._write_check.heed(error)
                self.connections.heed(error)
                if has_gone(error):
                    self._let_go_of_the_writer()
                raise
            finally:
                # Of a commit whose answer was lost nobody knows: a gap is better than a number given twice.
                self._numbers.end(is_committed=not writer.in_transaction or writer.connection.closed)
                writer.roll_back()

    def _let_go_of_the_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = None

    @contextmanager
    def write_everywhere(self) -> Iterator[tuple[PostgresConnection, list[PostgresWriteTransaction]]]:
        """One transaction over every scope, for what is about the whole database. No other process writes meanwhile."""
        with self._writing, self._transaction() as writer:
            writer.run(_ALONE)
            scopes = [Scope(*row) for row in writer.rows(_SCOPES)]
            with writer.large_statements(), self._changes(writer, scopes) as transactions:
                yield writer, list(transactions.values())

    @contextmanager
    def write_for_aws(self, scope: Scope, *, waits: bool) -> Iterator[PostgresWriteTransaction | None]:
        """See `Store.write_for_aws`."""
        with self._writing, self._transaction() as writer, ExitStack() as stack:
            if waits:
                writer.rows(_WAIT_FOR_AWS_SIDE)
                yield stack.enter_context(self._changes(writer, [scope]))[scope]
            else:
                yield self._changes_at_once(writer, scope, stack)

    def _changes_at_once(
        self, writer: PostgresConnection, scope: Scope, stack: ExitStack
    ) -> PostgresWriteTransaction | None:
        """So a scope in which somebody writes for long keeps no other writers of this process waiting."""
        writer.put(_WAIT, (str(FOR_AWS_MS),))
        try:
            if not writer.value(_BE_AWS_SIDE):
                return None
            transactions = stack.enter_context(self._changes(writer, [scope]))
        except errors.LockNotAvailable:
            return None
        writer.put(_WAIT, (_milliseconds_until(self._writing.deadline),))
        return transactions[scope]

    def _connection(self) -> AbstractContextManager[PostgresConnection]:
        return self.connections.lent()

    def due_reviews(self, until_ms: int, limit: int) -> list[DueReview]:
        """See `Store.due_reviews`."""
        with self._connection() as connection:
            return due_reviews(connection, until_ms, limit)

    def due_appearances(self, until_ms: int, limit: int) -> list[DueAppearance]:
        """See `Store.due_appearances`."""
        with self._connection() as connection:
            return due_appearances(connection, until_ms, limit)

    def due_tasks(self, until_ms: int, limit: int) -> list[DueTask]:
        """See `Store.due_tasks`."""
        with self._connection() as connection:
            return due_tasks(connection, until_ms, limit)

    def due_invitations(self, until_ms: int, limit: int) -> list[DueInvitation]:
        """See `Store.due_invitations`."""
        with self._connection() as connection:
            return due_invitations(connection, until_ms, limit)

    def course(self) -> Course:
        """See `Store.course`."""
        with self._connection() as connection:
            return Course(*connection.row("SELECT since_wall, since, factor FROM course"))

    def put_course(self, course: Course) -> None:
        """See `Store.put_course`."""
        with self._connection() as connection:
            connection.run("UPDATE course SET since_wall = ?, since = ?, factor = ?", msgspec.structs.astuple(course))

    def scopes(self) -> list[Scope]:
        """See `Store.scopes`."""
        with self._connection() as connection:
            return [Scope(*row) for row in connection.rows(_SCOPES)]

    def pending_in_search(self, most: int = NO_LIMIT) -> int:
        """See `Store.pending_in_search`."""
        with self._connection() as connection:
            return pending(connection, None if most == NO_LIMIT else most)

    def feed_search(self, most: int) -> int:
        """See `Store.feed_search`."""
        return self._upkeep.feed(most)

    def _catch_up(self, scope: Scope) -> None:
        scope_id = self.scope_numbers.known(scope)
        if self._may_write and scope_id is not None:
            self._upkeep.catch_up(scope_id)

    def trim_history(self, before_ms: int) -> int:
        """See `Store.trim_history`."""
        with self._connection() as connection:
            return trim(connection, before_ms)

    def log_bytes(self) -> int:
        """See `Store.log_bytes`. The server looks after its own."""
        return 0

    def shorten_log(self) -> int:
        """See `Store.shorten_log`."""
        return 0

    def check(self) -> float:
        """See `Store.check`. Writers are not in its way, since it locks nothing of theirs."""
        return self._write_check()

    def close(self) -> None:
        """See `Store.close`."""
        with self._writing:
            self._outbox.close()
            self.connections.close()
            self._let_go_of_the_writer()


def _milliseconds_until(deadline: float) -> str:
    """What the server is told of a deadline. 0 would be no end."""
    return str(max(1, round(seconds_until(deadline) * 1000)))


def _transactions(
    writer: PostgresConnection, numbers: dict[Scope, int], closing: Closing
) -> dict[Scope, PostgresWriteTransaction]:
    return {scope: PostgresWriteTransaction(writer, scope, number, closing) for scope, number in numbers.items()}
