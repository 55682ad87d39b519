"""What SearchOpportunities should answer, read plainly from its rules: every opportunity is looked at, one by one.

Shares no code with the service. Records are GetOpportunity answers as plain values, views are AWS's summaries.
"""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, NamedTuple

Record = dict[str, Any]
Request = dict[str, Any]

TEXTS = {
    # field: the way to its text in the record
    "OpportunityId": "Id",
    "Stage": "LifeCycle.Stage",
    "ReviewStatus": "LifeCycle.ReviewStatus",
    "NextStep": "LifeCycle.NextSteps",
    "CustomerCompanyName": "Customer.Account.CompanyName",
    "Industry": "Customer.Account.Industry",
    "AwsAccountId": "Customer.Account.AwsAccountId",
    "CountryCode": "Customer.Account.Address.CountryCode",
    "PartnerProjectTitle": "Project.Title",
    "OpportunityType": "OpportunityType",
    "PartnerOpportunityIdentifier": "PartnerOpportunityIdentifier",
}
VIEWED = {
    # field: the way to its text in AWS's view
    "Origin": "Origin",
    "CosellMotion": "CosellMotion",
    "EngagementScore": "Insights.EngagementScore",
}
ENTITIES = {
    "OfferId": "AwsMarketplaceOffers",
    "OfferSetId": "AwsMarketplaceOfferSets",
    "AwsMarketplaceSolution": "AwsMarketplaceSolutions",
}
ONE_TEXT = [*TEXTS, *VIEWED, "OpportunityOwner"]
LISTS = ["ApnPrograms", "Tags", *ENTITIES]
DATES = ["TargetCloseDate", "CreatedDate", "LastModifiedDate"]
NUMBERS = ["EstimatedMrr"]
SORT_KEYS = [field for field in (*ONE_TEXT, *LISTS, *DATES, *NUMBERS) if field != "AwsMarketplaceSolution"]
IN_KEYWORDS = [
    *("OpportunityId", "PartnerOpportunityIdentifier", "CustomerCompanyName", "PartnerProjectTitle", "NextStep"),
    "OpportunityOwner",
]
NEVER_TOUCHED: Record = {"Origin": "Partner Referral"}
"""AWS's view of an opportunity of which it has said nothing yet."""


class Row(NamedTuple):
    """An opportunity with its tags and AWS's view of it."""

    record: Record
    tags: dict[str, str]
    view: Record | None


def answer(rows: list[Row], request: Request) -> list[Record]:
    """The summaries of all pages."""
    found = [row for row in rows if matches(row, request)]
    by, order = sort_of(request)
    found.sort(key=lambda row: sort_key(row, by), reverse=order == "DESCENDING")
    return [summary(row) for row in found]


def sort_of(request: Request) -> tuple[str, str]:
    """The key and the direction that are asked for."""
    sort = request.get("Sort") or {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}
    return sort["SortBy"], sort["SortOrder"]


def matches(row: Row, request: Request) -> bool:
    """Whether an opportunity has the keyword and passes the filter."""
    tree = request.get("Filter")
    return _has_keyword(row, request.get("Keyword")) and (tree is None or _passes(row, tree))


def _has_keyword(row: Row, keyword: str | None) -> bool:
    wanted = " ".join((keyword or "").split()).casefold()
    texts = [text for field in IN_KEYWORDS for text in texts_of(row, field)]
    return any(wanted in " ".join(text.split()).casefold() for text in texts)


def _passes(row: Row, node: Request) -> bool:
    ((operator, said),) = ((name, member) for name, member in node.items() if member is not None)
    if operator == "AndAllFilters":
        return all(_passes(row, part) for part in said)
    if operator == "OrAllFilters":
        return any(_passes(row, part) for part in said)
    if operator == "NotFilter":
        return not _passes(row, said)
    ((kind, value),) = ((name, member) for name, member in said["Value"].items() if member is not None)
    if operator in ("EqualsTo", "ContainsAny", "ContainsAll"):
        wanted = value if kind == "StringListValue" else [value]
        return _has_texts(texts_of(row, said["Key"]), operator, wanted)
    there = number_of(row, said["Key"])
    bound = nanoseconds(value) if kind == "DateValue" else Fraction(repr(value))
    return there is not None and _stands(there, operator, bound)


def _has_texts(there: list[str], operator: str, wanted: list[str]) -> bool:
    if operator == "ContainsAny":
        return any(part.casefold() in text.casefold() for text in there for part in wanted)
    return bool(there) and all(text in there for text in wanted)


def _stands(there: Fraction | int, operator: str, bound: Fraction | int) -> bool:
    if there == bound:
        return operator.endswith("Equals")
    return operator.startswith("Greater") == (there > bound)


def texts_of(row: Row, field: str) -> list[str]:
    """The texts of a field, of which one that has a single text has one at most."""
    if field in TEXTS:
        texts = [_at(row.record, TEXTS[field])]
    elif field in VIEWED:
        texts = [_at(NEVER_TOUCHED if row.view is None else row.view, VIEWED[field])]
    elif field == "OpportunityOwner":
        owners = [one for one in row.record.get("OpportunityTeam", []) if one.get("BusinessTitle") == field]
        texts = [" ".join(name for name in (one.get("FirstName"), one.get("LastName")) if name) for one in owners[:1]]
    elif field == "ApnPrograms":
        texts = _at(row.record, "Project.ApnPrograms") or []
    elif field == "Tags":
        texts = [text for key, value in row.tags.items() for text in (key, value, f"{key}={value}")]
    else:
        stored = _at(row.record, f"RelatedEntityIdentifiers.{ENTITIES[field]}") or []
        texts = [text for identifier in stored for text in (identifier, identifier.split("/")[-1])]
    return [text for text in texts if text]


def number_of(row: Row, field: str) -> Fraction | int | None:
    """A moment in nanoseconds since 1970, or an amount."""
    if field == "TargetCloseDate":
        day = _at(row.record, "LifeCycle.TargetCloseDate")
        return None if day is None else nanoseconds(f"{day}T00:00:00Z")
    if field in DATES:
        return nanoseconds(row.record[field])
    spends = _at(row.record, "Project.ExpectedCustomerSpend") or []
    with_aws = [spend for spend in spends if spend["TargetCompany"] == "AWS"]
    amounts = [spend.get("Amount") for spend in (*with_aws, *spends)]
    return Fraction(amounts[0].rstrip(".")) if amounts and amounts[0] else None


def sort_key(row: Row, by: str) -> tuple[Any, ...]:
    """What an opportunity is ordered by: nothing first, and at last the identifier."""
    digits = row.record["Id"][1:]
    identifier = (len(digits), digits)
    if by == "OpportunityId":
        return identifier
    if by in DATES or by in NUMBERS:
        there = number_of(row, by)
        return there is not None, there or 0, identifier
    texts = sorted((text.casefold(), text) for text in texts_of(row, by))
    return bool(texts), texts[0] if texts else (), identifier


def summary(row: Row) -> Record:
    """The members that a search shows."""
    record = row.record
    shown = _some(record, "Id LastModifiedDate CreatedDate OpportunityType PartnerOpportunityIdentifier")
    shown["LifeCycle"] = _some(record["LifeCycle"], "ReviewStatus Stage NextSteps TargetCloseDate")
    if "Customer" in record:
        shown["Customer"] = {}
    if "Account" in record.get("Customer", {}):
        account = _some(record["Customer"]["Account"], "CompanyName Industry AwsAccountId Address")
        if "Address" in account:
            account["Address"] = _some(account["Address"], "CountryCode")
        shown["Customer"] = {"Account": account}
    if "Project" in record:
        shown["Project"] = _some(record["Project"], "Title ApnPrograms ExpectedCustomerSpend")
        if "ExpectedCustomerSpend" in shown["Project"]:
            spends = shown["Project"]["ExpectedCustomerSpend"]
            shown["Project"]["ExpectedCustomerSpend"] = [_some(spend, "Amount CurrencyCode") for spend in spends]
    if row.tags:
        shown["Tags"] = [{"Key": key, "Value": value} for key, value in row.tags.items()]
    shown["RelatedEntityIdentifiers"] = _some(
        record["RelatedEntityIdentifiers"],
        "AwsMarketplaceOffers AwsMarketplaceOfferSets AwsMarketplaceSolutions Solutions",
    )
    if "OpportunityTeam" in record:
        shown["OpportunityTeam"] = [_some(one, "FirstName LastName BusinessTitle") for one in record["OpportunityTeam"]]
    view = NEVER_TOUCHED if row.view is None else row.view
    shown["AwsOpportunitySummary"] = _some(view, "Origin CosellMotion Insights")
    if "Insights" in view:
        insights = _some(view["Insights"], "EngagementScore OpportunityQuality")
        if "OpportunityQuality" in insights:
            insights["OpportunityQuality"] = _some(insights["OpportunityQuality"], "Score")
        shown["AwsOpportunitySummary"]["Insights"] = insights
    return shown


def nanoseconds(written: str | int) -> int:
    """A moment of the wire, since 1970."""
    if isinstance(written, int):
        return written * 10**9
    text = written.replace("Z", "+00:00")
    whole, dot, rest = text.partition(".")
    digits = rest[: -len("+00:00")] if dot else ""
    seconds = datetime.fromisoformat(f"{whole}+00:00" if dot else text) - datetime(1970, 1, 1, tzinfo=UTC)
    return (seconds.days * 86_400 + seconds.seconds) * 10**9 + int(digits.ljust(9, "0"))


def _at(value: Any, way: str) -> Any:
    for member in way.split("."):
        value = (value or {}).get(member)
    return value


def _some(structure: Record, members: str) -> Record:
    return {member: structure[member] for member in members.split() if member in structure}
