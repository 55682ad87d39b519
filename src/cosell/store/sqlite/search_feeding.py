"""Updating the search index: entries are made from the current state of opportunities that are not in it yet.

New ones have higher numbers than the last indexed one, so a creation writes nothing for it. Triggers put every other
one that is removed, or changed in what a search sees of it, into `search_pending`, in the transaction of the change. An
entry, its terms and codes, and the removal of its note are one transaction too, which nobody waits for: so the index is
behind at times, and never wrong.

Many entries are written together, because an index writes the same pages for one as for a hundred.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import apsw

from cosell.rules.search.entry import READING
from cosell.store.search_terms import terms_of
from cosell.store.sql.search_beside import aws_summary_of, tags_of
from cosell.store.sql.search_entries import (
    CODE_PLACES,
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
    WORD_PLACES,
    Entries,
    Row,
    Rows,
)
from cosell.store.sqlite.counters import SEARCH_CODE, Counters
from cosell.store.sqlite.search_dialect import SQLITE
from cosell.store.sqlite.sql_connection import SqliteConnection

SINCE_SCHEMA: Final = 11
"""The migration that makes the tables of the index."""
NO_LIMIT: Final = -1

_STATE: Final = (
    "SELECT reading = ?, max((SELECT coalesce(max(opportunity_id), 0) FROM opportunity) - fed_until, 0), fed_until, "
    "EXISTS (SELECT 1 FROM search_pending) FROM search_state"
)
_CHANGED: Final = "SELECT scope_id, opportunity_id FROM search_pending LIMIT ?"
_FED: Final = "DELETE FROM search_pending WHERE scope_id = ? AND opportunity_id = ?"
_NEW: Final = "SELECT opportunity_id FROM opportunity WHERE opportunity_id > ? ORDER BY opportunity_id LIMIT ?"
_NUMBERS: Final = "(SELECT value FROM carray(?))"
_FOUND: Final = (
    "SELECT opportunity_id, scope_id, id_key, last_modified, created, target_close, record, "
    f"{tags_of('opportunity')}, {aws_summary_of('opportunity')} "
    f"FROM opportunity JOIN opportunity_record USING (opportunity_id) WHERE opportunity_id IN {_NUMBERS}"
)
_TABLES: Final = (
    ("search_entry", ("opportunity_id", *NUMBER_COLUMNS)),
    ("search_written", ("opportunity_id", *TEXT_COLUMNS)),
)
_KEPT_BY: Final = (("search_entry", "opportunity_id"), ("search_written", "opportunity_id"), ("search_terms", "rowid"))
_PUT_TERMS: Final = "INSERT OR REPLACE INTO search_terms (rowid, terms) VALUES (?, ?)"
_BEGIN_ANEW: Final = (
    "DELETE FROM search_entry",
    "DELETE FROM search_written",
    "DELETE FROM search_text",
    "INSERT INTO search_terms (search_terms) VALUES ('delete-all')",
    "DELETE FROM search_pending",
)


class State(NamedTuple):
    """How far the index is."""

    is_of_this_reading: bool
    """Entries are made under the reading of this program."""
    new: int
    """Numbers after the last indexed one: as many new opportunities, or more."""
    fed_until: int
    has_changed: bool
    """Something waits that is not new."""


def state_of(connection: apsw.Connection) -> State:
    """The state of the index as it is now."""
    row: Any = connection.execute(_STATE, (READING,)).fetchone()
    return State(*row)


def begin_anew(connection: apsw.Connection) -> None:
    """Where entries were made under another reading: let every opportunity wait for a new one. In a transaction."""
    for statement in _BEGIN_ANEW:
        connection.execute(statement)
    connection.execute("UPDATE search_state SET reading = ?, fed_until = 0", (READING,))


def pending(connection: apsw.Connection, most: int) -> int:
    """How many entries wait to be made, counted up to `most`: those of numbers that are gone may be counted, too."""
    new = state_of(connection).new
    changed = connection.execute("SELECT count(*) FROM (SELECT 1 FROM search_pending LIMIT ?)", (most,)).get
    assert isinstance(changed, int)
    return new + changed if most == NO_LIMIT else min(new + changed, most)


class Feeding:
    """Feeds the index, inside one transaction of `connection`."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._counters = Counters(connection)
        self._entries = Entries(connection, SQLITE, self._next_codes)

    def feed(self, limit: int) -> int:
        """Feed up to `limit` of what waits: how many it were. None, where entries are made under another reading."""
        state = state_of(self._connection)
        if not state.is_of_this_reading:
            return 0
        changed: list[Any] = self._connection.execute(_CHANGED, (limit,)).fetchall() if state.has_changed else []
        rows: Any = self._connection.execute(_NEW, (state.fed_until, limit - len(changed))).fetchall()
        new = [number for (number,) in rows]
        before = sorted({number for _, number in changed})
        if before:
            self._feed(before, self._before(before))
            self._connection.executemany(
                "DELETE FROM search_pending WHERE scope_id = ? AND opportunity_id = ?", changed
            )
        if new:
            self._feed(new, {})
            self._connection.execute("UPDATE search_state SET fed_until = ?", (new[-1],))
        return len(changed) + len(new)

    def _before(self, numbers: Sequence[int]) -> dict[int, tuple[Row, ...]]:
        """The rows of entries in both tables, by their numbers."""
        both = []
        for table, columns in _TABLES:
            query = f"SELECT {', '.join(columns)} FROM {table} WHERE opportunity_id IN {_NUMBERS} ORDER BY 1"
            both.append(self._rows(query, numbers))
        return {rows[0][0]: rows for rows in zip(*both, strict=True)}

    def _feed(self, numbers: Sequence[int], before: dict[int, tuple[Row, ...]]) -> None:
        found = self._rows(_FOUND, numbers)
        entries = self._entries.of(row[1:] for row in found)
        now = {row[0]: entry for row, entry in zip(found, entries, strict=True) if entry is not None}
        self._counters.write()
        gone = [(number,) for number in before if number not in now]
        for table, column in _KEPT_BY:
            self._connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", gone)
        for place, (table, columns) in enumerate(_TABLES):
            new = [(number, *_row(rows, place)) for number, rows in now.items() if number not in before]
            values = ", ".join("?" * len(columns))
            self._connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})", new)
            for number, there in before.items():
                if number in now:
                    self._change(table, columns, there[place], (number, *_row(now[number], place)))
        terms = [
            (number, terms_of(rows.words, rows.codes))
            for number, rows in now.items()
            if _has_other_terms(rows, before.get(number))
        ]
        self._connection.executemany(_PUT_TERMS, terms)

    def _next_codes(self, count: int) -> Iterable[int]:
        last = self._counters.advance(SEARCH_CODE, count)
        return range(last - count + 1, last + 1)

    def _rows(self, statement: str, numbers: Sequence[int]) -> list[Any]:
        return self._connection.execute(statement, (apsw.carray(array("q", numbers)),)).fetchall()

    def _change(self, table: str, columns: tuple[str, ...], before: Row, now: Row) -> None:
        """Only the columns that differ, for each of them has an index."""
        changed = [place for place in range(1, len(now)) if before[place] != now[place]]
        if changed:
            values = ", ".join(f"{columns[place]} = ?" for place in changed)
            self._connection.execute(
                f"UPDATE {table} SET {values} WHERE opportunity_id = ?", (*(now[place] for place in changed), now[0])
            )


def _row(rows: Rows, place: int) -> Row:
    """That of one of the tables."""
    return (rows.numbers, rows.texts)[place]


def _has_other_terms(rows: Rows, before: tuple[Row, ...] | None) -> bool:
    """Than the entry that stands there, behind its number."""
    if before is None:
        return True
    (_, *numbers), (_, *texts) = before
    return any(rows.numbers[place] != numbers[place] for place in CODE_PLACES) or any(
        rows.texts[place] != texts[place] for place in WORD_PLACES
    )
