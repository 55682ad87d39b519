"""The operations that cosell implements, by their names in the service model.

An operation is a plain function `(transaction, request, context) -> response`. It knows no HTTP, no SQL and no clock.
"""

from collections.abc import Callable
from typing import Any, Final

from cosell.operations.opportunity.assign_opportunity import assign_opportunity
from cosell.operations.opportunity.associate_opportunity import associate_opportunity
from cosell.operations.opportunity.create_opportunity import create_opportunity
from cosell.operations.opportunity.disassociate_opportunity import disassociate_opportunity
from cosell.operations.opportunity.get_aws_opportunity_summary import get_aws_opportunity_summary
from cosell.operations.opportunity.get_opportunity import get_opportunity
from cosell.operations.opportunity.list_opportunities import list_opportunities
from cosell.operations.opportunity.submit_opportunity import submit_opportunity
from cosell.operations.opportunity.update_opportunity import update_opportunity
from cosell.operations.solution.list_solutions import list_solutions
from cosell.operations.tag.list_tags_for_resource import list_tags_for_resource
from cosell.operations.tag.tag_resource import tag_resource
from cosell.operations.tag.untag_resource import untag_resource

OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "AssignOpportunity": assign_opportunity,
    "AssociateOpportunity": associate_opportunity,
    "CreateOpportunity": create_opportunity,
    "DisassociateOpportunity": disassociate_opportunity,
    "GetAwsOpportunitySummary": get_aws_opportunity_summary,
    "GetOpportunity": get_opportunity,
    "ListOpportunities": list_opportunities,
    "ListSolutions": list_solutions,
    "ListTagsForResource": list_tags_for_resource,
    "SubmitOpportunity": submit_opportunity,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "UpdateOpportunity": update_opportunity,
}
