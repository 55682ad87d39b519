"""Calls to the service: each attempt under the quota ledger, and retried if that can help.

The client's own retries in boto3 must be off: they would bypass the ledger, and give up too early at one write a
second.
"""

import functools
import random
import time
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError, HTTPClientError, ReadTimeoutError
from botocore.exceptions import ConnectionError as ConnectionFailed
from botocore.parsers import ResponseParserError

from cosell.sync.deadline import ANSWER_WITHIN_S, TooLate, within
from cosell.sync.quota import Ledger
from cosell.sync.quota_rule import Kind
from cosell.sync.retries import delay_s, is_passing, is_throttling

ATTEMPTS: Final = 6

NO_ANSWER: Final = (ConnectionFailed, HTTPClientError, ResponseParserError)
"""The service may have carried out the request, or not."""


class Unanswered(Exception):
    """The service failed, or nobody answered: a write may have been done. `error` is botocore's."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Calls:
    """The calls of one client under one ledger."""

    def __init__(
        self,
        client: Any,
        ledger: Ledger,
        sleep: Callable[[float], object] = time.sleep,
        chance: Callable[[], float] = random.random,
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._sleep = sleep
        self._chance = chance
        self._answer_within_s = answer_within_s

    def read(self, operation: str, **request: Any) -> dict[str, Any]:
        """The answer to a read. Raises ClientError if the service refuses it, Unanswered in the end."""
        return self._call("read", operation, request, repeatable=True)

    def create(self, operation: str, **request: Any) -> dict[str, Any]:
        """The answer to a request with a ClientToken, which is idempotent, however often it is sent."""
        return self._call("write", operation, request, repeatable=True)

    def change(self, operation: str, **request: Any) -> dict[str, Any]:
        """The answer to a request that is not idempotent: Unanswered at the first lost answer."""
        return self._call("write", operation, request, repeatable=False)

    def pause(self, attempt: int) -> None:
        """Back off after attempt number `attempt` (1, 2, …): exponentially, with jitter."""
        self._sleep(delay_s(attempt, self._chance()))

    def _call(self, kind: Kind, operation: str, request: dict[str, Any], *, repeatable: bool) -> dict[str, Any]:
        attempt = 0
        while True:
            attempt += 1
            self._ledger.wait_for(kind)
            try:
                answer = self._whole_answer(operation, request)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                throttled = is_throttling(code)
                if throttled:
                    self._ledger.throttled(kind)
                elif not is_passing(error.response["ResponseMetadata"]["HTTPStatusCode"], code):
                    raise
                if attempt == ATTEMPTS or not (repeatable or throttled):
                    raise Unanswered(error) from error
            except NO_ANSWER as error:
                if attempt == ATTEMPTS or not repeatable:
                    raise Unanswered(error) from error
            else:
                return answer
            self.pause(attempt)

    def _whole_answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Raises ReadTimeoutError even if an answer only trickles in."""
        call: Callable[[], dict[str, Any]] = functools.partial(getattr(self._client, operation), **request)
        try:
            return within(self._answer_within_s, call)
        except TooLate as late:
            raise ReadTimeoutError(endpoint_url=self._client.meta.endpoint_url, error=late) from late
