"""AWS JSON 1.0, and the path form beside it: which operation is called, and in which content type to answer.

Source: service model (target prefix); recorded answers (path form, content types). Our choice: the target header wins
over the path, an unknown operation answers 404, and the path form takes only declared JSON, which a page from another
site cannot send as it can a form (docs/fidelity.md).
"""

from typing import Final

from cosell.errors import SerializationException, UnknownOperationException, UnsupportedMediaTypeException
from cosell.wire.model import Operation, ServiceModel, service_model

AMZ_JSON: Final = b"application/x-amz-json-1.0"
PLAIN_JSON: Final = b"application/json"
LONGEST_BODY: Final = 1024 * 1024
"""Bytes; the longest legal opportunity is below a tenth of it. Our choice."""

_CONTENT_TYPES: Final = {content_type: content_type for content_type in (AMZ_JSON, PLAIN_JSON)}


def operation_of(method: str, path: str, headers: dict[bytes, bytes], older: ServiceModel | None = None) -> Operation:
    """The operation that a request names, of the newest model or of an older one. `headers` have lower-case names.

    Raises UnknownOperationException if it names none, UnsupportedMediaTypeException if its path does so and its body is
    not declared as JSON, SerializationException for a compressed body.
    """
    if method != "POST":
        raise UnknownOperationException(f"The service is called with POST, not with {method}.")
    prefix = service_model().metadata.target_prefix
    by_path = b"x-amz-target" not in headers
    name = operation_name(path, headers)
    if name is None:
        raise UnknownOperationException(f"The target of this service begins with {prefix}.")
    if by_path and not name:
        raise UnknownOperationException(f"Name the operation: X-Amz-Target: {prefix}.ListOpportunities.")
    operation = (older or service_model()).operations.get(name)
    if operation is None:
        raise UnknownOperationException("The service has no such operation.")
    if by_path and _media_type(headers) not in _CONTENT_TYPES:
        raise UnsupportedMediaTypeException(
            f"Send JSON, with the header Content-Type: {PLAIN_JSON.decode()}, or name the operation in X-Amz-Target."
        )
    if b"content-encoding" in headers:
        raise SerializationException("The body must not be compressed.")
    return operation


def operation_name(path: str, headers: dict[bytes, bytes]) -> str | None:
    """What a request calls an operation of this service, whether there is one or not; None if its target is none."""
    target = headers.get(b"x-amz-target")
    if target is None:
        return path.strip("/").rpartition("/")[2]
    service, _, name = target.decode("latin-1").partition(".")
    return name if service == service_model().metadata.target_prefix else None


def answer_content_type(headers: dict[bytes, bytes]) -> bytes:
    """The content type of the request if it is one of the protocol's, else the one of its form."""
    asked = _media_type(headers)
    form = AMZ_JSON if b"x-amz-target" in headers else PLAIN_JSON
    return _CONTENT_TYPES.get(asked, form)


def _media_type(headers: dict[bytes, bytes]) -> bytes:
    """The content type of the request, without its parameters."""
    said = headers.get(b"content-type", b"")
    return said if said in _CONTENT_TYPES else said.partition(b";")[0].strip().lower()
