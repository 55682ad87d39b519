"""What is wrong with a database file, without creating or changing it."""

import os
from pathlib import Path
from typing import Final

import apsw

from cosell.store.diagnosis import Diagnosis
from cosell.store.interface import StoreUnavailable
from cosell.store.sqlite.connection import NOT_NOW, is_foreign, reason_of, schema_versions
from cosell.store.sqlite.write_check import CHANGE_BYTES, check_schema, whole_schema, write_and_take_back
from cosell.suggestion import suggested

PATIENCE_MS: Final = 1_000
"""How long to wait for another writer."""
MEMORY: Final = ":memory:"


def sqlite_version() -> str:
    """The version of the SQLite library inside apsw."""
    return apsw.sqlite_lib_version()


def diagnosis(path: str) -> Diagnosis:
    """Checks the schema, writes as much as a change does and rolls it back, and reads every page once."""
    if path == MEMORY:
        return Diagnosis("the database is in memory, and begins empty")
    if not Path(path).exists():
        folder = Path(path).absolute().parent
        if not os.access(folder, os.W_OK | os.X_OK):
            return Diagnosis(f"{folder} is not a folder to write to", "name another file with --db")
        fill, serve = suggested("seed", db=path), suggested("serve", db=path)
        return Diagnosis(f"{path} does not exist yet; make it with: {fill}; or with: {serve}")
    if not os.access(path, os.W_OK):
        return Diagnosis(f"{path} is read-only", "check its rights, and how its file system is mounted")
    try:
        connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            return _of_open_database(connection, path)
        finally:
            connection.close()
    except apsw.BusyError:
        return Diagnosis(f"{path} is locked by another writer", "end the program that holds it, or wait for it")
    except apsw.NotADBError:
        return Diagnosis(f"{path} is not a SQLite database", "name another file with --db")
    except StoreUnavailable as lost:
        return Diagnosis(f"{path} cannot be used: {lost}", "restore a backup")
    except NOT_NOW as error:
        reason = reason_of(error)
        return Diagnosis(f"{path} cannot be written: {reason}", "check the disk, the file, its folder and their rights")


def _of_open_database(connection: apsw.Connection, path: str) -> Diagnosis:
    connection.set_busy_timeout(PATIENCE_MS)
    if is_foreign(connection):
        return Diagnosis(f"{path} is the database of another program", "name another file with --db")
    version, newest = schema_versions(connection)
    if version > newest:
        return Diagnosis(f"{path} has schema {version}, this cosell knows {newest}", "upgrade cosell")
    if version == newest:
        check_schema(connection, whole_schema())
    write_and_take_back(connection, CHANGE_BYTES)
    defects = [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)")]
    if defects != ["ok"]:
        return Diagnosis(
            f"{path} is damaged: {defects[0]}",
            f"restore a backup, or write what is left with: {suggested('dump', db=path)}",
        )
    if version < newest:
        return Diagnosis(f"{path} is writable and whole; its schema {version} becomes {newest} when it is next used")
    return Diagnosis(f"{path} is writable and whole, schema {version}")
