"""The plan of a sync: from state and answer to the next question, with nothing that acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.sync import plan
from cosell.sync.plan import Listing, Newest, Page, SyncState

OVERLAP = 300_000
moments = st.integers(0, 10**13)


def test_a_first_pass_lists_everything_in_the_order_of_creation() -> None:
    state = plan.with_newest(SyncState(), 1_000, 2_000, overlap_ms=OVERLAP)
    assert plan.question(SyncState()) == Newest()
    question = plan.question(state)
    assert question == Page(None, "CreatedDate", None)
    assert question.members("AWS") == {
        "Catalog": "AWS",
        "MaxResults": 100,
        "Sort": {"SortBy": "CreatedDate", "SortOrder": "ASCENDING"},
    }


def test_the_watermark_moves_with_the_last_page_and_to_the_floor() -> None:
    begun = plan.with_newest(SyncState(), 1_000, 2_000, overlap_ms=OVERLAP)
    second = plan.with_page(begun, "token")
    assert second.watermark_ms is None
    assert plan.question(second) == Page(None, "CreatedDate", "token")
    assert plan.with_page(second, None) == SyncState(watermark_ms=1_000, began_ms=2_000)


@pytest.mark.parametrize(
    ("state", "since"),
    [
        (SyncState(), None),
        (SyncState(watermark_ms=10**9), 10**9 - OVERLAP),
        (SyncState(watermark_ms=10**9, began_ms=10**9), 10**9 - OVERLAP),
        (SyncState(watermark_ms=10**9, began_ms=10**9 + 1_000), 10**9 + 1_000 - OVERLAP),
        (SyncState(watermark_ms=10**9, began_ms=10**9 + OVERLAP), 10**9),
        (SyncState(watermark_ms=10**9, began_ms=10**12), 10**9),
        (SyncState(watermark_ms=10**9, began_ms=0), 10**9 - OVERLAP),
    ],
)
def test_the_next_pass_reaches_back_by_the_overlap_before_the_last_one_began(
    state: SyncState, since: int | None
) -> None:
    assert plan.since_ms(state, OVERLAP) == since


@given(watermark=moments, began=st.none() | moments, overlap=st.integers(0, 10**9), newest=moments)
def test_no_pass_begins_behind_what_the_last_one_may_have_missed(
    watermark: int, began: int | None, overlap: int, newest: int
) -> None:
    state = SyncState(watermark, began)
    since = plan.since_ms(state, overlap)
    assert since is not None
    assert watermark - overlap <= since <= watermark
    assert began is None or since <= max(watermark - overlap, began - overlap)
    after = plan.with_newest(state, newest, None, overlap_ms=overlap)
    assert (after.listing is None) == (since == watermark == newest)
    assert after.watermark_ms == watermark, "only a last page moves it"


def test_while_the_newest_stays_after_the_overlap_there_is_nothing_to_ask() -> None:
    settled = SyncState(watermark_ms=10**9, began_ms=10**9 + OVERLAP)
    assert plan.with_newest(settled, 10**9, 10**10, overlap_ms=OVERLAP) == settled
    assert plan.with_newest(settled, 10**9, 10**10, overlap_ms=OVERLAP, full=True).listing is not None
    assert plan.with_newest(settled, 10**9 + 1, 10**10, overlap_ms=OVERLAP).listing is not None
    unsettled = SyncState(watermark_ms=10**9, began_ms=10**9)
    assert plan.with_newest(unsettled, 10**9, 10**10, overlap_ms=OVERLAP).listing is not None


def test_an_empty_catalog_has_no_watermark() -> None:
    assert plan.with_newest(SyncState(5, 6), None, 7, overlap_ms=OVERLAP) == SyncState()


REFUSALS = [
    (Newest(), "ValidationException", None),
    (Page(None, "CreatedDate", None), "ValidationException", "order"),
    (Page(None, "CreatedDate", "t"), "ValidationException", "token"),
    (Page(None, "LastModifiedDate", "t"), "ValidationException", "token"),
    (Page(None, "LastModifiedDate", None), "ValidationException", None),
    (Page(None, "CreatedDate", "t"), "AccessDeniedException", None),
]


@pytest.mark.parametrize(("question", "code", "refusal"), REFUSALS)
def test_what_was_refused_follows_from_what_was_asked(
    question: Newest | Page, code: str, refusal: plan.Refusal | None
) -> None:
    assert plan.refusal(question, code) == refusal


def test_a_refused_order_is_not_asked_for_again() -> None:
    begun = plan.with_newest(SyncState(), 1_000, None, overlap_ms=OVERLAP)
    other = plan.with_refusal(begun, "order")
    assert other == SyncState(sort_by="LastModifiedDate")
    page = plan.question(plan.with_newest(other, 1_000, None, overlap_ms=OVERLAP))
    assert page.members("AWS")["Sort"] == {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}


def test_a_pass_begins_again_where_its_token_leads_nowhere() -> None:
    state = SyncState(5, 6, listing=Listing(1_000, None, None, "CreatedDate", "t"))
    assert plan.with_refusal(state, "token") == SyncState(5, 6)
    assert plan.with_page(state, "t") == SyncState(5, 6), "a token that leads to itself is one, too"
