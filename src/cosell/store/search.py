"""The door to a search, and the plan of how its page is read.

An index (`search_index.py`) knows of nearly every opportunity what a question asks about; what has been written just
now it may not know yet, and that is *pending*. So a page is the best of two parts: of what the index finds among all
that is not pending, and of what is pending, judged one by one by the rules themselves (`rules/search`). Where too much
is pending, or the index cannot tell, everything is judged, in the order of the question where that helps.

How many opportunities pass a test nobody knows before looking. Where many do, walking in the asked order soon fills a
page; where few do, it is one of the leads (`search_leads.py`) that has few candidates, and they are sorted. So both are
tried, each time with a longer patience (`ROUNDS`): the dearest page costs a few times what the better way would.

Pure: a database gives what the plan asks for.
"""

import heapq
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, Protocol

import msgspec

from cosell.rules.identifiers import id_key
from cosell.rules.list.page_token import Position
from cosell.rules.list.sort_keys import SortBy
from cosell.rules.search.fields import FIELDS, Source
from cosell.rules.search.question import Question, is_answer, key_of
from cosell.rules.search.sought import Sought
from cosell.store.page import Page
from cosell.store.search_leads import Lead

ANY_ORDER: Final[SortBy] = "Identifier"
"""That in which everything is read where no order helps."""
MOST_JUDGED: Final = 500
"""Pending opportunities that a search judges beside what the index finds."""


WALKED_MEANWHILE: Final = 0.4
"""Opportunities that are walked by in the time in which one candidate is found, as measured."""


class Round(msgspec.Struct, frozen=True):
    """How many candidates of a lead are worth sorting, and then how many opportunities walking by. None: all."""

    candidates: int
    walked: int | None


ROUNDS: Final = (Round(64, 256), Round(8_192, 4_096), Round(131_072, None))


class SearchReader(Protocol):
    """Searches the opportunities of one scope."""

    def search(self, question: Question, after: Position | None, limit: int) -> Page:
        """Up to `limit` of the opportunities that a question asks for, behind `after`, as of one moment.

        Their summaries are as rich as a search shows them.
        """


class Hit(msgspec.Struct, frozen=True):
    """The encoded summary of what was found, and its record, with tags and AWS's side where its order needs them."""

    summary: bytes
    record: bytes
    tags: bytes | None = None
    aws: bytes | None = None

    @property
    def sought(self) -> Sought:
        """The opportunity as it is judged."""
        return Sought(self.record, self.tags, self.aws)


class SearchIndex(Protocol):
    """Answers about the entries that pass one test and are not pending, behind one position of one order."""

    def candidates(self, lead: Lead, most: int, *, patient: bool) -> Sequence[int] | None:
        """The numbers of all opportunities of a lead; None where they are more than `most`, or dear to find.

        What takes longer to find out is left for those who are `patient`.
        """

    def best_of(self, candidates: Sequence[int], wanted: int) -> list[Hit]:
        """The first of some candidates that pass the test, in the asked order."""

    def walk(self, most: int | None, wanted: int) -> tuple[list[Hit], bool]:
        """The first of the next `most` entries that pass the test, in the asked order; whether there are no others."""


def found_by(index: SearchIndex, leads: Sequence[Lead], wanted: int) -> list[Hit]:
    """The first `wanted` of what an index finds.

    Candidates are not looked for where walking will fill the page sooner, by what the walk before has found.
    """
    share = 0.0
    for number, patience in enumerate(ROUNDS):
        for lead in leads if share * patience.candidates * WALKED_MEANWHILE < wanted else ():
            candidates = index.candidates(lead, patience.candidates, patient=number > 0)
            if candidates is not None:
                return index.best_of(candidates, wanted)
        hits, is_all = index.walk(patience.walked, wanted)
        if len(hits) == wanted or is_all:  # as the last walk always does
            break
        share = len(hits) / max(patience.walked or 0, 1)
    return hits


class JudgePlan(msgspec.Struct, frozen=True):
    """Read in the order of `order`, with these parts of each opportunity.

    `in_order`: that is the order of the question, so begin behind `after`, and stop when the page is full.
    """

    order: SortBy
    descending: bool
    in_order: bool
    after: Position | None
    sources: frozenset[Source]


def judge_plan(question: Question, after: Position | None) -> JudgePlan:
    """How everything is judged, for the page behind `after`."""
    order = FIELDS[question.sort_by].order
    return JudgePlan(
        order=order or ANY_ORDER,
        descending=question.descending and order is not None,
        in_order=order is not None,
        after=None if order is None else after,
        sources=question.sources,
    )


def first_judged(
    read: Iterable[Sought], question: Question, after: Position | None, wanted: int, *, in_order: bool = False
) -> list[Sought]:
    """The first of what a question asks for behind `after`, out of what is read, where need be in its order."""
    answers = (sought for sought in read if is_answer(question, sought))
    if in_order:
        return list(islice(answers, wanted))
    behind = (sought for sought in answers if after is None or _is_behind(position(question, sought), after, question))
    keep = heapq.nlargest if question.descending else heapq.nsmallest
    return keep(wanted, behind, key=lambda sought: _sortable(position(question, sought)))


def merged(question: Question, found: list[Hit], judged: list[Hit], wanted: int) -> list[Hit]:
    """The first of both, each of which is in order."""
    if not judged:
        return found
    both = heapq.merge(
        found, judged, key=lambda hit: _sortable(position(question, hit.sought)), reverse=question.descending
    )
    return list(islice(both, wanted))


def page_of(question: Question, hits: list[Hit], limit: int) -> Page:
    """The page of what was found, one more than a page has where more follow."""
    last = position(question, hits[limit - 1].sought) if len(hits) > limit else None
    return Page([hit.summary for hit in hits[:limit]], last)


def position(question: Question, sought: Sought) -> Position:
    """Where an opportunity stands in the order of a question."""
    return Position(key_of(question, sought), id_key(sought.record.id))


def _sortable(where: Position) -> tuple[object, str]:
    return where.key, where.id_key


def _is_behind(here: Position, there: Position, question: Question) -> bool:
    return _sortable(here) < _sortable(there) if question.descending else _sortable(here) > _sortable(there)
