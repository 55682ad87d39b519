"""`cosell serve --sink`: real processes, which are killed, share a database, and meet sinks that fail."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cosell.cli.doctor_command import sinks
from tests.admin.conftest import ask, done
from tests.conftest import ACCOUNT, Finished, Server
from tests.events.receiver import SECRET, Receiver
from tests.events.test_stream import create
from tests.serve.test_metrics import figures

SECRET_VARIABLE = {"COSELL_WEBHOOK_SECRET": SECRET}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def sink_of(server: Server) -> Any:
    """What operators see of the server's only sink."""
    (sink,) = done(ask(server, "GET", "events/sinks"))["sinks"]
    return sink


def until_settled(server: Server) -> Any:
    """The only sink, once nothing is left for it."""
    while (sink := sink_of(server))["behind"] or sink["held"]:
        pass
    return sink


def test_what_was_committed_before_a_crash_is_delivered_after_it(
    serve: Callable[..., Server], receiver: Receiver
) -> None:
    receiver.status = 503
    options = ("--db", "pipeline.db", "--sink", receiver.url)
    server = serve(*options, environment=SECRET_VARIABLE)
    created = [create(server, "first")]
    offered = receiver.next()
    created.append(create(server, "second"))
    server.kill()
    receiver.status = 204
    server = serve(*options, environment=SECRET_VARIABLE)
    created.append(create(server, "third"))
    assert sorted(receiver.until(3)) == created
    assert offered["id"] in {event["id"] for event in receiver.events}, "an event keeps its identifier"


def test_a_kill_at_any_moment_loses_no_event(serve: Callable[..., Server], tmp_path: Path) -> None:
    created = []
    for life in range(3):
        server = serve("--db", "pipeline.db", "--sink", "file:events.jsonl")
        created += [create(server, f"{life} {number}") for number in range(5)]
        server.kill()
    server = serve("--db", "pipeline.db", "--sink", "file:events.jsonl")
    until_settled(server)
    written = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    about = [event["detail"]["opportunity"]["identifier"] for event in written]
    assert sorted(dict.fromkeys(about)) == created
    assert len({event["id"] for event in written}) == len(created)


def test_a_sink_that_is_down_for_an_hour_of_the_engines_time_gets_all_in_order(
    serve: Callable[..., Server], receiver: Receiver, tmp_path: Path
) -> None:
    receiver.status = 503
    options = ("--sink", receiver.url, "--sink", "file:other.jsonl", "--clock", "frozen:2026-05-04T09:00:00Z")
    server = serve("--db", ":memory:", *options, environment=SECRET_VARIABLE)
    client = server.client()
    created = [create(server, f"number {number}") for number in range(3)]
    for minute in range(12):
        identifier = created[minute % 3]
        record = client.get_opportunity(Catalog="Sandbox", Identifier=identifier)
        client.update_opportunity(
            Catalog="Sandbox",
            Identifier=identifier,
            LastModifiedDate=record["LastModifiedDate"],
            PartnerOpportunityIdentifier=str(minute),
        )
        assert ask(server, "POST", "clock", {"step": "5m"})[0] == 200
        if minute < 11:
            receiver.next()
    receiver.status = 204
    while len({event["id"] for event in receiver.events}) < 15:
        ask(server, "POST", "clock", {"step": "5m"})
    for identifier in created:
        got = [
            event
            for event in receiver.events
            if event["detail"]["opportunity"]["identifier"] == identifier  # each came once, since none was answered
        ]
        assert [event["detail-type"] for event in got] == ["Opportunity Created", *["Opportunity Updated"] * 4]
        assert [event["time"] for event in got] == sorted(event["time"] for event in got)
    assert len((tmp_path / "other.jsonl").read_text().splitlines()) == 15, "the other sink did not wait"


def test_of_two_processes_on_one_database_one_delivers_and_the_other_takes_over(
    serve: Callable[..., Server], receiver: Receiver
) -> None:
    servers = [serve("--db", "pipeline.db", "--sink", receiver.url, environment=SECRET_VARIABLE) for _ in range(2)]
    created = [create(servers[number % 2], f"number {number}") for number in range(10)]
    assert sorted(receiver.until(10)) == created
    assert until_settled(servers[0])["delivered"] == 10
    assert len(receiver.events) == 10, "nothing came twice"
    servers[0].kill()
    created.append(create(servers[1], "after"))
    assert receiver.until(11)[-1] == created[-1]


def test_workers_share_the_work_of_delivery(serve: Callable[..., Server], receiver: Receiver) -> None:
    server = serve("--db", "pipeline.db", "--workers", "2", "--sink", f"{receiver.url}#secret={SECRET}")
    created = [create(server, f"number {number}") for number in range(6)]
    assert sorted(receiver.until(6)) == created
    assert until_settled(server)["delivered"] == len(receiver.events) == 6
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes()
        except OSError:
            continue
        if b"cosell.serve.workers" in command:
            assert SECRET.encode() not in command, "workers are told secrets in private"
    code, log = server.stop()
    assert code == 0
    assert SECRET not in log


def test_figures_and_commands_show_what_a_sink_lacks(
    serve: Callable[..., Server], run: Callable[..., Finished], receiver: Receiver
) -> None:
    receiver.status = 500
    server = serve("--db", ":memory:", "--sink", receiver.url, environment=SECRET_VARIABLE)
    create(server, "first")
    receiver.next()
    while not sink_of(server)["failed"]:
        pass
    name = sink_of(server)["name"]
    shown = figures(server)
    assert shown["cosell_sink_refused_total", name] >= 1
    assert shown["cosell_sink_held_events", name] == 1
    assert shown["cosell_sink_lag_seconds", name] >= 0
    assert shown["cosell_sink_delivered_total", name] == shown["cosell_sink_gone", name] == 0
    shown_by_command = run("events", "sinks", "--url", server.url)
    assert shown_by_command.out.startswith(f"{name}  cursor 1, ")
    assert "1 held" in shown_by_command.out
    receiver.status = 410
    while not sink_of(server)["gone"]:
        pass
    assert figures(server)["cosell_sink_gone", name] == 1
    assert [one.fact.endswith("wants no events any more") for one in sinks(server.url)] == [True]
    assert ", gone" in run("events", "sinks", "--url", server.url).out
    receiver.status = 204
    replayed = run("events", "replay", "--from", "start", "--sink", name, "--url", server.url)
    assert (replayed.code, replayed.out) == (0, "1 sink will get what comes after 0\n")
    receiver.until(1)
    code, log = server.stop()
    told = [json.loads(line) for line in log.splitlines()]
    assert {"sink fails", "sink is gone", "sink takes events"} <= {line["event"] for line in told}
    assert [line["reason"] for line in told if line["event"] == "sink fails"] == ["HTTP status 500"]
    levels = {line["event"]: line["level"] for line in told}
    assert (levels["sink fails"], levels["sink is gone"], levels["sink takes events"]) == ("warning", "warning", "info")
    assert SECRET not in log
    assert "/hook" not in log
    assert "O1000001" not in log
    assert code == 0


def test_dead_letters_are_shown_and_delivered_after_all(
    serve: Callable[..., Server], run: Callable[..., Finished], receiver: Receiver
) -> None:
    receiver.status = 422
    options = ("--sink", receiver.url, "--clock", "frozen:2026-05-04T09:00:00Z")
    server = serve("--db", ":memory:", *options, environment=SECRET_VARIABLE)
    created = create(server, "first")
    receiver.next()
    while not sink_of(server)["failed"]:
        pass
    assert ask(server, "POST", "clock", {"step": "1d"})[0] == 200
    receiver.next()
    while not sink_of(server)["dead_letters"]:
        pass
    letter = json.loads(run("events", "dead-letters", "--url", server.url).out)
    assert letter["event"]["detail"]["opportunity"]["identifier"] == created
    assert (letter["attempts"], letter["reason"]) == (2, "HTTP status 422")
    assert letter["died"] == "2026-05-05T09:00:00.000Z"
    receiver.status = 204
    revived = run("events", "replay", "--dead-letters", "--url", server.url)
    assert revived.out == "1 dead letter will be delivered\n"
    assert receiver.until(1) == [created]
    assert run("events", "dead-letters", "--url", server.url).out == ""


def test_a_database_in_memory_delivers_its_last_events_before_it_is_gone(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve("--db", ":memory:", "--sink", "file:events.jsonl")
    created = [create(server, f"number {number}") for number in range(20)]
    code, _ = server.stop()
    assert code == 0
    written = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [event["detail"]["opportunity"]["identifier"] for event in written] == created


def test_stdout_gets_events_behind_the_line_that_says_where_it_answers(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:", "--sink", "file:-")
    created = create(server, "first")
    assert server.process.stdout is not None
    event = json.loads(server.process.stdout.readline())
    assert event["detail"]["opportunity"]["identifier"] == created
    assert event["account"] == ACCOUNT


def test_a_sink_that_does_not_answer_holds_up_neither_answers_nor_the_end(
    serve_after: Callable[..., Server], receiver: Receiver
) -> None:
    hang = threading.Event()
    receiver.status = lambda _: 200 if hang.wait(60) else 500
    first = f"import os; os.environ['COSELL_WEBHOOK_SECRET'] = {SECRET!r}; "
    server = serve_after(
        f"{first}import cosell.events.deliverer as d; d.LAST_ROUNDS_S = 0.1", "--db", ":memory:", "--sink", receiver.url
    )
    assert [create(server, f"number {number}") for number in range(5)]
    code, _ = server.stop()
    hang.set()
    assert code == 0


def test_a_file_that_cannot_be_written_is_tried_again(serve: Callable[..., Server], tmp_path: Path) -> None:
    folder = tmp_path / "not there yet"
    options = ("--sink", f"file:{folder}/events.jsonl", "--clock", "frozen:2026-05-04T09:00:00Z")
    server = serve("--db", "pipeline.db", *options)
    created = create(server, "first")
    while not sink_of(server)["failed"]:
        pass
    assert server.process.stderr is not None
    log = [json.loads(server.process.stderr.readline()) for _ in range(2)]
    (told,) = (line for line in log if line["event"] == "sink cannot take events")
    assert (told["level"], told["reason"]) == ("warning", f"there is no folder {folder}")
    (found,) = sinks(server.url)
    assert (found.verdict, found.fact) == ("note", f"the sink file:{folder}/events.jsonl has not taken 1 of its events")
    folder.mkdir()
    assert ask(server, "POST", "clock", {"step": "1m"})[0] == 200
    until_settled(server)
    assert [one.verdict for one in sinks(server.url)] == ["ok"]
    assert json.loads((folder / "events.jsonl").read_text())["detail"]["opportunity"]["identifier"] == created


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--sink", "kafka:topic"], "'kafka:topic' is not a sink: its kind is unknown"),
        (["--keep-events", "soon"], "--keep-events 'soon' is not a time span"),
        (["--sink", "https://example.com/"], "needs a secret: whsec_"),
        (["--sink", "https://example.com/#secret=whsec_abc"], "--sink 'https://example.com "),
        (["--sink", "file:-", "--workers", "2"], "several workers cannot share stdout"),
    ],
)
def test_a_sink_that_is_not_possible_is_reported_before_anything_is_served(
    run: Callable[..., Finished], tmp_path: Path, arguments: list[str], line: str
) -> None:
    refused = run("serve", *arguments, environment={"COSELL_WEBHOOK_SECRET": ""})
    assert (refused.code, refused.out) == (2, "")
    assert line in refused.err
    assert refused.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_sinks_may_stand_in_the_file_and_in_the_variable(serve: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "cosell.toml").write_text('sink = ["file:a.jsonl", "file:b.jsonl"]')
    server = serve("--db", ":memory:")
    assert [sink["name"] for sink in done(ask(server, "GET", "events/sinks"))["sinks"]] == [
        "file:a.jsonl",
        "file:b.jsonl",
    ]
    server = serve("--db", ":memory:", environment={"COSELL_SINK": "file:c.jsonl file:d.jsonl"})
    assert [sink["name"] for sink in done(ask(server, "GET", "events/sinks"))["sinks"]] == [
        "file:c.jsonl",
        "file:d.jsonl",
    ]


def test_commands_without_a_sink_say_what_to_do(standing_server: Server, run: Callable[..., Finished]) -> None:
    told = run("events", "sinks", "--url", standing_server.url)
    assert (told.code, told.out) == (0, "")
    assert "--sink file:events.jsonl" in told.err
    assert run("events", "replay", "--url", standing_server.url).code == 2
    assert run("events", "replay", "--from", "start", "--dead-letters", "--url", standing_server.url).code == 2
    assert (
        "There is no such sink"
        in run("events", "replay", "--from", "start", "--sink", "nobody", "--url", standing_server.url).err
    )
