"""From Partner Central to the CRM: what has changed since the last time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connector.deals import Deal


def pull(client: Any, deals: Iterable[Deal], catalog: str, since: datetime | None) -> datetime | None:
    """Bring statuses to the deals of the CRM: the moment from which to ask the next time.

    What changed at that very moment is asked for again, so that nothing is missed.
    """
    by_opportunity = {deal.opportunity: deal for deal in deals}
    question: dict[str, Any] = {"Sort": {"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"}}
    if since is not None:
        question["LastModifiedDate"] = {"AfterLastModifiedDate": since}
    for page in client.get_paginator("list_opportunities").paginate(Catalog=catalog, **question):
        for summary in page["OpportunitySummaries"]:
            since = summary["LastModifiedDate"]
            if summary["Id"] in by_opportunity:
                by_opportunity[summary["Id"]].status = summary["LifeCycle"]["ReviewStatus"]
    return since
