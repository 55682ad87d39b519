"""The codes that stand for texts in the index of searches, as a search looks them up."""

from typing import Any

import apsw

from cosell.store.sqlite.search_columns import FIELD_NUMBERS, key_of_text, text_of


class ScopeCodes:
    """The `Codes` of a scope."""

    def __init__(self, connection: apsw.Connection, scope_id: int | None) -> None:
        self._connection = connection
        self._scope_id = scope_id

    def code(self, field: str, text: str) -> int | None:
        """See `Codes.code`."""
        place = (self._scope_id, FIELD_NUMBERS[field], key_of_text(text))
        row: Any = self._connection.execute(
            "SELECT code FROM search_text WHERE scope_id = ? AND field = ? AND key = ?", place
        ).fetchone()
        return None if row is None else int(row[0])

    def containing(self, field: str, parts: tuple[str, ...]) -> tuple[int, ...]:
        """See `Codes.containing`. The texts of such a field are few."""
        rows: Any = self._connection.execute(
            "SELECT key, code FROM search_text WHERE scope_id = ? AND field = ?", (self._scope_id, FIELD_NUMBERS[field])
        )
        found = []
        for key, code in rows:
            text = text_of(key).casefold()
            if any(part in text for part in parts):
                found.append(code)
        return tuple(found)
