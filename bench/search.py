"""(n) Pages of SearchOpportunities beside the default page of a list, and beside DuckDB over the same rows.

A cell is the first or the hundredth page of one question. Its rows are only worth their time if they are the right
ones: up to the hundredth page, all identifiers must be those that DuckDB finds, in the same order.
"""

import statistics
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec

from bench.databases import CATALOG, seeded
from bench.duckdb_sql import Request, order_of, page_query
from bench.duckdb_table import opened
from bench.figures import Figure, at_least, at_most, seconds, seconds_in_turn
from bench.pages import HEADERS
from bench.search_costs import growth_of_file, growth_of_log, memory_of_searches
from bench.search_questions import Question, questions
from bench.search_values import Values
from bench.tags_and_views import add_tags_and_views
from cosell import flow
from cosell.engine import Engine
from cosell.rules.identifiers import identifier_of
from cosell.store.search import FED_AT_ONCE

SEARCH: Final = HEADERS | {b"x-amz-target": b"AWSPartnerCentralSelling.SearchOpportunities"}
DEFAULT: Final = msgspec.json.encode({"Catalog": CATALOG})
OK: Final = 200
A_PAGE: Final = 20
BEFORE_DEEP: Final = 99 * A_PAGE
MOST_AT_ONCE: Final = 100
REPEAT: Final = 5
SLOW_SECONDS: Final = 0.05
"""A page that takes longer is not repeated within its turn."""
NAMED_FROM: Final = 150
"""A cell that takes so many times the default page is named."""


def search(engine: Engine, body: bytes) -> flow.Answer:
    """The answer to a SearchOpportunities request."""
    return flow.answer(engine, flow.Call("POST", "/", dict(SEARCH), body))


def default_page(engine: Engine) -> flow.Answer:
    """The answer to a ListOpportunities request that asks for nothing in particular."""
    return flow.answer(engine, flow.Call("POST", "/", dict(HEADERS), DEFAULT))


class Cell(msgspec.Struct, frozen=True):
    """The first or the hundredth page of a question, its request, its seconds and those of what it stands beside."""

    question: str
    page: str
    body: bytes
    ours: float
    default: float
    duckdb: float

    @property
    def by_default(self) -> float:
        """How many times as long as the default page it takes."""
        return self.ours / self.default

    @property
    def by_duckdb(self) -> float:
        """How many times as long DuckDB takes."""
        return self.duckdb / self.ours

    @property
    def name(self) -> str:
        """The cell in words."""
        return f"{self.page} page of {self.question}"


def search_times(rows: int, small_rows: int, rounds: int) -> tuple[list[Figure], list[Cell]]:
    """All cells, and the figures that they come to."""
    database = seeded(rows)
    cells = cells_over(database, rounds)
    return [
        *figures_of(cells, rows),
        growth_of_file(database, rows),
        *growth_of_log(small_rows),
        memory_of_searches(database, rows, ((SEARCH, cell.body) for cell in cells)),
    ], cells


def cells_over(database: Path, rounds: int, repeat: int = REPEAT) -> list[Cell]:
    """All cells over a seeded database, whose index of searches is fed. Raises AssertionError for a wrong page."""
    add_tags_and_views(str(database))
    with (
        closing(opened(database.with_suffix(".duckdb"), database)) as connection,
        closing(Engine.open(str(database))) as engine,
    ):
        while engine.store.feed_search(FED_AT_ONCE):
            pass
        sides = _Sides(engine, connection, rounds, repeat)
        return [cell for question in questions(Values(connection)) for cell in sides.cells(question)]


def table_of_searches(cells: list[Cell]) -> str:
    """Each question's pages: milliseconds, times the default page, and how many times as long DuckDB takes."""
    lines = [
        "Milliseconds of a search's page, in process, beside the default page and beside DuckDB; `–`: no 100 pages.",
        "",
        "| question | first page | ÷ default | DuckDB ÷ | 100th page | ÷ default | DuckDB ÷ |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    by_page = {(cell.question, cell.page): cell for cell in cells}
    for question in dict.fromkeys(cell.question for cell in cells):
        columns = [_columns(by_page.get((question, page))) for page in ("first", "100th")]
        lines.append(f"| {question} | {' | '.join(columns)} |")
    return "\n".join(lines) + "\n"


def _columns(cell: Cell | None) -> str:
    if cell is None:
        return "– | – | –"
    return f"{cell.ours * 1000:.3f} | {cell.by_default:.1f} | {cell.by_duckdb:.1f}"


def figures_of(cells: list[Cell], rows: int) -> list[Figure]:
    """The median and the worst of the cells, beside the default page and beside DuckDB."""
    worst = max(cells, key=lambda cell: cell.by_default)
    least = min(cells, key=lambda cell: cell.by_duckdb)
    named = [cell.name for cell in cells if cell.by_default > NAMED_FROM]
    slower = [cell.name for cell in cells if cell.by_duckdb < 1]
    name = f"page of a search, {rows:,} rows"
    default_ms = statistics.median(cell.default for cell in cells) * 1000
    return [
        at_most(
            f"{name} ÷ the default page: the median of {len(cells)} cells",
            statistics.median(cell.by_default for cell in cells),
            8,
            f"the default page: {default_ms:.3f} ms",
        ),
        at_most(f"{name} ÷ the default page: the worst cell", worst.by_default, 500, worst.name),
        Figure(f"cells above {NAMED_FROM} times the default page", str(len(named)), detail="; ".join(named)),
        at_least(f"DuckDB ÷ {name}: the median", statistics.median(cell.by_duckdb for cell in cells), 50),
        at_least(f"DuckDB ÷ {name}: the worst cell", least.by_duckdb, 1, "; ".join(slower) or least.name),
    ]


class Pages:
    """The pages of a question, one after the other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def hundred(self, request: Request) -> tuple[list[str], Request | None]:
        """The identifiers on them, and the request of the hundredth; None where there are fewer."""
        found: list[str] = []
        while len(found) < BEFORE_DEEP:
            asked = request | {"MaxResults": min(MOST_AT_ONCE, BEFORE_DEEP - len(found))}
            page, token = self._page(asked)
            found += page
            if token is None:
                return found, None
            request = request | {"NextToken": token}
        return found + self._page(request)[0], request

    def _page(self, request: Request) -> tuple[list[str], str | None]:
        answer = search(self._engine, msgspec.json.encode(request))
        said = msgspec.json.decode(answer.body)
        assert answer.status == OK, said
        return [summary["Id"] for summary in said["OpportunitySearchSummaries"]], said.get("NextToken")


class _Sides:
    """cosell and DuckDB, each with the same rows."""

    def __init__(self, engine: Engine, connection: duckdb.DuckDBPyConnection, rounds: int, repeat: int) -> None:
        self._engine = engine
        self._duckdb = connection
        self._rounds = rounds
        self._repeat = repeat

    def cells(self, question: Question) -> list[Cell]:
        """The cells of a question. Raises AssertionError where the sides do not find the same."""
        request: Request = {"Catalog": CATALOG, **question.request}
        found, deep = Pages(self._engine).hundred(request)
        theirs = self._rows(page_query(request, BEFORE_DEEP + A_PAGE))
        assert found == [identifier_of(key) for key, _ in theirs], f"{question.name}: DuckDB finds others: {request}"
        cells = [self._cell(question.name, "first", request, [page_query(request, A_PAGE)])]
        if deep:
            cells.append(self._cell(question.name, "100th", deep, self._ways_to_deep_page(request)))
        return cells

    def _ways_to_deep_page(self, request: Request) -> list[str]:
        """Over the rows before it, or from the position of the last of them on."""
        columns, _ = order_of(request)
        before = page_query(request, 1, columns=columns, skip=BEFORE_DEEP - 1)
        (position,) = self._rows(before)
        ways = [page_query(request, A_PAGE, skip=BEFORE_DEEP)]
        return ways if None in position else [*ways, page_query(request, A_PAGE, behind=position)]

    def _cell(self, question: str, page: str, request: Request, ways: list[str]) -> Cell:
        """Of DuckDB's ways to a page the faster one counts."""
        prepared = [self._prepared(f"way_{number}", way) for number, way in enumerate(ways)]
        body = msgspec.json.encode(request)
        actions: list[Callable[[], object]] = [
            partial(default_page, self._engine),
            partial(search, self._engine, body),
            min(prepared, key=seconds),
        ]
        default, ours, theirs = seconds_in_turn(actions, self._rounds, self._repeat, slow=SLOW_SECONDS)
        return Cell(question, page, body, ours, default, theirs)

    def _prepared(self, name: str, query: str) -> Callable[[], object]:
        self._rows(f"PREPARE {name} AS {query}")
        return partial(self._rows, f"EXECUTE {name}")

    def _rows(self, query: str) -> list[Any]:
        return self._duckdb.execute(query).fetchall()
