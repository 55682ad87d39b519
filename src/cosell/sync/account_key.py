"""Whose quota a client uses: the account behind its credentials, at the endpoint that it talks to.

Quotas belong to accounts, and programs of one account use different keys: every role session has its own. A key id
holds its account's number, so no call is needed to learn it.
"""

import base64
import binascii
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

_AWS = (".amazonaws.com", ".api.aws")


def is_aws(endpoint_url: str) -> bool:
    """Whether an endpoint is one of AWS."""
    return (urlsplit(endpoint_url).hostname or "").endswith(_AWS)


def account_key(client: "PartnerCentralSellingAPIClient") -> str:
    """`<aws or host:port>/<account>`: equal for all clients that share a quota.

    Credentials that come from a role are fetched for it. Without credentials the account is `unknown`: such a client's
    first call fails.
    """
    parts = urlsplit(client.meta.endpoint_url)
    place = "aws" if is_aws(client.meta.endpoint_url) else parts.netloc.rpartition("@")[2]
    credentials: Any = client._request_signer._credentials  # type: ignore[attr-defined]  # noqa: SLF001  # no public way
    if credentials is None:
        return f"{place}/unknown"
    frozen = credentials.get_frozen_credentials()
    said = getattr(frozen, "account_id", None)  # the first botocore that knows the service does not know this
    return f"{place}/{said or account_of(frozen.access_key)}"


def account_of(access_key: str) -> str:
    """The account that an access key id holds: 40 bits behind the first bit of its base32 part, which begins with the
    fifth character. A key id of another form stands for itself.

    Source: field reports on key ids made since 2019; older ones give a number that is wrong, but their own.
    """
    if len(access_key) != 20 or access_key[:4] not in ("AKIA", "ASIA"):
        return access_key
    try:
        decoded = base64.b32decode(access_key[4:])
    except binascii.Error:
        return access_key
    return f"{int.from_bytes(decoded[:6], 'big') >> 7 & (1 << 40) - 1:012d}"


def is_loopback(endpoint_url: str) -> bool:
    """Whether an endpoint is on this machine."""
    host = urlsplit(endpoint_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
