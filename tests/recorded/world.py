"""A small world in which recorded requests make sense: what they name is there, in the state that they need."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cosell import flow
from cosell.engine import Engine
from cosell.rules.solution import Solution
from cosell.store.opportunity import stored
from tests.operations.test_review_decision import decide
from tests.operations.whole_opportunity import WHOLE
from tests.store.caller import Caller, HandClock, Record

Pair = dict[str, Any]

LATEST = datetime(2026, 3, 1, tzinfo=UTC)
"""Where a recording does not say when it was made."""
TEMPLATES = {
    # The names in braces are the recorder's own variables.
    "{{catalog}}": "Sandbox",
    "{{solutionId}}": "S-1234567",
    "{{awsMarketplaceOfferId}}": "offer-example",
    "{{targetCloseDate}}": "2029-10-05",
}


class World:
    """An engine at the moment of a recording, with a caller of its catalog."""

    def __init__(self, pair: Pair, url: str) -> None:
        recorded_on = pair.get("recordedOn")
        now = LATEST if recorded_on is None else datetime.strptime(recorded_on, "%d %b %Y").replace(tzinfo=UTC)
        self.clock = HandClock(int(now.timestamp()) * 1000)
        self.request: Record = {
            member: TEMPLATES.get(value, value) if isinstance(value, str) else _filled(value)
            for member, value in pair["request"].items()
        }
        catalog = self.request.get("Catalog") or self.request["ResourceArn"].partition("catalog/")[2].partition("/")[0]
        self.caller = Caller(Engine.open(url, clock=self.clock, chance=random.Random(7)), catalog=catalog)
        self.recorded: Any = pair["response"]
        PREPARATIONS[pair["op"]](self)

    def answer(self, operation: str) -> flow.Answer:
        """What cosell answers to the request."""
        return self.caller.answer(operation, **self.request)

    def draft(self, **members: Any) -> str:
        """An opportunity that lacks nothing."""
        ahead = {"LifeCycle": WHOLE["LifeCycle"] | {"TargetCloseDate": "2029-10-05"}}
        return str(self.caller.create(f"draft {self.clock.now_ms}", **WHOLE | ahead | members)["Id"])

    def submitted(self) -> str:
        """An opportunity that AWS has approved, with a task that has shared it."""
        opportunity = self.draft()
        submission = {"InvolvementType": "Co-Sell"}
        self.caller(
            "StartEngagementFromOpportunityTask", Identifier=opportunity, ClientToken="shared", AwsSubmission=submission
        )
        decide(self.caller, opportunity, "approve")
        return opportunity


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_filled(item) for item in value]
    return TEMPLATES.get(value, value) if isinstance(value, str) else value


def _nothing(_: World) -> None:
    """Needs nothing."""


def _named_draft(world: World) -> None:
    member = "OpportunityIdentifier" if "OpportunityIdentifier" in world.request else "Identifier"
    world.request[member] = world.draft()
    with world.caller.engine.store.write(world.caller.scope) as tx:
        tx.put_solutions([Solution("S-0059631", "One", "Active", "Software Product", 0)])


def _associated(world: World) -> None:
    _named_draft(world)
    entity = {name: world.request[name] for name in ("OpportunityIdentifier", "RelatedEntityType")}
    world.caller("AssociateOpportunity", **entity, RelatedEntityIdentifier="S-0059631")
    world.request["RelatedEntityIdentifier"] = "S-0059631"


def _submitted(world: World) -> None:
    world.request["RelatedOpportunityIdentifier"] = world.submitted()


def _tasks(world: World) -> None:
    world.submitted()
    if "TaskIdentifier" in world.request:
        (task,) = world.caller("ListEngagementFromOpportunityTasks")["TaskSummaries"]
        world.request["TaskIdentifier"] = [task["TaskId"]]


def _job(world: World) -> None:
    world.submitted()
    (task,) = world.caller("ListEngagementFromOpportunityTasks")["TaskSummaries"]
    with world.caller.engine.store.read(world.caller.scope) as tx:
        job = tx.snapshot_job(task["ResourceSnapshotJobId"])
    assert job is not None
    catalog, account = world.caller.scope.catalog, world.caller.scope.account
    arn = f"arn:aws:partnercentral:us-east-1:{account}:catalog/{catalog}/resource-snapshot-job/{job.job_id}"
    world.caller("TagResource", ResourceArn=arn, Tags=[{"Key": "Project", "Value": "Alpha"}])
    world.request["ResourceArn"] = arn


def _loaded(world: World) -> None:
    """The record that was answered is the one that is asked for."""
    from cosell.datasets.answers import record_of

    summaries = world.recorded.get("OpportunitySummaries", [world.recorded])
    account = world.caller.scope.account
    records = [record_of(summary, account, world.caller.scope.catalog)[0] for summary in summaries]
    catalog = records[0].catalog
    world.request["Catalog"] = catalog
    world.caller = Caller(world.caller.engine, account, catalog)
    with world.caller.engine.store.write(world.caller.scope) as tx:
        tx.insert(stored(record) for record in {record.id: record for record in records}.values())
    if "Identifier" in world.request:
        world.request["Identifier"] = records[0].id


def _to_update(world: World) -> None:
    """A record that differs from the request by nothing but its review status."""
    kept = ("Customer", "Project", "Marketing", "NationalSecurity", "OpportunityType", "PrimaryNeedsFromAws")
    opportunity = world.draft()
    wanted = world.request["LifeCycle"]["ReviewStatus"]
    status = "Pending Submission" if wanted == "Pending Submission" else "Submitted"
    members = {name: world.request[name] for name in kept if world.request.get(name) is not None}
    life_cycle = {"Stage": world.request["LifeCycle"]["Stage"], "ReviewStatus": status}
    world.caller.replace(opportunity, **members, LifeCycle=life_cycle)
    stamp = world.caller.get(opportunity)["LastModifiedDate"]
    world.request |= {"Identifier": opportunity, "LastModifiedDate": stamp}


def _invited(world: World) -> None:
    """AWS has referred an opportunity, and nobody has answered yet."""
    world.request |= {"Catalog": "Sandbox"}  # where a partner can bring about a referral alone
    world.caller = Caller(world.caller.engine, world.caller.scope.account, "Sandbox")
    world.draft(Origin="AWS Referral")
    if "Identifier" in world.request:
        page = world.caller("ListEngagementInvitations", ParticipantType="RECEIVER")
        world.request["Identifier"] = page["EngagementInvitationSummaries"][0]["Id"]


def _accepted(world: World) -> None:
    """The referral was accepted by a task."""
    _invited(world)
    page = world.caller("ListEngagementInvitations", ParticipantType="RECEIVER")
    identifier = page["EngagementInvitationSummaries"][0]["Id"]
    world.caller("StartEngagementByAcceptingInvitationTask", ClientToken="accepted", Identifier=identifier)


PREPARATIONS: dict[str, Callable[[World], None]] = {
    "AcceptEngagementInvitation": _invited,
    "AssignOpportunity": _named_draft,
    "AssociateOpportunity": _named_draft,
    "CreateOpportunity": _nothing,
    "DisassociateOpportunity": _associated,
    "GetAwsOpportunitySummary": _submitted,
    "GetEngagementInvitation": _invited,
    "GetOpportunity": _loaded,
    "ListEngagementByAcceptingInvitationTasks": _accepted,
    "ListEngagementFromOpportunityTasks": _tasks,
    "ListEngagementInvitations": _invited,
    "ListOpportunities": _loaded,
    "ListSolutions": _nothing,
    "ListTagsForResource": _job,
    "RejectEngagementInvitation": _invited,
    "StartEngagementByAcceptingInvitationTask": _invited,
    "StartEngagementFromOpportunityTask": _named_draft,
    "SubmitOpportunity": _named_draft,
    "TagResource": _job,
    "UntagResource": _job,
    "UpdateOpportunity": _to_update,
}
