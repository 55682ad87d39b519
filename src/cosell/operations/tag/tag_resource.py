"""TagResource: give a resource tags; a tag with an existing key replaces the old one.

Source: service model 2022-07-26, TagResource.
"""

from cosell.context import Context
from cosell.errors import ValidationException
from cosell.operations.tag.tagged_resource import tagged_resource
from cosell.rules.tag import tags_of, violations_of_tags, violations_of_total
from cosell.store.interface import WriteTransaction
from cosell.wire.types import TagResourceRequest as Request
from cosell.wire.types import TagResourceResponse as Response


def tag_resource(tx: WriteTransaction, request: Request, context: Context) -> Response:
    """Raises ResourceNotFoundException for what is not the caller's or can have no tags, and ValidationException for
    keys that are AWS's own or repeated, and if the resource would have too many.
    """
    if violations := violations_of_tags(request.tags):
        raise ValidationException("REQUEST_VALIDATION_FAILED", violations)
    resource = tagged_resource(tx, request.resource_arn, context)
    tags = {**tx.tags(resource), **tags_of(request.tags)}
    if violations := violations_of_total(tags):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    tx.put_tags(resource, tags)
    return Response()
