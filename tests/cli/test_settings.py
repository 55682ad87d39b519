"""Settings: the option wins over the variable, the variable over cosell.toml, cosell.toml over the default."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Finished, Server


def exported(told: Finished) -> str:
    assert told.code == 0, told.err
    return told.out.splitlines()[0].removeprefix("export AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=")


def test_each_place_wins_over_the_next(run: Callable[..., Finished], tmp_path: Path) -> None:
    assert exported(run("env")) == "http://127.0.0.1:4280"
    (tmp_path / "cosell.toml").write_text('url = "http://file"')
    assert exported(run("env")) == "http://file"
    variable = {"COSELL_URL": "http://variable"}
    assert exported(run("env", environment=variable)) == "http://variable"
    assert exported(run("env", "--url", "http://option", environment=variable)) == "http://option"


def test_a_setting_that_a_command_does_not_have_does_not_disturb_it(
    run: Callable[..., Finished], tmp_path: Path
) -> None:
    (tmp_path / "cosell.toml").write_text('workers = 4\nlog_level = "debug"\nurl = "http://file"')
    assert exported(run("env")) == "http://file"


def test_a_server_takes_its_settings_from_all_places(serve: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "cosell.toml").write_text('db = "from-file.db"\nlog_level = "error"')
    server = serve("--log-level", "info", environment={"COSELL_HOST": "127.0.0.2"})
    assert server.url.startswith("http://127.0.0.2:")
    _, log = server.stop()
    assert '"event": "serving"' in log
    assert (tmp_path / "from-file.db").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("db =", "cosell.toml: Invalid value"),
        ("databse = 'x'", "cosell.toml: Object contains unknown field `databse`"),
        ("port = '4280'", "cosell.toml: Expected `int`, got `str` - at `$.port`"),
        ("port = 70000", "cosell.toml: Expected `int` <= 65535 - at `$.port`"),
        ("catalog = 'aws'", "cosell.toml: Expected `str` matching regex"),
        ("account = '7'", "cosell.toml: Expected `str` matching regex"),
        (b"db = '\xff'", "cosell.toml: "),
    ],
)
def test_a_wrong_file_is_told_in_one_line(
    run: Callable[..., Finished], tmp_path: Path, text: str | bytes, reason: str
) -> None:
    (tmp_path / "cosell.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    told = run("env")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"cosell: {reason}")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "variable", "value"),
    [("env", "ACCOUNT", "111122223333\n"), ("list", "CATALOG", "AWS\n"), ("serve", "LOG_LEVEL", "info\n")],
)
def test_a_line_break_behind_a_value_is_no_part_of_it(
    run: Callable[..., Finished], command: str, variable: str, value: str
) -> None:
    told = run(command, environment={f"COSELL_{variable}": value, "COSELL_PORT": "0"})
    assert (told.code, told.out) == (2, "")
    assert " is not possible. " in told.err


def test_a_wrong_variable_is_told_in_one_line(run: Callable[..., Finished]) -> None:
    told = run("env", environment={"COSELL_ACCOUNT": "seven"})
    assert told.code == 2
    assert "'seven' is not possible. The AWS account whose data is meant, twelve digits." in told.err
    assert told.err.count("\n") == 1
