"""The lines of an Excel workbook's first sheet.

Cells are read by Excel's own types: a number without a fraction has none (the library reads each as a float), a day is
a day, and a moment is in UTC, since Excel knows no time zones. A formula has its saved value.
"""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from cosell.errors import UserError


def xlsx_lines(given: bytes) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row as texts, with the number of the row. Raises UserError if there is no sheet to read."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise UserError("workbooks cannot be read", "install it with: pip install 'cosell[xlsx]'") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(given))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError:
        raise UserError("this is not a workbook of Excel", "save it as .xlsx or .csv, without a password") from None
    for number, cells in enumerate(rows, start=1):
        yield number, [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return f"{cell.isoformat()}Z"
        case date():
            return cell.isoformat()
    return str(cell)
