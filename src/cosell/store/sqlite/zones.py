"""Zones: stretches of an order with the least and greatest dates in them, so that long walks can leave them out.

A zone of a date's order is a day; one of identifiers is a thousand numbers. A zone only widens: a row that leaves it,
or that is changed, may leave a bound behind that nothing reaches any more. Such a zone is read in vain, no more.
"""

from typing import Final, TypeAlias

from cosell.rules.sort_keys import Key, SortBy
from cosell.store.opportunity import StoredOpportunity

DAY_MS: Final = 24 * 60 * 60 * 1000
_DIGITS: Final = 3
"""Digits of an identifier that its zone leaves open."""

Zone: TypeAlias = tuple[int, int] | tuple[str, str]
_SORTS: Final[tuple[SortBy, ...]] = ("LastModifiedDate", "CreatedDate", "TargetCloseDate", "Identifier")

_DATES: Final = ("last_modified", "created", "target_close")

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
    "Identifier": (f"substr(id_key, 1, max(1, length(id_key) - {_DIGITS}))", "low || ':'"),
}
FILL_ZONES: Final = tuple(
    f"INSERT INTO zone SELECT scope_id, '{sort}', low, {high}, "
    + ", ".join(f"min({date}), max({date})" for date in _DATES)
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
    prefix = key[: max(1, len(key) - _DIGITS)]
    return prefix, prefix + ":"  # the character after the digits


def zone_rows(scope_id: int | None, opportunity: StoredOpportunity) -> list[tuple[int | str | None, ...]]:
    """What `WIDEN` is to be told of an opportunity: a row for each order."""
    dates = opportunity.last_modified_ms, opportunity.created_ms, opportunity.target_close
    bounds = [date for value in dates for date in (value, value)]
    keys: dict[SortBy, int | str] = dict(zip(_SORTS, (*dates, opportunity.id_key), strict=True))
    return [(scope_id, sort, *zone_of(sort, key), *bounds) for sort, key in keys.items()]
