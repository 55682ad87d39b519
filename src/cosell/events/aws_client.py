"""Clients of AWS as the operator's own configuration makes them, endpoints of emulators included."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from cosell.errors import UserError

REGION: Final = "us-east-1"
"""Where Partner Central lives, for operators who have configured no region."""
CONNECT_TIMEOUT_S: Final = 5
ANSWER_TIMEOUT_S: Final = 15


def client_of(service: str, region: str | None = None) -> Any:
    """A client that tries once: retries are decided for each event, not for each call.

    Raises UserError if the configuration is no good.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    options = Config(
        connect_timeout=CONNECT_TIMEOUT_S, read_timeout=ANSWER_TIMEOUT_S, retries={"total_max_attempts": 1}
    )
    try:
        session: Any = boto3.session.Session()
        return session.client(service, region_name=region or session.region_name or REGION, config=options)
    except (BotoCoreError, ValueError) as error:  # a ValueError is an endpoint that is not a URL
        from cosell.boto_errors import in_words

        raise UserError(f"cannot be used: {in_words(error)}", "check your AWS configuration") from None


def reason_of(error: Exception, client: Any) -> str:
    """The name of what went wrong, without its message, and the address that was tried."""
    from botocore.exceptions import ClientError

    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    address = urlsplit(getattr(error, "kwargs", {}).get("endpoint_url") or client.meta.endpoint_url)
    return f"{code} at {address.scheme}://{address.netloc.rpartition('@')[2]}"


def trouble_with(ask: Callable[[], object], client: Any) -> str | None:
    """The result of a query about a resource: see `Sink.trouble`. A sender need not be allowed to ask."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        ask()
    except (ClientError, BotoCoreError) as error:
        reason = reason_of(error, client)
        return None if reason.startswith("AccessDenied") else reason
    return None
