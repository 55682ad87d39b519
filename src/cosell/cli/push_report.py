"""What became of each row of a push: lines for people on a terminal, JSON lines for everything else."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Final

import msgspec

from cosell.cli.counted import counted
from cosell.cli.table import printable
from cosell.errors import UserError
from cosell.sync.push.row import Outcome, Result

ORDER: Final[tuple[Outcome, ...]] = ("created", "updated", "unchanged", "conflict", "refused", "failed")
FINE: Final[frozenset[Outcome]] = frozenset({"created", "updated", "unchanged"})
LONGEST_KEY: Final = 24
_ROW: Final = "{:>6}  {:<9}  {:<10}  {:<24}  {}"


class Report:
    """Writes results as they come, and counts them."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self._file = file
        self._counts: Counter[Outcome] = Counter()
        self._head_written = False

    @property
    def is_fine(self) -> bool:
        """Whether every row is in the service as the file says it."""
        return not set(self._counts) - FINE

    def add(self, result: Result) -> None:
        """Write a result at once, so that a push that ends early has told what it did."""
        self._counts[result.outcome] += 1
        line = msgspec.json.encode(result) + b"\n"
        if self._file is not None:
            self._file.write(line)
            self._file.flush()
        if sys.stdout.isatty():
            self._write_row(result)
        elif self._file is None:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()

    def summary(self, total: int, *, dry_run: bool) -> str:
        """How many of `total` rows came to which end; empty where none did."""
        done = self._counts.total()
        counts = ", ".join(f"{self._counts[outcome]:,} {outcome}" for outcome in ORDER if self._counts[outcome])
        told = (
            f"{done:,} of {counted(total, 'row')}: {counts}" if done < total else f"{counted(total, 'row')}: {counts}"
        )
        return (f"{told}; a dry run, nothing was written" if dry_run else told) if done else ""

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


@contextmanager
def report_to(path: str | None) -> Iterator[Report]:
    """A report that is also written to the file `path` as JSON lines. Raises UserError where it cannot be written."""
    if path is None:
        yield Report(None)
        return
    try:
        file = open(path, "wb")  # noqa: PTH123, SIM115  # closed below; an error of the block is not this one
    except OSError as error:
        raise UserError(f"the report {path} cannot be written: {error.strerror}", "name another file") from None
    with file:
        yield Report(file)


def left_out_line(members: Iterable[str]) -> str:
    """Tells which members of the rows were not pushed."""
    return f"Left out, since only the service writes them: {', '.join(members)}"
