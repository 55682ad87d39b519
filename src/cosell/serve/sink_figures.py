"""Metrics of the sinks, read from the database on each request: so any worker shows the same."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from cosell.context import Now
from cosell.outage import Outage, Tell
from cosell.store.outbox import Outbox, SinkStatus

_COUNTERS: Final[dict[str, tuple[str, Callable[[SinkStatus], float]]]] = {
    "cosell_sink_delivered": ("Events that a sink has taken.", lambda status: status.delivered),
    "cosell_sink_refused": ("Times that a sink has not taken an event.", lambda status: status.failed),
}
_GAUGES: Final[dict[str, tuple[str, Callable[[SinkStatus], float]]]] = {
    "cosell_sink_waiting_events": ("Events that a sink was not offered yet.", lambda status: status.behind),
    "cosell_sink_held_events": (
        "Events that a sink will be offered again, or that wait behind one of these.",
        lambda status: status.held,
    ),
    "cosell_sink_dead_letters": ("Events that a sink is not offered any more.", lambda status: status.dead_letters),
    "cosell_sink_gone": ("Whether a sink has said 410: nothing is sent there.", lambda status: status.gone),
}


class SinkFigures:
    """A collector of prometheus-client. If the database does not answer, it shows nothing, and logs why."""

    def __init__(self, outbox: Outbox, clock: Now, registry: CollectorRegistry, tell: Tell) -> None:
        self._outbox = outbox
        self._clock = clock
        self._outage = Outage(tell, "reading the figures of sinks")
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """The metrics of every sink that was ever named."""
        try:
            statuses, now_ms = self._outbox.statuses(), self._clock()
        except Exception as error:  # noqa: BLE001  # the other figures are shown all the same
            self._outage.met(error)
            return
        self._outage.over()
        for name, (meaning, value) in _COUNTERS.items():
            counter = CounterMetricFamily(name, meaning, labels=["sink"])
            for status in statuses:
                counter.add_metric([status.name], value(status))
            yield counter
        for name, (meaning, value) in _GAUGES.items():
            gauge = GaugeMetricFamily(name, meaning, labels=["sink"])
            for status in statuses:
                gauge.add_metric([status.name], value(status))
            yield gauge
        lag = GaugeMetricFamily(
            "cosell_sink_lag_seconds", "Age of the oldest event that a sink lacks.", labels=["sink"]
        )
        for status in statuses:
            lag.add_metric([status.name], lag_s(status, now_ms))
        yield lag


def lag_s(status: SinkStatus, now_ms: int) -> float:
    """The age of the oldest event that a sink lacks, in seconds of the engine's clock; 0 if it lacks none."""
    return 0 if status.oldest_ms is None else max(now_ms - status.oldest_ms, 0) / 1000
