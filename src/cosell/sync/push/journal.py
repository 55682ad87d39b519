"""What earlier pushes did: a small SQLite file that outlives the service's memory of ClientTokens.

For each row it knows the opportunity that was made of it, and when a creation was begun whose answer never came.
A row is remembered by its name (`rows.name_of`); of its content only a digest is kept.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import msgspec

from cosell.errors import UserError

BUSY_TIMEOUT_S: Final = 60.0

_SCHEMA_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE pushed (
    account TEXT NOT NULL, catalog TEXT NOT NULL, name TEXT NOT NULL,
    begun_ms INTEGER, id TEXT, content TEXT, last_modified TEXT, created TEXT,
    PRIMARY KEY (account, catalog, name)
) WITHOUT ROWID
"""


class Pushed(msgspec.Struct, frozen=True):
    """What is known of a row. Without an `id`, a creation was begun at `begun_ms`, and no answer came.

    `content` is the digest of what was last pushed, `last_modified` the stamp that the opportunity got by it;
    `created` is the stamp of its creation, None where no push created it.
    """

    begun_ms: int | None = None
    id: str | None = None
    content: str | None = None
    last_modified: str | None = None
    created: str | None = None


class Journal:
    """The pushes of one account into one catalog."""

    def __init__(self, connection: sqlite3.Connection, path: Path, account: str, catalog: str) -> None:
        self._connection = connection
        self._path = path
        self._scope = (account, catalog)

    @classmethod
    def open(cls, path: Path, account: str, catalog: str) -> Self:
        """The journal in the file `path`, which is made where there is none, readable by its owner alone.

        Raises UserError where the file cannot be opened, is no SQLite database, or was written by a newer cosell.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):  # closing a file that SQLite has open would drop its locks
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise _no_journal(path, error) from None
        try:
            _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
        return cls(connection, path, account, catalog)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def of(self, name: str) -> Pushed:
        """What is known of a row; nothing, where it is new."""
        query = (
            "SELECT begun_ms, id, content, last_modified, created FROM pushed "
            "WHERE account = ? AND catalog = ? AND name = ?"
        )
        row = self._ask(query, (*self._scope, name)).fetchone()
        return Pushed(*row) if row else Pushed()

    def keep(self, name: str, pushed: Pushed) -> None:
        """Remember this of a row. Durable when it returns."""
        values = (*self._scope, name, *(getattr(pushed, field) for field in Pushed.__struct_fields__))
        self._ask("INSERT OR REPLACE INTO pushed VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def forget(self, name: str) -> None:
        """Know nothing of a row any more."""
        self._ask("DELETE FROM pushed WHERE account = ? AND catalog = ? AND name = ?", (*self._scope, name))

    def _ask(self, statement: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise _no_journal(self._path, error) from None


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise _no_journal(path, error) from None
    if version > _SCHEMA_VERSION:
        raise UserError(f"the journal {path} was written by a newer cosell", "upgrade cosell")


def _no_journal(path: Path, error: Exception) -> UserError:
    return UserError(
        f"the journal {path} cannot be used: {error}", "check the file and its folder, or name another one"
    )
