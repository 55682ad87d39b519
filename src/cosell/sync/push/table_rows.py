"""Rows of a table, whatever the file format: the first line names the columns, each other one is an opportunity.

The apostrophe with which exports keep a text from being taken for a formula is removed. A list cell is a JSON array, or
else a single value, the list's only one. A structure cell is a JSON object. An empty cell names nothing, unless
`empty_clears`.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from cosell.formulas import restored
from cosell.sync.push.columns import Column, Renamed, columns_of
from cosell.sync.push.row import Problem, Row

_QUOTE: Final = "Put cells that contain the separator into quotation marks."


def table_rows(
    lines: Iterator[tuple[int, list[str]]], members: dict[str, Any], renamed: Renamed, *, empty_clears: bool
) -> Iterator[Row]:
    """The rows below the header, without empty ones. Raises UserError if a column is unknown."""
    _, header = next(lines, (1, []))
    columns = columns_of(header, members, renamed)
    for number, cells in lines:
        if any(cells):
            yield _row(number, cells, columns, empty_clears=empty_clears)


def _row(line: int, cells: list[str], columns: list[Column | None], *, empty_clears: bool) -> Row:
    if len(cells) != len(columns):
        message = f"The line has {len(cells)} cells, and the header {len(columns)}. {_QUOTE}"
        return Row(line, {}, (Problem("row", "WRONG_NUMBER_OF_CELLS", message),))
    tree: dict[str | int, Any] = {}
    problems = []
    for cell, column in zip(map(restored, cells), columns, strict=True):
        if column is None or not (cell or empty_clears):
            continue
        try:
            value = _value(cell, column.shape) if cell else None
        except ValueError:
            problems.append(Problem(column.name, "INVALID_VALUE", "This must be JSON.", cell))
            continue
        place = tree
        for step in column.path[:-1]:
            place = place.setdefault(step, {})
        place[column.path[-1]] = value
    return Row(line, _with_lists(tree), tuple(problems))


def _value(cell: str, shape: Any) -> Any:
    if shape.type_name == "structure" or (shape.type_name == "list" and cell.lstrip().startswith("[")):
        return json.loads(cell)
    if shape.type_name == "list":
        return [cell] if shape.member.type_name == "string" else json.loads(cell)
    return cell


def _with_lists(value: Any) -> Any:
    """Structures with numeric steps become lists, without elements for which no cell has a value."""
    if not isinstance(value, dict):
        return value
    inner = {step: _with_lists(member) for step, member in value.items()}
    if not any(isinstance(step, int) for step in inner):
        return inner
    items = [inner[step] for step in sorted(inner)]
    return [item for item in items if _says_something(item)] or None


def _says_something(item: Any) -> bool:
    return any(value is not None for value in item.values()) if isinstance(item, dict) else item is not None
