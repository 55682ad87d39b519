"""From a database's URL to its store."""

from typing import TYPE_CHECKING

from cosell.errors import UserError
from cosell.store.interface import Store

if TYPE_CHECKING:
    from cosell.store.sqlite.diagnosis import Diagnosis


def open_store(url: str, *, new_token_key: bytes) -> Store:
    """The store that `url` names: a file's path, `:memory:` or `sqlite:///…`.

    Raises UserError where the URL names no store, or one that cannot be opened.
    """
    path = _path(url)
    from cosell.store.sqlite import SqliteStore  # a driver is loaded when it is asked for

    return SqliteStore(path, new_token_key=new_token_key)


def diagnose(url: str) -> "Diagnosis":
    """What is wrong with the database that `url` names, which is neither made nor migrated by looking at it.

    Raises UserError where the URL names no store.
    """
    path = _path(url)
    from cosell.store.sqlite.diagnosis import diagnosis

    return diagnosis(path)


def sqlite_version() -> str:
    """The version of the SQLite library that stores use, which is not that of Python's own module."""
    from cosell.store.sqlite.diagnosis import sqlite_version

    return sqlite_version()


def _path(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        raise UserError(f"cannot open {scheme}:// databases", "name a file, :memory: or sqlite:///path with --db")
    path = rest.removeprefix("/") if separator else url
    if not path or path.startswith("file:"):  # SQLite would give each connection a database of its own
        raise UserError(f"{url!r} names no file", "name one, such as cosell.db, or :memory: with --db")
    return path
