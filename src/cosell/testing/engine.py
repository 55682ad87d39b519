"""An in-process engine, as a test drives it: behind `cosell.connect`, `cosell.intercept` and the fixtures."""

import time
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from weakref import WeakKeyDictionary

from cosell import flow
from cosell.auth.open_access import DEFAULT_ACCOUNT, check_account
from cosell.aws_side.by_hand import AwsSide
from cosell.aws_side.work import work
from cosell.clock import Clock
from cosell.context import Scope
from cosell.engine import Engine, clock_of
from cosell.errors import UserError
from cosell.faults import Faults
from cosell.settings import readings_of
from cosell.testing.answering import Answerer, Sleep
from cosell.testing.clients import bound, new_client
from cosell.testing.events import Events
from cosell.testing.opportunities import Opportunities
from cosell.testing.options import (
    OWN,
    SETTINGS,
    ClockSetting,
    FaultsSetting,
    ReviewSetting,
    check_catalog,
    check_names,
    checked_settings,
    clock_given,
    course_given,
    faults_given,
    script_given,
)
from cosell.testing.requests import Requests

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient


class LocalEngine:
    """The whole service in this process, over the database at `url`: a context manager, which closes it.

    The parts of the engine work on `account` (twelve digits) and `catalog`; its clients act for the account unless they
    say otherwise. `clock` is the time: a `cosell.Clock`, a moment at which it is frozen, or a text as for `cosell serve
    --clock`; by default as the database has it. `review` says who plays AWS's side: `manual`, `auto`, the path of a
    script, or a script as plain values. `faults` apply from the start: `cosell.Faults`, or a list of them, each given
    by its members or as the text of `--fault`. `sleep` waits for their delays, in seconds. `settings` are others of
    `cosell serve`, by name.

    Raises UserError if the database cannot be opened, a setting is not valid, or a name is not known. Safe to use
    from many threads.
    """

    account: str
    catalog: str
    clock: Clock
    """Reads and controls the time: `step(hours=2)`, `freeze()`, `set(moment)`, `accelerate(60)`, `real()`."""
    faults: Faults
    """What goes wrong: `add(error="ThrottlingException", operation="Create*", times=2)`, `clear()`."""
    opportunities: Opportunities
    """The opportunities: `create()`, `submit(id)`, `get(id)`, `seed(10)`, `load(path)`."""
    review: AwsSide
    """AWS's side: `approve(id)`, `reject(id)`, `require_action(id)`, `start_review(id)`, `edit(id, …)`, `refer(…)`."""
    requests: Requests
    """The last calls of clients, with their status, error and ErrorList; sensitive values are masked."""
    sleep: Sleep

    def __init__(
        self,
        url: str = ":memory:",
        *,
        account: str = DEFAULT_ACCOUNT,
        catalog: str = "Sandbox",
        clock: ClockSetting = None,
        review: ReviewSetting = "manual",
        faults: FaultsSetting = None,
        sleep: Sleep = time.sleep,
        **settings: Any,
    ) -> None:
        check_account(account)
        check_catalog(catalog)
        check_names(settings, {*OWN, *SETTINGS})
        checked = checked_settings(settings)
        self._script = script_given(review, checked)
        given = clock_given(clock)
        course = course_given(clock)
        self._engine = Engine.open(
            url, clock=given, readings=readings_of(checked), faults=faults_given(faults), model=checked.model
        )
        self._is_closed = False
        self.account = account
        self.catalog = catalog
        self.sleep = sleep
        self.clock = clock_of(self._engine)
        if course is not None:
            self.clock.follow(course)
        self.faults = self._engine.faults
        self.requests = Requests()
        self._events: dict[str, Events] = {}
        self._first_event = self._engine.store.outbox.newest()
        self.opportunities = Opportunities(self._engine, Scope(account, catalog), self._arrange)
        self.review = self.aws_side(account, catalog)

    @property
    def events(self) -> Events:
        """The events that the account has received since the engine was opened."""
        return self.events_of(self.account)

    def events_of(self, account: str) -> Events:
        """The events that an account has received since the engine was opened. Always the same list."""
        check_account(account)
        new = Events(self._engine.store.outbox, account, self.catch_up, after=self._first_event)
        return self._events.setdefault(account, new)  # of several threads the first one wins

    def aws_side(self, account: str, catalog: str) -> AwsSide:
        """AWS's side of an account's opportunities in a catalog."""
        return AwsSide(self._engine, Scope(account, catalog), self.catch_up, self._tell)

    def client(self, *, account: str | None = None, **boto3_options: Any) -> "PartnerCentralSellingAPIClient":
        """A new boto3 client that acts for an account, by default the engine's. The options go to `boto3.client`."""
        account = self.account if account is None else account
        check_account(account)
        client = bound(new_client(account, **boto3_options), Answerer(self.answer, self.sleep))
        ENGINES[client] = self, account
        return client

    def answer(self, call: flow.Call) -> flow.Answer:
        """Answer a call of a client: what is due by now is done first, and the call is recorded."""
        if self._is_closed:
            raise UserError("the engine of this client is closed", "take a client of one that is open")
        started = perf_counter()
        self.catch_up()
        answer = flow.answer(self._engine, call)
        self.requests.keep(call, answer, perf_counter() - started)
        self._tell()
        return answer

    def catch_up(self) -> None:
        """Have AWS's side do what is due. Raises the first failure, once everything is done."""
        defects: list[Exception] = []
        work(self._engine, self._script, self._engine.clock(), lambda _, defect: defects.append(defect))
        if defects:
            raise defects[0]

    def _arrange(self, engine: Engine, call: flow.Call) -> flow.Answer:
        """Answer a call that no client has made."""
        self.catch_up()
        answer = flow.answer(engine, call)
        self._tell()
        return answer

    def _tell(self) -> None:
        for events in list(self._events.values()):
            events.tell()

    def close(self) -> None:
        """Close the database. Its clients no longer answer anything. Idempotent."""
        self._is_closed = True
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


ENGINES: Final[WeakKeyDictionary[Any, tuple[LocalEngine, str]]] = WeakKeyDictionary()
"""Clients that are answered here, each with its engine and the account that it acts for."""
