"""A request's way through cosell: each step that it passes, in order, and how errors are handled.

Both entrances, the server and `cosell.connect`, call `answer`; nothing bypasses it. The order is that of AWS's front
ends as far as it can be seen from outside: what a request *is* comes before what it *may do*, and that before what it
*finds* (docs/explanation/architecture.md).
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from cosell.auth.open_access import account_of
from cosell.context import Context, Scope
from cosell.engine import Engine
from cosell.errors import (
    ConflictException,
    InternalServerException,
    NotImplementedException,
    RequestEntityTooLargeException,
    ServiceError,
    ServiceUnavailableException,
    ValidationException,
)
from cosell.faults import Fault
from cosell.operations import BEYOND_THE_MODEL, OPERATIONS, REPEATS
from cosell.rules.identifiers import uuid_of
from cosell.rules.search.violations import in_tree_order
from cosell.rules.tag import catalog_in
from cosell.store.interface import Coming, GroupSpoilt, Remembered, StoreBusy, StoreUnavailable, WriteTransaction
from cosell.store.patience import new_deadline, waiting_until
from cosell.wire import decode, protocol
from cosell.wire import encode as encoding
from cosell.wire.model import Operation
from cosell.wire.older import answer_under, request_under

Step: TypeAlias = Callable[[Engine, "Call"], None]
Trouble: TypeAlias = tuple[ServiceError, Exception | None]
"""What the caller is told, and what really happened if that differs."""

CLIENT_TOKEN_LIFETIME_MS: Final = 24 * 60 * 60 * 1000
"""How long the answer to a ClientToken is remembered. Our choice: AWS says nothing."""


class Call:
    """One request on its way. The entrance provides the input; each step adds what it finds out."""

    __slots__ = (
        "account",
        "answer",
        "body",
        "context",
        "deadline",
        "fault",
        "headers",
        "method",
        "operation",
        "path",
        "request",
        "response",
    )

    operation: Operation
    account: str
    request: Any
    context: Context
    response: Any
    answer: bytes
    fault: Fault | None
    """What goes wrong with it. The entrance waits for the delay, and drops the connection if that is the error."""
    deadline: float
    """How long it may wait for other writers. The entrance sets it again when a body has arrived that it waited for."""

    def __init__(self, method: str, path: str, headers: dict[bytes, bytes], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers  # names in lower case
        self.body = body
        self.fault = None
        self.deadline = new_deadline()


class Answer(msgspec.Struct, frozen=True):
    """What is sent back. `error` is what the caller is told; `defect` what really happened, for the log."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    error: ServiceError | None = None
    defect: Exception | None = None


def route(engine: Engine, call: Call) -> None:
    """Which operation is called. Raises UnknownOperationException, or NotImplementedException."""
    if len(call.body) > protocol.LONGEST_BODY:
        raise RequestEntityTooLargeException(f"A body may have {protocol.LONGEST_BODY} bytes.")
    call.operation = protocol.operation_of(call.method, call.path, call.headers, engine.older)
    if call.operation.name not in OPERATIONS:
        raise NotImplementedException(
            f"{call.operation.name} is an operation of the service that this version of cosell does not implement. "
            f"It implements {', '.join(sorted(OPERATIONS))}."
        )


def authenticate(_: Engine, call: Call) -> None:
    """Which account is calling."""
    call.account = account_of(call.headers)


def parse(_: Engine, call: Call) -> None:
    """The typed request if it is valid, else None. Raises SerializationException if it is not JSON at all."""
    body = call.body or b"{}"
    decode.check_depth(body)
    call.request = decode.quick_request(call.operation, body)
    if call.request is None:
        decode.plain_json(body)


def fault(engine: Engine, call: Call) -> None:
    """Which fault the request meets. Raises an error that comes before everything else."""
    if not engine.faults.are_there:
        return
    catalog = None if call.request is None else _catalog_of(call.request)
    call.fault = engine.faults.meet(call.operation.name, call.account, catalog)
    if call.fault is not None and call.fault.error is not None and not call.fault.is_after:
        raise call.fault.error


def validate(engine: Engine, call: Call) -> None:
    """Everything that is wrong with the request. Raises SerializationException or ValidationException."""
    body = call.body or b"{}"
    if engine.older is not None:
        call.request, body = None, request_under(engine.older, call.operation, body)
    beyond = BEYOND_THE_MODEL.get(call.operation.name)
    violations = [] if beyond is None else beyond(decode.plain_json(body))
    try:
        if call.request is None:
            call.request = decode.full_request(call.operation, body)
    except ValidationException as error:
        if not violations:
            raise
        violations += error.error_list
    if violations:
        raise ValidationException("REQUEST_VALIDATION_FAILED", in_tree_order(violations))


def operate(engine: Engine, call: Call) -> None:
    """Carry out the request, in one transaction, or repeat the answer that was given to the same ClientToken."""
    scope = _scope_of(call)
    call.context = engine.context(scope, engine.clock())
    perform = OPERATIONS[call.operation.name]
    if call.operation.readonly:
        with engine.store.read(scope) as tx:
            call.response = perform(tx, call.request, call.context)
        return
    with waiting_until(call.deadline), engine.store.write(scope) as tx:
        call.response = replay(tx, call)
        if call.response is None:
            call.response = perform(tx, call.request, call.context)
            remember(tx, call)


def encode(engine: Engine, call: Call) -> None:
    """The body of the answer: none if the operation has no output."""
    call.answer = b"" if call.operation.output is None else encoding.encode(call.response)
    if engine.older is not None:
        call.answer = answer_under(engine.older, call.operation, call.answer)


def lose(_: Engine, call: Call) -> None:
    """The answer, unless a fault loses it. Raises the error that the caller gets instead."""
    if call.fault is not None and call.fault.error is not None:
        raise call.fault.error


STEPS: Final[tuple[Step, ...]] = (
    route,
    authenticate,
    parse,
    fault,
    validate,
    operate,
    encode,
    lose,
)
_BEFORE_THE_STORE: Final = STEPS[: STEPS.index(operate)]
_FROM_THE_STORE_ON: Final = STEPS[STEPS.index(operate) :]


def answer(engine: Engine, call: Call) -> Answer:
    """Take a request through every step. Whatever happens becomes an answer of the service."""
    return _answer(engine, call, _taken_through(STEPS, engine, call))


def answer_group(engine: Engine, calls: Sequence[Call]) -> list[Answer]:
    """Answer calls one after the other, oldest first, and make all of their changes durable in one group commit.

    A call that is refused changes nothing, as if it were alone. If the common commit fails, nobody's change is stored,
    and every call is told so.
    """
    before = [(call, _taken_through(_BEFORE_THE_STORE, engine, call)) for call in calls]
    late: list[Answer] = []
    while len(before) > 1:
        oldest, trouble = before[0]
        try:
            with waiting_until(oldest.deadline), engine.store.group_commit(_coming(before)):
                return [*late, *_answers(engine, before)]
        except GroupSpoilt:
            break
        except StoreBusy as defect:  # the younger ones wait on, until their own deadlines
            late.append(_answer(engine, oldest, trouble or _failure(defect)))
            del before[0]
        except Exception as defect:  # noqa: BLE001  # the common end failed: nobody is left waiting
            return [*late, *(_answer(engine, call, trouble or _failure(defect)) for call, trouble in before)]
    return [*late, *_answers(engine, before)]


def _coming(before: Sequence[tuple[Call, Trouble | None]]) -> list[Coming]:
    """What the calls will do that have come as far as the store."""
    return [
        Coming(_scope_of(call), call.operation.name, getattr(call.request, "client_token", None))
        for call, trouble in before
        if trouble is None
    ]


def _answers(engine: Engine, before: Sequence[tuple[Call, Trouble | None]]) -> list[Answer]:
    """The answers to calls that have got as far as the store, or have failed before."""
    return [
        _answer(engine, call, trouble or _taken_through(_FROM_THE_STORE_ON, engine, call)) for call, trouble in before
    ]


def overdue(engine: Engine, call: Call, defect: StoreBusy) -> Answer:
    """The answer to a call whose deadline has passed while it waited for other writers. It has changed nothing."""
    return _answer(engine, call, _failure(defect))


def _taken_through(steps: Sequence[Step], engine: Engine, call: Call) -> Trouble | None:
    """What stops a request on its way through some steps; None if nothing does."""
    try:
        for step in steps:
            step(engine, call)
    except ServiceError as error:
        return error, None
    except Exception as defect:  # noqa: BLE001  # the caller gets a precise answer, the log the defect
        return _failure(defect)
    return None


def _failure(defect: Exception) -> Trouble:
    if isinstance(defect, StoreUnavailable):
        return ServiceUnavailableException(f"The database does not answer: {defect}. Try again."), defect
    return InternalServerException("cosell failed; its log says how."), defect


def _answer(engine: Engine, call: Call, trouble: Trouble | None) -> Answer:
    return refusal(engine, call, *trouble) if trouble else Answer(200, _headers(engine, call), call.answer)


def refusal(engine: Engine, call: Call, error: ServiceError, defect: Exception | None = None) -> Answer:
    """The answer that tells the caller of an error."""
    headers = [*_headers(engine, call), (b"x-amzn-errortype", error.name.encode())]
    empty_message = engine.readings.empty_messages and isinstance(error, ValidationException)
    return Answer(error.status, headers, encoding.error_body(error, empty_message=empty_message), error, defect)


def replay(tx: WriteTransaction, call: Call) -> Any:
    """The first answer to the request's ClientToken, or what has become of it; None if it has none, or is new.

    Raises ConflictException if the token came with another request before.
    """
    token = getattr(call.request, "client_token", None)
    first = token and tx.remembered(call.operation.name, token, call.context.now_ms)
    if not first:
        return None
    if first.request_digest != _digest(call.request):
        raise ConflictException("Conflicting client token submitted for a new request body.")
    again = REPEATS.get(call.operation.name)
    return msgspec.Raw(first.answer) if again is None else again(tx, first.answer, call.context)


def remember(tx: WriteTransaction, call: Call) -> None:
    """Keep the answer for the next request with this ClientToken. Only successes are remembered."""
    token = getattr(call.request, "client_token", None)
    if token is not None:
        first = Remembered(_digest(call.request), encoding.encode(call.response))
        now_ms = call.context.now_ms
        tx.remember(call.operation.name, token, first, now_ms, now_ms + CLIENT_TOKEN_LIFETIME_MS)


def _scope_of(call: Call) -> Scope:
    """The data set that a call is about."""
    return Scope(call.account, _catalog_of(call.request))


def _catalog_of(request: Any) -> str:
    """The catalog that a request is about: every request names it, but those about tags do so in an ARN."""
    catalog: str | None = getattr(request, "catalog", None)
    return catalog or catalog_in(request.resource_arn)


def _digest(request: Any) -> bytes:
    """Equal for requests that mean the same: without the token, and with empty lists and structures left out."""
    meaning = encoding.encode(msgspec.structs.replace(request, client_token=""))
    if b"{}" in meaning or b"[]" in meaning:  # most requests have none
        meaning = encoding.encode(_without_empty(msgspec.json.decode(meaning)))
    return hashlib.blake2b(meaning, digest_size=16).digest()


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        members = {name: _without_empty(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in ({}, [])}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def _headers(engine: Engine, call: Call) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", protocol.answer_content_type(call.headers)),
        (b"x-amzn-requestid", uuid_of(engine.chance.getrandbits(128)).encode()),
    ]
