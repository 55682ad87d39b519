"""What the commands that list opportunities share: their options, whom they call, and how they show the results."""

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, TypeVar

import click
import msgspec

from cosell.cli.clients import NETWORK, Failed, client_in_process, client_of_aws, client_of_server, errors_as_lines
from cosell.cli.listing_file import write_file
from cosell.cli.options import setting
from cosell.cli.refusals import Typed
from cosell.cli.start import start_step
from cosell.cli.table import Column
from cosell.cli.typed import again, see_help, server_asked
from cosell.cli.types import OneOf, Whole
from cosell.errors import UserError
from cosell.exports.columns import STEADY_SORT
from cosell.passwords import shown
from cosell.suggestion import suggested
from cosell.wire.model import paginators
from cosell.wire.types import snake_case

DEFAULT_LIMIT: Final = 20
LARGEST_PAGE: Final = 100

Function = TypeVar("Function", bound=Callable[..., Any])


class Listing(msgspec.Struct, frozen=True):
    """What such a command was asked for, beside its own options."""

    sort: str | None
    order: str | None
    limit: int | None
    everything: bool
    page_size: int | None
    next_token: str | None
    as_json: bool
    csv: str | None
    xlsx: str | None
    db: str
    url: str | None
    aws: bool
    profile: str | None
    account: str
    catalog: str

    def __post_init__(self) -> None:
        """Raises UserError for options that exclude each other."""
        if self.everything and self.limit:
            raise UserError("--all and --limit contradict each other", "leave out one of them")
        if self.profile and not self.aws:
            raise UserError("--profile is for AWS", "add --aws")
        if self.as_json + (self.csv is not None) + (self.xlsx is not None) > 1:
            raise UserError("--json, --csv and --xlsx exclude each other", "choose one of them")
        if self.xlsx == "-":
            raise UserError("--xlsx needs a file to write to", "name one, such as --xlsx deals.xlsx")

    @property
    def wanted(self) -> int | None:
        """How many summaries to show; None for all."""
        return None if self.everything or (self.to_file and not self.limit) else self.limit or DEFAULT_LIMIT

    @property
    def to_file(self) -> bool:
        """Whether a file is to be written, which contains everything unless it is limited."""
        return self.csv is not None or self.xlsx is not None

    def request(self, members: dict[str, Any]) -> dict[str, Any]:
        """The request for these members, in the order that was asked for."""
        request = {"Catalog": self.catalog, **members}
        if self.sort or self.order:
            request["Sort"] = {
                "SortBy": self.sort or "LastModifiedDate",
                "SortOrder": "DESCENDING" if self.order == "desc" else "ASCENDING",
            }
        elif self.to_file:
            request["Sort"] = STEADY_SORT
        return request

    def page_request(self, request: dict[str, Any], next_token: str | None, shown: int) -> dict[str, Any]:
        """The request for the next page. The last page ends where the limit does, so that its token leaves no gap."""
        size = LARGEST_PAGE if self.page_size is None else self.page_size
        token = {} if next_token is None else {"NextToken": next_token}
        return {**request, **token, "MaxResults": size if self.wanted is None else min(size, self.wanted - shown)}


def listing_options(sort_keys: Sequence[str]) -> Callable[[Function], Function]:
    """The options of such a command, given to the function as one `listing`."""
    options = [
        click.option(
            "--sort",
            type=OneOf(sort_keys, noun="a sort key", case_sensitive=False),
            metavar="KEY",
            help=f"What to sort by: {', '.join(sort_keys)}.",
        ),
        click.option("--order", type=OneOf(["asc", "desc"]), help="Which end comes first."),
        click.option(
            "--limit", type=Whole(min=1), help=f"How many, over as many pages as that takes. [{DEFAULT_LIMIT}]"
        ),
        click.option("--all", "everything", is_flag=True, help="All, instead of --limit."),
        click.option("--page-size", type=Whole(min=1, max=LARGEST_PAGE), help="How many to request at once, 1 to 100."),
        click.option("--next-token", help="Continue where an earlier list ended."),
        click.option("--json", "as_json", is_flag=True, help="JSON lines, each a summary as the API gives it."),
        click.option("--csv", metavar="FILE", help="Write all that match into a CSV file; - is standard output."),
        click.option("--xlsx", metavar="FILE", help="Write all that match into a workbook for Excel."),
        setting("db"),
        setting("url", default=None, show_default=False, help="Ask a running cosell instead of a database."),
        click.option("--aws", is_flag=True, help="Ask AWS, as your own AWS configuration says."),
        click.option("--profile", help="The profile of your AWS configuration, with --aws."),
        setting("account"),
        setting("catalog"),
    ]

    def with_options(function: Function) -> Function:
        @functools.wraps(function)
        def called(**given: Any) -> Any:
            given["url"] = server_asked()
            return function(listing=Listing(**{name: given.pop(name) for name in Listing.__struct_fields__}), **given)

        for option in reversed(options):
            called = option(called)
        return called  # type: ignore[return-value]  # click's options keep the function

    return with_options


def show(
    listing: Listing,
    operation: str,
    request: dict[str, Any],
    about_nothing: Callable[[], str],
    columns: Sequence[Column],
    options: Mapping[str, str],
) -> int:
    """Fetch, and print the results as a table or as JSON lines; returns the exit code.

    `options` are the typed options that set members of the request.
    """
    pages = _Pages(listing, operation, request)
    try:
        with (
            errors_as_lines(
                start_step(listing.url) if listing.url else NETWORK,
                Typed(listing.page_request(request, listing.next_token, 0), options, see_help()),
            ),
            _client(listing) as client,
        ):
            if listing.to_file:
                write_file(pages.answers(client), operation, listing.csv, listing.xlsx)
            else:
                _write(chain.from_iterable(pages.answers(client)), columns, as_json=listing.as_json)
    except Failed as failed:
        for line in failed.lines:
            click.echo(f"cosell: {line}", err=True)
        return failed.exit_code
    if pages.next_token:
        click.echo(f"More follow: {again(next_token=pages.next_token)}", err=True)
    elif not pages.count:
        click.echo(about_nothing(), err=True)
    return 0


def about_no_opportunities(listing: Listing) -> str:
    """What to do about an empty catalog."""
    if listing.aws or listing.url:
        other = "Sandbox" if listing.catalog == "AWS" else "AWS"
        return f"No opportunities in catalog {listing.catalog}. Look into the other one: {again(catalog=other)}"
    make_some = suggested("seed", db=listing.db, account=listing.account, catalog=listing.catalog)
    return f"No opportunities in catalog {listing.catalog} of {shown(listing.db)}. Make some: {make_some}"


def _client(listing: Listing) -> AbstractContextManager[Any]:
    if listing.aws:
        return nullcontext(client_of_aws(listing.profile))
    if listing.url:
        return nullcontext(client_of_server(listing.url, listing.account))
    return client_in_process(listing.db, listing.account)


class _Pages:
    """Summaries from page after page. Afterwards `next_token` says where more follow, if more do."""

    def __init__(self, listing: Listing, operation: str, request: dict[str, Any]) -> None:
        self.next_token = listing.next_token
        self.count = 0
        self._listing = listing
        self._operation = operation
        self._request = request

    def answers(self, client: Any) -> Iterator[list[dict[str, Any]]]:
        ask = getattr(client, snake_case(self._operation))
        result_key = paginators()[self._operation].result_key
        while True:
            answer = ask(**self._listing.page_request(self._request, self.next_token, self.count))
            self.next_token = answer.get("NextToken") or None
            self.count += len(answer[result_key])
            yield answer[result_key]
            if not self.next_token or self.count == self._listing.wanted:
                return


def _write(summaries: Iterable[dict[str, Any]], columns: Sequence[Column], *, as_json: bool) -> None:
    from cosell.cli.table import write_table

    if as_json:
        for summary in summaries:
            click.echo(json.dumps(summary, ensure_ascii=False, default=_as_the_api_writes))
    elif listed := list(summaries):
        write_table(listed, columns=columns)


def _as_the_api_writes(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
