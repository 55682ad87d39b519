"""One opportunity in full: what it is, how it came to be, and what AWS makes of it."""

from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.console.opportunity.changes import ShownChange, changes_of, events_of
from cosell.console.table.page import TABLE
from cosell.console.visit.visit import ApiError, Failure, Visit
from cosell.console.words import inside, money, role, title_of
from cosell.rules.opportunity.spend import hundredths

TOLD_ELSEWHERE: Final = frozenset({"Catalog", "CreatedDate", "Id", "LastModifiedDate", "OpportunityTeam"})
UNSHOWN: Final = frozenset({"ResourceNotFoundException", "NotImplementedException", "UnknownOperationException"})
"""Errors that mean: this opportunity has no such thing to show."""

Facts = dict[str, Any]


def opportunity(visit: Visit) -> Response:
    """The page of the opportunity that the path names."""
    identifier = visit.path_members["identifier"]
    is_mirror = visit.surroundings.health is not None
    elsewhere = "It may belong to another account or catalog: choose one at the top of the page."
    not_yet = "The mirror may not have it yet: open Sync to see how far it is."
    missing = f"There is no opportunity {identifier} in catalog {visit.scope.catalog}."
    record = visit.named_record(Failure(404, missing, not_yet if is_mirror else elsewhere))
    life_cycle = record["LifeCycle"]
    changes = changes_of(visit, identifier, record)
    account = record.get("Customer", {}).get("Account", {})
    timeline = timeline_of(record, changes)
    aws_summary = _if_there_is(visit, "GetAwsOpportunitySummary", RelatedOpportunityIdentifier=identifier)
    next_steps = life_cycle.get("NextSteps", "")
    return visit.page(
        "opportunity.html",
        record=record,
        life_cycle=life_cycle,
        company=account.get("CompanyName", ""),
        customer=customer_facts(account),
        contacts=record.get("Customer", {}).get("Contacts", []),
        project=facts_of(record.get("Project", {}), without=frozenset({"ExpectedCustomerSpend", "Title"})),
        spends=[spend_facts(spend) for spend in record.get("Project", {}).get("ExpectedCustomerSpend", [])],
        rest=rest_of(record),
        team=record.get("OpportunityTeam", []),
        timeline=timeline,
        next_steps="" if any(entry["text"] == next_steps for entry in timeline) else next_steps,
        changes=changes,
        events=events_of(visit, identifier),
        related={name: ids for name, ids in record.get("RelatedEntityIdentifiers", {}).items() if ids},
        aws_view=facts_of(only_in_aws_summary(aws_summary, record)) if aws_summary else None,
        tags=(_if_there_is(visit, "ListTagsForResource", ResourceArn=record.get("Arn", "")) or {}).get("Tags", []),
        raw=pretty(record),
        ways=visit.ways("GetOpportunity", {"Identifier": identifier}),
        table=visit.link(TABLE),
        is_mirror=is_mirror,
    )


BESIDE_A_NAME: Final = ("BusinessTitle", "Email", "Phone")


def facts_of(value: dict[str, Any], without: frozenset[str] = frozenset()) -> Facts:
    """A structure as labelled texts; structures inside it are told in their label: `Address: city`."""
    facts: Facts = {}
    for name, member in value.items():
        if name in without or member in (None, "", [], {}):
            continue
        label = title_of(name)
        if isinstance(member, dict) and member.keys() == {"Term", "Value"}:
            facts[label] = f"{member['Value']} {member['Term'].lower()}"
        elif isinstance(member, dict):
            facts |= {inside(label, inner): told for inner, told in facts_of(member).items()}
        elif isinstance(member, list):
            facts[label] = [_in_one_line(item) for item in member]
        else:
            facts[label] = str(member)
    return facts


def customer_facts(account: dict[str, Any]) -> Facts:
    """The customer's account, with the address as one writes it."""
    facts = facts_of(account, without=frozenset({"Address", "CompanyName"}))
    address = account.get("Address", {})
    lines = [
        address.get("StreetAddress"),
        " ".join(part for part in (address.get("PostalCode"), address.get("City")) if part),
        address.get("StateOrRegion"),
        address.get("CountryCode"),
    ]
    return facts | {"Address": [line for line in lines if line]}


def only_in_aws_summary(summary: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """What AWS's view of an opportunity has that the partner's record does not have."""
    beside = {
        "Catalog": record.get("Catalog"),
        "RelatedOpportunityId": record["Id"],
        "Customer": record.get("Customer"),
        "Project": record.get("Project"),
        "RelatedEntityIds": record.get("RelatedEntityIdentifiers"),
    }
    return {name: _without(value, beside.get(name)) for name, value in summary.items()}


def _without(value: Any, known: Any) -> Any:
    """A value without what is known; for a structure, without its known members."""
    if value == known:
        return None
    if isinstance(value, dict) and isinstance(known, dict):
        return {name: member for name, member in value.items() if member != known.get(name)}
    return value


def spend_facts(spend: dict[str, Any]) -> Facts:
    """An entry of the expected spend, its amount as money."""
    amount = spend.get("Amount")
    return {
        "amount": money(hundredths(amount), spend.get("CurrencyCode", "")) if amount else "–",
        "frequency": spend.get("Frequency", ""),
        "company": spend.get("TargetCompany", ""),
        "estimation": spend.get("EstimationUrl", ""),
    }


def rest_of(record: dict[str, Any]) -> dict[str, Facts]:
    """The other parts of a record, by heading; empty ones are left out."""
    plain = {name: value for name, value in record.items() if not isinstance(value, dict)}
    parts = {
        "Deal": facts_of(
            plain, without=frozenset({"Catalog", "OpportunityTeam", "LastModifiedDate", "CreatedDate", "Id"})
        ),
        "Marketing": facts_of(record.get("Marketing", {})),
        "Software revenue": facts_of(record.get("SoftwareRevenue", {})),
    }
    return {heading: facts for heading, facts in parts.items() if facts}


def timeline_of(record: dict[str, Any], changes: list[ShownChange]) -> list[dict[str, str]]:
    """The life of an opportunity, newest first: its creation, every next step, each step of review and sale.

    Next steps come from the record, which has them even if changes were not recorded yet; the steps come from changes.
    """
    life_cycle = record["LifeCycle"]
    history = life_cycle.get("NextStepsHistory", [])
    entries = [
        {"time": record["CreatedDate"], "kind": "Created", "text": ""},
        *({"time": step["Time"], "kind": "Next step", "text": step["Value"]} for step in history),
        *(entry for change in changes if (entry := _step_of(change, life_cycle.get("ReviewComments")))),
    ]
    if all(entry["time"] < record["LastModifiedDate"] for entry in entries):
        entries.append({"time": record["LastModifiedDate"], "kind": "Last changed", "text": ""})
    return sorted(entries, key=lambda entry: entry["time"], reverse=True)


def _step_of(change: ShownChange, told_already: str | None) -> dict[str, str] | None:
    """The entry of a step, with the comments of a review unless they are told as the latest ones."""
    if "→" not in change.headline:
        return None
    after = {difference.path: difference.after for difference in change.differences}
    comments = after.get("LifeCycle.ReviewComments", "")
    return {"time": change.time, "kind": change.headline, "text": "" if comments == told_already else comments}


def pretty(value: Any) -> str:
    """JSON for reading."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _if_there_is(visit: Visit, operation: str, **members: Any) -> dict[str, Any] | None:
    try:
        return visit.ask(operation, **members)
    except ApiError as error:
        if error.name in UNSHOWN:
            return None
        raise


def _in_one_line(item: Any) -> str:
    """An entry of a list: people and spends as one writes them, others with the names of their members."""
    if not isinstance(item, dict):
        return str(item)
    if "LastName" in item or "Email" in item:
        name = " ".join(item[part] for part in ("FirstName", "LastName") if part in item)
        return ", ".join(part for part in (name, *(role(item.get(one, "")) for one in BESIDE_A_NAME)) if part)
    if "Amount" in item:
        spend = spend_facts(item)
        return ", ".join(part for part in (f"{spend['amount']} {spend['frequency']}".strip(), spend["company"]) if part)
    return ", ".join(f"{title_of(name)} {value}" for name, value in item.items())
