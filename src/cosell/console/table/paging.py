"""Forward and back through the pages of the table, and where among them a page is.

The API only pages forward, by tokens. The previous page is requested in the opposite order, from the first row on, with
a token as the API would write it, and the result is reversed. So the previous page costs what the next one costs, and
an address has no trail of tokens in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from cosell.console.table.question import query_of, single_members
from cosell.console.visit.visit import Query, Visit
from cosell.console.words import counted, number
from cosell.operations.opportunity.list_opportunities import DEFAULT_PAGE_SIZE
from cosell.rules.identifiers import id_key
from cosell.rules.list.page_token import Position, Scan, write
from cosell.rules.list.selector import DEFAULT_SORT_BY, selector_of
from cosell.rules.list.sort_keys import Key, company_key, target_close_key
from cosell.wire.decode import full_request
from cosell.wire.model import service_model
from cosell.wire.timestamps import NS_PER_MS, Date, Timestamp
from cosell.wire.types import ListOpportunitiesRequest

BACK: Final = "Back"
"""The member of an address whose token leads backward, as NextToken leads forward."""
NUMBER: Final = "Page"
MOST_DIGITS: Final = 9
_TURNED: Final = {"ASCENDING": "DESCENDING", "DESCENDING": "ASCENDING"}


class Place(msgspec.Struct, frozen=True):
    """A page: its number, the token that leads to it, and whether that leads back from a later one."""

    number: int = 1
    token: str = ""
    is_back: bool = False


def place_of(query: Query) -> Place:
    """The page that an address names; the first if it has no token."""
    given = single_members(query)
    token = given.get(BACK) or given.get("NextToken", "")
    digits = given.get(NUMBER, "")
    number = int(digits) if token and digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else 1
    return Place(number, token, bool(given.get(BACK)))


def request_for(question: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The API's request for a page of a query."""
    request = turned(question) if place.is_back else dict(question)
    return request | ({"NextToken": place.token} if place.token else {})


def turned(question: Mapping[str, Any]) -> dict[str, Any]:
    """The query in the opposite order."""
    sort = question.get("Sort") or {"SortBy": DEFAULT_SORT_BY, "SortOrder": "DESCENDING"}
    return {**question, "Sort": {**sort, "SortOrder": _TURNED.get(sort["SortOrder"], "")}}


def query_of_next(
    visit: Visit, question: Mapping[str, Any], place: Place, rows: Sequence[Mapping[str, Any]], next_token: str
) -> list[tuple[str, str]] | None:
    """The address query of the next page; None if this is the last one. `next_token` is the API's, for this page."""
    token = _token_at(visit, question, rows[-1]) if place.is_back and rows else next_token
    return [*query_of({**question, "NextToken": token}), (NUMBER, str(place.number + 1))] if token else None


def query_of_previous(
    visit: Visit, question: Mapping[str, Any], place: Place, rows: Sequence[Mapping[str, Any]], next_token: str
) -> list[tuple[str, str]] | None:
    """The address query of the previous page; None if this is the first one."""
    if place.number <= 1:
        return None
    token = next_token if place.is_back or not rows else _token_at(visit, turned(question), rows[0])
    if place.number == 2 or not token:
        return query_of(question)
    return [*query_of(question), (BACK, token), (NUMBER, str(place.number - 1))]


def where_among(place: Place, rows: int, size: int, total: int | None, *, is_last: bool) -> str:
    """Which opportunities a page shows, of how many: `21–40 of 1,234`, or `of more than 40` if that is not known."""
    before = (place.number - 1) * size
    last = before + rows
    if is_last:
        total = last
    if total == rows:
        return counted(total, "opportunity", "opportunities")
    of = f"more than {number(last)}" if total is None else number(max(total, last))
    return f"{number(before + 1)}–{number(last)} of {of}"


def page_size(question: Mapping[str, Any]) -> int:
    """How many opportunities a page of this query has."""
    size = question.get("MaxResults", DEFAULT_PAGE_SIZE)
    return size if isinstance(size, int) else DEFAULT_PAGE_SIZE


def _token_at(visit: Visit, question: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """The token that continues after a row, as the API writes it."""
    body = msgspec.json.encode({"Catalog": visit.scope.catalog, **question})
    request = full_request(service_model().operations["ListOpportunities"], body)
    assert isinstance(request, ListOpportunitiesRequest), "the model says so"
    selector = selector_of(request)
    engine = visit.surroundings.engine
    scan = Scan(visit.scope, selector, engine.clock(), engine.store.token_key)
    return write(scan, Position(_key(row, selector.sort_by), id_key(row["Id"])))


def _key(row: Mapping[str, Any], sort_by: str) -> Key:
    if sort_by == "Identifier":
        return id_key(row["Id"])
    if sort_by == "CustomerCompanyName":
        return company_key(((row.get("Customer") or {}).get("Account") or {}).get("CompanyName"))
    if sort_by == "TargetCloseDate":
        day = (row.get("LifeCycle") or {}).get("TargetCloseDate")
        return target_close_key(Date(day) if day else None)
    return Timestamp.parse(row[sort_by]) // NS_PER_MS
