"""What the members of an opportunity demand of each other, and what a submission needs.

Source: the reference on the life cycle, 5 and 6, as far as the sequences can break it.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tests.stories.model.paths import Errors, Record, at, camel

NO_SUPPORT: Final = "Do Not Need Support from AWS Sales Rep"
ENDS: Final = ("Launched", "Closed Lost")
WITH_A_SOLUTION: Final = ("Committed", "Launched")
SOLD: Final = ("Solutions", "AwsMarketplaceSolutions", "AwsMarketplaceProducts")
NO_SOLUTION: Final = ("relatedEntityIdentifiers.solutions", "REQUIRED_FIELD_MISSING")

ALWAYS: Final = (
    # at a creation already
    "Customer.Account.Industry",
    "Customer.Account.Address.CountryCode",
    "Project.Title",
    "Project.CustomerBusinessProblem",
    "Project.ExpectedCustomerSpend",
    "LifeCycle.TargetCloseDate",
)
OF_KNOWN_CUSTOMERS: Final = (
    "Customer.Account.CompanyName",
    "Customer.Account.WebsiteUrl",
    "Customer.Account.Address.PostalCode",
)
AT_UPDATES: Final = ("LifeCycle.Stage", "Marketing.Source")
AT_SUBMISSIONS: Final = ("Project.CustomerUseCase", "Project.DeliveryModels")
FOR_SUPPORT: Final = ("PrimaryNeedsFromAws", "Project.SalesActivities")
EFFECTIVE: Final = "SoftwareRevenue.EffectiveDate"
EXPIRATION: Final = "SoftwareRevenue.ExpirationDate"
FROM_ACTIVITIES: Final = ("CampaignName", "UseCases", "Channels", "AwsFundingUsed")


class Agreement(NamedTuple):
    """A rule among members: what is broken where, and how to see it."""

    member: str
    others: tuple[str, ...]
    code: str
    is_broken: Callable[[Callable[[str], Any], str], bool]


def _only_from_activities(member: str) -> Agreement:
    return Agreement(
        member,
        ("Marketing.Source",),
        "ACTION_NOT_PERMITTED",
        lambda has, _: has(member) and has("Marketing.Source") != "Marketing Activity",
    )


AGREEMENTS: Final = (
    Agreement(
        "PrimaryNeedsFromAws",
        (),
        "INVALID_VALUE",
        lambda has, _: NO_SUPPORT in (has("PrimaryNeedsFromAws") or []) and len(has("PrimaryNeedsFromAws")) > 1,
    ),
    Agreement(
        "PrimaryNeedsFromAws",
        ("NationalSecurity",),
        "INVALID_VALUE",
        lambda has, _: has("NationalSecurity") == "Yes" and has("PrimaryNeedsFromAws") == [NO_SUPPORT],
    ),
    Agreement(
        "NationalSecurity",
        ("Customer.Account.Industry",),
        "INVALID_VALUE",
        lambda has, _: has("NationalSecurity") == "Yes" and has("Customer.Account.Industry") != "Government",
    ),
    Agreement(
        "Project.OtherCompetitorNames",
        ("Project.CompetitorName",),
        "ACTION_NOT_PERMITTED",
        lambda has, _: has("Project.OtherCompetitorNames") and has("Project.CompetitorName") != "*Other",
    ),
    Agreement(
        "Project.OtherCompetitorNames",
        ("Project.CompetitorName",),
        "REQUIRED_FIELD_MISSING",
        lambda has, _: has("Project.CompetitorName") == "*Other" and not has("Project.OtherCompetitorNames"),
    ),
    *(_only_from_activities(f"Marketing.{name}") for name in FROM_ACTIVITIES),
    Agreement(
        "Marketing.AwsFundingUsed",
        ("Marketing.Source",),
        "REQUIRED_FIELD_MISSING",
        lambda has, _: has("Marketing.Source") == "Marketing Activity" and not has("Marketing.AwsFundingUsed"),
    ),
    Agreement(
        "Marketing.UseCases",
        ("Marketing.AwsFundingUsed",),
        "ACTION_NOT_PERMITTED",
        lambda has, _: has("Marketing.UseCases") and has("Marketing.AwsFundingUsed") == "No",
    ),
    Agreement(
        EFFECTIVE,
        (EXPIRATION,),
        "REQUIRED_FIELD_MISSING",
        lambda has, _: has(EXPIRATION) and not has(EFFECTIVE),
    ),
    Agreement(
        EXPIRATION,
        (EFFECTIVE,),
        "INVALID_VALUE",
        lambda has, _: has(EXPIRATION) and has(EXPIRATION) < (has(EFFECTIVE) or ""),
    ),
    Agreement(
        "LifeCycle.ClosedLostReason",
        ("LifeCycle.Stage",),
        "REQUIRED_FIELD_MISSING",
        lambda has, _: has("LifeCycle.Stage") == "Closed Lost" and not has("LifeCycle.ClosedLostReason"),
    ),
    Agreement(
        "LifeCycle.ClosedLostReason",
        ("LifeCycle.Stage",),
        "ACTION_NOT_PERMITTED",
        lambda has, _: has("LifeCycle.ClosedLostReason") and has("LifeCycle.Stage") != "Closed Lost",
    ),
    Agreement(
        "LifeCycle.TargetCloseDate",
        (),
        "INVALID_VALUE",
        lambda has, today: (has("LifeCycle.TargetCloseDate") or "9999") <= today,
    ),
)


def disagreements(written: Record, today: str, changed: set[str] | None = None) -> Errors:
    """Where members disagree; of those that regard `changed` members, where it is given."""
    spends = changed is None or "Project.ExpectedCustomerSpend" in changed
    return (_zeros(written) if spends else set()) | {
        (camel(row.member), row.code)
        for row in AGREEMENTS
        if (changed is None or changed & {row.member, *row.others})
        and row.is_broken(lambda path: at(written, path), today)
    }


def lacks(written: Record, related: dict[str, list[str]], involvement: str, visibility: str, today: str) -> Errors:
    """What keeps an opportunity from being submitted so."""
    errors = _absent(written, _needed(written, involvement)) | missing(written) | _zeros(written)
    without_support = visibility == "Limited" or NO_SUPPORT in (at(written, "PrimaryNeedsFromAws") or [])
    if involvement == "Co-Sell" and without_support:
        errors.add(("primaryNeedsFromAws", "INVALID_VALUE"))
    if involvement != "Co-Sell" and at(written, "NationalSecurity") == "Yes":
        errors.add(("nationalSecurity", "INVALID_VALUE"))
    if at(written, "LifeCycle.Stage") in ENDS:
        errors.add(("lifeCycle.stage", "ACTION_NOT_PERMITTED"))
    if (at(written, "LifeCycle.TargetCloseDate") or "9999") <= today:
        errors.add(("lifeCycle.targetCloseDate", "INVALID_VALUE"))
    described = at(written, "Project.OtherSolutionDescription")
    if not is_sold(related) and (not described or at(written, "LifeCycle.Stage") in WITH_A_SOLUTION):
        errors.add(NO_SOLUTION)
    return errors


def _needed(written: Record, involvement: str) -> list[str]:
    needed = list(AT_SUBMISSIONS)
    if involvement == "Co-Sell":
        needed += FOR_SUPPORT
    if at(written, "Customer.Account.Industry") == "Other":
        needed.append("Customer.Account.OtherIndustry")
    if at(written, "OpportunityType") == "Flat Renewal":
        needed.append("Project.RelatedOpportunityIdentifier")
    return needed


def missing(written: Record, also: tuple[str, ...] = ()) -> Errors:
    """What every creation and every update has to bring; an update `also` two members more."""
    needed = [*ALWAYS, *also]
    if at(written, "NationalSecurity") != "Yes":
        needed += OF_KNOWN_CUSTOMERS
        if at(written, "Customer.Account.Address.CountryCode") == "US":
            needed.append("Customer.Account.Address.StateOrRegion")
    spends = enumerate(at(written, "Project.ExpectedCustomerSpend") or [])
    without = {f"project.expectedCustomerSpend[{index}].amount" for index, spend in spends if not spend.get("Amount")}
    return _absent(written, needed) | {(field, "REQUIRED_FIELD_MISSING") for field in without}


def _absent(written: Record, needed: list[str]) -> Errors:
    return {(camel(path), "REQUIRED_FIELD_MISSING") for path in needed if at(written, path) is None}


def _zeros(written: Record) -> Errors:
    spends = enumerate(at(written, "Project.ExpectedCustomerSpend") or [])
    zeros = [index for index, spend in spends if spend.get("Amount") == "0"]
    return {(f"project.expectedCustomerSpend[{index}].amount", "INVALID_VALUE") for index in zeros}


def is_sold(related: dict[str, list[str]]) -> int:
    """How many things that the partner sells are associated."""
    return sum(len(related[kind]) for kind in SOLD)
