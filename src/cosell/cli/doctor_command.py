"""`cosell doctor`: one line for each thing that must be in place."""

import json
import os
import platform
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import click

from cosell.cli.options import setting
from cosell.cli.start import start_step
from cosell.cli.typed import told_of
from cosell.errors import UserError
from cosell.suggestion import exports, suggested

OLDEST_PYTHON: Final = (3, 11)
OLDEST_SQLITE: Final = (3, 50, 0)
PLAUSIBLE_YEARS: Final = range(2025, 2100)
ENDPOINT: Final = "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"
TIMEOUT_S: Final = 5


class Verdict(StrEnum):
    """How a finding counts. Only what is wrong makes the exit code 1."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Finding(NamedTuple):
    """What was found, and what to do about it."""

    verdict: Verdict
    fact: str
    remedy: str = ""


@click.command("doctor")
@setting("db")
@setting("host")
@setting("port")
@setting("url", default=None, show_default=False, help="Also check the cosell that runs there.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON: a list of findings with verdict, fact and remedy.")
def doctor_command(db: str, host: str, port: int, url: str | None, as_json: bool) -> int:
    """Check that everything is in place: a line for each thing, and exit code 1 if one is wrong."""
    findings = []
    for finding in _findings(db, host, port, url):
        findings.append(finding)
        if not as_json:
            remedy = f"; {finding.remedy}" if finding.remedy else ""
            click.echo(f"{finding.verdict:5}  {finding.fact}{remedy}")
    if as_json:
        click.echo(json.dumps([finding._asdict() for finding in findings], indent=2))
    return int(any(finding.verdict is Verdict.WRONG for finding in findings))


def _findings(db: str, host: str, port: int, server: str | None) -> Iterator[Finding]:
    yield python()
    yield sqlite()
    yield model()
    yield client_model()
    yield from database(db)
    if server is None or urlsplit(server).port != port:
        yield listening(host, port)
    yield clock(time.time())
    yield from surroundings(server)
    if server is not None:
        yield running(server)
        yield listing(server)
        yield from sinks(server)


def python() -> Finding:
    """The Python that runs this."""
    if sys.version_info < OLDEST_PYTHON:
        return Finding(Verdict.WRONG, f"Python {platform.python_version()}", "cosell needs 3.11 or newer")
    return Finding(Verdict.OK, f"Python {platform.python_version()}")


def sqlite() -> Finding:
    """The SQLite library that is used, which is apsw's own and not Python's."""
    from cosell.store.open import sqlite_version

    version = sqlite_version()
    if tuple(map(int, version.split("."))) < OLDEST_SQLITE:
        return Finding(Verdict.WRONG, f"SQLite {version}", "upgrade apsw")
    return Finding(Verdict.OK, f"SQLite {version}")


def model() -> Finding:
    """The service model that is served, and how much of it is implemented."""
    from cosell.cli.versions import served

    return Finding(Verdict.OK, served())


def client_model() -> Finding:
    """How much of the model the clients on this machine know."""
    import botocore

    from cosell.cli import versions
    from cosell.wire.model import service_model

    known, served = versions.client_model(), service_model()
    fact = f"botocore {botocore.__version__}, which is installed, knows {len(known.operations)} operations"
    if newer := known.operations.keys() - served.operations.keys():
        return Finding(Verdict.NOTE, f"{fact}, {len(newer)} of them newer than the model", "upgrade cosell")
    if lacking := served.operations.keys() - known.operations.keys():
        remedy = f"see: cosell --version --verbose, and for clients that should know them: {exports('--data-path')}"
        return Finding(Verdict.NOTE, f"{fact}, and lacks {len(lacking)}", remedy)
    return Finding(Verdict.OK, fact)


def database(db: str) -> Iterator[Finding]:
    """The database, as `cosell serve` would use it."""
    from cosell.store.open import diagnose

    try:
        found = diagnose(db)
    except UserError as mistake:
        yield Finding(Verdict.WRONG, mistake.message, mistake.next_step)
        return
    for each in found:
        verdict = Verdict.NOTE if each.is_note else Verdict.WRONG if each.remedy else Verdict.OK
        yield Finding(verdict, each.fact, each.remedy)


def listening(host: str, port: int) -> Finding:
    """Whether a server could listen."""
    from cosell.serve.server import free_port, is_loopback

    try:
        with told_of("host"):
            is_loopback(host)
        free_port(host, port)
    except UserError as mistake:
        return Finding(Verdict.WRONG, mistake.message, mistake.next_step)
    return Finding(Verdict.OK, f"port {port} is free" if port else "a free port will be taken")


def clock(seconds: float) -> Finding:
    """The clock, from which every stamp comes."""
    now = datetime.fromtimestamp(seconds, UTC)
    if now.year not in PLAUSIBLE_YEARS:
        return Finding(Verdict.WRONG, f"the clock says {now:%Y-%m-%d}", "set it")
    return Finding(Verdict.OK, f"the clock says {now:%Y-%m-%d %H:%M:%S} UTC")


def surroundings(server: str | None) -> Iterator[Finding]:
    """Variables that would send this shell's AWS clients elsewhere than to `server`."""
    here = exports(url=server)
    endpoint = os.environ.get(ENDPOINT)
    if endpoint is None:
        yield Finding(
            Verdict.NOTE if server is None else Verdict.WRONG,
            f"{ENDPOINT} is not set, so AWS clients of this shell talk to AWS",
            f"point them here with: {here}",
        )
    elif server is not None and endpoint.rstrip("/") != server.rstrip("/"):
        yield Finding(Verdict.WRONG, f"{ENDPOINT} is {endpoint}, not {server}", f"change it with: {here}")
    else:
        yield Finding(Verdict.OK, f"{ENDPOINT} is {endpoint}")
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        yield Finding(Verdict.WRONG, f"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS makes clients ignore {ENDPOINT}", "unset it")
    if os.environ.get("AWS_USE_FIPS_ENDPOINT", "").lower() == "true":
        yield Finding(Verdict.WRONG, "AWS_USE_FIPS_ENDPOINT makes clients refuse an endpoint of their own", "unset it")
    if proxy := _proxy_in_the_way(endpoint):
        yield Finding(
            Verdict.WRONG, f"{proxy} stands between clients and {endpoint}", "set NO_PROXY=127.0.0.1,localhost"
        )


def running(server: str) -> Finding:
    """Whether a server says that it is ready."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{server.rstrip('/')}/readyz", timeout=TIMEOUT_S):
            return Finding(Verdict.OK, f"{server} is ready")
    except urllib.error.HTTPError as error:
        return Finding(
            Verdict.WRONG, f"{server} is not ready: {error.read(200).decode(errors='replace').strip()}", "see its log"
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        reason = (isinstance(reason, OSError) and reason.strerror) or reason
        return Finding(Verdict.WRONG, f"nothing answers at {server}: {reason}", start_step(server))


def listing(server: str) -> Finding:
    """Whether a server answers ListOpportunities to boto3."""
    from cosell.auth.open_access import DEFAULT_ACCOUNT
    from cosell.cli.clients import Failed, client_of_server, errors_as_lines

    try:
        with errors_as_lines(start_step(server)):
            client_of_server(server, DEFAULT_ACCOUNT).list_opportunities(Catalog="Sandbox", MaxResults=1)
    except Failed as failed:
        return Finding(Verdict.WRONG, f"boto3 lists no opportunities from {server}: {failed.lines[0]}")
    return Finding(Verdict.OK, f"boto3 lists opportunities from {server}")


def sinks(server: str) -> Iterator[Finding]:
    """Whether a server's sinks take events. Nothing if nobody answers."""
    from cosell.cli.admin import ask

    try:
        found = ask(server, "events/sinks")["sinks"]
    except UserError:
        return
    for sink in found:
        name, lacks = sink["name"], sink["held"] + sink["dead_letters"]
        remedy = f"the server's log says why; see: {suggested('events sinks', url=server)}"
        if sink["gone"]:
            yield Finding(Verdict.NOTE, f"the sink {name} wants no events any more", "restart the server to offer them")
        elif lacks:
            yield Finding(Verdict.NOTE, f"the sink {name} has not taken {lacks} of its events", remedy)
        else:
            yield Finding(Verdict.OK, f"the sink {name} takes events")


def _proxy_in_the_way(endpoint: str | None) -> str | None:
    """The name of the proxy variable that clients of `endpoint` would obey."""
    parts = urlsplit(endpoint or "")
    if not parts.hostname or urllib.request.proxy_bypass(parts.netloc):
        return None
    return next((name for name in (f"{parts.scheme}_proxy", "all_proxy") if _variable(name)), None)


def _variable(name: str) -> str | None:
    return os.environ.get(name) or os.environ.get(name.upper())
