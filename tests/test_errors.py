"""The errors are the model's, by name, status, reason and code."""

import json
from collections.abc import Iterator
from typing import get_args

import pytest

from cosell import errors
from cosell.errors import ProtocolError, ServiceError, UserError, ValidationException, Violation
from cosell.wire.encode import error_body
from cosell.wire.model import service_model

MODELLED = {name: shape for name, shape in service_model().shapes.items() if shape.exception}


def leaves(kind: type[ServiceError]) -> Iterator[type[ServiceError]]:
    """The exceptions that are raised: those that no other one derives from."""
    subclasses = kind.__subclasses__()
    if not subclasses:
        yield kind
    for subclass in subclasses:
        yield from leaves(subclass)


OURS = {kind.__name__: kind for kind in leaves(ServiceError)}


def test_every_exception_of_the_model_is_there_and_no_other_one_passes_for_modelled() -> None:
    assert {name for name, kind in OURS.items() if not issubclass(kind, ProtocolError)} == set(MODELLED)


def test_only_faults_of_the_service_have_status_500() -> None:
    assert {name: OURS[name].status for name in MODELLED} == {
        name: 500 if shape.fault else 400 for name, shape in MODELLED.items()
    }


def test_reasons_and_codes_are_the_models() -> None:
    shapes = service_model().shapes
    assert set(get_args(errors.Reason)) == set(shapes["ValidationExceptionReason"].enum)
    assert set(get_args(errors.Code)) == set(shapes["ValidationExceptionErrorCode"].enum)


def test_the_tree_of_errors_shows_each_one() -> None:
    assert errors.__doc__ is not None
    assert {*OURS, "ServiceError", "ProtocolError", "UserError"} <= set(errors.__doc__.split())


@pytest.mark.parametrize("name", sorted(set(OURS) - {"ValidationException"}))
def test_an_error_names_itself_and_tells_its_message(name: str) -> None:
    body = json.loads(error_body(OURS[name]("Why so.")))
    assert body == {
        "__type": f"com.amazonaws.partnercentralselling#{name}",
        "Message": "Why so.",
        "message": "Why so.",
    }


def test_a_validation_error_has_the_members_of_the_model() -> None:
    violations = [Violation("Catalog", "INVALID_VALUE", "Wrong."), Violation("Tags", "TOO_MANY_VALUES", "Too many.")]
    body = json.loads(error_body(ValidationException("BUSINESS_VALIDATION_FAILED", violations)))
    assert body["Reason"] == "BUSINESS_VALIDATION_FAILED"
    assert body["ErrorList"][0] == {"FieldName": "Catalog", "Code": "INVALID_VALUE", "Message": "Wrong."}
    assert set(MODELLED["ValidationException"].members) <= body.keys()
    assert set(service_model().shapes["ValidationExceptionError"].members) == body["ErrorList"][1].keys()


def test_a_mistake_at_the_terminal_has_a_message_and_a_next_step() -> None:
    mistake = UserError("there is no such file", "name one that exists")
    assert (mistake.message, mistake.next_step) == ("there is no such file", "name one that exists")
    assert str(mistake) == "there is no such file; name one that exists"
    assert str(UserError("there is no such file")) == "there is no such file"
