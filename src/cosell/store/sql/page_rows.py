"""Pages of ListOpportunities, over the queries that a database writes of a plan."""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import Selector
from cosell.store.page import Page
from cosell.store.page_plan import Drive, Plan, plan
from cosell.store.sql.connection import SqlConnection
from cosell.store.sql.page_parts import Binding

Query = tuple[str, list[Binding]]


class PageQueries(NamedTuple):
    """A database's queries of a scope: a plan's page as (key, id_key, summary), and a drive's entries counted, each up
    to a limit.
    """

    read_page: Callable[[int, Plan, int], Query]
    count_up_to: Callable[[int, Drive, int], Query]


class PageRows:
    """What a reading transaction lists."""

    _connection: SqlConnection
    _scope_id: int | None
    _queries: ClassVar[PageQueries]

    def page(self, selector: Selector, after: Position | None, limit: int) -> Page:
        """See `ReadTransaction.page`."""
        chosen = plan(selector, after, self._count_up_to)
        if self._scope_id is None or not chosen.drive.ranges:
            return Page([], None)
        rows = self._connection.rows(*self._queries.read_page(self._scope_id, chosen, limit + 1))
        if len(rows) <= limit:
            return Page([row[2] for row in rows], None)
        key, last_id_key, _ = rows[limit - 1]
        return Page([row[2] for row in rows[:limit]], Position(key, last_id_key))

    def _count_up_to(self, drive: Drive, limit: int) -> int:
        if self._scope_id is None:
            return 0
        count: int = self._connection.value(*self._queries.count_up_to(self._scope_id, drive, limit))
        return count

    def count(self) -> int:
        """See `ReadTransaction.count`."""
        count: int = self._connection.value("SELECT count(*) FROM opportunity WHERE scope_id = ?", (self._scope_id,))
        return count
