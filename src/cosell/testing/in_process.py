"""`cosell.connect`: a real boto3 client whose calls are answered in this process.

botocore does everything that it always does, up to the moment when it would open a connection: then its event
`before-send` hands the prepared request to the flow and takes the answer from there. A request never leaves the
process: if the flow fails, the call fails.

Nobody works here while nobody calls. So a call of a client first lets AWS's side do what is due by the engine's clock,
each thing at its own moment, and finds everything as a server would have it by then.
"""

import inspect
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from cosell.auth.open_access import DEFAULT_ACCOUNT, check_account
from cosell.aws_side.by_hand import AwsSide
from cosell.context import Now, Scope
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.faults import Faults
from cosell.rules.identifiers import REGION
from cosell.testing.answering import Answerer, Sleep
from cosell.testing.options import OWN, SETTINGS, ReviewSetting, check_names, opened
from cosell.wire.model import SERVICE

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

_EVENT = f"before-send.{SERVICE}"


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
    UserError where the database cannot be opened, a setting is not possible, or nobody has an option of that name.
    """
    check_account(account)
    check_names(options, _known_options())
    settings = {name: options.pop(name) for name in SETTINGS & options.keys()}
    engine, catch_up = opened(url, clock, review, faults, settings)
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
    answerer: Any = Answerer(engine, before_call, sleep)  # it answers by returning
    client.meta.events.register_first(_EVENT, answerer)
    return client


_SIDES: Final[WeakKeyDictionary[Any, Callable[[str], AwsSide]]] = WeakKeyDictionary()
"""Clients of `connect`, each with what gives AWS's side of its account in a catalog."""


def _known_options() -> set[str]:
    import boto3

    of_boto3 = inspect.signature(boto3.session.Session.client).parameters.keys() - {"self", "service_name"}
    return {*OWN, *SETTINGS, *of_boto3}
