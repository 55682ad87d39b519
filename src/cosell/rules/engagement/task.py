"""Tasks: how one progresses, and which ones a List operation asks for.

Source: service model 2022-07-26, TaskStatus, ReasonCode and the requests of the List operations; the default order is
our choice (docs/fidelity.md).
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from cosell.errors import Violation
from cosell.rules.identifiers import bare_id
from cosell.rules.list.selector import distinct
from cosell.wire.types import (
    ListEngagementByAcceptingInvitationTasksRequest,
    ListEngagementFromOpportunityTasksRequest,
)

TaskStatus = Literal["IN_PROGRESS", "COMPLETE", "FAILED"]
IN_PROGRESS: Final[TaskStatus] = "IN_PROGRESS"
COMPLETE: Final[TaskStatus] = "COMPLETE"
FAILED: Final[TaskStatus] = "FAILED"
"""A task is in progress until it is complete or has failed, which is final. A retry starts another one."""

ReasonCode = Literal["OpportunityConflict", "OpportunityValidationFailed", "InternalError"]
_REASONS: Final[dict[tuple[str, str], ReasonCode]] = {
    # (field, code) of what forbids the submission: why the task fails. What stands for nothing else is the record's.
    ("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED"): "OpportunityConflict",
}

ENGAGEMENT_FROM_OPPORTUNITY: Final = "StartEngagementFromOpportunityTask"
"""A kind of task is named as the operation that starts it."""
TASK_IN_ARN: Final = "engagement-from-opportunity-task"
"""The same kind, as ARNs name it."""

ENGAGEMENT_BY_ACCEPTING_INVITATION: Final = "StartEngagementByAcceptingInvitationTask"
BY_ACCEPTING_IN_ARN: Final = "engagement-by-accepting-invitation-task"


def reason_for(violations: Sequence[Violation]) -> ReasonCode:
    """Why a task fails that may not do its work. Our choice among the model's codes (docs/fidelity.md)."""
    first = violations[0]
    return _REASONS.get((first.field_name, first.code), "OpportunityValidationFailed")


def message_for(violations: Sequence[Violation]) -> str:
    """The message of such a task: each violation in AWS's wording for its kind, a code first.

    Source: field reports, April to May 2026; clients look for these texts.
    """
    return "; ".join(map(_text_of, violations))


def _text_of(violation: Violation) -> str:
    if (violation.field_name, violation.code) in _REASONS:
        return f"{violation.code}: {violation.message}"
    if violation.code == "REQUIRED_FIELD_MISSING":
        return f"OPPORTUNITY_VALIDATION_FAILED {violation.field_name} is required"
    return f"BUSINESS_VALIDATION_EXCEPTION {violation.sentence}"


class TaskSelector(msgspec.Struct, frozen=True, array_like=True, tag="ListTasks"):
    """Filters and order of one question about the tasks of a kind. An empty tuple filters nothing."""

    kind: str
    descending: bool
    statuses: tuple[str, ...]
    task_ids: tuple[str, ...]
    opportunities: tuple[str, ...]
    engagement_ids: tuple[str, ...]


def engagement_from_opportunity_selector(request: ListEngagementFromOpportunityTasksRequest) -> TaskSelector:
    """The question that a request asks, whatever the order and repetition of its values.

    An ARN stands for its identifier. One of another catalog, region or kind stays as it is, and finds nothing.
    """
    catalog = request.catalog
    return TaskSelector(
        kind=ENGAGEMENT_FROM_OPPORTUNITY,
        descending=request.sort.sort_order == "DESCENDING" if request.sort else True,
        statuses=distinct(request.task_status or ()),
        task_ids=distinct(bare_id(name, catalog, TASK_IN_ARN) for name in request.task_identifier or ()),
        opportunities=distinct(request.opportunity_identifier or ()),
        engagement_ids=distinct(bare_id(name, catalog, "engagement") for name in request.engagement_identifier or ()),
    )


def engagement_by_accepting_invitation_selector(
    request: ListEngagementByAcceptingInvitationTasksRequest,
) -> TaskSelector:
    """Like `engagement_from_opportunity_selector`, with the invitation instead of the engagement."""
    catalog = request.catalog
    return TaskSelector(
        kind=ENGAGEMENT_BY_ACCEPTING_INVITATION,
        descending=request.sort.sort_order == "DESCENDING" if request.sort else True,
        statuses=distinct(request.task_status or ()),
        task_ids=distinct(bare_id(name, catalog, BY_ACCEPTING_IN_ARN) for name in request.task_identifier or ()),
        opportunities=distinct(request.opportunity_identifier or ()),
        engagement_ids=distinct(
            bare_id(name, catalog, "engagement-invitation") for name in request.engagement_invitation_identifier or ()
        ),
    )
