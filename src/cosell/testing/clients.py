"""Real boto3 clients, created quickly: each is new, and all come from one cached session.

A boto3 session takes its time to read its own data; a client from one that has read them is created at once. A client
is never reused for another engine: its state (retries, waits, handlers that a test has registered) would leak from one
test to the next (docs/decisions/0036).
"""

import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cosell.rules.identifiers import REGION
from cosell.wire.model import SERVICE

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

_MAKING: Final = threading.Lock()
"""A session makes one client at a time."""


def new_client(
    account: str, session: "Session | None" = None, **boto3_options: Any
) -> "PartnerCentralSellingAPIClient":
    """A boto3 client with an account as its access key, unless the options say otherwise.

    It is created in `session`; without one, in the cached session.
    """
    options = {
        "region_name": REGION,
        "aws_access_key_id": account,
        "aws_secret_access_key": "cosell",
        "aws_session_token": None,
    } | boto3_options
    with _MAKING:
        session = session or _session(_variables())
        client: PartnerCentralSellingAPIClient = session.client(SERVICE, **options)  # type: ignore[call-overload]
    return client


def bound(client: "PartnerCentralSellingAPIClient", answerer: Any) -> "PartnerCentralSellingAPIClient":
    """The client itself, whose requests the answerer takes just before they would be sent."""
    client.meta.events.register_first(f"before-send.{SERVICE}", answerer)
    return client


def _variables() -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in os.environ.items() if name.startswith(("AWS_", "BOTO_")))


@lru_cache(maxsize=4)
def _session(_: frozenset[tuple[str, str]]) -> "Session":
    """A session for the variables from which a session takes its configuration: it reads them only once."""
    import boto3.session  # slow to load, and a server does without it

    return boto3.session.Session()
