"""Made-up opportunities keep the rules that real ones have to."""

import json
from typing import Final

import pytest

from cosell.context import DEFAULT_READINGS, Scope
from cosell.datasets.seed import seed
from cosell.engine import Engine
from cosell.rules.opportunity.conditions import broken_conditions
from cosell.rules.opportunity.members import EVERY_MEMBER, values_of
from cosell.rules.opportunity.normal_form import normal_form, with_defaults
from cosell.rules.opportunity.review import next_status
from cosell.rules.opportunity.submission import involvement_of, violations_of_submission
from cosell.wire.decode import decode
from cosell.wire.timestamps import Date
from cosell.wire.types import GetOpportunityResponse
from tests.complete_opportunity import written
from tests.conftest import ACCOUNT
from tests.operations.whole_opportunity import refusal
from tests.store.caller import NOON_MS, Caller, HandClock

COUNT: Final = 400
LONG_AGO: Final = Date("2000-01-01")
"""As if every target close date were still to come: some deals of a pipeline are overdue."""


@pytest.fixture(scope="module")
def caller() -> Caller:
    engine = Engine.open(":memory:", clock=HandClock())
    seed(engine.store, Scope(ACCOUNT, "Sandbox"), count=COUNT, seed=5, now_ms=NOON_MS, advance=lambda _: None)
    return Caller(engine)


def test_their_members_agree(caller: Caller) -> None:
    for seeded in caller.records():
        record = decode(GetOpportunityResponse, json.dumps(seeded).encode())
        assert with_defaults(normal_form(record)) == record
        assert list(broken_conditions(values_of(record).get, EVERY_MEMBER, LONG_AGO, DEFAULT_READINGS)) == [], seeded


def test_what_was_submitted_could_be(caller: Caller) -> None:
    for seeded in caller.records():
        if seeded["LifeCycle"]["ReviewStatus"] in ("Submitted", "In review", "Action Required"):
            record = decode(GetOpportunityResponse, json.dumps(seeded).encode())
            assert violations_of_submission(record, involvement_of(record), "Full", LONG_AGO) == [], seeded


def test_each_can_be_updated_where_its_review_allows_it(caller: Caller) -> None:
    for seeded in caller.records():
        overdue = seeded["LifeCycle"]["TargetCloseDate"] <= "2026-05-28"
        told = refusal(
            caller,
            "UpdateOpportunity",
            Identifier=seeded["Id"],
            LastModifiedDate=seeded["LastModifiedDate"],
            **written(seeded),
        )
        status = seeded["LifeCycle"]["ReviewStatus"]
        if next_status(status, "update") is None:
            assert told == [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")]
        elif status == "Action Required" and overdue:
            assert told == [("lifeCycle.targetCloseDate", "INVALID_VALUE")], "a correction needs a new date"
        else:
            assert told == [], seeded
