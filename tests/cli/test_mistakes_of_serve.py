"""A wrong value of any setting of `cosell serve` is reported with where it came from: its option, variable or key."""

import json
from pathlib import Path
from typing import get_args

import pytest

from cosell.cli.main import run
from cosell.settings import FIELDS, OF_A_SERVER

SECRET = "whsec_short"
WRONG = {
    "db": ("mysql://localhost/pipeline", "'mysql://localhost/pipeline': cannot open mysql:// databases"),
    "host": ("here", "'here' is not an IP address"),
    "port": ("99999", "'99999' is not a whole number from 0 to 65535"),
    "workers": ("0", "'0' is not a whole number from 1 to 64"),
    "allow_host": ("http://x", "'http://x' is not a name of a host"),
    "public_url": ("ftp://me:hidden@x", "'ftp://me@x' is not an address of a server"),
    "clock": ("frozen:noon", "'frozen:noon' is not a clock: 'noon' is not a moment from 1970 to 9999"),
    "sink": ("pigeon:x", "'pigeon:x' is not a sink: its kind is unknown"),
    "keep_events": ("soon", "'soon' is not a time span, such as 90s"),
    "keep_history": ("ever", "'ever' is not a time span, such as 90s"),
    "webhook_secret": (SECRET, "is malformed: what follows whsec_ is not base64"),
    "review": ("nobody.toml", "'nobody.toml' cannot be read: No such file or directory"),
    "review_start": ("soon", "'soon' is not a time span, such as 90s"),
    "review_verdict": ("99999d", "'99999d' is longer than a century"),
    "review_action_required": ("2", "'2' is not a number from 0 to 1"),
    "review_rejected": ("-1", "'-1' is not a number from 0 to 1"),
    "review_seed": ("x", "'x' is not a whole number"),
    "task_delay": ("soon", "'soon' is not a time span, such as 90s"),
    "appearance_delay": ("5", "'5' is not a time span, such as 90s"),
    "without_search": ("12", "'12' is not a list of accounts of twelve digits"),
    "fault": ("error=Nothing", "'error=Nothing' is not a fault: Nothing is not an error"),
    "model": ("2025-01", "'2025-01' is not the month of a service model; choose from "),
    "currency": ("dollar", "'dollar' is not a currency"),
    "rates": ("EUR=much", "'much' is not what one EUR is worth in USD"),
    "probabilities": ("Prospct=5", "'Prospct' is not an open stage; did you mean Prospect?"),
    "log_level": ("warn", "'warn' is not debug, info, warning or error; did you mean 'warning'?"),
    "log_format": ("yaml", "'yaml' is not auto, json or text"),
}
"""A value that each setting cannot have, and what is reported about it."""
FLAGS = {name for name in OF_A_SERVER if get_args(FIELDS[name].type)[0] is bool}


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What `cosell serve` says, which does not start."""
    assert run(["serve", *arguments]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "; " in said.err, "there is no next step"
    assert list(Path().glob("*.db")) == []
    return said.err


def test_every_setting_is_tried() -> None:
    assert WRONG.keys() | FLAGS == set(OF_A_SERVER)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_reported_with_its_option(capsys: pytest.CaptureFixture[str], name: str) -> None:
    value, rule = WRONG[name]
    option = f"--{name.replace('_', '-')}"
    assert told(capsys, option, value).startswith(f"cosell: {option} {rule}")


@pytest.mark.parametrize("name", [*WRONG, *sorted(FLAGS)])
def test_a_wrong_value_is_reported_with_its_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    value, rule = WRONG.get(name, ("perhaps", "'perhaps' is not true or false"))
    monkeypatch.setenv(f"COSELL_{name.upper()}", value)
    assert told(capsys).startswith(f"cosell: COSELL_{name.upper()} {rule}")


@pytest.mark.parametrize("name", [*WRONG, *sorted(FLAGS)])
def test_a_wrong_value_is_reported_with_its_key(capsys: pytest.CaptureFixture[str], folder: Path, name: str) -> None:
    value, rule = WRONG.get(name, ("perhaps", "'perhaps' is not true or false"))
    is_list = "list" in str(get_args(FIELDS[name].type)[0])
    (folder / "cosell.toml").write_text(f"{name} = {json.dumps([value] if is_list else value)}")
    assert told(capsys).startswith(f"cosell: cosell.toml: {name} {rule}")


def test_an_address_of_aws_that_is_none_is_reported_with_the_sink(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "no-url")
    line = told(capsys, "--sink", "sqs:http://localhost/q")
    assert line.startswith("cosell: --sink 'sqs:http://localhost/q' cannot be used: 'no-url' is not the address of")


def test_a_secret_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert "short" not in told(capsys, "--webhook-secret", SECRET)
    assert "hidden" not in told(capsys, "--public-url", WRONG["public_url"][0])
    assert "short" not in told(capsys, "--sink", f"https://x.example/hook#secret={SECRET}")
    assert "hidden" not in told(capsys, "--sink", "https://me:hidden@x.example/hook")
