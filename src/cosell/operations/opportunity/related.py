"""The earlier opportunity that another one names as its origin."""

from cosell.errors import ResourceNotFoundException
from cosell.store.interface import ReadTransaction
from cosell.wire.types import Project


def check_related(tx: ReadTransaction, project: Project | None, before: Project | None = None) -> None:
    """Raises ResourceNotFoundException if the related opportunity is new and not one of the caller's."""
    related = project.related_opportunity_identifier if project else None
    known = before.related_opportunity_identifier if before else None
    if related is not None and related != known and tx.record(related) is None:
        raise ResourceNotFoundException(f"Related opportunity {related} does not exist in this catalog.")
