"""The records of a scope for a dump: in pages, and of a damaged file whatever can still be read.

Each page is a statement of its own. So a slow reader holds no transaction, and the log of a database that is written
meanwhile can be checkpointed.

If a page cannot be read, keys and records are read one by one from there on. If the index of keys is damaged, too, the
rest is found by row number, in ranges that are halved around whatever is lost: a record names its account, catalog and
identifier itself.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import apsw
import msgspec

from cosell.context import Scope
from cosell.rules.identifiers import id_key, opportunity_arn
from cosell.store.sqlite.connection import UNUSABLE
from cosell.store.sqlite.mishaps import mishap
from cosell.store.sqlite.read_only import bring_up_to_date, open_for_reading

PAGE: Final = 256
"""Records that are read at a time."""
SHORTEST_RECORD_BYTES: Final = 64
UNREADABLE: Final = (apsw.CorruptError, apsw.IOError)

_SCOPE: Final = "SELECT scope_id FROM scope WHERE account = ? AND catalog = ?"
_LAST_KEY: Final = "SELECT max(id_key) FROM opportunity WHERE scope_id = ?"
_RECORDS: Final = (
    "SELECT id_key, record FROM opportunity JOIN opportunity_record USING (opportunity_id) "
    "WHERE scope_id = ? AND id_key > ? AND id_key <= ? ORDER BY id_key LIMIT ?"
)
_KEYS: Final = (
    "SELECT id_key, opportunity_id FROM opportunity WHERE scope_id = ? AND id_key > ? AND id_key <= ? "
    "ORDER BY id_key LIMIT ?"
)
_RECORD: Final = "SELECT record FROM opportunity_record WHERE opportunity_id = ?"
_STRETCH: Final = (
    "SELECT opportunity_id, record FROM opportunity_record WHERE opportunity_id BETWEEN ? AND ? "
    "ORDER BY opportunity_id LIMIT ?"
)


class _Named(msgspec.Struct, rename="pascal"):
    """What a record says about whose it is. Decoding it reads through the whole record."""

    id: str
    arn: str
    catalog: str


class Dump:
    """The records of a scope. Once it is read to its end, it says what is missing."""

    def __init__(self, connection: apsw.Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope
        self._reached = ""
        self.lost = 0
        """Opportunities that are there, but cannot be read."""
        self.lost_more = False
        """Whether parts of the file cannot be read that may have held others."""

    @property
    def is_incomplete(self) -> bool:
        """Whether something could not be read."""
        return self.lost > 0 or self.lost_more

    def records(self) -> Iterator[bytes]:
        """Each record as it is committed when its page is read, in the order of identifiers.

        An opportunity with a later identifier than all had at the beginning is left out. Of a damaged file, those that
        no index leads to come last.
        """
        try:
            yield from self._by_key()
        except UNREADABLE:
            yield from self._by_row()

    def _by_key(self) -> Iterator[bytes]:
        scope_id = self._value(_SCOPE, self._scope.account, self._scope.catalog)
        last_key = self._value(_LAST_KEY, scope_id) or ""
        while self._reached < last_key:
            stretch = (scope_id, self._reached, last_key, PAGE)
            try:
                page = self._rows(_RECORDS, *stretch)
            except UNREADABLE:
                page = [(key, self._record(number)) for key, number in self._rows(_KEYS, *stretch)]
            if not page:
                return  # the last ones have been removed meanwhile
            for key, record in page:
                if record is not None and _named(record):
                    yield record
                else:
                    self.lost += 1
                self._reached = key

    def _by_row(self) -> Iterator[bytes]:
        waiting = [(1, self._last_row())]
        while waiting:
            first, last = waiting.pop()
            try:
                page = self._rows(_STRETCH, first, last, PAGE)
            except UNREADABLE:
                if first == last:
                    self.lost_more = True
                else:
                    middle = (first + last) // 2
                    waiting += [(middle + 1, last), (first, middle)]
                continue
            yield from (record for _, record in page if self._is_missing(record))
            if len(page) == PAGE:
                waiting.append((page[-1][0] + 1, last))

    def _is_missing(self, record: bytes) -> bool:
        """Whether a record is one of the scope's that was not read by its key."""
        named = _named(record)
        if named is None:
            self.lost_more = True
            return False
        arn = opportunity_arn(self._scope.account, self._scope.catalog, named.id)
        return named.arn == arn and id_key(named.id) > self._reached

    def _last_row(self) -> int:
        """A row number that no record exceeds."""
        try:
            return self._value("SELECT max(opportunity_id) FROM opportunity_record") or 1
        except UNREADABLE:
            size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            return int(self._value(size)) // SHORTEST_RECORD_BYTES

    def _record(self, number: int) -> bytes | None:
        try:
            record: bytes | None = self._value(_RECORD, number)
        except UNREADABLE:
            return None
        return record

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(statement, bindings).fetchall()

    def _value(self, statement: str, *bindings: Any) -> Any:
        return self._connection.execute(statement, bindings).get


@contextmanager
def dump(path: str, scope: Scope) -> Iterator[Dump]:
    """The dump of a scope of the file `path`. Raises UserError if nothing of it can be read."""
    bring_up_to_date(path, damaged=True)
    with closing(open_for_reading(path, damaged=True)) as connection:
        try:
            yield Dump(connection, scope)
        except UNUSABLE as error:
            raise mishap(path, error, salvaging=True) from None


def _named(record: bytes) -> _Named | None:
    """What a record says of itself; None if it is not a whole JSON any more."""
    try:
        return msgspec.json.decode(record, type=_Named)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
