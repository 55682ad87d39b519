"""Zone maps as PostgreSQL keeps them: see `store/sql/zone_maps.py`."""

from typing import Final

from cosell.store.sql.connection import Values
from cosell.store.sql.zone_maps import Bounds, ZoneKey

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


def zone_values(key: ZoneKey, bounds: Bounds) -> Values:
    """A zone in the order of its columns: dates have numbers for ends, identifiers have keys."""
    scope_id, sort, low, high = key
    if isinstance(low, int):
        return (scope_id, sort, low, "", high, "", *bounds)
    return (scope_id, sort, 0, low, 0, high, *bounds)
