"""The service as a sync sees it: calls through the user's own boto3 client, retried if that may help.

The quota ledger counts every attempt first. A call returns an answer, or raises `Refused` if the same call would be
refused again, or `Unavailable` if it was tried for long enough.
"""

import functools
import itertools
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import msgspec
import urllib3.exceptions
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as ConnectionFailed
from botocore.parsers import ResponseParserError

from cosell.boto_errors import in_words
from cosell.errors import UserError
from cosell.sync.answers import Detail, DetailReader, NoAnswer, PageOfRows, PageReader
from cosell.sync.deadline import ANSWER_WITHIN_S, TooLate, Wait, within
from cosell.sync.moments import ms_of_http_date
from cosell.sync.plan import Head, Page, Told
from cosell.sync.quota import Ledger
from cosell.sync.retries import ATTEMPTS, ATTEMPTS_WITHOUT_ANSWER, delay_s, is_passing, is_throttling

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

METHODS: Final = {
    "ListOpportunities": "list_opportunities",
    "GetOpportunity": "get_opportunity",
    "GetAwsOpportunitySummary": "get_aws_opportunity_summary",
}
MOST_EMPTY_PAGES: Final = 1000
"""One after the other, each with a token for the next."""
MOST_RESTARTS: Final = 20
"""Of one question, for tokens that the service gave and does not take."""
_EVENT: Final = "before-parse.partnercentral-selling"
_RAW: Final = "cosell.raw"
_TRY_CREDENTIALS: Final = "check the credentials with: aws sts get-caller-identity"
_TRY_ADDRESS: Final = "check the network, --url and --region; AWS has Partner Central in us-east-1 alone"
_NEXT_STEPS: Final = {
    "AccessDeniedException": "its policy must allow partnercentral:ListOpportunities, and with --details "
    "partnercentral:GetOpportunity and partnercentral:GetAwsOpportunitySummary, in this catalog",
    "AccessDenied": "ask for the right to take the role",
    **dict.fromkeys(
        (
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignatureException",
            "MissingAuthenticationTokenException",
            "ExpiredToken",
            "ExpiredTokenException",
        ),
        _TRY_CREDENTIALS,
    ),
    "UnknownOperationException": "check --url: something else than Partner Central Selling answers there",
}
"""By the error's code; AWS's front ends have several names for the same mistake."""

Read = TypeVar("Read")


class Refused(UserError):
    """The service understood, and said no."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {code}: {message}", _NEXT_STEPS.get(code, ""))
        self.code = code


class Unavailable(Exception):
    """The service gave no answer despite several retries. `next_step` says what to do about it."""

    def __init__(self, why: str, next_step: str = "the next run continues where this one stopped") -> None:
        super().__init__(why)
        self.next_step = next_step


class Surroundings(msgspec.Struct, frozen=True):
    """What a sync needs from its environment: a clock (ms), a sleep (s), chance (0 to 1), and the quota ledger.

    `wait` waits for the end of a call, and `answer_within_s` is how long at most.
    """

    clock: Callable[[], int]
    sleep: Callable[[float], object]
    chance: Callable[[], float]
    ledger: Ledger
    wait: Wait = threading.Event.wait
    answer_within_s: float = ANSWER_WITHIN_S


class Service:
    """One catalog, through a client. As a context manager: within it the client hands over raw answers.

    Only the calls made here are touched; the client may be used for other things meanwhile.
    """

    def __init__(self, client: "PartnerCentralSellingAPIClient", catalog: str, surroundings: Surroundings) -> None:
        self.catalog = catalog
        self.endpoint = str(client.meta.endpoint_url)
        self.calls = 0
        self.retries = 0
        self._client = client
        self._world = surroundings
        self._wants_raw = threading.local()
        self._has_answered = False
        model = client.meta.service_model
        shapes = {name: model.operation_model(name).output_shape for name in METHODS}
        assert all(shapes.values()), "each of these operations answers something"
        self._read_page = PageReader(shapes["ListOpportunities"])  # type: ignore[arg-type]
        self._read_detail = {name: DetailReader(name, shape) for name, shape in shapes.items() if shape}

    def __enter__(self) -> Self:
        """Begin to receive raw answers."""
        self._client.meta.events.register(_EVENT, self._keep_raw)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the client as it was."""
        self._client.meta.events.unregister(_EVENT, self._keep_raw)

    def page(self, question: Head | Page) -> tuple[PageOfRows, Told]:
        """The answer to a call, and when the service gave it. Raises Refused and Unavailable."""
        return self._ask("ListOpportunities", question.members(self.catalog), self._read_page)

    def head(self) -> tuple[PageOfRows, Told]:
        """The first page with rows of the most recently modified ones, without any only if there are none.

        An empty page with a token is not an end. Raises Refused and Unavailable.
        """
        pages = self._following(lambda token: Head(token).members(self.catalog))
        return next((page, told) for page, told in pages if page.rows or page.next_token is None)

    def present(self, identifiers: list[str]) -> PageOfRows:
        """Those of up to 20 identifiers that the service has. Raises Refused and Unavailable.

        In the order of identifiers, which never change, so that none moves out of sight while pages are read.
        """

        def members(token: str | None) -> dict[str, Any]:
            asked = {
                "Catalog": self.catalog,
                "MaxResults": len(identifiers),
                "Identifier": identifiers,
                "Sort": {"SortBy": "Identifier", "SortOrder": "ASCENDING"},
            }
            return asked if token is None else asked | {"NextToken": token}

        first, *more = (page for page, _ in self._following(members))
        return functools.reduce(PageOfRows.with_more, more, first)

    def _following(self, members: Callable[[str | None], dict[str, Any]]) -> Iterator[tuple[PageOfRows, Told]]:
        """Page after page, to the last one; from the first one again if a token is refused."""
        token, refusals = None, 0
        for _ in range(MOST_EMPTY_PAGES):
            try:
                page, told = self._ask("ListOpportunities", members(token), self._read_page)
            except Refused:
                refusals += 1
                if token is None or refusals > MOST_RESTARTS:
                    raise
                token = None
                continue
            yield page, told
            token = page.next_token
            if token is None:
                return
        raise Unavailable("the service gives one token after the other, and no end")

    def opportunity(self, identifier: str) -> Detail:
        """The answer of GetOpportunity. Raises Refused and Unavailable."""
        members = {"Catalog": self.catalog, "Identifier": identifier}
        return self._ask("GetOpportunity", members, self._read_detail["GetOpportunity"])[0]

    def aws_summary(self, identifier: str) -> Detail:
        """The answer of GetAwsOpportunitySummary. Raises Refused and Unavailable."""
        members = {"Catalog": self.catalog, "RelatedOpportunityIdentifier": identifier}
        return self._ask("GetAwsOpportunitySummary", members, self._read_detail["GetAwsOpportunitySummary"])[0]

    def _ask(self, operation: str, members: dict[str, Any], read: Callable[[bytes], Read]) -> tuple[Read, Told]:
        for attempt in itertools.count(1):
            asked_ms = self._world.clock()
            trouble = self._attempt(operation, members, read)
            if not isinstance(trouble, _Trouble):
                answer, dated_ms = trouble
                self._has_answered = True
                return answer, Told(asked_ms, dated_ms)
            if not self._has_answered and attempt >= ATTEMPTS_WITHOUT_ANSWER:
                raise Unavailable(trouble.text, _TRY_ADDRESS)
            if attempt >= ATTEMPTS:
                raise Unavailable(trouble.text)
            self.retries += 1
            self._world.sleep(delay_s(attempt, self._world.chance(), trouble.asked_s))
        raise AssertionError("counting never ends")

    def _attempt(
        self, operation: str, members: dict[str, Any], read: Callable[[bytes], Read]
    ) -> "tuple[Read, int | None] | _Trouble":
        self._world.ledger.wait_for("read")
        self.calls += 1
        try:
            answer = within(self._world.answer_within_s, lambda: self._call(operation, members), self._world.wait)
            headers = answer["ResponseMetadata"].get("HTTPHeaders", {})
            return read(answer[_RAW]), ms_of_http_date(headers.get("date"))
        except ClientError as error:
            trouble = _trouble_of(operation, error)
            if trouble.throttled:
                self._world.ledger.throttled("read")
            return trouble
        except (HTTPClientError, ConnectionFailed, ResponseParserError, urllib3.exceptions.HTTPError, OSError) as error:
            return _Trouble(f"{operation}: {in_words(error)}")
        except TooLate as error:
            return _Trouble(f"{operation}: {error}")
        except NoAnswer as error:
            return _Trouble(str(error))
        except BotoCoreError as error:  # before anything was sent: credentials, profiles, regions
            raise UserError(in_words(error), _TRY_CREDENTIALS) from error

    def _call(self, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        """In a thread of its own: what boto3 returns, with the raw answer."""
        self._wants_raw.now = True
        answer: dict[str, Any] = getattr(self._client, METHODS[operation])(**members)
        return answer

    def _keep_raw(self, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
        """Take the body of a success before boto3 parses it, which is slow and drops what it does not know."""
        if getattr(self._wants_raw, "now", False) and response_dict["status_code"] < 300:
            customized_response_dict[_RAW] = response_dict["body"]
            response_dict["body"] = b"{}"


class _Trouble(msgspec.Struct, frozen=True):
    """Why an attempt failed that may succeed next time, and the delay that the service asks for."""

    text: str
    asked_s: float | None = None
    throttled: bool = False


def _trouble_of(operation: str, error: ClientError) -> _Trouble:
    """Raises Refused if another try would not help."""
    code = str(error.response["Error"].get("Code", ""))
    message = str(error.response["Error"].get("Message", ""))
    metadata = error.response["ResponseMetadata"]
    if not is_passing(metadata.get("HTTPStatusCode", 0), code):
        raise Refused(error.operation_name, code, " ".join(message.split())) from error
    headers = metadata.get("HTTPHeaders", {})
    return _Trouble(f"{operation}: {code}: {message}", _asked_s(headers), is_throttling(code))


def _asked_s(headers: dict[str, str]) -> float | None:
    """Seconds that the service asks to wait: `x-amz-retry-after` is in milliseconds, `retry-after` in seconds."""
    for name, unit_s in (("x-amz-retry-after", 0.001), ("retry-after", 1.0)):
        if headers.get(name, "").isdigit():
            return int(headers[name]) * unit_s
    return None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
