"""A few dozen opportunities in which every field has several values, and is missing somewhere."""

from tests.list_opportunities.oracle import REVIEW_STATUSES, STAGES
from tests.search.oracle import Record, Row
from tests.store.caller import DAY_MS, NOON_MS, record

COUNT = 36
OFFER = "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/offer-"
SCORES = ["High", "Medium", "Low", None]


def some_deals() -> list[Row]:
    """The opportunities O95 to O130."""
    return [_deal(number) for number in range(COUNT)]


def _deal(number: int) -> Row:
    name = ["Blue Heron", "blue heron", "Straße", "STRASSE", "Grey  Heron", ""][number % 6]
    spends = [_spend(f"{number * 250}.5", "AWS"), _spend("7", "Self"), _spend("8.25", "AWS")]
    members: Record = {
        "LifeCycle": {
            "Stage": STAGES[number % len(STAGES)],
            "ReviewStatus": REVIEW_STATUSES[number % len(REVIEW_STATUSES)],
            **_given(
                number % 3, {"TargetCloseDate": f"2027-01-{1 + number % 9:02}", "NextSteps": f"Call {name} 100 %"}
            ),
        },
        "OpportunityType": ["Net New Business", "Expansion"][number % 2],
        "Customer": {
            "Account": {
                "CompanyName": name,
                **_given(number % 4, {"Industry": ["Aerospace", "Energy"][number % 2], "AwsAccountId": "1" * 12}),
                "Address": {"City": "Köln", **_given(number % 5, {"CountryCode": ["DE", "PT"][number % 2]})},
            }
        },
        "Project": {
            "Title": f"{name} cameras_{number % 4}",
            **_given(number % 4, {"ApnPrograms": [["Windows", "P3"], ["P3"], []][number % 3]}),
            **_given(number % 7, {"ExpectedCustomerSpend": [spends[number % 3 :], spends[1:2], []][number % 3]}),
        },
        "RelatedEntityIdentifiers": {
            "AwsMarketplaceOffers": [[f"{OFFER}{number % 3}"], [], ["offer-1"]][number % 3],
            "AwsMarketplaceOfferSets": [["offerset-1"], []][number % 2],
            "AwsMarketplaceSolutions": [["arn:aws:catalog:us-east-1::solution/7"], []][number % 2],
        },
        "OpportunityTeam": [
            {"FirstName": "Rui", "BusinessTitle": "PartnerAccountManager", "Email": "rui@example.com"},
            {**_given(number % 4, {"FirstName": "Ana"}), "LastName": f"Silva {number % 5}", **_title(number)},
        ],
        **_given(number % 3, {"PartnerOpportunityIdentifier": f"crm-{number % 10}"}),
    }
    stamps = {"last_modified_ms": NOON_MS + number * 7 % 5, "created_ms": NOON_MS - number % 4 * DAY_MS}
    tags = [{}, {"team": "blue"}, {"archive": "", "team": "Blue"}][number % 3]
    insights = {"EngagementScore": SCORES[number % 4]} if SCORES[number % 4] else {"NextBestActions": "Call."}
    view: Record = {
        "Origin": "AWS Referral",
        "Insights": insights,
        **_given(number % 5, {"CosellMotion": "Partner-led"}),
    }
    return Row(record(f"O{95 + number}", **stamps, **members), tags, None if number % 4 == 3 else view)


def _given(some: int, members: Record) -> Record:
    """The members, or none of them."""
    return members if some else {}


def _title(number: int) -> Record:
    return {"BusinessTitle": "OpportunityOwner"} if number % 6 else {}


def _spend(amount: str, company: str) -> Record:
    return {"Amount": amount, "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": company}
