"""AWS's own view of an opportunity: what GetAwsOpportunitySummary returns, from the creation on.

AWS starts with what the partner has told it. Its involvement comes with the submission; its people, its stage and its
insights with the approval, or earlier from whoever plays AWS's side.

Source: service model 2022-07-26, GetAwsOpportunitySummaryResponse; recorded answers: the customer's contacts, the
spends and the solutions are the partner's, the life cycle and the insights are null. That there is a view before the
submission, without InvolvementType and Visibility, is a field report of May 2026. Which products and solutions appear
is our choice (docs/fidelity.md): those of the opportunity at its submission. So is what an approval brings, and that
AWS's stage begins as the partner's.
"""

from typing import Final, Literal, NamedTuple

import msgspec

from cosell.wire.types import (
    AwsOpportunityCustomer,
    AwsOpportunityInsights,
    AwsOpportunityLifeCycle,
    AwsOpportunityProject,
    AwsOpportunityRelatedEntities,
    AwsTeamMember,
    GetAwsOpportunitySummaryResponse,
    GetOpportunityResponse,
    LifeCycle,
    Project,
)

InvolvementType = Literal["For Visibility Only", "Co-Sell"]
Visibility = Literal["Full", "Limited"]
Origin = Literal["AWS Referral", "Partner Referral"]
DEFAULT_ORIGIN: Final[Origin] = "Partner Referral"
"""Of an opportunity about which AWS has said nothing yet."""
EngagementScore = Literal["High", "Medium", "Low"]
Title = Literal["AWSSalesRep", "AWSAccountOwner", "WWPSPDM", "PDM", "PSM", "ISVSM", "Signatory"]


class Approval(NamedTuple):
    """What AWS adds to an opportunity that it approves."""

    team: list[AwsTeamMember]
    engagement_score: EngagementScore
    next_best_actions: str


def summary_at_submission(
    record: GetOpportunityResponse,
    involvement_type: InvolvementType | None,
    visibility: Visibility | None,
    origin: Origin,
    before: GetAwsOpportunitySummaryResponse | None = None,
) -> GetAwsOpportunitySummaryResponse:
    """What AWS sees of a record that has just been submitted, or of a draft if nothing says how AWS is involved.

    `before` is AWS's view from an earlier submission of the same opportunity: what AWS has added to it is kept.
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


def summary_at_approval(
    view: GetAwsOpportunitySummaryResponse, record: GetOpportunityResponse, approval: Approval
) -> GetAwsOpportunitySummaryResponse:
    """AWS's view of a record that has just been approved. What AWS has said about it before is kept."""
    partners = record.life_cycle or LifeCycle()
    life_cycle, insights = view.life_cycle or AwsOpportunityLifeCycle(), view.insights or AwsOpportunityInsights()
    return msgspec.structs.replace(
        view,
        opportunity_team=view.opportunity_team or approval.team,
        life_cycle=msgspec.structs.replace(
            life_cycle,
            stage=life_cycle.stage or partners.stage,
            target_close_date=life_cycle.target_close_date or partners.target_close_date,
        ),
        insights=msgspec.structs.replace(
            insights,
            engagement_score=insights.engagement_score or approval.engagement_score,
            next_best_actions=insights.next_best_actions or approval.next_best_actions,
        ),
    )
