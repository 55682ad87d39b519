"""Lists of opportunities: filters, orders, and what of an opportunity they show. Source: the reference on them."""

from typing import Any

from tests.stories.model.paths import Record, at, some, without_empty
from tests.stories.model.world import Turn


def list_opportunities(turn: Turn, request: Record) -> Record:
    """All pages in one."""
    found = [deal.record() for deal in turn.world.deals[turn.scope].values()]
    found = [record for record in found if _passes(record, request)]
    sort = request.get("Sort") or {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}
    found.sort(key=lambda record: _key(record, sort["SortBy"]), reverse=sort["SortOrder"] == "DESCENDING")
    return {"OpportunitySummaries": [_summary(record) for record in found]}


def _passes(record: Record, request: Record) -> bool:
    among = {
        "Identifier": record["Id"],
        "LifeCycleStage": record["LifeCycle"]["Stage"],
        "LifeCycleReviewStatus": record["LifeCycle"].get("ReviewStatus", "Pending Submission"),
    }
    company = [name.casefold() for name in request.get("CustomerCompanyName") or []]
    after = (request.get("LastModifiedDate") or {}).get("AfterLastModifiedDate", "")
    return (
        all(not request.get(name) or value in request[name] for name, value in among.items())
        and (not company or _company(record).casefold() in company)
        and record["LastModifiedDate"] >= after
    )


def _key(record: Record, by: str) -> list[Any]:
    identifier = (len(record["Id"]), record["Id"])
    keys: dict[str, list[Any]] = {
        "Identifier": [],
        "CustomerCompanyName": [_company(record).casefold(), _company(record)],
        "TargetCloseDate": [at(record, "LifeCycle.TargetCloseDate") or ""],
        "CreatedDate": [record["CreatedDate"]],
        "LastModifiedDate": [record["LastModifiedDate"]],
    }
    return [*keys[by], identifier]


def _company(record: Record) -> str:
    return str(at(record, "Customer.Account.CompanyName") or "")


def _summary(record: Record) -> Record:
    shown = some(
        record, "Catalog Id Arn PartnerOpportunityIdentifier OpportunityType LastModifiedDate CreatedDate LifeCycle"
    )
    life_cycle = "Stage ClosedLostReason NextSteps TargetCloseDate ReviewStatus ReviewComments ReviewStatusReason"
    account = some(at(record, "Customer.Account") or {}, "Industry OtherIndustry CompanyName WebsiteUrl Address")
    account |= {"Address": some(account.get("Address", {}), "City PostalCode StateOrRegion CountryCode")}
    project = some(record.get("Project", {}), "DeliveryModels ExpectedCustomerSpend ExpectedContractDuration")
    life = {"LifeCycle": some(record["LifeCycle"], life_cycle)}
    summary: Record = without_empty(shown | life | {"Customer": {"Account": account}, "Project": project})
    return summary
