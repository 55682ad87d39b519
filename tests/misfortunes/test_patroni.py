"""A machine of a cluster under Patroni dies while clients write: nothing that was acknowledged is lost.

It needs Patroni and etcd, which `uv sync --group cluster` brings. Without them it is left out, so that the suite stays
quick: a dead machine is missed only after `ttl`.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from cosell.cli.main import run as run_here
from tests.conftest import Server
from tests.docs.pages import ROOT, blocks_of
from tests.postgres import Postgres

PAGE = ROOT / "docs" / "how-to" / "high-availability.md"
PATIENCE_S = 90
LEADING, STANDING_BY = "/primary", "/sync"
"""What Patroni answers with 200 where a member is so."""


def program(name: str) -> str:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed: uv sync --group cluster")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"{what} does not come about"
        time.sleep(0.2)


class Member:
    """One machine of the cluster: Patroni, and the PostgreSQL that it starts, in a process group of their own."""

    def __init__(self, name: str, folder: Path, etcd: str, installed: Path) -> None:
        self.name = name
        self.port, self.rest = free_port(), free_port()
        self._folder = folder
        (page,) = [block.text for block in blocks_of(PAGE) if block.file == "patroni.yml"]
        settings: dict[str, Any] = yaml.safe_load(page)
        del settings["watchdog"]  # which would restart this machine
        settings["name"] = name
        settings["restapi"] = dict.fromkeys(("listen", "connect_address"), f"127.0.0.1:{self.rest}")
        settings["etcd3"] = {"hosts": [etcd]}
        settings["bootstrap"]["dcs"] |= {"loop_wait": 1, "retry_timeout": 3}
        settings["bootstrap"]["initdb"].append("no-sync")
        settings["postgresql"] |= {
            **dict.fromkeys(("listen", "connect_address"), f"127.0.0.1:{self.port}"),
            "data_dir": str(folder / name),
            "bin_dir": str(installed / "bin"),
            "pgpass": str(folder / f"{name}.pgpass"),
            "pg_hba": ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
            "parameters": {"unix_socket_directories": "", "shared_buffers": "32MB"},
        }
        (folder / f"{name}.yml").write_text(yaml.safe_dump(settings))
        as_nobody = ["unshare", "--user"] if os.geteuid() == 0 else []  # PostgreSQL refuses root
        with (folder / f"{name}.log").open("w") as log:
            self.process = subprocess.Popen(
                [*as_nobody, program("patroni"), str(folder / f"{name}.yml")],
                stdout=log,
                stderr=log,
                env={**os.environ, "LD_LIBRARY_PATH": str(installed / "lib")},
                start_new_session=True,
            )

    def says(self, question: str) -> bool:
        """Whether Patroni answers yes."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest}{question}", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def die(self) -> None:
        """End as a machine does that loses its power: Patroni and PostgreSQL at once."""
        postmaster = next(iter((self._folder / self.name / "postmaster.pid").read_text().splitlines()))
        for number in (self.process.pid, int(postmaster)):
            with suppress(ProcessLookupError):
                os.killpg(number, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def cluster(postgres: Postgres, tmp_path: Path) -> Iterator[list[Member]]:
    """A primary, and a standby for which its commits wait."""
    etcd_program = program("etcd")
    program("patroni")
    client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    with (tmp_path / "etcd.log").open("w") as log:
        etcd = subprocess.Popen(
            [
                *(etcd_program, "--data-dir", str(tmp_path / "etcd"), "--unsafe-no-fsync"),
                *("--listen-client-urls", client, "--advertise-client-urls", client),
                *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
                *("--initial-cluster", f"default={peer}"),
            ],
            stdout=log,
            stderr=log,
        )
    for part in ("bin", "lib", "share"):  # those of the tests' server are only for its user
        shutil.copytree(postgres.folder / part, tmp_path / part)
    members = [Member(name, tmp_path, client.removeprefix("http://"), tmp_path) for name in ("db1", "db2")]
    try:
        until("a primary", lambda: any(member.says(LEADING) for member in members))
        until("a synchronous standby", lambda: any(member.says(STANDING_BY) for member in members))
        yield members
    finally:
        for member in members:
            if (tmp_path / member.name / "postmaster.pid").exists():
                member.die()
            else:
                member.process.kill()
                member.process.wait()
        etcd.kill()
        etcd.wait()


def test_a_machine_dies_under_load_and_nothing_acknowledged_is_lost(
    cluster: list[Member], serve: Callable[..., Server], capsys: pytest.CaptureFixture[str]
) -> None:
    hosts = ",".join(f"127.0.0.1:{member.port}" for member in cluster)
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    servers = [serve("--db", url) for _ in range(2)]
    acknowledged: list[str] = []
    codes: set[str] = set()

    def write(token: str) -> bool:
        """One creation, repeated as an SDK does it until it is answered; by turns at both servers."""
        client = servers[len(acknowledged) % 2].client()
        try:
            acknowledged.append(client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"])
        except ClientError as refused:
            codes.add(refused.response["Error"]["Code"])
            return False
        finally:
            client.close()
        return True

    for number in range(20):
        assert write(f"before {number}")
    assert run_here(["doctor", "--port", "0", "--db", url]) == 0
    told = capsys.readouterr().out
    assert "2 hosts answer, and " in told
    assert re.search("note +commits wait until db[12] has them, not until it shows them", told)
    assert "Patroni" not in told
    primary = next(member for member in cluster if member.says(LEADING))
    primary.die()
    for number in range(20):
        until("a new primary that takes writes", lambda number=number: write(f"after {number}"))  # type: ignore[misc]
    for server in servers:
        for identifier in acknowledged:
            assert server.client().get_opportunity(Catalog="Sandbox", Identifier=identifier)["Id"] == identifier
    assert codes <= {"ServiceUnavailableException", "InternalServerException"}
    assert len(set(acknowledged)) == 40, "a creation was carried out twice, or two got one identifier"
