"""What a transaction does, in PostgreSQL's SQL. See `store/interface.py` for the meaning of each method."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from cosell.context import Scope
from cosell.rules.identifiers import id_key, opportunity_id
from cosell.store.interface import Remembered
from cosell.store.opportunity import StoredOpportunity
from cosell.store.outbox import Event
from cosell.store.postgres.closing import Closing
from cosell.store.postgres.history_trimming import TRIMMED
from cosell.store.postgres.page_sql import count_query, page_query
from cosell.store.postgres.search_rows import PostgresSearchRows
from cosell.store.postgres.sql_connection import Batch, PostgresConnection
from cosell.store.postgres.zones import FILL as FILL_ZONES
from cosell.store.sql.appearance_rows import AppearanceRows
from cosell.store.sql.change_rows import ChangeLog, ChangeRows, change_statements
from cosell.store.sql.codes import REVIEW_STATUS_CODES, STAGE_CODES
from cosell.store.sql.connection import Values
from cosell.store.sql.due_review_rows import DueReviewChanges, DueReviewRows
from cosell.store.sql.engagement_rows import EngagementChanges, EngagementRows
from cosell.store.sql.invitation_rows import InvitationChanges, InvitationRows
from cosell.store.sql.page_rows import PageQueries, PageRows
from cosell.store.sql.relation_rows import RelationChanges
from cosell.store.sql.zone_maps import DAY_MS

BATCH: Final = 500
"""Opportunities that wait in memory to be written together."""
_CHANGES: Final = change_statements(
    newest="SELECT coalesce(max(position), 0) FROM opportunity_change WHERE scope_id = ?",
    trimmed=TRIMMED,
    with_record=" JOIN opportunity_record USING (scope_id, id_key)",
)

_OPPORTUNITY_TYPES: Final = ("int4", "text", "int8", "int2", "int2", "int8", "int8", "int4", "bytea", "bytea")
_CHANGED: Final = "opportunity_change (scope_id, position, id_key, changed)"
_INSERT: Final = Batch("""
WITH new AS (
    SELECT * FROM unnest(
        ?1::integer[], ?2::text[], ?3::bigint[], ?4::smallint[], ?5::smallint[], ?6::bigint[], ?7::bigint[],
        ?8::integer[], ?9::bytea[], ?10::bytea[], ?11::bytea[], ?12::bigint[]
    ) AS new (
        scope_id, id_key, opportunity_id, stage, review_status, last_modified, created,
        target_close, company, summary, record, position
    )
), listed AS (
    INSERT INTO opportunity
    SELECT
        scope_id, id_key, opportunity_id, stage, review_status, last_modified, created, target_close, company, summary
    FROM new
), noted AS (
    INSERT INTO opportunity_change (scope_id, position, id_key, changed)
    SELECT scope_id, position, id_key, last_modified FROM new
)
INSERT INTO opportunity_record SELECT scope_id, id_key, record FROM new
""")
_REPLACE: Final = (
    "UPDATE opportunity SET stage = ?, review_status = ?, last_modified = ?, created = ?, target_close = ?, "
    "company = ?, summary = ? WHERE scope_id = ? AND id_key = ?"
)
_RECORDS: Final = (
    "SELECT id_key, record FROM opportunity_record WHERE scope_id = ? AND id_key > ? ORDER BY id_key LIMIT ?"
)
_THERE: Final = "SELECT id_key FROM opportunity WHERE scope_id = ? AND id_key IN ({})"


class PostgresReadTransaction(PageRows, PostgresSearchRows, EngagementRows, ChangeRows, DueReviewRows, InvitationRows):
    """A `ReadTransaction`. `scope_id` is None where nothing was ever written to the scope."""

    _connection: PostgresConnection
    _changes = _CHANGES
    _queries = PageQueries(page_query, count_query)

    def __init__(
        self,
        connection: PostgresConnection,
        scope: Scope,
        scope_id: int | None,
        catch_up: Callable[[], None] | None = None,
    ) -> None:
        self._connection = connection
        self._scope = scope
        self._scope_id = scope_id
        self._catch_up = catch_up

    def record(self, identifier: str) -> bytes | None:
        """See `ReadTransaction.record`."""
        statement = "SELECT record FROM opportunity_record WHERE scope_id = ? AND id_key = ?"
        record: bytes | None = self._connection.value(statement, (self._scope_id, id_key(identifier)))
        return record

    def records(self) -> Iterator[bytes]:
        """See `ReadTransaction.records`. Some at a time, so that nobody waits for the last one."""
        last = ""
        while rows := self._connection.rows(_RECORDS, (self._scope_id, last, BATCH)):
            last = rows[-1][0]
            yield from (record for _, record in rows)


class PostgresWriteTransaction(
    RelationChanges,
    EngagementChanges,
    ChangeLog,
    DueReviewChanges,
    AppearanceRows,
    InvitationChanges,
    PostgresReadTransaction,
):
    """A `WriteTransaction`: the clock row of the scope is held from its beginning."""

    _connection: PostgresConnection

    def __init__(self, connection: PostgresConnection, scope: Scope, scope_id: int, closing: Closing) -> None:
        super().__init__(connection, scope, scope_id)
        self.scope_id: Final = scope_id
        """The number that stands for the scope in the tables."""
        self.is_loading = False
        """Whether what is inserted goes by COPY."""
        self.is_made_anew = False
        """Whether zones and the log of changes are left to `make_anew`, then."""
        self._closing = closing
        self._clock_row = closing.clock_row(scope_id)

    def _next_change(self) -> int:
        self._clock_row.change_position += 1
        return self._clock_row.change_position

    def stamp(self, now_ms: int) -> int:
        """See `WriteTransaction.stamp`."""
        self._clock_row.stamp = max(now_ms, self._clock_row.stamp + 1)
        return self._clock_row.stamp

    def raise_stamp(self, stamp_ms: int) -> None:
        """See `WriteTransaction.raise_stamp`."""
        self._clock_row.stamp = max(stamp_ms, self._clock_row.stamp)

    def last_stamp(self) -> int:
        """See `WriteTransaction.last_stamp`."""
        return self._clock_row.stamp

    def next_number(self) -> int:
        """See `WriteTransaction.next_number`."""
        return self._closing.numbers.next(self._connection)

    def reserve_numbers(self, upto: int) -> None:
        """See `WriteTransaction.reserve_numbers`."""
        self._closing.numbers.reserve(self._connection, upto)

    def insert(self, opportunities: Iterable[StoredOpportunity]) -> None:
        """See `WriteTransaction.insert`."""
        remaining = iter(opportunities)
        while batch := list(islice(remaining, BATCH)):
            self._insert(batch)

    def _insert(self, batch: list[StoredOpportunity]) -> None:
        self._check_that_new([new.id_key for new in batch])
        if self.is_loading:
            self._load(batch)
            return
        for new in batch:
            self._clock_row.opportunity_id += 1
            self._connection.put_row(
                _INSERT,
                (
                    self._scope_id,
                    new.id_key,
                    self._clock_row.opportunity_id,
                    STAGE_CODES[new.stage],
                    REVIEW_STATUS_CODES[new.review_status],
                    new.last_modified_ms,
                    new.created_ms,
                    new.target_close,
                    new.company,
                    new.summary,
                    new.record,
                    self._next_change(),
                ),
            )
            self._closing.widen_zones(self.scope_id, new)

    def _check_that_new(self, keys: list[str]) -> None:
        """Raises KeyError for an identifier that is there. A number that was given just now is nobody's."""
        given = {id_key(opportunity_id(number)) for number in self._closing.numbers.given}
        asked = [key for key in keys if key not in given]
        there = set()
        if asked:
            query = _THERE.format(", ".join("?" * len(asked)))
            there = {key for (key,) in self._connection.rows(query, (self._scope_id, *asked))}
        for key in keys:
            if key in there:
                raise KeyError(key)
            there.add(key)

    def _load(self, batch: list[StoredOpportunity]) -> None:
        """Insert opportunities of a load: by COPY, which is faster from a few of them on."""
        self._connection.copy_in("opportunity", _OPPORTUNITY_TYPES, self._rows(batch))
        records = [(self._scope_id, new.id_key, new.record) for new in batch]
        self._connection.copy_in("opportunity_record", ("int4", "text", "bytea"), records)
        if self.is_made_anew:
            return
        for new in batch:
            self._closing.widen_zones(self.scope_id, new)
        changes = [(self._scope_id, self._next_change(), new.id_key, new.last_modified_ms) for new in batch]
        self._connection.copy_in(_CHANGED, ("int4", "int8", "text", "int8"), changes)

    def _rows(self, batch: list[StoredOpportunity]) -> list[Values]:
        first = self._clock_row.opportunity_id + 1
        self._clock_row.opportunity_id += len(batch)
        return [
            (
                self._scope_id,
                new.id_key,
                number,
                STAGE_CODES[new.stage],
                REVIEW_STATUS_CODES[new.review_status],
                new.last_modified_ms,
                new.created_ms,
                new.target_close,
                new.company,
                new.summary,
            )
            for number, new in enumerate(batch, start=first)
        ]

    def make_anew(self) -> None:
        """Make what a large load into an empty scope has left out until its end."""
        for statement in FILL_ZONES:
            self._connection.run(statement, (self._scope_id,))
        self.note_another_scope()

    def replace(self, opportunity: StoredOpportunity) -> None:
        """See `WriteTransaction.replace`."""
        key = (self._scope_id, opportunity.id_key)
        self._connection.put(
            _REPLACE,
            (
                STAGE_CODES[opportunity.stage],
                REVIEW_STATUS_CODES[opportunity.review_status],
                opportunity.last_modified_ms,
                opportunity.created_ms,
                opportunity.target_close,
                opportunity.company,
                opportunity.summary,
                *key,
            ),
        )
        self._closing.widen_zones(self.scope_id, opportunity)
        self.note_replaced(opportunity, "scope_id = ? AND id_key = ?", *key)
        self._connection.put(
            "UPDATE opportunity_record SET record = ? WHERE scope_id = ? AND id_key = ?", (opportunity.record, *key)
        )

    def delete(self, key: str) -> None:
        """Remove the opportunity with this `id_key`, where there is one."""
        for table in ("opportunity_record", "opportunity"):
            self._connection.put(f"DELETE FROM {table} WHERE scope_id = ? AND id_key = ?", (self._scope_id, key))

    def remove(self, identifiers: Iterable[str]) -> None:
        """See `WriteTransaction.remove`."""
        there = [identifier for identifier in identifiers if self.record(identifier) is not None]
        for identifier in there:
            self.delete(id_key(identifier))
        if there:
            self.note_another_scope()

    def remembered(self, operation: str, client_token: str, now_ms: int) -> Remembered | None:
        """See `WriteTransaction.remembered`."""
        return self._closing.tokens.remembered((self.scope_id, operation, client_token), now_ms)

    def remember(self, operation: str, client_token: str, answer: Remembered, now_ms: int, until_ms: int) -> None:
        """See `WriteTransaction.remember`."""
        self._closing.tokens.remember((self.scope_id, operation, client_token), answer, until_ms)
        self._closing.forget_tokens(self.scope_id, now_ms - now_ms % DAY_MS)

    def announce(self, event: Event) -> None:
        """See `WriteTransaction.announce`."""
        self._closing.announce(event)

    def clear(self) -> int:
        """See `WriteTransaction.clear`."""
        self._closing.tokens.clear(self.scope_id)
        self._clear_events()
        self.clear_relations()
        self.clear_due_reviews()
        self.clear_appearances()
        self.clear_engagements()
        self.clear_referrals()
        for table in ("opportunity_record", "client_token", "zone"):
            self._connection.put(f"DELETE FROM {table} WHERE scope_id = ?", (self._scope_id,))
        count = self._connection.run("DELETE FROM opportunity WHERE scope_id = ?", (self._scope_id,))
        self.note_another_scope()
        return count

    def _clear_events(self) -> None:
        receiver = (self._scope.account, self._scope.catalog)
        theirs = "SELECT position FROM outbox WHERE account = ? AND catalog = ?"
        for table in ("held_event", "dead_letter", "outbox"):
            self._connection.put(f"DELETE FROM {table} WHERE position IN ({theirs})", receiver)
        self._connection.put("UPDATE sink SET generation = generation + 1")
