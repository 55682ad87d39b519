"""Numbers with a fraction: every digit counts, and none is too strange."""

from decimal import Decimal
from typing import Any

import pytest

from cosell.errors import SerializationException, ValidationException
from cosell.wire import decode, types
from cosell.wire.encode import encode
from cosell.wire.model import service_model
from tests.wire.conftest import Service

SEARCH = service_model().operations["SearchOpportunities"]


def body(number: str) -> bytes:
    leaf = b'{"Key": "EstimatedMrr", "Value": {"DoubleValue": %s}}' % number.encode()
    return b'{"Catalog": "AWS", "Filter": {"GreaterThan": %s}}' % leaf


def read(request: Any) -> Decimal:
    number = request.filter.greater_than.value.double_value
    assert isinstance(number, Decimal)
    return number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1000.10", "1000.10"),
        ("10", "10"),
        ("-7", "-7"),
        ("1e3", "1000"),
        ("1234567890123456789012345678901.01", "1234567890123456789012345678901.01"),
        ("1.7976931348623157e308", "1.7976931348623157e308"),
        ("5e-324", "5e-324"),
        ("5e-999", "0"),
        ("5e-320000000000000000000000000000004", "0"),
        ("-0.0", "0"),
    ],
)
def test_a_number_is_what_was_written(written: str, number: str) -> None:
    quick, full = decode.quick_request(SEARCH, body(written)), decode.full_request(SEARCH, body(written))
    assert quick == full
    assert read(full) == Decimal(number)
    assert read(decode.full_request(SEARCH, encode(full))) == Decimal(number)


@pytest.mark.parametrize("written", ["1.8e308", "1e400", "-1e400", "5e320000000000000000000000000000004"])
def test_a_number_beyond_all_doubles_is_not_of_the_protocol(written: str) -> None:
    assert decode.quick_request(SEARCH, body(written)) is None
    with pytest.raises(SerializationException):
        decode.full_request(SEARCH, body(written))


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_legal_value(written: str) -> None:
    assert decode.quick_request(SEARCH, body(f'"{written}"')) is None
    with pytest.raises(ValidationException) as refused:
        decode.full_request(SEARCH, body(f'"{written}"'))
    assert [(entry.field_name, entry.code) for entry in refused.value.error_list] == [
        ("Filter.GreaterThan.Value.DoubleValue", "INVALID_VALUE")
    ]


@pytest.mark.parametrize("written", ['"10"', '"nan"', "true", "[]", "{}"])
def test_a_number_is_no_text_and_no_truth(written: str) -> None:
    assert decode.quick_request(SEARCH, body(written)) is None
    with pytest.raises(SerializationException, match=r"Value\.DoubleValue must be a number"):
        decode.full_request(SEARCH, body(written))


def test_a_number_beside_what_is_newer_than_the_model_comes_back() -> None:
    newer = b'{"Key":"Newer","Value":{"DoubleValue":1234567890123456789.5}}'
    assert encode(decode.decode(types.OpportunitySearchPredicate, newer)) == newer


@pytest.mark.parametrize("written", ["5e-320000000000000000000000000000004", "5e320000000000000000000000000000004"])
@pytest.mark.parametrize("member", ["Catalog", "MaxResults", "NextToken", "Nobody"])
def test_no_number_is_too_strange_for_another_member(service: Service, member: str, written: str) -> None:
    told = service.call("ListOpportunities", f'{{"Catalog": "AWS", "{member}": {written}}}'.encode())
    assert (told.status, told.error) in ((200, ""), (400, "SerializationException"), (400, "ValidationException"))
