"""Zone maps as PostgreSQL keeps them: see `store/sql/zone_maps.py`."""

from typing import Final

from cosell.rules.list.sort_keys import SortBy
from cosell.store.sql.connection import Values
from cosell.store.sql.zone_maps import DAY_MS, OPEN_DIGITS, Bounds, ZoneKey

_DATES: Final = ("last_modified", "created", "target_close")
WIDEN: Final = (
    "INSERT INTO zone VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scope_id, sort, low, low_key) "
    "DO UPDATE SET "
    + ", ".join(
        f"least_{date} = least(zone.least_{date}, excluded.least_{date}), "
        f"most_{date} = greatest(zone.most_{date}, excluded.most_{date})"
        for date in _DATES
    )
    + " WHERE "
    + " OR ".join(
        f"excluded.least_{date} < zone.least_{date} OR excluded.most_{date} > zone.most_{date}" for date in _DATES
    )
)

_BEGIN_AND_END: Final = {
    "last_modified": (
        f"last_modified - last_modified % {DAY_MS}",
        f"last_modified - last_modified % {DAY_MS} + {DAY_MS - 1}",
    ),
    "created": (f"created - created % {DAY_MS}", f"created - created % {DAY_MS} + {DAY_MS - 1}"),
    "target_close": ("target_close", "target_close"),
}
_LOW_AND_HIGH: Final[dict[SortBy, tuple[str, str, str, str]]] = {
    "LastModifiedDate": (f"last_modified - last_modified % {DAY_MS}", "''", f"low + {DAY_MS}", "''"),
    "CreatedDate": (f"created - created % {DAY_MS}", "''", f"low + {DAY_MS}", "''"),
    "TargetCloseDate": ("target_close", "''", "low + 1", "''"),
    "Identifier": ("0", f"left(id_key, greatest(1, length(id_key) - {OPEN_DIGITS}))", "0", "low_key || ':'"),
}
FILL: Final = tuple(
    f"INSERT INTO zone SELECT scope_id, '{sort}', low, low_key, {high}, {high_key}, "
    + ", ".join(f"min({_BEGIN_AND_END[date][0]}), max({_BEGIN_AND_END[date][1]})" for date in _DATES)
    + f' FROM (SELECT *, {low} AS low, {low_key} COLLATE "C" AS low_key FROM opportunity WHERE scope_id = ?) AS placed '
    "GROUP BY scope_id, low, low_key"
    for sort, (low, low_key, high, high_key) in _LOW_AND_HIGH.items()
)
"""Makes the zones of a scope that has none, for all rows at once."""


def zone_values(key: ZoneKey, bounds: Bounds) -> Values:
    """A zone in the order of its columns: dates have numbers for ends, identifiers have keys."""
    scope_id, sort, low, high = key
    if isinstance(low, int):
        return (scope_id, sort, low, "", high, "", *bounds)
    return (scope_id, sort, 0, low, 0, high, *bounds)
