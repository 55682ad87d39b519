"""Names that the service gives."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.rules.identifiers import opportunity_arn, opportunity_id, uuid_of
from cosell.rules.opportunity.normal_form import normal_amount
from cosell.wire.model import service_model


def test_the_first_opportunity_has_seven_digits() -> None:
    assert opportunity_id(0) == "O1000001"


def test_the_arn_is_the_recorded_one() -> None:
    arn = opportunity_arn("111122223333", "Sandbox", "O1000001")
    assert arn == "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/O1000001"


@given(bits=st.integers(0, 2**128 - 1))
def test_event_identifiers_are_random_uuids(bits: int) -> None:
    identifier = uuid.UUID(uuid_of(bits))
    assert (identifier.version, identifier.variant) == (4, uuid.RFC_4122)
    assert str(identifier) == uuid_of(bits)


@pytest.mark.parametrize("bits", range(4))
def test_every_variant_of_a_uuid_is_drawn(bits: int) -> None:
    assert uuid_of(bits)[19] == "89ab"[bits]


AMOUNT = service_model().shapes["Amount"].pattern
assert AMOUNT is not None


@given(amount=st.from_regex(AMOUNT, fullmatch=True))
def test_a_normal_amount_is_the_same_amount_and_still_one_of_the_model(amount: str) -> None:
    normalised = normal_amount(amount)
    assert re.fullmatch(str(AMOUNT), normalised, re.ASCII)
    assert normal_amount(normalised) == normalised
    assert float(normalised or 0) == float(amount or 0)
    assert not (("." in normalised) and normalised.endswith(("0", ".")))
