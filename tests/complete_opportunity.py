"""The least that AWS takes as an opportunity, for tests that are about something else."""

from typing import Any, Final

COMPLETE: Final[dict[str, Any]] = {
    "Customer": {
        "Account": {
            "CompanyName": "Blue Heron",
            "Industry": "Retail",
            "WebsiteUrl": "https://heron.example.com",
            "Address": {"CountryCode": "CA", "PostalCode": "K1A 0B1"},
        }
    },
    "Project": {
        "Title": "Nest cameras",
        "CustomerBusinessProblem": "Cameras fill their disks, and nobody looks.",
        "ExpectedCustomerSpend": [
            {"Amount": "2000", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
        ],
    },
    "LifeCycle": {"TargetCloseDate": "9999-12-31"},
}
UPDATED: Final = COMPLETE | {
    "LifeCycle": COMPLETE["LifeCycle"] | {"Stage": "Prospect"},
    "Marketing": {"Source": "None"},
}
"""The least that AWS takes as its update."""
WRITTEN: Final = (
    "PrimaryNeedsFromAws",
    "NationalSecurity",
    "PartnerOpportunityIdentifier",
    "Customer",
    "Project",
    "OpportunityType",
    "Marketing",
    "SoftwareRevenue",
    "LifeCycle",
)
"""What a partner writes of a record."""


def complete(**members: Any) -> dict[str, Any]:
    """The members of a creation, over those of a complete opportunity. A structure is merged member by member."""
    return merged(COMPLETE, members)


def completing(client: Any) -> Any:
    """The boto3 client, whose creations and updates are those of a complete opportunity with what they are given."""

    def completed(params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        return merged(COMPLETE if model.name == "CreateOpportunity" else UPDATED, params)

    for operation in ("CreateOpportunity", "UpdateOpportunity"):
        client.meta.events.register(f"provide-client-params.partnercentral-selling.{operation}", completed)
    return client


def written(record: dict[str, Any]) -> dict[str, Any]:
    """What a client sends back of a record that it has read."""
    return {name: record[name] for name in WRITTEN if record.get(name) is not None}


def merged(base: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    """The one structure over the other."""
    both = {
        name: merged(base[name], value) if isinstance(value, dict) and isinstance(base.get(name), dict) else value
        for name, value in members.items()
    }
    return base | both
