"""What `cosell sync` says: progress and sentences on a terminal, one line of JSON for each run elsewhere."""

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cosell.cli.counted import counted
from cosell.errors import UserError
from cosell.passwords import without_password
from cosell.sync.moments import text_of
from cosell.sync.report import Report, prometheus
from cosell.sync.service import Unavailable
from cosell.sync.stopping import Stopped
from cosell.sync.target import MirrorBusy, MirrorUnavailable, Target

if TYPE_CHECKING:
    from cosell.sync.comparison import Comparison
    from cosell.sync.follow import Trouble
    from cosell.sync.target import Difference

STOPPED: Final = 130
"""The exit code of a command that was interrupted, as shells have it."""


class Output:
    """Where a sync's words go."""

    def __init__(self, mirror: str, catalog: str, metrics_file: Path | None = None, *, follows: bool = False) -> None:
        self._mirror = without_password(mirror)
        self._catalog = catalog
        self._metrics_file = metrics_file
        self._follows = follows
        self._for_people = sys.stdout.isatty()
        self._report: Report | None = None
        self._last_complete_ms: int | None = None

    @contextmanager
    def progress(self) -> Iterator[Callable[[Report], None]]:
        """On a terminal, shows a run's progress: the rows, their rate, and the remaining time."""
        if not sys.stderr.isatty():
            yield self.hear
            return
        from cosell.cli.sync_progress import shown

        with shown() as show:

            def tell(report: Report) -> None:
                self.hear(report)
                show(report)

            yield tell

    def hear(self, report: Report) -> None:
        """Take note of a run's report; it changes while the run goes on."""
        self._report = report

    def finish(self, target: Target | None = None) -> None:
        """Say what the last reported run did."""
        report, self._report = self._report, None
        if report is None:
            return
        if report.status == "complete":
            self._last_complete_ms = report.started_ms
        if not self._for_people:
            click.echo(report.as_json())
        elif report.status == "complete":
            click.echo(self._sentence(report))
        if report.because:
            click.echo(f"cosell: listed everything: {report.because}", err=True)
        if report.unknown_members:
            names = ", ".join(sorted(report.unknown_members))
            click.echo(f"cosell: kept, although the installed boto3 does not know it: {names}", err=True)
        if self._metrics_file is not None:
            self._write_metrics(self._metrics_file, report, target)

    def stopped(self) -> int:
        """Say what the run did until it was stopped; the exit code."""
        if self._report is not None:
            self._report.status = "stopped"
        self.finish()
        return 0 if self._follows else STOPPED

    def trouble(self, error: "Trouble") -> None:
        """Report what keeps a following sync from being in step now."""
        click.echo(f"cosell: {_line_of(error)}", err=True)

    def repaired(self, made: list[str]) -> None:
        """Report what the mirror lacked and has again."""
        if made:
            click.echo(f"cosell: the mirror lacked its {', '.join(made)}; recreated", err=True)

    def rehearsed(self, counts: Counter[str]) -> None:
        """Say what a run would do."""
        kinds = ("new", "changed", "unchanged", "vanished")
        if not self._for_people:
            click.echo(json.dumps({"mode": "dry-run", "catalog": self._catalog, **{k: counts[k] for k in kinds}}))
            return
        parts = ", ".join(f"{counts[kind]:,} {kind}" for kind in kinds if counts[kind]) or "nothing"
        click.echo(f"a sync into {self._mirror} would find {parts}; nothing was written")

    def difference(self, difference: "Difference", *, as_json: bool) -> None:
        """Show a difference between mirror and service."""
        members = {
            "id": difference.id,
            "difference": difference.kind,
            "mirror": _moment(difference.mirror_ms),
            "service": _moment(difference.service_ms),
            "members": list(difference.members),
        }
        if as_json:
            click.echo(json.dumps(members))
            return
        stamps = f"mirror {members['mirror'] or 'has none'}, service {members['service'] or 'has none'}"
        click.echo(f"{difference.id}  {difference.kind}: {', '.join(difference.members) or stamps}")

    def compared(self, comparison: "Comparison", found: int) -> None:
        """Report the result of a comparison."""
        behind = f"; {comparison.behind:,} changed after the last sync" if comparison.behind else ""
        click.echo(
            f"compared {counted(comparison.compared, 'opportunity')}: {comparison.equal:,} equal, "
            f"{counted(found, 'difference')}{behind}",
            err=True,
        )

    def _sentence(self, report: Report) -> str:
        parts = [f"{report.new:,} new, {report.changed:,} changed"]
        if report.vanished:
            parts.append(f"{report.vanished:,} vanished")
        if report.details or report.details_wanted:
            parts.append(f"details of {report.details:,}, {report.details_wanted:,} to do")
        where = f"account {report.account}, catalog {self._catalog}" if report.account else f"catalog {self._catalog}"
        return (
            f"{self._mirror} is in step ({where}): {'; '.join(parts)}; "
            f"{counted(report.calls, 'call')} in {report.seconds:.1f} s"
        )

    def _write_metrics(self, path: Path, report: Report, target: Target | None) -> None:
        """Whole or not at all: the collector may read at any moment. Raises UserError."""
        counts = None
        if target is not None and report.status != "failed":
            counts = target.counts()
        try:
            with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, suffix=".tmp") as file:
                file.write(prometheus(report, counts, self._last_complete_ms))
            os.chmod(file.name, 0o644)  # noqa: PTH101
            Path(file.name).replace(path)
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror}", "check --metrics-file") from None


@contextmanager
def exit_code_of(output: Output) -> Iterator[Callable[[], int]]:
    """Turns whatever ends a block into an exit code, to be read after it; mistakes are reported in one line."""
    code = 0
    try:
        yield lambda: code
    except Stopped:
        code = output.stopped()
    except (Unavailable, MirrorUnavailable, MirrorBusy) as error:
        output.finish()
        click.echo(f"cosell: {_line_of(error)}", err=True)
        code = 1
    except UserError:
        output.finish()
        raise


def _line_of(error: "Trouble") -> str:
    match error:
        case Unavailable():
            return f"the service does not answer: {error}; {error.next_step}"
        case MirrorUnavailable():
            return f"the mirror's database does not answer: {error}; the next run continues where this one stopped"
    return str(error)


def _moment(ms: int | None) -> Any:
    return None if ms is None else text_of(ms)
