"""Snapshots: the part of an opportunity that the members of an engagement see, frozen under a revision.

Source: service model 2022-07-26, OpportunitySummaryView and GetResourceSnapshotResponse; recorded answers for the ARN.
"""

from collections.abc import Sequence

from cosell.rules.engagement import SUMMARY_TEMPLATE
from cosell.rules.identifiers import shared_arn
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    GetOpportunityResponse,
    GetResourceSnapshotResponse,
    LifeCycle,
    LifeCycleForView,
    OpportunitySummaryView,
    Project,
    ProjectView,
    ResourceSnapshotPayload,
)


def opportunity_view(record: GetOpportunityResponse) -> OpportunitySummaryView:
    """What the template OpportunitySummaryView shows of an opportunity."""
    life_cycle, project = record.life_cycle or LifeCycle(), record.project or Project()
    return OpportunitySummaryView(
        opportunity_type=record.opportunity_type,
        lifecycle=LifeCycleForView(
            target_close_date=life_cycle.target_close_date,
            review_status=life_cycle.review_status,
            stage=life_cycle.stage,
            next_steps=life_cycle.next_steps,
        ),
        opportunity_team=record.opportunity_team,
        primary_needs_from_aws=record.primary_needs_from_aws,
        customer=record.customer,
        project=ProjectView(
            delivery_models=project.delivery_models,
            expected_customer_spend=project.expected_customer_spend,
            expected_contract_duration=project.expected_contract_duration,
            customer_use_case=project.customer_use_case,
            sales_activities=project.sales_activities,
            other_solution_description=project.other_solution_description,
        ),
        related_entity_identifiers=record.related_entity_identifiers,
    )


def snapshot_of(
    record: GetOpportunityResponse,
    engagement_id: str,
    revision: int,
    creator: str,
    members: Sequence[str],
    now: Timestamp,
) -> GetResourceSnapshotResponse:
    """A snapshot of an opportunity for the members of an engagement."""
    path = f"{engagement_id}/resource/Opportunity/{record.id}/template/{SUMMARY_TEMPLATE}/snapshot/{revision}"
    return GetResourceSnapshotResponse(
        catalog=record.catalog,
        arn=shared_arn(record.catalog, "engagement", path),
        created_by=creator,
        created_at=now,
        engagement_id=engagement_id,
        resource_type="Opportunity",
        resource_id=record.id,
        resource_snapshot_template_name=SUMMARY_TEMPLATE,
        revision=revision,
        payload=ResourceSnapshotPayload(opportunity_summary=opportunity_view(record)),
        target_member_accounts=list(members),
    )
