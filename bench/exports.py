"""(x) The console's files of all opportunities beside a boto3 program that pages through the same.

What the files hold has to add up, by currency, to what boto3 was told; if it does not, nothing is measured.
"""

import csv
import io
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

import boto3
from python_calamine import CalamineWorkbook

from bench.databases import ACCOUNT, CATALOG, seeded
from bench.figures import Figure, at_least, ratio_of_rates, seconds
from bench.over_http import SERVICE, served

TABLE: Final = "/console/opportunities"
LARGEST_PAGE: Final = 100
WANTED: Final = 3
SUMS: Final = (("AWS", "MonthlyAwsSpend"), ("Self", "MonthlyPartnerSpend"))

Sums = Counter[tuple[str, str]]


def exports_beside_boto3(rows: int, rounds: int) -> list[Figure]:
    """Rows a second of both files, by those of boto3's paginator with the largest pages."""
    with served(seeded(rows)) as url:
        wanted = _sums_of_boto3(url)
        files: dict[str, Callable[[bytes], Sequence[dict[str, Any]]]] = {"csv": _rows_of_csv, "xlsx": _rows_of_xlsx}
        for ending, read in files.items():
            if _sums(read(_file(url, ending))) != wanted:
                raise SystemExit(f"bench: the amounts of the {ending} file are not the API's")
        return [_figure(url, ending, rows, rounds) for ending in files]


def _figure(url: str, ending: str, rows: int, rounds: int) -> Figure:
    ratio, ours, theirs = ratio_of_rates(
        lambda: rows / seconds(lambda: _file(url, ending)), lambda: rows / seconds(lambda: _sums_of_boto3(url)), rounds
    )
    detail = f"{max(ours):,.0f} and {max(theirs):,.0f} rows a second"
    return at_least(f"all of {rows:,} opportunities as {ending} ÷ a boto3 loop through the same", ratio, WANTED, detail)


def _file(url: str, ending: str) -> bytes:
    with urllib.request.urlopen(f"{url}{TABLE}.{ending}?account={ACCOUNT}&catalog={CATALOG}") as answer:
        body: bytes = answer.read()
        return body


def _sums_of_boto3(url: str) -> Sums:
    keys: Any = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any", "region_name": "us-east-1"}
    client: Any = boto3.session.Session(**keys).client(SERVICE, endpoint_url=url)
    sums: Sums = Counter()
    paginator = client.get_paginator("list_opportunities")
    for page in paginator.paginate(Catalog=CATALOG, PaginationConfig={"PageSize": LARGEST_PAGE}):
        for summary in page["OpportunitySummaries"]:
            for spend in summary["Project"].get("ExpectedCustomerSpend", ()):
                sums[spend["TargetCompany"], spend["CurrencyCode"]] += Decimal(spend["Amount"])  # type: ignore[assignment]
    return sums


def _rows_of_csv(body: bytes) -> Sequence[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def _rows_of_xlsx(body: bytes) -> Sequence[dict[str, Any]]:
    head, *lines = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def _sums(rows: Sequence[dict[str, Any]]) -> Sums:
    sums: Sums = Counter()
    for row in rows:
        for place in ("", "2"):
            for company, column in SUMS:
                if row[column + place] != "":
                    sums[company, row[f"SpendCurrency{place}"]] += Decimal(str(row[column + place]))  # type: ignore[assignment]
    return sums
