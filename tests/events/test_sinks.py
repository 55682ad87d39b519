"""Each kind of sink takes an event once it has safely arrived, and says in a word why it has not."""

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto.server import ThreadedMotoServer

from cosell.clock import wall_clock
from cosell.context import Scope
from cosell.errors import UserError
from cosell.events import webhook_sink
from cosell.events.choice import Choice
from cosell.events.delivery import Failure
from cosell.events.eventbridge_sink import DEFAULT_SOURCE, EventBridgeSink
from cosell.events.file_sink import FileSink
from cosell.events.sink import Sink, address_of, addressed
from cosell.events.sqs_sink import SqsSink
from cosell.events.webhook_sink import WebhookSink, signing_key
from cosell.rules.event import envelope, opportunity_changed
from cosell.store.outbox import Event
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from tests.conftest import ACCOUNT
from tests.events.receiver import SECRET, Receiver

DEPLOY = Path(__file__).parents[2] / "deploy"
RECEIVER = Scope(ACCOUNT, "Sandbox")
TIME_MS = 1_780_000_000_000


def event(number: int) -> Event:
    """The event of a new opportunity."""
    stamp = Timestamp.from_ms(TIME_MS)
    told = opportunity_changed("Opportunity Created", f"O{number}")
    event_id = f"00000000-0000-4000-8000-{number:012}"
    body = encode(envelope(told, event_id, RECEIVER, stamp))
    return Event(event_id, RECEIVER, "Opportunity Created", f"O{number}", TIME_MS, body)


EVENTS = [event(number) for number in range(10)]
BODIES = [json.loads(one.body) for one in EVENTS]


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_file_gets_a_line_for_each_event_behind_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    sink = FileSink(str(path))
    assert sink.deliver(EVENTS[:2]) == [None, None]
    path.rename(tmp_path / "moved.jsonl")
    assert sink.deliver(EVENTS[2:3]) == [None]
    assert lines(tmp_path / "moved.jsonl") == BODIES[:2]
    sink.close()
    assert FileSink(str(path)).deliver(EVENTS[3:4]) == [None]
    assert lines(path) == BODIES[2:4]


def test_logrotate_takes_the_file_away_as_its_example_says(tmp_path: Path) -> None:
    logrotate = shutil.which("logrotate", path="/usr/sbin:/usr/bin")
    if logrotate is None:
        pytest.skip("logrotate is not installed: scripts/test does it where it can")
    folder = tmp_path / "events"
    folder.mkdir(mode=0o755)
    sink = FileSink(str(folder / "events.jsonl"))
    assert sink.deliver(EVENTS[:1]) == [None]
    example = (DEPLOY / "logrotate" / "cosell").read_text()
    assert "/var/lib/cosell/events.jsonl {\n    su cosell cosell\n" in example
    rules = example.replace("/var/lib/cosell", str(folder)).replace("    su cosell cosell\n", "")
    (tmp_path / "rules").write_text(rules)
    (tmp_path / "rules").chmod(0o600)
    rotated = [logrotate, "--force", "--state", str(tmp_path / "state"), str(tmp_path / "rules")]
    subprocess.run(rotated, check=True)
    assert sink.deliver(EVENTS[1:2]) == [None]
    assert lines(folder / "events.jsonl.1") == BODIES[:1]
    assert lines(folder / "events.jsonl") == BODIES[1:2]


def test_a_line_that_was_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(EVENTS[0].body + b"\n" + EVENTS[1].body[:50])
    assert FileSink(str(path)).deliver(EVENTS[1:3]) == [None, None]
    first, cut, *rest = path.read_bytes().splitlines()
    assert [json.loads(line) for line in (first, *rest)] == BODIES[:3]
    assert cut == EVENTS[1].body[:50]


def test_what_a_full_disk_took_half_is_cut_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.jsonl"
    sink = FileSink(str(path))
    sink.deliver(EVENTS[:1])
    write = os.write
    written: list[int] = []

    def half(file: int, text: Any) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(write(file, bytes(text)[:100]))
        return 100

    monkeypatch.setattr(os, "write", half)
    assert sink.deliver(EVENTS[1:3]) == [Failure("No space left on device")] * 2
    monkeypatch.undo()
    assert lines(path) == BODIES[:1]
    assert sink.deliver(EVENTS[1:3]) == [None, None]
    assert lines(path) == BODIES[:3]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/dev/full", "No space left on device"),
        ("/proc/no/such", "No such file or directory"),
        ("/", "Is a directory"),
    ],
)
def test_a_file_that_cannot_be_written_says_why(path: str, reason: str) -> None:
    assert FileSink(path).deliver(EVENTS[:2]) == [Failure(reason)] * 2


def test_a_pipe_without_a_reader_does_not_wait_for_one(tmp_path: Path) -> None:
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert FileSink(pipe).deliver(EVENTS[:1]) == [None]
    assert json.loads(os.read(reader, 65536)) == BODIES[0]
    os.close(reader)


def webhook(url: str) -> Sink:
    return WebhookSink(url, signing_key(SECRET, "https://crm.example 0a1b"), wall_clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def test_a_webhook_is_signed_as_the_public_library_checks_it(receiver: Receiver) -> None:
    sink = webhook(f"{receiver.url}?team=1")
    assert sink.deliver(EVENTS[:1]) == [None]
    assert sink.deliver(EVENTS[1:9]) == [None] * 8
    sink.close()
    assert sorted(receiver.events, key=lambda body: str(body["id"])) == BODIES[:9]
    assert receiver.headers[0]["content-type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_a_webhook_that_answers_with_success_has_the_event(receiver: Receiver, status: int) -> None:
    receiver.status = status
    assert webhook(receiver.url).deliver(EVENTS[:1]) == [None]


@pytest.mark.parametrize("status", [307, 400, 404, 429, 500, 503])
def test_a_webhook_that_answers_otherwise_has_not(receiver: Receiver, status: int) -> None:
    receiver.status = status
    assert webhook(receiver.url).deliver(EVENTS[:1]) == [Failure(f"HTTP status {status}")]
    assert len(receiver.headers) == 1, "nobody is sent elsewhere"


def test_a_webhook_that_says_410_is_gone(receiver: Receiver) -> None:
    receiver.status = 410
    assert webhook(receiver.url).deliver(EVENTS[:1]) == [Failure("HTTP status 410", gone=True)]


def test_of_several_posts_each_has_its_own_outcome(receiver: Receiver) -> None:
    receiver.status = lambda body: 500 if body["id"] == EVENTS[1].event_id else 200
    assert webhook(receiver.url).deliver(EVENTS[:3]) == [None, Failure("HTTP status 500"), None]


def test_a_webhook_that_nobody_answers_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(webhook_sink, "ANSWER_TIMEOUT_S", 0.05)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert webhook(url).deliver(EVENTS[:1]) == [Failure("ReadTimeoutError")]
    assert webhook(url).deliver(EVENTS[:1]) == [Failure("NewConnectionError")]


@pytest.mark.parametrize(
    ("secret", "wrong"),
    [
        ("whsec_", "it has 0 bytes"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "it does not begin with whsec_"),
        ("whsec_c2hvcnQ=", "it has 5 bytes"),
        ("whsec_!!!", "what follows whsec_ is not base64"),
        ("whsec_é", "what follows whsec_ is not base64"),
        (f"whsec_{'A' * 100}", "it has 75 bytes"),
    ],
)
@pytest.mark.parametrize("of_its_own", [True, False])
def test_a_malformed_secret_is_named_as_such_and_never_repeated(secret: str, wrong: str, *, of_its_own: bool) -> None:
    text = f"https://crm.example.com/hook#secret={secret}" if of_its_own else "https://crm.example.com/hook"
    with pytest.raises(UserError) as refused:
        addressed([text], "" if of_its_own else secret, wall_clock)
    told = refused.value.message
    assert told.startswith("'https://crm.example.com ")
    assert f" has a secret that is malformed: {wrong}; it must be whsec_ and 24 to 64 bytes" in told
    assert len(secret) < 7 or secret not in str(refused.value)


def test_a_file_that_could_not_be_written_is_known_before_and_not_made_by_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there.jsonl").touch()
    before = list(tmp_path.iterdir())
    for path, trouble in (
        ("-", None),
        (f"{tmp_path}/there.jsonl", None),
        (f"{tmp_path}/events.jsonl", None),
        (str(tmp_path), "Is a directory"),
        (f"{tmp_path}/no/events.jsonl", f"there is no folder {tmp_path}/no"),
        (f"{tmp_path}/there.jsonl/events.jsonl", f"there is no folder {tmp_path}/there.jsonl"),
    ):
        assert FileSink(path).trouble() == trouble
    assert list(tmp_path.iterdir()) == before
    monkeypatch.setattr(os, "access", lambda *_: False)  # rights mean nothing to root
    assert FileSink(f"{tmp_path}/events.jsonl").trouble() == f"the folder {tmp_path} may not be written"


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    """moto's server, which is found as any endpoint is."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def aws(emulator: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Clients of the emulator, and the surroundings that lead there."""
    for name, value in {
        "AWS_ENDPOINT_URL": emulator,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return lambda service: boto3.session.Session(region_name="us-east-1").client(service)


def received(sqs: Any, queue_url: str) -> list[Any]:
    messages: list[Any] = []
    while found := sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, AttributeNames=["All"], WaitTimeSeconds=0
    ).get("Messages"):
        messages += found
        for message in found:
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return messages


def test_a_queue_gets_the_envelopes(aws: Any) -> None:
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    sink = SqsSink(url)
    assert sink.deliver(EVENTS) == [None] * 10
    sink.close()
    bodies = [json.loads(message["Body"]) for message in received(sqs, url)]
    assert sorted(bodies, key=lambda body: str(body["id"])) == BODIES


def test_a_fifo_queue_keeps_each_subject_together_and_drops_what_comes_twice(aws: Any) -> None:
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    sink = SqsSink(url)
    for _ in range(2):
        assert sink.deliver(EVENTS[:2]) == [None, None]
    messages = received(sqs, url)
    assert [json.loads(message["Body"]) for message in messages] == BODIES[:2]
    assert [message["Attributes"]["MessageGroupId"] for message in messages] == ["O0", "O1"]
    assert [message["Attributes"]["MessageDeduplicationId"] for message in messages] == [
        one.event_id for one in EVENTS[:2]
    ]


def test_a_queue_that_does_not_exist_says_so(aws: Any) -> None:
    sink = SqsSink("https://sqs.eu-west-1.amazonaws.com/111122223333/missing")
    (failure,) = sink.deliver(EVENTS[:1])
    assert failure is not None
    for told in (failure.reason, sink.trouble()):
        assert re.fullmatch(r"[\w.]*(NonExistentQueue|QueueDoesNotExist) at http://127\.0\.0\.1:\d+", told or "")


@pytest.mark.parametrize("service", ["SQS", "EVENTBRIDGE"])
def test_each_service_has_an_address_of_its_own(
    aws: Any, emulator: str, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    queue = aws("sqs").create_queue(QueueName="own-address")["QueueUrl"]
    aws("events").create_event_bus(Name=f"of-{service}")
    sinks: dict[str, Callable[[], Sink]] = {
        "SQS": lambda: SqsSink(queue),
        "EVENTBRIDGE": lambda: EventBridgeSink(f"of-{service}", DEFAULT_SOURCE),
    }
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert sinks[service]().trouble() == "EndpointConnectionError at http://127.0.0.1:9"
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", emulator)
    sink = sinks[service]()
    assert sink.trouble() is None
    assert sink.deliver(EVENTS[:1]) == [None]


def test_a_bus_that_does_not_exist_is_known_before(aws: Any, emulator: str) -> None:
    assert EventBridgeSink("missing", DEFAULT_SOURCE).trouble() == f"ResourceNotFoundException at {emulator}"


def test_who_may_only_send_is_no_trouble(aws: Any) -> None:
    sink = EventBridgeSink("changes", DEFAULT_SOURCE)
    with Stubber(sink._client) as stub:
        stub.add_client_error("describe_event_bus", "AccessDeniedException")
        assert sink.trouble() is None


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/events", "eu-west-1"),
        ("http://localhost:4566/000000000000/events", "us-east-1"),
    ],
)
def test_a_queue_is_looked_for_where_its_url_says(aws: Any, url: str, region: str) -> None:
    assert SqsSink(url)._client.meta.region_name == region


def test_of_a_batch_for_a_queue_each_has_its_own_outcome(aws: Any) -> None:
    sink = SqsSink("http://localhost/000000000000/events")
    failed = {"Id": "1", "Code": "InternalError", "SenderFault": False}
    done = {"Id": "0", "MessageId": "a", "MD5OfMessageBody": "b"}
    with Stubber(sink._client) as stub:
        stub.add_response("send_message_batch", {"Successful": [done], "Failed": [failed]})
        assert sink.deliver(EVENTS[:2]) == [None, Failure("InternalError")]


def test_a_bus_gets_everything_but_the_identifier(aws: Any) -> None:
    events, sqs = aws("events"), aws("sqs")
    url = sqs.create_queue(QueueName="from-the-bus")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus = events.create_event_bus(Name="changes")["EventBusArn"]
    pattern = {"source": [DEFAULT_SOURCE], "detail": {"catalog": ["Sandbox"]}}
    events.put_rule(Name="all", EventBusName="changes", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="all", EventBusName="changes", Targets=[{"Id": "queue", "Arn": arn}])
    sink = EventBridgeSink(bus, DEFAULT_SOURCE)
    assert sink.deliver(EVENTS) == [None] * 10
    sink.close()
    arrived = sorted((json.loads(found["Body"]) for found in received(sqs, url)), key=lambda body: str(body["detail"]))
    assert [body["detail"] for body in arrived] == [body["detail"] for body in BODIES]
    assert {body["source"] for body in arrived} == {"cosell.partnercentral-selling"}
    for name in ("detail-type", "resources", "time"):
        assert [body[name] for body in arrived] == [body[name] for body in BODIES]


def test_of_a_batch_for_a_bus_each_has_its_own_outcome(aws: Any) -> None:
    sink = EventBridgeSink("changes", "aws.partnercentral-selling")
    entries: Sequence[Any] = [{"EventId": "a"}, {"ErrorCode": "NotAuthorizedForSource", "ErrorMessage": "no"}]
    with Stubber(sink._client) as stub:
        stub.add_response("put_events", {"FailedEntryCount": 1, "Entries": entries})
        assert sink.deliver(EVENTS[:2]) == [None, Failure("NotAuthorizedForSource")]


def test_a_service_that_nobody_reaches_says_so(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    for sink in (SqsSink("http://localhost/000000000000/events"), EventBridgeSink("changes", DEFAULT_SOURCE)):
        assert sink.deliver(EVENTS[:2]) == [Failure(f"EndpointConnectionError at {address}")] * 2


def test_a_configuration_that_is_no_good_is_reported_in_one_line(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "no-url")
    with pytest.raises(UserError, match="cannot be used: "):
        SqsSink("http://localhost/000000000000/events")


@pytest.mark.parametrize(
    ("text", "kind", "target", "name"),
    [
        ("file:a folder/events.jsonl", "file", "a folder/events.jsonl", "file:a folder/events.jsonl"),
        ("file:-", "file", "-", "file:-"),
        ("sqs:https://sqs/1/q.fifo", "sqs", "https://sqs/1/q.fifo", "sqs:https://sqs/1/q.fifo"),
        ("eventbridge:my-bus#source=me", "eventbridge", "my-bus", "eventbridge:my-bus"),
        (f"https://crm.example.com:8443/a/b?c=d#secret={SECRET}", "https", "https://crm.example.com:8443/a/b?c=d", ""),
        ("http://[::1]/hook", "http", "http://[::1]/hook", ""),
    ],
)
def test_a_text_names_a_sink(text: str, kind: str, target: str, name: str) -> None:
    address = address_of(text)
    assert (address.kind, address.target) == (kind, target)
    assert address.name == name or not name


def test_the_name_of_a_webhook_shows_nothing_that_may_be_secret() -> None:
    name = address_of(f"https://crm.example.com:8443/services/T0/hidden?key=hidden#secret={SECRET}").name
    assert name.startswith("https://crm.example.com:8443 ")
    assert "hidden" not in name
    assert "MfKQ" not in name
    assert address_of("https://crm.example.com:8443/services/T0/hidden?key=hidden").name == name
    assert address_of("https://crm.example.com:8443/services/T1/hidden?key=hidden").name != name
    assert address_of("http://[::1]/hook").name.startswith("http://[::1] ")


def test_options_choose_events() -> None:
    text = "file:x#account=111122223333&catalog=AWS&detail-type=Opportunity Created&detail-type=Engagement Created"
    types = frozenset({"Opportunity Created", "Engagement Created"})
    assert address_of(text).choice == Choice("111122223333", "AWS", types)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["kafka:topic"], "'kafka:topic' is not a sink: its kind is unknown"),
        (["events.jsonl"], "'events.jsonl' is not a sink: its kind is unknown"),
        (["file:"], "'file:' is not a sink: file: needs a target"),
        (["file:a#secret=x"], "'file:a' is not a sink: file sinks have no option 'secret'"),
        (["sqs:q#source=x"], "sqs sinks have no option 'source'"),
        (["file:a#detail-type=Opportunity Deleted"], "'Opportunity Deleted' is not a detail type"),
        (["file:a", "file:a#catalog=AWS"], "'file:a' is named twice"),
        (["https:///path"], "needs a URL with a host"),
        (["https://host:port/"], "needs a URL with a host"),
        (["https://me:secret@host/"], "'https://host' is not a sink: a webhook's URL may hold no password"),
        (["https://host/"], "needs a secret: whsec_"),
    ],
)
def test_a_text_that_names_no_sink_is_refused(texts: list[str], reason: str) -> None:
    with pytest.raises(UserError) as refused:
        addressed(texts, "", wall_clock)
    assert reason in refused.value.message
    assert refused.value.next_step
