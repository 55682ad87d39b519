"""The tables of an opportunity's life are whole: each name is the model's, each row has its turn."""

import re
from collections.abc import Iterator
from typing import Any, Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.rules.opportunity import values
from cosell.rules.opportunity.conditions import CONDITIONS, VALUE_LISTS, Condition
from cosell.rules.opportunity.editable import EDITABLE, EDITABLE_AT_THE_END
from cosell.rules.opportunity.members import EVERY_MEMBER, MEMBERS, SOLUTIONS
from cosell.rules.opportunity.normal_form import normal_form, with_defaults
from cosell.rules.opportunity.required import REQUIREMENTS
from cosell.rules.opportunity.review import REVIEW_STATUSES
from cosell.rules.opportunity.stage import EVERY_STAGE, FINAL_STAGES, FOLLOWING, WITH_A_SOLUTION
from cosell.rules.opportunity.submission import InvolvementType, Visibility
from cosell.rules.opportunity.team import LARGEST_TEAM
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.model import service_model
from cosell.wire.timestamps import Date
from cosell.wire.types import GetOpportunityResponse
from tests.operations.whole_opportunity import WHOLE
from tests.store.caller import record
from tests.wire.legal_requests import changed

SERVER_OWNED: Final = {
    *("Catalog", "Identifier", "LastModifiedDate"),
    *(f"LifeCycle.{name}" for name in ("ReviewStatus", "ReviewComments", "ReviewStatusReason", "NextStepsHistory")),
}
WHOLE_STRUCTURES: Final = {"MonetaryValue", "ExpectedContractDuration"}
"""Structures all of whose members belong together."""


def members_of(shape_name: str, path: str = "") -> Iterator[str]:
    for name, member in service_model().shapes[shape_name].members.items():
        shape = service_model().shapes[member.shape]
        if shape.type == "structure" and member.shape not in WHOLE_STRUCTURES:
            yield from members_of(member.shape, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def test_the_members_are_those_of_an_update_in_its_order() -> None:
    assert [member for member in members_of("UpdateOpportunityRequest") if member not in SERVER_OWNED] == list(MEMBERS)


def test_every_status_and_stage_has_a_row() -> None:
    assert set(EDITABLE) == set(FOLLOWING) == set(REVIEW_STATUSES)
    assert set(service_model().shapes["Stage"].enum) == set(EVERY_STAGE)
    assert set(EDITABLE_AT_THE_END) == FINAL_STAGES
    assert set(EVERY_STAGE) > WITH_A_SOLUTION


def test_every_stage_can_be_reached() -> None:
    assert set().union(*FOLLOWING.values()) == set(EVERY_STAGE)


@pytest.mark.parametrize("members", [*EDITABLE.values(), *EDITABLE_AT_THE_END.values()])
def test_only_known_members_are_editable(members: frozenset[str]) -> None:
    assert members <= EVERY_MEMBER


@pytest.mark.parametrize("row", CONDITIONS + VALUE_LISTS, ids=lambda row: f"{row.member} {row.code}")
@given(present=st.sets(st.sampled_from(MEMBERS)))
def test_a_condition_reads_what_it_says_it_regards(row: Condition, present: set[str]) -> None:
    asked = set()

    def at(path: str) -> Any:
        asked.add(path)
        source = decode(GetOpportunityResponse, encode(record("O1", **WHOLE)))
        value: Any = source
        if path not in present:
            return None
        for name in path.split("."):
            attribute = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
            value = None if value is None else getattr(value, attribute)
        return value

    list(row.broken(at, Date("2026-05-28")))
    assert asked <= {row.member, *row.regards} <= EVERY_MEMBER


def test_requirements_name_members_once() -> None:
    members = [row.member for row in REQUIREMENTS]
    assert len(set(members)) == len(members)
    assert set(members) <= EVERY_MEMBER
    related = service_model().shapes["RelatedEntityIdentifiers"].members
    assert {solution.removeprefix("RelatedEntityIdentifiers.") for solution in SOLUTIONS} <= set(related)


def test_words_and_limits_are_the_models() -> None:
    shapes = service_model().shapes
    assert set(get_args(InvolvementType)) == set(shapes["SalesInvolvementType"].enum)
    assert set(get_args(Visibility)) == set(shapes["Visibility"].enum)
    assert shapes["PartnerOpportunityTeamMembersList"].max == LARGEST_TEAM
    assert set(shapes["CountryCode"].enum) >= values.WITHOUT_POSTAL_CODES
    assert values.EURO_PARTITION in shapes["AwsPartition"].enum
    assert values.NO_SUPPORT not in shapes["PrimaryNeedFromAws"].enum, "then the model has caught up"


def test_lists_have_as_many_values_as_the_documentation() -> None:
    counts = {
        len(values.CUSTOMER_USE_CASES): 39,
        len(values.US_STATES): 62,
        len(values.MARKETING_USE_CASES): 26,
        len(values.APN_PROGRAMS): 17,  # one of the documentation's 16 has two spellings
        len(values.WITHOUT_POSTAL_CODES): 58,
    }
    assert counts == {number: number for number in counts}
    assert set(values.SPELLED_OTHERWISE.values()) < values.CUSTOMER_USE_CASES
    assert set(values.SPELLED_OTHERWISE) & values.CUSTOMER_USE_CASES == set()


@given(
    members=st.fixed_dictionaries(
        {},
        optional={
            "NationalSecurity": st.sampled_from(["Yes", "No"]),
            "Customer": st.sampled_from([{}, {"Account": {"CompanyName": "x"}}, WHOLE["Customer"]]),
            "Project": st.sampled_from(
                [
                    {},
                    {"ExpectedCustomerSpend": []},
                    WHOLE["Project"],
                    changed(WHOLE["Project"], ("CustomerUseCase",), "Migration/Database Migration"),
                    changed(WHOLE["Project"], ("ExpectedCustomerSpend", 0, "Amount"), "0.50"),
                ]
            ),
            "Marketing": st.sampled_from([{}, WHOLE["Marketing"]]),
        },
    )
)
def test_a_normal_form_has_itself_as_its_normal_form(members: dict[str, Any]) -> None:
    once = with_defaults(normal_form(decode(GetOpportunityResponse, encode(record("O1", **members)))))
    assert with_defaults(normal_form(once)) == once
