"""No operation of the model is missing where a table hangs on the list of them."""

from fnmatch import fnmatchcase

import pytest

from cosell import operations
from cosell.faults.rule import MODELLED, Rule, operations_of
from cosell.wire import types
from cosell.wire.model import paginators, service_model
from tests.docs.pages import ROOT
from tests.wire.conftest import Service

EVERY = sorted(service_model().operations)
each_operation = pytest.mark.parametrize("name", EVERY)


def test_there_are_as_many_operations_as_the_service_has() -> None:
    assert len(EVERY) == 63
    assert set(operations.OPERATIONS) <= set(EVERY)
    assert set(operations.REPEATS) <= set(operations.OPERATIONS)


@each_operation
def test_an_operation_is_answered(service: Service, name: str) -> None:
    told = service.call(name, b"[")
    assert told.error == ("SerializationException" if name in operations.OPERATIONS else "NotImplementedException")


@each_operation
def test_an_operation_has_typed_requests_and_answers(name: str) -> None:
    operation = service_model().operations[name]
    for member in filter(None, (operation.input, operation.output)):
        assert types.structure(member.shape).__name__ == member.shape


@each_operation
def test_an_operation_has_its_page_token_where_sdks_follow_its_pages(name: str) -> None:
    shapes, operation = service_model().shapes, service_model().operations[name]
    answer = shapes[operation.output.shape].members if operation.output else {}
    has_pages = "NextToken" in shapes[operation.input.shape].members
    assert (name in paginators()) == has_pages == ("NextToken" in answer)
    if has_pages:
        assert shapes[answer[paginators()[name].result_key].shape].type == "list"


@each_operation
def test_an_operation_that_creates_once_has_a_token_that_sdks_fill(name: str) -> None:
    members = service_model().shapes[service_model().operations[name].input.shape].members
    assert ("ClientToken" in members) == any(member.idempotency_token for member in members.values())


@each_operation
@pytest.mark.parametrize("error", sorted(MODELLED))
def test_a_fault_meets_the_operations_that_declare_its_error(name: str, error: str) -> None:
    declared = error in (one.shape for one in service_model().operations[name].errors)
    assert (name in operations_of(Rule(operation=name, error=error))) == declared


def test_the_reference_tells_of_every_operation() -> None:
    table = (ROOT / "docs" / "reference" / "operations.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in table.splitlines() if fnmatchcase(line, "| `*` | *s | *")]
    assert [row[0].strip("| `") for row in rows] == EVERY
    assert all(row[-1].strip("| ") for row in rows)
