"""AWS's side does what is due: at its moment, once, whoever restarts and however many work."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cosell.aws_side.work import work
from cosell.context import Scope
from cosell.engine import Engine
from cosell.operations.opportunity.review_decision import review_decision
from cosell.rules.aws_side.review_script import automatic, script_of
from cosell.store.interface import StoreUnavailable
from tests.aws_side.conftest import HOUR_MS, raised, submitted
from tests.conftest import OTHER_ACCOUNT
from tests.postgres import Postgres
from tests.store.caller import NOON_MS, Caller, HandClock, Record, announced, moment, record, stored_form

Play = Callable[[Any, int], None]
APPROVING = {"when": [{"then": [{"after": "1h", "do": "start"}, {"after": "5h", "do": "approve", "comment": "Good"}]}]}


def status(caller: Caller, identifier: str) -> str:
    return str(caller.get(identifier)["LifeCycle"]["ReviewStatus"])


def events(engine: Engine) -> list[Record]:
    """The opportunity and the time of every event in the outbox, in order."""
    return [{"id": event["detail"]["opportunity"]["identifier"], "time": event["time"]} for event in announced(engine)]


def test_a_submission_is_reviewed_and_approved_after_its_time(caller: Caller, play: Play) -> None:
    caller.put([submitted("O1")])
    play(APPROVING, HOUR_MS - 1)
    assert status(caller, "O1") == "Submitted"
    play(APPROVING, HOUR_MS)
    assert status(caller, "O1") == "In review"
    play(APPROVING, 6 * HOUR_MS)
    life_cycle = caller.get("O1")["LifeCycle"]
    assert life_cycle["ReviewStatus"] == "Approved"
    assert life_cycle["ReviewComments"] == "Good"


def test_each_thing_happens_at_the_moment_at_which_it_was_due(caller: Caller, play: Play) -> None:
    caller.put([submitted("O1"), submitted("O2", LastModifiedDate=moment(NOON_MS + HOUR_MS))])
    play(APPROVING, 100 * HOUR_MS)
    assert caller.get("O1")["LastModifiedDate"] == moment(NOON_MS + 6 * HOUR_MS)
    assert caller.get("O2")["LastModifiedDate"] == moment(NOON_MS + 7 * HOUR_MS)
    assert [(event["id"], event["time"][11:13]) for event in events(caller.engine)] == [
        (identifier, moment(NOON_MS + hours * HOUR_MS)[11:13])
        for identifier, hours in (("O1", 1), ("O2", 2), ("O1", 6), ("O2", 7))
    ]


def test_nothing_happens_before_it_is_due_nor_to_what_was_not_submitted(caller: Caller, play: Play) -> None:
    before = [record("O1"), submitted("O2", status="Action Required"), submitted("O3", status="Approved")]
    caller.put(before)
    play(APPROVING, 1000 * HOUR_MS)
    assert caller.records() == before


def test_what_is_in_review_already_gets_its_verdict(caller: Caller, play: Play) -> None:
    caller.put([submitted("O1", status="In review")])
    play(APPROVING, 6 * HOUR_MS)
    assert status(caller, "O1") == "Approved"


def test_what_comes_first_is_done_first_also_where_another_thing_brings_it_about(caller: Caller, play: Play) -> None:
    quick = {"partner_id": "quick", "then": [{"after": "1h", "do": "start"}, {"after": "1m", "do": "approve"}]}
    slow = {"then": [{"after": "90m", "do": "approve"}]}
    caller.put([submitted("O1", PartnerOpportunityIdentifier="quick"), submitted("O2")])
    play({"when": [quick, slow]}, 100 * HOUR_MS)
    assert [event["id"] for event in events(caller.engine)] == ["O1", "O1", "O2"]
    assert caller.get("O1")["LastModifiedDate"] == moment(NOON_MS + HOUR_MS + 60_000)


def test_every_account_and_catalog_is_looked_after(engine: Engine, play: Play) -> None:
    callers = [Caller(engine), Caller(engine, OTHER_ACCOUNT), Caller(engine, catalog="AWS")]
    for caller in callers:
        caller.put([submitted("O1", Catalog=caller.scope.catalog)])
    play(APPROVING, 6 * HOUR_MS)
    assert [status(caller, "O1") for caller in callers] == ["Approved"] * 3


def test_a_person_may_be_faster(caller: Caller, play: Play) -> None:
    script = {
        "when": [
            {
                "then": [
                    *APPROVING["when"][0]["then"],
                    {"after": "1h", "do": "edit", "life_cycle": {"Stage": "Committed"}},
                ]
            }
        ]
    }
    caller.put([submitted("O1")])
    play(script, HOUR_MS)
    decided = submitted("O1", status="Rejected", LastModifiedDate=moment(NOON_MS + HOUR_MS))
    with caller.engine.store.write(caller.scope) as tx:
        tx.replace(stored_form(decided))
    play(script, 100 * HOUR_MS)
    life_cycle = caller.get("O1")["LifeCycle"]
    assert (life_cycle["ReviewStatus"], life_cycle["Stage"]) == ("Rejected", "Committed")


def test_a_reset_takes_everything_off_the_agenda(caller: Caller, play: Play) -> None:
    caller.put([submitted("O1")])
    with caller.engine.store.write(caller.scope) as tx:
        tx.clear()
    play(APPROVING, 100 * HOUR_MS)
    assert caller.records() == []


def test_every_submission_begins_the_script_anew(caller: Caller, play: Play) -> None:
    script = {
        "when": [
            {"submission": 1, "then": [{"after": "1h", "do": "action-required", "comment": "Say more"}]},
            {"submission": 2, "then": [{"after": "1h", "do": "reject", "reason": "Too late"}]},
        ]
    }
    caller.put([submitted("O1")])
    play(script, HOUR_MS)
    assert caller.get("O1")["LifeCycle"]["ReviewComments"] == "Say more"
    with caller.engine.store.write(caller.scope) as tx:
        tx.replace(stored_form(submitted("O1", LastModifiedDate=moment(NOON_MS + 2 * HOUR_MS))))
    play(script, 3 * HOUR_MS - 1)
    assert status(caller, "O1") == "Submitted"
    play(script, 3 * HOUR_MS)
    assert caller.get("O1")["LifeCycle"]["ReviewStatusReason"] == "Too late"


def test_a_rule_stays_chosen_whatever_changes_later(caller: Caller, play: Play) -> None:
    steps = [{"after": "1h", "do": "start"}, {"after": "1h", "do": "reject"}]
    script = {"when": [{"partner_id": "crm-*", "then": steps}, {"then": [{"after": "90m", "do": "approve"}]}]}
    caller.put([submitted("O1", PartnerOpportunityIdentifier="crm-1")])
    play(script, HOUR_MS)
    with caller.engine.store.write(caller.scope) as tx:
        tx.replace(stored_form(submitted("O1", status="In review", PartnerOpportunityIdentifier="other")))
    play(script, 2 * HOUR_MS)
    assert status(caller, "O1") == "Rejected"


def test_a_script_that_got_shorter_leaves_the_rest_undone(caller: Caller, play: Play) -> None:
    caller.put([submitted("O1"), submitted("O2")])
    play(APPROVING, HOUR_MS)
    play({"when": []}, 100 * HOUR_MS)
    play(APPROVING, 100 * HOUR_MS)
    assert status(caller, "O1") == "In review"


def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    for until_ms in (HOUR_MS // 2, HOUR_MS, 6 * HOUR_MS - 1, 6 * HOUR_MS):
        engine = Engine.open(str(tmp_path / "kept.db"), clock=clock)
        caller = Caller(engine)
        if not caller.records():
            caller.put([submitted("O1")])
        work(engine, script_of(APPROVING), NOON_MS + until_ms, raised)
        found = status(caller, "O1")
        engine.close()
        assert found == {HOUR_MS // 2: "Submitted", 6 * HOUR_MS: "Approved"}.get(until_ms, "In review")


@pytest.fixture(params=["file", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that several processes may use."""
    if request.param == "file":
        return str(tmp_path / "shared.db")
    return str(request.getfixturevalue("postgres").new_schema())


@pytest.mark.parametrize("limit", [None, 5])
def test_several_at_work_do_each_thing_once(shared: str, limit: int | None) -> None:
    engines = [Engine.open(shared, clock=HandClock()) for _ in range(3)]
    count = 40
    Caller(engines[0]).put([submitted(f"O{number}") for number in range(1, count + 1)])
    start = threading.Barrier(len(engines))
    failed: list[BaseException] = []

    def run(engine: Engine) -> None:
        start.wait()
        try:
            while engine.store.due_reviews(NOON_MS + 6 * HOUR_MS, 1):  # with a limit, it may be left to another one
                work(engine, script_of(APPROVING), NOON_MS + 6 * HOUR_MS, raised, limit)
        except BaseException as error:  # noqa: BLE001  # shown in the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=run, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Counter(event["id"] for event in events(engines[0])) == {f"O{n}": 2 for n in range(1, count + 1)}
    stamps = [row["LastModifiedDate"] for row in Caller(engines[0]).records()]
    assert len(set(stamps)) == count
    for engine in engines:
        engine.close()


def test_a_scope_in_which_another_process_writes_for_long_is_left_for_later(postgres: Postgres) -> None:
    url = postgres.new_schema()
    busy, idle = (Engine.open(url, clock=HandClock()) for _ in range(2))
    caller, other = Caller(idle), Caller(idle, OTHER_ACCOUNT)
    caller.put([submitted("O1")])
    other.put([record("O2")])
    with busy.store.write(caller.scope):
        assert work(idle, script_of(APPROVING), NOON_MS + HOUR_MS, raised, limit=5) is None
        other.update("O2", OpportunityType="Expansion")
    assert status(caller, "O1") == "Submitted"
    work(idle, script_of(APPROVING), NOON_MS + HOUR_MS, raised, limit=5)
    assert status(caller, "O1") == "In review"
    for engine in (busy, idle):
        engine.close()


def outcomes(seed: int, identifiers: list[str], *, account: str = "111122223333") -> dict[str, str]:
    engine = Engine.open(":memory:", clock=HandClock())
    caller = Caller(engine, account)
    caller.put([submitted(identifier) for identifier in identifiers])
    work(engine, script_of(automatic(1000, 1000, 0.3, 0.2, seed)), NOON_MS + HOUR_MS, raised)
    return {row["Id"]: row["LifeCycle"]["ReviewStatus"] for row in caller.records()}


def test_the_same_seed_decides_alike_for_the_same_opportunity() -> None:
    identifiers = [f"O{number}" for number in range(1, 201)]
    first = outcomes(7, identifiers)
    few = random.Random(1).sample(identifiers, 20)
    assert outcomes(7, few) == {identifier: first[identifier] for identifier in sorted(few)}
    assert outcomes(8, identifiers) != first
    assert outcomes(7, identifiers, account=OTHER_ACCOUNT) != first


def test_shares_come_out_about_as_they_were_asked_for() -> None:
    counts = Counter(outcomes(7, [f"O{number}" for number in range(1, 501)]).values())
    assert 100 <= counts["Action Required"] <= 200
    assert 60 <= counts["Rejected"] <= 145
    assert counts["Approved"] == 500 - counts["Action Required"] - counts["Rejected"]


@pytest.mark.parametrize(("shares", "only"), [((1, 0), "Action Required"), ((0, 1), "Rejected"), ((0, 0), "Approved")])
def test_shares_may_be_everything_or_nothing(shares: tuple[float, float], only: str) -> None:
    engine = Engine.open(":memory:", clock=HandClock())
    Caller(engine).put([submitted(f"O{number}") for number in range(1, 21)])
    work(engine, script_of(automatic(0, 0, *shares, 1)), NOON_MS, raised)
    assert {row["LifeCycle"]["ReviewStatus"] for row in Caller(engine).records()} == {only}


def test_a_limit_leaves_the_rest_for_later(caller: Caller) -> None:
    caller.put([submitted(f"O{number}") for number in range(1, 11)])
    script = script_of({"when": [{"then": [{"do": "approve"}]}]})
    work(caller.engine, script, NOON_MS, raised, limit=13)
    done = Counter(row["LifeCycle"]["ReviewStatus"] for row in caller.records())
    assert 0 < done["Approved"] < 10
    work(caller.engine, script, NOON_MS, raised)
    assert {row["LifeCycle"]["ReviewStatus"] for row in caller.records()} == {"Approved"}


def test_what_fails_is_given_up_and_holds_up_nothing(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    caller.put([submitted("O1"), submitted("O2")])

    def failing(tx: Any, decision: Any, context: Any) -> Any:
        if decision.identifier == "O1":
            raise RuntimeError("broken")
        return review_decision(tx, decision, context)

    monkeypatch.setattr("cosell.aws_side.work.review_decision", failing)
    told: list[str] = []
    work(caller.engine, script_of(APPROVING), NOON_MS + 6 * HOUR_MS, lambda place, _: told.append(place))
    assert told == ["review of O1"]
    assert (status(caller, "O1"), status(caller, "O2")) == ("Submitted", "Approved")


def test_a_database_that_does_not_answer_is_reported(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    Caller(engine).put([submitted("O1")])

    def gone(_: Scope) -> Any:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(type(engine.store), "write_for_aws", lambda _, scope, **__: gone(scope))
    with pytest.raises(StoreUnavailable):
        work(engine, script_of(APPROVING), NOON_MS + HOUR_MS, raised)


def test_without_a_script_nothing_happens_by_itself(caller: Caller) -> None:
    caller.put([submitted("O1")])
    work(caller.engine, None, NOON_MS + 1000 * HOUR_MS, raised)
    assert status(caller, "O1") == "Submitted"
