"""Where the matches of a search may be found without reading every opportunity.

A *lead* is a part of a test that an index answers by itself: one expression over terms, or a range of one order.
Whatever passes the test is among the opportunities of each of its leads; which of them are few is unknown before they
are counted, so a plan tries them side by side (`store/search.py`).
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import msgspec

from cosell.rules.list.page_token import Position
from cosell.rules.list.sort_keys import company_key
from cosell.rules.search.entry import CODED, LISTS, Span
from cosell.rules.search.question import Question
from cosell.store.search_index import All, Any, Codes, Empty, Equal, Identified, No, OneOf, Test, Within, parts_in
from cosell.store.search_terms import told


class Termed(msgspec.Struct, frozen=True):
    """An expression over terms (`store/search_terms.py`). Some more opportunities may come with it."""

    test: Test


class Ranged(msgspec.Struct, frozen=True):
    """A range of one order."""

    test: Equal | Identified | Within


class Union(msgspec.Struct, frozen=True):
    """All of several leads."""

    leads: tuple["Lead", ...]


Lead: TypeAlias = Termed | Ranged | Union


class Part(NamedTuple):
    """A test, and its leads, the most promising first. None if it has to be put to every opportunity."""

    test: Test
    leads: tuple[Lead, ...]


def parts_of(test: Test, question: Question, after: Position | None, codes: Codes) -> tuple[Part, ...]:
    """A test in two if the field of the order may be empty: those opportunities are together at one end of it.

    Conditions are often correlated with that, and terms show it at once: a walk would first pass all others. Matches of
    the first part come before those of the second; a part that lies entirely before the position is left out.
    """
    field = question.sort_by
    whole = Part(test, _worth(leads_of(test), field))
    if not whole.leads or is_sharp(whole.leads[0]) or not (field in CODED or field in LISTS):
        return (whole,)
    code = codes.code(field, "")
    if code is None:
        return (whole,)
    empty = Empty(field, code)
    both = [All((*parts_in(test), empty)), All((*parts_in(test), No(empty)))]
    parts = [Part(part, leads_of(part)) for part in (both[::-1] if question.descending else both)]
    is_in_second = after is not None and (after.key == company_key(None)) == question.descending
    return tuple(parts[is_in_second:])


def _worth(leads: Iterable[Lead], field: str) -> tuple[Lead, ...]:
    """Leads but for a range of the order itself: walking keeps within it anyway."""
    return tuple(
        lead
        for lead in leads
        if not (isinstance(lead, Ranged) and isinstance(lead.test, Within) and lead.test.field == field)
    )


def leads_of(test: Test) -> tuple[Lead, ...]:
    """The leads of a test, as in its part."""
    leads: list[Lead] = list(_ranges(test))
    termed = told(test)
    if termed is not None:
        leads.append(Termed(termed))
    leads += _unions(test)
    return tuple(sorted(leads, key=lambda lead: (not is_sharp(lead), isinstance(lead, Termed))))


def is_sharp(lead: Lead) -> bool:
    """Whether it leads to texts that were named in full: then it is found out at once how many those are."""
    if isinstance(lead, Union):
        return all(map(is_sharp, lead.leads))
    return isinstance(lead, Ranged) and not isinstance(lead.test, Within)


def about(test: Test, field: str) -> tuple[Test, ...]:
    """What a test demands of one field, whatever else it demands: all that passes it stands there in its order."""
    parts = parts_in(test)
    return tuple(part for part in parts if _is_about(part, field))


def _is_about(test: Test, field: str) -> bool:
    if isinstance(test, No):
        return isinstance(test.part, Empty) and test.part.field == field
    return isinstance(test, Empty | Equal | OneOf | Within) and test.field == field


def _ranges(test: Test) -> Iterable[Ranged]:
    """Spans of one field are one range."""
    spans: dict[str, Span] = {}
    for part in parts_in(test):
        if isinstance(part, Equal | Identified):
            yield Ranged(part)
        elif isinstance(part, Within):
            before = spans.get(part.field, part.span)
            highs = [high for high in (before.high, part.span.high) if high is not None]
            spans[part.field] = Span(max(before.low, part.span.low), min(highs, default=None))
    yield from (Ranged(Within(field, span)) for field, span in spans.items())


def _unions(test: Test) -> Iterable[Union]:
    """Of each list of alternatives that terms do not tell together, one lead of each; and where all are sharp."""
    for part in parts_in(test):
        if isinstance(part, Any):
            leads = [leads_of(alternative) for alternative in part.parts]
            if all(leads):
                union = Union(tuple(first for first, *_ in leads))
                if is_sharp(union) or told(part) is None:
                    yield union
