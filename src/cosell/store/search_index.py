"""What an index can be asked for a search: a test that decides for its entries what the query asks of opportunities.

A test is a query in the terms of an index: coded texts by their codes, comparisons as spans, and nothing that an entry
cannot answer. It is exact: an entry passes it if and only if its opportunity matches (`rules/search`).

Pure: a database looks codes up, and writes tests in its own language.
"""

from collections.abc import Iterable
from typing import Final, Protocol, TypeAlias

import msgspec

from cosell.rules.identifiers import id_key, identifier_of
from cosell.rules.search.condition import AllOf, AnyOf, Compared, Condition, ContainsAny, HasAll
from cosell.rules.search.entry import CODED, FOLDED, LISTS, SEPARATOR, Span, span_of
from cosell.rules.search.question import Question


class Codes(Protocol):
    """The codes of the texts of one scope."""

    def code(self, field: str, text: str) -> int | None:
        """The code of a text; None if no entry has it."""

    def containing(self, field: str, parts: tuple[str, ...]) -> tuple[int, ...]:
        """The codes of all texts of a field that contain one of the parts, which are casefolded."""


class OneOf(msgspec.Struct, frozen=True):
    """A coded text is one of these."""

    field: str
    codes: tuple[int, ...]


class Element(msgspec.Struct, frozen=True):
    """A list has this element."""

    field: str
    code: int


class Empty(msgspec.Struct, frozen=True):
    """A coded text, or a list, is empty. `code` is that of an empty text."""

    field: str
    code: int


class Equal(msgspec.Struct, frozen=True):
    """A written text is this one."""

    field: str
    text: str


class Identified(msgspec.Struct, frozen=True):
    """The opportunity with this key."""

    id_key: str


class Contains(msgspec.Struct, frozen=True):
    """A folded text contains one of the parts."""

    field: str
    parts: tuple[str, ...]


class Within(msgspec.Struct, frozen=True):
    """A moment, a day or an amount is within a span."""

    field: str
    span: Span


class Words(msgspec.Struct, frozen=True):
    """A keyword."""

    keyword: str


class All(msgspec.Struct, frozen=True):
    """Every part."""

    parts: tuple["Test", ...]


class Any(msgspec.Struct, frozen=True):
    """One part, or more."""

    parts: tuple["Test", ...]


class No(msgspec.Struct, frozen=True):
    """Not the part."""

    part: "Test"


Test: TypeAlias = OneOf | Element | Empty | Equal | Identified | Contains | Within | Words | All | Any | No
ALWAYS: Final = All(())
NEVER: Final = Any(())


def parts_in(test: Test) -> tuple[Test, ...]:
    """Tests that must all be passed to pass one."""
    return test.parts if isinstance(test, All) else (test,)


MOST_CODES: Final = 500
"""Of one condition. Fields with codes have some dozens of different texts, as their values are the model's."""


class NotTold(Exception):
    """An index cannot decide: a text would reach from one element of a list into the next, or has too many codes."""


def test_of(question: Question, codes: Codes) -> Test:
    """The test for a query. Raises NotTold if an index has none."""
    parts: list[Test] = [] if question.condition is None else [_test(question.condition, codes)]
    return _all([Words(question.keyword), *parts] if question.keyword else parts)


def _test(condition: Condition, codes: Codes) -> Test:
    match condition:
        case HasAll(field, texts):
            return _all(_has(field, text, codes) for text in texts)
        case ContainsAny(field, parts):
            return _contains(field, parts, codes)
        case Compared():
            return Within(condition.field, span_of(condition))
        case AllOf(conditions):
            return _all(_test(part, codes) for part in conditions)
        case AnyOf(conditions):
            return _any(_test(part, codes) for part in conditions)
    return _no(_test(condition.part, codes))


def _has(field: str, text: str, codes: Codes) -> Test:
    if field == "OpportunityId":
        return Identified(id_key(text)) if identifier_of(id_key(text)) == text else NEVER
    if field not in CODED and field not in LISTS:
        return Equal(field, text)
    code = codes.code(field, text)
    if code is None:
        return NEVER
    return Element(field, code) if field in LISTS else OneOf(field, (code,))


def _contains(field: str, parts: tuple[str, ...], codes: Codes) -> Test:
    if field in LISTS and any(SEPARATOR in part for part in parts):
        raise NotTold
    if field in FOLDED or field == "OpportunityId":
        return Contains(field, parts)
    found = codes.containing(field, parts)
    if len(found) > MOST_CODES:
        raise NotTold
    return OneOf(field, found) if found else NEVER


def _all(parts: Iterable[Test]) -> Test:
    """Every part; one field can be equal to one text only, so two that differ are never there."""
    kept = [part for part in parts if part != ALWAYS]
    if NEVER in kept:
        return NEVER
    return kept[0] if len(kept) == 1 else All(tuple(kept))


def _any(parts: Iterable[Test]) -> Test:
    kept = [part for part in parts if part != NEVER]
    if ALWAYS in kept:
        return ALWAYS
    return kept[0] if len(kept) == 1 else Any(tuple(kept))


def _no(part: Test) -> Test:
    if part == NEVER:
        return ALWAYS
    return NEVER if part == ALWAYS else No(part)
