"""PostgreSQL, through psycopg: any number of processes and machines over one database."""

from cosell.store.postgres.copying import destination, origin
from cosell.store.postgres.diagnosis import diagnoses
from cosell.store.postgres.dump import dump
from cosell.store.postgres.opening import check_database, mishap, schema_state
from cosell.store.postgres.store import PostgresStore

__all__ = ["PostgresStore", "check_database", "destination", "diagnoses", "dump", "mishap", "origin", "schema_state"]
