"""The answers that were given to ClientTokens, as one transaction sees and writes them.

A group asks for all of its tokens at once, since to ask for one takes as long as the change that it comes with.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

from cosell.store.interface import Remembered
from cosell.store.postgres.sql_connection import Batch, PostgresConnection

Key: TypeAlias = tuple[int, str, str]
"""The number of a scope, an operation and a token."""

_FIND: Final = """
SELECT scope_id, operation, client_token, request_digest, answer, until
FROM unnest(?::integer[], ?::text[], ?::text[]) AS asked (scope_id, operation, client_token)
JOIN client_token USING (scope_id, operation, client_token)
"""
_REMEMBER: Final = Batch(
    "INSERT INTO client_token "
    "SELECT * FROM unnest(?::integer[], ?::text[], ?::text[], ?::bytea[], ?::bytea[], ?::bigint[]) "
    "ON CONFLICT (scope_id, operation, client_token) "
    "DO UPDATE SET request_digest = excluded.request_digest, answer = excluded.answer, until = excluded.until"
)


class Tokens:
    """What is known of them inside one transaction of `connection`."""

    def __init__(self, connection: PostgresConnection) -> None:
        self._connection = connection
        self._known: dict[Key, tuple[Remembered, int] | None] = {}

    def look_up(self, keys: Iterable[Key]) -> None:
        """Find out about all of these."""
        asked = [key for key in keys if key not in self._known]
        if not asked:
            return
        self._known.update(dict.fromkeys(asked))
        columns = [list(column) for column in zip(*asked, strict=True)]
        for scope_id, operation, token, request_digest, answer, until in self._connection.rows(_FIND, columns):
            self._known[scope_id, operation, token] = Remembered(request_digest, answer), until

    def remembered(self, key: Key, now_ms: int) -> Remembered | None:
        """The answer that was given to this token, unless it is forgotten."""
        self.look_up([key])
        known = self._known[key]
        return None if known is None or known[1] <= now_ms else known[0]

    def remember(self, key: Key, answer: Remembered, until_ms: int) -> None:
        """Keep an answer until then."""
        self._known[key] = answer, until_ms
        self._connection.put_row(_REMEMBER, (*key, answer.request_digest, answer.answer, until_ms))

    def clear(self, scope_id: int) -> None:
        """Forget all of a scope."""
        for key in self._known:
            if key[0] == scope_id:
                self._known[key] = None
