"""Every constraint of the model, violated alone and together with another: all of it is told, and nothing else."""

import itertools
import json
from collections import defaultdict
from typing import Any

import pytest

from cosell.errors import SerializationException, ValidationException
from cosell.operations import OPERATIONS
from cosell.wire import decode
from cosell.wire.model import service_model
from cosell.wire.violations import MOST_VIOLATIONS
from tests.wire.conftest import Service
from tests.wire.legal_requests import Breakage, Path, breakages, changed, field_name, legal, places, shape_of

IMPLEMENTED = sorted(OPERATIONS)
NOT_IMPLEMENTED = sorted(set(service_model().operations) - set(IMPLEMENTED))


def input_of(operation: str) -> str:
    return service_model().operations[operation].input.shape


def whole_request(operation: str) -> Any:
    return legal(input_of(operation), whole=True)


def broken_requests(operation: str) -> list[Any]:
    """Each constraint of the operation, as test cases with readable names."""
    return [
        pytest.param(operation, breakage, id=f"{operation} {field_name(breakage.path)} {breakage.code} {number}")
        for number, breakage in enumerate(breakages(input_of(operation), whole_request(operation)))
    ]


@pytest.mark.parametrize(("operation", "breakage"), [case for name in IMPLEMENTED for case in broken_requests(name)])
def test_a_violated_constraint_is_reported_with_its_field_and_code(
    service: Service, operation: str, breakage: Breakage
) -> None:
    told = service.call(operation, changed(whole_request(operation), breakage.path, breakage.value))
    assert (told.status, told.error) == (400, "ValidationException")
    assert told.body["Reason"] == "REQUEST_VALIDATION_FAILED"
    assert told.violations == [(field_name(breakage.path), breakage.code)]


@pytest.mark.parametrize("operation", NOT_IMPLEMENTED)
def test_operations_to_come_will_refuse_violated_constraints_too(operation: str) -> None:
    request = whole_request(operation)
    for breakage in breakages(input_of(operation), request):
        body = json.dumps(changed(request, breakage.path, breakage.value)).encode()
        assert decode.quick_request(service_model().operations[operation], body) is None
        with pytest.raises(ValidationException) as refusal:
            decode.full_request(service_model().operations[operation], body)
        told = [(violation.field_name, violation.code) for violation in refusal.value.error_list]
        assert told == [(field_name(breakage.path), breakage.code)]


def apart(path: Path, other: Path) -> bool:
    """Whether neither path leads through the other."""
    shorter = min(len(path), len(other))
    return path[:shorter] != other[:shorter]


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_two_violations_are_reported_in_the_order_of_the_model(service: Service, operation: str) -> None:
    request = whole_request(operation)
    ways: dict[Path, list[Breakage]] = defaultdict(list)
    for breakage in breakages(input_of(operation), request):
        ways[breakage.path].append(breakage)
    for number, (path, other) in enumerate(itertools.combinations(ways, 2)):
        if apart(path, other):
            pair = [ways[path][number % len(ways[path])], ways[other][number % len(ways[other])]]
            # The later one goes in first: the order of what was sent must not matter.
            both = changed(changed(request, other, pair[1].value), path, pair[0].value)
            told = service.call(operation, dict(reversed(both.items())))
            assert told.error == "ValidationException"
            assert told.violations == [(field_name(breakage.path), breakage.code) for breakage in pair]


def test_all_violations_are_reported_at_once(service: Service) -> None:
    request = {
        "Catalog": "aws",
        "ClientToken": "",
        "Customer": {"Account": {"WebsiteUrl": "x"}, "Contacts": [{"Email": "@"}, None, {"Phone": "1"}]},
        "LifeCycle": {"Stage": "Won", "TargetCloseDate": "2031-02-30"},
        "Tags": [],
    }
    assert service.call("CreateOpportunity", request).violations == [
        ("Catalog", "INVALID_VALUE"),
        ("Customer.Account.CompanyName", "REQUIRED_FIELD_MISSING"),
        ("Customer.Account.WebsiteUrl", "INVALID_STRING_FORMAT"),
        ("Customer.Contacts[0].Email", "INVALID_STRING_FORMAT"),
        ("Customer.Contacts[1]", "INVALID_VALUE"),
        ("Customer.Contacts[2].Phone", "INVALID_STRING_FORMAT"),
        ("ClientToken", "INVALID_STRING_FORMAT"),
        ("LifeCycle.Stage", "INVALID_ENUM_VALUE"),
        ("LifeCycle.TargetCloseDate", "INVALID_STRING_FORMAT"),
        ("Tags", "NOT_ENOUGH_VALUES"),
    ]


def test_an_endless_list_of_violations_is_cut(service: Service) -> None:
    told = service.call("ListOpportunities", {"Catalog": "AWS", "CustomerCompanyName": [None] * 100_000})
    assert len(told.violations) == MOST_VIOLATIONS


def test_the_message_counts_violations_and_names_each_with_its_code(service: Service) -> None:
    one = service.call("GetOpportunity", {"Catalog": "AWS"}).body["message"]
    two = service.call("GetOpportunity", {}).body["message"]
    missing = "REQUIRED_FIELD_MISSING {}: This member is required"
    assert one == f"1 validation error detected: {missing.format('Identifier')}"
    assert two == f"2 validation errors detected: {missing.format('Catalog')}; {missing.format('Identifier')}"


def test_a_message_of_very_many_violations_names_some(service: Service) -> None:
    told = service.call("ListOpportunities", {"Catalog": "AWS", "CustomerCompanyName": [None] * 30}).body["message"]
    assert told.startswith("31 validation errors detected: TOO_MANY_VALUES CustomerCompanyName: ")
    assert told.count("CustomerCompanyName") == 20
    assert told.endswith(" (and the rest of ErrorList)")


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_no_message_repeats_a_value(service: Service, operation: str) -> None:
    request = whole_request(operation)
    for path, name, _ in places(input_of(operation), request):
        for secret in (["s3cret-\n-value"], {"a": "s3cret-\n-value"}, "s3cret-\n-value" * 1000):
            told = service.call(operation, changed(request, path, secret))
            assert "s3cret" not in json.dumps(told.body), (name, path)


WRONG_TYPES: dict[str, tuple[object, ...]] = {
    "structure": ("text", 1, 1.5, True, []),
    "list": ("text", 1, 1.5, False, {}),
    "string": (1, 1.5, True, [], {}),
    "integer": ("20", 20.5, True, [], {}),
    "long": ("20", 20.5, True, [], {}),
    "double": ("20", "nan", "", True, [], {}),
    "boolean": ("true", 1, 1.0, [], {}),
    "timestamp": (True, False, [], {}, "", "2026-05-04", "2026-05-04T09:15:22", "2026-02-30T00:00:00Z", "1777886122"),
}


@pytest.mark.parametrize("operation", sorted(service_model().operations))
def test_a_value_of_the_wrong_json_type_is_not_of_the_protocol(service: Service, operation: str) -> None:
    request = whole_request(operation)
    for path, name, _ in places(input_of(operation), request):
        for value in WRONG_TYPES[shape_of(name).type]:
            body = json.dumps(changed(request, path, value)).encode()
            assert decode.quick_request(service_model().operations[operation], body) is None
            with pytest.raises(SerializationException) as refusal:
                decode.full_request(service_model().operations[operation], body)
            assert refusal.value.message.startswith(f"{field_name(path) or 'The body'} must be ")
            if operation in OPERATIONS:
                told = service.call(operation, body)
                assert (told.status, told.error) == (400, "SerializationException")
                assert told.body["message"] == refusal.value.message


def test_a_body_may_not_be_null(service: Service) -> None:
    told = service.call("ListOpportunities", b"null")
    assert (told.error, told.body["message"]) == ("SerializationException", "The body must be an object, not null.")


def test_a_wrong_type_is_reported_before_any_violation(service: Service) -> None:
    told = service.call("ListOpportunities", {"Catalog": "nowhere", "MaxResults": "20"})
    assert (told.error, "ErrorList" in told.body) == ("SerializationException", False)


def test_an_integer_may_have_a_point_but_no_fraction(service: Service) -> None:
    assert service.call("ListOpportunities", b'{"Catalog": "AWS", "MaxResults": 20.0}').status == 200
    assert service.call("ListOpportunities", b'{"Catalog": "AWS", "MaxResults": 2e1}').status == 200
    told = service.call("ListOpportunities", b'{"Catalog": "AWS", "MaxResults": 123456789012345678901234567890}')
    assert told.violations == [("MaxResults", "VALUE_OUT_OF_RANGE")]


UNIONS = sorted(
    {
        (operation.name, path, name)
        for operation in service_model().operations.values()
        for path, name, _ in places(operation.input.shape, legal(operation.input.shape, whole=True))
        if shape_of(name).union
    },
    key=str,
)


@pytest.mark.parametrize(("operation", "path", "name"), UNIONS)
def test_a_union_holds_exactly_one_member(operation: str, path: Path, name: str) -> None:
    model = service_model().operations[operation]
    request = whole_request(operation)
    one, *others = [
        {member: legal(reference.shape, whole=True)} for member, reference in shape_of(name).members.items()
    ]
    second = others[0] if others else {}
    nulls = dict.fromkeys(second)
    body = json.dumps(changed(request, path, one | nulls | {"__type": "x"})).encode()
    assert decode.quick_request(model, body) == decode.full_request(model, body)
    for wrong in [{}, nulls, {"__type": "x"}, *([one | second] if others else [])]:
        body = json.dumps(changed(request, path, wrong)).encode()
        assert decode.quick_request(model, body) is None
        with pytest.raises(SerializationException, match="exactly one of"):
            decode.full_request(model, body)


@pytest.mark.parametrize(("operation", "path", "name"), UNIONS)
def test_every_member_of_a_union_is_accepted(operation: str, path: Path, name: str) -> None:
    model = service_model().operations[operation]
    for member, reference in shape_of(name).members.items():
        for whole in (True, False):
            request = changed(whole_request(operation), path, {member: legal(reference.shape, whole=whole)})
            body = json.dumps(request).encode()
            assert decode.quick_request(model, body) == decode.full_request(model, body)
