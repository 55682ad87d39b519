"""PostgreSQL, through psycopg: any number of processes and machines over one database."""

from cosell.store.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
