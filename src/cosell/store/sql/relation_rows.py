"""Solutions, tags and AWS's summaries, in SQL. See `store/relations.py` for the meaning of each method."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from cosell.rules.identifiers import id_key
from cosell.rules.solution import Solution
from cosell.store.sql.connection import SqlConnection, put_statement

_SOLUTION = "identifier, name, status, category, created, marketplace_arn"
_SOLUTIONS = f"SELECT {_SOLUTION} FROM solution WHERE scope_id = ?"


class RelationRows:
    """What a reading transaction sees of them."""

    _connection: SqlConnection
    _scope_id: int | None

    def aws_summary(self, identifier: str) -> bytes | None:
        """See `RelationReader.aws_summary`."""
        return self._blob("SELECT summary FROM aws_summary WHERE scope_id = ? AND id_key = ?", id_key(identifier))

    def solutions(self) -> Iterator[Solution]:
        """See `RelationReader.solutions`."""
        rows = self._connection.rows(f"{_SOLUTIONS} ORDER BY id_key", (self._scope_id,))
        return (Solution(*row) for row in rows)

    def solution(self, identifier: str) -> Solution | None:
        """See `RelationReader.solution`."""
        key = (self._scope_id, id_key(identifier))
        row = self._connection.row(f"{_SOLUTIONS} AND id_key = ?", key)
        return None if row is None else Solution(*row)

    def tags(self, resource: str) -> Mapping[str, str]:
        """See `RelationReader.tags`."""
        tags = self._tags_text(resource)
        return {} if tags is None else msgspec.json.decode(tags, type=dict[str, str])

    def _tags_text(self, resource: str) -> bytes | None:
        return self._blob("SELECT tags FROM tag_set WHERE scope_id = ? AND resource = ?", resource)

    def _blob(self, statement: str, key: str) -> bytes | None:
        row = self._connection.row(statement, (self._scope_id, key))
        return None if row is None else row[0]


class RelationChanges(RelationRows):
    """What a writing transaction makes of them."""

    def put_aws_summary(self, identifier: str, summary: bytes) -> None:
        """See `RelationWriter.put_aws_summary`."""
        self._put_beside("aws_summary", "id_key", "summary", id_key(identifier), summary)

    def put_solutions(self, solutions: Iterable[Solution]) -> None:
        """See `RelationWriter.put_solutions`."""
        for solution in solutions:
            self._connection.put(
                put_statement("solution", "scope_id, id_key", f"scope_id, id_key, {_SOLUTION}"),
                (self._scope_id, id_key(solution.identifier), *msgspec.structs.astuple(solution)),
            )

    def put_tags(self, resource: str, tags: Mapping[str, str]) -> None:
        """See `RelationWriter.put_tags`."""
        self._put_beside("tag_set", "resource", "tags", resource, msgspec.json.encode(tags))

    def clear_relations(self) -> None:
        """Remove all of them from the scope."""
        for table in ("aws_summary", "solution", "tag_set"):
            self._connection.put(f"DELETE FROM {table} WHERE scope_id = ?", (self._scope_id,))

    def _put_beside(self, table: str, key: str, column: str, resource: str, value: bytes) -> None:
        self._connection.put(
            put_statement(table, f"scope_id, {key}", f"scope_id, {key}, {column}"), (self._scope_id, resource, value)
        )
