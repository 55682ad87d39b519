"""What a test's markers ask for: an engine, or a server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from cosell.errors import UserError
from cosell.settings import OF_A_SERVER
from cosell.testing.engine import LocalEngine
from cosell.testing.options import OWN, SETTINGS, check_names
from cosell.testing.server import Server, serve

OF_AN_ENGINE: Final = ({*OWN, *SETTINGS} - {"url"}) | {"db", "seed"}
"""The options for an engine of a test. `db` is its `url`, by the name that a server has for it."""
OF_A_TESTS_SERVER: Final = {*OF_A_SERVER, "account", "catalog", "faults", "seed"}


@contextmanager
def engine_for(options: Mapping[str, Any]) -> Iterator[LocalEngine]:
    """The engine that the options ask for. What is wrong with them fails the test, in a line."""
    __tracebackhide__ = True
    options = dict(options)
    try:
        check_names(options, OF_AN_ENGINE)
        seed = options.pop("seed", 0)
        engine = LocalEngine(options.pop("db", ":memory:"), **options)
    except UserError as mistake:
        raise _refusal(mistake) from None
    with engine:
        engine.opportunities.seed(_count(seed))
        yield engine


@contextmanager
def server_for(options: Mapping[str, Any]) -> Iterator[Server]:
    """The server that the options ask for, as `engine_for`."""
    __tracebackhide__ = True
    options = dict(options)
    try:
        check_names(options, OF_A_TESTS_SERVER)
        seed, catalog = options.pop("seed", 0), options.pop("catalog", "Sandbox")
        faults = options.pop("faults", [])
        if isinstance(options.get("clock"), datetime):
            options["clock"] = _frozen(options["clock"])
        server = serve(fault=[*options.pop("fault", []), *map(_text, faults)], **options)
    except UserError as mistake:
        raise _refusal(mistake) from None
    with server:
        if seed:
            server.administer("/_cosell/seed", count=_count(seed), account=server.account, catalog=catalog)
        yield server


def _refusal(mistake: object) -> BaseException:
    return pytest.fail.Exception(f"@pytest.mark.cosell: {mistake}", pytrace=False)


def _count(seed: Any) -> int:
    __tracebackhide__ = True
    if not isinstance(seed, int) or seed < 0:
        raise _refusal(f"seed is how many opportunities there are, not {seed!r}")
    return seed


def _frozen(moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"frozen:{aware.isoformat()}"


def _text(fault: Mapping[str, Any] | str) -> str:
    """A fault as the text of `--fault`, in which a message stands last."""
    if isinstance(fault, str):
        return fault
    members = {("times" if name == "count" else name): value for name, value in fault.items()}
    named = sorted(members.items(), key=lambda member: member[0] == "message")
    return ",".join(f"{name}={value}" for name, value in named)
