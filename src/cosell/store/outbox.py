"""What the store keeps of events."""

import msgspec

from cosell.context import Scope


class Event(msgspec.Struct, frozen=True):
    """An event for one receiver. `body` is its envelope, encoded; events of one `subject` keep their order."""

    event_id: str
    receiver: Scope
    detail_type: str
    subject: str
    time_ms: int
    body: bytes
