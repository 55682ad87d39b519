"""Columns of a table: which member of an opportunity each one is. Pure.

A column is the member's path, as the API spells it or in snake_case. In a mirror's form, steps are joined by `_`, and
the first ones may be omitted if no other member ends like this:

    Customer.Account.CompanyName   customer.account.company_name   customer_account_company_name   company_name
    LifeCycle.Stage                life_cycle.stage                life_cycle_stage                stage
    Project.ExpectedCustomerSpend[0].Amount

Case, blanks, hyphens and underscores make no difference: `Company Name` will do.

A column of a list without an index takes the whole list in each cell.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from shlex import quote
from typing import Any, Final, NamedTuple

from cosell.errors import UserError

Path = tuple[str | int, ...]

OF_A_MIRROR: Final = frozenset({"firstseenat", "changedat", "vanishedat", "raw"})
"""Columns that a mirror adds to an opportunity's members, in folded form: no push needs them."""

_EXAMPLE: Final = "Project.Title"
_STEP = re.compile(r"([A-Za-z][A-Za-z0-9_\s-]*)(?:\[(\d{1,3})\])?")


class Column(NamedTuple):
    """A member's path, and its shape in the service model."""

    path: Path
    shape: Any

    @property
    def name(self) -> str:
        """The path as the API spells it."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")


Renamed = Mapping[str, str]
"""The meaning of columns in a file: another name for each, or nothing for one that is ignored."""
NOTHING_RENAMED: Final[Renamed] = {}


def columns_of(
    header: list[str], members: Mapping[str, Any], renamed: Renamed = NOTHING_RENAMED
) -> list[Column | None]:
    """The columns of a header; None for one that is ignored, such as one that only a mirror has.

    Raises UserError that names every unknown column, and all that give the same member.
    """
    joined = _joined(members)
    meanings = {_folded(name): meant.strip() for name, meant in renamed.items()}
    there = {_folded(name) for name in header}
    mistakes = [f"there is no column {name!r} to rename" for name in renamed if _folded(name) not in there]
    advice = ""
    columns: list[Column | None] = []
    for name in map(str.strip, header):
        meant = meanings.get(_folded(name), name)
        if _folded(meant) in OF_A_MIRROR or (not meant and _folded(name) in meanings):
            columns.append(None)
            continue
        column = _by_path(meant, members) or joined.get(_folded(meant))
        columns.append(column)
        if column is not None:
            mistakes += _same(column, [other for other in columns[:-1] if other])
            continue
        close = difflib.get_close_matches(_folded(meant.rpartition(".")[2]), joined, 1)
        nearest = joined[close[0]].name if close else None
        advice = (
            advice or f"fix the header, or say what it means, such as --map {quote(f'{name}={nearest or _EXAMPLE}')}"
        )
        mistakes.append(f"unknown column {meant!r}" + (f" (did you mean {nearest}?)" if nearest else ""))
    if mistakes:
        raise UserError("; ".join(mistakes), advice or "leave out one of each")
    return columns


def _same(column: Column, others: list[Column]) -> list[str]:
    return [
        f"columns {other.name} and {column.name} give the same member"
        for other in others
        if column.path[: min(len(column.path), len(other.path))] == other.path[: len(column.path)]
    ]


def _folded(name: str) -> str:
    """A name in folded form: case, blanks, underscores and hyphens make no difference."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def _by_path(name: str, members: Mapping[str, Any]) -> Column | None:
    """The column that dotted steps lead to; None if a step leads nowhere."""
    path: list[str | int] = []
    shape: Any = None
    for text in name.split("."):
        step = _STEP.fullmatch(text.strip())
        if step is None or (shape is not None and shape.type_name != "structure"):
            return None
        among = members if shape is None else shape.members
        member = next((known for known in among if _folded(step[1]) == _folded(known)), None)
        if member is None:
            return None
        path.append(member)
        shape = among[member]
        if step[2] is not None:
            if shape.type_name != "list":
                return None
            path.append(int(step[2]))
            shape = shape.member
    return Column(tuple(path), shape)


def _joined(members: Mapping[str, Any]) -> dict[str, Column]:
    """Members that are in no list, by the ends of their paths, folded, that no other path has."""
    whole, ends = dict[str, Column](), dict[str, list[Column]]()
    for column in _walk(members):
        words = [_folded(str(step)) for step in column.path]
        whole["".join(words)] = column
        for begin in range(1, len(words)):
            ends.setdefault("".join(words[begin:]), []).append(column)
    return {name: found[0] for name, found in ends.items() if len(found) == 1} | whole


def _walk(members: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[Column]:
    for name, shape in members.items():
        yield Column((*path, name), shape)
        if shape.type_name == "structure":
            yield from _walk(shape.members, (*path, name))
