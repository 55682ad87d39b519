"""`cosell.connect`: a real boto3 client whose calls are answered in this process.

botocore does everything that it always does, up to the moment when it would open a connection: then its event
`before-send` hands the prepared request to the flow and takes the answer from there. A request never leaves the
process: if the flow fails, the call fails.

Nobody works here while nobody calls. So a call of a client first lets AWS's side do what is due by the engine's clock,
each thing at its own moment, and finds everything as a server would have it by then.
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import msgspec

from cosell import flow
from cosell.auth.open_access import DEFAULT_ACCOUNT
from cosell.aws_side.by_hand import AwsSide
from cosell.aws_side.script_file import checked_script, review_document
from cosell.aws_side.work import work
from cosell.context import Now, Scope
from cosell.engine import Engine
from cosell.errors import ConnectionDropped, UserError
from cosell.faults import Faults
from cosell.rules.aws_side.review_script import Script
from cosell.rules.identifiers import REGION
from cosell.settings import Settings, readings_of
from cosell.wire.model import SERVICE

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

Sleep = Callable[[float], None]

_EVENT = f"before-send.{SERVICE}"
SETTINGS: Final = frozenset(
    {
        "action_required_stays",
        "any_review_status",
        "any_value",
        "appearance_delay",
        "closed_lost_reopens",
        "drafts",
        "empty_messages",
        "escaped_texts",
        "model",
        "no_sandbox_solution",
        "review_action_required",
        "review_rejected",
        "review_seed",
        "review_start",
        "review_verdict",
        "sandbox_quirks",
        "task_delay",
        "without_search",
    }
)
"""The settings of `cosell serve` that `connect` takes as well. None of them is an option of boto3's."""

ReviewSetting = str | os.PathLike[str] | Mapping[str, Any]
"""Who plays AWS's side: `manual`, `auto`, the path of a script, or a script as plain values."""


def connect(
    url: str = ":memory:",
    *,
    account: str = DEFAULT_ACCOUNT,
    clock: Now | None = None,
    review: ReviewSetting = "manual",
    faults: Faults | None = None,
    sleep: Sleep = time.sleep,
    **options: Any,
) -> "PartnerCentralSellingAPIClient":
    """A boto3 client bound to the database at `url`, in this process.

    `account` is the twelve-digit account that the client acts for; `clock` tells the time, by default as the database
    has it; `review` says who plays AWS's side; `faults` go wrong, and `sleep` waits for their delays, in seconds.
    `options` are settings of `cosell serve` by their names (`SETTINGS`); the others go to `boto3.client`. Raises
    UserError where the database cannot be opened, or a setting is not possible.
    """
    settings = _settings({name: options.pop(name) for name in SETTINGS & options.keys()})
    script = _script(review, settings)
    engine = Engine.open(url, clock=clock, readings=readings_of(settings), faults=faults, model=settings.model)

    def catch_up() -> None:
        _catch_up(engine, script)

    client = client_of(engine, account=account, before_call=catch_up, sleep=sleep, **options)
    _SIDES[client] = lambda catalog: AwsSide(engine, Scope(account, catalog), catch_up)
    return client


def play_aws(client: "PartnerCentralSellingAPIClient", *, catalog: str = "Sandbox") -> AwsSide:
    """AWS's side of what the account of a client of `connect` has in a catalog, to be played by hand.

    Raises UserError for another client.
    """
    if client not in _SIDES:
        raise UserError("only AWS itself plays AWS's side for this client", "make one with cosell.connect()")
    return _SIDES[client](catalog)


def client_of(
    engine: Engine,
    *,
    account: str = DEFAULT_ACCOUNT,
    before_call: Callable[[], None] = lambda: None,
    sleep: Sleep = time.sleep,
    session: "Session | None" = None,
    **boto3_options: Any,
) -> "PartnerCentralSellingAPIClient":
    """A boto3 client bound to an engine that is open already. Many clients may share one.

    `before_call` is called before each call is answered; `session` is a boto3 session to make the client in.
    """
    import boto3  # slow to load, and a server does without it

    options = {
        "region_name": REGION,
        "aws_access_key_id": account,
        "aws_secret_access_key": "cosell",
        "aws_session_token": None,
    } | boto3_options
    session = session or boto3.session.Session()
    client: PartnerCentralSellingAPIClient = session.client(SERVICE, **options)  # type: ignore[call-overload]
    answerer: Any = _Answerer(engine, before_call, sleep)  # it answers by returning
    client.meta.events.register_first(_EVENT, answerer)
    return client


_SIDES: Final[WeakKeyDictionary[Any, Callable[[str], AwsSide]]] = WeakKeyDictionary()
"""Clients of `connect`, each with what gives AWS's side of its account in a catalog."""


def _catch_up(engine: Engine, script: Script | None) -> None:
    """Let AWS's side do what is due. Raises the first of what failed, once everything is done."""
    defects: list[Exception] = []
    work(engine, script, engine.clock(), lambda _, defect: defects.append(defect))
    if defects:
        raise defects[0]


def _script(review: ReviewSetting, settings: Settings) -> Script | None:
    if isinstance(review, Mapping):
        return checked_script(msgspec.to_builtins(review), "review")
    document = review_document(msgspec.structs.replace(settings, review=os.fspath(review)))
    return None if document is None else checked_script(document, "review")


def _settings(given: dict[str, Any]) -> Settings:
    try:
        return msgspec.convert(given, Settings)
    except msgspec.ValidationError as error:
        raise UserError(str(error), "see docs/reference/settings.md") from None


class _Answerer:
    def __init__(self, engine: Engine, before_call: Callable[[], None], sleep: Sleep) -> None:
        self._engine = engine
        self._before_call = before_call
        self._sleep = sleep

    def __call__(self, request: "AWSPreparedRequest", **_: Any) -> "AWSResponse":
        from botocore.awsrequest import AWSResponse
        from botocore.exceptions import ConnectionClosedError

        body = request.body or b""
        assert isinstance(body, str | bytes), "JSON requests are never streamed"
        call = flow.Call(
            request.method or "POST",
            urlsplit(request.url or "/").path,
            {name.lower().encode(): _bytes(value) for name, value in request.headers.items()},
            _bytes(body),
        )
        self._before_call()
        answer = flow.answer(self._engine, call)
        if answer.defect is not None:
            raise answer.defect
        if call.fault is not None and call.fault.delay_ms:
            self._sleep(call.fault.delay_ms / 1000)
        if isinstance(answer.error, ConnectionDropped):
            raise ConnectionClosedError(endpoint_url=request.url)
        headers = {name.decode(): value.decode() for name, value in answer.headers}
        return AWSResponse(request.url, answer.status, headers, _Body(answer.body))  # type: ignore[arg-type]


class _Body:
    """The answer's bytes behind the two doors that botocore knocks at."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self) -> bytes:
        body, self._body = self._body, b""
        return body

    def stream(self) -> "list[bytes]":
        return [self.read()]


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)
