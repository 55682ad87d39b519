"""The index of searches in PostgreSQL, where several processes feed it, and others write meanwhile."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic
from typing import Any

import psycopg
import pytest

from cosell.engine import Engine
from cosell.rules.search.question import Question
from cosell.store import search
from cosell.store.access import Access
from cosell.store.interface import StoreBusy
from cosell.store.patience import waiting_until
from cosell.store.postgres import connecting, connections, search_moment, search_reading, search_upkeep
from cosell.store.postgres.search_feeding import begin_anew
from cosell.store.postgres.search_moment import one_search
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.search_leads import Lead
from tests.postgres import Postgres
from tests.search import oracle
from tests.search.oracle import Row
from tests.search.partner import Partner
from tests.search.test_answers import rounds
from tests.search.test_index import FEEDING, HERON, clear, feed, found, pending, titled
from tests.store.caller import record


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.new_schema()


@pytest.fixture
def deals(url: str) -> Iterator[Partner]:
    """A partner alone with a database."""
    engine = Engine.open(url)
    yield Partner(engine)
    engine.close()


@pytest.fixture
def database(url: str, deals: Partner) -> Iterator["psycopg.Connection[Any]"]:
    """Another connection to it."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def many(count: int) -> list[Row]:
    return [titled(f"O{number}", f"heron {number}") for number in range(1, count + 1)]


HOLD = "SELECT 1 FROM scope WHERE account = %s FOR UPDATE"


def test_accounts_are_fed_while_somebody_writes_to_another_one(
    deals: Partner, database: "psycopg.Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_upkeep, "PATIENCE_MS", 1)
    other = Partner(deals.engine, "222222222222")
    for partner in (deals, other):
        partner.put_rows(many(3))
    with database.transaction():
        database.execute(HOLD, (deals.scope.account,))
        feed(deals)
        assert pending(deals) == 3, "those of the other account are fed"
        assert (len(found(deals, **HERON)), len(found(other, **HERON))) == (3, 3)
    feed(deals)
    assert pending(deals) == 0


def test_a_search_does_without_an_index_that_another_writer_keeps_from_being_fed(
    deals: Partner, database: "psycopg.Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_upkeep, "CATCH_UP_S", 0)
    deals.put_rows(many(search.MOST_JUDGED + 1))
    with database.transaction():
        database.execute(HOLD, (deals.scope.account,))
        assert found(deals, Keyword="heron 77") == ["O77"]
    assert pending(deals) == search.MOST_JUDGED + 1


def test_a_search_judges_everything_where_the_index_cannot_be_fed(url: str, deals: Partner) -> None:
    deals.put_rows(many(search.MOST_JUDGED + 1))
    with closing(Engine.open(url, access=Access.READ)) as reader:
        assert found(Partner(reader), Keyword="heron 77") == ["O77"]
    assert pending(deals) == search.MOST_JUDGED + 1


def test_an_index_that_other_rules_have_made_is_made_anew(
    url: str, deals: Partner, database: "psycopg.Connection[Any]"
) -> None:
    deals.put_rows([titled("O1", "heron"), titled("O2", "owl")])
    feed(deals)
    database.execute("UPDATE search_written SET partner_project_title_folded = 'rubbish'")
    database.execute("UPDATE search_reading SET reading = '1 0.0.0'")
    assert found(deals, **HERON) == ["O1"], "nothing of it counts"
    assert deals.engine.store.feed_search(5) == 0, "nor is it mixed with other rules'"
    with closing(Engine.open(url)) as engine:
        again = Partner(engine)
        assert pending(again) == 2
        feed(again)
        assert found(again, **HERON) == ["O1"]


def test_who_makes_an_index_anew_waits_for_those_who_search_in_it(
    deals: Partner, database: "psycopg.Connection[Any]"
) -> None:
    deals.put_rows([titled("O1", "heron")])
    feed(deals)
    connections = deals.engine.store.connections  # type: ignore[attr-defined]
    searching, emptying = connections.open(), connections.open()
    database.execute("UPDATE search_reading SET reading = '1 0.0.0'")
    with ThreadPoolExecutor() as threads:
        with one_search(searching, None, writing=False) as reader:
            emptying.begin()
            done = threads.submit(begin_anew, emptying)
            while not database.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                assert not done.done()
            assert reader.value("SELECT count(*) FROM search_entry") == 1
        done.result(timeout=30)
        emptying.commit()
    assert searching.value("SELECT count(*) FROM search_entry") == 0
    assert found(deals, **HERON) == ["O1"]
    feed(deals)
    emptying.begin()
    begin_anew(emptying)  # another process has seen the former reading, and is too late
    emptying.commit()
    assert pending(deals) == 0
    for connection in (searching, emptying):
        connection.close()


def test_nothing_is_left_of_what_was_reset(deals: Partner, database: "psycopg.Connection[Any]") -> None:
    deals.put_rows([Row(record("O1", Project={"Title": "heron"}), {"team": "heron"}, None)])
    feed(deals)
    clear(deals)
    feed(deals)
    left = [
        database.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        for table in ("search_entry", "search_written", "search_terms", "search_pending")
    ]
    assert left == [(0,)] * 4


def test_what_is_created_writes_nothing_for_the_index(deals: Partner, database: "psycopg.Connection[Any]") -> None:
    deals.put_rows([titled("O1", "heron")])
    feed(deals)
    deals.create("new", Project={"Title": "heron"})
    assert database.execute("SELECT count(*) FROM search_pending").fetchone() == (0,)
    assert (pending(deals), len(found(deals, **HERON))) == (1, 2)


def test_what_no_index_takes_is_found_all_the_same(deals: Partner, database: "psycopg.Connection[Any]") -> None:
    long = "\U00020000" * 380
    deals.put_rows(
        [
            Row(record("O1", Project={"Title": "heron"}), {long: "b"}, None),
            Row(record("O2", Project={"Title": "heron", "OtherCompetitorNames": "x"}), {"a": "b"}, None),
            titled("O3", "h" * 60_000),
            titled("O4", "\U00020000" * 700),
        ]
    )
    feed(deals)
    assert pending(deals) == 0
    assert database.execute("SELECT count(*) FROM search_entry").fetchone() == (1,)
    requests: list[dict[str, Any]] = [
        HERON,
        {"Keyword": "h" * 200},
        {"Keyword": "\U00020000" * 3},
        {"Filter": {"ContainsAny": {"Key": "Tags", "Value": {"StringValue": long[:200]}}}},
        {"Sort": {"SortBy": "Tags", "SortOrder": "DESCENDING"}},
        {"Sort": {"SortBy": "PartnerProjectTitle", "SortOrder": "ASCENDING"}},
    ]
    for request in requests:
        assert deals.walk(request, [2]) == oracle.answer(deals.rows(), request)
    deals.put_tags("O1", {"a": "b"})
    feed(deals)
    assert database.execute("SELECT count(*) FROM search_entry").fetchone() == (2,), "as soon as one does"
    assert sorted(found(deals, **HERON)) == ["O1", "O2"]


def test_what_a_sample_knows_to_be_frequent_is_not_looked_up(deals: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_reading, "WORTH_A_SAMPLE", 0)
    looked_up: list[bool] = []
    candidates = search_reading.PostgresSearchIndex.candidates

    def noted(index: search_reading.PostgresSearchIndex, lead: Lead, most: int, *, patient: bool) -> Any:
        found = candidates(index, lead, most, patient=patient)
        looked_up.append(found is not None)
        return found

    monkeypatch.setattr(search_reading.PostgresSearchIndex, "candidates", noted)
    deals.put_rows([titled(f"O{number}", f"heron {number}") for number in range(1, 1_500)])
    feed(deals)
    no_1 = {"NotFilter": {"ContainsAny": {"Key": "PartnerProjectTitle", "Value": {"StringValue": "1"}}}}
    request = {"Keyword": "heron", "Filter": no_1}
    expected = oracle.answer(deals.rows(), request)
    with rounds("a little of each"):
        assert deals.walk(request, [100]) == expected
    assert looked_up
    assert not any(looked_up)
    assert found(deals, Keyword="heron 777") == ["O777"]
    assert looked_up[-1]


def test_statements_of_a_search_end_by_the_deadline(deals: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_moment, "SLACK_S", -1)
    connection = deals.engine.store.connections.open()  # type: ignore[attr-defined]
    before = connection.value("SHOW statement_timeout")

    def search_for_long() -> None:
        with one_search(connection, monotonic() + 0.2, writing=False) as reader:
            assert (reader.value("SELECT 1"), reader.row("SELECT 2")) == (1, (2,))
            reader.rows("SELECT pg_sleep(30)")

    with pytest.raises(StoreBusy, match="not done in time"):
        search_for_long()
    assert connection.is_usable
    assert connection.value("SHOW statement_timeout") == before
    connection.close()


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_a_server_that_goes_in_the_midst_of_a_search_is_told_as_what_it_is(postgres: Postgres, writing: bool) -> None:
    url = postgres.new_database()
    with closing(Engine.open(url)) as engine:
        connection = engine.store.connections.open()  # type: ignore[attr-defined]
        if writing:
            connection.begin()

        def search_on() -> None:
            with one_search(connection, None, writing=writing) as reader:
                postgres.end_connections(url)
                reader.value("SELECT 1")

        with pytest.raises(psycopg.OperationalError):
            search_on()
        assert connection.connection.closed


def test_a_search_behind_a_pooler_sees_what_it_has_fed(
    url: str, deals: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    deals.put_rows(many(search.MOST_JUDGED + 1))
    direct: list[PostgresConnection] = []

    def opened_through_a_pooler(url: str) -> PostgresConnection:
        direct.append(connecting.opened(url))
        return PostgresConnection(direct[-1].connection, connecting._FOR_A_TRANSACTION)

    monkeypatch.setattr(connections, "opened", opened_through_a_pooler)
    with closing(Engine.open(url)) as engine:
        pooled = Partner(engine)
        with engine.store.read(pooled.scope) as tx:
            question = Question("Stage", False, "heron 77", None)
            assert len(tx.search(question, None, 5).summaries) == 1
            assert tx.count() == search.MOST_JUDGED + 1
        assert pending(pooled) == 0
        assert found(pooled, Keyword="heron 78") == ["O78"]


def test_a_search_that_is_late_in_a_writing_transaction_leaves_it_whole(deals: Partner) -> None:
    deals.put_rows([titled("O1", "heron")])
    with deals.engine.store.write(deals.scope) as tx:
        tx.put_tags("opportunity/O1", {"team": "blue"})
        with pytest.raises(StoreBusy), waiting_until(0):
            tx.search(Question("Tags", False, "heron", None), None, 5)
    assert found(deals, Keyword="heron") == ["O1"]
    assert deals.rows()[0].tags == {"team": "blue"}


@pytest.mark.parametrize("batches", [2])
def test_a_killed_feeding_leaves_nothing_half(url: str, deals: Partner, batches: int) -> None:
    deals.put_rows(many(40))
    feeding = subprocess.Popen([sys.executable, "-c", FEEDING, url], stdout=subprocess.PIPE)
    assert feeding.stdout is not None
    for _ in range(batches):
        feeding.stdout.readline()
    feeding.kill()
    feeding.communicate(timeout=30)
    assert pending(deals) <= 40 - 3 * batches
    for _ in range(2):
        assert deals.walk(HERON, [7]) == oracle.answer(deals.rows(), HERON)
        feed(deals)


def test_several_feed_at_once_and_everything_is_fed_once(url: str, deals: Partner) -> None:
    partners = [Partner(deals.engine, f"{number:012d}") for number in range(1, 5)]
    for partner in partners:
        partner.put_rows(many(30))
    engines = [Engine.open(url) for _ in range(3)]

    def feed_all(engine: Engine) -> int:
        return sum(iter(lambda: engine.store.feed_search(7), 0))

    with ThreadPoolExecutor() as threads:
        fed = sum(threads.map(feed_all, engines))
    feed(deals)
    assert fed <= 120
    assert pending(deals) == 0
    for partner in partners:
        assert len(partner.walk(HERON, [100])) == 30
    for engine in engines:
        engine.close()


def test_what_changes_while_it_is_fed_is_fed_again(url: str, deals: Partner) -> None:
    deals.put_rows(many(20))
    stop: list[bool] = []

    def feed_on() -> None:
        with closing(Engine.open(url)) as engine:
            while not stop:
                engine.store.feed_search(3)

    with ThreadPoolExecutor() as threads:
        feeding = threads.submit(feed_on)
        try:
            for turn in range(3):
                for number in range(1, 21):
                    deals.replace(f"O{number}", Project={"Title": f"owl {turn}"})
        finally:
            stop.append(True)
        feeding.result(timeout=30)
    feed(deals)
    assert (pending(deals), len(found(deals, Keyword="owl 2", MaxResults=100)), found(deals, **HERON)) == (0, 20, [])
