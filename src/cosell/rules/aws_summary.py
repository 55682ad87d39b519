"""AWS's own view of an opportunity: what GetAwsOpportunitySummary answers, from the submission on.

AWS begins with what the partner has told it. What only AWS knows (its team, its stage, its insights) comes later, from
whoever plays AWS's side.

Source: service model 2022-07-26, GetAwsOpportunitySummaryResponse; recorded answers: the customer's contacts, the
spends and the solutions are the partner's, the life cycle and the insights are null. Which products and solutions
appear is our choice (docs/fidelity.md): those of the opportunity at its submission.
"""

from typing import Literal

import msgspec

from cosell.wire.types import (
    AwsOpportunityCustomer,
    AwsOpportunityProject,
    AwsOpportunityRelatedEntities,
    GetAwsOpportunitySummaryResponse,
    GetOpportunityResponse,
    Project,
)

InvolvementType = Literal["For Visibility Only", "Co-Sell"]
Visibility = Literal["Full", "Limited"]
Origin = Literal["AWS Referral", "Partner Referral"]


def summary_at_submission(
    record: GetOpportunityResponse,
    involvement_type: InvolvementType,
    visibility: Visibility,
    origin: Origin,
    before: GetAwsOpportunitySummaryResponse | None = None,
) -> GetAwsOpportunitySummaryResponse:
    """What AWS sees of a record that has just been submitted.

    `before` is AWS's view from an earlier submission of the same opportunity: what AWS has added to it stays.
    """
    related = record.related_entity_identifiers
    project = record.project or Project()
    seen = before or GetAwsOpportunitySummaryResponse(catalog=record.catalog, opportunity_team=[])
    return msgspec.structs.replace(
        seen,
        related_opportunity_id=record.id,
        origin=origin,
        involvement_type=involvement_type,
        visibility=visibility,
        customer=AwsOpportunityCustomer(contacts=(record.customer and record.customer.contacts) or []),
        project=AwsOpportunityProject(
            expected_customer_spend=project.expected_customer_spend or [], aws_partition=project.aws_partition
        ),
        related_entity_ids=AwsOpportunityRelatedEntities(
            aws_products=related.aws_products or [],
            solutions=related.solutions or [],
            aws_marketplace_solutions=related.aws_marketplace_solutions or [],
            aws_marketplace_products=related.aws_marketplace_products or [],
        ),
    )
