"""AWS's side, played by whoever asks."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from cosell.aws_side.example_referral import referral_members
from cosell.context import Context, Scope
from cosell.operations.invitation.refer import refer_as_asked
from cosell.operations.opportunity.aws_edit import aws_edit
from cosell.operations.opportunity.review_decision import ReviewDecision, review_decision
from cosell.rules.aws_edit import RECORD_MEMBERS, VIEW_MEMBERS, aws_edit_of
from cosell.rules.opportunity import life_cycle_of
from cosell.rules.review_script import STEP_OF
from cosell.rules.selector import selector_of
from cosell.serve.admin.fields import DEFAULT_CATALOG, Account, Catalog
from cosell.serve.admin.router import Room
from cosell.settings import DEFAULTS
from cosell.wire.decode import checked_structure
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    CreateOpportunityRequest,
    GetOpportunityResponse,
    ListOpportunitiesRequest,
    OpportunitySort,
)

WAITING_STATUSES: Final = ("Submitted", "In review")
Identifier = Annotated[str, Meta(pattern="^O[0-9]{1,19}$", description="The opportunity, such as `O1000001`.")]


class Waiting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose opportunities are meant."""

    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG
    limit: Annotated[int, Meta(ge=1, le=100, description="How many, those that wait longest first.")] = 20


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What AWS decides upon an opportunity."""

    id: Identifier
    decision: Annotated[
        Literal["start", "approve", "action-required", "reject"],
        Meta(description="The next step of the review."),
    ]
    comment: Annotated[str | None, Meta(description="ReviewComments, for people.")] = None
    reason: Annotated[str | None, Meta(description="ReviewStatusReason, a few words or a code.")] = None
    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What AWS changes of an opportunity, in the service's own words."""

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
        Meta(description="Members as CreateOpportunity takes them. What is left out is made up."),
    ] = {}
    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


def waiting(room: Room, question: Waiting) -> dict[str, Any]:
    """What waits for AWS's review, and when AWS's side does something about it by itself."""
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
    """Decide upon an opportunity as AWS does: start its review, approve it, require action, or reject it."""
    context = _context(room, question.account, question.catalog)
    decision = ReviewDecision(question.id, STEP_OF[question.decision], question.comment, question.reason)
    with room.engine.store.write(context.scope) as tx:
        return _told(review_decision(tx, decision, context))


def edit(room: Room, question: Edit) -> dict[str, Any]:
    """Edit an opportunity as AWS does: its own view of it, or the little that it reaches in the partner's record.

    Members of a structure change one by one; a list takes the place of the former one. The partner hears of it by an
    event; LastModifiedDate moves only where a member of the partner's record changed.
    """
    edits = aws_edit_of(question.view, question.life_cycle)
    context = _context(room, question.account, question.catalog)
    with room.engine.store.write(context.scope) as tx:
        return _told(aws_edit(tx, question.id, edits, context))


def _context(room: Room, account: str, catalog: str) -> Context:
    engine = room.engine
    scope = Scope(account, catalog)
    return Context(scope, engine.clock(), engine.chance, engine.store.token_key, engine.readings)


def _told(record: GetOpportunityResponse) -> dict[str, Any]:
    return {
        "id": record.id,
        "status": life_cycle_of(record).review_status,
        "last_modified_date": str(record.last_modified_date),
    }


def refer(room: Room, question: Refer) -> dict[str, Any]:
    """Refer an opportunity to a partner as AWS does: hidden behind an invitation, of which the partner hears."""
    context = _context(room, question.account, question.catalog)
    members = referral_members(question.opportunity, Timestamp.from_ms(context.now_ms))
    named = {"Catalog": question.catalog, "ClientToken": "referral", "Origin": "AWS Referral"}
    request = checked_structure(CreateOpportunityRequest, members | named)
    with room.engine.store.write(context.scope) as tx:
        referral = refer_as_asked(tx, request, context)
    return {
        "invitation_id": referral.invitation_id,
        "opportunity_id": referral.opportunity_id,
        "expires": str(referral.expires),
    }
