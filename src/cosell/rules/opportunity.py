"""What an opportunity is made of: at its creation, after an update, and in a list.

Server-owned members (identifiers, stamps, review, history, related entities) never come from a request. Which
members may change in which review status is not decided here.

Source: service model; AWS's field list for the defaults; recorded answers for amounts. Where a line is our choice,
docs/fidelity.md says so.
"""

from typing import Any, Final

import msgspec

from cosell.context import Scope
from cosell.rules.identifiers import opportunity_arn
from cosell.rules.review import FIRST_REVIEW_STATUS, VERDICTS, AwsStep, ReviewStatus
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    Account,
    AccountSummary,
    Address,
    AddressSummary,
    CreateOpportunityRequest,
    CustomerSummary,
    ExpectedCustomerSpend,
    GetOpportunityResponse,
    LifeCycle,
    LifeCycleSummary,
    Marketing,
    NextStepsHistory,
    OpportunitySummary,
    Project,
    ProjectSummary,
    RelatedEntityIdentifiers,
    UpdateOpportunityRequest,
)

LONGEST_NEXT_STEPS_HISTORY: Final = 50
FIRST_STAGE: Final = "Prospect"

_FROM_REQUEST: Final = (
    "primary_needs_from_aws",
    "national_security",
    "partner_opportunity_identifier",
    "customer",
    "opportunity_type",
    "software_revenue",
)


def created(
    request: CreateOpportunityRequest, scope: Scope, identifier: str, stamp: Timestamp
) -> GetOpportunityResponse:
    """The record that a create request makes at the moment `stamp`."""
    wanted = request.life_cycle or LifeCycle()
    return GetOpportunityResponse(
        catalog=request.catalog,
        id=identifier,
        arn=opportunity_arn(scope.account, request.catalog, identifier),
        created_date=stamp,
        last_modified_date=stamp,
        related_entity_identifiers=no_related_entities(),
        opportunity_team=request.opportunity_team,
        life_cycle=msgspec.structs.replace(
            wanted,
            stage=wanted.stage or FIRST_STAGE,
            review_status=FIRST_REVIEW_STATUS,
            review_comments=None,
            review_status_reason=None,
            next_steps_history=None,
        ),
        **_editable(request),
    )


def updated(
    record: GetOpportunityResponse, request: UpdateOpportunityRequest, stamp: Timestamp
) -> GetOpportunityResponse:
    """The record after an update at the moment `stamp`: what the request leaves out becomes absent."""
    before = record.life_cycle or LifeCycle()
    wanted = request.life_cycle or LifeCycle()
    history = before.next_steps_history
    if wanted.next_steps and wanted.next_steps != before.next_steps:
        entry = NextStepsHistory(value=wanted.next_steps, time=stamp)
        history = [*(history or []), entry][-LONGEST_NEXT_STEPS_HISTORY:]
    return msgspec.structs.replace(
        record,
        last_modified_date=stamp,
        life_cycle=msgspec.structs.replace(
            wanted,
            stage=wanted.stage or before.stage,
            review_status=before.review_status,
            review_comments=before.review_comments,
            review_status_reason=before.review_status_reason,
            next_steps_history=history,
        ),
        **_editable(request),
    )


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


def normalised_amount(amount: str) -> str:
    """`10000.00` → `10000`: zeros at the end of a fraction say nothing [recorded answer]."""
    return amount.rstrip("0").rstrip(".") if "." in amount else amount


def _editable(request: CreateOpportunityRequest | UpdateOpportunityRequest) -> dict[str, Any]:
    members = {name: getattr(request, name) for name in _FROM_REQUEST}
    members["project"] = _normalised_project(request.project) if request.project else None
    members["national_security"] = members["national_security"] or "No"
    members["opportunity_type"] = members["opportunity_type"] or "Net New Business"
    marketing = request.marketing or Marketing()
    members["marketing"] = msgspec.structs.replace(marketing, source=marketing.source or "None")
    return members


def _normalised_project(project: Project) -> Project:
    spends = project.expected_customer_spend
    if not spends:
        return project
    # Without a contract every spend is one with AWS; only a contract can also be with the partner itself [model].
    companies = ("AWS", "Self") if project.expected_contract_duration else ("AWS",)
    return msgspec.structs.replace(
        project,
        expected_customer_spend=[
            _with_company(spend, spend.target_company if spend.target_company in companies else "AWS")
            for spend in spends
        ],
    )


def _with_company(spend: ExpectedCustomerSpend, company: str) -> ExpectedCustomerSpend:
    amount = None if spend.amount is None else normalised_amount(spend.amount)
    return msgspec.structs.replace(spend, amount=amount, target_company=company)
