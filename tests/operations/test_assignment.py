"""Who of the partner owns an opportunity."""

from typing import Any, Final

import pytest

from cosell.rules.opportunity.review import REVIEW_STATUSES
from tests.conftest import ACCOUNT
from tests.operations.whole_opportunity import placed, refusal
from tests.store.caller import Caller, HandClock, Record, moment

ANA: Final = {"Email": "ana@example.com", "FirstName": "Ana", "LastName": "Silva", "Phone": "+15550100001"}
RUI: Final = {"Email": "rui@example.com", "FirstName": "Rui", "LastName": "Costa"}
OWNER: Final = {"BusinessTitle": "OpportunityOwner"}
MANAGER: Final = {"BusinessTitle": "PartnerAccountManager"}


CREATOR: Final = {
    "Email": f"owner@partner-{ACCOUNT}.example.com",
    "FirstName": "Partner",
    "LastName": ACCOUNT,
    "BusinessTitle": "OpportunityOwner",
}


def team_after(caller: Caller, team: list[Record], assignee: Record) -> Any:
    identifier = caller.create("t", OpportunityTeam=team)["Id"]
    assert caller("AssignOpportunity", Identifier=identifier, Assignee=assignee) == {}
    return caller.get(identifier)["OpportunityTeam"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, [CREATOR]),
        ([], [CREATOR]),
        ([RUI | MANAGER], [CREATOR, RUI | MANAGER]),
        ([RUI | MANAGER, ANA | OWNER], [ANA | OWNER, RUI | MANAGER]),
    ],
)
def test_whoever_creates_it_owns_it_unless_the_team_names_another(
    caller: Caller, sent: list[Record] | None, kept: list[Record]
) -> None:
    identifier = caller.create("t", OpportunityTeam=sent)["Id"]
    assert caller.get(identifier)["OpportunityTeam"] == kept


def test_whoever_accepts_a_referral_owns_it(caller: Caller) -> None:
    identifier = caller.create("t", Origin="AWS Referral", OpportunityTeam=[RUI | MANAGER])["Id"]
    (invitation,) = caller("ListEngagementInvitations", ParticipantType="RECEIVER")["EngagementInvitationSummaries"]
    caller("StartEngagementByAcceptingInvitationTask", ClientToken="t", Identifier=invitation["Id"])
    assert caller.get(identifier)["OpportunityTeam"] == [CREATOR, RUI | MANAGER]


@pytest.mark.parametrize(
    ("team", "assignee", "expected"),
    [
        ([], ANA | OWNER, [ANA | OWNER]),
        ([], ANA | MANAGER, [CREATOR, ANA | MANAGER]),
        ([RUI | OWNER, RUI | MANAGER], ANA | OWNER, [ANA | OWNER, RUI | MANAGER]),
        ([RUI | MANAGER], ANA | OWNER, [ANA | OWNER, RUI | MANAGER]),
        ([RUI | OWNER], ANA | MANAGER, [RUI | OWNER, ANA | MANAGER]),
        ([RUI | OWNER, RUI | MANAGER], ANA | MANAGER, [RUI | OWNER, ANA | MANAGER]),
        ([RUI | OWNER], ANA | {"BusinessTitle": "Head of Sales"}, [ANA | OWNER]),
    ],
)
def test_the_assignee_takes_the_place(caller: Caller, team: list[Record], assignee: Record, expected: Any) -> None:
    assert team_after(caller, team, assignee) == expected


def test_an_assignment_is_stamped_and_can_be_repeated(caller: Caller, clock: HandClock) -> None:
    team_after(caller, [], ANA | OWNER)
    clock.now_ms += 1000
    caller("AssignOpportunity", Identifier="O1000001", Assignee=ANA | OWNER)
    record = caller.get("O1000001")
    assert record["OpportunityTeam"] == [ANA | OWNER]
    assert record["LastModifiedDate"] == moment(clock.now_ms)


def test_an_eleventh_member_has_no_place(caller: Caller) -> None:
    members = [RUI | {"BusinessTitle": f"Engineer {number}"} for number in range(10)]
    identifier = caller.create("t", OpportunityTeam=members)["Id"]
    assert refusal(caller, "AssignOpportunity", Identifier=identifier, Assignee=ANA | OWNER) == [
        ("opportunityTeam", "TOO_MANY_VALUES")
    ]
    assert caller.get(identifier)["OpportunityTeam"] == members


@pytest.mark.parametrize("status", REVIEW_STATUSES)
def test_only_what_was_rejected_is_not_assigned(caller: Caller, status: str) -> None:
    record = placed(caller, status)
    told = refusal(caller, "AssignOpportunity", Identifier=record["Id"], Assignee=ANA | OWNER)
    assert told == ([("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")] if status == "Rejected" else [])
