"""Zone maps: the minimum and maximum dates of each stretch of an order, so that long walks can skip stretches.

A zone of a date's order is a day; one of identifiers is a thousand numbers. A zone only widens: a row that leaves it,
or that is changed, may leave a bound behind that nothing reaches any more. Such a zone is read in vain, nothing worse.
Bounds in milliseconds are those of whole days, so that most changes of a day find their zones wide enough already.
"""

from typing import Final, TypeAlias

from cosell.rules.list.sort_keys import Key, SortBy
from cosell.store.opportunity import StoredOpportunity

DAY_MS: Final = 24 * 60 * 60 * 1000
OPEN_DIGITS: Final = 3
"""Digits of an identifier that its zone leaves open."""

Zone: TypeAlias = tuple[int, int] | tuple[str, str]
ZoneKey: TypeAlias = tuple[int, SortBy, int, int] | tuple[int, SortBy, str, str]
"""Scope, order, first key, first key after it."""
Bounds: TypeAlias = tuple[int, int, int, int, int, int]
"""The least and the greatest of each date, as the columns have them."""
_SORTS: Final[tuple[SortBy, ...]] = ("LastModifiedDate", "CreatedDate", "TargetCloseDate", "Identifier")

_DATES: Final = ("last_modified", "created", "target_close")
_DAY_BEGINS: Final = {date: f" - {date} % {DAY_MS}" for date in ("last_modified", "created")}
_DAY_ENDS: Final = {date: f"{begins} + {DAY_MS - 1}" for date, begins in _DAY_BEGINS.items()}

WIDEN: Final = (
    "INSERT INTO zone VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
    + ", ".join(
        f"least_{date} = min(least_{date}, excluded.least_{date}), most_{date} = max(most_{date}, excluded.most_{date})"
        for date in _DATES
    )
    + " WHERE "
    + " OR ".join(f"excluded.least_{date} < least_{date} OR excluded.most_{date} > most_{date}" for date in _DATES)
)
_LOW_AND_HIGH: Final[dict[SortBy, tuple[str, str]]] = {
    "LastModifiedDate": (f"last_modified - last_modified % {DAY_MS}", f"low + {DAY_MS}"),
    "CreatedDate": (f"created - created % {DAY_MS}", f"low + {DAY_MS}"),
    "TargetCloseDate": ("target_close", "low + 1"),
    "Identifier": (f"substr(id_key, 1, max(1, length(id_key) - {OPEN_DIGITS}))", "low || ':'"),
}
FILL_ZONES: Final = tuple(
    f"INSERT INTO zone SELECT scope_id, '{sort}', low, {high}, "
    + ", ".join(f"min({date}{_DAY_BEGINS.get(date, '')}), max({date}{_DAY_ENDS.get(date, '')})" for date in _DATES)
    + f" FROM (SELECT *, {low} AS low FROM opportunity) GROUP BY scope_id, low"
    for sort, (low, high) in _LOW_AND_HIGH.items()
)
"""Makes the zones of a database that has none, for all rows at once."""


def zone_of(sort: SortBy, key: Key) -> Zone:
    """The zone of an order that holds a key: its first key, and the first key after it."""
    if isinstance(key, int):
        width = 1 if sort == "TargetCloseDate" else DAY_MS
        low = key - key % width
        return low, low + width
    assert isinstance(key, str)
    prefix = key[: max(1, len(key) - OPEN_DIGITS)]
    return prefix, prefix + ":"  # the character after the digits


def zone_keys(scope_id: int, opportunity: StoredOpportunity) -> list[ZoneKey]:
    """The zones that hold an opportunity: one in each order."""
    dates = opportunity.last_modified_ms, opportunity.created_ms, opportunity.target_close
    keys: tuple[int | str, ...] = (*dates, opportunity.id_key)
    return [(scope_id, sort, *zone_of(sort, key)) for sort, key in zip(_SORTS, keys, strict=True)]


def bounds_of(opportunity: StoredOpportunity) -> Bounds:
    """What a zone has to reach to hold an opportunity."""
    modified = opportunity.last_modified_ms - opportunity.last_modified_ms % DAY_MS
    created = opportunity.created_ms - opportunity.created_ms % DAY_MS
    target_close = opportunity.target_close
    return modified, modified + DAY_MS - 1, created, created + DAY_MS - 1, target_close, target_close


def joined(one: Bounds, other: Bounds) -> Bounds:
    """The bounds that reach as far as both."""
    return (
        min(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        max(one[3], other[3]),
        min(one[4], other[4]),
        max(one[5], other[5]),
    )
