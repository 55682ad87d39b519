"""What a stranger does first with cosell, where nothing but cosell is installed. Run by `scripts/try-package`."""

import importlib.metadata
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import boto3

import cosell

SERVICE: Any = "partnercentral-selling"
DEAL = cosell.example_opportunity("Acme")


def run(arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """What `cosell` does."""
    return subprocess.run(
        ["cosell", *arguments.split()], env=os.environ | variables, check=False, capture_output=True, text=True
    )


def in_process() -> None:
    """A client of connect, and one that intercept answers."""
    client = cosell.connect("pipeline.db")
    client.create_opportunity(Catalog="Sandbox", ClientToken="1", **DEAL)
    with cosell.intercept("pipeline.db"):
        page = boto3.client(SERVICE).list_opportunities(Catalog="Sandbox")
    assert [summary["Customer"]["Account"]["CompanyName"] for summary in page["OpportunitySummaries"]] == ["Acme"]


def on_the_command_line() -> None:
    """A pipeline is made up, listed and dumped; what is wrong is told in one line."""
    for arguments in ("--version", "seed --count 20", "list --modified-after 7d", "dump", "doctor --port 0"):
        done = run(arguments)
        assert done.returncode == 0, done
    refused = run("sync status --to postgresql://localhost/none")
    assert (refused.returncode, "cosell[postgres]" in refused.stderr) == (2, True), refused


def over_a_port() -> None:
    """A server answers a client, shows its console, and a sync keeps a mirror in step with it."""
    command = ["cosell", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().split()[-1]
            client: Any = boto3.client(
                SERVICE,
                endpoint_url=url,
                region_name="us-east-1",
                aws_access_key_id="000000000000",
                aws_secret_access_key="any",
            )
            assert client.create_opportunity(Catalog="Sandbox", ClientToken="2", **DEAL)["Id"]
            for path in ("/console/", "/healthz", "/readyz", "/metrics"):
                with urllib.request.urlopen(f"{url}{path}") as page:
                    assert page.status == 200
            done = run(f"sync --endpoint-url {url}", AWS_ACCESS_KEY_ID="000000000000", AWS_SECRET_ACCESS_KEY="any")
            assert done.returncode == 0, done
        finally:
            server.terminate()


if __name__ == "__main__":
    assert Path(cosell.__file__).is_relative_to(sys.prefix), "not what is installed here"
    in_process()
    on_the_command_line()
    over_a_port()
    names = ("apsw", "boto3", "granian", "msgspec")
    print(*(f"{name} {importlib.metadata.version(name)}" for name in names), sep=", ")
