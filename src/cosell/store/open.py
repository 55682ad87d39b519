"""From a database's URL to its store, and who may create a missing database."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cosell.context import Scope
from cosell.errors import UserError
from cosell.passwords import is_pairs, shown
from cosell.store.access import Access
from cosell.store.copying import Destination, Origin
from cosell.store.diagnosis import Diagnosis
from cosell.store.dump import Dump
from cosell.store.file_path import MEMORY, check_presence, path_of
from cosell.store.interface import Store, StoreUnavailable
from cosell.store.schema_state import SchemaState
from cosell.suggestion import suggested

if TYPE_CHECKING:
    from types import ModuleType

    from cosell.store.sqlite.backup import Backup


def open_store(url: str, *, new_token_key: bytes, access: Access = Access.CREATE) -> Store:
    """The store that `url` names: a file's path, `:memory:`, `sqlite:///…`, or a PostgreSQL database.

    Raises UserError if the URL names no store, or one that is not there or cannot be opened for the `access`.
    """
    if is_postgres(url):
        store: Store = _postgres().PostgresStore(url, new_token_key=new_token_key, access=access)
        return store
    path = path_of(url)
    if access is not Access.CREATE:
        check_presence(path)
    from cosell.store.sqlite import SqliteStore  # a driver is loaded when it is asked for

    return SqliteStore(path, new_token_key=new_token_key, access=access)


def is_postgres(url: str) -> bool:
    """Whether a URL names a PostgreSQL database: in the forms that libpq has for one."""
    return url.startswith(("postgresql://", "postgres://")) or is_pairs(url)


@contextmanager
def open_dump(url: str, scope: Scope) -> Iterator[Dump]:
    """The records of a scope in the database that `url` names, as far as they can be read.

    Raises UserError if there is no database, or one in which nothing can be read.
    """
    if is_postgres(url):
        with _postgres().dump(url, scope) as records:
            yield records
        return
    path = path_of(url)
    check_presence(path)
    from cosell.store.sqlite.dump import dump

    with dump(path, scope) as records:
        yield records


def back_up(url: str, to: Path) -> "Backup":
    """Copy the database that `url` names to a file. Raises UserError and OSError as `sqlite.backup.back_up` does."""
    if is_postgres(url):
        raise UserError(
            f"{shown(url)} is not a file that could be copied",
            f"use pg_dump or its server's archive, or: {suggested('copy', shown(url), str(to))}",
        )
    path = path_of(url)
    check_presence(path)
    from cosell.store.sqlite.backup import back_up

    return back_up(path, to)


def restore(url: str, backup: Path, *, replace: bool) -> tuple["Backup", Path | None]:
    """Put a backup in the place of the database that `url` names. See `sqlite.backup.restore`."""
    if is_postgres(url):
        raise UserError(
            f"{shown(url)} is not a file that could be replaced",
            f"use pg_restore or its server's archive, or: {suggested('copy', str(backup), shown(url))}",
        )
    path = path_of(url)
    if path == MEMORY:
        raise UserError("a database in memory is gone when a command ends", "name a file with --db")
    from cosell.store.sqlite.backup import restore

    return restore(backup, path, replace=replace)


def diagnose(url: str) -> Sequence[Diagnosis]:
    """What there is to say of the database that `url` names, which is neither made nor migrated by looking at it.

    Raises UserError if the URL names no store.
    """
    if is_postgres(url):
        found: Sequence[Diagnosis] = _postgres().diagnoses(url)
        return found
    path = path_of(url)
    from cosell.store.sqlite.diagnosis import diagnosis

    return [diagnosis(path)]


def schema_state(url: str) -> SchemaState:
    """How far the schema of the database is that `url` names. Makes and changes nothing.

    Raises UserError for a database that cannot be opened, or that belongs to another program or a newer cosell.
    """
    if is_postgres(url):
        state: SchemaState = _postgres().schema_state(url)
        return state
    path = path_of(url)
    from cosell.store.sqlite.read_only import schema_state

    return schema_state(path if path != MEMORY and Path(path).exists() else None)


def migrate(url: str, new_token_key: bytes) -> list[str]:
    """Bring the schema of a database up to date: the names of the migrations that were missing.

    Raises UserError as `open_store` does.
    """
    missing = schema_state(url).missing
    open_store(url, new_token_key=new_token_key).close()
    return missing


@contextmanager
def ends_of_copy(source: str, target: str) -> Iterator[tuple[Origin, Destination]]:
    """The two databases of a copy.

    Raises UserError where one cannot be used, or there is none to copy from.
    """
    with closing(_origin(source)) as origin, closing(_destination(target)) as destination:
        yield origin, destination


def _origin(url: str) -> Origin:
    if is_postgres(url):
        found: Origin = _postgres().origin(url)
        return found
    path = path_of(url)
    check_presence(path)
    from cosell.store.sqlite.copying import origin

    return origin(path)


def _destination(url: str) -> Destination:
    if is_postgres(url):
        found: Destination = _postgres().destination(url)
        return found
    path = path_of(url)
    if path == MEMORY:
        raise UserError("a database in memory is gone when a command ends", "copy into a file, or into PostgreSQL")
    from cosell.store.sqlite.copying import destination

    return destination(path)


def explanation(url: str, error: StoreUnavailable) -> UserError:
    """What to tell a user of a database that did not answer."""
    if is_postgres(url):
        told: UserError = _postgres().mishap(url, error)
        return told
    from cosell.store.sqlite.mishaps import mishap

    return mishap(path_of(url), error.__cause__ or error)


def check_place(url: str) -> None:
    """Raises UserError where the URL names no store, or none that could be served. Makes and changes nothing."""
    if is_postgres(url):
        _postgres().check_database(url)
        return
    path = path_of(url)
    if path == MEMORY or (not Path(path).exists() and Path(path).absolute().parent.is_dir()):
        return
    from cosell.store.sqlite.read_only import check_file

    check_file(path)


def sqlite_version() -> str:
    """The version of the SQLite library that stores use, which is not that of Python's own module."""
    from cosell.store.sqlite.diagnosis import sqlite_version

    return sqlite_version()


def _postgres() -> "ModuleType":
    """The room of PostgreSQL. Raises UserError where what its extra brings is not installed."""
    try:
        from cosell.store import postgres
    except ImportError:  # it is not there, or without the library of PostgreSQL that its extra brings
        raise UserError("psycopg cannot be loaded", "install it with: pip install 'cosell[postgres]'") from None
    return postgres
