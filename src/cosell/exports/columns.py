"""The columns of a file of opportunities: every member of an API summary, one row per opportunity.

Columns are named after the members of the API. An opportunity has a list of expected spends: what the customer spends a
month with AWS, and what with the partner, are added up for its first two currencies, each beside the currency's code,
so that a total by currency is one formula. ExpectedCustomerSpend has every entry as it is, as JSON.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, Literal, TypeAlias

import msgspec

from cosell.rules.opportunity.spend import all_spend, aws_spend, partner_spend
from cosell.rules.opportunity.team import OWNER

Kind: TypeAlias = Literal["text", "number", "money", "day", "moment"]
Cell: TypeAlias = str | int | None
"""A text; for `money` whole hundredths; for a `day` or `moment` the API's text. None and an empty text: nothing."""
Row: TypeAlias = Sequence[Cell]

CURRENCIES: Final = 2
"""How many of an opportunity's currencies have columns. The service knows of no opportunity with more."""

SUMMARY_COLUMNS: Final[Mapping[str, Kind]] = {
    "Id": "text",
    "PartnerOpportunityIdentifier": "text",
    "CompanyName": "text",
    "Industry": "text",
    "OtherIndustry": "text",
    "WebsiteUrl": "text",
    "City": "text",
    "PostalCode": "text",
    "StateOrRegion": "text",
    "CountryCode": "text",
    "OpportunityType": "text",
    "Stage": "text",
    "ClosedLostReason": "text",
    "TargetCloseDate": "day",
    "NextSteps": "text",
    "ReviewStatus": "text",
    "ReviewStatusReason": "text",
    "ReviewComments": "text",
    "DeliveryModels": "text",
    "ExpectedContractDurationValue": "number",
    "ExpectedContractDurationTerm": "text",
    "SpendCurrency": "text",
    "MonthlyAwsSpend": "money",
    "MonthlyPartnerSpend": "money",
    "SpendCurrency2": "text",
    "MonthlyAwsSpend2": "money",
    "MonthlyPartnerSpend2": "money",
    "ExpectedCustomerSpend": "text",
    "CreatedDate": "moment",
    "LastModifiedDate": "moment",
    "Catalog": "text",
    "Arn": "text",
}
"""What `summary_row` returns."""

SEARCH_COLUMNS: Final[Mapping[str, Kind]] = {
    "Id": "text",
    "PartnerOpportunityIdentifier": "text",
    "CompanyName": "text",
    "Industry": "text",
    "CountryCode": "text",
    "AwsAccountId": "text",
    "Title": "text",
    "Owner": "text",
    "OpportunityType": "text",
    "Stage": "text",
    "TargetCloseDate": "day",
    "NextSteps": "text",
    "ReviewStatus": "text",
    "Origin": "text",
    "CosellMotion": "text",
    "EngagementScore": "text",
    "OpportunityQualityScore": "number",
    "ApnPrograms": "text",
    "SpendCurrency": "text",
    "MonthlySpend": "money",
    "SpendCurrency2": "text",
    "MonthlySpend2": "money",
    "ExpectedCustomerSpend": "text",
    "Tags": "text",
    "OpportunityTeam": "text",
    "RelatedEntityIdentifiers": "text",
    "CreatedDate": "moment",
    "LastModifiedDate": "moment",
}
"""What `search_row` returns. A search does not say with whom a customer spends: MonthlySpend is the total."""

STEADY_SORT: Final = {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"}
"""The default order of a file. It does not change while a file is read, so that no opportunity is missed or listed
twice."""

_NOTHING: Final[Mapping[str, Any]] = {}
_json: Final = msgspec.json.Encoder().encode


def summary_row(summary: Mapping[str, Any]) -> list[Cell]:
    """The row of an OpportunitySummary, as JSON values or as boto3 gives it."""
    get = summary.get
    account = (get("Customer") or _NOTHING).get("Account") or _NOTHING
    address = account.get("Address") or _NOTHING
    life_cycle = get("LifeCycle") or _NOTHING
    project = get("Project") or _NOTHING
    spends = project.get("ExpectedCustomerSpend") or ()
    duration = project.get("ExpectedContractDuration") or _NOTHING
    return [
        get("Id"),
        get("PartnerOpportunityIdentifier"),
        account.get("CompanyName"),
        account.get("Industry"),
        account.get("OtherIndustry"),
        account.get("WebsiteUrl"),
        address.get("City"),
        address.get("PostalCode"),
        address.get("StateOrRegion"),
        address.get("CountryCode"),
        get("OpportunityType"),
        life_cycle.get("Stage"),
        life_cycle.get("ClosedLostReason"),
        life_cycle.get("TargetCloseDate"),
        life_cycle.get("NextSteps"),
        life_cycle.get("ReviewStatus"),
        life_cycle.get("ReviewStatusReason"),
        life_cycle.get("ReviewComments"),
        ", ".join(project.get("DeliveryModels") or ()),
        duration.get("Value"),
        duration.get("Term"),
        *_first_currencies(aws_spend(spends), partner_spend(spends)),
        _as_json(spends),
        _moment(get("CreatedDate")),
        _moment(get("LastModifiedDate")),
        get("Catalog"),
        get("Arn"),
    ]


def search_row(summary: Mapping[str, Any]) -> list[Cell]:
    """The row of an OpportunitySearchSummary, as JSON values or as boto3 gives it."""
    get = summary.get
    account = (get("Customer") or _NOTHING).get("Account") or _NOTHING
    life_cycle = get("LifeCycle") or _NOTHING
    project = get("Project") or _NOTHING
    aws_side = get("AwsOpportunitySummary") or _NOTHING
    insights = aws_side.get("Insights") or _NOTHING
    score = (insights.get("OpportunityQuality") or _NOTHING).get("Score")
    spends = project.get("ExpectedCustomerSpend") or ()
    return [
        get("Id"),
        get("PartnerOpportunityIdentifier"),
        account.get("CompanyName"),
        account.get("Industry"),
        (account.get("Address") or _NOTHING).get("CountryCode"),
        account.get("AwsAccountId"),
        project.get("Title"),
        owner_of(get("OpportunityTeam")),
        get("OpportunityType"),
        life_cycle.get("Stage"),
        life_cycle.get("TargetCloseDate"),
        life_cycle.get("NextSteps"),
        life_cycle.get("ReviewStatus"),
        aws_side.get("Origin"),
        aws_side.get("CosellMotion"),
        insights.get("EngagementScore"),
        None if score is None else str(score),
        ", ".join(project.get("ApnPrograms") or ()),
        *_first_currencies(all_spend(spends)),
        _as_json(spends),
        _as_json(get("Tags")),
        _as_json(get("OpportunityTeam")),
        _as_json(get("RelatedEntityIdentifiers")),
        _moment(get("CreatedDate")),
        _moment(get("LastModifiedDate")),
    ]


def owner_of(team: Sequence[Mapping[str, str]] | None) -> str:
    """The name of the owner among the members of a team; empty if it has none."""
    owner: Mapping[str, str] = next((one for one in team or () if one.get("BusinessTitle") == OWNER), _NOTHING)
    return " ".join(owner[name] for name in ("FirstName", "LastName") if owner.get(name))


def _first_currencies(*totals: Mapping[str, int]) -> list[Cell]:
    """For each of the first currencies its code, and its part of each sum by currency."""
    currencies = [*dict.fromkeys(chain.from_iterable(totals)), *[None] * CURRENCIES][:CURRENCIES]
    return [cell for code in currencies for cell in (code, *(total.get(code or "") for total in totals))]


def _as_json(value: Any) -> str | None:
    """A list or structure in one cell."""
    return _json(value).decode() if value else None


def _moment(stamp: datetime | str | None) -> str | None:
    """boto3 returns moments as datetimes."""
    if isinstance(stamp, datetime):
        return stamp.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return stamp
