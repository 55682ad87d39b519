"""What a partner is told of a referral, in which order, and what is given up where something fails."""

import pytest

from cosell.aws_side import by_hand
from cosell.aws_side.work import work
from cosell.context import Context, Readings
from cosell.engine import Engine
from cosell.operations.invitation.expire_invitation import expire_invitation
from cosell.store.interface import WriteTransaction
from tests.aws_side.conftest import HOUR_MS, raised
from tests.store.caller import NOON_MS, Caller, HandClock, announced, moment

DAYS_15 = 15 * 24 * HOUR_MS


def told(engine: Engine) -> list[str]:
    return [event["detail-type"] for event in announced(engine)]


def refer(caller: Caller) -> str:
    """AWS refers an opportunity: its invitation."""
    caller.create("referral", Origin="AWS Referral", Customer={"Account": {"CompanyName": "Acme"}})
    page = caller("ListEngagementInvitations", ParticipantType="RECEIVER")
    return str(page["EngagementInvitationSummaries"][0]["Id"])


def test_an_invitation_is_announced_and_no_opportunity(caller: Caller) -> None:
    invitation = refer(caller)
    (event,) = announced(caller.engine)
    assert event["detail-type"] == "Engagement Invitation Created"
    detail = event["detail"]["engagementInvitation"]
    assert detail["id"] == invitation
    assert (detail["senderAccountId"], detail["receiverAccountId"]) == ("aws", caller.scope.account)
    assert (detail["participantType"], detail["senderCompanyName"]) == ("RECEIVER", "AWS")
    assert detail["expirationDate"] == moment(NOON_MS + DAYS_15)


def test_an_acceptance_is_announced_step_by_step(caller: Caller) -> None:
    invitation = refer(caller)
    caller("StartEngagementByAcceptingInvitationTask", ClientToken="yes", Identifier=invitation)
    assert told(caller.engine)[1:] == [
        "Engagement Invitation Accepted",
        "Engagement Member Added",
        "Opportunity Created",
        "Engagement Resource Snapshot Created",
        "Opportunity Updated",
    ]


def test_a_rejection_and_a_mere_acceptance_are_announced(caller: Caller) -> None:
    first = refer(caller)
    caller("RejectEngagementInvitation", Identifier=first)
    assert told(caller.engine)[1:] == ["Engagement Invitation Rejected"]
    caller.create("second", Origin="AWS Referral")
    page = caller("ListEngagementInvitations", ParticipantType="RECEIVER", Status=["PENDING"])
    caller("AcceptEngagementInvitation", Identifier=page["EngagementInvitationSummaries"][0]["Id"])
    assert told(caller.engine)[3:] == ["Engagement Invitation Accepted", "Engagement Member Added"]


def test_all_that_is_told_of_a_referral_keeps_its_order(caller: Caller) -> None:
    invitation = refer(caller)
    caller("AcceptEngagementInvitation", Identifier=invitation)
    waiting = caller.engine.store.outbox.after(0, 10)
    assert len({item.event.subject for item in waiting}) == 1  # events of one subject keep their order


def test_an_expiry_is_announced_once_at_its_moment(caller: Caller) -> None:
    refer(caller)
    work(caller.engine, None, NOON_MS + DAYS_15 - 1, raised)
    assert len(told(caller.engine)) == 1
    for _ in range(2):
        work(caller.engine, None, NOON_MS + 2 * DAYS_15, raised)
    created, expired = announced(caller.engine)
    assert expired["detail-type"] == "Engagement Invitation Expired"
    assert expired["time"][:19] == moment(NOON_MS + DAYS_15)[:19]
    assert created["detail"]["engagementInvitation"]["id"] == expired["detail"]["engagementInvitation"]["id"]


def test_an_invitation_without_a_referral_makes_no_opportunity(caller: Caller) -> None:
    invitation = refer(caller)
    with caller.engine.store.write(caller.scope) as tx:
        tx.remove_referral(invitation)
    answer = caller("StartEngagementByAcceptingInvitationTask", ClientToken="yes", Identifier=invitation)
    assert (answer["TaskStatus"], answer["ReasonCode"]) == ("FAILED", "InvitationValidationFailed")
    caller("RejectEngagementInvitation", Identifier=invitation)


def test_a_reset_removes_what_aws_has_shown_of_a_referral(caller: Caller) -> None:
    task = caller("StartEngagementByAcceptingInvitationTask", ClientToken="yes", Identifier=refer(caller))
    opportunity = task["OpportunityId"]
    by_hand.edit(caller.engine, caller.scope, opportunity, {"Insights": {"EngagementScore": "High"}}, None)
    engagement_id = announced(caller.engine)[-2]["detail"]["resourceSnapshot"]["engagementId"]
    for left in (True, False):
        with caller.engine.store.write(caller.scope) as tx:
            snapshot = tx.latest_snapshot(engagement_id, opportunity, "AwsOpportunitySummaryFullView")
            assert (snapshot is not None) == left
            tx.clear()


def test_tags_of_an_acceptance_are_those_of_its_job(caller: Caller) -> None:
    invitation = refer(caller)
    answer = caller(
        "StartEngagementByAcceptingInvitationTask",
        ClientToken="yes",
        Identifier=invitation,
        Tags=[{"Key": "team", "Value": "north"}],
    )
    with caller.engine.store.read(caller.scope) as tx:
        assert tx.tags(f"resource-snapshot-job/{answer['ResourceSnapshotJobId']}") == {"team": "north"}
    with pytest.raises(Exception, match="ValidationException"):
        caller(
            "StartEngagementByAcceptingInvitationTask",
            ClientToken="no",
            Identifier=invitation,
            Tags=[{"Key": "aws:team", "Value": "north"}],
        )


@pytest.mark.parametrize("broken", ["expire_invitation", "carry_out_due"])
def test_what_fails_is_given_up(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine.open(":memory:", clock=HandClock(), readings=Readings(task_delay_ms=HOUR_MS))
    caller = Caller(engine)
    invitation = refer(caller)
    if broken == "carry_out_due":
        caller("StartEngagementByAcceptingInvitationTask", ClientToken="yes", Identifier=invitation)

    def fail(*_: WriteTransaction) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(f"cosell.aws_side.work.{broken}", fail)
    given_up: list[str] = []
    for _ in range(2):
        work(engine, None, NOON_MS + 2 * DAYS_15, lambda place, _: given_up.append(place))
    assert len(given_up) == 1
    engine.close()


def test_what_was_answered_meanwhile_does_not_expire(caller: Caller) -> None:
    engine, invitation = caller.engine, refer(caller)
    (due,) = engine.store.due_invitations(NOON_MS + DAYS_15, 1)  # as another worker has read it
    caller("AcceptEngagementInvitation", Identifier=invitation)
    before = told(engine)
    with engine.store.write(due.scope) as tx:
        expire_invitation(tx, due.invitation_id, Context(due.scope, due.due_ms, engine.chance, engine.store.token_key))
    assert told(engine) == before
    assert caller("GetEngagementInvitation", Identifier=invitation)["Status"] == "ACCEPTED"
