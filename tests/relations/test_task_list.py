"""ListEngagementFromOpportunityTasks answers as a plain reading of its rules does."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import cosell
from cosell.engine import Engine
from cosell.rules.engagement.task import ENGAGEMENT_FROM_OPPORTUNITY
from cosell.store.engagement import StoredTask
from cosell.wire.encode import encode
from tests.conftest import OTHER_ACCOUNT
from tests.relations.questions import ORDERS, page_sizes, some_of
from tests.relations.walk import walk
from tests.store.caller import NOON_MS, Caller, Record, Refused, moment

OPERATION = "ListEngagementFromOpportunityTasks"
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
STATUSES = ["IN_PROGRESS", "COMPLETE", "FAILED"]
TASKS = [f"task-{character * 13}" for character in "0az19m"]
ENGAGEMENTS = [f"eng-{character * 14}" for character in "0az"]
OPPORTUNITIES = ["O1", "O2", "O10"]
TASK_ARN = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-from-opportunity-task/"
ENGAGEMENT_ARN = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/"
_accounts = itertools.count(1)


@pytest.fixture(scope="module")
def newcomer() -> Callable[[], Caller]:
    """Makes callers of an account that has nothing yet."""
    engine = Engine.open(":memory:")
    return lambda: Caller(engine, f"{next(_accounts):012d}")


def put(caller: Caller, tasks: list[Record]) -> None:
    """Place tasks into the store as they are."""
    with caller.engine.store.write(caller.scope) as tx:
        for task in tasks:
            started_ms = task["started"]
            summary = {"TaskId": task["id"], "TaskStatus": task["status"], "StartTime": moment(started_ms)}
            tx.put_task(
                StoredTask(
                    ENGAGEMENT_FROM_OPPORTUNITY,
                    task["id"],
                    task["status"],
                    started_ms,
                    task["opportunity"],
                    task["engagement"],
                    None,
                    b"{}",
                    encode(summary),
                )
            )


tasks = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(TASKS),
            "status": st.sampled_from(STATUSES),
            "started": st.sampled_from([NOON_MS, NOON_MS + 1, NOON_MS + 1000]),
            "opportunity": st.sampled_from(OPPORTUNITIES),
            "engagement": st.none() | st.sampled_from(ENGAGEMENTS),
        }
    ),
    unique_by=lambda task: task["id"],
)


def at_least_one(names: list[str], arn: str = "") -> st.SearchStrategy[list[str] | None]:
    """A list filter of identifiers, and of ARNs where there is one."""
    return some_of(names + [arn + name for name in names], 10).filter(lambda chosen: chosen != [])


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request without MaxResults and NextToken."""
    filters = {
        "TaskStatus": st.lists(st.sampled_from(STATUSES), min_size=1, max_size=3),
        "TaskIdentifier": at_least_one(TASKS, TASK_ARN),
        "OpportunityIdentifier": at_least_one(OPPORTUNITIES),
        "EngagementIdentifier": at_least_one(ENGAGEMENTS, ENGAGEMENT_ARN),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(filters)), unique=True, max_size=2))
    sort = draw(
        st.none() | st.fixed_dictionaries({"SortBy": st.just("StartTime"), "SortOrder": st.sampled_from(ORDERS)})
    )
    return {"Sort": sort} | {member: draw(filters[member]) for member in chosen}


def plain_reading(stored: list[Record], request: dict[str, Any]) -> list[str]:
    """The identifiers of the tasks that are asked for, in order."""

    def among(value: str | None, wanted: list[str] | None) -> bool:
        return not wanted or value in [name.rpartition("/")[2] for name in wanted]

    found = [
        task
        for task in stored
        if among(task["status"], request.get("TaskStatus"))
        and among(task["id"], request.get("TaskIdentifier"))
        and among(task["opportunity"], request.get("OpportunityIdentifier"))
        and among(task["engagement"], request.get("EngagementIdentifier"))
    ]
    descending = (request.get("Sort") or {"SortOrder": "DESCENDING"})["SortOrder"] == "DESCENDING"
    return [task["id"] for task in sorted(found, key=lambda task: (task["started"], task["id"]), reverse=descending)]


@settings(max_examples=150, deadline=None, suppress_health_check=SHARED)
@given(stored=tasks, request=requests(), sizes=page_sizes)
def test_all_pages_followed_are_the_plain_reading(
    newcomer: Callable[[], Caller], stored: list[Record], request: dict[str, Any], sizes: list[int]
) -> None:
    caller = newcomer()
    put(caller, stored)
    expected = plain_reading(stored, request)
    event(f"{min(len(expected), 5)} found")
    found = walk(caller, OPERATION, "TaskSummaries", request, sizes)
    assert [task["TaskId"] for task in found] == expected


@pytest.fixture
def known(caller: Caller) -> Caller:
    """A caller with three tasks."""
    put(
        caller,
        [
            {"id": task, "status": "COMPLETE", "started": NOON_MS, "opportunity": "O1", "engagement": ENGAGEMENTS[0]}
            for task in TASKS[:3]
        ],
    )
    return caller


def test_an_arn_of_somewhere_else_finds_nothing(known: Caller) -> None:
    for arn in (
        TASK_ARN.replace("Sandbox", "AWS"),
        TASK_ARN.replace("us-east-1", "eu-west-1"),
        TASK_ARN.replace("engagement-from-opportunity-task", "opportunity-from-engagement-task"),
    ):
        assert known(OPERATION, TaskIdentifier=[arn + TASKS[0]])["TaskSummaries"] == []
    assert len(known(OPERATION, TaskIdentifier=[TASK_ARN + TASKS[0]])["TaskSummaries"]) == 1


def test_tasks_belong_to_an_account_and_a_catalog(known: Caller) -> None:
    for other in (Caller(known.engine, OTHER_ACCOUNT), Caller(known.engine, catalog="AWS")):
        assert other(OPERATION) == {"TaskSummaries": []}


@pytest.mark.parametrize(
    "other",
    [
        {"Sort": {"SortBy": "StartTime", "SortOrder": "ASCENDING"}},
        {"TaskStatus": ["COMPLETE", "FAILED"]},
        {"TaskIdentifier": TASKS[:3]},
        {"OpportunityIdentifier": ["O1"]},
        {"EngagementIdentifier": ENGAGEMENTS[:1]},
        {"Catalog": "AWS"},
    ],
)
def test_a_token_of_another_question_is_refused(known: Caller, other: dict[str, Any]) -> None:
    token = known(OPERATION, TaskStatus=["COMPLETE"], MaxResults=1)["NextToken"]
    known(OPERATION, TaskStatus=["COMPLETE"], NextToken=token)
    for operation, request in ((OPERATION, {"TaskStatus": ["COMPLETE"]} | other), ("ListSolutions", {})):
        with pytest.raises(Refused, match="ValidationException"):
            known(operation, **request, NextToken=token)


def test_a_filter_names_one_value_at_least(known: Caller) -> None:
    filters = ("TaskStatus", "TaskIdentifier", "OpportunityIdentifier", "EngagementIdentifier")
    with pytest.raises(Refused) as refused:
        known(OPERATION, **{name: [] for name in filters})
    told = refused.value.body["ErrorList"]
    assert [(entry["FieldName"], entry["Code"]) for entry in told] == [(name, "NOT_ENOUGH_VALUES") for name in filters]


def test_the_sdk_refuses_an_empty_filter_itself() -> None:
    with pytest.raises(ParamValidationError, match="TaskStatus, value: 0, valid min length: 1"):
        cosell.connect().list_engagement_from_opportunity_tasks(Catalog="Sandbox", TaskStatus=[])
