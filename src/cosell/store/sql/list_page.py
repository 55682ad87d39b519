"""A page of a list in the order of a moment and an identifier: how tasks and invitations are read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cosell.rules.list.page_token import Position
from cosell.store.sql.connection import SqlConnection, Value


class Filter(NamedTuple):
    """Only rows where `expression`, with `bindings` in it, is one of `wanted`; where nothing is wanted, every row."""

    expression: str
    wanted: Sequence[Value]
    bindings: Sequence[Value] = ()


class Listed(NamedTuple):
    """Whose pages are asked for. `moment` and `identifier` are the columns of the order."""

    table: str
    columns: str
    moment: str
    identifier: str


def list_page(
    connection: SqlConnection,
    asked: Listed,
    filters: Sequence[Filter],
    after: Position | None,
    limit: int,
    *,
    descending: bool,
) -> tuple[list[Any], Position | None]:
    """Up to `limit` rows behind `after`, and the position of the last one if more follow."""
    conditions: list[str] = []
    values: list[Value] = []
    for expression, wanted, bindings in filters:
        if wanted:
            conditions.append(f"{expression} IN ({', '.join('?' * len(wanted))})")
            values += (*bindings, *wanted)
    direction, beyond = ("DESC", "<") if descending else ("ASC", ">")
    if after is not None:
        conditions.append(f"({asked.moment}, {asked.identifier}) {beyond} (?, ?)")
        values += [after.key, after.id_key]
    statement = (
        f"SELECT {asked.moment}, {asked.identifier}, {asked.columns} FROM {asked.table} "
        f"WHERE {' AND '.join(conditions)} "
        f"ORDER BY {asked.moment} {direction}, {asked.identifier} {direction} LIMIT ?"
    )
    rows = connection.rows(statement, (*values, limit + 1))
    last = Position(*rows[limit - 1][:2]) if len(rows) > limit else None
    return [row[2:] for row in rows[:limit]], last
