"""Figures over HTTP: our page beside a constant answer, and beside moto's DynamoDB Query."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3

from bench.databases import ACCOUNT, CATALOG, COSELL, FOLDER, seeded
from bench.figures import Figure, at_least, ratio_of_rates

CONNECTIONS: Final = 16
SECONDS_A_TURN: Final = 3
SERVICE: Final = "partnercentral-selling"
TARGET: Final = "AWSPartnerCentralSelling.ListOpportunities"
BODY: Final = f'{{"Catalog":"{CATALOG}"}}'


def page_beside_constant(rows: int, rounds: int) -> Figure:
    """(a) Default pages a second, as a share of what the same server reaches with a constant of equal bytes."""
    with served(seeded(rows)) as ours:
        answer = _page(ours)
        with constant_answers(answer) as constant:
            ratio, pages, constants = ratio_of_rates(
                lambda: pages_a_second(ours), lambda: pages_a_second(constant), rounds
            )
    detail = f"{max(pages):,.0f} of {max(constants):,.0f} answers a second, {len(answer):,} bytes each"
    return at_least(f"default page at {rows:,} rows ÷ constant answer", ratio, 0.45, detail)


def page_beside_dynamodb(rows: int, rounds: int) -> Figure:
    """(c) Default pages a second, by moto server's Queries of 20 items, both at `rows` rows."""
    port = _free_port()
    moto = [sys.executable, "-m", "moto.server", "-p", str(port)]
    with served(seeded(rows)) as ours, _program(moto, port) as theirs:
        _fill_table(theirs, rows)
        query = (
            '{"TableName":"pipeline","Limit":20,"KeyConditionExpression":"account = :account",'
            '"ExpressionAttributeValues":{":account":{"S":"1"}}}'
        )
        ratio, pages, queries = ratio_of_rates(
            lambda: pages_a_second(ours),
            lambda: _rate(theirs, "dynamodb", "DynamoDB_20120810.Query", query),
            rounds,
        )
    detail = f"{max(pages):,.0f} pages and {max(queries):,.1f} queries a second"
    return at_least(f"default page ÷ moto's DynamoDB Query of 20 items, {rows:,} rows each", ratio, 100, detail)


def _fill_table(url: str, items: int) -> None:
    keys: Any = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any", "region_name": "us-east-1"}
    dynamodb: Any = boto3.session.Session(**keys).client("dynamodb", endpoint_url=url)
    dynamodb.create_table(
        TableName="pipeline",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "account", "AttributeType": "S"},
            {"AttributeName": "id", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "account", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}],
    )
    for start in range(0, items, 25):
        puts = [
            {"PutRequest": {"Item": {"account": {"S": "1"}, "id": {"S": f"O{number:08}"}, "summary": {"S": "x" * 800}}}}
            for number in range(start, min(start + 25, items))
        ]
        dynamodb.batch_write_item(RequestItems={"pipeline": puts})


@contextlib.contextmanager
def constant_answers(answer: bytes) -> Iterator[str]:
    """The address of a server that answers everything with the same bytes."""
    file = FOLDER / "answer.json"
    file.write_bytes(answer)
    with _program([sys.executable, "-m", "bench.constant_server", str(_free_port()), str(file)]) as url:
        yield url


@contextlib.contextmanager
def served(database: Path | str, processor: int = 0) -> Iterator[str]:
    """The address of a cosell that serves a database."""
    port = _free_port()
    with _program([*COSELL, "serve", "--db", str(database), "--port", str(port)], port, processor) as url:
        yield url


@contextlib.contextmanager
def _program(command: list[str], port: int | None = None, processor: int = 0) -> Iterator[str]:
    port = port or int(command[-2])
    pinned = [*_on_processor(processor), *command]
    with subprocess.Popen(pinned, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _on_processor(number: int) -> list[str]:
    """One worker is one processor's worth: each server gets the first processor, the load comes from the second."""
    return ["taskset", "-c", str(number)] if shutil.which("taskset") and (os.cpu_count() or 1) > number else []


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.01)
    raise SystemExit(f"bench: {process.args!r} ended early")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pages_a_second(url: str) -> float:
    """Default pages that a cosell answers in a second."""
    return _rate(url, SERVICE, TARGET, BODY)


def _page(url: str) -> bytes:
    headers = {"X-Amz-Target": TARGET, "Content-Type": "application/x-amz-json-1.0"}
    with urllib.request.urlopen(urllib.request.Request(url, BODY.encode(), headers)) as answer:
        body = answer.read()
    assert isinstance(body, bytes)
    return body


def _rate(url: str, service: str, target: str, body: str) -> float:
    return rate_of(
        url, "bench/post.lua", BENCH_SERVICE=service, BENCH_TARGET=target, BENCH_BODY=body, BENCH_KEY=ACCOUNT
    )


def rate_of(url: str, script: str, connections: int = CONNECTIONS, **environment: str) -> float:
    """Answers a second to the requests that a script of wrk makes, each connection waiting for its own."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("bench: wrk is missing; apt-get install wrk")
    done = subprocess.run(
        [
            *_on_processor(1),
            wrk,
            "-t1",
            f"-c{connections}",
            f"-d{SECONDS_A_TURN}",
            "--timeout",
            "30s",
            "-s",
            script,
            url,
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    ).stdout
    if "Non-2xx" in done:
        raise SystemExit(f"bench: {url} refused calls:\n{done}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done)
    assert rate is not None
    return float(rate[1])
