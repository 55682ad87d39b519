"""New in-memory databases: copies of one that this process has migrated, since a test suite needs thousands.

Creating the schema takes some hundred times as long as copying it (docs/decisions/0036).
"""

from functools import cache
from typing import Final

import apsw

from cosell.store.sqlite.connection import migrate, open_connection

MEMORY: Final = ":memory:"


def fill(connection: apsw.Connection, new_token_key: bytes) -> None:
    """Give an empty in-memory database the schema, and a key of its own."""
    source = apsw.Connection(MEMORY)
    source.deserialize("main", _migrated())
    with connection.backup("main", source, "main") as copying:
        copying.step()
    source.close()
    connection.execute("UPDATE installation SET token_key = ?", (new_token_key,))


@cache
def _migrated() -> bytes:
    connection = open_connection(MEMORY)
    migrate(connection, b"")
    migrated = connection.serialize("main")
    connection.close()
    return migrated
