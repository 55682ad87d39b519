"""From a database's URL to its store, and who may create a missing database."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cosell.context import Scope
from cosell.errors import UserError
from cosell.store.access import Access
from cosell.store.interface import Store, StoreUnavailable
from cosell.suggestion import suggested

if TYPE_CHECKING:
    from cosell.store.sqlite.backup import Backup
    from cosell.store.sqlite.diagnosis import Diagnosis
    from cosell.store.sqlite.dump import Dump

MEMORY: Final = ":memory:"


def open_store(url: str, *, new_token_key: bytes, access: Access = Access.CREATE) -> Store:
    """The store that `url` names: a file's path, `:memory:` or `sqlite:///…`.

    Raises UserError if the URL names no store, or one that is not there or cannot be opened for the `access`.
    """
    path = _path(url)
    if access is not Access.CREATE:
        _check_presence(path)
    from cosell.store.sqlite import SqliteStore  # a driver is loaded when it is asked for

    return SqliteStore(path, new_token_key=new_token_key, access=access)


@contextmanager
def open_dump(url: str, scope: Scope) -> Iterator["Dump"]:
    """The records of a scope in the database that `url` names, as far as they can be read.

    Raises UserError if there is no database, or one in which nothing can be read.
    """
    path = _path(url)
    _check_presence(path)
    from cosell.store.sqlite.dump import dump

    with dump(path, scope) as records:
        yield records


def back_up(url: str, to: Path) -> "Backup":
    """Copy the database that `url` names to a file. Raises UserError and OSError as `sqlite.backup.back_up` does."""
    path = _path(url)
    _check_presence(path)
    from cosell.store.sqlite.backup import back_up

    return back_up(path, to)


def restore(url: str, backup: Path, *, replace: bool) -> tuple["Backup", Path | None]:
    """Restore a backup over the database that `url` names. See `sqlite.backup.restore`."""
    path = _path(url)
    if path == MEMORY:
        raise UserError("a database in memory is gone when a command ends", "name a file with --db")
    from cosell.store.sqlite.backup import restore

    return restore(backup, path, replace=replace)


def diagnose(url: str) -> "Diagnosis":
    """What is wrong with the database that `url` names, which is neither created nor migrated by this.

    Raises UserError if the URL names no store.
    """
    path = _path(url)
    from cosell.store.sqlite.diagnosis import diagnosis

    return diagnosis(path)


def explanation(url: str, error: StoreUnavailable) -> UserError:
    """What to tell a user of a database that did not answer."""
    from cosell.store.sqlite.mishaps import mishap

    return mishap(_path(url), error.__cause__ or error)


def check_place(url: str) -> None:
    """Raises UserError if the URL names no store, or none that could be served. Creates and changes nothing."""
    path = _path(url)
    if path == MEMORY or (not Path(path).exists() and Path(path).absolute().parent.is_dir()):
        return
    from cosell.store.sqlite.read_only import check_file

    check_file(path)


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
    try:
        is_name = b"\0" not in path.encode()
    except UnicodeEncodeError:  # bytes of the command line that are not UTF-8, which SQLite demands
        is_name = False
    if not is_name:
        raise UserError(f"{path!r} cannot be the name of a database", "name another file with --db")
    return path


def _check_presence(path: str) -> None:
    """Raises UserError if `path` is not a file with something in it."""
    if path == MEMORY:
        raise UserError("a database in memory holds nothing when a command begins", "name a file with --db")
    make_one = f"make one with: {suggested('seed', db=path)}"
    try:
        status = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"there is no database {path}", make_one) from None
    except OSError as error:
        raise UserError(f"cannot open {path}: {error.strerror}", "name another file with --db") from None
    if stat.S_ISDIR(status.st_mode):
        raise UserError(f"{path} is a folder", "name a file with --db")
    if not status.st_size:
        raise UserError(f"{path} is empty, no database", make_one)
