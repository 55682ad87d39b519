"""From a mirror's URL to its target."""

from pathlib import Path
from typing import Final

from cosell.errors import UserError
from cosell.sync.targets.database import Database
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.schema import migrate, steps_of

DEFAULT: Final = "mirror.db"
MEMORY: Final = ":memory:"


def open_target(url: str = DEFAULT, *, create: bool = True) -> Mirror:
    """The mirror that `url` names: a file's path, `:memory:`, or `sqlite:///path`.

    Brings older mirrors up to date. Without `create` there must be a mirror already.

    Raises UserError, and writes nothing, where the URL names no database, one that cannot be opened, one of another
    program or of a newer cosell; MirrorBusy where another process holds one that has to be brought up to date.
    """
    database = _database(url, create=create)
    try:
        migrate(database, steps_of(database.dialect), create=create)
        database.settle()
    except BaseException:
        database.close()
        raise
    return Mirror(database)


def _database(url: str, *, create: bool) -> Database:
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        raise UserError(f"{scheme}:// names no database that a mirror can live in", "name a file or sqlite:///path")
    from cosell.sync.targets.sqlite import SqliteDatabase  # a driver is loaded when it is asked for

    return SqliteDatabase(_file(rest.removeprefix("/") if separator else url, create=create))


def _file(path: str, *, create: bool) -> str:
    if not path:
        raise UserError("no file is named", f"name one, such as {DEFAULT}")
    if not create and not Path(path).exists():
        raise UserError(f"there is no mirror {path}", "make one with: cosell sync")
    return path
