"""The rows of a file in any format."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from cosell.errors import UserError
from cosell.sync.push.columns import NOTHING_RENAMED, Renamed
from cosell.sync.push.csv_rows import csv_lines
from cosell.sync.push.json_rows import json_rows
from cosell.sync.push.members import Shapes, content_of, digest, problems_of, without_empty
from cosell.sync.push.row import KEY, Problem, Row
from cosell.sync.push.table_rows import table_rows


class Given(NamedTuple):
    """The rows of a file, and the members in some that are ignored, since only the service writes them."""

    rows: list[Row]
    left_out: list[str]


XLSX: Final = b"PK\x03\x04"
"""How a workbook begins, which is a ZIP archive."""


def rows_of(
    given: bytes, shapes: Shapes, catalog: str, renamed: Renamed = NOTHING_RENAMED, *, empty_clears: bool = False
) -> Given:
    """All rows of a file: a workbook, JSON if it begins with a bracket, else CSV. `renamed` gives meanings of columns.

    What is wrong with a row is in the row. Raises UserError if the file as a whole cannot be read, or holds nothing
    at all: nothing of it is pushed then.
    """
    if not given.strip():
        raise UserError("there is nothing in it", "give a file with a header, or a JSON array")
    rows = list(_rows(given, shapes, renamed, empty_clears=empty_clears))
    left_out = sorted({name for row in rows for name in row.members} & shapes.read_only)
    return Given(_with_repetitions(_checked(row, shapes, catalog) for row in rows), left_out)


def _rows(given: bytes, shapes: Shapes, renamed: Renamed, *, empty_clears: bool) -> Iterator[Row]:
    if given.startswith(XLSX):
        from cosell.sync.push.xlsx_rows import xlsx_lines  # its library is an extra

        return table_rows(xlsx_lines(given), shapes.row, renamed, empty_clears=empty_clears)
    try:
        text = given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + given.count(b"\n", 0, error.start)
        raise UserError(f"line {line} is not UTF-8", "save the file as UTF-8") from None
    if text.lstrip()[:1] in ("[", "{"):
        if renamed:
            raise UserError("JSON has no columns to rename", "leave out --map and --map-file")
        return json_rows(text)
    return table_rows(csv_lines(text), shapes.row, renamed, empty_clears=empty_clears)


def _checked(row: Row, shapes: Shapes, catalog: str) -> Row:
    members = {name: value for name, value in row.members.items() if name not in shapes.read_only}
    problems = [*row.problems, *problems_of(members, shapes.row)]
    named = row.members.get("Catalog")
    if named is not None and named != catalog:
        problems.append(
            Problem(
                "Catalog",
                "INVALID_VALUE",
                f"The row is of another catalog than the push, which goes to {catalog}.",
                named,
            )
        )
    return Row(row.line, members, tuple(problems))


def _with_repetitions(rows: Iterable[Row]) -> list[Row]:
    """A second row about the same opportunity is wrong: which of them holds would depend on their order."""
    first: dict[str, int] = {}
    checked = []
    for row in rows:
        name = name_of(row.members) if not row.problems else ""
        if name in first:
            problem = Problem(
                _member_of(row), "DUPLICATE_KEY_VALUE", f"Line {first[name]} is about the same opportunity."
            )
            row = msgspec.structs.replace(row, problems=(problem,))
        elif name:
            first[name] = row.line
        checked.append(row)
    return checked


def name_of(members: dict[str, Any]) -> str:
    """What identifies a row: its Id, else its key, else its content."""
    if members.get("Id"):
        return f"id:{members['Id']}"
    if members.get(KEY):
        return f"key:{members[KEY]}"
    return f"content:{digest(without_empty(content_of(members)))}"


def _member_of(row: Row) -> str:
    return "Id" if row.members.get("Id") else KEY if row.members.get(KEY) else "row"
