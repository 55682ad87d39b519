"""What there is: accounts with opportunities, tags and tasks, what they share with AWS, and what they were told."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.stories.model.paths import Errors, Record

if TYPE_CHECKING:
    from tests.stories.model.deal import Deal
    from tests.stories.model.sharing import Engagement, Invitation
    from tests.stories.model.tasks import Task

DAY_MS = 24 * 60 * 60 * 1000
AWS = "aws"


class Scope(NamedTuple):
    """One account's part of a catalog."""

    account: str
    catalog: str


class Refusal(Exception):
    """The answer is an error."""

    def __init__(self, name: str, reason: str | None = None, errors: Errors | None = None) -> None:
        super().__init__(name, reason, errors)
        self.name = name
        self.reason = reason
        self.errors = errors or set()


def not_found() -> Refusal:
    """The caller has no such thing."""
    return Refusal("ResourceNotFoundException")


def conflict() -> Refusal:
    """Somebody was faster."""
    return Refusal("ConflictException")


def forbidden(errors: Errors) -> Refusal:
    """A rule of the business forbids it."""
    return Refusal("ValidationException", "BUSINESS_VALIDATION_FAILED", errors)


def malformed(errors: Errors) -> Refusal:
    """The request itself is wrong."""
    return Refusal("ValidationException", "REQUEST_VALIDATION_FAILED", errors)


class Settings(NamedTuple):
    """What a tester can set where AWS's documents leave it open."""

    task_delay_ms: int = 0
    action_required_stays: bool = False
    closed_lost_reopens: bool = False
    any_value: bool = False
    any_review_status: bool = False
    drafts: bool = False
    sandbox_quirks: bool = False


class Told(NamedTuple):
    """An event: who gets it, what it is about, its kind, and what it says."""

    receiver: Scope
    subject: str
    kind: str
    version: str
    resources: list[str]
    detail: Record
    seconds: set[str]
    """When it may say that it happened."""


class First(NamedTuple):
    """The first request with a ClientToken, what was answered to it, and until when that is remembered."""

    meaning: Any
    answer: Record
    until_ms: int


class World:
    """Everything, of every account."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.deals: dict[Scope, dict[str, Deal]] = defaultdict(dict)
        self.stamps: dict[Scope, int] = defaultdict(int)
        self.tags: dict[Scope, dict[str, dict[str, str]]] = defaultdict(dict)
        self.tasks: dict[Scope, list[Task]] = defaultdict(list)
        self.engagements: dict[str, list[Engagement]] = defaultdict(list)
        self.invitations: dict[str, dict[str, Invitation]] = defaultdict(dict)
        """Both by catalog."""
        self.tokens: dict[tuple[Scope, str, str], First] = {}
        self.told: list[Told] = []
        self.names: set[str] = set()


class Turn(NamedTuple):
    """Somebody's turn to do something, at a moment in milliseconds since 1970.

    `name` looks up a name that the service has made up meanwhile, by the names of members.
    """

    world: World
    scope: Scope
    now: int
    name: Callable[..., str]

    def deal(self, identifier: str) -> "Deal":
        """One of the account's opportunities."""
        deal = self.world.deals[self.scope].get(identifier)
        if deal is None:
            raise not_found()
        return deal

    def invitation(self, name: str, *, sent: bool = False) -> "Invitation":
        """An invitation that the account has received, or else perhaps sent, by its identifier or ARN."""
        catalog = self.scope.catalog
        identifier = name.removeprefix(shared_arn(catalog, "engagement-invitation", ""))
        invitation = self.world.invitations[catalog].get(identifier)
        if invitation is None or self.scope.account not in (invitation.receiver, invitation.sender if sent else None):
            raise not_found()
        return invitation

    def stamp(self) -> int:
        """The moment of a change: later than any other in the scope."""
        self.world.stamps[self.scope] = max(self.now, self.world.stamps[self.scope] + 1)
        return self.world.stamps[self.scope]

    def new(self, form: str, *path: str) -> str:
        """A name of this form that nothing had before."""
        name = self.name(*path)
        assert re.fullmatch(form, name), name
        assert name not in self.world.names, name
        self.world.names.add(name)
        return name

    def tell(
        self, accounts: list[str], subject: str, kind: str, version: str, resources: list[str], detail: Record
    ) -> None:
        """Let accounts know what happened. AWS is told nothing."""
        seconds = {seconds_of(self.now), seconds_of(self.world.stamps[self.scope])}
        for account in accounts:
            if account != AWS:
                receiver = Scope(account, self.scope.catalog)
                self.world.told.append(Told(receiver, subject, kind, version, resources, detail, seconds))

    def changed(self, deal: "Deal", how: str) -> None:
        """Tell a partner that its opportunity was created or updated."""
        detail = {"opportunity": {"identifier": deal.identifier}}
        self.tell([deal.scope.account], deal.identifier, f"Opportunity {how}", "1", [], detail)


def moment(ms: int) -> str:
    """A moment as answers show it."""
    text = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def seconds_of(ms: int) -> str:
    """A moment as events show it."""
    return f"{moment(ms)[:19]}Z"


def day_of(ms: int) -> str:
    """The day in UTC."""
    return moment(ms)[:10]


def owned_arn(scope: Scope, kind: str, identifier: str) -> str:
    """The ARN of what belongs to one account."""
    return f"arn:aws:partnercentral:us-east-1:{scope.account}:catalog/{scope.catalog}/{kind}/{identifier}"


def shared_arn(catalog: str, kind: str, identifier: str) -> str:
    """The ARN of what accounts share."""
    return f"arn:aws:partnercentral:us-east-1::catalog/{catalog}/{kind}/{identifier}"
