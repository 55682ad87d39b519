"""AssociateOpportunity: relate a solution, an AWS product or an AWS Marketplace entity to an opportunity.

Source: service model 2022-07-26, AssociateOpportunity. The caller's solutions must exist, and so must products, by the
list that AWS publishes; whether an AWS Marketplace entity exists is not known here, so only its form is checked. An
existing association stays as it is, since the operation declares no conflict. Both are our choice (docs/fidelity.md).
"""

from cosell.aws_products import aws_products
from cosell.context import Context
from cosell.errors import ResourceNotFoundException, ValidationException, Violation
from cosell.operations.opportunity.appearance import show_association
from cosell.operations.opportunity.related_entity import related_record
from cosell.operations.solution.known_solution import known_solution
from cosell.rules.opportunity.association import KINDS, associated, violations_of_addition, with_associated
from cosell.store.interface import WriteTransaction
from cosell.wire.types import AssociateOpportunityRequest as Request


def associate_opportunity(tx: WriteTransaction, request: Request, context: Context) -> None:
    """Raises ResourceNotFoundException for an opportunity, solution or product that does not exist, and
    ValidationException if the entity cannot be associated with this opportunity.
    """
    kind, entity = KINDS[request.related_entity_type], request.related_entity_identifier
    record = related_record(tx, request.opportunity_identifier, kind, entity, context)
    appearing = tx.appearing(record.id, request.related_entity_type)
    all_of_kind = [*associated(record.related_entity_identifiers, kind), *appearing]
    if entity in all_of_kind:
        return
    _check_exists(tx, request, context)
    if violations := violations_of_addition(with_associated(record, kind, all_of_kind), kind):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    show_association(tx, record, request.related_entity_type, entity, context)


def _check_exists(tx: WriteTransaction, request: Request, context: Context) -> None:
    entity = request.related_entity_identifier
    known = context.readings.any_value or entity in aws_products()
    if request.related_entity_type == "AwsProducts" and not known:
        raise ResourceNotFoundException("AWS has no product with this code.")
    if request.related_entity_type == "Solutions":
        solution = known_solution(tx, entity, context)
        if solution is None:
            raise ResourceNotFoundException(f"Solution {entity} does not exist in catalog {context.scope.catalog}.")
        if solution.status != "Active":
            message = f"A solution must be Active to be associated; this one is {solution.status}."
            violation = Violation("relatedEntityIdentifier", "INVALID_VALUE", message)
            raise ValidationException("BUSINESS_VALIDATION_FAILED", [violation])
