"""Kept states of a SQLite database: copies by SQLite's own backup, beside the file, or in memory for one in memory.

A copy in a file has a checksum beside it, because it outlives its process: only what is byte for byte what was kept is
restored. Nor is it ever changed: one with an older schema is copied again, and the copy migrated.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Protocol

import apsw

from cosell.errors import UserError
from cosell.store.interface import StoreUnavailable
from cosell.store.saved_states import Return, SavedState
from cosell.store.sql.bringing_back import (
    BY_RECORD,
    GOES_ON,
    SEARCH,
    Difference,
    bring_back,
    check_name,
    unknown_state,
)
from cosell.store.sqlite.checksums import mistake_in, put_with_checksum, remove_with_checksum
from cosell.store.sqlite.connection import (
    is_foreign,
    migrate,
    schema_versions,
    unavailable_instead_of_sqlite_errors,
)
from cosell.store.sqlite.read_only import open_for_reading
from cosell.store.sqlite.readers import Readers
from cosell.store.sqlite.transaction import SqliteWriteTransaction

MEMORY: Final = ":memory:"
_NUMBERS: Final = frozenset({"counter", "sqlite_sequence"})
"""Tables of numbers that no return brings back, beside those of `GOES_ON`."""
_ANOTHER: Final = "forget it, and restore another one"
_RECORDS: Final = (
    "SELECT id_key, last_modified, record FROM opportunity JOIN opportunity_record USING (opportunity_id) "
    "WHERE scope_id = ? ORDER BY id_key"
)
_RECORD: Final = (
    "SELECT record FROM opportunity JOIN opportunity_record USING (opportunity_id) WHERE scope_id = ? AND id_key = ?"
)


class _Owner(Protocol):
    """What the copies need of the store that they are of."""

    token_key: bytes

    @property
    def readers(self) -> Readers: ...

    def write_everywhere(self) -> AbstractContextManager[tuple[apsw.Connection, list[SqliteWriteTransaction]]]: ...


class SqliteSavedStates:
    """The `SavedStates` of the database in the file `path`, in a folder beside it."""

    def __init__(self, owner: _Owner, path: str) -> None:
        self._owner = owner
        self._folder = None if path == MEMORY else Path(f"{path}-snapshots")
        self._in_memory: dict[str, apsw.Connection] = {}

    def names(self) -> list[str]:
        """See `SavedStates.names`."""
        if self._folder is None:
            return sorted(self._in_memory)
        return sorted(file.stem for file in self._folder.glob("*.db")) if self._folder.is_dir() else []

    def keep(self, name: str) -> SavedState:
        """See `SavedStates.keep`. The copy takes its place at once, so that a name never means half a copy."""
        check_name(name)
        if self._folder is None:
            copy = apsw.Connection(MEMORY)
            self._copy_into(copy)
            self._in_memory[name] = copy
            return _described(name, copy)
        with unavailable_instead_of_sqlite_errors(), _unavailable_instead_of_file_errors():
            self._folder.mkdir(exist_ok=True)
            unfinished = self._folder / f"{name}.unfinished"
            unfinished.unlink(missing_ok=True)
            copy = apsw.Connection(str(unfinished))
            try:
                self._copy_into(copy)
                copy.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, with no log beside it
                described = _described(name, copy)
            finally:
                copy.close()
            put_with_checksum(unfinished, self._file(name))
        return described

    def return_to(self, name: str, now_ms: int) -> Return:
        """See `SavedStates.return_to`."""
        with self._opened(name) as copy, self._owner.write_everywhere() as (writer, transactions):
            changed = removed = 0
            for transaction in transactions:
                came, went = _bring_back(copy, writer, transaction, now_ms)
                changed, removed = changed + came, removed + went
            _copy_other_tables(copy, writer)
        return Return(changed, removed)

    def forget(self, name: str) -> None:
        """See `SavedStates.forget`."""
        self._check(name)
        if self._folder is None:
            self._in_memory.pop(name).close()
        else:
            with _unavailable_instead_of_file_errors():
                remove_with_checksum(self._file(name))

    def _file(self, name: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{name}.db"

    def _copy_into(self, copy: apsw.Connection) -> None:
        source = self._owner.readers.borrow()
        try:
            with unavailable_instead_of_sqlite_errors(), copy.backup("main", source, "main") as backup:
                backup.step()  # all pages in one go: one committed state
        finally:
            self._owner.readers.give_back(source)

    @contextmanager
    def _opened(self, name: str) -> Iterator[apsw.Connection]:
        self._check(name)
        if self._folder is None:
            yield self._in_memory[name]
            return
        file = self._file(name)
        with unavailable_instead_of_sqlite_errors(), _unavailable_instead_of_file_errors():
            if mistake := mistake_in(file):
                raise UserError(f"the snapshot {name} {mistake}", _ANOTHER)
            with closing(open_for_reading(str(file))) as copy:
                self._check_origin(copy, name)
                version, newest = schema_versions(copy)
                if version == newest:
                    yield copy
                    return
                with closing(apsw.Connection("")) as migrated:  # a file of its own, gone at the end
                    with migrated.backup("main", copy, "main") as backup:
                        backup.step()
                    migrate(migrated, self._owner.token_key)
                    yield migrated

    def _check_origin(self, copy: apsw.Connection, name: str) -> None:
        """Raises UserError for a snapshot that is none of this database, or that only a newer cosell can read."""
        version, newest = schema_versions(copy)
        if is_foreign(copy) or not version:
            raise UserError(f"the snapshot {name} is not a database of cosell's", _ANOTHER)
        if copy.execute("SELECT token_key FROM installation").get != self._owner.token_key:
            raise UserError(f"the snapshot {name} is not one of this database", _ANOTHER)
        if version > newest:
            raise UserError(f"the snapshot {name} was made by a newer cosell", "upgrade cosell, or restore another one")

    def _check(self, name: str) -> None:
        if name not in self.names():
            raise unknown_state(name, self.names())


@contextmanager
def _unavailable_instead_of_file_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"{error.filename}: {error.strerror}") from error


def _described(name: str, copy: apsw.Connection) -> SavedState:
    numbers: Any = copy.execute(
        "SELECT (SELECT count(*) FROM opportunity), page_count * page_size FROM pragma_page_count, pragma_page_size"
    ).fetchone()
    return SavedState(name, *numbers)


def _bring_back(
    copy: apsw.Connection, writer: apsw.Connection, transaction: SqliteWriteTransaction, now_ms: int
) -> tuple[int, int]:
    scope_id = transaction.scope_id

    def kept_record(key: str) -> bytes:
        row: Any = copy.execute(_RECORD, (scope_id, key)).fetchone()
        record: bytes = row[0]
        return record

    return bring_back(transaction, _differences(writer, copy, scope_id), kept_record, now_ms)


def _differences(writer: apsw.Connection, copy: apsw.Connection, scope_id: int) -> Iterator[Difference]:
    for key, here, there in _side_by_side(writer, copy, scope_id):
        if there is None:
            yield Difference(key, is_here=True, kept_stamp=None)
        elif here is None or here[1] != there[1]:
            yield Difference(key, is_here=here is not None, kept_stamp=there[0])


Row = tuple[int, bytes]
"""A stamp and an encoded record."""


def _side_by_side(
    writer: apsw.Connection, copy: apsw.Connection, scope_id: int
) -> Iterator[tuple[str, Row | None, Row | None]]:
    """Each key of either with what it has here, and there. Both are read in the order of keys, so nothing is held."""
    for key, found in groupby(merge(_rows(writer, 0, scope_id), _rows(copy, 1, scope_id)), key=itemgetter(0)):
        rows: dict[int, Row] = {side: (stamp, record) for _, side, stamp, record in found}
        yield key, rows.get(0), rows.get(1)


def _rows(connection: apsw.Connection, side: int, scope_id: int) -> Iterator[tuple[str, int, int, bytes]]:
    rows: Any = connection.execute(_RECORDS, (scope_id,))
    return ((key, side, stamp, record) for key, stamp, record in rows)


def _copy_other_tables(copy: apsw.Connection, writer: apsw.Connection) -> None:
    """Last, because opportunities that are put back enter their reviews by themselves."""
    names: Any = copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in names:
        if name in GOES_ON | _NUMBERS | BY_RECORD or name.startswith(SEARCH):
            continue
        writer.execute(f"DELETE FROM {name}")
        rows = copy.execute(f"SELECT * FROM {name}")
        width = len(writer.execute(f"PRAGMA table_info({name})").fetchall())
        writer.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * width)})", rows)
