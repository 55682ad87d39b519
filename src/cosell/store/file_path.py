"""The path of a database in a file: from its URL, and whether there is a database to look at."""

import stat
from pathlib import Path
from typing import Final

from cosell.errors import UserError
from cosell.suggestion import suggested

MEMORY: Final = ":memory:"


def path_of(url: str) -> str:
    """The path that a URL names, or `:memory:`. Raises UserError where it names none."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        raise _unknown(scheme)
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


def check_presence(path: str) -> None:
    """Raises UserError where `path` is not a file with something in it."""
    if path == MEMORY:
        raise UserError("a database in memory holds nothing when a command begins", "name a file with --db")
    make_one = f"make one with: {suggested('seed', db=path)}"
    try:
        status = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"there is no database {path}", make_one) from None
    except OSError as error:
        raise UserError(f"cannot open {path}: {error}", "name another file with --db") from None
    if stat.S_ISDIR(status.st_mode):
        raise UserError(f"{path} is a folder", "name a file with --db")
    if not status.st_size:
        raise UserError(f"{path} is empty, no database", make_one)


def _unknown(scheme: str) -> UserError:
    if "postgres" in scheme.lower():  # as SQLAlchemy, JDBC and others have it: postgresql+psycopg
        return UserError(f"cannot open {scheme}:// databases", "write it as postgresql://user@host/database with --db")
    return UserError(
        f"cannot open {scheme}:// databases", "name a file, :memory:, sqlite:///path or postgresql://… with --db"
    )
