"""Answers requests of botocore's clients just before they would be sent."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cosell import flow
from cosell.errors import ConnectionDropped

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

Sleep = Callable[[float], None]

_AUTHORIZATION: Final = b"authorization"


class Answerer:
    """Hands requests to the flow. What fails there fails the call: nothing is sent anywhere.

    `answer` answers a call, and `sleep` waits for the delays of faults, in seconds.
    `account_of` finds the calling account from a request's headers; without it the access key does.
    """

    def __init__(
        self,
        answer: Callable[[flow.Call], flow.Answer],
        sleep: Sleep,
        account_of: Callable[[dict[bytes, bytes]], str] | None = None,
    ) -> None:
        self._answer_call = answer
        self._sleep = sleep
        self._account_of = account_of

    def __call__(self, request: "AWSPreparedRequest", **_: object) -> "AWSResponse":
        """The answer to a request of botocore. Raises ConnectionClosedError if a fault drops the connection."""
        from botocore.awsrequest import AWSResponse

        answer, delay_s = self._answer(request)
        if delay_s:
            self._sleep(delay_s)
        return AWSResponse(request.url, answer.status, _headers(request, answer), _Body(answer.body))  # type: ignore[arg-type]

    async def answer_later(self, request: "AWSPreparedRequest") -> "AWSResponse":
        """The answer to a request of aiobotocore. Raises as for one of botocore."""
        from aiobotocore.awsrequest import AioAWSResponse

        answer, delay_s = self._answer(request)
        if delay_s:
            await _sleep_in_turn(self._sleep, delay_s)
        response: AWSResponse = AioAWSResponse(
            request.url, answer.status, _headers(request, answer), _BodyToAwait(answer.body)
        )
        return response

    def _answer(self, request: "AWSPreparedRequest") -> tuple[flow.Answer, float]:
        """The answer, and how long it is delayed, in seconds."""
        body = request.body or b""
        assert isinstance(body, str | bytes), "JSON requests are never streamed"
        headers = {name.lower().encode(): _bytes(value) for name, value in request.headers.items()}
        if self._account_of is not None:
            headers[_AUTHORIZATION] = b"AWS4-HMAC-SHA256 Credential=%s/" % self._account_of(headers).encode()
        call = flow.Call(request.method or "POST", urlsplit(request.url or "/").path, headers, _bytes(body))
        answer = self._answer_call(call)
        if answer.defect is not None:
            raise answer.defect
        return answer, call.fault.delay_ms / 1000 if call.fault is not None else 0


def _headers(request: "AWSPreparedRequest", answer: flow.Answer) -> dict[str, str]:
    from botocore.exceptions import ConnectionClosedError

    if isinstance(answer.error, ConnectionDropped):
        raise ConnectionClosedError(endpoint_url=request.url)
    return {name.decode(): value.decode() for name, value in answer.headers}


async def _sleep_in_turn(sleep: Sleep, delay_s: float) -> None:
    """Wait without blocking other tasks, unless the caller has a way of waiting of their own."""
    if sleep is time.sleep:
        await asyncio.sleep(delay_s)
    else:
        sleep(delay_s)


class _Body:
    """The answer's bytes through the two methods that botocore calls."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self) -> bytes:
        body, self._body = self._body, b""
        return body

    def stream(self) -> "list[bytes]":
        return [self.read()]


class _BodyToAwait:
    """The answer's bytes through the method that aiobotocore calls."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        return self._body


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)
