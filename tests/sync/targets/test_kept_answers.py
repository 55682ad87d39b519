"""What a mirror keeps is read back as it came, all of it or what was written since."""

import json

from cosell.sync.targets.kept_answers import kept_answers, last_change_ms, present
from cosell.sync.targets.mirror import Mirror
from tests.store.caller import NOON_MS
from tests.sync.targets.rows import begin, keep, row


def test_summaries_and_details_are_read_back(mirror: Mirror) -> None:
    run = begin(mirror)
    assert last_change_ms(mirror) == 0
    keep(mirror, row("O1"), row("O2"), row("O3"), run=run, details=True)
    for identifier in ("O1", "O3"):
        detail = json.dumps({"Id": identifier, "Origin": "Partner Referral 😀"}).encode()
        mirror.keep_detail(identifier, NOON_MS, detail, b'{"Origin":"AWS Referral"}', NOON_MS)
    mirror.mark_vanished(run, ["O3"], NOON_MS)
    first, second, third = kept_answers(mirror, 0)
    assert [one.id for one in (first, second, third) if not one.has_vanished] == ["O1", "O2"]
    assert json.loads(first.summary)["Id"] == "O1"
    assert json.loads(first.opportunity or b"") == {"Id": "O1", "Origin": "Partner Referral 😀"}
    assert json.loads(first.aws_summary or b"") == {"Origin": "AWS Referral"}
    assert (second.opportunity, second.aws_summary) == (None, None)
    assert present(mirror) == 2


def test_what_was_written_since_is_read_by_itself(mirror: Mirror) -> None:
    run = begin(mirror)
    keep(mirror, row("O1"), row("O2"), row("O3"), run=run, details=True)
    assert last_change_ms(mirror) == NOON_MS
    later = NOON_MS + 5
    mirror.keep_detail("O2", NOON_MS, b'{"Id":"O2"}', None, later)
    mirror.mark_vanished(run, ["O3"], later)
    assert last_change_ms(mirror) == later
    assert [one.id for one in kept_answers(mirror, later)] == ["O2", "O3"]
