"""Tables as CSV: UTF-8, a line of names first, moments as `YYYY-MM-DDTHH:MM:SS.mmmZ`, and nothing for NULL.

Texts that a spreadsheet would take for formulas are disarmed; `cosell push` restores them.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from cosell.formulas import disarmed
from cosell.sync.targets.rows_file import RowsFile, amount_of
from cosell.sync.targets.tables import Kind, Table
from cosell.sync.targets.values import moment

_SHOWN: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    "identifier": disarmed,
    "text": disarmed,
    "json": disarmed,
    "moment": moment,
    "amount": amount_of,
}


@contextmanager
def csv_file(path: Path, table: Table) -> Iterator[RowsFile]:
    """A new file for the rows of `table`. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        yield _CsvFile(file, table)


class _CsvFile:
    def __init__(self, file: IO[str], table: Table) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(column.name for column in table.columns)
        self._shown = [_SHOWN.get(column.kind) for column in table.columns]

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """See `RowsFile`."""
        self._writer.writerows(
            [
                value if value is None or shown is None else shown(value)
                for value, shown in zip(row, self._shown, strict=True)
            ]
            for row in rows
        )
