"""Questions of SearchOpportunities in DuckDB's SQL, read from the request: nothing of how cosell reads it is used."""

from collections.abc import Sequence
from typing import Any, Final

from bench.duckdb_table import folded, least
from cosell.rules.search.fields import FIELDS
from cosell.wire.timestamps import Timestamp

Request = dict[str, Any]
DEFAULT_SORT: Final = {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}
_SIGNS: Final = {
    "GreaterThan": ">",
    "GreaterThanOrEquals": ">=",
    "LessThan": "<",
    "LessThanOrEquals": "<=",
}


def page_query(
    request: Request,
    limit: int,
    *,
    columns: Sequence[str] = ("id_key", "summary"),
    skip: int = 0,
    behind: tuple[Any, ...] | None = None,
) -> str:
    """The rows of a page: those after the first `skip`, or those behind a position in the columns of the order."""
    keys, descending = order_of(request)
    conditions = [condition_of(request)]
    if behind is not None:
        conditions.append(_behind(keys, behind, descending=descending))
    order = ", ".join(f"{key} {'DESC NULLS LAST' if descending else 'ASC NULLS FIRST'}" for key in keys)
    return (
        f"SELECT {', '.join(columns)} FROM opportunity WHERE {' AND '.join(conditions)} "
        f"ORDER BY {order} LIMIT {limit} OFFSET {skip}"
    )


def order_of(request: Request) -> tuple[list[str], bool]:
    """The columns of a question's order, and whether it is descending. An identifier breaks ties."""
    sort = request.get("Sort", DEFAULT_SORT)
    field, descending = sort["SortBy"], sort["SortOrder"] == "DESCENDING"
    if field == "OpportunityId":
        return ["id_key"], descending
    match FIELDS[field].kind:
        case "text":
            columns = [folded(field), field]
        case "list":
            columns = [folded(least(field)), least(field)]
        case _:
            columns = [field]
    return [*columns, "id_key"], descending


def condition_of(request: Request) -> str:
    """What a question asks of a row. A condition about nothing is not true, and its negation is."""
    keyword, tree = request.get("Keyword"), request.get("Filter")
    conditions = [_contains("words", " ".join(keyword.split()))] if keyword else []
    return " AND ".join([*conditions, *([_node(tree)] if tree else [])]) or "true"


def text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def _node(node: Request) -> str:
    ((name, said),) = node.items()
    match name:
        case "AndAllFilters":
            return f"({' AND '.join(map(_node, said))})"
        case "OrAllFilters":
            return f"({' OR '.join(map(_node, said))})"
        case "NotFilter":
            return f"({_node(said)} IS NOT TRUE)"
    return f"({_leaf(name, said['Key'], said['Value'])})"


def _leaf(operator: str, field: str, value: Request) -> str:
    ((_, given),) = value.items()
    if operator in _SIGNS:
        return f"{field} {_SIGNS[operator]} {Timestamp.parse(given).ms if isinstance(given, str) else given}"
    texts = given if isinstance(given, list) else [given]
    if operator == "ContainsAny":
        return " OR ".join(_contains(folded(field), part) for part in texts)
    if FIELDS[field].kind == "list":
        return " AND ".join(f"list_contains({field}, {text(part)})" for part in texts)
    return " AND ".join(f"{field} = {text(part)}" for part in texts)


def _contains(column: str, part: str) -> str:
    return f"contains({column}, {text(part.casefold())})"


def _behind(columns: list[str], position: tuple[Any, ...], *, descending: bool) -> str:
    """Bounds of the first column, which DuckDB can skip rows by, and the comparison of all."""
    sign = "<" if descending else ">"
    values = [text(value) if isinstance(value, str) else str(value) for value in position]
    behind = f"{columns[-1]} {sign} {values[-1]}"
    for column, value in zip(columns[-2::-1], values[-2::-1], strict=True):
        behind = f"({column} {sign} {value} OR ({column} = {value} AND {behind}))"
    return f"{columns[0]} {sign}= {values[0]} AND {behind}"
