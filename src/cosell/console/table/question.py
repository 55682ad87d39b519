"""A ListOpportunities request as the query of an address, and back.

Members have the API's own names, lists are repeated names, so a table's address *is* its query:
`?LifeCycleStage=Qualified&LifeCycleStage=Committed&AfterCreatedDate=2026-01-01T00:00:00Z&SortBy=CreatedDate`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cosell.console.columns import COLUMNS, DEFAULT_COLUMNS, Column
from cosell.console.visit.visit import Query

LISTS: Final = ("Identifier", "CustomerCompanyName", "LifeCycleStage", "LifeCycleReviewStatus")
RANGES: Final = ("LastModifiedDate", "CreatedDate", "TargetCloseDate")
LINES: Final = {"identifiers": "Identifier", "companies": "CustomerCompanyName"}
"""Form fields that hold one value per line, and the members that they become."""

COLUMN: Final = "Column"
"""Names a column of the table, beside the query."""
SORT: Final = ("SortBy", "SortOrder")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def request_of(query: Query) -> dict[str, Any]:
    """The request's members. Invalid ones are left as they are, so that the API says what is wrong with them."""
    request: dict[str, Any] = {}
    for name in LISTS:
        if values := [value for key, value in query if key == name]:
            request[name] = values
    given = single_members(query)
    for member in RANGES:
        bounds = {name: given[name] for name in _bounds(member) if name in given}
        if bounds:
            request[member] = bounds
    return request | order_and_page_of(given)


def query_of(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The query that `request_of` reads as this request."""
    query = [(name, value) for name in LISTS for value in request.get(name, ())]
    for member in RANGES:
        query += [(name, str(value)) for name, value in request.get(member, {}).items()]
    return query + query_of_order_and_page(request)


def single_members(query: Query) -> dict[str, str]:
    """The members of a query that may occur once: the first counts."""
    return dict(reversed(query))


def order_and_page_of(given: Mapping[str, str]) -> dict[str, Any]:
    """The members that say in which order results come, and which page of them."""
    members: dict[str, Any] = {}
    if "SortBy" in given or "SortOrder" in given:
        members["Sort"] = {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"} | {
            name: given[name] for name in SORT if name in given
        }
    if size := given.get("MaxResults"):
        members["MaxResults"] = int(size) if re.fullmatch(r"\d{1,9}", size, re.ASCII) else size
    if token := given.get("NextToken"):
        members["NextToken"] = token
    return members


def query_of_order_and_page(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The query that `order_and_page_of` reads so."""
    query = [(name, str(value)) for name, value in request.get("Sort", {}).items()]
    return query + [(name, str(request[name])) for name in ("MaxResults", "NextToken") if name in request]


def question_of(query: Query) -> dict[str, Any]:
    """The request without its place among the pages: the query itself."""
    return {name: value for name, value in request_of(query).items() if name != "NextToken"}


def columns_of(query: Query) -> tuple[Column, ...]:
    """The columns that an address chooses, in their own order; the default ones if it chooses none."""
    names = {value for name, value in query if name == COLUMN}
    return tuple(column for column in COLUMNS if column.name in names) or DEFAULT_COLUMNS


def query_of_columns(columns: Sequence[Column]) -> list[tuple[str, str]]:
    """The query that `columns_of` reads so."""
    return [] if tuple(columns) == DEFAULT_COLUMNS else [(COLUMN, column.name) for column in columns]


def query_of_form(query: Query) -> list[tuple[str, str]]:
    """The query that the filter's form means: lines become values, and days the moments at which they begin."""
    meant: list[tuple[str, str]] = []
    for name, value in query:
        if name in LINES:
            meant += [(LINES[name], line.strip()) for line in value.splitlines() if line.strip()]
        elif "Date" in name and "TargetClose" not in name and _DAY.fullmatch(value.strip()):
            meant.append((name, f"{value.strip()}T00:00:00Z"))
        elif value.strip():
            meant.append((name, value.strip()))
    return [*query_of(request_of(meant)), *((name, value) for name, value in query if name == COLUMN)]


def _bounds(member: str) -> tuple[str, str]:
    return f"After{member}", f"Before{member}"
