"""What can go wrong, in the service's own terms.

    ServiceError                         an answer that is not a success
    ├── ValidationException              the request breaks a rule; names every broken one
    ├── ConflictException                somebody else was first
    ├── ResourceNotFoundException        no such thing, or not the caller's
    ├── ThrottlingException              too fast
    ├── AccessDeniedException            no policy allows it
    ├── ServiceQuotaExceededException    too many
    ├── InternalServerException          a defect of cosell
    └── ProtocolError                    not modelled: refused before the service is reached
        ├── MalformedHttpRequestException
        ├── UnsupportedMediaTypeException
        ├── SerializationException
        ├── UnknownOperationException
        ├── NotImplementedException
        ├── RequestEntityTooLargeException
        ├── RequestTimeoutException
        ├── ServiceUnavailableException
        └── ConnectionDropped        no answer at all

    UserError                            a mistake on the command line or in a file: one line and a next step

Source: service model 2022-07-26 for the modelled ones, whose names a test holds against the model; our choice for
the HTTP statuses (docs/fidelity.md).
"""

from typing import ClassVar, Final, Literal

import msgspec

Reason = Literal["REQUEST_VALIDATION_FAILED", "BUSINESS_VALIDATION_FAILED"]
Code = Literal[
    "REQUIRED_FIELD_MISSING",
    "INVALID_ENUM_VALUE",
    "INVALID_STRING_FORMAT",
    "INVALID_VALUE",
    "NOT_ENOUGH_VALUES",
    "TOO_MANY_VALUES",
    "INVALID_RESOURCE_STATE",
    "DUPLICATE_KEY_VALUE",
    "VALUE_OUT_OF_RANGE",
    "ACTION_NOT_PERMITTED",
]


MOST_NAMED: Final = 20
"""How many violations the message of a ValidationException names, each with its code. The ErrorList has all."""


class Violation(msgspec.Struct, frozen=True, rename="pascal"):
    """One entry of an ErrorList: which member breaks which rule. Its message never repeats a value."""

    field_name: str
    code: Code
    message: str

    @property
    def sentence(self) -> str:
        """The message with its field, which is not repeated, and without a full stop."""
        told = self.message.rstrip(".")
        return told if told.startswith(self.field_name) else f"{self.field_name}: {told}"


class ServiceError(Exception):
    """An answer that is not a success."""

    status: ClassVar[int] = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def name(self) -> str:
        """The exception's name on the wire."""
        return type(self).__name__


class ValidationException(ServiceError):
    """The request breaks one rule or more; `error_list` names every broken one, in the model's member order."""

    def __init__(self, reason: Reason, error_list: list[Violation]) -> None:
        count = len(error_list)
        named = "; ".join(f"{entry.code} {entry.sentence}" for entry in error_list[:MOST_NAMED])
        super().__init__(
            f"{count} validation error{'s' if count > 1 else ''} detected: {named}"
            + (" (and the rest of ErrorList)" if count > MOST_NAMED else "")
        )
        self.reason = reason
        self.error_list = error_list


class ConflictException(ServiceError):
    """Somebody else was first: a stale LastModifiedDate, or a ClientToken that was used for another request."""


class ResourceNotFoundException(ServiceError):
    """There is no such resource, or the caller may not know of it."""


class ThrottlingException(ServiceError):
    """The account exceeds its rate."""


class AccessDeniedException(ServiceError):
    """No policy allows the action. If there is a `Reason`, it says why in a code."""

    def __init__(self, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class ServiceQuotaExceededException(ServiceError):
    """The account already holds as many of these as it may."""


class InternalServerException(ServiceError):
    """A defect of cosell."""

    status = 500


class ProtocolError(ServiceError):
    """Refused before the service is reached. Not in the model; the names are those of AWS's front ends."""


class MalformedHttpRequestException(ProtocolError):
    """The head of the request is not valid HTTP."""


class UnsupportedMediaTypeException(ProtocolError):
    """The operation is named by the path, but the body is not declared as JSON."""

    status = 415


class SerializationException(ProtocolError):
    """The body does not follow the protocol: it is not JSON, or has a value of the wrong JSON type."""


class UnknownOperationException(ProtocolError):
    """The request names no operation of the service."""

    status = 404


class NotImplementedException(ProtocolError):
    """The operation exists in the service, but not yet in cosell."""

    status = 501


class RequestEntityTooLargeException(ProtocolError):
    """The body is longer than the service accepts."""

    status = 413


class RequestTimeoutException(ProtocolError):
    """The body did not arrive in time."""

    status = 408


class ServiceUnavailableException(ProtocolError):
    """The server is stopping, or its database does not answer. Every SDK retries."""

    status = 503


class ConnectionDropped(ProtocolError):
    """The connection ends without an answer, because a fault asks for it. Never on the wire."""

    status = 0


class UserError(Exception):
    """A mistake by the person at the terminal. `message` is one line; `next_step` says what to do about it."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        """Both, for Python users."""
        return f"{self.message}; {self.next_step}" if self.next_step else self.message
