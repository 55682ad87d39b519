"""The index of searches as SQLite reads it: walks, leads and candidates. See `store/search.py` for the meaning."""

from array import array
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import apsw

from cosell.rules.list.page_token import Position
from cosell.rules.search.entry import CODED
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.question import Question
from cosell.store.search import Hit
from cosell.store.search_index import Equal, Identified, OneOf, Test, Within
from cosell.store.search_leads import Coded, Lead, Ranged, Union, Worded, about
from cosell.store.search_summary import unpacked
from cosell.store.sqlite.indexes import KEY_COLUMNS, index_name
from cosell.store.sqlite.search_beside import aws_summary_of, tags_of
from cosell.store.sqlite.search_columns import (
    COLUMNS,
    FIELD_NUMBERS,
    index_of,
    key_of_text,
    order_columns,
    order_values,
    text_of,
)
from cosell.store.sqlite.search_sql import TooMany, codes_match, condition_sql, one_of_sql, within_sql, words_match

if TYPE_CHECKING:
    from apsw import SQLiteValue

Numbers: TypeAlias = "tuple[str, list[SQLiteValue]]"
"""A statement that gives numbers of opportunities, but for its limit, with its values."""
Statement: TypeAlias = "tuple[str, list[SQLiteValue | apsw.CArrayBinding]]"

_NOT_PENDING: Final = (
    "NOT EXISTS (SELECT 1 FROM search_pending AS p "
    "WHERE p.scope_id = e.scope_id AND p.opportunity_id = e.opportunity_id)"
)
_HITS: Final = (
    "SELECT e.summary, r.record, {tags}, {aws} FROM ({numbers}) AS n "
    "CROSS JOIN search_entry AS e ON e.opportunity_id = n.opportunity_id "
    "CROSS JOIN opportunity_record AS r ON r.opportunity_id = e.opportunity_id"
)
_TRIGRAM: Final = "SELECT term FROM search_trigrams WHERE term >= ? AND term <= ? LIMIT 1"
FEW_BEGINNINGS: Final = 6
MANY_BEGINNINGS: Final = 48
_LAST: Final = "\U0010ffff"


class ScopeCodes:
    """The `Codes` of a scope."""

    def __init__(self, connection: apsw.Connection, scope_id: int | None) -> None:
        self._connection = connection
        self._scope_id = scope_id

    def code(self, field: str, text: str) -> int | None:
        """See `Codes.code`."""
        place = (self._scope_id, FIELD_NUMBERS[field], key_of_text(text))
        row: Any = self._connection.execute(
            "SELECT code FROM search_text WHERE scope_id = ? AND field = ? AND key = ?", place
        ).fetchone()
        return None if row is None else int(row[0])

    def containing(self, field: str, parts: tuple[str, ...]) -> tuple[int, ...]:
        """See `Codes.containing`. The texts of such a field are few."""
        rows: Any = self._connection.execute(
            "SELECT key, code FROM search_text WHERE scope_id = ? AND field = ?", (self._scope_id, FIELD_NUMBERS[field])
        )
        found = []
        for key, code in rows:
            text = text_of(key).casefold()
            if any(part in text for part in parts):
                found.append(code)
        return tuple(found)


class SqliteSearchIndex:
    """The `SearchIndex` of one page: of the entries of a scope that pass `test`, behind `after`."""

    def __init__(
        self,
        connection: apsw.Connection,
        scope_id: int | None,
        question: Question,
        test: Test,
        after: Position | None,
    ) -> None:
        self._connection = connection
        self._scope_id = scope_id
        self._test = test
        self._after = after
        self._field = question.sort_by
        self._columns = order_columns(question.sort_by)
        self._direction, self._behind = ("DESC", "<") if question.descending else ("ASC", ">")

    def candidates(self, lead: Lead, most: int, *, patient: bool) -> Sequence[int] | None:
        """See `SearchIndex.candidates`."""
        if isinstance(lead, Union):
            return self._candidates_of_all(lead, most, patient=patient)
        try:
            query, bindings = self._lead_query(lead, patient=patient)
        except TooMany:
            return None
        rows: Any = self._connection.execute(f"{query} LIMIT ?", (*bindings, most + 1)).fetchall()
        return None if len(rows) > most else array("q", (number for (number,) in rows))

    def _candidates_of_all(self, lead: Union, most: int, *, patient: bool) -> Sequence[int] | None:
        numbers: set[int] = set()
        for part in lead.leads:
            found = self.candidates(part, most - len(numbers), patient=patient)
            if found is None:
                return None
            numbers.update(found)
        return array("q", numbers)

    def _lead_query(self, lead: Coded | Worded | Ranged, *, patient: bool) -> Numbers:
        match lead:
            case Coded(test):
                return "SELECT rowid FROM search_codes WHERE search_codes MATCH ?", [codes_match(test)]
            case Worded(test):
                match = words_match(test, partial(self._beginnings, MANY_BEGINNINGS if patient else FEW_BEGINNINGS))
                return "SELECT rowid FROM search_words WHERE search_words MATCH ?", [match]
        return self._range_query(lead.test)

    def _range_query(self, test: Equal | Identified | Within) -> Numbers:
        bindings: list[SQLiteValue] = [self._scope_id]
        if isinstance(test, Equal) and test.field != "CustomerCompanyName":
            folded, column = order_columns(test.field)
            bindings += [test.text.casefold(), test.text]
            return f"{_all_in('search_entry', index_of(test.field))} AND {folded} = ? AND {column} = ?", bindings
        field = "OpportunityId" if isinstance(test, Identified) else test.field
        order = FIELDS[field].order
        column = COLUMNS[field] if order is None else KEY_COLUMNS[order]
        everything = (
            _all_in("search_entry", index_of(field))
            if order is None
            else _all_in("opportunity", index_name(order, partitioned=False))
        )
        if isinstance(test, Within):
            return f"{everything} AND {within_sql(column, test, bindings)}", bindings
        bindings.append(test.id_key if isinstance(test, Identified) else key_of_text(test.text))
        return f"{everything} AND {column} = ?", bindings

    def _beginnings(self, most: int, text: str) -> list[str] | None:
        """See `Beginnings`. Each is looked for behind the one before: all at once would be read with their entries."""
        found: list[str] = []
        least = text
        while len(found) <= most:
            trigram = self._connection.execute(_TRIGRAM, (least, text + 2 * _LAST)).get
            if trigram is None:
                return found
            assert isinstance(trigram, str)
            found.append(trigram)
            least = f"{trigram}\0"
        return None

    def best_of(self, candidates: Sequence[int], wanted: int) -> list[Hit]:
        """See `SearchIndex.best_of`."""
        return self._hits(*self._best_query(sorted(candidates), wanted)) if candidates else []

    def _best_query(self, candidates: Sequence[int], wanted: int) -> Statement:
        bindings: list[SQLiteValue | apsw.CArrayBinding] = [apsw.carray(array("q", candidates))]
        tables = "carray(?) AS c CROSS JOIN search_entry AS e ON e.opportunity_id = c.value"
        columns = tuple(f"e.{column}" for column in self._columns)
        if self._field in CODED:
            tables += (
                " CROSS JOIN (SELECT code, key FROM search_text WHERE scope_id = ? AND field = ?) AS t "
                f"ON t.code = e.{COLUMNS[self._field]}"
            )
            bindings += [self._scope_id, FIELD_NUMBERS[self._field]]
            columns = ("t.key",)
        columns = (*columns, "e.id_key")
        bindings.append(self._scope_id)
        conditions = ["e.scope_id = ?", self._condition(bindings), _NOT_PENDING]
        if self._after is not None:
            conditions.append(f"({', '.join(columns)}) {self._behind} ({', '.join('?' * len(columns))})")
            values = (self._after.key,) if self._field in CODED else order_values(self._field, self._after)
            bindings += [*values, self._after.id_key]
        order = ", ".join(f"{column} {self._direction}" for column in columns)
        best = f"SELECT e.opportunity_id FROM {tables} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?"
        return self._hits_of(best), [*bindings, wanted]

    def walk(self, most: int | None, wanted: int) -> tuple[list[Hit], bool]:
        """See `SearchIndex.walk`."""
        hits: list[Hit] = []
        left = -1 if most is None else most
        for numbers, bindings in self._walks():
            hits += self._hits(*self._walk_query(numbers, bindings, left, wanted - len(hits)))
            if len(hits) == wanted:
                break
            if most is not None:
                left -= self._count(numbers, bindings, left)
                if not left:
                    return hits, False
        return hits, True

    def _count(self, numbers: str, bindings: "Sequence[SQLiteValue]", most: int) -> int:
        count = self._connection.execute(f"SELECT count(*) FROM ({numbers} LIMIT ?)", (*bindings, most)).get
        assert isinstance(count, int)
        return count

    def _walk_query(self, numbers: str, bindings: "Sequence[SQLiteValue]", most: int, wanted: int) -> Statement:
        values: list[SQLiteValue | apsw.CArrayBinding] = [*bindings, most]
        condition = self._condition(values)
        return f"{self._hits_of(f'{numbers} LIMIT ?')} WHERE {condition} AND {_NOT_PENDING} LIMIT ?", [*values, wanted]

    def _condition(self, bindings: "list[SQLiteValue | apsw.CArrayBinding]") -> str:
        values: list[SQLiteValue] = []
        condition = condition_sql(self._test, values)
        bindings += values
        return condition

    def _walks(self) -> Iterator[Numbers]:
        """Statements that give the numbers of entries behind the position, in the asked order, one by one.

        Of all entries, but for those that cannot pass the test for what stands in the field of the order.
        """
        order = FIELDS[self._field].order
        if self._field in CODED:
            yield from self._walks_by_code()
        elif order is None:
            values = () if self._after is None else order_values(self._field, self._after)
            yield self._in_order(_all_in("search_entry", index_of(self._field)), self._columns, values)
        else:
            columns = () if order == "Identifier" else (KEY_COLUMNS[order],)
            values = () if self._after is None else (self._after.key,) * len(columns)
            yield self._in_order(_all_in("opportunity", index_name(order, partitioned=False)), columns, values)

    def _in_order(self, everything: str, columns: tuple[str, ...], behind: "tuple[SQLiteValue, ...]") -> Numbers:
        bindings: list[SQLiteValue] = [self._scope_id]
        conditions = [everything]
        for part in about(self._test, self._field):
            if isinstance(part, Within):
                conditions.append(within_sql(columns[0], part, bindings))
            elif isinstance(part, Equal):
                conditions += [f"{column} = ?" for column in columns]
                bindings += [part.text.casefold(), part.text] if len(columns) == 2 else [key_of_text(part.text)]
        columns = (*columns, "id_key")
        if self._after is not None:
            conditions.append(f"({', '.join(columns)}) {self._behind} ({', '.join('?' * len(columns))})")
            bindings += [*behind, self._after.id_key]
        order = ", ".join(f"{column} {self._direction}" for column in columns)
        return f"{' AND '.join(conditions)} ORDER BY {order}", bindings

    def _walks_by_code(self) -> Iterator[Numbers]:
        """Text by text, and of each the entries that have it: first the rest of those that have the position's."""
        if self._after is None:
            yield self._by_code([], [])
        else:
            place: list[SQLiteValue] = [self._after.key, self._after.id_key]
            yield self._by_code(["t.key = ?", f"e.id_key {self._behind} ?"], place)
            yield self._by_code([f"t.key {self._behind} ?"], place[:1])

    def _by_code(self, behind: list[str], place: "list[SQLiteValue]") -> Numbers:
        bindings: list[SQLiteValue] = [self._scope_id, FIELD_NUMBERS[self._field], *place]
        conditions = ["t.scope_id = ?", "t.field = ?", *behind]
        wanted = [part for part in about(self._test, self._field) if isinstance(part, OneOf)]
        conditions += [one_of_sql("t.code", part.codes, bindings) for part in wanted]
        return (
            f"SELECT e.opportunity_id FROM search_text AS t CROSS JOIN search_entry AS e "
            f"INDEXED BY {index_of(self._field)} ON e.scope_id = t.scope_id AND e.{COLUMNS[self._field]} = t.code "
            f"WHERE {' AND '.join(conditions)} ORDER BY t.key {self._direction}, e.id_key {self._direction}"
        ), bindings

    def _hits_of(self, numbers: str) -> str:
        """Records with summaries, and beside them what the order is of."""
        source = FIELDS[self._field].source
        return _HITS.format(
            numbers=numbers,
            tags=tags_of("e") if source == "tags" else "NULL",
            aws=aws_summary_of("e") if source == "aws" else "NULL",
        )

    def _hits(self, query: str, bindings: "Sequence[SQLiteValue | apsw.CArrayBinding]") -> list[Hit]:
        rows: Any = self._connection.execute(query, bindings).fetchall()
        return [Hit(unpacked(summary, record), record, *beside) for summary, record, *beside in rows]


def _all_in(table: str, index: str) -> str:
    return f"SELECT opportunity_id FROM {table} INDEXED BY {index} WHERE scope_id = ?"
