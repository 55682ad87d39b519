"""What the model allows is accepted, by every operation's input."""

import json
from typing import Any

import pytest

from cosell.wire import decode
from cosell.wire.model import Operation, service_model
from tests.wire.legal_requests import ABSENT, changed, legal, legal_texts, places, shape_of

OPERATIONS = service_model().operations.values()
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


def accepted(operation: Operation, request: Any) -> object:
    """The typed request; the fast way and the full walk must agree on it."""
    body = json.dumps(request).encode()
    quick = decode.quick_request(operation, body)
    assert quick is not None, f"the fast decoder refuses {request}"
    assert quick == decode.full_request(operation, body)
    return quick


def test_the_model_has_the_operations_that_the_documentation_names() -> None:
    assert len(OPERATIONS) == 63


@each_operation
@pytest.mark.parametrize("whole", [False, True], ids=["required members", "all members"])
def test_a_legal_request_is_accepted(operation: Operation, whole: bool) -> None:
    accepted(operation, legal(operation.input.shape, whole=whole))


@each_operation
def test_every_legal_text_is_accepted(operation: Operation) -> None:
    request = legal(operation.input.shape, whole=True)
    for path, name, _ in places(operation.input.shape, request):
        if shape_of(name).type == "string":
            for text in legal_texts(name):
                accepted(operation, changed(request, path, text))


@each_operation
def test_the_bounds_of_lists_and_numbers_belong_to_them(operation: Operation) -> None:
    request = legal(operation.input.shape, whole=True)
    for path, name, value in places(operation.input.shape, request):
        shape = shape_of(name)
        for bound in (shape.min, shape.max):
            if bound is not None and shape.type == "list":
                accepted(operation, changed(request, path, value[:1] * bound))
            elif bound is not None and shape.type == "integer":
                accepted(operation, changed(request, path, bound))


@each_operation
def test_null_is_the_same_as_absent(operation: Operation) -> None:
    request = legal(operation.input.shape, whole=True)
    for path, name, _ in places(operation.input.shape, request):
        shape = shape_of(name)
        for member in shape.members if shape.type == "structure" and not shape.union else ():
            if member not in shape.required:
                without = changed(request, (*path, member), ABSENT)
                assert accepted(operation, changed(request, (*path, member), None)) == accepted(operation, without)


@each_operation
def test_lists_and_structures_may_be_empty(operation: Operation) -> None:
    request = legal(operation.input.shape, whole=True)
    for path, name, _ in places(operation.input.shape, request):
        shape = shape_of(name)
        if shape.type == "list" and not shape.min:
            accepted(operation, changed(request, path, []))
        elif shape.type == "structure" and not shape.required and not shape.union:
            accepted(operation, changed(request, path, {}))


@each_operation
def test_unknown_members_are_ignored_at_every_level(operation: Operation) -> None:
    request = legal(operation.input.shape, whole=True)
    expected = accepted(operation, request)
    unknown = {"__type": "x", "Unknown": {"Catalog": [1, None, {"a": 2.5}]}, "TagKeys": None, "catalog": "aws"}
    for path, name, value in places(operation.input.shape, request):
        if shape_of(name).type == "structure":
            assert accepted(operation, changed(request, path, unknown | value)) == expected
