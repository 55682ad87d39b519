"""The little language for filter trees: what a text means, what is wrong with it and where, and trees as texts."""

import json
import re
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cosell.rules.search.condition import condition_of
from cosell.rules.search.where import Mistake, fields, parse, write
from cosell.wire.decode import checked_structure
from cosell.wire.types import OpportunitySearchFilter, SearchOpportunitiesRequest
from tests.search.oracle import DATES, LISTS, NUMBERS, ONE_TEXT
from tests.search.questions import leaves_in, trees
from tests.search.test_illegal_trees import leaf
from tests.wire.conftest import Service

Tree = dict[str, Any]

QUALIFIED: Final = leaf("EqualsTo", "Stage", StringValue="Qualified")
LARGE: Final = leaf("GreaterThanOrEquals", "EstimatedMrr", DoubleValue=1000)
TAGGED: Final = leaf("ContainsAny", "Tags", StringListValue=["archive", "test"])
GERMAN: Final = leaf("EqualsTo", "CountryCode", StringValue="DE")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Stage = Qualified", QUALIFIED),
        ("stage='Qualified'", QUALIFIED),
        ("STAGE != Qualified", {"NotFilter": QUALIFIED}),
        ("Stage not = Qualified", {"NotFilter": QUALIFIED}),
        ("Stage = Qualified and EstimatedMrr >= 1000", {"AndAllFilters": [QUALIFIED, LARGE]}),
        (
            "Stage = Qualified AND EstimatedMrr >= 1000 And CountryCode = DE",
            {"AndAllFilters": [QUALIFIED, LARGE, GERMAN]},
        ),
        (
            "Stage = Qualified and EstimatedMrr >= 1000 or CountryCode = DE",
            {"OrAllFilters": [{"AndAllFilters": [QUALIFIED, LARGE]}, GERMAN]},
        ),
        (
            "(Stage = Qualified and EstimatedMrr >= 1000) and ((CountryCode = DE))",
            {"AndAllFilters": [{"AndAllFilters": [QUALIFIED, LARGE]}, GERMAN]},
        ),
        (
            "not Stage = Qualified and not (CountryCode = DE or EstimatedMrr>=1000)",
            {"AndAllFilters": [{"NotFilter": QUALIFIED}, {"NotFilter": {"OrAllFilters": [GERMAN, LARGE]}}]},
        ),
        ("Tags contains any of (archive, test)", TAGGED),
        ("Tags not contains any of (archive, test)", {"NotFilter": TAGGED}),
        ("Tags contains 'any'", leaf("ContainsAny", "Tags", StringValue="any")),
        ('Tags contains "blue heron"', leaf("ContainsAny", "Tags", StringValue="blue heron")),
        ("Tags has 'env=prod'", leaf("ContainsAll", "Tags", StringValue="env=prod")),
        ("Tags has all of (a, b)", leaf("ContainsAll", "Tags", StringListValue=["a", "b"])),
        ("Stage in (Qualified)", QUALIFIED),
        (
            "Stage in (Qualified, 'Closed Lost')",
            {"OrAllFilters": [QUALIFIED, leaf("EqualsTo", "Stage", StringValue="Closed Lost")]},
        ),
        ('NextStep = "say ""yes"""', leaf("EqualsTo", "NextStep", StringValue='say "yes"')),
        ("NextStep = 'it''s'", leaf("EqualsTo", "NextStep", StringValue="it's")),
        ("AwsAccountId = 012345678901", leaf("EqualsTo", "AwsAccountId", StringValue="012345678901")),
        ("CreatedDate >= 2026-05-01", leaf("GreaterThanOrEquals", "CreatedDate", DateValue="2026-05-01T00:00:00Z")),
        (
            "LastModifiedDate < 2026-05-01T09:00:00.5+02:00",
            leaf("LessThan", "LastModifiedDate", DateValue="2026-05-01T09:00:00.5+02:00"),
        ),
        ("EstimatedMrr > -0.1", leaf("GreaterThan", "EstimatedMrr", DoubleValue=-0.1)),
        (f"EstimatedMrr <= {'9' * 31}", leaf("LessThanOrEquals", "EstimatedMrr", DoubleValue=int("9" * 31))),
    ],
)
def test_a_text_means_a_tree(text: str, tree: Tree) -> None:
    assert parse(text) == tree


def test_several_texts_have_to_hold_all_of_them() -> None:
    joined = parse(
        "Stage = Qualified and EstimatedMrr >= 1000", "CountryCode = DE or Tags contains any of (archive, test)"
    )
    assert joined == {"AndAllFilters": [QUALIFIED, LARGE, {"OrAllFilters": [GERMAN, TAGGED]}]}


MARKED: Final = {
    # what is between the brackets is wrong: what is said about it, and what to do
    "[Stge] = Qualified": ("no field Stge", "did you mean Stage?"),
    "[Xyzzy] = 1": ("no field Xyzzy", "the fields are OpportunityId, Stage"),
    "Stage = Qualified and [companyname] = Heron": ("no field companyname", "did you mean CustomerCompanyName?"),
    "[]": ("a condition is missing", "Stage = Qualified"),
    "  []": ("a condition is missing", "Stage = Qualified"),
    "Stage = Qualified or []": ("a condition is missing", "Stage = Qualified"),
    "Stage = Qualified and [and] Stage = A": ("does not begin with and", "begin with a field"),
    '["Stage"] = Qualified': ("does not begin with", "begin with a field"),
    "[=] Qualified": ("does not begin with =", "begin with a field"),
    "Stage[]": ("compare Stage by is missing", "=, !=, in, contains, contains any of, has, has all of"),
    "Stage [is] Qualified": ("compare Stage by is not is", "write one of ="),
    "Stage [>] Qualified": ("Stage is a text, which cannot be asked with >", "use =, !=, in"),
    "Tags [<=] 1": ("Tags is a list, which cannot be asked with <=", "use =, !=, in"),
    "CreatedDate [=] 2026-05-01": ("CreatedDate is a date, which cannot be asked with =", "use >, >=, <, <="),
    "EstimatedMrr [in] (1, 2)": ("EstimatedMrr is a number, which cannot be asked with in", "use >, >=, <, <="),
    "Stage = []": ("a value is missing", "write one"),
    "Stage = [(]Qualified)": ("a value is missing", "write one"),
    "NextStep contains [and] so on": ("and is a word of the language", 'write "and"'),
    "Stage = Closed [Lost]": ("Lost stands outside the value", 'put both into quotes: "Closed Lost"'),
    "Stage = Qualified[,] Stage = A": (", does not go on from here", "join conditions by 'and' or 'or'"),
    "Stage = Qualified[)]": (") does not go on from here", "join conditions"),
    "(Stage = Qualified[]": ("a parenthesis is not closed", "write )"),
    "Stage in [Qualified]": ("a list of values is missing", "write it in parentheses"),
    "Stage in (Qualified, A[]": ("a parenthesis is not closed", "write )"),
    "Stage in ([)]": ("a value is missing", "write one"),
    "Stage contains any of (a [b])": ("b stands outside the value", 'put both into quotes: "a b"'),
    'Stage = ["]Qualified': ("the quote is not closed", "close it"),
    "NextStep = O[']Brien": ("the quote is not closed", "close it"),
    "Stage [!] Qualified": ("! means nothing by itself", "write != or not"),
    "['] = Qualified": ("the quote is not closed", "close it"),
    "Stage = ['']": ("an empty text finds nothing", "name what to look for"),
    f"Stage = [{'x' * 256}]": ("at most 255 characters", "contains"),
    "Stage contains any of (a, [''])": ("an empty text", "name what to look for"),
    "CreatedDate > [soon]": ("soon is not a date", "write 2026-05-01 or 2026-05-01T09:00:00Z"),
    "CreatedDate > ['']": ("an empty text is not a date", "write 2026-05-01"),
    "CreatedDate > [2026-02-30]": ("2026-02-30 is not a date", "write 2026-05-01"),
    "CreatedDate > [2026-02-03T10:00]": ("is not a date", "write 2026-05-01"),
    "CreatedDate > [2026-02-03T10:00:00.1234567Z]": ("at most six digits of a second", "leave out"),
    "EstimatedMrr > [many]": ("many is not a number", "write it as 1000 or 1000.50"),
    "EstimatedMrr > ['']": ("an empty text is not a number", "write it as"),
    "EstimatedMrr > [1e3]": ("1e3 is not a number", "write it as"),
    f"EstimatedMrr > [{'9' * 5000}]": ("no amount is so large", "smaller"),
    "EstimatedMrr > [12345678901234567.89]": ("more digits than clients can send", "round it"),
    "Stage = a" + " or Stage = b" * 9 + " or [Stage] = c": (
        "at most 10 conditions can be joined by 'or'",
        "parentheses",
    ),
    "Stage = a" + " and Stage = b" * 9 + " and [Stage] = c": ("joined by 'and'", "parentheses"),
    f"Stage in ({'x, ' * 10}[y])": ("a list has 10 values at most here", "beside it, with 'or'"),
    f"Stage contains any of ({'x, ' * 20}[y])": ("a list has 20 values at most here", "beside it, with 'or'"),
    "not not not [not] Stage = A": ("nested 3 levels deep at most", "fewer parentheses"),
    "Tags contains [any]": ("any is a word of the language", 'write "any"'),
    "not (Stage = A and not ([Stage] = B or Stage in (C, D)))": ("nested 3 levels deep", "fewer parentheses"),
    "((Stage = A or Stage = B) and Stage != C) or not (Stage = D and [Stage] != E)": (
        "also as != and in",
        "fewer parentheses",
    ),
    f"{'not ' * 50}[not] Stage = A": ("nested too deeply", "parentheses"),
    f"{'(' * 50}[(]Stage = A": ("nested too deeply", "parentheses"),
    f"{' and '.join(['Stage in (a, b, c, d, e)'] * 4)} and [Stage] = f": ("condition 21", "two searches"),
}


@pytest.mark.parametrize("marked", MARKED)
def test_a_mistake_is_reported_with_its_place_and_a_next_step(marked: str) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    with pytest.raises(Mistake) as refused:
        parse(text)
    told = refused.value
    message, next_step = MARKED[marked]
    assert message in told.message
    assert next_step in told.next_step
    assert (told.text, told.start, told.end) == (text, start, end)


def test_a_mistake_in_one_of_several_texts_is_reported_there() -> None:
    with pytest.raises(Mistake) as refused:
        parse("Stage = A", "CountryCode = ")
    assert refused.value.text == "CountryCode = "
    many = " and ".join(["Stage = A"] * 6)
    with pytest.raises(Mistake, match="at most 10 conditions") as refused:
        parse(many, f" {many}")
    assert (refused.value.text[0], refused.value.start) == (" ", len(" Stage = A and ") * 4 - 3)


def test_all_fields_can_be_asked_about_with_all_that_goes_with_them() -> None:
    values = dict.fromkeys(DATES, "2026-05-01") | dict.fromkeys(NUMBERS, "1")
    assert set(fields()) == {*ONE_TEXT, *LISTS, *DATES, *NUMBERS}
    for field, operators in fields().items():
        for operator in operators:
            value = "(a, b)" if operator in ("in", "contains any of", "has all of") else values.get(field, "a")
            assert write(parse(f"{field} {operator} {value}")).startswith((f"{field} {operator} ", f"{field} in "))


def _levels(tree: Tree) -> int:
    ((member, inner),) = tree.items()
    parts = inner if isinstance(inner, list) else [inner] if member == "NotFilter" else []
    return 1 + max(map(_levels, parts)) if parts else 0


@given(trees())
def test_a_tree_as_a_text_asks_the_same(tree: Tree) -> None:
    assume(leaves_in(tree) <= 20)
    tree = _without_nulls(tree)
    assume(not re.search(r"\.\d{7}", json.dumps(tree)))  # no client sends moments so fine
    again = parse(write(tree))
    assert condition_of(_typed(again)) == condition_of(_typed(tree))
    assert _levels(again) <= _levels(tree)
    assert parse(write(again)) == again


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _typed(tree: Tree) -> OpportunitySearchFilter:
    request = checked_structure(SearchOpportunitiesRequest, {"Catalog": "AWS", "Filter": tree})
    assert request.filter is not None
    return request.filter


WORDS: Final = [
    *(
        "Stage",
        "Tags",
        "CreatedDate",
        "EstimatedMrr",
        "stgae",
        "and",
        "or",
        "not",
        "in",
        "contains",
        "any",
        "of",
        "has",
    ),
    *("all", "(", ")", ",", "=", "!=", ">", "<=", '"a b"', "'", "!", "2026-05-01", "1000", "1.5", "x", "''", "\n"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=40))
def test_any_text_is_a_legal_tree_or_has_a_mistake_in_it(service: Service, text: str) -> None:
    mistake, tree = _read(text)
    if mistake is None:
        told = service.call("SearchOpportunities", json.dumps({"Catalog": "AWS", "Filter": tree}).encode())
        assert told.status == 200, told.body
    else:
        assert 0 <= mistake.start <= mistake.end <= len(text)
        assert mistake.message
        assert mistake.next_step


def _read(text: str) -> tuple[Mistake | None, Tree]:
    try:
        return None, parse(text)
    except Mistake as mistake:
        return mistake, {}
