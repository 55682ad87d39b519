"""Metrics of the server itself: which cosell it is, and what each of its processes uses."""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric

from cosell.store.open import sqlite_version


class ProcessFigures:
    """A collector of prometheus-client. `workers` returns the server's processes, so any of them shows all.

    `build` says which cosell it is, and on which Python and SQLite it runs.
    """

    def __init__(
        self, workers: Callable[[], Iterable[int]], build: Mapping[str, str], registry: CollectorRegistry
    ) -> None:
        self._workers = workers
        self._build = {
            **build,
            "python": platform.python_version(),
            "sqlite": sqlite_version(),
        }
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """The version, and the standard metrics of each process with a label `worker`. Only Linux has the latter."""
        build = GaugeMetricFamily("cosell_build_info", "Always 1: see the labels.", labels=list(self._build))
        build.add_metric(list(self._build.values()), 1)
        yield build
        families: dict[str, Metric] = {}
        for worker in self._workers():
            for family in ProcessCollector(pid=partial(int, worker), registry=None).collect():
                known = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    known.add_sample(sample.name, {"worker": str(worker)}, sample.value)
        yield from families.values()
