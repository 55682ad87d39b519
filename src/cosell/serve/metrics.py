"""Metrics for Prometheus, at `GET /metrics`.

If several workers share a port, any of them may be asked. So each keeps its metrics in a folder that all can read,
which prometheus-client takes from a variable, and the page adds them up; those of a worker that died still count.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from cosell.context import Now
from cosell.flow import Answer, Call
from cosell.serve.log import count_dropped_lines, log_outage
from cosell.serve.process_figures import ProcessFigures
from cosell.serve.search_feeding import PendingFigure
from cosell.serve.sink_figures import SinkFigures
from cosell.serve.write_ahead_log import LogFigure
from cosell.store.interface import Store
from cosell.store.patience import new_deadline, waiting_until

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"
FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Must be set before prometheus-client is imported."""
BUCKETS_S: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5)


class Metrics:
    """Counts the calls of one worker, and shows those of all, together with the metrics of the sinks."""

    def __init__(
        self, store: Store, clock: Now, workers: Callable[[], Iterable[int]], build: Mapping[str, str]
    ) -> None:
        self._registry = CollectorRegistry()
        self._shown = self._registry
        if FOLDER_VARIABLE in os.environ:
            from prometheus_client.multiprocess import MultiProcessCollector  # a lone worker does without it

            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown)  # type: ignore[no-untyped-call]
        SinkFigures(store.outbox, clock, self._shown, log_outage)
        LogFigure(store, self._shown)
        ProcessFigures(workers, build, self._shown)
        PendingFigure(store, self._shown, log_outage)
        self._requests = Counter(
            "cosell_requests", "Calls answered.", ["operation", "outcome"], registry=self._registry
        )
        self._seconds = Histogram(
            "cosell_request_seconds",
            "Seconds from the request's head to the answer's end.",
            ["operation"],
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        dropped = Counter(
            "cosell_log_lines_dropped", "Lines of the log that nobody has read in time.", registry=self._registry
        )
        count_dropped_lines(dropped.inc)
        self._requests_of: dict[tuple[str, str], Counter] = {}
        self._seconds_of: dict[str, Histogram] = {}

    def count(self, call: Call, answer: Answer, seconds: float) -> None:
        """Count an answer. Calls that name no operation of the service count as `none`."""
        operation = call.operation.name if hasattr(call, "operation") else "none"
        key = operation, answer.error.name if answer.error else "ok"
        if key not in self._requests_of:  # looking labels up anew costs more than the page
            self._requests_of[key] = self._requests.labels(*key)
            self._seconds_of[operation] = self._seconds.labels(operation)
        self._requests_of[key].inc()
        self._seconds_of[operation].observe(seconds)

    def page(self) -> tuple[int, bytes, bytes]:
        """Status, content type and body of the metrics page."""
        with waiting_until(new_deadline()):
            return 200, CONTENT_TYPE, generate_latest(self._shown)
