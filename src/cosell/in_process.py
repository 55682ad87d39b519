"""`cosell.connect`: a real boto3 client whose calls are answered in this process.

botocore does everything that it always does, up to the moment when it would open a connection: then its event
`before-send` hands the prepared request to the flow and takes the answer from there. A request never leaves the
process: if the flow fails, the call fails.
"""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from cosell import flow
from cosell.auth.open_access import DEFAULT_ACCOUNT
from cosell.context import Now
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.rules.identifiers import REGION
from cosell.settings import Settings, readings_of
from cosell.wire.model import SERVICE

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

_EVENT = f"before-send.{SERVICE}"
SETTINGS: Final = frozenset(
    {"action_required_stays", "any_review_status", "any_value", "closed_lost_reopens", "task_delay"}
)
"""The settings of `cosell serve` that `connect` takes as well. None of them is an option of boto3's."""


def connect(
    url: str = ":memory:", *, account: str = DEFAULT_ACCOUNT, clock: Now | None = None, **options: Any
) -> "PartnerCentralSellingAPIClient":
    """A boto3 client bound to the database at `url`, in this process.

    `account` is the twelve-digit account that the client acts for; `clock` tells the time, by default as the database
    has it. `options` are settings of `cosell serve` by their names (`SETTINGS`), and for the rest go to `boto3.client`.
    Raises UserError where the database cannot be opened, or a setting is not possible.
    """
    settings = _settings({name: options.pop(name) for name in SETTINGS & options.keys()})
    engine = Engine.open(url, clock=clock, readings=readings_of(settings))
    return client_of(engine, account=account, **options)


def client_of(
    engine: Engine, *, account: str = DEFAULT_ACCOUNT, **boto3_options: Any
) -> "PartnerCentralSellingAPIClient":
    """A boto3 client bound to an engine that is open already. Many clients may share one."""
    import boto3  # slow to load, and a server does without it

    options = {
        "region_name": REGION,
        "aws_access_key_id": account,
        "aws_secret_access_key": "cosell",
        "aws_session_token": None,
    } | boto3_options
    client: PartnerCentralSellingAPIClient = boto3.session.Session().client(SERVICE, **options)  # type: ignore[call-overload]
    client.meta.events.register_first(_EVENT, _Answerer(engine))  # type: ignore[arg-type]  # it answers by returning
    return client


def _settings(given: dict[str, Any]) -> Settings:
    try:
        return msgspec.convert(given, Settings)
    except msgspec.ValidationError as error:
        raise UserError(str(error), "see docs/reference/settings.md") from None


class _Answerer:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self, request: "AWSPreparedRequest", **_: Any) -> "AWSResponse":
        from botocore.awsrequest import AWSResponse

        body = request.body or b""
        assert isinstance(body, str | bytes), "JSON requests are never streamed"
        call = flow.Call(
            request.method or "POST",
            urlsplit(request.url or "/").path,
            {name.lower().encode(): _bytes(value) for name, value in request.headers.items()},
            _bytes(body),
        )
        answer = flow.answer(self._engine, call)
        if answer.defect is not None:
            raise answer.defect
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
