"""(s) Pages of SearchOpportunities over PostgreSQL beside the same pages over SQLite.

Both hold the same rows, and up to the hundredth page they must find the same, in the same order.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Final

import msgspec

from bench.databases import CATALOG, fill, seeded
from bench.duckdb_table import opened
from bench.figures import Figure, at_most, seconds_in_turn
from bench.search import SLOW_SECONDS, Pages, default_page, search
from bench.search_questions import questions
from bench.search_values import Values
from bench.tags_and_views import add_tags_and_views
from cosell.engine import Engine
from cosell.store.search import FED_AT_ONCE
from tests.postgres import Postgres

REPEAT: Final = 5
MEMORY: Final = {"shared_buffers": "1GB", "fsync": "on", "full_page_writes": "on", "max_wal_size": "4GB"}
"""Settings of a server that has room for the table."""


class Pair(msgspec.Struct, frozen=True):
    """A page of a question, and its seconds over both databases."""

    name: str
    sqlite: float
    postgres: float

    @property
    def ratio(self) -> float:
        """How many times as long PostgreSQL takes."""
        return self.postgres / self.sqlite


def searches_over_databases(rows: int, rounds: int) -> tuple[list[Figure], list[Pair]]:
    """All pairs, and the figures that they come to."""
    database = seeded(rows)
    add_tags_and_views(str(database))
    with _server() as url:
        fill(url, rows)
        add_tags_and_views(url)
        with (
            closing(opened(database.with_suffix(".duckdb"), database)) as connection,
            closing(Engine.open(str(database))) as ours,
            closing(Engine.open(url)) as theirs,
        ):
            for engine in (ours, theirs):
                while engine.store.feed_search(FED_AT_ONCE):
                    pass
            pairs = [
                pair
                for question in questions(Values(connection))
                for pair in _pairs(ours, theirs, question.name, {"Catalog": CATALOG, **question.request}, rounds)
            ]
            default = _in_turn([partial(default_page, ours), partial(default_page, theirs)], rounds)
    return figures_of(pairs, Pair("the default page of a list", *default), rows), pairs


def figures_of(pairs: list[Pair], default: Pair, rows: int) -> list[Figure]:
    """The median and the worst of the pairs."""
    worst = max(pairs, key=lambda pair: pair.ratio)
    name = f"page of a search, {rows:,} rows: PostgreSQL ÷ SQLite"
    medians = [statistics.median(getattr(pair, side) for pair in pairs) * 1000 for side in ("postgres", "sqlite")]
    return [
        at_most(
            f"{name}, the median of {len(pairs)} cells",
            statistics.median(pair.ratio for pair in pairs),
            3,
            f"{medians[0]:.3f} and {medians[1]:.3f} ms; the default page of a list: {default.ratio:.2f}",
        ),
        Figure(f"{name}, the worst cell", f"{worst.ratio:.1f}", detail=_told(worst)),
        Figure(
            f"{name}, the cell that takes longest",
            f"{max(pairs, key=lambda pair: pair.postgres).ratio:.1f}",
            detail=_told(max(pairs, key=lambda pair: pair.postgres)),
        ),
    ]


def table_of_pairs(pairs: list[Pair]) -> str:
    """Each page with its milliseconds."""
    lines = ["| page of a search | SQLite, ms | PostgreSQL, ms | ÷ |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {pair.name} | {pair.sqlite * 1000:.3f} | {pair.postgres * 1000:.3f} | {pair.ratio:.1f} |" for pair in pairs
    ]
    return "\n".join(lines) + "\n"


def _told(pair: Pair) -> str:
    return f"{pair.name}: {pair.postgres * 1000:.2f} and {pair.sqlite * 1000:.2f} ms"


@contextmanager
def _server() -> Iterator[str]:
    server = Postgres(settings=MEMORY)
    try:
        yield server.new_database()
    finally:
        server.stop()


def _pairs(ours: Engine, theirs: Engine, name: str, request: dict[str, object], rounds: int) -> Iterator[Pair]:
    found, deep = Pages(ours).hundred(request)
    there, deep_there = Pages(theirs).hundred(request)
    assert found == there, f"{name}: PostgreSQL finds others than SQLite: {request}"
    pages = [("first", request, request)]
    if deep is not None and deep_there is not None:
        pages.append(("100th", deep, deep_there))
    for page, of_ours, of_theirs in pages:
        actions: list[Callable[[], object]] = [
            partial(search, engine, msgspec.json.encode(asked))
            for engine, asked in ((ours, of_ours), (theirs, of_theirs))
        ]
        yield Pair(f"{page} page of {name}", *_in_turn(actions, rounds))


def _in_turn(actions: list[Callable[[], object]], rounds: int) -> list[float]:
    return seconds_in_turn(actions, rounds, REPEAT, slow=SLOW_SECONDS)
