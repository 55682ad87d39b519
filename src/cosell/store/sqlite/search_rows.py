"""Searches, in SQL. See `store/search.py` for the meaning."""

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cosell.rules.list.page_token import Position
from cosell.rules.search.fields import Source
from cosell.rules.search.question import Question
from cosell.rules.search.sought import Sought
from cosell.store.search import Found, SearchPlan, page_of, search_plan
from cosell.store.sqlite.indexes import KEY_COLUMNS, index_name
from cosell.store.sqlite.relation_rows import RelationRows

if TYPE_CHECKING:
    from apsw import SQLiteValue

_NOT_READ: Final = "NULL"
_BESIDE: Final[dict[Source, str]] = {
    "tags": (
        "(SELECT tags FROM tag_set WHERE tag_set.scope_id = opportunity.scope_id "
        "AND resource = 'opportunity/O' || substr(opportunity.id_key, 2))"
    ),
    "aws": (
        "(SELECT aws_summary.summary FROM aws_summary "
        "WHERE aws_summary.scope_id = opportunity.scope_id AND aws_summary.id_key = opportunity.id_key)"
    ),
}
"""What stands beside the record."""


class SearchRows(RelationRows):
    """What a reading transaction finds."""

    def search(self, question: Question, after: Position | None, limit: int) -> Found:
        """See `SearchReader.search`. A savepoint, so that all its statements see the same moment."""
        plan = search_plan(question, after)
        with self._connection:
            with closing(self._connection.execute(*self._query(plan))) as cursor:
                rows: Any = cursor
                found = page_of((Sought(*row) for row in rows), question, plan, after, limit)
            whole = [self._whole(sought) for sought in found.page]
        return msgspec.structs.replace(found, page=whole)

    def _query(self, plan: SearchPlan) -> "tuple[str, list[SQLiteValue]]":
        direction, behind = ("DESC", "<") if plan.descending else ("ASC", ">")
        columns = tuple(dict.fromkeys((KEY_COLUMNS[plan.order], "id_key")))  # an identifier breaks its own ties
        conditions = ["scope_id = ?"]
        bindings: list[SQLiteValue] = [self._scope_id]
        if plan.after is not None:
            conditions.append(f"({', '.join(columns)}) {behind} ({', '.join('?' * len(columns))})")
            bindings += (plan.after.key, plan.after.id_key)[-len(columns) :]
        beside = ", ".join(query if source in plan.sources else _NOT_READ for source, query in _BESIDE.items())
        return (
            f"SELECT record, {beside} FROM opportunity INDEXED BY {index_name(plan.order, partitioned=False)} "
            f"CROSS JOIN opportunity_record USING (opportunity_id) WHERE {' AND '.join(conditions)} "
            f"ORDER BY {', '.join(f'{column} {direction}' for column in columns)}"
        ), bindings

    def _whole(self, sought: Sought) -> Sought:
        """An opportunity with everything that can be shown of it."""
        identifier = sought.record.id
        tags_text = self._tags_text(f"opportunity/{identifier}")
        return Sought(sought.record_text, tags_text, self.aws_summary(identifier))
