"""Opening a database to read it, even if its file, its folder or the whole file system is read-only.

Reading a database in WAL mode also writes: the log's index, and an empty log. If SQLite may not do that, it reads a
file only as "immutable", which ignores the log. So that is done only if there is no log. Source:
https://www.sqlite.org/wal.html#readonly, tried with 3.54.
"""

from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

from cosell.errors import UserError
from cosell.store.schema_state import SchemaState
from cosell.store.sqlite.connection import (
    UNUSABLE,
    check_origin,
    configure,
    migrate,
    migration_names,
    open_connection,
    schema_versions,
)
from cosell.store.sqlite.mishaps import mishap
from cosell.store.sqlite.sql_connection import SqliteConnection

_LOGS: Final = ("-wal", "-journal")


def open_for_reading(path: str, *, damaged: bool = False) -> SqliteConnection:
    """A connection that changes neither the file's schema nor its journal mode; of a `damaged` file, what can be read.

    Raises UserError if the file cannot be read, or not without changes that only its log has.
    """
    try:
        try:
            return _opened(path, apsw.SQLITE_OPEN_READWRITE, damaged)  # for reading alone, where it may not be written
        except (apsw.ReadOnlyError, apsw.CantOpenError):
            _check_logs(path)
            address = f"{Path(path).absolute().as_uri()}?immutable=1"
            return _opened(address, apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI, damaged)
    except UNUSABLE as error:
        raise mishap(path, error, salvaging=damaged) from None


def bring_up_to_date(path: str, *, damaged: bool = False) -> None:
    """Let a database that is there have the newest schema.

    Raises UserError for what is not a database of cosell's, one of a newer cosell, or one that cannot be changed.
    """
    try:
        with closing(open_for_reading(path, damaged=damaged)) as connection:
            if not _is_older(connection, path):
                return
        with closing(open_connection(path)) as connection:
            migrate(connection, b"")  # its own key is there already
    except UNUSABLE as error:
        raise mishap(path, error, salvaging=damaged) from None


def check_file(path: str) -> None:
    """Raises UserError for a file that cannot be opened, or that belongs to another program or a newer cosell."""
    with closing(open_for_reading(path)) as connection:
        check_origin(connection, path)


def schema_state(path: str | None) -> SchemaState:
    """How far the schema of the file `path` is; without one, that of no file at all.

    Raises UserError for a file that cannot be opened, or that belongs to another program or a newer cosell.
    """
    if path is None:
        return SchemaState(0, migration_names())
    try:
        with closing(open_for_reading(path)) as connection:
            check_origin(connection, path)
            version, _ = schema_versions(connection)
    except UNUSABLE as error:
        raise mishap(path, error) from None
    return SchemaState(version, migration_names()[version:])


def _is_older(connection: apsw.Connection, path: str) -> bool:
    check_origin(connection, path)
    version, newest = schema_versions(connection)
    if not version:
        raise UserError(f"{path} is not yet a database of cosell's", "name another file with --db")
    if version < newest and connection.readonly("main"):
        raise UserError(
            f"{path} is of an older cosell, and cannot be brought up to date where it may not be written",
            "copy it elsewhere, and name the copy with --db",
        )
    return version < newest


def _opened(path: str, flags: int, damaged: bool) -> SqliteConnection:
    connection = SqliteConnection(path, flags=flags, statementcachesize=512)
    try:
        if damaged:  # SQLite refuses a file that was cut short, unless it is told that somebody is repairing it
            connection.execute("PRAGMA writable_schema = ON").fetchall()
        configure(connection)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _check_logs(path: str) -> None:
    for log in (Path(f"{path}{suffix}") for suffix in _LOGS):
        if log.exists() and log.stat().st_size:
            raise UserError(
                f"{log} has changes that are not yet in {path}, and cannot be read where nothing may be written",
                "copy both into a folder of your own, and name the copy with --db",
            )
