"""The door to a search, and the plan of how its page is read.

A search judges opportunities one by one (`rules/search`); a plan says which ones are read and in which order, and knows
nothing of what they are judged by. Where the order of the question is one of ListOpportunities', opportunities are read
in it from the position on, until the page is full. In every other order all of them are read, and the best are kept.

Pure: a database gives what the plan asks for, and `page_of` makes the page of it.
"""

import heapq
from collections.abc import Iterable
from itertools import islice
from typing import Protocol

import msgspec

from cosell.rules.identifiers import id_key
from cosell.rules.list.page_token import Position
from cosell.rules.list.sort_keys import SortBy
from cosell.rules.search.fields import FIELDS, Source
from cosell.rules.search.question import Question, is_answer, key_of
from cosell.rules.search.sought import Sought

ANY_ORDER: SortBy = "Identifier"
"""That in which everything is read where no order helps."""


class Found(msgspec.Struct, frozen=True):
    """Opportunities in the asked order. `last` is the position of the final one if more follow, else None."""

    page: list[Sought]
    last: Position | None


class SearchReader(Protocol):
    """Searches the opportunities of one scope."""

    def search(self, question: Question, after: Position | None, limit: int) -> Found:
        """Up to `limit` of the opportunities that a question asks for, behind `after`, as of one moment.

        Each comes with everything that can be shown of it. The cost grows with how many are read before the page is
        full: in some orders always with the whole scope.
        """


class SearchPlan(msgspec.Struct, frozen=True):
    """Read in the order of `order`, with these parts of each opportunity.

    `in_order`: that is the order of the question, so begin behind `after`, and stop when the page is full.
    """

    order: SortBy
    descending: bool
    in_order: bool
    after: Position | None
    sources: frozenset[Source]


def search_plan(question: Question, after: Position | None) -> SearchPlan:
    """How the page behind `after` is read."""
    order = FIELDS[question.sort_by].order
    return SearchPlan(
        order=order or ANY_ORDER,
        descending=question.descending and order is not None,
        in_order=order is not None,
        after=None if order is None else after,
        sources=question.sources,
    )


def page_of(read: Iterable[Sought], question: Question, plan: SearchPlan, after: Position | None, limit: int) -> Found:
    """The page behind `after` of what a question asks for, out of what is read as planned."""
    placed = ((_position(question, sought), sought) for sought in read if is_answer(question, sought))
    if plan.in_order:
        best = list(islice(placed, limit + 1))
    else:
        behind = (found for found in placed if after is None or _is_behind(found[0], after, question))
        keep = heapq.nlargest if question.descending else heapq.nsmallest
        best = keep(limit + 1, behind, key=lambda found: _sortable(found[0]))
    return Found([sought for _, sought in best[:limit]], best[limit - 1][0] if len(best) > limit else None)


def _position(question: Question, sought: Sought) -> Position:
    return Position(key_of(question, sought), id_key(sought.record.id))


def _sortable(position: Position) -> tuple[object, str]:
    return position.key, position.id_key


def _is_behind(position: Position, after: Position, question: Question) -> bool:
    here, there = _sortable(position), _sortable(after)
    return here < there if question.descending else here > there
