"""What earlier pushes did: a small SQLite file that outlives the service's memory of ClientTokens.

For each row it records the opportunity that was created or updated, and when a creation was begun whose answer never
came. A row is identified by its name (`rows.name_of`); of its content only a digest is kept.
"""

import sqlite3
from pathlib import Path
from typing import Final, Self

import msgspec

from cosell.sync.state_file import StateFile

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
    `created` is the stamp of its creation, None if no push created it.
    """

    begun_ms: int | None = None
    id: str | None = None
    content: str | None = None
    last_modified: str | None = None
    created: str | None = None


class Journal:
    """The pushes of one account into one catalog."""

    def __init__(self, connection: sqlite3.Connection, file: StateFile, account: str, catalog: str) -> None:
        self._connection = connection
        self._file = file
        self._scope = (account, catalog)

    @classmethod
    def open(cls, path: Path, account: str, catalog: str) -> Self:
        """The journal in the file `path`, which is created if it does not exist, readable by its owner alone.

        Raises UserError if the file cannot be opened, is not a SQLite database, or was written by a newer cosell.
        """
        file = StateFile(path, "journal", _SCHEMA, "check the file and its folder, or name another one")
        return cls(file.open(), file, account, catalog)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def of(self, name: str) -> Pushed:
        """What is known of a row; nothing if it is new."""
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
        """Forget a row."""
        self._ask("DELETE FROM pushed WHERE account = ? AND catalog = ? AND name = ?", (*self._scope, name))

    def _ask(self, statement: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise self._file.unusable(error) from None
