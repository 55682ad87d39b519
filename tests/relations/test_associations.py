"""What may be associated with an opportunity, and what each association changes."""

from typing import Any

import pytest

from cosell.aws_products import aws_products
from cosell.context import Readings
from cosell.engine import Engine
from cosell.rules.opportunity.association import KINDS
from cosell.rules.opportunity.review import REVIEW_STATUSES
from cosell.rules.solution import Solution
from cosell.wire.model import service_model
from tests.conftest import OTHER_ACCOUNT
from tests.relations.outbox import told
from tests.store.caller import Caller, HandClock, Record, Refused, moment, record

MARKETPLACE = "arn:aws:aws-marketplace:us-east-1:123456789012:AWSMarketplace"
LEGAL = {
    "Solutions": [f"S-{number}" for number in range(30)],
    "AwsProducts": sorted(aws_products())[:30],
    "AwsMarketplaceOffers": [f"{MARKETPLACE}/Offer/offer-abc", "offer-abc"],
    "AwsMarketplaceOfferSets": [f"{MARKETPLACE}/OfferSet/offerset-abc", "offerset-abc"],
    "AwsMarketplaceSolutions": [f"arn:aws:catalog:us-east-1::solution/{number}" for number in range(30)],
    "AwsMarketplaceProducts": [f"arn:aws:catalog:us-east-1::product/{number}" for number in range(30)],
}
LIMITS = {
    "Solutions": 10,
    "AwsProducts": 20,
    "AwsMarketplaceOffers": 1,
    "AwsMarketplaceOfferSets": 1,
    "AwsMarketplaceSolutions": 10,
    "AwsMarketplaceProducts": 10,
}
OF_WRONG_FORM = [
    ("Solutions", "S1234567"),
    ("Solutions", "S-"),
    ("Solutions", "S-1\n"),
    ("AwsMarketplaceOffers", "offerset-abc"),
    ("AwsMarketplaceOffers", f"{MARKETPLACE}/OfferSet/offerset-abc"),
    ("AwsMarketplaceOfferSets", "offer-abc"),
    ("AwsMarketplaceSolutions", "S-1234567"),
    ("AwsMarketplaceProducts", "prod-abc"),
]


@pytest.fixture
def opportunity(caller: Caller) -> str:
    """An opportunity of the caller, who has thirty Active solutions."""
    with caller.engine.store.write(caller.scope) as tx:
        tx.put_solutions(Solution(identifier, "One", "Active", "Consulting", 0) for identifier in LEGAL["Solutions"])
    return str(caller.create("first")["Id"])


def associate(caller: Caller, opportunity: str, kind: str, entity: str) -> Record:
    return change(caller, "AssociateOpportunity", opportunity, kind, entity)


def disassociate(caller: Caller, opportunity: str, kind: str, entity: str) -> Record:
    return change(caller, "DisassociateOpportunity", opportunity, kind, entity)


def change(caller: Caller, operation: str, opportunity: str, kind: str, entity: str) -> Record:
    return caller(operation, OpportunityIdentifier=opportunity, RelatedEntityType=kind, RelatedEntityIdentifier=entity)


def refusal(caller: Caller, operation: str, opportunity: str, kind: str, entity: str) -> tuple[str, list[str]]:
    """The name of the exception, and the codes of its ErrorList. Nothing changes."""
    with caller.engine.store.read(caller.scope) as tx:
        before = list(tx.records())
    with pytest.raises(Refused) as refused:
        change(caller, operation, opportunity, kind, entity)
    with caller.engine.store.read(caller.scope) as tx:
        assert list(tx.records()) == before
    return refused.value.name, [entry["Code"] for entry in refused.value.body.get("ErrorList", [])]


def test_the_kinds_are_the_models() -> None:
    assert set(KINDS) == set(service_model().shapes["RelatedEntityType"].enum) == set(LIMITS)


@pytest.mark.parametrize("kind", LIMITS)
def test_entities_are_answered_as_they_were_given_up_to_the_limit(caller: Caller, opportunity: str, kind: str) -> None:
    limit = LIMITS[kind]
    for entity in LEGAL[kind][:limit]:
        assert associate(caller, opportunity, kind, entity) == {}
    related = caller.get(opportunity)["RelatedEntityIdentifiers"]
    assert related[kind] == LEGAL[kind][:limit]
    assert {member for member, entities in related.items() if entities} == {kind}
    assert refusal(caller, "AssociateOpportunity", opportunity, kind, LEGAL[kind][limit]) == (
        "ValidationException",
        ["TOO_MANY_VALUES"],
    )
    assert associate(caller, opportunity, kind, LEGAL[kind][0]) == {}, "what is there is never one too many"


def test_an_association_moves_the_stamp_and_is_announced(caller: Caller, opportunity: str, clock: HandClock) -> None:
    for number, action in enumerate((associate, disassociate), start=1):
        clock.now_ms += 1000
        action(caller, opportunity, "Solutions", "S-1")
        assert caller.get(opportunity)["LastModifiedDate"] == moment(clock.now_ms)
        assert caller.page()["OpportunitySummaries"][0]["LastModifiedDate"] == moment(clock.now_ms)
        assert told(caller) == ["Opportunity Created", *["Opportunity Updated"] * number]


def test_what_is_associated_already_stays_as_it_is(caller: Caller, opportunity: str, clock: HandClock) -> None:
    associate(caller, opportunity, "Solutions", "S-1")
    with caller.engine.store.write(caller.scope) as tx:
        tx.put_solutions([Solution("S-1", "One", "Inactive", "Consulting", 0)])
    before, events = caller.get(opportunity), told(caller)
    clock.now_ms += 1000
    assert associate(caller, opportunity, "Solutions", "S-1") == {}
    assert caller.get(opportunity) == before
    assert told(caller) == events


def test_what_does_not_exist_is_not_found(caller: Caller, opportunity: str) -> None:
    for kind, entity in [("Solutions", "S-999"), ("AwsProducts", "Amazon EC2 Linux"), ("AwsProducts", "amazons3")]:
        assert refusal(caller, "AssociateOpportunity", opportunity, kind, entity) == ("ResourceNotFoundException", [])
    for operation in ("AssociateOpportunity", "DisassociateOpportunity"):
        assert refusal(caller, operation, "O1", "Solutions", "S-1") == ("ResourceNotFoundException", [])
        stranger = Caller(caller.engine, OTHER_ACCOUNT)
        assert refusal(stranger, operation, opportunity, "Solutions", "S-1") == ("ResourceNotFoundException", [])


def test_the_sandbox_solution_can_be_associated_without_seeding(caller: Caller) -> None:
    opportunity = caller.create("first")["Id"]
    associate(caller, opportunity, "Solutions", "S-1234567")
    real = Caller(caller.engine, catalog="AWS")
    opportunity = real.create("first")["Id"]
    assert refusal(real, "AssociateOpportunity", opportunity, "Solutions", "S-1234567")[0] == (
        "ResourceNotFoundException"
    )


@pytest.mark.parametrize("status", ["Inactive", "Draft"])
def test_a_solution_that_is_not_active_is_refused(caller: Caller, opportunity: str, status: Any) -> None:
    with caller.engine.store.write(caller.scope) as tx:
        tx.put_solutions([Solution("S-1", "One", status, "Consulting", 0)])
    assert refusal(caller, "AssociateOpportunity", opportunity, "Solutions", "S-1") == (
        "ValidationException",
        ["INVALID_VALUE"],
    )


@pytest.mark.parametrize(("kind", "entity"), OF_WRONG_FORM)
def test_an_identifier_of_the_wrong_form_is_refused(caller: Caller, opportunity: str, kind: str, entity: str) -> None:
    for operation in ("AssociateOpportunity", "DisassociateOpportunity"):
        assert refusal(caller, operation, opportunity, kind, entity) == (
            "ValidationException",
            ["INVALID_STRING_FORMAT"],
        )


def test_what_is_not_associated_cannot_be_taken_off(caller: Caller, opportunity: str) -> None:
    associate(caller, opportunity, "Solutions", "S-1")
    for kind, entity in [("Solutions", "S-2"), ("AwsProducts", "S-1"), ("AwsMarketplaceOffers", "offer-1")]:
        assert refusal(caller, "DisassociateOpportunity", opportunity, kind, entity) == (
            "ResourceNotFoundException",
            [],
        )


def in_status(caller: Caller, status: str, related: Record) -> None:
    """Place opportunity O1 that has come to a review status."""
    life_cycle = {"Stage": "Prospect", "ReviewStatus": status}
    caller.put([record("O1", LifeCycle=life_cycle, RelatedEntityIdentifiers=related)])


@pytest.mark.parametrize("status", REVIEW_STATUSES)
def test_relations_change_only_while_the_review_permits_it(caller: Caller, opportunity: str, status: str) -> None:
    in_status(caller, status, {"Solutions": ["S-1", "S-2"]})
    if status in ("Submitted", "In review", "Rejected"):
        for operation, entity in (("AssociateOpportunity", "S-3"), ("DisassociateOpportunity", "S-2")):
            assert refusal(caller, operation, "O1", "Solutions", entity) == (
                "ValidationException",
                ["ACTION_NOT_PERMITTED"],
            )
    else:
        associate(caller, "O1", "Solutions", "S-3")
        disassociate(caller, "O1", "Solutions", "S-2")
        assert caller.get("O1")["RelatedEntityIdentifiers"]["Solutions"] == ["S-1", "S-3"]


@pytest.mark.parametrize("status", ["Action Required", "Approved"])
def test_the_last_solution_stays_with_what_was_submitted(caller: Caller, opportunity: str, status: str) -> None:
    in_status(caller, status, {"Solutions": ["S-1"], "AwsProducts": ["AWSLambda"]})
    assert refusal(caller, "DisassociateOpportunity", "O1", "Solutions", "S-1") == (
        "ValidationException",
        ["ACTION_NOT_PERMITTED"],
    )
    disassociate(caller, "O1", "AwsProducts", "AWSLambda")
    associate(caller, "O1", "AwsMarketplaceProducts", "arn:aws:catalog:us-east-1::product/1")
    disassociate(caller, "O1", "Solutions", "S-1")
    assert refusal(
        caller, "DisassociateOpportunity", "O1", "AwsMarketplaceProducts", "arn:aws:catalog:us-east-1::product/1"
    ) == ("ValidationException", ["ACTION_NOT_PERMITTED"])


def test_the_last_solution_of_a_draft_may_go(caller: Caller, opportunity: str) -> None:
    associate(caller, opportunity, "Solutions", "S-1")
    disassociate(caller, opportunity, "Solutions", "S-1")
    assert caller.get(opportunity)["RelatedEntityIdentifiers"]["Solutions"] == []


def test_the_published_products_are_known_by_their_codes() -> None:
    products = aws_products()
    assert len(products) == 522
    assert products["AmazonS3"] == "Amazon S3"
    assert all(code.isalnum() and name for code, name in products.items())


def test_any_product_passes_where_values_are_not_checked(caller: Caller, opportunity: str) -> None:
    engine = Engine(caller.engine.store, caller.engine.clock, readings=Readings(any_value=True))
    associate(Caller(engine), opportunity, "AwsProducts", "AmazonTomorrow")
    assert caller.get(opportunity)["RelatedEntityIdentifiers"]["AwsProducts"] == ["AmazonTomorrow"]
