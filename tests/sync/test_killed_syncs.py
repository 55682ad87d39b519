"""`kill -9` at random moments, behind a proxy that makes calls fail: the mirror ends equal to the service.

COSELL_TEST_KILLS says how often the command is killed for each kind of database (300 take some minutes).
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cosell.sync.targets.open import open_target
from tests.complete_opportunity import written
from tests.conftest import ACCOUNT, Server
from tests.postgres import Postgres
from tests.sync.faulty_proxy import FaultyProxy

KILLS = int(os.environ.get("COSELL_TEST_KILLS", "12"))
ROWS = 220
LONGEST_LIFE_S = 0.8
MOST_RUNS = 200


class Syncs:
    """The program whose children sync, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._errors = (folder / "stderr").open("w+")
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.sync.sync_program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=Path(__file__).parents[2],
            env=os.environ
            | {
                "AWS_ACCESS_KEY_ID": ACCOUNT,
                "AWS_SECRET_ACCESS_KEY": "any",
                "AWS_EC2_METADATA_DISABLED": "true",
                "HOME": str(folder),
                "NO_PROXY": "127.0.0.1",
            },
            text=True,
        )

    def live(self, *arguments: str, kill_after_s: float | None = None) -> int:
        """Run a command, kill it that long after its start unless it has ended by then, and tell its exit code."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{json.dumps([kill_after_s, arguments])}\n")
        self._program.stdin.flush()
        return int(self._program.stdout.readline())

    def errors(self) -> str:
        """All that was said on stderr."""
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        """End the program."""
        self._program.communicate(timeout=60)
        self._errors.close()


@pytest.fixture
def syncs(tmp_path: Path) -> Iterator[Syncs]:
    syncs = Syncs(tmp_path)
    yield syncs
    syncs.close()


@pytest.fixture(params=["sqlite", "postgres"])
def mirror(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a mirror that does not exist yet."""
    if request.param == "sqlite":
        return str(tmp_path / "mirror.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


def test_a_killed_sync_loses_nothing(
    serve: Callable[..., Server], syncs: Syncs, mirror: str, run: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    chance = random.Random(f"{request.node.name} {KILLS}")
    assert run("seed", "--db", "service.db", "--count", str(ROWS), "--account", ACCOUNT).code == 0
    server = serve("--db", "service.db", "--log-level", "error")
    client = server.client()
    with FaultyProxy(server.port, seed=KILLS, rate=0.1) as proxy:
        command = ("sync", "--to", mirror, "--endpoint-url", proxy.url)
        killed = 0
        for _ in range(KILLS):
            _change_some(client, chance)
            modes = chance.choice([(), (), ("--details",), ("--full",)])
            code = syncs.live(*command, *modes, kill_after_s=chance.uniform(0, LONGEST_LIFE_S))
            assert code in (-signal.SIGKILL, 0, 1), syncs.errors()
            killed += code == -signal.SIGKILL
        proxy.rate = 0.03
        codes = [1]
        while codes[-1] == 1 and len(codes) < MOST_RUNS:
            codes.append(syncs.live(*command, "--details"))
        assert codes[-1] == 0, syncs.errors()
        assert killed > KILLS / 3
        assert proxy.faults
        proxy.rate = 0.0
        assert syncs.live("sync", "verify", "--to", mirror, "--endpoint-url", proxy.url) == 0, syncs.errors()
    assert "Traceback" not in syncs.errors()
    with open_target(mirror, create=False) as target:
        assert {row.id: json.loads(row.raw) for row in target.summaries(None, 10_000)} == _listed(client)
        counts = target.counts()
        assert (counts.details, counts.details_wanted) == (counts.opportunities, 0)


def _change_some(client: Any, chance: random.Random) -> None:
    """A few opportunities are created and updated."""
    open_ones = {"Catalog": "Sandbox", "MaxResults": 100, "LifeCycleReviewStatus": ["Pending Submission"]}
    page = client.list_opportunities(**open_ones)["OpportunitySummaries"]
    for summary in chance.sample(page, 2):
        record = client.get_opportunity(Catalog="Sandbox", Identifier=summary["Id"])
        client.update_opportunity(
            Catalog="Sandbox",
            Identifier=summary["Id"],
            LastModifiedDate=record["LastModifiedDate"],
            **written(record) | {"PartnerOpportunityIdentifier": str(chance.random())},
        )
    client.create_opportunity(Catalog="Sandbox", ClientToken=str(chance.random()))


def _listed(client: Any) -> dict[str, Any]:
    """What the service has, as it says it."""
    found: dict[str, Any] = {}

    def keep(response_dict: dict[str, Any], **_: Any) -> None:
        for summary in json.loads(response_dict["body"])["OpportunitySummaries"]:
            found[summary["Id"]] = summary

    client.meta.events.register("before-parse.partnercentral-selling", keep)
    for _ in client.get_paginator("list_opportunities").paginate(Catalog="Sandbox"):
        pass
    return found
