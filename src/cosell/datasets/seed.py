"""Filling a scope with an invented pipeline, in one transaction.

Seeded opportunities are not announced: an event says that somebody has changed something, and nobody has.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from cosell.context import Scope
from cosell.datasets.pipeline import opportunities
from cosell.datasets.solutions import add_missing
from cosell.datasets.stamps import kept_or_anew
from cosell.datasets.timeline import Moments, Timeline
from cosell.store.interface import Store, WriteTransaction
from cosell.store.opportunity import StoredOpportunity, stored

_STEP: Final = 250


class Seeded(msgspec.Struct, frozen=True):
    """What was done. `moved` of the opportunities got later stamps, because the scope had later ones already."""

    count: int
    moved: int


def seed(store: Store, scope: Scope, *, count: int, seed: int, now_ms: int, advance: Callable[[int], None]) -> Seeded:
    """Append `count` opportunities to a scope, with the solutions that they are about: all or nothing.

    Its memory does not grow with `count`, except for 16 bytes each if stamps must be moved.
    `advance` is called now and then with the number of opportunities made since.
    """
    if not count:
        return Seeded(0, 0)
    timeline = Timeline(count, seed, now_ms)
    with store.bulk_load([scope], count) as transactions:
        tx = transactions[scope]
        add_missing(tx, now_ms)
        moments, moved = _moments(timeline, tx)
        first_number = tx.next_number()
        tx.reserve_numbers(first_number + count - 1)
        latest = 0

        def rows() -> Iterator[StoredOpportunity]:
            nonlocal latest
            records = opportunities(scope, moments, count=count, seed=seed, now_ms=now_ms, first_number=first_number)
            for number, record in enumerate(records, 1):
                row = stored(record)
                latest = max(latest, row.last_modified_ms)
                yield row
                if number % _STEP == 0:
                    advance(_STEP)

        tx.insert(rows())
        tx.raise_stamp(latest)
    advance(count % _STEP)
    return Seeded(count, moved)


def _moments(timeline: Timeline, tx: WriteTransaction) -> tuple[Iterator[Moments], int]:
    """The moments of a timeline with the changes moved behind the scope's last stamp, and how many had to be."""
    last = tx.last_stamp()
    if last < timeline.earliest_ms:
        return iter(timeline), 0
    drawn = array("q", sorted(moments.modified_ms for moments in timeline))
    given = array("q", kept_or_anew(last, drawn))
    moved = sum(before != after for before, after in zip(drawn, given, strict=True))
    return (Moments(moments.created_ms, given[bisect_left(drawn, moments.modified_ms)]) for moments in timeline), moved
