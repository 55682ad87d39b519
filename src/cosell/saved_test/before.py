"""What existed before the calls, and what AWS's side did between them: both from the history of opportunities.

The changes of an opportunity have stamps, and so have many requests and answers: whoever sends a LastModifiedDate has
seen the change that made it. If nobody sends one, the moments decide.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from cosell.errors import UserError
from cosell.saved_test.calls import STAMP, AnsweredCall, texts_in
from cosell.store.interface import ReadTransaction
from cosell.wire.model import service_model
from cosell.wire.timestamps import Timestamp
from cosell.wire.violations import timestamp_of

MOST_CHANGES: Final = 1_000
"""How many changes of one opportunity are examined."""
MOST_RECORDS: Final = 50
"""How many opportunities a test may contain."""
_OPPORTUNITY: Final = re.compile(r"(?:arn:.*/)?(O[0-9]{1,19})", re.ASCII)
_OTHERS: Final = re.compile(r"(?:arn:.*/)?((?:eng|engi|task|job)-[0-9a-z]+)", re.ASCII)

_PLAYED: Final = {
    "In review": "start_review",
    "Approved": "approve",
    "Action Required": "require_action",
    "Rejected": "reject",
}
_UPDATE: Final = "UpdateOpportunity"


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
    """What the calls name, but no longer exists, or no longer as it was then."""


def before(
    tx: ReadTransaction, earlier: Sequence[AnsweredCall], calls: Sequence[AnsweredCall], *, by_hand: bool
) -> Before:
    """What a replay of `calls` needs; `earlier` ones show the state before. Raises UserError if it is too much.

    If AWS's side was not played `by_hand`, it will decide by itself again.
    """
    made = {name for call in calls for name in _made_by(call)}
    found = Before()
    looking = [call for call in calls if call.at_ms is not None]  # others were refused before anything was looked up
    for identifier in dict.fromkeys(name for call in looking for name in _opportunities_in(call)):
        states = _states(tx, identifier)
        first = next(call for call in looking if identifier in _opportunities_in(call))
        if first.error == "ResourceNotFoundException" and identifier not in made:
            continue
        assert first.at_ms is not None
        if not states or (identifier not in made and first.at_ms <= tx.trimmed_ms()):
            found.missing.append(identifier)
            continue
        opening = -1 if identifier in made else _opening(states, identifier, earlier, first)
        if opening >= 0:
            found.records.append(states[opening])
        if by_hand:
            for place, decision in _decisions(states, max(opening, 0), identifier, calls):
                found.decisions.setdefault(place, []).append(decision)
    if len(found.records) > MOST_RECORDS:
        raise UserError(
            f"these calls are about {len(found.records)} opportunities that were there before, and a test takes "
            f"{MOST_RECORDS}",
            "save fewer calls",
        )
    named = dict.fromkeys(name for call in calls for name in _names(_OTHERS, [call.request, call.success]))
    found.missing += [name for name in named if name not in made]
    return found


def _names(form: re.Pattern[str], value: Any) -> list[str]:
    """The identifiers of a form in a JSON value, also those in ARNs."""
    return [match[1] for text in texts_in(value) if (match := form.fullmatch(text))]


def _made_by(call: AnsweredCall) -> set[str]:
    """What a replayed call creates in its account: what only its answer names, and not its request."""
    if call.request is None or service_model().operations[call.operation].readonly:
        return set()
    return {
        name
        for form in (_OPPORTUNITY, _OTHERS)
        for name in {*_names(form, call.success)} - {*_names(form, call.request)}
    }


def _opportunities_in(call: AnsweredCall) -> list[str]:
    return _names(_OPPORTUNITY, [call.request, call.success])


def _states(tx: ReadTransaction, identifier: str) -> list[dict[str, Any]]:
    """The records of an opportunity, one for each change, the oldest first; empty if it is not there."""
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
    is_update = first.operation == _UPDATE
    told = [first.members.get(STAMP)] if is_update else list(first.stamps_of(identifier))
    if first.error != "ConflictException":  # whoever met one was late
        for stamp in told:
            if (place := _place(stamps, stamp)) is not None:
                return place
    seen = [_place(stamps, stamp) or 0 for call in earlier for stamp in call.stamps_of(identifier)]
    assert first.at_ms is not None
    past = [place for place, stamp in enumerate(stamps) if Timestamp.parse(stamp).ms < first.at_ms]
    return max([*seen, *past, 0])


def _place(stamps: Sequence[str], stamp: Any) -> int | None:
    """The state that has a stamp, however it is written; None if it is none of these."""
    at = timestamp_of(stamp)
    return next((place for place, known in enumerate(stamps) if Timestamp.parse(known) == at), None)


def _decisions(
    states: Sequence[dict[str, Any]], opening: int, identifier: str, calls: Sequence[AnsweredCall]
) -> Iterator[tuple[int, Decision]]:
    """AWS's steps of the review between the calls, each with the number of the call after which it comes."""
    updated = {stamp for call in calls if call.operation == _UPDATE for stamp in call.stamps_of(identifier)}
    submissions = [number for number, call in enumerate(calls) if _submits(call, identifier)]
    submitted = 0
    for former, state in zip(states[opening:], states[opening + 1 :], strict=False):
        old, new = former["LifeCycle"].get("ReviewStatus"), state["LifeCycle"].get("ReviewStatus")
        if old == new or state[STAMP] in updated:
            continue
        if new == "Submitted":
            submitted += 1
        elif new in _PLAYED:
            place = max([*submissions[:submitted], _last_before(Timestamp.parse(state[STAMP]), identifier, calls)])
            if 0 <= place < len(calls) - 1:
                yield place, Decision(_PLAYED[new], identifier, _words(state["LifeCycle"], new))


def _words(life_cycle: dict[str, str], status: str) -> dict[str, str]:
    """What AWS said with a verdict."""
    members = {"comment": "ReviewComments", "reason": "ReviewStatusReason"}
    said = {name: life_cycle[member] for name, member in members.items() if life_cycle.get(member)}
    return {} if status == "In review" else said


def _submits(call: AnsweredCall, identifier: str) -> bool:
    is_submission = call.operation in ("SubmitOpportunity", "StartEngagementFromOpportunityTask")
    return is_submission and call.error is None and identifier in _opportunities_in(call)


def _last_before(at: Timestamp, identifier: str, calls: Sequence[AnsweredCall]) -> int:
    """The last call that was answered before a change with this stamp, as far as that is known; -1: none.

    While the clock is frozen, moments say nothing.
    """
    clock_runs = len({call.at_ms for call in calls} - {None}) > 1
    last = -1
    for number, call in enumerate(calls):
        stamps = [Timestamp.parse(stamp) for stamp in call.stamps_of(identifier)]
        if stamps and max(stamps) >= at:
            break
        if stamps or (clock_runs and call.at_ms is not None and call.at_ms < at.ms):
            last = number
    return last
