"""(j) A first sync beside the same questions asked with boto3's own paginator by a program that only counts the rows.

Both talk to one server over HTTP, in processes of their own, which are measured from start to end.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from bench.databases import ACCOUNT, CATALOG, COSELL, FOLDER, seeded
from bench.figures import Figure, at_least, at_most
from bench.over_http import served

COUNT: Final = f"""
import boto3, sys
client = boto3.client("partnercentral-selling", endpoint_url=sys.argv[1], region_name="us-east-1")
pages = client.get_paginator("list_opportunities").paginate(
    Catalog="{CATALOG}", MaxResults=100, Sort={{"SortBy": "CreatedDate", "SortOrder": "ASCENDING"}}
)
print(sum(len(page["OpportunitySummaries"]) for page in pages))
"""
LOOK_S: Final = 0.02
MIRROR: Final = FOLDER / "mirror.db"


def first_sync(rows: int, small_rows: int, rounds: int) -> list[Figure]:
    """Its rate, its memory at two sizes, and the bytes of the mirror."""
    with served(seeded(rows)) as url:
        ours, theirs = [], []
        for _ in range(rounds):
            theirs.append(_counted(url, rows))
            ours.append(_synced(url))
        size = MIRROR.stat().st_size
    with served(seeded(small_rows)) as url:
        small = _synced(url)
    ratio = statistics.median(b[0] / a[0] for a, b in zip(ours, theirs, strict=True))
    rate, counted = (rows / statistics.median(seconds for seconds, _ in side) for side in (ours, theirs))
    kib = max(kib for _, kib in ours)
    return [
        at_least(
            f"first sync of {rows:,} rows ÷ counting them, rows a second",
            ratio,
            0.6,
            f"{rate:,.0f} and {counted:,.0f} a second",
        ),
        at_most(
            f"memory of a first sync, {rows:,} rows ÷ {small_rows:,}",
            kib / small[1],
            1.1,
            f"{kib / 1000:,.0f} MB and {small[1] / 1000:,.0f} MB",
        ),
        Figure("bytes of the mirror for each row", f"{size / rows:,.0f}", detail="SQLite, indexes included"),
    ]


def _synced(url: str) -> tuple[float, int]:
    """Seconds and KiB of a sync into a new mirror."""
    for file in (MIRROR, Path(f"{MIRROR}-wal"), Path(f"{MIRROR}-shm")):
        file.unlink(missing_ok=True)
    return _measured([*COSELL, "sync", "--to", str(MIRROR), "--endpoint-url", url, "--catalog", CATALOG])[:2]


def _counted(url: str, rows: int) -> tuple[float, int]:
    seconds, kib, out = _measured([sys.executable, "-c", COUNT, url])
    assert int(out) == rows, f"{out} rows were counted, and not {rows}"
    return seconds, kib


def _measured(command: list[str]) -> tuple[float, int, str]:
    """Seconds, greatest resident memory in KiB, and output of a command, which prints little.

    What the system says at the end is no use: a process counts as as large as the one that started it.
    """
    variables = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_EC2_METADATA_DISABLED": "true"}
    kib = 0
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | variables, text=True) as process:
        while process.poll() is None:
            kib = max(kib, _greatest_kib(process.pid))
            time.sleep(LOOK_S)
        took = time.perf_counter() - started
        assert process.stdout is not None
        out = process.stdout.read()
    assert process.returncode == 0, f"{command} ended with {process.returncode}"
    return took, kib, out


def _greatest_kib(pid: int) -> int:
    """The most that a process has had in memory; nothing of one that has just ended."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) if "VmHWM:" in status else 0
