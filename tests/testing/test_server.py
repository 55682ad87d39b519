"""`cosell.serve()`: a server on a port for a block of Python, with the settings of the command and nothing else."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cosell
from cosell.errors import UserError
from cosell.settings import DEFAULTS, FIELDS, OF_A_SERVER
from tests.conftest import ACCOUNT, OTHER_ACCOUNT

PATIENCE_S = 60
OTHERS: dict[str, Any] = {
    "db": "pipeline.db",
    "host": "127.0.0.2",
    "port": 0,
    "workers": 2,
    "insecure": True,
    "allow_host": ["cosell.example"],
    "public_url": "https://pipeline.example",
    "clock": "accelerated:60",
    "sink": ["file:events.jsonl"],
    "keep_events": "30d",
    "keep_history": "90d",
    "webhook_secret": f"whsec_{'A' * 32}",
    "review": "auto",
    "review_start": "1h",
    "review_verdict": "2h",
    "review_action_required": 0.0,
    "review_rejected": 1.0,
    "review_seed": 7,
    "action_required_stays": True,
    "closed_lost_reopens": True,
    "task_delay": "30s",
    "appearance_delay": "1ms",
    "any_value": True,
    "any_review_status": True,
    "drafts": True,
    "sandbox_quirks": True,
    "empty_messages": True,
    "escaped_texts": True,
    "no_sandbox_solution": True,
    "without_search": [OTHER_ACCOUNT],
    "fault": ["error=ThrottlingException,operation=ListSolutions,times=1"],
    "model": "2026-06",
    "currency": "EUR",
    "rates": "USD=0.9",
    "probabilities": "Prospect=11",
    "log_level": "debug",
    "log_format": "json",
}
"""Each setting of a server with another value than its default."""


def got(url: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE_S) as answer:
        return str(answer.read().decode())


def is_open(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, "it has not come to that"
        time.sleep(0.01)


def test_a_server_is_ready_when_the_block_begins_and_gone_when_it_ends() -> None:
    with cosell.serve(account=ACCOUNT) as server:
        client: Any = server.client()
        deal = client.create_opportunity(Catalog="Sandbox", ClientToken="1", **cosell.example_opportunity())["Id"]
        assert client.get_opportunity(Catalog="Sandbox", Identifier=deal)["Id"] == deal
        assert server.client(account=OTHER_ACCOUNT).list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
        assert '"event": "serving"' in server.log
    assert not is_open(server.url)
    server.stop()
    assert server.log == ""


@pytest.mark.parametrize("kind", [ZeroDivisionError, KeyboardInterrupt])
def test_a_server_ends_with_a_block_that_fails(kind: type[BaseException]) -> None:
    with pytest.raises(kind), cosell.serve() as server:
        raise kind
    assert not is_open(server.url)


def test_any_client_is_pointed_to_a_server_by_its_environment() -> None:
    program = (
        "import boto3; print(boto3.client('partnercentral-selling').list_opportunities(Catalog='Sandbox')"
        "['OpportunitySummaries'][0]['Customer']['Account']['CompanyName'])"
    )
    with cosell.serve(account=ACCOUNT) as server:
        deal: Any = cosell.example_opportunity("Acme")
        server.client().create_opportunity(Catalog="Sandbox", ClientToken="1", **deal)
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **server.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
    assert done.stdout == "Acme\n", done.stderr


def test_the_admin_api_is_asked_in_a_line() -> None:
    with cosell.serve() as server:
        assert server.administer("/_cosell/seed", count=3)["seeded"] == 3
        assert len(server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 3
        with pytest.raises(UserError, match=r"/_cosell/review: .*O7"):
            server.administer("/_cosell/review", id="O7", decision="approve")


def test_every_setting_of_the_command_is_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert OTHERS.keys() == set(OF_A_SERVER)
    assert all(value != getattr(DEFAULTS, name) for name, value in OTHERS.items()), "else nothing is tried"
    monkeypatch.chdir(tmp_path)
    with cosell.serve(**OTHERS) as server:
        assert server.url.startswith("http://127.0.0.2:")
        assert got(f"{server.url}/healthz", host="cosell.example") == "ok, service model 2026-06\n"
        assert server.log.count('"event": "serving"') == OTHERS["workers"]
        assert json.loads(got(f"{server.url}/_cosell/clock"))["mode"] == "accelerated"
        client: Any = server.client()
        client.list_solutions(Catalog="Sandbox")
        assert [rule["fired"] for rule in json.loads(got(f"{server.url}/_cosell/faults"))["faults"]] == [1]
        client.create_opportunity(Catalog="AWS", ClientToken="a draft")
        with pytest.raises(client.exceptions.ValidationException) as refused:
            client.list_opportunities(Catalog="Live")
        assert refused.value.response["Error"]["Message"] == ""
        events = tmp_path / "events.jsonl"
        wait_until(lambda: events.exists() and "Opportunity Created" in events.read_text())
        assert '"operation": "CreateOpportunity"' in server.log
    assert (tmp_path / "pipeline.db").exists()


@pytest.mark.parametrize("name", OF_A_SERVER)
def test_a_value_that_a_setting_cannot_have_is_refused(name: str) -> None:
    no_value: Any = {name: {"no": "value"}}
    with pytest.raises(UserError) as refused:
        cosell.serve(**no_value)
    assert name in str(refused.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"prot": 4280}, "there is no option prot; did you mean port?"),
        ({"mirror": "mirror.db"}, "there is no option mirror; "),
        ({"account": "12"}, "account: 12 is not an account"),
        ({"db": "/nowhere/at/all.db"}, "/nowhere/at/all.db cannot be opened"),
        ({"clock": "slow"}, "'slow' is not a clock"),
        ({"fault": ["error=Throttling"]}, "Throttling is not an error that can be asked for"),
    ],
)
def test_a_server_that_cannot_be_is_reported_in_a_line(options: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError) as refused:
        cosell.serve(**options)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_neither_variables_nor_a_file_change_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSELL_DB", "variable.db")
    monkeypatch.setenv("COSELL_DRAFTS", "1")
    (tmp_path / "cosell.toml").write_text('db = "file.db"\nworkers = 3\n')
    with cosell.serve() as server:
        client = server.client()
        with pytest.raises(client.exceptions.ValidationException):
            client.create_opportunity(Catalog="AWS", ClientToken="a draft")
        assert server.log.count('"event": "serving"') == 1
    assert [path.name for path in tmp_path.iterdir()] == ["cosell.toml"]


def parent(tmp_path: Path) -> "tuple[subprocess.Popen[str], str]":
    """A program that serves until it is ended, and where it does."""
    program = (
        "import cosell, time\nwith cosell.serve() as server:\n    print(server.url, flush=True)\n    time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_never_outlives_whoever_started_it(tmp_path: Path, number: signal.Signals) -> None:
    process, url = parent(tmp_path)
    assert is_open(url)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE_S)
    wait_until(lambda: not is_open(url))


def test_a_server_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def surroundings() -> tuple[Any, ...]:
        files = sorted(file.name for file in Path("/proc/self/fd").iterdir())
        return files, dict(os.environ), list(tmp_path.iterdir())

    with cosell.serve() as server:
        server.client().list_opportunities(Catalog="Sandbox")
    before = surroundings()
    with cosell.serve() as server:
        server.client().list_opportunities(Catalog="Sandbox")
        process = server._process
    assert surroundings() == before
    assert process.returncode == 0


def test_a_room_and_the_function_of_its_name_are_one() -> None:
    from cosell import serve
    from cosell.serve.options import ServeOptions

    assert cosell.serve is serve
    assert ServeOptions.__module__ == f"{cosell.serve.__name__}.options"
    assert callable(cosell.events)
    assert FIELDS.keys() > set(OF_A_SERVER)
