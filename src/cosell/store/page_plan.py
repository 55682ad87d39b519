"""How a page of ListOpportunities is read: which index leads, which ranges of it, and what is checked on the way.

Keyset pagination. Every sort key has two indexes: by (key, id), and by (stage, review status, key, id). A page walks
one of them from a position, or merges several ranges of it, and stops when it is full, so its cost depends on neither
the size of the data nor the depth of the page.

If a filter is a range on another key than the sort's, there are two ways: walk in the requested order and skip what
the filter rejects (good if much passes), or read the whole range and sort it (good if it is small). The planner asks
the database for a count of the range that stops at `SMALL`, and takes the smallest range below it.

A walk with such a filter would still be long if the two keys are correlated: in a walk by creation, the oldest
thousands of opportunities have not changed for a long time. So the database keeps, for each stretch of an order (a
"zone"), the minimum and maximum of every date in it, and a walk that `skips` leaves out the zones without a match.

Pure: a database gives `count_up_to`, gets a plan, and only has to write it in its own language.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import Selector
from cosell.rules.list.sort_keys import Key, SortBy, company_prefix, company_prefix_end
from cosell.rules.opportunity.stage import EVERY_STAGE

SMALL: Final = 3_000
"""Index entries that are read and sorted rather than walked past: about as long as ten walked pages."""

GO_TOGETHER: Final[frozenset[SortBy]] = frozenset({"LastModifiedDate", "CreatedDate", "TargetCloseDate", "Identifier"})
"""The correlated orders: what was created late has a high number and a late date. Names are not correlated."""

EVERY_REVIEW_STATUS: Final = ("Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required")

_NEXT: Final = "\1"
"""Behind a key, makes one that no other key is below. PostgreSQL's texts have no zero."""

Partition: TypeAlias = tuple[str, str]
"""A stage and a review status."""


class KeyRange(msgspec.Struct, frozen=True):
    """A range of an index: from `low` (or just behind `after`) to below `high` (or `before`). None is no bound."""

    low: Key | None = None
    high: Key | None = None
    after: Position | None = None
    before: Position | None = None


UNBOUNDED: Final = KeyRange()


class Drive(msgspec.Struct, frozen=True):
    """The ranges that are read: each of `ranges` in each of `partitions` of the index on `key`.

    No partitions means the index that is not divided by stage and review status.
    """

    key: SortBy
    ranges: tuple[KeyRange, ...]
    partitions: tuple[Partition, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """A page: read `drive`, drop what fails the other fields, sort unless `ordered`, and stop at the limit."""

    drive: Drive
    ordered: bool
    sort_by: SortBy
    descending: bool
    stages: tuple[str, ...]
    review_statuses: tuple[str, ...]
    companies: tuple[KeyRange, ...]
    ranges: tuple[tuple[SortBy, KeyRange], ...]
    skips: bool
    """Whether to leave out zones in which no row passes `ranges`."""
    behind: Position | None
    """Rows up to this position are dropped; None if the ranges of the drive begin behind it already."""

    @property
    def has_filters(self) -> bool:
        """Whether any row that the drive reads may be dropped."""
        return bool(self.stages or self.review_statuses or self.companies or self.ranges or self.behind)


CountUpTo: TypeAlias = Callable[[Drive, int], int]
"""How many entries a drive would read, counted no further than the limit."""


def plan(selector: Selector, after: Position | None, count_up_to: CountUpTo) -> Plan:
    """The cheapest known way to read the page after `after`."""
    drive = _narrow_drive(selector, count_up_to)
    if drive is None:
        drive = _drive(selector, selector.sort_by)
    ordered = drive.key == selector.sort_by
    if ordered and after is not None:
        drive = msgspec.structs.replace(drive, ranges=_behind(drive.ranges, after, descending=selector.descending))
    ranges = tuple((key, KeyRange(span.low, span.high)) for key, span in selector.ranges if key != drive.key)
    return Plan(
        drive=drive,
        ordered=ordered,
        sort_by=selector.sort_by,
        descending=selector.descending,
        stages=() if drive.partitions else selector.stages,
        review_statuses=() if drive.partitions else selector.review_statuses,
        companies=(
            _ranges(selector, "CustomerCompanyName")
            if selector.companies and drive.key != "CustomerCompanyName"
            else ()
        ),
        ranges=ranges,
        skips=bool(ranges) and ordered and not drive.partitions and drive.key in GO_TOGETHER and not selector.id_keys,
        behind=None if ordered else after,
    )


def _narrow_drive(selector: Selector, count_up_to: CountUpTo) -> Drive | None:
    if selector.id_keys:
        return _drive(selector, "Identifier")
    keys: list[SortBy] = [key for key, _ in selector.ranges]
    if selector.companies:
        keys.append("CustomerCompanyName")
    best, fewest = None, SMALL + 1
    for key in keys:
        if key != selector.sort_by:
            drive = _drive(selector, key)
            count = count_up_to(drive, fewest)
            if count < fewest:
                best, fewest = drive, count
    return best


def _drive(selector: Selector, key: SortBy) -> Drive:
    named = selector.id_keys if key == "Identifier" else selector.companies if key == "CustomerCompanyName" else ()
    partitions: tuple[Partition, ...] = ()
    if (selector.stages or selector.review_statuses) and not named:
        partitions = tuple(
            (stage, status)
            for stage in selector.stages or EVERY_STAGE
            for status in selector.review_statuses or EVERY_REVIEW_STATUS
        )
    return Drive(key, _ranges(selector, key), partitions)


def _ranges(selector: Selector, key: SortBy) -> tuple[KeyRange, ...]:
    if key == "Identifier" and selector.id_keys:
        return tuple(KeyRange(id_key, id_key + _NEXT) for id_key in selector.id_keys)
    if key == "CustomerCompanyName" and selector.companies:
        return tuple(KeyRange(company_prefix(name), company_prefix_end(name)) for name in selector.companies)
    return tuple(KeyRange(span.low, span.high) for name, span in selector.ranges if name == key) or (UNBOUNDED,)


def _behind(ranges: tuple[KeyRange, ...], position: Position, *, descending: bool) -> tuple[KeyRange, ...]:
    """What is left of the ranges after a position, each with one bound on either side."""
    left = []
    for span in ranges:
        below = span.low is not None and _less(position.key, span.low)
        above = span.high is not None and not _less(position.key, span.high)
        if not below and not above:
            left.append(
                KeyRange(low=span.low, before=position) if descending else KeyRange(high=span.high, after=position)
            )
        elif below != descending:
            left.append(span)
    return tuple(left)


def _less(left: Key, right: Key) -> bool:
    return left < right  # type: ignore[operator]  # keys of one order have one type
