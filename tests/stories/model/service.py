"""Which operation does what, how a ClientToken is answered, and what happens while nobody asks."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.stories.model import invitations, listing, opportunities, relations, searching, solutions, tags, tasks
from tests.stories.model.paths import Record, without_empty
from tests.stories.model.sharing import end
from tests.stories.model.world import DAY_MS, First, Scope, Turn, conflict

OPERATIONS: Final[dict[str, Callable[[Turn, Record], Record]]] = {
    "AcceptEngagementInvitation": invitations.accept_engagement_invitation,
    "AssignOpportunity": opportunities.assign_opportunity,
    "AssociateOpportunity": relations.associate_opportunity,
    "CreateOpportunity": opportunities.create_opportunity,
    "DisassociateOpportunity": relations.disassociate_opportunity,
    "GetAwsOpportunitySummary": opportunities.get_aws_opportunity_summary,
    "GetEngagementInvitation": invitations.get_engagement_invitation,
    "GetOpportunity": opportunities.get_opportunity,
    "ListEngagementByAcceptingInvitationTasks": tasks.list_engagement_by_accepting_invitation_tasks,
    "ListEngagementFromOpportunityTasks": tasks.list_engagement_from_opportunity_tasks,
    "ListEngagementInvitations": invitations.list_engagement_invitations,
    "ListOpportunities": listing.list_opportunities,
    "ListSolutions": solutions.list_solutions,
    "ListTagsForResource": tags.list_tags_for_resource,
    "RejectEngagementInvitation": invitations.reject_engagement_invitation,
    "SearchOpportunities": searching.search_opportunities,
    tasks.ACCEPTING: tasks.start_engagement_by_accepting_invitation_task,
    tasks.SUBMITTING: tasks.start_engagement_from_opportunity_task,
    "SubmitOpportunity": opportunities.submit_opportunity,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateOpportunity": opportunities.update_opportunity,
}
BY_AWS: Final = {
    "decides": opportunities.aws_decides,
    "edits": opportunities.aws_edits,
    "refers": opportunities.aws_refers,
}
"""What AWS does by itself."""


def answer(turn: Turn, operation: str, request: Record) -> Record:
    """What is answered to a request. Raises Refusal, and then nothing has changed."""
    token = request.get("ClientToken")
    key = (turn.scope, operation, str(token))
    first = turn.world.tokens.get(key)
    if token and first and turn.now < first.until_ms:
        if first.meaning != _meaning(request):
            raise conflict()
        return tasks.repeated(turn, first.answer) if operation.endswith("Task") else copy.deepcopy(first.answer)
    said = OPERATIONS[operation](turn, request)
    if token:
        for old in [old for old, kept in turn.world.tokens.items() if kept.until_ms // DAY_MS < turn.now // DAY_MS]:
            del turn.world.tokens[old]  # forgotten for good when its day is over, even if the clock goes back
        turn.world.tokens[key] = First(_meaning(request), copy.deepcopy(said), turn.now + DAY_MS)
    return said


def _meaning(request: Record) -> Any:
    return without_empty(request | {"ClientToken": None})


def time_works(turn: Turn) -> None:
    """Do what is due by now: tasks go on, and invitations end that nobody has answered. Each at its own moment."""
    while due := [*_due_tasks(turn), *_due_invitations(turn)]:
        moment, _, _, scope, perform = min(due, key=lambda entry: entry[:3])
        perform(turn._replace(scope=scope, now=moment))


Due = tuple[int, int, str, Scope, Callable[[Turn], object]]
"""When, and what goes first of what is due at once; then whose it is, and what to do."""


def _due_tasks(turn: Turn) -> list[Due]:
    return [
        (task.due, 0, task.identifier, scope, partial(tasks.caught_up, task=task))
        for scope, started in turn.world.tasks.items()
        for task in started
        if task.due is not None and task.due <= turn.now
    ]


def _due_invitations(turn: Turn) -> list[Due]:
    return [
        (
            invitation.expires,
            1,
            invitation.identifier,
            invitation.engagement.deal.scope,
            partial(end, invitation=invitation, how="Expired"),
        )
        for sent in turn.world.invitations.values()
        for invitation in sent.values()
        if invitation.status == "PENDING" and invitation.expires <= turn.now
    ]
