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
        ("db =", "cosell.toml is not TOML: it ends too early; see docs"),
        ("databse = 'x'", "cosell.toml: there is no setting databse; "),
        ("port = '4280'", "cosell.toml: port '4280' is not a whole number from 0 to 65535; see docs"),
        ("port = 70000", "cosell.toml: port 70000 is not a whole number from 0 to 65535; see docs"),
        ("catalog = 'aws'", "cosell.toml: catalog 'aws' is not AWS or Sandbox; did you mean 'AWS'?"),
        ("account = '7'", "cosell.toml: account '7' is not an account of twelve digits; see docs"),
        ("review_rejected = 2", "cosell.toml: review_rejected 2 is not a number from 0 to 1; see docs"),
        ("db = 7", "cosell.toml: db 7 is not a text; see docs"),
        ("insecure = 1", "cosell.toml: insecure 1 is not true or false; see docs"),
        ("review_seed = 'x'", "cosell.toml: review_seed 'x' is not a whole number; see docs"),
        (b"db = '\xff'", "cosell.toml is not UTF-8 in line 1; see docs"),
    ],
)
def test_a_wrong_file_is_reported_in_one_line(
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
    assert f"COSELL_{variable} {value!r} is not " in told.err


def test_a_wrong_variable_is_reported_in_one_line(run: Callable[..., Finished]) -> None:
    told = run("env", environment={"COSELL_ACCOUNT": "seven"})
    assert told.code == 2
    assert "COSELL_ACCOUNT 'seven' is not an account of twelve digits; see: cosell env --help" in told.err
    assert told.err.count("\n") == 1


def test_a_variable_that_no_setting_has_is_reported(run: Callable[..., Finished]) -> None:
    told = run("env", environment={"COSELL_PROT": "1", "COSELL_IMAGE": "x", "COSELL_PORT_4280_TCP": "tcp://10.0.0.1"})
    assert told.code == 0
    assert told.err == (
        "cosell: the variable COSELL_IMAGE is not used; see docs/reference/settings.md\n"
        "cosell: the variable COSELL_PROT is not used; did you mean COSELL_PORT?\n"
    )


def test_a_server_does_not_start_with_a_variable_that_is_misspelt(run: Callable[..., Finished]) -> None:
    told = run("serve", environment={"COSELL_PROT": "1"})
    assert (told.code, told.err) == (2, "cosell: there is no variable COSELL_PROT; did you mean COSELL_PORT?\n")
