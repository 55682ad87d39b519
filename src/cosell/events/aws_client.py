"""Clients of AWS as the operator's own configuration makes them, endpoints of emulators included."""

from typing import Any, Final

from cosell.errors import UserError

REGION: Final = "us-east-1"
"""Where Partner Central lives, for operators who have configured no region."""
CONNECT_TIMEOUT_S: Final = 5
ANSWER_TIMEOUT_S: Final = 15


def client_of(service: str, region: str | None = None) -> Any:
    """A client that tries once: when to try again is decided for each event, not for each call.

    Raises UserError where the configuration is no good.
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
    except (BotoCoreError, ValueError) as error:  # a ValueError is an endpoint that is no URL
        raise UserError(f"cannot make a client of {service}: {error}", "see your AWS configuration") from None


def code_of(error: Exception) -> str:
    """The name of what went wrong, without the words of it."""
    from botocore.exceptions import ClientError

    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
