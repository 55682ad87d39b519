"""What clients have asked last."""

from time import perf_counter
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cosell import flow
from cosell.http_archive import http_archive
from cosell.kept_calls import Kept, raw_bodies, told
from cosell.serve.admin.fields import Account, Catalog
from cosell.serve.admin.recent import KEPT
from cosell.serve.admin.router import Facts, Refused, Room
from cosell.serve.log import log_answer
from cosell.wire.model import service_model

OK = 200


class RecentRequests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which calls are wanted, and how many."""

    limit: Annotated[int, Meta(ge=1, le=KEPT, description="How many, the newest first.")] = 20
    operation: Annotated[str, Meta(description="Only those of this operation.")] | None = None
    account: Account | None = None
    status: Annotated[int, Meta(description="Only those answered with this HTTP status.")] | None = None
    refused: Annotated[bool, Meta(description="Only those that were not answered with 200.")] = False
    text: (
        Annotated[str, Meta(max_length=200, description="Only those that have this text, in whatever is not masked.")]
        | None
    ) = None


class Archive(RecentRequests, frozen=True, forbid_unknown_fields=True):
    """Which calls are wanted in an archive."""

    limit: Annotated[int, Meta(ge=1, le=KEPT, description="How many, the newest first.")] = KEPT
    id: Annotated[str, Meta(description="One call, by its `id`, with all of its attempts.")] | None = None


class OneRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which call."""

    id: Annotated[str, Meta(description="The call, by the `id` that the list of calls shows.")]


def recent_requests(room: Room, question: RecentRequests) -> dict[str, Any]:
    """The last calls, answered by any worker, with everything masked that the model marks as sensitive.

    An AWS SDK that retries names its call: `attempts` are all that are kept of it, oldest first.
    """
    everything = room.recent.all()
    return {
        "requests": [told(kept) | _attempts(kept, everything) for kept in _fitting(everything, question)],
    }


def archived_requests(room: Room, question: Archive) -> dict[str, Any]:
    """The same calls as an HTTP Archive (HAR 1.2): headers and bodies, with what is sensitive or secret masked."""
    everything = room.recent.all()
    fitting = _fitting(everything, question)
    if question.id is not None:
        fitting = _of_one_call(_kept(room, question.id), everything)
    return http_archive(fitting, room.options.version)


def _fitting(everything: list[Kept], question: RecentRequests) -> list[Kept]:
    wanted = {name: getattr(question, name) for name in ("operation", "account", "status")}
    text = (question.text or "").casefold()
    fitting = [
        kept
        for kept in everything
        if all(value is None or value == getattr(kept, name) for name, value in wanted.items())
        and not (question.refused and kept.status == OK)
        and text in (text and _words(kept))
    ]
    return fitting[: question.limit]


def _words(kept: Kept) -> str:
    """Where a text is looked for, in lower case."""
    bodies = [body for body in raw_bodies(kept) if body]
    return "\n".join([msgspec.json.encode(told(kept)).decode(), *bodies]).casefold()


def _attempts(kept: Kept, everything: list[Kept]) -> dict[str, Any]:
    attempts = _of_one_call(kept, everything)
    told = [
        {"id": one.identifier, "attempt": one.attempt, "status": one.status, "error": one.error} for one in attempts
    ]
    return {"attempts": told} if len(attempts) > 1 else {}


def _of_one_call(kept: Kept, everything: list[Kept]) -> list[Kept]:
    """All attempts of a call, oldest first."""
    if not kept.invocation:
        return [kept]
    named = (kept.account, kept.invocation)
    attempts = [one for one in everything if (one.account, one.invocation) == named]
    return sorted(attempts, key=lambda one: (one.attempt, one.wall_ms))


def one_request(room: Room, question: OneRequest) -> dict[str, Any]:
    """One of these calls, with everything that was wrong with it. Sensitive values are masked."""
    return _whole(room, question.id, unmasked=False)


def unmasked_request(room: Room, question: OneRequest) -> dict[str, Any]:
    """One of these calls unmasked. It changes nothing, but a POST cannot happen by mistake."""
    return _whole(room, question.id, unmasked=True)


def replay_request(room: Room, question: OneRequest) -> dict[str, Any]:
    """Send one of these calls again, for the same account; returns the id of the new call. It meets no faults.

    With a ClientToken that is still remembered, it gets the old answer and changes nothing.
    """
    kept = _kept(room, question.id)
    if kept.operation is None or len(kept.request) != kept.request_bytes:
        raise Refused(409, "This call cannot be sent again: it names no operation, or its body was too long to keep.")
    headers = {
        b"x-amz-target": f"{service_model().metadata.target_prefix}.{kept.operation}".encode(),
        b"authorization": f"AWS4-HMAC-SHA256 Credential={kept.account or ''}/replay".encode(),
    }
    call = flow.Call("POST", "/", headers, kept.request)
    started = perf_counter()
    answer = flow.answer(room.engine.without_faults(), call)
    seconds = perf_counter() - started
    log_answer(call, answer, seconds)
    return {"id": room.recent.add(call, answer, seconds), "status": answer.status}


def scope_of(room: Room, question: OneRequest) -> Facts:
    """The account and catalog that one of these calls was about, as far as it named them."""
    kept = room.recent.kept(question.id)
    if kept is None:  # it has left its ring meanwhile
        return {}
    account = {"account": kept.account} if kept.account else {}
    try:
        return account | {"catalog": msgspec.json.decode(kept.request, type=_Named).catalog}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return account


class _Named(msgspec.Struct):
    catalog: Catalog = msgspec.field(name="Catalog")


def _kept(room: Room, identifier: str) -> Kept:
    kept = room.recent.kept(identifier)
    if kept is None:
        raise Refused(404, f"No worker has such a call any more; each keeps its last {KEPT}.")
    return kept


def _whole(room: Room, identifier: str, *, unmasked: bool) -> dict[str, Any]:
    kept = _kept(room, identifier)
    whole = told(kept, unmasked=unmasked) | _attempts(kept, room.recent.all())
    whole |= {"method": kept.method, "path": kept.path}
    for name, headers in (("request_headers", kept.request_headers), ("response_headers", kept.response_headers)):
        whole[name] = {header.decode("latin-1"): value.decode("latin-1") for header, value in headers}
    whole["raw_request"], whole["raw_response"] = raw_bodies(kept, unmasked=unmasked)
    if kept.error is not None:
        whole["message"] = kept.message
        whole["error_list"] = kept.error_list
    return whole
