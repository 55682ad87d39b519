"""A service that answers as a test says, behind an unmodified boto3 client, and remembers what it was asked."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from cosell.sync.moments import text_of
from cosell.sync.quota import Unlimited
from cosell.sync.service import Surroundings
from tests.conftest import ACCOUNT

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

NOON_MS = 1_780_000_000_000
Answer = tuple[int, bytes, dict[str, str]]
Asked = tuple[str, dict[str, Any]]


class Scripted:
    """`answer` is given the operation's name and the question, and returns an answer, or raises what botocore would."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], Answer]) -> None:
        self.asked: list[Asked] = []
        self.slept: list[float] = []
        self.now_ms = NOON_MS
        self._answer = answer

    def client(self) -> "PartnerCentralSellingAPIClient":
        """A client of this service."""
        client = boto3.session.Session().client(
            "partnercentral-selling",
            region_name="us-east-1",
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
        )
        client.meta.events.register_first("before-send.partnercentral-selling", self._send)  # type: ignore[arg-type]
        return client

    def world(self) -> Surroundings:
        """Surroundings in which sleeping only moves the clock."""
        return Surroundings(lambda: self.now_ms, self._sleep, lambda: 0.5, Unlimited())

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_ms += int(seconds * 1000)

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"]
        name = (operation if isinstance(operation, str) else operation.decode()).partition(".")[2]
        assert isinstance(request.body, bytes)
        question = json.loads(request.body)
        self.asked.append((name, question))
        status, body, headers = self._answer(name, question)
        return AWSResponse(request.url, status, headers, _Body(body))  # type: ignore[arg-type]


class _Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        return [self._body]


def answered(members: dict[str, Any], **headers: str) -> Answer:
    """A success."""
    return 200, json.dumps(members).encode(), headers


def refused(code: str, status: int = 400, **headers: str) -> Answer:
    """An error of the service."""
    return status, json.dumps({"__type": code, "Message": "No."}).encode(), headers


def summary(identifier: str, modified_ms: int = NOON_MS, **members: Any) -> dict[str, Any]:
    """An entry of a list."""
    return {
        "Catalog": "Sandbox",
        "Id": identifier,
        "Arn": f"arn:aws:partnercentral:us-east-1:{ACCOUNT}:catalog/Sandbox/opportunity/{identifier}",
        "LastModifiedDate": text_of(modified_ms),
        "CreatedDate": text_of(NOON_MS),
    } | members


def page(*summaries: dict[str, Any], token: str | None = None, **headers: str) -> Answer:
    """An answer of ListOpportunities."""
    return answered({"OpportunitySummaries": list(summaries), "NextToken": token}, **headers)
