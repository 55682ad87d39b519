"""A command's request in the forms in which users would send it themselves."""

import shlex
from collections.abc import Iterator
from typing import Any

from cosell.cli.listing import Listing
from cosell.same_request import Way, request_to_aws, same_request
from cosell.settings import DEFAULTS
from cosell.suggestion import suggested
from cosell.wire.model import DATA


def shown_request(listing: Listing, operation: str, members: dict[str, Any]) -> str:
    """The request as a program with boto3, a command of the AWS CLI and one of curl, to where the command would ask."""
    return "\n".join(_paragraphs(listing, operation, members)).rstrip()


def _paragraphs(listing: Listing, operation: str, members: dict[str, Any]) -> Iterator[str]:
    yield f"# A boto3 or AWS CLI that does not know {operation} yet is taught it by:"
    yield f"#   export AWS_DATA_PATH={shlex.quote(str(DATA))}\n"
    if not listing.aws and not listing.url:
        yield f"# A server for {listing.db}: {suggested('serve', db=listing.db)}\n"
    for way in _ways(listing, operation, members):
        yield f"# {way.label}\n{way.text}"


def _ways(listing: Listing, operation: str, members: dict[str, Any]) -> list[Way]:
    if listing.aws:
        return request_to_aws(operation, members, listing.profile)
    return same_request(operation, members, listing.url or DEFAULTS.url, listing.account)
