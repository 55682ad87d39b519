"""The progress of a sync, on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from cosell.sync.report import Report
from cosell.time_texts import span_text


@contextmanager
def shown() -> Iterator[Callable[[Report], None]]:
    """Shows reports on stderr, each replacing the one before."""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("asking for the newest opportunity")
        first_created_ms: int | None = None

        def show(report: Report) -> None:
            nonlocal first_created_ms
            if first_created_ms is None:
                first_created_ms = report.created_ms
            bar.update(task, description=line(report, first_created_ms))

        yield show


def line(report: Report, first_created_ms: int | None) -> str:
    """Rows and their rate, and about how long it will still take.

    The service does not say how many rows are left. But they come in the order of their creation, so the share of the
    time from the first one's creation to now that is covered is about the share of the work.
    """
    rate = report.rows / report.seconds if report.seconds else 0
    text = f"{report.rows:,} opportunities, {rate:,.0f} a second"
    if report.details:
        return f"{text}; details of {report.details:,}"
    if first_created_ms is None or report.created_ms is None or report.created_ms <= first_created_ms:
        return text
    behind_ms, all_ms = report.created_ms - first_created_ms, report.started_ms - first_created_ms
    left_s = report.seconds * max(all_ms - behind_ms, 0) / behind_ms
    return f"{text}, about {span_text(round(left_s) * 1000)} left"
