"""Searches, in PostgreSQL's SQL. See `store/search.py` for the meaning."""

from collections.abc import Iterator
from typing import Final

from cosell.rules.list.page_token import Position
from cosell.rules.search.fields import Source
from cosell.rules.search.question import Question
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.page import Page
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.search import Judged, JudgePlan, first_judged, judge_plan, page_of, position
from cosell.store.sql.connection import Value
from cosell.store.sql.page_parts import KEY_COLUMNS
from cosell.store.sql.relation_rows import RelationRows
from cosell.store.sql.search_beside import aws_summary_of, tags_of
from cosell.wire.encode import encode

READ_AT_ONCE: Final = 500
_BESIDE: Final[dict[Source, str]] = {"tags": tags_of("opportunity"), "aws": aws_summary_of("opportunity")}


class SearchRows(RelationRows):
    """What a reading transaction finds."""

    _connection: PostgresConnection

    def search(self, question: Question, after: Position | None, limit: int) -> Page:
        """See `SearchReader.search`."""
        with self._connection.one_moment():
            return page_of(self._all_judged(question, after, limit + 1), limit)

    def _all_judged(self, question: Question, after: Position | None, wanted: int) -> list[Judged]:
        plan = judge_plan(question, after)
        judged = first_judged(self._read(plan), question, after, wanted, in_order=plan.in_order)
        return [self._whole(question, sought) for sought in judged]

    def _read(self, plan: JudgePlan) -> Iterator[Sought]:
        direction, behind = ("DESC", "<") if plan.descending else ("ASC", ">")
        columns = tuple(dict.fromkeys((KEY_COLUMNS[plan.order], "id_key")))  # an identifier breaks its own ties
        place: list[Value] = []
        if plan.after is not None:
            place += (plan.after.key, plan.after.id_key)[-len(columns) :]
        while True:
            conditions = ["scope_id = ?"]
            if place:
                conditions.append(f"({', '.join(columns)}) {behind} ({', '.join('?' * len(columns))})")
            rows = self._connection.rows(
                f"SELECT record, {_beside(plan.sources)}, {', '.join(columns)} FROM opportunity "
                f"JOIN opportunity_record USING (scope_id, id_key) WHERE {' AND '.join(conditions)} "
                f"ORDER BY {', '.join(f'{column} {direction}' for column in columns)} LIMIT ?",
                (self._scope_id, *place, READ_AT_ONCE),
            )
            for record, tags, aws, *_ in rows:
                yield Sought(record, tags, aws)
            if len(rows) < READ_AT_ONCE:
                return
            place = rows[-1][3:]

    def _whole(self, question: Question, sought: Sought) -> Judged:
        """An opportunity with everything that can be shown of it."""
        identifier = sought.record.id
        tags, aws = self._tags_text(f"opportunity/{identifier}"), self.aws_summary(identifier)
        whole = Sought(sought.record_text, tags, aws)
        return Judged(encode(summary_of(whole)), position(question, whole))


def _beside(sources: frozenset[Source]) -> str:
    """What stands beside a record, or nulls where nobody asks about it."""
    return ", ".join(query if source in sources else "NULL" for source, query in _BESIDE.items())
