"""A SearchOpportunities request as the query of an address, and form input as part of its filter.

Members have the API's own names, and the filter is its JSON text, so a search's address *is* its query:
`?Keyword=heron&Filter={"EqualsTo":{"Key":"Stage","Value":{"StringValue":"Qualified"}}}&SortBy=CreatedDate`. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from cosell.console.search import tree
from cosell.console.table.question import order_and_page_of, query_of_order_and_page, single_members
from cosell.console.visit.visit import Query
from cosell.errors import SerializationException
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.listed import LISTED_BY
from cosell.wire.decode import check_depth

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,18}", re.ASCII)
_BY_DAYS: Final = {"GreaterThan": "GreaterThanOrEquals", "LessThanOrEquals": "LessThan"}
"""What an operator means for a whole day: "after" starts the next day, "until" ends before it."""
GROUPINGS: Final[dict[str, tree.Grouping]] = {"all": "all", "any": "any", "none": "none"}


def request_of(query: Query) -> dict[str, Any]:
    """The request's members. Invalid ones are left as they are, so that the API says what is wrong with them.

    Numbers are read as programs in Python and JavaScript do: the first seventeen digits count.
    """
    given = single_members(query)
    request: dict[str, Any] = {}
    if keyword := given.get("Keyword"):
        request["Keyword"] = keyword
    node = _filter_in(given.get("Filter", "null"))
    if node is not None:
        request["Filter"] = node
    return request | order_and_page_of(given)


def query_of(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The query that `request_of` reads as this request."""
    query = [("Keyword", request["Keyword"])] if "Keyword" in request else []
    if "Filter" in request:
        query.append(("Filter", msgspec.json.encode(request["Filter"]).decode()))
    return query + query_of_order_and_page(request)


def with_keyword(request: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    """The query with other words, from its first page on; without any if these are empty."""
    rest = {name: value for name, value in request.items() if name not in ("Keyword", "NextToken")}
    return {"Keyword": keyword, **rest} if keyword else rest


def with_filter(request: Mapping[str, Any], node: Any) -> dict[str, Any]:
    """The query with another filter, from its first page on; without any if that is None."""
    rest = {name: value for name, value in request.items() if name not in ("Filter", "NextToken")}
    return rest if node is None else {**rest, "Filter": node}


def with_condition(request: Mapping[str, Any], node: Any, into: tree.Path = ()) -> dict[str, Any]:
    """The query with one more condition."""
    return with_filter(request, tree.with_part(request.get("Filter"), node, into))


def with_entered(request: Mapping[str, Any], query: Query) -> dict[str, Any]:
    """The query with the condition that a form's members describe; unchanged if they give no value.

    `field`, `operator` and `value` (one text a line) make the condition, `not` negates it, and `into` is where it goes:
    the path of a group, or `new any`, say, for a group of its own.
    """
    entered = single_members(query)
    values = [line.strip() for line in entered.get("value", "").splitlines() if line.strip()]
    if not values:
        return with_filter(request, request.get("Filter"))
    node = condition(entered.get("field", ""), entered.get("operator", ""), values)
    if entered.get("not"):
        node = tree.negated(node)
    into = entered.get("into", "")
    grouping = GROUPINGS.get(into.removeprefix("new "))
    if grouping is not None:
        return with_condition(request, tree.grouped(node, grouping))
    return with_condition(request, node, tree.path_of(into))


def condition(field: str, operator: str, values: Sequence[str]) -> dict[str, Any]:
    """The node for a field. Several texts go together in a list.

    Without an operator the usual one applies: a value from the model's list is matched whole, any other text as a part.
    """
    kind = FIELDS[field].kind if field in FIELDS else "text"
    if kind == "date":
        operator, value = _moment(operator or "GreaterThanOrEquals", values[0])
    elif kind == "number":
        operator, value = operator or "GreaterThanOrEquals", {"DoubleValue": _number(values[0])}
    else:
        operator = operator or ("EqualsTo" if field in LISTED_BY else "ContainsAny")
        value = {"StringListValue": list(values)} if len(values) > 1 else {"StringValue": values[0]}
    return {operator: {"Key": field, "Value": value}}


def next_day(day: str) -> str:
    """The next day; an invalid one is left as it is."""
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day


def _moment(operator: str, text: str) -> tuple[str, dict[str, Any]]:
    """A whole day stands for all of its moments."""
    if not _DAY.fullmatch(text):
        return operator, {"DateValue": text}
    day = next_day(text) if operator in _BY_DAYS else text
    return _BY_DAYS.get(operator, operator), {"DateValue": f"{day}T00:00:00Z"}


def _number(text: str) -> int | float | str:
    """A number, with or without commas; anything else as it is."""
    plain = text.replace(",", "")
    if _WHOLE.fullmatch(plain):
        return int(plain)
    try:
        return float(plain)
    except ValueError:
        return text


def _filter_in(text: str) -> Any:
    """The JSON value of a text, or the text itself if it is not JSON, or nested too deep."""
    try:
        check_depth(text.encode())
        return msgspec.json.decode(text)
    except (SerializationException, msgspec.DecodeError):
        return text
