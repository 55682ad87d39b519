"""A mirror in memory: the doors of `cosell.sync.target` over plain dictionaries.

What is committed is in `Kept`, and outlives the target that wrote it. `around_commit` is called just before and just
after each commit, so that a test can end the process at either moment.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from cosell.sync.target import (
    Counts,
    DetailWanted,
    Identity,
    Kept,
    MirrorBusy,
    Row,
    Run,
    RunOutcome,
    check_identity,
)


@dataclass
class Tables:
    """All that is committed."""

    identity: Identity | None = None
    state: bytes | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    vanished: set[str] = field(default_factory=set)
    runs: list[Run] = field(default_factory=list)
    wanted: dict[str, int] = field(default_factory=dict)
    failed: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    details: dict[str, tuple[int, bytes | None, bytes | None]] = field(default_factory=dict)
    changes: int = 0
    holder: str | None = None


class MemoryTarget:
    """A connection to the tables."""

    def __init__(self, tables: Tables, around_commit: Callable[[], None] = lambda: None) -> None:
        self.tables = tables
        self._around_commit = around_commit

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        pass

    @contextmanager
    def lock(self, holder: str) -> Iterator[None]:
        if self.tables.holder is not None:
            raise MirrorBusy(self.tables.holder)
        self.tables.holder = holder
        try:
            yield
        finally:
            self.tables.holder = None

    @contextmanager
    def _transaction(self) -> Iterator[Tables]:
        """The tables as they are to become; nothing of it stays where the block, or the process, ends early."""
        draft = copy.copy(self.tables)
        for name in ("rows", "vanished", "runs", "wanted", "failed", "details"):
            setattr(draft, name, copy.copy(getattr(self.tables, name)))
        yield draft
        self._around_commit()
        self.tables.__dict__.update(draft.__dict__)
        self._around_commit()

    def identity(self) -> Identity | None:
        return self.tables.identity

    def state(self) -> bytes | None:
        return self.tables.state

    def begin_run(self, mode: str, started_ms: int, identity: Identity) -> int:
        check_identity(self.tables.identity, identity)
        with self._transaction() as tables:
            tables.runs.append(
                Run(run=len(tables.runs) + 1, mode=mode, started_ms=started_ms, status="running", outcome=None)
            )
        return len(self.tables.runs)

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
        check_identity(self.tables.identity, identity)
        new = changed = unchanged = older = 0
        with self._transaction() as tables:
            tables.identity = tables.identity if tables.identity and tables.identity.account else identity
            tables.state = state
            for row in rows:
                had = tables.rows.get(row.id)
                is_there = had is not None and row.id not in tables.vanished
                if had is not None and is_there and had.last_modified_ms > row.last_modified_ms and not repair:
                    older += 1
                    continue
                tables.vanished.discard(row.id)
                new += had is None
                changed += had is not None and had != row
                unchanged += had == row
                tables.rows[row.id] = row
                if want_details and had != row:
                    tables.wanted[row.id] = row.last_modified_ms
                    tables.failed.pop(row.id, None)
            tables.changes += new + changed
        return Kept(new, changed, unchanged, older)

    def end_run(self, run: int, outcome: RunOutcome, state: bytes) -> None:
        with self._transaction() as tables:
            begun = tables.runs[run - 1]
            tables.runs[run - 1] = Run(
                run=run, mode=begun.mode, started_ms=begun.started_ms, status=outcome.status, outcome=outcome
            )
            tables.state = state

    def summaries(self, after_id: str | None, limit: int) -> list[Row]:
        names = sorted(self.tables.rows.keys() - self.tables.vanished)
        return [self.tables.rows[name] for name in names if after_id is None or name > after_id][:limit]

    def summaries_of(self, ids: Iterable[str]) -> list[Row]:
        return [self.tables.rows[each] for each in ids if each in self.tables.rows.keys() - self.tables.vanished]

    def newest(self, limit: int) -> list[Row]:
        rows = self.summaries(None, len(self.tables.rows))
        return sorted(rows, key=lambda row: row.last_modified_ms, reverse=True)[:limit]

    def wrong_columns(self, rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
        return {}

    def mark_vanished(self, run: int, ids: Sequence[str], seen_ms: int) -> int:
        with self._transaction() as tables:
            fresh = set(ids) - tables.vanished
            tables.vanished |= fresh
        return len(fresh)

    def queue_details(self, seen_ms: int) -> int:
        with self._transaction() as tables:
            fresh = {
                row.id: row.last_modified_ms
                for row in tables.rows.values()
                if row.id not in tables.wanted
                and (row.id not in tables.details or tables.details[row.id][0] < row.last_modified_ms)
            }
            tables.wanted |= fresh
        return len(fresh)

    def details_wanted(self, limit: int, now_ms: int) -> list[DetailWanted]:
        due = []
        for identifier, modified_ms in self.tables.wanted.items():
            attempts, error, retry_at_ms = self.tables.failed.get(identifier, (0, None, 0))
            if retry_at_ms <= now_ms:
                due.append(DetailWanted(identifier, modified_ms, attempts, error))
        return due[:limit]

    def details_failing(self, limit: int) -> list[DetailWanted]:
        return [
            DetailWanted(identifier, self.tables.wanted[identifier], attempts, error)
            for identifier, (attempts, error, _) in self.tables.failed.items()
        ][:limit]

    def keep_detail(
        self,
        identifier: str,
        last_modified_ms: int,
        opportunity: bytes | None,
        aws_summary: bytes | None,
        seen_ms: int,
    ) -> None:
        with self._transaction() as tables:
            if identifier not in tables.details or tables.details[identifier][0] <= last_modified_ms:
                tables.details[identifier] = (last_modified_ms, opportunity, aws_summary)
            if tables.wanted.get(identifier, 0) <= last_modified_ms:
                tables.wanted.pop(identifier, None)
                tables.failed.pop(identifier, None)

    def detail_failed(self, identifier: str, error: str, retry_at_ms: int) -> None:
        with self._transaction() as tables:
            attempts = tables.failed.get(identifier, (0, "", 0))[0]
            tables.failed[identifier] = (attempts + 1, error, retry_at_ms)

    def runs(self, limit: int) -> list[Run]:
        return self.tables.runs[::-1][:limit]

    def counts(self) -> Counts:
        tables = self.tables
        rows = [row for row in tables.rows.values() if row.id not in tables.vanished]
        return Counts(
            opportunities=len(rows),
            vanished=len(tables.vanished),
            changes=tables.changes,
            details=len(tables.details),
            details_wanted=len(tables.wanted),
            details_failing=len(tables.failed),
            newest_ms=max((row.last_modified_ms for row in rows), default=None),
        )
