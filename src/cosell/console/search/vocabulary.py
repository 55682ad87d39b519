"""What people call the things that a search can ask about: fields, operators and orders."""

from typing import Final

from cosell.rules.search.fields import FIELDS, Kind
from cosell.wire.model import service_model

LABELS: Final = {
    "OpportunityId": "Id",
    "Stage": "Stage",
    "ReviewStatus": "Review status",
    "CustomerCompanyName": "Customer",
    "PartnerProjectTitle": "Project title",
    "OpportunityOwner": "Owner",
    "EstimatedMrr": "Monthly spend",
    "TargetCloseDate": "Target close",
    "CreatedDate": "Created",
    "LastModifiedDate": "Last modified",
    "Industry": "Industry",
    "CountryCode": "Country",
    "Tags": "Tags",
    "NextStep": "Next step",
    "OpportunityType": "Type",
    "PartnerOpportunityIdentifier": "Partner's identifier",
    "AwsAccountId": "AWS account",
    "ApnPrograms": "APN programs",
    "Origin": "Origin",
    "CosellMotion": "Co-sell motion",
    "EngagementScore": "Engagement score",
    "OfferId": "Marketplace offer",
    "OfferSetId": "Marketplace offer set",
    "AwsMarketplaceSolution": "Marketplace solution",
}
"""Each field as people call it, in the order in which a form offers them."""
OPERATORS: Final[dict[Kind, dict[str, str]]] = {
    "text": {"EqualsTo": "is", "ContainsAny": "contains", "ContainsAll": "is"},
    "list": {"EqualsTo": "has", "ContainsAny": "contains", "ContainsAll": "has all of"},
    "date": {
        "GreaterThanOrEquals": "from",
        "GreaterThan": "after",
        "LessThanOrEquals": "until",
        "LessThan": "before",
    },
    "number": {"GreaterThanOrEquals": "≥", "GreaterThan": ">", "LessThanOrEquals": "≤", "LessThan": "<"},
}
TAGGED: Final = {"EqualsTo": "Tagged", "ContainsAny": "Tag contains", "ContainsAll": "Tagged"}
OFFERED_OPERATORS: Final = {
    "EqualsTo": "is",
    "ContainsAny": "contains",
    "ContainsAll": "has all of",
    "GreaterThanOrEquals": "from, at least",
    "GreaterThan": "after, more than",
    "LessThanOrEquals": "until, at most",
    "LessThan": "before, less than",
}
"""What a form offers for fields of every type. The API says which operator goes with which field."""


def sort_keys() -> dict[str, str]:
    """The keys that a search can be sorted by, with their labels."""
    known = service_model().shapes["OpportunitySearchSortName"].enum
    return {field: label for field, label in LABELS.items() if field in known}


def phrase_of(field: str, operator: str) -> str:
    """The beginning of a condition: `Stage is`, `Monthly spend ≥`, `Tagged`. Unknown names are left as they are."""
    if field == "Tags" and operator in TAGGED:
        return TAGGED[operator]
    words = OFFERED_OPERATORS | (OPERATORS[FIELDS[field].kind] if field in FIELDS else {})
    return f"{LABELS.get(field, field)} {words.get(operator, operator)}"
