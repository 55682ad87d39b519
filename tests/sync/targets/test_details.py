"""The queue of details is durable: nothing is forgotten, nothing is fetched twice, and what fails is tried again."""

import json

from cosell.sync.target import DetailWanted
from cosell.sync.targets.mirror import Mirror
from tests.store.caller import NOON_MS
from tests.sync.targets.rows import IDENTITY, begin, keep, row

DETAIL = {
    "Id": "O1",
    "NationalSecurity": "No",
    "Project": {"Title": "Move 😀", "CustomerUseCase": "Migration", "Newer": [1]},
    "Marketing": {"Source": "None"},
}
AWS_SUMMARY = {
    "Origin": "AWS Referral",
    "InvolvementType": "Co-Sell",
    "Visibility": "Full",
    "LifeCycle": {"Stage": "Engaged", "TargetCloseDate": "2026-12-31", "NextSteps": "call"},
    "Insights": {"EngagementScore": "High"},
    "CosellMotion": "Partner-led",
    "CosellMotionReason": "They asked.",
}


def encoded(document: object) -> bytes:
    return json.dumps(document).encode()


def wanted(mirror: Mirror, now_ms: int = NOON_MS) -> list[str]:
    """Whose details are to be fetched now, in order."""
    return [one.id for one in mirror.details_wanted(9, now_ms)]


def test_new_and_changed_rows_are_queued_once(mirror: Mirror) -> None:
    keep(mirror, row("O2"), row("O1"), details=True)
    keep(mirror, row("O1"), row("O2", NOON_MS + 1), row("O3"), details=True)
    assert mirror.details_wanted(9, NOON_MS) == [
        DetailWanted("O1", NOON_MS),
        DetailWanted("O2", NOON_MS + 1),
        DetailWanted("O3", NOON_MS),
    ]
    assert [one.id for one in mirror.details_wanted(2, NOON_MS)] == ["O1", "O2"]


def test_without_details_nothing_is_queued(mirror: Mirror) -> None:
    keep(mirror, row("O1"))
    assert wanted(mirror) == []


def test_those_that_wait_longest_come_first(mirror: Mirror) -> None:
    run = begin(mirror)
    for number, identifier in enumerate(("O3", "O1", "O2")):
        keep_at = NOON_MS + number
        mirror.keep_page(run, IDENTITY, [row(identifier)], b"{}", keep_at, want_details=True)
    keep(mirror, row("O3", NOON_MS + 1), run=run, details=True)
    assert wanted(mirror) == ["O3", "O1", "O2"]


def test_details_are_kept_with_their_columns_and_leave_the_queue(mirror: Mirror) -> None:
    keep(mirror, row("O1"), details=True)
    mirror.keep_detail("O1", NOON_MS, encoded(DETAIL), encoded(AWS_SUMMARY), NOON_MS + 5)
    assert wanted(mirror) == []
    text = mirror.database.dialect.types["text"]
    found = mirror.database.rows(
        "SELECT title, customer_use_case, national_security, marketing_source, origin, involvement_type, visibility,"
        f" cosell_motion, cosell_motion_reason, aws_stage, CAST(aws_target_close_date AS {text}), aws_next_steps,"
        f" engagement_score, CAST(opportunity AS {text}), CAST(aws_summary AS {text}) FROM opportunity_detail"
    )
    assert found == [
        (
            *("Move 😀", "Migration", "No", "None", "AWS Referral", "Co-Sell", "Full"),
            *("Partner-led", "They asked.", "Engaged", "2026-12-31", "call", "High"),
            *(encoded(DETAIL).decode(), encoded(AWS_SUMMARY).decode()),
        )
    ]


def test_an_opportunity_without_a_summary_by_aws_has_details_all_the_same(mirror: Mirror) -> None:
    keep(mirror, row("O1"), row("O2"), details=True)
    mirror.keep_detail("O1", NOON_MS, encoded(DETAIL), None, NOON_MS)
    mirror.keep_detail("O2", NOON_MS, None, None, NOON_MS)
    assert mirror.database.rows(
        "SELECT opportunity_id, title, aws_summary IS NULL FROM opportunity_detail ORDER BY opportunity_id"
    ) == [("O1", "Move 😀", True), ("O2", None, True)]
    assert wanted(mirror) == []


def test_older_details_never_replace_newer_ones(mirror: Mirror) -> None:
    keep(mirror, row("O1", NOON_MS + 1), details=True)
    mirror.keep_detail("O1", NOON_MS + 1, encoded(DETAIL), None, NOON_MS)
    mirror.keep_detail("O1", NOON_MS, encoded({"Project": {"Title": "Old"}}), None, NOON_MS)
    assert mirror.database.rows("SELECT title FROM opportunity_detail") == [("Move 😀",)]


def test_what_changed_while_its_details_were_fetched_stays_queued(mirror: Mirror) -> None:
    keep(mirror, row("O1"), details=True)
    keep(mirror, row("O1", NOON_MS + 7), details=True)
    mirror.keep_detail("O1", NOON_MS, encoded(DETAIL), None, NOON_MS)
    assert mirror.details_wanted(9, NOON_MS) == [DetailWanted("O1", NOON_MS + 7)]


def test_what_failed_is_tried_again_at_its_time(mirror: Mirror) -> None:
    keep(mirror, row("O1"), row("O2"), details=True)
    mirror.detail_failed("O1", "ThrottlingException \0 \ud83d" + "!" * 600, NOON_MS + 60_000)
    mirror.detail_failed("O1", "InternalServerException", NOON_MS + 90_000)
    assert wanted(mirror) == ["O2"]
    assert wanted(mirror, NOON_MS + 89_999) == ["O2"]
    assert wanted(mirror, NOON_MS + 90_000) == ["O1", "O2"]
    assert mirror.details_failing(9) == [DetailWanted("O1", NOON_MS, 2, "InternalServerException")]
    keep(mirror, row("O1", NOON_MS + 1), details=True)
    assert mirror.details_wanted(1, NOON_MS) == [DetailWanted("O1", NOON_MS + 1)]
    assert mirror.details_failing(9) == []


def test_details_that_are_asked_for_later_are_queued_for_all(mirror: Mirror) -> None:
    keep(mirror, row("O1"), row("O2"), row("O3"), row("O4"), row("O5"))
    mirror.keep_detail("O1", NOON_MS, encoded(DETAIL), None, NOON_MS)
    mirror.keep_detail("O2", NOON_MS - 1, encoded(DETAIL), None, NOON_MS)
    mirror.mark_vanished(begin(mirror), ["O3"], NOON_MS)
    keep(mirror, row("O4", NOON_MS + 1), details=True)
    assert mirror.queue_details(NOON_MS) == 2
    assert mirror.queue_details(NOON_MS) == 0
    assert wanted(mirror) == ["O2", "O4", "O5"]
