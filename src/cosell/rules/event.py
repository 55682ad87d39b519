"""The events that announce changes, as EventBridge delivers them.

Source: recorded events for the envelope (version "0", whole seconds, no resources on opportunity events).
"""

from typing import Literal

from cosell.context import Scope
from cosell.rules.identifiers import REGION
from cosell.wire.timestamps import Timestamp

SOURCE = "aws.partnercentral-selling"
OpportunityChange = Literal["Opportunity Created", "Opportunity Updated"]


def opportunity_event(
    change: OpportunityChange, event_id: str, scope: Scope, identifier: str, stamp: Timestamp
) -> dict[str, object]:
    """The envelope that announces a change of an opportunity. It names the opportunity and tells nothing of it."""
    return {
        "version": "0",
        "id": event_id,
        "detail-type": change,
        "source": SOURCE,
        "account": scope.account,
        "time": f"{str(stamp)[:19]}Z",
        "region": REGION,
        "resources": [],
        "detail": {"schemaVersion": "1", "catalog": scope.catalog, "opportunity": {"identifier": identifier}},
    }
