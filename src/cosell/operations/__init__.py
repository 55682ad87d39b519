"""The operations that cosell implements, by their names in the service model.

An operation is a plain function `(transaction, request, context) -> response`. It knows no HTTP, no SQL and no clock.
"""

from collections.abc import Callable
from typing import Any, Final

from cosell.operations.opportunity.assign_opportunity import assign_opportunity
from cosell.operations.opportunity.create_opportunity import create_opportunity
from cosell.operations.opportunity.get_aws_opportunity_summary import get_aws_opportunity_summary
from cosell.operations.opportunity.get_opportunity import get_opportunity
from cosell.operations.opportunity.list_opportunities import list_opportunities
from cosell.operations.opportunity.submit_opportunity import submit_opportunity
from cosell.operations.opportunity.update_opportunity import update_opportunity

OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "AssignOpportunity": assign_opportunity,
    "CreateOpportunity": create_opportunity,
    "GetAwsOpportunitySummary": get_aws_opportunity_summary,
    "GetOpportunity": get_opportunity,
    "ListOpportunities": list_opportunities,
    "SubmitOpportunity": submit_opportunity,
    "UpdateOpportunity": update_opportunity,
}
