"""How many calls a partner account may make, and when the next one may go: a pure record of what was used.

Two limits hold at once: so many calls in any second, so many in any 24 hours. For the second, the moments of the
latest calls are kept, so that no window of a second, wherever it begins, holds more than the limit. That is stricter
than a token bucket of the same rate and burst, which lets twice the burst through around a refill, and as fast in
the long run. For the day, calls are counted in short slots; a slot counts until its last moment is a day old, so
the limit is never exceeded, and a call that is a day old is given back at most one slot (five minutes) late.

Moments are those of a clock that may jump back. No time is then assumed to have passed: what is remembered moves back
with the clock. So a call never seems older than it is, and nobody waits for the clock to catch up.

Source: AWS's guide, the quotas of the Selling API, for the numbers; ours, that the operations of a group share them,
and that a call which the service refused does not count (docs/fidelity.md).
"""

from typing import Final, Literal

import msgspec

Kind = Literal["read", "write"]

SECOND_NS: Final = 1_000_000_000
DAY_NS: Final = 24 * 60 * 60 * SECOND_NS
SLOTS_IN_A_WINDOW: Final = 288  # five minutes of a day

FIRST_HOLD_NS: Final = SECOND_NS
LONGEST_HOLD_NS: Final = 64 * SECOND_NS
CALM_NS: Final = 60 * SECOND_NS
"""So long after a hold without another refusal, the next refusal counts as the first again."""


class Limit(msgspec.Struct, frozen=True):
    """At most so many calls in any window of this length."""

    calls: int
    window_ns: int


class Quota(msgspec.Struct, frozen=True):
    """The limits of one kind of calls: `brief` spaces calls, `long` counts them."""

    brief: Limit
    long: Limit


QUOTAS: Final[dict[Kind, Quota]] = {
    "read": Quota(Limit(10, SECOND_NS), Limit(100_000, DAY_NS)),
    "write": Quota(Limit(1, SECOND_NS), Limit(10_000, DAY_NS)),
}


class Used(msgspec.Struct, frozen=True, array_like=True):
    """What was used of a quota, as of the moment `seen_ns`."""

    seen_ns: int = 0
    recent: tuple[int, ...] = ()  # moments of the latest calls, oldest first
    slots: tuple[tuple[int, int], ...] = ()  # first moment of a slot and its calls, oldest first
    held_until_ns: int = 0
    refusals: int = 0  # holds in a row


def part_of(quota: Quota, share: float) -> Quota:
    """The quota of who may use `share` (0 < share <= 1) of another. Less than one call in a window stretches it."""
    return Quota(_part_of(quota.brief, share), _part_of(quota.long, share))


def _part_of(limit: Limit, share: float) -> Limit:
    calls = int(limit.calls * share)
    return Limit(calls, limit.window_ns) if calls else Limit(1, round(limit.window_ns / (limit.calls * share)))


def pace_ns(quota: Quota, calls: int) -> int:
    """How long so many calls take at least: one after the other, and a whole window for each full day's worth."""
    return max(calls * quota.brief.window_ns // quota.brief.calls, calls // quota.long.calls * quota.long.window_ns)


def wait_ns(used: Used, quota: Quota) -> int:
    """How long after `used.seen_ns` a call may go, as things stand; 0: now."""
    return max(0, _until_brief(used, quota.brief), _until_long(used, quota.long), used.held_until_ns - used.seen_ns)


def _until_brief(used: Used, limit: Limit) -> int:
    if len(used.recent) < limit.calls:
        return 0
    return used.recent[-limit.calls] + limit.window_ns - used.seen_ns


def _until_long(used: Used, limit: Limit) -> int:
    left = sum(calls for _, calls in used.slots)
    wait = 0
    for start_ns, calls in used.slots:
        if left < limit.calls:
            break
        left -= calls
        wait = start_ns + _slot_ns(limit) + limit.window_ns - used.seen_ns
    return wait


def at(used: Used, quota: Quota, now_ns: int) -> Used:
    """The record at a moment: moved back where the clock jumped back, without what no longer counts."""
    back_ns = min(0, now_ns - used.seen_ns)
    counts_after_ns = now_ns - quota.long.window_ns - _slot_ns(quota.long)
    return msgspec.structs.replace(
        used,
        seen_ns=now_ns,
        recent=tuple(moment + back_ns for moment in used.recent),
        slots=tuple((start + back_ns, calls) for start, calls in used.slots if start + back_ns > counts_after_ns),
        held_until_ns=used.held_until_ns + back_ns,
    )


def counted(used: Used, quota: Quota) -> Used:
    """The record after a call at `used.seen_ns`."""
    now_ns = used.seen_ns
    earlier, latest = used.slots[:-1], used.slots[-1:]
    if latest and now_ns - latest[0][0] < _slot_ns(quota.long):
        slots = (*earlier, (latest[0][0], latest[0][1] + 1))
    else:
        slots = (*used.slots, (now_ns, 1))
    return msgspec.structs.replace(used, recent=(*used.recent, now_ns)[-quota.brief.calls :], slots=slots)


def uncounted(used: Used) -> Used:
    """The record after the service refused a call that was counted: the day gets it back, the second does not."""
    for position in range(len(used.slots) - 1, -1, -1):
        start_ns, calls = used.slots[position]
        if calls:
            slots = (*used.slots[:position], (start_ns, calls - 1), *used.slots[position + 1 :])
            return msgspec.structs.replace(used, slots=slots)
    return used


def held(used: Used) -> Used:
    """The record after a ThrottlingException: nobody calls for a second, then for two, four … 64.

    Refusals during a hold are answers to calls that were in progress, and prolong nothing.
    """
    now_ns = used.seen_ns
    if now_ns < used.held_until_ns:
        return used
    refusals = used.refusals if now_ns - used.held_until_ns < CALM_NS else 0
    hold_ns = min(LONGEST_HOLD_NS, FIRST_HOLD_NS << min(refusals, 63))
    return msgspec.structs.replace(used, held_until_ns=now_ns + hold_ns, refusals=refusals + 1)


def _slot_ns(limit: Limit) -> int:
    return -(-limit.window_ns // SLOTS_IN_A_WINDOW)
