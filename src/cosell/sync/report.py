"""What a run reports: one line of JSON for programs, a sentence for people, a file for Prometheus."""

from typing import Literal

import msgspec

from cosell.sync.moments import text_of
from cosell.sync.target import Counts

Mode = Literal["sync", "full", "dry-run"]


class Report(msgspec.Struct, kw_only=True):
    """A run, while it goes on and at its end. Times are milliseconds since 1970 UTC."""

    mode: Mode
    catalog: str
    account: str | None = None
    status: Literal["running", "complete", "stopped", "failed"] = "running"
    resumed: bool = False
    """Whether a pass was resumed that an earlier run had begun."""
    because: str | None = None
    """Why a run listed everything without being asked to."""
    started_ms: int
    ended_ms: int | None = None
    calls: int = 0
    retries: int = 0
    pages: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    """Rows that the mirror has with a later LastModifiedDate, and therefore keeps."""
    vanished: int = 0
    details: int = 0
    newest_ms: int | None = None
    """The newest LastModifiedDate of the service, as the run began."""
    watermark_ms: int | None = None
    """Everything modified up to here is in the mirror."""
    created_ms: int | None = None
    """How far the pass in progress has come in the order of CreatedDate."""
    details_wanted: int = 0
    details_failing: int = 0
    unknown_members: set[str] = msgspec.field(default_factory=set)
    """Members that the installed boto3 does not know. They are kept."""
    error: str | None = None

    @property
    def rows(self) -> int:
        """Rows read."""
        return self.new + self.changed + self.unchanged + self.older

    @property
    def seconds(self) -> float:
        """How long the run took, or has been going on at its last page."""
        return max((self.ended_ms or self.started_ms) - self.started_ms, 0) / 1000

    def as_json(self) -> str:
        """One line."""
        members = {
            "mode": self.mode,
            "catalog": self.catalog,
            "account": self.account,
            "status": self.status,
            "started": text_of(self.started_ms),
            "seconds": round(self.seconds, 3),
            "resumed": self.resumed,
            "full_because": self.because,
            "calls": self.calls,
            "retries": self.retries,
            "pages": self.pages,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "older": self.older,
            "vanished": self.vanished,
            "details": self.details,
            "details_wanted": self.details_wanted,
            "details_failing": self.details_failing,
            "newest": None if self.newest_ms is None else text_of(self.newest_ms),
            "watermark": None if self.watermark_ms is None else text_of(self.watermark_ms),
            "unknown_members": sorted(self.unknown_members),
            "error": self.error,
        }
        return msgspec.json.encode(members).decode()


def prometheus(report: Report, counts: Counts | None, last_complete_ms: int | None) -> str:
    """The figures in Prometheus' text format, for the node exporter's textfile collector."""
    labels = f'{{catalog="{report.catalog}",account="{report.account or ""}"}}'
    ended_ms = report.ended_ms or report.started_ms
    figures: list[tuple[str, str, float | None]] = [
        ("last_run_timestamp_seconds", "When the last run ended.", ended_ms / 1000),
        (
            "last_complete_timestamp_seconds",
            "When the last run began that left the mirror in step.",
            None if last_complete_ms is None else last_complete_ms / 1000,
        ),
        ("last_run_success", "1 if the last run was completed.", int(report.status == "complete")),
        ("last_run_seconds", "How long the last run took.", report.seconds),
        ("last_run_calls", "Calls of the last run.", report.calls),
        ("last_run_retries", "Calls of the last run that had to be made again.", report.retries),
        ("last_run_changes", "Opportunities that were new or changed in the last run.", report.new + report.changed),
        (
            "watermark_timestamp_seconds",
            "Everything modified up to here is in the mirror.",
            None if report.watermark_ms is None else report.watermark_ms / 1000,
        ),
    ]
    if counts is not None:
        figures += [
            ("opportunities", "Opportunities in the mirror.", counts.opportunities),
            ("details_wanted", "Opportunities whose details are still to be fetched.", counts.details_wanted),
            ("details_failing", "Those of them whose details could not be fetched.", counts.details_failing),
        ]
    return "".join(
        f"# HELP cosell_sync_{name} {text}\n# TYPE cosell_sync_{name} gauge\ncosell_sync_{name}{labels} {value:.15g}\n"
        for name, text, value in figures
        if value is not None
    )
