"""Tasks that take time are carried out by AWS's side, each once, at the moment at which it is due."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cosell.aws_side.work import work
from cosell.context import Readings
from cosell.engine import Engine
from cosell.operations.task.due_tasks import carry_out_due
from tests.aws_side.conftest import raised
from tests.conftest import Server
from tests.operations.whole_opportunity import WHOLE
from tests.store.caller import NOON_MS, Caller, HandClock, Record, moment

MINUTE_MS = 60_000
CO_SELL = {"InvolvementType": "Co-Sell"}


@pytest.fixture
def engine(clock: HandClock, tmp_path: Path) -> Iterator[Engine]:
    """An engine whose tasks take a minute."""
    readings = Readings(task_delay_ms=MINUTE_MS)
    engine = Engine.open(str(tmp_path / "tasks.db"), clock=clock, readings=readings)
    yield engine
    engine.close()


def start(caller: Caller, number: int) -> str:
    """Start a task for a new opportunity: the opportunity's identifier."""
    opportunity = str(caller.create(f"number {number}", **WHOLE)["Id"])
    started = caller(
        "StartEngagementFromOpportunityTask", Identifier=opportunity, ClientToken=opportunity, AwsSubmission=CO_SELL
    )
    assert started["TaskStatus"] == "IN_PROGRESS"
    return opportunity


def tasks(caller: Caller) -> dict[str, Record]:
    """The tasks by their opportunities."""
    summaries = caller("ListEngagementFromOpportunityTasks")["TaskSummaries"]
    return {task["OpportunityId"]: task for task in summaries}


def test_a_task_is_carried_out_at_the_moment_at_which_it_is_due(caller: Caller, clock: HandClock) -> None:
    first = start(caller, 1)
    clock.now_ms += MINUTE_MS // 2
    second = start(caller, 2)
    work(caller.engine, None, NOON_MS + MINUTE_MS - 1, raised)
    assert {task["TaskStatus"] for task in tasks(caller).values()} == {"IN_PROGRESS"}
    work(caller.engine, None, NOON_MS + MINUTE_MS, raised)
    assert tasks(caller)[first]["TaskStatus"] == "COMPLETE"
    assert tasks(caller)[second]["TaskStatus"] == "IN_PROGRESS"
    assert caller.get(first)["LastModifiedDate"] == moment(NOON_MS + MINUTE_MS)
    work(caller.engine, None, NOON_MS + 2 * MINUTE_MS, raised, limit=1)
    assert tasks(caller)[second]["TaskStatus"] == "COMPLETE"


def test_a_task_that_fails_by_a_defect_holds_up_no_other(
    caller: Caller, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = start(caller, 1), start(caller, 2)

    def broken_for_one(tx: Any, due: Any, context: Any) -> None:
        if tx.task(due.kind, due.task_id).opportunity == broken:
            raise RuntimeError("a defect on purpose")
        carry_out_due(tx, due, context)

    monkeypatch.setattr("cosell.aws_side.work.carry_out_due", broken_for_one)
    told: list[str] = []
    work(caller.engine, None, NOON_MS + MINUTE_MS, lambda place, _: told.append(place))
    known = tasks(caller)
    assert told == [known[broken]["TaskId"]]
    assert (known[broken]["TaskStatus"], known[broken]["ReasonCode"]) == ("FAILED", "InternalError")
    assert known[sound]["TaskStatus"] == "COMPLETE"


def test_a_server_carries_tasks_out_by_itself(serve: Callable[..., Server]) -> None:
    server = serve("--task-delay", "1ms", "--db", "tasks.db")
    client: Any = server.client()
    ahead = WHOLE | {"LifeCycle": WHOLE["LifeCycle"] | {"TargetCloseDate": "2999-12-31"}}
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="one", **ahead)["Id"]
    client.start_engagement_from_opportunity_task(
        Catalog="Sandbox", Identifier=created, ClientToken="task", AwsSubmission=CO_SELL
    )
    statuses: set[str] = set()
    while "COMPLETE" not in statuses:
        listed = client.list_engagement_from_opportunity_tasks(Catalog="Sandbox")["TaskSummaries"]
        statuses = {task["TaskStatus"] for task in listed}
        assert "FAILED" not in statuses, listed
