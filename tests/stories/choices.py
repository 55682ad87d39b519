"""What partners and AWS choose from in the sequences: values, entities, people, tags, and how far things have come.

What is usual stands first or last, since hypothesis likes these best.
"""

from typing import Any, Final

from tests.operations.whole_opportunity import WHOLE
from tests.stories.model.needs import NO_SUPPORT
from tests.stories.model.paths import Record, but
from tests.stories.model.relations import PRODUCTS
from tests.stories.model.world import Settings

BASES: Final[dict[str, Record]] = {
    "whole": WHOLE,
    "secret": but({"NationalSecurity": "Yes", "Customer.Account.Industry": "Government"}, WHOLE),
    "bare": {"Customer": {"Account": {"CompanyName": "Blue Heron"}}},
}
"""What an opportunity begins as."""
STAGES: Final = [
    "Prospect",
    "Qualified",
    "Technical Validation",
    "Business Validation",
    "Committed",
    "Launched",
    "Closed Lost",
]
SPEND: Final = WHOLE["Project"]["ExpectedCustomerSpend"][0]
CHOICES: Final[dict[str, list[Any]]] = {
    # What a partner writes in the sequences: None is nothing. What is usual stands first.
    "PrimaryNeedsFromAws": [
        WHOLE["PrimaryNeedsFromAws"],
        [NO_SUPPORT],
        [*WHOLE["PrimaryNeedsFromAws"], NO_SUPPORT],
        None,
    ],
    "PartnerOpportunityIdentifier": ["crm-7", "crm-8", None],
    "OpportunityType": ["Net New Business", "Expansion", "Flat Renewal", None],
    "NationalSecurity": ["No", "Yes", None],
    "Customer.Account.Industry": ["Other", "Government"],
    "Customer.Account.CompanyName": ["Blue Heron", "blue heron", "Grey Heron"],
    "Customer.Account.OtherIndustry": ["Bird watching", None],
    "Customer.Account.Address.City": ["Portland", "Salem", None],
    "Customer.Account.AwsAccountId": ["123456789012", None],
    "Project.Title": ["Cameras", "A title of many words, which says more than forty characters", None],
    "Project.ExpectedCustomerSpend": [
        [SPEND],
        [SPEND | {"Amount": "2000.00"}],
        [SPEND | {"Amount": "0"}],
        [{name: SPEND[name] for name in SPEND if name != "Amount"}, SPEND],
        None,
    ],
    "Project.ExpectedContractDuration": [WHOLE["Project"]["ExpectedContractDuration"], None],
    "Project.CompetitorName": ["*Other", "Microsoft Azure", None],
    "Project.OtherCompetitorNames": ["A hosting company", None],
    "Project.OtherSolutionDescription": ["Our archive", None],
    "Project.AdditionalComments": ["Write, do not call.", None],
    "Marketing.Source": ["Marketing Activity", "None", None],
    "Marketing.CampaignName": ["Spring", None],
    "Marketing.AwsFundingUsed": ["Yes", "No", None],
    "SoftwareRevenue.Value": [WHOLE["SoftwareRevenue"]["Value"], {"Amount": "750", "CurrencyCode": "USD"}, None],
    "SoftwareRevenue.EffectiveDate": ["2027-04-01", "2028-04-01", None],
    "SoftwareRevenue.ExpirationDate": ["2028-03-31", None],
    "LifeCycle.NextSteps": ["Count.", "Count again.", None],
    "LifeCycle.TargetCloseDate": ["2027-03-31", "2027-06-30", "2026-06-10", "2026-05-29", "2020-01-01", None],
    "LifeCycle.Stage": [*STAGES, None],
    "LifeCycle.ClosedLostReason": [None, "Price"],
}
AFTERWARDS: Final[list[Record]] = [
    # What is changed beside the stage, also when the sale has ended.
    {},
    {"LifeCycle.NextSteps": "Count."},
    {"LifeCycle.NextSteps": "Count again."},
    {"Project.AdditionalComments": "Signed on paper."},
    {"SoftwareRevenue.Value": {"Amount": "750", "CurrencyCode": "USD"}},
]
CORRECTIONS: Final[list[Record]] = [
    {"Customer.Account.Address.City": "Salem"},
    {"Project.ExpectedCustomerSpend": [SPEND | {"Amount": "7"}]},
    {"Project.CustomerBusinessProblem": "Forty cameras fill their disks within a single day."},
]
OTHER_SETTINGS: Final = {
    "any value, any status": Settings(any_value=True, any_review_status=True),
    "slow tasks": Settings(task_delay_ms=60_000),
    "corrections are not submitted": Settings(action_required_stays=True),
    "lost sales go on": Settings(closed_lost_reopens=True),
    "drafts": Settings(drafts=True),
    "what is left out is lost": Settings(sandbox_quirks=True),
}
OPENINGS: Final[dict[str, list[str]]] = {
    # How far an opportunity has come at the beginning of a sequence.
    "sketched": [],
    "drafted by many": [],
    "drafted": [],
    "submitted": ["submit"],
    "submitted as it is": ["submit"],
    "secret": ["share", "approve"],
    "talked about": ["talk"],
    "shown": ["show"],
    "shared": ["share"],
    "shared and forgotten": ["share", "wait"],
    "to be corrected": ["share", "edit", "require action"],
    "to be corrected, and shared later": ["submit", "require action"],
    "approved": ["share", "approve"],
    "approved alone": ["associate", "submit", "start review", "approve"],
    "launched": ["associate", "share", "approve", "launch"],
    "lost": ["share", "approve", "lose"],
    "rejected": ["share", "reject"],
    "referred": [],
}
ENTITIES: Final[dict[str, list[str]]] = {
    # What is associated: some of each kind that fits, then something that does not exist, and something without form.
    "Solutions": ["S-0000001", "S-1234567", "S-9", "S-0000002", "S-0000003", "S-0000007", "Archive"],
    "AwsProducts": [*PRODUCTS, "Amazon Quantum Toaster"],
    "AwsMarketplaceOffers": [
        "offer-1",
        "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/offer-2",
        "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/OfferSet/offerset-2",
    ],
    "AwsMarketplaceOfferSets": ["offerset-1", "offerset-2", "offer-1"],
    "AwsMarketplaceSolutions": [*(f"arn:aws:catalog:us-east-1::solution/{number}" for number in range(11)), "S-9"],
    "AwsMarketplaceProducts": [*(f"arn:aws:catalog:us-east-1::product/{number}" for number in range(11)), "prod-1"],
}
SEARCHES: Final[list[Record]] = [
    # What is looked for, by words and by conditions.
    {},
    {"Keyword": "HERON"},
    {"Keyword": "ana silva"},
    {"Filter": {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": "Qualified"}}}},
    {"Filter": {"NotFilter": {"ContainsAny": {"Key": "Tags", "Value": {"StringValue": "TEAM"}}}}},
    {
        "Keyword": "o",
        "Filter": {
            "OrAllFilters": [
                {"EqualsTo": {"Key": "Origin", "Value": {"StringValue": "AWS Referral"}}},
                {"ContainsAny": {"Key": "EngagementScore", "Value": {"StringValue": "h"}}},
                {"ContainsAny": {"Key": "NextStep", "Value": {"StringValue": "count"}}},
            ]
        },
    },
]
PEOPLE: Final = [
    {"Email": f"{name}@example.com", "FirstName": name, "LastName": "Silva", "BusinessTitle": title}
    for name in ("ana", "rui")
    for title in ("OpportunityOwner", "PartnerAccountManager")
]
TEAMS: Final = [
    None,
    PEOPLE[:1],
    PEOPLE[1:2],
    [PEOPLE[0] | {"BusinessTitle": f"Friend {number}"} for number in range(10)],
]
VIEWS: Final[list[Record | None]] = [
    None,
    {"LifeCycle": {"Stage": "Engaged", "NextSteps": "Call."}},
    {"LifeCycle": {"NextSteps": "Meet.", "TargetCloseDate": "2027-01-01"}, "Insights": {"EngagementScore": "High"}},
    {"Insights": {"EngagementScore": "Low", "NextBestActions": "Write."}},
    {"OpportunityTeam": [PEOPLE[0] | {"BusinessTitle": "PDM"}], "CosellMotion": "Partner-led"},
    {"InvolvementType": "For Visibility Only", "Visibility": "Limited"},
]
RECORDS: Final[list[Record | None]] = [
    None,
    *({"Stage": stage} for stage in ("Qualified", "Committed", "Launched")),
    {"Stage": "Closed Lost", "ClosedLostReason": "Price"},
    {"Stage": "Closed Lost"},
    {"ClosedLostReason": "Price", "TargetCloseDate": "2020-01-01"},
    {"NextSteps": "Count.", "TargetCloseDate": "2027-06-30"},
]

FILTERS: Final[list[Record]] = [
    {},
    {"LifeCycleStage": ["Qualified", "Launched"]},
    {"LifeCycleReviewStatus": ["Submitted", "Approved"]},
    {"CustomerCompanyName": ["BLUE HERON"]},
]
STATUSES: Final = ["Active", "Draft", "Inactive"]

TAGS: Final[dict[str, list[tuple[str, str]]]] = {
    "none": [],
    "one": [("a", "1")],
    "other values": [("b", "1"), ("a", "2")],
    "signs": [("Größe/7", "")],
    "twice": [("a", "1"), ("a", "2"), ("a", "3")],
    "AWS's own": [("b", "1"), ("AWS:b", "1"), ("aws:a", "1")],
    "nearly too many": [(f"key {number}", "x") for number in range(199)],
    "another": [("c", "1")],
}
