"""One line of what a search has found, in the words of its cells. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cosell.console.search.vocabulary import LABELS
from cosell.console.words import NOTHING, money, review_status_of
from cosell.exports.columns import owner_of
from cosell.rules.opportunity.spend import hundredths


class Line(msgspec.Struct, frozen=True):
    """The line of an opportunity. `found_in`: labels and texts that contain the keyword, if no cell shows them."""

    identifier: str
    customer: str
    title: str
    stage: str
    review_status: str
    spend: str
    target_close: str
    owner: str
    modified: str
    found_in: tuple[tuple[str, str], ...]


def line_of(summary: Mapping[str, Any], keyword: str) -> Line:
    """The line of an OpportunitySearchSummary, which was found by a keyword, if that is not empty.

    Summaries do not say with whom a spend is expected, so each is shown, and none are added up.
    """
    life_cycle, project = summary.get("LifeCycle") or {}, summary.get("Project") or {}
    account = (summary.get("Customer") or {}).get("Account") or {}
    spends = [spend for spend in project.get("ExpectedCustomerSpend") or () if spend.get("Amount")]
    unshown = {
        "NextStep": life_cycle.get("NextSteps"),
        "PartnerOpportunityIdentifier": summary.get("PartnerOpportunityIdentifier"),
    }
    return Line(
        summary["Id"],
        account.get("CompanyName") or NOTHING,
        project.get("Title") or "",
        life_cycle.get("Stage") or "",
        review_status_of(life_cycle),
        ", ".join(money(hundredths(spend["Amount"]), spend["CurrencyCode"]) for spend in spends) or NOTHING,
        life_cycle.get("TargetCloseDate") or NOTHING,
        owner_of(summary.get("OpportunityTeam")) or NOTHING,
        summary["LastModifiedDate"],
        tuple((LABELS[field], text) for field, text in unshown.items() if keyword and text and _has(text, keyword)),
    )


def _has(text: str, keyword: str) -> bool:
    return " ".join(keyword.casefold().split()) in " ".join(text.casefold().split())
