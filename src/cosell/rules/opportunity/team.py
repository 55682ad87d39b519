"""The partner's people on an opportunity.

Source: service model 2022-07-26 (at most ten; the title PartnerAccountManager), recorded answers (the owner comes
first, as OpportunityOwner, even if the request has named nobody).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from cosell.wire.types import AssigneeContact, Contact, GetOpportunityResponse

OWNER: Final = "OpportunityOwner"
ACCOUNT_MANAGER: Final = "PartnerAccountManager"
LARGEST_TEAM: Final = 10


def with_owner(team: Sequence[Contact] | None, account: str) -> list[Contact]:
    """The team of a new opportunity, its owner first: its creator, unless the team names another.

    There is no register of people, so an account's is made from its number; a full team gets none. Both are our choice
    (docs/fidelity.md).
    """
    members = list(team or ())
    owners = [member for member in members if member.business_title == OWNER]
    if not owners and len(members) < LARGEST_TEAM:
        email = f"owner@partner-{account}.example.com"
        owners = [Contact(email=email, first_name="Partner", last_name=account, business_title=OWNER)]
    return [*owners, *(member for member in members if member.business_title != OWNER)]


def assigned(record: GetOpportunityResponse, assignee: AssigneeContact) -> GetOpportunityResponse:
    """The record with the assignee replacing the owner, or the account manager if the title says so.

    Every other title means the owner: the operation is for nothing else.
    """
    title = ACCOUNT_MANAGER if assignee.business_title == ACCOUNT_MANAGER else OWNER
    member = Contact(
        email=assignee.email,
        first_name=assignee.first_name,
        last_name=assignee.last_name,
        business_title=title,
        phone=assignee.phone,
    )
    others = [other for other in record.opportunity_team or () if other.business_title != title]
    team = [member, *others] if title == OWNER else [*others, member]
    return msgspec.structs.replace(record, opportunity_team=team)
