"""What the outbox holds for a caller."""

import json
from typing import Any

from tests.store.caller import Caller

MOST = 1000


def events(caller: Caller) -> list[dict[str, Any]]:
    """The envelopes of the caller's events, in their order."""
    waiting = caller.engine.store.outbox.after(0, MOST)
    return [json.loads(entry.event.body) for entry in waiting if entry.event.receiver == caller.scope]


def told(caller: Caller) -> list[str]:
    """The detail types of the caller's events, in their order."""
    return [str(event["detail-type"]) for event in events(caller)]
