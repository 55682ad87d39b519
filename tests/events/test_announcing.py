"""Who hears of a happening: each account that is named, in its own words; AWS has no bus of ours."""

import json
import random

from cosell.context import Context, Scope
from cosell.operations.change.announcement import announce_to
from cosell.rules.event import member_added
from cosell.wire.timestamps import Timestamp
from tests.conftest import ACCOUNT, OTHER_ACCOUNT
from tests.events.conftest import RECEIVER, Post

ENGAGEMENT = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0a1b2c3d4e5f6g"


def test_each_member_gets_an_event_of_its_own_and_aws_none(post: Post) -> None:
    context = Context(RECEIVER, post.clock(), random.Random(1), b"")
    happening = member_added(ENGAGEMENT, "aws", "AWS")
    stamp = Timestamp.from_ms(post.clock())
    with post.engine.store.write(RECEIVER) as tx:
        announce_to([ACCOUNT, "aws", OTHER_ACCOUNT], tx, happening, "O1000001", stamp, context)
    told = [waiting.event for waiting in post.outbox.after(0, 10)]
    assert [event.receiver for event in told] == [Scope(ACCOUNT, "Sandbox"), Scope(OTHER_ACCOUNT, "Sandbox")]
    assert {event.subject for event in told} == {"O1000001"}
    bodies = [json.loads(event.body) for event in told]
    assert [body["account"] for body in bodies] == [ACCOUNT, OTHER_ACCOUNT]
    assert bodies[0]["id"] != bodies[1]["id"]
    assert bodies[0]["detail"] == bodies[1]["detail"]
