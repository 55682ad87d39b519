"""The index of searches as a database reads it: walks, and ranges of orders. See `store/search.py` for the meaning."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from cosell.rules.list.page_token import Position
from cosell.rules.search.entry import CODED
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.question import Question
from cosell.store.search import Hit
from cosell.store.search_index import Equal, Identified, Test, Within
from cosell.store.search_summary import unpacked
from cosell.store.sql.connection import SqlReader, Value
from cosell.store.sql.page_parts import KEY_COLUMNS, index_name
from cosell.store.sql.search_columns import (
    COLUMNS,
    index_of,
    key_of_order,
    key_of_text,
    order_columns,
    order_values,
    table_of_order,
)
from cosell.store.sql.search_conditions import conditions_of, within_sql
from cosell.store.sql.search_dialect import SearchDialect
from cosell.store.sql.search_walks import Numbers, walks_of

Statement: TypeAlias = tuple[str, Sequence[Any]]
WORTH_READING_IN_ORDER: Final = 32
"""Times as many texts as a page has entries."""


class _Shown(NamedTuple):
    """A `Hit`. Its summary and its key are only made where somebody asks for them."""

    dialect: SearchDialect
    field: str
    packed: bytes
    record: bytes
    place: Sequence[object]

    @property
    def summary(self) -> bytes:
        """See `Hit`."""
        return unpacked(self.packed, self.record)

    @property
    def position(self) -> Position:
        """See `Hit`."""
        *values, id_key = self.place
        return Position(key_of_order(self.dialect, self.field, values or [id_key]), str(id_key))


class Best(NamedTuple):
    """The parts of a statement that gives the first of some entries `e` in the asked order.

    Texts `w`, and codes `t` where the order is one of coded texts, stand beside them. `columns` gives `k0` and so
    on, and `id_key`.
    """

    columns: list[str]
    conditions: str
    bindings: list[Value]
    order: str


class SearchWalks:
    """The `walk` of a `SearchIndex`: of the entries of a scope that pass `test`, behind `after`."""

    def __init__(
        self,
        connection: SqlReader,
        dialect: SearchDialect,
        scope_id: int | None,
        question: Question,
        test: Test,
        after: Position | None,
        *,
        has_pending: bool,
    ) -> None:
        self._connection = connection
        self._dialect = dialect
        self._scope_id = scope_id
        self._after = after
        self._field = question.sort_by
        self._is_by_text = table_of_order(question.sort_by) == "search_written"
        self._direction, self._behind = ("DESC", "<") if question.descending else ("ASC", ">")
        self._of_numbers, self._of_texts = conditions_of(dialect, test, has_pending=has_pending)
        self._walks = walks_of(dialect, question, scope_id, test, after)
        self._walked = 0

    def _walk_query(self, numbers: Numbers, most: int | None, wanted: int) -> Statement:
        """What is shown of the next `most` numbers, as far as they pass the test."""
        raise NotImplementedError

    def walk(self, most: int | None, wanted: int) -> tuple[Sequence[Hit], bool]:
        """See `SearchIndex.walk`."""
        hits: list[Hit] = []
        left = most
        while self._walks:
            hits += self._hits(self._walk_query(self._walks[0], left, wanted - len(hits)))
            if len(hits) == wanted:
                break
            if left is not None:
                count = self._count(self._walks[0], left)
                self._walked += count
                left -= count
                if not left:
                    return hits, False
            del self._walks[0]
            self._walked = 0
        return hits, True

    def _count(self, numbers: Numbers, most: int) -> int:
        count: int = self._connection.value(
            f"SELECT count(*) FROM ({numbers.query} LIMIT ? OFFSET ?) AS n", (*numbers.bindings, most, self._walked)
        )
        return count

    def _hits(self, statement: Statement) -> list[Hit]:
        rows = self._connection.rows(*statement)
        return [_Shown(self._dialect, self._field, packed, record, place) for packed, record, *place in rows]

    def _best(self, *, with_texts: bool) -> Best:
        """How the best of some entries are chosen, by their texts only where these stand beside them."""
        conditions = ["e.scope_id = ?", *self._of_numbers.parts]
        bindings = [self._scope_id, *self._of_numbers.bindings]
        if with_texts:
            conditions += self._of_texts.parts
            bindings += self._of_texts.bindings
        columns = tuple(f"{'w' if self._is_by_text else 'e'}.{column}" for column in order_columns(self._field))
        if self._field in CODED:
            columns = ("t.key",)
        named = [f"{column} AS k{place}" for place, column in enumerate(columns)]
        columns = (*columns, "e.id_key")
        if self._after is not None:
            conditions.append(f"({', '.join(columns)}) {self._behind} ({', '.join('?' * len(columns))})")
            key = self._after
            values = (key.key,) if self._field in CODED else order_values(self._dialect, self._field, key)
            bindings += [*values, key.id_key]
        keys = [*[f"k{place}" for place in range(len(named))], "id_key"]
        order = ", ".join(f"{key} {self._direction}" for key in keys)
        return Best([*named, "e.id_key AS id_key"], " AND ".join(conditions), bindings, order)

    def _range_query(self, test: Equal | Identified | Within) -> Numbers:
        """Numbers within a range of one order, in that order."""
        bindings: list[Value] = [self._scope_id]
        if isinstance(test, Equal) and test.field != "CustomerCompanyName":
            folded, column = order_columns(test.field)
            bindings += [self._dialect.text(test.text.casefold()), self._dialect.text(test.text)]
            everything = self._dialect.all_in("search_written", index_of(test.field))
            return Numbers(f"{everything} AND {folded} = ? AND {column} = ?", bindings)
        field = "OpportunityId" if isinstance(test, Identified) else test.field
        order = FIELDS[field].order
        column = COLUMNS[field] if order is None else KEY_COLUMNS[order]
        everything = (
            self._dialect.all_in(table_of_order(field), index_of(field))
            if order is None
            else self._dialect.all_in("opportunity", index_name(order, partitioned=False))
        )
        if isinstance(test, Within):
            within = within_sql(self._dialect, column, test, bindings)
            return Numbers(f"{everything} AND {within} ORDER BY {column}", bindings)
        bindings.append(test.id_key if isinstance(test, Identified) else key_of_text(test.text))
        return Numbers(f"{everything} AND {column} = ?", bindings)
