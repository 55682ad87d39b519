"""What can be associated with an opportunity: how many of each kind, in which form, and what may be removed again.

Source: service model 2022-07-26, RelatedEntityType and the patterns of the identifiers; developer guide for the limits;
a recorded GetOpportunity for the bare `offer-…` beside the ARN. A row marked * is our choice (docs/fidelity.md).
"""

import re
from typing import Final, Literal, NamedTuple

import msgspec

from cosell.errors import Violation
from cosell.rules.opportunity.record import review_status_of
from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS
from cosell.wire.types import GetOpportunityResponse, RelatedEntityIdentifiers

EntityType = Literal[
    "Solutions",
    "AwsProducts",
    "AwsMarketplaceOffers",
    "AwsMarketplaceOfferSets",
    "AwsMarketplaceSolutions",
    "AwsMarketplaceProducts",
]
_MARKETPLACE: Final = r"arn:aws:aws-marketplace:[a-z]{1,2}-[a-z]*-\d+:\d{12}:AWSMarketplace"


class Kind(NamedTuple):
    """One kind of related entity: its list in the record, how many there may be, and the form of an identifier."""

    member: str
    limit: int
    form: str
    counts_as_solution: bool = False
    """Whether it is what the partner sells: a submitted opportunity must keep at least one of this kind."""


KINDS: Final[dict[EntityType, Kind]] = {
    "Solutions": Kind("solutions", 10, r"S-[0-9]{1,19}", counts_as_solution=True),
    "AwsProducts": Kind("aws_products", 20, r".+"),
    "AwsMarketplaceOffers": Kind("aws_marketplace_offers", 1, rf"({_MARKETPLACE}/Offer/)?offer-[^/]+"),
    "AwsMarketplaceOfferSets": Kind(
        "aws_marketplace_offer_sets",
        1,  # *
        rf"({_MARKETPLACE}/OfferSet/)?offerset-[^/]+",
    ),
    "AwsMarketplaceSolutions": Kind("aws_marketplace_solutions", 10, r"arn:.*", counts_as_solution=True),  # *
    "AwsMarketplaceProducts": Kind("aws_marketplace_products", 10, r"arn:.*", counts_as_solution=True),  # *
}


def associated(related: RelatedEntityIdentifiers, kind: Kind) -> list[str]:
    """The identifiers of one kind, in the order in which they were associated."""
    identifiers: list[str] | None = getattr(related, kind.member)
    return identifiers or []


def with_associated(record: GetOpportunityResponse, kind: Kind, identifiers: list[str]) -> GetOpportunityResponse:
    """The record with these identifiers of one kind."""
    related = msgspec.structs.replace(record.related_entity_identifiers, **{kind.member: identifiers})
    return msgspec.structs.replace(record, related_entity_identifiers=related)


def violations_of_form(kind: Kind, identifier: str) -> list[Violation]:
    """What is wrong with an identifier as one of its kind."""
    if re.fullmatch(kind.form, identifier, re.ASCII | re.DOTALL):
        return []
    message = "The value does not have the form of an identifier of this RelatedEntityType."
    return [Violation("RelatedEntityIdentifier", "INVALID_STRING_FORMAT", message)]


def violations_of_addition(record: GetOpportunityResponse, kind: Kind) -> list[Violation]:
    """What forbids associating one more entity of a kind."""
    if len(associated(record.related_entity_identifiers, kind)) < kind.limit:
        return []
    message = f"An opportunity has {kind.limit} of this RelatedEntityType at most."
    return [Violation("relatedEntityIdentifier", "TOO_MANY_VALUES", message)]


def violations_of_removal(record: GetOpportunityResponse, kind: Kind) -> list[Violation]:
    """What forbids removing an entity of a kind from an opportunity."""
    sold = sum(
        len(associated(record.related_entity_identifiers, other))
        for other in KINDS.values()
        if other.counts_as_solution
    )
    if not kind.counts_as_solution or sold > 1 or review_status_of(record) == FIRST_REVIEW_STATUS:
        return []
    message = "The last solution stays with an opportunity that was submitted. Associate another one first."
    return [Violation("relatedEntityIdentifier", "ACTION_NOT_PERMITTED", message)]
