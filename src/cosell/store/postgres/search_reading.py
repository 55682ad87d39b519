"""The index of searches as PostgreSQL reads it: walks, leads and candidates. See `store/search.py` for the meaning.

A nested loop gives its rows in the order of its outer side, so a walk needs no sort; what stands beside a number is
looked up in LATERAL queries with OFFSET 0, which no planner turns inside out.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from cosell.rules.list.page_token import Position
from cosell.rules.search.entry import CODED
from cosell.rules.search.question import Question
from cosell.store.postgres.search_dialect import POSTGRES
from cosell.store.postgres.tsquery import TSQUERY, term_of_scope
from cosell.store.search import Hit
from cosell.store.search_index import Test
from cosell.store.search_leads import Lead, Ranged, Termed, Union
from cosell.store.search_terms import expression
from cosell.store.sql.connection import SqlReader, Value
from cosell.store.sql.search_columns import COLUMNS
from cosell.store.sql.search_conditions import Conditions
from cosell.store.sql.search_reading import WORTH_READING_IN_ORDER, SearchWalks, Statement
from cosell.store.sql.search_walks import Numbers

ENTRIES_OF_SAMPLE: Final = 64
"""One in so many is in the sample (`search_feeding.py`)."""
WORTH_A_SAMPLE: Final = 5_000
"""Entries of a scope from which on it is worth while to look into the sample first."""
DOUBT: Final = 2
"""A lead is taken for too long where the sample has so many times too many, for chance may have a hand in it."""
_TERMED: Final = (
    "SELECT id_key FROM search_terms WHERE scope_id + 0 = ? "  # an index of scopes would lead away from that of terms
    "AND array_to_tsvector(string_to_array(terms, E'\\x01')) @@ ?::tsquery"
)
_NAMES: Final = "SELECT 0, count(*), string_agg(id_key, ' ') FROM ({query} LIMIT ?) AS found"
_NAMES_UNLESS_MANY: Final = (
    f"SELECT sample.count, found.* FROM (SELECT count(*) FROM ({_TERMED} AND sampled LIMIT ?) AS s) AS sample "
    "CROSS JOIN LATERAL (SELECT count(*), string_agg(id_key, ' ') "
    f"FROM ({_TERMED} AND sample.count <= ? LIMIT ?) AS f) AS found"
)
"""The second part is not read where there are more in the sample."""
_BESIDE: Final = (
    "CROSS JOIN LATERAL (SELECT * FROM {table} WHERE scope_id = ? AND id_key = {of}.id_key OFFSET 0) AS {name} "
)
_ENTRIES: Final = (
    "string_to_table(?, ' ') AS c(id_key) "
    "CROSS JOIN LATERAL (SELECT * FROM search_entry WHERE scope_id = ? AND id_key = c.id_key OFFSET 0) AS e"
)
_TEXTS_BESIDE: Final = (
    " CROSS JOIN LATERAL (SELECT * FROM search_written WHERE scope_id = e.scope_id AND id_key = e.id_key OFFSET 0) AS w"
)
_CODES_BESIDE: Final = (
    " CROSS JOIN LATERAL (SELECT * FROM search_text WHERE scope_id = e.scope_id AND code = e.{column} OFFSET 0) AS t"
)


class Candidates(msgspec.Struct, frozen=True):
    """Opportunities that were found, by their keys."""

    count: int
    names: str

    def __len__(self) -> int:
        return self.count


class PostgresSearchIndex(SearchWalks):
    """The `SearchIndex` of one page. `entries`: about how many there are in the scope."""

    def __init__(
        self,
        connection: SqlReader,
        scope_id: int,
        question: Question,
        test: Test,
        after: Position | None,
        *,
        has_pending: bool,
        entries: int,
    ) -> None:
        super().__init__(connection, POSTGRES, scope_id, question, test, after, has_pending=has_pending)
        self._of_scope = scope_id
        self._entries = entries
        self._least: dict[Lead, int] = {}
        """Candidates that a lead has, or more, as far as is known."""

    def candidates(self, lead: Lead, most: int, *, patient: bool) -> Candidates | None:  # noqa: ARG002  # one look tells
        """See `SearchIndex.candidates`. A bitmap is read whole, so a sample tells first how large it is."""
        if self._least.get(lead, 0) > most:
            return None
        sampled, count, names = self._connection.row(*self._lead_query(lead, most))
        self._least[lead] = max(count, sampled * ENTRIES_OF_SAMPLE // DOUBT)
        return None if self._least[lead] > most else Candidates(count, names or "")

    def _lead_query(self, lead: Lead, most: int) -> Statement:
        """The statement that gives the count in the sample, that of candidates, and those."""
        if isinstance(lead, Termed) and self._entries >= WORTH_A_SAMPLE:
            there = (self._of_scope, self._match(lead))
            enough = most * DOUBT // ENTRIES_OF_SAMPLE
            return _NAMES_UNLESS_MANY, (*there, self._entries // ENTRIES_OF_SAMPLE, *there, enough, most + 1)
        queries = self._queries(lead)
        query = " UNION ".join(f"({query})" for query, _ in queries)
        return _NAMES.format(query=query), [*(value for _, values in queries for value in values), most + 1]

    def _queries(self, lead: Lead) -> list[tuple[str, list[Value]]]:
        """Those whose answers together are the candidates."""
        match lead:
            case Union(leads):
                return [query for part in leads for query in self._queries(part)]
            case Ranged(test):
                return [self._range_query(test)[:2]]
        return [(_TERMED, [self._of_scope, self._match(lead)])]

    def _match(self, lead: Termed) -> str:
        return f"{TSQUERY.term(term_of_scope(self._of_scope))} & {expression(lead.test, TSQUERY)}"

    def walk(self, most: int | None, wanted: int) -> tuple[Sequence[Hit], bool]:
        """See `SearchIndex.walk`."""
        return super().walk(None if most is None or self._walked + most >= self._entries else most, wanted)

    def _count(self, numbers: Numbers, most: int) -> int:
        """As many as there may be: if there are fewer, the next walk finds none, and the last one tells."""
        return most if len(self._walks) == 1 else super()._count(numbers, most)

    def best_of(self, candidates: Candidates, wanted: int) -> Sequence[Hit]:
        """See `SearchIndex.best_of`.

        Most candidates have the texts that led to them, so texts are first read in the asked order, as far as the page
        needs. Where few have, they are read in the order in which they stand.
        """
        if not candidates:
            return []
        first = WORTH_READING_IN_ORDER * wanted
        hits = self._hits(self._best_query(candidates, wanted, first))
        if len(hits) < wanted and len(candidates) > first and self._of_texts.parts and not self._is_by_text:
            hits = self._hits(self._best_query(candidates, wanted, None))
        return hits

    def _best_query(self, candidates: Candidates, wanted: int, first: int | None) -> Statement:
        """`first`: how many pass all but the conditions on texts before those are put to them."""
        texts = self._of_texts
        tables = _ENTRIES
        with_texts = self._is_by_text or (first is None and bool(texts.parts))
        if with_texts:
            tables += _TEXTS_BESIDE
            texts = Conditions()
        if self._field in CODED:
            tables += _CODES_BESIDE.format(column=COLUMNS[self._field])
        best = self._best(with_texts=with_texts)
        found = f"SELECT {', '.join(best.columns)} FROM {tables} WHERE {best.conditions}"
        shown, scopes = self._shown(f"SELECT * FROM found ORDER BY {best.order} LIMIT ?", len(best.columns) - 1, texts)
        return f"WITH found AS MATERIALIZED ({found}) {shown}", [
            *(candidates.names, self._scope_id, *best.bindings),
            *(first if texts.parts else wanted, *scopes, *texts.bindings, wanted),
        ]

    def _walk_query(self, numbers: Numbers, most: int | None, wanted: int) -> Statement:
        """See `SearchWalks._walk_query`."""
        both = self._of_numbers.before(self._of_texts)
        shown, scopes = self._shown(f"{numbers.query} LIMIT ? OFFSET ?", numbers.keys, both)
        return shown, [*numbers.bindings, most, self._walked, *scopes, *both.bindings, wanted]

    def _shown(self, numbers: str, width: int, conditions: Conditions) -> tuple[str, list[Value]]:
        """What is shown of those numbers which pass conditions, and `width` columns of their keys."""
        beside = [("search_written", "w"), ("opportunity_record", "r")]
        if "e" in conditions.tables:
            beside.insert(0, ("search_entry", "e"))
        tables = ""
        of = "n"
        for table, name in beside:
            tables += _BESIDE.format(table=table, of=of, name=name)
            of = name
        keys = [*[f"n.k{place}" for place in range(width)], "n.id_key"]
        where = f"WHERE {' AND '.join(conditions.parts)} " if conditions.parts else ""
        return (
            f"SELECT w.summary, r.record, {', '.join(keys)} FROM ({numbers}) AS n {tables}{where}LIMIT ?",
            [self._scope_id] * len(beside),
        )
