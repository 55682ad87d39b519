"""Searches, in SQL. See `store/search.py` for the meaning."""

from array import array
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import apsw

from cosell.rules.list.page_token import Position
from cosell.rules.search.fields import Source
from cosell.rules.search.question import Question
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.page import Page
from cosell.store.search import MOST_JUDGED, Hit, JudgePlan, first_judged, found_by, judge_plan, merged, page_of
from cosell.store.search_index import NEVER, NotTold, Test, test_of
from cosell.store.search_leads import leads_of
from cosell.store.sqlite.indexes import KEY_COLUMNS, index_name
from cosell.store.sqlite.relation_rows import RelationRows
from cosell.store.sqlite.search_beside import aws_summary_of, tags_of
from cosell.store.sqlite.search_entries import is_of_this_reading, pending
from cosell.store.sqlite.search_reading import ScopeCodes, SqliteSearchIndex
from cosell.wire.encode import encode

if TYPE_CHECKING:
    from apsw import SQLiteValue

_BESIDE: Final[dict[Source, str]] = {"tags": tags_of("opportunity"), "aws": aws_summary_of("opportunity")}
_PENDING: Final = "SELECT opportunity_id FROM search_pending WHERE scope_id = ? LIMIT ?"
_JUDGED: Final = (
    "SELECT record, {beside} FROM carray(?) AS p CROSS JOIN opportunity ON opportunity.opportunity_id = p.value "
    "CROSS JOIN opportunity_record ON opportunity_record.opportunity_id = p.value WHERE scope_id = ?"
)


class SearchRows(RelationRows):
    """What a reading transaction finds."""

    _catch_up: Callable[[], None] | None
    """Lets the index of the database know what is pending. None inside a writing transaction."""

    def search(self, question: Question, after: Position | None, limit: int) -> Page:
        """See `SearchReader.search`. A savepoint, so that all its statements see the same moment."""
        if self._catch_up is not None and pending(self._connection, MOST_JUDGED + 1) > MOST_JUDGED:
            self._catch_up()
        with self._connection:
            hits = self._hits(question, after, limit + 1)
        return page_of(question, hits, limit)

    def _hits(self, question: Question, after: Position | None, wanted: int) -> list[Hit]:
        waiting = self._pending()
        test = None if waiting is None else self._test(question)
        if waiting is None or test is None:
            return self._all_judged(question, after, wanted)
        found = [] if test == NEVER else self._found(question, test, after, wanted)
        return merged(question, found, self._judged(question, after, wanted, waiting), wanted)

    def _pending(self) -> list[int] | None:
        """The numbers of pending opportunities; None where they are many, or entries are of another reading."""
        if not is_of_this_reading(self._connection):
            return None
        rows: Any = self._connection.execute(_PENDING, (self._scope_id, MOST_JUDGED + 1)).fetchall()
        return None if len(rows) > MOST_JUDGED else [number for (number,) in rows]

    def _test(self, question: Question) -> Test | None:
        try:
            return test_of(question, ScopeCodes(self._connection, self._scope_id))
        except NotTold:
            return None

    def _found(self, question: Question, test: Test, after: Position | None, wanted: int) -> list[Hit]:
        index = SqliteSearchIndex(self._connection, self._scope_id, question, test, after)
        return found_by(index, leads_of(test), wanted)

    def _judged(self, question: Question, after: Position | None, wanted: int, waiting: list[int]) -> list[Hit]:
        if not waiting:
            return []
        query = _JUDGED.format(beside=_beside(question.sources))
        rows: Any = self._connection.execute(query, (apsw.carray(array("q", waiting)), self._scope_id))
        judged = first_judged((Sought(*row) for row in rows), question, after, wanted)
        return [self._whole(sought) for sought in judged]

    def _all_judged(self, question: Question, after: Position | None, wanted: int) -> list[Hit]:
        plan = judge_plan(question, after)
        with closing(self._connection.execute(*self._judge_query(plan))) as cursor:
            rows: Any = cursor
            read = (Sought(*row) for row in rows)
            judged = first_judged(read, question, after, wanted, in_order=plan.in_order)
        return [self._whole(sought) for sought in judged]

    def _judge_query(self, plan: JudgePlan) -> "tuple[str, list[SQLiteValue]]":
        direction, behind = ("DESC", "<") if plan.descending else ("ASC", ">")
        columns = tuple(dict.fromkeys((KEY_COLUMNS[plan.order], "id_key")))  # an identifier breaks its own ties
        conditions = ["scope_id = ?"]
        bindings: list[SQLiteValue] = [self._scope_id]
        if plan.after is not None:
            conditions.append(f"({', '.join(columns)}) {behind} ({', '.join('?' * len(columns))})")
            bindings += (plan.after.key, plan.after.id_key)[-len(columns) :]
        return (
            f"SELECT record, {_beside(plan.sources)} "
            f"FROM opportunity INDEXED BY {index_name(plan.order, partitioned=False)} "
            f"CROSS JOIN opportunity_record USING (opportunity_id) WHERE {' AND '.join(conditions)} "
            f"ORDER BY {', '.join(f'{column} {direction}' for column in columns)}"
        ), bindings

    def _whole(self, sought: Sought) -> Hit:
        """An opportunity with everything that can be shown of it."""
        identifier = sought.record.id
        whole = (sought.record_text, self._tags_text(f"opportunity/{identifier}"), self.aws_summary(identifier))
        return Hit(encode(summary_of(Sought(*whole))), *whole)


def _beside(sources: frozenset[Source]) -> str:
    """What stands beside a record, or nulls where nobody asks about it."""
    return ", ".join(query if source in sources else "NULL" for source, query in _BESIDE.items())
