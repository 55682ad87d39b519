"""The lines of a CSV file.

The first line shows which separator is used: comma, semicolon or tab. Everything inside a cell is the value: nothing is
split, trimmed or unescaped beyond CSV's own quotation marks.
"""

import csv
import io
from collections.abc import Iterator
from typing import Final

from cosell.errors import UserError

SEPARATORS: Final = ",;\t"
LONGEST_CELL: Final = 1 << 20  # more than a request may hold

_REASONS: Final = {
    "unexpected end of data": "the quotation mark of a cell is not closed",
    "expected after": "a cell continues after its closing quotation mark",
    "field larger": f"a cell is longer than {LONGEST_CELL:,} characters",
}
"""What the messages of Python's reader contain, and what we say instead."""


def csv_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line, with the number of the line in which it begins. Raises UserError for broken quotes."""
    csv.field_size_limit(LONGEST_CELL)
    first_line = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in lines:
            yield begins, cells
            begins = lines.line_num + 1
    except csv.Error as error:
        told = next((told for part, told in _REASONS.items() if part in str(error)), "this is not CSV")
        raise UserError(f"line {lines.line_num}: {told}", "write it as CSV with quotation marks") from None
