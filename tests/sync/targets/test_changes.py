"""What was seen to change can be undone: a summary becomes what it was."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cosell.sync.targets.changes import changes, undo

texts = st.sampled_from(["", "a", "[1]", '["SaaS"]', "{", "12", "null", "Zoë"])
spends = st.fixed_dictionaries({"CurrencyCode": texts}, optional={"Amount": texts, "Frequency": texts})
documents = st.fixed_dictionaries(
    {"Id": st.just("O1")},
    optional={
        "OpportunityType": texts,
        "LifeCycle": st.fixed_dictionaries({"Stage": texts}, optional={"NextSteps": texts}),
        "Customer": st.fixed_dictionaries({"Account": st.fixed_dictionaries({"CompanyName": texts})}),
        "Project": st.fixed_dictionaries(
            {"DeliveryModels": st.lists(st.sampled_from(["SaaS", "Resell"]), min_size=1)},
            optional={"ExpectedCustomerSpend": st.lists(spends, min_size=1, max_size=12)},
        ),
    },
)


def undone(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What is made of `new` by undoing what makes it another than `old`."""
    document: dict[str, Any] = json.loads(json.dumps(new))
    undo(document, [(change.member, change.old) for change in reversed(changes(old, new))])
    return document


def texts_of(document: dict[str, Any]) -> dict[str, Any]:
    """Without the texts of members that are gone, which cannot be told from JSON."""
    return {change.member: change.new for change in changes({}, document)}


@given(old=documents, new=documents)
def test_undoing_the_changes_gives_what_was_there(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert texts_of(undone(old, new)) == texts_of(old)


def test_structures_that_came_with_a_change_go_with_it() -> None:
    spend = {"Amount": "1", "CurrencyCode": "USD"}
    new = {"Id": "O1", "Project": {"ExpectedCustomerSpend": [spend, spend]}, "LifeCycle": {"Stage": "Prospect"}}
    assert undone({"Id": "O1"}, new) == {"Id": "O1"}
    assert undone({"Id": "O1", "Project": {"ExpectedCustomerSpend": [spend]}}, new) == {
        "Id": "O1",
        "Project": {"ExpectedCustomerSpend": [spend]},
    }
    assert undone(new, {"Id": "O1"}) == new


def test_what_has_another_form_by_now_becomes_what_it_was() -> None:
    for old, new in (({"A": "text"}, {"A": {"B": "1"}}), ({"A": "1"}, {"A": [{"B": "1"}]})):
        assert undone(old, new) == old


def test_names_that_no_member_has_are_passed_by() -> None:
    document = {"A": "1"}
    undo(document, [("", "2"), ("[0]", "2"), ("B.C", None), ("A.B", None)])
    assert document == {"A": "1"}
