"""What is associated with an opportunity. Source: the reference on operations, Associations."""

import re
from typing import Final

from tests.stories.model.deal import NOT_NOW, Deal
from tests.stories.model.needs import SOLD, is_sold
from tests.stories.model.paths import Record
from tests.stories.model.sharing import settle
from tests.stories.model.solutions import solutions_of
from tests.stories.model.world import Turn, forbidden, malformed, not_found

LIMITS: Final = {
    "Solutions": 10,
    "AwsProducts": 20,
    "AwsMarketplaceOffers": 1,
    "AwsMarketplaceOfferSets": 1,
    "AwsMarketplaceSolutions": 10,
    "AwsMarketplaceProducts": 10,
}
FORMS: Final = {
    "Solutions": r"S-[0-9]{1,19}",
    "AwsProducts": r".+",
    "AwsMarketplaceOffers": r"(arn:aws:aws-marketplace:us-east-1:[0-9]{12}:AWSMarketplace/Offer/)?offer-[^/]+",
    "AwsMarketplaceOfferSets": r"(arn:aws:aws-marketplace:us-east-1:[0-9]{12}:AWSMarketplace/OfferSet/)?offerset-[^/]+",
    "AwsMarketplaceSolutions": r"arn:.*",
    "AwsMarketplaceProducts": r"arn:.*",
}
PRODUCTS: Final = (
    # Some codes of AWS's public list, one more than an opportunity can have.
    "AWSAIFactories",
    "AWSAgentRegistry",
    "AWSAmplify",
    "AWSApp2Container",
    "AWSAppFabric",
    "AWSAppMesh",
    "AWSAppRunner",
    "AWSAppStudio",
    "AWSAppSync",
    "AWSApplicationCostProfiler",
    "AWSApplicationMigrationServiceMGN",
    "AWSAssurance",
    "AWSAuditManager",
    "AWSB2BDataInterchange",
    "AWSBackup",
    "AWSBatch",
    "AWSBillingConductor",
    "AWSBugBust",
    "AWSBusinessSupport",
    "AWSCertificateManager",
    "AWSChatbot",
)


def associate_opportunity(turn: Turn, request: Record) -> Record:
    """Add something, unless it is there already."""
    deal, there, kind, entity = _related(turn, request)
    if entity in there:
        return {}
    if kind == "AwsProducts" and entity not in PRODUCTS and not turn.world.settings.any_value:
        raise not_found()
    if kind == "Solutions":
        status = {solution["Id"]: solution["Status"] for solution in solutions_of(turn.scope)}.get(entity)
        if status is None:
            raise not_found()
        if status != "Active":
            raise forbidden({("relatedEntityIdentifier", "INVALID_VALUE")})
    if len(there) == LIMITS[kind]:
        raise forbidden({("relatedEntityIdentifier", "TOO_MANY_VALUES")})
    there.append(entity)
    settle(turn, deal, turn.stamp())
    return {}


def disassociate_opportunity(turn: Turn, request: Record) -> Record:
    """Take something off, but the last solution of what was submitted."""
    deal, there, kind, entity = _related(turn, request)
    if entity not in there:
        raise not_found()
    if kind in SOLD and is_sold(deal.related) == 1 and deal.status != "Pending Submission":
        raise forbidden({("relatedEntityIdentifier", "ACTION_NOT_PERMITTED")})
    there.remove(entity)
    settle(turn, deal, turn.stamp())
    return {}


def _related(turn: Turn, request: Record) -> tuple[Deal, list[str], str, str]:
    kind, entity = request["RelatedEntityType"], request["RelatedEntityIdentifier"]
    if not re.fullmatch(FORMS[kind], entity):
        raise malformed({("RelatedEntityIdentifier", "INVALID_STRING_FORMAT")})
    deal = turn.deal(request["OpportunityIdentifier"])
    if deal.status in ("Submitted", "In review", "Rejected"):
        raise forbidden(NOT_NOW)
    return deal, deal.related[kind], kind, entity
