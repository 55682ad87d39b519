"""`cosell sync` on the command line: what it says, to whom, and its exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from cosell.cli import clients
from cosell.cli.main import run as run_here
from cosell.cli.sync_progress import line
from cosell.passwords import without_password
from cosell.sync.report import Report
from cosell.sync.target import Identity, RunOutcome
from cosell.sync.targets.open import open_target
from tests.conftest import ACCOUNT, COSELL, Server

KEYS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_EC2_METADATA_DISABLED": "true"}


class Terminal:
    """Types commands in a folder of its own, in this process; `out` and `err` are what the last one said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], server: Server) -> None:
        self.folder = folder
        self.server = server
        self.client: Any = server.client()
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        """The exit code of a command."""
        code = run_here([*arguments])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return code

    def sync(self, *arguments: str) -> dict[str, Any]:
        """The line of JSON of a run that succeeds."""
        assert self("sync", "--endpoint-url", self.server.url, *arguments) == 0, self.err
        return dict(json.loads(self.out))

    def create(self, token: str) -> str:
        """A new opportunity in the service."""
        return str(self.client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that all tests here fill."""
    server = Server("--log-level", "error", cwd=tmp_path_factory.mktemp("service"))
    yield server
    server.stop()


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], server: Server
) -> Terminal:
    monkeypatch.chdir(tmp_path)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    terminal = Terminal(tmp_path, capsys, server)
    terminal.create(str(tmp_path))
    return terminal


def test_a_run_tells_programs_in_one_line_of_json(terminal: Terminal) -> None:
    terminal.create("second of this test")
    report = terminal.sync()
    assert report["status"] == "complete"
    assert report["new"] >= 2
    assert (report["account"], report["catalog"]) == (ACCOUNT, "Sandbox")
    assert report["newest"] is not None
    assert report["watermark"] <= report["newest"], "the service tells its time in whole seconds"
    created = terminal.create("third of this test")
    assert terminal.sync()["new"] == 1
    with open_target("mirror.db") as mirror:
        assert mirror.summaries_of([created])
        assert mirror.counts().opportunities == report["new"] + 1


def test_a_run_tells_people_in_a_sentence(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert terminal("sync", "--endpoint-url", terminal.server.url, "--details") == 0
    assert terminal.out.startswith(f"mirror.db is in step (account {ACCOUNT}, catalog Sandbox): ")
    assert " new, 0 changed; details of " in terminal.out
    assert terminal("sync", "--endpoint-url", terminal.server.url, "--dry-run") == 0
    assert terminal.out.endswith("nothing was written\n")
    assert terminal("sync", "--endpoint-url", terminal.server.url, "--full", "--catalog", "AWS", "--to", "aws.db") == 0
    assert terminal.out.startswith("aws.db is in step (catalog AWS): 0 new, 0 changed; 1 call")


def test_how_far_a_run_is_can_be_told_from_the_creation_of_its_rows() -> None:
    hour = 3_600_000
    report = Report(mode="sync", catalog="AWS", started_ms=100 * hour, ended_ms=100 * hour + 10_000)
    assert line(report, None) == "0 opportunities, 0 a second"
    report.new, report.created_ms = 5_000, 25 * hour
    assert line(report, 0) == "5,000 opportunities, 500 a second, about 30s left"
    report.details = 7
    assert line(report, 0) == "5,000 opportunities, 500 a second; details of 7"


def test_a_rehearsal_writes_nothing(terminal: Terminal) -> None:
    rehearsal = terminal.sync("--dry-run")
    assert (rehearsal["mode"], rehearsal["changed"]) == ("dry-run", 0)
    assert list(terminal.folder.iterdir()) == []
    assert terminal.sync()["new"] == rehearsal["new"] > 0


def test_figures_for_prometheus_are_whole(terminal: Terminal) -> None:
    terminal.sync("--metrics-file", "sync.prom")
    figures = dict(
        figure.rsplit(" ", 1) for figure in Path("sync.prom").read_text().splitlines() if not figure.startswith("#")
    )
    labels = f'{{catalog="Sandbox",account="{ACCOUNT}"}}'
    assert figures[f"cosell_sync_last_run_success{labels}"] == "1"
    assert int(figures[f"cosell_sync_opportunities{labels}"]) > 0
    assert terminal("sync", "--endpoint-url", "http://127.0.0.1:9", "--metrics-file", "sync.prom") == 1
    assert 'cosell_sync_last_run_success{catalog="Sandbox",account=""} 0' in Path("sync.prom").read_text()
    assert [path.name for path in terminal.folder.iterdir() if "tmp" in path.name] == []
    assert terminal("sync", "--endpoint-url", terminal.server.url, "--metrics-file", "no/where") == 2
    assert "cannot write no/where" in terminal.err


def test_the_status_of_a_mirror_needs_no_service(terminal: Terminal) -> None:
    assert terminal("sync", "status") == 2
    assert terminal.err == "cosell: there is no mirror mirror.db; make one with: cosell sync --mirror mirror.db\n"
    report = terminal.sync("--details")
    assert terminal("sync", "status") == 0
    assert f"mirror of     account {ACCOUNT}, catalog Sandbox" in terminal.out
    assert f"watermark     {report['watermark']}" in terminal.out
    assert terminal("sync", "status", "--json", "--max-age", "1h") == 0
    status = json.loads(terminal.out)
    assert (status["details"], status["details_wanted"]) == (report["new"], 0)
    assert terminal("sync", "--endpoint-url", "http://127.0.0.1:9") == 1
    assert terminal("sync", "status") == 1, "the last run failed"
    assert "nobody answers at http://127.0.0.1:9" in terminal.out


def test_the_status_tells_what_is_not_done(terminal: Terminal) -> None:
    terminal.sync()
    with open_target("mirror.db") as mirror:
        identity = mirror.identity()
        assert identity is not None
        row = mirror.summaries(None, 1)[0]
        number = mirror.begin_run("sync", 0, identity)
        state = b'{"listing":{"floor_ms":1,"began_ms":null,"since_ms":null,"sort_by":"CreatedDate"}}'
        mirror.keep_page(number, identity, [row], state, 0, want_details=True)
        mirror.queue_details(0)
        mirror.detail_failed(row.id, "no luck", 0)
        mirror.begin_run("full", 0, identity)
    assert terminal("sync", "status") == 0
    assert "a pass is in progress" in terminal.out
    assert f"{row.id}: no luck (1 attempts)" in terminal.out
    assert "interrupted" in terminal.out
    assert "running" in terminal.out


def test_the_status_of_a_mirror_that_is_behind_can_be_an_alarm(terminal: Terminal) -> None:
    with open_target("mirror.db") as mirror:
        number = mirror.begin_run("sync", 0, Identity(ACCOUNT, "Sandbox", terminal.server.url))
        mirror.end_run(number, RunOutcome(status="complete", ended_ms=1, watermark_ms=None), b"{}")
    assert terminal("sync", "status") == 0
    assert terminal("sync", "status", "--max-age", "1h") == 1


def test_mirror_and_service_are_compared(terminal: Terminal) -> None:
    terminal.sync()
    verify = ("sync", "verify", "--endpoint-url", terminal.server.url)
    assert terminal(*verify) == 0
    assert "0 differences" in terminal.err
    with open_target("mirror.db") as mirror:
        row = mirror.summaries(None, 1)[0]
        mirror.database.run("UPDATE opportunity SET raw = '{}' WHERE id = ?", (row.id,))
    assert terminal(*verify) == 1
    assert terminal.out.startswith(f"{row.id}  different: Arn, ")
    assert terminal(*verify, "--json") == 1
    assert json.loads(terminal.out)["difference"] == "different"
    terminal.create("behind")
    assert terminal(*verify) == 1
    assert "1 difference; 1 changed after the last sync" in terminal.err
    assert terminal("sync", "status") == 0
    assert " differ" in terminal.out
    assert terminal("sync", "status", "--json") == 0
    verified = json.loads(terminal.out)["verified"]
    assert (verified["behind"], verified["different"]) == (1, 1)
    assert verified["compared"] == verified["equal"] + 2
    (difference,) = verified["differences"]
    assert (difference["id"], difference["difference"]) == (row.id, "different")


MISTAKES = [
    (
        ["--profile", "nobody"],
        "your AWS configuration has no profile 'nobody'; see what there is with: aws configure list-profiles",
    ),
    (["--endpoint-url", "nonsense"], "--url 'nonsense' is not an address that begins with http:// or https://"),
    (["--url", "http://[", "--region", "x"], "check --region and --url"),
    (["--overlap", "0s"], "'0s' is too short; 1s is the least"),
    (["--interval", "soon"], "'soon' is not a time span"),
    (["--queue-url", "x"], "--queue-url wakes a sync that follows; add --follow"),
    (["--dry-run", "--details"], "--dry-run writes nothing"),
    (["--share", "2"], "--share '2' is not a number above 0 and at most 1"),
    (["--to", "mysql://x"], "no mirror can live at mysql://"),
]


@pytest.mark.parametrize(("options", "told"), MISTAKES)
def test_a_mistake_is_one_line_and_a_next_step(terminal: Terminal, options: list[str], told: str) -> None:
    assert terminal("sync", "--endpoint-url", terminal.server.url, "--rate", "on", *options) == 2
    assert told in terminal.err
    assert terminal.err.count("\n") == 1


def test_without_credentials_the_next_step_is_suggested(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert terminal("sync", "--endpoint-url", terminal.server.url) == 2
    assert terminal.err == (
        "cosell: your AWS configuration has no credentials; check the credentials with: aws sts get-caller-identity\n"
    )
    role = "arn:aws:iam::111122223333:role/sync"
    assert terminal("sync", "--endpoint-url", terminal.server.url, "--role", role) == 2
    assert f"there are no credentials to take the role {role} with" in terminal.err


def test_a_role_is_taken_first(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://{host}:{port}")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        session = clients.session_of(None, "arn:aws:iam::444455556666:role/sync")
        credentials = session.get_credentials()
        assert credentials is not None
        assert str(credentials.get_frozen_credentials().access_key).startswith("ASIA")
    finally:
        server.stop()


def test_a_foreign_mirror_and_a_held_one_are_refused(terminal: Terminal) -> None:
    terminal.sync()
    assert terminal("sync", "--endpoint-url", terminal.server.url, "--catalog", "AWS") == 2
    assert "this is the mirror of account 111122223333, catalog Sandbox, not of" in terminal.err
    with open_target("mirror.db") as mirror, mirror.lock("ana, process 7"):
        assert terminal("sync", "--endpoint-url", terminal.server.url) == 1
    assert "the mirror is held by ana, process 7; wait for it" in terminal.err


def test_what_the_installed_boto3_does_not_know_is_reported(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cosell.sync import answers

    monkeypatch.setattr(answers, "_type_of", lambda *_: dict[str, int])
    assert terminal.sync()["unknown_members"] == []
    monkeypatch.setattr(answers._Model, "unknown_in", lambda *_: frozenset({"Newcomer"}))
    assert terminal.sync("--to", "second.db")["unknown_members"] == ["Newcomer"]
    assert terminal.err == "cosell: kept, although the installed boto3 does not know it: Newcomer\n"


def test_a_sync_that_follows_sees_changes_and_ends_when_it_is_told(terminal: Terminal) -> None:
    sqs_server = ThreadedMotoServer("127.0.0.1", 0)
    sqs_server.start()
    host, port = sqs_server.get_host_and_port()
    sqs = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1").client(
        "sqs", endpoint_url=f"http://{host}:{port}"
    )
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    command = ["sync", "--follow", "--interval", "1h", "--details", "--queue-url", url]
    with subprocess.Popen(
        [*COSELL, *command, "--endpoint-url", terminal.server.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | KEYS | {"AWS_DEFAULT_REGION": "us-east-1"},
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            first = json.loads(process.stdout.readline())
            created = terminal.create("while it follows")
            sqs.send_message(QueueUrl=url, MessageBody="look")
            second = json.loads(process.stdout.readline())
            process.send_signal(signal.SIGTERM)
            rest, err = process.communicate(timeout=60)
        finally:
            process.kill()
    sqs_server.stop()
    assert (first["status"], second["status"], second["new"], rest, err) == ("complete", "complete", 1, "", "")
    assert process.returncode == 0
    with open_target("mirror.db") as mirror:
        assert mirror.summaries_of([created])


def test_a_run_that_is_interrupted_says_so(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal.sync()
    monkeypatch.setattr(time, "sleep", lambda _: signal.raise_signal(signal.SIGINT))
    assert terminal("sync", "--endpoint-url", "http://127.0.0.1:9") == 130
    assert json.loads(terminal.out)["status"] == "stopped"
    assert terminal("sync", "--endpoint-url", "http://127.0.0.1:9", "--follow", "--interval", "1s") == 0


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mirror.db", "mirror.db"),
        ("postgresql://ana:secret@host:5432/db?sslmode=require", "postgresql://ana@host:5432/db?sslmode=require"),
        ("postgresql://ana:p@ss@host/db?sslpassword=x&passfile=y", "postgresql://ana@host/db?passfile=y"),
        ("host=host password='a secret' dbname=db", "host=host dbname=db"),
        ("postgresql://host/db?password=secret", "postgresql://host/db"),
        ("postgresql://host:5432/db?user=ana&password=sec@ret", "postgresql://host"),
        ("postgresql://ana:sec?ret@host/db", "postgresql://ana"),
        ("postgresql://ana:secret@one:5432,two:5433/db?x=1", "postgresql://ana@one:5432,two:5433/db"),
        ("host=one password=secret dbname=db", "host=one dbname=db"),
        (r"password = 'sec\' ret' host=one", "host=one"),
        ("sqlite:///mirror.db", "sqlite:///mirror.db"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown
