"""StartEngagementFromOpportunityTask: what it makes, how it fails, and how its state is found out."""

import json
from typing import Any

import pytest

from cosell.aws_side import by_hand
from cosell.aws_side.work import work
from cosell.context import Context, Readings
from cosell.engine import Engine
from cosell.operations.task.due_tasks import carry_out_due
from cosell.store.engagement import DueTask
from tests.aws_side.conftest import raised
from tests.conftest import ACCOUNT, OTHER_ACCOUNT
from tests.operations.test_review_decision import decide
from tests.operations.whole_opportunity import WHOLE, but
from tests.relations.outbox import events, told
from tests.store.caller import DAY_MS, NOON_MS, Caller, HandClock, Record, Refused, moment

CO_SELL = {"InvolvementType": "Co-Sell", "Visibility": "Full"}
FOR_VISIBILITY = {"InvolvementType": "For Visibility Only"}
MADE = {"EngagementId": "eng-", "EngagementInvitationId": "engi-", "ResourceSnapshotJobId": "job-"}
OF_THE_TASK = [
    "Engagement Created",
    "Engagement Member Added",
    "Engagement Resource Snapshot Created",
    "Engagement Invitation Created",
    "Opportunity Updated",
]


def start(caller: Caller, opportunity: str, token: str = "task", **members: Any) -> Record:
    """StartEngagementFromOpportunityTask for Co-Sell, unless `members` say something else."""
    return caller(
        "StartEngagementFromOpportunityTask",
        **{"Identifier": opportunity, "ClientToken": token, "AwsSubmission": CO_SELL} | members,
    )


def tasks(caller: Caller, **request: Any) -> list[Record]:
    return list(caller("ListEngagementFromOpportunityTasks", **request)["TaskSummaries"])


def kept(caller: Caller, task: Record) -> dict[str, Any]:
    """What the store holds of the task's engagement, records as plain values."""
    with caller.engine.store.read(caller.scope) as tx:
        engagement = tx.engagement(task["EngagementId"])
        job = tx.snapshot_job(task["ResourceSnapshotJobId"])
        invitation = tx.invitation(task["EngagementInvitationId"])
        assert engagement is not None
        assert job is not None
        assert invitation is not None
        snapshot = tx.latest_snapshot(engagement.engagement_id, job.opportunity, job.template)
        assert snapshot is not None
        return {
            "engagement": json.loads(engagement.record),
            "job": json.loads(job.record),
            "invitation": json.loads(invitation.record),
            "snapshot": json.loads(snapshot.record),
            "members": [member.account for member in tx.members(engagement.engagement_id)],
        }


@pytest.fixture
def opportunity(caller: Caller) -> str:
    """A draft that lacks nothing."""
    return str(caller.create("draft", **WHOLE)["Id"])


def test_the_task_submits_the_opportunity_and_names_what_it_made(caller: Caller, opportunity: str) -> None:
    task = start(caller, opportunity)
    assert task["TaskStatus"] == "COMPLETE"
    assert {member: task[member].partition("-")[0] + "-" for member in MADE} == MADE
    assert task["OpportunityId"] == opportunity
    assert task["StartTime"] == moment(NOON_MS)
    assert task["TaskArn"] == (
        f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-from-opportunity-task/{task['TaskId']}"
    )
    assert "ReasonCode" not in task
    assert caller.get(opportunity)["LifeCycle"]["ReviewStatus"] == "Submitted"
    summary = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=opportunity)
    assert (summary["InvolvementType"], summary["Visibility"]) == ("Co-Sell", "Full")
    assert tasks(caller) == [task]


def test_the_engagement_is_about_the_customers_project(caller: Caller, opportunity: str) -> None:
    task = start(caller, opportunity)
    engagement = kept(caller, task)["engagement"]
    assert engagement["Title"] == WHOLE["Project"]["Title"]
    assert engagement["Description"] == WHOLE["Project"]["CustomerBusinessProblem"]
    assert (engagement["CreatedBy"], engagement["MemberCount"]) == (ACCOUNT, 1)
    (context,) = engagement["Contexts"]
    assert (context["Id"], context["Type"]) == ("1", "CustomerProject")
    assert context["Payload"]["CustomerProject"] == {
        "Customer": {
            "Industry": "Other",
            "CompanyName": "Blue Heron",
            "WebsiteUrl": "https://heron.example.com",
            "CountryCode": "US",
        },
        "Project": {
            "Title": WHOLE["Project"]["Title"],
            "BusinessProblem": WHOLE["Project"]["CustomerBusinessProblem"],
            "TargetCompletionDate": WHOLE["LifeCycle"]["TargetCloseDate"],
        },
    }


def test_long_texts_are_cut_to_what_an_engagement_holds(caller: Caller) -> None:
    long = but({"Project.Title": "t" * 255, "Project.CustomerBusinessProblem": "p" * 2000})
    opportunity = caller.create("draft", **long)["Id"]
    engagement = kept(caller, start(caller, opportunity))["engagement"]
    assert (len(engagement["Title"]), len(engagement["Description"])) == (40, 255)


def test_aws_is_invited_for_fifteen_days(caller: Caller, opportunity: str) -> None:
    assignee = {
        "Email": "bo@heron.example.com",
        "FirstName": "Bo",
        "LastName": "Li",
        "BusinessTitle": "OpportunityOwner",
    }
    caller("AssignOpportunity", Identifier=opportunity, Assignee=assignee)
    invitation = kept(caller, start(caller, opportunity))["invitation"]
    assert (invitation["Status"], invitation["PayloadType"]) == ("PENDING", "OpportunityInvitation")
    assert (invitation["SenderAwsAccountId"], invitation["Receiver"]["Account"]["AwsAccountId"]) == (ACCOUNT, "aws")
    assert invitation["ExpirationDate"] == moment(NOON_MS + 15 * 86_400_000)
    offered = invitation["Payload"]["OpportunityInvitation"]
    assert offered["Project"]["ExpectedCustomerSpend"] == WHOLE["Project"]["ExpectedCustomerSpend"]
    assert offered["OpportunityType"] == caller.get(opportunity)["OpportunityType"]
    assert [contact["Email"] for contact in offered["SenderContacts"]] == ["bo@heron.example.com"]


def test_what_has_no_website_is_shared_without_the_part_that_needs_one(caller: Caller) -> None:
    secret = but(
        {
            "NationalSecurity": "Yes",
            "Customer.Account.Industry": "Government",
            "Customer.Account.OtherIndustry": None,
            "Customer.Account.WebsiteUrl": None,
        }
    )
    opportunity = caller.create("draft", **secret)["Id"]
    task = start(caller, opportunity)
    assert task["TaskStatus"] == "COMPLETE", task
    made = kept(caller, task)
    assert "Payload" not in made["invitation"]
    assert "Customer" not in made["engagement"]["Contexts"][0]["Payload"]["CustomerProject"]


def test_the_snapshot_shows_the_opportunity_as_submitted(caller: Caller, opportunity: str) -> None:
    made = kept(caller, start(caller, opportunity))
    snapshot, record = made["snapshot"], caller.get(opportunity)
    assert snapshot["Arn"].endswith(f"/resource/Opportunity/{opportunity}/template/OpportunitySummaryView/snapshot/1")
    view = snapshot["Payload"]["OpportunitySummary"]
    assert view["Lifecycle"]["ReviewStatus"] == "Submitted"
    assert view["Customer"] == record["Customer"]
    assert view["Project"] == {
        member: record["Project"][member]
        for member in (
            "DeliveryModels",
            "ExpectedCustomerSpend",
            "ExpectedContractDuration",
            "CustomerUseCase",
            "SalesActivities",
            "OtherSolutionDescription",
        )
    }
    assert snapshot["TargetMemberAccounts"] == made["members"] == [ACCOUNT]
    assert made["job"]["Status"] == "Running"
    assert made["job"]["LastSuccessfulExecutionDate"] == moment(NOON_MS)


def test_the_events_of_a_task_come_in_the_guides_order(caller: Caller, opportunity: str) -> None:
    task = start(caller, opportunity)
    assert told(caller) == ["Opportunity Created", *OF_THE_TASK]
    with caller.engine.store.read(caller.scope):
        subjects = {waiting.event.subject for waiting in caller.engine.store.outbox.after(0, 100)}
    assert subjects == {opportunity}
    created, added, taken, invited, _ = events(caller)[1:]
    assert created["detail"]["engagement"]["engagementId"] == task["EngagementId"]
    assert added["detail"]["engagementMember"] == {"accountId": ACCOUNT, "companyName": f"Partner {ACCOUNT}"}
    assert taken["detail"]["resourceSnapshot"]["targetMemberAccounts"] == [ACCOUNT]
    assert invited["detail"]["engagementInvitation"]["id"] == task["EngagementInvitationId"]
    assert invited["detail"]["engagementInvitation"]["participantType"] == "SENDER"


def test_the_approval_of_aws_accepts_the_invitation(caller: Caller, opportunity: str, clock: HandClock) -> None:
    task = start(caller, opportunity)
    clock.now_ms += 1000
    decide(caller, opportunity, "start review")
    decide(caller, opportunity, "approve")
    made = kept(caller, task)
    assert (made["invitation"]["Status"], made["invitation"].get("ExpirationDate")) == ("ACCEPTED", None)
    assert made["members"] == [ACCOUNT, "aws"]
    assert made["engagement"]["MemberCount"] == 2
    assert made["snapshot"]["TargetMemberAccounts"] == [ACCOUNT, "aws"]
    assert told(caller)[len(OF_THE_TASK) + 1 :] == [
        "Engagement Resource Snapshot Created",
        "Opportunity Updated",
        "Engagement Resource Snapshot Created",  # AWS's own view: its people, its stage, its insights
        "Engagement Invitation Accepted",
        "Engagement Member Added",
        "Engagement Resource Snapshot Created",
        "Opportunity Updated",
    ]


def test_a_rejection_rejects_the_invitation(caller: Caller, opportunity: str) -> None:
    task = start(caller, opportunity)
    decide(caller, opportunity, "reject")
    made = kept(caller, task)
    assert made["invitation"]["Status"] == "REJECTED"
    assert made["members"] == [ACCOUNT]
    assert told(caller)[-3:] == [
        "Engagement Invitation Rejected",
        "Engagement Resource Snapshot Created",
        "Opportunity Updated",
    ]


def test_an_invitation_that_has_expired_is_answered_no_more(caller: Caller, opportunity: str, clock: HandClock) -> None:
    task = start(caller, opportunity)
    clock.now_ms += 15 * DAY_MS  # nobody has come yet to end it
    decide(caller, opportunity, "approve")
    assert caller("GetEngagementInvitation", Identifier=task["EngagementInvitationId"])["Status"] == "EXPIRED"
    assert kept(caller, task)["members"] == [ACCOUNT]
    assert told(caller)[-2:] == ["Engagement Resource Snapshot Created", "Opportunity Updated"]


def test_all_that_is_told_of_an_invitation_of_aws_keeps_its_order(caller: Caller, opportunity: str) -> None:
    start(caller, opportunity)
    work(caller.engine, None, NOON_MS + 15 * DAY_MS, raised)
    assert told(caller)[-1] == "Engagement Invitation Expired"
    waiting = caller.engine.store.outbox.after(0, 10)
    assert {item.event.subject for item in waiting} == {opportunity}  # events of one subject keep their order


def test_who_submits_again_after_the_invitation_has_expired_sends_another_one(
    caller: Caller, opportunity: str, clock: HandClock
) -> None:
    task = start(caller, opportunity)
    decide(caller, opportunity, "require action")
    clock.now_ms += 15 * DAY_MS
    again = start(caller, opportunity, "again")
    assert again["EngagementId"] == task["EngagementId"]
    assert again["EngagementInvitationId"] != task["EngagementInvitationId"]
    assert told(caller)[-3:] == [
        "Engagement Resource Snapshot Created",
        "Engagement Invitation Created",
        "Opportunity Updated",
    ]


def test_a_change_that_members_see_makes_a_snapshot_and_no_other_one_does(
    caller: Caller, opportunity: str, clock: HandClock
) -> None:
    task = start(caller, opportunity)
    decide(caller, opportunity, "approve")
    before = kept(caller, task)["snapshot"]["Revision"]
    clock.now_ms += 1000
    caller(
        "AssociateOpportunity",
        OpportunityIdentifier=opportunity,
        RelatedEntityType="Solutions",
        RelatedEntityIdentifier="S-1234567",
    )
    seen = kept(caller, task)["snapshot"]
    assert seen["Revision"] == before + 1
    assert seen["Payload"]["OpportunitySummary"]["RelatedEntityIdentifiers"]["Solutions"] == ["S-1234567"]
    record = caller.get(opportunity)
    project = record["Project"] | {"AdditionalComments": "Not for the members."}
    writable = {member: record[member] for member in WHOLE if member in record}
    caller.update(opportunity, **writable | {"Project": project})
    assert kept(caller, task)["snapshot"] == seen


def aws_edits(caller: Caller, opportunity: str, **view: Any) -> None:
    by_hand.edit(caller.engine, caller.scope, opportunity, view, None)


def aws_snapshot(caller: Caller, task: Record) -> Record | None:
    """The latest snapshot of AWS's own view in the task's engagement."""
    with caller.engine.store.read(caller.scope) as tx:
        snapshot = tx.latest_snapshot(task["EngagementId"], task["OpportunityId"], "AwsOpportunitySummaryFullView")
    return None if snapshot is None else dict(json.loads(snapshot.record))


def test_a_change_of_awss_own_view_is_a_snapshot_for_the_owner_alone(
    caller: Caller, opportunity: str, clock: HandClock
) -> None:
    task = start(caller, opportunity)
    decide(caller, opportunity, "approve", bare=True)
    assert aws_snapshot(caller, task) is None, "what AWS begins with is told by the submission"
    before = len(told(caller))
    clock.now_ms += 1000
    aws_edits(caller, opportunity, Insights={"EngagementScore": "High"})
    snapshot = aws_snapshot(caller, task)
    assert snapshot is not None
    view = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=opportunity)
    assert snapshot["Payload"] == {
        "AwsOpportunitySummaryFullView": {name: value for name, value in view.items() if name != "Catalog"}
    }
    arn = f"{opportunity}/template/AwsOpportunitySummaryFullView/snapshot/1"
    assert snapshot["Arn"].endswith(f"{task['EngagementId']}/resource/Opportunity/{arn}")
    assert (snapshot["CreatedBy"], snapshot["TargetMemberAccounts"]) == ("aws", [ACCOUNT])
    assert snapshot["CreatedAt"] == moment(clock.now_ms)
    taken, updated = events(caller)[before:]
    assert updated["detail-type"] == "Opportunity Updated"
    assert taken["detail-type"] == "Engagement Resource Snapshot Created"
    shown = taken["detail"]["resourceSnapshot"]
    assert shown["arn"] == snapshot["Arn"]
    assert shown["resourceSnapshotTemplateName"] == "AwsOpportunitySummaryFullView"
    assert shown["targetMemberAccounts"] == [ACCOUNT]


def test_every_other_view_of_aws_is_another_revision(caller: Caller, opportunity: str) -> None:
    task = start(caller, opportunity)
    for score, revision in (("High", 1), ("High", 1), ("Low", 2)):
        aws_edits(caller, opportunity, Insights={"EngagementScore": score})
        snapshot = aws_snapshot(caller, task)
        assert snapshot is not None
        assert snapshot["Revision"] == revision


def test_what_a_correction_shows_to_aws_is_a_snapshot_of_its_view(caller: Caller, opportunity: str) -> None:
    task = start(caller, opportunity)
    decide(caller, opportunity, "require action")
    spend = [WHOLE["Project"]["ExpectedCustomerSpend"][0] | {"Amount": "7"}]
    record = caller.get(opportunity)
    writable = {member: record[member] for member in WHOLE if member in record}
    caller.update(opportunity, **but({"Project.ExpectedCustomerSpend": spend}, writable))
    snapshot = aws_snapshot(caller, task)
    assert snapshot is not None
    assert snapshot["Payload"]["AwsOpportunitySummaryFullView"]["Project"]["ExpectedCustomerSpend"] == spend


def test_a_correction_of_what_aws_does_not_view_is_no_snapshot_of_its_view(caller: Caller, opportunity: str) -> None:
    task = start(caller, opportunity)
    decide(caller, opportunity, "require action")
    caller.update(opportunity, **but({"Customer.Account.Address.City": "Salem"}))
    assert aws_snapshot(caller, task) is None


def test_without_an_engagement_awss_view_is_no_snapshot(caller: Caller, opportunity: str) -> None:
    caller("SubmitOpportunity", Identifier=opportunity, **CO_SELL)
    aws_edits(caller, opportunity, Insights={"EngagementScore": "High"})
    assert told(caller) == ["Opportunity Created", "Opportunity Updated", "Opportunity Updated"]


def test_what_is_corrected_is_submitted_again_in_the_same_engagement(caller: Caller, opportunity: str) -> None:
    first = start(caller, opportunity, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}])
    decide(caller, opportunity, "require action")
    again = start(caller, opportunity, "again", Tags=[{"Key": "a", "Value": "2"}])
    assert again["TaskStatus"] == "COMPLETE"
    assert {member: again[member] for member in MADE} == {member: first[member] for member in MADE}
    assert again["TaskId"] != first["TaskId"]
    assert told(caller).count("Engagement Created") == 1
    assert told(caller).count("Engagement Invitation Created") == 1
    arn = kept(caller, first)["job"]["Arn"]
    assert caller("ListTagsForResource", ResourceArn=arn)["Tags"] == [
        {"Key": "a", "Value": "2"},
        {"Key": "b", "Value": "1"},
    ]


@pytest.mark.parametrize("status", ["Submitted", "In review", "Approved", "Rejected"])
def test_a_task_fails_where_the_review_permits_no_submission(caller: Caller, opportunity: str, status: str) -> None:
    caller.replace(opportunity, **WHOLE | {"LifeCycle": WHOLE["LifeCycle"] | {"ReviewStatus": status}})
    before = caller.get(opportunity)
    task = start(caller, opportunity)
    assert (task["TaskStatus"], task["ReasonCode"]) == ("FAILED", "OpportunityConflict")
    assert task["Message"].startswith("ACTION_NOT_PERMITTED: You cannot perform Submit action")
    assert status in task["Message"]
    assert not MADE.keys() & task.keys()
    assert caller.get(opportunity) == before
    assert told(caller) == ["Opportunity Created"]
    assert tasks(caller) == [task]


def test_a_task_fails_with_all_that_the_opportunity_lacks(caller: Caller) -> None:
    opportunity = caller.create("empty")["Id"]
    caller.replace(opportunity, LifeCycle={"TargetCloseDate": None})  # as loaded from AWS
    task = start(caller, opportunity)
    assert (task["TaskStatus"], task["ReasonCode"]) == ("FAILED", "OpportunityValidationFailed")
    for lacking in ("project.title", "project.salesActivities", "lifeCycle.targetCloseDate"):
        assert f"OPPORTUNITY_VALIDATION_FAILED {lacking} is required" in task["Message"]
    limited = start(caller, opportunity, "limited", AwsSubmission=CO_SELL | {"Visibility": "Limited"})
    assert (
        "BUSINESS_VALIDATION_EXCEPTION primaryNeedsFromAws: Cannot set visibility to limited on a Co-Sell opportunity"
        in limited["Message"]
    )


def test_a_call_that_names_nothing_of_the_callers_fails_itself(caller: Caller, opportunity: str) -> None:
    for asker, identifier in ((caller, "O1"), (Caller(caller.engine, OTHER_ACCOUNT), opportunity)):
        with pytest.raises(Refused, match="ResourceNotFoundException"):
            start(asker, identifier)
    with pytest.raises(Refused, match="DUPLICATE_KEY_VALUE"):
        start(caller, opportunity, Tags=[{"Key": "a", "Value": ""}] * 2)
    assert tasks(caller) == []


def test_the_same_token_gives_the_task_and_another_request_a_conflict(
    caller: Caller, opportunity: str, clock: HandClock
) -> None:
    first = start(caller, opportunity)
    clock.now_ms += 1000
    assert start(caller, opportunity) == first
    with pytest.raises(Refused, match="ConflictException"):
        start(caller, opportunity, AwsSubmission=FOR_VISIBILITY)
    assert told(caller).count("Engagement Created") == 1
    assert len(tasks(caller)) == 1


def test_a_failed_task_stays_failed_for_its_token(caller: Caller) -> None:
    opportunity = caller.create("draft", **but({"Project.CustomerUseCase": None}))["Id"]
    failed = start(caller, opportunity)
    caller.update(opportunity, **WHOLE)
    assert start(caller, opportunity) == failed
    assert start(caller, opportunity, "another")["TaskStatus"] == "COMPLETE"


@pytest.fixture
def slow(caller: Caller, clock: HandClock) -> Caller:
    """A caller of an engine whose tasks take a minute, over the same store."""
    engine = caller.engine
    readings = Readings(task_delay_ms=60_000)
    return Caller(Engine(engine.store, clock, engine.chance, readings=readings))


def test_a_task_is_in_progress_until_it_is_due(slow: Caller, clock: HandClock) -> None:
    opportunity = slow.create("draft", **WHOLE)["Id"]
    started = start(slow, opportunity)
    assert set(started) == {"TaskId", "TaskArn", "StartTime", "TaskStatus", "OpportunityId"}
    assert started["TaskStatus"] == "IN_PROGRESS"
    clock.now_ms += 59_999
    assert start(slow, opportunity) == started
    assert tasks(slow, TaskStatus=["IN_PROGRESS"]) == [started]
    assert slow.get(opportunity)["LifeCycle"]["ReviewStatus"] == "Pending Submission"
    clock.now_ms += 1
    done = start(slow, opportunity)
    assert (done["TaskStatus"], done["TaskId"]) == ("COMPLETE", started["TaskId"])
    assert slow.get(opportunity)["LastModifiedDate"] == moment(clock.now_ms)
    assert tasks(slow, TaskStatus=["IN_PROGRESS"]) == []


def test_whoever_works_carries_out_what_is_due_once(slow: Caller, clock: HandClock) -> None:
    opportunity = slow.create("draft", **WHOLE)["Id"]
    started = start(slow, opportunity)
    store = slow.engine.store
    due_ms = clock.now_ms + 60_000
    assert store.due_tasks(due_ms - 1, 10) == []
    expected = DueTask(slow.scope, "StartEngagementFromOpportunityTask", started["TaskId"], due_ms)
    assert store.due_tasks(due_ms, 10) == [expected]
    for _ in range(2):
        with store.write(slow.scope) as tx:
            carry_out_due(tx, expected, Context(slow.scope, due_ms, slow.engine.chance, store.token_key))
    assert store.due_tasks(due_ms, 10) == []
    assert [task["TaskStatus"] for task in tasks(slow)] == ["COMPLETE"]
    assert told(slow) == ["Opportunity Created", *OF_THE_TASK]


def test_a_task_in_progress_may_fail_in_the_end(slow: Caller, clock: HandClock) -> None:
    opportunity = slow.create("draft", **WHOLE)["Id"]
    start(slow, opportunity)
    slow("SubmitOpportunity", Identifier=opportunity, **CO_SELL)
    clock.now_ms += 60_000
    assert start(slow, opportunity)["ReasonCode"] == "OpportunityConflict"


def test_a_reset_removes_engagements_and_tasks(caller: Caller, opportunity: str) -> None:
    task = start(caller, opportunity)
    aws_edits(caller, opportunity, Insights={"EngagementScore": "High"})
    with caller.engine.store.write(caller.scope) as tx:
        tx.clear()
    assert tasks(caller) == []
    with caller.engine.store.read(caller.scope) as tx:
        assert tx.engagement(task["EngagementId"]) is None
        assert tx.invitation(task["EngagementInvitationId"]) is None
        assert tx.snapshot_job(task["ResourceSnapshotJobId"]) is None
        assert tx.members(task["EngagementId"]) == []
        for template in ("OpportunitySummaryView", "AwsOpportunitySummaryFullView"):
            assert tx.latest_snapshot(task["EngagementId"], opportunity, template) is None
