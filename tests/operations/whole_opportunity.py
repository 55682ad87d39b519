"""An opportunity that says everything, and ways to say something else."""

from typing import Any, Final

from tests.store.caller import Caller, Record, Refused
from tests.wire.legal_requests import ABSENT, changed

LONG_AHEAD: Final = "2027-03-31"
"""A day in the future of the tests' clock."""

WHOLE: Final[Record] = {
    # What a creation can hold, and a submission for Co-Sell needs.
    "PrimaryNeedsFromAws": ["Co-Sell - Technical Consultation"],
    "NationalSecurity": "No",
    "PartnerOpportunityIdentifier": "crm-7",
    "Customer": {
        "Account": {
            "Industry": "Other",
            "OtherIndustry": "Bird watching",
            "CompanyName": "Blue Heron",
            "WebsiteUrl": "https://heron.example.com",
            "AwsAccountId": "123456789012",
            "Address": {
                "City": "Portland",
                "PostalCode": "97204",
                "StateOrRegion": "Oregon",
                "CountryCode": "US",
                "StreetAddress": "1 River Road",
            },
            "Duns": "123456789",
        },
        "Contacts": [{"Email": "ana@heron.example.com", "FirstName": "Ana", "LastName": "Silva"}],
    },
    "Project": {
        "DeliveryModels": ["SaaS or PaaS"],
        "ExpectedCustomerSpend": [
            {"Amount": "2000", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
        ],
        "ExpectedContractDuration": {"Term": "Months", "Value": "12"},
        "Title": "Nest cameras in the cloud",
        "ApnPrograms": ["Well-Architected"],
        "CustomerBusinessProblem": "Cameras fill their disks, and nobody looks at the pictures in time.",
        "CustomerUseCase": "Storage & Backup",
        "SalesActivities": ["Initialized discussions with customer"],
        "CompetitorName": "*Other",
        "OtherCompetitorNames": "A hosting company",
        "OtherSolutionDescription": "Our archive",
        "AdditionalComments": "Write, do not call.",
    },
    "OpportunityType": "Net New Business",
    "Marketing": {
        "Source": "Marketing Activity",
        "CampaignName": "Spring",
        "UseCases": ["Storage"],
        "Channels": ["Email"],
        "AwsFundingUsed": "Yes",
    },
    "SoftwareRevenue": {
        "DeliveryModel": "Contract",
        "Value": {"Amount": "500", "CurrencyCode": "USD"},
        "EffectiveDate": "2027-04-01",
        "ExpirationDate": "2028-03-31",
    },
    "LifeCycle": {"Stage": "Qualified", "NextSteps": "Count the cameras.", "TargetCloseDate": LONG_AHEAD},
}


def but(members: dict[str, Any], request: Record = WHOLE) -> Record:
    """The request with other values at some paths of the model; None leaves a member out."""
    for path, value in members.items():
        request = changed(request, tuple(path.split(".")), ABSENT if value is None else value)
    return request


def violations(refused: Refused) -> list[tuple[str, str]]:
    """FieldName and Code of each entry of the ErrorList of a rule of the business."""
    assert refused.name == "ValidationException", refused
    assert refused.body["Reason"] == "BUSINESS_VALIDATION_FAILED", refused
    return [(entry["FieldName"], entry["Code"]) for entry in refused.body["ErrorList"]]


def refusal(caller: Caller, operation: str, **members: Any) -> list[tuple[str, str]]:
    """The violations that an operation answers; empty where it succeeds."""
    try:
        caller(operation, **members)
    except Refused as refused:
        return violations(refused)
    return []


def placed(caller: Caller, status: str, stage: str = "Qualified", **members: Any) -> Record:
    """Place a whole opportunity that has come to a status and a stage; its record."""
    identifier = caller.create("placed", **WHOLE)["Id"]
    life_cycle = {"Stage": stage, "ReviewStatus": status}
    reason = {"ClosedLostReason": "Price"} if stage == "Closed Lost" else {}
    caller.replace(identifier, **WHOLE | members | {"LifeCycle": WHOLE["LifeCycle"] | life_cycle | reason})
    return caller.get(identifier)
