"""The schema of a database: numbered files, each its own transaction, one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from psycopg import errors

from cosell.errors import UserError
from cosell.store.postgres.indexes import CREATE_INDEXES
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.sql.copied_parts import PROGRESS
from cosell.store.sql.search_columns import CREATE_SEARCH_INDEXES
from cosell.suggestion import suggested

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('cosell schema in ' || current_schema(), 0))"
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS schema_version (one integer PRIMARY KEY CHECK (one = 1), version integer NOT NULL)"
)
_INDEXES_OF: Final = {1: CREATE_INDEXES, 2: CREATE_SEARCH_INDEXES}
"""By the number of the migration that makes their tables."""
_OURS: Final = "SELECT to_regclass('installation') IS NOT NULL AND to_regclass('schema_version') IS NOT NULL"
HALF_A_COPY: Final = f"SELECT to_regclass('{PROGRESS}') IS NOT NULL"
_OTHERS: Final = (
    "SELECT count(*) > 0 FROM pg_class WHERE relkind IN ('r', 'p') "
    "AND relnamespace = to_regnamespace(quote_ident(current_schema()))"
)


def schema_versions(connection: PostgresConnection) -> tuple[int, int]:
    """The schema's version of a database, 0 before the first, and the newest that this cosell knows."""
    known = len(_migrations())
    try:
        return connection.value("SELECT version FROM schema_version") or 0, known
    except errors.UndefinedTable:
        return 0, known


def check_origin(connection: PostgresConnection, name: str, *, is_copied: bool = False) -> None:
    """Raises UserError for a database that a newer cosell has migrated, or that belongs to another program.

    One that is only half a copy is refused, too, unless that `is_copied` now.
    """
    encoding, schema = connection.row("SELECT current_setting('server_encoding'), current_schema()")
    if encoding != "UTF8":
        raise UserError(
            f"{name} is in {encoding}, not in UTF8", "make another: createdb --template=template0 --encoding=UTF8"
        )
    if schema is None:
        raise UserError(f"none of the schemas of the search path exists in {name}", "make one with: CREATE SCHEMA")
    version, newest = schema_versions(connection)
    if version > newest:
        raise UserError(
            f"{name} was written by a newer cosell", "upgrade cosell, or restore a backup from before the upgrade"
        )
    if not is_copied and connection.value(HALF_A_COPY):
        raise UserError(f"{name} is a copy that was broken off", f"go on with: {suggested('copy', 'FROM', name)}")
    if not version and connection.value(_OTHERS):
        raise UserError(f"{name} is the database of another program", "name another one, or another schema, with --db")


def migrate(connection: PostgresConnection, new_token_key: bytes) -> list[int]:
    """Bring the schema up to date: the numbers of the migrations that were missing. Raises psycopg.Error."""
    made = []
    for number, file in enumerate(_migrations(), start=1):
        if schema_versions(connection)[0] >= number:
            continue
        with _transaction(connection):
            connection.rows(_LOCK)
            connection.connection.execute(_TABLE.encode())
            if schema_versions(connection)[0] >= number:  # another process was faster
                continue
            connection.connection.cursor().execute(file.read_bytes())
            for statement in _INDEXES_OF.get(number, ()):
                connection.connection.execute(statement.encode())
            if number == 1:
                connection.run("INSERT INTO installation VALUES (1, ?)", (new_token_key,))
            connection.run(
                "INSERT INTO schema_version VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET version = excluded.version",
                (number,),
            )
            made.append(number)
    return made


@contextmanager
def _transaction(connection: PostgresConnection) -> Iterator[None]:
    connection.begin()
    try:
        with connection.large_statements():
            yield
            connection.commit()
    except BaseException:
        connection.roll_back()
        raise


def migration_names() -> list[str]:
    """The names of all migrations, in their order."""
    return [file.name.removesuffix(".sql") for file in _migrations()]


def _migrations() -> list[Traversable]:
    folder = resources.files(__package__).joinpath("migrations")
    return sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
