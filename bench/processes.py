"""Figures about whole processes: the start, the memory, and the making of a large database."""

import contextlib
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.databases import CATALOG, COSELL, FOLDER, seed, seeded
from bench.figures import Figure, at_most
from bench.pages import HEADERS
from cosell.rules.list.sort_keys import SORT_NAMES

CLIENT: Final = (
    "import boto3; boto3.client('partnercentral-selling', region_name='us-east-1', "
    "aws_access_key_id='a', aws_secret_access_key='b')"
)
"""A program that only makes a boto3 client."""


def start_beside_boto3(rounds: int) -> Figure:
    """(e) From start to ready, by the start of a program that only makes a boto3 client."""
    database = FOLDER / "start.db"
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(_seconds([sys.executable, "-c", CLIENT]))
        started = time.perf_counter()
        with served_alone(database):
            ours.append(time.perf_counter() - started)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    detail = f"{statistics.median(ours):.2f} s and {statistics.median(theirs):.2f} s"
    return at_most("start to ready ÷ start of a boto3 client", ratio, 1.5, detail)


def short_programs(rounds: int) -> list[Figure]:
    """(p) The time of `import cosell` by that of `import boto3`, and of `cosell --help` by that of a boto3 client."""
    programs = {
        "nothing": [sys.executable, "-c", "pass"],
        "cosell": [sys.executable, "-c", "import cosell"],
        "boto3": [sys.executable, "-c", "import boto3"],
        "help": [*COSELL, "--help"],
        "client": [sys.executable, "-c", CLIENT],
    }
    turns = [{name: _seconds(program) for name, program in programs.items()} for _ in range(rounds)]
    took = {name: statistics.median(turn[name] for turn in turns) * 1000 for name in programs}
    ours, theirs = (took[name] - took["nothing"] for name in ("cosell", "boto3"))
    return [
        at_most("import cosell ÷ import boto3", ours / theirs, 0.2, f"{ours:.0f} ms and {theirs:.0f} ms"),
        at_most(
            "cosell --help ÷ start of a boto3 client",
            took["help"] / took["client"],
            0.3,
            f"{took['help']:.0f} ms and {took['client']:.0f} ms",
        ),
    ]


def memory(rows: int) -> Figure:
    """(f) Resident memory of a worker that has answered pages in every order, forwards and backwards."""
    with served_alone(seeded(rows)) as (process, url):
        for sort_by in SORT_NAMES:
            for order in ("ASCENDING", "DESCENDING"):
                _read_pages(url, Sort={"SortBy": sort_by, "SortOrder": order})
        resident = resident_mb(process)
    return at_most(f"resident memory over {rows:,} rows, MB", resident, 150, "after 1,000 pages of 100")


def seeding(rows: int) -> list[Figure]:
    """(g) Rows a second of `cosell seed`, and the file's bytes for each row."""
    path = FOLDER / f"{rows}.db"
    took = seed(path, rows)
    size = path.stat().st_size
    return [
        Figure(f"seeding {rows:,} rows, rows a second", f"{rows / took:,.0f}", detail=f"{took:.0f} s"),
        Figure("bytes of the file for each row", f"{size / rows:,.0f}"),
    ]


def _seconds(program: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def resident_mb(process: "subprocess.Popen[str]") -> float:
    """Megabytes that a process has in memory now."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


@contextlib.contextmanager
def served_alone(database: Path) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """One worker over a database, as its process and its address."""
    command = [*COSELL, "serve", "--db", str(database), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        try:
            yield process, url
        finally:
            process.terminate()


def _read_pages(url: str, **question: object) -> None:
    question |= {"Catalog": CATALOG, "MaxResults": 100}
    headers = {name.decode(): value.decode() for name, value in HEADERS.items()}
    for _ in range(100):
        request = urllib.request.Request(url, json.dumps(question).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            question["NextToken"] = json.load(answer)["NextToken"]
