"""Opening a database file: its settings, its schema, and the errors that mean "not now"."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import apsw

from cosell.errors import UserError
from cosell.store.interface import StoreBusy, StoreUnavailable
from cosell.store.patience import seconds_until
from cosell.store.sql.copied_parts import PROGRESS
from cosell.store.sql.search_columns import CREATE_SEARCH_INDEXES
from cosell.store.sqlite.indexes import CREATE_INDEXES
from cosell.store.sqlite.mishaps import mishap
from cosell.store.sqlite.sql_connection import SqliteConnection
from cosell.suggestion import suggested

BUSY_TIMEOUT_MS: Final = 10_000
"""How long a connection waits for those of other processes if no deadline comes first."""
PAGE_BYTES: Final = 2048
"""Of a new database. A change writes some thirty pages, whatever their size; pages of 4,096 bytes hold one record each,
and leave four tenths of themselves empty (docs/decisions/0027)."""

LOG_BYTES: Final = 32 * 1024 * 1024
"""Bytes in the log that trigger a checkpoint. Most pages are those of indexes, written again and again: the longer the
log, the fewer of them are copied."""

LOG_LIMIT_BYTES: Final = 2 * LOG_BYTES
"""The log's file is truncated to this after a checkpoint that a reader had delayed. Twice its normal size, so that no
truncation is in vain."""

CACHE_KIB: Final = 32 * 1024
"""Pages kept by each connection. Beyond it the operating system's cache serves, which no process is charged for."""

REASONS: Final[dict[type[apsw.Error], str]] = {
    apsw.BusyError: "another writer holds it",
    apsw.LockedError: "another writer holds it",
    apsw.ProtocolError: "its lock cannot be taken",
    apsw.FullError: "its disk is full",
    apsw.IOError: "its disk fails",
    apsw.CantOpenError: "its files cannot be opened",
    apsw.PermissionsError: "its files may not be opened",
    apsw.ReadOnlyError: "it is read-only",
    apsw.CorruptError: "its file is damaged",
    apsw.NotADBError: "its file is not a database",
}
"""SQLite's ways of saying that the database does not answer now, and what each means."""
NOT_NOW: Final[tuple[type[apsw.Error], ...]] = tuple(REASONS)
UNUSABLE: Final[tuple[type[apsw.Error], ...]] = (*NOT_NOW, apsw.SQLError)
"""All of these, and the way of saying that a table is lost."""
_ALSO_FULL: Final = apsw.SQLITE_IOERR_SHMSIZE
"""The log's index cannot grow."""
_ALSO_READ_ONLY: Final = (errno.EROFS, errno.EPERM)
"""Why a file that is open already is not written: its disk has turned read-only, or it has become immutable."""
HALF_A_COPY: Final = f"SELECT count(*) FROM sqlite_schema WHERE name = '{PROGRESS}'"
_INDEXES_OF: Final = {1: CREATE_INDEXES, 11: CREATE_SEARCH_INDEXES}
"""By the number of the migration that makes their tables."""
_LOST: Final = "no such "
"""How the message of a SQLError begins where a table, a column or an index is lost."""


def open_connection(path: str, *, create: bool = True) -> SqliteConnection:
    """A connection with cosell's settings. Raises UserError where the file cannot be opened as a database."""
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
    try:
        connection = SqliteConnection(path, flags, statementcachesize=512)
        configure(connection)
        for pragma in (
            f"page_size = {PAGE_BYTES}",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"journal_size_limit = {LOG_LIMIT_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        page_bytes = connection.pragma("page_size")
        assert isinstance(page_bytes, int)
        connection.wal_autocheckpoint(LOG_BYTES // page_bytes)
    except NOT_NOW as error:
        raise mishap(path, error) from None
    return connection


def configure(connection: apsw.Connection) -> None:
    """The settings of a connection that leave its file as it is."""
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    # Without it SQLite plans a cached statement anew whenever values are bound to it, in case they change the plan.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    for pragma in (
        "foreign_keys = OFF",  # held by the code that writes; a check for each row would double a bulk load
        f"cache_size = -{CACHE_KIB}",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def begin_writing(connection: apsw.Connection, deadline: float) -> None:
    """Begin a transaction with the writer's lock. Raises apsw.BusyError if another process has it until then."""
    connection.set_busy_timeout(min(BUSY_TIMEOUT_MS, round(seconds_until(deadline) * 1000)))
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)


def migrate(connection: apsw.Connection, new_token_key: bytes) -> None:
    """Migrate the schema, one numbered file after the other, each in its own transaction."""
    for number, file in enumerate(_migrations(), start=1):
        if _version(connection) >= number:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) < number:  # another process may have been faster
                # A statement only runs once the rows of the one before it are taken.
                connection.execute(file.read_text(encoding="utf-8")).fetchall()
                for statement in _INDEXES_OF.get(number, ()):
                    connection.execute(statement)
                if number == 1:
                    connection.execute("INSERT INTO installation VALUES (1, ?, 0)", (new_token_key,))
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite rolls back by itself after some errors
                connection.execute("ROLLBACK")
            raise


def check_origin(connection: apsw.Connection, path: str, *, is_copied: bool = False) -> None:
    """Raises UserError for a database that a newer cosell has migrated, or that belongs to another program.

    One that is only half a copy is refused, too, unless that `is_copied` now.
    """
    version, newest = schema_versions(connection)
    if is_foreign(connection):
        raise UserError(f"{path} is the database of another program", "name another file with --db")
    if version > newest:
        raise UserError(
            f"{path} was written by a newer cosell", "upgrade cosell, or restore a backup from before the upgrade"
        )
    if not is_copied and connection.execute(HALF_A_COPY).get:
        raise UserError(f"{path} is a copy that was broken off", f"go on with: {suggested('copy', 'FROM', path)}")


def is_foreign(connection: apsw.Connection) -> bool:
    """Whether a database has tables, but none of cosell's."""
    return bool(connection.execute("SELECT count(*) > 0 AND NOT max(name = 'installation') FROM sqlite_schema").get)


def schema_versions(connection: apsw.Connection) -> tuple[int, int]:
    """The schema's version of a database, and the newest that this cosell knows."""
    return _version(connection), len(_migrations())


def migration_names() -> list[str]:
    """The names of all migrations, in their order."""
    return [file.name.removesuffix(".sql") for file in _migrations()]


def _migrations() -> list[Traversable]:
    folder = resources.files(__package__).joinpath("migrations")
    return sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)


def _version(connection: apsw.Connection) -> int:
    version = connection.execute("PRAGMA user_version").get
    assert isinstance(version, int)
    return version


@contextmanager
def unavailable_instead_of_sqlite_errors(connection: apsw.Connection | None = None) -> Iterator[None]:
    """Turns SQLite's ways of saying "not now" into StoreUnavailable. See `reason_of` for the `connection`."""
    try:
        yield
    except apsw.Error as error:
        reason = reason_of(error, connection)
        if reason is None:
            raise
        kind = StoreBusy if isinstance(error, apsw.BusyError | apsw.LockedError) else StoreUnavailable
        raise kind(reason) from error


def reason_of(error: BaseException | None, connection: apsw.Connection | None = None) -> str | None:
    """Why the database does not answer, without a word of what it holds; None for every other error.

    The `connection` that gave the error tells a disk that has turned read-only from one that fails.
    """
    if isinstance(error, NOT_NOW):
        kind = type(error)
        if getattr(error, "extendedresult", 0) == _ALSO_FULL:
            kind = apsw.FullError
        elif kind is apsw.IOError and connection is not None and connection.system_errno in _ALSO_READ_ONLY:
            kind = apsw.ReadOnlyError
        return f"{REASONS[kind]} ({_code_of(error)})"
    if isinstance(error, apsw.SQLError) and str(error).startswith(_LOST):
        return f"its tables are not all there ({error})"
    return None


def _code_of(error: apsw.Error) -> str:
    """SQLite's name of an error, such as SQLITE_IOERR_WRITE."""
    code: int = getattr(error, "extendedresult", 0)
    name = apsw.mapping_extended_result_codes.get(code) or apsw.mapping_result_codes.get(code)
    return str(name or type(error).__name__)
