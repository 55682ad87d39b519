"""The seeded databases that figures are taken from, kept in build/bench between runs."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

FOLDER: Final = Path("build/bench")
ACCOUNT: Final = "000000000000"
CATALOG: Final = "Sandbox"
NOW: Final = "2026-06-30T12:00:00Z"
"""The moment that seeded pipelines look back from: runs of different days have the same rows."""
COSELL: Final = [sys.executable, "-c", "from cosell.cli.main import main; main()"]


def seed(path: Path, rows: int) -> float:
    """Make a database of `rows` opportunities; the seconds that it took."""
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        file.unlink(missing_ok=True)
    return fill(str(path), rows)


def fill(database: str, rows: int) -> float:
    """Seed an empty database; the seconds that it took."""
    started = time.perf_counter()
    subprocess.run([*COSELL, "seed", "--db", database, "--count", str(rows), "--seed", "1", "--now", NOW], check=True)
    return time.perf_counter() - started


def seeded(rows: int) -> Path:
    """The database of `rows` opportunities, made where it is missing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{rows}.db"
    if not path.exists():
        unfinished = FOLDER / f"{rows}.unfinished.db"
        seed(unfinished, rows)
        unfinished.rename(path)
    return path
