"""Loading what AWS clients print: first everything is read and checked, then stored in one transaction.

Checked opportunities wait in a file, not in memory, because stamps are assigned in the order of the old ones, and that
is known only at the end.

If an opportunity occurs several times, the one with the latest LastModifiedDate is loaded (among equal ones the
detailed one rather than the summary, then the later in the file). One that the scope has already is replaced by the
loaded one, whichever is newer, unless they are the same. Nothing is announced.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Final, NamedTuple, Self

import msgspec

from cosell.context import Scope
from cosell.datasets.answers import Found, Reason, Refused, found_in, is_detailed, record_of
from cosell.datasets.documents import Broken, Document, documents
from cosell.datasets.stamps import kept_or_anew
from cosell.errors import UserError
from cosell.rules.identifiers import FIRST_OPPORTUNITY
from cosell.store.interface import Store, WriteTransaction
from cosell.store.opportunity import StoredOpportunity, stored
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse

NEVER_REACHED: Final = 10**15
"""Identifiers from here on are not reserved: counting would not get there, and 19 digits would leave none to count."""
Advance = Callable[[int], None]


class Refusal(NamedTuple):
    """Something that was not loaded: the line of the file, the path in its document, and why."""

    line: int
    path: str
    code: str
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.path}" if self.path else f"line {self.line}"
        return f"{place}: {self.code}: {self.message}"


class _Entry(NamedTuple):
    """Where an opportunity waits, and what decides whether it is loaded. The order of entries is that of stamps."""

    stamp_ms: int
    detailed: bool
    offset: int
    length: int
    identifier: str


class Loaded(msgspec.Struct, frozen=True):
    """What happened in one scope. `anew` of the stored opportunities got new stamps, the others keep theirs."""

    new: int
    replaced: int
    unchanged: int
    anew: int


class Reading:
    """What a file holds, checked. A context manager: at its end, what waits is thrown away."""

    def __init__(self, account: str, catalog: str) -> None:
        """`catalog` applies to opportunities that name none."""
        self._account = account
        self._catalog = catalog
        with _told_of_temporary_folder():
            self._waiting: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by __exit__
        self._end = 0
        self._entries: dict[Scope, dict[str, _Entry]] = {}
        self.refusals: list[Refusal] = []
        self.kept: Counter[str] = Counter()
        """Members with values that the service model does not know, and how many."""
        self.repeated = 0
        """Opportunities that are left out because the same one comes again, or came before."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # what could not be written is thrown away, too
            self._waiting.close()

    @property
    def count(self) -> int:
        """How many opportunities are to be stored."""
        return sum(len(entries) for entries in self._entries.values())

    @property
    def scopes(self) -> list[Scope]:
        """The scopes that they belong to."""
        return list(self._entries)

    def read(self, lines: Iterable[bytes]) -> None:
        """Check the lines of a file. Raises UserError if it is not a file of JSON at all."""
        for document in documents(lines):
            if isinstance(document, Broken):
                self.refusals.append(Refusal(document.line, "", "SerializationException", document.message))
                continue
            for found in found_in(document.value):
                if isinstance(found, Found):
                    self._take(found, document)
                else:
                    message = "This is not an answer of GetOpportunity or ListOpportunities."
                    self._refuse(document, found.path, Reason("", "INVALID_VALUE", message))

    def _take(self, found: Found, document: Document) -> None:
        try:
            record, kept = record_of(found.value, self._account, self._catalog)
            encoded = encode(record)
        except Refused as refused:
            for reason in refused.reasons:
                self._refuse(document, found.path, reason)
            return
        except UnicodeEncodeError:
            message = "A text holds half of a surrogate pair."
            self._refuse(document, found.path, Reason("", "SerializationException", message))
            return
        self.kept.update(kept)
        entries = self._entries.setdefault(Scope(self._account, record.catalog), {})
        entry = _Entry(record.last_modified_date.ms, is_detailed(found.value), self._end, len(encoded), record.id)
        before = entries.get(record.id)
        self.repeated += before is not None
        if before is None or entry > before:
            entries[record.id] = entry
            with _told_of_temporary_folder():
                self._end += self._waiting.write(encoded)

    def _refuse(self, document: Document, path: str, reason: Reason) -> None:
        path = f"{path}.{reason.member}" if path and reason.member else path or reason.member
        self.refusals.append(Refusal(document.line_of(path), path, reason.code, reason.message))

    def waiting(self, scope: Scope) -> list[_Entry]:
        """What is to be stored in a scope, in the order of the old stamps."""
        return sorted(self._entries[scope].values())

    def encoded(self, entry: _Entry) -> bytes:
        """The record that waits at an entry."""
        with _told_of_temporary_folder():
            self._waiting.seek(entry.offset)
            return self._waiting.read(entry.length)


@contextmanager
def _told_of_temporary_folder() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"what was read cannot be kept in the temporary folder: {error.strerror}",
            "free some space there, or name another folder in TMPDIR",
        ) from None


def store_all(reading: Reading, store: Store, advance: Advance) -> dict[Scope, Loaded]:
    """Store what was read, in all scopes or in none."""
    with store.bulk_load(reading.scopes, reading.count) as transactions:
        return {scope: _store(reading, scope, tx, advance) for scope, tx in transactions.items()}


def _store(reading: Reading, scope: Scope, tx: WriteTransaction, advance: Advance) -> Loaded:
    entries = reading.waiting(scope)
    total = len(entries)
    there: set[str] = set()
    if tx.count():
        entries = [entry for entry in entries if _is_news(reading, entry, tx, there)]
    stamps = list(kept_or_anew(tx.last_stamp(), (entry.stamp_ms for entry in entries)))
    if not stamps:
        advance(total)
        return Loaded(0, 0, total, 0)

    def row(entry: _Entry, stamp_ms: int) -> StoredOpportunity:
        record = decode(GetOpportunityResponse, reading.encoded(entry))
        if stamp_ms != entry.stamp_ms:
            record = msgspec.structs.replace(record, last_modified_date=Timestamp.from_ms(stamp_ms))
        advance(1)
        return stored(record)

    def new_rows() -> Iterator[StoredOpportunity]:
        for entry, stamp_ms in zip(entries, stamps, strict=True):
            if entry.identifier not in there:
                yield row(entry, stamp_ms)

    replaced = 0
    for entry, stamp_ms in zip(entries, stamps, strict=True):
        if entry.identifier in there:
            tx.replace(row(entry, stamp_ms))
            replaced += 1
    tx.insert(new_rows())
    tx.raise_stamp(stamps[-1])
    numbers = (int(entry.identifier[1:]) for entry in entries)
    tx.reserve_numbers(max((number for number in numbers if number < NEVER_REACHED), default=0) - FIRST_OPPORTUNITY)
    anew = sum(stamp_ms != entry.stamp_ms for entry, stamp_ms in zip(entries, stamps, strict=True))
    return Loaded(len(entries) - replaced, replaced, total - len(entries), anew)


def _is_news(reading: Reading, entry: _Entry, tx: WriteTransaction, there: set[str]) -> bool:
    """Whether an opportunity is missing from the scope in this form. Notes the identifiers that the scope has."""
    record = tx.record(entry.identifier)
    if record is not None:
        there.add(entry.identifier)
    return record != reading.encoded(entry)
