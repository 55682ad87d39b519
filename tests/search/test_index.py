"""The index that searches read is behind what is written, and nobody notices: whatever has become of it."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell.datasets.seed import seed
from cosell.engine import Engine
from cosell.store import search, search_index
from cosell.store.access import Access
from cosell.store.patience import waiting_until
from cosell.store.postgres import search_upkeep as postgres_upkeep
from cosell.store.postgres import store as postgres_store
from cosell.store.sqlite import connection, search_rows, search_upkeep, store
from tests.search import oracle
from tests.search.oracle import Row
from tests.search.partner import Partner
from tests.search.questions import changes, data_sets, requests, views
from tests.search.test_answers import ALL_ROUNDS, rounds
from tests.store.caller import NOON_MS, Refused, record

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
HERON: dict[str, Any] = {"Keyword": "heron"}
BEFORE = 9
"""Migrations of the version before there was an index."""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "deals.db")


@pytest.fixture
def deals(path: str) -> Iterator[Partner]:
    """A partner alone with a file."""
    engine = Engine.open(path)
    yield Partner(engine)
    engine.close()


@pytest.fixture(params=["memory", "file", "postgres"])
def anywhere(request: pytest.FixtureRequest, path: str) -> Iterator[Partner]:
    """A partner alone with a database."""
    if request.param == "postgres":
        path = request.getfixturevalue("postgres").new_schema()
    engine = Engine.open(":memory:" if request.param == "memory" else path)
    yield Partner(engine)
    engine.close()


def pending(partner: Partner) -> int:
    return partner.engine.store.pending_in_search()


def feed(partner: Partner) -> None:
    while partner.engine.store.feed_search(1_000):
        pass


def found(partner: Partner, **request: Any) -> list[str]:
    """The identifiers of what is found."""
    return [summary["Id"] for summary in partner.search(**request)["OpportunitySearchSummaries"]]


def titled(identifier: str, title: str) -> Row:
    return Row(record(identifier, Project={"Title": title}), {}, None)


@settings(max_examples=50, deadline=None, suppress_health_check=SHARED)
@given(
    rows=data_sets(),
    changes=changes,
    seen=st.lists(st.tuples(st.integers(0, 29), views()), max_size=2),
    asked=st.lists(requests(), min_size=1, max_size=3),
    fed=st.lists(st.integers(0, 4), min_size=8, max_size=8),
    way=st.sampled_from(sorted(ALL_ROUNDS)),
    is_reset=st.booleans(),
)
def test_what_is_found_is_what_is_there_however_far_the_index_is(
    newcomer: Callable[[], Partner],
    rows: list[Row],
    changes: list[list[tuple[int | None, dict[str, Any]]]],
    seen: list[tuple[int, dict[str, Any]]],
    asked: list[dict[str, Any]],
    fed: list[int],
    way: str,
    is_reset: bool,
) -> None:
    partner = newcomer()
    feed(partner)
    partner.put_rows(rows)
    batches = itertools.cycle(fed)
    numbers = itertools.count()
    steps: list[Callable[[], object]] = [lambda: None]
    for target, wanted in itertools.chain.from_iterable(changes):
        steps.append(lambda target=target, wanted=wanted: change(partner, target, wanted, next(numbers)))  # type: ignore[misc]
    for target, view in seen:
        steps.append(lambda target=target, view=view: see(partner, target, view))  # type: ignore[misc]
    if is_reset:
        steps.insert(len(steps) // 2, lambda: clear(partner))
        steps.insert(len(steps) // 2 + 1, lambda: partner.put_rows(rows[:3]))
    with rounds(way):
        for step, request in zip(steps, itertools.cycle(asked), strict=False):
            step()
            partner.engine.store.feed_search(next(batches))
            assert partner.walk(request, [3]) == oracle.answer(partner.rows(), request)


def change(partner: Partner, target: int | None, wanted: dict[str, Any], number: int) -> None:
    """Change an opportunity, or a new one, in its members or its tags."""
    there = [row.record["Id"] for row in partner.rows()]
    identifier = there[target % len(there)] if target is not None and there else partner.create(f"{number}")["Id"]
    if "LifeCycle" in wanted:
        partner.replace(identifier, **wanted)
    else:
        partner.put_tags(identifier, wanted)


def see(partner: Partner, target: int, view: dict[str, Any]) -> None:
    """Let AWS have a view of an opportunity."""
    there = [row.record["Id"] for row in partner.rows()]
    if there:
        with partner.engine.store.write(partner.scope) as tx:
            tx.put_aws_summary(there[target % len(there)], json.dumps(view).encode())


def clear(partner: Partner) -> None:
    with partner.engine.store.write(partner.scope) as tx:
        tx.clear()


def test_a_search_feeds_the_index_where_too_much_is_pending(anywhere: Partner) -> None:
    anywhere.put_rows([titled(f"O{number}", f"heron {number}") for number in range(1, search.MOST_JUDGED + 2)])
    assert found(anywhere, Keyword="heron 77") == ["O77"]
    assert pending(anywhere) == 0


def test_a_search_does_without_an_index_that_cannot_be_fed_in_time(
    anywhere: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (search_upkeep, postgres_upkeep):
        monkeypatch.setattr(module, "CATCH_UP_S", 0)
    anywhere.put_rows([titled(f"O{number}", f"heron {number}") for number in range(1, 2 * search.MOST_JUDGED + 2)])
    assert found(anywhere, Keyword="heron 77", Sort={"SortBy": "Stage", "SortOrder": "ASCENDING"})[0] == "O77"
    assert pending(anywhere) == 2 * search.MOST_JUDGED + 1 - search.FED_AT_ONCE


def test_a_search_does_without_an_index_that_another_writer_keeps_from_being_fed(
    path: str, deals: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_upkeep, "CATCH_UP_S", 0)
    deals.put_rows([titled(f"O{number}", f"heron {number}") for number in range(1, search.MOST_JUDGED + 2)])
    writer = apsw.Connection(path)
    writer.execute("BEGIN IMMEDIATE")
    assert found(deals, Keyword="heron 77") == ["O77"]
    assert pending(deals) == search.MOST_JUDGED + 1
    writer.close()


def test_a_search_judges_everything_where_the_index_cannot_be_fed(path: str, deals: Partner) -> None:
    deals.put_rows([titled(f"O{number}", f"heron {number}") for number in range(1, search.MOST_JUDGED + 2)])
    reader = Partner(Engine.open(path, access=Access.READ))
    assert found(reader, Keyword="heron 77") == ["O77"]
    assert pending(reader) == search.MOST_JUDGED + 1
    reader.engine.close()


def test_a_search_in_a_writing_transaction_finds_what_it_has_written(anywhere: Partner) -> None:
    from cosell.rules.search.question import Question

    anywhere.put_rows([titled("O1", "heron")])
    with anywhere.engine.store.write(anywhere.scope) as tx:
        tx.put_tags("opportunity/O1", {"team": "blue"})
        assert len(tx.search(Question("Tags", False, "heron", None), None, 5).summaries) == 1


@pytest.mark.parametrize("text", ["a\x1fb", "a\x00b", "\x00", "\ufffe", "\uffff", "o\u0307", "\U0010ffff", '"', "''"])
def test_whatever_a_text_holds_it_is_found(anywhere: Partner, text: str) -> None:
    others = ["a", "b", "ab", "A\x1fB", "a\x1f b", "a\x00c", "\ufffd", "İ", '""', "x"]
    rows = [
        Row(record(f"O{number}", Project={"Title": there}), {f"key {number}": there, there: "b"}, None)
        for number, there in enumerate([text, *others])
    ]
    anywhere.put_rows(rows)
    feed(anywhere)
    for field, operator in itertools.product(("Tags", "PartnerProjectTitle"), ("EqualsTo", "ContainsAny")):
        request = {"Filter": {operator: {"Key": field, "Value": {"StringValue": text}}}}
        for way in ALL_ROUNDS:
            with rounds(way):
                assert anywhere.walk(request, [100]) == oracle.answer(anywhere.rows(), request)
    assert anywhere.walk({"Keyword": text}, [100]) == oracle.answer(anywhere.rows(), {"Keyword": text})


def test_an_account_never_finds_what_another_has_left_behind(newcomer: Callable[[], Partner]) -> None:
    one, other = newcomer(), newcomer()
    one.put_rows([titled(f"O{number}", "heron") for number in range(1, 4)])
    feed(one)
    clear(one)
    other.put_rows([titled("O9", "owl")])
    assert (found(one, **HERON), found(other, **HERON), found(other, Keyword="owl")) == ([], [], ["O9"])
    feed(one)
    assert (found(one, **HERON), found(other, **HERON), found(other, Keyword="owl")) == ([], [], ["O9"])


def test_nothing_is_left_of_what_was_reset(path: str, deals: Partner) -> None:
    deals.put_rows([Row(record("O1", Project={"Title": "heron"}), {"team": "heron"}, None)])
    feed(deals)
    clear(deals)
    feed(deals)
    with closing(apsw.Connection(path)) as database:
        left = [
            database.execute(f"SELECT count(*) FROM {table}").get
            for table in (
                *("search_entry", "search_written", "search_text"),
                *("search_pending", "search_vocabulary", "search_terms_docsize"),
            )
        ]
    assert left == [0] * 6
    deals.put_rows([titled("O1", "heron")])
    feed(deals)
    stage = {"Filter": {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": "Prospect"}}}}
    assert (found(deals, **HERON), found(deals, **stage)) == (["O1"], ["O1"])


def test_a_large_load_is_found_at_once(anywhere: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "WORTH_NEW_INDEXES", 20)
    monkeypatch.setattr(postgres_store, "WORTH_NEW_STATISTICS", 20)
    seed(anywhere.engine.store, anywhere.scope, count=40, seed=3, now_ms=NOON_MS, advance=lambda _: None)
    assert pending(anywhere) == 0
    for by in oracle.SORT_KEYS:
        request = {"Sort": {"SortBy": by, "SortOrder": "ASCENDING"}}
        assert anywhere.walk(request, [7]) == oracle.answer(anywhere.rows(), request)


def test_a_state_that_comes_back_is_found_as_it_was(anywhere: Partner) -> None:
    anywhere.put_rows([titled("O1", "heron"), Row(record("O2"), {"team": "heron"}, None), titled("O3", "owl")])
    tagged = {"Filter": {"ContainsAny": {"Key": "Tags", "Value": {"StringValue": "heron"}}}}
    feed(anywhere)
    anywhere.engine.store.states.keep("before")
    anywhere.replace("O1", Project={"Title": "owl"})
    anywhere.put_tags("O2", {})
    with anywhere.engine.store.write(anywhere.scope) as tx:
        tx.remove(["O3"])
    feed(anywhere)
    assert (found(anywhere, **HERON), found(anywhere, **tagged), found(anywhere, Keyword="owl")) == ([], [], ["O1"])
    anywhere.engine.store.states.return_to("before", NOON_MS)
    for _ in range(2):
        assert (found(anywhere, **HERON), found(anywhere, **tagged), found(anywhere, Keyword="owl")) == (
            ["O1"],
            ["O2"],
            ["O3"],
        )
        feed(anywhere)


def test_a_database_of_the_version_before_is_searched_at_once(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files = connection._migrations()
    with monkeypatch.context() as patch:
        patch.setattr(connection, "_migrations", lambda: files[:BEFORE])
        old = Engine.open(path)
        Partner(old).put_rows([titled("O1", "heron"), Row(record("O2"), {"team": "blue"}, {"Origin": "AWS Referral"})])
        old.close()
    for _ in range(2):
        deals = Partner(Engine.open(path))
        assert found(deals, **HERON) == ["O1"]
        deals.engine.close()
    deals = Partner(Engine.open(path))
    assert pending(deals) == 2
    assert deals.engine.store.feed_search(1) == 1
    assert (found(deals, **HERON), pending(deals)) == (["O1"], 1)
    deals.engine.close()


def test_an_index_that_other_rules_have_made_is_made_anew(
    path: str, deals: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    deals.put_rows([titled("O1", "heron"), titled("O2", "owl")])
    feed(deals)
    changed = apsw.Connection(path)
    changed.execute("UPDATE search_written SET partner_project_title_folded = 'rubbish'")
    changed.execute("UPDATE search_state SET reading = '1 0.0.0'")
    changed.close()
    assert found(deals, **HERON) == ["O1"], "nothing of it counts"
    assert deals.engine.store.feed_search(5) == 0, "nor is it mixed with other rules'"
    deals.engine.close()
    again = Partner(Engine.open(path))
    assert pending(again) == 2
    feed(again)
    assert found(again, **HERON) == ["O1"]
    again.engine.close()


def test_only_what_is_another_is_written_again(deals: Partner) -> None:
    deals.put_rows([titled("O1", "heron")])
    feed(deals)
    counted = apsw.Connection(deals.engine.url)
    before = counted.execute("SELECT * FROM search_entry").fetchall()
    deals.put_tags("O1", {})
    feed(deals)
    assert counted.execute("SELECT * FROM search_entry").fetchall() == before
    counted.close()


def test_what_is_created_writes_nothing_for_the_index(path: str, deals: Partner) -> None:
    deals.put_rows([titled("O1", "heron")])
    feed(deals)
    deals.create("new", Project={"Title": "heron"})
    database = apsw.Connection(path)
    assert database.execute("SELECT count(*) FROM search_pending").get == 0
    assert (pending(deals), len(found(deals, **HERON))) == (1, 2)
    database.close()


def test_a_number_that_is_given_again_is_fed_again(anywhere: Partner) -> None:
    anywhere.put_rows([titled("O1", "heron"), titled("O2", "heron")])
    feed(anywhere)
    with anywhere.engine.store.write(anywhere.scope) as tx:
        tx.remove(["O2"])
    anywhere.put_rows([titled("O3", "owl")])
    for _ in range(2):
        assert (found(anywhere, **HERON), found(anywhere, Keyword="owl")) == (["O1"], ["O3"])
        feed(anywhere)


def test_an_identifier_that_comes_back_is_found_as_it_is_now(anywhere: Partner) -> None:
    anywhere.put_rows([titled("O1", "heron"), titled("O2", "heron")])
    feed(anywhere)
    with anywhere.engine.store.write(anywhere.scope) as tx:
        tx.remove(["O2"])
    anywhere.put_rows([titled("O2", "owl")])
    for most in (1, 1, 1_000):
        assert (found(anywhere, **HERON), found(anywhere, Keyword="owl")) == (["O1"], ["O2"])
        anywhere.engine.store.feed_search(most)
    assert pending(anywhere) == 0


def test_a_search_ends_by_the_deadline_that_was_set_for_it(anywhere: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_rows, "STEPS_BETWEEN_LOOKS", 1)
    anywhere.put_rows([titled("O1", "heron")])
    with pytest.raises(Refused, match=r"503.*not done in time"), waiting_until(0):
        found(anywhere, **HERON)
    assert found(anywhere, **HERON) == ["O1"]


FEEDING = """
import sys
from cosell.engine import Engine

store = Engine.open(sys.argv[1]).store
while True:
    print(store.feed_search(3), flush=True)
"""


@pytest.mark.parametrize("batches", range(4))
def test_a_killed_feeding_leaves_nothing_half(path: str, deals: Partner, batches: int) -> None:
    rows = [
        Row(record(f"O{number}", Project={"Title": f"heron {number}"}), {"n": f"{number}"}, None)
        for number in range(40)
    ]
    deals.put_rows(rows)
    feeding = subprocess.Popen([sys.executable, "-c", FEEDING, path], stdout=subprocess.PIPE)
    assert feeding.stdout is not None
    for _ in range(batches):
        feeding.stdout.readline()
    feeding.kill()
    feeding.communicate(timeout=30)
    assert pending(deals) <= len(rows) - 3 * batches
    everything = {"Filter": {"ContainsAny": {"Key": "PartnerProjectTitle", "Value": {"StringValue": "heron"}}}}
    for way in ALL_ROUNDS:
        with rounds(way):
            assert deals.walk(everything, [7]) == oracle.answer(deals.rows(), everything)
    feed(deals)
    for way in ALL_ROUNDS:
        with rounds(way):
            assert deals.walk(everything, [7]) == oracle.answer(deals.rows(), everything)


def test_fields_of_few_texts_may_have_many_all_the_same(anywhere: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "MOST_CODES", 3)
    anywhere.put_rows(
        [
            Row(
                record(f"O{number}", Customer={"Account": {"CompanyName": "A", "Industry": f"kind {number}"}}), {}, None
            )
            for number in range(9)
        ]
    )
    feed(anywhere)
    for part in ("kind", "kind 7"):
        request = {"Filter": {"ContainsAny": {"Key": "Industry", "Value": {"StringValue": part}}}}
        assert anywhere.walk(request, [4]) == oracle.answer(anywhere.rows(), request)
