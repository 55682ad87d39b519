"""`cosell.connect`: a real boto3 client whose calls are answered in this process, and what belongs to such a client.

botocore does everything that it always does, up to the moment when it would open a connection: then its event
`before-send` hands the prepared request to the flow and takes the answer from there. A request never leaves the
process: if the flow fails, the call fails.

Nothing runs in the background. So a client's call first lets AWS's side do what is due by the engine's clock, each
thing at its own moment, and finds everything as a server would have it by then.
"""

import inspect
import time
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from cosell import flow
from cosell.auth.open_access import DEFAULT_ACCOUNT
from cosell.aws_side.by_hand import AwsSide
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.testing.answering import Answerer, Sleep
from cosell.testing.clients import bound, new_client
from cosell.testing.engine import ENGINES, LocalEngine
from cosell.testing.events import Events
from cosell.testing.options import OWN, SETTINGS, ClockSetting, FaultsSetting, ReviewSetting, check_names

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient


def connect(
    url: str = ":memory:",
    *,
    account: str = DEFAULT_ACCOUNT,
    catalog: str = "Sandbox",
    clock: ClockSetting = None,
    review: ReviewSetting = "manual",
    faults: FaultsSetting = None,
    sleep: Sleep = time.sleep,
    **options: Any,
) -> "PartnerCentralSellingAPIClient":
    """A boto3 client bound to the database at `url`, in this process.

    `options` are settings of `cosell serve`, by name (`SETTINGS`); the others go to `boto3.client`. Everything else is
    as in `LocalEngine`; `engine_of` returns the client's. Raises UserError if the database cannot be opened, a setting
    is not valid, or an option is unknown.
    """
    check_names(options, _known_options())
    settings = {name: options.pop(name) for name in SETTINGS & options.keys()}
    engine = LocalEngine(
        url, account=account, catalog=catalog, clock=clock, review=review, faults=faults, sleep=sleep, **settings
    )
    return engine.client(**options)


def engine_of(client: "PartnerCentralSellingAPIClient") -> LocalEngine:
    """The engine that answers a client of `connect`, or of an engine. Raises UserError for another client."""
    return _found(client)[0]


def events(of: "LocalEngine | PartnerCentralSellingAPIClient") -> Events:
    """The events that the account of a client, or of an engine, has received. Raises UserError for any other client."""
    engine, account = (of, of.account) if isinstance(of, LocalEngine) else _found(of)
    return engine.events_of(account)


def play_aws(client: "PartnerCentralSellingAPIClient", *, catalog: str = "Sandbox") -> AwsSide:
    """AWS's side of a client's account in a catalog, to be played by hand.

    Raises UserError for another client.
    """
    engine, account = _found(client)
    return engine.aws_side(account, catalog)


def client_of(
    engine: Engine, *, account: str = DEFAULT_ACCOUNT, session: "Session | None" = None, **boto3_options: Any
) -> "PartnerCentralSellingAPIClient":
    """A boto3 client bound to an engine that is open already, and where nothing becomes due. Many may share one.

    `session` is a boto3 session to make it in, in place of one that all share.
    """
    return bound(new_client(account, session, **boto3_options), Answerer(partial(flow.answer, engine), time.sleep))


def _found(client: "PartnerCentralSellingAPIClient") -> tuple[LocalEngine, str]:
    try:
        return ENGINES[client]
    except (KeyError, TypeError):
        raise UserError("this client is not answered in this process", "make one with cosell.connect()") from None


@cache
def _known_options() -> frozenset[str]:
    import boto3

    of_boto3 = inspect.signature(boto3.session.Session.client).parameters.keys() - {"self", "service_name"}
    return frozenset({*OWN, *SETTINGS, *of_boto3})
