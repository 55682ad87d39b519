"""Searches, in SQLite's words. See `store/sql/search_rows.py`."""

from array import array
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from time import monotonic
from typing import Any, Final

import apsw

from cosell.rules.list.page_token import Position
from cosell.rules.search.fields import Source
from cosell.rules.search.question import Question
from cosell.rules.search.sought import Sought
from cosell.store.interface import StoreBusy
from cosell.store.patience import set_deadline
from cosell.store.search import MOST_JUDGED, Hit, JudgePlan, found_by
from cosell.store.search_leads import Part
from cosell.store.sql.connection import Value
from cosell.store.sql.page_parts import KEY_COLUMNS, index_name
from cosell.store.sql.search_rows import Names, SearchRows, beside
from cosell.store.sqlite.search_feeding import state_of
from cosell.store.sqlite.search_reading import SqliteSearchIndex
from cosell.store.sqlite.sql_connection import SqliteConnection

STEPS_BETWEEN_LOOKS: Final = 50_000
"""Of SQLite's machine, between two looks at the clock: some milliseconds."""
_CHANGED: Final = "SELECT opportunity_id FROM search_pending WHERE scope_id = ? LIMIT ?"
_NEW: Final = "SELECT opportunity_id FROM opportunity WHERE opportunity_id > ? LIMIT ?"
_READ: Final = (
    "SELECT record, {beside} FROM carray(?) AS p CROSS JOIN opportunity ON opportunity.opportunity_id = p.value "
    "CROSS JOIN opportunity_record ON opportunity_record.opportunity_id = p.value WHERE scope_id = ?"
)


class SqliteSearchRows(SearchRows):
    """What a reading transaction finds."""

    _connection: SqliteConnection

    @contextmanager
    def _one_search(self) -> Iterator[None]:
        """A savepoint. In process nobody sets a deadline."""
        with _ended_by_deadline(self._connection), self._connection:
            yield

    def _waiting(self) -> list[int] | None:
        """See `SearchRows._waiting`. Numbers."""
        state = state_of(self._connection)
        if not state.is_of_this_reading:
            return None
        waiting: list[int] = []
        if state.new:
            rows: Any = self._connection.execute(_NEW, (state.fed_until, MOST_JUDGED + 1)).fetchall()
            waiting += [number for (number,) in rows]
        if state.has_changed:
            rows = self._connection.execute(_CHANGED, (self._scope_id, MOST_JUDGED + 1)).fetchall()
            waiting += [number for (number,) in rows]
        return None if len(waiting) > MOST_JUDGED else waiting

    def _found_in_index(
        self, question: Question, part: Part, after: Position | None, wanted: int, *, pending: bool
    ) -> list[Hit]:
        """See `SearchRows._found_in_index`."""
        index = SqliteSearchIndex(self._connection, self._scope_id, question, part.test, after, has_pending=pending)
        with closing(index):
            return found_by(index, part.leads, wanted)

    def _read(self, names: Names, sources: frozenset[Source]) -> list[Sought]:
        """See `SearchRows._read`."""
        numbers = apsw.carray(array("q", names))
        query = _READ.format(beside=beside(sources, "opportunity"))
        rows: Any = self._connection.execute(query, (numbers, self._scope_id)).fetchall()
        return [Sought(*row) for row in rows]

    def _read_all(self, plan: JudgePlan) -> Generator[Sought]:
        """See `SearchRows._read_all`."""
        with closing(self._connection.execute(*self._judge_query(plan))) as cursor:
            rows: Any = cursor
            yield from (Sought(*row) for row in rows)

    def _judge_query(self, plan: JudgePlan) -> tuple[str, list[Value]]:
        direction, behind = ("DESC", "<") if plan.descending else ("ASC", ">")
        columns = tuple(dict.fromkeys((KEY_COLUMNS[plan.order], "id_key")))  # an identifier breaks its own ties
        conditions = ["scope_id = ?"]
        bindings: list[Value] = [self._scope_id]
        if plan.after is not None:
            conditions.append(f"({', '.join(columns)}) {behind} ({', '.join('?' * len(columns))})")
            bindings += (plan.after.key, plan.after.id_key)[-len(columns) :]
        return (
            f"SELECT record, {beside(plan.sources, 'opportunity')} "
            f"FROM opportunity INDEXED BY {index_name(plan.order, partitioned=False)} "
            f"CROSS JOIN opportunity_record USING (opportunity_id) WHERE {' AND '.join(conditions)} "
            f"ORDER BY {', '.join(f'{column} {direction}' for column in columns)}"
        ), bindings


@contextmanager
def _ended_by_deadline(connection: SqliteConnection) -> Iterator[None]:
    """Raises StoreBusy once the deadline has passed that was set for whoever asks."""
    deadline = set_deadline()
    if deadline is None:
        yield
        return
    connection.set_progress_handler(lambda: monotonic() >= deadline, STEPS_BETWEEN_LOOKS)
    try:
        yield
    except apsw.InterruptError as error:
        raise StoreBusy("a search was not done in time") from error
    finally:
        connection.set_progress_handler(None)
