"""A small SQLite file in which the sync and the push store their own state, readable by its owner alone.

Python's own sqlite3 opens it: what it holds needs nothing newer.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from cosell.errors import UserError
from cosell.sync.sqlite_errors import in_words

BUSY_TIMEOUT_S: Final = 60.0
_VERSION: Final = 1


class StateFile(NamedTuple):
    """A file with its schema. `name` and `advice` are for the message if it cannot be used."""

    path: Path
    name: str
    schema: str
    advice: str

    def open(self) -> sqlite3.Connection:
        """A connection that several threads may use in turn. The file is created if it does not exist.

        Raises UserError if it cannot be opened, is not a SQLite database, or was written by a newer cosell.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):  # closing a file that SQLite has open would drop its locks
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            connection = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise self.unusable(error) from None
        try:
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def unusable(self, error: Exception) -> UserError:
        """The error for the user where the file does not do what it should."""
        return UserError(f"the {self.name} {self.path} cannot be used: {in_words(error)}", self.advice)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        try:
            if _version(connection) == 0:
                connection.execute("BEGIN IMMEDIATE")
                if _version(connection) == 0:  # another process may have been faster
                    connection.execute(self.schema)
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.execute("COMMIT")
            version = _version(connection)
        except sqlite3.Error as error:
            raise self.unusable(error) from None
        if version > _VERSION:
            raise UserError(f"the {self.name} {self.path} was written by a newer cosell", "upgrade cosell")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
