"""The result of an update, and everything that forbids it.

An update contains the whole record. What every opportunity needs is missing if the request leaves it out, whatever the
record has; any other member is cleared. What may not change in the present review status, or once the sale has ended,
must be repeated: another value is a violation, and so is leaving it out. With `Readings.drafts` nothing that is left
out is a violation, and what may not change stays.

In the catalog Sandbox an update also plays AWS's side: a ReviewStatus of Approved or Action Required in it is a verdict
on what was submitted, and then the update may change everything, as AWS's examples do. A draft can be judged so, too,
but keeps its stage. A setting enables AWS's other two steps.

Source: developer guide, recorded requests, field reports of April and May 2026; the readings are our choice:
docs/decisions/0011.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from cosell.context import Readings
from cosell.errors import Violation
from cosell.rules.opportunity.conditions import broken_conditions
from cosell.rules.opportunity.editable import editable_members
from cosell.rules.opportunity.members import (
    EVERY_MEMBER,
    MEMBERS,
    SOLUTIONS,
    differences,
    field_name,
    restored,
    values_of,
)
from cosell.rules.opportunity.normal_form import normal_form, with_defaults
from cosell.rules.opportunity.record import (
    life_cycle_of,
    review_status_of,
    reviewed,
    with_next_steps_remembered,
    written,
)
from cosell.rules.opportunity.required import UPDATE, missing
from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS, AwsStep, ReviewStatus, Step, next_status
from cosell.rules.opportunity.stage import WITH_A_SOLUTION, Stage, stages_after
from cosell.rules.opportunity.submission import violations_of_correction
from cosell.rules.opportunity.values import NO_SUPPORT
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
OF_A_DRAFT: Final[Mapping[AwsStep, ReviewStatus]] = {
    "approve": "Approved",
    "require action": "Action Required",
    "reject": "Rejected",
}
"""What a draft becomes by a played verdict. AWS's own Sandbox accepted it from one project [field report 2026]."""
NOT_PLAYED: Final[Mapping[str | None, str]] = {"In review": "start", "Rejected": "reject"}
"""What a ReviewStatus means that is played only with that setting, as a decision of `cosell review`."""
STAGE_OF_A_DRAFT_MESSAGE: Final = "You can not update the stage when Opportunity status is Pending Submission"
"""[field reports 2026]"""


class Moment(NamedTuple):
    """When an update happens: its stamp, and the day in UTC by the clock."""

    stamp: Timestamp
    today: Date


class Update(NamedTuple):
    """The record after an update, and what forbids it: empty if it is permitted."""

    record: GetOpportunityResponse
    violations: list[Violation]


def update_of(
    before: GetOpportunityResponse, request: UpdateOpportunityRequest, moment: Moment, readings: Readings
) -> Update:
    """What the request makes of `before`, except for stamps."""
    wanted = request.life_cycle or LifeCycle()
    status = review_status_of(before)
    played = _played(request.catalog, status, wanted, readings)
    following = _following(status, played)
    if refused := _not_played(request.catalog, status, wanted, readings):
        return Update(before, [refused])
    if following is None:
        return Update(before, [_closed(status, played)])
    after, violations = _merged(before, request, status, played, readings)
    violations += _violations(before, after, status, played, moment.today, readings)
    violations = list(dict.fromkeys(violations))  # a correction is judged as a change, and as a submission
    after = with_next_steps_remembered(after, before, moment.stamp)
    if played is not None:
        after = reviewed(after, following, played, wanted.review_comments, wanted.review_status_reason)
    elif _loses_status(request.catalog, before, wanted, readings):
        after = _in_status(after, None)
    elif not (status == "Action Required" and readings.action_required_stays):
        after = _in_status(after, following)
    return Update(after, violations)


def _loses_status(catalog: str, before: GetOpportunityResponse, wanted: LifeCycle, readings: Readings) -> bool:
    """AWS's own Sandbox forgets the status that an update leaves out, and never finds it again [field reports 2026]."""
    is_quirk = readings.sandbox_quirks and catalog == "Sandbox" and wanted.review_status is None
    return is_quirk or life_cycle_of(before).review_status is None


def _played(catalog: str, status: ReviewStatus, wanted: LifeCycle, readings: Readings) -> AwsStep | None:
    """The step of AWS's that an update plays; None if it only repeats what is so.

    AWS left an approved opportunity approved when it was sent Action Required for it [recorded answer].
    """
    if catalog != "Sandbox" or wanted.review_status == status or status == "Approved":
        return None
    steps = ALL_PLAYED if readings.any_review_status else PLAYED_IN_SANDBOX
    return steps.get(wanted.review_status)


def _following(status: ReviewStatus, played: AwsStep | None) -> ReviewStatus | None:
    if played and status == FIRST_REVIEW_STATUS:
        return OF_A_DRAFT.get(played)
    return next_status(status, played or "update")


def _not_played(catalog: str, status: ReviewStatus, wanted: LifeCycle, readings: Readings) -> Violation | None:
    """A step of AWS's that the request asks for but that is not played: it is never silently ignored."""
    decision = NOT_PLAYED.get(wanted.review_status)
    if catalog != "Sandbox" or wanted.review_status == status or decision is None:
        return None
    if not readings.any_review_status:
        message = f"{wanted.review_status} is not played here: decide it as AWS ({decision}), or set any_review_status."
    elif status == "Approved":
        message = "An opportunity that is Approved waits for no verdict."
    else:
        return None
    return Violation("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED", message)


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
    """The record with the permitted changes, and a violation for each member that is missing or locked."""
    stage = life_cycle_of(before).stage
    assert stage is not None
    # Of a draft, and in play, the stage is judged together with what depends on it: `_wrong_stage`.
    editable = EVERY_MEMBER if played or status == FIRST_REVIEW_STATUS else editable_members(status, stage, readings)
    asked = written(before, request)
    violations = []
    if asked.national_security is None and "NationalSecurity" not in editable:
        if before.national_security == "Yes" and not readings.drafts:
            violations.append(_locked("NationalSecurity", status, stage))
        asked = msgspec.structs.replace(asked, national_security=before.national_security)
    asked = normal_form(asked)
    lacking = {} if readings.drafts else _lacking(asked, request)
    violations += [violation for entries in lacking.values() for violation in entries]
    after = with_defaults(asked)
    changed = differences(with_defaults(normal_form(before)), after)
    left_out = EVERY_MEMBER - values_of(asked).keys() if readings.drafts else lacking.keys()
    for member in MEMBERS:
        if member not in editable:
            if member in changed and member not in left_out:
                violations.append(_locked(member, status, stage))
            after = restored(after, before, member)
    return with_defaults(after), violations


def _locked(member: str, status: ReviewStatus, stage: Stage) -> Violation:
    message = f"This member cannot change while the opportunity is {status}, in the stage {stage}."
    return Violation(field_name(member), "ACTION_NOT_PERMITTED", message)


def _lacking(asked: GetOpportunityResponse, request: UpdateOpportunityRequest) -> dict[str, list[Violation]]:
    """What an update must include and does not, by members. A stage that the record already has does not count here."""
    values = values_of(asked)
    values["LifeCycle.Stage"] = request.life_cycle and request.life_cycle.stage
    lacking: dict[str, list[Violation]] = {}
    for member, violation in missing(values.get, UPDATE):
        lacking.setdefault(member, []).append(violation)
    return lacking


def _violations(
    before: GetOpportunityResponse,
    after: GetOpportunityResponse,
    status: ReviewStatus,
    played: AwsStep | None,
    today: Date,
    readings: Readings,
) -> Iterator[Violation]:
    kept = with_defaults(normal_form(before))
    changed = differences(kept, after)
    yield from _wrong_stage(before, after, status, played, readings)
    yield from broken_conditions(values_of(after).get, changed, today, readings)
    if "PrimaryNeedsFromAws" in changed:
        yield from _needs_given_up(kept, after, readings)
    if status == "Action Required":
        correctable = editable_members(status, "Prospect", readings)
        yield from violations_of_correction(after, correctable, today)


def _wrong_stage(
    before: GetOpportunityResponse,
    after: GetOpportunityResponse,
    status: ReviewStatus,
    played: AwsStep | None,
    readings: Readings,
) -> Iterator[Violation]:
    stage, following = life_cycle_of(before).stage, life_cycle_of(after).stage
    assert stage is not None
    if following == stage:
        return
    if following not in stages_after(status, stage, readings, played=played is not None):
        message = f"An opportunity in the stage {stage} cannot get into the stage {following} now."
        if status == FIRST_REVIEW_STATUS:
            message = STAGE_OF_A_DRAFT_MESSAGE
        yield Violation("lifeCycle.stage", "ACTION_NOT_PERMITTED", message)
    elif status == "Approved" and following in WITH_A_SOLUTION and values_of(after).keys().isdisjoint(SOLUTIONS):
        message = f"In the stage {following} a solution has to be associated."
        yield Violation(field_name(SOLUTIONS[0]), "REQUIRED_FIELD_MISSING", message)


def _needs_given_up(
    before: GetOpportunityResponse, after: GetOpportunityResponse, readings: Readings
) -> Iterator[Violation]:
    """Left out, the needs are switched to visibility only [field reports 2026]."""
    if before.primary_needs_from_aws in (None, [], [NO_SUPPORT]):
        return
    if after.primary_needs_from_aws == [NO_SUPPORT] or not (after.primary_needs_from_aws or readings.drafts):
        message = "A Co-Sell opportunity cannot go back to visibility only."
        yield Violation("primaryNeedsFromAws", "ACTION_NOT_PERMITTED", message)


def _in_status(record: GetOpportunityResponse, status: ReviewStatus | None) -> GetOpportunityResponse:
    life_cycle = msgspec.structs.replace(life_cycle_of(record), review_status=status)
    return msgspec.structs.replace(record, life_cycle=life_cycle)
