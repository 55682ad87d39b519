"""What an opportunity consists of: at its creation, after a request has written it, and in a list.

Server-owned members (identifiers, stamps, review, history, related entities) never come from a request. Which
members may change in which review status is not decided here, but in `rules/opportunity/update.py`.

Source: service model.
"""

from typing import Final

import msgspec

from cosell.context import Scope
from cosell.rules.identifiers import opportunity_arn
from cosell.rules.opportunity.normal_form import normal_form, with_defaults
from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS, VERDICTS, AwsStep, ReviewStatus
from cosell.rules.opportunity.stage import FIRST_STAGE
from cosell.rules.opportunity.team import with_owner
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    Account,
    AccountSummary,
    Address,
    AddressSummary,
    CreateOpportunityRequest,
    CustomerSummary,
    GetOpportunityResponse,
    LifeCycle,
    LifeCycleSummary,
    NextStepsHistory,
    OpportunitySummary,
    Project,
    ProjectSummary,
    RelatedEntityIdentifiers,
    UpdateOpportunityRequest,
)

LONGEST_NEXT_STEPS_HISTORY: Final = 50

_FROM_REQUEST: Final = (
    "primary_needs_from_aws",
    "national_security",
    "partner_opportunity_identifier",
    "customer",
    "opportunity_type",
    "software_revenue",
    "project",
    "marketing",
)


def created(
    request: CreateOpportunityRequest, scope: Scope, identifier: str, stamp: Timestamp
) -> GetOpportunityResponse:
    """The record that a create request makes at the moment `stamp`."""
    draft = GetOpportunityResponse(
        catalog=request.catalog,
        id=identifier,
        arn=opportunity_arn(scope.account, request.catalog, identifier),
        created_date=stamp,
        last_modified_date=stamp,
        related_entity_identifiers=no_related_entities(),
        opportunity_team=with_owner(request.opportunity_team, scope.account),
        life_cycle=LifeCycle(stage=FIRST_STAGE, review_status=FIRST_REVIEW_STATUS),
    )
    return with_defaults(normal_form(written(draft, request)))


def written(
    record: GetOpportunityResponse, request: CreateOpportunityRequest | UpdateOpportunityRequest
) -> GetOpportunityResponse:
    """The record with everything that a request writes: what it leaves out becomes absent, except the stage."""
    before = life_cycle_of(record)
    wanted = request.life_cycle or LifeCycle()
    return msgspec.structs.replace(
        record,
        **{name: getattr(request, name) for name in _FROM_REQUEST},
        life_cycle=msgspec.structs.replace(
            wanted,
            stage=wanted.stage or before.stage,
            review_status=before.review_status,
            review_comments=before.review_comments,
            review_status_reason=before.review_status_reason,
            next_steps_history=before.next_steps_history,
        ),
    )


def with_next_steps_remembered(
    record: GetOpportunityResponse, before: GetOpportunityResponse, stamp: Timestamp
) -> GetOpportunityResponse:
    """The record with its next steps in their history, if the change at the moment `stamp` brought new ones."""
    life_cycle = life_cycle_of(record)
    if not life_cycle.next_steps or life_cycle.next_steps == life_cycle_of(before).next_steps:
        return record
    entry = NextStepsHistory(value=life_cycle.next_steps, time=stamp)
    history = [*(life_cycle.next_steps_history or []), entry][-LONGEST_NEXT_STEPS_HISTORY:]
    return msgspec.structs.replace(record, life_cycle=msgspec.structs.replace(life_cycle, next_steps_history=history))


def reviewed(
    record: GetOpportunityResponse, status: ReviewStatus, step: AwsStep, comments: str | None, reason: str | None
) -> GetOpportunityResponse:
    """The record after a step of AWS that leads to `status`: a verdict replaces what the last one said."""
    life_cycle = msgspec.structs.replace(life_cycle_of(record), review_status=status)
    if step in VERDICTS:
        life_cycle = msgspec.structs.replace(life_cycle, review_comments=comments, review_status_reason=reason)
    return msgspec.structs.replace(record, life_cycle=life_cycle)


def life_cycle_of(record: GetOpportunityResponse) -> LifeCycle:
    """The life cycle that every stored record has."""
    assert record.life_cycle is not None
    return record.life_cycle


def review_status_of(record: GetOpportunityResponse) -> ReviewStatus:
    """How far AWS's review of a record is. One that has lost its status (`Readings.sandbox_quirks`) is a draft."""
    status: ReviewStatus | None = life_cycle_of(record).review_status
    return status or FIRST_REVIEW_STATUS


def summary_of(record: GetOpportunityResponse) -> OpportunitySummary:
    """The part of a record that lists show."""
    return OpportunitySummary(
        catalog=record.catalog,
        id=record.id,
        arn=record.arn,
        partner_opportunity_identifier=record.partner_opportunity_identifier,
        opportunity_type=record.opportunity_type,
        last_modified_date=record.last_modified_date,
        created_date=record.created_date,
        life_cycle=_life_cycle_summary(record.life_cycle) if record.life_cycle else None,
        customer=_customer_summary(record.customer.account) if record.customer and record.customer.account else None,
        project=_project_summary(record.project) if record.project else None,
    )


def _life_cycle_summary(life_cycle: LifeCycle) -> LifeCycleSummary:
    return LifeCycleSummary(
        stage=life_cycle.stage,
        closed_lost_reason=life_cycle.closed_lost_reason,
        next_steps=life_cycle.next_steps,
        target_close_date=life_cycle.target_close_date,
        review_status=life_cycle.review_status,
        review_comments=life_cycle.review_comments,
        review_status_reason=life_cycle.review_status_reason,
    )


def _customer_summary(account: Account) -> CustomerSummary:
    return CustomerSummary(
        account=AccountSummary(
            industry=account.industry,
            other_industry=account.other_industry,
            company_name=account.company_name,
            website_url=account.website_url,
            address=_address_summary(account.address) if account.address else None,
        )
    )


def _address_summary(address: Address) -> AddressSummary:
    return AddressSummary(
        city=address.city,
        postal_code=address.postal_code,
        state_or_region=address.state_or_region,
        country_code=address.country_code,
    )


def _project_summary(project: Project) -> ProjectSummary:
    return ProjectSummary(
        delivery_models=project.delivery_models,
        expected_customer_spend=project.expected_customer_spend,
        expected_contract_duration=project.expected_contract_duration,
    )


def no_related_entities() -> RelatedEntityIdentifiers:
    """The lists that every GetOpportunity answer holds, empty."""
    return RelatedEntityIdentifiers(**{member: [] for member in RelatedEntityIdentifiers.__struct_fields__})
