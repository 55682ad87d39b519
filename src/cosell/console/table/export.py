"""Every opportunity that a table shows on any of its pages, as a file."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from starlette.responses import Response

from cosell.console.table.question import columns_of, question_of
from cosell.console.visit.visit import Visit
from cosell.exports.columns import STEADY_SORT, SUMMARY_COLUMNS, Cell, Kind, Row, owner_of, summary_row
from cosell.exports.csv_file import csv_pieces
from cosell.exports.xlsx_file import xlsx_pieces
from cosell.wire.model import paginators

PAGE_SIZE: Final = 100
RECORD_CELLS: Final[Mapping[str, Callable[[Mapping[str, Any]], Cell]]] = {
    "Title": lambda record: (record.get("Project") or {}).get("Title"),
    "Owner": lambda record: owner_of(record.get("OpportunityTeam")),
}
"""What a file has besides its summaries if the table shows it."""

Form: TypeAlias = Literal["csv", "xlsx"]
Pieces: TypeAlias = Callable[[Mapping[str, Kind], Iterable[Iterable[Row]]], Generator[bytes, None, None]]

_FORMS: Final[Mapping[Form, tuple[Pieces, str]]] = {
    "csv": (csv_pieces, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_pieces, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def opportunities_csv(visit: Visit) -> Response:
    """The opportunities that match, as CSV."""
    return _opportunities(visit, "csv")


def opportunities_xlsx(visit: Visit) -> Response:
    """The opportunities that match, as a workbook."""
    return _opportunities(visit, "xlsx")


def download(
    visit: Visit,
    form: Form,
    operation: str,
    question: Mapping[str, Any],
    columns: Mapping[str, Kind],
    row_of: Callable[[Mapping[str, Any]], Row],
) -> Response:
    """Everything that an operation returns for a query, page after page. Raises ApiError if it refuses the first."""
    request = {"Sort": STEADY_SORT, **question, "MaxResults": PAGE_SIZE}
    first = visit.ask(operation, **request)
    pages = (map(row_of, page) for page in _pages(visit, operation, request, first))
    pieces, content_type = _FORMS[form]
    return visit.download(pieces(columns, pages), content_type, f"opportunities.{form}")


def _opportunities(visit: Visit, form: Form) -> Response:
    more = [column.name for column in columns_of(visit.query) if column.only_in_records]

    def row_of(summary: Mapping[str, Any]) -> Row:
        record = visit.ask("GetOpportunity", Identifier=summary["Id"]) if more else {}
        return [*summary_row(summary), *(RECORD_CELLS[name](record) for name in more)]

    columns: Mapping[str, Kind] = {**SUMMARY_COLUMNS, **dict.fromkeys(more, "text")}
    return download(visit, form, "ListOpportunities", question_of(visit.query), columns, row_of)


def _pages(
    visit: Visit, operation: str, request: Mapping[str, Any], answer: dict[str, Any]
) -> Iterator[list[dict[str, Any]]]:
    result_key = paginators()[operation].result_key
    yield answer[result_key]
    while token := answer.get("NextToken"):
        answer = visit.ask(operation, **request, NextToken=token)
        yield answer[result_key]
