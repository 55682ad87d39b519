"""Searches, in SQL. See `store/search.py` for the meaning."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import apsw

from cosell.rules.list.page_token import Position
from cosell.rules.search.fields import Source
from cosell.rules.search.question import Question
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.interface import StoreBusy
from cosell.store.page import Page
from cosell.store.patience import set_deadline
from cosell.store.search import (
    MOST_JUDGED,
    Hit,
    Judged,
    JudgePlan,
    first_judged,
    found_by,
    judge_plan,
    merged,
    page_of,
    position,
)
from cosell.store.search_index import NEVER, NotTold, Test, test_of
from cosell.store.search_leads import parts_of
from cosell.store.sqlite.indexes import KEY_COLUMNS, index_name
from cosell.store.sqlite.relation_rows import RelationRows
from cosell.store.sqlite.search_beside import aws_summary_of, tags_of
from cosell.store.sqlite.search_codes import ScopeCodes
from cosell.store.sqlite.search_feeding import state_of
from cosell.store.sqlite.search_reading import SqliteSearchIndex
from cosell.wire.encode import encode

if TYPE_CHECKING:
    from apsw import SQLiteValue

STEPS_BETWEEN_LOOKS: Final = 50_000
"""Of SQLite's machine, between two looks at the clock: some milliseconds."""
_BESIDE: Final[dict[Source, str]] = {"tags": tags_of("opportunity"), "aws": aws_summary_of("opportunity")}
_CHANGED: Final = "SELECT opportunity_id FROM search_pending WHERE scope_id = ? LIMIT ?"
_NEW: Final = "SELECT opportunity_id FROM opportunity WHERE opportunity_id > ? LIMIT ?"
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
        hits = self._found_at_once(question, after, limit + 1, is_last=self._catch_up is None)
        if hits is None:
            assert self._catch_up is not None
            self._catch_up()
            hits = self._found_at_once(question, after, limit + 1, is_last=True)
        assert hits is not None
        return page_of(hits, limit)

    def _found_at_once(
        self, question: Question, after: Position | None, wanted: int, *, is_last: bool
    ) -> Sequence[Hit] | None:
        """What is found as of one moment. None, but for the last time, where the index is too far behind for that."""
        hits = None
        with _ended_by_deadline(self._connection), self._connection:
            waiting = self._waiting()
            if waiting is not None or is_last:
                hits = self._hits(question, after, wanted, waiting)
        return hits

    def _hits(
        self, question: Question, after: Position | None, wanted: int, waiting: list[int] | None
    ) -> Sequence[Hit]:
        test = None if waiting is None else self._test(question)
        if waiting is None or test is None:
            return self._all_judged(question, after, wanted)
        found = [] if test == NEVER else self._found(question, test, after, wanted, has_pending=bool(waiting))
        return merged(question, found, self._judged(question, after, wanted, waiting), wanted)

    def _waiting(self) -> list[int] | None:
        """The numbers of pending opportunities; None if they are many, or entries are of another reading."""
        state = state_of(self._connection)
        if not state.is_of_this_reading:
            return None
        waiting: list[int] = []
        if state.new:
            rows: Any = self._connection.execute(_NEW, (state.fed_until, MOST_JUDGED + 1)).fetchall()
            waiting += [number for (number,) in rows]
        if state.has_changed:
            rows = self._connection.execute(_CHANGED, (self._scope_id, MOST_JUDGED + 1)).fetchall()
            waiting += [number for (number,) in rows]
        return None if len(waiting) > MOST_JUDGED else waiting

    def _test(self, question: Question) -> Test | None:
        try:
            return test_of(question, self._codes)
        except NotTold:
            return None

    @property
    def _codes(self) -> ScopeCodes:
        return ScopeCodes(self._connection, self._scope_id)

    def _found(
        self, question: Question, test: Test, after: Position | None, wanted: int, *, has_pending: bool
    ) -> list[Hit]:
        hits: list[Hit] = []
        for part in parts_of(test, question, after, self._codes):
            index = SqliteSearchIndex(
                self._connection, self._scope_id, question, part.test, after, has_pending=has_pending
            )
            with closing(index):
                hits += found_by(index, part.leads, wanted - len(hits))
            if len(hits) == wanted:
                break
        return hits

    def _judged(self, question: Question, after: Position | None, wanted: int, waiting: list[int]) -> list[Judged]:
        if not waiting:
            return []
        query = _JUDGED.format(beside=_beside(question.sources))
        rows: Any = self._connection.execute(query, (apsw.carray(array("q", waiting)), self._scope_id))
        judged = first_judged((Sought(*row) for row in rows), question, after, wanted)
        return [self._whole(question, sought) for sought in judged]

    def _all_judged(self, question: Question, after: Position | None, wanted: int) -> list[Judged]:
        plan = judge_plan(question, after)
        with closing(self._connection.execute(*self._judge_query(plan))) as cursor:
            rows: Any = cursor
            read = (Sought(*row) for row in rows)
            judged = first_judged(read, question, after, wanted, in_order=plan.in_order)
        return [self._whole(question, sought) for sought in judged]

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

    def _whole(self, question: Question, sought: Sought) -> Judged:
        """An opportunity with everything that can be shown of it."""
        identifier = sought.record.id
        tags, aws = self._tags_text(f"opportunity/{identifier}"), self.aws_summary(identifier)
        whole = Sought(sought.record_text, tags, aws)
        return Judged(encode(summary_of(whole)), position(question, whole))


@contextmanager
def _ended_by_deadline(connection: apsw.Connection) -> Iterator[None]:
    """Raises StoreBusy once the deadline has passed that was set for whoever asks. In process nobody sets one."""
    deadline = set_deadline()
    if deadline is None:
        yield
        return
    connection.set_progress_handler(lambda: monotonic() >= deadline, STEPS_BETWEEN_LOOKS)
    try:
        yield
    except apsw.InterruptError as error:
        raise StoreBusy("a search was not done in time") from error
    finally:
        connection.set_progress_handler(None)


def _beside(sources: frozenset[Source]) -> str:
    """What stands beside a record, or nulls where nobody asks about it."""
    return ", ".join(query if source in sources else "NULL" for source, query in _BESIDE.items())
