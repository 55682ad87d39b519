"""Tags: on which resources, how many, and which keys."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell.rules.solution import Solution
from tests.conftest import ACCOUNT, OTHER_ACCOUNT
from tests.store.caller import Caller, HandClock, Record, Refused

ELSEWHERE = {
    "another account": (f":{ACCOUNT}:", f":{OTHER_ACCOUNT}:"),
    "another catalog": ("catalog/Sandbox", "catalog/AWS"),
    "no catalog": ("catalog/Sandbox", "catalog/Atlantis"),
    "another region": ("us-east-1", "eu-central-1"),
    "another partition": ("arn:aws:", "arn:aws-cn:"),
    "what cannot have tags": ("opportunity/", "engagement-invitation/"),
    "what does not exist": ("opportunity/O", "opportunity/O9"),
    "a job that does not exist": ("opportunity/O1000001", "resource-snapshot-job/job-0123456789abc"),
    "something inside": ("opportunity/O1000001", "opportunity/O1000001/tag"),
    "a kind alone": ("/opportunity/O1000001", "/opportunity"),
}


def tagged(tags: dict[str, str]) -> list[Record]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tags_on(caller: Caller, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in caller("ListTagsForResource", ResourceArn=arn)["Tags"]}


@pytest.fixture
def arn(caller: Caller) -> str:
    """The ARN of an opportunity."""
    return str(caller.get(caller.create("first")["Id"])["Arn"])


def test_tags_are_merged_by_their_keys(caller: Caller, arn: str) -> None:
    assert caller("ListTagsForResource", ResourceArn=arn) == {"Tags": []}
    assert caller("TagResource", ResourceArn=arn, Tags=tagged({"team": "north", "stage": ""})) == {}
    caller("TagResource", ResourceArn=arn, Tags=tagged({"cost centre": "7", "team": "south"}))
    assert caller("ListTagsForResource", ResourceArn=arn)["Tags"] == tagged(
        {"team": "south", "stage": "", "cost centre": "7"}
    )
    assert caller("UntagResource", ResourceArn=arn, TagKeys=["stage", "never there", "stage"]) == {}
    assert tags_on(caller, arn) == {"team": "south", "cost centre": "7"}


def test_a_solution_can_have_tags_too(caller: Caller) -> None:
    with caller.engine.store.write(caller.scope) as tx:
        tx.put_solutions([Solution("S-5", "One", "Active", "Consulting", 0)])
    for identifier in ("S-5", "S-1234567"):
        arn = f"arn:aws:partnercentral:us-east-1:{ACCOUNT}:catalog/Sandbox/solution/{identifier}"
        caller("TagResource", ResourceArn=arn, Tags=tagged({"a": identifier}))
        assert tags_on(caller, arn) == {"a": identifier}


def test_tags_move_no_stamp_and_are_not_announced(caller: Caller, arn: str, clock: HandClock) -> None:
    before = caller.get("O1000001")
    clock.now_ms += 1000
    caller("TagResource", ResourceArn=arn, Tags=tagged({"a": "b"}))
    caller("UntagResource", ResourceArn=arn, TagKeys=["a"])
    assert caller.get("O1000001") == before


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_what_is_not_the_callers_or_cannot_have_tags_is_not_found(caller: Caller, arn: str, elsewhere: str) -> None:
    other = arn.replace(*ELSEWHERE[elsewhere])
    assert other != arn
    caller("TagResource", ResourceArn=arn, Tags=tagged({"a": "b"}))
    for operation, members in (
        ("TagResource", {"Tags": tagged({"a": "c"})}),
        ("UntagResource", {"TagKeys": ["a"]}),
        ("ListTagsForResource", {}),
    ):
        with pytest.raises(Refused, match="ResourceNotFoundException"):
            caller(operation, ResourceArn=other, **members)
    assert tags_on(caller, arn) == {"a": "b"}
    assert len(caller.engine.store.scopes()) == 1, "what is not found leaves no trace"


def refusal(caller: Caller, arn: str, tags: list[Record]) -> list[tuple[str, str]]:
    """The fields and codes of an ErrorList."""
    with pytest.raises(Refused, match="ValidationException") as refused:
        caller("TagResource", ResourceArn=arn, Tags=tags)
    return [(entry["FieldName"], entry["Code"]) for entry in refused.value.body["ErrorList"]]


def test_each_wrong_key_is_named(caller: Caller, arn: str) -> None:
    keys = ["a", "aws:mine", "b", "a", "AWS:mine", "laws:fine", "aws:mine"]
    assert refusal(caller, arn, [{"Key": key, "Value": ""} for key in keys]) == [
        ("Tags[1].Key", "INVALID_VALUE"),
        ("Tags[3].Key", "DUPLICATE_KEY_VALUE"),
        ("Tags[4].Key", "INVALID_VALUE"),
        ("Tags[6].Key", "DUPLICATE_KEY_VALUE"),
    ]
    assert tags_on(caller, arn) == {}


def test_a_resource_has_two_hundred_tags_at_most(caller: Caller, arn: str) -> None:
    two_hundred = {f"key {number}": "" for number in range(200)}
    caller("TagResource", ResourceArn=arn, Tags=tagged(two_hundred))
    caller("TagResource", ResourceArn=arn, Tags=tagged({"key 7": "again"}))
    assert refusal(caller, arn, tagged({"one more": ""})) == [("Tags", "TOO_MANY_VALUES")]
    assert tags_on(caller, arn) == two_hundred | {"key 7": "again"}


def test_a_reset_removes_tags(caller: Caller, arn: str) -> None:
    caller("TagResource", ResourceArn=arn, Tags=tagged({"a": "b"}))
    with caller.engine.store.write(caller.scope) as tx:
        tx.clear()
        assert tx.tags("opportunity/O1000001") == {}


KEYS = st.sampled_from(["a", "b", "c", "d"])
SOME_KEYS = st.lists(KEYS, min_size=1, max_size=50)  # a request takes no more


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.dictionaries(KEYS, st.text("xyz"), min_size=1) | st.lists(KEYS, min_size=1, max_size=50), max_size=8
    )
)
def test_tags_are_a_plain_dictionary(caller: Caller, steps: list[Any]) -> None:
    arn = caller.get(caller.create(str(id(steps)))["Id"])["Arn"]
    caller("UntagResource", ResourceArn=arn, TagKeys=["a", "b", "c", "d"])
    expected: dict[str, str] = {}
    for step in steps:
        if isinstance(step, dict):
            caller("TagResource", ResourceArn=arn, Tags=tagged(step))
            expected |= step
        else:
            caller("UntagResource", ResourceArn=arn, TagKeys=step)
            expected = {key: value for key, value in expected.items() if key not in step}
        assert tags_on(caller, arn) == expected


def test_an_opportunity_is_created_with_its_tags(caller: Caller) -> None:
    created = caller.create("tagged", Tags=tagged({"team": "north"}))
    assert tags_on(caller, caller.get(created["Id"])["Arn"]) == {"team": "north"}
    assert caller.create("tagged", Tags=tagged({"team": "north"})) == created
    with pytest.raises(Refused, match="DUPLICATE_KEY_VALUE"):
        caller.create("twice", Tags=tagged({"a": ""}) * 2)
