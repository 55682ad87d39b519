"""The table of the review: every status of the model has its row, can be reached, and leads where AWS's guide says."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.rules.opportunity.review import (
    AWS_STEPS,
    FIRST_REVIEW_STATUS,
    PARTNER_STEPS,
    REVIEW,
    REVIEW_STATUSES,
    VERDICTS,
    ReviewStatus,
    Step,
    next_status,
)
from cosell.wire.model import service_model

STEPS: Final[tuple[Step, ...]] = (*PARTNER_STEPS, *AWS_STEPS)
PERMITTED: Final = {
    # The guide's life cycle, written out once more: status, what moves it, and to where.
    ("Pending Submission", "update"): "Pending Submission",
    ("Pending Submission", "submit"): "Submitted",
    ("Pending Submission", "associate"): "Pending Submission",
    ("Submitted", "start review"): "In review",
    ("Submitted", "approve"): "Approved",
    ("Submitted", "require action"): "Action Required",
    ("Submitted", "reject"): "Rejected",
    ("In review", "approve"): "Approved",
    ("In review", "require action"): "Action Required",
    ("In review", "reject"): "Rejected",
    ("Action Required", "update"): "Submitted",
    ("Action Required", "submit"): "Submitted",
    ("Action Required", "associate"): "Action Required",
    ("Approved", "update"): "Approved",
    ("Approved", "associate"): "Approved",
} | {(status, "assign"): status for status in REVIEW_STATUSES if status != "Rejected"}


def test_every_status_of_the_model_has_a_row() -> None:
    assert set(REVIEW) == set(REVIEW_STATUSES) == set(service_model().shapes["ReviewStatus"].enum)


def test_every_status_can_be_reached() -> None:
    reached: set[ReviewStatus] = set()
    waiting: list[ReviewStatus] = [FIRST_REVIEW_STATUS]
    while waiting:
        status = waiting.pop()
        if status not in reached:
            reached.add(status)
            waiting.extend(REVIEW[status].values())
    assert reached == set(REVIEW_STATUSES)


@given(status=st.sampled_from(REVIEW_STATUSES), step=st.sampled_from(STEPS))
def test_a_step_is_permitted_where_the_guide_says_and_nowhere_else(status: ReviewStatus, step: Step) -> None:
    assert next_status(status, step) == PERMITTED.get((status, step))


@given(steps=st.lists(st.sampled_from(STEPS), max_size=12))
def test_no_way_leads_out_of_a_rejection_and_none_into_approval_but_a_verdict(steps: list[Step]) -> None:
    status = FIRST_REVIEW_STATUS
    for step in steps:
        following = next_status(status, step) or status
        assert status != "Rejected" or following == "Rejected"
        assert following != "Approved" or status == "Approved" or step == "approve"
        status = following


@pytest.mark.parametrize("step", VERDICTS)
def test_a_verdict_needs_a_submission(step: Step) -> None:
    assert {status for status in REVIEW_STATUSES if next_status(status, step)} == {"Submitted", "In review"}
