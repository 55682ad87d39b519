"""What operators see: calls by operation and outcome."""

import platform
from collections.abc import Callable
from contextlib import suppress

import pytest
from prometheus_client.parser import text_string_to_metric_families

import cosell
from cosell.wire.model import model_source
from tests.conftest import Server
from tests.serve.conftest import get


def figures(server: Server) -> dict[tuple[str, ...], float]:
    """Values by a sample's name and the values of its labels."""
    status, page = get(server, "/metrics")
    assert status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_calls_are_counted_by_operation_and_outcome(serve: Callable[..., Server]) -> None:
    server = serve()
    client = server.client()
    for _ in range(3):
        client.list_opportunities(Catalog="Sandbox")
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    for wrong in (
        lambda: client.list_opportunities(Catalog="Sandbox", MaxResults=101),
        lambda: client.get_opportunity(Catalog="Sandbox", Identifier="O9"),
    ):
        with suppress(client.exceptions.ClientError):
            wrong()
    counted = figures(server)
    assert counted["cosell_requests_total", "ListOpportunities", "ok"] == 3
    assert counted["cosell_requests_total", "CreateOpportunity", "ok"] == 1
    assert counted["cosell_requests_total", "ListOpportunities", "ValidationException"] == 1
    assert counted["cosell_requests_total", "GetOpportunity", "ResourceNotFoundException"] == 1
    assert counted["cosell_request_seconds_count", "ListOpportunities"] == 4
    assert counted["cosell_request_seconds_sum", "ListOpportunities"] > 0


@pytest.mark.parametrize("workers", [1, 2])
def test_the_version_and_what_each_process_takes_are_shown(serve: Callable[..., Server], workers: int) -> None:
    server = serve("--workers", str(workers), "--db", "pipeline.db")
    shown = figures(server)
    (build,) = (sample for sample in shown if sample[0] == "cosell_build_info")
    assert {cosell.__version__, model_source().month, platform.python_version()} < set(build)
    processes = {sample[1] for sample in shown if sample[0] == "process_resident_memory_bytes"}
    assert len(processes) == workers
    assert all(shown["process_resident_memory_bytes", process] > 1_000_000 for process in processes)


def test_what_names_no_operation_is_counted_without_its_name(serve: Callable[..., Server]) -> None:
    server = serve()
    assert get(server, "/no/such/page")[0] == 404
    assert figures(server)["cosell_requests_total", "none", "UnknownOperationException"] == 1
