"""Files of the table: everything that matches, with numbers that a spreadsheet can add up."""

import asyncio
import csv
import http.client
import io
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import cosell
from cosell.console.visit.streaming import StreamedFile
from cosell.errors import UserError
from cosell.exports import xlsx_file
from cosell.exports.columns import SUMMARY_COLUMNS, Kind, Row, summary_row
from cosell.exports.csv_file import csv_pieces
from cosell.exports.xlsx_file import xlsx_pieces
from tests.complete_opportunity import completing
from tests.console.conftest import NAMES, Site
from tests.event_loop import run_apart

TABLE = "/console/opportunities"
AWS, PARTNER = "MonthlyAwsSpend", "MonthlyPartnerSpend"


def download(site: Site, ending: str, *query: tuple[str, str], of: str = TABLE) -> tuple[dict[str, str], bytes]:
    """Headers and body of a file."""
    connection = http.client.HTTPConnection("127.0.0.1", site.server.port, timeout=60)
    connection.request("GET", site.address(of + ending, *query))
    response = connection.getresponse()
    assert response.status == 200
    headers = {name.lower(): value for name, value in response.getheaders()}
    body = response.read()
    connection.close()
    return headers, body


def rows_of_csv(body: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def rows_of_xlsx(body: bytes) -> list[dict[str, Any]]:
    """As another library reads them, sheet after sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    rows: list[dict[str, Any]] = []
    for name in book.sheet_names:
        head, *lines = book.get_sheet_by_name(name).to_python()
        rows += [dict(zip(map(str, head), line, strict=True)) for line in lines]
    return rows


def sums(rows: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """The spends of a file by column and currency."""
    total: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for end in ("", "2"):
            for column in (AWS, PARTNER):
                if row[column + end] != "":
                    total[column, row["SpendCurrency" + end]] += Decimal(str(row[column + end]))  # type: ignore[assignment]
    return total


def summaries_of(client: Any, **question: Any) -> list[dict[str, Any]]:
    pages = client.get_paginator("list_opportunities").paginate(Catalog="Sandbox", **question)
    return [summary for page in pages for summary in page["OpportunitySummaries"]]


def sums_of_the_api(summaries: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    total: Counter[tuple[str, str]] = Counter()
    for summary in summaries:
        for spend in summary["Project"].get("ExpectedCustomerSpend", []):
            column = PARTNER if spend["TargetCompany"] == "Self" else AWS
            total[column, spend["CurrencyCode"]] += Decimal(spend["Amount"])  # type: ignore[assignment]
    return total


@pytest.fixture(scope="module")
def files(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Both files of the whole table."""
    return {".csv": rows_of_csv(download(site, ".csv")[1]), ".xlsx": rows_of_xlsx(download(site, ".xlsx")[1])}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_files_have_all_that_matches_and_add_up(
    site: Site, files: dict[str, list[dict[str, Any]]], ending: str
) -> None:
    summaries = summaries_of(site.server.client())
    rows = files[ending]
    assert {row["Id"] for row in rows} == {summary["Id"] for summary in summaries}
    assert len(rows) == len(summaries)
    assert sums(rows) == sums_of_the_api(summaries)
    assert {currency for _, currency in sums(rows)} >= {"USD", "EUR"}


def test_a_workbook_has_numbers_and_dates_as_such(files: dict[str, list[dict[str, Any]]]) -> None:
    by_id = {row["Id"]: row for row in files[".csv"]}
    for row in files[".xlsx"]:
        assert isinstance(row[AWS], float) or row[AWS] == ""
        assert isinstance(row["CreatedDate"], datetime)
        assert isinstance(row["TargetCloseDate"], date)
        assert row["CreatedDate"] == datetime.fromisoformat(by_id[row["Id"]]["CreatedDate"][:-1])
    assert {row["CompanyName"] for row in files[".xlsx"]} >= set(NAMES.values())


def test_a_file_follows_the_filters_and_the_order_of_the_table_and_not_its_page(site: Site) -> None:
    question = [("LifeCycleStage", "Qualified"), ("SortBy", "Identifier"), ("SortOrder", "ASCENDING")]
    headers, body = download(site, ".csv", *question, ("MaxResults", "3"))
    identifiers = [row["Id"] for row in rows_of_csv(body)]
    expected = summaries_of(
        site.server.client(),
        LifeCycleStage=["Qualified"],
        Sort={"SortBy": "Identifier", "SortOrder": "ASCENDING"},
    )
    assert identifiers == [summary["Id"] for summary in expected]
    assert len(identifiers) > 3
    assert headers["transfer-encoding"] == "chunked"
    assert headers["content-disposition"] == 'attachment; filename="opportunities.csv"'


def test_a_csv_file_begins_with_what_excel_looks_for_and_has_no_formulas(site: Site) -> None:
    headers, body = download(site, ".csv", ("CustomerCompanyName", NAMES["formula"]))
    assert body.startswith(b"\xef\xbb\xbfId,PartnerOpportunityIdentifier,CompanyName,Industry,")
    assert b",'=HYPERLINK(1)," in body
    assert headers["content-type"] == "text/csv; charset=utf-8"


def test_a_question_that_the_api_refuses_makes_no_file(site: Site) -> None:
    assert "INVALID_ENUM_VALUE" in site.page(TABLE + ".csv", ("LifeCycleStage", "Nowhere"), status=400).text


def test_a_search_becomes_a_file_of_all_that_it_finds(site: Site) -> None:
    csv_rows, xlsx_rows = (
        read(download(site, ending, ("Keyword", NAMES["template"]), of="/console/search")[1])
        for ending, read in ((".csv", rows_of_csv), (".xlsx", rows_of_xlsx))
    )
    assert [row["Id"] for row in csv_rows] == [site.identifiers["template"]] == [row["Id"] for row in xlsx_rows]
    assert [(row["SpendCurrency"], float(row["MonthlySpend"])) for row in csv_rows + xlsx_rows] == [("GBP", 1234.5)] * 2
    assert "download>CSV</a>" in site.page("/console/search").source


def test_every_member_of_a_summary_has_a_column() -> None:
    client: Any = completing(cosell.connect())
    spends = [
        {"Amount": "10.5", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"},
        {"Amount": "7.", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "Self"},
        {"Amount": "2", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "Self"},
    ]
    client.create_opportunity(Catalog="Sandbox", ClientToken="1", PartnerOpportunityIdentifier="CRM-1")
    (summary,) = client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    summary["Project"]["ExpectedCustomerSpend"] = spends
    row = dict(zip(SUMMARY_COLUMNS, summary_row(summary), strict=True))
    assert [row[name] for name in SUMMARY_COLUMNS if "Spend" in name][:-1] == ["EUR", 1050, 200, "USD", None, 700]
    told = " ".join(str(cell) for cell in row.values())
    for value in leaves(summary):
        assert str(value) in told or value in (summary["CreatedDate"], summary["LastModifiedDate"])


def test_an_entry_without_an_amount_adds_nothing() -> None:
    spends = [{"TargetCompany": "AWS", "Frequency": "Monthly"}, {"Amount": "5", "TargetCompany": "Self"}]
    row = dict(
        zip(SUMMARY_COLUMNS, summary_row({"Id": "O1", "Project": {"ExpectedCustomerSpend": spends}}), strict=True)
    )
    assert [row[name] for name in ("SpendCurrency", "MonthlyAwsSpend", "MonthlyPartnerSpend")] == ["?", None, 500]


def leaves(value: Any) -> Iterator[Any]:
    """Every value that has no members."""
    if isinstance(value, dict):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


HOSTILE: dict[str, Any] = {
    "longer than a cell": ("x" * 40_000, "x" * 32_766 + "…"),
    "markup of a workbook": ("<r><t>a</r>", "<r><t>a</r>"),
    "half a character": ("a\ud83d", "a?"),
    "formula": ("=1+1", "=1+1"),
    "address": ("https://example.com", "https://example.com"),
    "control": ("a\x01b", "a\x01b"),
}


def cells_of_xlsx(kinds: dict[str, Kind], rows: list[Row]) -> list[list[Any]]:
    body = b"".join(xlsx_pieces(kinds, [rows]))
    return [list(row.values()) for row in rows_of_xlsx(body)]


def test_no_text_of_a_workbook_is_lost_or_takes_its_neighbours_along() -> None:
    rows: list[Row] = [[text, "neighbour"] for text, _ in HOSTILE.values()]
    assert cells_of_xlsx({"A": "text", "B": "text"}, rows) == [[told, "neighbour"] for _, told in HOSTILE.values()]


def test_what_a_cell_cannot_hold_as_a_number_or_a_day_stays_as_a_text() -> None:
    kinds: dict[str, Kind] = {"A": "money", "B": "number", "C": "day"}
    rows: list[Row] = [[123_450, "12", "2026-01-31"], [None, "", None], [2**60 + 1, "twelve", "1899-12-31"]]
    assert cells_of_xlsx(kinds, rows) == [
        [1234.5, 12, date(2026, 1, 31)],
        ["", "", ""],
        ["11529215046068469.77", "twelve", "1899-12-31"],
    ]


def test_a_kind_of_cell_may_change_from_row_to_row() -> None:
    rows: list[Row] = [[None, "x"], [2**60, "12"], [123_450, None], [None, "7"]]
    assert cells_of_xlsx({"A": "money", "B": "number"}, rows) == [
        ["", "x"], ["11529215046068469.76", 12], [1234.5, ""], ["", 7]
    ]  # fmt: skip


def test_an_empty_table_has_a_head() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(xlsx_pieces({"A": "text", "B": "day"}, [[]]))))
    assert book.get_sheet_by_index(0).to_python() == [["A", "B"]]


def test_more_than_a_sheet_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MOST_ROWS", 3)
    with pytest.raises(UserError, match="a workbook holds 2 opportunities at most"):
        list(xlsx_pieces({"A": "text"}, [[["1"], ["2"], ["3"]], *[[["4"]]] * 10]))


def test_a_file_that_nobody_wants_any_more_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pieces = xlsx_pieces({"A": "text"}, [[["1"]], [["2"]]])
    next(pieces)
    assert list(tmp_path.iterdir())
    pieces.close()
    assert list(tmp_path.iterdir()) == []


def test_a_page_of_csv_is_on_its_way_before_the_next_one_is_asked_for() -> None:
    asked = []

    def pages() -> Iterator[list[Row]]:
        for number in "12":
            asked.append(number)
            yield [[number]]

    pieces = csv_pieces({"A": "text"}, pages())
    assert next(pieces).decode() == "\ufeffA\r\n1\r\n"
    assert asked == ["1"]
    assert b"".join(pieces) == b"2\r\n"


async def deliver(
    pieces: Generator[bytes, None, None], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Send a file that is made of these pieces."""
    with ThreadPoolExecutor(1) as threads:
        file = StreamedFile(pieces, {}, "text/csv")
        file.rest_by(threads)
        await file({}, receive, send)


def test_a_file_that_cannot_be_finished_has_no_end() -> None:
    messages: list[Any] = []

    def broken() -> Generator[bytes, None, None]:
        yield b"Id"
        raise ValueError

    async def stay() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        messages.append(message)

    with pytest.raises(ValueError):
        run_apart(deliver(broken(), stay, send))
    assert [message.get("more_body") for message in messages] == [None, True]


def test_nothing_is_made_for_a_visitor_who_has_gone() -> None:
    sent: list[Any] = []

    def endless() -> Generator[bytes, None, None]:
        while True:
            yield b"Id"

    async def go() -> Any:
        while len(sent) < 2:
            await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    run_apart(deliver(endless(), go, send))
    assert all(message.get("more_body", True) for message in sent)
