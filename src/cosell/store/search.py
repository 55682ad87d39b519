"""The interface of a search, and the plan of how its page is read.

An index (`search_index.py`) knows, for nearly every opportunity, what a query asks about; what has just been written
may not be in it yet, and is *pending*. So a page is the best of two parts: of what the index finds among everything
that is not pending, and of what is pending, judged one by one by the rules themselves (`rules/search`). If too much is
pending, or the index cannot decide, everything is judged, in the order of the query if that helps.

How many opportunities pass a test is unknown before looking. If many do, walking in the requested order soon fills a
page; if few do, one of the leads (`search_leads.py`) has few candidates, and they are sorted. So both are tried in
turn, each time with more patience (`ROUNDS`), and each resumes where it stopped: the dearest page costs a few times
what the better way would.

Pure: a database gives what the plan asks for.
"""

import heapq
from collections.abc import Iterable, Sequence, Sized
from itertools import islice
from typing import Final, Protocol, TypeVar

import msgspec

from cosell.rules.identifiers import id_key
from cosell.rules.list.page_token import Position
from cosell.rules.list.sort_keys import SortBy
from cosell.rules.search.fields import FIELDS, Source
from cosell.rules.search.question import Question, is_answer, key_of
from cosell.rules.search.sought import Sought
from cosell.store.page import Page
from cosell.store.search_leads import Lead, Termed, is_sharp

ANY_ORDER: Final[SortBy] = "Identifier"
"""That in which everything is read where no order helps."""
MOST_JUDGED: Final = 500
"""Pending opportunities that a search judges besides what the index finds."""
FED_AT_ONCE: Final = 250
"""Entries that are made in one transaction: about as many as other writers can wait for."""
WALKED_MEANWHILE: Final = 0.25
"""Opportunities that are walked past in the time in which one candidate is found, as measured."""
FAR_FEWER: Final = 4
"""A lead with so many times fewer candidates is worth looking for, once another one is known."""
WORTH_FEWER: Final = 128
"""Candidates that are sorted sooner than fewer are found."""


class Round(msgspec.Struct, frozen=True):
    """How many candidates of a lead are worth sorting, and then how many more opportunities walking by. None: all."""

    candidates: int
    walked: int | None


ROUNDS: Final = (
    Round(512, 32),
    Round(512, 128),
    Round(2_048, 512),
    Round(8_192, 2_048),
    Round(32_768, 8_192),
    Round(131_072, None),
)


class SearchReader(Protocol):
    """Searches the opportunities of one scope."""

    def search(self, question: Question, after: Position | None, limit: int) -> Page:
        """Up to `limit` of the opportunities that a query asks for, after `after`, at a single moment.

        Their summaries are as rich as a search shows them.
        """


class Hit(Protocol):
    """An opportunity that was found."""

    @property
    def summary(self) -> bytes:
        """What is shown of it, encoded."""

    @property
    def position(self) -> Position:
        """Its position in the requested order."""


class Judged(msgspec.Struct, frozen=True):
    """A `Hit` that was found by reading its record."""

    summary: bytes
    position: Position


Candidates = TypeVar("Candidates", bound=Sized)
"""What a database knows opportunities by that may pass a test."""


class SearchIndex(Protocol[Candidates]):
    """Answers about the entries that pass one test and are not pending, behind one position of one order."""

    def candidates(self, lead: Lead, most: int, *, patient: bool) -> Candidates | None:
        """All opportunities of a lead; None where they are more than `most`, or dear to find.

        What takes longer to find out is left for those who are `patient`.
        """

    def best_of(self, candidates: Candidates, wanted: int) -> Sequence[Hit]:
        """The first of some candidates that pass the test, in the asked order."""

    def walk(self, most: int | None, wanted: int) -> tuple[Sequence[Hit], bool]:
        """The first of the next `most` entries that pass the test, in the asked order; whether there are no others.

        The next walk begins behind them.
        """


def found_by(index: SearchIndex[Candidates], leads: Sequence[Lead], wanted: int) -> list[Hit]:
    """The first `wanted` of what an index finds.

    Candidates are not looked for where walking will fill the page sooner, by what was found on the way so far. At first
    they are looked for only where it is found out at once how many they are.
    """
    hits: list[Hit] = []
    walked = 0
    for number, patience in enumerate(ROUNDS if leads else ROUNDS[-1:]):
        left = wanted - len(hits)
        if len(hits) * patience.candidates * WALKED_MEANWHILE < left * max(walked, 1):
            worth = [lead for lead in leads if _is_worth_it(lead, leads, number, hits)]
            candidates = _fewest(index, worth, patience.candidates, patient=number > 2)
            if candidates is not None:
                return list(index.best_of(candidates, wanted))
        most = patience.walked and max(patience.walked, left)
        found, is_all = index.walk(most, left)
        hits += found
        if len(hits) == wanted or is_all:  # as the last walk always does
            break
        walked += most or 0
    return hits


def _is_worth_it(lead: Lead, leads: Sequence[Lead], number: int, hits: list[Hit]) -> bool:
    """Texts that are named in full at once, ranges after a few steps, and terms where the others are in vain."""
    if isinstance(lead, Termed):
        return number > (2 if is_sharp(leads[0]) else min(len(hits), 1))
    return number > 0 or is_sharp(lead)


def _fewest(index: SearchIndex[Candidates], leads: Sequence[Lead], most: int, *, patient: bool) -> Candidates | None:
    """The candidates of that lead which has the fewest, or nearly."""
    fewest = None
    for lead in leads:
        candidates = index.candidates(lead, most, patient=patient)
        if candidates is not None:
            fewest = candidates
            most = len(candidates) // FAR_FEWER
            if most < WORTH_FEWER:
                break
    return fewest


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


def merged(question: Question, found: list[Hit], judged: Sequence[Hit], wanted: int) -> list[Hit]:
    """The first of both, each of which is in order."""
    if not judged:
        return found
    both = heapq.merge(found, judged, key=lambda hit: _sortable(hit.position), reverse=question.descending)
    return list(islice(both, wanted))


def page_of(hits: Sequence[Hit], limit: int) -> Page:
    """The page of what was found, one more than a page has where more follow."""
    last = hits[limit - 1].position if len(hits) > limit else None
    return Page([hit.summary for hit in hits[:limit]], last)


def position(question: Question, sought: Sought) -> Position:
    """Where an opportunity stands in the order of a question."""
    return Position(key_of(question, sought), id_key(sought.record.id))


def _sortable(where: Position) -> tuple[object, str]:
    return where.key, where.id_key


def _is_behind(here: Position, there: Position, question: Question) -> bool:
    return _sortable(here) < _sortable(there) if question.descending else _sortable(here) > _sortable(there)
