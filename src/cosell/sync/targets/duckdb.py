"""Mirrors in a DuckDB file. DuckDB is an extra: `pip install 'cosell[duckdb]'`.

DuckDB lets only one process at a time open a file that is written to. So a reader of a mirror keeps the sync out for as
long as it has it open, and the other way round.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from cosell.errors import UserError
from cosell.sync.target import MirrorBusy
from cosell.sync.targets.database import Dialect, Parameters, told, upsert
from cosell.sync.targets.lock_file import holder_of, lock_of
from cosell.sync.targets.tables import Table

STORAGE_VERSION: Final = "v1.0.0"
"""The format of new files: DuckDB 1's default, which all later ones read. DuckDB 2 would write one that no DuckDB 1
opens. A newer format makes files smaller by some 2 %."""

DIALECT: Final = Dialect(
    name="duckdb",
    types={
        "identifier": "VARCHAR",
        "text": "VARCHAR",
        "moment": "TIMESTAMPTZ",
        "day": "DATE",
        "amount": "DECIMAL(33, 2)",
        "integer": "BIGINT",
        "json": "VARCHAR",  # its JSON type refuses halves of surrogate pairs, which JSON allows
    },
    ms=lambda column: f"epoch_ms({column})",
    among=lambda column: f"{column} IN (SELECT unnest(CAST(? AS VARCHAR[])))",
    has_table=(
        "SELECT count(*) > 0, coalesce(bool_or(table_name = ?), false) FROM information_schema.tables"
        " WHERE table_catalog = current_database() AND table_schema = current_schema()"
    ),
    columns=(
        "SELECT table_name, column_name FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = current_schema()"
    ),
)

_UNAVAILABLE: Final = (
    duckdb.ConnectionException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,
)


class DuckdbDatabase:
    """A `Database` in the file `path`, which is made where it does not exist; or in memory."""

    dialect = DIALECT

    def __init__(self, path: str) -> None:
        """Raises UserError if the file cannot be opened as a database; MirrorBusy if another process has it."""
        self._path = path
        try:
            self._connection = duckdb.connect(path, config={"storage_compatibility_version": STORAGE_VERSION})
        except duckdb.IOException as error:
            if "lock" in str(error):
                raise MirrorBusy(holder_of(Path(path))) from None
            if "version number" in str(error):
                raise UserError(f"{path} was written by a newer DuckDB", "pip install --upgrade duckdb") from None
            raise UserError(f"cannot open {path} as a DuckDB database", "check the file and its permissions") from None
        self._connection.execute("SET TimeZone = 'UTC'")

    def settle(self) -> None:
        """See `Database`. DuckDB's own settings are durable."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Database`."""
        with told(_UNAVAILABLE):
            self._connection.begin()
            try:
                yield
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise

    def snapshot(self) -> AbstractContextManager[None]:
        """See `Database`."""
        return self.transaction()

    def batches(self, statement: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """See `Database`."""
        with told(_UNAVAILABLE):
            found = self._connection.execute(statement)
            while batch := found.fetchmany(size):
                yield batch

    def rows(self, statement: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """See `Database`."""
        with told(_UNAVAILABLE):
            return self._connection.execute(statement, parameters).fetchall()

    def run(self, statement: str, parameters: Parameters = ()) -> int:
        """See `Database`."""
        ((count,),) = self.rows(statement, parameters)
        return int(count)

    def script(self, statements: str) -> None:
        """See `Database`."""
        with told(_UNAVAILABLE):
            self._connection.execute(statements)

    def put(self, table: Table, rows: Sequence[Parameters]) -> None:
        """See `Database`. They go as one list for each column: row by row would take forty times as long."""
        if rows:
            self.run(upsert(table, _unnested(table)), [list(column) for column in zip(*rows, strict=True)])

    def listed(self, texts: Sequence[str]) -> list[str]:
        """See `Database`."""
        return list(texts)

    def lock(self, holder: str) -> AbstractContextManager[None]:
        """See `Database`."""
        return lock_of(self._path, holder)

    def close(self) -> None:
        """See `Database`."""
        self._connection.close()


def _unnested(table: Table) -> str:
    return "SELECT " + ", ".join(f"unnest(CAST(? AS {DIALECT.types[column.kind]}[]))" for column in table.columns)
