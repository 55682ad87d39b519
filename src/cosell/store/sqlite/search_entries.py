"""Feeding the index of searches: entries are made anew of the opportunities that `search_pending` names.

Triggers put every opportunity there that is new, gone, or another in what a search sees of it, in the transaction of
the change. An entry, its words and codes, and its leaving `search_pending` are one transaction too, whose moment nobody
waits for: so the index is behind at times, and never wrong.

Many entries are fed together, because an index writes the same pages for one as for a hundred.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import apsw

from cosell.rules.search.entry import CODED, FOLDED, LISTS, READING, SEPARATOR, WRITTEN, Entry, entry_of, joined
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.search_summary import packed
from cosell.store.sqlite.counters import SEARCH_CODE, Counters
from cosell.store.sqlite.search_beside import aws_summary_of, tags_of
from cosell.store.sqlite.search_columns import COLUMNS, FIELD_NUMBERS, amount, key_of_text
from cosell.wire.encode import encode

if TYPE_CHECKING:
    from apsw import SQLiteValue

Row = tuple["SQLiteValue", ...]
Pending = tuple[int, int]
"""A scope's number and an opportunity's, of which one may be without the other by now."""

_LISTS_COLUMNS: Final = tuple(
    f"{COLUMNS[field]}_{part}"
    for field in LISTS
    for part in ("codes", "folded", "least", "least_folded")
    if field != "AwsMarketplaceSolution" or part in ("codes", "folded")
)
ENTRY_COLUMNS: Final = (
    *("opportunity_id", "scope_id", "id_key", "last_modified", "created", "target_close", "estimated_mrr"),
    *(COLUMNS[field] for field in CODED),
    *(COLUMNS[field] for field in WRITTEN),
    *(f"{COLUMNS[field]}_folded" for field in WRITTEN),
    *("opportunity_owner_folded", "spaced", *_LISTS_COLUMNS, "summary"),
)
_PLACES: Final = {column: place for place, column in enumerate(ENTRY_COLUMNS)}
_WORDS: Final = tuple(_PLACES[f"{COLUMNS[field]}_folded"] for field in FOLDED)
_CODES: Final = tuple(_PLACES[COLUMNS[field]] for field in CODED)
_LISTS_OF_CODES: Final = tuple(_PLACES[f"{COLUMNS[field]}_codes"] for field in LISTS)

_WAITING: Final = "SELECT scope_id, opportunity_id FROM search_pending LIMIT ?"
_NUMBERS: Final = "(SELECT value FROM carray(?))"
_FOUND: Final = (
    "SELECT opportunity_id, scope_id, id_key, last_modified, created, target_close, record, "
    f"{tags_of('opportunity')}, {aws_summary_of('opportunity')} "
    f"FROM opportunity JOIN opportunity_record USING (opportunity_id) WHERE opportunity_id IN {_NUMBERS}"
)
_BEFORE: Final = f"SELECT {', '.join(ENTRY_COLUMNS)} FROM search_entry WHERE opportunity_id IN {_NUMBERS}"
_INSERT: Final = f"INSERT INTO search_entry ({', '.join(ENTRY_COLUMNS)}) VALUES ({', '.join('?' * len(ENTRY_COLUMNS))})"
_PUT_WORDS: Final = "INSERT OR REPLACE INTO search_words (rowid, words) VALUES (?, ?)"
_PUT_CODES: Final = "INSERT OR REPLACE INTO search_codes (rowid, codes) VALUES (?, ?)"
_CODE: Final = "SELECT code FROM search_text WHERE scope_id = ? AND field = ? AND key = ?"


def begin_anew(connection: apsw.Connection) -> None:
    """Where entries were made under another reading: let every opportunity wait for a new one. In a transaction."""
    connection.execute(
        "INSERT INTO search_pending SELECT scope_id, opportunity_id FROM opportunity WHERE 1 ON CONFLICT DO NOTHING"
    )
    connection.execute("UPDATE search_state SET reading = ?", (READING,))


def is_of_this_reading(connection: apsw.Connection) -> bool:
    """Whether entries are made under the reading of this program."""
    return bool(connection.execute("SELECT reading = ? FROM search_state", (READING,)).get)


SINCE_SCHEMA: Final = 10
"""The migration that makes the tables of the index."""
NO_LIMIT: Final = -1


def pending(connection: apsw.Connection, most: int) -> int:
    """How many entries wait to be made, counted up to `most`."""
    count = connection.execute("SELECT count(*) FROM (SELECT 1 FROM search_pending LIMIT ?)", (most,)).get
    assert isinstance(count, int)
    return count


class Feeding:
    """Feeds the index, inside one transaction of `connection`."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._counters = Counters(connection)
        self._codes: dict[tuple[int, str, str], int] = {}
        self._new: list[Row] = []

    def feed(self, limit: int) -> int:
        """Feed up to `limit` of what waits: how many it were. None, where entries are made under another reading."""
        if not is_of_this_reading(self._connection):
            return 0
        waiting: list[Any] = self._connection.execute(_WAITING, (limit,)).fetchall()
        self._bring_up_to_date(sorted({number for _, number in waiting}))
        self._connection.executemany("DELETE FROM search_pending WHERE scope_id = ? AND opportunity_id = ?", waiting)
        self._counters.write()
        return len(waiting)

    def _bring_up_to_date(self, numbers: Sequence[int]) -> None:
        before = {row[0]: row for row in self._rows(_BEFORE, numbers)}
        now = {row[0]: self._entry(*row) for row in self._rows(_FOUND, numbers)}
        gone = [(number,) for number in before if number not in now]
        for table, column in (("search_entry", "opportunity_id"), ("search_words", "rowid"), ("search_codes", "rowid")):
            self._connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", gone)
        self._connection.executemany("INSERT INTO search_text VALUES (?, ?, ?, ?)", self._new)
        self._new.clear()
        self._connection.executemany(_INSERT, [row for number, row in now.items() if number not in before])
        for number, row in now.items():
            if number in before:
                self._change(before[number], row)
        for put, text_of in ((_PUT_WORDS, _words), (_PUT_CODES, _codes)):
            changed = [
                (number, text)
                for number, row in now.items()
                if (text := text_of(row)) != (text_of(before[number]) if number in before else None)
            ]
            self._connection.executemany(put, changed)

    def _rows(self, statement: str, numbers: Sequence[int]) -> list[Any]:
        return self._connection.execute(statement, (apsw.carray(array("q", numbers)),)).fetchall() if numbers else []

    def _change(self, before: Row, now: Row) -> None:
        """Only the columns that differ, for each of them has an index."""
        changed = [place for place in range(1, len(now)) if before[place] != now[place]]
        if changed:
            self._connection.execute(
                f"UPDATE search_entry SET {', '.join(f'{ENTRY_COLUMNS[place]} = ?' for place in changed)} "
                "WHERE opportunity_id = ?",
                (*(now[place] for place in changed), now[0]),
            )

    def _entry(
        self,
        number: int,
        scope_id: int,
        id_key: str,
        last_modified: int,
        created: int,
        target_close: int,
        record: bytes,
        tags: bytes | None,
        aws: bytes | None,
    ) -> Row:
        sought = Sought(record, tags, aws)
        entry = entry_of(sought)
        return (
            *(number, scope_id, id_key, last_modified, created, target_close, amount(entry.cents)),
            *(self._code(scope_id, field, text) for field, text in zip(CODED, entry.coded, strict=True)),
            *entry.written,
            *(text.casefold() for text in entry.written),
            entry.coded[_OWNER].casefold(),
            entry.spaced,
            *self._lists(scope_id, entry),
            packed(encode(summary_of(sought)), record),
        )

    def _lists(self, scope_id: int, entry: Entry) -> "Iterable[SQLiteValue]":
        for field, texts in zip(LISTS, entry.lists, strict=True):
            yield "".join(f" {self._code(scope_id, field, text)}" for text in texts) + (" " if texts else "")
            yield joined(text.casefold() for text in texts)
            if field != "AwsMarketplaceSolution":
                least = min(texts, key=key_of_text, default="")
                yield from (least, least.casefold())

    def _code(self, scope_id: int, field: str, text: str) -> int:
        known = self._codes.get((scope_id, field, text))
        if known is not None:
            return known
        place = (scope_id, FIELD_NUMBERS[field], key_of_text(text))
        code = self._connection.execute(_CODE, place).get
        if code is None:
            code = self._counters.advance(SEARCH_CODE)
            self._new.append((*place, code))
        assert isinstance(code, int)
        self._codes[scope_id, field, text] = code
        return code


_OWNER: Final = CODED.index("OpportunityOwner")


def _words(row: Row) -> str:
    """What search_words has of an entry."""
    identifier = f"o{str(row[_PLACES['id_key']])[1:]}"
    texts = [identifier, *(str(row[place]) for place in _WORDS), str(row[_PLACES["spaced"]])]
    return joined(text for text in texts if text) + 2 * SEPARATOR


def _codes(row: Row) -> str:
    """What search_codes has of an entry."""
    return " ".join([*(str(row[place]) for place in _CODES), *(str(row[place]) for place in _LISTS_OF_CODES)])
