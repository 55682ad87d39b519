"""The outbox in SQL. See `store/outbox.py` for the meaning of each method.

Only the progress of deliveries is written here. If a power cut undoes it, events are delivered twice, which
at-least-once delivery allows; so it has a connection of its own that does not wait for the disk. A mere crash of the
process cannot lose it.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

import apsw
import msgspec

from cosell.context import Scope
from cosell.store.interface import StoreUnavailable
from cosell.store.outbox import Buried, DeadLetter, Event, Held, Settlement, SinkState, SinkStatus, Waiting
from cosell.store.sqlite.connection import unavailable_instead_of_sqlite_errors
from cosell.store.sqlite.counters import EVENT_POSITION, counter_value
from cosell.store.sqlite.readers import Readers

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

PRUNED_AT_ONCE: Final = 1_000
LOCK_SUFFIX: Final = "-delivery"
"""Behind the database's name: an empty file that the delivering process locks. SQLite's own locks must not meet it."""

_EVENT: Final = "event_id, account, catalog, detail_type, subject, time, event"
# One statement, because the cursor and what is held must be of one moment.
_STATE: Final = """
SELECT cursor, generation, position, subject, attempts, first_attempt, next_attempt, reason
FROM sink LEFT JOIN held_event USING (sink_id) WHERE name = ? ORDER BY position
"""
_STATUSES: Final = """
SELECT name, cursor,
    (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE position > cursor LIMIT 10001)),
    (SELECT count(*) FROM held_event WHERE held_event.sink_id = sink.sink_id),
    (SELECT count(*) FROM dead_letter WHERE dead_letter.sink_id = sink.sink_id),
    delivered, failed, gone,
    (SELECT time FROM outbox WHERE position = coalesce(
        (SELECT min(position) FROM held_event WHERE held_event.sink_id = sink.sink_id),
        (SELECT min(position) FROM outbox WHERE position > cursor)
    ))
FROM sink ORDER BY name
"""


class Connections(Protocol):
    """What the outbox needs of the store that it belongs to."""

    @property
    def readers(self) -> Readers:
        """Connections for reading."""

    def write_quickly(self) -> "AbstractContextManager[apsw.Connection]":
        """A transaction that is safe from a crash of the process, but not from a power cut."""


class SqliteOutbox:
    """An `Outbox` in the database of `connections`. `path` is the file's, or None for an in-memory database."""

    def __init__(self, connections: Connections, path: str | None) -> None:
        self._connections = connections
        self._path = path
        self._listeners: list[Callable[[], object]] = []

    def listen(self, wake: Callable[[], object]) -> Callable[[], None]:
        """See `Outbox.listen`."""
        self._listeners.append(wake)
        return lambda: self._listeners.remove(wake)

    def wake_listeners(self) -> None:
        """Tell whoever listens that events were committed."""
        for wake in tuple(self._listeners):
            wake()

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection]:
        connection = self._connections.readers.borrow()
        try:
            with unavailable_instead_of_sqlite_errors():
                yield connection
        finally:
            self._connections.readers.give_back(connection)

    def newest(self) -> int:
        """See `Outbox.newest`."""
        with self._reading() as connection:
            return counter_value(connection, EVENT_POSITION)

    def before_ms(self, time_ms: int) -> int:
        """See `Outbox.before_ms`."""
        with self._reading() as connection:
            first = connection.execute("SELECT min(position) FROM outbox WHERE time >= ?", (time_ms,)).get
            return counter_value(connection, EVENT_POSITION) if first is None else _number(first) - 1

    def after(self, position: int, limit: int) -> list[Waiting]:
        """See `Outbox.after`."""
        statement = f"SELECT position, {_EVENT} FROM outbox WHERE position > ? ORDER BY position LIMIT ?"
        with self._reading() as connection:
            return [Waiting(row[0], _event(row[1:])) for row in _rows(connection, statement, position, limit)]

    def at(self, positions: Sequence[int]) -> dict[int, Event]:
        """See `Outbox.at`."""
        statement = f"SELECT position, {_EVENT} FROM outbox WHERE position IN ({', '.join('?' * len(positions))})"
        with self._reading() as connection:
            return {row[0]: _event(row[1:]) for row in _rows(connection, statement, *positions)}

    def about(self, subject: str, receiver: Scope, limit: int) -> list[Waiting]:
        """See `Outbox.about`."""
        statement = (
            f"SELECT position, {_EVENT} FROM outbox WHERE account = ? AND catalog = ? AND subject = ? "
            "ORDER BY position DESC LIMIT ?"
        )
        bindings = (receiver.account, receiver.catalog, subject, limit)
        with self._reading() as connection:
            return [Waiting(row[0], _event(row[1:])) for row in _rows(connection, statement, *bindings)]

    def open_sink(self, name: str) -> SinkState:
        """See `Outbox.open_sink`."""
        with self._connections.write_quickly() as connection:
            connection.execute(
                "INSERT INTO sink (name, cursor) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET gone = 0",
                (name, counter_value(connection, EVENT_POSITION)),
            )
        return self.state(name)

    def state(self, name: str) -> SinkState:
        """See `Outbox.state`."""
        with self._reading() as connection:
            rows = _rows(connection, _STATE, name)
        cursor, generation = rows[0][:2]
        return SinkState(cursor, generation, [Held(*row[2:]) for row in rows if row[2] is not None])

    def generation(self, name: str) -> int | None:
        """See `Outbox.generation`."""
        with self._reading() as connection:
            generation = connection.execute("SELECT generation FROM sink WHERE name = ? AND NOT gone", (name,)).get
            return None if generation is None else _number(generation)

    def settle(self, name: str, settlement: Settlement) -> bool:
        """See `Outbox.settle`."""
        with self._connections.write_quickly() as connection:
            sink_id = connection.execute(
                "UPDATE sink SET cursor = ?, delivered = delivered + ?, failed = failed + ?, gone = ? "
                "WHERE name = ? AND generation = ? RETURNING sink_id",
                (
                    settlement.cursor,
                    settlement.delivered,
                    settlement.failed,
                    settlement.gone,
                    name,
                    settlement.generation,
                ),
            ).get
            if sink_id is None:
                return False
            connection.executemany(
                "DELETE FROM held_event WHERE sink_id = ? AND position = ?",
                [(sink_id, position) for position in settlement.released],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO held_event VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        sink_id,
                        held.position,
                        held.subject,
                        held.attempts,
                        held.first_attempt_ms,
                        held.next_attempt_ms,
                        held.reason,
                    )
                    for held in settlement.held
                ],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?, ?)",
                [
                    (sink_id, letter.position, letter.attempts, letter.died_ms, letter.reason)
                    for letter in settlement.dead
                ],
            )
            return True

    def replay(self, names: Sequence[str], position: int) -> None:
        """See `Outbox.replay`."""
        with self._connections.write_quickly() as connection:
            for name in names:
                connection.execute(
                    "DELETE FROM held_event WHERE position > ? AND sink_id = (SELECT sink_id FROM sink WHERE name = ?)",
                    (position, name),
                )
                connection.execute(
                    "UPDATE sink SET cursor = ?, gone = 0, generation = generation + 1 WHERE name = ?",
                    (position, name),
                )
        self.wake_listeners()

    def revive(self, names: Sequence[str]) -> int:
        """See `Outbox.revive`."""
        revived = 0
        with self._connections.write_quickly() as connection:
            for name in names:
                connection.execute(
                    "INSERT OR IGNORE INTO held_event "
                    "SELECT sink_id, position, subject, 0, 0, 0, '' FROM dead_letter "
                    "JOIN sink USING (sink_id) JOIN outbox USING (position) WHERE name = ? AND position <= cursor",
                    (name,),
                )
                connection.execute(
                    "DELETE FROM dead_letter WHERE sink_id = (SELECT sink_id FROM sink WHERE name = ?)", (name,)
                )
                revived += connection.changes()
                connection.execute("UPDATE sink SET gone = 0, generation = generation + 1 WHERE name = ?", (name,))
        self.wake_listeners()
        return revived

    def dead_letters(self, limit: int) -> list[Buried]:
        """See `Outbox.dead_letters`."""
        statement = (
            f"SELECT name, position, attempts, died, reason, {_EVENT} FROM dead_letter "
            "JOIN sink USING (sink_id) JOIN outbox USING (position) ORDER BY died DESC, position DESC LIMIT ?"
        )
        with self._reading() as connection:
            return [
                Buried(row[0], DeadLetter(*row[1:5]), _event(row[5:])) for row in _rows(connection, statement, limit)
            ]

    def statuses(self) -> list[SinkStatus]:
        """See `Outbox.statuses`."""
        with self._reading() as connection:
            rows = _rows(connection, _STATUSES)
        columns = SinkStatus.__struct_fields__
        return [msgspec.convert(dict(zip(columns, row, strict=True)), SinkStatus, strict=False) for row in rows]

    def prune(self, names: Sequence[str], before_ms: int) -> int:
        """See `Outbox.prune`."""
        with self._connections.write_quickly() as connection:
            connection.execute("DELETE FROM dead_letter WHERE died < ?", (before_ms,))
            connection.execute(
                "DELETE FROM outbox WHERE position IN ("
                "SELECT position FROM outbox WHERE position <= coalesce("
                f"(SELECT min(cursor) FROM sink WHERE name IN ({', '.join('?' * len(names))})), ?)"
                "ORDER BY position LIMIT ?) AND time < ? "
                "AND NOT EXISTS (SELECT 1 FROM held_event WHERE held_event.position = outbox.position) "
                "AND NOT EXISTS (SELECT 1 FROM dead_letter WHERE dead_letter.position = outbox.position)",
                (*names, counter_value(connection, EVENT_POSITION), PRUNED_AT_ONCE, before_ms),
            )
            return connection.changes()

    def become_deliverer(self) -> Callable[[], None] | None:
        """See `Outbox.become_deliverer`."""
        if self._path is None:
            return lambda: None
        try:
            lock = os.open(self._path + LOCK_SUFFIX, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"the lock of deliveries: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lambda: os.close(lock)


def _rows(connection: apsw.Connection, statement: str, *bindings: Any) -> list[Any]:
    return connection.execute(statement, bindings).fetchall()


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _event(row: Any) -> Event:
    event_id, account, catalog, *rest = row
    return Event(event_id, Scope(account, catalog), *rest)
