"""One opportunity as a line of a table."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cosell.console.words import review_status_of, spend_text


class Row(msgspec.Struct, frozen=True):
    """One line of the table, in the words of its cells."""

    identifier: str
    customer: str
    stage: str
    review_status: str
    spend: str
    target_close: str
    created: str
    modified: str


def row_of(summary: Mapping[str, Any]) -> Row:
    """The line of an OpportunitySummary."""
    life_cycle = summary.get("LifeCycle") or {}
    account = (summary.get("Customer") or {}).get("Account") or {}
    return Row(
        summary["Id"],
        account.get("CompanyName") or "",
        life_cycle.get("Stage") or "",
        review_status_of(life_cycle),
        spend_text((summary.get("Project") or {}).get("ExpectedCustomerSpend") or ()),
        life_cycle.get("TargetCloseDate") or "",
        summary["CreatedDate"],
        summary["LastModifiedDate"],
    )
