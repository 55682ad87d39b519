"""The command line as a whole: help, versions, mistakes, and readers that go away."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import cosell
from cosell.cli.main import COMMANDS
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


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["lst"], "cosell: No such command 'lst'. See: cosell --help\n"),
        (["list", "--sorted"], "See: cosell list --help\n"),
        (
            ["list", "--catalog", "sandbox"],
            "'sandbox' is not possible. The catalog: AWS or Sandbox. See: cosell list --help\n",
        ),
        (["list", "--account", "7"], "'7' is not possible. The AWS account whose data is meant, twelve digits."),
        (["serve", "--port", "many"], "'many' is not a valid integer."),
    ],
)
def test_a_mistake_is_told_in_one_line(run: Callable[..., Finished], arguments: list[str], line: str) -> None:
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
