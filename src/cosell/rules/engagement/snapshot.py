"""Snapshots: what members of an engagement see of an opportunity, frozen under a revision.

All members see part of the partner's record; AWS's own view is for the partner alone.

Source: service model 2022-07-26, OpportunitySummaryView, AwsOpportunitySummaryFullView and GetResourceSnapshotResponse;
recorded answers for the ARN.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from cosell.rules.identifiers import shared_arn
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    AwsOpportunitySummaryFullView,
    GetAwsOpportunitySummaryResponse,
    GetOpportunityResponse,
    GetResourceSnapshotResponse,
    LifeCycle,
    LifeCycleForView,
    OpportunitySummaryView,
    Project,
    ProjectView,
    ResourceSnapshotPayload,
)

AWS_VIEW_TEMPLATE: Final = "AwsOpportunitySummaryFullView"
"""The template that the owner of the opportunity sees."""


class Series(msgspec.Struct, frozen=True):
    """What revisions are counted in: a template's snapshots of an opportunity in an engagement."""

    catalog: Literal["AWS", "Sandbox"]
    engagement_id: str
    opportunity: str
    template: str


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


def aws_full_view(view: GetAwsOpportunitySummaryResponse) -> AwsOpportunitySummaryFullView:
    """What the template AwsOpportunitySummaryFullView shows: all of AWS's own view but its catalog."""
    members = AwsOpportunitySummaryFullView.__struct_fields__
    return AwsOpportunitySummaryFullView(**{name: getattr(view, name) for name in members})


def snapshot_of(
    series: Series,
    revision: int,
    payload: ResourceSnapshotPayload,
    creator: str,
    members: Sequence[str],
    now: Timestamp,
) -> GetResourceSnapshotResponse:
    """A snapshot for those `members` of the engagement that its template is for."""
    subject = f"{series.engagement_id}/resource/Opportunity/{series.opportunity}"
    path = f"{subject}/template/{series.template}/snapshot/{revision}"
    return GetResourceSnapshotResponse(
        catalog=series.catalog,
        arn=shared_arn(series.catalog, "engagement", path),
        created_by=creator,
        created_at=now,
        engagement_id=series.engagement_id,
        resource_type="Opportunity",
        resource_id=series.opportunity,
        resource_snapshot_template_name=series.template,
        revision=revision,
        payload=payload,
        target_member_accounts=list(members),
    )
