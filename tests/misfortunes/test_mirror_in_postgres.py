"""A PostgreSQL server that is stopped and is back, under a sync that follows and under a console."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ACCOUNT, COSELL, Server
from tests.console.conftest import Document
from tests.postgres import Postgres
from tests.serve.conftest import fetched

KEYS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_EC2_METADATA_DISABLED": "true"}
TROUBLE = "The mirror cannot be read: "


@pytest.fixture(scope="module")
def mortal_postgres() -> Iterator[Postgres]:
    """A server that nobody else has to do with."""
    server = Postgres()
    yield server
    server.stop()


class Program:
    """A cosell that goes on and on. `told` is what it has said on stderr so far."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._log = folder / f"{arguments[0]}.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*COSELL, *arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=folder,
                env={**os.environ, **KEYS},
                text=True,
            )

    @property
    def told(self) -> str:
        assert self._process.poll() is None, self._log.read_text()
        return self._log.read_text()

    def first_line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def stop(self) -> tuple[int, str]:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=60)
        return self._process.returncode, self._log.read_text()


@contextmanager
def running(program: Program) -> Iterator[Program]:
    try:
        yield program
    finally:
        program.stop()


def create(server: Server, *tokens: str) -> list[str]:
    """New opportunities in the service."""
    client = server.client()
    return [client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"] for token in tokens]


def test_a_mirror_that_is_stopped_and_back_is_followed_and_shown_again(
    serve: Callable[..., Server], tmp_path: Path, mortal_postgres: Postgres
) -> None:
    server = serve("--db", "service.db", "--log-level", "error")
    there = create(server, "first", "second")
    mirror = mortal_postgres.new_database()
    source = ("--to", mirror, "--endpoint-url", server.url, "--catalog", "Sandbox")
    once = subprocess.run([*COSELL, "sync", *source], env={**os.environ, **KEYS}, capture_output=True, check=True)
    assert once.returncode == 0
    with (
        running(Program(tmp_path, "sync", *source, "--follow", "--interval", "1s")) as sync,
        running(Program(tmp_path, "console", "--mirror", mirror, "--port", "0")) as console,
    ):
        url = console.first_line().split()[-1].removesuffix("/console/")

        def page(path: str = "/console/opportunities") -> Document:
            status, text = fetched(url + path)
            assert status == 200, text
            return Document(text)

        for life in range(2):
            there += create(server, f"before {life}")
            while sorted(page().identifiers) != sorted(there):
                pass
            assert TROUBLE not in page("/console/").text + page().text
            mortal_postgres.crash()
            while TROUBLE not in page().text:
                pass
            assert sorted(page().identifiers) == sorted(there), "what was asked last is shown"
            first = " ".join(page("/console/").text.split())
            assert TROUBLE in first
            assert f"Opportunities {len(there)}" in first
            while sync.told.count("cannot open the database") < 2 * (life + 1):
                pass
            there += create(server, f"meanwhile {life}")
            mortal_postgres.start()
            while sorted(page().identifiers) != sorted(there):
                pass
            assert TROUBLE not in page("/console/").text + page().text
        code, log = console.stop()
    assert code == 0
    events = [line for line in map(json.loads, log.splitlines()) if line["event"].startswith("reading the mirror ")]
    kinds = [line["event"].removeprefix("reading the mirror ") for line in events]
    assert kinds.count("works again") == 2
    assert kinds[-1] == "works again"
    assert 2 <= kinds.count("fails") <= 6, "once for each reason, not once for each page"
    assert all(line["reason"] for line in events if line["event"].endswith("fails"))
    verified = subprocess.run([*COSELL, "sync", "verify", *source], env={**os.environ, **KEYS}, capture_output=True)
    assert verified.returncode == 0, verified.stderr


def test_a_console_whose_mirror_is_gone_before_its_first_page_says_so_and_is_well_later(
    serve: Callable[..., Server], tmp_path: Path, mortal_postgres: Postgres
) -> None:
    server = serve("--db", "service.db", "--log-level", "error")
    there = create(server, "first", "second")
    mirror = mortal_postgres.new_database()
    source = ("--to", mirror, "--endpoint-url", server.url, "--catalog", "Sandbox")
    subprocess.run([*COSELL, "sync", *source], env={**os.environ, **KEYS}, capture_output=True, check=True)
    with running(Program(tmp_path, "console", "--mirror", mirror, "--port", "0")) as console:
        url = console.first_line().split()[-1].removesuffix("/console/")
        mortal_postgres.crash()
        for path in ("/console/", "/console/opportunities"):
            status, text = fetched(url + path)
            assert status == 503
            assert TROUBLE in text
        mortal_postgres.start()
        while (answer := fetched(url + "/console/opportunities"))[0] == 503:
            pass
        assert sorted(Document(answer[1]).identifiers) == sorted(there)
        assert fetched(url + "/console/")[0] == 200
