"""Tables as Parquet, with the types that their columns have. It is an extra: `pip install 'cosell[parquet]'`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow
from pyarrow import parquet

from cosell.sync.targets.rows_file import RowsFile, amount_of
from cosell.sync.targets.tables import Kind, Table

_TYPES: Final[Mapping[Kind, pyarrow.DataType]] = {
    "identifier": pyarrow.string(),
    "text": pyarrow.string(),
    "json": pyarrow.string(),
    "integer": pyarrow.int64(),
    "moment": pyarrow.timestamp("ms", "UTC"),
    "day": pyarrow.date32(),
    "amount": pyarrow.decimal128(33, 2),
}
_HELD: Final[Mapping[Kind, Callable[[Any], Any]]] = {"day": date.fromisoformat, "amount": amount_of}


@contextmanager
def parquet_file(path: Path, table: Table) -> Iterator[RowsFile]:
    """A new file for the rows of `table`. Raises OSError."""
    schema = pyarrow.schema([(column.name, _TYPES[column.kind]) for column in table.columns])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield _ParquetFile(writer, schema, table)


class _ParquetFile:
    def __init__(self, writer: parquet.ParquetWriter, schema: pyarrow.Schema, table: Table) -> None:
        self._writer = writer
        self._schema = schema
        self._held = [_HELD.get(column.kind) for column in table.columns]

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """See `RowsFile`."""
        columns = [
            pyarrow.array(
                [value if value is None or held is None else held(value) for value in values], type=field.type
            )
            for values, held, field in zip(zip(*rows, strict=True), self._held, self._schema, strict=True)
        ]
        self._writer.write_batch(pyarrow.record_batch(columns, schema=self._schema))
