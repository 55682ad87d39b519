"""SQLite, through apsw: one file, one writer, any number of readers."""

from cosell.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
