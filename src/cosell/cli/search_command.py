"""`cosell search`: find opportunities by keyword and conditions, in a database, a running cosell, or AWS."""

from collections.abc import Iterator
from typing import Any, Final

import click

from cosell.cli.listing import Listing, about_no_opportunities, listing_options, show
from cosell.cli.table import SEARCH_COLUMNS, printable
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.listed import listed_values, unlisted
from cosell.rules.search.where import Mistake, parse

OPERATION: Final = "SearchOpportunities"
SORT_KEYS: Final = [name for name, field in FIELDS.items() if field.sortable]
OPTIONS: Final = {"Keyword": "KEYWORD", "MaxResults": "--page-size", "NextToken": "--next-token"}
WIDEST: Final = 76
"""Characters that are shown of a text in which something is wrong."""
MOST_NAMED: Final = 12
"""How many values of a field are listed."""


@click.command("search")
@click.argument("keyword", nargs=-1, metavar="[KEYWORD]")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="Such as 'Stage = Qualified and EstimatedMrr >= 1000'. May be repeated; all must hold.",
)
@click.option("--show-request", is_flag=True, help="Send nothing: print the request for boto3, the AWS CLI and curl.")
@listing_options(SORT_KEYS)
def search_command(keyword: tuple[str, ...], where: tuple[str, ...], show_request: bool, listing: Listing) -> int:
    """Find opportunities by a keyword, and by conditions, as SearchOpportunities does.

    The KEYWORD is part of the identifier, the partner's own identifier, the company's name, the project's title, the
    next steps or the owner's name.

    A condition is a field, an operator and a value: = != in, contains and contains any of, has and has all of for
    texts; > >= < <= for dates and numbers. Conditions are joined by and, or, not and parentheses.
    """
    members: dict[str, Any] = {"Keyword": " ".join(keyword)} if keyword else {}
    try:
        if where:
            members["Filter"] = parse(*where)
    except Mistake as mistake:
        for line in _told(mistake):
            click.echo(line, err=True)
        return 2
    for wrong in unlisted(members["Filter"]) if where else ():
        close = wrong.meant
        next_step = f"did you mean {close!r}?" if close else f"known are {_some(listed_values(wrong.field))}"
        click.echo(f"cosell: --where: {printable(wrong.sentence)}; {next_step}", err=True)
    request = listing.request(members)
    if show_request:
        from cosell.cli.shown_request import shown_request

        click.echo(shown_request(listing, OPERATION, listing.page_request(request, listing.next_token, 0)))
        return 0
    return show(listing, OPERATION, request, lambda: _about_nothing(members, listing), SEARCH_COLUMNS, OPTIONS)


def _some(values: tuple[str, ...]) -> str:
    """The values, or only the first ones if they are many."""
    return ", ".join(values if len(values) <= MOST_NAMED else (*values[:MOST_NAMED], "…"))


def _told(mistake: Mistake) -> Iterator[str]:
    """What is wrong and what to do, and below it the place in the text."""
    from rich.cells import cell_len  # some characters take two places

    begin = max(0, min(mistake.start - WIDEST // 2, len(mistake.text) - WIDEST))
    shown = printable(mistake.text[begin : begin + WIDEST])
    before, marked = shown[: mistake.start - begin], shown[mistake.start - begin : mistake.end - begin]
    yield f"cosell: --where: {printable(mistake.message)}; {printable(mistake.next_step)}"
    yield f"  {shown}"
    yield f"  {' ' * cell_len(before)}{'^' * max(1, cell_len(marked))}"


def _about_nothing(members: dict[str, Any], listing: Listing) -> str:
    if "Filter" in members:
        return "No opportunity matches. =, in and has compare exactly; contains ignores case."
    if "Keyword" not in members:
        return about_no_opportunities(listing)
    try:
        parse(members["Keyword"])
    except Mistake:
        return "No opportunity matches. Other fields than those of the keyword are asked with --where."
    return "No opportunity matches. This keyword is a condition: put --where before it."
