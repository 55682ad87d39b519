"""A bus of Amazon EventBridge.

Only AWS may put events whose source begins with `aws.` on a bus [API reference of PutEvents], so ours have another one
unless the operator names it, as emulators allow. PutEvents also gives each event a new identifier, and the bus's own
account: of an event's envelope, the detail type, the detail, the time and the resources arrive.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from cosell.events.aws_client import client_of, reason_of, trouble_with
from cosell.events.delivery import Failure
from cosell.store.outbox import Event

DEFAULT_SOURCE: Final = "cosell.partnercentral-selling"


class EventBridgeSink:
    """Puts events on a bus, which is named by its name or its ARN."""

    at_once = 10  # PutEvents takes no more

    def __init__(self, bus: str, source: str) -> None:
        self._bus = bus
        self._source = source
        arn = bus.split(":")
        self._client = client_of("events", arn[3] if len(arn) > 5 else None)

    def deliver(self, events: Sequence[Event]) -> list[Failure | None]:
        """See `Sink.deliver`."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.put_events(Entries=[self._entry(event) for event in events])
        except (ClientError, BotoCoreError) as error:
            return [Failure(reason_of(error, self._client))] * len(events)
        return [Failure(entry["ErrorCode"]) if entry.get("ErrorCode") else None for entry in answer["Entries"]]

    def trouble(self) -> str | None:
        """See `Sink.trouble`."""
        return trouble_with(lambda: self._client.describe_event_bus(Name=self._bus), self._client)

    def _entry(self, event: Event) -> dict[str, Any]:
        envelope = msgspec.json.decode(event.body)
        return {
            "EventBusName": self._bus,
            "Source": self._source,
            "DetailType": event.detail_type,
            "Time": envelope["time"],
            "Resources": envelope["resources"],
            "Detail": msgspec.json.encode(envelope["detail"]).decode(),
        }

    def close(self) -> None:
        """See `Sink.close`."""
        self._client.close()
