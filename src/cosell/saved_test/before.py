"""What was there before the calls, and what AWS's side did between them: both from the history of opportunities.

The changes of an opportunity have stamps, and so have many requests and answers: whoever tells a LastModifiedDate has
seen the change that made it. Where nobody tells one, the moments decide.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from cosell.errors import UserError
from cosell.saved_test.calls import STAMP, AnsweredCall, texts_in
from cosell.store.interface import ReadTransaction
from cosell.wire.timestamps import Timestamp

MOST_CHANGES: Final = 1_000
"""Of one opportunity, that are looked at."""
MOST_RECORDS: Final = 50
"""Opportunities that a test brings along."""
_OPPORTUNITY: Final = re.compile(r"(?:arn:.*/)?(O[0-9]{1,19})", re.ASCII)
_OTHERS: Final = re.compile(r"(?:arn:.*/)?((?:eng|engi|task|job|oit)-[0-9a-z]+)", re.ASCII)

_PLAYED: Final = {
    "In review": "start_review",
    "Approved": "approve",
    "Action Required": "require_action",
    "Rejected": "reject",
}
_OPEN: Final = ("Submitted", "In review")


class Decision(msgspec.Struct, frozen=True):
    """A step of the review that AWS's side took: a method of `cosell.play_aws`, and its arguments."""

    step: str
    identifier: str
    said: dict[str, str]


class Before(msgspec.Struct):
    """`records` as GetOpportunity gave them; `decisions` by the number of the call that they follow."""

    records: list[dict[str, Any]] = []
    decisions: dict[int, list[Decision]] = {}
    missing: list[str] = []
    """What the calls name, and nobody has any more."""


def before(tx: ReadTransaction, earlier: Sequence[AnsweredCall], calls: Sequence[AnsweredCall]) -> Before:
    """What a replay of `calls` needs; `earlier` ones tell how far things were. Raises UserError for too much."""
    made = {identifier for call in calls for identifier in _made_by(call)}
    found = Before()
    for identifier in dict.fromkeys(name for call in calls for name in _opportunities_in(call)):
        states = _states(tx, identifier)
        first = next(call for call in calls if identifier in _opportunities_in(call))
        if first.error == "ResourceNotFoundException" and identifier not in made:
            continue
        if not states:
            found.missing.append(identifier)
            continue
        opening = -1 if identifier in made else _opening(states, identifier, earlier, first)
        if opening >= 0:
            found.records.append(states[opening])
        for place, decision in _decisions(states, max(opening, 0), identifier, calls):
            found.decisions.setdefault(place, []).append(decision)
    if len(found.records) > MOST_RECORDS:
        raise UserError(
            f"these calls are about {len(found.records)} opportunities that were there before, and a test takes "
            f"{MOST_RECORDS}",
            "save fewer calls",
        )
    told = {text for call in calls for text in texts_in(call.success)}
    others = (match[1] for call in calls for text in texts_in(call.request) if (match := _OTHERS.fullmatch(text)))
    found.missing += [name for name in dict.fromkeys(others) if not any(name in text for text in told)]
    return found


def _made_by(call: AnsweredCall) -> Iterator[str]:
    """The opportunity that a call has brought to its account."""
    if call.operation == "CreateOpportunity" and call.success:
        yield call.success["Id"]
    if call.operation == "StartEngagementByAcceptingInvitationTask" and call.success:
        yield from (text for text in [call.success.get("OpportunityId")] if text)


def _opportunities_in(call: AnsweredCall) -> list[str]:
    texts: Iterable[str] = [*texts_in(call.request), *texts_in(call.success)]
    return [match[1] for text in texts if (match := _OPPORTUNITY.fullmatch(text))]


def _states(tx: ReadTransaction, identifier: str) -> list[dict[str, Any]]:
    """The records of an opportunity, one for each change, the oldest first; empty where it is not there."""
    now = tx.record(identifier)
    if now is None:
        return []
    changes = reversed(tx.history(identifier, MOST_CHANGES))
    return [msgspec.json.decode(record) for record in [*(change.before for change in changes), now]]


def _opening(
    states: Sequence[dict[str, Any]], identifier: str, earlier: Sequence[AnsweredCall], first: AnsweredCall
) -> int:
    """Which of the states an opportunity was in when the first call about it came."""
    stamps = [state[STAMP] for state in states]
    if first.error is None and (stamp := first.members.get(STAMP)) and (place := _place(stamps, stamp)) is not None:
        return place
    if not first.members.get(STAMP):
        for stamp in first.stamps_of(identifier):
            if (place := _place(stamps, stamp)) is not None:
                return place
    seen = [_place(stamps, stamp) or 0 for call in earlier for stamp in call.stamps_of(identifier)]
    if first.at_ms is None:
        return max([*seen, 0])
    past = [place for place, stamp in enumerate(stamps) if Timestamp.parse(stamp).ms < first.at_ms]
    return max([*seen, *past, 0])


def _place(stamps: Sequence[str], stamp: str) -> int | None:
    """The state that has a stamp, however it is written."""
    try:
        at = Timestamp.parse(stamp)
    except (TypeError, ValueError):
        return None
    return next((place for place, known in enumerate(stamps) if Timestamp.parse(known) == at), None)


def _decisions(
    states: Sequence[dict[str, Any]], opening: int, identifier: str, calls: Sequence[AnsweredCall]
) -> Iterator[tuple[int, Decision]]:
    """AWS's steps of the review between the calls, each with the number of the call after which it comes."""
    updated = {stamp for call in calls if call.operation == "UpdateOpportunity" for stamp in call.stamps_of(identifier)}
    submissions = [
        number
        for number, call in enumerate(calls)
        if call.error is None and identifier in _opportunities_in(call) and _submits(call)
    ]
    submitted = 0
    for former, state in zip(states[opening:], states[opening + 1 :], strict=False):
        old, new = former["LifeCycle"].get("ReviewStatus"), state["LifeCycle"].get("ReviewStatus")
        if old != new and new == "Submitted" and state[STAMP] not in updated:
            submitted += 1
        if old == new or old not in _OPEN or new not in _PLAYED or state[STAMP] in updated:
            continue
        at = Timestamp.parse(state[STAMP])
        place = max(
            [
                *submissions[:submitted],
                *(number for number, call in enumerate(calls) if _came_before(call, at, identifier)),
                -1,
            ]
        )
        if 0 <= place < len(calls) - 1:
            said = {"comment": "ReviewComments", "reason": "ReviewStatusReason"}
            life_cycle = state["LifeCycle"]
            words = {name: life_cycle[member] for name, member in said.items() if life_cycle.get(member)}
            yield place, Decision(_PLAYED[new], identifier, {} if new == "In review" else words)


def _submits(call: AnsweredCall) -> bool:
    return call.operation in ("SubmitOpportunity", "StartEngagementFromOpportunityTask")


def _came_before(call: AnsweredCall, at: Timestamp, identifier: str) -> bool:
    """Whether a call was answered before the change of this stamp, as far as one can tell."""
    stamps = [Timestamp.parse(stamp) for stamp in call.stamps_of(identifier)]
    if stamps:
        return max(stamps) < at
    return call.at_ms is not None and call.at_ms < at.ms
