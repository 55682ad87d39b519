"""The index of searches as SQLite reads it: walks, leads and candidates. See `store/search.py` for the meaning."""

from array import array
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import apsw

from cosell.rules.list.page_token import Position
from cosell.rules.search.entry import CODED
from cosell.rules.search.question import Question
from cosell.store.search import Hit
from cosell.store.search_index import Test
from cosell.store.search_leads import Lead, Ranged, Termed, Union
from cosell.store.search_terms import TooMany, expression
from cosell.store.sql.search_columns import COLUMNS, FIELD_NUMBERS
from cosell.store.sql.search_conditions import Conditions
from cosell.store.sql.search_reading import WORTH_READING_IN_ORDER, SearchWalks, Statement
from cosell.store.sql.search_walks import Numbers
from cosell.store.sqlite.fts5 import Fts5
from cosell.store.sqlite.search_dialect import SQLITE
from cosell.store.sqlite.sql_connection import SqliteConnection

if TYPE_CHECKING:
    from apsw import SQLiteValue

Binding: TypeAlias = "SQLiteValue | apsw.CArrayBinding"

_NUMBERS_BESIDE: Final = "CROSS JOIN search_entry AS e ON e.opportunity_id = n.opportunity_id "
_SHOWN: Final = (
    "SELECT w.summary, r.record, {keys} FROM ({numbers}) AS n {beside}"
    "CROSS JOIN search_written AS w ON w.opportunity_id = n.opportunity_id "
    "CROSS JOIN opportunity_record AS r ON r.opportunity_id = n.opportunity_id{conditions} LIMIT ?"
)
FEW_BEGINNINGS: Final = 6
MANY_BEGINNINGS: Final = 48


class _Finding(NamedTuple):
    """The candidates of a lead that were found so far, and where the next ones come from."""

    rows: apsw.Cursor
    numbers: "array[int]"


class SqliteSearchIndex(SearchWalks):
    """The `SearchIndex` of one page. To be closed."""

    _connection: SqliteConnection

    def __init__(
        self,
        connection: SqliteConnection,
        scope_id: int | None,
        question: Question,
        test: Test,
        after: Position | None,
        *,
        has_pending: bool,
    ) -> None:
        super().__init__(connection, SQLITE, scope_id, question, test, after, has_pending=has_pending)
        self._findings: dict[tuple[Lead, bool], _Finding] = {}

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
        match = expression(lead.test, Fts5(self._connection, most))
        return Numbers("SELECT rowid FROM search_terms WHERE search_terms MATCH ?", [match])

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
        texts = self._of_texts
        with_texts = self._is_by_text or (first is None and bool(texts.parts))
        if with_texts:
            tables += " CROSS JOIN search_written AS w ON w.opportunity_id = c.value"
            texts = Conditions()
        if self._field in CODED:
            tables += (
                " CROSS JOIN (SELECT code, key FROM search_text WHERE scope_id = ? AND field = ?) AS t "
                f"ON t.code = e.{COLUMNS[self._field]}"
            )
            bindings += [self._scope_id, FIELD_NUMBERS[self._field]]
        best = self._best(with_texts=with_texts)
        query = (
            f"SELECT {', '.join(['e.opportunity_id', *best.columns])} FROM {tables} "
            f"WHERE {best.conditions} ORDER BY {best.order} LIMIT ?"
        )
        most = first if texts.parts else wanted
        return _shown(query, len(best.columns) - 1, texts), [*bindings, *best.bindings, most, *texts.bindings, wanted]

    def _walk_query(self, numbers: Numbers, most: int | None, wanted: int) -> Statement:
        """See `SearchWalks._walk_query`."""
        both = self._of_numbers.before(self._of_texts)
        bindings = [*numbers.bindings, -1 if most is None else most, self._walked, *both.bindings, wanted]
        return _shown(f"{numbers.query} LIMIT ? OFFSET ?", numbers.keys, both), bindings


def _shown(numbers: str, width: int, conditions: Conditions) -> str:
    """What is shown of those numbers which pass conditions, and `width` columns of their keys."""
    return _SHOWN.format(
        keys=", ".join([*[f"n.k{place}" for place in range(width)], "n.id_key"]),
        numbers=numbers,
        beside=_NUMBERS_BESIDE if "e" in conditions.tables else "",
        conditions=f" WHERE {' AND '.join(conditions.parts)}" if conditions.parts else "",
    )
