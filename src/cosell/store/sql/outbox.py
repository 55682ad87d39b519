"""The outbox in the SQL of both databases. See `store/outbox.py` for the meaning of each method."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Final

import msgspec

from cosell.context import Scope
from cosell.store.outbox import Buried, DeadLetter, Event, Held, Settlement, SinkState, SinkStatus, Waiting
from cosell.store.sql.connection import SqlConnection, put_statement

PRUNED_AT_ONCE: Final = 1_000

_HELD: Final = "sink_id, position, subject, attempts, first_attempt, next_attempt, reason"
_DEAD: Final = "sink_id, position, attempts, died, reason"
_EVENT: Final = "event_id, account, catalog, detail_type, subject, time, event"
# One statement, because the cursor and what is held must be of one moment.
_STATE: Final = """
SELECT cursor, generation, position, subject, attempts, first_attempt, next_attempt, reason
FROM sink LEFT JOIN held_event USING (sink_id) WHERE name = ? ORDER BY position
"""
_STATUSES: Final = """
SELECT name, cursor,
    (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE position > cursor LIMIT 10001) AS counted),
    (SELECT count(*) FROM held_event WHERE held_event.sink_id = sink.sink_id),
    (SELECT count(*) FROM dead_letter WHERE dead_letter.sink_id = sink.sink_id),
    delivered, failed, gone,
    (SELECT time FROM outbox WHERE position = coalesce(
        (SELECT min(position) FROM held_event WHERE held_event.sink_id = sink.sink_id),
        (SELECT min(position) FROM outbox WHERE position > cursor)
    ))
FROM sink ORDER BY name
"""


class SqlOutbox:
    """An `Outbox`, but for the right to deliver."""

    _newest: ClassVar[str]
    """The statement that gives the latest position that was given."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], object]] = []

    def _reading(self) -> AbstractContextManager[SqlConnection]:
        """A connection to read from. Raises StoreUnavailable out of the block."""
        raise NotImplementedError

    def _writing(self) -> AbstractContextManager[SqlConnection]:
        """A transaction that is safe from a crash of the process, but need not be from a power cut."""
        raise NotImplementedError

    def listen(self, wake: Callable[[], object]) -> Callable[[], None]:
        """See `Outbox.listen`."""
        self._listeners.append(wake)
        return lambda: self._listeners.remove(wake)

    def wake_listeners(self) -> None:
        """Tell whoever listens that events were committed."""
        for wake in tuple(self._listeners):
            wake()

    def newest(self) -> int:
        """See `Outbox.newest`."""
        with self._reading() as connection:
            return _number(connection.value(self._newest))

    def before_ms(self, time_ms: int) -> int:
        """See `Outbox.before_ms`."""
        with self._reading() as connection:
            first = connection.value("SELECT min(position) FROM outbox WHERE time >= ?", (time_ms,))
            return _number(connection.value(self._newest)) if first is None else _number(first) - 1

    def after(self, position: int, limit: int) -> list[Waiting]:
        """See `Outbox.after`."""
        statement = f"SELECT position, {_EVENT} FROM outbox WHERE position > ? ORDER BY position LIMIT ?"
        with self._reading() as connection:
            return [
                Waiting(row[0], _event(row[1:]))
                for row in connection.rows(
                    statement,
                    (
                        position,
                        limit,
                    ),
                )
            ]

    def at(self, positions: Sequence[int]) -> dict[int, Event]:
        """See `Outbox.at`."""
        statement = f"SELECT position, {_EVENT} FROM outbox WHERE position IN ({', '.join('?' * len(positions))})"
        with self._reading() as connection:
            return {row[0]: _event(row[1:]) for row in connection.rows(statement, positions)}

    def about(self, subject: str, receiver: Scope, limit: int) -> list[Waiting]:
        """See `Outbox.about`."""
        statement = (
            f"SELECT position, {_EVENT} FROM outbox WHERE account = ? AND catalog = ? AND subject = ? "
            "ORDER BY position DESC LIMIT ?"
        )
        bindings = (receiver.account, receiver.catalog, subject, limit)
        with self._reading() as connection:
            return [Waiting(row[0], _event(row[1:])) for row in connection.rows(statement, bindings)]

    def open_sink(self, name: str) -> SinkState:
        """See `Outbox.open_sink`."""
        with self._writing() as connection:
            connection.run(
                "INSERT INTO sink (name, cursor) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET gone = 0",
                (name, _number(connection.value(self._newest))),
            )
        return self.state(name)

    def state(self, name: str) -> SinkState:
        """See `Outbox.state`."""
        with self._reading() as connection:
            rows = connection.rows(_STATE, (name,))
        cursor, generation = rows[0][:2]
        return SinkState(cursor, generation, [Held(*row[2:]) for row in rows if row[2] is not None])

    def generation(self, name: str) -> int | None:
        """See `Outbox.generation`."""
        with self._reading() as connection:
            generation = connection.value("SELECT generation FROM sink WHERE name = ? AND gone = 0", (name,))
            return None if generation is None else _number(generation)

    def settle(self, name: str, settlement: Settlement) -> bool:
        """See `Outbox.settle`."""
        with self._writing() as connection:
            sink_id = connection.value(
                "UPDATE sink SET cursor = ?, delivered = delivered + ?, failed = failed + ?, gone = ? "
                "WHERE name = ? AND generation = ? RETURNING sink_id",
                (
                    settlement.cursor,
                    settlement.delivered,
                    settlement.failed,
                    int(settlement.gone),
                    name,
                    settlement.generation,
                ),
            )
            if sink_id is None:
                return False
            connection.run_many(
                "DELETE FROM held_event WHERE sink_id = ? AND position = ?",
                [(sink_id, position) for position in settlement.released],
            )
            connection.run_many(
                put_statement("held_event", "sink_id, position", _HELD),
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
            connection.run_many(
                put_statement("dead_letter", "sink_id, position", _DEAD),
                [
                    (sink_id, letter.position, letter.attempts, letter.died_ms, letter.reason)
                    for letter in settlement.dead
                ],
            )
            return True

    def replay(self, names: Sequence[str], position: int) -> None:
        """See `Outbox.replay`."""
        with self._writing() as connection:
            for name in names:
                connection.run(
                    "DELETE FROM held_event WHERE position > ? AND sink_id = (SELECT sink_id FROM sink WHERE name = ?)",
                    (position, name),
                )
                connection.run(
                    "UPDATE sink SET cursor = ?, gone = 0, generation = generation + 1 WHERE name = ?",
                    (position, name),
                )
        self.wake_listeners()

    def revive(self, names: Sequence[str]) -> int:
        """See `Outbox.revive`."""
        revived = 0
        with self._writing() as connection:
            for name in names:
                connection.run(
                    "INSERT INTO held_event "
                    "SELECT sink_id, position, subject, 0, 0, 0, '' FROM dead_letter "
                    "JOIN sink USING (sink_id) JOIN outbox USING (position) WHERE name = ? AND position <= cursor "
                    "ON CONFLICT DO NOTHING",
                    (name,),
                )
                revived += connection.run(
                    "DELETE FROM dead_letter WHERE sink_id = (SELECT sink_id FROM sink WHERE name = ?)", (name,)
                )
                connection.run("UPDATE sink SET gone = 0, generation = generation + 1 WHERE name = ?", (name,))
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
                Buried(row[0], DeadLetter(*row[1:5]), _event(row[5:])) for row in connection.rows(statement, (limit,))
            ]

    def statuses(self) -> list[SinkStatus]:
        """See `Outbox.statuses`."""
        with self._reading() as connection:
            rows = connection.rows(_STATUSES)
        columns = SinkStatus.__struct_fields__
        return [msgspec.convert(dict(zip(columns, row, strict=True)), SinkStatus, strict=False) for row in rows]

    def prune(self, names: Sequence[str], before_ms: int) -> int:
        """See `Outbox.prune`."""
        with self._writing() as connection:
            connection.run("DELETE FROM dead_letter WHERE died < ?", (before_ms,))
            return connection.run(
                "DELETE FROM outbox WHERE position IN ("
                "SELECT position FROM outbox WHERE position <= coalesce("
                f"(SELECT min(cursor) FROM sink WHERE name IN ({', '.join('?' * len(names)) or 'NULL'})), ?)"
                "ORDER BY position LIMIT ?) AND time < ? "
                "AND NOT EXISTS (SELECT 1 FROM held_event WHERE held_event.position = outbox.position) "
                "AND NOT EXISTS (SELECT 1 FROM dead_letter WHERE dead_letter.position = outbox.position)",
                (*names, _number(connection.value(self._newest)), PRUNED_AT_ONCE, before_ms),
            )


def _event(row: Any) -> Event:
    event_id, account, catalog, *rest = row
    return Event(event_id, Scope(account, catalog), *rest)


def _number(value: Any) -> int:
    assert isinstance(value, int)
    return value
