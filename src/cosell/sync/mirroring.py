"""`cosell.sync.mirror`: bring a mirror in step, from Python."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cosell.sync.deadline import Wait
from cosell.sync.quota import Rate, open_ledger
from cosell.sync.report import Report
from cosell.sync.runner import DEFAULT_OVERLAP_MS, Options, Run
from cosell.sync.service import Service, Surroundings
from cosell.sync.target import Target
from cosell.sync.targets.holder import this_process
from cosell.sync.targets.open import open_target

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

DEFAULT_OVERLAP: Final = timedelta(milliseconds=DEFAULT_OVERLAP_MS)
HOLDER: Final = "sync"
"""The name under which the quota ledger counts our calls."""


def now_ms() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def mirror(
    client: "PartnerCentralSellingAPIClient",
    target: Target | str = "mirror.db",
    *,
    catalog: str = "Sandbox",
    full: bool = False,
    details: bool = False,
    overlap: timedelta = DEFAULT_OVERLAP,
    rate: Rate = "auto",
    share: float = 1.0,
    tell: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Bring `target` in step with what `client` lists, once, and return what was done.

    `client` is any boto3 client of partnercentral-selling; `target` an open mirror or its URL. `full` lists everything
    instead of what has changed, and repairs the mirror: the service wins. `details` also fetches GetOpportunity and
    GetAwsOpportunitySummary. `overlap` is the longest delay with which the service may show a change. `rate` and
    `share`: see `cosell.sync.quota`. `tell` receives the report after each page.

    Raises UserError if something must be done about it first (MirrorBusy and ForeignMirror among them), Unavailable if
    the service does not answer, and MirrorUnavailable if the mirror does not. The mirror is then as after the last
    stored page, and the next call continues from there.
    """
    options = Options(full=full, details=details, overlap_ms=overlap // timedelta(milliseconds=1))
    with ExitStack() as stack:
        if isinstance(target, str):
            target = stack.enter_context(open_target(target, repair=full))
        stack.enter_context(target.lock(this_process(now_ms())))
        service, world = stack.enter_context(asking(client, catalog, rate=rate, share=share))
        return Run(service, target, world, options, tell=tell)()


@contextmanager
def asking(
    client: "PartnerCentralSellingAPIClient",
    catalog: str,
    *,
    rate: Rate = "auto",
    share: float = 1.0,
    sleep: Callable[[float], object] = time.sleep,
    wait: Wait = threading.Event.wait,
) -> Iterator[tuple[Service, Surroundings]]:
    """A service to ask, and the world in which it is asked. Raises UserError if the quota ledger cannot be used."""
    ledger = open_ledger(client, rate, share, HOLDER, sleep=sleep)
    try:
        # Chance only spreads the moments at which calls are tried again.
        world = Surroundings(now_ms, sleep, random.random, ledger, wait)
        with Service(client, catalog, world) as service:
            yield service, world
    finally:
        ledger.close()
