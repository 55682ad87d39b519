"""One Ctrl-C or SIGTERM ends `cosell sync`, whatever it waits for."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from cosell.sync.targets.open import open_target
from tests.conftest import ACCOUNT, COSELL, Finished, Server
from tests.sync.slow_server import SlowServer

KEYS = {
    "AWS_ACCESS_KEY_ID": ACCOUNT,
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}
SIGNALS = [signal.SIGINT, signal.SIGTERM]
PATIENCE_S = 60


@contextmanager
def started(folder: Path, *arguments: str, first: str = "") -> Iterator["subprocess.Popen[str]"]:
    """A `cosell sync` of its own process, which first runs some Python."""
    program = COSELL if not first else [sys.executable, "-c", f"{first}\nfrom cosell.cli.main import main; main()"]
    with subprocess.Popen(
        [*program, "sync", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=os.environ | KEYS | {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")},
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[int, str, str]:
    """Exit code and words after one signal."""
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in err
    return process.returncode, out, err


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("follow", [False, True])
def test_a_sync_that_waits_for_an_answer_ends(tmp_path: Path, number: signal.Signals, *, follow: bool) -> None:
    options = ["--follow"] if follow else []
    with SlowServer("silent") as server, started(tmp_path, "--endpoint-url", server.url, *options) as process:
        assert server.asked.wait(PATIENCE_S)
        code, out, _ = ended(process, number)
    assert code == (0 if follow else 130)
    assert json.loads(out)["status"] == "stopped"


@pytest.mark.parametrize("number", SIGNALS)
def test_a_verification_that_waits_for_an_answer_ends(
    tmp_path: Path, serve: Callable[..., Server], run: Callable[..., Finished], number: signal.Signals
) -> None:
    url = serve().url
    assert run("sync", "--endpoint-url", url, environment=KEYS).code == 0
    with SlowServer("dripping body") as server, started(tmp_path, "verify", "--endpoint-url", server.url) as process:
        assert server.asked.wait(PATIENCE_S)
        assert ended(process, number)[0] == 130


LOOKS_UP_FOR_EVER = """
import socket, time
def look_up(*arguments, **options):
    print("looking", flush=True)
    while True:
        time.sleep(60)
socket.getaddrinfo = look_up
"""
SPENT = """
from cosell.sync import quota_rule
from cosell.sync.quota import QuotaLedger
def wait(used, quota):
    print("waiting", flush=True)
    return 3600 * 10**9
quota_rule.wait_ns = wait
"""


@pytest.mark.parametrize("first", [LOOKS_UP_FOR_EVER, SPENT], ids=["a name", "quota"])
def test_a_sync_that_waits_for_something_else_ends(tmp_path: Path, first: str) -> None:
    with started(tmp_path, "--endpoint-url", "http://127.0.0.1:9", "--rate", "on", first=first) as process:
        assert process.stdout is not None
        assert process.stdout.readline() in ("looking\n", "waiting\n")
        assert ended(process, signal.SIGINT)[0] == 130


def test_a_sync_that_waits_for_a_connection_ends(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        first, second = socket.socket(), socket.socket()
        for client in (first, second):  # the queue of those that wait to be accepted is full then
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        with started(tmp_path, "--endpoint-url", f"http://127.0.0.1:{port}") as process:
            _until(lambda: (tmp_path / "mirror.db.lock").exists())
            assert ended(process, signal.SIGTERM)[0] == 130
        first.close()
        second.close()


def test_a_sync_that_waits_for_its_mirrors_database_ends_and_leaves_it_whole(
    tmp_path: Path, serve: Callable[..., Server], run: Callable[..., Finished]
) -> None:
    server = serve()
    client = server.client()
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    assert run("sync", "--endpoint-url", server.url, environment=KEYS).code == 0
    client.create_opportunity(Catalog="Sandbox", ClientToken="second")
    other = apsw.Connection(str(tmp_path / "mirror.db"))
    other.execute("BEGIN IMMEDIATE")
    with started(tmp_path, "--endpoint-url", server.url) as process:
        _until(lambda: (tmp_path / "mirror.db.lock").exists())
        code, _, _ = ended(process, signal.SIGINT)
    assert code == 130
    other.execute("ROLLBACK")
    other.close()
    again = run("sync", "--endpoint-url", server.url, environment=KEYS)
    assert (again.code, json.loads(again.out)["new"]) == (0, 1)
    with open_target(str(tmp_path / "mirror.db"), create=False) as mirror:
        assert mirror.counts().opportunities == 2


def _until(it_is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not it_is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
