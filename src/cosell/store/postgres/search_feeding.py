"""Feeding the index of searches, one scope at a time. See `store/sqlite/search_feeding.py` for what is fed, and when.

Whoever feeds a scope holds its clock row, as writers do, so nothing of the scope changes meanwhile, and processes
feed several scopes at once. Entries, codes, terms and their not being pending any more are one transaction, and nobody
waits for the disk: what a power cut undoes of it is fed again.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from zlib import crc32

from cosell.rules.search.entry import READING
from cosell.store.postgres.search_dialect import POSTGRES
from cosell.store.postgres.search_reading import ENTRIES_OF_SAMPLE
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.postgres.tsquery import BETWEEN_TERMS, TSQUERY, term_of_scope
from cosell.store.search_terms import lexemes_of
from cosell.store.sql.connection import put_statement
from cosell.store.sql.search_beside import aws_summary_of, tags_of
from cosell.store.sql.search_columns import INDEXED, order_columns, table_of_order
from cosell.store.sql.search_entries import NUMBER_COLUMNS, TEXT_COLUMNS, Entries, Place, Rows

LONGEST_KEY: Final = 2_600
"""Bytes that a B-tree takes of a row, but for what stands beside the key."""
MOST_CHARACTERS: Final = 50_000
"""Of whose trigrams a tsvector can have all."""

_STATE: Final = (
    "SELECT (SELECT reading = ?2 FROM search_reading), "
    "coalesce((SELECT max(opportunity_id) FROM opportunity WHERE scope_id = ?1), 0), "
    "coalesce((SELECT fed_until FROM search_state WHERE scope_id = ?1), 0), "
    "EXISTS (SELECT 1 FROM search_pending WHERE scope_id = ?1)"
)
_PENDING: Final = """
SELECT coalesce((
    SELECT sum(greatest(opportunity_id - coalesce(fed_until, 0), 0)) FROM scope LEFT JOIN search_state USING (scope_id)
), 0)::bigint + (SELECT count(*) FROM (SELECT 1 FROM search_pending WHERE NOT kept LIMIT ?) AS changed)
"""
_SCOPES: Final = """
SELECT scope_id FROM scope LEFT JOIN search_state USING (scope_id)
WHERE opportunity_id > coalesce(fed_until, 0)
    OR EXISTS (SELECT 1 FROM search_pending AS p WHERE p.scope_id = scope.scope_id AND NOT kept)
ORDER BY scope_id
"""
_HOLD: Final = "SELECT opportunity_id FROM scope WHERE scope_id = ? FOR UPDATE"
_CHANGED: Final = "SELECT id_key FROM search_pending WHERE scope_id = ? AND NOT kept LIMIT ?"
_ENTRY: Final = (
    "opportunity.opportunity_id, scope_id, id_key, last_modified, created, target_close, record, "
    f"{tags_of('opportunity')}, {aws_summary_of('opportunity')} "
    "FROM opportunity JOIN opportunity_record USING (scope_id, id_key)"
)
_NEW: Final = f"SELECT {_ENTRY} WHERE scope_id = ? AND opportunity_id > ? ORDER BY opportunity_id LIMIT ?"
_FOUND: Final = f"SELECT {_ENTRY} WHERE scope_id = ? AND opportunity_id <= ? AND id_key = ANY (string_to_array(?, ' '))"
_CODES: Final = "SELECT nextval('search_code') FROM generate_series(1, ?)"
_KNOWN: Final = (
    "SELECT field, key, code FROM unnest(?2::smallint[], ?3::bytea[]) AS wanted (field, key) "
    "JOIN search_text USING (field, key) WHERE scope_id = ?1"
)
_FED_UNTIL: Final = put_statement("search_state", "scope_id", "scope_id, fed_until")
_PUT_NUMBERS: Final = put_statement("search_entry", "scope_id, id_key", ", ".join(NUMBER_COLUMNS))
_PUT_TEXTS: Final = put_statement("search_written", "scope_id, id_key", ", ".join(TEXT_COLUMNS))
_PUT_TERMS: Final = (
    f"{put_statement('search_terms', 'scope_id, id_key', 'scope_id, id_key, sampled, terms')} "
    "WHERE search_terms.terms <> excluded.terms"
)
_KEEP: Final = "INSERT INTO search_pending VALUES (?, ?, true) ON CONFLICT (scope_id, id_key) DO UPDATE SET kept = true"
_OF_ENTRIES: Final = ("search_entry", "search_written", "search_terms")
_KEYS: Final = tuple(
    [TEXT_COLUMNS.index(column) for column in order_columns(field)]
    for field in INDEXED
    if table_of_order(field) == "search_written"
)
"""The places of the columns of each order of texts."""
_BEGIN_ANEW: Final = (
    "LOCK TABLE search_reading IN ACCESS EXCLUSIVE MODE",
    "TRUNCATE search_state, search_pending, search_text, search_entry, search_written, search_terms",
    "UPDATE search_reading SET reading = ?",
)


class State(NamedTuple):
    """How far the index of a scope is."""

    is_of_this_reading: bool
    """Entries are made under the reading of this program."""
    last: int
    """The number of the newest opportunity."""
    fed_until: int
    has_changed: bool
    """Something waits that is not new."""


def state_of(connection: PostgresConnection, scope_id: int) -> State:
    """The state of the index of a scope as it is now."""
    return State(*connection.row(_STATE, (scope_id, READING)))


def pending(connection: PostgresConnection, most: int | None) -> int:
    """How many entries wait to be made, counted up to `most`: those of numbers that are gone may be counted, too."""
    count: int = connection.value(_PENDING, (most,))
    return count if most is None else min(count, most)


def scopes_to_feed(connection: PostgresConnection) -> list[int]:
    """The scopes where entries wait to be made."""
    return [scope_id for (scope_id,) in connection.rows(_SCOPES)]


def is_of_this_reading(connection: PostgresConnection) -> bool:
    """Whether entries are made under the reading of this program."""
    told: bool = connection.value("SELECT reading = ? FROM search_reading", (READING,))
    return told


def begin_anew(connection: PostgresConnection) -> None:
    """Where entries were made under another reading: let every opportunity wait for a new one. In a transaction.

    Searches lock the reading before they look (`search_rows.py`), for TRUNCATE shows itself to those who look already.
    """
    lock, empty, note = _BEGIN_ANEW
    connection.run(lock)
    if not is_of_this_reading(connection):  # another process was faster
        connection.run(empty)
        connection.run(note, (READING,))


class Feeding:
    """Feeds the index of one scope, inside one transaction of `connection`."""

    def __init__(self, connection: PostgresConnection, scope_id: int) -> None:
        self._connection = connection
        self._scope_id = scope_id
        self._entries = _Entries(connection, POSTGRES, self._next_codes, LONGEST_KEY)

    def feed(self, limit: int, *, waits: bool) -> int | None:
        """Feed up to `limit` of what waits: how many it were. None, where entries are made under another reading.

        None also where somebody else holds the scope, unless that is to be waited for.
        """
        numbers = self._connection.rows(_HOLD if waits else f"{_HOLD} SKIP LOCKED", (self._scope_id,))
        if not numbers:
            return None
        state = state_of(self._connection, self._scope_id)
        if not state.is_of_this_reading:
            return None
        changed: list[str] = []
        if state.has_changed:
            changed = [key for (key,) in self._connection.rows(_CHANGED, (self._scope_id, limit))]
        if changed:
            found = self._connection.rows(_FOUND, (self._scope_id, state.fed_until, " ".join(changed)))
            keys = [(self._scope_id, key) for key in changed]
            self._connection.run_many("DELETE FROM search_pending WHERE scope_id = ? AND id_key = ?", keys)
            there = {row[2] for row in found}
            self._feed(found, [key for key in changed if key not in there])
        left = limit - len(changed)
        new = self._connection.rows(_NEW, (self._scope_id, state.fed_until, left)) if left else []
        self._feed(new, [])
        is_all = len(new) < left
        fed_until = numbers[0][0] if is_all else new[-1][0] if new else state.fed_until
        if fed_until > state.fed_until:
            self._connection.run(_FED_UNTIL, (self._scope_id, fed_until))
        return len(changed) + len(new)

    def _feed(self, found: Sequence[Any], gone: Sequence[str]) -> None:
        made = dict(zip([row[2] for row in found], self._entries.of(row[1:] for row in found), strict=True))
        entries = [rows for rows in made.values() if rows is not None and not _is_too_long(rows)]
        without = [key for key, rows in made.items() if rows is None or _is_too_long(rows)]
        removed = [(self._scope_id, key) for key in (*gone, *without)]
        for table in _OF_ENTRIES if removed else ():
            self._connection.run_many(f"DELETE FROM {table} WHERE scope_id = ? AND id_key = ?", removed)
        if without:
            self._connection.run_many(_KEEP, [(self._scope_id, key) for key in without])
        if entries:
            self._connection.run_many(_PUT_NUMBERS, [rows.numbers for rows in entries])
            self._connection.run_many(_PUT_TEXTS, [rows.texts for rows in entries])
            self._connection.run_many(_PUT_TERMS, [self._terms(rows) for rows in entries])

    def _terms(self, rows: Rows) -> tuple[Any, ...]:
        scope_id, id_key, *_ = rows.numbers
        lexemes = [term_of_scope(self._scope_id), *lexemes_of(rows.words, rows.codes, TSQUERY.read_as)]
        return scope_id, id_key, crc32(str(id_key).encode()) % ENTRIES_OF_SAMPLE == 0, BETWEEN_TERMS.join(lexemes)

    def _next_codes(self, count: int) -> list[int]:
        return [code for (code,) in self._connection.rows(_CODES, (count,))]


class _Entries(Entries):
    """Looks codes up all at once, for each question takes its way to the server."""

    def _known(self, places: Sequence[Place]) -> dict[Place, int]:
        if not places:
            return {}
        scopes, fields, keys = zip(*places, strict=True)
        arrays: Any = (scopes[0], list(fields), list(keys))
        found = self._connection.rows(_KNOWN, arrays)
        return {(scopes[0], field, key): code for field, key, code in found}


def _is_too_long(rows: Rows) -> bool:
    """Whether an index would not take an entry."""
    texts: Sequence[Any] = rows.texts
    return sum(map(len, rows.words)) > MOST_CHARACTERS or any(
        sum(len(texts[place]) for place in places) > LONGEST_KEY for places in _KEYS
    )
