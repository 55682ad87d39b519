"""What a partner may change in an opportunity in each review status, and once the sale has ended.

Source: developer guide for Action Required and Approved; AWS's field list for what it adds to Approved, and for
Launched; field reports for Closed Lost, and those of 2026 for the stage of a draft and for software revenue. Where they
disagree, docs/fidelity.md names our choice.
"""

from collections.abc import Mapping
from typing import Final

from cosell.context import Readings
from cosell.rules.opportunity.members import EVERY_MEMBER
from cosell.rules.opportunity.review import ReviewStatus
from cosell.rules.opportunity.stage import CLOSED_LOST, LAUNCHED, Stage

NO_MEMBER: Final[frozenset[str]] = frozenset()

CORRECTABLE: Final = frozenset(
    {
        "PartnerOpportunityIdentifier",
        "Customer.Account.WebsiteUrl",
        "Customer.Account.Address.City",
        "Customer.Account.Address.PostalCode",
        "Customer.Account.Address.StateOrRegion",
        "Customer.Account.Address.CountryCode",
        "Customer.Account.Address.StreetAddress",
        "Project.CustomerBusinessProblem",
        "Project.ExpectedCustomerSpend",
        "LifeCycle.TargetCloseDate",
    }
)
"""What AWS may have asked to be corrected [guide]."""

FIXED_BY_APPROVAL: Final = frozenset(
    {
        "PartnerOpportunityIdentifier",
        "Customer.Account.Industry",
        "Customer.Account.WebsiteUrl",
        "Customer.Account.Address.CountryCode",
        "Customer.Account.Address.PostalCode",
        "Project.Title",
        "Project.CustomerBusinessProblem",
        # from here on AWS's field list alone
        "NationalSecurity",
        "Customer.Account.OtherIndustry",
        "Customer.Account.CompanyName",
        # from here on a field report of May 2026
        "SoftwareRevenue.DeliveryModel",
        "SoftwareRevenue.Value",
        "SoftwareRevenue.EffectiveDate",
        "SoftwareRevenue.ExpirationDate",
    }
)

AFTER_LAUNCH: Final = frozenset(
    {
        "Customer.Account.AwsAccountId",
        "Project.DeliveryModels",
        "Project.AdditionalComments",
    }
)

EDITABLE: Final[Mapping[ReviewStatus, frozenset[str]]] = {
    "Pending Submission": EVERY_MEMBER - {"LifeCycle.Stage"},
    "Submitted": NO_MEMBER,
    "In review": NO_MEMBER,
    "Action Required": CORRECTABLE,
    "Approved": EVERY_MEMBER - FIXED_BY_APPROVAL,
    "Rejected": NO_MEMBER,
}

EDITABLE_AT_THE_END: Final[Mapping[Stage, frozenset[str]]] = {
    # stage of what is approved: what may still change then
    LAUNCHED: AFTER_LAUNCH,
    CLOSED_LOST: NO_MEMBER,
}


def editable_members(status: ReviewStatus, stage: Stage, readings: Readings) -> frozenset[str]:
    """The members that an update may change, by their paths in the model."""
    editable = EDITABLE[status]
    if status != "Approved" or (stage == CLOSED_LOST and readings.closed_lost_reopens):
        return editable
    return EDITABLE_AT_THE_END.get(stage, editable)
