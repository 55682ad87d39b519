"""What ends the wait between two runs early: a Partner Central event in an SQS queue.

An event only says "look now". Its contents are not used, and no event is waited for: they come late, twice, in another
order or not at all, and the next run asks the service anyway. So a message is deleted when it is received, and a queue
that does not answer costs no more than a wait of the usual length.
"""

import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from cosell.boto_errors import in_words
from cosell.errors import UserError

if TYPE_CHECKING:
    from boto3.session import Session

LONGEST_POLL_S: Final = 20
"""Of one ReceiveMessage. Source: Amazon SQS, WaitTimeSeconds."""
MOST_MESSAGES: Final = 10
_MISTAKES: Final = frozenset({400, 401, 403, 404})


class Queue:
    """A queue, asked through the user's own AWS configuration."""

    def __init__(self, session: "Session", url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        options: dict[str, Any] = {"region_name": session.region_name or "us-east-1"}
        if host.endswith(".amazonaws.com"):
            options["region_name"] = host.split(".")[1]  # sqs.<region>.amazonaws.com, whatever the session's is
        else:
            options["endpoint_url"] = f"{parts.scheme}://{parts.netloc}"
        self._url = url
        try:
            self._client: Any = session.client("sqs", **options)
        except (BotoCoreError, ValueError) as error:
            raise UserError(
                f"--queue-url {url!r}: {in_words(error)}", "give the queue's URL, as SQS shows it"
            ) from None

    def wait(self, seconds: float) -> bool:
        """Return when an event comes, or after so many seconds; whether one came.

        Raises UserError if the queue does not exist or may not be read.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                if self._receive(int(min(left, LONGEST_POLL_S))):
                    while self._receive(0):  # all that came say the same
                        pass
                    return True
            except ClientError as error:
                if error.response["ResponseMetadata"].get("HTTPStatusCode") in _MISTAKES:
                    raise UserError(
                        f"--queue-url {self._url!r}: {in_words(error)}", "check --queue-url and its policy"
                    ) from None
                time.sleep(max(until - time.monotonic(), 0))
            except BotoCoreError:
                time.sleep(max(until - time.monotonic(), 0))
            if left < 1:
                time.sleep(max(until - time.monotonic(), 0))
        return False

    def _receive(self, wait_s: int) -> bool:
        answer = self._client.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=MOST_MESSAGES, WaitTimeSeconds=wait_s
        )
        messages = answer.get("Messages", [])
        if messages:
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
        return bool(messages)
