"""Searches for opportunities: words, some conditions, orders, and what is shown. Source: the reference on searches."""

from typing import Any

from tests.stories.model.opportunities import get_aws_opportunity_summary
from tests.stories.model.paths import Record, at, some, without_empty
from tests.stories.model.world import Turn

TEXTS = {
    "Stage": "LifeCycle.Stage",
    "NextStep": "LifeCycle.NextSteps",
    "CustomerCompanyName": "Customer.Account.CompanyName",
    "PartnerProjectTitle": "Project.Title",
    "PartnerOpportunityIdentifier": "PartnerOpportunityIdentifier",
    "Origin": "AwsOpportunitySummary.Origin",
    "EngagementScore": "AwsOpportunitySummary.Insights.EngagementScore",
    "LastModifiedDate": "LastModifiedDate",
}
"""What can be asked about here, and where it stands in a summary."""


def search_opportunities(turn: Turn, request: Record) -> Record:
    """All pages in one."""
    shown = [_summary(turn, identifier) for identifier in turn.world.deals[turn.scope]]
    found = [summary for summary in shown if _is_found(summary, request)]
    sort = request.get("Sort") or {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}
    found.sort(key=lambda summary: _key(summary, sort["SortBy"]), reverse=sort["SortOrder"] == "DESCENDING")
    return {"OpportunitySearchSummaries": found}


def _summary(turn: Turn, identifier: str) -> Record:
    record = turn.deal(identifier).record()
    tags = turn.world.tags[turn.scope].get(f"opportunity/{identifier}", {})
    view = get_aws_opportunity_summary(turn, {"RelatedOpportunityIdentifier": identifier})
    account = some(at(record, "Customer.Account") or {}, "CompanyName Industry AwsAccountId Address")
    account |= {"Address": some(account.get("Address", {}), "CountryCode")}
    project = some(record.get("Project", {}), "Title ApnPrograms ExpectedCustomerSpend")
    spends = [some(spend, "Amount CurrencyCode") for spend in project.get("ExpectedCustomerSpend", [])]
    summary: Record = without_empty(
        some(record, "Id LastModifiedDate CreatedDate OpportunityType PartnerOpportunityIdentifier")
        | {
            "LifeCycle": some(record["LifeCycle"], "ReviewStatus Stage NextSteps TargetCloseDate"),
            "Customer": {"Account": account},
            "Project": project | {"ExpectedCustomerSpend": spends},
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            "RelatedEntityIdentifiers": some(
                record["RelatedEntityIdentifiers"],
                "AwsMarketplaceOffers AwsMarketplaceOfferSets AwsMarketplaceSolutions Solutions",
            ),
            "OpportunityTeam": [some(one, "FirstName LastName BusinessTitle") for one in record["OpportunityTeam"]],
            "AwsOpportunitySummary": some(view, "Origin CosellMotion")
            | {"Insights": some(view.get("Insights") or {}, "EngagementScore")},
        }
    )
    return summary


def _is_found(summary: Record, request: Record) -> bool:
    word = str(request.get("Keyword") or "").casefold()
    owners = [one for one in summary.get("OpportunityTeam", []) if one.get("BusinessTitle") == "OpportunityOwner"]
    texts = [summary["Id"], *(f"{one.get('FirstName', '')} {one.get('LastName', '')}".strip() for one in owners[:1])]
    for field in ("PartnerOpportunityIdentifier", "CustomerCompanyName", "PartnerProjectTitle", "NextStep"):
        texts += _texts(summary, field)
    return any(word in text.casefold() for text in texts) and _passes(summary, request.get("Filter"))


def _passes(summary: Record, tree: Record | None) -> bool:
    if tree is None:
        return True
    ((operator, said),) = tree.items()
    if operator == "NotFilter":
        return not _passes(summary, said)
    if operator in ("AndAllFilters", "OrAllFilters"):
        passes = [_passes(summary, part) for part in said]
        return all(passes) if operator == "AndAllFilters" else any(passes)
    text, there = said["Value"]["StringValue"], _texts(summary, said["Key"])
    return text in there if operator == "EqualsTo" else any(text.casefold() in one.casefold() for one in there)


def _texts(summary: Record, field: str) -> list[str]:
    if field == "Tags":
        tags = [(tag["Key"], tag.get("Value", "")) for tag in summary.get("Tags", [])]
        return [text for key, value in tags for text in (key, value, f"{key}={value}") if text]
    text = at(summary, TEXTS[field])
    return [text] if text else []


def _key(summary: Record, by: str) -> list[Any]:
    least = min(((text.casefold(), text) for text in _texts(summary, by)), default=("", ""))
    return [least, len(summary["Id"]), summary["Id"]]
