"""ListTagsForResource: the tags of a resource, in the order in which it got them.

Source: service model 2022-07-26, ListTagsForResource. That a resource without tags returns an empty list, although the
model requires at least one tag, is our choice.
"""

from cosell.context import Context
from cosell.operations.tag.tagged_resource import tagged_resource
from cosell.store.interface import ReadTransaction
from cosell.wire.types import ListTagsForResourceRequest as Request
from cosell.wire.types import ListTagsForResourceResponse as Response
from cosell.wire.types import Tag


def list_tags_for_resource(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises ResourceNotFoundException for what is not the caller's or can have no tags."""
    tags = tx.tags(tagged_resource(tx, request.resource_arn, context))
    return Response(tags=[Tag(key=key, value=value) for key, value in tags.items()])
