"""CreateOpportunity: a new opportunity of the caller, not yet submitted to AWS.

Source: service model 2022-07-26, CreateOpportunity. The model requires very little, the service more.
"""

from cosell.context import Context
from cosell.errors import ValidationException
from cosell.operations.change.stamp import new_stamp
from cosell.operations.invitation.refer import refer
from cosell.operations.opportunity.appearance import show_opportunity
from cosell.operations.opportunity.related import check_related
from cosell.rules.identifiers import opportunity_id
from cosell.rules.opportunity.creation import violations_of_creation
from cosell.rules.opportunity.record import created
from cosell.rules.tag import tags_of, violations_of_tags
from cosell.store.interface import WriteTransaction
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import CreateOpportunityRequest as Request
from cosell.wire.types import CreateOpportunityResponse as Response
from cosell.wire.types import GetOpportunityResponse


def create_opportunity(tx: WriteTransaction, request: Request, context: Context) -> Response:
    """Raises ResourceNotFoundException if the related opportunity is not one of the caller's, and
    ValidationException with everything that is missing or disagrees, or for tags that no resource can have.
    """
    if wrong := violations_of_tags(request.tags):
        raise ValidationException("REQUEST_VALIDATION_FAILED", wrong)
    check_related(tx, request.project)
    record = created(request, context.scope, opportunity_id(tx.next_number()), new_stamp(tx, context))
    today = Timestamp.from_ms(context.now_ms).day
    if violations := violations_of_creation(record, request, today, context.readings):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    if request.tags:
        tx.put_tags(f"opportunity/{record.id}", tags_of(request.tags))
    if request.origin == "AWS Referral":
        refer(tx, record, context)  # it stays hidden, and its tags, until the invitation is accepted
        return _answer(record)
    show_opportunity(tx, record, context)
    return _answer(record)


def _answer(record: GetOpportunityResponse) -> Response:
    return Response(
        id=record.id,
        partner_opportunity_identifier=record.partner_opportunity_identifier,
        last_modified_date=record.last_modified_date,
    )
