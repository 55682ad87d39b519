"""The command line as a whole: help, versions, mistakes, and readers that go away."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import botocore
import pytest

import cosell
from cosell.cli.main import COMMANDS
from cosell.cli.versions import client_model
from cosell.wire.model import DATA, service_model
from tests.complete_opportunity import completing
from tests.conftest import COSELL, Finished


def test_help_names_every_command(run: Callable[..., Finished]) -> None:
    told = run("--help")
    assert told.code == 0
    assert [name for name in COMMANDS if name not in told.out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Callable[..., Finished], command: str) -> None:
    told = run(command, "--help")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"Usage: cosell {command}")


def test_without_a_command_the_help_is_shown(run: Callable[..., Finished]) -> None:
    told = run()
    assert told.code == 2
    assert "Commands:" in told.err


def test_the_version_is_that_of_the_package(run: Callable[..., Finished]) -> None:
    assert run("--version").out == f"cosell, version {cosell.__version__}\n"


@pytest.mark.parametrize("arguments", [("--version", "--verbose"), ("--verbose", "--version")])
def test_the_version_tells_how_what_clients_know_differs_from_what_is_served(
    run: Callable[..., Finished], arguments: tuple[str, str]
) -> None:
    told = run(*arguments)
    assert told.code == 0
    version, model, installed, *changes = told.out.splitlines()
    assert version == f"cosell, version {cosell.__version__}"
    assert re.fullmatch(r"service model \d{4}-\d\d \(botocore [\d.]+\): \d+ of 63 operations are implemented", model)
    assert f"botocore {botocore.__version__} is installed" in installed
    lacking = set(service_model().operations) - set(client_model().operations)
    assert [change for change in changes if "operation" in change] == [
        f"  {name} is a new operation." for name in sorted(lacking)
    ]


def test_the_version_tells_where_clients_know_the_same(run: Callable[..., Finished]) -> None:
    told = run("--version", "--verbose", environment={"AWS_DATA_PATH": str(DATA)})
    assert told.out.endswith("is installed, and clients know the same model.\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["lst"], "cosell: there is no command 'lst'; did you mean list?\n"),
        (["events", "tial"], "cosell: there is no command 'tial'; did you mean tail?\n"),
        (["list", "--sorted"], "cosell: cosell list has no option --sorted; did you mean --sort?\n"),
        (["list", "--quux"], "cosell: cosell list has no option --quux; see: cosell list --help\n"),
        (
            ["list", "--catalog", "sandbox"],
            "cosell: --catalog 'sandbox' is not AWS or Sandbox; did you mean 'Sandbox'?\n",
        ),
        (["list", "--account", "7"], "--account '7' is not an account of twelve digits; see: cosell list --help\n"),
        (
            ["serve", "--port", "many"],
            "--port 'many' is not a whole number from 0 to 65535; see: cosell serve --help\n",
        ),
    ],
)
def test_a_mistake_is_reported_in_one_line(run: Callable[..., Finished], arguments: list[str], line: str) -> None:
    told = run(*arguments)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("cosell: ")
    assert line in told.err
    assert told.err.count("\n") == 1


def test_a_reader_that_has_seen_enough_ends_the_command_without_a_word(tmp_path: Path) -> None:
    client = completing(cosell.connect(str(tmp_path / "pipeline.db")))
    for number in range(300):
        client.create_opportunity(Catalog="Sandbox", ClientToken=f"number-{number}")
    with subprocess.Popen(
        [*COSELL, "list", "--db", "pipeline.db", "--all", "--json", "--page-size", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.readline().startswith(b'{"Catalog": "Sandbox"')
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait() == 1


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'disconnect'"):
        _ = cosell.disconnect
