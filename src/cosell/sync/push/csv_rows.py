"""Rows of a CSV file.

The first line names the columns and shows by its signs what separates cells: comma, semicolon or tab. Everything
inside a cell is the value: nothing is split, trimmed or unescaped beyond CSV's own quotation marks and the apostrophe
with which exports keep a text from being taken for a formula. A cell of a list is a JSON array, or else one value, the
only one of the list. A cell of a structure is a JSON object. An empty cell names nothing, unless `empty_clears`.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Final

from cosell.errors import UserError
from cosell.formulas import restored
from cosell.sync.push.columns import Column, columns_of
from cosell.sync.push.row import Problem, Row

SEPARATORS: Final = ",;\t"
LONGEST_CELL: Final = 1 << 20  # more than a request may hold


def csv_rows(text: str, members: dict[str, Any], *, empty_clears: bool) -> Iterator[Row]:
    """The rows of a CSV text, without empty lines. Raises UserError where it cannot be read, or a column is unknown."""
    csv.field_size_limit(LONGEST_CELL)
    first_line = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next(lines, [])
        columns = columns_of(header, members)
        begins = lines.line_num + 1
        for cells in lines:
            if any(cells):
                if len(cells) != len(columns):
                    raise UserError(
                        f"line {begins} has {len(cells)} cells, and the header {len(columns)}",
                        "put cells that contain the separator into quotation marks",
                    )
                yield _row(begins, cells, columns, empty_clears=empty_clears)
            begins = lines.line_num + 1
    except csv.Error as error:
        raise UserError(f"line {lines.line_num}: {error}", "write it as CSV with quotation marks") from None


def _row(line: int, cells: list[str], columns: list[Column | None], *, empty_clears: bool) -> Row:
    tree: dict[str | int, Any] = {}
    problems = []
    for cell, column in zip(map(restored, cells), columns, strict=True):
        if column is None or not (cell or empty_clears):
            continue
        try:
            value = _value(cell, column.shape) if cell else None
        except ValueError as error:
            problems.append(Problem(column.name, "INVALID_VALUE", f"This must be JSON ({error})."))
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
    """Structures whose steps were numbers become lists, without elements of which no cell says anything."""
    if not isinstance(value, dict):
        return value
    inner = {step: _with_lists(member) for step, member in value.items()}
    if not any(isinstance(step, int) for step in inner):
        return inner
    items = [inner[step] for step in sorted(inner)]
    return [item for item in items if _says_something(item)] or None


def _says_something(item: Any) -> bool:
    return any(value is not None for value in item.values()) if isinstance(item, dict) else item is not None
