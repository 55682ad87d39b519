"""What a look at a PostgreSQL database says."""

from contextlib import closing

from cosell.passwords import shown
from cosell.store.diagnosis import Diagnosis
from cosell.store.postgres.migrate import check_origin, schema_versions
from cosell.store.postgres.opening import connected


def diagnoses(url: str) -> list[Diagnosis]:
    """See `store.open.diagnose`."""
    with closing(connected(url)) as connection:
        check_origin(connection, shown(url))
        version, _ = schema_versions(connection)
        return [Diagnosis(f"{shown(url)} has schema {version}")]
