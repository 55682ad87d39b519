"""`cosell env`: the exports that point AWS clients of a shell at a running cosell."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cosell.wire.model import DATA
from tests.conftest import ACCOUNT, Finished, Server

PROGRAM = (
    "import boto3, cosell; deal = cosell.example_opportunity(); "
    "print(boto3.client('partnercentral-selling').create_opportunity(Catalog='Sandbox', **deal)['Id'])"
)


def test_a_shell_that_evaluates_it_has_clients_that_come_here(
    serve: Callable[..., Server], run: Callable[..., Finished], tmp_path: Path
) -> None:
    server = serve()
    exports = run("env", "--url", server.url, "--account", ACCOUNT)
    assert (exports.code, exports.err) == (0, "")
    script = f'{exports.out}\n{sys.executable} -c "{PROGRAM}"'
    printed = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    (summary,) = server.client(ACCOUNT).list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    assert printed.strip() == summary["Id"]


def test_a_shell_takes_any_url_as_one_word(run: Callable[..., Finished]) -> None:
    assert "SELLING='http://[::1]:4280/?a=1&b=$HOME'\n" in run("env", "--url", "http://[::1]:4280/?a=1&b=$HOME").out


@pytest.mark.parametrize("own", [None, "/somewhere/else"])
def test_a_client_of_an_older_botocore_gets_every_operation(run: Callable[..., Finished], own: str | None) -> None:
    asked = "import boto3; print(hasattr(boto3.client('partnercentral-selling'), 'search_opportunities'))"
    script = f'{run("env", "--data-path").out}\n{sys.executable} -c "{asked}"; echo "$AWS_DATA_PATH"'
    environment = os.environ | ({} if own is None else {"AWS_DATA_PATH": own})
    printed = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=True, env=environment
    ).stdout.splitlines()
    assert printed == ["True", str(DATA) if own is None else f"{DATA}:{own}"]
