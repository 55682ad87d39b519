"""A queue of Amazon SQS.

A FIFO queue keeps the order within each subject, and drops an event that comes twice within five minutes: the subject
is the message group, the event's identifier the deduplication ID.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from cosell.events.aws_client import client_of, reason_of, trouble_with
from cosell.events.delivery import Failure
from cosell.store.outbox import Event

_REGION: Final = re.compile(r"https?://sqs\.([a-z0-9-]+)\.")


class SqsSink:
    """Sends each event as a message, whose body is the envelope."""

    at_once = 10  # SendMessageBatch takes no more

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url
        region = _REGION.match(queue_url)
        self._client = client_of("sqs", region[1] if region else None)

    def deliver(self, events: Sequence[Event]) -> list[Failure | None]:
        """See `Sink.deliver`."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.send_message_batch(
                QueueUrl=self._queue_url,
                Entries=[self._entry(number, event) for number, event in enumerate(events)],
            )
        except (ClientError, BotoCoreError) as error:
            return [Failure(reason_of(error, self._client))] * len(events)
        failed = {entry["Id"]: Failure(entry["Code"]) for entry in answer.get("Failed", [])}
        return [failed.get(str(number)) for number in range(len(events))]

    def trouble(self) -> str | None:
        """See `Sink.trouble`."""
        return trouble_with(
            lambda: self._client.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=["QueueArn"]),
            self._client,
        )

    def _entry(self, number: int, event: Event) -> dict[str, Any]:
        entry = {"Id": str(number), "MessageBody": event.body.decode()}
        if self._queue_url.endswith(".fifo"):
            entry |= {"MessageGroupId": event.subject, "MessageDeduplicationId": event.event_id}
        return entry

    def close(self) -> None:
        """See `Sink.close`."""
        self._client.close()
