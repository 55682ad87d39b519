"""A deal of the CRM, and the opportunity that it becomes."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Deal:
    """A deal as the CRM has it. `opportunity` and what follows it are empty until the deal was pushed."""

    number: str
    company: str
    website: str
    title: str
    problem: str
    monthly_spend: str
    closes: str
    opportunity: str = ""
    status: str = ""


def members_of(deal: Deal) -> dict[str, Any]:
    """What AWS demands of an opportunity, from a deal."""
    return {
        "PartnerOpportunityIdentifier": deal.number,
        "PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
        "Customer": {
            "Account": {
                "CompanyName": deal.company,
                "Industry": "Retail",
                "WebsiteUrl": deal.website,
                "Address": {"CountryCode": "DE", "PostalCode": "28195"},
            }
        },
        "Project": {
            "Title": deal.title,
            "CustomerBusinessProblem": deal.problem,
            "CustomerUseCase": "Migration / Database Migration",
            "DeliveryModels": ["Professional Services"],
            "SalesActivities": ["Initialized discussions with customer"],
            "OtherSolutionDescription": "Migration factory",
            "ExpectedCustomerSpend": [
                {
                    "Amount": deal.monthly_spend,
                    "CurrencyCode": "USD",
                    "Frequency": "Monthly",
                    "TargetCompany": "AWS",
                }
            ],
        },
        "Marketing": {"Source": "None"},
        "LifeCycle": {"Stage": "Prospect", "TargetCloseDate": deal.closes},
    }
