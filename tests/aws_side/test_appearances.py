"""What is new appears by itself, each thing once, at the moment at which it is due and with a stamp of then."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cosell import flow
from cosell.aws_side.work import work
from cosell.context import Readings
from cosell.engine import Engine
from cosell.operations.opportunity.appearance import appear
from tests.aws_side.conftest import raised
from tests.relations.outbox import events, told
from tests.store.caller import NOON_MS, Caller, HandClock, moment

LONGEST_MS = 5000
PRODUCTS = ("AmazonEC2Linux", "AWSLambda", "AmazonBedrock")


class Client(Caller):
    """Finds done what was due before each of its calls, as clients of a running cosell do."""

    def answer(self, operation: str, **members: Any) -> flow.Answer:
        work(self.engine, None, self.engine.clock(), raised)
        return super().answer(operation, **members)

    def finds(self, identifier: str) -> bool:
        answer = self.answer("GetOpportunity", Identifier=identifier)
        assert answer.error is None or answer.error.name == "ResourceNotFoundException"
        return answer.error is None

    def associate(self, identifier: str, product: str) -> None:
        related = {"RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": product}
        self("AssociateOpportunity", OpportunityIdentifier=identifier, **related)

    def modified(self, **asked: Any) -> dict[str, str]:
        """The LastModifiedDates of what is listed, by identifiers, the earliest in front."""
        sort = {"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"}
        found: dict[str, str] = {}
        token: dict[str, str] = {}
        while True:
            page = self.page(Sort=sort, MaxResults=2, **asked, **token)
            found |= {summary["Id"]: summary["LastModifiedDate"] for summary in page["OpportunitySummaries"]}
            if "NextToken" not in page:
                return found
            token = {"NextToken": page["NextToken"]}


def opened(file: Path, clock: HandClock) -> Client:
    return Client(Engine.open(str(file), clock=clock, readings=Readings(appearance_delay_ms=LONGEST_MS)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pipeline.db"


@pytest.fixture
def client(file: Path, clock: HandClock) -> Iterator[Client]:
    client = opened(file, clock)
    yield client
    client.engine.close()


def due(client: Client) -> list[Any]:
    return client.engine.store.due_appearances(NOON_MS + 100 * LONGEST_MS, 100)


def kept(client: Client) -> list[Any]:
    """When what has not appeared will do so, and its record."""
    with client.engine.store._reader() as connection:  # type: ignore[attr-defined]
        return list(connection.execute("SELECT due, record FROM appearance").fetchall())


def test_it_appears_at_its_moment_and_is_announced_then(client: Client, clock: HandClock) -> None:
    deal = client.create("one")["Id"]
    assert told(client) == []
    (appearance,) = due(client)
    clock.now_ms = appearance.due_ms - 1
    assert not client.finds(deal)
    clock.now_ms = appearance.due_ms + 60_000  # nobody has called for a minute
    record = client.get(deal)
    assert record["LastModifiedDate"] == moment(appearance.due_ms)
    assert record["CreatedDate"] == moment(NOON_MS)
    (event,) = events(client)
    assert event["detail-type"] == "Opportunity Created"
    assert event["time"] == moment(appearance.due_ms)[:19] + "Z"

    client.associate(deal, "AWSLambda")
    (appearance,) = due(client)
    clock.now_ms += LONGEST_MS
    assert client.get(deal)["LastModifiedDate"] == moment(appearance.due_ms)
    assert told(client) == ["Opportunity Created", "Opportunity Updated"]


def test_several_processes_let_it_appear_once(client: Client, clock: HandClock, file: Path) -> None:
    deal = client.create("one")["Id"]
    clock.now_ms += LONGEST_MS
    other = opened(file, clock)
    (seen_by_both,) = due(client)
    assert other.finds(deal)
    client.associate(deal, "AWSLambda")
    before = client.get(deal)
    context: Any = None  # whoever is late needs none
    with client.engine.store.write(client.scope) as tx:
        appear(tx, seen_by_both.appearance, context)
    assert client.get(deal) == before
    assert told(client) == ["Opportunity Created"]
    other.engine.close()


def test_what_cannot_appear_holds_up_nothing_else_and_is_kept(
    client: Client, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = (client.create(token)["Id"] for token in ("broken", "sound"))

    def broken_for_one(tx: Any, appearance: Any, context: Any) -> None:
        appear(tx, appearance, context)
        if appearance.opportunity == broken:
            raise RuntimeError("a defect on purpose")

    monkeypatch.setattr("cosell.aws_side.work.appear", broken_for_one)
    places: list[str] = []
    clock.now_ms += LONGEST_MS
    work(client.engine, None, clock(), lambda place, _: places.append(place))
    assert places == [f"appearance of {broken}"]
    assert client.finds(sound)
    assert not client.finds(broken)
    assert due(client) == []
    ((due_ms, record),) = kept(client)
    assert due_ms is None
    assert record


def test_what_another_process_can_do_is_not_given_up(
    client: Client, clock: HandClock, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = client.create("one")["Id"]
    other = opened(file, clock)
    attempts: list[str] = []

    def failing_once(tx: Any, appearance: Any, context: Any) -> None:
        attempts.append(appearance.opportunity)
        if len(attempts) == 1:
            raise RuntimeError("a defect on purpose")
        appear(tx, appearance, context)

    monkeypatch.setattr("cosell.aws_side.work.appear", failing_once)
    clock.now_ms += LONGEST_MS
    work(client.engine, None, clock(), lambda *_: work(other.engine, None, clock(), raised))
    assert attempts == [deal, deal]
    assert client.finds(deal)
    assert kept(client) == []
    other.engine.close()


def test_a_clock_that_goes_back_lets_it_wait(client: Client, clock: HandClock) -> None:
    first = client.create("first")["Id"]
    clock.now_ms += LONGEST_MS
    assert client.finds(first)
    clock.now_ms = NOON_MS - 3_600_000
    second = client.create("second")["Id"]
    assert not client.finds(second)
    clock.now_ms += LONGEST_MS
    modified = client.modified()
    assert list(modified) == [first, second]
    assert modified[second] > modified[first]


def test_a_kept_state_has_what_had_not_appeared(client: Client, clock: HandClock) -> None:
    deal = client.create("one")["Id"]
    states = client.engine.store.states
    states.keep("before")
    clock.now_ms += LONGEST_MS
    first = client.get(deal)["LastModifiedDate"]
    states.return_to("before", clock())
    assert client.modified()[deal] > first


class Company:
    """Two processes over one database, one clock, and a partner who writes whatever chance says."""

    def __init__(self, file: Path, clock: HandClock, chance: random.Random) -> None:
        self.file, self.clock, self.chance = file, clock, chance
        self.client, self.other = opened(file, clock), opened(file, clock)
        self.deals: list[str] = []
        self.steps = [self.create, self.create, self.associate, self.update, self.wait, self.go_back, self.end]

    def create(self) -> None:
        self.deals.append(self.client.create(str(len(self.deals)))["Id"])

    def associate(self) -> None:
        if deal := self.found():
            self.client.associate(deal, self.chance.choice(PRODUCTS))

    def update(self) -> None:
        if deal := self.found():
            self.client.update(deal, Project={"Title": f"Title {self.chance.random()}"})

    def found(self) -> str | None:
        return self.chance.choice([deal for deal in self.deals if self.client.finds(deal)] or [None])

    def wait(self) -> None:
        self.clock.now_ms += self.chance.randrange(2 * LONGEST_MS)

    def go_back(self) -> None:
        self.clock.now_ms -= self.chance.randrange(LONGEST_MS)

    def end(self) -> None:
        self.client.engine.close()
        self.client, self.other = self.other, opened(self.file, self.clock)

    def close(self) -> None:
        for one in (self.client, self.other):
            one.engine.close()


@pytest.mark.parametrize("seed", range(20))
def test_a_reader_by_watermark_misses_nothing(seed: int, file: Path, clock: HandClock) -> None:
    """Creations, associations and updates; a clock that goes on and back; processes that end, and one beside."""
    chance = random.Random(seed)
    company = Company(file, clock, chance)
    mirror: dict[str, str] = {}
    before: dict[str, str] = {}
    for _ in range(60):
        chance.choice(company.steps)()
        now = company.client.modified()
        assert {deal for deal in company.deals if company.client.finds(deal)} == now.keys()
        new = {deal: stamp for deal, stamp in now.items() if before.get(deal) != stamp}
        assert min(new.values(), default="9") > max(before.values(), default="")
        before = now
        if chance.random() < 0.2:
            sync(company.client, mirror)
    clock.now_ms += 100 * LONGEST_MS
    sync(company.client, mirror)
    assert mirror == company.client.modified()
    assert mirror.keys() == set(company.deals)
    company.close()


def sync(client: Client, mirror: dict[str, str]) -> None:
    """The recipe of the page about the watermark."""
    after = {"LastModifiedDate": {"AfterLastModifiedDate": max(mirror.values())}} if mirror else {}
    mirror |= client.modified(**after)
