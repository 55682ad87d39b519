"""What an update makes of an opportunity, and everything that forbids it.

An update brings the whole record: a member that is left out is cleared. But what may not change in the present review
status, or once the sale has ended, is left as it is where the request leaves it out or repeats it, and is a violation
where the request has another value.

In the catalog Sandbox an update also plays AWS's side: a ReviewStatus of Approved or Action Required in it is a verdict
on what was submitted, and then the update may change everything, as AWS's examples do. A setting lets the other two
steps of AWS's be played so, too.

Source: developer guide, recorded requests; the readings are our choice: docs/decisions/0011.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from cosell.context import Readings
from cosell.errors import Violation
from cosell.rules.conditions import broken_conditions
from cosell.rules.editable import editable_members
from cosell.rules.members import EVERY_MEMBER, MEMBERS, field_name, restored, value_at
from cosell.rules.normal_form import normal_form, with_defaults
from cosell.rules.opportunity import life_cycle_of, reviewed, with_next_steps_remembered, written
from cosell.rules.review import FIRST_REVIEW_STATUS, AwsStep, ReviewStatus, Step, next_status
from cosell.rules.stage import WITH_A_SOLUTION, stages_after
from cosell.rules.submission import SOLUTIONS, violations_of_correction
from cosell.rules.values import NO_SUPPORT
from cosell.wire.timestamps import Date, Timestamp
from cosell.wire.types import GetOpportunityResponse, LifeCycle, UpdateOpportunityRequest

PLAYED_IN_SANDBOX: Final[Mapping[str | None, AwsStep]] = {"Approved": "approve", "Action Required": "require action"}
"""What a ReviewStatus in an update means there [guide]."""
ALL_PLAYED: Final[Mapping[str | None, AwsStep]] = {
    **PLAYED_IN_SANDBOX,
    "In review": "start review",
    "Rejected": "reject",
}
"""The same with `Readings.any_review_status`: our own extension."""


class Moment(NamedTuple):
    """When an update happens: its stamp, and the day in UTC by the clock."""

    stamp: Timestamp
    today: Date


class Update(NamedTuple):
    """The record after an update, and what forbids it: empty where it is permitted."""

    record: GetOpportunityResponse
    violations: list[Violation]


def update_of(
    before: GetOpportunityResponse, request: UpdateOpportunityRequest, moment: Moment, readings: Readings
) -> Update:
    """What the request makes of `before`, stamps apart."""
    wanted = request.life_cycle or LifeCycle()
    status = life_cycle_of(before).review_status
    assert status is not None
    played = _played(request.catalog, status, wanted, readings)
    following = next_status(status, played or "update")
    if following is None:
        return Update(before, [_closed(status, played)])
    after, violations = _merged(before, request, status, played, readings)
    violations += _violations(before, after, status, played, moment.today, readings)
    violations = list(dict.fromkeys(violations))  # a correction is judged as a change, and as a submission
    after = with_next_steps_remembered(after, before, moment.stamp)
    if played is not None:
        after = reviewed(after, following, played, wanted.review_comments, wanted.review_status_reason)
    elif not (status == "Action Required" and readings.action_required_stays):
        after = _in_status(after, following)
    return Update(after, violations)


def _played(catalog: str, status: ReviewStatus, wanted: LifeCycle, readings: Readings) -> AwsStep | None:
    """The step of AWS's that an update plays; None where it only repeats what is so.

    AWS left an approved opportunity approved when it was sent Action Required for it [recorded answer].
    """
    if catalog != "Sandbox" or wanted.review_status == status or status == "Approved":
        return None
    steps = ALL_PLAYED if readings.any_review_status else PLAYED_IN_SANDBOX
    return steps.get(wanted.review_status)


def _closed(status: ReviewStatus, step: Step | None) -> Violation:
    if step is not None and next_status(status, "update") is not None:
        message = f"An opportunity that is {status} waits for no verdict. Submit it first."
    else:
        message = f"An opportunity that is {status} cannot be updated."
    return Violation("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED", message)


def _merged(
    before: GetOpportunityResponse,
    request: UpdateOpportunityRequest,
    status: ReviewStatus,
    played: AwsStep | None,
    readings: Readings,
) -> tuple[GetOpportunityResponse, list[Violation]]:
    """The record as the request wants it where it may, and a violation for each member where it may not."""
    stage = life_cycle_of(before).stage
    assert stage is not None
    editable = EVERY_MEMBER if played else editable_members(status, stage, readings)
    after = written(before, request)
    if after.national_security is None and "NationalSecurity" not in editable:
        after = msgspec.structs.replace(after, national_security=before.national_security)
    after = normal_form(after)
    if len(editable) == len(EVERY_MEMBER):
        return with_defaults(after), []
    kept = normal_form(before)
    violations = []
    for member in MEMBERS:
        if member not in editable:
            value = value_at(after, member)
            if value is not None and value != value_at(kept, member):
                message = f"This member cannot change while the opportunity is {status}, in the stage {stage}."
                violations.append(Violation(field_name(member), "ACTION_NOT_PERMITTED", message))
            after = restored(after, before, member)
    return with_defaults(after), violations


def _violations(
    before: GetOpportunityResponse,
    after: GetOpportunityResponse,
    status: ReviewStatus,
    played: AwsStep | None,
    today: Date,
    readings: Readings,
) -> Iterator[Violation]:
    kept = with_defaults(normal_form(before))
    changed = frozenset(member for member in MEMBERS if value_at(kept, member) != value_at(after, member))
    yield from _wrong_stage(before, after, FIRST_REVIEW_STATUS if played else status, readings)
    yield from broken_conditions(after, changed, today, readings)
    if status == "Approved" and "PrimaryNeedsFromAws" in changed:
        yield from _needs_given_up(kept, after)
    if status == "Action Required":
        correctable = editable_members(status, "Prospect", readings)
        yield from violations_of_correction(after, correctable, today)


def _wrong_stage(
    before: GetOpportunityResponse, after: GetOpportunityResponse, status: ReviewStatus, readings: Readings
) -> Iterator[Violation]:
    stage, following = life_cycle_of(before).stage, life_cycle_of(after).stage
    assert stage is not None
    if following == stage:
        return
    if following not in stages_after(status, stage, readings):
        message = f"An opportunity in the stage {stage} cannot get into the stage {following} now."
        yield Violation("lifeCycle.stage", "ACTION_NOT_PERMITTED", message)
    elif status == "Approved" and following in WITH_A_SOLUTION and not any(value_at(after, name) for name in SOLUTIONS):
        message = f"In the stage {following} a solution has to be associated."
        yield Violation(field_name(SOLUTIONS[0]), "REQUIRED_FIELD_MISSING", message)


def _needs_given_up(before: GetOpportunityResponse, after: GetOpportunityResponse) -> Iterator[Violation]:
    if after.primary_needs_from_aws == [NO_SUPPORT] and before.primary_needs_from_aws:
        message = "A Co-Sell opportunity cannot go back to visibility only."
        yield Violation("primaryNeedsFromAws", "ACTION_NOT_PERMITTED", message)


def _in_status(record: GetOpportunityResponse, status: ReviewStatus) -> GetOpportunityResponse:
    life_cycle = msgspec.structs.replace(life_cycle_of(record), review_status=status)
    return msgspec.structs.replace(record, life_cycle=life_cycle)
