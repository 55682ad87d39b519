"""Searches, in SQL. See `store/search.py` for the meaning."""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing
from typing import TypeAlias

from cosell.rules.list.page_token import Position
from cosell.rules.search.fields import Source
from cosell.rules.search.question import Question
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.page import Page
from cosell.store.search import (
    Hit,
    Judged,
    JudgePlan,
    first_judged,
    judge_plan,
    merged,
    page_of,
    position,
)
from cosell.store.search_index import NEVER, NotTold, Test, test_of
from cosell.store.search_leads import Part, parts_of
from cosell.store.sql.relation_rows import RelationRows
from cosell.store.sql.search_beside import aws_summary_of, tags_of
from cosell.store.sql.search_codes import ScopeCodes
from cosell.wire.encode import encode

Names: TypeAlias = Sequence[int] | Sequence[str]
"""What a database reads opportunities by."""


class SearchRows(RelationRows):
    """What a reading transaction finds."""

    _catch_up: Callable[[], None] | None
    """Lets the index of the database know what is pending. None inside a writing transaction."""

    def _one_search(self) -> AbstractContextManager[object]:
        """Let all statements of the block see the same moment, and end by the deadline. Raises StoreBusy."""
        raise NotImplementedError

    def _waiting(self) -> Names | None:
        """The names of pending opportunities; None where they are many, or entries are of another reading."""
        raise NotImplementedError

    def _found_in_index(
        self, question: Question, part: Part, after: Position | None, wanted: int, *, pending: bool
    ) -> list[Hit]:
        """What the index of the database finds."""
        raise NotImplementedError

    def _read(self, names: Names, sources: frozenset[Source]) -> list[Sought]:
        """These opportunities, with what is asked about."""
        raise NotImplementedError

    def _read_all(self, plan: JudgePlan) -> Generator[Sought]:
        """Every opportunity, as planned."""
        raise NotImplementedError

    def search(self, question: Question, after: Position | None, limit: int) -> Page:
        """See `SearchReader.search`."""
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
        with self._one_search():
            waiting = self._waiting()
            if waiting is not None or is_last:
                hits = self._hits(question, after, wanted, waiting)
        return hits

    def _hits(self, question: Question, after: Position | None, wanted: int, waiting: Names | None) -> Sequence[Hit]:
        test = None if waiting is None else self._test(question)
        if waiting is None or test is None:
            return self._all_judged(question, after, wanted)
        found = [] if test == NEVER else self._found(question, test, after, wanted, pending=bool(waiting))
        return merged(question, found, self._judged(question, after, wanted, waiting), wanted)

    def _test(self, question: Question) -> Test | None:
        try:
            return test_of(question, self._codes)
        except NotTold:
            return None

    @property
    def _codes(self) -> ScopeCodes:
        return ScopeCodes(self._connection, self._scope_id)

    def _found(
        self, question: Question, test: Test, after: Position | None, wanted: int, *, pending: bool
    ) -> list[Hit]:
        hits: list[Hit] = []
        for part in parts_of(test, question, after, self._codes):
            hits += self._found_in_index(question, part, after, wanted - len(hits), pending=pending)
            if len(hits) == wanted:
                break
        return hits

    def _judged(self, question: Question, after: Position | None, wanted: int, waiting: Names) -> list[Judged]:
        if not waiting:
            return []
        judged = first_judged(self._read(waiting, question.sources), question, after, wanted)
        return [self._whole(question, sought) for sought in judged]

    def _all_judged(self, question: Question, after: Position | None, wanted: int) -> list[Judged]:
        plan = judge_plan(question, after)
        with closing(self._read_all(plan)) as read:
            judged = first_judged(read, question, after, wanted, in_order=plan.in_order)
        return [self._whole(question, sought) for sought in judged]

    def _whole(self, question: Question, sought: Sought) -> Judged:
        """An opportunity with everything that can be shown of it."""
        identifier = sought.record.id
        tags, aws = self._tags_text(f"opportunity/{identifier}"), self.aws_summary(identifier)
        whole = Sought(sought.record_text, tags, aws)
        return Judged(encode(summary_of(whole)), position(question, whole))


def beside(sources: frozenset[Source], table: str) -> str:
    """What stands beside the records of a table, or nulls where nobody asks about it."""
    there = {"tags": tags_of(table), "aws": aws_summary_of(table)}
    return ", ".join(query if source in sources else "NULL" for source, query in there.items())
