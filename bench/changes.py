"""Figures of changes: how many are durable in a second, and how soon a client of the stream sees one."""

import contextlib
import http.client
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import apsw
import msgspec

from bench.databases import ACCOUNT, CATALOG, FOLDER, seeded
from bench.figures import Figure, at_least, at_most, ratio_of_rates
from bench.over_http import CONNECTIONS, SECONDS_A_TURN, constant_answers, rate_of, served
from cosell import flow
from cosell.engine import Engine

COMMITS_THAT_FILL_THE_LOG: Final = 2_000
GROWN_BY: Final = 5_000
LOGGED: Final = 250
"""Creations whose log stays below the size from which it is copied into the file."""
SUSTAINED: Final = 64
"""Connections that write: as many as share one wait for the disk."""
ACCOUNT_OF_CUSTOMER: Final = {
    "CompanyName": "Blue Heron Consulting",
    "Industry": "Aerospace",
    "WebsiteUrl": "https://example.com",
    "Address": {"CountryCode": "DE", "PostalCode": "28195"},
}
PROJECT: Final = {
    "Title": "Move to the cloud",
    "CustomerBusinessProblem": "Too slow. " * 20,
    "ExpectedCustomerSpend": [
        {"Amount": "1000", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
    ],
}
COMPLETE: Final = {
    "Catalog": CATALOG,
    "Customer": {"Account": ACCOUNT_OF_CUSTOMER},
    "LifeCycle": {"TargetCloseDate": "2030-01-31"},
    "Project": PROJECT,
}
"""The least that is taken as a creation, but for its ClientToken."""
HEADERS: Final = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "AWSPartnerCentralSelling.CreateOpportunity",
}


def creations_beside_bare_commits(rounds: int) -> list[Figure]:
    """(h) CreateOpportunities a second, each durable when it is answered, by bare durable commits of one row.

    More connections leave more creations to each wait for the disk: what can be sustained is seen with `SUSTAINED`.
    How many a disk takes differs from machine to machine, so the same requests are also put to a server that does
    nothing with them: beyond that none of ours could go.
    """
    runs = itertools.count()

    def create(connections: int, server: str = "") -> float:
        run = f"run-{next(runs)}"
        return rate_of(server or url, "bench/create.lua", connections, BENCH_KEY=ACCOUNT, BENCH_RUN=run)

    def measured(connections: int) -> tuple[float, str]:
        ratio, creations, commits = ratio_of_rates(lambda: create(connections), lambda: _commits_a_second(bare), rounds)
        return ratio, f"{max(creations):,.0f} and {max(commits):,.0f} a second, {connections} connections and 1"

    created = b'{"Id":"O1000001","LastModifiedDate":"2026-01-01T00:00:00.000Z"}'
    with served(_new("changes.db")) as url, _bare_database() as bare, constant_answers(created) as idle:
        create(CONNECTIONS)  # a log that still grows is synchronised several times slower than one that is written over
        _commits_a_second(bare, until=COMMITS_THAT_FILL_THE_LOG)
        few, with_few = measured(CONNECTIONS)
        many, with_many = measured(SUSTAINED)
        share, ours, constants = ratio_of_rates(lambda: create(CONNECTIONS), lambda: create(CONNECTIONS, idle), rounds)
    name = "CreateOpportunity ÷ bare durable commit of one row"
    return [
        at_least(f"{name}, {CONNECTIONS} connections", few, 0.5, with_few),
        Figure(f"{name}, {SUSTAINED} connections", f"{many:.2f}", detail=with_many),
        Figure(
            f"CreateOpportunity ÷ constant answer, {CONNECTIONS} connections",
            f"{share:.2f}",
            detail=f"{max(ours):,.0f} of {max(constants):,.0f} answers a second",
        ),
    ]


def log_of_a_creation(rows: int) -> Figure:
    """(m) Bytes that a lone CreateOpportunity writes to the log, in a database that was filled and has grown."""
    written = bytes_logged(copied(seeded(rows), "log.db"), lambda _, __: None)
    return at_most("bytes in the log for each creation", written, 65_000, f"{rows:,} rows, one creation at a time")


def bytes_logged(path: Path, after: Callable[[Engine, int], object]) -> float:
    """Bytes that a creation writes to a database's log, with what is done `after` each, which is told its number.

    Customers and closing dates differ, so that every index is written at another place than before.
    """
    engine = Engine.open(str(path))

    def create(numbers: range) -> None:
        for number in numbers:
            _create_one_of_many(engine, number)
            after(engine, number)

    create(range(GROWN_BY))
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    create(range(GROWN_BY, GROWN_BY + LOGGED))
    written = Path(f"{path}-wal").stat().st_size / LOGGED
    engine.close()
    return written


def copied(database: Path, name: str) -> Path:
    """A copy that may be changed."""
    path = _new(name)
    path.write_bytes(database.read_bytes())
    return path


def _create_one_of_many(engine: Engine, number: int) -> None:
    body = {
        "Catalog": CATALOG,
        "ClientToken": f"creation-{number}",
        "Customer": {"Account": ACCOUNT_OF_CUSTOMER | {"CompanyName": f"Customer {number * 7919 % 10_007} of many"}},
        "LifeCycle": {"TargetCloseDate": f"2030-01-{number % 28 + 1:02d}"},
        "Project": PROJECT,
    }
    headers = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}
    answer = flow.answer(engine, flow.Call("POST", "/", headers, msgspec.json.encode(body)))
    assert answer.status == 200


def stream_beside_answer(changes: int) -> Figure:
    """(i) From a CreateOpportunity's request to its event in a stream, by the time to its answer."""
    with served(_new("stream.db")) as url:
        address = urlsplit(url).netloc
        stream, client = (http.client.HTTPConnection(address) for _ in range(2))
        stream.request("GET", "/_cosell/events")
        events = stream.getresponse()
        answered, seen = [], []
        for number in range(changes):
            started = time.perf_counter()
            client.request("POST", "/", json.dumps(COMPLETE | {"ClientToken": f"change-{number}"}), HEADERS)
            client.getresponse().read()
            answered.append(time.perf_counter() - started)
            while not events.readline().startswith(b"data: "):
                pass
            seen.append(time.perf_counter() - started)
        stream.close()
        client.close()
    after_ms = statistics.median(b - a for a, b in zip(answered, seen, strict=True)) * 1000
    ratio = statistics.median(b / a for a, b in zip(answered, seen, strict=True))
    detail = f"{after_ms:.2f} ms after the answer, which takes {statistics.median(answered) * 1000:.2f} ms"
    return at_most("change to event in the stream ÷ change to answer", ratio, 2, detail)


@contextlib.contextmanager
def _bare_database() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(_new("bare.db")))
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("CREATE TABLE change (number INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    yield connection
    connection.close()


def _commits_a_second(connection: apsw.Connection, until: int = 0) -> float:
    """Durable commits of one row, for a turn's seconds or `until` so many are made."""
    count, started = 0, time.perf_counter()
    while count < until or (not until and time.perf_counter() - started < SECONDS_A_TURN):
        connection.execute("INSERT INTO change (text) VALUES ('one row')")
        count += 1
    return count / (time.perf_counter() - started)


def _new(name: str) -> Path:
    path = FOLDER / name
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        file.unlink(missing_ok=True)
    return path
