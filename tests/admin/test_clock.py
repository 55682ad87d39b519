"""Time as an argument: whatever depends on it follows the engine's clock, in every process of a database."""

import http.server
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import cosell
from tests.admin.conftest import ask, done, refused
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, Finished, Server

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

MOMENT = "2031-05-04T09:00:00Z"
AT_MOMENT = datetime(2031, 5, 4, 9, tzinfo=UTC)


def create(client: "PartnerCentralSellingAPIClient", token: str) -> dict[str, Any]:
    return dict(client.create_opportunity(Catalog="Sandbox", ClientToken=token))


def stamp(client: "PartnerCentralSellingAPIClient", token: str) -> datetime:
    moment: datetime = create(client, token)["LastModifiedDate"]
    return moment


def test_a_frozen_clock_stamps_at_its_moment_and_a_stepped_one_later(server: Server) -> None:
    client = server.client()
    assert done(ask(server, "POST", "clock", {"mode": "frozen", "at": MOMENT})) == {
        "now": "2031-05-04T09:00:00.000Z",
        "mode": "frozen",
        "factor": 0.0,
    }
    assert stamp(client, "1") == AT_MOMENT
    assert done(ask(server, "POST", "clock", {"step": "1d12h"}))["now"] == "2031-05-05T21:00:00.000Z"
    assert stamp(client, "2") == AT_MOMENT + timedelta(hours=36)


def test_page_tokens_and_client_tokens_live_for_a_day_of_the_engine(server: Server) -> None:
    client = server.client()
    done(ask(server, "POST", "clock", {"mode": "frozen", "at": MOMENT}))
    first = create(client, "remembered")
    create(client, "another")
    token = client.list_opportunities(Catalog="Sandbox", MaxResults=1)["NextToken"]
    done(ask(server, "POST", "clock", {"step": "23h59m"}))
    assert create(client, "remembered")["Id"] == first["Id"]
    client.list_opportunities(Catalog="Sandbox", MaxResults=1, NextToken=token)
    done(ask(server, "POST", "clock", {"step": "2m"}))
    assert create(client, "remembered")["Id"] != first["Id"]
    with pytest.raises(client.exceptions.ValidationException):
        client.list_opportunities(Catalog="Sandbox", MaxResults=1, NextToken=token)


def test_an_accelerated_clock_gains_on_the_wall(server: Server) -> None:
    client = server.client()
    told = done(ask(server, "POST", "clock", {"mode": "accelerated", "factor": 1_000_000, "at": MOMENT}))
    assert told["mode"] == "accelerated"
    first, second = stamp(client, "1"), stamp(client, "2")
    assert AT_MOMENT <= first < second
    frozen = done(ask(server, "POST", "clock", {"mode": "frozen"}))["now"]
    assert frozen == done(ask(server, "GET", "clock"))["now"] > second.isoformat()


def test_a_real_clock_may_be_moved_and_made_real_again(server: Server) -> None:
    assert done(ask(server, "GET", "clock"))["mode"] == "real"
    assert done(ask(server, "POST", "clock", {"at": MOMENT}))["mode"] == "moved"
    assert done(ask(server, "GET", "clock"))["now"] >= MOMENT[:-1]
    assert done(ask(server, "POST", "clock", {"step": "1h"}))["now"] >= "2031-05-04T10:00:00"
    assert done(ask(server, "POST", "clock", {"mode": "real"}))["mode"] == "real"
    assert done(ask(server, "GET", "clock"))["now"] < MOMENT


def test_stamps_go_on_where_they_were_when_the_clock_goes_back(server: Server) -> None:
    client = server.client()
    done(ask(server, "POST", "clock", {"mode": "frozen", "at": MOMENT}))
    stamp(client, "1")
    done(ask(server, "POST", "clock", {"at": "2026-01-01T00:00:00Z"}))
    assert stamp(client, "2") == AT_MOMENT + timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({}, "nothing"),
        ({"mode": "real", "step": "1h"}, "real"),
        ({"mode": "accelerated"}, "factor"),
        ({"factor": 60}, "factor"),
        ({"mode": "accelerated", "factor": 0}, "factor"),
        ({"at": MOMENT, "step": "1h"}, "contradict"),
        ({"at": "noon"}, "moment"),
        ({"at": "1969-01-01T00:00:00Z"}, "moment"),
        ({"at": "9999-01-01T00:00:00.001Z"}, "9999"),
        ({"at": "9999-12-31T23:59:59-23:59"}, "9999"),
        ({"at": "10000-01-01T00:00:00Z"}, "9999"),
        ({"mode": "frozen", "at": "9999-06-01"}, "9999"),
        ({"mode": "accelerated", "factor": 60, "at": "9999-06-01"}, "9999"),
        ({"step": "soon"}, "span"),
        ({"step": "9999w"}, "century"),
        ({"mode": "backwards"}, "mode"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(standing_server: Server, change: dict[str, Any], named: str) -> None:
    status, answer = ask(standing_server, "POST", "clock", change)
    assert status == 400
    assert named in answer["error"] + answer.get("next_step", "")
    assert done(ask(standing_server, "GET", "clock"))["mode"] == "real"


def test_every_worker_shows_the_new_time_once_the_change_is_answered(serve: Callable[..., Server]) -> None:
    server = serve("--db", "shared.db", "--workers", "2")
    for day in range(1, 6):
        now = f"2031-05-0{day}T00:00:00.000Z"
        with ThreadPoolExecutor(8) as threads:  # many connections, which the kernel spreads over both
            list(threads.map(lambda _: ask(server, "GET", "clock"), range(8)))
            done(ask(server, "POST", "clock", {"mode": "frozen", "at": now}))
            seen = threads.map(lambda _: done(ask(server, "GET", "clock"))["now"], range(8))
            assert set(seen) == {now}


def test_the_clock_is_kept_by_the_database_over_a_restart(serve: Callable[..., Server]) -> None:
    server = serve("--db", "kept.db", "--clock", f"frozen:{MOMENT}")
    assert stamp(server.client(), "1") == AT_MOMENT
    server.stop()
    server = serve("--db", "kept.db")
    assert done(ask(server, "GET", "clock"))["mode"] == "frozen"
    server.stop()
    server = serve("--db", "kept.db", "--clock", "real", "--workers", "2")
    assert done(ask(server, "GET", "clock"))["mode"] == "real"


@pytest.mark.parametrize(
    ("text", "mode"),
    [("frozen", "frozen"), ("accelerated:60", "accelerated"), (f"accelerated:60:{MOMENT}", "accelerated")],
)
def test_a_server_starts_with_the_clock_that_it_is_told(serve: Callable[..., Server], text: str, mode: str) -> None:
    server = serve("--db", ":memory:", "--clock", text)
    told = done(ask(server, "GET", "clock"))
    assert told["mode"] == mode
    assert (told["now"] >= MOMENT[:-1]) == text.endswith(MOMENT)


@pytest.mark.parametrize(
    "text",
    [
        "slow",
        "frozen:noon",
        "frozen:9999-06-01",
        "frozen:10000-01-01",
        "accelerated",
        "accelerated:0",
        "accelerated:2:noon",
        "accelerated:2:9999-06-01",
    ],
)
def test_a_server_does_not_start_with_another_clock(capsys: pytest.CaptureFixture[str], text: str) -> None:
    refused(capsys, "serve", "--port", "0", "--clock", text)


def test_a_client_in_process_follows_the_clock_that_a_test_moves() -> None:
    clock = cosell.Clock(datetime(2031, 5, 4, 9, tzinfo=UTC))
    client = completing(cosell.connect(account=ACCOUNT, clock=clock))
    assert stamp(client, "1") == AT_MOMENT
    clock.step(hours=25)
    assert stamp(client, "2") == clock.now == AT_MOMENT + timedelta(hours=25)
    clock.set(datetime(2032, 1, 1))  # noqa: DTZ001  # without a time zone, UTC is meant
    clock.step(timedelta(days=1), hours=1)
    assert stamp(client, "3") == datetime(2032, 1, 2, 1, tzinfo=UTC)
    clock.accelerate(1_000_000)
    running = stamp(client, "4")
    clock.freeze()
    assert stamp(client, "5") > running
    clock.freeze(datetime(2033, 1, 1, tzinfo=UTC))
    assert stamp(client, "6") == datetime(2033, 1, 1, tzinfo=UTC)
    clock.real()
    assert clock.now < AT_MOMENT


END = datetime(9999, 1, 1, tzinfo=UTC)


def test_time_ends_before_a_year_of_five_digits(server: Server) -> None:
    client = server.client()
    done(ask(server, "POST", "clock", {"mode": "frozen", "at": "9998-12-31T23:59:59Z"}))
    status, answer = ask(server, "POST", "clock", {"step": "1d"})
    assert status == 400
    assert "9999-01-01" in answer["error"]
    assert done(ask(server, "GET", "clock"))["now"] == "9998-12-31T23:59:59.000Z"
    done(ask(server, "POST", "clock", {"step": "1s"}))
    first, second = stamp(client, "1"), stamp(client, "2")
    assert END == first < second
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"][0]["LastModifiedDate"] == second
    for question in ({}, {"now": "9999-12-31T23:59:59Z"}):
        assert done(ask(server, "POST", "seed", {"count": 300, **question}))["seeded"] == 300
    done(ask(server, "POST", "clock", {"mode": "accelerated", "factor": 1_000_000}))
    assert done(ask(server, "GET", "clock"))["now"] == "9999-01-01T00:00:00.000Z"


@pytest.mark.parametrize("moment", [datetime(9999, 1, 1, 0, 0, 1, tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC)])
def test_a_clock_in_process_refuses_what_no_answer_can_hold(moment: datetime) -> None:
    clock = cosell.Clock(AT_MOMENT)
    for refuses in (cosell.Clock, clock.set, clock.freeze, lambda at: clock.step(at - clock.now)):
        with pytest.raises(ValueError, match="1970-01-01 to 9999-01-01"):
            refuses(moment)
    assert clock.now == AT_MOMENT


def test_the_command_shows_and_steers_the_clock(server: Server, run: Callable[..., Finished]) -> None:
    def clock(*arguments: str) -> str:
        finished = run("clock", *arguments, "--url", server.url)
        assert finished.code == 0, finished.err
        return finished.out.strip()

    assert clock().endswith("Z real")
    assert clock("freeze", MOMENT) == "2031-05-04T09:00:00.000Z frozen"
    assert clock("step", "2d") == "2031-05-06T09:00:00.000Z frozen"
    assert clock("set", "2031-06-01") == "2031-06-01T00:00:00.000Z frozen"
    assert clock("accelerate", "60").endswith("accelerated 60 times")
    assert clock("real").endswith("real")


@pytest.mark.parametrize(
    "arguments",
    [
        ["step"],
        ["show", "1"],
        ["real", "1"],
        ["step", "soon"],
        ["accelerate", "x"],
        ["accelerate", "0"],
        ["set", "9999-06-01"],
    ],
)
def test_a_mistake_with_the_clock_is_one_line(
    standing_server: Server, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    refused(capsys, "clock", *arguments, "--url", standing_server.url)


@pytest.mark.parametrize(("url", "code"), [("http://127.0.0.1:9", 1), ("ftp://127.0.0.1", 2), ("rubbish", 2)])
def test_a_server_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], url: str, code: int) -> None:
    refused(capsys, "clock", "--url", url, code=code)


class _NoCosell(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_server_that_is_no_cosell_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), _NoCosell) as other:
        thread = threading.Thread(target=other.handle_request)
        thread.start()
        told = refused(capsys, "clock", "--url", f"http://127.0.0.1:{other.server_port}")
        thread.join()
    assert "is not a cosell" in told
