"""Tests made from the calls that clients have recently sent."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cosell.auth.open_access import DEFAULT_ACCOUNT
from cosell.errors import UserError
from cosell.kept_calls import Kept
from cosell.saved_test.calls import AnsweredCall, Fault, Surroundings
from cosell.saved_test.making import saved_test
from cosell.serve.admin.fields import Account
from cosell.serve.admin.recent import KEPT
from cosell.serve.admin.router import Facts, Refused, Room

_AFTER = " after the operation"


class SavedTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which calls are to become a test."""

    id: (
        Annotated[str, Meta(description="One call, by the `id` that the list of calls shows. It stands alone.")] | None
    ) = None
    last: (
        Annotated[int, Meta(ge=1, le=KEPT, description="How many of those that fit at most, the last ones.")] | None
    ) = None
    account: Account | None = None
    client_token: Annotated[str, Meta(description="Only those whose request has this ClientToken.")] | None = None
    reveal: Annotated[
        bool, Meta(description="Save what is sensitive as it was, instead of placeholders that pass the same checks.")
    ] = False


DEFAULT_LAST = 10


def save_test(room: Room, question: SavedTest) -> dict[str, Any]:
    """Create a pytest test that sends some of these calls again, and expects the same answers. It is not stored.

    The calls must be of one account. What they found is read from the history of the opportunities that they name.
    """
    everything = room.recent.all()[::-1]
    chosen = _chosen(everything, question)
    account = next((kept.account for kept in chosen if kept.account), DEFAULT_ACCOUNT)
    earlier = everything[: everything.index(chosen[0])]
    options = room.options
    text = saved_test(
        room.engine.store,
        Surroundings(account, options.readings, options.model, options.script),
        [_answered(kept) for kept in earlier if kept.account == account and kept.operation],
        [_answered(kept) for kept in chosen],
        reveal=question.reveal,
    )
    return {"account": account, "calls": [kept.identifier for kept in chosen], "test": text}


def account_of(room: Room, question: SavedTest) -> Facts:
    """The account whose calls were saved, for the log."""
    account = question.account or next(
        (kept.account for kept in room.recent.all() if kept.identifier == question.id), None
    )
    return {"account": account} if account else {}


def _chosen(everything: list[Kept], question: SavedTest) -> list[Kept]:
    """The calls, the oldest first. Raises Refused if there are none, or several accounts'."""
    if question.id is not None:
        if (question.last, question.account, question.client_token) != (None, None, None):
            raise UserError("an id names one call", "leave out last, account and client_token")
        chosen = [kept for kept in everything if kept.identifier == question.id]
        if chosen and not chosen[0].operation:
            raise Refused(409, "This call names no operation, so no client sends it.")
    else:
        fitting = [kept for kept in everything if kept.operation and _fits(kept, question)]
        chosen = fitting[-(question.last or DEFAULT_LAST) :]
    if not chosen:
        raise Refused(404, f"No worker has such a call any more; each keeps its last {KEPT}.")
    accounts = sorted({kept.account for kept in chosen if kept.account})
    if len(accounts) > 1:
        raise UserError(
            f"these calls are those of {', '.join(accounts)}, and a test has one account", "choose one of them"
        )
    return chosen


def _fits(kept: Kept, question: SavedTest) -> bool:
    if question.account not in (None, kept.account):
        return False
    if question.client_token is None:
        return True
    try:
        return msgspec.json.decode(kept.request, type=_Named).token == question.client_token
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


class _Named(msgspec.Struct):
    token: str = msgspec.field(name="ClientToken")


def _answered(kept: Kept) -> AnsweredCall:
    assert kept.operation is not None
    return AnsweredCall(
        operation=kept.operation,
        request=_value(kept.request or b"{}") if len(kept.request) == kept.request_bytes else None,
        request_bytes=kept.request_bytes,
        answer=_value(kept.response) if kept.response else None,
        error=kept.error,
        at_ms=kept.at_ms,
        fault=_fault(kept),
    )


def _value(body: bytes) -> Any:
    """The JSON value of a body; the body itself where it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body


def _fault(kept: Kept) -> Fault | None:
    """The error that a call met because of a fault."""
    for name in kept.faults:
        effect = name.partition(": ")[2].partition(",")[0]
        if effect.removesuffix(_AFTER) == kept.error:
            return Fault(kept.error, effect.endswith(_AFTER))
    return None
