"""(q) `cosell console` over a mirror, from its start: the first full table, other pages, what lies beside the mirror.

The mirror is that of a seeded database, and is kept in build/bench between runs.
"""

import os
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

from bench.databases import COSELL, FOLDER, seeded
from bench.figures import Figure, at_most

ROWS_SHOWN: Final = 20
SOONER_S: Final = 85 / 20
"""A twentieth of what copying the mirror took."""
BESIDE: Final = 600
"""Bytes for each row: a tenth of the copy's."""
PAGES: Final = {
    "the table by customers": "opportunities?SortBy=CustomerCompanyName&SortOrder=ASCENDING",
    "the table of a stage by target close date": "opportunities?LifeCycleStage=Committed&SortBy=TargetCloseDate",
    "the table of a stage and a status that none has both": (
        "opportunities?LifeCycleStage=Launched&LifeCycleReviewStatus=Rejected"
    ),
    "an opportunity": "opportunities/O1000001",
    "a search for a frequent word": "search?Keyword=media",
    "how the sync is": "",
}


def console_over_mirror(rows: int, rounds: int) -> list[Figure]:
    """Seconds from the start of the command to the whole first table, and bytes of files beside the mirror."""
    mirror = _mirrored(rows)
    starts, written = [], 0
    pages: dict[str, float] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            command = [*COSELL, "console", "--mirror", str(mirror), "--port", "0", "--log-level", "error"]
            started = time.perf_counter()
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": folder}, text=True
            ) as process:
                assert process.stdout is not None
                console = process.stdout.readline().split()[-1]
                while _page(f"{console}opportunities").count("data-row") < ROWS_SHOWN:
                    pass
                starts.append(time.perf_counter() - started)
                for name, path in PAGES.items():
                    pages[name] = min(pages.get(name, float("inf")), _seconds(console + path))
                beside = [*mirror.parent.glob(f"{mirror.name}-*"), *Path(folder).rglob("*")]
                written = max(written, sum(file.stat().st_size for file in beside))
                process.terminate()
    name = f"start of a console to its first full table, a mirror of {rows:,} rows, s"
    return [
        at_most(name, sorted(starts)[rounds // 2], SOONER_S),
        at_most("bytes beside the mirror for each row", written / rows, BESIDE),
        Figure("other pages, ms", "", detail="; ".join(f"{name}: {took * 1000:.0f}" for name, took in pages.items())),
    ]


def _mirrored(rows: int) -> Path:
    """The mirror, made where it is missing."""
    import cosell
    from cosell.sync import mirror

    path = (FOLDER / f"mirror-{rows}.db").absolute()
    if not path.exists():
        unfinished = FOLDER / f"mirror-{rows}.unfinished.db"
        for file in FOLDER.glob(f"{unfinished.name}*"):
            file.unlink()
        mirror(cosell.connect(str(seeded(rows))), str(unfinished))
        unfinished.rename(path)
    return path


def _seconds(url: str) -> float:
    started = time.perf_counter()
    _page(url)
    return time.perf_counter() - started


def _page(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())
