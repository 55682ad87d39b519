"""Copying a whole database while others work with it, and restoring it.

The copy is made some pages at a time, and nothing is held between them, so the log of a busy database can be truncated.
A change by another process makes SQLite start over; if that happens again and again, the rest is read in one go.
Writers never wait for it. Source: https://www.sqlite.org/backup.html. Decision: docs/decisions/0041.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from cosell.errors import UserError
from cosell.store.sqlite.connection import UNUSABLE, check_origin, schema_versions
from cosell.store.sqlite.mishaps import mishap
from cosell.store.sqlite.read_only import open_for_reading
from cosell.suggestion import suggested
from cosell.whole_file import put_in_place

PAGES_AT_ONCE: Final = 16_384
"""32 MiB: less than a tenth of a second."""
MOST_BEGINNINGS: Final = 3
"""How often it is started before the rest is read in one go."""
ALL: Final = -1
OWNER_ALONE: Final = 0o600
"""The key that signs page tokens is in it."""
ASIDE: Final = ".replaced"
BESIDE: Final = ("-wal", "-shm", "-journal")

_SHARED: Final = 0x40000002, 510
"""The first of the bytes, and how many, that every connection to a file holds a lock on [SQLite, os.h]."""


class Backup(msgspec.Struct, frozen=True):
    """A copy that was made."""

    opportunities: int
    bytes: int


def back_up(path: str, to: Path) -> Backup:
    """Copy the database at `path` to a file, which takes its name, also an earlier one's, when it is whole and on disk.

    Raises UserError for what is not a whole database of cosell's, and OSError if the file cannot be written.
    """
    target = to.resolve()
    if target == Path(path).resolve():
        raise UserError(f"{to} is the database itself", "name another file")
    with _copied(path, target) as (copy, made):
        put_in_place(copy, target)
    return made


def restore(backup: Path, path: str, *, replace: bool) -> tuple[Backup, Path | None]:
    """Restore a backup over the database at `path`; returns the copy, and where the replaced one is now.

    Raises UserError if one exists and may not be replaced, if somebody has it open, and as `back_up` does.
    """
    target = Path(path).resolve()
    if target == backup.resolve():
        raise UserError(f"{backup} is the database itself", "name another file with --db")
    is_there = target.exists()
    if is_there and not replace:
        raise UserError(
            f"{path} already exists", f"say --replace, which keeps it as {path}{ASIDE}, or name another with --db"
        )
    with _copied(str(backup), target) as (copy, made):
        if is_there:
            _empty_log(target)
            with _nobody_else(target, path):
                _take_over(copy, target)
                for suffix in ("", *BESIDE):
                    Path(f"{target}{ASIDE}{suffix}").unlink(missing_ok=True)
                _put_aside(target)
                put_in_place(copy, target)
        else:
            _put_aside(target)  # an earlier restore was killed here: its log must not meet another database
            put_in_place(copy, target)
    return made, target.with_name(f"{target.name}{ASIDE}") if is_there else None


@contextmanager
def _copied(path: str, target: Path) -> Iterator[tuple[Path, Backup]]:
    """A complete copy of the database at `path` beside the `target`, removed at the end unless it was moved there."""
    with closing(open_for_reading(path)) as source:
        check_origin(source, path)
        if not schema_versions(source)[0]:
            raise UserError(f"{path} is not a database of cosell's", "name another file")
        with _partial(target) as place:
            try:
                with closing(apsw.Connection(str(place))) as copy:
                    _copy(source, copy)
                    made = _checked(copy, path)
            except apsw.FullError:
                raise UserError(f"{target.parent} has no room for a copy of {path}", "free some space there") from None
            except UNUSABLE as error:
                raise mishap(path, error) from None
            yield place, made


def _copy(source: apsw.Connection, copy: apsw.Connection) -> None:
    copy.execute("PRAGMA synchronous = OFF").fetchall()  # it is synced when it is whole
    with copy.backup("main", source, "main") as backup:
        beginnings, remaining = 0, 0
        while not backup.done:
            backup.step(PAGES_AT_ONCE if beginnings < MOST_BEGINNINGS else ALL)
            beginnings += backup.remaining >= remaining
            remaining = backup.remaining
    copy.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, with no log beside it


def _checked(copy: apsw.Connection, path: str) -> Backup:
    """What a copy holds. Raises UserError if it is damaged."""
    defects = copy.execute("PRAGMA quick_check(1)").get
    if defects != "ok":
        raise UserError(
            f"{path} is damaged, and nothing was written",
            f"take an earlier backup, or write what is left with: {suggested('dump')}",
        )
    numbers: Any = copy.execute(
        "SELECT (SELECT count(*) FROM opportunity), page_count * page_size FROM pragma_page_count, pragma_page_size"
    ).fetchone()
    return Backup(*numbers)


@contextmanager
def _partial(target: Path) -> Iterator[Path]:
    """An empty file beside the `target` for one command at a time. What a killed one has left there is taken over."""
    place = target.with_name(f".{target.name}.partial")
    beside = [Path(f"{place}{suffix}") for suffix in BESIDE]
    while True:
        file = os.open(place, os.O_RDWR | os.O_CREAT, OWNER_ALONE)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError(f"another command writes {target}", "wait for it, or name another file") from None
            if not place.exists() or not os.path.samestat(place.stat(), os.fstat(file)):
                continue  # another command was just done
            os.ftruncate(file, 0)
            for leftover in beside:
                leftover.unlink(missing_ok=True)
            try:
                yield place
            except BaseException:
                for leftover in (place, *beside):
                    leftover.unlink(missing_ok=True)
                raise
            return
        finally:
            os.close(file)


@contextmanager
def _nobody_else(target: Path, path: str) -> Iterator[None]:
    """Keep others from a database, also a damaged one. Raises UserError if somebody has it open."""
    first, count = _SHARED
    with target.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, count, first)
        except (BlockingIOError, PermissionError):
            raise UserError(f"{path} is in use", "stop the server or the command that has it open") from None
        yield


def _empty_log(target: Path) -> None:
    """Put into a file what its log has, so that there is one file to move. A damaged one is moved with its log."""
    with suppress(*UNUSABLE), closing(apsw.Connection(str(target), flags=apsw.SQLITE_OPEN_READWRITE)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _take_over(copy: Path, target: Path) -> None:
    """Give the copy the same permissions as the database."""
    status = target.stat()
    copy.chmod(stat.S_IMODE(status.st_mode))
    with suppress(PermissionError):  # another's file, which only root can give back to its owner
        os.chown(copy, status.st_uid, status.st_gid)


def _put_aside(target: Path) -> None:
    """Rename what there is of a database and its log."""
    for suffix in ("", "-wal"):
        if (file := Path(f"{target}{suffix}")).exists():
            file.rename(f"{target}{ASIDE}{suffix}")
    Path(f"{target}-shm").unlink(missing_ok=True)
