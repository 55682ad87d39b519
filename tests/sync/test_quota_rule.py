"""The rule of the quota: never more calls than allowed in any window, and none held back for long without need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.sync import quota_rule
from cosell.sync.quota_rule import DAY_NS, QUOTAS, SECOND_NS, Limit, Quota, Used

SMALL = Quota(Limit(3, 10), Limit(7, 288 * 4))  # slots of four nanoseconds
GAPS = st.lists(st.integers(0, 400) | st.integers(0, 9), max_size=80)


def ask(used: Used, quota: Quota, now_ns: int) -> tuple[Used, int]:
    """What a ledger does with a call."""
    used = quota_rule.at(used, quota, now_ns)
    wait = quota_rule.wait_ns(used, quota)
    return (used, wait) if wait else (quota_rule.counted(used, quota), 0)


def most_in_a_window(moments: list[int], window_ns: int) -> int:
    """The most moments in any half-open window: one that begins with a moment holds the most."""
    return max((sum(start <= moment < start + window_ns for moment in moments) for start in moments), default=0)


@given(GAPS, st.data())
def test_no_window_holds_more_than_its_limit_also_while_the_clock_jumps_back(
    gaps: list[int], data: st.DataObject
) -> None:
    used, true_ns, behind_ns, calls = Used(), 0, 0, []
    for gap in gaps:
        true_ns += gap
        behind_ns += data.draw(st.sampled_from([0, 0, 0, 0, 5, 2000]))
        used, wait = ask(used, SMALL, 10**6 + true_ns - behind_ns)
        if not wait:
            calls.append(true_ns)
    assert most_in_a_window(calls, SMALL.brief.window_ns) <= SMALL.brief.calls
    assert most_in_a_window(calls, SMALL.long.window_ns) <= SMALL.long.calls


@given(GAPS)
def test_a_call_goes_as_soon_as_the_second_allows_and_a_slot_late_for_the_day_at_most(gaps: list[int]) -> None:
    used, now, calls = Used(), 0, list[int]()
    for gap in gaps:
        now += gap
        used, wait = ask(used, SMALL, now)
        if not wait:
            calls.append(now)
            continue
        brief = [call for call in calls if call > now - SMALL.brief.window_ns]
        day = [call for call in calls if call > now - SMALL.long.window_ns - 4]
        assert len(brief) == SMALL.brief.calls or len(day) == SMALL.long.calls
        later = quota_rule.at(used, SMALL, now + wait)
        assert quota_rule.wait_ns(later, SMALL) == 0, "who waits as long as told, and alone, waits once"


def test_reads_and_writes_have_the_guides_quotas() -> None:
    assert {
        "read": Quota(Limit(10, SECOND_NS), Limit(100_000, DAY_NS)),
        "write": Quota(Limit(1, SECOND_NS), Limit(10_000, DAY_NS)),
    } == QUOTAS
    used, now, moments = Used(), 0, list[int]()
    while len(moments) < 25:
        used, wait = ask(used, QUOTAS["read"], now)
        now += wait
        if not wait:
            moments.append(now)
    assert moments == [0] * 10 + [SECOND_NS] * 10 + [2 * SECOND_NS] * 5


@pytest.mark.parametrize(
    ("share", "brief"),
    [
        (1, Limit(10, SECOND_NS)),
        (0.5, Limit(5, SECOND_NS)),
        (0.25, Limit(2, SECOND_NS)),
        (0.05, Limit(1, 2 * SECOND_NS)),
    ],
)
def test_a_share_is_a_part_of_the_calls_and_less_than_one_a_longer_window(share: float, brief: Limit) -> None:
    part = quota_rule.part_of(QUOTAS["read"], share)
    assert part == Quota(brief, Limit(round(100_000 * share), DAY_NS))


def test_refusals_hold_longer_each_time_until_it_is_calm_again() -> None:
    used, now, holds = Used(), 0, []
    for _ in range(9):
        now += quota_rule.wait_ns(used, SMALL)
        used = quota_rule.held(quota_rule.at(used, SMALL, now))
        assert quota_rule.held(quota_rule.at(used, SMALL, now + 1)).refusals == used.refusals, "one hold, one refusal"
        holds.append(used.held_until_ns - now)
    assert holds == [SECOND_NS << power for power in (0, 1, 2, 3, 4, 5, 6, 6, 6)]
    calm = used.held_until_ns + quota_rule.CALM_NS
    assert quota_rule.held(quota_rule.at(used, SMALL, calm)).held_until_ns - calm == SECOND_NS


def test_a_refused_call_is_given_back_to_the_day_and_not_to_the_second() -> None:
    used = Used()
    for now in (0, 100, 200):
        used, _ = ask(used, SMALL, now)
    for left in (2, 1, 0, 0):
        used = quota_rule.uncounted(used)
        assert (sum(calls for _, calls in used.slots), len(used.recent)) == (left, 3)
