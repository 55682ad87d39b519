"""Searches, in PostgreSQL's words. See `store/sql/search_rows.py`."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from cosell.rules.list.page_token import Position
from cosell.rules.search.fields import Source
from cosell.rules.search.question import Question
from cosell.rules.search.sought import Sought
from cosell.store.patience import set_deadline
from cosell.store.postgres.search_feeding import state_of
from cosell.store.postgres.search_moment import one_search
from cosell.store.postgres.search_reading import PostgresSearchIndex
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.search import MOST_JUDGED, Hit, JudgePlan, found_by
from cosell.store.search_leads import Part
from cosell.store.sql.connection import SqlReader, Value
from cosell.store.sql.page_parts import KEY_COLUMNS
from cosell.store.sql.search_rows import Names, SearchRows, beside

READ_AT_ONCE: Final = 500
_NEW: Final = "SELECT id_key FROM opportunity WHERE scope_id = ? AND opportunity_id > ? ORDER BY opportunity_id LIMIT ?"
_CHANGED: Final = "SELECT id_key FROM search_pending WHERE scope_id = ? LIMIT ?"
_READ: Final = (
    "SELECT record, {beside} FROM string_to_table(?, ' ') AS p(id_key) CROSS JOIN LATERAL "
    "(SELECT * FROM opportunity_record WHERE scope_id = ? AND id_key = p.id_key OFFSET 0) AS r"
)


class PostgresSearchRows(SearchRows):
    """What a reading transaction finds."""

    _connection: PostgresConnection
    _reader: SqlReader
    _fed_until = 0

    @contextmanager
    def _one_search(self) -> Iterator[None]:
        """See `SearchRows._one_search`. In process nobody sets a deadline."""
        deadline = set_deadline()
        with one_search(self._connection, deadline, writing=self._catch_up is None) as self._reader:
            yield

    def _waiting(self) -> list[str] | None:
        """See `SearchRows._waiting`. Keys of identifiers."""
        if self._scope_id is None:
            return []
        state = state_of(self._connection, self._scope_id)
        self._fed_until = state.fed_until
        if not state.is_of_this_reading:
            return None
        rows: list[Any] = []
        if state.last > state.fed_until:
            rows += self._connection.rows(_NEW, (self._scope_id, state.fed_until, MOST_JUDGED + 1))
        if state.has_changed:
            rows += self._connection.rows(_CHANGED, (self._scope_id, MOST_JUDGED + 1))
        waiting = list(dict.fromkeys(key for (key,) in rows))
        return None if len(waiting) > MOST_JUDGED else waiting

    def _found_in_index(
        self, question: Question, part: Part, after: Position | None, wanted: int, *, pending: bool
    ) -> list[Hit]:
        """See `SearchRows._found_in_index`."""
        if self._scope_id is None:
            return []
        index = PostgresSearchIndex(
            self._reader,
            self._scope_id,
            question,
            part.test,
            after,
            has_pending=pending,
            entries=self._fed_until,
        )
        return found_by(index, part.leads, wanted)

    def _read(self, names: Names, sources: frozenset[Source]) -> list[Sought]:
        """See `SearchRows._read`."""
        query = _READ.format(beside=beside(sources, "r"))
        rows = self._connection.rows(query, (" ".join(map(str, names)), self._scope_id))
        return [Sought(*row) for row in rows]

    def _read_all(self, plan: JudgePlan) -> Generator[Sought]:
        """See `SearchRows._read_all`. Some at a time, so that no process has all in its memory."""
        direction, behind = ("DESC", "<") if plan.descending else ("ASC", ">")
        columns = tuple(dict.fromkeys((KEY_COLUMNS[plan.order], "id_key")))  # an identifier breaks its own ties
        place: Sequence[Value] = ()
        if plan.after is not None:
            place = (plan.after.key, plan.after.id_key)[-len(columns) :]
        while True:
            conditions = ["scope_id = ?"]
            if place:
                conditions.append(f"({', '.join(columns)}) {behind} ({', '.join('?' * len(columns))})")
            rows = self._reader.rows(
                f"SELECT record, {beside(plan.sources, 'opportunity')}, {', '.join(columns)} FROM opportunity "
                f"JOIN opportunity_record USING (scope_id, id_key) WHERE {' AND '.join(conditions)} "
                f"ORDER BY {', '.join(f'{column} {direction}' for column in columns)} LIMIT ?",
                (self._scope_id, *place, READ_AT_ONCE),
            )
            for record, tags, aws, *_ in rows:
                yield Sought(record, tags, aws)
            if len(rows) < READ_AT_ONCE:
                return
            place = rows[-1][3:]
