"""From a mirror's URL to its target."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cosell.errors import UserError
from cosell.suggestion import suggested
from cosell.sync.target import MirrorUnavailable, NoMirror
from cosell.sync.targets import structure
from cosell.sync.targets.database import Database
from cosell.sync.targets.lock_file import MEMORY
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.schema import migrate, steps_of

DUCKDB_SUFFIX: Final = ".duckdb"


def open_target(
    url: str, *, create: bool = True, repair: bool = False, tell: Callable[[list[str]], None] = lambda _: None
) -> Mirror:
    """The mirror that `url` names: a file's path, `sqlite:///path`, `postgresql://…`, or `duckdb:///path`.

    A plain path is a SQLite file, unless it ends with `.duckdb`. `:memory:` is a path for tests.

    Migrates older mirrors. Without `create` there must be a mirror already. With `repair`, missing tables, columns and
    views are recreated, and reported to `tell`; without, they raise UserError.

    Raises UserError, and writes nothing, if the URL names no database, one that cannot be opened, one of another
    program or of a newer cosell; MirrorBusy if another process holds one that must be migrated.
    """
    database = _database(url, create=create)
    try:
        migrate(database, steps_of(database.dialect), create=create)
        if repair:
            tell(structure.repair(database))
        else:
            structure.check(database)
        database.settle()
    except MirrorUnavailable as error:
        database.close()
        raise UserError(f"cannot open the mirror: {error}", "check its database") from None
    except BaseException:
        database.close()
        raise
    return Mirror(database)


def _database(url: str, *, create: bool) -> Database:
    """The open database. Each driver is loaded on first use."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "duckdb" if Path(url).suffix == DUCKDB_SUFFIX else "sqlite", f"/{url}"
    match scheme:
        case "sqlite":
            from cosell.sync.targets.sqlite import SqliteDatabase

            return SqliteDatabase(_file(rest, create=create))
        case "duckdb":
            return _duckdb(_file(rest, create=create))
        case "postgresql" | "postgres":
            return _postgres(url)
    raise UserError(
        f"no mirror can live at {scheme}://",
        "name a file, sqlite:///path, postgresql://… or duckdb:///path",
    )


def _duckdb(path: str) -> Database:
    try:
        from cosell.sync.targets.duckdb import DuckdbDatabase
    except ModuleNotFoundError:
        raise UserError("DuckDB is not installed", "install it with: pip install 'cosell[duckdb]'") from None
    return DuckdbDatabase(path)


def _postgres(url: str) -> Database:
    try:
        from cosell.sync.targets.postgres import PostgresDatabase
    except ImportError:  # it is not there, or without the library of PostgreSQL that its extra brings
        raise UserError("psycopg cannot be loaded", "install it with: pip install 'cosell[postgres]'") from None
    return PostgresDatabase(url)


def _file(rest: str, *, create: bool) -> str:
    """The path of a URL: what stands behind the slash that ends its empty host."""
    path = rest.removeprefix("/")
    if not path:
        raise UserError("no file is named", "name one, such as mirror.db")
    if not create and path != MEMORY and not Path(path).exists():
        raise NoMirror(f"there is no mirror {path}", f"make one with: {suggested('sync', mirror=path)}")
    return path
