"""Values to search for, chosen by counting how many opportunities have them."""

import math
from collections import Counter
from typing import Any, Final, NamedTuple

import duckdb

from bench.duckdb_sql import text
from bench.duckdb_table import SEPARATOR
from cosell.rules.search.fields import FIELDS
from cosell.wire.timestamps import Timestamp

_SAMPLE: Final = 3_000
"""Opportunities whose texts are cut into parts."""
_CANDIDATES: Final = 24
"""Parts of a sample that are counted in all opportunities."""
_FREQUENT: Final = 300


class Counted(NamedTuple):
    """A value and how many opportunities have it."""

    value: Any
    rows: int


class Values:
    """What there is in a table of opportunities."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._sampled: dict[tuple[str, int], Counter[str]] = {}
        self.rows: int = self._rows("SELECT count(*) FROM opportunity")[0][0]

    def part(self, column: str, length: int, count: float) -> Counted:
        """Characters that stand in a column of about `count` opportunities."""
        there = self._parts_in_sample(column, length)
        expected = count * min(_SAMPLE, self.rows) / self.rows
        nearest = sorted(there, key=lambda part: (_distance(there[part], expected), part))[:_CANDIDATES]
        found = map(Counted, nearest, self._counts(column, nearest))
        return min(found, key=lambda counted: _distance(counted.rows, count))

    def nowhere(self) -> str:
        """Ten characters that stand nowhere together, though any three of them stand in many opportunities."""
        there = self._parts_in_sample("words", 6)
        frequent = sorted(there, key=lambda part: (-there[part], part))[:_FREQUENT]
        joined = (first + second[2:] for first in frequent for second in frequent if first[-2:] == second[:2])
        return next(part for part in joined if not self._counts("words", [part])[0])

    def whole(self, field: str, count: float) -> Counted:
        """A text that about `count` opportunities have in a field."""
        return self.some(field, count, 1)[0]

    def some(self, field: str, count: float, several: int) -> list[Counted]:
        """Texts that about `count` opportunities each have in a field, the nearest first."""
        column = f"unnest({field})" if FIELDS[field].kind == "list" else field
        query = (
            f"SELECT value, count(*) FROM (SELECT {column} AS value FROM opportunity) WHERE value <> '' GROUP BY value "
            f"ORDER BY abs(ln(count(*) / {count})), value LIMIT {several}"
        )
        return [Counted(*row) for row in self._rows(query)]

    def bound(self, field: str, share: float) -> Any:
        """The value below which this share of the opportunities stands, as a request writes it."""
        rank = round((self.rows - 1) * share)
        value = self._rows(f"SELECT {field} FROM opportunity ORDER BY {field} LIMIT 1 OFFSET {rank}")[0][0]
        return str(Timestamp.from_ms(value)) if FIELDS[field].kind == "date" else float(value)

    def _parts_in_sample(self, column: str, length: int) -> Counter[str]:
        """In how many opportunities of a sample each part stands."""
        if (column, length) not in self._sampled:
            sample = self._rows(f"SELECT {column} FROM opportunity ORDER BY hash(id_key) LIMIT {_SAMPLE}")
            self._sampled[column, length] = Counter(part for (texts,) in sample for part in _parts(texts, length))
        return self._sampled[column, length]

    def _counts(self, column: str, parts: list[str]) -> tuple[int, ...]:
        """How many opportunities have each part in a column."""
        counts = ", ".join(f"count(*) FILTER (contains({column}, {text(part)}))" for part in parts)
        return tuple(self._rows(f"SELECT {counts} FROM opportunity")[0])

    def _rows(self, query: str) -> list[Any]:
        return self._connection.execute(query).fetchall()


def _parts(texts: str, length: int) -> set[str]:
    """The parts of texts that a keyword can be: those that neither begin nor end with a space."""
    parts = (texts[start : start + length] for start in range(len(texts) - length + 1))
    return {part for part in parts if SEPARATOR not in part and part == part.strip()}


def _distance(count: int, wanted: float) -> float:
    return abs(math.log((count or 0.5) / wanted))
