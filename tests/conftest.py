"""Fixtures that every room's tests share: a server on a port of its own, and clients of it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import hypothesis
import pytest
from botocore.config import Config

import cosell
from tests.complete_opportunity import completing
from tests.postgres import Postgres

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

pytest_plugins = ("pytester", "tests.store.engines")

# A shell lets what it runs in the background ignore Ctrl-C, and so would each program that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes is the machine's affair, not a promise.
hypothesis.settings.register_profile("cosell", deadline=None)
hypothesis.settings.load_profile("cosell")

USUAL_PORT = 4280
"""Occupied while the tests run, as by a demo in another terminal: no test may need it."""

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
COSELL = [sys.executable, "-c", "from cosell.cli.main import main; main()"]


class Server:
    """A `cosell serve` of its own process. `stop` ends it gracefully and gives the exit code."""

    def __init__(self, *arguments: str, cwd: Path, environment: dict[str, str] | None = None) -> None:
        self.folder = cwd
        self.process = subprocess.Popen(
            [*COSELL, "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            text=True,
        )
        assert self.process.stdout is not None
        first_line = self.process.stdout.readline()
        if not first_line:
            _, log = self.process.communicate(timeout=30)
            raise AssertionError(f"the server did not start: {log}")
        self.url = first_line.strip().removeprefix("cosell ready on ")
        self.port = int(self.url.rpartition(":")[2])

    def client(self, account: str = ACCOUNT, **options: Any) -> "PartnerCentralSellingAPIClient":
        """A boto3 client, pointed here by its endpoint alone. What it creates is complete."""
        client: PartnerCentralSellingAPIClient = completing(self.bare_client(account, **options))
        return client

    def bare_client(self, account: str = ACCOUNT, **options: Any) -> "PartnerCentralSellingAPIClient":
        """An unmodified boto3 client, pointed here by its endpoint alone."""
        return boto3.session.Session().client(
            "partnercentral-selling",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=account,
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
            **options,
        )

    def stop(self) -> tuple[int, str]:
        """End gracefully: the exit code, and the log."""
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=30)
        return self.process.returncode, log

    def kill(self) -> None:
        """End as a power cut would."""
        self.process.kill()
        self.process.communicate(timeout=30)


@pytest.fixture(scope="session", autouse=True)
def usual_port_is_taken() -> Iterator[None]:
    """Somebody listens on cosell's usual port from the first test to the last, and answers nothing."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # somebody does already
            listener.bind(("127.0.0.1", USUAL_PORT))
            listener.listen()
        yield


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers in the test's own folder: `serve("--db", "pipeline.db")`. All are stopped at the end."""
    servers: list[Server] = []

    def start(*arguments: str, environment: dict[str, str] | None = None) -> Server:
        servers.append(Server(*arguments, cwd=tmp_path, environment=environment))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def serve_after(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Server]:
    """Starts a server whose process first runs some Python: `serve_after("import …", "--db", "pipeline.db")`."""

    def start(first: str, *arguments: str) -> Server:
        program = f"{first}\nfrom cosell.cli.main import main; main()"
        monkeypatch.setattr(sys.modules[__name__], "COSELL", [sys.executable, "-c", program])
        return serve(*arguments)

    return start


@pytest.fixture
def client() -> "PartnerCentralSellingAPIClient":
    """A client of an empty cosell in this process. What it creates is complete."""
    client: PartnerCentralSellingAPIClient = completing(cosell.connect(account=ACCOUNT))
    return client


class Finished:
    """What a command did."""

    def __init__(self, process: "subprocess.CompletedProcess[str]") -> None:
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Finished]:
    """Runs the command line in the test's own folder: `run("seed", "--count", "10")`."""

    def run_command(*arguments: str, given: str | None = None, environment: dict[str, str] | None = None) -> Finished:
        return Finished(
            subprocess.run(
                [*COSELL, *arguments],
                capture_output=True,
                text=True,
                check=False,
                cwd=tmp_path,
                input=given,
                env={**os.environ, **(environment or {})},
                timeout=120,
            )
        )

    return run_command


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this test process. `postgres.new_database()` gives a test a database of its own."""
    server = Postgres()
    yield server
    server.stop()
