"""(n) What the index of searches costs: bytes of the file, bytes of the log for a creation, memory of a worker."""

import urllib.request
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

from bench.changes import bytes_logged, copied
from bench.databases import seeded
from bench.figures import Figure, at_most
from bench.processes import resident_mb, served_alone
from cosell.engine import Engine
from cosell.store.search import FED_AT_ONCE

OF_SEARCH: Final = "search_*"
"""The names of tables, indexes and triggers that are there for searches alone."""


def growth_of_file(database: Path, rows: int) -> Figure:
    """Bytes of a file, by those of what there is for others than searches."""
    query = "SELECT sum(pgsize), sum(pgsize) FILTER (WHERE name NOT GLOB ?) FROM dbstat('main', TRUE)"
    with closing(apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        ((everything, others),) = connection.execute(query, (OF_SEARCH,))
    detail = f"{everything / rows:,.0f} and {others / rows:,.0f} bytes a row"
    return at_most(
        f"bytes of the file, {rows:,} rows ÷ those without the index of searches", everything / others, 1.35, detail
    )


def growth_of_log(rows: int) -> list[Figure]:
    """Bytes that a creation writes to the log, by what it writes where no index of searches is kept."""
    without = copied(seeded(rows), "log-without-search.db")
    with closing(apsw.Connection(str(without))) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name GLOB ?", (OF_SEARCH,)
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
    bare = bytes_logged(without, _nothing)
    together = bytes_logged(copied(seeded(rows), "log-fed-together.db"), _feed_many_at_once)
    alone = bytes_logged(copied(seeded(rows), "log-fed-alone.db"), _feed)
    name = "bytes in the log for each creation ÷ those without the index of searches"
    return [
        at_most(f"{name}, {FED_AT_ONCE} entries at once", together / bare, 1.2, f"{together:,.0f} and {bare:,.0f}"),
        Figure(f"{name}, each entry by itself", f"{alone / bare:.2f}", detail=f"{alone:,.0f} and {bare:,.0f}"),
    ]


def memory_of_searches(database: Path, rows: int, requests: Iterable[tuple[dict[bytes, bytes], bytes]]) -> Figure:
    """Resident memory of a worker that has answered all of the requests."""
    count = 0
    with served_alone(database) as (process, url):
        for headers, body in requests:
            asked = urllib.request.Request(
                url, body, {name.decode(): value.decode() for name, value in headers.items()}
            )
            urllib.request.urlopen(asked).close()
            count += 1
        resident = resident_mb(process)
    return at_most(f"resident memory over {rows:,} rows after {count:,} searches, MB", resident, 150)


def _nothing(_: Engine, __: int) -> None:
    """Nothing is fed where nothing is pending."""


def _feed(engine: Engine, _: int) -> None:
    engine.store.feed_search(FED_AT_ONCE)


def _feed_many_at_once(engine: Engine, number: int) -> None:
    if (number + 1) % FED_AT_ONCE == 0:
        _feed(engine, number)
