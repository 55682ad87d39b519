"""The plan of a sync: from state and answer to the next question, with nothing that acts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.sync import plan
from cosell.sync.plan import CLOCK_SLACK_MS, Head, Listing, Page, SyncState, Told
from cosell.sync.target import Row

OVERLAP = 300_000
HOUR = 3_600_000
DAY = 24 * HOUR
moments = st.integers(0, 10**13)
NOON = 10**12


def told(ms: int) -> Told:
    """When the service answered, where both clocks agree."""
    return Told(ms, ms)


def begun(state: SyncState, newest: int | None, at: int, **options: Any) -> SyncState:
    """The state after a head that is not the whole pass."""
    return plan.with_head(state, newest, told(at), overlap_ms=OVERLAP, **options)


def passed(state: SyncState, newest: int, at: int) -> SyncState:
    """The state after a pass of one page."""
    return plan.with_page(begun(state, newest, at), None)


def row(identifier: str, ms: int, created: str = "2026-05-28T20:26:40Z") -> Row:
    """A row, modified and created then."""
    return Row(identifier, ms, f'{{"CreatedDate":"{created}"}}'.encode())


def test_a_first_pass_lists_everything_in_the_order_of_creation() -> None:
    state = begun(SyncState(), 1_000, 2_000)
    assert state.listing is not None
    question = plan.question(state.listing)
    assert question == Page(None, "CreatedDate", None)
    assert question.members("AWS") == {
        "Catalog": "AWS",
        "MaxResults": 100,
        "Sort": {"SortBy": "CreatedDate", "SortOrder": "ASCENDING"},
    }


def test_the_head_is_the_page_that_was_modified_last() -> None:
    members = Head("t").members("AWS")
    assert members["Sort"] == {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}
    assert (members["MaxResults"], members["NextToken"]) == (100, "t")


def test_the_watermark_moves_with_the_last_page_and_to_the_floor() -> None:
    second = plan.with_page(begun(SyncState(), 1_000, 2_000), "token")
    assert second.watermark_ms is None
    assert second.listing is not None
    assert plan.question(second.listing) == Page(None, "CreatedDate", "token")
    after = plan.with_page(second, None)
    assert (after.watermark_ms, after.told, after.listing) == (1_000, told(2_000), None)


def test_the_watermark_is_never_later_than_the_services_time() -> None:
    after = passed(SyncState(), NOON + HOUR, NOON)
    assert after.watermark_ms == NOON
    assert plan.since_ms(after, OVERLAP) == NOON - OVERLAP, "what has its own time is not hidden by it"
    later = passed(after, NOON + HOUR, NOON + HOUR)
    assert later.watermark_ms == NOON + HOUR
    assert plan.since_ms(later, OVERLAP) == NOON + HOUR - OVERLAP, "its time has only just come"
    silent = plan.with_page(plan.with_head(SyncState(), NOON + 1, Told(NOON), overlap_ms=OVERLAP), None)
    assert silent.watermark_ms == NOON, "where the service tells no time, this machine's stands for it"


@pytest.mark.parametrize("skew", [0, -HOUR, 5 * OVERLAP])
def test_the_next_pass_reaches_back_by_what_is_left_of_the_overlap(skew: int) -> None:
    """Whatever the clock of the stamps has to do with the one that the service tells."""
    stamp = NOON - 5 * OVERLAP + skew
    state = passed(SyncState(), stamp, NOON)
    assert plan.since_ms(state, OVERLAP) == stamp - OVERLAP
    state = passed(state, stamp, NOON + 60_000)
    assert plan.since_ms(state, OVERLAP) == stamp - OVERLAP + 60_000
    state = passed(state, stamp, NOON + OVERLAP)
    assert plan.since_ms(state, OVERLAP) == stamp
    assert begun(state, stamp, NOON + DAY).listing is None, "nothing can be new"
    assert begun(state, stamp, NOON + DAY, full=True).listing is not None
    assert begun(state, stamp + 1, NOON + DAY).listing is not None


@given(watermark=moments, first=moments, own=moments, last=moments, overlap=st.integers(0, 10**9))
def test_no_pass_begins_behind_what_the_last_one_may_have_missed(
    watermark: int, first: int, own: int, last: int, overlap: int
) -> None:
    state = SyncState(watermark, newest_ms=watermark, first_seen=Told(own, first), told=Told(own + 1, last))
    since = plan.since_ms(state, overlap)
    assert since is not None
    assert watermark - overlap <= since <= watermark
    assert since <= watermark - overlap + 1, "of two clocks the one counts that says less"


def test_where_no_head_was_told_of_the_whole_overlap_is_left() -> None:
    assert plan.since_ms(SyncState(NOON), OVERLAP) == NOON - OVERLAP
    assert plan.since_ms(SyncState(), OVERLAP) is None
    old = plan.with_page(SyncState(5, listing=Listing(NOON, None, "CreatedDate")), None)
    assert (old.watermark_ms, old.told) == (NOON, None)


def test_a_head_that_reaches_back_far_enough_is_the_whole_pass() -> None:
    rows = [row("O3", NOON), row("O2", NOON - 1), row("O1", NOON - OVERLAP - 1)]
    state = begun(SyncState(NOON, newest_ms=NOON), NOON + 1, NOON)
    assert plan.all_of_pass(state, rows, "more") == rows[:2]
    assert plan.all_of_pass(state, rows[:2], "more") is None
    assert plan.all_of_pass(state, rows[:2], None) == rows[:2]
    first = begun(SyncState(), NOON, NOON)
    assert plan.all_of_pass(first, rows, "more") is None
    assert plan.all_of_pass(first, rows, None) == rows


def test_an_empty_catalog_has_no_watermark() -> None:
    assert plan.with_page(begun(SyncState(5), None, 7, full=True), None).watermark_ms is None


REFUSALS = [
    (Page(None, "CreatedDate", None), "ValidationException", "order"),
    (Page(None, "CreatedDate", "t"), "ValidationException", "token"),
    (Page(None, "LastModifiedDate", "t"), "ValidationException", "token"),
    (Page(None, "LastModifiedDate", None), "ValidationException", None),
    (Page(None, "CreatedDate", "t"), "AccessDeniedException", None),
]


@pytest.mark.parametrize(("question", "code", "refusal"), REFUSALS)
def test_what_was_refused_follows_from_what_was_asked(question: Page, code: str, refusal: plan.Refusal | None) -> None:
    assert plan.refusal(question, code) == refusal


def test_a_refused_order_is_not_asked_for_again() -> None:
    other = plan.with_refusal(begun(SyncState(), 1_000, 1_000), "order")
    assert other == SyncState(sort_by="LastModifiedDate")
    listing = begun(other, 1_000, 1_000).listing
    assert listing is not None
    assert plan.question(listing).members("AWS")["Sort"] == {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}


def test_a_pass_begins_again_where_its_token_leads_nowhere() -> None:
    state = SyncState(5, listing=Listing(1_000, None, "CreatedDate", "t"))
    assert plan.with_refusal(state, "token") == SyncState(5)
    assert plan.with_page(state, "t") == SyncState(5), "a token that leads to itself is one, too"


IN_STEP = SyncState(NOON, newest_ms=NOON, first_seen=told(NOON), told=told(NOON))
DOUBTS: list[tuple[str, SyncState, int | None, Told, str | None]] = [
    ("time goes on", IN_STEP, NOON + 1, told(NOON + HOUR), None),
    ("nothing happens", IN_STEP, NOON, told(NOON + HOUR), None),
    ("this machine's clock is an hour ahead", IN_STEP, NOON, Told(NOON + 2 * HOUR, NOON + 2 * HOUR), None),
    ("an older newest row", IN_STEP, NOON - 1, told(NOON + HOUR), "older than what the mirror"),
    ("nothing at all", IN_STEP, None, told(NOON + HOUR), "older than what the mirror"),
    ("both clocks went back", IN_STEP, NOON, told(NOON - HOUR), "lies in the service's future"),
    ("a clock that was set back and overtook", IN_STEP, NOON + 1, Told(NOON + 2 * HOUR, NOON + HOUR), "set back"),
    ("clocks that drift", IN_STEP, NOON, Told(NOON + HOUR, NOON + HOUR - CLOCK_SLACK_MS), None),
    ("a watermark of an older cosell", SyncState(NOON + DAY), NOON + DAY, told(NOON), "lies in the service's future"),
    ("no Date", SyncState(NOON - DAY, told=told(NOON)), NOON, Told(NOON), None),
    ("no Date, and a clock set back", SyncState(NOON - DAY, told=Told(NOON)), NOON, Told(NOON - HOUR), "set back"),
    (
        "a full pass interrupted",
        SyncState(NOON, listing=Listing(None, None, "CreatedDate", full=True)),
        NOON,
        told(NOON),
        "interrupted",
    ),
    (
        "another service under a pass",
        SyncState(listing=Listing(NOON, None, "CreatedDate", "t", told(NOON))),
        NOON - 1,
        told(NOON),
        "older than what the mirror",
    ),
]


@pytest.mark.parametrize(("state", "newest", "now", "why"), [one[1:] for one in DOUBTS], ids=[one[0] for one in DOUBTS])
def test_a_service_whose_time_does_not_go_on_is_doubted(
    state: SyncState, newest: int | None, now: Told, why: str | None
) -> None:
    found = plan.doubt(state, newest, now)
    assert found is None if why is None else why in str(found)


def test_a_row_tells_when_it_is_not_the_same_services() -> None:
    kept = row("O1", NOON)
    assert plan.contradiction(kept, kept) is None
    assert plan.contradiction(kept, row("O1", NOON + 1, "2026-05-28T20:26:40.123Z")) is None, "it is told more exactly"
    assert "does not have O1" in str(plan.contradiction(kept, None))
    assert "an older O1" in str(plan.contradiction(kept, row("O1", NOON - 1)))
    assert "another one" in str(plan.contradiction(kept, row("O1", NOON + 1, "2026-05-28T20:26:39Z")))
    assert plan.contradiction(kept, Row("O1", NOON, b"{}")) is None, "old answers say little"


def test_the_head_shows_which_of_the_mirrors_newest_rows_are_missing() -> None:
    head = [row("O9", NOON + 5), row("O8", NOON)]
    assert plan.missed([row("O8", NOON), row("O7", NOON)], head, "more") == (None, [row("O7", NOON)])
    assert "O7" in str(plan.missed([row("O7", NOON + 1)], head, "more")[0])
    assert "O7" in str(plan.missed([row("O7", NOON - 1)], head, None)[0]), "the head is all there is"
    assert plan.missed([row("O7", NOON)], [], None)[0] is not None
    assert plan.missed([], [], None) == (None, [])
