"""(v) Pages and creations over PostgreSQL, beside what a bare loop of psycopg reaches on the same server."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Any, Final

import psycopg

from bench.databases import ACCOUNT, CATALOG, fill
from bench.figures import Figure, at_least, at_most, ratio_of_rates, seconds_in_turn
from bench.over_http import CONNECTIONS, SECONDS_A_TURN, pages_a_second, rate_of, served
from bench.search import default_page
from bench.search_databases import MEMORY
from cosell.context import Scope
from cosell.engine import Engine
from cosell.rules.list.selector import Selector
from cosell.store.page_plan import plan
from cosell.store.postgres.page_sql import page_query
from cosell.store.postgres.sql_connection import in_dollars
from tests.postgres import Postgres

ACCOUNTS: Final = 100
REPEAT: Final = 50
DEFAULT: Final = Selector(
    sort_by="LastModifiedDate", descending=True, id_keys=(), companies=(), stages=(), review_statuses=(), ranges=()
)


def over_postgres(rows: int, small_rows: int, rounds: int) -> list[Figure]:
    """Pages first, since creations change the tables that they are read from."""
    server = Postgres(settings=MEMORY)
    try:
        large, small = server.new_database(), server.new_database()
        fill(large, rows)
        fill(small, small_rows)
        return [*_pages(large, small, rows, small_rows, rounds), *_creations(small, rounds)]
    finally:
        server.stop()


def _pages(large: str, small: str, rows: int, small_rows: int, rounds: int) -> list[Figure]:
    with closing(Engine.open(large)) as ours, closing(Engine.open(small)) as theirs:
        times = seconds_in_turn([partial(default_page, ours), partial(default_page, theirs)], rounds, REPEAT)
        scope_id = ours.store.scopes().index(Scope(ACCOUNT, CATALOG)) + 1
    with served(large) as url, _loop(large) as connection:
        statement, values = page_query(scope_id, plan(DEFAULT, None, lambda _, __: 0), 21)
        share, pages, statements = ratio_of_rates(
            lambda: pages_a_second(url), lambda: _a_second(connection, statement, values), rounds
        )
        with served(large, 1) as other:
            both, of_two, of_one = ratio_of_rates(lambda: _at_once(url, other), lambda: pages_a_second(url), rounds)
    return [
        at_most(
            f"default page over PostgreSQL, {rows:,} ÷ {small_rows:,} rows",
            times[0] / times[1],
            1.5,
            f"{times[0] * 1000:.3f} and {times[1] * 1000:.3f} ms, in process",
        ),
        at_least(
            f"default page over PostgreSQL at {rows:,} rows, one worker ÷ a bare loop of the same statement",
            share,
            0.5,
            f"{max(pages):,.0f} and {max(statements):,.0f} a second, {CONNECTIONS} connections and 1",
        ),
        Figure(
            "default pages of two servers ÷ one, over one PostgreSQL",
            f"{both:.2f}",
            detail=f"{max(of_two):,.0f} and {max(of_one):,.0f} a second; load and database share the processors",
        ),
    ]


def _creations(url: str, rounds: int) -> list[Figure]:
    runs = itertools.count()

    def create(accounts: int) -> float:
        environment = {"BENCH_KEY": ACCOUNT, "BENCH_RUN": f"run-{next(runs)}", "BENCH_ACCOUNTS": str(accounts)}
        return rate_of(server, "bench/create.lua", CONNECTIONS, **environment)

    figures = []
    with served(url) as server, _loop(url) as connection:
        connection.execute(b"CREATE TABLE bare (number bigserial PRIMARY KEY, text text NOT NULL)")
        for accounts, target, whose in ((0, 1.0, "one account"), (ACCOUNTS, 2.0, f"{ACCOUNTS} accounts")):
            create(accounts)
            ratio, creations, commits = ratio_of_rates(
                partial(create, accounts),
                lambda: _a_second(connection, "INSERT INTO bare (text) VALUES (?)", ["x" * 900]),
                rounds,
            )
            figures.append(
                at_least(
                    f"CreateOpportunity over PostgreSQL, {whose} ÷ bare durable commit of one row",
                    ratio,
                    target,
                    f"{max(creations):,.0f} and {max(commits):,.0f} a second, {CONNECTIONS} connections and 1",
                )
            )
    return figures


@contextmanager
def _loop(url: str) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(url, autocommit=True, prepare_threshold=1, cursor_factory=psycopg.RawCursor) as connection:
        yield connection


def _a_second(connection: "psycopg.Connection[Any]", statement: str, values: list[Any]) -> float:
    """How often a statement is carried out in a second, one after the other."""
    cursor = psycopg.RawCursor(connection)
    text = in_dollars(statement)
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS_A_TURN:
        cursor.execute(text, values, binary=True)
        if cursor.description is not None:
            cursor.fetchall()
        count += 1
    return count / (time.perf_counter() - started)


def _at_once(*urls: str) -> float:
    """Default pages that several servers answer in a second, all at the same time."""
    rates: list[float] = []
    with ExitStack() as stack:
        for url in urls:
            thread = threading.Thread(target=lambda url=url: rates.append(pages_a_second(url)))
            thread.start()
            stack.callback(thread.join)
    return sum(rates)
