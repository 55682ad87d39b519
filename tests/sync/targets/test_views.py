"""The views answer as a plain reading of the same opportunities does, and the same in every database."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from tests.docs.pages import ROOT, blocks_of
from tests.postgres import Postgres
from tests.store.caller import DAY_MS, moment
from tests.sync.targets.rows import Summary, begin, keep, row_of, summary

PAGE = ROOT / "docs" / "how-to" / "query-the-mirror.md"
STAGES = [
    "Prospect",
    "Qualified",
    "Technical Validation",
    "Business Validation",
    "Committed",
    "Launched",
    "Closed Lost",
    "A new stage",
]
OPEN_STAGES = {stage: number for number, stage in enumerate(STAGES[:5], start=1)}
REVIEWS = ["Pending Submission", "Submitted", "In review", "Action Required", "Approved", "Rejected"]


class Pipeline:
    """A mirror of invented opportunities around today, and the summaries that it was made of."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        text = mirror.database.dialect.types["text"]
        dates = [f"CAST({name} AS {text})" for name in ("today", "quarter_start", "next_quarter_start")]
        week_ago = mirror.database.dialect.ms("week_ago")
        ((today, start, end, self.week_ago_ms),) = mirror.database.rows(
            f"SELECT {', '.join(dates)}, {week_ago} FROM mirror_calendar"
        )
        self.today, self.quarter_start, self.next_quarter_start = map(date.fromisoformat, (today, start, end))
        self.noon_ms = int(datetime(*self.today.timetuple()[:3], 12, tzinfo=UTC).timestamp() * 1000)
        chance = random.Random(4)
        self.summaries = [self._summary(f"O{number}", chance) for number in range(1, 90)]
        self.stamps = {
            one["Id"]: self.noon_ms - chance.choice([1, 3, 6, 8, 30, 200]) * DAY_MS for one in self.summaries
        }
        keep(mirror, *(row_of(one["Id"], self.stamps[one["Id"]], one) for one in self.summaries))

    def _summary(self, identifier: str, chance: random.Random) -> Summary:
        close = self.today + timedelta(days=chance.choice([-400, -3, 0, 1, 40, 80, 300]))
        spends = [
            {
                "Amount": chance.choice(["1000.25", "7", "0.1", "250000"]),
                "CurrencyCode": chance.choice(["USD", "EUR", "JPY"]),
                "Frequency": "Monthly",
            }
            for _ in range(chance.choice([0, 1, 1, 2]))
        ]
        return summary(
            identifier,
            CreatedDate=moment(self.noon_ms - chance.choice([2, 6, 8, 30, 31, 90, 91, 180, 181, 900]) * DAY_MS),
            LifeCycle={
                "Stage": chance.choice(STAGES),
                "ReviewStatus": chance.choice(REVIEWS),
                "TargetCloseDate": close.isoformat(),
            },
            Customer={
                "Account": {"CompanyName": f"Company {identifier}", "Industry": chance.choice(["Retail", "Other"])}
            },
            Project={"ExpectedCustomerSpend": spends},
        )

    def open(self) -> Iterator[Summary]:
        """The oracle of what is open."""
        return (one for one in self.summaries if one["LifeCycle"]["Stage"] not in ("Launched", "Closed Lost"))

    def age(self, one: Summary) -> int:
        """Days since an opportunity was created."""
        return (self.today - datetime.fromisoformat(one["CreatedDate"]).date()).days

    def quiet(self, one: Summary) -> int:
        """Days since it was modified."""
        return (self.today - datetime.fromtimestamp(self.stamps[one["Id"]] / 1000, UTC).date()).days

    def until_close(self, one: Summary) -> int:
        """Days until it is to be closed."""
        return (date.fromisoformat(one["LifeCycle"]["TargetCloseDate"]) - self.today).days

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """What the mirror answers."""
        return plain(self.mirror.database.rows(question))


def plain(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows without the types in which databases differ."""

    def value(given: Any) -> Any:
        if isinstance(given, datetime):
            return moment(round(given.timestamp() * 1000))
        if isinstance(given, date):
            return given.isoformat()
        return float(given) if isinstance(given, Decimal | int | float) else given

    return [tuple(value(given) for given in row) for row in rows]


@pytest.fixture
def pipeline(mirror: Mirror) -> Pipeline:
    return Pipeline(mirror)


def test_the_calendar_is_that_of_utc(pipeline: Pipeline) -> None:
    today = pipeline.today
    assert abs((datetime.now(UTC).date() - today).days) <= 1
    first = (today.month - 1) // 3 * 3 + 1
    assert pipeline.quarter_start == date(today.year, first, 1)
    assert pipeline.next_quarter_start == (date(today.year, first + 3, 1) if first < 10 else date(today.year + 1, 1, 1))


def test_open_pipeline_by_stage(pipeline: Pipeline) -> None:
    stages = defaultdict(list)
    for one in pipeline.open():
        stages[one["LifeCycle"]["Stage"]].append(one)
    expected = [
        (
            OPEN_STAGES.get(stage, 6),
            stage,
            len(found),
            sum(one["LifeCycle"]["ReviewStatus"] == "Approved" for one in found),
            sum(pipeline.until_close(one) < 0 for one in found),
            max(pipeline.age(one) for one in found),
        )
        for stage, found in stages.items()
    ]
    assert pipeline.ask("SELECT * FROM open_pipeline_by_stage ORDER BY stage_order") == sorted(expected)


def test_amounts_are_added_up_for_each_currency_alone(pipeline: Pipeline) -> None:
    amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    whose: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in pipeline.open():
        for spend in one["Project"]["ExpectedCustomerSpend"]:
            for key in ((one["LifeCycle"]["Stage"], spend["CurrencyCode"]), ("", spend["CurrencyCode"])):
                amounts[key] += Decimal(spend["Amount"])
                whose[key].add(one["Id"])
    expected = sorted((*key, "Monthly", len(whose[key]), float(amount)) for key, amount in amounts.items())
    by_stage = pipeline.ask("SELECT stage, currency_code, frequency, opportunities, amount FROM open_spend_by_stage")
    by_currency = pipeline.ask("SELECT '', currency_code, frequency, opportunities, amount FROM open_spend_by_currency")
    assert sorted(by_stage + by_currency) == expected


def test_open_pipeline_by_age(pipeline: Pipeline) -> None:
    limits = (30, 90, 180)
    counted = Counter(
        (one["LifeCycle"]["Stage"], sum(pipeline.age(one) > limit for limit in limits)) for one in pipeline.open()
    )
    found = pipeline.ask("SELECT * FROM open_pipeline_by_age ORDER BY stage_order")
    assert {(stage, place): n for _, stage, *ns in found for place, n in enumerate(ns) if n} == counted


def test_stuck_in_review(pipeline: Pipeline) -> None:
    expected = {
        (one["Id"], float(pipeline.quiet(one)))
        for one in pipeline.summaries
        if one["LifeCycle"]["ReviewStatus"] in ("Submitted", "In review", "Action Required")
        and pipeline.quiet(one) >= 7
    }
    assert set(pipeline.ask("SELECT id, days_waiting FROM stuck_in_review")) == expected


def test_closing_this_quarter(pipeline: Pipeline) -> None:
    expected = {
        (one["Id"], float(pipeline.until_close(one)))
        for one in pipeline.open()
        if pipeline.quarter_start
        <= date.fromisoformat(one["LifeCycle"]["TargetCloseDate"])
        < pipeline.next_quarter_start
    }
    assert set(pipeline.ask("SELECT id, days_until_close FROM closing_this_quarter")) == expected


def test_changed_this_week(pipeline: Pipeline) -> None:
    first, second = pipeline.summaries[:2]
    for one, days in ((first, 2), (second, 9)):
        moved = one | {"LifeCycle": one["LifeCycle"] | {"Stage": "Moved"}}
        pipeline.stamps[one["Id"]] = max(pipeline.stamps[one["Id"]], pipeline.noon_ms - days * DAY_MS)
        keep(pipeline.mirror, row_of(one["Id"], pipeline.stamps[one["Id"]], moved))
    new = {
        (one["Id"], "Id", None, one["Id"])
        for one in pipeline.summaries
        if datetime.fromisoformat(one["CreatedDate"]).timestamp() * 1000 >= pipeline.week_ago_ms
    }
    moves = {
        (one["Id"], "LifeCycle.Stage", one["LifeCycle"]["Stage"], "Moved")
        for one in (first, second)
        if pipeline.stamps[one["Id"]] >= pipeline.week_ago_ms
    }
    assert set(pipeline.ask("SELECT id, member, old_value, new_value FROM changed_this_week")) == new | moves


def test_what_vanished_is_in_no_view_but_that_of_changes(pipeline: Pipeline) -> None:
    pipeline.mirror.mark_vanished(begin(pipeline.mirror), [one["Id"] for one in pipeline.summaries], pipeline.noon_ms)
    for view in ("open_opportunity", "open_pipeline_by_stage", "open_spend_by_stage", "stuck_in_review"):
        assert pipeline.ask(f"SELECT * FROM {view}") == []


def test_the_queries_of_the_page_answer_alike_in_every_database(postgres: Postgres) -> None:
    urls = {"sqlite": ":memory:", "postgres": postgres.new_schema(), "duckdb": "duckdb:///:memory:"}
    with ExitStack() as stack:
        pipelines = {name: Pipeline(stack.enter_context(open_target(url))) for name, url in urls.items()}
        asked = 0
        for block in blocks_of(PAGE):
            if block.language == "sql":
                asked += 1
                names = block.ways or urls.keys()
                answers = {
                    name: sorted(pipelines[name].ask(block.text.strip().rstrip(";")), key=repr) for name in names
                }
                first = answers[next(iter(names))]
                assert all(answer == first for answer in answers.values()), f"{block.place}: {answers}"
                assert first or "opportunity_change" in block.text, f"{block.place} finds nothing"
        assert asked > 9


def test_raw_can_be_read_in_each_database(pipeline: Pipeline, database: str) -> None:
    (block,) = [block for block in blocks_of(PAGE) if database in block.ways]
    found = pipeline.ask(block.text.strip().rstrip(";"))
    assert set(found) == {(one["Id"], one["LifeCycle"]["Stage"]) for one in pipeline.summaries}
