"""The members of an opportunity that a partner writes, by their paths in the model.

A list counts as one member, and so does a structure whose parts mean nothing alone (an amount and its currency). What
the service owns is not here: identifiers, stamps, the review, the history of next steps, related entities, the team.

Source: service model 2022-07-26, UpdateOpportunityRequest; a test holds the list against it.
"""

import functools
from typing import Any, Final, TypeVar

import msgspec

from cosell.wire.types import GetOpportunityResponse, snake_case

MEMBERS: Final = (
    "PrimaryNeedsFromAws",
    "NationalSecurity",
    "PartnerOpportunityIdentifier",
    "Customer.Account.Industry",
    "Customer.Account.OtherIndustry",
    "Customer.Account.CompanyName",
    "Customer.Account.WebsiteUrl",
    "Customer.Account.AwsAccountId",
    "Customer.Account.Address.City",
    "Customer.Account.Address.PostalCode",
    "Customer.Account.Address.StateOrRegion",
    "Customer.Account.Address.CountryCode",
    "Customer.Account.Address.StreetAddress",
    "Customer.Account.Duns",
    "Customer.Contacts",
    "Project.DeliveryModels",
    "Project.ExpectedCustomerSpend",
    "Project.ExpectedContractDuration",
    "Project.Title",
    "Project.ApnPrograms",
    "Project.CustomerBusinessProblem",
    "Project.CustomerUseCase",
    "Project.RelatedOpportunityIdentifier",
    "Project.SalesActivities",
    "Project.CompetitorName",
    "Project.OtherCompetitorNames",
    "Project.OtherSolutionDescription",
    "Project.AdditionalComments",
    "Project.AwsPartition",
    "OpportunityType",
    "Marketing.CampaignName",
    "Marketing.Source",
    "Marketing.UseCases",
    "Marketing.Channels",
    "Marketing.AwsFundingUsed",
    "SoftwareRevenue.DeliveryModel",
    "SoftwareRevenue.Value",
    "SoftwareRevenue.EffectiveDate",
    "SoftwareRevenue.ExpirationDate",
    "LifeCycle.Stage",
    "LifeCycle.ClosedLostReason",
    "LifeCycle.NextSteps",
    "LifeCycle.TargetCloseDate",
)
EVERY_MEMBER: Final = frozenset(MEMBERS)
SOLUTIONS: Final = (
    "RelatedEntityIdentifiers.Solutions",
    "RelatedEntityIdentifiers.AwsMarketplaceSolutions",
    "RelatedEntityIdentifiers.AwsMarketplaceProducts",
)
"""What counts as a solution. A partner associates it, and writes it nowhere else."""

S = TypeVar("S", bound=msgspec.Struct)


def field_name(path: str) -> str:
    """A member as an ErrorList names it: `Customer.Account.WebsiteUrl` → `customer.account.websiteUrl`."""
    return ".".join(name[:1].lower() + name[1:] for name in path.split("."))


def values_of(record: GetOpportunityResponse) -> dict[str, Any]:
    """What the members and the solutions of a record are, by their paths. Absent and empty are the same: no entry."""
    values: dict[str, Any] = {}
    for way, attributes in _STRUCTURES:
        structure: Any = record
        for attribute in way:
            structure = structure and getattr(structure, attribute)
        if structure is not None:
            for attribute, path in attributes:
                if value := getattr(structure, attribute):
                    values[path] = value
    return values


def differences(record: GetOpportunityResponse, other: GetOpportunityResponse) -> frozenset[str]:
    """The members in which two records are not the same."""
    values, others = values_of(record), values_of(other)
    return frozenset(member for member in MEMBERS if values.get(member) != others.get(member))


def restored(record: GetOpportunityResponse, source: GetOpportunityResponse, path: str) -> GetOpportunityResponse:
    """`record` with the member at `path` as it is in `source`."""
    result = _restored(record, source, _attributes(path))
    assert result is not None
    return result


def _restored(structure: S | None, source: S | None, attributes: tuple[str, ...]) -> S | None:
    if source is None:
        return structure
    first, *rest = attributes
    value = getattr(source, first)
    if structure is None:
        if value is None:
            return None
        structure = _emptied(source)
    if rest:
        value = _restored(getattr(structure, first), value, tuple(rest))
    return msgspec.structs.replace(structure, **{first: value})


def _emptied(structure: S) -> S:
    """The structure with nothing but what the model requires in it."""
    fields = msgspec.structs.fields(structure)
    return msgspec.structs.replace(structure, **{field.name: None for field in fields if not field.required})


@functools.cache
def _attributes(path: str) -> tuple[str, ...]:
    return tuple(snake_case(name) for name in path.split("."))


def _structures() -> dict[tuple[str, ...], list[tuple[str, str]]]:
    """The structures that hold members, by the way to each, with its attributes and their paths."""
    structures: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for path in MEMBERS + SOLUTIONS:
        *way, attribute = _attributes(path)
        structures.setdefault(tuple(way), []).append((attribute, path))
    return structures


_STRUCTURES: Final = tuple(_structures().items())
