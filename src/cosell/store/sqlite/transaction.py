"""What a transaction does, in SQL. See `store/interface.py` for the meaning of each method."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from apsw import SQLiteValue, SQLiteValues

from cosell.context import Scope
from cosell.rules.identifiers import id_key
from cosell.store.interface import Remembered
from cosell.store.opportunity import StoredOpportunity
from cosell.store.outbox import Event
from cosell.store.sql.appearance_rows import AppearanceRows
from cosell.store.sql.change_rows import ChangeLog, ChangeRows, change_statements
from cosell.store.sql.codes import REVIEW_STATUS_CODES, STAGE_CODES
from cosell.store.sql.due_review_rows import DueReviewChanges, DueReviewRows
from cosell.store.sql.engagement_rows import EngagementChanges, EngagementRows
from cosell.store.sql.invitation_rows import InvitationChanges, InvitationRows
from cosell.store.sql.page_parts import index_name
from cosell.store.sql.page_rows import PageQueries, PageRows
from cosell.store.sql.relation_rows import RelationChanges
from cosell.store.sql.zone_maps import DAY_MS
from cosell.store.sqlite.closing import Closing
from cosell.store.sqlite.counters import CHANGE_POSITION, EVENT_POSITION, NEXT_NUMBER
from cosell.store.sqlite.history_trimming import TRIMMED
from cosell.store.sqlite.page_sql import count_query, page_query
from cosell.store.sqlite.search_feeding import Feeding
from cosell.store.sqlite.search_rows import SqliteSearchRows
from cosell.store.sqlite.sql_connection import SqliteConnection

_BATCH: Final = 500
"""Opportunities that wait in memory to be written together."""

# Nothing here can fail half-way, and OR FAIL spares the copies of pages that SQLite would keep in case a trigger did.
_INSERT = (
    "INSERT OR FAIL INTO opportunity (opportunity_id, scope_id, id_key, stage, review_status, last_modified, created, "
    "target_close, company, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_REPLACE = (
    "UPDATE OR FAIL opportunity SET stage = ?, review_status = ?, last_modified = ?, created = ?, target_close = ?, "
    "company = ?, summary = ? WHERE scope_id = ? AND id_key = ? RETURNING opportunity_id"
)
_IS_THERE = "SELECT 1 FROM opportunity WHERE scope_id = ? AND id_key = ?"
_REMEMBERED = (
    "SELECT request_digest, answer FROM client_token WHERE until_day = ? AND scope_id = ? AND operation = ? "
    "AND client_token = ? AND until > ?"
)
_RECORD = (
    "SELECT record FROM opportunity JOIN opportunity_record USING (opportunity_id) WHERE scope_id = ? AND id_key = ?"
)
_RECORDS = (
    "SELECT record FROM opportunity JOIN opportunity_record USING (opportunity_id) WHERE scope_id = ? ORDER BY id_key"
)

# Changes are few behind a position, and many in a scope: SQLite, which cannot know, is told to go by positions.
_CHANGES: Final = change_statements(
    newest="SELECT coalesce(max(position), 0) FROM opportunity_change WHERE ? IS NOT NULL",
    trimmed=TRIMMED,
    along_positions=" NOT INDEXED",
    by_key=f" INDEXED BY {index_name('Identifier', partitioned=False)}",
    with_record=" JOIN opportunity_record USING (opportunity_id)",
)


class SqliteReadTransaction(PageRows, SqliteSearchRows, EngagementRows, ChangeRows, DueReviewRows, InvitationRows):
    """A `ReadTransaction`. `scope_id` is None where nothing was ever written to the scope."""

    _connection: SqliteConnection
    _changes = _CHANGES
    _queries = PageQueries(page_query, count_query)

    def __init__(
        self,
        connection: SqliteConnection,
        scope: Scope,
        scope_id: int | None,
        catch_up: Callable[[], None] | None = None,
    ) -> None:
        self._connection = connection
        self._catch_up = catch_up
        self._scope = scope
        self._scope_id = scope_id

    def record(self, identifier: str) -> bytes | None:
        """See `ReadTransaction.record`."""
        row = self._connection.execute(_RECORD, (self._scope_id, id_key(identifier))).fetchone()
        return None if row is None else row[0]

    def records(self) -> Iterator[bytes]:
        """See `ReadTransaction.records`."""
        for row in self._connection.execute(_RECORDS, (self._scope_id,)):
            yield row[0]


class SqliteWriteTransaction(
    RelationChanges,
    EngagementChanges,
    ChangeLog,
    DueReviewChanges,
    AppearanceRows,
    InvitationChanges,
    SqliteReadTransaction,
):
    """A `WriteTransaction`: the writer's lock is held from its beginning.

    A large load does without `keeps_zones`: it builds all zones at its end, and notes no changes one by one. Its
    `feeding` indexes what it writes for searches while that is at hand.
    """

    _connection: SqliteConnection
    keeps_zones = True
    feeding: Feeding | None = None
    has_announced = False

    def __init__(self, connection: SqliteConnection, scope: Scope, scope_id: int, closing: Closing) -> None:
        super().__init__(connection, scope, scope_id)
        self.scope_id: Final = scope_id
        """The number that stands for the scope in the tables."""
        self._closing = closing

    def _next_change(self) -> int:
        return self._closing.counters.advance(CHANGE_POSITION)

    def stamp(self, now_ms: int) -> int:
        """See `WriteTransaction.stamp`."""
        return self._closing.counters.raise_to(self.scope_id, max(now_ms, self.last_stamp() + 1))

    def raise_stamp(self, stamp_ms: int) -> None:
        """See `WriteTransaction.raise_stamp`."""
        self._closing.counters.raise_to(self.scope_id, stamp_ms)

    def last_stamp(self) -> int:
        """See `WriteTransaction.last_stamp`."""
        return self._closing.counters.value(self.scope_id)

    def next_number(self) -> int:
        """See `WriteTransaction.next_number`."""
        return self._closing.counters.advance(NEXT_NUMBER) - 1

    def reserve_numbers(self, upto: int) -> None:
        """See `WriteTransaction.reserve_numbers`."""
        self._closing.counters.raise_to(NEXT_NUMBER, upto + 1)

    def insert(self, opportunities: Iterable[StoredOpportunity]) -> None:
        """See `WriteTransaction.insert`."""
        remaining = iter(opportunities)
        while batch := list(islice(remaining, _BATCH)):
            opportunity_ids = self._closing.new_opportunity_ids(len(batch))
            self._connection.executemany(_INSERT, self._rows(opportunity_ids, batch))
            if self.keeps_zones:
                for opportunity in batch:
                    self._closing.widen_zones(self.scope_id, opportunity)
                self.note_new(batch)
            records = [(number, opportunity.record) for number, opportunity in zip(opportunity_ids, batch, strict=True)]
            self._connection.executemany("INSERT INTO opportunity_record VALUES (?, ?)", records)
            if self.feeding is not None:
                self.feeding.feed(len(batch))

    def _rows(self, opportunity_ids: range, batch: list[StoredOpportunity]) -> "Iterator[SQLiteValues]":
        """Rows to insert, each asked for when the one before is in. A large load finds what comes twice at its end."""
        for opportunity_id, opportunity in zip(opportunity_ids, batch, strict=True):
            if self.keeps_zones and self._connection.execute(_IS_THERE, (self._scope_id, opportunity.id_key)).get:
                raise KeyError(opportunity.id_key)
            yield (
                opportunity_id,
                self._scope_id,
                opportunity.id_key,
                STAGE_CODES[opportunity.stage],
                REVIEW_STATUS_CODES[opportunity.review_status],
                opportunity.last_modified_ms,
                opportunity.created_ms,
                opportunity.target_close,
                opportunity.company,
                opportunity.summary,
            )

    def replace(self, opportunity: StoredOpportunity) -> None:
        """See `WriteTransaction.replace`."""
        opportunity_id = self._number(
            _REPLACE,
            STAGE_CODES[opportunity.stage],
            REVIEW_STATUS_CODES[opportunity.review_status],
            opportunity.last_modified_ms,
            opportunity.created_ms,
            opportunity.target_close,
            opportunity.company,
            opportunity.summary,
            self._scope_id,
            opportunity.id_key,
        )
        self._closing.widen_zones(self.scope_id, opportunity)
        self.note_replaced(opportunity, "opportunity_id = ?", opportunity_id)
        self._connection.execute(
            "UPDATE opportunity_record SET record = ? WHERE opportunity_id = ?", (opportunity.record, opportunity_id)
        )

    def delete(self, key: str) -> None:
        """Remove the opportunity with this `id_key`, where there is one."""
        opportunity_id = self._number(
            "DELETE FROM opportunity WHERE scope_id = ? AND id_key = ? RETURNING opportunity_id", self._scope_id, key
        )
        self._connection.execute("DELETE FROM opportunity_record WHERE opportunity_id = ?", (opportunity_id,))

    def remove(self, identifiers: Iterable[str]) -> None:
        """See `WriteTransaction.remove`."""
        there = [identifier for identifier in identifiers if self.record(identifier) is not None]
        for identifier in there:
            self.delete(id_key(identifier))
        if there:
            self.note_another_scope()

    def remembered(self, operation: str, client_token: str, now_ms: int) -> Remembered | None:
        """See `WriteTransaction.remembered`."""
        for day in sorted(self._closing.token_days(), reverse=True):  # what was remembered last counts
            bindings = (day, self._scope_id, operation, client_token, now_ms)
            row = self._connection.execute(_REMEMBERED, bindings).fetchone()
            if row is not None:
                return Remembered(*row)
        return None

    def remember(self, operation: str, client_token: str, answer: Remembered, now_ms: int, until_ms: int) -> None:
        """See `WriteTransaction.remember`."""
        self._closing.keep_token(now_ms // DAY_MS, until_ms // DAY_MS)
        self._connection.execute(
            "INSERT OR REPLACE INTO client_token VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                until_ms // DAY_MS,
                self._scope_id,
                operation,
                client_token,
                answer.request_digest,
                answer.answer,
                until_ms,
            ),
        )

    def announce(self, event: Event) -> None:
        """See `WriteTransaction.announce`."""
        self.has_announced = True
        self._connection.execute(
            "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._closing.counters.advance(EVENT_POSITION),
                event.receiver.account,
                event.receiver.catalog,
                event.subject,
                event.detail_type,
                event.event_id,
                event.time_ms,
                event.body,
            ),
        )

    def clear(self) -> int:
        """See `WriteTransaction.clear`."""
        scope = (self._scope_id,)
        self._connection.execute(
            "DELETE FROM opportunity_record WHERE opportunity_id IN "
            "(SELECT opportunity_id FROM opportunity WHERE scope_id = ?)",
            scope,
        )
        self._connection.execute("DELETE FROM client_token WHERE scope_id = ?", scope)
        self._clear_events()
        self.clear_relations()
        self.clear_due_reviews()
        self.clear_appearances()
        self.clear_engagements()
        self.clear_referrals()
        for table in ("zone", "search_text"):
            self._connection.execute(f"DELETE FROM {table} WHERE scope_id = ?", scope)
        self._connection.execute("DELETE FROM opportunity WHERE scope_id = ?", scope)
        count = self._connection.changes()
        self.note_another_scope()
        return count

    def _clear_events(self) -> None:
        receiver = (self._scope.account, self._scope.catalog)
        theirs = "SELECT position FROM outbox WHERE account = ? AND catalog = ?"
        for table in ("held_event", "dead_letter", "outbox"):
            self._connection.execute(f"DELETE FROM {table} WHERE position IN ({theirs})", receiver)
        self._connection.execute("UPDATE sink SET generation = generation + 1")

    def _number(self, statement: str, *bindings: "SQLiteValue") -> int:
        number = self._connection.execute(statement, bindings).get
        assert isinstance(number, int)
        return number
