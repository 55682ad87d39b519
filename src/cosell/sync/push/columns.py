"""Columns of a CSV file: which member of an opportunity each one is. Pure.

A column is the member's path, as the API spells it or in snake_case. In a mirror's form, steps are joined by `_`, and
the first ones may be missing where no other member ends so:

    Customer.Account.CompanyName   customer.account.company_name   customer_account_company_name   company_name
    LifeCycle.Stage                life_cycle.stage                life_cycle_stage                stage
    Project.ExpectedCustomerSpend[0].Amount

A column of a list without an index takes the whole list in each cell.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cosell.errors import UserError

Path = tuple[str | int, ...]

OF_A_MIRROR: Final = frozenset({"first_seen_at", "changed_at", "vanished_at", "raw"})
"""Columns that a mirror adds to the members of an opportunity: no push needs them."""

_STEP = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\[(\d{1,3})\])?")
_WORD_BEGINS = re.compile(r"(?<!^)(?=[A-Z])")


class Column(NamedTuple):
    """A member's path, and its shape in the service model."""

    path: Path
    shape: Any

    @property
    def name(self) -> str:
        """The path as the API spells it."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")


def columns_of(header: list[str], members: Mapping[str, Any]) -> list[Column | None]:
    """The columns of a header; None for one of a mirror that is left out.

    Raises UserError for an unknown column, and for two that give the same member.
    """
    joined = _joined(members)
    columns: list[Column | None] = []
    for name in map(str.strip, header):
        if name in OF_A_MIRROR:
            columns.append(None)
            continue
        column = _by_path(name, members) or joined.get(name)
        if column is None:
            close = difflib.get_close_matches(_snake(name.rpartition(".")[2]), joined, 1)
            hint = f"did you mean {joined[close[0]].name}?" if close else "see docs/how-to/push-opportunities.md"
            raise UserError(f"unknown column {name!r}", hint)
        _check_alone(column, [other for other in columns if other])
        columns.append(column)
    return columns


def _check_alone(column: Column, others: list[Column]) -> None:
    for other in others:
        shorter = min(len(column.path), len(other.path))
        if column.path[:shorter] == other.path[:shorter]:
            raise UserError(f"columns {other.name} and {column.name} give the same member", "leave out one of them")


def _by_path(name: str, members: Mapping[str, Any]) -> Column | None:
    """The column that dotted steps lead to; None where a step leads nowhere."""
    path: list[str | int] = []
    shape: Any = None
    for text in name.split("."):
        step = _STEP.fullmatch(text)
        if step is None or (shape is not None and shape.type_name != "structure"):
            return None
        among = members if shape is None else shape.members
        member = next((known for known in among if step[1] in (known, _snake(known))), None)
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
    """Members that are in no list, by the ends of their paths in snake_case that no other path has."""
    whole, ends = dict[str, Column](), dict[str, list[Column]]()
    for column in _walk(members):
        words = [_snake(str(step)) for step in column.path]
        whole["_".join(words)] = column
        for begin in range(1, len(words)):
            ends.setdefault("_".join(words[begin:]), []).append(column)
    return {name: found[0] for name, found in ends.items() if len(found) == 1} | whole


def _walk(members: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[Column]:
    for name, shape in members.items():
        yield Column((*path, name), shape)
        if shape.type_name == "structure":
            yield from _walk(shape.members, (*path, name))


def _snake(name: str) -> str:
    return _WORD_BEGINS.sub("_", name).lower()
