"""The rows of a file, whatever its form."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from cosell.errors import UserError
from cosell.sync.push.csv_rows import csv_rows
from cosell.sync.push.json_rows import json_rows
from cosell.sync.push.members import Shapes, content_of, digest, problems_of, without_empty
from cosell.sync.push.row import KEY, Problem, Row


class Given(NamedTuple):
    """The rows of a file, and the members of some that are left out, since only the service writes them."""

    rows: list[Row]
    left_out: list[str]


def rows_of(given: bytes, shapes: Shapes, catalog: str, *, empty_clears: bool = False) -> Given:
    """All rows of a file: JSON where it begins with a bracket, else CSV. What is wrong with a row is in the row.

    Raises UserError where the file as a whole cannot be read: nothing of it is pushed then.
    """
    try:
        text = given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + given.count(b"\n", 0, error.start)
        raise UserError(f"line {line} is not UTF-8", "save the file as UTF-8") from None
    is_json = text.lstrip()[:1] in ("[", "{")
    rows = list(json_rows(text) if is_json else csv_rows(text, shapes.row, empty_clears=empty_clears))
    left_out = sorted({name for row in rows for name in row.members} & shapes.read_only)
    return Given(_with_repetitions(_checked(row, shapes, catalog) for row in rows), left_out)


def _checked(row: Row, shapes: Shapes, catalog: str) -> Row:
    members = {name: value for name, value in row.members.items() if name not in shapes.read_only}
    problems = [*row.problems, *problems_of(members, shapes.row)]
    named = row.members.get("Catalog")
    if named is not None and named != catalog:
        problems.append(
            Problem(
                "Catalog", "INVALID_VALUE", f"The row is of another catalog than the push, which goes to {catalog}."
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
    """By what a row is recognised: its Id, else its key, else its content."""
    if members.get("Id"):
        return f"id:{members['Id']}"
    if members.get(KEY):
        return f"key:{members[KEY]}"
    return f"content:{digest(without_empty(content_of(members)))}"


def _member_of(row: Row) -> str:
    return "Id" if row.members.get("Id") else KEY if row.members.get(KEY) else "row"
