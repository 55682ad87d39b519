"""(d) A call in this process beside the same boto3 call with an answer made up beforehand."""

from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

from bench.databases import ACCOUNT, CATALOG, seeded
from bench.figures import Figure, at_most, seconds_in_turn
from bench.pages import HEADERS
from cosell import flow
from cosell.engine import Engine
from cosell.testing.in_process import client_of


class _Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self) -> bytes:
        return self._body

    def stream(self) -> list[bytes]:
        return [self._body]


def call_beside_canned(rows: int) -> Figure:
    """The time of `client.list_opportunities` with cosell behind it, by that with a canned answer."""
    engine = Engine.open(str(seeded(rows)))
    answer = flow.answer(engine, flow.Call("POST", "/", dict(HEADERS), b'{"Catalog":"%s"}' % CATALOG.encode()))
    headers: Any = {name.decode(): value.decode() for name, value in answer.headers}

    def answer_canned(request: Any, **_: Any) -> Any:
        return AWSResponse(request.url, 200, headers, _Body(answer.body))

    ours = client_of(engine, account=ACCOUNT)
    canned = boto3.client(
        "partnercentral-selling",
        region_name="us-east-1",
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="any",
    )
    canned.meta.events.register_first("before-send.partnercentral-selling", answer_canned)
    with_cosell, with_canned = seconds_in_turn(
        [lambda: ours.list_opportunities(Catalog=CATALOG), lambda: canned.list_opportunities(Catalog=CATALOG)], 30, 10
    )
    detail = f"{with_cosell * 1000:.2f} ms and {with_canned * 1000:.2f} ms a call"
    return at_most(f"in-process call ÷ canned answer, {rows:,} rows", with_cosell / with_canned, 1.3, detail)
