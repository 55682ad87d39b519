"""SQLite's errors about a file, worded for whoever has to do something about it."""

from typing import Final

import apsw

from cosell.errors import UserError
from cosell.suggestion import suggested

_LOCKED: Final = ("is locked by another program", "wait for it, or end it")
_MISHAPS: Final[dict[type[BaseException], tuple[str, str]]] = {
    apsw.NotADBError: ("is not a SQLite database", "name another file with --db"),
    apsw.BusyError: _LOCKED,
    apsw.LockedError: _LOCKED,
    apsw.FullError: ("cannot be written, because the disk is full", "free some space there, and in TMPDIR"),
    apsw.ReadOnlyError: ("cannot be written", "see to the permissions of the file and of its folder"),
    apsw.CantOpenError: ("cannot be opened", "see to the file, its folder and their permissions"),
}


_LOST: Final = (apsw.CorruptError, apsw.SQLError)


def mishap(path: str, error: BaseException, *, salvaging: bool = False) -> UserError:
    """What has happened to the database in the file `path`, and what to do about it.

    A `salvaging` caller has already done what helps with a damaged one.
    """
    if salvaging and isinstance(error, _LOST):
        return UserError(f"{path} is damaged, and nothing of it can be read", "restore a backup")
    if isinstance(error, apsw.CorruptError):
        return UserError(f"{path} is damaged", f"write what is left with: {suggested('dump', db=path)}")
    see = f"see what is wrong with: {suggested('doctor', db=path)}"
    fact, next_step = _MISHAPS.get(type(error), (f"cannot be used: {error}", see))
    return UserError(f"{path} {fact}", next_step)
