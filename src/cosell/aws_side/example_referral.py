"""An invented referral, for callers to whom it does not matter which."""

from typing import Any, Final

from cosell.time_texts import UNITS
from cosell.wire.timestamps import Timestamp

CLOSES_AFTER_MS: Final = 90 * UNITS["d"]


def referral_members(given: dict[str, Any], now: Timestamp) -> dict[str, Any]:
    """The members of a CreateOpportunity request: the given ones, completed with invented ones."""
    return _completed(given, _made_up(now))


def _completed(given: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """Structures are completed member by member; everything else is taken as a whole."""
    inner = {
        name: _completed(given[name], value)
        for name, value in example.items()
        if isinstance(value, dict) and isinstance(given.get(name), dict)
    }
    return example | given | inner


def _made_up(now: Timestamp) -> dict[str, Any]:
    return {
        "Customer": {
            "Account": {
                "CompanyName": "Blue Heron Freight",
                "Industry": "Transportation and Logistics",
                "WebsiteUrl": "https://www.blue-heron.example.com",
                "Address": {
                    "CountryCode": "US",
                    "StateOrRegion": "Oregon",
                    "City": "Portland",
                    "PostalCode": "97201",
                    "StreetAddress": "12 Harbor Way",
                },
            },
            "Contacts": [
                {"FirstName": "Mina", "LastName": "Okoye", "Email": "mina@blue-heron.example.com"},
            ],
        },
        "Project": {
            "Title": "Move the shipment tracking to AWS",
            "CustomerBusinessProblem": "Shipments are tracked on servers that nobody sells parts for any more.",
            "CustomerUseCase": "Migration / Database Migration",
            "DeliveryModels": ["Professional Services"],
            "SalesActivities": ["Initialized discussions with customer"],
            "ExpectedCustomerSpend": [
                {"Amount": "4200", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
            ],
        },
        "PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
        "LifeCycle": {
            "Stage": "Qualified",
            "TargetCloseDate": Timestamp.from_ms(now.ms + CLOSES_AFTER_MS).day,
            "NextSteps": "Meet the customer.",
        },
    }
