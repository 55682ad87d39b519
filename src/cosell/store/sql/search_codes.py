"""The codes that stand for texts in the index of searches, as a search looks them up."""

from cosell.store.sql.connection import SqlConnection
from cosell.store.sql.search_columns import FIELD_NUMBERS, key_of_text, text_of


class ScopeCodes:
    """The `Codes` of a scope."""

    def __init__(self, connection: SqlConnection, scope_id: int | None) -> None:
        self._connection = connection
        self._scope_id = scope_id

    def code(self, field: str, text: str) -> int | None:
        """See `Codes.code`."""
        place = (self._scope_id, FIELD_NUMBERS[field], key_of_text(text))
        code: int | None = self._connection.value(
            "SELECT code FROM search_text WHERE scope_id = ? AND field = ? AND key = ?", place
        )
        return code

    def containing(self, field: str, parts: tuple[str, ...]) -> tuple[int, ...]:
        """See `Codes.containing`. The texts of such a field are few."""
        rows = self._connection.rows(
            "SELECT key, code FROM search_text WHERE scope_id = ? AND field = ?", (self._scope_id, FIELD_NUMBERS[field])
        )
        found = []
        for key, code in rows:
            text = text_of(key).casefold()
            if any(part in text for part in parts):
                found.append(code)
        return tuple(found)
