"""The alert rules and the dashboard ask for figures that a server really shows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import Server
from tests.serve.conftest import get

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
OF_PROMETHEUS = {"up"}
FIGURE = re.compile(r"\b(up|(?:cosell|process)_[a-z_]+)\b")


def alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in alerts())
    for panel in json.loads((MONITORING / "grafana-dashboard.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all samples of a server that has done some of everything."""
    server = Server("--db", "pipeline.db", "--sink", "file:events.jsonl", cwd=tmp_path_factory.mktemp("monitoring"))
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="first")
    _, page = get(server, "/metrics")
    server.stop()
    return {sample.name for family in text_string_to_metric_families(page) for sample in family.samples}


@pytest.mark.parametrize("expression", list(expressions()))
def test_every_expression_asks_for_figures_that_are_there(shown: set[str], expression: str) -> None:
    names = set(FIGURE.findall(expression)) - OF_PROMETHEUS
    assert names <= shown
    assert expression.count("(") == expression.count(")")


def test_every_alert_says_what_to_do_next() -> None:
    for rule in alerts():
        assert rule["alert"].startswith("Cosell")
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "next_step"}


def test_every_figure_of_a_sink_is_on_the_dashboard(shown: set[str]) -> None:
    asked = " ".join(expressions())
    of_sinks = {name for name in shown if name.startswith("cosell_sink_")} - {"cosell_sink_gone"}
    assert {name for name in of_sinks if name not in asked} == set()
