"""A search over a mirror: opportunities are judged one by one, by the same rules as a server's index.

They are read in the order of the query if the mirror has it, so that a page is full soon if many match; else all are
read. A mirror has no full-text index, so a search with few matches may have to read all of it: it does so for a limited
time.
"""

import heapq
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Final, NamedTuple

import msgspec

from cosell.context import Scope
from cosell.errors import ServiceUnavailableException
from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import Selector
from cosell.rules.search.condition import AllOf, HasAll
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.question import Question, is_answer, key_of
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.serve.mirror_source import Answers, Reading, searched
from cosell.store.page import Page
from cosell.wire.encode import encode

PATIENCE_S: Final = 10.0
"""How long a search may read."""
AT_ONCE: Final = 500
"""Opportunities that are read together."""


class Hit(NamedTuple):
    """What was found, and its position in the order of the query."""

    place: Position
    sought: Sought

    @property
    def sortable(self) -> tuple[object, str]:
        """Compares as the places do."""
        return self.place.key, self.place.id_key


def searched_page(
    reading: Reading,
    scope: Scope,
    question: Question,
    after: Position | None,
    limit: int,
    *,
    clock: Callable[[], float] = monotonic,
) -> Page:
    """See `SearchReader.search`. Raises ServiceUnavailableException if it would take too long."""
    order = FIELDS[question.sort_by].order
    selector = _selector(question)
    read = _read(reading, selector, None if order is None else after, clock)
    answers = (hit for place, kept in read if (hit := _hit(place, kept, question, scope)) is not None)
    if order is not None:
        hits = [hit for hit, _ in zip(answers, range(limit + 1), strict=False)]
    else:
        placed = (hit._replace(place=Position(key_of(question, hit.sought), hit.place.id_key)) for hit in answers)
        keep = heapq.nlargest if question.descending else heapq.nsmallest
        behind = (hit for hit in placed if after is None or _is_behind(hit, after, question))
        hits = keep(limit + 1, behind, key=lambda hit: hit.sortable)
    last = hits[limit - 1].place if len(hits) > limit else None
    return Page([encode(summary_of(hit.sought)) for hit in hits[:limit]], last)


def _selector(question: Question) -> Selector:
    """A list in the order of the query that contains every match: narrowed by what its condition requires of all."""
    condition = question.condition
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    wanted = {part.field: part.texts for part in parts if isinstance(part, HasAll)}
    order = FIELDS[question.sort_by].order
    return Selector(
        sort_by=order or "Identifier",
        descending=question.descending and order is not None,
        id_keys=(),
        companies=(),
        stages=wanted.get("Stage", ()),
        review_statuses=wanted.get("ReviewStatus", ()),
        ranges=(),
    )


def _read(
    reading: Reading, selector: Selector, after: Position | None, clock: Callable[[], float]
) -> Iterator[tuple[Position, Answers]]:
    """Opportunities in the order of a list. Raises ServiceUnavailableException if it takes too long."""
    until = clock() + PATIENCE_S
    while places := reading.places(selector, after, AT_ONCE):
        answers = reading.answers([place.id_key for place in places])
        yield from ((place, answers[place.id_key]) for place in places if place.id_key in answers)
        after = places[-1]
        if clock() > until:
            raise ServiceUnavailableException(
                f"A mirror has no index of words, and {PATIENCE_S:.0f} s were too short to look through this one. "
                "Ask for a stage or a review status too, or sort by a date, an identifier or the customer."
            )


def _hit(place: Position, kept: Answers, question: Question, scope: Scope) -> Hit | None:
    if not _may_be_answer(kept, question):
        return None
    record = searched(kept, scope)
    if record is None:
        return None
    sought = Sought(record.record, None, kept.aws_summary)
    return Hit(place, sought) if is_answer(question, sought) else None


def _may_be_answer(kept: Answers, question: Question) -> bool:
    """Judges stored answers as they came, which takes a tenth of the time of decoding them exactly."""
    came = Sought(kept.opportunity if kept.is_in_step and kept.opportunity else kept.summary, None, kept.aws_summary)
    try:
        life_cycle = came.record.life_cycle
        return life_cycle.stage is None or life_cycle.review_status is None or is_answer(question, came)
    except (msgspec.DecodeError, ValueError):
        return True


def _is_behind(hit: Hit, after: Position, question: Question) -> bool:
    there = after.key, after.id_key
    return hit.sortable < there if question.descending else hit.sortable > there
