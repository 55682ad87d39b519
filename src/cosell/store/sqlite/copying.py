"""A file as an end of a copy. See `store/copying.py`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import apsw
import msgspec

from cosell.clock import Course
from cosell.errors import UserError
from cosell.store.copying import Facts, OutOfOrder, Row, ScopeFacts, Shift
from cosell.store.sql.copied_parts import CREATE_PROGRESS, OPPORTUNITY, PARTS, PROGRESS, RECORD, Part
from cosell.store.sql.zone_maps import DAY_MS, FILL_ZONES
from cosell.store.sqlite.connection import HALF_A_COPY, UNUSABLE, check_origin, migrate, open_connection
from cosell.store.sqlite.counters import CHANGE_POSITION, EVENT_POSITION, NEXT_NUMBER, counter_value
from cosell.store.sqlite.mishaps import mishap
from cosell.store.sqlite.read_only import bring_up_to_date, open_for_reading
from cosell.store.sqlite.sql_connection import SqliteConnection

_NEWEST: Final = "(SELECT scope_id, max(position) AS newest FROM opportunity_change GROUP BY scope_id)"
_LAST: Final = "(SELECT scope_id, max(opportunity_id) AS last FROM opportunity GROUP BY scope_id)"
_SCOPES: Final = (
    "SELECT scope_id, account, catalog, coalesce(value, 0), coalesce(newest, 0), coalesce(last, 0) FROM scope "
    f"LEFT JOIN counter ON counter_id = scope_id LEFT JOIN {_NEWEST} USING (scope_id) LEFT JOIN {_LAST} "
    "USING (scope_id) ORDER BY scope_id"
)
_FROM: Final = {
    OPPORTUNITY: "opportunity JOIN opportunity_record USING (opportunity_id)",
    "kept_count": f"kept_count LEFT JOIN {_NEWEST} USING (scope_id)",
}
_COLUMNS: Final = {("kept_count", "position"): "min(position, coalesce(newest, 0))"}
"""What is counted up to a later change, which is of another scope, is counted up to the last one of its own."""


class SqliteEnd:
    """An `Origin`, or a `Destination`, in the file `path`."""

    numbers_within_scopes = False

    def __init__(self, path: str, connection: SqliteConnection) -> None:
        self._path = path
        self._connection = connection

    def facts(self) -> Facts:
        """See `End.facts`."""
        with self._told():
            return Facts(
                token_key=self._connection.value("SELECT token_key FROM installation"),
                next_number=counter_value(self._connection, NEXT_NUMBER),
                event_position=counter_value(self._connection, EVENT_POSITION),
                course=Course(*self._connection.row("SELECT since_wall, since, factor FROM course")),
                scopes=[ScopeFacts(*row) for row in self._connection.rows(_SCOPES)],
            )

    def count(self) -> int:
        """See `Origin.count`."""
        with self._told():
            return sum(self._connection.value(f"SELECT count(*) FROM {part.table}") for part in PARTS)

    def rows(self, part: Part) -> Iterator[Row]:
        """See `End.rows`. Of equal tokens of several days only the last one counts."""
        columns = ", ".join(_COLUMNS.get((part.table, column), column) for column in part.columns)
        once = ""
        if part.table == "client_token":
            columns, once = columns.replace("until", "max(until)"), f" GROUP BY {part.key}"
        source = _FROM.get(part.table, part.table)
        with self._told():
            yield from self._connection.execute(f"SELECT {columns} FROM {source}{once} ORDER BY {part.key}")

    def close(self) -> None:
        """See `End.close`."""
        self._connection.close()

    def begin(self, origin: str) -> dict[str, int]:
        """See `Destination.begin`."""
        with self._told(), self._transaction():
            if not self._connection.value(HALF_A_COPY):
                if self._connection.value("SELECT EXISTS (SELECT 1 FROM scope)"):
                    raise UserError(f"{self._path} holds something already", "copy into a database that is not there")
                self._connection.execute(CREATE_PROGRESS)
                names = [origin, *(part.table for part in PARTS)]
                self._connection.executemany(f"INSERT INTO {PROGRESS} VALUES (?, 0)", [(name,) for name in names])
                self._connection.execute("DELETE FROM installation")
            written: dict[str, int] = dict(self._connection.rows(f"SELECT part, written FROM {PROGRESS}"))
            if origin not in written:
                raise UserError(f"{self._path} is a copy of another database", "remove it, or copy into another one")
        return written

    def add(self, part: Part, rows: Sequence[Row], written: int) -> None:
        """See `Destination.add`."""
        with self._told(), self._transaction():
            self._go_on(part, written, len(rows))
            if part.table == OPPORTUNITY:
                record, number = part.columns.index(RECORD), part.columns.index("opportunity_id")
                self._insert(
                    "opportunity_record", ("opportunity_id", RECORD), [(row[number], row[record]) for row in rows]
                )
                self._insert(OPPORTUNITY, part.columns[:record], [row[:record] for row in rows])
            elif part.table == "client_token":
                until = part.columns.index("until")
                self._insert(part.table, (*part.columns, "until_day"), [(*row, _day(row[until])) for row in rows])
            else:
                self._insert(part.table, part.columns, rows)

    def clear(self, part: Part) -> None:
        """See `Destination.clear`."""
        with self._told(), self._transaction():
            for table in (part.table, *(["opportunity_record"] if part.table == OPPORTUNITY else [])):
                self._connection.execute(f"DELETE FROM {table}")
            self._connection.execute(f"UPDATE {PROGRESS} SET written = 0 WHERE part = ?", (part.table,))

    def finish(self, facts: Facts, shift: Shift) -> None:
        """See `Destination.finish`."""
        positions = shift.positions or max((scope.change_position for scope in facts.scopes), default=0)
        counters = [(NEXT_NUMBER, facts.next_number), (EVENT_POSITION, facts.event_position)]
        counters += [(CHANGE_POSITION, positions), *((scope.scope_id, scope.stamp) for scope in facts.scopes)]
        with self._told(), self._transaction():
            for table in ("scope", "counter", "zone"):
                self._connection.execute(f"DELETE FROM {table}")
            self._insert("scope", ("scope_id", "account", "catalog"), [_names(scope) for scope in facts.scopes])
            self._insert("counter", ("counter_id", "value"), counters)
            for statement in FILL_ZONES:
                self._connection.execute(statement)
            self._connection.execute(
                "UPDATE course SET since_wall = ?, since = ?, factor = ?", msgspec.structs.astuple(facts.course)
            )
            self._connection.execute("INSERT INTO installation (one, token_key) VALUES (1, ?)", (facts.token_key,))
            self._connection.execute(f"DROP TABLE {PROGRESS}")

    def _go_on(self, part: Part, written: int, rows: int) -> None:
        """Note that so many rows come behind the `written` ones, unless another process has noted that."""
        step = f"UPDATE {PROGRESS} SET written = ? WHERE part = ? AND written = ?"
        is_half = self._connection.value(HALF_A_COPY)
        if not is_half or not self._connection.run(step, (written + rows, part.table, written)):
            raise UserError(f"another copy into {self._path} is at work, or was faster", "wait for it")

    def _insert(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        places = ", ".join("?" * len(columns))
        try:
            self._connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        except apsw.ConstraintError:
            raise OutOfOrder from None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except UNUSABLE as error:
            raise mishap(self._path, error) from None


def origin(path: str) -> SqliteEnd:
    """A file to copy from. Raises UserError where there is no database of cosell's in it."""
    bring_up_to_date(path)
    connection = open_for_reading(path)
    connection.execute("PRAGMA temp_store = FILE").fetchall()  # some parts are sorted, records and all
    connection.execute("BEGIN")
    return SqliteEnd(path, connection)


def destination(path: str) -> SqliteEnd:
    """A file to copy into. Raises UserError where that cannot be, or it is another program's."""
    connection = open_connection(path)
    try:
        check_origin(connection, path, is_copied=True)
        migrate(connection, b"")
    except UNUSABLE as error:
        connection.close()
        raise mishap(path, error) from None
    except BaseException:
        connection.close()
        raise
    return SqliteEnd(path, connection)


def _names(scope: ScopeFacts) -> tuple[int, str, str]:
    return scope.scope_id, scope.account, scope.catalog


def _day(until_ms: Any) -> int:
    return int(until_ms) // DAY_MS
