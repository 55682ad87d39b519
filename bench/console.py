"""(k, l) The console over HTTP: how soon its table begins beside the API's page, and how long the pipeline takes.

Both clients are one connection that asks again and again; the server has the first processor, as elsewhere.
"""

import http.client
import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bench.databases import ACCOUNT, CATALOG, seeded
from bench.figures import Figure, at_most
from bench.over_http import served

SCOPE: Final = f"account={ACCOUNT}&catalog={CATALOG}"
TABLE: Final = f"/console/opportunities?{SCOPE}"
PIPELINE: Final = f"/console/pipeline?{SCOPE}"
STAGES: Final = f"/console/pipeline/stages.csv?{SCOPE}"
REPEAT: Final = 30
SLOWEST_PIPELINE_MS: Final = 200


def table_beside_page(rows: int, rounds: int) -> Figure:
    """Seconds to the first byte of the table, total included, by those of the API's page of the same opportunities."""
    with served(seeded(rows)) as url, closing(_connection(url)) as connection:
        _seconds(connection, "GET", STAGES)  # loads the console, and waits until all are counted
        if f"of {rows:,}".encode() not in _seconds(connection, "GET", TABLE)[2]:
            raise SystemExit("bench: the table does not say how many opportunities there are")
        ratios, tables, pages = [], [], []
        for _ in range(rounds):
            page = _best(lambda: _call(connection, "ListOpportunities", {})[0])
            table = _best(lambda: _seconds(connection, "GET", TABLE)[0])
            ratios.append(table / page)
            tables.append(table)
            pages.append(page)
    detail = f"{min(tables) * 1000:.2f} and {min(pages) * 1000:.2f} ms"
    name = f"first byte of the console's table ÷ that of the API's page, {rows:,} rows"
    return at_most(name, statistics.median(ratios), 2, detail)


def pipeline(rows: int, rounds: int) -> Figure:
    """Milliseconds of the whole pipeline page, each time after an opportunity has changed."""
    database = seeded(rows)
    _forget_counts(database)
    with served(database) as url, closing(_connection(url)) as connection:
        _seconds(connection, "GET", TABLE)  # loads the console
        first = _seconds(connection, "GET", PIPELINE)[1]
        counted = _seconds(connection, "GET", STAGES)[1]  # a file waits for the figures
        again = []
        for _ in range(rounds):
            _change_an_opportunity(connection)
            again.append(_seconds(connection, "GET", PIPELINE)[1])
    with served(database) as url, closing(_connection(url)) as connection:
        _seconds(connection, "GET", TABLE)
        another = _seconds(connection, "GET", PIPELINE)[1]
    return at_most(
        f"the pipeline page after a change, {rows:,} rows, ms",
        statistics.median(again) * 1000,
        SLOWEST_PIPELINE_MS,
        f"the first time of another worker: {another * 1000:.0f} ms; of the database: a page after {first * 1000:.0f} "
        f"ms that says how far counting is, the figures after {counted:.1f} s",
    )


def _forget_counts(database: Path) -> None:
    with served(database):  # brings its schema up to date
        pass
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM kept_count")
        connection.commit()


def _change_an_opportunity(connection: http.client.HTTPConnection) -> None:
    """Send an opportunity back as it is: what its status freezes stays the same, and its stamp moves."""
    approved = {"LifeCycleReviewStatus": ["Pending Submission"], "MaxResults": 1}
    _, listed = _call(connection, "ListOpportunities", approved)
    identifier = listed["OpportunitySummaries"][0]["Id"]
    _, record = _call(connection, "GetOpportunity", {"Identifier": identifier})
    members = ("Customer", "Project", "LifeCycle", "Marketing", "OpportunityType", "NationalSecurity")
    same = {name: record[name] for name in members if name in record}
    _call(
        connection,
        "UpdateOpportunity",
        {"Identifier": identifier, "LastModifiedDate": record["LastModifiedDate"], **same},
    )


def _connection(url: str) -> http.client.HTTPConnection:
    address = urlsplit(url)
    return http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)


def _best(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(REPEAT))


def _call(connection: http.client.HTTPConnection, operation: str, members: dict[str, Any]) -> tuple[float, Any]:
    headers = {
        "X-Amz-Target": f"AWSPartnerCentralSelling.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/",
    }
    first, _, body = _seconds(connection, "POST", "/", json.dumps({"Catalog": CATALOG, **members}), headers)
    return first, json.loads(body)


def _seconds(
    connection: http.client.HTTPConnection,
    method: str,
    address: str,
    body: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[float, float, bytes]:
    """Seconds to the head of the answer and to its end, and its body."""
    started = time.perf_counter()
    connection.request(method, address, body, headers or {})
    response = connection.getresponse()
    first = time.perf_counter() - started
    answer = response.read()
    if response.status != 200:
        raise SystemExit(f"bench: {address} answered {response.status}: {answer[:500]!r}")
    return first, time.perf_counter() - started, answer
