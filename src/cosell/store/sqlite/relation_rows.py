"""Solutions, tags and AWS's summaries, in SQL. See `store/relations.py` for the meaning of each method."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import apsw
import msgspec

from cosell.rules.identifiers import id_key
from cosell.rules.solution import Solution

_SOLUTIONS = "SELECT identifier, name, status, category, created, marketplace_arn FROM solution WHERE scope_id = ?"


class RelationRows:
    """What a reading transaction sees of them."""

    _connection: apsw.Connection
    _scope_id: int | None

    def aws_summary(self, identifier: str) -> bytes | None:
        """See `RelationReader.aws_summary`."""
        return self._blob("SELECT summary FROM aws_summary WHERE scope_id = ? AND id_key = ?", id_key(identifier))

    def solutions(self) -> Iterator[Solution]:
        """See `RelationReader.solutions`."""
        rows: Any = self._connection.execute(f"{_SOLUTIONS} ORDER BY id_key", (self._scope_id,)).fetchall()
        return (Solution(*row) for row in rows)

    def solution(self, identifier: str) -> Solution | None:
        """See `RelationReader.solution`."""
        key = (self._scope_id, id_key(identifier))
        row: Any = self._connection.execute(f"{_SOLUTIONS} AND id_key = ?", key).fetchone()
        return None if row is None else Solution(*row)

    def tags(self, resource: str) -> Mapping[str, str]:
        """See `RelationReader.tags`."""
        tags = self._tags_text(resource)
        return {} if tags is None else msgspec.json.decode(tags, type=dict[str, str])

    def _tags_text(self, resource: str) -> bytes | None:
        return self._blob("SELECT tags FROM tag_set WHERE scope_id = ? AND resource = ?", resource)

    def _blob(self, statement: str, key: str) -> bytes | None:
        row: Any = self._connection.execute(statement, (self._scope_id, key)).fetchone()
        return None if row is None else row[0]


class RelationChanges(RelationRows):
    """What a writing transaction makes of them."""

    def put_aws_summary(self, identifier: str, summary: bytes) -> None:
        """See `RelationWriter.put_aws_summary`."""
        self._put("INSERT OR REPLACE INTO aws_summary VALUES (?, ?, ?)", id_key(identifier), summary)

    def put_solutions(self, solutions: Iterable[Solution]) -> None:
        """See `RelationWriter.put_solutions`."""
        for solution in solutions:
            self._connection.execute(
                "INSERT OR REPLACE INTO solution VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (self._scope_id, id_key(solution.identifier), *msgspec.structs.astuple(solution)),
            )

    def put_tags(self, resource: str, tags: Mapping[str, str]) -> None:
        """See `RelationWriter.put_tags`."""
        self._put("INSERT OR REPLACE INTO tag_set VALUES (?, ?, ?)", resource, msgspec.json.encode(tags))

    def clear_relations(self) -> None:
        """Remove all of them from the scope."""
        for table in ("aws_summary", "solution", "tag_set"):
            self._connection.execute(f"DELETE FROM {table} WHERE scope_id = ?", (self._scope_id,))

    def _put(self, statement: str, key: str, value: bytes) -> None:
        self._connection.execute(statement, (self._scope_id, key, value))
