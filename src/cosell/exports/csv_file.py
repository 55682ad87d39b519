"""Opportunities as CSV: plain numbers, moments as the API writes them, no text that spreadsheets take for a formula."""

import csv
import io
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Final

from cosell.exports.columns import Cell, Kind, Row
from cosell.formulas import disarmed
from cosell.rules.opportunity.spend import decimal

BOM: Final = "\ufeff"
"""Tells Excel that a file is UTF-8."""


def csv_pieces(
    columns: Mapping[str, Kind], pages: Iterable[Iterable[Row]], beginning: str = BOM
) -> Generator[bytes, None, None]:
    """The file, a piece for each page."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(beginning)
    writer.writerow(columns)
    written = [_WRITTEN[kind] for kind in columns.values()]
    for page in pages:
        writer.writerows(
            [write(cell) if cell else cell for write, cell in zip(written, row, strict=True)] for row in page
        )
        yield _taken(text)
    yield _taken(text)


def _money(cell: Cell) -> Cell:
    assert isinstance(cell, int), "money is in hundredths"
    return decimal(cell)


def _text(cell: Cell) -> Cell:
    return disarmed(str(cell))


_WRITTEN: Final[Mapping[Kind, Callable[[Cell], Cell]]] = {
    "text": _text,
    "number": _text,
    "money": _money,
    "day": _text,
    "moment": _text,
}


def _taken(text: io.StringIO) -> bytes:
    """What has been written since the last piece."""
    piece = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return piece
