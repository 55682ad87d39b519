"""What a command lists, as a file for a spreadsheet."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from cosell.errors import UserError
from cosell.exports.columns import SEARCH_COLUMNS, SUMMARY_COLUMNS, Kind, Row, search_row, summary_row
from cosell.exports.csv_file import csv_pieces
from cosell.exports.xlsx_file import xlsx_pieces
from cosell.whole_file import whole_file

STANDARD_OUTPUT: Final = "-"
_COLUMNS: Final[Mapping[str, tuple[Mapping[str, Kind], Callable[[Mapping[str, Any]], Row]]]] = {
    "ListOpportunities": (SUMMARY_COLUMNS, summary_row),
    "SearchOpportunities": (SEARCH_COLUMNS, search_row),
}


def write_file(
    answers: Iterable[Sequence[dict[str, Any]]], operation: str, csv_file: str | None, xlsx_file: str | None
) -> None:
    """Write the pages that an operation returns. A file gets its name when it is complete. Raises UserError."""
    columns, row_of = _COLUMNS[operation]
    count = 0

    def pages() -> Iterable[Iterable[Row]]:
        nonlocal count
        for summaries in answers:
            count += len(summaries)
            yield map(row_of, summaries)

    if csv_file == STANDARD_OUTPUT:
        for piece in csv_pieces(columns, pages(), beginning=""):
            sys.stdout.buffer.write(piece)
        return
    name = csv_file or xlsx_file
    assert name is not None, "one of them is asked for"
    try:
        with whole_file(Path(name)) as file:
            for piece in csv_pieces(columns, pages()) if csv_file else xlsx_pieces(columns, pages()):
                file.write(piece)
    except OSError as error:
        raise UserError(f"{name} cannot be written: {error.strerror}", "name another file") from None
    click.echo(f"Wrote {count} opportunities into {name}.", err=True)
