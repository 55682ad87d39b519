"""Tasks: to submit an opportunity with an engagement, and to accept AWS's referral.

Source: the reference on operations, Tasks, and on the life cycle, 3 and 7.
"""

from typing import Final

from tests.stories.model.deal import NOT_NOW
from tests.stories.model.needs import NO_SUPPORT
from tests.stories.model.opportunities import show, submit
from tests.stories.model.paths import Errors, Record
from tests.stories.model.sharing import end, share, summary_view, take_snapshot
from tests.stories.model.tags import check_tags
from tests.stories.model.world import Turn, day_of, moment, shared_arn

SUBMITTING: Final = "StartEngagementFromOpportunityTask"
ACCEPTING: Final = "StartEngagementByAcceptingInvitationTask"
IN_ARNS: Final = {
    SUBMITTING: "engagement-from-opportunity-task",
    ACCEPTING: "engagement-by-accepting-invitation-task",
}


def text_of(field: str, code: str) -> str:
    """What a message says of an error, or how that begins. Clients look for it."""
    if field == "lifeCycle.reviewStatus":
        return "ACTION_NOT_PERMITTED: You cannot perform Submit action"
    if code == "REQUIRED_FIELD_MISSING":
        return f"OPPORTUNITY_VALIDATION_FAILED {field} is required"
    return f"BUSINESS_VALIDATION_EXCEPTION {field}: "


class Task:
    """One task: what it is for, and how far it has come."""

    def __init__(self, identifier: str, operation: str, request: Record, started: int, due: int) -> None:
        self.identifier = identifier
        self.operation = operation
        self.request = request
        self.started = started
        self.due: int | None = due
        self.status = "IN_PROGRESS"
        self.reason: str | None = None
        self.errors: Errors = set()
        """What its message has to name, if it fails."""
        self.made: Record = {}
        """The names that it tells."""

    def shown(self, catalog: str) -> Record:
        """What is answered of it."""
        return self.made | {
            "TaskId": self.identifier,
            "TaskArn": shared_arn(catalog, IN_ARNS[self.operation], self.identifier),
            "StartTime": moment(self.started),
            "TaskStatus": self.status,
            "ReasonCode": self.reason,
            "Message": [text_of(field, code) for field, code in self.errors],
        }

    def complete(self, **made: str | None) -> None:
        """It is done."""
        self.status, self.due = "COMPLETE", None
        self.made |= made

    def fail(self, reason: str) -> None:
        """It cannot be done."""
        self.status, self.due, self.reason = "FAILED", None, reason


def start_engagement_from_opportunity_task(turn: Turn, request: Record) -> Record:
    """Begin to submit an opportunity."""
    check_tags(request)
    turn.deal(request["Identifier"])
    return _started(turn, SUBMITTING, request, {"OpportunityId": request["Identifier"]})


def start_engagement_by_accepting_invitation_task(turn: Turn, request: Record) -> Record:
    """Begin to accept a referral."""
    check_tags(request)
    invitation = turn.invitation(request["Identifier"])
    return _started(turn, ACCEPTING, request, {"EngagementInvitationId": invitation.identifier})


def _started(turn: Turn, operation: str, request: Record, made: Record) -> Record:
    due = turn.now + turn.world.settings.task_delay_ms
    task = Task(turn.new("task-[0-9a-z]{13}", "TaskId"), operation, request, turn.now, due)
    task.made = made
    turn.world.tasks[turn.scope].append(task)
    return caught_up(turn, task)


def repeated(turn: Turn, answer: Record) -> Record:
    """What has become of a task: its ClientToken came again."""
    task = next(task for task in turn.world.tasks[turn.scope] if task.identifier == answer["TaskId"])
    return caught_up(turn, task)


def caught_up(turn: Turn, task: Task) -> Record:
    """Do what a task is for, once it is due."""
    if task.due is not None and task.due <= turn.now:
        {SUBMITTING: _submit, ACCEPTING: _accept}[task.operation](turn, task)
    return task.shown(turn.scope.catalog)


def _submit(turn: Turn, task: Task) -> None:
    deal = turn.deal(task.request["Identifier"])
    submission = task.request["AwsSubmission"]
    involvement, visibility = submission["InvolvementType"], submission.get("Visibility") or "Full"
    task.errors = deal.submission(involvement, visibility, day_of(turn.now))
    if task.errors:
        task.fail("OpportunityConflict" if task.errors == NOT_NOW else "OpportunityValidationFailed")
        return
    seen = summary_view(deal, ReviewStatus="Submitted")
    if involvement == "For Visibility Only":
        seen["PrimaryNeedsFromAws"] = [NO_SUPPORT]
    engagement, invitation = share(turn, deal, seen, (task.operation, task.identifier))
    _tag_job(turn, engagement.job, task)
    submit(turn, deal, involvement, visibility)
    task.complete(
        EngagementId=engagement.identifier,
        EngagementInvitationId=invitation.identifier,
        ResourceSnapshotJobId=engagement.job,
    )


def _accept(turn: Turn, task: Task) -> None:
    invitation = turn.invitation(task.request["Identifier"])
    if invitation.state(turn.now) != "PENDING":
        task.fail("EngagementInvitationConflict")
        return
    engagement, deal = invitation.engagement, invitation.engagement.deal
    deal.stamp = turn.stamp()
    end(turn, invitation, "Accepted")
    turn.world.deals[turn.scope][deal.identifier] = deal
    show(turn, deal, "Co-Sell", "Full", "AWS Referral")
    turn.changed(deal, "Created")
    engagement.job = turn.new("job-[0-9a-z]{13}", task.operation, task.identifier, "ResourceSnapshotJobId")
    _tag_job(turn, engagement.job, task)
    take_snapshot(turn, engagement, summary_view(deal))
    turn.changed(deal, "Updated")
    task.complete(OpportunityId=deal.identifier, ResourceSnapshotJobId=engagement.job)


def _tag_job(turn: Turn, job: str | None, task: Task) -> None:
    tags = turn.world.tags[turn.scope].setdefault(f"resource-snapshot-job/{job}", {})
    tags.update({tag["Key"]: tag["Value"] for tag in task.request.get("Tags") or []})


def list_engagement_from_opportunity_tasks(turn: Turn, request: Record) -> Record:
    """Those that submit."""
    return {"TaskSummaries": _listed(turn, SUBMITTING, request)}


def list_engagement_by_accepting_invitation_tasks(turn: Turn, request: Record) -> Record:
    """Those that accept."""
    return {"TaskSummaries": _listed(turn, ACCEPTING, request)}


def _listed(turn: Turn, operation: str, request: Record) -> list[Record]:
    filters = {
        "TaskStatus": "TaskStatus",
        "TaskIdentifier": "TaskId",
        "OpportunityIdentifier": "OpportunityId",
        "EngagementIdentifier": "EngagementId",
        "EngagementInvitationIdentifier": "EngagementInvitationId",
    }
    tasks = [task for task in turn.world.tasks[turn.scope] if task.operation == operation]
    is_descending = (request.get("Sort") or {}).get("SortOrder") != "ASCENDING"
    tasks.sort(key=lambda task: (task.started, task.identifier), reverse=is_descending)
    shown = [task.shown(turn.scope.catalog) for task in tasks]
    return [
        task
        for task in shown
        if all(not request.get(name) or task.get(member) in request[name] for name, member in filters.items())
    ]
