"""What may go wrong with a request, on demand: which requests, how often, and what happens to them.

The terms are those of the field: a probability and an error of the service as in AWS FIS and LocalStack, a delay and a
dropped connection as in Toxiproxy and WireMock (docs/decisions/0018).
"""

import random
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from cosell import errors
from cosell.auth.open_access import ACCOUNT_PATTERN
from cosell.errors import AccessDeniedException, ServiceError, UserError, ValidationException, Violation
from cosell.nearest import closest, nearest
from cosell.time_texts import span_ms
from cosell.wire.model import service_model

LONGEST_DELAY_MS: Final = 10 * 60 * 1000
MOST: Final = 1 << 53
"""Not every JSON reader represents greater numbers alike."""


def _invalid(message: str) -> ValidationException:
    violation = Violation(field_name="Catalog", code="ACTION_NOT_PERMITTED", message=message)
    return ValidationException("BUSINESS_VALIDATION_FAILED", [violation])


MODELLED: Final[dict[str, Callable[[str], ServiceError]]] = {
    "ThrottlingException": errors.ThrottlingException,
    "InternalServerException": errors.InternalServerException,
    "AccessDeniedException": errors.AccessDeniedException,
    "ConflictException": errors.ConflictException,
    "ResourceNotFoundException": errors.ResourceNotFoundException,
    "ServiceQuotaExceededException": errors.ServiceQuotaExceededException,
    "ValidationException": _invalid,
}
"""Errors that are only returned by the operations that declare them."""
ERRORS: Final = MODELLED | {
    "ServiceUnavailableException": errors.ServiceUnavailableException,
    "ConnectionDropped": errors.ConnectionDropped,
}
"""Every error that can be requested, made from its message."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What goes wrong, how often, and with which requests. Every condition that it names must hold."""

    error: Annotated[str, Meta(description=f"What is answered: {', '.join(ERRORS)}.")] | None = None
    when: Annotated[
        Literal["before", "after"],
        Meta(description="Whether the error comes before the operation, or `after` it: done, and the answer lost."),
    ] = "before"
    delay: Annotated[str, Meta(max_length=16, description="How much later the answer comes, such as `250ms`.")] = "0s"
    operation: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z*?]{1,64}\Z",
            description="The operations, by name; `*` and `?` stand for letters, as in `Create*`.",
        ),
    ] = "*"
    account: Annotated[str, Meta(pattern=ACCOUNT_PATTERN, description="The account, twelve digits.")] | None = None
    catalog: Annotated[Literal["AWS", "Sandbox"], Meta(description="The catalog.")] | None = None
    probability: Annotated[float, Meta(gt=0, le=1, description="In which share of these requests.")] = 1.0
    times: Annotated[int, Meta(ge=1, le=MOST, description="How often at most.")] | None = None
    seed: Annotated[int, Meta(ge=0, le=MOST, description="The same seed chooses the same requests.")] = 1
    reason: Annotated[str, Meta(description="The error's Reason, one of the service model's.")] | None = None
    message: Annotated[str, Meta(max_length=200, description="The error's Message, which may be empty.")] | None = None

    @property
    def delay_ms(self) -> int:
        """Milliseconds by which the answer is later."""
        return span_ms(self.delay)

    @property
    def effect(self) -> str:
        """What happens, in short: `ThrottlingException`, `ConnectionDropped after the operation`, `delay 2s`."""
        error = f"{self.error} after the operation" if self.when == "after" else self.error
        return ", ".join(filter(None, [error, f"delay {self.delay}" if self.delay_ms else None]))


_SEE: Final = "see docs/how-to/inject-faults.md"
_TEXT: Final = "a text"
_IN_WORDS: Final = {
    "error": _TEXT,
    "when": "before or after",
    "delay": "a time span such as 250ms",
    "operation": "the name of an operation, in which * and ? may stand for letters",
    "account": "an account of twelve digits",
    "catalog": "AWS or Sandbox",
    "probability": "a number above 0 and at most 1",
    "times": "a whole number from 1",
    "seed": "a whole number from 0",
    "reason": _TEXT,
    "message": "a text of at most 200 characters",
}
"""What each member of a rule has to be."""


def operations_of(rule: Rule) -> frozenset[str]:
    """The names of the operations that a rule is about: only those that declare its error, if the model has it."""
    return frozenset(
        name
        for name, operation in service_model().operations.items()
        if fnmatchcase(name, rule.operation)
        and (rule.error not in MODELLED or rule.error in (declared.shape for declared in operation.errors))
    )


def reasons_of(error: str | None) -> tuple[str, ...]:
    """What the service model lets the Reason of an error be; empty if the error has none."""
    shapes = service_model().shapes
    members = shapes[error].members if error in MODELLED else {}
    return shapes[members["Reason"].shape].enum if "Reason" in members else ()


def error_of(rule: Rule, number: int) -> ServiceError:
    """The error that a rule, the `number`th of its server, raises for a request."""
    assert rule.error is not None
    error = ERRORS[rule.error](f"This is fault {number}, as it was asked for.")
    if rule.message is not None:
        error.message = rule.message
    if rule.reason is not None:
        assert isinstance(error, AccessDeniedException | ValidationException)
        error.reason = rule.reason
    return error


def checked(rule: Rule) -> Rule:
    """The rule itself. Raises UserError if it can never do anything, or contradicts itself."""
    try:
        delay_ms = rule.delay_ms
    except ValueError as error:
        raise UserError(f"delay: {error}", "write it like 250ms or 2s") from None
    if delay_ms > LONGEST_DELAY_MS:
        raise UserError("a delay may be 10 minutes long", "take a shorter one")
    if rule.error is None and (not delay_ms or rule.when == "after"):
        raise UserError("nothing was said that goes wrong", f"name an error ({', '.join(ERRORS)}), or a delay alone")
    if rule.error is not None and rule.error not in ERRORS:
        raise UserError(f"{rule.error} is not an error that can be asked for", nearest(rule.error, ERRORS))
    if rule.message is not None and rule.error in (None, "ConnectionDropped"):
        raise UserError("a message belongs to an error that is answered", "name one, or leave the message out")
    if rule.reason is not None and rule.reason not in reasons_of(rule.error):
        possible = reasons_of(rule.error)
        next_step = nearest(rule.reason, possible) if possible else "leave it out"
        raise UserError(f"{rule.reason} is not a Reason of {rule.error or 'a delay'}", next_step)
    if not operations_of(rule):
        what = f" that declares {rule.error}" if rule.error in MODELLED else ""
        close = closest(rule.operation, service_model().operations, cutoff=0.8)
        next_step = (
            f"did you mean {close}?" if close not in (None, rule.operation) else "see docs/reference/operations.md"
        )
        raise UserError(f"there is no operation {rule.operation}{what}", next_step)
    return rule


def rule_of(text: str) -> Rule:
    """The rule that an option names: `error=ThrottlingException,operation=Create*,times=2`. Raises UserError.

    A message comes last, and may contain commas.
    """
    told, says, message = f",{text}".partition(",message=")
    named = dict(part.partition("=")[::2] for part in told[1:].split(","))
    if says:
        named["message"] = message
    try:
        return checked(rule_with(named, strict=False))
    except UserError as mistake:
        raise UserError(f"{text!r} is not a fault: {mistake.message}", mistake.next_step) from None


def rule_with(members: Mapping[str, Any], *, strict: bool = True) -> Rule:
    """The rule with these members; unless it is `strict`, a number may be a text.

    Raises UserError that names an unknown member, or a value that it cannot have.
    """
    fields = {field.name: field.type for field in msgspec.structs.fields(Rule)}
    for name, value in members.items():
        if name not in fields:
            raise UserError(f"it has no {name}", nearest(name, fields))
        try:
            msgspec.convert(value, fields[name], strict=strict)
        except msgspec.ValidationError:
            raise UserError(f"{name} {value!r} is not {_IN_WORDS[name]}", _SEE) from None
    return msgspec.convert(members, Rule, strict=strict)


def fires(rule: Rule, number: int, meeting: int) -> bool:
    """Whether a rule, the `number`th of its server, fires at the `meeting`th request that it is about."""
    return rule.probability == 1 or random.Random(f"{rule.seed}/{number}/{meeting}").random() < rule.probability  # noqa: S311
