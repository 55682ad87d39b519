"""Statements that give the numbers of entries behind a position, in the asked order, one by one.

Of all entries, but for those that cannot pass the test for what stands in the field of the order. Beside a number stand
the key of the order, in columns `k0` and so on, and the `id_key`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from cosell.rules.list.page_token import Position
from cosell.rules.search.entry import CODED
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.question import Question
from cosell.store.search_index import Empty, Equal, No, OneOf, Test, Within
from cosell.store.search_leads import about
from cosell.store.sql.connection import Value
from cosell.store.sql.page_parts import KEY_COLUMNS, index_name
from cosell.store.sql.search_columns import (
    COLUMNS,
    FIELD_NUMBERS,
    index_of,
    key_of_text,
    order_columns,
    order_values,
    table_of_order,
)
from cosell.store.sql.search_conditions import one_of_sql, within_sql
from cosell.store.sql.search_dialect import SearchDialect


class Numbers(NamedTuple):
    """A statement that gives numbers of opportunities, but for its limit, and beside them a key of so many columns."""

    query: str
    bindings: list[Value]
    keys: int = 0


def walks_of(
    dialect: SearchDialect, question: Question, scope_id: int | None, test: Test, after: Position | None
) -> list[Numbers]:
    """The statements of one walk, one after the other."""
    walk = _Walk(dialect, question, scope_id, test, after)
    return walk.by_code() if question.sort_by in CODED else [walk.in_order()]


class _Walk:
    def __init__(
        self,
        dialect: SearchDialect,
        question: Question,
        scope_id: int | None,
        test: Test,
        after: Position | None,
    ) -> None:
        self._dialect = dialect
        self._field = question.sort_by
        self._scope_id = scope_id
        self._about = about(test, question.sort_by)
        self._after = after
        self._direction, self._behind = ("DESC", "<") if question.descending else ("ASC", ">")

    def in_order(self) -> Numbers:
        """Along an index."""
        order, after = FIELDS[self._field].order, self._after
        values: tuple[Value, ...] = ()
        if order is None:
            table, index, columns = table_of_order(self._field), index_of(self._field), order_columns(self._field)
            values = () if after is None else order_values(self._dialect, self._field, after)
        else:
            table, index = "opportunity", index_name(order, partitioned=False)
            columns = () if order == "Identifier" else (KEY_COLUMNS[order],)
            values = () if after is None else (after.key,) * len(columns)
        bindings: list[Value] = [self._scope_id]
        named = [f"{column} AS k{place}" for place, column in enumerate(columns)]
        conditions = [self._dialect.all_in(table, index, [*named, "id_key"]), *self._bounds(columns, bindings)]
        columns = (*columns, "id_key")
        if after is not None:
            conditions.append(f"({', '.join(columns)}) {self._behind} ({', '.join('?' * len(columns))})")
            bindings += [*values, after.id_key]
        ordered = ", ".join(f"{column} {self._direction}" for column in columns)
        return Numbers(f"{' AND '.join(conditions)} ORDER BY {ordered}", bindings, len(named))

    def _bounds(self, columns: Sequence[str], bindings: list[Value]) -> list[str]:
        bounds = []
        for part in self._about:
            match part:
                case Within():
                    bounds.append(within_sql(self._dialect, columns[0], part, bindings))
                case Equal(_, text):
                    bounds += [f"{column} = ?" for column in columns]
                    texts = [self._dialect.text(text.casefold()), self._dialect.text(text)]
                    bindings += texts if len(columns) == len(texts) else [key_of_text(text)]
                case Empty():
                    bounds.append(f"{columns[0]} = ''")
                case No():
                    bounds.append(f"{columns[0]} > ''")
        return bounds

    def by_code(self) -> list[Numbers]:
        """Text by text, and of each the entries that have it: first the rest of those that have the position's."""
        if self._after is None:
            return [self._of_codes([], [])]
        key, id_key = self._after.key, self._after.id_key
        return [
            self._of_codes(["t.key = ?"], [key], f"e.id_key {self._behind} ?", [id_key]),
            self._of_codes([f"t.key {self._behind} ?"], [key]),
        ]

    def _of_codes(
        self, of_text: list[str], of_text_values: list[Value], of_entry: str = "", of_entry_values: Sequence[Value] = ()
    ) -> Numbers:
        bindings: list[Value] = [self._scope_id, FIELD_NUMBERS[self._field], *of_text_values]
        conditions = ["t.scope_id = ?", "t.field = ?", *of_text]
        for part in self._about:
            match part:
                case OneOf(_, codes):
                    conditions.append(one_of_sql("t.code", codes, bindings))
                case Empty(_, code):
                    conditions.append(one_of_sql("t.code", (code,), bindings))
                case No():
                    conditions.append("t.key > ?")
                    bindings.append(key_of_text(""))
        query = self._dialect.by_code(
            COLUMNS[self._field], index_of(self._field), " AND ".join(conditions), of_entry, self._direction
        )
        return Numbers(query, [*bindings, *of_entry_values], 1)
