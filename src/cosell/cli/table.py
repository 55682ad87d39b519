"""Summaries as a table: fitted to a terminal, and in plain columns for everything else."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TextIO

from cosell.exports.columns import owner_of
from cosell.rules.opportunity.spend import aws_spend, decimal

GAP: Final = 2
"""Spaces between columns."""
NARROWEST: Final = 12
"""Of the column that shrinks."""

Summary = Mapping[str, Any]


class Column(NamedTuple):
    """A column: its head, its text for a summary, and in which order columns are dropped on a narrow terminal."""

    head: str
    text: Callable[[Summary], str]
    gives_way: int  # 0: never; the highest goes first
    is_number: bool = False
    shrinks: bool = False  # the first thing to happen on a narrow terminal; one column of a table does


def _aws_spend(summary: Summary) -> str:
    total = aws_spend(summary.get("Project", {}).get("ExpectedCustomerSpend") or ())
    return ", ".join(f"{decimal(amount)} {currency}" for currency, amount in total.items())


def _every_spend(summary: Summary) -> str:
    """A search does not say with whom a customer spends it."""
    spends = summary.get("Project", {}).get("ExpectedCustomerSpend") or []
    return ", ".join(f"{spend.get('Amount') or '?'} {spend.get('CurrencyCode', '')}" for spend in spends)


def _modified(summary: Summary) -> str:
    stamp = summary.get("LastModifiedDate")
    return stamp.strftime("%Y-%m-%d %H:%M:%S") if isinstance(stamp, datetime) else ""


def _tags(summary: Summary) -> str:
    return ", ".join(f"{tag['Key']}={tag['Value']}" for tag in summary.get("Tags") or [])


def _aws_side(summary: Summary) -> Mapping[str, Any]:
    aws_side: Mapping[str, Any] = summary.get("AwsOpportunitySummary") or {}
    return aws_side


_ID: Final = Column("Id", lambda summary: summary.get("Id", ""), 0)
_COMPANY: Final = Column("Company", lambda summary: _account(summary).get("CompanyName", ""), 0, shrinks=True)
_COUNTRY: Final = Column("Country", lambda summary: _address(summary).get("CountryCode", ""), 5)
_STAGE: Final = Column("Stage", lambda summary: summary.get("LifeCycle", {}).get("Stage", ""), 1)
_REVIEW: Final = Column("Review", lambda summary: summary.get("LifeCycle", {}).get("ReviewStatus", ""), 2)
_CLOSE: Final = Column("Target close", lambda summary: summary.get("LifeCycle", {}).get("TargetCloseDate", ""), 3)
_SPEND: Final = Column("Spend a month", _aws_spend, 4, is_number=True)
_MODIFIED: Final = Column("Modified (UTC)", _modified, 6)

COLUMNS: Final = (_ID, _COMPANY, _COUNTRY, _STAGE, _REVIEW, _CLOSE, _SPEND, _MODIFIED)
"""Of what a list answers."""

SEARCH_COLUMNS: Final = (
    _ID,
    _COMPANY,
    Column("Project", lambda summary: summary.get("Project", {}).get("Title", ""), 11),
    _COUNTRY,
    _STAGE,
    _REVIEW,
    _CLOSE,
    Column("Expected spend", _every_spend, 4, is_number=True),
    Column("Owner", lambda summary: owner_of(summary.get("OpportunityTeam")), 8),
    Column("Tags", _tags, 10),
    Column("Origin", lambda summary: _aws_side(summary).get("Origin", ""), 9),
    Column("AWS score", lambda summary: _aws_side(summary).get("Insights", {}).get("EngagementScore", ""), 7),
    _MODIFIED,
)
"""Of what a search answers, which also knows the owner, the tags and AWS's side."""


def write_table(summaries: Iterable[Summary], to: TextIO | None = None, columns: Sequence[Column] = COLUMNS) -> None:
    """Write a table to `to` (standard output), with colour and fitted to its width only where it is a terminal."""
    to = to or sys.stdout
    rows = [[printable(column.text(summary)) for column in columns] for summary in summaries]
    if to.isatty():
        _write_fitted(rows, to, columns)
    else:
        _write_plain(rows, to, columns)


def _write_plain(rows: Sequence[Sequence[str]], to: TextIO, columns: Sequence[Column]) -> None:
    widths = _widths(rows, columns)
    for row in ([column.head for column in columns], *rows):
        cells = (_padded(text, width, column) for text, width, column in zip(row, widths, columns, strict=True))
        to.write((" " * GAP).join(cells).rstrip() + "\n")


def _write_fitted(rows: Sequence[Sequence[str]], to: TextIO, columns: Sequence[Column]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=to)
    widths = _fitted(_widths(rows, columns), console.width, columns)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for index, width in widths.items():
        table.add_column(
            columns[index].head,
            justify="right" if columns[index].is_number else "left",
            no_wrap=True,
            overflow="ellipsis",
            style="bold cyan" if index == 0 else "",
            width=width,
        )
    for row in rows:
        table.add_row(*(Text(row[index]) for index in widths))
    console.print(table)


def _fitted(widths: Sequence[int], terminal: int, columns: Sequence[Column]) -> dict[int, int]:
    """The columns that fit into a terminal, and their widths: first one of them shrinks, then columns go."""
    kept = dict(enumerate(widths))
    shrinking = next(index for index, column in enumerate(columns) if column.shrinks)
    while (excess := sum(kept.values()) + GAP * (len(kept) - 1) - terminal) > 0:
        if kept[shrinking] - excess >= NARROWEST:
            kept[shrinking] -= excess
            break
        last = max(kept, key=lambda index: columns[index].gives_way)
        if not columns[last].gives_way:
            break
        del kept[last]
    return kept


def _widths(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[int]:
    from rich.cells import cell_len  # some characters take two places

    return [
        max(len(column.head), *(cell_len(row[index]) for row in rows)) if rows else len(column.head)
        for index, column in enumerate(columns)
    ]


def _padded(text: str, width: int, column: Column) -> str:
    from rich.cells import cell_len

    padding = " " * (width - cell_len(text))
    return padding + text if column.is_number else text + padding


def printable(text: str) -> str:
    """Without characters that would move a terminal's cursor, colour it, or end the row."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _account(summary: Summary) -> Mapping[str, Any]:
    account: Mapping[str, Any] = summary.get("Customer", {}).get("Account", {})
    return account


def _address(summary: Summary) -> Mapping[str, str]:
    address: Mapping[str, str] = _account(summary).get("Address", {})
    return address
