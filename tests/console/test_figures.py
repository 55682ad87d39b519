"""Every figure of the pipeline is what a plain count over `cosell dump` gives, and opens the table with just that."""

import csv
import io
import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from cosell.console.words import short_money
from tests.conftest import ACCOUNT, COSELL
from tests.console.conftest import Document, Site

Record = dict[str, Any]
STAGES = [
    *("Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed"),
    *("Launched", "Closed Lost"),
]
AGES = [(0, 7), (7, 30), (30, 91), (91, 182), (182, 10**6)]


@pytest.fixture(scope="session")
def records(site: Site) -> list[Record]:
    """What `cosell dump` writes of the account."""
    done = subprocess.run([*COSELL, "dump", "--account", ACCOUNT], capture_output=True, check=True, cwd=site.folder)
    return [json.loads(line) for line in done.stdout.splitlines()]


def table(site: Site, picture: str) -> dict[str, list[str]]:
    """The figures of a picture, by label."""
    status, headers, text = site.request("GET", site.address(f"/console/pipeline/{picture}.csv"))
    assert status == 200
    assert headers["content-disposition"] == f'attachment; filename="{picture}.csv"'
    _, *rows = csv.reader(io.StringIO(text))
    return {label: values for label, *values in rows}


def counted(values: Iterable[str]) -> dict[str, list[str]]:
    return {label: [str(count)] for label, count in Counter(values).items()}


def without_zeros(figures: dict[str, list[str]]) -> dict[str, list[str]]:
    return {label: values for label, values in figures.items() if values != ["0"]}


def test_the_funnel(site: Site, records: list[Record]) -> None:
    assert list(table(site, "stages")) == STAGES
    assert without_zeros(table(site, "stages")) == counted(record["LifeCycle"]["Stage"] for record in records)


def test_the_expected_spend_of_each_currency_by_itself(site: Site, records: list[Record]) -> None:
    currencies = set()
    for record in records:
        currencies |= {spend["CurrencyCode"] for spend in record.get("Project", {}).get("ExpectedCustomerSpend", [])}
    assert len(currencies) > 1
    for currency in currencies:
        expected = {stage: (Decimal(0), 0) for stage in STAGES}
        for record in records:
            amounts = [
                Decimal(spend["Amount"])
                for spend in record.get("Project", {}).get("ExpectedCustomerSpend", [])
                if spend["CurrencyCode"] == currency and spend["TargetCompany"] == "AWS"
            ]
            total, count = expected[record["LifeCycle"]["Stage"]]
            expected[record["LifeCycle"]["Stage"]] = sum(amounts, total), count + bool(amounts)
        shown = table(site, f"spend-{currency.lower()}")
        assert {stage: (Decimal(amount), int(count)) for stage, (amount, count) in shown.items()} == expected


def test_how_long_nothing_has_happened(site: Site, records: list[Record]) -> None:
    today = datetime.now(UTC).date()
    expected = {
        status: [0] * len(AGES)
        for status in ("Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required")
    }
    for record in records:
        age = max((today - date.fromisoformat(record["LastModifiedDate"][:10])).days, 0)
        (place,) = [index for index, (since, to) in enumerate(AGES) if since <= age < to]
        expected[record["LifeCycle"]["ReviewStatus"]][place] += 1
    assert table(site, "ageing") == {status: [str(count) for count in counts] for status, counts in expected.items()}


def test_the_months_of_target_close_dates(site: Site, records: list[Record]) -> None:
    shown = table(site, "closes")
    months = [label for label in shown if label not in ("earlier", "later")]
    expected = {label: [0, 0, 0] for label in shown}
    for record in records:
        month = record["LifeCycle"].get("TargetCloseDate", "")[:7]
        if not month:
            continue
        label = month if month in months else "earlier" if month < months[0] else "later"
        expected[label][max(STAGES.index(record["LifeCycle"]["Stage"]) - 4, 0)] += 1
    assert shown == {label: [str(count) for count in counts] for label, counts in expected.items()}
    assert months[6] == datetime.now(UTC).date().isoformat()[:7]


@pytest.mark.parametrize(("picture", "member"), [("created", "CreatedDate"), ("modified", "LastModifiedDate")])
def test_what_happened_each_day(site: Site, records: list[Record], picture: str, member: str) -> None:
    days = Counter(record[member][:10] for record in records)
    today = datetime.now(UTC).date()
    shown = [(today - timedelta(days=distance)).isoformat() for distance in range(29, -1, -1)]
    assert sum(days[day] for day in shown[:-1]), "the pipeline looks back from today"
    assert table(site, picture) == {day: [str(days[day])] for day in shown}


def test_what_was_won_and_why_the_rest_was_lost(site: Site, records: list[Record]) -> None:
    lost = [record["LifeCycle"] for record in records if record["LifeCycle"]["Stage"] == "Closed Lost"]
    won = sum(record["LifeCycle"]["Stage"] == "Launched" for record in records)
    assert table(site, "outcomes") == {"Launched": [str(won)], "Closed Lost": [str(len(lost))]}
    assert table(site, "reasons") == counted(life_cycle["ClosedLostReason"] for life_cycle in lost)
    assert f"{won * 100 / (won + len(lost)):.1f} %" in site.page("/console/pipeline").text


def test_the_customers_with_the_most_opportunities(site: Site, records: list[Record]) -> None:
    names = Counter(record["Customer"]["Account"]["CompanyName"].casefold() for record in records)
    best = sorted(names.items(), key=lambda item: (-item[1], item[0]))[:10]
    shown = table(site, "customers")
    assert [(label.lstrip("'").casefold(), int(count)) for label, (count,) in shown.items()] == best


def test_each_figure_opens_the_table_that_it_counts(site: Site) -> None:
    page = site.page("/console/pipeline")
    figures = [
        (one["href"], *one["aria-label"].rpartition(": ")[2].partition("; opens ")[::2])
        for one in page.with_attribute("aria-label")
        if one.get("href", "").startswith("/console/opportunities?")
    ]
    assert len(figures) > 60
    for address, figure, opens in figures:
        if not opens:
            assert len(walked(site, address)) == int(figure), address


def test_a_figure_that_is_no_filter_of_the_api_says_what_it_opens(site: Site, records: list[Record]) -> None:
    lost = [record for record in records if record["LifeCycle"]["Stage"] == "Closed Lost"]
    page = site.page("/console/pipeline")
    assert "The API has no filter by reason: each figure opens all that were lost" in page.text
    (address,) = {one["href"] for one in page.with_attribute("title") if one["title"] == "Opens all that were lost"}
    assert len(walked(site, address)) == len(lost)


COMPARED = {"stages", "ageing", "closes", "created", "modified", "outcomes", "reasons", "customers"}
"""Pictures that a test above counts anew; beside those of spend, one for each currency."""


def test_no_picture_is_left_uncounted(site: Site) -> None:
    names = {
        one["href"].partition("?")[0].rpartition("/")[2].removesuffix(".csv")
        for one in site.page("/console/pipeline").with_attribute("href")
        if ".csv?" in one["href"]
    }
    names = {name for name in names if not name.startswith("forecast-")}  # in test_pipeline.py
    assert {name for name in names if not name.startswith("spend-")} == COMPARED
    for name in names:
        written = [cells[0] for cells in table(site, name).values()]
        page = site.page("/console/pipeline")
        drawn = ElementTree.fromstring(site.request("GET", site.address(f"/console/pipeline/{name}.svg"))[2])
        texts = ["".join(one.itertext()) for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
        if name in ("created", "modified"):
            bars = [float(one.get("height", "")) for one in drawn.iter("{http://www.w3.org/2000/svg}rect")][1:]
            most = max(map(int, written))
            assert bars == pytest.approx([int(value) * 200 / most for value in written], abs=0.06)
        elif not name.startswith("spend-"):
            assert [text for text in texts if text in written] != []
            assert {f"{int(value):,}" for value in written} <= set(texts)
        assert f'id="picture-{name}"' in page.source


def test_the_tiles_count_the_same(site: Site, records: list[Record]) -> None:
    stages = [record["LifeCycle"]["Stage"] for record in records]
    opened = [record for record in records if record["LifeCycle"]["Stage"] in STAGES[:5]]
    waiting = [record for record in records if record["LifeCycle"]["ReviewStatus"] in ("Submitted", "In review")]
    spends: dict[str, Decimal] = {}
    for record in opened:
        for spend in record.get("Project", {}).get("ExpectedCustomerSpend", []):
            if spend["TargetCompany"] == "AWS":
                spends[spend["CurrencyCode"]] = spends.get(spend["CurrencyCode"], Decimal(0)) + Decimal(spend["Amount"])
    text = " ".join(site.page("/console/pipeline").text.split())
    won, lost = stages.count("Launched"), stages.count("Closed Lost")
    money = " ".join(short_money(int(spends[currency] * 100), currency) for currency in sorted(spends))
    assert (f"Opportunities {len(records)} Open {len(opened)} Open spend a month {money} Weighted forecast") in text
    assert (f"Waiting for AWS {len(waiting)} Win rate {won * 100 / (won + lost):.1f} %") in text


def walked(site: Site, address: str) -> list[str]:
    """The opportunities of all pages of a table."""
    identifiers: list[str] = []
    while address:
        page = Document(site.request("GET", f"{address}&MaxResults=100" if "MaxResults" not in address else address)[2])
        identifiers += page.identifiers
        address = next((one["href"] for one in page.with_attribute("data-next")), "")
    return identifiers


@pytest.mark.parametrize("picture", ["stages", "ageing", "created", "customers"])
def test_a_picture_can_be_kept_as_a_file(site: Site, picture: str) -> None:
    status, headers, text = site.request("GET", site.address(f"/console/pipeline/{picture}.svg"))
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert Document(text).tags[0][0] == "svg"
    assert site.request("GET", site.address("/console/pipeline/nothing.svg"))[0] == 404


def test_where_nothing_has_happened_the_files_hold_nothing(new_site: Callable[[], Site]) -> None:
    site = new_site()
    for picture in ("stages", "created", "ageing"):
        assert site.request("GET", site.address(f"/console/pipeline/{picture}.svg"))[0] == 200
    assert set(map(tuple, table(site, "created").values())) == {("0",)}
    assert "No opportunities yet" in site.page("/console/pipeline").text


@pytest.mark.parametrize(
    ("hundredths", "shown"),
    [(99_99, "EUR 100"), (1_234_00, "EUR 1.2k"), (250_000_00, "EUR 250k"), (1_250_000_00, "EUR 1.2M"), (0, "EUR 0")],
)
def test_amounts_are_rounded_for_pictures_alone(hundredths: int, shown: str) -> None:
    assert short_money(hundredths, "EUR") == shown


def test_where_counting_takes_long_the_page_says_how_far_it_is(new_site: Callable[[], Site]) -> None:
    site = new_site()
    question = json.dumps({"account": ACCOUNT, "count": 6_000})
    assert site.request("POST", "/_cosell/seed", question, {"Content-Type": "application/json"})[0] == 200
    status, headers, text = site.request("GET", site.address("/console/pipeline"))
    assert (status, headers["refresh"]) == (200, "1")
    assert "5,000 of 6,000 so far" in Document(text).text
    assert sum(int(count) for (count,) in table(site, "stages").values()) == 6_000  # a file is waited for
    status, headers, text = site.request("GET", site.address("/console/pipeline"))
    assert "refresh" not in headers
    assert "Funnel by stage" in Document(text).text
