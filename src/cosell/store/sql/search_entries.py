"""What the two tables of entries have of an opportunity, and the terms by which it is found.

An entry is a row of numbers, a row of texts, and the terms of both: see `store/search_terms.py`.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple, TypeAlias

from cosell.rules.search.entry import CODED, FOLDED, LISTS, WRITTEN, Entry, entry_of, joined
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.search_summary import packed
from cosell.store.sql.connection import SqlConnection, Value
from cosell.store.sql.search_columns import COLUMNS, FIELD_NUMBERS, key_of_text
from cosell.store.sql.search_dialect import SearchDialect
from cosell.wire.encode import encode

Row = tuple[Value, ...]
Coded: TypeAlias = tuple[int, str, str]
"""A text of a field, in a scope."""
Place: TypeAlias = tuple[int, int, bytes]
"""Where it stands in the table of codes: the scope, the field's number, and the key."""

NUMBER_COLUMNS: Final = (
    *("scope_id", "id_key", "last_modified", "created", "target_close", "estimated_mrr"),
    *(COLUMNS[field] for field in CODED),
    *(f"{COLUMNS[field]}_codes" for field in LISTS),
)
"""Of `search_entry`."""
_UNSORTED: Final = "AwsMarketplaceSolution"
TEXT_COLUMNS: Final = (
    *("scope_id", "id_key"),
    *(COLUMNS[field] for field in WRITTEN),
    *(f"{COLUMNS[field]}_folded" for field in WRITTEN),
    *("opportunity_owner_folded", "spaced"),
    *(
        f"{COLUMNS[field]}_{part}"
        for field in LISTS
        for part in ("folded", "least", "least_folded")
        if field != _UNSORTED or part == "folded"
    ),
    "summary",
)
"""Of `search_written`."""
CODE_PLACES: Final = tuple(range(NUMBER_COLUMNS.index(COLUMNS[CODED[0]]), len(NUMBER_COLUMNS)))
WORD_PLACES: Final = (
    *(TEXT_COLUMNS.index(f"{COLUMNS[field]}_folded") for field in FOLDED),
    TEXT_COLUMNS.index("spaced"),
)
"""Of what terms are made of, in an entry's rows."""
_KEYS: Final = 2
"""Columns before the texts."""
_OWNER: Final = CODED.index("OpportunityOwner")
_CODE: Final = "SELECT code FROM search_text WHERE scope_id = ? AND field = ? AND key = ?"


class Rows(NamedTuple):
    """An entry, in the order of the columns above, and what its terms are made of: all of its words, and its codes."""

    numbers: Row
    texts: Row
    words: tuple[str, ...]
    codes: tuple[int, ...]


class Entries:
    """Makes entries, and gives codes to their texts, inside one transaction of `connection`.

    `next_codes` gives so many codes that nobody has yet; None is 0. `longest_key`: bytes of a key that an index takes.
    """

    def __init__(
        self,
        connection: SqlConnection,
        dialect: SearchDialect,
        next_codes: Callable[[int], Iterable[int]],
        longest_key: int = sys.maxsize,
    ) -> None:
        self._connection = connection
        self._dialect = dialect
        self._next_codes = next_codes
        self._longest_key = longest_key
        self._codes: dict[Coded, int] = {}

    def of(self, found: Iterable[Sequence[Any]]) -> list[Rows | None]:
        """The entries of opportunities, each with what stands beside it; None where an index would not take it.

        What was found has the scope, the key of the identifier, the moments, the record, tags and AWS's summary.
        """
        read = [(row, Sought(*row[-3:])) for row in found]
        entries = [(row, sought, entry_of(sought)) for row, sought in read]
        texts = dict.fromkeys(coded for row, _, entry in entries for coded in _coded(row[0], entry))
        self._learn([coded for coded in texts if coded not in self._codes])
        return [self._rows(row, sought, entry) for row, sought, entry in entries]

    def _learn(self, texts: Sequence[Coded]) -> None:
        """Find the codes of texts, or give them, once for many entries."""
        places = {coded: (coded[0], FIELD_NUMBERS[coded[1]], key_of_text(coded[2])) for coded in texts}
        places = {coded: place for coded, place in places.items() if len(place[-1]) <= self._longest_key}
        there = self._known(list(places.values()))
        new = [coded for coded, place in places.items() if place not in there]
        given = dict(zip(new, self._next_codes(len(new)), strict=True)) if new else {}
        rows = [(*places[coded], code) for coded, code in given.items()]
        if rows:
            self._connection.run_many("INSERT INTO search_text VALUES (?, ?, ?, ?)", rows)
        self._codes |= {coded: there[place] for coded, place in places.items() if place in there} | given

    def _known(self, places: Sequence[Place]) -> dict[Place, int]:
        """The codes that places in the table of codes have already."""
        codes = {place: self._connection.value(_CODE, place) for place in places}
        return {place: code for place, code in codes.items() if code is not None}

    def _rows(self, row: Sequence[Any], sought: Sought, entry: Entry) -> Rows | None:
        scope_id, id_key, last_modified, created, target_close, record, *_ = row
        if not all(coded in self._codes for coded in _coded(scope_id, entry)):
            return None
        codes = [self._codes[scope_id, field, text] for field, text in zip(CODED, entry.coded, strict=True)]
        lists = [
            [self._codes[scope_id, field, text] for text in texts or ("",)]
            for field, texts in zip(LISTS, entry.lists, strict=True)
        ]
        numbers = (
            *(scope_id, id_key, last_modified, created, target_close, self._dialect.amount(entry.cents)),
            *codes,
            *[
                f" {' '.join(map(str, there))} " if texts else ""
                for there, texts in zip(lists, entry.lists, strict=True)
            ],
        )
        written = [
            *entry.written,
            *[text.casefold() for text in entry.written],
            *(entry.coded[_OWNER].casefold(), entry.spaced),
            *_lists(entry),
        ]
        words = (f"o{id_key[1:]}", *[written[place - _KEYS] for place in WORD_PLACES])
        texts = (
            *(scope_id, id_key),
            *map(self._dialect.text, written),
            packed(encode(summary_of(sought)), record),
        )
        return Rows(numbers, texts, words, tuple(chain(codes, *lists)))


def _coded(scope_id: int, entry: Entry) -> Iterator[Coded]:
    """The texts of an entry that have codes. An empty list has the code of an empty text."""
    for field, text in zip(CODED, entry.coded, strict=True):
        yield scope_id, field, text
    for field, texts in zip(LISTS, entry.lists, strict=True):
        for text in texts or ("",):
            yield scope_id, field, text


def _lists(entry: Entry) -> Iterable[str]:
    """What stands in the columns of lists. An empty list, as most are, has an empty element."""
    for field, texts in zip(LISTS, entry.lists, strict=True):
        yield joined([text.casefold() for text in texts])
        if field != _UNSORTED:
            least = min(texts, key=key_of_text) if texts else ""
            yield least
            yield least.casefold()
