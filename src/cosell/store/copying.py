"""A copy of a whole database into another one, of either kind: resumable, and compared row by row at its end.

The origin is read as it was at one moment. Rows come in one order, so the number of those that are there already says
where to go on; they are read again for their digest, and not written. What was copied before counts only if it is what
the origin has now: if one digest of a table and scope differs at the end, because the origin was changed between two
runs, all of it is copied once more.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, Protocol

import msgspec

from cosell.clock import Course
from cosell.errors import UserError
from cosell.store.sql.connection import Value
from cosell.store.sql.copied_parts import PARTS, SHIFTED, Part

BATCH: Final = 1_000
"""Rows of one transaction."""
_ENCODE: Final = msgspec.msgpack.Encoder().encode

Row = tuple[Value, ...]


class ScopeFacts(msgspec.Struct, frozen=True):
    """A scope, and what only grows in it."""

    scope_id: int
    account: str
    catalog: str
    stamp: int
    change_position: int
    opportunity_id: int


class Facts(msgspec.Struct, frozen=True):
    """What a database has once."""

    token_key: bytes
    next_number: int
    event_position: int
    course: Course
    scopes: list[ScopeFacts]


class End(Protocol):
    """One end of a copy."""

    numbers_within_scopes: bool
    """Whether numbers of rows and positions of changes grow within a scope; else within the database."""

    def facts(self) -> Facts:
        """What it has once."""

    def rows(self, part: Part) -> Iterator[Row]:
        """The rows of a part, in the order of its key."""

    def close(self) -> None:
        """Let go of the database."""


class Origin(End, Protocol):
    """Where a copy is made from: everything as it was at one moment."""

    def count(self) -> int:
        """How many rows all parts have."""


class Destination(End, Protocol):
    """Where a copy is made. Until `finish` nobody else can open it."""

    def begin(self, origin: str) -> dict[str, int]:
        """How many rows of each part are there already. Raises UserError where there is something else."""

    def add(self, part: Part, rows: Sequence[Row], written: int) -> None:
        """Add rows behind the `written` ones, durably.

        Raises UserError where another process has added some, and OutOfOrder where one of them is there already.
        """

    def clear(self, part: Part) -> None:
        """Remove all rows of a part."""

    def finish(self, facts: Facts, shift: "Shift") -> None:
        """Make it a database that can be opened."""


class OutOfOrder(Exception):
    """What was copied before is not what stands first in the origin now."""


class Shift:
    """How numbers that grow within each scope become numbers of one file: each scope begins behind the one before."""

    def __init__(self, scopes: Sequence[ScopeFacts], *, is_needed: bool) -> None:
        self._by: dict[str, dict[int, int]] = {table: {} for table in SHIFTED}
        opportunities = self.positions = 0
        for scope in scopes if is_needed else ():
            self._by["opportunity"][scope.scope_id] = opportunities
            self._by["opportunity_change"][scope.scope_id] = self._by["kept_count"][scope.scope_id] = self.positions
            opportunities += scope.opportunity_id
            self.positions += scope.change_position

    def applied(self, part: Part, rows: Iterable[Row], sign: int = 1) -> Iterator[Row]:
        """Rows with other numbers; with a `sign` of -1, those that they were."""
        by = self._by.get(part.table)
        if not by:
            yield from rows
            return
        places = [part.columns.index(column) for column in SHIFTED[part.table]]
        for row in rows:
            assert isinstance(row[0], int)
            moved: list[Any] = list(row)
            for place in places:
                if moved[place]:  # 0 is before everything
                    moved[place] += sign * by[row[0]]
            yield tuple(moved)


class _Digests:
    """For each scope of a part, how many rows there are, and the digest of all of them."""

    def __init__(self, part: Part) -> None:
        self._is_scoped = part.is_scoped
        self._hashes: dict[Value, Any] = {}
        self._counts: dict[Value, int] = {}

    def add(self, row: Row) -> None:
        scope = row[0] if self._is_scoped else None
        if scope not in self._hashes:
            self._hashes[scope] = hashlib.sha256()
            self._counts[scope] = 0
        self._hashes[scope].update(_ENCODE(row))
        self._counts[scope] += 1

    def found(self) -> dict[Value, tuple[int, bytes]]:
        return {scope: (self._counts[scope], each.digest()) for scope, each in self._hashes.items()}


def copy(origin: Origin, destination: Destination, advance: Callable[[int], None]) -> dict[str, int]:
    """Copy everything: how many rows of each table. `advance` is called with the number of rows that came along.

    Raises UserError where the destination has something else, or cannot be made equal.
    """
    facts = origin.facts()
    written = destination.begin(hashlib.sha256(facts.token_key).hexdigest())
    shift = Shift(facts.scopes, is_needed=origin.numbers_within_scopes and not destination.numbers_within_scopes)
    try:
        found = _copied(origin, destination, shift, written, advance)
        is_whole = not _differs(destination, shift, found)
    except OutOfOrder:
        is_whole = False
    if not is_whole:
        for part in PARTS:
            destination.clear(part)
        found = _copied(origin, destination, shift, dict.fromkeys(written, 0), lambda _: None)
        if differs := _differs(destination, shift, found):
            raise UserError(f"the copy of {differs} is not what was copied", "see to the disks of both, and copy again")
    destination.finish(facts, shift)
    return {table: sum(count for count, _ in scopes.values()) for table, scopes in found.items()}


_Found = dict[str, dict[Value, tuple[int, bytes]]]


def _copied(
    origin: Origin, destination: Destination, shift: Shift, written: Mapping[str, int], advance: Callable[[int], None]
) -> _Found:
    found = {}
    for part in PARTS:
        digests = _Digests(part)
        there = written[part.table]
        if not there:
            destination.clear(part)
        rows = _told(origin.rows(part), digests)
        for _ in islice(rows, there):
            pass
        advance(there)
        while batch := list(islice(rows, BATCH)):
            destination.add(part, list(shift.applied(part, batch)), there)
            there += len(batch)
            advance(len(batch))
        found[part.table] = digests.found()
    return found


def _told(rows: Iterable[Row], digests: _Digests) -> Iterator[Row]:
    for row in rows:
        digests.add(row)
        yield row


def _differs(destination: Destination, shift: Shift, found: _Found) -> str | None:
    """The first table that is not equal at both ends."""
    for part in PARTS:
        digests = _Digests(part)
        for row in shift.applied(part, destination.rows(part), -1):
            digests.add(row)
        if digests.found() != found[part.table]:
            return part.table
    return None
