"""From the CRM to Partner Central: each deal becomes an opportunity once, is kept up to date, and is submitted."""

import json
from collections.abc import Callable
from typing import Any

from connector.deals import Deal, members_of

OPEN = ("Pending Submission", "Action Required")
"""Statuses in which AWS lets the partner change an opportunity before it has approved it."""


def push(client: Any, deal: Deal, catalog: str, refused: Callable[[str], object] = print) -> bool:
    """Bring a deal to Partner Central: whether AWS has taken it. `refused` is told why it has not, as JSON."""
    try:
        if deal.opportunity:
            _update(client, deal, catalog)
        else:
            # The deal's number as token: after a lost answer or a crash the same deal is not created twice.
            created = client.create_opportunity(Catalog=catalog, ClientToken=deal.number, **members_of(deal))
            deal.opportunity = created["Id"]
            _submit(client, deal, catalog)
    except client.exceptions.ValidationException as error:
        fields = [f"{entry['FieldName']}: {entry['Code']}" for entry in error.response["ErrorList"]]
        refused(json.dumps({"deal": deal.number, "fields": fields}))
        return False
    return True


def _update(client: Any, deal: Deal, catalog: str) -> None:
    record = client.get_opportunity(Catalog=catalog, Identifier=deal.opportunity)
    if record["LifeCycle"]["ReviewStatus"] not in OPEN:
        return
    changed = members_of(deal)
    changed["LifeCycle"] = record["LifeCycle"] | {"TargetCloseDate": deal.closes}
    client.update_opportunity(
        Catalog=catalog, Identifier=deal.opportunity, LastModifiedDate=record["LastModifiedDate"], **changed
    )
    if record["LifeCycle"]["ReviewStatus"] == "Pending Submission":
        _submit(client, deal, catalog)


def _submit(client: Any, deal: Deal, catalog: str) -> None:
    client.submit_opportunity(
        Catalog=catalog, Identifier=deal.opportunity, InvolvementType="Co-Sell", Visibility="Full"
    )
