"""A PostgreSQL database as an end of a copy. See `store/copying.py`."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from typing import Any, Final

import msgspec
import psycopg
from psycopg import errors

from cosell.clock import Course
from cosell.errors import UserError
from cosell.passwords import shown
from cosell.store.access import Access
from cosell.store.copying import BATCH, Facts, OutOfOrder, Row, ScopeFacts, Shift
from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.migrate import HALF_A_COPY
from cosell.store.postgres.mishaps import unavailable_instead_of_postgres_errors
from cosell.store.postgres.opening import mishap, opened_for, opened_to_copy
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.postgres.zones import FILL as FILL_ZONES
from cosell.store.sql.copied_parts import CREATE_PROGRESS, OPPORTUNITY, PARTS, PROGRESS, RECORD, Part

_FROM: Final = {OPPORTUNITY: "opportunity JOIN opportunity_record USING (scope_id, id_key)"}
_NEXT: Final = "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM opportunity_number"
_SCOPES: Final = (
    "SELECT scope_id, account, catalog, stamp, change_position, opportunity_id FROM scope ORDER BY scope_id"
)
_TYPES: Final = (
    "SELECT relname || '.' || attname, typname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
    "JOIN pg_type ON pg_type.oid = atttypid WHERE attnum > 0 AND relkind IN ('r', 'p') "
    "AND relnamespace = to_regnamespace(quote_ident(current_schema()))"
)


class PostgresEnd:
    """An `Origin`, or a `Destination`, in the database at `url`."""

    numbers_within_scopes = True

    def __init__(self, url: str, connection: PostgresConnection, moment: ExitStack | None = None) -> None:
        """`moment` is that of an origin, which ends with it."""
        self._url = url
        self._connection = connection
        self._moment = moment
        self._types: dict[str, str] = dict(connection.rows(_TYPES))

    def facts(self) -> Facts:
        """See `End.facts`."""
        with self._told():
            return Facts(
                token_key=self._connection.value("SELECT token_key FROM installation"),
                next_number=self._connection.value(_NEXT),
                event_position=self._connection.value("SELECT position FROM event_position"),
                course=Course(*self._connection.row("SELECT since_wall, since, factor FROM course")),
                scopes=[ScopeFacts(*row) for row in self._connection.rows(_SCOPES)],
            )

    def count(self) -> int:
        """See `Origin.count`."""
        with self._told():
            return sum(self._connection.value(f"SELECT count(*) FROM {part.table}") for part in PARTS)

    def rows(self, part: Part) -> Iterator[Row]:
        """See `End.rows`. Some at a time, as they are at one moment."""
        source = _FROM.get(part.table, part.table)
        statement = f"SELECT {', '.join(part.columns)} FROM {source} ORDER BY {part.key}"
        with (
            self._told(),
            nullcontext() if self._moment else _one_moment(self._connection),
            psycopg.RawServerCursor(self._connection.connection, "copied") as cursor,
        ):
            cursor.itersize = BATCH
            cursor.execute(statement.encode(), binary=True)
            yield from cursor

    def close(self) -> None:
        """See `End.close`."""
        with closing(self._connection):
            if self._moment is not None:
                self._moment.close()

    def begin(self, origin: str) -> dict[str, int]:
        """See `Destination.begin`."""
        with self._told(), self._transaction():
            if not self._connection.value(HALF_A_COPY):
                if self._connection.value("SELECT EXISTS (SELECT 1 FROM scope)"):
                    raise UserError(f"{shown(self._url)} holds something already", "copy into an empty database")
                self._connection.run(CREATE_PROGRESS)
                names = [origin, *(part.table for part in PARTS)]
                self._connection.run_many(f"INSERT INTO {PROGRESS} VALUES (?, 0)", [(name,) for name in names])
                self._connection.run("DELETE FROM installation")
            written: dict[str, int] = dict(self._connection.rows(f"SELECT part, written FROM {PROGRESS}"))
            if origin not in written:
                raise UserError(
                    f"{shown(self._url)} is a copy of another database", "drop its tables, or copy into another one"
                )
        return written

    def add(self, part: Part, rows: Sequence[Row], written: int) -> None:
        """See `Destination.add`."""
        with self._told(), self._transaction():
            self._go_on(part, written, len(rows))
            if part.table == OPPORTUNITY:
                record = part.columns.index(RECORD)
                self._copy("opportunity_record", (*part.columns[:2], RECORD), [(*row[:2], row[record]) for row in rows])
                self._copy(OPPORTUNITY, part.columns[:record], [row[:record] for row in rows])
            else:
                self._copy(part.table, part.columns, rows)

    def clear(self, part: Part) -> None:
        """See `Destination.clear`."""
        with self._told(), self._transaction():
            for table in (part.table, *(["opportunity_record"] if part.table == OPPORTUNITY else [])):
                self._connection.run(f"DELETE FROM {table}")
            self._connection.run(f"UPDATE {PROGRESS} SET written = 0 WHERE part = ?", (part.table,))

    def finish(self, facts: Facts, _: Shift) -> None:
        """See `Destination.finish`."""
        with self._told(), self._transaction():
            for table in ("scope", "zone"):
                self._connection.run(f"DELETE FROM {table}")
            self._connection.run_many(
                "INSERT INTO scope (scope_id, account, catalog, stamp, change_position, opportunity_id) "
                "OVERRIDING SYSTEM VALUE VALUES (?, ?, ?, ?, ?, ?)",
                [msgspec.structs.astuple(scope) for scope in facts.scopes],
            )
            for table in ("scope", "sink"):
                number = f"{table}_id"
                self._connection.rows(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{number}'), max({number})) FROM {table}"
                )
            for scope in facts.scopes:
                for statement in FILL_ZONES:
                    self._connection.run(statement, (scope.scope_id,))
            self._connection.rows("SELECT setval('opportunity_number', ?, false)", (facts.next_number,))
            self._connection.run("UPDATE event_position SET position = ?", (facts.event_position,))
            self._connection.run(
                "UPDATE course SET since_wall = ?, since = ?, factor = ?", msgspec.structs.astuple(facts.course)
            )
            self._connection.run("INSERT INTO installation VALUES (1, ?)", (facts.token_key,))
            self._connection.run(f"DROP TABLE {PROGRESS}")
            self._connection.run(f"ANALYZE {', '.join(('zone', *(part.table for part in PARTS)))}")

    def _go_on(self, part: Part, written: int, rows: int) -> None:
        """Note that so many rows come behind the `written` ones, unless another process has noted that."""
        step = f"UPDATE {PROGRESS} SET written = ? WHERE part = ? AND written = ?"
        is_half = self._connection.value(HALF_A_COPY)
        if not is_half or not self._connection.run(step, (written + rows, part.table, written)):
            raise UserError(f"another copy into {shown(self._url)} is at work, or was faster", "wait for it")

    def _copy(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        types = [self._types[f"{table}.{column}"] for column in columns]
        try:
            self._connection.copy_in(f"{table} ({', '.join(columns)})", types, rows)
        except errors.UniqueViolation:
            raise OutOfOrder from None
        except psycopg.DataError as error:
            raise UserError(f"{table} has a text that PostgreSQL cannot hold: {error}", "remove it first") from None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            with self._connection.large_statements():
                yield
                self._connection.commit()
        finally:
            self._connection.roll_back()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with unavailable_instead_of_postgres_errors():
                yield
        except StoreUnavailable as error:
            raise mishap(self._url, error) from None


def origin(url: str) -> PostgresEnd:
    """A database to copy from. Raises UserError where it cannot be used."""
    connection, _ = opened_for(url, Access.READ, b"")
    moment = ExitStack()
    moment.enter_context(_one_moment(connection))
    return PostgresEnd(url, connection, moment)


def destination(url: str) -> PostgresEnd:
    """A database to copy into, with the newest schema. Raises UserError where it cannot be used."""
    return PostgresEnd(url, opened_to_copy(url))


@contextmanager
def _one_moment(connection: PostgresConnection) -> Iterator[None]:
    """All that is read in the block is of one moment, and may take as long as it takes."""
    with connection.one_moment(), connection.large_statements():
        connection.flush()
        yield
