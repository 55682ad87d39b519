"""`cosell solutions`: what a partner sells can be seen and added to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cosell
from cosell.datasets.solutions import ACTIVE
from cosell.datasets.vocabulary import AWS_PRODUCTS
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, Finished, Server
from tests.operations.whole_opportunity import WHOLE

Run = Callable[..., Finished]
Serve = Callable[..., Server]


@pytest.fixture
def seeded(run: Run) -> str:
    """A database with a pipeline of ACCOUNT in catalog AWS."""
    run("seed", "--count", "30", "--db", "a.db", "--account", ACCOUNT, "--catalog", "AWS")
    return "a.db"


def listed(run: Run, db: str, catalog: str) -> list[str]:
    done = run("solutions", "--db", db, "--account", ACCOUNT, "--catalog", catalog)
    assert (done.code, done.err) == (0, "")
    return done.out.splitlines()


def test_a_seeded_catalog_has_the_solutions_that_its_opportunities_are_about(run: Run, seeded: str) -> None:
    head, *rows = listed(run, seeded, "AWS")
    assert head.split() == ["Id", "Name", "Status", "Category", "Created"]
    active = [row.split()[0] for row in rows if " Active " in row]
    assert sorted(active) == sorted(ACTIVE)
    assert len(rows) > len(active)


def test_what_opportunities_are_about_can_be_associated_by_a_client(run: Run, seeded: str, tmp_path: Path) -> None:
    client: Any = completing(cosell.connect(str(tmp_path / seeded), account=ACCOUNT))
    created = client.create_opportunity(Catalog="AWS", ClientToken="one")["Id"]
    for kind, entities in (("Solutions", ACTIVE[:10]), ("AwsProducts", AWS_PRODUCTS)):
        for entity in entities:
            client.associate_opportunity(
                Catalog="AWS", OpportunityIdentifier=created, RelatedEntityType=kind, RelatedEntityIdentifier=entity
            )


def test_seeding_again_leaves_solutions_as_they_are(run: Run, seeded: str) -> None:
    before = listed(run, seeded, "AWS")
    run(
        "seed",
        "--count",
        "1",
        "--db",
        seeded,
        "--account",
        ACCOUNT,
        "--catalog",
        "AWS",
        "--now",
        "2030-01-01T00:00:00Z",
    )
    assert listed(run, seeded, "AWS") == before


def test_a_solution_is_added_and_its_identifier_printed(run: Run, seeded: str, tmp_path: Path) -> None:
    to = ("--db", seeded, "--account", ACCOUNT, "--catalog", "AWS")
    added = run("solutions", "add", "Warehouse Insights", *to)
    assert (added.code, added.out, added.err) == (0, "S-0050225\n", "")
    everything = ("--id", "S-7", "--status", "Draft", "--category", "Consulting", "--marketplace-arn", "arn:aws:x:y")
    assert run("solutions", "add", "Other", *everything, *to).out == "S-7\n"
    client = completing(cosell.connect(str(tmp_path / seeded), account=ACCOUNT))
    first, second = client.list_solutions(Catalog="AWS", Identifier=["S-7", "S-0050225"])["SolutionSummaries"]
    assert (first["Name"], first["Status"], first["Category"]) == ("Warehouse Insights", "Active", "Software Product")
    assert (second["Name"], second["Status"], second["Category"]) == ("Other", "Draft", "Consulting")
    assert second["AwsMarketplaceSolutionArn"] == "arn:aws:x:y"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add",), "say what the new solution is called"),
        (("list", "Data Hub"), "list takes no name"),
        (("list", "--status", "Draft"), "list takes no name"),
        (("add", "Data Hub", "--id", "7"), "not a valid identifier"),
        (("add", "Data\nHub"), "not a valid name"),
        (("add", "x" * 121), "not a valid name"),
        (("add", "Data Hub", "--category", ""), "not a valid category"),
        (("add", "Data Hub", "--marketplace-arn", "prod-x"), "not a valid marketplace arn"),
        (("add", "Data Hub", "--id", "S-1234567"), "S-1234567 exists already"),
        (
            ("add", "Data Hub", "--status", "active"),
            "--status 'active' is not Active, Inactive or Draft; did you mean 'Active'?",
        ),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(run: Run, arguments: tuple[str, ...], said: str) -> None:
    run("solutions", "add", "One", "--db", "a.db")
    before = run("solutions", "--db", "a.db").out
    refused = run("solutions", *arguments, "--db", "a.db")
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert said in refused.err
    assert run("solutions", "--db", "a.db").out == before


def test_a_running_server_gets_solutions_and_clients_can_use_them_at_once(run: Run, serve: Serve) -> None:
    server = serve("--db", ":memory:")
    to = ("--url", server.url, "--account", ACCOUNT, "--catalog", "AWS")
    assert run("solutions", *to).out.split() == ["Id", "Name", "Status", "Category", "Created"], "AWS has no built-in"
    added = run("solutions", "add", "Warehouse Insights", "--category", "Managed Services", *to)
    assert (added.code, added.out, added.err) == (0, "S-0000001\n", "")
    _, row = run("solutions", *to).out.splitlines()
    assert row.split("  ")[0] == "S-0000001"
    assert "Warehouse Insights" in row
    client: Any = server.client(ACCOUNT)
    created = client.create_opportunity(Catalog="AWS", ClientToken="one", **WHOLE)["Id"]
    client.associate_opportunity(
        Catalog="AWS",
        OpportunityIdentifier=created,
        RelatedEntityType="Solutions",
        RelatedEntityIdentifier="S-0000001",
    )


def test_a_new_partners_sandbox_has_no_solution_until_it_gets_one(run: Run, serve: Serve) -> None:
    server = serve("--db", ":memory:", "--no-sandbox-solution")
    client: Any = server.client(ACCOUNT)
    assert client.list_solutions(Catalog="Sandbox")["SolutionSummaries"] == []
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="one", **WHOLE)["Id"]
    association = {
        "Catalog": "Sandbox",
        "OpportunityIdentifier": created,
        "RelatedEntityType": "Solutions",
        "RelatedEntityIdentifier": "S-1234567",
    }
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.associate_opportunity(**association)
    run("solutions", "add", "Their own", "--id", "S-1234567", "--url", server.url, "--account", ACCOUNT)
    client.associate_opportunity(**association)


def test_a_server_refuses_in_one_line_and_one_that_is_not_there_is_reported(run: Run, serve: Serve) -> None:
    server = serve("--db", ":memory:")
    refused = run("solutions", "add", "Again", "--id", "S-1234567", "--url", server.url)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert "solution S-1234567 exists already" in refused.err
    assert run("solutions", "--url", server.url, "--catalog", "AWS").code == 0
    server.stop()
    for action in (("list",), ("add", "Late")):
        lost = run("solutions", *action, "--url", server.url)
        assert (lost.code != 0, lost.out, lost.err.count("\n")) == (True, "", 1)
        assert "cosell serve" in lost.err


def test_looking_makes_no_database(run: Run, tmp_path: Path) -> None:
    refused = run("solutions", "--db", "nowhere.db")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert list(tmp_path.iterdir()) == []
