"""What the exit codes of sync, status, verify and push say, as the documentation has it; and what `--full` repairs."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cosell import example_opportunity
from cosell.cli.main import run as run_here
from tests.conftest import ACCOUNT, Server

KEYS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_EC2_METADATA_DISABLED": "true"}
NOWHERE = "http://127.0.0.1:9"
Cosell = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """A service with three opportunities, and another one of the same account with one."""
    started = [Server("--log-level", "error", cwd=tmp_path_factory.mktemp("service")) for _ in range(2)]
    for count, server in zip((3, 1), started, strict=True):
        for number in range(count):
            server.client().create_opportunity(Catalog="Sandbox", ClientToken=f"{number}")
    yield started[0], started[1]
    for server in started:
        server.stop()


@pytest.fixture
def cosell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cosell:
    """Types a command in a folder of its own: its exit code and words."""
    monkeypatch.chdir(tmp_path)
    for name, value in (KEYS | {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}).items():
        monkeypatch.setenv(name, value)

    def typed(*arguments: str) -> tuple[int, str, str]:
        code = run_here([*arguments])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return code, told.out, told.err

    return typed


def tamper(statement: str) -> None:
    """Change the mirror past cosell."""
    with closing(sqlite3.connect("mirror.db")) as connection, connection:
        connection.execute(statement)


def test_the_codes_of_sync_status_and_verify(cosell: Cosell, servers: tuple[Server, Server]) -> None:
    url = servers[0].url
    assert cosell("sync", "status")[0] == 2
    assert cosell("sync", "verify", "--endpoint-url", url)[0] == 2, "there is no mirror"
    assert cosell("sync", "--endpoint-url", NOWHERE)[0] == 1
    assert cosell("sync", "--endpoint-url", url, "--catalog", "Nowhere")[0] == 2
    assert cosell("sync", "--endpoint-url", url)[0] == 0
    assert cosell("sync", "status", "--max-age", "1h")[0] == 0
    assert cosell("sync", "verify", "--endpoint-url", url)[0] == 0
    assert cosell("sync", "verify", "--endpoint-url", NOWHERE)[0] == 1
    assert cosell("sync", "verify", "--endpoint-url", url, "--catalog", "AWS")[0] == 2
    tamper("UPDATE sync_run SET started_at = '2020-01-01T00:00:00.000Z'")
    assert cosell("sync", "status", "--max-age", "1h")[0] == 1
    for status, code in (("failed", 1), ("interrupted", 1), ("stopped", 0), ("complete", 0)):
        tamper(f"UPDATE sync_run SET status = '{status}'")
        assert cosell("sync", "status")[0] == code


def test_the_codes_of_push(cosell: Cosell, servers: tuple[Server, Server], tmp_path: Path) -> None:
    good = example_opportunity(PartnerOpportunityIdentifier="CRM-1")
    (tmp_path / "good.json").write_text(json.dumps([good]))
    (tmp_path / "bad.json").write_text(json.dumps([good | {"LifeCycle": {"Stage": "Won"}}]))
    (tmp_path / "none.json").write_text("{")
    url = servers[1].url
    assert cosell("push", "good.json", "--endpoint-url", url, "--dry-run")[0] == 0
    assert cosell("push", "bad.json", "--endpoint-url", url, "--dry-run")[0] == 1
    assert cosell("push", "bad.json", "--endpoint-url", url)[0] == 1
    assert cosell("push", "none.json", "--endpoint-url", url)[0] == 2
    assert cosell("push", "nowhere.json", "--endpoint-url", url)[0] == 2


def test_a_mirror_whose_service_was_exchanged_is_brought_in_step(
    cosell: Cosell, servers: tuple[Server, Server]
) -> None:
    first, second = (server.url for server in servers)
    assert cosell("sync", "--endpoint-url", first)[0] == 0
    code, out, err = cosell("sync", "--endpoint-url", second)
    report = json.loads(out)
    assert (code, report["status"]) == (0, "complete")
    assert report["full_because"]
    assert err == f"cosell: listed everything: {report['full_because']}\n"
    assert report["vanished"] + report["changed"] > 0
    assert cosell("sync", "verify", "--endpoint-url", second)[0] == 0
    assert cosell("sync", "--endpoint-url", first)[0] == 0
    assert cosell("sync", "verify", "--endpoint-url", first)[0] == 0


def test_columns_that_people_query_are_compared_and_repaired(cosell: Cosell, servers: tuple[Server, Server]) -> None:
    url = servers[0].url
    assert cosell("sync", "--endpoint-url", url)[0] == 0
    tamper("UPDATE opportunity SET stage = 'Launched'")
    code, out, err = cosell("sync", "verify", "--endpoint-url", url, "--json")
    assert (code, [json.loads(line)["members"] for line in out.splitlines()]) == (1, [["opportunity.stage"]] * 3)
    assert "3 differences" in err
    report = json.loads(cosell("sync", "--full", "--endpoint-url", url)[1])
    assert (report["changed"], report["full_because"]) == (3, None)
    assert cosell("sync", "verify", "--endpoint-url", url)[0] == 0


@pytest.mark.parametrize(
    ("statement", "lacks"),
    [
        ("DROP TABLE opportunity", "table opportunity"),
        ("DROP VIEW stuck_in_review", "view stuck_in_review"),
        ("ALTER TABLE opportunity DROP COLUMN city", "column opportunity.city"),
    ],
)
def test_what_a_mirror_lacks_is_reported_and_made_again(
    cosell: Cosell, servers: tuple[Server, Server], statement: str, lacks: str
) -> None:
    url = servers[0].url
    assert cosell("sync", "--endpoint-url", url)[0] == 0
    tamper(statement)
    told = f"cosell: the mirror lacks its {lacks}; recreate it with: cosell sync --full"
    for command in (("sync", "--url", url), ("sync", "verify", "--url", url)):
        assert cosell(*command) == (2, "", f"{told} --url {url}\n")
    assert cosell("sync", "status") == (2, "", f"{told}\n")
    code, out, err = cosell("sync", "--full", "--endpoint-url", url)
    assert (code, json.loads(out)["status"]) == (0, "complete")
    assert err == f"cosell: the mirror lacked its {lacks}; recreated\n"
    assert cosell("sync", "verify", "--endpoint-url", url)[0] == 0
