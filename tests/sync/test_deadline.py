"""A whole answer has a deadline, and whoever waits for one may leave."""

import threading
from collections.abc import Callable
from typing import Any

import boto3
import msgspec
import pytest
from botocore.config import Config

from cosell.sync import Unavailable
from cosell.sync.deadline import TooLate, within
from cosell.sync.plan import Head
from cosell.sync.push.calls import Calls, Unanswered
from cosell.sync.quota import Unlimited
from cosell.sync.service import Service
from cosell.sync.stopping import Stopped
from tests.sync.scripted import Scripted, page
from tests.sync.slow_server import Manner, SlowServer

PATIENCE_S = 30


def test_what_a_call_gives_or_raises_is_the_callers() -> None:
    def fail() -> None:
        raise RuntimeError("no")

    assert within(PATIENCE_S, lambda: 7) == 7
    with pytest.raises(RuntimeError, match="no"):
        within(PATIENCE_S, fail)


def client_at(url: str) -> Any:
    """A client of a real address, which waits a second for more of an answer."""
    return boto3.session.Session().client(
        "partnercentral-selling",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=1),
    )


def service_at(url: str, **surroundings: Any) -> Service:
    """A service at a real address."""
    world = Scripted(lambda _, __: page()).world()
    return Service(client_at(url), "Sandbox", msgspec.structs.replace(world, **surroundings))


@pytest.mark.parametrize("manner", ["silent", "dripping head", "dripping body"])
def test_an_answer_that_is_late_is_given_up_and_its_connection_closed(manner: Manner) -> None:
    """At once where anything comes, otherwise once the client waits for no more."""
    with SlowServer(manner) as server, service_at(server.url, answer_within_s=0.2) as service:
        with pytest.raises(Unavailable, match=r"no complete answer within 0\.2 s"):
            service.page(Head())
        assert server.left.wait(PATIENCE_S)
    assert service.retries, "it is asked again first"


def test_a_push_gives_up_an_answer_that_drips_too() -> None:
    with SlowServer("dripping body") as server:
        calls = Calls(client_at(server.url), Unlimited(), sleep=lambda _: None, answer_within_s=0.2)
        with pytest.raises(Unanswered, match="timeout"):
            calls.read("list_opportunities", Catalog="Sandbox")


@pytest.mark.parametrize("manner", ["silent", "dripping head", "dripping body"])
def test_whoever_waits_for_an_answer_may_leave(manner: Manner) -> None:
    """The process ends then, and with it the connection: tests/cli/test_sync_stops.py."""
    with SlowServer(manner) as server:

        def stop(_: threading.Event, __: float) -> None:
            assert server.asked.wait(PATIENCE_S)
            raise Stopped

        with service_at(server.url, wait=stop) as service, pytest.raises(Stopped):
            service.page(Head())


def test_a_call_that_is_left_ends_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    begun, over = threading.Event(), threading.Event()

    def wait_for_ever() -> None:
        begun.set()
        try:
            while True:
                over.wait(0.001)
        finally:
            over.set()

    def wait(_: threading.Event, __: float) -> None:
        assert begun.wait(PATIENCE_S)

    leave: Callable[[], None] = lambda: within(1.0, wait_for_ever, wait)  # noqa: E731
    with pytest.raises(TooLate, match="within 1 s"):
        leave()
    assert over.wait(PATIENCE_S)
    assert capfd.readouterr().err == ""
