"""A webhook: one POST for each event, signed.

Source: the Standard Webhooks specification, for the headers, for what is signed and how, for secrets that begin with
`whsec_`, and for 410 meaning "never again".
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import urllib3

from cosell.context import Now
from cosell.errors import UserError
from cosell.events.delivery import Failure
from cosell.store.outbox import Event

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # the form of a secret, not one
SHORTEST_KEY_BYTES: Final = 24
LONGEST_KEY_BYTES: Final = 64
NEEDED: Final = f"{SECRET_PREFIX} and {SHORTEST_KEY_BYTES} to {LONGEST_KEY_BYTES} bytes, base64"
"""What a secret must be."""
CONNECT_TIMEOUT_S: Final = 5.0
ANSWER_TIMEOUT_S: Final = 15.0
GONE: Final = 410


def signing_key(secret: str, sink: str) -> bytes:
    """The key in the secret of a `sink`. Raises UserError, which does not repeat the secret."""
    if not secret:
        raise UserError(
            f"{sink!r} needs a secret: {NEEDED}",
            'set COSELL_WEBHOOK_SECRET, for example to "whsec_$(openssl rand -base64 32)"',
        )
    try:
        return key_in(secret)
    except UserError as mistake:
        raise UserError(f"{sink!r} has a secret that {mistake.message}", mistake.next_step) from None


def key_in(secret: str) -> bytes:
    """The key in a secret. Raises UserError, which says how the secret is malformed without repeating it."""
    key, wrong = b"", ""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        wrong = f"what follows {SECRET_PREFIX} is not base64"
    if not secret.startswith(SECRET_PREFIX):
        wrong = f"it does not begin with {SECRET_PREFIX}"
    elif not wrong and not SHORTEST_KEY_BYTES <= len(key) <= LONGEST_KEY_BYTES:
        wrong = f"it has {len(key)} bytes"
    if wrong:
        raise UserError(
            f"is malformed: {wrong}; it must be {NEEDED}",
            "fix it, or make another one: whsec_$(openssl rand -base64 32)",
        )
    return key


def signature(key: bytes, event_id: str, timestamp_s: int, body: bytes) -> str:
    """The value of the header `webhook-signature`."""
    signed = f"{event_id}.{timestamp_s}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


class WebhookSink:
    """Posts to `url`. Any status from 200 to 299 is a delivery; redirects are refusals and are not followed.

    `wall_clock` gives milliseconds since 1970 UTC of the real world, whatever the engine's clock says: receivers
    compare the header `webhook-timestamp` with theirs.
    """

    at_once = 8

    def __init__(self, url: str, key: bytes, wall_clock: Now) -> None:
        self._url = url
        self._key = key
        self._wall_clock = wall_clock
        self._connections = urllib3.PoolManager(
            maxsize=self.at_once,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=ANSWER_TIMEOUT_S),
            retries=False,
        )
        self._threads = ThreadPoolExecutor(self.at_once, thread_name_prefix="webhook")

    def deliver(self, events: Sequence[Event]) -> list[Failure | None]:
        """See `Sink.deliver`."""
        if len(events) == 1:
            return [self._post(events[0])]
        return list(self._threads.map(self._post, events))

    def trouble(self) -> str | None:
        """See `Sink.trouble`. Only an event shows what a receiver does."""
        return None

    def _post(self, event: Event) -> Failure | None:
        timestamp_s = self._wall_clock() // 1000
        headers = {
            "content-type": "application/json",
            "user-agent": "cosell",
            "webhook-id": event.event_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": signature(self._key, event.event_id, timestamp_s, event.body),
        }
        try:
            answer = self._connections.request(
                "POST", self._url, body=event.body, headers=headers, redirect=False, preload_content=False
            )
            status = answer.status
            answer.drain_conn()
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Failure(type(error).__name__)
        if 200 <= status < 300:
            return None
        return Failure(f"HTTP status {status}", gone=status == GONE)

    def close(self) -> None:
        """See `Sink.close`."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._connections.clear()
