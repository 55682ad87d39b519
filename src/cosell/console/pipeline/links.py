"""Where a figure links to: the table, or, if only a search can express it, the search page. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from cosell.console.figures.restriction import Restriction
from cosell.console.table.page import TABLE
from cosell.console.table.question import query_of

SEARCH: Final = "/console/search"
_LISTS: Final = {
    "LifeCycleStage": "Stage",
    "LifeCycleReviewStatus": "ReviewStatus",
}
_RANGES: Final = ("TargetCloseDate", "CreatedDate", "LastModifiedDate")

Link = tuple[str, list[tuple[str, str]]]


def link_of(question: Mapping[str, Any], only: Restriction) -> Link:
    """Path and query of the page that shows what a ListOpportunities query finds, restricted."""
    if only == Restriction():
        return TABLE, query_of(question)
    conditions = [*_of_restriction(only), *_of_question(question)]
    tree = conditions[0] if len(conditions) == 1 else {"AndAllFilters": conditions}
    return SEARCH, [("Filter", msgspec.json.encode(tree).decode())]


def _of_restriction(only: Restriction) -> Iterator[dict[str, Any]]:
    if only.country:
        yield _text("EqualsTo", "CountryCode", only.country)
    if only.industry:
        yield _text("EqualsTo", "Industry", only.industry)
    if only.owner:
        yield _text("ContainsAny", "OpportunityOwner", only.owner)


def _of_question(question: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for member, field in _LISTS.items():
        if member in question:
            yield _any_of(field, question[member])
    for name in question.get("CustomerCompanyName", ()):  # without upper and lower case, a search only knows parts
        yield _text("ContainsAny", "CustomerCompanyName", name)
    for member in _RANGES:
        bounds = question.get(member, {})
        if after := bounds.get(f"After{member}"):
            yield _moment("GreaterThanOrEquals", member, after)
        if before := bounds.get(f"Before{member}"):
            yield _moment("LessThan", member, _day_after(before) if member == "TargetCloseDate" else before)


def _day_after(day: str) -> str:
    """The last day of target close dates is in the range."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _any_of(field: str, values: Sequence[str]) -> dict[str, Any]:
    parts = [_text("EqualsTo", field, value) for value in values]
    return parts[0] if len(parts) == 1 else {"OrAllFilters": parts}


def _text(operator: str, field: str, value: str) -> dict[str, Any]:
    return {operator: {"Key": field, "Value": {"StringValue": value}}}


def _moment(operator: str, field: str, text: str) -> dict[str, Any]:
    return {operator: {"Key": field, "Value": {"DateValue": text if "T" in text else f"{text}T00:00:00Z"}}}
