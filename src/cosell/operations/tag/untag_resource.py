"""UntagResource: remove tags from a resource. Keys that it does not have are ignored.

Source: service model 2022-07-26, UntagResource.
"""

from cosell.context import Context
from cosell.operations.tag.tagged_resource import tagged_resource
from cosell.store.interface import WriteTransaction
from cosell.wire.types import UntagResourceRequest as Request
from cosell.wire.types import UntagResourceResponse as Response


def untag_resource(tx: WriteTransaction, request: Request, context: Context) -> Response:
    """Raises ResourceNotFoundException for what is not the caller's or can have no tags."""
    resource = tagged_resource(tx, request.resource_arn, context)
    tags = tx.tags(resource)
    tx.put_tags(resource, {key: value for key, value in tags.items() if key not in request.tag_keys})
    return Response()
