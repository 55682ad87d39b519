"""What a mirror keeps is read back as it came, without what has vanished."""

import json

from cosell.sync.kept_answers import kept_answers, kept_aws_summaries
from cosell.sync.targets.mirror import Mirror
from tests.store.caller import NOON_MS
from tests.sync.targets.rows import begin, keep, row


def test_summaries_and_details_are_read_back_without_what_has_vanished(mirror: Mirror) -> None:
    run = begin(mirror)
    keep(mirror, row("O1"), row("O2"), row("O3"), run=run, details=True)
    for identifier in ("O1", "O3"):
        detail = json.dumps({"Id": identifier, "Origin": "Partner Referral 😀"}).encode()
        mirror.keep_detail(identifier, NOON_MS, detail, b'{"Origin":"AWS Referral"}', NOON_MS)
    mirror.keep_detail("O2", NOON_MS, b'{"Id":"O2"}', None, NOON_MS)
    mirror.mark_vanished(run, ["O3"], NOON_MS)
    answers = [json.loads(line) for line in kept_answers(mirror)]
    assert [answer["Id"] for answer in answers] == ["O1", "O2", "O1", "O2"]
    assert answers[2] == {"Id": "O1", "Origin": "Partner Referral 😀"}
    assert [(identifier, json.loads(text)) for identifier, text in kept_aws_summaries(mirror)] == [
        ("O1", {"Origin": "AWS Referral"})
    ]
