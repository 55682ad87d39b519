"""The opportunities of a database as one table of DuckDB, with a column for each field that can be searched.

Python takes away case, since DuckDB does it otherwise: beside each text stands the casefolded one, and for keywords all
words that they are looked for in. So DuckDB has to do no more with a text than cosell has.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import apsw
import duckdb
import pyarrow

from cosell.rules.identifiers import id_key
from cosell.rules.search.fields import FIELDS, texts_of
from cosell.rules.search.question import KEYWORD_FIELDS
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.wire.encode import encode

SEPARATOR: Final = "\x1f"
"""Stands between texts that are kept as one, and in no text that is looked for."""
_ROWS_AT_ONCE: Final = 50_000
_QUERY: Final = """
SELECT record, tags, aws_summary.summary FROM opportunity JOIN opportunity_record USING (opportunity_id)
LEFT JOIN tag_set
  ON tag_set.scope_id = opportunity.scope_id AND resource = 'opportunity/O' || substr(opportunity.id_key, 2)
LEFT JOIN aws_summary
  ON aws_summary.scope_id = opportunity.scope_id AND aws_summary.id_key = opportunity.id_key
ORDER BY opportunity_id
"""


def _columns() -> dict[str, str]:
    columns = {"id_key": "VARCHAR PRIMARY KEY", "summary": "VARCHAR NOT NULL", "words": "VARCHAR NOT NULL"}
    for name, field in FIELDS.items():
        match field.kind:
            case "text":
                columns |= {name: "VARCHAR NOT NULL", folded(name): "VARCHAR NOT NULL"}
            case "list":
                columns |= {name: "VARCHAR[] NOT NULL", folded(name): "VARCHAR NOT NULL"}
                columns |= {least(name): "VARCHAR NOT NULL", folded(least(name)): "VARCHAR NOT NULL"}
            case "date":
                columns[name] = "BIGINT"
            case "number":
                columns[name] = "DECIMAL(33, 2)"
    return columns


def folded(column: str) -> str:
    """The column with a text, or with all texts of a list, without case."""
    return f"{column}Folded"


def least(field: str) -> str:
    """The column with the first element of a list, in the order of texts."""
    return f"{field}Least"


def opened(path: Path, database: Path) -> duckdb.DuckDBPyConnection:
    """A new file of DuckDB at `path` with the table `opportunity`, made of what a database of cosell holds."""
    path.unlink(missing_ok=True)
    connection = duckdb.connect(str(path))
    declared = ", ".join(f"{name} {kind}" for name, kind in _columns().items())
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"CREATE TABLE opportunity ({declared})")
    rows: Any = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY).execute(_QUERY)
    values = (_values(Sought(*row)) for row in rows)
    while some := list(islice(values, _ROWS_AT_ONCE)):
        columns = dict(zip(_columns(), zip(*some, strict=True), strict=True))
        connection.register("arrived", pyarrow.Table.from_pydict(columns))
        connection.execute("INSERT INTO opportunity SELECT * FROM arrived")
    connection.execute("CHECKPOINT")
    return connection


def _values(sought: Sought) -> Iterator[Any]:
    """A row, in the order of the columns."""
    words = (text for field in KEYWORD_FIELDS for text in texts_of(field, sought))
    yield id_key(sought.record.id)
    yield encode(summary_of(sought)).decode()
    yield SEPARATOR.join(" ".join(text.casefold().split()) for text in words)
    for field in FIELDS.values():
        value = field.value(sought)
        if not isinstance(value, tuple):
            yield value
            continue
        yield list(value) if field.kind == "list" else "".join(value)
        yield SEPARATOR.join(value).casefold()
        if field.kind == "list":
            first = min(value, key=lambda text: (text.casefold(), text), default="")
            yield first
            yield first.casefold()
