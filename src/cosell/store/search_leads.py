"""Where the answers to a search may be found without looking at every opportunity.

A *lead* is a part of a test that an index answers by itself: one expression over codes, one over words, or a range of
one order. Whatever passes the test is among the opportunities of each of its leads; which are few, nobody knows before
they were counted, so a plan tries them side by side (`store/search.py`).
"""

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from cosell.rules.search.entry import Span
from cosell.store.search_index import (
    All,
    Any,
    Contains,
    Element,
    Equal,
    Identified,
    No,
    OneOf,
    Test,
    Within,
    Words,
)


class Coded(msgspec.Struct, frozen=True):
    """An expression over codes: OneOf, Element, All, Any, and No beside something else in an All."""

    test: Test


class Worded(msgspec.Struct, frozen=True):
    """An expression over folded texts: Contains, Words, All and Any. Some more opportunities may come with it."""

    test: Test


class Ranged(msgspec.Struct, frozen=True):
    """A range of one order."""

    test: Equal | Identified | Within


class Union(msgspec.Struct, frozen=True):
    """All of several leads."""

    leads: tuple["Lead", ...]


Lead: TypeAlias = Coded | Worded | Ranged | Union


def leads_of(test: Test) -> tuple[Lead, ...]:
    """The leads of a test, the most promising first. None where it has to be put to every opportunity."""
    leads: list[Lead] = list(_ranges(test))
    coded, worded = _coded(test), _worded(test)
    if coded is not None:
        leads.append(Coded(coded))
    if worded is not None:
        leads.append(Worded(worded))
    leads += _unions(test)
    return tuple(sorted(leads, key=lambda lead: isinstance(lead, Ranged) and isinstance(lead.test, Within)))


def about(test: Test, field: str) -> tuple[Test, ...]:
    """What a test demands of one field, whatever else it demands: all that passes it stands there in its order."""
    parts = test.parts if isinstance(test, All) else (test,)
    return tuple(part for part in parts if isinstance(part, Equal | OneOf | Within) and part.field == field)


def _ranges(test: Test) -> Iterable[Ranged]:
    """Spans of one field are one range."""
    spans: dict[str, Span] = {}
    for part in test.parts if isinstance(test, All) else (test,):
        if isinstance(part, Equal | Identified):
            yield Ranged(part)
        elif isinstance(part, Within):
            before = spans.get(part.field, part.span)
            highs = [high for high in (before.high, part.span.high) if high is not None]
            spans[part.field] = Span(max(before.low, part.span.low), min(highs, default=None))
    yield from (Ranged(Within(field, span)) for field, span in spans.items())


def _coded(test: Test) -> Test | None:
    match test:
        case OneOf() | Element():
            return test
        case All(parts):
            known = [part for part in map(_coded, parts) if part is not None]
            refused = [part for part in parts if isinstance(part, No) and _is_coded(part.part)]
            return All((*known, *refused)) if known else None
        case Any(parts):
            return _every(map(_coded, parts))
    return None


def _is_coded(test: Test) -> bool:
    """Whether codes tell all of it, and no more."""
    if isinstance(test, All | Any):
        return all(map(_is_coded, test.parts))
    return isinstance(test, OneOf | Element)


def _worded(test: Test) -> Test | None:
    match test:
        case Contains() | Words():
            return test
        case All(parts):
            known = [part for part in map(_worded, parts) if part is not None]
            return All(tuple(known)) if known else None
        case Any(parts):
            return _every(map(_worded, parts))
    return None


def _every(parts: Iterable[Test | None]) -> Test | None:
    every = list(parts)
    known = tuple(part for part in every if part is not None)
    return Any(known) if len(known) == len(every) else None


def _unions(test: Test) -> Iterable[Union]:
    """Of each list of alternatives that are not all of one kind, one lead of each."""
    for part in test.parts if isinstance(test, All) else (test,):
        if isinstance(part, Any) and _coded(part) is None and _worded(part) is None:
            leads = [leads_of(alternative) for alternative in part.parts]
            if all(leads):
                yield Union(tuple(first for first, *_ in leads))
