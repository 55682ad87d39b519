"""AWS's side, played through the admin API."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from cosell.aws_side import by_hand
from cosell.context import Scope
from cosell.errors import UserError
from cosell.operations.opportunity.review_decision import ReviewDecision
from cosell.rules.aws_side.edit import RECORD_MEMBERS, VIEW_MEMBERS
from cosell.rules.aws_side.review_script import STEP_OF
from cosell.rules.list.selector import selector_of
from cosell.rules.opportunity.record import life_cycle_of
from cosell.serve.admin.fields import DEFAULT_CATALOG, Account, Catalog
from cosell.serve.admin.router import Room
from cosell.settings import DEFAULTS
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    GetOpportunityResponse,
    ListOpportunitiesRequest,
    OpportunitySort,
)

WAITING_STATUSES: Final = ("Submitted", "In review")
Identifier = Annotated[str, Meta(pattern=r"^O[0-9]{1,19}\Z", description="The opportunity, such as `O1000001`.")]


class Waiting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose opportunities are meant."""

    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG
    limit: Annotated[int, Meta(ge=1, le=1000, description="How many, longest wait first.")] = 20


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What AWS decides about an opportunity."""

    id: Identifier
    decision: Annotated[
        Literal["start", "approve", "action-required", "reject"],
        Meta(description="The next step of the review."),
    ]
    comment: Annotated[str | None, Meta(description="ReviewComments, for people.")] = None
    reason: Annotated[str | None, Meta(description="ReviewStatusReason, a few words or a code.")] = None
    bare: Annotated[bool, Meta(description="With `approve`: add no invented people, stage or insights of AWS's.")] = (
        False
    )
    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What AWS changes in an opportunity, in the service's own terms."""

    id: Identifier
    view: Annotated[
        dict[str, Any] | None,
        Meta(
            description=f"Members of AWS's own view, as GetAwsOpportunitySummary has them: {', '.join(VIEW_MEMBERS)}."
        ),
    ] = None
    life_cycle: Annotated[
        dict[str, Any] | None,
        Meta(description=f"Members of the life cycle in the partner's record: {', '.join(RECORD_MEMBERS)}."),
    ] = None
    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


class Refer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What AWS refers, and to whom."""

    opportunity: Annotated[
        dict[str, Any],
        Meta(description="Members as in CreateOpportunity. What is left out is invented."),
    ] = {}
    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


def waiting(room: Room, question: Waiting) -> dict[str, Any]:
    """What is waiting for AWS's review, and when AWS's side will act by itself."""
    selector = selector_of(
        ListOpportunitiesRequest(
            catalog=question.catalog,
            life_cycle_review_status=list(WAITING_STATUSES),
            sort=OpportunitySort(sort_by="LastModifiedDate", sort_order="ASCENDING"),
        )
    )
    with room.engine.store.read(Scope(question.account, question.catalog)) as tx:
        page = tx.page(selector, None, question.limit)
        rows = []
        for summary in map(msgspec.json.decode, page.summaries):
            entry = tx.review_entry(summary["Id"])
            due_ms = entry.due_ms if entry is not None and room.script is not None else None
            rows.append(
                {
                    "id": summary["Id"],
                    "status": summary["LifeCycle"]["ReviewStatus"],
                    "since": summary["LastModifiedDate"],
                    "due": None if due_ms is None else str(Timestamp.from_ms(due_ms)),
                }
            )
    return {"waiting": rows, "more": page.last is not None}


def review(room: Room, question: Review) -> dict[str, Any]:
    """Decide on an opportunity as AWS does: start its review, approve it, require action, or reject it."""
    if question.decision == "start" and (question.comment or question.reason):
        raise UserError("a comment or a reason belongs to a verdict", "leave it out, or give a verdict")
    if question.bare and question.decision != "approve":
        raise UserError("only an approval may be bare", "leave it out, or approve")
    decision = ReviewDecision(question.id, STEP_OF[question.decision], question.comment, question.reason, question.bare)
    return _told(by_hand.decide(room.engine, Scope(question.account, question.catalog), decision))


def edit(room: Room, question: Edit) -> dict[str, Any]:
    """Edit an opportunity as AWS does: its own view, or the few members that it may change in the partner's record.

    Members of a structure change one by one; a list replaces the former one. The partner is notified by an event;
    LastModifiedDate moves only if a member of the partner's record changed.
    """
    if not question.view and not question.life_cycle:
        raise UserError("nothing was said about the opportunity", "give members of view or life_cycle")
    scope = Scope(question.account, question.catalog)
    return _told(by_hand.edit(room.engine, scope, question.id, question.view, question.life_cycle))


def _told(record: GetOpportunityResponse) -> dict[str, Any]:
    return {
        "id": record.id,
        "status": life_cycle_of(record).review_status,
        "last_modified_date": str(record.last_modified_date),
    }


def refer(room: Room, question: Refer) -> dict[str, Any]:
    """Refer an opportunity to a partner as AWS does: hidden behind an invitation, which the partner is sent."""
    referral = by_hand.refer(room.engine, Scope(question.account, question.catalog), question.opportunity)
    return {
        "invitation_id": referral.invitation_id,
        "opportunity_id": referral.opportunity_id,
        "expires": str(referral.expires),
    }
