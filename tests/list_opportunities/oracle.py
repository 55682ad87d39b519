"""What ListOpportunities should answer, read plainly from the rules: every record is looked at, nothing is indexed.

Shares no code with the service. Records are GetOpportunity answers as plain values, requests are bodies.
"""

from datetime import datetime
from typing import Any

Record = dict[str, Any]
Request = dict[str, Any]

STAGES = [
    "Prospect",
    "Qualified",
    "Technical Validation",
    "Business Validation",
    "Committed",
    "Launched",
    "Closed Lost",
]
REVIEW_STATUSES = ["Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required"]
SORT_KEYS = ["LastModifiedDate", "Identifier", "CustomerCompanyName", "CreatedDate", "TargetCloseDate"]


def answer(records: list[Record], request: Request) -> list[Record]:
    """The summaries of all pages."""
    found = [record for record in records if matches(record, request)]
    sort = request.get("Sort") or {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}
    found.sort(key=lambda record: sort_key(record, sort["SortBy"]), reverse=sort["SortOrder"] == "DESCENDING")
    return [summary(record) for record in found]


def matches(record: Record, request: Request) -> bool:
    """Whether a record passes every filter."""
    return (
        _among(record["Id"], request.get("Identifier"))
        and _among(record["LifeCycle"]["Stage"], request.get("LifeCycleStage"))
        and _among(record["LifeCycle"]["ReviewStatus"], request.get("LifeCycleReviewStatus"))
        and _named(company(record), request.get("CustomerCompanyName"))
        and _within(record["LastModifiedDate"], request, "LastModifiedDate")
        and _within(record["CreatedDate"], request, "CreatedDate")
        and _closes_within(record["LifeCycle"].get("TargetCloseDate"), request.get("TargetCloseDate") or {})
    )


def sort_key(record: Record, by: str) -> tuple[Any, ...]:
    """What a record is ordered by, the identifier last."""
    digits = record["Id"][1:]
    identifier = (len(digits), digits)
    if by == "Identifier":
        return identifier
    if by == "CustomerCompanyName":
        return company(record).casefold(), company(record), identifier
    if by == "TargetCloseDate":
        return record["LifeCycle"].get("TargetCloseDate", ""), identifier
    return nanoseconds(record[by]), identifier


def company(record: Record) -> str:
    """The customer's name; an absent one counts as empty."""
    return str(record.get("Customer", {}).get("Account", {}).get("CompanyName", ""))


def summary(record: Record) -> Record:
    """The members that a list shows."""
    shown = _some(
        record,
        "Catalog Id Arn PartnerOpportunityIdentifier OpportunityType LastModifiedDate CreatedDate LifeCycle Project",
    )
    shown["LifeCycle"] = _some(
        record["LifeCycle"],
        "Stage ClosedLostReason NextSteps TargetCloseDate ReviewStatus ReviewComments ReviewStatusReason",
    )
    if "Project" in record:
        shown["Project"] = _some(record["Project"], "DeliveryModels ExpectedCustomerSpend ExpectedContractDuration")
    if "Account" in record.get("Customer", {}):
        account = _some(record["Customer"]["Account"], "Industry OtherIndustry CompanyName WebsiteUrl Address")
        if "Address" in account:
            account["Address"] = _some(account["Address"], "City PostalCode StateOrRegion CountryCode")
        shown["Customer"] = {"Account": account}
    return shown


def nanoseconds(written: str | int) -> int:
    """A moment of the wire, since 1970."""
    if isinstance(written, int):
        return written * 10**9
    whole, dot, rest = written.partition(".")
    if not dot:
        return int(datetime.fromisoformat(written).timestamp()) * 10**9
    digits = rest.rstrip("Z").partition("+")[0].partition("-")[0]
    zone = rest[len(digits) :]
    return int(datetime.fromisoformat(whole + zone).timestamp()) * 10**9 + int(digits.ljust(9, "0"))


def _among(value: str, wanted: list[str] | None) -> bool:
    return not wanted or value in wanted


def _named(name: str, wanted: list[str] | None) -> bool:
    return not wanted or any(name.casefold() == other.casefold() for other in wanted)


def _within(stamp: str, request: Request, member: str) -> bool:
    bounds = request.get(member) or {}
    after, before = bounds.get(f"After{member}"), bounds.get(f"Before{member}")
    return (after is None or nanoseconds(stamp) >= nanoseconds(after)) and (
        before is None or nanoseconds(stamp) < nanoseconds(before)
    )


def _closes_within(day: str | None, bounds: dict[str, str | None]) -> bool:
    after, before = bounds.get("AfterTargetCloseDate"), bounds.get("BeforeTargetCloseDate")
    if after is None and before is None:
        return True
    return day is not None and (after is None or day >= after) and (before is None or day <= before)


def _some(structure: Record, members: str) -> Record:
    return {member: structure[member] for member in members.split() if member in structure}
