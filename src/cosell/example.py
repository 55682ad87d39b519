"""A complete opportunity: all that AWS demands of a creation, and what a submission for Co-Sell needs besides."""

from typing import Any

from cosell.clock import wall_clock
from cosell.wire.timestamps import Timestamp

DAYS_TO_CLOSE_MS = 90 * 24 * 60 * 60 * 1000


def example_opportunity(company: str = "Blue Heron Freight", *, now_ms: int | None = None) -> dict[str, Any]:
    """Members of CreateOpportunity, without Catalog and ClientToken.

    It closes ninety days after `now_ms`, in milliseconds since 1970 UTC; by default that is the present.
    """
    now_ms = wall_clock() if now_ms is None else now_ms
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
        "LifeCycle": {"Stage": "Prospect", "TargetCloseDate": Timestamp.from_ms(now_ms + DAYS_TO_CLOSE_MS).day},
    }
