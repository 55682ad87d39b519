"""Typed responses and errors to bytes."""

from typing import Any

import msgspec

from cosell.errors import AccessDeniedException, ServiceError, ValidationException
from cosell.wire.double import Double
from cosell.wire.timestamps import Date, Timestamp

NAMESPACE = "com.amazonaws.partnercentralselling"


def _custom(value: Any) -> str | msgspec.Raw:
    if isinstance(value, Double):
        return msgspec.Raw(str(value).encode())
    if isinstance(value, (Timestamp, Date)):  # a union would be made anew for each value
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no form on the wire")


encode = msgspec.json.Encoder(enc_hook=_custom).encode
"""The JSON text of a structure, of values that are encoded already (msgspec.Raw), or of plain values."""


def error_body(error: ServiceError, *, empty_message: bool = False) -> bytes:
    """The body of an error.

    boto3 takes the name from `__type` alone and the message from either spelling; JavaScript prefers the header.
    """
    message = "" if empty_message else error.message
    body: dict[str, object] = {
        "__type": f"{NAMESPACE}#{error.name}",
        "Message": message,
        "message": message,
    }
    if isinstance(error, ValidationException):
        body |= {"Reason": error.reason, "ErrorList": error.error_list}
    elif isinstance(error, AccessDeniedException) and error.reason is not None:
        body["Reason"] = error.reason
    return encode(body)
