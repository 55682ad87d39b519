"""A count over a mirror in steps, as in `store/changes.py`: what has changed, then what was not counted.

A mirror keeps what each member was before a change that the sync saw. So what an opportunity was when it was counted is
its summary with all later changes undone. New ones have a number in the order in which they were first seen. If one has
vanished, or come back, the count starts over. So does a count of records after every change, since a mirror keeps no
earlier records.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from cosell.rules.identifiers import id_key
from cosell.serve.mirror_source import Answers, KeptChange, Reading
from cosell.store.changes import Moved, Reached, Step

CHANGES_OF_A_STEP: Final = 1_000
ROWS_OF_A_STEP: Final = 1_000
VANISHED_OR_BACK: Final = "Id"
"""The member whose change says so."""

Summary = Callable[[str, bytes], bytes | None]
"""The encoded summary that the kept one of an `id_key` becomes; None if it cannot be shown."""
Record = Callable[[str, Answers], bytes | None]
"""The encoded record of an `id_key`; None if it cannot be shown."""


def step_of(reading: Reading, reached: Reached | None, summary: Summary, record: Record | None = None) -> Step:
    """The next step of a count that has got this far; with `record`, of one that counts records."""
    origin, newest = reading.origin(), reading.last_change()
    behind = 0 if reached is None else newest - reached.position
    if reached is not None and reached.origin == origin and behind >= 0 and not (record and behind):
        changes = reading.changes(reached.position, CHANGES_OF_A_STEP)
        end = changes[-1].number if len(changes) == CHANGES_OF_A_STEP else newest
        moved = _moved(reading, reached, changes, end, summary)
        if moved is not None:
            step = Step(Reached(origin, end, reached.counted_to), False, False, moved, [])
            return step if end < newest else _with_found(reading, step, summary, record)
    return _with_found(reading, Step(Reached(origin, newest, "0"), True, False, [], []), summary, record)


def _with_found(reading: Reading, step: Step, summary: Summary, record: Record | None) -> Step:
    """The step with what was not counted."""
    arrived = reading.arrived(_arrival(step.reached), ROWS_OF_A_STEP)
    is_last = len(arrived) < ROWS_OF_A_STEP
    if not arrived:
        return replace(step, is_last=is_last)
    answers = reading.answers([key for _, key in arrived])
    kept = ((key, answers[key]) for _, key in arrived if key in answers)
    shown = (record(key, one) if record else summary(key, one.summary) for key, one in kept)
    found = [one for one in shown if one is not None]
    reached = replace(step.reached, counted_to=str(arrived[-1][0]))
    return replace(step, reached=reached, is_last=is_last, found=found)


def _moved(
    reading: Reading, reached: Reached, changes: Sequence[KeptChange], end: int, summary: Summary
) -> list[Moved] | None:
    """What has moved up to the change `end` among what is counted. None if a count must start over."""
    if any(change.member == VANISHED_OR_BACK for change in changes):
        return None
    by_key: dict[str, list[KeptChange]] = {id_key(change.opportunity): [] for change in changes}
    if not by_key:
        return []
    for change in reading.changes_of([change.opportunity for change in changes], reached.position):
        by_key[id_key(change.opportunity)].append(change)
    arrivals = reading.arrivals(list(by_key))
    answers = reading.answers([key for key, arrival in arrivals.items() if arrival <= _arrival(reached)])
    moved = []
    for key, kept in answers.items():
        then, before = _then_and_before(reading, kept, by_key[key], end)
        counted, now = summary(key, before), summary(key, then)
        if now is not None:
            moved.append(Moved(counted, now))
        elif counted is not None:
            return None
    return moved


def _then_and_before(reading: Reading, kept: Answers, changes: Sequence[KeptChange], end: int) -> tuple[bytes, bytes]:
    later = [(change.member, change.old) for change in changes if change.number > end]
    earlier = [(change.member, change.old) for change in changes if change.number <= end]
    then = reading.before(kept.summary, later) if later else kept.summary
    return then, reading.before(then, earlier)


def _arrival(reached: Reached) -> int:
    return int(reached.counted_to or 0)
