"""`cosell list`: opportunities as a table, from a database, a running cosell, or AWS."""

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import click

from cosell.cli.clients import Failed, client_in_process, client_of_aws, client_of_server, errors_as_lines
from cosell.cli.moment import Day, Moment
from cosell.cli.options import setting
from cosell.errors import UserError
from cosell.rules.list.sort_keys import SORT_NAMES

DEFAULT_LIMIT: Final = 20
LARGEST_PAGE: Final = 100

Function = TypeVar("Function", bound=Callable[..., Any])

LISTS: Final = {
    "--company": ("CustomerCompanyName", "Company name, in whole; upper and lower case are alike."),
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
@click.option(
    "--sort",
    type=click.Choice(SORT_NAMES),
    metavar="KEY",
    help=f"What to sort by: {', '.join(SORT_NAMES)}.",
)
@click.option("--order", type=click.Choice(["asc", "desc"]), help="Which end comes first.")
@click.option(
    "--limit", type=click.IntRange(min=1), help=f"How many, over as many pages as that takes. [{DEFAULT_LIMIT}]"
)
@click.option("--all", "everything", is_flag=True, help="All, instead of --limit.")
@click.option("--page-size", type=int, help="How many to ask for at once, 1 to 100.")
@click.option("--next-token", help="Go on where an earlier list ended.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, each a summary as the API gives it.")
@setting("db")
@click.option("--url", "server", metavar="URL", help="Ask a running cosell instead of a database.")
@click.option("--aws", is_flag=True, help="Ask AWS, as your own AWS configuration says.")
@click.option("--profile", help="The profile of your AWS configuration, with --aws.")
@setting("account")
@setting("catalog")
def list_command(
    sort: str | None,
    order: str | None,
    limit: int | None,
    everything: bool,
    page_size: int | None,
    next_token: str | None,
    as_json: bool,
    db: str,
    server: str | None,
    aws: bool,
    profile: str | None,
    account: str,
    catalog: str,
    **filters: Any,
) -> int:
    """List opportunities as a table, filtered and sorted as ListOpportunities does it."""
    if everything and limit:
        raise UserError("--all and --limit contradict each other", "leave out one of them")
    if aws and server:
        raise UserError("--aws and --url contradict each other", "leave out one of them")
    if profile and not aws:
        raise UserError("--profile is for AWS", "add --aws")
    request = {"Catalog": catalog, **_members(filters)}
    if sort or order:
        request["Sort"] = {
            "SortBy": sort or "LastModifiedDate",
            "SortOrder": "DESCENDING" if order == "desc" or not (order or sort) else "ASCENDING",
        }
    wanted = None if everything else limit or DEFAULT_LIMIT
    pages = _Pages(request, wanted, page_size, next_token)
    try:
        with (
            errors_as_lines("start it with: cosell serve" if server else "check the network"),
            (
                nullcontext(client_of_aws(profile))
                if aws
                else nullcontext(client_of_server(server, account))
                if server
                else client_in_process(db, account)
            ) as client,
        ):
            _write(pages.summaries(client), as_json=as_json)
    except Failed as failed:
        for line in failed.lines:
            click.echo(f"cosell: {line}", err=True)
        return failed.exit_code
    if pages.next_token:
        click.echo(f"More follow: repeat the command with --next-token {shlex.quote(pages.next_token)}", err=True)
    elif not pages.count:
        click.echo(
            _about_nothing(bool(_members(filters)), db, server, aws=aws, account=account, catalog=catalog), err=True
        )
    return 0


class _Pages:
    """Summaries from page after page. Afterwards `next_token` says where more follow, if more do."""

    def __init__(
        self, request: dict[str, Any], wanted: int | None, page_size: int | None, next_token: str | None
    ) -> None:
        self.next_token = next_token
        self.count = 0
        self._request = request
        self._wanted = wanted
        self._page_size = page_size

    def summaries(self, client: Any) -> Iterator[dict[str, Any]]:
        while True:
            token = {} if self.next_token is None else {"NextToken": self.next_token}
            answer = client.list_opportunities(**self._request, **token, MaxResults=self._size())
            self.next_token = answer.get("NextToken") or None
            self.count += len(answer["OpportunitySummaries"])
            yield from answer["OpportunitySummaries"]
            if not self.next_token or self.count == self._wanted:
                return

    def _size(self) -> int:
        """The last page ends where the limit does, so that its token goes on without a gap."""
        size = LARGEST_PAGE if self._page_size is None else self._page_size
        return size if self._wanted is None else min(size, self._wanted - self.count)


def _members(filters: dict[str, Any]) -> dict[str, Any]:
    """The request's members for the options that were given."""
    lists = {member: list(filters[member]) for member, _ in LISTS.values() if filters[member]}
    ranges = {
        member: {name: filters[name] for name in (f"After{member}", f"Before{member}") if filters[name] is not None}
        for member, _, _ in RANGES.values()
    }
    return lists | {member: bounds for member, bounds in ranges.items() if bounds}


def _write(summaries: Iterator[dict[str, Any]], *, as_json: bool) -> None:
    from cosell.cli.table import write_table

    if as_json:
        for summary in summaries:
            click.echo(json.dumps(summary, ensure_ascii=False, default=_as_the_api_writes))
    elif listed := list(summaries):
        write_table(listed)


def _as_the_api_writes(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _about_nothing(filtered: bool, db: str, server: str | None, *, aws: bool, account: str, catalog: str) -> str:
    if filtered:
        return "No opportunity matches. Try it without the filters: cosell list"
    other = "Sandbox" if catalog == "AWS" else "AWS"
    if aws or server:
        return f"No opportunities in catalog {catalog}. Try the other one: --catalog {other}"
    make_some = f"cosell seed --db {shlex.quote(db)} --account {account} --catalog {catalog}"
    return f"No opportunities in catalog {catalog} of {db}. Make some: {make_some}"
