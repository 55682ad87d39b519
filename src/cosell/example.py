"""A complete opportunity: everything that AWS requires to create one, and what a Co-Sell submission needs as well."""

from collections.abc import Mapping
from typing import Any, Final

from cosell.clock import wall_clock
from cosell.errors import UserError
from cosell.nearest import nearest
from cosell.wire.model import Shape, service_model
from cosell.wire.timestamps import Timestamp

DAYS_TO_CLOSE_MS: Final = 90 * 24 * 60 * 60 * 1000
_OF_THE_CALL: Final = frozenset({"Catalog", "ClientToken"})


def example_opportunity(
    company: str = "Blue Heron Freight", *, now_ms: int | None = None, **changes: Any
) -> dict[str, Any]:
    """Members of CreateOpportunity, without Catalog and ClientToken: complete for a creation, ready for a submission.

    It closes ninety days after `now_ms`, in milliseconds since 1970 UTC; by default that is the present.

    `changes` are members of CreateOpportunity. A structure changes member by member (`LifeCycle={"Stage": "Qualified"}`
    keeps the TargetCloseDate), a list or a value replaces the example's, and None leaves a member out. Raises UserError
    for a name that the service model does not have, at any depth.
    """
    if changes:
        _check_names(changes, service_model().shapes["CreateOpportunityRequest"], "")
    now_ms = wall_clock() if now_ms is None else now_ms
    return _changed(_example(company, Timestamp.from_ms(now_ms + DAYS_TO_CLOSE_MS).day), changes)


def _example(company: str, target_close_date: str) -> dict[str, Any]:
    return {
        "PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
        "Customer": {
            "Account": {
                "CompanyName": company,
                "Industry": "Transportation and Logistics",
                "WebsiteUrl": "https://www.blue-heron.example.com",
                "Address": {"CountryCode": "DE", "PostalCode": "28195"},
            }
        },
        "Project": {
            "Title": "Move the shipment tracking to AWS",
            "CustomerBusinessProblem": "Shipments are tracked on servers that nobody sells parts for any more.",
            "CustomerUseCase": "Migration / Database Migration",
            "DeliveryModels": ["Professional Services"],
            "SalesActivities": ["Initialized discussions with customer"],
            "OtherSolutionDescription": "Tracking as a service",
            "ExpectedCustomerSpend": [
                {"Amount": "4200", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
            ],
        },
        "Marketing": {"Source": "None"},
        "LifeCycle": {"Stage": "Prospect", "TargetCloseDate": target_close_date},
    }


def _changed(members: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(members)
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        elif isinstance(value, Mapping):
            before = changed.get(name, {})
            changed[name] = _changed(before if isinstance(before, Mapping) else {}, value)
        else:
            changed[name] = value
    return changed


def _check_names(value: Any, shape: Shape, path: str) -> None:
    """Raises UserError for the first member that the model does not have."""
    if isinstance(value, Mapping) and shape.type == "structure":
        known = shape.members.keys() if path else shape.members.keys() - _OF_THE_CALL
        for name, member in value.items():
            if name not in known:
                raise UserError(f"an opportunity has no member {path}{name}", nearest(name, known))
            _check_names(member, service_model().shapes[shape.members[name].shape], f"{path}{name}.")
    elif isinstance(value, list | tuple) and shape.member is not None:
        for index, item in enumerate(value):
            _check_names(item, service_model().shapes[shape.member.shape], f"{path[:-1]}[{index}].")
