"""Where the files of a database are, and whether they are still the open ones.

A file that was deleted or moved away can still be read and written, but whoever opens its path next sees none of that.
So nothing is acknowledged that was written while the path named no file, or another one
(docs/decisions/0024-able-to-write.md).
"""

import os
from contextlib import suppress
from typing import Final, TypeAlias

import apsw

from cosell.store.interface import StoreUnavailable

FILE: Final = "its file"
LOG: Final = "its write-ahead log"
INDEX: Final = "the index of its write-ahead log"

Identity: TypeAlias = tuple[int, int]


class Place:
    """The place of an open database: the file that `path` names, and those that SQLite keeps beside it in WAL mode."""

    def __init__(self, path: str, opened: apsw.Connection) -> None:
        """`opened` has read something, so all of the files are there. Raises StoreUnavailable if it is gone."""
        path = os.path.abspath(path)  # noqa: PTH100  # where a link leads may change, and that is to be noticed
        beside = opened.filename  # SQLite has followed the link
        self._file = _Part(path, FILE)
        self._log = [_Part(f"{beside}-wal", LOG), _Part(f"{beside}-shm", INDEX)]
        self._file.note()
        self.note_log()

    def note_log(self) -> None:
        """Let the log be the one that is there now, or none: a large load does without one for a while."""
        for part in self._log:
            with suppress(StoreUnavailable):
                part.note()

    def check(self) -> None:
        """Raises StoreUnavailable if a file is not the one that is open. Costs 2 µs a file."""
        self._file.check()
        for part in self._log:
            part.check()


class _Part:
    def __init__(self, path: str, meaning: str) -> None:
        self._path = path
        self._meaning = meaning
        self._opened: Identity | None = None

    def note(self) -> None:
        self._opened = None  # not looked for, until it is found
        self._opened = self._found()

    def check(self) -> None:
        if self._opened is not None and self._found() != self._opened:
            raise StoreUnavailable(f"another file lies in the place of {self._meaning}: only a restart opens that")

    def _found(self) -> Identity:
        try:
            found = os.stat(self._path)  # noqa: PTH116  # a Path costs as much again
        except FileNotFoundError:
            raise StoreUnavailable(f"{self._meaning} was deleted or moved away") from None
        except OSError as error:
            raise StoreUnavailable(f"{self._meaning} cannot be found: {error.strerror}") from None
        return found.st_dev, found.st_ino
