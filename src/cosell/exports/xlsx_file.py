"""Opportunities as an Excel workbook, by rustpy-xlsxwriter, which keeps rows on disk and not in memory.

What it would refuse is handled here: a text that is longer than a cell is cut, and a day before Excel's calendar is
written as a text. So is a number that a cell cannot hold exactly. Moments are written as Excel counts them, in days,
since the library drops milliseconds.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from queue import Full, Queue
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Final, Self

from cosell.errors import UserError
from cosell.exports.columns import Kind, Row
from cosell.rules.opportunity.spend import HUNDREDTHS, decimal

SHEET: Final = "Opportunities"
LONGEST_TEXT: Final = 32_767
MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, including its head."""
LARGEST_EXACT: Final = 2**53
"""A cell's number is a binary fraction of 53 bits. A larger one is written as a text, so that it stays what it is."""
FIRST_YEAR: Final = "1900-03-01"
"""Excel counts a 29 February in 1900, so an earlier day would be another one."""
DAY_0: Final = datetime(1899, 12, 30)  # noqa: DTZ001  # Excel knows no time zones
"""Its day 0, as far as its calendar is right."""
PIECE_BYTES: Final = 1 << 16
PAGES_WAITING: Final = 4
LOOK_S: Final = 0.1
"""Seconds after which it is checked whether a writer that takes no more pages has failed."""

_NUMBER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_FORMATS: Final[Mapping[Kind, str]] = {"money": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}
_WIDTHS: Final[Mapping[Kind, float]] = {"text": 18, "number": 12, "money": 16, "day": 12, "moment": 20}

Record = dict[str, Any]


def xlsx_pieces(columns: Mapping[str, Kind], pages: Iterable[Iterable[Row]]) -> Generator[bytes, None, None]:
    """The file. It arrives with its last page: the pieces for earlier pages are empty.

    Raises UserError if there are more opportunities than a sheet holds.
    """
    converts = [(name, _CONVERTS[kind]) for name, kind in columns.items()]
    with TemporaryDirectory(prefix="cosell-") as folder:
        path = Path(folder) / "opportunities.xlsx"
        with _Writer(path, columns) as writer:
            for page in pages:
                writer.put([_record(converts, row) for row in page])
                yield b""
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece


class _Abandoned(Exception):
    """Nobody wants the file any more."""


class _Writer:
    """Writes a file in a thread of its own, since the library takes all rows in one call. Leave the block to get it."""

    def __init__(self, path: Path, columns: Mapping[str, Kind]) -> None:
        self._path = path
        self._columns = columns
        self._pages: Queue[list[Record] | _Abandoned | None] = Queue(PAGES_WAITING)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="workbook")

    def __enter__(self) -> Self:
        self._written = self._thread.submit(self._write)
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        try:
            if not self._written.done():
                self.put(None if error is None else _Abandoned())
            if error is None:
                self._written.result()
        finally:
            self._thread.shutdown()

    def put(self, page: list[Record] | _Abandoned | None) -> None:
        """Have a page written; None is the end. Raises whatever kept an earlier one from being written."""
        while True:
            try:
                return self._pages.put(page, timeout=LOOK_S)
            except Full:
                if self._written.done():
                    return self._written.result()

    def _write(self) -> None:
        from rustpy_xlsxwriter import FastExcel, Format

        formats = {kind: Format().set_num_format(text) for kind, text in _FORMATS.items()}
        FastExcel(self._path).freeze(row=1, col=1).sheet(
            SHEET,
            self._records(),
            column_widths={name: _WIDTHS[kind] for name, kind in self._columns.items()},
            column_formats={name: formats[kind] for name, kind in self._columns.items() if kind in formats},
            header_format=Format().set_bold(),
        ).save()

    def _records(self) -> Iterator[Record]:
        line = 1
        while (page := self._pages.get()) is not None:
            if isinstance(page, _Abandoned):
                raise page
            line += len(page)
            if line > MOST_ROWS:
                raise UserError(f"a workbook holds {MOST_ROWS - 1:,} opportunities at most", "write CSV instead")
            yield from page
        if line == 1:
            yield dict.fromkeys(self._columns)  # so that an empty table has its head


def _record(converts: Iterable[tuple[str, Callable[[Any], Any]]], row: Row) -> Record:
    return {
        name: None if cell is None or cell == "" else convert(cell)
        for (name, convert), cell in zip(converts, row, strict=True)
    }


def _number(cell: str) -> int | str:
    return int(cell) if _NUMBER.fullmatch(cell) else _text(cell)


def _money(cell: int) -> float | str:
    return cell / HUNDREDTHS if cell < LARGEST_EXACT else decimal(cell)


def _day(cell: str) -> date | str:
    return date.fromisoformat(cell) if cell >= FIRST_YEAR else cell


def _moment(cell: str) -> float:
    return (datetime.fromisoformat(cell.removesuffix("Z")) - DAY_0) / timedelta(days=1)


def _text(text: str) -> str:
    """A text as a cell can hold it."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is not a character
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


_CONVERTS: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "day": _day,
    "moment": _moment,
}
"""How a cell of each kind is passed to the library."""
