"""`cosell.intercept()`: every client of the service, whoever made it, is answered in this process."""

import asyncio
import os
import socket
import threading
import unittest
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ProfileNotFound
from botocore.hooks import EventAliaser

import cosell
from cosell import flow
from cosell.errors import UserError
from tests.complete_opportunity import complete
from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Server
from tests.event_loop import run_apart

SERVICE: Any = "partnercentral-selling"
DEFAULT_ACCOUNT = "000000000000"
VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nothing of AWS is configured."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> NoReturn:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def client(account: str = ACCOUNT, **options: Any) -> Any:
    """A client of boto3 with keys of its own."""
    return boto3.session.Session().client(
        SERVICE,
        **{"region_name": "us-east-1", "aws_access_key_id": account, "aws_secret_access_key": "any"} | options,
    )


def create(client: Any, token: str = "first") -> str:
    return str(client.create_opportunity(Catalog="Sandbox", ClientToken=token, **complete())["Id"])


def listed(client: Any) -> list[str]:
    return [summary["Id"] for summary in client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]]


@pytest.mark.usefixtures("no_network")
def test_a_client_that_is_told_nothing_is_answered_in_process() -> None:
    with cosell.intercept():
        identifier = create(boto3.client(SERVICE))
        assert listed(boto3.client(SERVICE)) == [identifier]


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    "make",
    [
        lambda: boto3.client(SERVICE, region_name="us-east-1"),
        lambda: boto3.client(SERVICE, region_name="eu-central-1"),
        lambda: boto3.client(SERVICE, region_name="us-east-1", endpoint_url="https://partners.example.com"),
        lambda: boto3.client(SERVICE, region_name="us-east-1", endpoint_url="https://any.us-east-1.amazonaws.com"),
        lambda: boto3.session.Session(region_name="us-west-2").client(SERVICE),
        lambda: botocore.session.get_session().create_client(SERVICE, region_name="us-east-1"),
    ],
)
@pytest.mark.parametrize("is_made", ["before", "inside"])
def test_every_client_is_answered_wherever_and_whenever_it_was_made(make: Callable[[], Any], is_made: str) -> None:
    before = make()  # without credentials, as nothing is configured
    with cosell.intercept():
        asking = before if is_made == "before" else make()
        assert listed(asking) == []
        identifier = create(asking)
        assert listed(client(DEFAULT_ACCOUNT)) == [identifier]


@pytest.mark.usefixtures("no_network")
def test_what_fails_here_fails_the_call_instead_of_letting_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*_: Any) -> NoReturn:
        raise ZeroDivisionError("a defect")

    with cosell.intercept():
        asking = client()
        if hasattr(asking, "list_engagements"):  # the first boto3 that knows the service does not know these
            with pytest.raises(ClientError, match="ListEngagements"):
                asking.list_engagements(Catalog="Sandbox")
        monkeypatch.setattr(flow, "STEPS", (flow.route, defect))
        with pytest.raises(ZeroDivisionError, match="a defect"):
            asking.list_opportunities(Catalog="Sandbox")


def test_a_client_of_a_server_comes_back_to_it(serve: Callable[..., Server]) -> None:
    outside = serve().client()
    there = create(outside)
    with cosell.intercept():
        assert listed(outside) == []
        here = create(outside)
        assert listed(outside) == [here]
    assert listed(outside) == [there]


def test_clients_of_other_services_go_where_they_went() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with cosell.intercept():
            other: Any = boto3.client(
                "sts",
                endpoint_url=f"http://127.0.0.1:{nobody.getsockname()[1]}",
                config=Config(retries={"total_max_attempts": 1}),
            )
            with pytest.raises(EndpointConnectionError):
                other.get_caller_identity()


def test_a_client_of_connect_keeps_its_own_engine() -> None:
    connected: Any = cosell.connect(account=ACCOUNT)
    there = create(connected)
    with cosell.intercept():
        here = create(client(ACCOUNT), "second")
        assert listed(connected) == [there]
        assert listed(client(ACCOUNT)) == [here]


def test_handlers_of_the_client_are_told_of_each_request() -> None:
    asked: list[bytes] = []
    asking = client()
    asking.meta.events.register("before-send", lambda request, **_: asked.append(request.headers["X-Amz-Target"]))
    with cosell.intercept():
        listed(asking)
    assert asked == [b"AWSPartnerCentralSelling.ListOpportunities"]


# --- whose account


def test_a_key_of_twelve_digits_is_the_account() -> None:
    with cosell.intercept():
        one, other = client(ACCOUNT), client(OTHER_ACCOUNT)
        assert create(one) not in listed(other)


def test_all_other_keys_are_of_the_account_that_the_block_names() -> None:
    with cosell.intercept(account=OTHER_ACCOUNT):
        identifier = create(client("AKIAIOSFODNN7EXAMPLE"))
        assert listed(boto3.client(SERVICE)) == listed(client(OTHER_ACCOUNT)) == [identifier]
        assert listed(client(ACCOUNT)) == []


def test_credentials_of_the_machine_are_neither_used_nor_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    real = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",  # boto3 would refuse them
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    for name, value in real.items():
        monkeypatch.setenv(name, value)
    with cosell.intercept(account=ACCOUNT):
        used = boto3.session.Session().get_credentials()
        assert used is not None
        assert (used.access_key, used.token) == (ACCOUNT, None)
        assert boto3.session.Session().region_name == "eu-central-1"
        listed(boto3.client(SERVICE))
    assert {name: os.environ[name] for name in real} == real


def test_the_region_of_the_configuration_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[default]\nregion = eu-central-1\n[profile work]\nregion = us-west-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with cosell.intercept():
        assert boto3.session.Session().region_name == "eu-central-1"
        assert boto3.session.Session(profile_name="work").region_name == "us-west-2"
        listed(boto3.client(SERVICE))


def test_a_block_that_cannot_begin_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    before = dict(os.environ), EventAliaser.emit
    with pytest.raises(ProfileNotFound), cosell.intercept():
        pass
    assert (dict(os.environ), EventAliaser.emit) == before


# --- blocks in blocks


def test_the_innermost_block_answers_and_the_outer_one_comes_back() -> None:
    asking = client()
    with cosell.intercept():
        outer = create(asking)
        with cosell.intercept():
            assert listed(asking) == []
            inner = create(asking)
            assert listed(asking) == [inner]
        assert listed(asking) == [outer]


def test_the_same_block_may_be_entered_again() -> None:
    asking, block = client(), cosell.intercept()
    with block:
        outer = create(asking)
        with block:
            assert listed(asking) == []
        assert listed(asking) == [outer]
    with block:
        assert listed(asking) == []


def test_blocks_of_several_threads_leave_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "outside")
    asking, before = client(), dict(os.environ)
    first, second = cosell.intercept(account=ACCOUNT), cosell.intercept(account=OTHER_ACCOUNT)
    first.__enter__()
    second.__enter__()
    identifier = create(asking)
    first.__exit__(None, None, None)
    assert listed(asking) == [identifier]
    assert os.environ["AWS_ACCESS_KEY_ID"] == OTHER_ACCOUNT
    second.__exit__(None, None, None)
    assert dict(os.environ) == before


def test_a_block_over_a_file_finds_what_another_one_wrote(tmp_path: Path) -> None:
    path = str(tmp_path / "pipeline.db")
    with cosell.intercept(path):
        identifier = create(client())
    with cosell.intercept(path):
        assert listed(client()) == [identifier]


# --- as a decorator


@cosell.intercept(account=ACCOUNT)
def created_and_listed() -> list[str]:
    """Its name."""
    create(boto3.client(SERVICE))
    return listed(boto3.client(SERVICE))


def test_each_call_of_a_decorated_function_has_an_engine_of_its_own() -> None:
    assert len(created_and_listed()) == len(created_and_listed()) == 1
    assert created_and_listed.__name__ == "created_and_listed"


def test_an_asynchronous_function_is_inside_until_it_ends() -> None:
    @cosell.intercept()
    async def later(pause: asyncio.Event) -> list[str]:
        await pause.wait()
        create(boto3.client(SERVICE))
        return listed(boto3.client(SERVICE))

    async def run() -> list[str]:
        pause = asyncio.Event()
        asyncio.get_running_loop().call_soon(pause.set)
        return await later(pause)

    assert len(run_apart(run())) == 1


def test_each_test_of_a_testcase_is_inside_with_all_that_is_set_up_for_it() -> None:
    seen: list[int] = []

    @cosell.intercept()
    class Stories(unittest.TestCase):
        def setUp(self) -> None:
            create(boto3.client(SERVICE), "set up")

        def tearDown(self) -> None:
            seen.append(len(listed(boto3.client(SERVICE))))

        def test_one(self) -> None:
            create(boto3.client(SERVICE), "one")

        def test_another(self) -> None:
            create(boto3.client(SERVICE), "another")

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Stories).run(result)
    assert result.wasSuccessful(), result.errors
    assert seen == [2, 2]


def test_a_testcase_may_enter_a_block_by_itself() -> None:
    class Story(unittest.TestCase):
        def setUp(self) -> None:
            self.enterContext(cosell.intercept())

        def runTest(self) -> None:  # noqa: N802
            create(boto3.client(SERVICE))

    result = unittest.TestResult()
    Story().run(result)
    assert result.wasSuccessful(), result.errors


def test_each_test_method_of_another_class_is_inside() -> None:
    @cosell.intercept()
    class TestStories:
        tests = 1

        def test_one(self) -> list[str]:
            create(boto3.client(SERVICE))
            return listed(boto3.client(SERVICE))

        @staticmethod
        def test_without_self() -> str:
            return "untouched"

    assert len(TestStories().test_one()) == 1
    assert TestStories.test_without_self() == "untouched"


# --- what it refuses


def generator() -> Iterator[int]:
    yield 1


async def asynchronous_generator() -> Any:
    yield 1


@pytest.mark.parametrize("generating", [generator, asynchronous_generator])
def test_a_generator_is_refused_because_it_would_run_outside(generating: Any) -> None:
    with pytest.raises(UserError, match="generator"):
        cosell.intercept()(generating)


def test_a_decorator_without_parentheses_is_reported() -> None:
    with pytest.raises(UserError, match=r"@cosell\.intercept\(\)"):
        cosell.intercept(generator)  # type: ignore[arg-type]


@pytest.mark.parametrize("door", [cosell.connect, cosell.intercept])
@pytest.mark.parametrize("account", ["12", "1234567890123", "12345678901a", "\u0661" * 12, "", 123456789012, None])
def test_an_account_that_is_not_twelve_digits_is_refused(door: Any, account: Any) -> None:
    with pytest.raises(UserError, match="an account has twelve digits"):
        door(account=account)


@pytest.mark.parametrize(
    ("door", "name", "nearest"),
    [
        (cosell.connect, "task_delays", "task_delay"),
        (cosell.connect, "acount", "account"),
        (cosell.connect, "region", "region_name"),
        (cosell.intercept, "task_delays", "task_delay"),
        (cosell.intercept, "faluts", "faults"),
    ],
)
def test_an_unknown_option_is_refused_with_the_nearest_one(door: Any, name: str, nearest: str) -> None:
    with pytest.raises(UserError, match=f"there is no option {name}; did you mean {nearest}"):
        door(**{name: "x"})


def test_an_option_of_boto3_is_none_of_a_block() -> None:
    with pytest.raises(UserError, match="there is no option region_name"):
        cosell.intercept(region_name="us-east-1")


def test_a_setting_that_is_not_possible_is_reported_at_the_beginning() -> None:
    with pytest.raises(UserError, match="'soon' is not a time span"), cosell.intercept(task_delay="soon"):
        pass


def test_the_public_names_are_listed_and_no_others() -> None:
    assert dir(cosell) == sorted(cosell.__all__)
    assert all(getattr(cosell, name) is not None for name in dir(cosell))


# --- options


def test_options_of_a_server_and_faults_hold_within_a_block() -> None:
    waited: list[float] = []
    faults = cosell.Faults()
    faults.add(error="ConnectionDropped", operation="GetOpportunity", delay="2s")
    with cosell.intercept(any_review_status=True, faults=faults, sleep=waited.append):
        asking = client(config=Config(retries={"total_max_attempts": 1}))
        created = asking.create_opportunity(Catalog="Sandbox", ClientToken="1", **complete())
        with pytest.raises(ConnectionClosedError):
            asking.get_opportunity(Catalog="Sandbox", Identifier=created["Id"])
    assert waited == [2]


# --- threads, and what is left behind


def test_threads_are_answered_together() -> None:
    def write_and_read(number: int) -> str:
        asking = client()
        identifier = create(asking, f"number-{number}")
        assert identifier in listed(asking)
        return identifier

    with cosell.intercept(), ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(write_and_read, range(24)))) == 24


def descriptors() -> set[tuple[str, str]]:
    """What is open, without the folder that tells it."""
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add((each.name, str(each.readlink())))
    return {(name, target) for name, target in found if not target.startswith("/proc/")}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted where there is /proc")
@pytest.mark.parametrize("place", [":memory:", "pipeline.db"])
@pytest.mark.parametrize("fails", [False, True])
def test_nothing_is_left_behind(place: str, fails: bool, tmp_path: Path) -> None:
    outside = client()
    default = boto3._get_default_session()
    with cosell.intercept():  # what is loaded once is loaded
        listed(client())

    def state() -> dict[str, Any]:
        return {
            "threads": set(threading.enumerate()),
            "files and sockets": descriptors(),
            "variables": dict(os.environ),
            "botocore": EventAliaser.emit,
            "handlers": outside.meta.events._emitter._handlers.prefix_search("before-send.partnercentral-selling.X"),
            "session": boto3.DEFAULT_SESSION,
        }

    before = state()
    try:
        with cosell.intercept(place if place == ":memory:" else str(tmp_path / place)):
            create(outside)
            listed(boto3.client(SERVICE))
            assert not fails
    except AssertionError:
        assert fails
    assert state() == before
    assert boto3.DEFAULT_SESSION is default
