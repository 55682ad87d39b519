"""The store over one SQLite file: readers from a pool, one writer behind a lock.

Between processes SQLite's own lock keeps writers apart (BEGIN IMMEDIATE). An in-memory database has a single
connection, which readers and the writer use in turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

import apsw
import msgspec

from cosell.clock import Course
from cosell.context import Scope
from cosell.store.access import Access
from cosell.store.appearances import DueAppearance
from cosell.store.due_reviews import DueReview
from cosell.store.engagement import DueTask
from cosell.store.interface import Coming, StoreUnavailable
from cosell.store.invitations import DueInvitation
from cosell.store.outbox import Outbox
from cosell.store.saved_states import SavedStates
from cosell.store.search import FED_AT_ONCE
from cosell.store.sql.appearance_rows import due_appearances
from cosell.store.sql.due_review_rows import due_reviews
from cosell.store.sql.engagement_rows import due_tasks
from cosell.store.sql.invitation_rows import due_invitations
from cosell.store.sqlite.closing import Closing
from cosell.store.sqlite.connection import (
    LOG_LIMIT_BYTES,
    NOT_NOW,
    begin_writing,
    check_origin,
    migrate,
    open_connection,
    unavailable_instead_of_sqlite_errors,
)
from cosell.store.sqlite.group_commit import GroupCommit
from cosell.store.sqlite.history_trimming import trim
from cosell.store.sqlite.large_load import WORTH_NEW_INDEXES, is_empty, large_load, without_indexes
from cosell.store.sqlite.log import log_bytes, shorten_log
from cosell.store.sqlite.mishaps import mishap
from cosell.store.sqlite.new_in_memory import MEMORY, fill
from cosell.store.sqlite.outbox import SqliteOutbox
from cosell.store.sqlite.place import Place
from cosell.store.sqlite.read_only import bring_up_to_date, open_for_reading
from cosell.store.sqlite.readers import PooledReaders, Readers, ReadersOfMemory
from cosell.store.sqlite.reading import Reading
from cosell.store.sqlite.saved_states import SqliteSavedStates
from cosell.store.sqlite.scope_numbers import ScopeNumbers
from cosell.store.sqlite.search_feeding import NO_LIMIT, Feeding, pending
from cosell.store.sqlite.search_upkeep import SearchUpkeep, begin_anew_where_need_be
from cosell.store.sqlite.sql_connection import SqliteConnection
from cosell.store.sqlite.transaction import SqliteWriteTransaction
from cosell.store.sqlite.write_check import WriteCheck, taken
from cosell.store.writer_lock import WriterLock

NOT_OPENED: tuple[type[Exception], ...] = (StoreUnavailable, *NOT_NOW)


class SqliteStore:
    """A `Store` in the file `path`."""

    def __init__(self, path: str, *, new_token_key: bytes, access: Access = Access.CREATE) -> None:
        """Raises UserError if the file cannot be opened. `new_token_key` is kept only by a new database."""
        self._path = path
        self.shared = path != MEMORY
        self.reads_at_once = path != MEMORY  # there, readers wait for the writer
        if access is not Access.CREATE:
            bring_up_to_date(path)
        connect = open_for_reading if access is Access.READ else open_connection
        self._writer = connect(path)
        self._writing = WriterLock()
        self.scope_numbers = ScopeNumbers()
        self._group: GroupCommit | None = None
        self._delivery: SqliteConnection | None = None
        self._may_write = access is not Access.READ
        self._upkeep = SearchUpkeep(self.write_quickly)
        self._outbox = SqliteOutbox(self, None if path == MEMORY else path)
        self.outbox: Outbox = self._outbox
        self.states: SavedStates = SqliteSavedStates(self, path)
        try:
            if path == MEMORY:
                fill(self._writer, new_token_key)
            elif access is Access.CREATE:
                check_origin(self._writer, path)
                migrate(self._writer, new_token_key)
            if access is not Access.READ:
                begin_anew_where_need_be(self._writer, self._writing_at_opening)
            token_key = self._writer.execute("SELECT token_key FROM installation").get
            self._place = None if path == MEMORY else Place(path, self._writer)
        except NOT_OPENED as error:
            raise mishap(path, error) from None
        if not isinstance(token_key, bytes):
            raise mishap(path, apsw.CorruptError())
        self.token_key = token_key
        there = open_for_reading if access is Access.READ else partial(open_connection, create=False)
        self._pool = None if self._place is None else PooledReaders(self._place, partial(there, path))
        self.readers: Readers = self._pool or ReadersOfMemory(self._writer, self._writing)
        self._write_check = None if self._pool is None else WriteCheck(self._pool.open, self._writing)

    def read(self, scope: Scope) -> Reading:
        """See `Store.read`. Each of its methods is one statement, so each sees one committed state."""
        return Reading(self, scope)

    @contextmanager
    def write(self, scope: Scope) -> Iterator[SqliteWriteTransaction]:
        """See `Store.write`."""
        with self._written([scope]) as transactions:
            yield transactions[scope]

    def write_for_aws(self, scope: Scope, *, waits: bool) -> AbstractContextManager[SqliteWriteTransaction]:  # noqa: ARG002
        """See `Store.write_for_aws`. There is one writer at a time in any case, and the others wait for it."""
        return self.write(scope)

    @contextmanager
    def bulk_load(self, scopes: Sequence[Scope], expected: int) -> Iterator[dict[Scope, SqliteWriteTransaction]]:
        """See `Store.bulk_load`.

        Indexes and zones are built several times faster in one go than row by row, so a large load into an empty
        database drops them first. That is part of the transaction: nobody ever sees the database without them.
        """
        with self._writing, unavailable_instead_of_sqlite_errors(self._writer):
            large = expected >= WORTH_NEW_INDEXES and is_empty(self._writer)
            with self._large_load() if large else nullcontext(), self._written(scopes) as transactions:
                if not large or not is_empty(self._writer):
                    yield transactions
                    return
                with without_indexes(self._writer):
                    feeding = Feeding(self._writer)
                    for transaction in transactions.values():
                        transaction.keeps_zones = False
                        transaction.feeding = feeding
                    yield transactions
                    while feeding.feed(FED_AT_ONCE):
                        pass
                for transaction in transactions.values():
                    transaction.note_another_scope()

    @contextmanager
    def _large_load(self) -> Iterator[None]:
        """A large load takes the log away, and makes another one at the end."""
        if self._place is None:
            with large_load(self._writer):
                yield
            return
        self._place.check()
        try:
            with large_load(self._writer):
                self._place.note_log()
                yield
        finally:
            self._place.note_log()

    @contextmanager
    def group_commit(self, coming: Sequence[Coming]) -> Iterator[None]:  # noqa: ARG002  # nothing is far from here
        """See `Store.group_commit`. A database in memory has no disk to wait for."""
        if self._path == MEMORY:
            yield
            return
        with self._writing, unavailable_instead_of_sqlite_errors(self._writer), self._in_its_place():
            _roll_back(self._writer)  # what an earlier failure could not
            self._group = group = GroupCommit(self._writer, self._writing.deadline)
            try:
                yield
                group.commit()
            except BaseException:
                _roll_back(self._writer)
                raise
            finally:
                self._group = None
            self.scope_numbers.remember(group.scope_ids)
        if group.has_announced:
            self._outbox.wake_listeners()

    @contextmanager
    def _written(self, scopes: Sequence[Scope]) -> Iterator[dict[Scope, SqliteWriteTransaction]]:
        with self._writing, unavailable_instead_of_sqlite_errors(self._writer):
            group = self._group
            if group is not None:
                with group.one_of_many():
                    numbers = self.scope_numbers.for_writing(self._writer, scopes, group.new_scope_ids)
                    transactions = self._transactions(numbers, group.closing)
                    yield transactions
                group.scope_ids.update(numbers)
                group.has_announced |= _have_announced(transactions)
                return
            with self._in_its_place(), self._transaction(self._writer):
                closing = Closing(self._writer)
                numbers = self.scope_numbers.for_writing(self._writer, scopes, [])
                transactions = self._transactions(numbers, closing)
                yield transactions
                closing.write()
            self.scope_numbers.remember(numbers)
        if _have_announced(transactions):
            self._outbox.wake_listeners()

    def _transactions(self, numbers: Mapping[Scope, int], closing: Closing) -> dict[Scope, SqliteWriteTransaction]:
        return {
            scope: SqliteWriteTransaction(self._writer, scope, number, closing) for scope, number in numbers.items()
        }

    @contextmanager
    def write_quickly(self) -> Iterator[SqliteConnection]:
        """See `Connections.write_quickly`. In WAL mode synchronous=NORMAL never waits for the disk at a commit."""
        with self._writing, unavailable_instead_of_sqlite_errors(self._delivery), self._in_its_place():
            connection = self._delivery_connection()
            with self._transaction(connection):
                yield connection

    @contextmanager
    def _transaction(self, connection: SqliteConnection) -> Iterator[None]:
        """Committed at the end of the block, undone if it raises. The lock of this process is held."""
        _roll_back(connection)  # what an earlier failure could not
        begin_writing(connection, self._writing.deadline)
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise

    @contextmanager
    def _writing_at_opening(self) -> Iterator[SqliteConnection]:
        with self._writing, self._transaction(self._writer):
            yield self._writer

    @contextmanager
    def _in_its_place(self) -> Iterator[None]:
        """A change that counts only if the file is where others look for it, before it begins and once it is durable.

        Raises StoreUnavailable out of the block if it is not.
        """
        if self._place is None or self._write_check is None:
            yield
            return
        self._place.check()
        try:
            yield
        except (apsw.FullError, apsw.IOError):
            self._write_check.want_room_for_many()
            raise
        self._place.check()

    def _delivery_connection(self) -> SqliteConnection:
        if self._pool is None:
            return self._writer
        if self._delivery is None:
            self._delivery = self._pool.open()
            self._delivery.execute("PRAGMA synchronous = NORMAL").fetchall()
        return self._delivery

    @contextmanager
    def _reader(self) -> Iterator[SqliteConnection]:
        connection = self.readers.borrow()
        try:
            with unavailable_instead_of_sqlite_errors():
                yield connection
        finally:
            self.readers.give_back(connection)

    def due_reviews(self, until_ms: int, limit: int) -> list[DueReview]:
        """See `Store.due_reviews`."""
        with self._reader() as connection:
            return due_reviews(connection, until_ms, limit)

    def due_appearances(self, until_ms: int, limit: int) -> list[DueAppearance]:
        """See `Store.due_appearances`."""
        with self._reader() as connection:
            return due_appearances(connection, until_ms, limit)

    def due_tasks(self, until_ms: int, limit: int) -> list[DueTask]:
        """See `Store.due_tasks`."""
        with self._reader() as connection:
            return due_tasks(connection, until_ms, limit)

    def due_invitations(self, until_ms: int, limit: int) -> list[DueInvitation]:
        """See `Store.due_invitations`."""
        with self._reader() as connection:
            return due_invitations(connection, until_ms, limit)

    @contextmanager
    def write_everywhere(self) -> Iterator[tuple[SqliteConnection, list[SqliteWriteTransaction]]]:
        """One transaction over every scope, for what is about the whole database."""
        with self._writing, self._written(self.scopes()) as transactions:
            yield self._writer, list(transactions.values())

    def course(self) -> Course:
        """See `Store.course`."""
        with self._reader() as connection:
            row: Any = connection.execute("SELECT since_wall, since, factor FROM course").fetchone()
        return Course(*row)

    def put_course(self, course: Course) -> None:
        """See `Store.put_course`."""
        with (
            self._writing,
            unavailable_instead_of_sqlite_errors(self._writer),
            self._in_its_place(),
            self._transaction(self._writer),
        ):
            self._writer.execute(
                "UPDATE course SET since_wall = ?, since = ?, factor = ?", msgspec.structs.astuple(course)
            )

    def scopes(self) -> list[Scope]:
        """See `Store.scopes`."""
        with self._reader() as connection:
            rows = connection.execute("SELECT account, catalog FROM scope ORDER BY account, catalog").fetchall()
        return [Scope(str(account), str(catalog)) for account, catalog in rows]

    def pending_in_search(self, most: int = NO_LIMIT) -> int:
        """See `Store.pending_in_search`."""
        with self._reader() as connection:
            return pending(connection, most)

    def feed_search(self, most: int) -> int:
        """See `Store.feed_search`."""
        return self._upkeep.feed(most)

    def catch_up(self) -> None:
        """See `Lender.catch_up`."""
        if self._may_write:
            self._upkeep.catch_up()

    def trim_history(self, before_ms: int) -> int:
        """See `Store.trim_history`."""
        with self.write_quickly() as connection:
            return trim(connection, before_ms)

    def log_bytes(self) -> int:
        """See `Store.log_bytes`."""
        return log_bytes(self._path)

    def shorten_log(self) -> int:
        """See `Store.shorten_log`."""
        if self.log_bytes() > LOG_LIMIT_BYTES:
            with self._reader() as connection:
                shorten_log(connection)
        return self.log_bytes()

    def check(self) -> float:
        """See `Store.check`. An in-memory database needs no disk: it is only as busy as its writer."""
        if self._place is None or self._write_check is None:
            with taken(self._writing) as busy_s:
                return busy_s
        self._place.check()
        with unavailable_instead_of_sqlite_errors():
            return self._write_check()

    def close(self) -> None:
        """See `Store.close`."""
        with self._writing:
            self.readers.close()
            for other in (self._delivery, self._write_check, self._writer):
                if other is not None:
                    other.close()


def _have_announced(transactions: Mapping[Scope, SqliteWriteTransaction]) -> bool:
    return any(transaction.has_announced for transaction in transactions.values())


def _roll_back(connection: SqliteConnection) -> None:
    if connection.in_transaction:  # SQLite rolls back by itself after some errors
        connection.execute("ROLLBACK")
