"""`cosell doctor`: a line for each thing that has to be in place."""

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

import cosell
from cosell.cli import doctor_command as doctor
from cosell.cli import versions
from cosell.cli.main import run as run_here
from cosell.wire.model import DATA, ServiceModel, service_model
from tests.complete_opportunity import completing
from tests.conftest import Finished, Server

ENDPOINT = "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"


def wrong(told: Finished) -> list[str]:
    return [line for line in told.out.splitlines() if line.startswith("wrong")]


def test_a_machine_that_is_ready_is_told_so(run: Callable[..., Finished]) -> None:
    told = run("doctor", "--port", "0")
    assert (told.code, told.err, wrong(told)) == (0, "", [])
    for fact in ("Python 3.", "SQLite 3.", "of 63 operations are implemented", "cosell.db does not exist yet", "UTC"):
        assert fact in told.out


def test_programs_read_the_findings_as_json(run: Callable[..., Finished]) -> None:
    told = run("doctor", "--port", "0", "--json")
    lines = run("doctor", "--port", "0").out.splitlines()
    findings = json.loads(told.out)
    assert [finding["verdict"] for finding in findings] == [line.split()[0] for line in lines]
    assert all(finding["fact"] and isinstance(finding["remedy"], str) for finding in findings)
    broken = run("doctor", "--port", "0", "--json", "--db", ".")
    assert broken.code == 1
    assert "wrong" in {finding["verdict"] for finding in json.loads(broken.out)}


def test_looking_makes_no_database(run: Callable[..., Finished], tmp_path: Path) -> None:
    run("doctor", "--port", "0")
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_order_is_reported_with_its_schema(run: Callable[..., Finished], tmp_path: Path) -> None:
    cosell.connect(str(tmp_path / "cosell.db"))
    assert "cosell.db is writable and whole, schema " in run("doctor", "--port", "0").out
    assert "in memory" in run("doctor", "--port", "0", "--db", ":memory:").out


def _text(path: Path) -> None:
    path.write_text("not a database, but long enough to look like a file of some kind" * 20)


def _newer(path: Path) -> None:
    cosell.connect(str(path))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()


def _damaged(path: Path) -> None:
    client = completing(cosell.connect(str(path)))
    for number in range(60):
        client.create_opportunity(Catalog="Sandbox", ClientToken=f"number-{number}")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = path.read_bytes()
    path.write_bytes(content[: -4 * 4096] + b"\xff" * 4 * 4096)


def _without_a_table(path: Path) -> None:
    cosell.connect(str(path))
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE outbox")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (_text, "is not a SQLite database; name another file with --db"),
        (_newer, "has schema 999, this cosell knows"),
        (_damaged, "is damaged: "),
        (Path.mkdir, "cannot be written: its files cannot be opened"),
        (_without_a_table, "its tables are not all there: outbox is lost; restore a backup"),
    ],
)
def test_a_database_that_is_not_in_order_is_reported(
    run: Callable[..., Finished], tmp_path: Path, spoil: Callable[[Path], None], line: str
) -> None:
    spoil(tmp_path / "cosell.db")
    told = run("doctor", "--port", "0")
    assert told.code == 1
    assert [line in each for each in wrong(told)] == [True], told.out


def test_a_database_that_another_writer_holds_is_reported(run: Callable[..., Finished], tmp_path: Path) -> None:
    cosell.connect(str(tmp_path / "cosell.db"))
    lock = sqlite3.connect(tmp_path / "cosell.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    told = run("doctor", "--port", "0")
    lock.close()
    assert told.code == 1
    assert "is locked by another writer" in told.out


def test_a_database_of_an_older_schema_will_be_brought_up(run: Callable[..., Finished], tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "cosell.db").close()
    (tmp_path / "cosell.db").touch()
    told = run("doctor", "--port", "0")
    assert told.code == 0
    assert re.search(r"its schema 0 becomes [1-9][0-9]* when it is next used", told.out)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--db", "no/folder.db"], "is not a folder to write to"),
        (["--db", "mysql://x/y"], "cannot open mysql:// databases"),
        (["--host", "here"], "--host 'here' is not an IP address"),
    ],
)
def test_settings_that_cannot_work_are_reported(run: Callable[..., Finished], arguments: list[str], line: str) -> None:
    told = run("doctor", "--port", "0", *arguments)
    assert told.code == 1
    assert line in wrong(told)[0]


def test_a_running_server_is_asked_through_boto3(serve: Callable[..., Server], run: Callable[..., Finished]) -> None:
    server = serve("--db", "served.db")
    arguments = ("doctor", "--url", server.url, "--port", str(server.port))
    told = run(*arguments, environment={ENDPOINT: server.url})
    assert (told.code, wrong(told)) == (0, [])
    assert f"boto3 lists opportunities from {server.url}" in told.out
    taken = run("doctor", "--port", str(server.port))
    assert f"port {server.port} is in use" in wrong(taken)[0]
    elsewhere = run(*arguments, environment={ENDPOINT: "http://127.0.0.1:9"})
    assert f"{ENDPOINT} is http://127.0.0.1:9, not {server.url}" in wrong(elsewhere)[0]


def test_a_server_that_is_not_there_is_reported(run: Callable[..., Finished]) -> None:
    told = run("doctor", "--port", "0", "--url", "http://127.0.0.1:9", environment={"AWS_MAX_ATTEMPTS": "1"})
    assert told.code == 1
    assert "nothing answers at http://127.0.0.1:9" in told.out
    assert "boto3 lists no opportunities from http://127.0.0.1:9" in told.out


def test_a_server_that_is_not_ready_is_reported(
    serve_program: Callable[[str], Server], run: Callable[..., Finished]
) -> None:
    server = serve_program(
        "from cosell.store.sqlite import SqliteStore\nfrom cosell.store.interface import StoreUnavailable\n"
        "def check(store): raise StoreUnavailable('full')\nSqliteStore.check = check"
    )
    told = run("doctor", "--port", "0", "--url", server.url, environment={ENDPOINT: server.url})
    assert told.code == 1
    assert f"{server.url} is not ready: database: full" in told.out


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", "makes clients ignore"),
        ("AWS_USE_FIPS_ENDPOINT", "true", "makes clients refuse"),
        ("HTTP_PROXY", "http://proxy.invalid:1", "http_proxy stands between clients and"),
    ],
)
def test_variables_that_lead_clients_astray_are_reported(
    run: Callable[..., Finished], variable: str, value: str, line: str
) -> None:
    surroundings = {ENDPOINT: "http://127.0.0.1:4280", "NO_PROXY": "", "no_proxy": "", variable: value}
    told = run("doctor", "--port", "0", environment=surroundings)
    assert told.code == 1
    assert line in wrong(told)[0]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("OLDEST_PYTHON", (9, 0), "cosell needs 3.11 or newer"),
        ("OLDEST_SQLITE", (9, 0, 0), "upgrade apsw"),
        ("PLAUSIBLE_YEARS", range(1990, 1991), "the clock says"),
    ],
)
def test_what_is_too_old_is_reported(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    value: object,
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, name, value)
    assert run_here(["doctor", "--port", "0"]) == 1
    assert line in capsys.readouterr().out


def without(model: ServiceModel, *names: str) -> ServiceModel:
    """A model that lacks some operations."""
    operations = {name: operation for name, operation in model.operations.items() if name not in names}
    return msgspec.structs.replace(model, operations=operations)


def test_clients_that_lack_operations_are_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(versions, "client_model", lambda: without(service_model(), "TagResource", "UntagResource"))
    assert run_here(["doctor", "--port", "0"]) == 0
    assert f"knows {len(service_model().operations) - 2} operations, and lacks 2; see" in capsys.readouterr().out


def test_clients_that_are_newer_are_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cosell.wire.model.service_model", lambda: without(service_model(), "TagResource"))
    assert run_here(["doctor", "--port", "0"]) == 0
    assert "1 of them newer than the model; upgrade cosell" in capsys.readouterr().out


def test_clients_that_know_the_same_are_in_order(run: Callable[..., Finished]) -> None:
    told = run("doctor", "--port", "0", environment={"AWS_DATA_PATH": str(DATA)})
    assert re.search(r"^ok .* knows 63 operations$", told.out, re.MULTILINE)
