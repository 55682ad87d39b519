"""Opportunities as a workbook for Excel, by XlsxWriter, which keeps rows on the disk and not in memory.

What it would do to a cell without a word is prevented here: a text is neither a formula nor a link nor markup of a
workbook, and one that is longer than a cell is cut, since the rest of its row would be missing
(findings/xlsxwriter-long-text-ends-the-row.sh).
"""

import re
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from cosell.exports.columns import Kind, Row
from cosell.rules.opportunity.spend import HUNDREDTHS, decimal

SHEET: Final = "Opportunities"
LONGEST_TEXT: Final = 32_767
MOST_ROWS: Final = 1_048_576
"""Of a sheet, its head included. What does not fit stands on the next one."""
LARGEST_EXACT: Final = 2**53
"""A cell's number is a binary fraction of 53 bits. What is larger is written as a text, so that it stays what it is."""
FIRST_YEAR: Final = "1900-03-01"
"""Excel counts a 29 February in 1900, so an earlier day would be another one."""
PIECE_BYTES: Final = 1 << 16

_NUMBER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_FORMATS: Final[Mapping[Kind, str]] = {"money": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}
_WIDTHS: Final[Mapping[Kind, int]] = {"text": 18, "number": 12, "money": 16, "day": 12, "moment": 20}
_OPTIONS: Final = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Write = Callable[[Any, int, int, Any], None]


def xlsx_pieces(columns: Mapping[str, Kind], pages: Iterable[Iterable[Row]]) -> Generator[bytes, None, None]:
    """The file. It begins with its last page: a piece for each page before is empty."""
    from xlsxwriter.workbook import Workbook

    with TemporaryDirectory(prefix="cosell-") as folder:
        path = Path(folder) / "opportunities.xlsx"
        with Workbook(str(path), {**_OPTIONS, "tmpdir": folder}) as book:
            bold = book.add_format({"bold": True})
            formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
            writes = [_write(kind, formats.get(kind)) for kind in columns.values()]
            sheet, line = _new_sheet(book, columns, bold), 0
            for page in pages:
                for row in page:
                    line += 1
                    if line == MOST_ROWS:
                        sheet, line = _new_sheet(book, columns, bold), 1
                    for index, cell in enumerate(row):
                        if cell is not None and cell != "":
                            writes[index](sheet, line, index, cell)
                yield b""
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece


def _new_sheet(book: Any, columns: Mapping[str, Kind], bold: Any) -> Any:
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet(SHEET if number == 1 else f"{SHEET} {number}")
    sheet.freeze_panes(1, 1)
    for index, (name, kind) in enumerate(columns.items()):
        sheet.set_column(index, index, _WIDTHS[kind])
        sheet.write_string(0, index, name, bold)
    return sheet


def _write(kind: Kind, cell_format: Any) -> Write:
    """What writes the cells of a column."""

    def text(sheet: Any, line: int, index: int, cell: str) -> None:
        sheet.write_string(line, index, _plain(cell))

    def number(sheet: Any, line: int, index: int, cell: str) -> None:
        if _NUMBER.fullmatch(cell):
            sheet.write_number(line, index, int(cell))
        else:
            text(sheet, line, index, cell)

    def money(sheet: Any, line: int, index: int, cell: int) -> None:
        if cell < LARGEST_EXACT:
            sheet.write_number(line, index, cell / HUNDREDTHS, cell_format)
        else:
            text(sheet, line, index, decimal(cell))

    def day(sheet: Any, line: int, index: int, cell: str) -> None:
        if cell >= FIRST_YEAR:
            sheet.write_datetime(line, index, date.fromisoformat(cell), cell_format)
        else:
            text(sheet, line, index, cell)

    def moment(sheet: Any, line: int, index: int, cell: str) -> None:
        sheet.write_datetime(line, index, datetime.fromisoformat(cell.removesuffix("Z")), cell_format)

    writes: Mapping[Kind, Write] = {"text": text, "number": number, "money": money, "day": day, "moment": moment}
    return writes[kind]


def _plain(text: str) -> str:
    """A text as a cell can hold it."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is not a character
    if len(text) > LONGEST_TEXT:
        text = f"{text[: LONGEST_TEXT - 1]}…"
    # XlsxWriter takes it for a rich text of its own making, and does not escape it.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
