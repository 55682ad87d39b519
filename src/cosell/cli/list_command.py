"""`cosell list`: opportunities as a table, from a database, a running cosell, or AWS."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from cosell.cli.listing import Listing, about_no_opportunities, listing_options, show
from cosell.cli.moment import Day, Moment
from cosell.cli.table import COLUMNS
from cosell.cli.typed import again
from cosell.rules.list.sort_keys import SORT_NAMES

Function = TypeVar("Function", bound=Callable[..., Any])

LISTS: Final = {
    "--company": ("CustomerCompanyName", "Company name in full, ignoring case."),
    "--id": ("Identifier", "Identifier, such as O1000001."),
    "--stage": ("LifeCycleStage", "Stage, such as Prospect or 'Closed Lost'."),
    "--review-status": ("LifeCycleReviewStatus", "Review status, such as Approved or 'In review'."),
}
"""Options that may be given several times: any of their values matches."""

RANGES: Final = {
    "--modified": ("LastModifiedDate", Moment(), "Last modified"),
    "--created": ("CreatedDate", Moment(), "Created"),
    "--target-close": ("TargetCloseDate", Day(), "To be closed"),
}

FILTERS: Final = frozenset(
    [member for member, _ in LISTS.values()]
    + [f"{side}{member}" for member, _, _ in RANGES.values() for side in ("After", "Before")]
)
OPTIONS: Final = {
    **{member: option for option, (member, _) in LISTS.items()},
    **{
        f"{member}.{side}{member}": f"{option}-{side.lower()}"
        for option, (member, _, _) in RANGES.items()
        for side in ("After", "Before")
    },
    "MaxResults": "--page-size",
    "NextToken": "--next-token",
}
"""Which option gives each member of the request."""


def _filters(command: Function) -> Function:
    for option, (member, kind, what) in reversed(RANGES.items()):
        before = f"{what} {'on or before this day' if isinstance(kind, Day) else 'before this moment'}."
        command = click.option(f"{option}-before", f"Before{member}", type=kind, help=before)(command)
        after = f"{what} at or after this moment: 2026-01-31, 2026-01-31T09:00Z, 7d (ago) or +7d (ahead)."
        command = click.option(f"{option}-after", f"After{member}", type=kind, help=after)(command)
    for option, (member, what) in reversed(LISTS.items()):
        command = click.option(option, member, multiple=True, help=f"{what} May be repeated.")(command)
    return command


@click.command("list")
@_filters
@listing_options(SORT_NAMES)
def list_command(listing: Listing, **filters: Any) -> int:
    """List opportunities as a table, filtered and sorted as ListOpportunities does."""
    members = _members(filters)

    def about_nothing() -> str:
        if members:
            return f"No opportunity matches. Try it without the filters: {again(without=FILTERS)}"
        return about_no_opportunities(listing)

    return show(listing, "ListOpportunities", listing.request(members), about_nothing, COLUMNS, OPTIONS)


def _members(filters: dict[str, Any]) -> dict[str, Any]:
    """The request's members for the options that were given."""
    lists = {member: list(filters[member]) for member, _ in LISTS.values() if filters[member]}
    ranges = {
        member: {name: filters[name] for name in (f"After{member}", f"Before{member}") if filters[name] is not None}
        for member, _, _ in RANGES.values()
    }
    return lists | {member: bounds for member, bounds in ranges.items() if bounds}
