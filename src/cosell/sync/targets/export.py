"""Writing a mirror's tables into files, all showing the same moment.

A file gets its name only when every table is written, so an earlier export stays complete until then.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Literal

from cosell.errors import UserError
from cosell.sync.target import MirrorUnavailable
from cosell.sync.targets.columns import alike
from cosell.sync.targets.csv_file import csv_file
from cosell.sync.targets.database import Database
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.rows_file import RowsFile
from cosell.sync.targets.tables import (
    EXPECTED_CUSTOMER_SPEND,
    OPPORTUNITY,
    OPPORTUNITY_CHANGE,
    OPPORTUNITY_DETAIL,
    SYNC_RUN,
    Table,
)
from cosell.whole_file import put_in_place

Form = Literal["parquet", "csv"]
Opener = Callable[[Path, Table], AbstractContextManager[RowsFile]]
EXPORTED: Final = (OPPORTUNITY, EXPECTED_CUSTOMER_SPEND, OPPORTUNITY_CHANGE, OPPORTUNITY_DETAIL, SYNC_RUN)
BATCH: Final = 5_000
"""Rows in memory at a time."""


def export(mirror: Mirror, folder: Path, form: Form) -> dict[str, int]:
    """Write each table into `folder`, one file each. How many rows went into which file.

    Raises UserError if the mirror cannot be read, the folder not be written, or what `form` needs is not installed.
    """
    opened = _opener(form)
    written: dict[str, int] = {}
    partial: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with mirror.database.snapshot():
            for table in EXPORTED:
                path = folder / f"{table.name}.{form}"
                partial[path] = folder / f".{path.name}.partial"
                with opened(partial[path], table) as file:
                    written[path.name] = _write(mirror.database, table, file)
        for path, whole in partial.items():
            put_in_place(whole, path)
    except MirrorUnavailable as error:
        raise UserError(f"cannot read the mirror: {error}", "check its database") from None
    except OSError as error:
        raise UserError(f"cannot write into {folder}: {error.strerror or error}", "name another folder") from None
    finally:
        for whole in partial.values():
            whole.unlink(missing_ok=True)
    return written


def _opener(form: Form) -> Opener:
    if form == "csv":
        return csv_file
    try:
        from cosell.sync.targets.parquet_file import parquet_file
    except ModuleNotFoundError:
        raise UserError("pyarrow is not installed", "install it with: pip install 'cosell[parquet]'") from None
    return parquet_file


def _write(database: Database, table: Table, file: RowsFile) -> int:
    selected = ", ".join(alike(column, database) for column in table.columns)
    order = ", ".join(column.name for column in table.columns[:2])
    count = 0
    for batch in database.batches(f"SELECT {selected} FROM {table.name} ORDER BY {order}", BATCH):
        file.add(batch)
        count += len(batch)
    return count
