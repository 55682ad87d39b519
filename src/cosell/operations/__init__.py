"""The operations that cosell implements, by their names in the service model.

An operation is a plain function `(transaction, request, context) -> response`. It knows no HTTP, no SQL and no clock.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from cosell.errors import Violation
from cosell.operations.invitation.accept_engagement_invitation import accept_engagement_invitation
from cosell.operations.invitation.get_engagement_invitation import get_engagement_invitation
from cosell.operations.invitation.list_engagement_invitations import list_engagement_invitations
from cosell.operations.invitation.reject_engagement_invitation import reject_engagement_invitation
from cosell.operations.opportunity.assign_opportunity import assign_opportunity
from cosell.operations.opportunity.associate_opportunity import associate_opportunity
from cosell.operations.opportunity.create_opportunity import create_opportunity
from cosell.operations.opportunity.disassociate_opportunity import disassociate_opportunity
from cosell.operations.opportunity.get_aws_opportunity_summary import get_aws_opportunity_summary
from cosell.operations.opportunity.get_opportunity import get_opportunity
from cosell.operations.opportunity.list_opportunities import list_opportunities
from cosell.operations.opportunity.search_opportunities import search_opportunities
from cosell.operations.opportunity.submit_opportunity import submit_opportunity
from cosell.operations.opportunity.update_opportunity import update_opportunity
from cosell.operations.solution.list_solutions import list_solutions
from cosell.operations.tag.list_tags_for_resource import list_tags_for_resource
from cosell.operations.tag.tag_resource import tag_resource
from cosell.operations.tag.untag_resource import untag_resource
from cosell.operations.task.due_tasks import KINDS
from cosell.operations.task.list_engagement_by_accepting_invitation_tasks import (
    list_engagement_by_accepting_invitation_tasks,
)
from cosell.operations.task.list_engagement_from_opportunity_tasks import (
    list_engagement_from_opportunity_tasks,
)
from cosell.operations.task.start_engagement_by_accepting_invitation_task import (
    start_engagement_by_accepting_invitation_task,
)
from cosell.operations.task.start_engagement_from_opportunity_task import (
    start_engagement_from_opportunity_task,
)
from cosell.operations.task.task import current
from cosell.rules.search.violations import violations_of_search

OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "AcceptEngagementInvitation": accept_engagement_invitation,
    "AssignOpportunity": assign_opportunity,
    "AssociateOpportunity": associate_opportunity,
    "CreateOpportunity": create_opportunity,
    "DisassociateOpportunity": disassociate_opportunity,
    "GetAwsOpportunitySummary": get_aws_opportunity_summary,
    "GetEngagementInvitation": get_engagement_invitation,
    "GetOpportunity": get_opportunity,
    "ListEngagementByAcceptingInvitationTasks": list_engagement_by_accepting_invitation_tasks,
    "ListEngagementFromOpportunityTasks": list_engagement_from_opportunity_tasks,
    "ListEngagementInvitations": list_engagement_invitations,
    "ListOpportunities": list_opportunities,
    "ListSolutions": list_solutions,
    "ListTagsForResource": list_tags_for_resource,
    "RejectEngagementInvitation": reject_engagement_invitation,
    "SearchOpportunities": search_opportunities,
    "StartEngagementByAcceptingInvitationTask": start_engagement_by_accepting_invitation_task,
    "StartEngagementFromOpportunityTask": start_engagement_from_opportunity_task,
    "SubmitOpportunity": submit_opportunity,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "UpdateOpportunity": update_opportunity,
}

BEYOND_THE_MODEL: Final[dict[str, Callable[[Any], list[Violation]]]] = {"SearchOpportunities": violations_of_search}
"""What is wrong with a request, given as plain JSON, beyond the constraints of the model.

Such mistakes are reported together with those against the model, so they cannot wait for the operation itself.
"""

REPEATS: Final[dict[str, Callable[..., Any]]] = {name: partial(current, kind=kind) for name, kind in KINDS.items()}
"""What answers a repeated ClientToken, `(transaction, first answer, context) -> response`.

If there is no entry, the first answer is repeated as it was.
"""
