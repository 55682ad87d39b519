"""Both databases answer byte by byte alike where clock and chance are the same: pages, tokens, records and errors."""

import json
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell.engine import Engine
from tests.complete_opportunity import UPDATED, complete, merged
from tests.conftest import ACCOUNT, OTHER_ACCOUNT
from tests.postgres import Postgres
from tests.store.caller import Caller, HandClock, announced

Step = tuple[str, dict[str, Any]]

IDENTIFIERS = st.sampled_from(["O1000001", "O1000002", "O1000003", "O9"])
NAMES = st.sampled_from(["Acme", "acme", "\u00c4rzte", "Zoo", "a\u0301", "\U0001f600", "A" * 120])
SORTS = st.fixed_dictionaries(
    {
        "SortBy": st.sampled_from(
            ["LastModifiedDate", "Identifier", "CustomerCompanyName", "CreatedDate", "TargetCloseDate", "Stage"]
        ),
        "SortOrder": st.sampled_from(["ASCENDING", "DESCENDING"]),
    }
)
LISTS = st.fixed_dictionaries(
    {"MaxResults": st.sampled_from([1, 2, 100, 0])},
    optional={
        "Sort": SORTS,
        "LifeCycleStage": st.sampled_from([["Prospect"], ["Qualified", "Committed"], ["Nowhere"]]),
        "CustomerCompanyName": st.lists(NAMES, min_size=1, max_size=2),
        "Identifier": st.lists(IDENTIFIERS, min_size=1, max_size=2),
        "LastModifiedDate": st.sampled_from([{"AfterLastModifiedDate": "2026-05-28T20:26:40Z"}]),
    },
)
STEPS = st.one_of(
    st.tuples(st.just("create"), st.fixed_dictionaries({"name": NAMES, "token": st.sampled_from("abcdefgh")})),
    st.tuples(st.just("update"), st.fixed_dictionaries({"Identifier": IDENTIFIERS, "name": NAMES})),
    st.tuples(st.just("list"), LISTS),
    st.tuples(st.just("get"), st.fixed_dictionaries({"Identifier": IDENTIFIERS})),
    st.tuples(st.just("time"), st.fixed_dictionaries({"ms": st.sampled_from([0, 1, 86_400_000, -3_600_000])})),
    st.tuples(st.just("clear"), st.just({})),
)


class Told:
    """A partner of one database, and every byte that was answered."""

    def __init__(self, url: str) -> None:
        self._clock = HandClock()
        self._engine = Engine.open(url, clock=self._clock, chance=random.Random(7))
        self._callers = [Caller(self._engine, ACCOUNT), Caller(self._engine, OTHER_ACCOUNT)]
        self.bytes: list[tuple[int, bytes]] = []

    def take(self, step: Step, who: int) -> None:
        """Do as a step says."""
        caller = self._callers[who]
        kind, members = step
        match kind:
            case "create":
                self._keep(caller, "CreateOpportunity", creation(members["name"], members["token"]))
            case "update":
                body = self._keep(caller, "GetOpportunity", {"Identifier": members["Identifier"]})
                if "Id" in body:
                    changed = merged(UPDATED, {"Customer": {"Account": {"CompanyName": members["name"]}}})
                    known = {"Identifier": body["Id"], "LastModifiedDate": body["LastModifiedDate"]}
                    self._keep(caller, "UpdateOpportunity", changed | known)
            case "list":
                token: dict[str, Any] = {}
                for _ in range(9):
                    body = self._keep(caller, "ListOpportunities", members | token)
                    if "NextToken" not in body:
                        break
                    token = {"NextToken": body["NextToken"]}
            case "get":
                self._keep(caller, "GetOpportunity", members)
            case "time":
                self._clock.now_ms += members["ms"]
            case "clear":
                with self._engine.store.write(caller.scope) as tx:
                    tx.clear()

    def _keep(self, caller: Caller, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        answer = caller.answer(operation, **members)
        self.bytes.append((answer.status, answer.body))
        return dict(json.loads(answer.body or b"{}"))

    def close(self) -> list[dict[str, Any]]:
        """Let go of the database: what it has announced."""
        events = announced(self._engine)
        self._engine.close()
        return events


def creation(name: str, token: str) -> dict[str, Any]:
    """What a creation has."""
    return complete(ClientToken=token, Customer={"Account": {"CompanyName": name}})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEPS, st.sampled_from([0, 0, 0, 1])), min_size=1, max_size=25))
def test_both_databases_answer_alike(postgres: Postgres, steps: list[tuple[Step, int]]) -> None:
    both = [Told(":memory:"), Told(postgres.new_schema())]
    for step, who in steps:
        for told in both:
            told.take(step, who)
        assert both[0].bytes == both[1].bytes
    events = [told.close() for told in both]
    assert events[0] == events[1]


def test_what_is_compared_is_mostly_granted(postgres: Postgres) -> None:
    told = Told(postgres.new_schema())
    told.take(("create", {"name": "Acme", "token": "a"}), 0)
    told.take(("update", {"Identifier": "O1000001", "name": "Zoo"}), 0)
    told.take(("list", {"MaxResults": 1}), 0)
    assert [status for status, _ in told.bytes] == [200] * 4
    assert len(told.close()) == 2
