"""Forms become conditions, conditions become a tree, trees become addresses and chips; and all of it back."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.console.search import tree
from cosell.console.search.chips import Chip, Group, groups_of, parts_of
from cosell.console.search.form import next_day, query_of, request_of, with_entered
from cosell.console.search.meant import meant
from cosell.console.search.near_misses import BESIDE_IN_WORDS, near_misses
from cosell.console.search.suggestions import Suggestion, suggestions, values_of
from cosell.console.search.vocabulary import LABELS, OFFERED_OPERATORS, sort_keys
from cosell.rules.search.condition import condition_of
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.listed import LISTED_BY, listed_values
from cosell.rules.search.violations import TAKES, violations_of_search
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.model import service_model
from cosell.wire.types import OpportunitySearchFilter
from tests.console.search.questions import ARCHIVED, DEEPEST, LARGE, QUALIFIED, SOON, Question, leaf

TODAY = "2026-06-30"
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@st.composite
def leaves(draw: st.DrawFn) -> Question:
    """Any legal condition."""
    field = draw(st.sampled_from(sorted(FIELDS)))
    operator = draw(st.sampled_from(sorted(TAKES[FIELDS[field].kind])))
    name = draw(st.sampled_from(sorted(TAKES[FIELDS[field].kind][operator])))
    value: Any = {
        "StringValue": texts,
        "StringListValue": st.lists(texts, min_size=1, max_size=3),
        "DateValue": st.sampled_from(["2026-05-01T00:00:00Z", "2026-05-01T10:00:30.5Z"]),
        "LongValue": st.integers(-(2**31), 2**31),
        "DoubleValue": st.integers(0, 10**15) | st.floats(allow_nan=False, allow_infinity=False),
    }[name]
    return leaf(operator, field, **{name: draw(value)})


def nested(inner: st.SearchStrategy[Question]) -> st.SearchStrategy[Question]:
    lists = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        lists.map(lambda parts: {tree.ALL: parts}),
        lists.map(lambda parts: {tree.ANY: parts}),
        inner.map(lambda part: {tree.NOT: part}),
    )


trees = st.recursive(leaves(), nested, max_leaves=8)
requests = st.fixed_dictionaries(
    {},
    optional={
        "Keyword": texts,
        "Filter": trees,
        "Sort": st.fixed_dictionaries(
            {"SortBy": st.sampled_from(sorted(FIELDS)), "SortOrder": st.sampled_from(["ASCENDING", "DESCENDING"])}
        ),
        "MaxResults": st.integers(1, 100),
        "NextToken": texts,
    },
)


def leaves_of(node: Question, path: tree.Path = ()) -> Iterator[tree.Path]:
    """The paths of a legal tree's conditions, in its order."""
    ((name, member),) = node.items()
    if name in (tree.ALL, tree.ANY):
        for index, part in enumerate(member):
            yield from leaves_of(part, (*path, name, index))
    elif name == tree.NOT:
        yield from leaves_of(member, (*path, name))
    else:
        yield path


def meaning(node: Any) -> Any:
    """What a tree asks for."""
    return None if node is None else condition_of(decode(OpportunitySearchFilter, encode(node)))


def test_every_field_order_and_operator_has_a_name_for_people() -> None:
    shapes = service_model().shapes
    assert set(LABELS) == set(shapes["OpportunitySearchFilterName"].enum) == set(FIELDS)
    assert set(sort_keys()) == set(shapes["OpportunitySearchSortName"].enum)
    assert set(OFFERED_OPERATORS) == {operator for taken in TAKES.values() for operator in taken}
    assert len(set(LABELS.values())) == len(LABELS)
    assert all(listed_values(field) for field in LISTED_BY)


@given(request=requests)
def test_an_address_holds_any_request(request: Question) -> None:
    assert request_of(query_of(request)) == request


def test_an_address_may_say_that_there_is_no_filter() -> None:
    assert request_of([("Filter", "null")]) == {}


@pytest.mark.parametrize("text", ["{", "nobody", '"text"', "[1]", '{"NotFilter":' * 40 + "1" + "}" * 40])
def test_an_address_that_holds_no_filter_is_kept_for_the_api_to_refuse(text: str) -> None:
    request = request_of([("Filter", text)])
    assert request_of(query_of(request)) == request
    assert len(parts_of(request["Filter"])) == 1


ENTERED = [
    ("Stage", "", "Qualified", QUALIFIED),
    ("CustomerCompanyName", "", " Heron ", leaf("ContainsAny", "CustomerCompanyName", StringValue="Heron")),
    ("Tags", "ContainsAll", "a\n\nb\n", leaf("ContainsAll", "Tags", StringListValue=["a", "b"])),
    ("EstimatedMrr", "", "1,000", LARGE),
    ("EstimatedMrr", "LessThan", "0.5", leaf("LessThan", "EstimatedMrr", DoubleValue=0.5)),
    ("EstimatedMrr", "LessThan", "many", leaf("LessThan", "EstimatedMrr", DoubleValue="many")),
    ("TargetCloseDate", "LessThan", "2027-01-01", SOON),
    ("TargetCloseDate", "LessThanOrEquals", "2026-12-31", SOON),
    (
        "CreatedDate",
        "GreaterThan",
        "2026-12-31",
        leaf("GreaterThanOrEquals", "CreatedDate", DateValue="2027-01-01T00:00:00Z"),
    ),
    ("CreatedDate", "", "2026-12-31", leaf("GreaterThanOrEquals", "CreatedDate", DateValue="2026-12-31T00:00:00Z")),
    (
        "CreatedDate",
        "LessThan",
        "2026-12-31T09:30:00Z",
        leaf("LessThan", "CreatedDate", DateValue="2026-12-31T09:30:00Z"),
    ),
    ("Nowhere", "", "x", leaf("ContainsAny", "Nowhere", StringValue="x")),
]


@pytest.mark.parametrize(("field", "operator", "value", "node"), ENTERED)
def test_what_is_entered_becomes_a_condition(field: str, operator: str, value: str, node: Question) -> None:
    form = [("field", field), ("operator", operator), ("value", value)]
    assert with_entered({}, form) == {"Filter": node}
    assert with_entered({}, [*form, ("not", "yes")]) == {"Filter": {"NotFilter": node}}


def test_without_a_value_nothing_is_entered_and_the_first_page_is_shown() -> None:
    asked = {"Keyword": "heron", "Filter": QUALIFIED}
    assert with_entered({**asked, "NextToken": "x"}, [("field", "Stage"), ("value", " \n")]) == asked


@pytest.mark.parametrize(
    ("before", "into", "after"),
    [
        (None, "new any", {"OrAllFilters": [LARGE]}),
        (QUALIFIED, "", {"AndAllFilters": [QUALIFIED, LARGE]}),
        ({"AndAllFilters": [QUALIFIED, SOON]}, "", {"AndAllFilters": [QUALIFIED, SOON, LARGE]}),
        ({"OrAllFilters": [QUALIFIED]}, "", {"AndAllFilters": [{"OrAllFilters": [QUALIFIED]}, LARGE]}),
        ({"OrAllFilters": [QUALIFIED]}, "Filter", {"AndAllFilters": [{"OrAllFilters": [QUALIFIED]}, LARGE]}),
        (QUALIFIED, "new none", {"AndAllFilters": [QUALIFIED, {"NotFilter": {"OrAllFilters": [LARGE]}}]}),
        (QUALIFIED, "new all", {"AndAllFilters": [QUALIFIED, {"AndAllFilters": [LARGE]}]}),
        (
            {"AndAllFilters": [SOON, {"NotFilter": {"OrAllFilters": [QUALIFIED]}}]},
            "Filter.AndAllFilters[1].NotFilter",
            {"AndAllFilters": [SOON, {"NotFilter": {"OrAllFilters": [QUALIFIED, LARGE]}}]},
        ),
        (QUALIFIED, "Filter.AndAllFilters[7].NotFilter", {"AndAllFilters": [QUALIFIED, LARGE]}),
    ],
)
def test_a_condition_goes_into_the_group_that_is_named(before: Any, into: str, after: Question) -> None:
    form = [("field", "EstimatedMrr"), ("value", "1000"), ("into", into)]
    assert with_entered({} if before is None else {"Filter": before}, form) == {"Filter": after}


@given(node=trees)
def test_a_condition_that_is_put_in_can_be_taken_out(node: Question) -> None:
    more = tree.with_part(node, LARGE)
    assert meaning(more) == meaning({"AndAllFilters": [node, LARGE]})
    *_, last = leaves_of(more)
    assert meaning(tree.without_part(more, last)) == meaning(node)


@given(node=trees)
def test_chips_show_every_condition_and_take_each_out(node: Question) -> None:
    left: Any = node
    for count in range(len(list(leaves_of(node))), 0, -1):
        chips = chips_in(parts_of(left))
        assert len(chips) == count == len(list(leaves_of(left)))
        left = tree.without_part(left, chips[-1].path)
    assert left is None


@given(node=trees)
def test_paths_are_those_by_which_the_api_names_nodes(node: Question) -> None:
    for path in leaves_of(node):
        text = tree.path_text(path)
        assert tree.path_of(text) == path
        broken = leaf("EqualsTo", "EstimatedMrr", StringValue="x")
        faults = violations_of_search({"Filter": replaced(node, path, broken)})
        assert f"{text}.EqualsTo" in [fault.field_name for fault in faults]


def replaced(node: Any, path: tree.Path, part: Any) -> Any:
    """The tree with another part at a path."""
    if not path:
        return part
    step, rest = path[0], path[1:]
    if isinstance(node, list):
        return [replaced(one, rest, part) if index == step else one for index, one in enumerate(node)]
    return {step: replaced(node[step], rest, part)}


def chips_in(parts: Any) -> list[Chip]:
    """The chips among parts, in order."""
    return [chip for part in parts for chip in (chips_in(part.parts) if isinstance(part, Group) else [part])]


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (QUALIFIED, "Stage is Qualified"),
        (LARGE, "Monthly spend ≥ 1,000"),
        ({"NotFilter": ARCHIVED}, "not: tagged archive"),
        ({"NotFilter": leaf("EqualsTo", "AwsAccountId", StringValue="1")}, "not: AWS account is 1"),
        (SOON, "Target close before 2027-01-01"),
        (leaf("ContainsAny", "Tags", StringListValue=["a", "b"]), "Tag contains a or b"),
        (leaf("ContainsAll", "ApnPrograms", StringListValue=["a", "b"]), "APN programs has all of a and b"),
        (leaf("GreaterThan", "CreatedDate", DateValue="2026-05-01T10:00:30Z"), "Created after 2026-05-01T10:00:30Z"),
        (leaf("LessThan", "EstimatedMrr", LongValue=1234567), "Monthly spend < 1,234,567"),
        (leaf("EqualsTo", "EstimatedMrr", StringValue="x"), "Monthly spend is x"),
        (leaf("EqualsTo", "Nowhere", StringValue="x"), "Nowhere is x"),
        (leaf("EqualsTo", "Stage", LongValue="x"), "Stage is x"),
        ({"EqualsTo": {"Key": "Stage", "Value": {}}}, "Stage is {}"),
        ({"EqualsTo": {"Key": "Stage", "Value": {"Other": [1]}}}, "Stage is [1]"),
        ({"EqualsTo": 1}, 'What cannot be read: {"EqualsTo":1}'),
        (
            {"Newer": {"Key": "Stage", "Value": {}}, "x": "y" * 60},
            "What cannot be read: " + '{"Newer":{"Key":"Stage","Value":{}},"x":"yyyyyyyyyyyyyyyyyyy…',
        ),
        ("nobody", 'What cannot be read: "nobody"'),
    ],
)
def test_a_chip_says_what_a_condition_asks_for(node: Any, text: str) -> None:
    (chip,) = parts_of(node)
    assert isinstance(chip, Chip)
    assert chip.text == text


def test_groups_say_what_has_to_hold_of_them() -> None:
    kinds = {
        "Any of these": {"OrAllFilters": [QUALIFIED, SOON]},
        "None of these": {"NotFilter": {"OrAllFilters": [QUALIFIED]}},
        "Not all of these": {"NotFilter": {"AndAllFilters": [QUALIFIED, SOON]}},
    }
    parts = parts_of({"AndAllFilters": [LARGE, *kinds.values(), {"AndAllFilters": [SOON]}]})
    assert [group.words for group in groups_of(parts)] == [*kinds, "All of these"]
    (twice,) = parts_of({"NotFilter": {"NotFilter": QUALIFIED}})
    assert isinstance(twice, Group)
    assert (twice.words, chips_in([twice])[0].text) == ("None of these", "not: stage is Qualified")


def test_what_the_api_refuses_is_marked() -> None:
    parts = parts_of(DEEPEST, ("Filter.AndAllFilters[1].OrAllFilters[1].NotFilter.EqualsTo.Value",))
    assert [chip.is_refused for chip in chips_in(parts)] == [False, False, True]
    parts = parts_of(DEEPEST, ("Filter.AndAllFilters[10]",))
    assert not any(chip.is_refused for chip in chips_in(parts))


VALUES = {"OpportunityOwner": ["Mara Quist", "Qadir Rahn"], "Tags": ["archive"], "CountryCode": ["DE"]}
OFFERED = [
    ("qual", "Stage is Qualified"),
    ("QUIST", "Owner is Mara Quist"),
    ("heron qual", "Stage is Qualified"),
    ("de", "Country is DE"),
    ("mon", "Monthly spend "),
    ("1000", "Monthly spend ≥ 1,000"),
    ("2026-05", "Target close from 2026-05-01"),
    ("heron", "Customer contains heron"),
    ("Stage: comm", "Stage is Committed"),
    ("stage = ", "Stage is Prospect"),
    ("Owner: q", "Owner is Qadir Rahn"),
    ("Monthly spend: 2,500", "Monthly spend ≤ 2,500"),
    ("EstimatedMrr < 7.5", "Monthly spend < 7.5"),
    ("Target close:", f"Target close before {TODAY}"),
    ("Created >= 2026", "Created from 2026-01-01"),
    ("Tags: arc", "Tagged archive"),
    ("Tags: new", "Tag contains new"),
    ("", "Stage "),
]


@pytest.mark.parametrize(("typed", "text"), OFFERED)
def test_the_box_offers_what_the_words_could_mean(typed: str, text: str) -> None:
    assert text in [f"{one.words} {one.value}" for one in suggestions(typed, VALUES, TODAY)]


def test_offers_are_few_differ_and_keep_the_words_that_they_do_not_use() -> None:
    for typed, _ in OFFERED:
        offered = suggestions(typed, VALUES, TODAY)
        assert len({(one.words, one.value) for one in offered}) == len(offered) <= 8
    assert suggestions("grey heron qual", {}, TODAY)[0] == Suggestion("Stage is", "Qualified", QUALIFIED, "grey heron")
    assert [one.value for one in suggestions("Owner: r", VALUES, TODAY)[:2]] == ["Qadir Rahn", "Mara Quist"]
    assert suggestions("mon", {}, TODAY)[0].fill == "Monthly spend: "
    for nothing in ("Monthly spend: many", "Created: soon", "Created: 2026-13"):
        assert suggestions(nothing, VALUES, TODAY) == []


def test_values_come_from_answers_the_most_frequent_first() -> None:
    others: list[tuple[str, dict[str, Any]]] = [
        ("blue", {}),
        ("grey", {"OpportunityTeam": [{"LastName": "Quist", "BusinessTitle": "OpportunityOwner"}]}),
        ("grey", {"AwsOpportunitySummary": {"CosellMotion": "Partner-led"}}),
    ]
    stamps = {"Id": "O1", "CreatedDate": "x", "LastModifiedDate": "x"}
    values = values_of([{**stamps, "Tags": [{"Key": "team", "Value": tag}], **more} for tag, more in others])
    assert list(values["Tags"]) == ["team", "grey", "team=grey", "blue", "team=blue"]
    assert (list(values["OpportunityOwner"]), list(values["CosellMotion"])) == (["Quist"], ["Partner-led"])


@pytest.mark.parametrize("day", ["2026-02-31", "9999-12-31"])
def test_a_day_without_a_next_one_stays_as_it_is(day: str) -> None:
    assert next_day(day) == day


def test_where_nothing_matches_the_last_condition_goes_first() -> None:
    offered = dict(near_misses({"Keyword": "grey heron", "Filter": {"AndAllFilters": [LARGE, QUALIFIED]}}))
    assert offered["Without “Stage is Qualified”"] == {"Keyword": "grey heron", "Filter": LARGE}
    assert offered["Without the words “grey heron”"] == {"Filter": {"AndAllFilters": [LARGE, QUALIFIED]}}
    assert f"“grey heron” in {BESIDE_IN_WORDS}" in offered
    each = offered["Each of the words “grey” and “heron”, wherever it stands"]["Filter"]
    assert [len(part["OrAllFilters"]) for part in each["AndAllFilters"][2:]] == [6, 6]
    for request in offered.values():
        assert violations_of_search(request) == []


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"Filter": leaf("ContainsAny", "Tags", StringValue="heron")}, "“heron” in all fields that people search"),
        ({"Filter": QUALIFIED}, "“Qualified” in all fields that people search"),
    ],
)
def test_where_nothing_matches_a_text_can_be_searched_in_all_fields(request_: Question, words: str) -> None:
    assert dict(near_misses(request_))[words] == {"Keyword": words.split("”")[0][1:]}


@pytest.mark.parametrize(
    "request_",
    [
        {"Filter": LARGE},
        {"Filter": {"NotFilter": QUALIFIED}},
        {"Filter": {"OrAllFilters": [QUALIFIED]}},
        {"Filter": leaf("ContainsAny", "Tags", StringListValue=["a", "b"])},
        {"Filter": leaf("EqualsTo", "EstimatedMrr", StringValue="a")},
    ],
)
def test_what_is_no_single_text_is_only_left_out(request_: Question) -> None:
    assert [words for words, _ in near_misses(request_) if "Without" not in words] == []


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("Qualifed", {"Stage": "Qualified"}),
        ("stge : qualifed", {"Stage": "Qualified"}),
        ("Cuntry = Germny", {}),
        ("Cuntry = de", {"CountryCode": "DE"}),
        ("Custmer: Blue Heron", {"CustomerCompanyName": "Blue Heron"}),
        ("Monthly spnd: 7", {}),
        ("Xyzzy: 7", {}),
        ("DE", {"CountryCode": "DE"}),
        ("XX", {}),
        ("", {}),
    ],
)
def test_what_may_have_been_meant_by_a_misspelling(typed: str, fields: dict[str, str]) -> None:
    assert dict(meant(typed)) == fields


def test_where_nothing_matches_a_group_goes_as_a_whole_since_less_of_it_would_find_less() -> None:
    either = {"OrAllFilters": [QUALIFIED, SOON]}
    offered = dict(near_misses({"Filter": {"AndAllFilters": [LARGE, either]}}))
    assert offered == {"Without “Any of these: Stage is Qualified, Target close before 2027-01-01”": {"Filter": LARGE}}


def test_words_too_long_for_a_condition_are_not_offered_as_one() -> None:
    assert list(near_misses({"Keyword": "x" * 256})) == []
    assert list(near_misses({})) == []
