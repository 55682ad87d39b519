"""AWS refers opportunities from its desk, and sees which invitations the partner has not answered yet."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from cosell.console.visit.surroundings import AdminResult
from cosell.console.visit.visit import Visit

FIELDS: Final = {
    # of the form: the place of the member in CreateOpportunity
    "company": ("Customer", "Account", "CompanyName"),
    "title": ("Project", "Title"),
    "problem": ("Project", "CustomerBusinessProblem"),
    "stage": ("LifeCycle", "Stage"),
}
SHOWN: Final = 10


class Invitation(msgspec.Struct, frozen=True):
    """An invitation that waits for the partner."""

    identifier: str
    title: str
    expires: str


def refer(visit: Visit, form: Mapping[str, str]) -> AdminResult:
    """Refer what the form describes; what it leaves out is invented."""
    opportunity: dict[str, Any] = {}
    for name, places in FIELDS.items():
        if value := form.get(name, "").strip():
            *parents, member = places
            inside = opportunity
            for parent in parents:
                inside = inside.setdefault(parent, {})
            inside[member] = value
    scope = visit.scope
    return visit.administer(
        "POST", "/_cosell/refer", opportunity=opportunity, account=scope.account, catalog=scope.catalog
    )


def unanswered(visit: Visit) -> list[Invitation]:
    """The invitations that the partner has neither accepted nor rejected, the newest first."""
    answer = visit.ask(
        "ListEngagementInvitations",
        ParticipantType="RECEIVER",
        Status=["PENDING"],
        Sort={"SortBy": "InvitationDate", "SortOrder": "DESCENDING"},
        MaxResults=SHOWN,
    )
    return [
        Invitation(one["Id"], one.get("EngagementTitle", ""), one["ExpirationDate"])
        for one in answer["EngagementInvitationSummaries"]
    ]
