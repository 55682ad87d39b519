"""What became of each row of a push: lines for people on a terminal, JSON lines for everything else."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import IO, Final

import msgspec

from cosell.cli.counted import counted
from cosell.cli.table import printable
from cosell.errors import UserError
from cosell.sync.push.row import Outcome, Result
from cosell.sync.quota import Pace

ORDER: Final[tuple[Outcome, ...]] = ("created", "updated", "unchanged", "conflict", "refused", "failed")
FINE: Final[frozenset[Outcome]] = frozenset({"created", "updated", "unchanged"})
LONGEST_KEY: Final = 24
_ROW: Final = "{:>6}  {:<9}  {:<10}  {:<24}  {}"


class Report:
    """Writes results of so many rows as they come, and counts them. A terminal shows the progress."""

    def __init__(self, file: IO[bytes] | None, total: int, pace: Pace, clock: Callable[[], float]) -> None:
        self._file = file
        self._total = total
        self._pace = pace
        self._clock = clock
        self._began_s = clock()
        self._counts: Counter[Outcome] = Counter()
        self._head_written = False

    @property
    def is_fine(self) -> bool:
        """Whether every row is in the service as the file says it."""
        return not set(self._counts) - FINE

    def add(self, result: Result) -> None:
        """Write a result at once, so that even a push that ends early has reported what it did."""
        self._counts[result.outcome] += 1
        self._clear_progress()
        line = msgspec.json.encode(result) + b"\n"
        if self._file is not None:
            self._file.write(line)
            self._file.flush()
        if sys.stdout.isatty():
            self._write_row(result)
        elif self._file is None:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        if sys.stderr.isatty() and self._counts.total() < self._total:
            sys.stderr.write(self.progress())
            sys.stderr.flush()

    def summary(self) -> str:
        """How many rows had which outcome; empty if there are none."""
        self._clear_progress()
        done, total = self._counts.total(), self._total
        counts = ", ".join(f"{self._counts[outcome]:,} {outcome}" for outcome in ORDER if self._counts[outcome])
        told = counted(total, "row") if done == total else f"{done:,} of {counted(total, 'row')}"
        return f"{told}: {counts}" if done else ""

    def progress(self) -> str:
        """The progress: `9 of 300, about 5 min left`.

        The remaining rows are assumed to write as often as the earlier ones, at the same pace or that of the quotas,
        whichever is slower.
        """
        done = self._counts.total()
        left = self._total - done
        writes = (self._counts["created"] + self._counts["updated"]) / done * left
        paced_s = (self._clock() - self._began_s) / done * left
        left_s = max(paced_s, self._pace.seconds_for("write", ceil(writes)))
        return f"{done:,} of {self._total:,}, about {_roughly(left_s)} left"

    def _clear_progress(self) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _write_row(self, result: Result) -> None:
        if not self._head_written:
            sys.stdout.write(_ROW.format("Line", "Outcome", "Id", "Key", "Why").rstrip() + "\n")
            self._head_written = True
        key = printable(result.key or "")
        key = key if len(key) <= LONGEST_KEY else f"{key[: LONGEST_KEY - 1]}…"
        first, *more = [printable(str(problem)) for problem in result.errors] or [""]
        sys.stdout.write(_ROW.format(result.line, result.outcome, result.id or "", key, first).rstrip() + "\n")
        for problem in more:
            sys.stdout.write(_ROW.format("", "", "", "", problem) + "\n")
        sys.stdout.flush()


def _roughly(seconds: float) -> str:
    """A time span as people say it."""
    minutes = ceil(seconds / 60)
    if minutes <= 1:
        return f"{ceil(seconds)} s"
    return f"{minutes} min" if minutes < 100 else f"{ceil(minutes / 60)} h"


@contextmanager
def report_to(
    path: str | None, total: int, pace: Pace, clock: Callable[[], float] = time.monotonic
) -> Iterator[Report]:
    """A report that is also written to the file `path` as JSON lines. Raises UserError if it cannot be written."""
    if path is None:
        yield Report(None, total, pace, clock)
        return
    try:
        file = open(path, "wb")  # noqa: PTH123, SIM115  # closed below; an error of the block is not this one
    except OSError as error:
        raise UserError(f"the report {path} cannot be written: {error.strerror}", "name another file") from None
    with file:
        yield Report(file, total, pace, clock)


def left_out_line(members: Iterable[str]) -> str:
    """Tells which members of the rows were not pushed."""
    return f"Left out, since only the service writes them: {', '.join(members)}"
