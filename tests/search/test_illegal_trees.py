"""Trees that are no legal question: each mistake, alone and beside each other one, is told with its path and code."""

from typing import Any, Final, NamedTuple

import pytest

from tests.search.oracle import DATES, LISTS, NUMBERS
from tests.wire.conftest import Service
from tests.wire.legal_requests import shape_of

_TEXTS: Final = ["StringValue", "StringListValue"]
_BOUNDS: Final = {"date": ["DateValue"], "number": ["LongValue", "DoubleValue"]}
OPERATORS: Final[dict[str, dict[str, list[str]]]] = {
    # operator: for each type of field the values that it takes
    "EqualsTo": {"text": ["StringValue"], "list": ["StringValue"]},
    "ContainsAny": {"text": _TEXTS, "list": _TEXTS},
    "ContainsAll": {"text": _TEXTS, "list": _TEXTS},
    "GreaterThan": _BOUNDS,
    "GreaterThanOrEquals": _BOUNDS,
    "LessThan": _BOUNDS,
    "LessThanOrEquals": _BOUNDS,
}
VALUES: Final[dict[str, Any]] = {
    "StringValue": "x",
    "StringListValue": ["x"],
    "LongValue": 1,
    "DoubleValue": 1.5,
    "DateValue": "2026-05-01T00:00:00Z",
}
LEAF: Final = {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": "Qualified"}}}


class Mistake(NamedTuple):
    """A node with something wrong in it: where and how, from the node on, and how large it is."""

    node: Any
    told: list[tuple[str, str]]
    leaves: int = 1
    levels: int = 1


def kind_of(field: str) -> str:
    """The type of a field."""
    if field in DATES:
        return "date"
    return "number" if field in NUMBERS else "list" if field in LISTS else "text"


def leaf(operator: str, key: str, **value: Any) -> dict[str, Any]:
    """A condition."""
    return {operator: {"Key": key, "Value": value}}


def text(value: Any) -> dict[str, Any]:
    """A condition with a text."""
    return leaf("ContainsAny", "Stage", StringValue=value)


def nested(levels: int) -> dict[str, Any]:
    """A condition that is negated so often."""
    node: dict[str, Any] = LEAF
    for _ in range(levels):
        node = {"NotFilter": node}
    return node


VALUE: Final = ".ContainsAny.Value"
WIDE: Final = {"OrAllFilters": [{"AndAllFilters": [LEAF] * 7}] * 3}
MISTAKES: Final[dict[str, Mistake]] = {
    "no member": Mistake({}, [("", "INVALID_VALUE")]),
    "a null alone": Mistake({"EqualsTo": None}, [("", "INVALID_VALUE")]),
    "two members": Mistake(LEAF | {"NotFilter": LEAF}, [("", "INVALID_VALUE")]),
    "an operator of the future": Mistake({"StartsWith": LEAF["EqualsTo"]}, [("", "INVALID_VALUE")]),
    "one more of the future": Mistake(LEAF | {"StartsWith": LEAF["EqualsTo"]}, [("", "INVALID_VALUE")]),
    "an empty list": Mistake({"AndAllFilters": []}, [(".AndAllFilters", "NOT_ENOUGH_VALUES")]),
    "eleven in a list": Mistake({"OrAllFilters": [LEAF] * 11}, [(".OrAllFilters", "TOO_MANY_VALUES")], leaves=11),
    "null in a list": Mistake({"OrAllFilters": [LEAF, None]}, [(".OrAllFilters[1]", "INVALID_VALUE")]),
    "an empty node in a list": Mistake({"OrAllFilters": [LEAF, {}]}, [(".OrAllFilters[1]", "INVALID_VALUE")]),
    "four levels": Mistake(nested(3), [], levels=3),
    "twenty-one conditions": Mistake(WIDE, [], leaves=21),
    "an empty text": Mistake(text(""), [(f"{VALUE}.StringValue", "INVALID_STRING_FORMAT")]),
    "256 characters": Mistake(text("x" * 256), [(f"{VALUE}.StringValue", "INVALID_STRING_FORMAT")]),
    "no texts": Mistake(
        leaf("ContainsAny", "Tags", StringListValue=[]), [(f"{VALUE}.StringListValue", "NOT_ENOUGH_VALUES")]
    ),
    "twenty-one texts": Mistake(
        leaf("ContainsAny", "Tags", StringListValue=["x"] * 21), [(f"{VALUE}.StringListValue", "TOO_MANY_VALUES")]
    ),
    "an empty text among others": Mistake(
        leaf("ContainsAny", "Tags", StringListValue=["x", ""]),
        [(f"{VALUE}.StringListValue[1]", "INVALID_STRING_FORMAT")],
    ),
    "an unknown field": Mistake(
        leaf("ContainsAny", "State", StringValue="x"), [(".ContainsAny.Key", "INVALID_ENUM_VALUE")]
    ),
    "no field": Mistake(
        {"ContainsAny": {"Value": {"StringValue": "x"}}}, [(".ContainsAny.Key", "REQUIRED_FIELD_MISSING")]
    ),
    "no value": Mistake({"ContainsAny": {"Key": "Stage"}}, [(".ContainsAny.Value", "REQUIRED_FIELD_MISSING")]),
    "not a number": Mistake(
        leaf("LessThan", "EstimatedMrr", DoubleValue="NaN"), [(".LessThan.Value.DoubleValue", "INVALID_VALUE")]
    ),
    "no end of a number": Mistake(
        leaf("LessThan", "EstimatedMrr", DoubleValue="-Infinity"), [(".LessThan.Value.DoubleValue", "INVALID_VALUE")]
    ),
    "a wrong type, and an empty text": Mistake(
        leaf("LessThan", "Stage", StringValue=""),
        [(".LessThan", "INVALID_VALUE"), (".LessThan.Value.StringValue", "INVALID_STRING_FORMAT")],
    ),
} | {
    f"{operator} of {kind} with {value}": Mistake(
        leaf(operator, field, **{value: VALUES[value]}), [(f".{operator}", "INVALID_VALUE")]
    )
    for operator, taken in OPERATORS.items()
    for kind, field in (("text", "Stage"), ("list", "Tags"), ("date", "CreatedDate"), ("number", "EstimatedMrr"))
    for value in VALUES
    if value not in taken.get(kind, [])
}
PAIRED: Final = [name for name in MISTAKES if " of " not in name or name.endswith(("StringValue", "LongValue"))]


def search(service: Service, tree: Any, **members: Any) -> list[tuple[str, str]]:
    """What is wrong with a request, in the order in which it is told."""
    told = service.call("SearchOpportunities", {"Catalog": "AWS", "Filter": tree} | members)
    if told.status == 200:
        return []
    assert (told.status, told.error, told.body["Reason"]) == (400, "ValidationException", "REQUEST_VALIDATION_FAILED")
    return told.violations


def expected(first: Mistake, second: Mistake | None = None) -> list[tuple[str, str]]:
    """What is told of mistakes in a list of nodes."""
    both = [first] if second is None else [first, second]
    told = [("Filter", "INVALID_VALUE")] if max(mistake.levels for mistake in both) > 2 else []
    if sum(mistake.leaves for mistake in both) > 20:
        told.append(("Filter", "TOO_MANY_VALUES"))
    for index, mistake in enumerate(both):
        told += [(f"Filter.AndAllFilters[{index}]{path}", code) for path, code in mistake.told]
    return told


@pytest.mark.parametrize("field", shape_of("OpportunitySearchFilterName").enum)
@pytest.mark.parametrize("operator", OPERATORS)
def test_each_operator_takes_the_values_that_go_with_the_field(service: Service, operator: str, field: str) -> None:
    for name, value in VALUES.items():
        wanted = name in OPERATORS[operator].get(kind_of(field), [])
        told = search(service, leaf(operator, field, **{name: value}))
        assert told == ([] if wanted else [(f"Filter.{operator}", "INVALID_VALUE")]), name


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_reported_with_its_path_alone_and_beside_each_other(service: Service, name: str) -> None:
    mistake = MISTAKES[name]
    assert search(service, {"AndAllFilters": [mistake.node]}) == expected(mistake)
    for other in PAIRED:
        pair = [mistake.node, MISTAKES[other].node]
        assert search(service, {"AndAllFilters": pair}) == expected(mistake, MISTAKES[other]), other


def test_the_longest_and_the_deepest_that_are_legal_are_answered(service: Service) -> None:
    for tree in (
        {"AndAllFilters": [{"OrAllFilters": [LEAF] * 10}, {"OrAllFilters": [LEAF] * 10}]},
        nested(3),
        leaf("ContainsAny", "Tags", StringListValue=["x" * 255] * 20),
        {"EqualsTo": None, "AndAllFilters": None} | LEAF,
    ):
        assert search(service, tree) == []
    assert search(service, LEAF, Keyword="x" * 500, MaxResults=100) == []


def test_an_empty_filter_is_not_everything(service: Service) -> None:
    assert search(service, {}) == [("Filter", "INVALID_VALUE")]
    assert search(service, {"Unknown": 1}) == [("Filter", "INVALID_VALUE")]
    assert search(service, None) == []


def test_mistakes_of_the_tree_and_beside_it_are_told_in_the_order_of_the_model(service: Service) -> None:
    sort = {"SortBy": "AwsMarketplaceSolution", "SortOrder": "UP"}
    assert search(service, {"OrAllFilters": [{}, text("")]}, Sort=sort, Keyword="", MaxResults=101) == [
        ("MaxResults", "VALUE_OUT_OF_RANGE"),
        ("Keyword", "INVALID_STRING_FORMAT"),
        ("Filter.OrAllFilters[0]", "INVALID_VALUE"),
        ("Filter.OrAllFilters[1].ContainsAny.Value.StringValue", "INVALID_STRING_FORMAT"),
        ("Sort.SortBy", "INVALID_ENUM_VALUE"),
        ("Sort.SortOrder", "INVALID_ENUM_VALUE"),
    ]
    assert search(service, LEAF, Sort={"SortBy": "Stage"}) == [("Sort.SortOrder", "REQUIRED_FIELD_MISSING")]
    assert search(service, LEAF, Keyword="x" * 501, MaxResults=0) == [
        ("MaxResults", "VALUE_OUT_OF_RANGE"),
        ("Keyword", "INVALID_STRING_FORMAT"),
    ]


@pytest.mark.parametrize(
    "tree",
    [
        *(
            "x",
            1,
            [],
            [LEAF],
            {"AndAllFilters": {}},
            {"NotFilter": [LEAF]},
            {"EqualsTo": "x"},
            {"AndAllFilters": ["x"]},
        ),
        *({"EqualsTo": {"Key": 1, "Value": {"StringValue": "x"}}}, {"EqualsTo": {"Key": "Stage", "Value": "x"}}),
        *(leaf("EqualsTo", "Stage"), leaf("EqualsTo", "Stage", Unknown="x"), leaf("EqualsTo", "Stage", StringValue=1)),
        leaf("EqualsTo", "Stage", StringValue="x", LongValue=1),
        *(leaf("LessThan", "CreatedDate", DateValue=text) for text in ("yesterday", "2026-05-01", True)),
        *(leaf("LessThan", "EstimatedMrr", DoubleValue=text) for text in ("1", "nan", True)),
        *(leaf("LessThan", "EstimatedMrr", LongValue=number) for number in (1.5, "1", True)),
        nested(32),
    ],
    ids=repr,
)
def test_what_has_the_wrong_type_is_no_request_at_all(service: Service, tree: Any) -> None:
    for beside in ({}, {"MaxResults": 101}):
        told = service.call("SearchOpportunities", {"Catalog": "AWS", "Filter": tree} | beside)
        assert (told.status, told.error) == (400, "SerializationException")


def test_no_more_than_a_thousand_mistakes_are_reported(service: Service) -> None:
    told = search(service, {"AndAllFilters": [{"OrAllFilters": [{}] * 200}] * 20})
    assert len(told) == 1000
    assert told[:3] == [
        ("Filter.AndAllFilters", "TOO_MANY_VALUES"),
        ("Filter.AndAllFilters[0].OrAllFilters", "TOO_MANY_VALUES"),
        ("Filter.AndAllFilters[0].OrAllFilters[0]", "INVALID_VALUE"),
    ]


def test_no_message_repeats_what_was_asked(service: Service) -> None:
    tree = {"AndAllFilters": [leaf("LessThan", "Stage", StringValue="Blue Heron"), {"Blue Heron": LEAF}]}
    told = service.call("SearchOpportunities", {"Catalog": "AWS", "Filter": tree, "Keyword": "Blue Heron" * 60})
    assert len(told.violations) == 3
    assert "Heron" not in str(told.body)
