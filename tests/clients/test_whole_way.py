"""From an empty folder to a mirror in step, by whichever boto3 is installed: commands, boto3 calls, and a sync."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import botocore

import cosell
from tests.clients.conftest import variables
from tests.conftest import Finished, Server


def test_what_boto3_creates_arrives_in_a_mirror(
    serve: Callable[..., Server], run: Callable[..., Finished], tmp_path: Path
) -> None:
    assert run("seed", "--count", "30").code == 0
    server = serve()
    client = server.client("000000000000")
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    client.update_opportunity(
        Catalog="Sandbox",
        Identifier=created["Id"],
        LastModifiedDate=created["LastModifiedDate"],
        LifeCycle={"NextSteps": "Call them"},
    )
    here = variables(server.url, "000000000000")
    synced = run("sync", "--to", "mirror.db", "--catalog", "Sandbox", "--details", environment=here)
    assert synced.code == 0, synced.err
    assert json.loads(synced.out)["new"] == 31
    with sqlite3.connect(tmp_path / "mirror.db") as mirror:
        kept = mirror.execute("SELECT next_steps FROM opportunity WHERE id = ?", [created["Id"]]).fetchone()
    mirror.close()
    assert kept == ("Call them",)
    again = run("sync", "--to", "mirror.db", "--catalog", "Sandbox", environment=here)
    assert json.loads(again.out)["new"] == 0


def test_a_push_goes_through_the_same_boto3(
    serve: Callable[..., Server], run: Callable[..., Finished], tmp_path: Path
) -> None:
    server = serve()
    example = {name: value for name, value in cosell.example_opportunity().items() if name != "ClientToken"}
    (tmp_path / "example.json").write_text(json.dumps(example))
    pushed = run("push", "example.json", "--journal", "push.db", environment=variables(server.url))
    assert pushed.code == 0, pushed.err
    (summary,) = server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    assert summary["LifeCycle"]["ReviewStatus"] == "Pending Submission"


def test_the_doctor_finds_everything_in_place(serve: Callable[..., Server], run: Callable[..., Finished]) -> None:
    server = serve()
    told = run("doctor", "--port", "0", "--url", server.url, environment=variables(server.url))
    assert told.code == 0, told.out
    assert f"botocore {botocore.__version__}" in told.out


def test_a_client_in_this_process_knows_what_its_boto3_knows() -> None:
    client = cosell.connect()
    created = client.create_opportunity(**cosell.example_opportunity() | {"Catalog": "Sandbox"})
    found = client.get_opportunity(Catalog="Sandbox", Identifier=created["Id"])
    assert found["Id"] == created["Id"]
