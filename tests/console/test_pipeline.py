"""The pipeline by period, country, industry and owner, its forecast, and the way through the stages."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from cosell.console.figures.figures import Figures
from cosell.console.figures.restriction import Restriction
from cosell.console.pipeline.periods import NoPeriod, Period, period_of
from cosell.console.pipeline.stages import days, left_of
from cosell.console.pipeline.sums import sums_of
from cosell.console.pipeline.tiles import tiles_of
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.reporting import Reporting, probabilities_of, rates_of
from cosell.rules.opportunity.stage import EVERY_STAGE, OPEN_STAGES
from tests.conftest import Server
from tests.console.conftest import Document, Site
from tests.console.test_figures import records, table, walked  # noqa: F401  # a fixture
from tests.store.caller import DAY_MS, NOON_MS, Caller, record, stored_form

Record = dict[str, Any]
PIPELINE = "/console/pipeline"
TODAY = date(2026, 5, 20)


def text_of(site: Site, *query: tuple[str, str]) -> str:
    return " ".join(site.page(PIPELINE, *query).text.split())


@pytest.mark.parametrize(
    ("given", "period", "before"),
    [
        ({"period": "this-quarter"}, "2026-04-01 to 2026-06-30", "2026-01-01 to 2026-03-31"),
        ({"period": "last-quarter"}, "2026-01-01 to 2026-03-31", "2025-10-01 to 2025-12-31"),
        ({"period": "next-quarter"}, "2026-07-01 to 2026-09-30", "2026-04-01 to 2026-06-30"),
        ({"period": "this-month"}, "2026-05-01 to 2026-05-31", "2026-04-01 to 2026-04-30"),
        ({"period": "last-month"}, "2026-04-01 to 2026-04-30", "2026-03-01 to 2026-03-31"),
        ({"period": "this-year"}, "2026-01-01 to 2026-12-31", "2025-01-01 to 2025-12-31"),
        ({"period": "last-year"}, "2025-01-01 to 2025-12-31", "2024-01-01 to 2024-12-31"),
        ({"from": "2026-05-10", "to": "2026-05-19"}, "2026-05-10 to 2026-05-19", "2026-04-30 to 2026-05-09"),
        ({"from": "2026-02-01", "to": "2026-03-31"}, "2026-02-01 to 2026-03-31", "2025-12-01 to 2026-01-31"),
    ],
)
def test_each_period_has_one_before_it(given: dict[str, str], period: str, before: str) -> None:
    found = period_of(given, TODAY)
    assert found is not None
    assert (str(found), str(found.before)) == (period, before)
    assert found.first.isoformat() in found
    assert "" not in found


@pytest.mark.parametrize(
    "given",
    [
        {"from": "2026-05-10"},
        {"to": "yesterday"},
        {"from": "2026-05-10", "to": "2026-05-09"},
        {"period": "sometime"},
        {"from": "0001-01-01", "to": "0001-12-31"},
    ],
)
def test_a_period_that_is_none_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(NoPeriod, match="period"):
        period_of(given, TODAY)


def closing(records: list[Record], period: Period) -> list[Record]:  # noqa: F811
    return [one for one in records if one["LifeCycle"].get("TargetCloseDate", "") in period]


def test_a_period_counts_what_closes_in_it_and_compares_with_the_one_before(
    site: Site,
    records: list[Record],  # noqa: F811
) -> None:
    today = date.today()  # noqa: DTZ011  # the pipeline looks back from it
    period = Period(today, today + timedelta(days=89))
    query = [("from", str(period.first)), ("to", str(period.last))]
    now, before = closing(records, period), closing(records, period.before)
    assert now != []
    assert before != []
    opened = sum(one["LifeCycle"]["Stage"] in OPEN_STAGES for one in now)
    text = text_of(site, *query)
    assert f"Target close dates from {period}, compared with {period.before}." in text
    change = f"{(len(now) - len(before)) * 100 / len(before):+.0f} %"
    assert f"Closing {len(now)} before: {len(before)} ({change}) Open {opened}" in text
    assert "Whatever the period" in text
    stages = Counter(one["LifeCycle"]["Stage"] for one in now)
    page = site.page(PIPELINE, *query)
    figures = {
        one["aria-label"].partition(":")[0]: one["href"]
        for one in page.with_attribute("aria-label")
        if "AfterTargetCloseDate" in one.get("href", "") and one["aria-label"].partition(":")[0] in stages
    }
    for stage in ("Prospect", "Qualified"):
        assert len(walked(site, figures[stage])) == stages[stage]
    created = sum(one["CreatedDate"][:10] in period for one in records)
    assert f"Created {created}" in text
    assert "A period is two days" in site.page(PIPELINE, ("from", "2026-01-01"), status=400).text


def of_country(one: Record) -> str:
    return str(one["Customer"]["Account"].get("Address", {}).get("CountryCode", ""))


def of_industry(one: Record) -> str:
    return str(one["Customer"]["Account"].get("Industry", ""))


def of_owner(one: Record) -> str:
    (owner,) = [member for member in one["OpportunityTeam"] if member["BusinessTitle"] == "OpportunityOwner"]
    return f"{owner['FirstName']} {owner['LastName']}"


@pytest.mark.parametrize(("name", "of"), [("country", of_country), ("industry", of_industry), ("owner", of_owner)])
def test_each_filter_restricts_every_figure(
    site: Site,
    records: list[Record],  # noqa: F811
    name: str,
    of: Callable[[Record], str],
) -> None:
    ((value, count),) = Counter(map(of, records)).most_common(1)
    assert 0 < count < len(records)
    query = (name, value.lower() if name == "owner" else value)
    text = text_of(site, query)
    assert f"Opportunities {count} Open" in text
    restricted = [one for one in records if of(one) == value]
    stages = Counter(one["LifeCycle"]["Stage"] for one in restricted)
    status, _, written = site.request("GET", site.address(f"{PIPELINE}/stages.csv", query))
    assert status == 200
    assert written.splitlines()[1:] == [f"{stage},{stages[stage]}" for stage in EVERY_STAGE]
    address = next(
        one["href"]
        for one in site.page(PIPELINE, query).with_attribute("aria-label")
        if one["aria-label"] == f"Qualified: {stages['Qualified']}"
    )
    assert address.startswith("/console/search?")
    assert len(Document(site.request("GET", address + "&MaxResults=100")[2]).identifiers) == stages["Qualified"]
    (tree,) = parse_qs(urlparse(address).query)["Filter"]
    assert json.loads(tree)["AndAllFilters"][1] == {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": "Qualified"}}}


def test_days_and_customers_of_a_restricted_pipeline_lead_to_a_search(site: Site, records: list[Record]) -> None:  # noqa: F811
    ((country, _),) = Counter(map(of_country, records)).most_common(1)
    page = site.page(PIPELINE, ("country", country), ("period", "this-year"))
    figures = [
        (one["href"], one["aria-label"].rpartition(": ")[2])
        for one in page.with_attribute("aria-label")
        if one.get("href", "").startswith("/console/search?") and "; opens " not in one["aria-label"]
    ]
    assert len(figures) > 20
    for address, figure in figures[::4]:
        found = Document(site.request("GET", address + "&MaxResults=100")[2]).identifiers
        assert len(found) == int(figure), address


def figures_of(*given: tuple[str, str, str, str]) -> Figures:
    """The figures of opportunities, each with its stage, target close date, currency and amount."""
    figures = Figures()
    for number, (stage, day, currency, amount) in enumerate(given):
        spend = {"Amount": amount, "CurrencyCode": currency, "TargetCompany": "AWS", "Frequency": "Monthly"}
        life_cycle = {"Stage": stage, "ReviewStatus": "Approved", "TargetCloseDate": day}
        made = record(f"O{number}", LifeCycle=life_cycle, Project={"ExpectedCustomerSpend": [spend]})
        figures.add(json.dumps(made).encode())
    return figures


GIVEN = (
    ("Prospect", "2026-05-01", "USD", "100"),
    ("Committed", "2026-05-31", "EUR", "200.50"),
    ("Committed", "2026-06-01", "EUR", "1000"),
    ("Launched", "2026-05-07", "USD", "70"),
    ("Prospect", "2026-04-07", "USD", "80"),
)
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))


def test_the_forecast_weighs_each_stage_and_currencies_stay_apart_without_rates() -> None:
    sums = sums_of(figures_of(*GIVEN), MAY, Reporting())
    assert sums.open_spends() == {"EUR": 200_50, "USD": 100_00}
    assert sums.forecast(Reporting()) == {"EUR": 180_45, "USD": 10_00}
    assert sums.forecast(Reporting(probabilities=probabilities_of("Committed=50,Prospect=0"))) == {"EUR": 100_25}


def test_rates_make_one_currency_and_what_has_none_stays_apart() -> None:
    reporting = Reporting("USD", rates_of("EUR=1.08, GBP=1.27", "USD"))
    sums = sums_of(figures_of(*GIVEN, ("Qualified", "2026-05-02", "JPY", "5000")), MAY, reporting)
    assert sums.open_spends() == {"JPY": 5000_00, "USD": 100_00 + 216_54}
    assert sums.spenders["USD", "Committed"] == 1
    before = sums_of(figures_of(*GIVEN), MAY.before, reporting)
    tiles = {tile.label: tile for tile in tiles_of(figures_of(*GIVEN), sums, before, MAY, reporting)}
    assert tiles["Open spend a month"].exact == "JPY 5,000, USD 316.54"
    assert tiles["Open spend a month"].before == "JPY 0, USD 80 (+296 %)"
    assert tiles["Win rate"].before == "–"


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        ("EUR", "'EUR' has no value"),
        ("USD=1", "'USD' is not a currency other than USD"),
        ("EUR=0", "'0' is not what one EUR is worth in USD"),
        ("EUR=1,08", "'08' has no value"),
    ],
)
def test_a_wrong_rate_is_reported(rates: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        rates_of(rates, "USD")


@pytest.mark.parametrize(
    ("probabilities", "told"),
    [
        ("Launched=100", "'Launched' is not an open stage; choose from Prospect"),
        ("Qualifed=100", "'Qualifed' is not an open stage; did you mean Qualified?"),
        ("Prospect=101", "'101' is not a whole number"),
    ],
)
def test_a_wrong_probability_is_reported(probabilities: str, told: str) -> None:
    with pytest.raises(UserError) as refused:
        probabilities_of(probabilities)
    assert told in str(refused.value)


def test_rates_of_a_server_are_named_beside_the_amounts(serve: Callable[..., Server], tmp_path: Any) -> None:
    site = Site(serve("--rates", "EUR=1.1", "--currency", "USD", "--probabilities", "Committed=77"), {}, tmp_path)
    assert site.request("POST", "/_cosell/seed", '{"count": 60}', {"Content-Type": "application/json"})[0] == 200
    text = " ".join(Document(site.request("GET", PIPELINE)[2]).text.split())
    assert "converted at 1 EUR = 1.1 USD" in text
    assert "77 %" in text
    assert "Weighted forecast, EUR" not in text


def test_the_forecast_as_a_file_adds_up(site: Site) -> None:
    for currency in ("usd", "eur"):
        rows = table(site, f"forecast-{currency}")
        total = rows.pop("All open")
        assert list(rows) == list(OPEN_STAGES)
        assert sum(Decimal(amount) for amount, _, _ in rows.values()) == Decimal(total[0])
        assert sum(Decimal(weighted) for _, _, weighted in rows.values()) == Decimal(total[2])
        for amount, probability, weighted in rows.values():
            assert abs(Decimal(amount) * int(probability) / 100 - Decimal(weighted)) <= Decimal("0.005")


def staged(stage: str, days_later: float) -> dict[str, Any]:
    life_cycle = {"Stage": stage, "ReviewStatus": "Approved"}
    return record("O1", last_modified_ms=NOON_MS + int(days_later * DAY_MS), LifeCycle=life_cycle)


def test_what_has_happened_in_each_stage() -> None:
    engine = Engine.open(":memory:")
    caller = Caller(engine)
    caller.put([staged("Prospect", 0)])
    for stage, day in (("Prospect", 2), ("Qualified", 10), ("Prospect", 11), ("Committed", 14), ("Closed Lost", 15)):
        with engine.store.write(caller.scope) as tx:
            tx.replace(stored_form(staged(stage, day)))
    with engine.store.read(caller.scope) as tx:
        whole, last = left_of(tx.courses(100)), left_of(tx.courses(2))
    engine.close()
    told = {stage: (one.on, one.back, one.lost, one.conversion, one.time) for stage, one in whole.items() if one.times}
    assert told == {
        "Prospect": (2, 0, 0, "100 %", "6 days"),
        "Qualified": (0, 1, 0, "0 %", "1 day"),
        "Committed": (0, 0, 1, "0 %", "1 day"),
    }
    assert (last["Prospect"].on, last["Prospect"].time) == (1, "–")  # nobody knows since when
    assert days(0.3) == "less than a day"


def test_the_page_of_stages_says_what_it_rests_on(site: Site, records: list[Record]) -> None:  # noqa: F811
    page = site.page(f"{PIPELINE}/stages")
    stages = Counter(one["LifeCycle"]["Stage"] for one in records)
    reached = sum(stages.values()) - stages["Closed Lost"]
    text = " ".join(page.text.split())
    assert f"Prospect{reached}–" in text
    assert f"{stages['Closed Lost']} lost ones are left out" in text
    assert "No opportunity has left a stage since its changes are kept" in text


def test_a_restriction_of_nothing_is_everything() -> None:
    figures, restricted = Figures(), Figures()
    encoded = json.dumps(record("O1")).encode()
    figures.add(encoded)
    restricted.add(encoded, 1, Restriction(owner="ada"))
    assert (figures.partitions.total(), restricted.partitions.total()) == (1, 0)


@pytest.mark.parametrize("width", [1440, 390])
def test_period_and_country_are_chosen_and_values_shown_on_hover_and_focus(
    site: Site, new_page: Callable[[int, Any], Page], width: int
) -> None:
    page = new_page(width, "dark" if width == 390 else "light")
    page.goto(site.url + site.address(PIPELINE))
    page.locator("select[name=period]").select_option("This year")
    page.locator("select[name=country]").select_option("US")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**period=this-year**country=US**")
    assert page.get_by_text("compared with").is_visible()
    column = page.locator("ol.columns a").last
    tip = column.locator(".tip")
    expect(tip).to_be_hidden()
    column.hover()
    expect(tip).to_be_visible()
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    page.keyboard.press("Tab")
    column.focus()
    expect(tip).to_be_visible()
    assert tip.inner_text() == column.get_attribute("aria-label")
    page.get_by_role("link", name="Conversion and time in each stage").click()
    page.get_by_role("heading", name="How far opportunities have come").wait_for()
