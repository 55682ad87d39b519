"""The stream of events: everybody sees what is committed, and whoever comes back misses nothing."""

import http.client
import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import pytest

from tests.admin.conftest import ask
from tests.conftest import ACCOUNT, COSELL, OTHER_ACCOUNT, Finished, Server


class Stream:
    """A connection to `GET /_cosell/events`."""

    def __init__(self, server: Server, query: str = "", last_event_id: str | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        self._connection.request("GET", f"/_cosell/events{query}", headers=headers)
        self.response = self._connection.getresponse()
        assert self.response.status == 200
        self.last_event_id: str | None = None
        self.comments: list[str] = []
        self.said = self._parts()
        next(self.said)  # the greeting: from here on nothing is missed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._connection.close()

    def _parts(self) -> Iterator[dict[str, str]]:
        part: dict[str, str] = {}
        for raw in self.response:
            line = raw.decode().rstrip("\n")
            if line.startswith(":"):
                self.comments.append(line)
            elif line:
                name, _, value = line.partition(": ")
                part[name] = value
            else:
                self.last_event_id = part.get("id", self.last_event_id)
                yield part
                part = {}

    def next(self) -> Any:
        """The next event."""
        while True:
            part = next(self.said)
            if "data" in part:
                return json.loads(part["data"])

    def opportunities(self, count: int) -> list[str]:
        """What the next events are about."""
        return [self.next()["detail"]["opportunity"]["identifier"] for _ in range(count)]


def create(server: Server, token: str, account: str = ACCOUNT, catalog: Any = "Sandbox") -> str:
    """CreateOpportunity, by a client that is made once for each server: making one takes longer than most tests."""
    made = server.__dict__.setdefault("clients", {})
    client = made.get(account) or made.setdefault(account, server.client(account))
    return str(client.create_opportunity(Catalog=catalog, ClientToken=token)["Id"])


def test_a_change_is_seen_at_once_and_can_be_read_by_then(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:")
    with Stream(server) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["cache-control"] == "no-store"
        for number in range(5):
            created = create(server, f"number {number}")
            event = stream.next()
            assert event["detail"]["opportunity"]["identifier"] == created
            assert server.client().get_opportunity(Catalog="Sandbox", Identifier=created)["Id"] == created


def test_whoever_comes_back_misses_nothing_even_before_the_first_event(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:")
    with Stream(server) as stream:
        seen = stream.last_event_id
    assert seen is not None
    first = create(server, "first")
    with Stream(server, last_event_id=seen) as stream:
        assert stream.opportunities(1) == [first]
        seen = stream.last_event_id
    second, third = create(server, "second"), create(server, "third")
    with Stream(server, last_event_id=seen) as stream:
        assert stream.opportunities(2) == [second, third]


def test_a_stream_can_begin_earlier(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:", "--clock", "frozen:2026-05-04T09:00:00Z")
    created = [create(server, "first")]
    assert ask(server, "POST", "clock", {"step": "1h"})[0] == 200
    created.append(create(server, "second"))
    with Stream(server, "?from=start") as stream:
        assert stream.opportunities(2) == created
    with Stream(server, "?from=2026-05-04T09:30:00Z") as stream:
        assert stream.opportunities(1) == created[1:]
    for span in ("30m", "1h"):
        with Stream(server, f"?from={span}") as stream:
            assert stream.opportunities(1) == created[span == "30m" :][:1]
    with Stream(server, "?from=start", last_event_id="1") as stream:
        assert stream.opportunities(1) == created[1:], "where it was before counts more"
    with Stream(server, last_event_id="999") as stream:
        assert stream.opportunities(2) == created, "the database must have been replaced"


def test_a_stream_shows_what_it_is_asked_for(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:")
    mine = create(server, "mine")
    theirs = create(server, "theirs", OTHER_ACCOUNT)
    real = create(server, "real", OTHER_ACCOUNT, "AWS")
    record = server.client().get_opportunity(Catalog="Sandbox", Identifier=mine)
    server.client().update_opportunity(
        Catalog="Sandbox", Identifier=mine, LastModifiedDate=record["LastModifiedDate"], OpportunityType="Expansion"
    )
    for query, expected in {
        f"account={OTHER_ACCOUNT}": [theirs, real],
        "catalog=AWS": [real],
        f"account={ACCOUNT}&catalog=Sandbox": [mine, mine],
        "detail_type=Opportunity+Updated": [mine],
    }.items():
        with Stream(server, f"?from=start&{query}") as stream:
            assert stream.opportunities(len(expected)) == expected


def test_a_quiet_stream_is_kept_alive_and_knows_where_it_is(serve_after: Callable[..., Server]) -> None:
    server = serve_after("import cosell.serve.admin.events as e; e.HEARTBEAT_S = 0.05", "--db", ":memory:")
    with Stream(server, f"?account={OTHER_ACCOUNT}") as stream:
        before = stream.last_event_id
        create(server, "not for this stream")
        while stream.last_event_id == before:
            assert "data" not in next(stream.said)
        assert ": heartbeat" in stream.comments


def test_what_other_processes_commit_is_seen_too(serve: Callable[..., Server]) -> None:
    one, other = serve("--db", "pipeline.db"), serve("--db", "pipeline.db")
    with Stream(one) as stream:
        assert stream.opportunities(0) == []
        created = create(other, "elsewhere")
        assert stream.opportunities(1) == [created]


def test_streams_end_with_the_server(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:")
    with Stream(server) as stream:
        server.process.send_signal(signal.SIGTERM)
        assert [part for part in stream.said if "data" in part] == []
    server.process.communicate(timeout=60)  # another signal would break it off
    assert server.process.returncode == 0


@pytest.mark.parametrize(
    ("query", "headers", "reason"),
    [
        ("?from=yesterday", {}, "'yesterday' is not a moment"),
        ("?from=7y", {}, "'7y' is not a time span"),
        ("?account=7", {}, "account"),
        ("?colour=red", {}, "colour"),
        ("", {"Last-Event-ID": "abc"}, "Last-Event-ID is a number"),
        ("", {"Last-Event-ID": "9" * 30}, "Last-Event-ID is a number"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    standing_server: Server, query: str, headers: dict[str, str], reason: str
) -> None:
    status, body = ask(standing_server, "GET", f"events{query}", headers=headers)
    assert status == 400
    assert reason in body["error"]


def test_pages_of_strangers_see_no_events(standing_server: Server) -> None:
    for headers in ({"Origin": "https://evil.example.com"}, {"Host": "evil.example.com"}):
        assert ask(standing_server, "GET", "events", headers=headers)[0] == 403


def test_the_command_shows_events_and_ends_after_so_many(
    serve: Callable[..., Server], run: Callable[..., Finished]
) -> None:
    server = serve("--db", ":memory:")
    created = [create(server, f"number {number}") for number in range(3)]
    shown = run("events", "tail", "--from", "start", "--limit", "2", "--account", ACCOUNT, "--url", server.url)
    assert (shown.code, shown.err) == (0, "")
    events = [json.loads(line) for line in shown.out.splitlines()]
    assert [event["detail"]["opportunity"]["identifier"] for event in events] == created[:2]


def test_the_command_goes_on_when_the_server_is_back(serve: Callable[..., Server], tmp_path: Any) -> None:
    server = serve("--db", "pipeline.db")
    command = [*COSELL, "events", "tail", "--from", "start", "--limit", "2", "--url", server.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as tail:
        assert tail.stdout is not None
        created = [create(server, "first")]
        shown = [json.loads(tail.stdout.readline())]
        server.kill()
        server = serve("--db", "pipeline.db", "--port", str(server.port))
        created.append(create(server, "second"))
        shown.append(json.loads(tail.stdout.readline()))
        assert tail.wait(timeout=60) == 0
    assert [event["detail"]["opportunity"]["identifier"] for event in shown] == created


def test_the_command_says_in_one_line_why_it_shows_nothing(
    standing_server: Server, run: Callable[..., Finished]
) -> None:
    told = run("events", "tail", "--url", "http://127.0.0.1:1")
    assert told.code == 1
    assert told.err.startswith("cosell: no cosell answers at http://127.0.0.1:1")
    told = run("events", "tail", "--from", "yesterday", "--url", standing_server.url)
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "--from 'yesterday' is not a moment" in told.err


UNAVAILABLE = """
import cosell.store.sqlite.outbox as o
from cosell.store.interface import StoreUnavailable
sound, failures = o.SqliteOutbox.{method}, []
def failing(*arguments):
    if failures:
        return sound(*arguments)
    failures.append(1)
    raise StoreUnavailable("IOError")
o.SqliteOutbox.{method} = failing
"""


def test_a_stream_that_cannot_begin_says_try_again(serve_after: Callable[..., Server]) -> None:
    server = serve_after(UNAVAILABLE.format(method="newest"), "--db", ":memory:")
    status, body = ask(server, "GET", "events")
    assert (status, body["error"]) == (503, "The database does not answer: IOError")
    with Stream(server) as stream:
        created = create(server, "first")
        assert stream.opportunities(1) == [created]


def test_a_stream_ends_where_the_database_does_not_answer_and_is_taken_up_there(
    serve_after: Callable[..., Server],
) -> None:
    server = serve_after(UNAVAILABLE.format(method="after"), "--db", ":memory:")
    with Stream(server) as stream:
        assert list(stream.said) == []
        seen = stream.last_event_id
    created = create(server, "first")
    with Stream(server, last_event_id=seen) as stream:
        assert stream.opportunities(1) == [created]
