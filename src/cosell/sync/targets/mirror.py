"""The target that every database shares: what is written in which transaction. See `cosell.sync.target`."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Self

from cosell.sync.target import (
    Counts,
    DetailWanted,
    Identity,
    Kept,
    Row,
    Run,
    RunOutcome,
    Verification,
    check_identity,
)
from cosell.sync.targets import details, keys, runs
from cosell.sync.targets import verification as last_verification
from cosell.sync.targets.changes import Change
from cosell.sync.targets.columns import wrong_columns
from cosell.sync.targets.database import Database
from cosell.sync.targets.page import Arrival, Merge, Seen, Stored, merge
from cosell.sync.targets.tables import EXPECTED_CUSTOMER_SPEND, OPPORTUNITY, OPPORTUNITY_CHANGE
from cosell.sync.targets.values import Value, moment, spends_of, values_of

_AFTER_THE_KEYS: Final = OPPORTUNITY.columns[2:]
"""The columns behind `id` and `last_modified_date`, which a row brings itself."""


class Mirror:
    """A `Target` over any `Database` that has the tables of a mirror."""

    def __init__(self, database: Database) -> None:
        self.database = database
        words = database.dialect
        self._find = (
            f"SELECT id, {words.ms('last_modified_date')}, CAST(raw AS {words.types['text']}), vanished_at IS NOT NULL"
            " FROM opportunity"
        )

    def __enter__(self) -> Self:
        """See `Target`."""
        return self

    def __exit__(self, *_: object) -> None:
        """See `Target`."""
        self.close()

    def close(self) -> None:
        """See `Target`."""
        self.database.close()

    def lock(self, holder: str) -> AbstractContextManager[None]:
        """See `Target`."""
        return self.database.lock(holder)

    def identity(self) -> Identity | None:
        """See `Target`."""
        ((account, catalog, endpoint),) = self.database.rows("SELECT account, catalog, endpoint FROM sync_state")
        return None if catalog is None else Identity(account, catalog, endpoint)

    def state(self) -> bytes | None:
        """See `Target`."""
        text = self.database.dialect.types["text"]
        ((state,),) = self.database.rows(f"SELECT CAST(state AS {text}) FROM sync_state")
        return None if state is None else str(state).encode()

    def begin_run(self, mode: str, started_ms: int, identity: Identity) -> int:
        """See `Target`."""
        with self.database.transaction():
            check_identity(self.identity(), identity)
            return runs.begin(self.database, mode, started_ms)

    def keep_page(
        self,
        run: int,
        identity: Identity,
        rows: Sequence[Row],
        state: bytes,
        seen_ms: int,
        *,
        want_details: bool,
        repair: bool = False,
    ) -> Kept:
        """See `Target`."""
        with self.database.transaction():
            self._bind(identity)
            stored = self._stored([row.id for row in rows])
            wrong = self.wrong_columns([one.row for one in stored.values()]) if repair else {}
            merged = merge(stored, rows, service_is_right=repair, rewrite=wrong.keys())
            if merged.arrivals:
                self._write(merged, merged.arrivals if repair else merged.replaced, moment(seen_ms))
                if want_details:
                    details.queue(self.database, merged.arrivals.values(), moment(seen_ms))
            self._note(run, merged.seen, seen_ms)
            self._set_state(state)
        return merged.kept

    def end_run(self, run: int, outcome: RunOutcome, state: bytes) -> None:
        """See `Target`."""
        with self.database.transaction():
            runs.end(self.database, run, outcome)
            self._set_state(state)

    def summaries(self, after_id: str | None, limit: int) -> list[Row]:
        """See `Target`."""
        found = self.database.rows(
            f"{self._find} WHERE vanished_at IS NULL AND id > ? ORDER BY id LIMIT ?", (after_id or "", limit)
        )
        return [_stored_row(row).row for row in found]

    def summaries_of(self, ids: Iterable[str]) -> list[Row]:
        """See `Target`."""
        return [stored.row for stored in self._stored(list(ids)).values() if not stored.vanished]

    def newest(self, limit: int) -> list[Row]:
        """See `Target`."""
        found = self.database.rows(
            f"{self._find} WHERE vanished_at IS NULL ORDER BY last_modified_date DESC LIMIT ?", (limit,)
        )
        return [_stored_row(row).row for row in found]

    def wrong_columns(self, rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
        """See `Target`."""
        return wrong_columns(self.database, rows)

    def mark_vanished(self, run: int, ids: Sequence[str], seen_ms: int) -> int:
        """See `Target`."""
        with self.database.transaction():
            gone = [stored.row for stored in self._stored(ids).values() if not stored.vanished]
            if gone:
                listed = self.database.listed([row.id for row in gone])
                at = moment(seen_ms)
                self.database.run(
                    f"UPDATE opportunity SET vanished_at = ?, changed_at = ? WHERE {self._among('id')}",
                    (at, at, listed),
                )
                self.database.run(f"DELETE FROM detail_queue WHERE {self._among('opportunity_id')}", (listed,))
                keys.remove(self.database, gone)
            vanishings = [Seen(row.id, row.last_modified_ms, Change("Id", row.id, None)) for row in gone]
            self._note(run, vanishings, seen_ms)
        return len(gone)

    def queue_details(self, seen_ms: int) -> int:
        """See `Target`."""
        with self.database.transaction():
            return details.queue_missing(self.database, moment(seen_ms))

    def details_wanted(self, limit: int, now_ms: int) -> list[DetailWanted]:
        """See `Target`."""
        return details.wanted(self.database, limit, moment(now_ms))

    def details_failing(self, limit: int) -> list[DetailWanted]:
        """See `Target`."""
        return details.failing(self.database, limit)

    def keep_detail(
        self,
        identifier: str,
        last_modified_ms: int,
        opportunity: bytes | None,
        aws_summary: bytes | None,
        seen_ms: int,
    ) -> None:
        """See `Target`."""
        with self.database.transaction():
            answers = {"opportunity": opportunity, "aws_summary": aws_summary}
            details.keep(self.database, identifier, last_modified_ms, answers, moment(seen_ms))

    def detail_failed(self, identifier: str, error: str, retry_at_ms: int) -> None:
        """See `Target`."""
        with self.database.transaction():
            details.failed(self.database, identifier, error, moment(retry_at_ms))

    def runs(self, limit: int) -> list[Run]:
        """See `Target`."""
        return runs.latest(self.database, limit)

    def counts(self) -> Counts:
        """See `Target`."""
        return runs.counts(self.database)

    def keep_verification(self, verification: Verification) -> None:
        """Store the result of a comparison with the service, replacing the one before. It needs no lock."""
        with self.database.transaction():
            last_verification.keep(self.database, verification)

    def verification(self) -> Verification | None:
        """The last result of a comparison; None if none was stored."""
        return last_verification.last(self.database)

    def _bind(self, identity: Identity) -> None:
        kept = self.identity()
        check_identity(kept, identity)
        if kept is None:
            self.database.run(
                "UPDATE sync_state SET account = ?, catalog = ?, endpoint = ?",
                (identity.account, identity.catalog, identity.endpoint),
            )
        elif kept.account is None and identity.account is not None:
            self.database.run("UPDATE sync_state SET account = ?", (identity.account,))

    def _set_state(self, state: bytes) -> None:
        self.database.run("UPDATE sync_state SET state = ?", (state.decode(),))

    def _stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        found = self.database.rows(f"{self._find} WHERE {self._among('id')}", (self.database.listed(ids),))
        return {row[0]: _stored_row(row) for row in found}

    def _among(self, column: str) -> str:
        return self.database.dialect.among(column)

    def _write(self, merged: Merge, had_spends: Collection[str], seen_at: str) -> None:
        arrivals = merged.arrivals.values()
        rows = [_opportunity(arrival, seen_at) for arrival in arrivals]
        self.database.put(OPPORTUNITY, rows)
        keys.keep(self.database, map(keys.listed, arrivals, rows))
        if had_spends:
            self.database.run(
                f"DELETE FROM expected_customer_spend WHERE {self._among('opportunity_id')}",
                (self.database.listed(list(had_spends)),),
            )
        self.database.put(EXPECTED_CUSTOMER_SPEND, [spend for arrival in arrivals for spend in _spends(arrival)])

    def _note(self, run: int, seen: Sequence[Seen], seen_ms: int) -> None:
        if not seen:
            return
        ((last,),) = self.database.rows("SELECT coalesce(max(change_id), 0) FROM opportunity_change")
        rows = [
            (
                last + number,
                change.id,
                change.change.member,
                change.change.old,
                change.change.new,
                moment(change.last_modified_ms),
                moment(seen_ms),
                run,
            )
            for number, change in enumerate(seen, start=1)
        ]
        self.database.put(OPPORTUNITY_CHANGE, rows)


def _opportunity(arrival: Arrival, seen_at: str) -> list[Value]:
    row = arrival.row
    members = values_of(arrival.document, _AFTER_THE_KEYS)
    return [row.id, moment(row.last_modified_ms), *members, seen_at, seen_at, None, row.raw.decode()]


def _spends(arrival: Arrival) -> list[list[Value]]:
    columns = EXPECTED_CUSTOMER_SPEND.columns
    entries = spends_of(arrival.document)
    return [[arrival.row.id, position, *values_of(entry, columns)] for position, entry in enumerate(entries)]


def _stored_row(row: tuple[Any, ...]) -> Stored:
    identifier, last_modified_ms, raw, vanished = row
    return Stored(Row(identifier, last_modified_ms, raw.encode()), bool(vanished))
