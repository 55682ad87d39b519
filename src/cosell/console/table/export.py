"""Every opportunity that a table shows on any of its pages, as a file."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any, Final

from starlette.responses import Response

from cosell.console.table.question import columns_of, question_of
from cosell.console.visit.visit import Visit
from cosell.exports.columns import STEADY_SORT, SUMMARY_COLUMNS, Cell, Kind, Row, owner_of, summary_row
from cosell.exports.csv_file import csv_pieces
from cosell.exports.xlsx_file import xlsx_pieces

PAGE_SIZE: Final = 100
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

RECORD_CELLS: Final[Mapping[str, Callable[[Mapping[str, Any]], Cell]]] = {
    "Title": lambda record: (record.get("Project") or {}).get("Title"),
    "Owner": lambda record: owner_of(record.get("OpportunityTeam")),
}
"""What a file has beside its summaries where the table shows it."""

Pieces = Callable[[Mapping[str, Kind], Iterable[Iterable[Row]]], Generator[bytes, None, None]]


def opportunities_csv(visit: Visit) -> Response:
    """The opportunities that match, as CSV."""
    return _download(visit, csv_pieces, "text/csv; charset=utf-8", "opportunities.csv")


def opportunities_xlsx(visit: Visit) -> Response:
    """The opportunities that match, as a workbook."""
    return _download(visit, xlsx_pieces, XLSX_TYPE, "opportunities.xlsx")


def _download(visit: Visit, pieces: Pieces, content_type: str, filename: str) -> Response:
    request = {"Sort": STEADY_SORT, **question_of(visit.query), "MaxResults": PAGE_SIZE}
    first = visit.ask("ListOpportunities", **request)  # what is wrong with the question is told on a page
    more = [column.name for column in columns_of(visit.query) if column.only_in_records]

    def row_of(summary: dict[str, Any]) -> Row:
        record = visit.ask("GetOpportunity", Identifier=summary["Id"]) if more else {}
        return [*summary_row(summary), *(RECORD_CELLS[name](record) for name in more)]

    kinds: Mapping[str, Kind] = {**SUMMARY_COLUMNS, **dict.fromkeys(more, "text")}
    pages = (map(row_of, page) for page in _pages(visit, request, first))
    return visit.download(pieces(kinds, pages), content_type, filename)


def _pages(visit: Visit, request: Mapping[str, Any], answer: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    yield answer["OpportunitySummaries"]
    while token := answer.get("NextToken"):
        answer = visit.ask("ListOpportunities", **request, NextToken=token)
        yield answer["OpportunitySummaries"]
