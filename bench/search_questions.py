"""The questions whose pages are measured: keywords, every operator, trees, and orders, selective and not."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from bench.duckdb_sql import Request
from bench.duckdb_table import folded
from bench.search_values import Values
from cosell.rules.search.fields import FIELDS

FREQUENCIES: Final = {"rare": 1e-5, "1 in 1,000": 1e-3, "1 in 10": 0.1}
"""Shares of the opportunities in which a keyword stands."""
LENGTHS: Final = (1, 2, 3, 10)
"""Characters of a keyword."""
TEXTS: Final = ("OpportunityId", "CustomerCompanyName", "NextStep", "Stage", "Origin", "ApnPrograms", "Tags")
"""Two of them are lists, and one is of AWS's side."""
ORDERED: Final = ("CreatedDate", "LastModifiedDate", "TargetCloseDate", "EstimatedMrr")
RANGES: Final = ("GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals")
SORT_KEYS: Final = (
    *("LastModifiedDate", "OpportunityId", "CustomerCompanyName", "TargetCloseDate"),
    *("EstimatedMrr", "PartnerProjectTitle", "OpportunityOwner", "ApnPrograms"),
)
"""The second line has orders that ListOpportunities has not."""
FEW: Final = 20
"""Opportunities that have a selective text."""
NARROW: Final = 100
"""Opportunities in a selective range."""
A_PART: Final = 6
"""Characters that are looked for within a field."""


class Question(msgspec.Struct, frozen=True):
    """One line of the table: what is asked, in words, and the request without its Catalog."""

    name: str
    request: Request


def questions(values: Values) -> list[Question]:
    """All of them."""
    return [
        Question("everything", {}),
        *_keywords(values),
        *_texts(values),
        *_ranges(values),
        *_trees(values),
        *_orders(values),
    ]


def _keywords(values: Values) -> Iterator[Question]:
    for length in LENGTHS:
        for name, share in FREQUENCIES.items():
            part = values.part("words", length, values.rows * share)
            yield Question(f"keyword of {length}, {name}: in {part.rows:,}", {"Keyword": part.value})
    yield Question("keyword of 10, nowhere, of parts that are frequent", {"Keyword": values.nowhere()})


def _texts(values: Values) -> Iterator[Question]:
    for field in TEXTS:
        for text in dict.fromkeys(values.whole(field, count) for count in (FEW, values.rows)):
            for operator in ("EqualsTo", "ContainsAll"):
                yield _question(f"{field} {operator}, in {text.rows:,}", _leaf(operator, field, text.value))
        for count in (FEW, values.rows / 10):
            part = values.part(folded(field), A_PART, count)
            yield _question(f"{field} ContainsAny, in {part.rows:,}", _leaf("ContainsAny", field, part.value))


def _ranges(values: Values) -> Iterator[Question]:
    narrow, wide = NARROW / values.rows, 0.9
    for field in ORDERED:
        for width, share in (("narrow", narrow), ("wide", wide)):
            low, high = values.bound(field, 1 - share), values.bound(field, share)
            for operator in RANGES:
                bound = low if operator.startswith("Greater") else high
                yield _question(f"{field} {operator}, {width}", _leaf(operator, field, bound))


def _trees(values: Values) -> Iterator[Question]:
    """Each has a negation. Those of twenty leaves are as wide and as deep as trees may be."""
    title = folded("PartnerProjectTitle")
    company = _whole(values, "CustomerCompanyName", FEW)
    stage = _whole(values, "Stage", values.rows)
    step = _whole(values, "NextStep", values.rows / 100)
    rare, seldom, often = (
        _leaf("ContainsAny", "PartnerProjectTitle", values.part(title, A_PART, values.rows * share).value)
        for share in FREQUENCIES.values()
    )
    much, more = (
        _leaf("GreaterThanOrEquals", "EstimatedMrr", values.bound("EstimatedMrr", share)) for share in (0.1, 0.99)
    )
    yield _question("3 leaves, most rows", _all(stage, much, _not(often)))
    yield _question("3 leaves, few rows", _all(company, much, _not(often)))
    yield _question("3 leaves, few rows only together", _all(seldom, more, _not(stage)))
    yield _question("3 leaves, either of two that are rare", _all(_any(rare, company), _not(stage)))
    yield _question("3 leaves, all but", _not(_any(company, rare, stage)))
    companies = [
        _leaf("EqualsTo", "CustomerCompanyName", name) for name, _ in values.some("CustomerCompanyName", FEW, 9)
    ]
    steps = [_leaf("ContainsAny", "NextStep", text) for text, _ in values.some("NextStep", values.rows / 100, 9)]
    yield _question("20 leaves, few rows", _all(_any(*companies), _any(*steps), much, _not(often)))
    yield _question("20 leaves, many rows", _all(_any(*companies, stage), _any(*steps[:7], _not(step)), much, often))
    yield _question("20 leaves, any of them", _any(_any(*companies, rare), _all(_any(*steps), _not(often))))
    yield _question("20 leaves, all but", _all(_not(_any(*companies, stage)), _not(_any(*steps, rare))))
    for share in ("1 in 1,000", "1 in 10"):
        keyword = {"Keyword": values.part("words", A_PART, values.rows * FREQUENCIES[share]).value}
        yield _question(f"keyword of {A_PART}, {share}, and a stage", stage, keyword)
        yield _question(f"keyword of {A_PART}, {share}, and a company", company, keyword)
        yield _question(f"keyword of {A_PART}, {share}, and a sum that is rare", more, keyword)


def _orders(values: Values) -> Iterator[Question]:
    stage = _whole(values, "Stage", values.rows)
    company = _whole(values, "CustomerCompanyName", FEW)
    keyword = values.part("words", A_PART, values.rows * FREQUENCIES["1 in 1,000"]).value
    conditions: dict[str, Request] = {
        "everything": {},
        "a stage": {"Filter": stage},
        "a company": {"Filter": company},
        "a keyword, 1 in 1,000": {"Keyword": keyword},
    }
    for field in SORT_KEYS:
        for order in ("ASCENDING", "DESCENDING"):
            for name, condition in conditions.items():
                sort = {"Sort": {"SortBy": field, "SortOrder": order}}
                yield Question(f"{name}, by {field} {order.lower()}", {**condition, **sort})


def _question(name: str, tree: Request, others: Request | None = None) -> Question:
    return Question(name, {"Filter": tree, **(others or {})})


def _whole(values: Values, field: str, count: float) -> Request:
    return _leaf("EqualsTo", field, values.whole(field, count).value)


def _leaf(operator: str, field: str, value: Any) -> Request:
    match FIELDS[field].kind:
        case "date":
            kind = "DateValue"
        case "number":
            kind = "DoubleValue"
        case _:
            kind = "StringValue"
    return {operator: {"Key": field, "Value": {kind: value}}}


def _all(*nodes: Request) -> Request:
    return {"AndAllFilters": list(nodes)}


def _any(*nodes: Request) -> Request:
    return {"OrAllFilters": list(nodes)}


def _not(node: Request) -> Request:
    return {"NotFilter": node}
