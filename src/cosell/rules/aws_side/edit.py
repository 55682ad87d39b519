"""What AWS changes in an opportunity by itself, besides its review: its own view, and a little of the partner's record.

An edit names members as the service does. Those of a structure change one by one; a list replaces the former one. The
rules between members of a record apply to AWS's people, too.

Source: developer guide (AWS's people update their view of an opportunity, and the partner is notified); which members
they may change in the partner's record is our choice (docs/fidelity.md).
"""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from cosell.context import Readings
from cosell.errors import ValidationException, Violation
from cosell.rules.opportunity.conditions import broken_conditions
from cosell.rules.opportunity.members import differences, values_of
from cosell.rules.opportunity.record import LONGEST_NEXT_STEPS_HISTORY, life_cycle_of
from cosell.rules.opportunity.stage import CLOSED_LOST
from cosell.wire.decode import checked_structure
from cosell.wire.timestamps import Date, Timestamp
from cosell.wire.types import (
    AwsOpportunityInsights,
    AwsOpportunityLifeCycle,
    GetAwsOpportunitySummaryResponse,
    GetOpportunityResponse,
    LifeCycle,
    NextStepsHistory,
    ProfileNextStepsHistory,
)

Structure = TypeVar("Structure", bound=msgspec.Struct)

VIEW_MEMBERS: Final = (
    "LifeCycle",
    "OpportunityTeam",
    "Insights",
    "InvolvementType",
    "InvolvementTypeChangeReason",
    "Visibility",
    "CosellMotion",
    "CosellMotionReason",
)
"""Members of AWS's own view that AWS changes. The others come from the partner."""
RECORD_MEMBERS: Final = ("Stage", "ClosedLostReason", "NextSteps", "TargetCloseDate")
"""Members of the life cycle in the partner's record that AWS may change."""


class AwsEdit(msgspec.Struct, frozen=True):
    """What AWS changes: members of its own view, and of the life cycle in the partner's record. None: nothing there."""

    view: GetAwsOpportunitySummaryResponse | None
    life_cycle: LifeCycle | None


def aws_edit_of(view: Mapping[str, Any] | None, life_cycle: Mapping[str, Any] | None) -> AwsEdit:
    """The edit that plain JSON values describe.

    Raises ValidationException if they name a member that AWS does not change, or give one an illegal value.
    """
    strangers = [
        Violation(f"{place}.{name}", "ACTION_NOT_PERMITTED", f"AWS changes {', '.join(allowed)}.")
        for place, given, allowed in (("view", view, VIEW_MEMBERS), ("lifeCycle", life_cycle, RECORD_MEMBERS))
        for name in given or ()
        if name not in allowed
    ]
    if strangers:
        raise ValidationException("REQUEST_VALIDATION_FAILED", strangers)
    return AwsEdit(
        # A view always has a catalog; the one of the edited view stays, whatever stands here.
        _structure(GetAwsOpportunitySummaryResponse, {**view, "Catalog": "AWS"}, "view") if view else None,
        _structure(LifeCycle, dict(life_cycle), "lifeCycle") if life_cycle else None,
    )


def _structure(type_: type[Structure], members: dict[str, Any], place: str) -> Structure:
    try:
        return checked_structure(type_, members)
    except ValidationException as error:
        placed = [msgspec.structs.replace(one, field_name=f"{place}.{one.field_name}") for one in error.error_list]
        raise ValidationException(error.reason, placed) from None


def edited_view(
    before: GetAwsOpportunitySummaryResponse, edit: GetAwsOpportunitySummaryResponse, now: Timestamp
) -> GetAwsOpportunitySummaryResponse:
    """AWS's view after an edit at the moment `now`. Changed next steps join AWS's own history."""
    life_cycle, insights = before.life_cycle, before.insights
    if edit.life_cycle is not None:
        former = life_cycle or AwsOpportunityLifeCycle()
        life_cycle = _merged(former, edit.life_cycle)
        if edit.life_cycle.next_steps not in (None, former.next_steps):
            entry = ProfileNextStepsHistory(value=life_cycle.next_steps or "", time=now)
            history = [*(life_cycle.next_steps_history or []), entry][-LONGEST_NEXT_STEPS_HISTORY:]
            life_cycle = msgspec.structs.replace(life_cycle, next_steps_history=history)
    if edit.insights is not None:
        insights = _merged(insights or AwsOpportunityInsights(), edit.insights)
    changed = _merged(before, edit)
    if changed.cosell_motion != before.cosell_motion:  # the former one's reason goes with it
        changed = msgspec.structs.replace(changed, cosell_motion_reason=edit.cosell_motion_reason)
    return msgspec.structs.replace(changed, catalog=before.catalog, life_cycle=life_cycle, insights=insights)


def violations_of_view(view: GetAwsOpportunitySummaryResponse) -> list[Violation]:
    """What is wrong with AWS's edited view: without a CosellMotion there is no reason for one [model]."""
    if view.cosell_motion is None and view.cosell_motion_reason is not None:
        return [Violation("view.cosellMotionReason", "INVALID_VALUE", "Say which CosellMotion it is the reason for.")]
    return []


def edited_record(record: GetOpportunityResponse, edit: LifeCycle, now: Timestamp) -> GetOpportunityResponse:
    """The partner's record after an edit at the moment `now`, except its stamp; the same if nothing changed."""
    former = life_cycle_of(record)
    life_cycle = _merged(former, edit)
    if edit.stage not in (None, CLOSED_LOST):
        life_cycle = msgspec.structs.replace(life_cycle, closed_lost_reason=edit.closed_lost_reason)
    if edit.next_steps not in (None, former.next_steps):
        entry = NextStepsHistory(value=life_cycle.next_steps or "", time=now)
        history = [*(former.next_steps_history or []), entry][-LONGEST_NEXT_STEPS_HISTORY:]
        life_cycle = msgspec.structs.replace(life_cycle, next_steps_history=history)
    return msgspec.structs.replace(record, life_cycle=life_cycle)


def violations_of_edit(
    before: GetOpportunityResponse, after: GetOpportunityResponse, today: Date, readings: Readings
) -> list[Violation]:
    """All contradictions between the members of an edited record. `today` is the day in UTC."""
    return list(broken_conditions(values_of(after).get, differences(before, after), today, readings))


def _merged(before: Structure, edit: Structure) -> Structure:
    given = {name: value for name, value in msgspec.structs.asdict(edit).items() if value is not None}
    return msgspec.structs.replace(before, **given)
