"""What the two tables of entries have of an opportunity, and the terms by which it is found.

An entry is a row of numbers, a row of texts, and the terms of both: see `store/search_terms.py`.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final, NamedTuple

from cosell.rules.search.entry import CODED, FOLDED, LISTS, WRITTEN, Entry, entry_of, joined
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.search_summary import packed
from cosell.store.sql.connection import SqlConnection, Value
from cosell.store.sql.search_columns import COLUMNS, FIELD_NUMBERS, key_of_text
from cosell.store.sql.search_dialect import SearchDialect
from cosell.wire.encode import encode

Row = tuple[Value, ...]

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


class TooLong(Exception):
    """An entry has what an index of the database would refuse."""


class Rows(NamedTuple):
    """An entry, in the order of the columns above, and what its terms are made of: all of its words, and its codes."""

    numbers: Row
    texts: Row
    words: tuple[str, ...]
    codes: tuple[int, ...]


class Codes:
    """Gives codes to the texts of entries, inside one transaction of `connection`.

    `longest_key`: bytes of a key that the index of codes takes.
    """

    def __init__(
        self,
        connection: SqlConnection,
        dialect: SearchDialect,
        next_code: Callable[[], int],
        longest_key: int = sys.maxsize,
    ) -> None:
        self._connection = connection
        self._dialect = dialect
        self._next_code = next_code
        self._longest_key = longest_key
        self._known: defaultdict[int, defaultdict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        self._new: list[Row] = []

    def rows(
        self,
        scope_id: int,
        id_key: str,
        last_modified: int,
        created: int,
        target_close: int,
        record: bytes,
        tags: bytes | None,
        aws: bytes | None,
    ) -> Rows:
        """The entry of an opportunity, with what stands beside it. Raises TooLong."""
        sought = Sought(record, tags, aws)
        entry = entry_of(sought)
        known = self._known[scope_id]
        codes = [
            known[field].get(text) or self._code(scope_id, field, text)
            for field, text in zip(CODED, entry.coded, strict=True)
        ]
        lists = [
            [known[field].get(text) or self._code(scope_id, field, text) for text in texts or ("",)]
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

    def write(self) -> None:
        """Write down what was given, once for many entries."""
        self._connection.run_many("INSERT INTO search_text VALUES (?, ?, ?, ?)", self._new)
        self._new.clear()

    def _code(self, scope_id: int, field: str, text: str) -> int:
        """The code of a text that is not yet known. None is 0."""
        place = (scope_id, FIELD_NUMBERS[field], key_of_text(text))
        if len(place[-1]) > self._longest_key:
            raise TooLong
        code: int | None = self._connection.value(_CODE, place)
        if code is None:
            code = self._next_code()
            self._new.append((*place, code))
        self._known[scope_id][field][text] = code
        return code


def _lists(entry: Entry) -> Iterable[str]:
    """What stands in the columns of lists. An empty list, as most are, has an empty element."""
    for field, texts in zip(LISTS, entry.lists, strict=True):
        yield joined([text.casefold() for text in texts])
        if field != _UNSORTED:
            least = min(texts, key=key_of_text) if texts else ""
            yield least
            yield least.casefold()
