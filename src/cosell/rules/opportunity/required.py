"""The members that an opportunity must have: at its creation, at every update, and to be submitted.

The service model requires hardly anything, so no client complains before it sends; the service does. An update is not a
patch: every update must include whatever a creation needs, together with its stage and marketing source.

Sources: *reports of 2026* are the notes of three projects on what AWS's Sandbox answered them in April and May 2026;
*field list* is AWS's list of the fields of referrals, *model* the documentation of the member in the service model.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from cosell.errors import Violation
from cosell.rules.opportunity.members import field_name
from cosell.rules.opportunity.values import WITHOUT_POSTAL_CODES

At: TypeAlias = Callable[[str], Any]
"""The value in a record at a path of the model; None for absent or empty."""
Occasion: TypeAlias = Literal["creation", "update", "submission", "Co-Sell"]
"""What a member is needed for."""
Occasions: TypeAlias = tuple[Occasion, ...]

CREATION: Final[Occasions] = ("creation",)
UPDATE: Final[Occasions] = ("update",)
SUBMISSION: Final[Occasions] = ("submission",)
CO_SELL_SUBMISSION: Final[Occasions] = ("submission", "Co-Sell")
ALWAYS: Final[Occasions] = ("creation", "update", "submission")


class Requirement(NamedTuple):
    """A member that is needed. `when` is None if all need it, else says which; `condition` says so in words."""

    member: str
    needed_for: Occasions
    source: str
    condition: str = "always"
    when: Callable[[At], bool] | None = None


def is_open(at: At) -> bool:
    """Whether the customer may be known: it is not a matter of national security."""
    return bool(at("NationalSecurity") != "Yes")


def _has_postal_codes(at: At) -> bool:
    return is_open(at) and at("Customer.Account.Address.CountryCode") not in WITHOUT_POSTAL_CODES


def _is_in_the_us(at: At) -> bool:
    return is_open(at) and bool(at("Customer.Account.Address.CountryCode") == "US")


REQUIREMENTS: Final = (
    Requirement("PrimaryNeedsFromAws", ("Co-Sell",), "field list"),
    Requirement("Customer.Account.Industry", ALWAYS, "reports of 2026, field list, model"),
    Requirement(
        "Customer.Account.OtherIndustry",
        SUBMISSION,  # recorded creations without it passed
        "field list, recorded requests",
        "Industry is Other",
        lambda at: bool(at("Customer.Account.Industry") == "Other"),
    ),
    Requirement("Customer.Account.CompanyName", ALWAYS, "model, field list", "not national security", is_open),
    Requirement("Customer.Account.WebsiteUrl", ALWAYS, "reports of 2026, model", "not national security", is_open),
    Requirement(
        "Customer.Account.Address.PostalCode",
        ALWAYS,
        "field list",
        "not national security, and the country has postal codes",
        _has_postal_codes,
    ),
    Requirement(
        "Customer.Account.Address.StateOrRegion",
        ALWAYS,
        "field list",
        "CountryCode is US, not national security",
        _is_in_the_us,
    ),
    Requirement("Customer.Account.Address.CountryCode", ALWAYS, "reports of 2026, field list"),
    Requirement("Project.DeliveryModels", SUBMISSION, "field list"),
    Requirement("Project.ExpectedCustomerSpend", ALWAYS, "reports of 2026, field list, recorded request"),
    Requirement("Project.Title", ALWAYS, "reports of 2026, field list"),
    Requirement("Project.CustomerBusinessProblem", ALWAYS, "reports of 2026, field list"),
    Requirement("Project.CustomerUseCase", SUBMISSION, "field list"),
    Requirement(
        "Project.RelatedOpportunityIdentifier",
        SUBMISSION,
        "field list",
        "OpportunityType is Flat Renewal",
        lambda at: bool(at("OpportunityType") == "Flat Renewal"),
    ),
    Requirement("Project.SalesActivities", ("Co-Sell",), "field report"),
    Requirement("Marketing.Source", ("update", "submission"), "reports of 2026"),
    Requirement("LifeCycle.Stage", ("update",), "reports of 2026"),
    Requirement("LifeCycle.TargetCloseDate", ALWAYS, "reports of 2026"),
)


def missing(at: At, occasions: Occasions) -> Iterator[tuple[str, Violation]]:
    """Each member that is needed for one of the occasions and absent, with its violation.

    A spend is present if each of its entries has an amount, or the address of an estimate.
    """
    for row in _needed_for(occasions):
        if row.when is None or row.when(at):
            for place in _lacking(at, row.member):
                name = field_name(row.member) + place
                yield row.member, Violation(name, "REQUIRED_FIELD_MISSING", f"{name} is required")


@functools.cache
def _needed_for(occasions: Occasions) -> list[Requirement]:
    return [row for row in REQUIREMENTS if not set(row.needed_for).isdisjoint(occasions)]


def _lacking(at: At, member: str) -> list[str]:
    value = at(member)
    if value is None:
        return [""]
    if member != "Project.ExpectedCustomerSpend":
        return []
    return [f"[{index}].amount" for index, spend in enumerate(value) if not spend.amount and not spend.estimation_url]
