"""What the two tables of entries have of an opportunity, and the terms by which it is found.

An entry is a row of numbers, a row of texts, and the terms of both: see `store/search_terms.py`.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

import apsw

from cosell.rules.search.entry import CODED, FOLDED, LISTS, WRITTEN, Entry, entry_of, joined
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.search_summary import packed
from cosell.store.search_terms import terms_of
from cosell.store.sqlite.counters import SEARCH_CODE, Counters
from cosell.store.sqlite.search_columns import COLUMNS, FIELD_NUMBERS, amount, key_of_text
from cosell.wire.encode import encode

if TYPE_CHECKING:
    from apsw import SQLiteValue

Row = tuple["SQLiteValue", ...]

NUMBER_COLUMNS: Final = (
    *("opportunity_id", "scope_id", "id_key", "last_modified", "created", "target_close", "estimated_mrr"),
    *(COLUMNS[field] for field in CODED),
    *(f"{COLUMNS[field]}_codes" for field in LISTS),
)
"""Of `search_entry`."""
_UNSORTED: Final = "AwsMarketplaceSolution"
TEXT_COLUMNS: Final = (
    *("opportunity_id", "scope_id", "id_key"),
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
_CODES: Final = tuple(range(NUMBER_COLUMNS.index(COLUMNS[CODED[0]]), len(NUMBER_COLUMNS)))
_WORDS: Final = (
    *(TEXT_COLUMNS.index(f"{COLUMNS[field]}_folded") for field in FOLDED),
    TEXT_COLUMNS.index("spaced"),
)
_OWNER: Final = CODED.index("OpportunityOwner")
_CODE: Final = "SELECT code FROM search_text WHERE scope_id = ? AND field = ? AND key = ?"


class Rows(NamedTuple):
    """An entry, in the order of the columns above, and all of its codes."""

    numbers: Row
    texts: Row
    codes: tuple[int, ...]

    @property
    def terms(self) -> str:
        """What `search_terms` has of it."""
        identifier = f"o{str(self.numbers[2])[1:]}"
        return terms_of([identifier, *(str(self.texts[place]) for place in _WORDS)], self.codes)

    def has_other_terms(self, numbers: Row, texts: Row) -> bool:
        """Than an entry that had these before."""
        return any(self.numbers[place] != numbers[place] for place in _CODES) or any(
            self.texts[place] != texts[place] for place in _WORDS
        )


class Codes:
    """Gives codes to the texts of entries, inside one transaction of `connection`."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._counters = Counters(connection)
        self._known: defaultdict[int, defaultdict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        self._new: list[Row] = []

    def rows(
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
    ) -> Rows:
        """The entry of an opportunity, with what stands beside it."""
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
            *(number, scope_id, id_key, last_modified, created, target_close, amount(entry.cents)),
            *codes,
            *[
                f" {' '.join(map(str, there))} " if texts else ""
                for there, texts in zip(lists, entry.lists, strict=True)
            ],
        )
        texts = (
            *(number, scope_id, id_key),
            *entry.written,
            *[text.casefold() for text in entry.written],
            *(entry.coded[_OWNER].casefold(), entry.spaced),
            *_lists(entry),
            packed(encode(summary_of(sought)), record),
        )
        return Rows(numbers, texts, tuple(chain(codes, *lists)))

    def write(self) -> None:
        """Write down what was given, once for many entries."""
        self._connection.executemany("INSERT INTO search_text VALUES (?, ?, ?, ?)", self._new)
        self._new.clear()
        self._counters.write()

    def _code(self, scope_id: int, field: str, text: str) -> int:
        """The code of a text that is not yet known. None is 0."""
        place = (scope_id, FIELD_NUMBERS[field], key_of_text(text))
        code = self._connection.execute(_CODE, place).get
        if code is None:
            code = self._counters.advance(SEARCH_CODE)
            self._new.append((*place, code))
        assert isinstance(code, int)
        self._known[scope_id][field][text] = code
        return code


def _between_spaces(codes: list[int]) -> str:
    return f" {' '.join(map(str, codes))} "


def _lists(entry: Entry) -> "Iterable[SQLiteValue]":
    """What stands in the columns of lists. An empty list, as most are, has an empty element."""
    for field, texts in zip(LISTS, entry.lists, strict=True):
        yield joined([text.casefold() for text in texts])
        if field != _UNSORTED:
            least = min(texts, key=key_of_text) if texts else ""
            yield least
            yield least.casefold()
