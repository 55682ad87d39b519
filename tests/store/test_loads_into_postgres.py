"""Large loads into PostgreSQL leave what the same opportunities leave when they come one by one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from cosell.context import Scope
from cosell.engine import Engine
from cosell.store.opportunity import StoredOpportunity
from cosell.store.postgres import PostgresStore
from cosell.store.postgres import store as store_module
from tests.conftest import ACCOUNT, OTHER_ACCOUNT
from tests.postgres import Postgres
from tests.store.caller import record, stored_form

MINE, THEIRS = Scope(ACCOUNT, "Sandbox"), Scope(OTHER_ACCOUNT, "AWS")
DAY_MS = 24 * 60 * 60 * 1000
EVERYTHING = ("zone", "opportunity", "opportunity_record")

Opened = Callable[[], PostgresStore]


@pytest.fixture
def opened(postgres: Postgres) -> Iterator[Opened]:
    """Opens new, empty databases."""
    with ExitStack() as stack:

        def open_one() -> PostgresStore:
            engine = Engine.open(postgres.new_schema())
            stack.callback(engine.close)
            assert isinstance(engine.store, PostgresStore)
            return engine.store

        yield open_one


def some(count: int, first: int = 0) -> list[StoredOpportunity]:
    return [
        stored_form(record(f"O{number}", last_modified_ms=number * DAY_MS // 7))
        for number in range(995 + first, 995 + first + count)
    ]


def load(store: PostgresStore, expected: int, *batches: tuple[Scope, list[StoredOpportunity]]) -> None:
    with store.bulk_load([MINE, THEIRS], expected) as transactions:
        for scope, opportunities in batches:
            transactions[scope].insert(opportunities)


def rows_of(store: PostgresStore, table: str) -> list[Any]:
    """All rows of a table, with the names of their scopes."""
    with store._connection() as connection:
        return sorted(connection.rows(f"SELECT account, {table}.* FROM {table} JOIN scope USING (scope_id)"))


def test_what_is_made_at_the_end_is_what_grows_row_by_row(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    slowly, at_once = opened(), opened()
    for opportunity in some(60):
        with slowly.write(MINE) as tx:
            tx.insert([opportunity])
    with slowly.write(THEIRS) as tx:
        tx.insert(some(5))
    monkeypatch.setattr(store_module, "WORTH_MAKING_ANEW", 1)
    load(at_once, 65, (MINE, some(60)), (THEIRS, some(5)))
    for table in EVERYTHING:
        assert rows_of(at_once, table) == rows_of(slowly, table)
        assert rows_of(at_once, table)


def test_whoever_follows_the_changes_begins_anew_after_a_large_load(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    with store.write(MINE) as tx:
        before = tx.step(None).reached
    monkeypatch.setattr(store_module, "WORTH_MAKING_ANEW", 1)
    load(store, 60, (MINE, some(60)))
    with store.read(MINE) as reading:
        step = reading.step(before)
        assert step.begins
        assert len(step.found) == 60


def test_a_load_beside_others_keeps_their_history(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened()
    load(store, 1, (MINE, some(5)))
    with store.write(MINE) as tx:
        before = tx.step(None).reached
    monkeypatch.setattr(store_module, "WORTH_MAKING_ANEW", 1)
    load(store, 60, (MINE, some(60, first=5)))
    with store.read(MINE) as reading:
        assert not reading.step(before).begins
        assert reading.count() == 65


@pytest.mark.parametrize("worth", [1, 1000])
def test_an_identifier_that_comes_twice_undoes_all(opened: Opened, monkeypatch: pytest.MonkeyPatch, worth: int) -> None:
    store = opened()
    monkeypatch.setattr(store_module, "WORTH_MAKING_ANEW", worth)
    with pytest.raises(KeyError, match="1010"):
        load(store, 60, (THEIRS, some(5)), (MINE, some(60)), (MINE, some(60, first=15)))
    assert [rows_of(store, table) for table in EVERYTHING] == [[], [], []]
    load(store, 60, (MINE, some(60)))


def test_the_planner_knows_at_once_what_was_loaded(opened: Opened) -> None:
    store = opened()
    load(store, store_module.WORTH_NEW_STATISTICS, (MINE, some(60)))
    with store._connection() as connection:
        known = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'opportunity'::regclass"
        assert connection.value(known) == 60


def test_a_load_may_take_longer_than_any_request(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened()
    with store.bulk_load([MINE], 60) as transactions:
        transactions[MINE].insert(some(60))
        assert store._writer is not None
        assert store._writer.value("SELECT current_setting('statement_timeout')") == "0"
        assert store._writer.value("SELECT current_setting('idle_in_transaction_session_timeout')") == "0"
    with store.write(MINE):
        assert store._writer.value("SELECT current_setting('statement_timeout')") != "0"
