"""What StartEngagementFromOpportunityTask creates: an engagement, an invitation to AWS, a snapshot job.

Source: service model 2022-07-26 for the members; recorded answers for what of the opportunity goes where (the
customer's problem becomes the description, the context has the identifier "1") and for the expiry after fifteen days.
Lines with * are our choice (docs/fidelity.md).
"""

from typing import Final

import msgspec

from cosell.context import Scope
from cosell.rules.event import AWS
from cosell.rules.identifiers import opportunity_arn, owned_arn, shared_arn
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    Account,
    AccountReceiver,
    Address,
    CustomerProjectsContext,
    EngagementContextDetails,
    EngagementContextPayload,
    EngagementCustomer,
    EngagementCustomerProjectDetails,
    GetEngagementInvitationResponse,
    GetEngagementResponse,
    GetOpportunityResponse,
    GetResourceSnapshotJobResponse,
    LifeCycle,
    OpportunityInvitationPayload,
    Payload,
    Project,
    ProjectDetails,
    Receiver,
    SenderContact,
)

INVITATION_LIFETIME_MS: Final = 15 * 24 * 60 * 60 * 1000
SUMMARY_TEMPLATE: Final = "OpportunitySummaryView"
"""The template that the members of an engagement see."""
FIRST_CONTEXT: Final = "1"
_TITLE: Final = 40
_DESCRIPTION: Final = 255
"""Characters: what is longer in the opportunity is truncated. *"""
_INVITATION_MESSAGE: Final = "We would like to work on this opportunity with AWS."  # *
_SENDER_CONTACTS: Final = 3


def company_name(account: str) -> str:
    """An account's name where others see it. Nobody registers a name here, so it is made from the number. *"""
    return "AWS" if account == AWS else f"Partner {account}"


def website_url(account: str) -> str | None:
    """The website of an account [recorded answer, for AWS]; None if nobody has registered one."""
    return "www.aws.com" if account == AWS else None


def engagement_of(
    record: GetOpportunityResponse, scope: Scope, engagement_id: str, now: Timestamp
) -> GetEngagementResponse:
    """The engagement about an opportunity, with its partner as the only member."""
    project = record.project or Project()
    context = CustomerProjectsContext(customer=_customer(record), project=_project(record))
    return GetEngagementResponse(
        id=engagement_id,
        arn=shared_arn(scope.catalog, "engagement", engagement_id),
        title=(project.title or "")[:_TITLE],
        description=(project.customer_business_problem or "")[:_DESCRIPTION],
        created_at=now,
        created_by=scope.account,
        member_count=1,
        modified_at=now,
        modified_by=scope.account,
        contexts=[
            EngagementContextDetails(
                id=FIRST_CONTEXT, type="CustomerProject", payload=EngagementContextPayload(customer_project=context)
            )
        ],
    )


def invitation_to_aws(
    record: GetOpportunityResponse,
    engagement: GetEngagementResponse,
    scope: Scope,
    invitation_id: str,
    now: Timestamp,
) -> GetEngagementInvitationResponse:
    """The partner's invitation of AWS to an engagement about an opportunity."""
    return GetEngagementInvitationResponse(
        catalog=record.catalog,
        id=invitation_id,
        arn=shared_arn(scope.catalog, "engagement-invitation", invitation_id),
        payload_type="OpportunityInvitation",
        engagement_id=engagement.id,
        engagement_title=engagement.title,
        engagement_description=engagement.description,
        status="PENDING",
        invitation_date=now,
        expiration_date=Timestamp.from_ms(now.ms + INVITATION_LIFETIME_MS),
        sender_aws_account_id=scope.account,
        sender_company_name=company_name(scope.account),
        receiver=Receiver(account=AccountReceiver(aws_account_id=AWS, alias=company_name(AWS))),
        payload=_payload(record),
        invitation_message=_INVITATION_MESSAGE,
    )


def answered(invitation: GetEngagementInvitationResponse, status: str) -> GetEngagementInvitationResponse:
    """An invitation that was accepted or rejected: it no longer expires [recorded answer]."""
    return msgspec.structs.replace(invitation, status=status, expiration_date=None)


def joined(engagement: GetEngagementResponse, members: int) -> GetEngagementResponse:
    """An engagement with another number of members."""
    return msgspec.structs.replace(engagement, member_count=members)


def snapshot_job_of(
    record: GetOpportunityResponse, engagement_id: str, scope: Scope, job_id: str, now: Timestamp
) -> GetResourceSnapshotJobResponse:
    """A running job that takes snapshots of an opportunity for the members of an engagement."""
    return GetResourceSnapshotJobResponse(
        catalog=record.catalog,
        id=job_id,
        arn=owned_arn(scope.account, scope.catalog, "resource-snapshot-job", job_id),
        engagement_id=engagement_id,
        resource_type="Opportunity",
        resource_id=record.id,
        resource_arn=opportunity_arn(scope.account, scope.catalog, record.id),
        resource_snapshot_template_name=SUMMARY_TEMPLATE,
        created_at=now,
        status="Running",
    )


def _payload(record: GetOpportunityResponse) -> Payload | None:
    """What the invited see; None if the opportunity lacks a required member, as with national security."""
    customer, project = _customer(record), _project(record)
    if customer is None or project is None:
        return None
    spends = (record.project and record.project.expected_customer_spend) or []
    return Payload(
        opportunity_invitation=OpportunityInvitationPayload(
            sender_contacts=[
                SenderContact(
                    email=contact.email,
                    first_name=contact.first_name,
                    last_name=contact.last_name,
                    business_title=contact.business_title,
                    phone=contact.phone,
                )
                for contact in record.opportunity_team or ()
                if contact.email is not None
            ][:_SENDER_CONTACTS]
            or None,
            receiver_responsibilities=["Co-Sell Facilitator"],  # *
            opportunity_type=record.opportunity_type,
            customer=customer,
            project=ProjectDetails(
                title=project.title,
                business_problem=project.business_problem,
                target_completion_date=project.target_completion_date,
                expected_customer_spend=spends,
            ),
        )
    )


def _customer(record: GetOpportunityResponse) -> EngagementCustomer | None:
    account = (record.customer and record.customer.account) or Account(company_name="")
    country = (account.address or Address()).country_code
    if account.industry is None or account.website_url is None or country is None:
        return None
    return EngagementCustomer(
        industry=account.industry,
        company_name=account.company_name,
        website_url=account.website_url,
        country_code=country,
    )


def _project(record: GetOpportunityResponse) -> EngagementCustomerProjectDetails | None:
    project, day = record.project or Project(), (record.life_cycle or LifeCycle()).target_close_date
    if project.title is None or project.customer_business_problem is None or day is None:
        return None
    return EngagementCustomerProjectDetails(
        title=project.title, business_problem=project.customer_business_problem, target_completion_date=day
    )
