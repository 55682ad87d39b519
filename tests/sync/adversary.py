"""A service that makes life as hard for a sync as AWS's page allows, and harder; everything follows from one seed.

Rows change between pages, and hundreds change in one millisecond. A change is shown some time after it was stamped, up
to `LONGEST_LAG_MS`, and later changes may be shown earlier. Referrals appear with a CreatedDate in the past. Calls are
throttled, fail, are cut off, drip or never arrive; tokens expire, are positions or mere offsets, and may lead from one
empty page to the next. Clocks disagree, run ahead or behind, and are set; single rows are stamped far in the future.
Between two runs the whole service may be exchanged for another one, or for what it was some time ago.

It stands behind an unmodified boto3 client, which asks it instead of the network.
"""

import base64
import copy
import functools
import heapq
import json
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final

import boto3
import urllib3.exceptions
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from cosell.sync.moments import text_of

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

ACCOUNT: Final = "111122223333"
OVERLAP_MS: Final = 300_000
LONGEST_LAG_MS: Final = OVERLAP_MS - 5_000
"""From the stamp to the moment at which everybody sees it; the rest is for stamps and clocks that are rounded."""
NOON_MS: Final = 1_780_000_000_000
MOST_ROWS: Final = 150
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
_EVENT: Final = "before-send.partnercentral-selling"


@dataclass(frozen=True)
class Version:
    """A row between two changes."""

    number: int
    modified_ms: int
    visible_ms: int


class Killed(BaseException):
    """The process is gone: nothing catches this, and nothing is cleaned up."""


class Adversary:
    """The service, its clock, and what goes wrong. `calls` counts what reached it."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = random.Random(seed)
        self.now_ms = NOON_MS
        self.calls = 0
        self.calm = False
        self.kill_rate = 0.0
        self._latest: dict[str, Version] = {}
        self._shown: dict[str, Version] = {}
        self._unseen: list[tuple[int, int, str, Version]] = []  # by the moment at which they will be shown
        self._created: dict[str, int] = {}
        self._page_limit = chance.choice([5, 20, 100])
        self._change_rate = chance.choice([0.05, 0.3, 0.8])
        self._fault_rate = chance.choice([0.0, 0.05, 0.3])
        self._lag_ms = chance.choice([0, 2_000, LONGEST_LAG_MS])
        self._stamp_unit_ms = chance.choice([1, 1, 1_000])
        self._token_life_ms = chance.choice([10**9, 10**9, 30_000])
        self._token_refusal_rate = chance.choice([0.0, 0.0, 0.02])
        self._offsets = chance.random() < 0.3
        self._knows_created_order = chance.random() < 0.7
        self._date_skew_ms = chance.choice([None, 0, 0, 1_000, -1_000])
        self._client_skew_ms = chance.choice([0, 0, HOUR_MS, -HOUR_MS])
        self._clock_ms = chance.choice([0, 0, HOUR_MS, -HOUR_MS])  # what it is ahead by
        self._tells_its_clock = chance.random() < 0.7  # else its front end tells the right time
        self._exchange_rate = chance.choice([0.0, 0.0, 0.3])
        self._clock_rate = chance.choice([0.0, 0.0, 0.3])
        self._future_rate = chance.choice([0.0, 0.0, 0.03])
        told_ahead_ms = 0 if self._tells_its_clock else -self._clock_ms
        if self._date_skew_ms is None:
            told_ahead_ms = self._client_skew_ms - self._clock_ms
        if told_ahead_ms > 0:
            self._future_rate = 0.0  # what is ahead of the other rows is not ahead of any clock that is told
        self._empty_rate = chance.choice([0.0, 0.0, 0.3])
        self.may_drip = True
        self.drips = False
        self._earlier: list[Any] = []
        for _ in range(chance.choice([0, 1, 30, 100])):
            self._create()
        if chance.random() < 0.5:
            self._change_many()

    def clock(self) -> int:
        """The client's clock, which may be an hour off."""
        return self.now_ms + self._client_skew_ms

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.now_ms += int(seconds * 1000)

    def wait(self, done: threading.Event, seconds: float) -> None:
        """Wait for the end of a call; where the answer only drips, the time is up at once."""
        while not done.wait(0.001):
            if self.drips:
                self.drips = False
                self.sleep(seconds)
                return

    def between_runs(self, *, was_complete: bool) -> None:
        """What may happen while nobody looks, and when every change is shown.

        A clock that is set forward and back between two passes nobody could notice.
        """
        self.now_ms += self._lag_ms
        self._earlier.append(copy.deepcopy((self._latest, self.shown(), self._unseen, self._created)))
        if self.chance.random() < self._exchange_rate:
            self._exchange()
        if was_complete and self.chance.random() < self._clock_rate:
            self._set_clock()

    def _exchange(self) -> None:
        if self.chance.random() < 0.5:
            self._latest, self._shown, self._unseen, self._created = self.chance.choice(self._earlier)
            self._earlier.clear()
            return
        self._latest, self._shown, self._unseen, self._created = {}, {}, [], {}
        now_ms = self.now_ms
        for _ in range(self.chance.choice([0, 1, 30, 100])):
            self.now_ms = now_ms - self.chance.randrange(24 * HOUR_MS)
            self._create()
        self.now_ms = now_ms

    def _set_clock(self) -> None:
        if self._date_skew_ms is None:
            return
        if not self._tells_its_clock:
            self._clock_ms = min(self._clock_ms, 0)  # one that was ahead is put right
        elif self._lag_ms < OVERLAP_MS / 2 and self.chance.random() < 0.3:
            self._clock_ms -= 20_000
        else:
            self._clock_ms = self.chance.choice([-HOUR_MS, -10 * MINUTE_MS, 0, 10 * MINUTE_MS, HOUR_MS])

    def wait_for(self, _: str) -> None:
        """The ledger of a sync that has all the quota it wants."""

    def throttled(self, _: str) -> None:
        """As `wait_for`."""

    def close(self) -> None:
        """As `wait_for`."""

    def may_kill(self, part: float = 1.0) -> None:
        """Raises Killed now and then; `part` is for moments of which there are many."""
        if not self.calm and self.chance.random() < self.kill_rate * part:
            raise Killed

    def client(self) -> "PartnerCentralSellingAPIClient":
        """A boto3 client of this service, and of no other from now on: making one takes longer than a test."""
        client = _client()
        client.meta.events.unregister(_EVENT, unique_id="adversary")
        client.meta.events.register_first(_EVENT, self._answer, unique_id="adversary")  # type: ignore[arg-type]
        return client

    def truth(self) -> dict[str, Version]:
        """What the service has: each row's latest version, shown or not."""
        return self._latest

    def shown(self) -> dict[str, Version]:
        """What everybody sees now: of the versions that are no secret any more, the latest."""
        while self._unseen and self._unseen[0][0] <= self.now_ms:
            *_, name, version = heapq.heappop(self._unseen)
            before = self._shown.get(name)
            if before is None or before.number < version.number:
                self._shown[name] = version
        return self._shown

    def _create(self) -> None:
        name = f"O{1_000_001 + len(self._created)}"
        referred = self.chance.random() < 0.3
        self._created[name] = self.now_ms - (self.chance.randrange(86_400_000) if referred else 0)
        self._change(name, self._stamp())

    def _change_many(self) -> None:
        """One stamp for most: what a bulk job leaves."""
        stamp = self._stamp()
        for name in list(self._latest):
            if self.chance.random() < 0.8:
                self._change(name, stamp)

    def _change(self, name: str, stamp: int) -> None:
        before = self._latest.get(name, Version(0, 0, 0))
        visible_ms = self.now_ms + self.chance.randint(0, self._lag_ms)
        if before.modified_ms == stamp:
            # Nobody can tell two changes with one stamp apart, but by the order in which they are shown.
            visible_ms = max(visible_ms, before.visible_ms)
        version = Version(before.number + 1, stamp, visible_ms)
        self._latest[name] = version
        heapq.heappush(self._unseen, (visible_ms, version.number, name, version))

    def _stamp(self) -> int:
        stamp = self.now_ms + self._clock_ms
        if self.chance.random() < self._future_rate:
            stamp += self.chance.choice([2 * MINUTE_MS, HOUR_MS, 1_000 * HOUR_MS])
        return stamp // self._stamp_unit_ms * self._stamp_unit_ms

    def _life_goes_on(self) -> None:
        self.now_ms += self.chance.randint(1, 400)
        if self.calm:
            return
        while self.chance.random() < self._change_rate:
            what = self.chance.random()
            if not self._created or (what < 0.3 and len(self._created) < MOST_ROWS):
                self._create()
            elif what < 0.31:
                self._change_many()
            else:
                self._change(f"O{1_000_001 + self.chance.randrange(len(self._created))}", self._stamp())
        if self.chance.random() < 0.02:
            self.now_ms += self.chance.choice([10_000, OVERLAP_MS, 3_600_000])

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self._life_goes_on()
        self.may_kill()
        fault = self.chance.random() < self._fault_rate
        if fault and self.chance.random() < 0.2:
            raise ConnectionClosedError(endpoint_url=request.url)
        self.calls += 1
        assert isinstance(request.body, bytes)
        status, answer = self._listed(json.loads(request.body))
        body = json.dumps(answer).encode()
        cut = False
        if fault:
            what = self.chance.randrange(6)
            if what == 5 and self.may_drip:
                return AWSResponse(request.url, 200, {}, _Drip(self))  # type: ignore[arg-type]
            if what in (0, 5):
                raise ReadTimeoutError(endpoint_url=request.url)
            if what == 1:
                status, body = 400, b'{"__type": "ThrottlingException", "Message": "Rate exceeded"}'
            elif what == 2:
                status, body = 500, b'{"__type": "InternalServerException", "Message": "Try again"}'
            elif what == 3:
                status, body = 503, b"<html>bad gateway</html>"
            elif self.chance.random() < 0.5:
                body = body[: self.chance.randrange(len(body))]
            else:
                cut = True
        headers = {"content-type": "application/x-amz-json-1.0"}
        if self._date_skew_ms is not None:
            date_ms = self.now_ms + self._date_skew_ms + (self._clock_ms if self._tells_its_clock else 0)
            headers["date"] = formatdate(date_ms / 1000, usegmt=True)
        self.may_kill()
        return AWSResponse(request.url, status, headers, _Body(body, cut=cut))  # type: ignore[arg-type]

    def _listed(self, question: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        by, descending = question["Sort"]["SortBy"], question["Sort"]["SortOrder"] == "DESCENDING"
        keys: dict[str, Callable[[str, Version], int]] = {
            "LastModifiedDate": lambda _, version: version.modified_ms,
            "CreatedDate": lambda name, _: self._created[name],
            "Identifier": lambda name, _: int(name[1:]),
        }
        if by == "CreatedDate" and not self._knows_created_order:
            return _refused("Sort.SortBy", "INVALID_ENUM_VALUE")
        after = question.get("LastModifiedDate", {}).get("AfterLastModifiedDate")
        after_ms = -(10**18) if after is None else int(datetime.fromisoformat(after).timestamp() * 1000)
        rows = sorted(
            (
                (keys[by](name, version), name, version)
                for name, version in self.shown().items()
                if version.modified_ms >= after_ms and name in question.get("Identifier", [name])
            ),
            key=lambda row: row[:2],
            reverse=descending,
        )
        position: list[Any] = [0] if self._offsets else [10**18 if descending else -(10**18), ""]
        if "NextToken" in question:
            issued_ms, *position = json.loads(base64.b64decode(question["NextToken"]))
            refused = not self.calm and self.chance.random() < self._token_refusal_rate
            if refused or self.now_ms - issued_ms > self._token_life_ms:
                return _refused("NextToken", "INVALID_VALUE")
        if self._offsets:
            (start,) = position
        else:
            start = sum([*row[:2]] >= position if descending else [*row[:2]] <= position for row in rows)
        end = start + min(question["MaxResults"], self._page_limit)
        if self.chance.random() < self._empty_rate:
            end = start
        page = rows[start:end]
        answer: dict[str, Any] = {"OpportunitySummaries": [self._summary(name, version) for _, name, version in page]}
        if end < len(rows):
            if page:
                position = [end] if self._offsets else [*page[-1][:2]]
            answer["NextToken"] = base64.b64encode(json.dumps([self.now_ms, *position]).encode()).decode()
        return 200, answer

    def _summary(self, name: str, version: Version) -> dict[str, Any]:
        return {
            "Catalog": "AWS",
            "Id": name,
            "Arn": f"arn:aws:partnercentral:us-east-1:{ACCOUNT}:catalog/AWS/opportunity/{name}",
            "LastModifiedDate": text_of(version.modified_ms),
            "CreatedDate": text_of(self._created[name]),
            "LifeCycle": {"Stage": "Prospect", "NextSteps": str(version.number), "ReviewComments": None},
        }


@functools.cache
def _client() -> "PartnerCentralSellingAPIClient":
    return boto3.session.Session().client(
        "partnercentral-selling",
        region_name="us-east-1",
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )


class _Body:
    def __init__(self, body: bytes, *, cut: bool) -> None:
        self._body = body
        self._cut = cut

    def stream(self) -> list[bytes]:
        if self._cut:
            raise urllib3.exceptions.ProtocolError("Connection broken", urllib3.exceptions.IncompleteRead(10, 20))
        return [self._body]


class _Drip:
    """A body of which a byte comes now and then, and never the last one."""

    def __init__(self, adversary: Adversary) -> None:
        self._adversary = adversary

    def stream(self) -> Iterator[bytes]:
        self._adversary.drips = True
        while True:
            threading.Event().wait(0.001)
            yield b" "


def _refused(field: str, code: str) -> tuple[int, dict[str, Any]]:
    entry = {"FieldName": field, "Code": code, "Message": "This is not possible."}
    return 400, {
        "__type": "ValidationException",
        "Message": "1 validation error detected",
        "Reason": "REQUEST_VALIDATION_FAILED",
        "ErrorList": [entry],
    }
