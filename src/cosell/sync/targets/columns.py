"""Whether the columns that people query agree with the documents beside them."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from cosell.sync.moments import ms_of
from cosell.sync.target import Row
from cosell.sync.targets.database import Database
from cosell.sync.targets.tables import EXPECTED_CUSTOMER_SPEND, OPPORTUNITY, Column
from cosell.sync.targets.values import Document, Value, document_of, spends_of, values_of

_OF_OPPORTUNITY: Final = tuple(column for column in OPPORTUNITY.columns if column.path and column.name != "id")
_OF_SPEND: Final = tuple(column for column in EXPECTED_CUSTOMER_SPEND.columns if column.path)
_DIGITS_OF_REAL: Final = 15


def alike(column: Column, database: Database) -> str:
    """An expression for a column in the form that every database can give it."""
    if column.kind == "moment":
        return database.dialect.ms(column.name)
    if column.kind in ("day", "amount", "json"):
        return f"CAST({column.name} AS {database.dialect.types['text']})"
    return column.name


def wrong_columns(database: Database, rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """See `Target`. Names are `opportunity.stage`, or `expected_customer_spend` for any of its rows."""
    if not rows:
        return {}
    ids = database.listed([row.id for row in rows])
    columns = ", ".join(alike(column, database) for column in _OF_OPPORTUNITY)
    found = {
        identifier: values
        for identifier, *values in database.rows(
            f"SELECT id, {columns} FROM opportunity WHERE {database.dialect.among('id')}", (ids,)
        )
    }
    spends: dict[str, list[Sequence[Any]]] = {}
    columns = ", ".join(alike(column, database) for column in _OF_SPEND)
    for identifier, *values in database.rows(
        f"SELECT opportunity_id, position, {columns} FROM expected_customer_spend"
        f" WHERE {database.dialect.among('opportunity_id')} ORDER BY opportunity_id, position",
        (ids,),
    ):
        spends.setdefault(identifier, []).append(values)
    wrong = {row.id: _wrong(document_of(row.raw), found[row.id], spends.get(row.id, [])) for row in rows}
    return {identifier: names for identifier, names in wrong.items() if names}


def _wrong(document: Document, found: Sequence[Any], spends: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    names = [f"opportunity.{column.name}" for column in _differing(_OF_OPPORTUNITY, document, found)]
    entries = spends_of(document)
    same = len(entries) == len(spends) and all(
        kept[0] == position and not _differing(_OF_SPEND, entry, kept[1:])
        for position, (entry, kept) in enumerate(zip(entries, spends, strict=True))
    )
    return (*names, *(() if same else ("expected_customer_spend",)))


def _differing(columns: tuple[Column, ...], document: Document, found: Sequence[Any]) -> list[Column]:
    wanted = values_of(document, columns)
    return [
        column for column, value, kept in zip(columns, wanted, found, strict=True) if not _is_same(column, value, kept)
    ]


def _is_same(column: Column, wanted: Value, kept: object) -> bool:
    if wanted is None or kept is None:
        return wanted is kept
    if column.kind == "moment":
        return ms_of(wanted) == kept
    if column.kind == "amount":
        return _is_same_amount(str(wanted), str(kept))
    return wanted == kept


def _is_same_amount(wanted: str, kept: str) -> bool:
    """SQLite keeps amounts as binary fractions of about sixteen digits, and shows fifteen of them."""
    try:
        there = Decimal(kept)
    except InvalidOperation:
        return False
    exact = Decimal(wanted)
    return there == exact or f"{there:.{_DIGITS_OF_REAL - 1}e}" == f"{exact:.{_DIGITS_OF_REAL - 1}e}"
