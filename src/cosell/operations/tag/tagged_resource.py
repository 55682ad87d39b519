"""The resource that a tag operation names by its ARN."""

from cosell.context import Context
from cosell.errors import ResourceNotFoundException
from cosell.operations.solution.known_solution import known_solution
from cosell.rules.tag import resource_in
from cosell.store.interface import ReadTransaction


def tagged_resource(tx: ReadTransaction, arn: str, context: Context) -> str:
    """The end of the ARN, under which the tags are kept.

    Raises ResourceNotFoundException for what does not exist, is not the caller's, or can have no tags.
    """
    resource = resource_in(arn, context.scope)
    if resource is None or not _exists(tx, resource, context):
        raise ResourceNotFoundException("There is no resource with this ARN that can have tags.")
    return resource


def _exists(tx: ReadTransaction, resource: str, context: Context) -> bool:
    kind, _, identifier = resource.partition("/")
    match kind:
        case "opportunity":
            return tx.record(identifier) is not None
        case "solution":
            return known_solution(tx, identifier, context) is not None
    return tx.snapshot_job(identifier) is not None
