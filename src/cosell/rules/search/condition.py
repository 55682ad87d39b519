"""What a filter tree means: one condition, in a form in which equal queries are equal values.

A tree becomes a condition (`condition_of`), and a condition decides whether it holds for an opportunity (`holds`). The
form does not record in which order, how often, or within how many lists of one kind things were said; case-insensitive
texts are casefolded, moments are whole milliseconds, and a number is written in one way.

A condition about a field without a value does not hold, and so its negation does: there are two values, not three.

Source: service model, OpportunitySearchFilter and the documentation of its members; what is our choice has its row in
docs/fidelity.md. `violations.py` has already checked how deep and how wide a tree is.
"""

import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from cosell.rules.list.selector import distinct
from cosell.rules.search.fields import FIELDS, texts_of
from cosell.rules.search.sought import Sought
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import OpportunitySearchFilter as Node
from cosell.wire.types import OpportunitySearchFilterValue as Given
from cosell.wire.types import OpportunitySearchPredicate as Leaf

Sign: TypeAlias = Literal[">=", ">", "<=", "<"]

_COMPARE: Final[dict[Sign, Callable[[int | Decimal, int | Decimal], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


class HasAll(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Each of the texts equals one of the field's, code point by code point."""

    field: str
    texts: tuple[str, ...]


class ContainsAny(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """One of the texts, which are casefolded, is a part of one of the field's."""

    field: str
    texts: tuple[str, ...]


class Compared(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The field's value is on this side of a bound: milliseconds since 1970 UTC, or a number."""

    field: str
    sign: Sign
    bound: int | Decimal


class AllOf(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Every part holds."""

    parts: tuple["Condition", ...]


class AnyOf(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """One part holds, or more."""

    parts: tuple["Condition", ...]


class Not(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The part does not hold."""

    part: "Condition"


Condition: TypeAlias = HasAll | ContainsAny | Compared | AllOf | AnyOf | Not


def holds(condition: Condition, sought: Sought) -> bool:
    """Whether an opportunity meets the condition."""
    match condition:
        case HasAll(field, texts):
            return frozenset(texts).issubset(texts_of(field, sought))
        case ContainsAny(field, texts):
            folded = [text.casefold() for text in texts_of(field, sought)]
            return any(part in text for text in folded for part in texts)
        case Compared(field, sign, bound):
            value = FIELDS[field].value(sought)
            return isinstance(value, int | Decimal) and _COMPARE[sign](value, bound)
        case AllOf(parts):
            return all(holds(part, sought) for part in parts)
        case AnyOf(parts):
            return any(holds(part, sought) for part in parts)
    return not holds(condition.part, sought)


def fields_of(condition: Condition) -> frozenset[str]:
    """The fields that a condition is about."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*map(fields_of, parts))
        case Not(part):
            return fields_of(part)
    return frozenset({condition.field})


def condition_of(node: Node) -> Condition:
    """The condition that a valid tree means."""
    if node.and_all_filters is not None:
        return _joined(AllOf, map(condition_of, node.and_all_filters))
    if node.or_all_filters is not None:
        return _joined(AnyOf, map(condition_of, node.or_all_filters))
    if node.not_filter is not None:
        part = condition_of(node.not_filter)
        return part.part if isinstance(part, Not) else Not(part)
    leaf, mean = next((leaf, mean) for member, mean in _LEAVES.items() if (leaf := getattr(node, member)) is not None)
    return mean(leaf)


def _joined(kind: type[AllOf] | type[AnyOf], parts: Iterable[Condition]) -> Condition:
    """The parts as one: nested lists of the same kind flattened, each part once, in one order."""
    opened: set[Condition] = set()
    for part in parts:
        opened.update(part.parts if isinstance(part, kind) else [part])
    first, *others = sorted(opened, key=msgspec.msgpack.encode)
    return kind((first, *others)) if others else first


def _has_all(leaf: Leaf) -> Condition:
    return HasAll(leaf.key, distinct(_texts(leaf.value)))


def _contains_any(leaf: Leaf) -> Condition:
    return ContainsAny(leaf.key, distinct(text.casefold() for text in _texts(leaf.value)))


def _texts(given: Given) -> list[str]:
    """A single text is a list of one [model]."""
    return given.string_list_value or [given.string_value or ""]


def _compared(sign: Sign) -> Callable[[Leaf], Condition]:
    def mean(leaf: Leaf) -> Condition:
        given = leaf.value
        if given.date_value is not None:
            return _compared_moment(leaf.key, sign, given.date_value)
        number = given.long_value if given.double_value is None else given.double_value
        return Compared(leaf.key, sign, _one_way(Decimal(number or 0)))

    return mean


def _compared_moment(field: str, sign: Sign, moment: Timestamp) -> Compared:
    """In whole milliseconds, as all stamps are: `> .5006` is `>= .501`, and so is `>= .5006`."""
    bound = moment.ms_at_or_after if sign in (">=", "<") else moment.ms + 1
    return Compared(field, ">=" if sign in (">", ">=") else "<", bound)


def _one_way(number: Decimal) -> Decimal:
    """The number without trailing zeros, exactly: Decimal's own `normalize` keeps 28 digits."""
    negative, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "a legal number is finite"
    text = "".join(map(str, digits)).rstrip("0")
    if not text:
        return Decimal(0)
    zeros = len(digits) - len(text)
    return Decimal(f"{'-' if negative else ''}{text}E{exponent + zeros}")


_LEAVES: Final[dict[str, Callable[[Leaf], Condition]]] = {
    "equals_to": _has_all,
    "contains_any": _contains_any,
    "contains_all": _has_all,
    "greater_than": _compared(">"),
    "greater_than_or_equals": _compared(">="),
    "less_than": _compared("<"),
    "less_than_or_equals": _compared("<="),
}
