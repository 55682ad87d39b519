"""The index of searches as SQLite reads it: walks, leads and candidates. See `store/search.py` for the meaning."""

from array import array
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import apsw

from cosell.rules.list.page_token import Position
from cosell.rules.search.entry import CODED
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.question import Question
from cosell.store.search import Hit
from cosell.store.search_index import Equal, Identified, Test, Within
from cosell.store.search_leads import Lead, Ranged, Termed, Union
from cosell.store.search_summary import unpacked
from cosell.store.search_terms import TooMany, expression
from cosell.store.sql.page_parts import KEY_COLUMNS, index_name
from cosell.store.sqlite.search_columns import (
    COLUMNS,
    FIELD_NUMBERS,
    index_of,
    key_of_order,
    key_of_text,
    order_columns,
    order_values,
    table_of_order,
)
from cosell.store.sqlite.search_sql import Conditions, conditions_of, within_sql
from cosell.store.sqlite.search_walks import Numbers, all_in, walks_of

if TYPE_CHECKING:
    from apsw import SQLiteValue

Binding: TypeAlias = "SQLiteValue | apsw.CArrayBinding"
Statement: TypeAlias = tuple[str, list[Binding]]

_NUMBERS_BESIDE: Final = "CROSS JOIN search_entry AS e ON e.opportunity_id = n.opportunity_id "
_SHOWN: Final = (
    "SELECT w.summary, r.record, {keys} FROM ({numbers}) AS n {beside}"
    "CROSS JOIN search_written AS w ON w.opportunity_id = n.opportunity_id "
    "CROSS JOIN opportunity_record AS r ON r.opportunity_id = n.opportunity_id{conditions} LIMIT ?"
)
_TRIGRAM: Final = "SELECT term FROM search_vocabulary WHERE term >= ? AND term <= ? LIMIT 1"
FEW_BEGINNINGS: Final = 6
MANY_BEGINNINGS: Final = 48
WORTH_READING_IN_ORDER: Final = 32
"""Times as many texts as a page has entries."""
_LAST: Final = "\U0010ffff"


class _Shown(NamedTuple):
    """A `Hit`. Its summary and its key are only made where somebody asks for them."""

    field: str
    packed: bytes
    record: bytes
    place: "list[SQLiteValue]"

    @property
    def summary(self) -> bytes:
        """See `Hit`."""
        return unpacked(self.packed, self.record)

    @property
    def position(self) -> Position:
        """See `Hit`."""
        *values, id_key = self.place
        return Position(key_of_order(self.field, values or [id_key]), str(id_key))


class _Finding(NamedTuple):
    """The candidates of a lead that were found so far, and where the next ones come from."""

    rows: apsw.Cursor
    numbers: "array[int]"


class SqliteSearchIndex:
    """The `SearchIndex` of one page: of the entries of a scope that pass `test`, behind `after`. To be closed."""

    def __init__(
        self,
        connection: apsw.Connection,
        scope_id: int | None,
        question: Question,
        test: Test,
        after: Position | None,
        *,
        has_pending: bool,
    ) -> None:
        self._connection = connection
        self._scope_id = scope_id
        self._after = after
        self._field = question.sort_by
        self._is_by_text = table_of_order(question.sort_by) == "search_written"
        self._direction, self._behind = ("DESC", "<") if question.descending else ("ASC", ">")
        self._of_numbers, self._of_texts = conditions_of(test, has_pending=has_pending)
        self._findings: dict[tuple[Lead, bool], _Finding] = {}
        self._walks = walks_of(question, scope_id, test, after)
        self._walked = 0

    def close(self) -> None:
        """Let go of what is being read."""
        for finding in self._findings.values():
            finding.rows.close()

    def candidates(self, lead: Lead, most: int, *, patient: bool) -> Sequence[int] | None:
        """See `SearchIndex.candidates`."""
        if isinstance(lead, Union):
            return self._candidates_of_all(lead, most, patient=patient)
        finding = self._findings.get((lead, patient))
        if finding is None:
            try:
                query = self._lead_query(lead, patient=patient)
            except TooMany:
                return None
            finding = _Finding(self._connection.execute(query.query, query.bindings), array("q"))
            self._findings[lead, patient] = finding
        rows: Any = islice(finding.rows, max(most + 1 - len(finding.numbers), 0))
        finding.numbers.extend([number for (number,) in rows])
        return None if len(finding.numbers) > most else finding.numbers

    def _candidates_of_all(self, lead: Union, most: int, *, patient: bool) -> Sequence[int] | None:
        numbers: set[int] = set()
        for part in lead.leads:
            found = self.candidates(part, most - len(numbers), patient=patient)
            if found is None:
                return None
            numbers.update(found)
        return array("q", numbers)

    def _lead_query(self, lead: Termed | Ranged, *, patient: bool) -> Numbers:
        if isinstance(lead, Ranged):
            return self._range_query(lead.test)
        most = MANY_BEGINNINGS if patient else FEW_BEGINNINGS
        match = expression(lead.test, lambda text: self._beginnings(most, text))
        return Numbers("SELECT rowid FROM search_terms WHERE search_terms MATCH ?", [match])

    def _range_query(self, test: Equal | Identified | Within) -> Numbers:
        bindings: list[SQLiteValue] = [self._scope_id]
        if isinstance(test, Equal) and test.field != "CustomerCompanyName":
            folded, column = order_columns(test.field)
            bindings += [test.text.casefold(), test.text]
            everything = all_in("search_written", index_of(test.field))
            return Numbers(f"{everything} AND {folded} = ? AND {column} = ?", bindings)
        field = "OpportunityId" if isinstance(test, Identified) else test.field
        order = FIELDS[field].order
        column = COLUMNS[field] if order is None else KEY_COLUMNS[order]
        everything = (
            all_in(table_of_order(field), index_of(field))
            if order is None
            else all_in("opportunity", index_name(order, partitioned=False))
        )
        if isinstance(test, Within):
            return Numbers(f"{everything} AND {within_sql(column, test, bindings)}", bindings)
        bindings.append(test.id_key if isinstance(test, Identified) else key_of_text(test.text))
        return Numbers(f"{everything} AND {column} = ?", bindings)

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

    def best_of(self, candidates: Sequence[int], wanted: int) -> Sequence[Hit]:
        """See `SearchIndex.best_of`.

        Most candidates have the texts that led to them, so texts are first read in the asked order, as far as the page
        needs. Where few have, they are read in the order in which they stand.
        """
        if not candidates:
            return []
        numbers = sorted(candidates)
        first = WORTH_READING_IN_ORDER * wanted
        hits = self._hits(self._best_query(numbers, wanted, first))
        if len(hits) < wanted and len(numbers) > first and self._of_texts.parts and not self._is_by_text:
            hits = self._hits(self._best_query(numbers, wanted, None))
        return hits

    def _best_query(self, candidates: Sequence[int], wanted: int, first: int | None) -> Statement:
        """`first`: how many pass all but the conditions on texts before those are put to them."""
        bindings: list[Binding] = [apsw.carray(array("q", candidates))]
        tables = "carray(?) AS c CROSS JOIN search_entry AS e ON e.opportunity_id = c.value"
        columns = tuple(f"{'w' if self._is_by_text else 'e'}.{column}" for column in order_columns(self._field))
        texts = self._of_texts
        is_eager = self._is_by_text or (first is None and bool(texts.parts))
        if is_eager:
            tables += " CROSS JOIN search_written AS w ON w.opportunity_id = c.value"
        if self._field in CODED:
            tables += (
                " CROSS JOIN (SELECT code, key FROM search_text WHERE scope_id = ? AND field = ?) AS t "
                f"ON t.code = e.{COLUMNS[self._field]}"
            )
            bindings += [self._scope_id, FIELD_NUMBERS[self._field]]
            columns = ("t.key",)
        conditions = ["e.scope_id = ?", *self._of_numbers.parts]
        bindings += [self._scope_id, *self._of_numbers.bindings]
        if is_eager:
            conditions += texts.parts
            bindings += texts.bindings
            texts = Conditions()
        named = [f"{column} AS k{place}" for place, column in enumerate(columns)]
        columns = (*columns, "e.id_key")
        if self._after is not None:
            conditions.append(f"({', '.join(columns)}) {self._behind} ({', '.join('?' * len(columns))})")
            values = (self._after.key,) if self._field in CODED else order_values(self._field, self._after)
            bindings += [*values, self._after.id_key]
        order = ", ".join(f"{column} {self._direction}" for column in columns)
        best = (
            f"SELECT {', '.join(['e.opportunity_id', *named, 'e.id_key'])} FROM {tables} "
            f"WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?"
        )
        bindings.append(first if texts.parts else wanted)
        return _shown(best, len(named), texts), [*bindings, *texts.bindings, wanted]

    def walk(self, most: int | None, wanted: int) -> tuple[Sequence[Hit], bool]:
        """See `SearchIndex.walk`."""
        hits: list[Hit] = []
        left = -1 if most is None else most
        while self._walks:
            hits += self._hits(self._walk_query(self._walks[0], left, wanted - len(hits)))
            if len(hits) == wanted:
                break
            if most is not None:
                count = self._count(self._walks[0], left)
                self._walked += count
                left -= count
                if not left:
                    return hits, False
            del self._walks[0]
            self._walked = 0
        return hits, True

    def _count(self, numbers: Numbers, most: int) -> int:
        count = self._connection.execute(
            f"SELECT count(*) FROM ({numbers.query} LIMIT ? OFFSET ?)", (*numbers.bindings, most, self._walked)
        ).get
        assert isinstance(count, int)
        return count

    def _walk_query(self, numbers: Numbers, most: int, wanted: int) -> Statement:
        both = self._of_numbers.before(self._of_texts)
        bindings = [*numbers.bindings, most, self._walked, *both.bindings, wanted]
        return _shown(f"{numbers.query} LIMIT ? OFFSET ?", numbers.keys, both), bindings

    def _hits(self, statement: Statement) -> list[Hit]:
        rows: Any = self._connection.execute(*statement).fetchall()
        return [_Shown(self._field, packed, record, place) for packed, record, *place in rows]


def _shown(numbers: str, width: int, conditions: Conditions) -> str:
    """What is shown of those numbers which pass conditions, and `width` columns of their keys."""
    return _SHOWN.format(
        keys=", ".join([*[f"n.k{place}" for place in range(width)], "n.id_key"]),
        numbers=numbers,
        beside=_NUMBERS_BESIDE if "e" in conditions.tables else "",
        conditions=f" WHERE {' AND '.join(conditions.parts)}" if conditions.parts else "",
    )
