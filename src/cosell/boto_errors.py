"""What botocore raises, in words for people."""

from typing import Final

from botocore import exceptions

_WORDS: Final[dict[type[Exception], str]] = {
    exceptions.EndpointConnectionError: "nobody answers at {endpoint_url}",
    exceptions.ConnectTimeoutError: "nobody answers at {endpoint_url} in time",
    exceptions.ReadTimeoutError: "{endpoint_url} does not answer in time",
    exceptions.ConnectionClosedError: "{endpoint_url} closed the connection",
    exceptions.ProxyConnectionError: "the proxy {proxy_url} does not answer",
    exceptions.SSLError: "there is no secure connection to {endpoint_url}: {error}",
    exceptions.ProfileNotFound: "your AWS configuration has no profile {profile!r}",
    exceptions.NoCredentialsError: "your AWS configuration has no credentials",
    exceptions.PartialCredentialsError: "your AWS configuration lacks {cred_var}, from {provider}",
    exceptions.InvalidRegionError: "{region_name!r} is not the name of an AWS region",
}


_INVALID_ENDPOINT: Final = "Invalid endpoint: "


def in_words(error: Exception) -> str:
    """One line about a botocore error; in botocore's own words if we have no better ones.

    The service's own message stays as it is, after its code.
    """
    if isinstance(error, exceptions.ClientError):
        answered = error.response["Error"]
        return f"{answered.get('Code', '')}: {answered.get('Message', '')}".strip(": ").rstrip(".")
    if isinstance(error, ValueError) and str(error).startswith(_INVALID_ENDPOINT):
        return f"{str(error).removeprefix(_INVALID_ENDPOINT)!r} is not the address of a service"
    words = _WORDS.get(type(error))
    if words is None:
        return " ".join(str(error).split()).rstrip(".") or type(error).__name__
    told = getattr(error, "kwargs", {})
    return words.format(**{name: str(value).rstrip("/") for name, value in told.items()})
