"""Runs of a sync, through `cosell.sync.mirror` and an unmodified client: calls, kinds of runs, refusals, details."""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cosell.engine import Engine
from cosell.rules.identifiers import opportunity_arn
from cosell.sync import ForeignMirror, MirrorBusy, Refused, Report, Unavailable, mirror
from cosell.sync.comparison import Comparison, what_would_change
from cosell.sync.details import LONGEST_WAIT_MS, LOOKS_FOR_WHAT_IS_NOT_FOUND, wait_ms
from cosell.sync.runner import Options, Run
from cosell.sync.service import MOST_RESTARTS, Service
from cosell.sync.target import Difference, Row
from cosell.testing.in_process import client_of
from tests.conftest import ACCOUNT
from tests.store.caller import DAY_MS, Caller, HandClock, record
from tests.sync.memory_target import MemoryTarget, Tables
from tests.sync.scripted import NOON_MS, Answer, Scripted, answered, page, refused, summary


class Office:
    """A service in this process, a mirror of it, and a count of the calls between them."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.engine = Engine.open(":memory:", clock=self.clock)
        self.caller = Caller(self.engine)
        self.client: Any = client_of(self.engine, account=ACCOUNT)
        self.calls = 0
        self.target = MemoryTarget(Tables())
        self.client.meta.events.register_first("before-send.partnercentral-selling", self._count)

    def _count(self, **_: Any) -> None:
        self.calls += 1

    def fill(self, count: int) -> None:
        """So many opportunities, each modified an hour after the one before."""
        self.caller.put([_record(number) for number in range(1, count + 1)])

    def sync(self, **options: Any) -> Report:
        """A run; the report agrees with the calls that were made."""
        before = self.calls
        report = mirror(self.client, self.target, rate="off", **options)
        assert report.calls == self.calls - before
        assert report.status == "complete"
        return report

    def mirrored(self) -> dict[str, Any]:
        """What the mirror has."""
        return {row.id: json.loads(row.raw) for row in self.target.summaries(None, 10_000)}

    def listed(self) -> dict[str, Any]:
        """What the service lists."""
        found: dict[str, Any] = {}
        token = None
        while True:
            answer = self.caller.page(MaxResults=100, NextToken=token)
            found |= {each["Id"]: each for each in answer["OpportunitySummaries"]}
            token = answer.get("NextToken")
            if token is None:
                return found


def _record(number: int) -> dict[str, Any]:
    name = f"O{number}"
    modified_ms = NOON_MS - number * DAY_MS // 24
    return record(name, last_modified_ms=modified_ms, Arn=opportunity_arn(ACCOUNT, "Sandbox", name))


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.engine.close()


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_a_pass_makes_no_call_too_many(office: Office, count: int) -> None:
    office.fill(count)
    first = office.sync()
    assert first.calls <= math.ceil(count / 100) + 2
    assert (first.new, first.pages) == (count, math.ceil(count / 100))
    assert office.mirrored() == office.listed()
    again = office.sync()
    assert again.calls <= 2
    assert (again.new, again.changed) == (0, 0)


def test_what_changed_is_found_and_nothing_else_is_read(office: Office) -> None:
    office.fill(150)
    office.sync()
    office.clock.now_ms += DAY_MS
    office.caller.update("O77", PartnerOpportunityIdentifier="changed")
    office.caller.create("new one")
    report = office.sync()
    assert (report.new, report.changed, report.calls) == (1, 1, 1)
    assert office.mirrored() == office.listed()


def test_a_full_run_finds_what_the_watermark_cannot(office: Office) -> None:
    office.fill(130)
    office.sync()
    ghost = Row("O999", NOON_MS - 6 * DAY_MS, b'{"Id":"O999"}')
    office.target.tables.rows["O999"] = ghost
    office.target.tables.rows["O7"] = Row("O7", office.target.tables.rows["O7"].last_modified_ms, b'{"Id":"O7"}')
    assert (office.sync().changed, office.sync().vanished) == (0, 0)
    report = office.sync(full=True)
    assert (report.mode, report.changed, report.vanished) == ("full", 1, 1)
    assert office.mirrored() == office.listed()
    assert office.sync(full=True).vanished == 0, "it is known"


def test_a_row_that_a_full_pass_did_not_meet_but_that_is_there_is_kept() -> None:
    known = [summary("O1"), summary("O2")]

    def answer(_: str, question: dict[str, Any]) -> Answer:
        if "Identifier" in question:
            return page(*(each for each in known if each["Id"] in question["Identifier"]))
        return page(known[0])

    target = MemoryTarget(Tables(rows={"O2": Row("O2", NOON_MS - 1, b"{}"), "O3": Row("O3", NOON_MS, b"{}")}))
    report = run_scripted(Scripted(answer), target, Options(full=True))
    assert (report.new, report.changed, report.vanished) == (1, 1, 1)
    assert {row.id for row in target.summaries(None, 10)} == {"O1", "O2"}


def run_scripted(scripted: Scripted, target: MemoryTarget, options: Options | None = None) -> Report:
    """A run against a scripted service."""
    world = scripted.world()
    with Service(scripted.client(), "Sandbox", world) as service:
        return Run(service, target, world, options or Options())()


def test_where_the_order_of_creation_is_refused_the_other_one_is_used_from_then_on() -> None:
    def answer(_: str, question: dict[str, Any]) -> Answer:
        if "Identifier" in question:
            return page(summary("O1"))
        if question["Sort"]["SortBy"] == "CreatedDate":
            return refused("ValidationException")
        if "NextToken" in question:
            return page(summary("O1"))
        return page(summary("O2", NOON_MS + 1), token="t")

    scripted, target = Scripted(answer), MemoryTarget(Tables())
    assert run_scripted(scripted, target).calls == 5
    report = run_scripted(scripted, target)
    assert (report.calls, report.unchanged) == (4, 2)
    assert scripted.asked[-1][1]["Sort"] == {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}


def test_a_refused_token_begins_the_pass_again_and_a_service_that_takes_none_is_given_up() -> None:
    refusals = 1

    def answer(_: str, question: dict[str, Any]) -> Answer:
        nonlocal refusals
        if "Identifier" in question:
            return page(summary("O2"))
        if "NextToken" not in question:
            return page(summary("O1", NOON_MS + 1), token="t")
        if refusals:
            refusals -= 1
            return refused("ValidationException")
        return page(summary("O2"))

    target = MemoryTarget(Tables())
    report = run_scripted(Scripted(answer), target)
    assert (report.new, report.unchanged) == (2, 1)
    refusals = 1_000
    with pytest.raises(Unavailable, match="tokens"):
        run_scripted(Scripted(answer), target)
    assert refusals == 1_000 - MOST_RESTARTS - 1
    assert target.runs(1)[0].status == "failed"


def listing(rows: list[dict[str, Any]], size: int = 100) -> Callable[[str, dict[str, Any]], Answer]:
    """A service that lists these, newest first whatever order is asked for, in pages of `size`."""

    def answer(_: str, question: dict[str, Any]) -> Answer:
        after = question.get("LastModifiedDate", {}).get("AfterLastModifiedDate", "")
        names = question.get("Identifier")
        found = sorted(
            (
                row
                for row in rows
                if (names is None or row["Id"] in names) and row["LastModifiedDate"][:19] >= after[:19]
            ),
            key=lambda row: row["LastModifiedDate"],
            reverse=True,
        )
        start = int(question.get("NextToken", "0"))
        token = str(start + size) if start + size < len(found) else None
        return page(*found[start : start + size], token=token)

    return answer


def synced(rows: list[dict[str, Any]], now_ms: int = NOON_MS) -> MemoryTarget:
    """A mirror in step with these."""
    scripted = Scripted(listing(rows))
    scripted.now_ms = now_ms
    target = MemoryTarget(Tables())
    run_scripted(scripted, target)
    return target


def kept(target: MemoryTarget) -> dict[str, int]:
    """The stamps of a mirror's rows."""
    return {row.id: row.last_modified_ms for row in target.summaries(None, 1_000)}


def test_a_service_that_is_older_than_its_mirror_is_listed_in_full_and_right() -> None:
    target = synced([summary("O1", NOON_MS - 10), summary("O2", NOON_MS - 5), summary("O3", NOON_MS)])
    report = run_scripted(Scripted(listing([summary("O1", NOON_MS - 10), summary("O2", NOON_MS - 9)])), target)
    assert report.because == "the service's newest change is older than what the mirror has seen"
    assert kept(target) == {"O1": NOON_MS - 10, "O2": NOON_MS - 9}
    assert report.vanished == 1
    assert report.watermark_ms == NOON_MS - 9


def test_a_row_of_the_future_hides_no_other() -> None:
    rows = [summary("O1", NOON_MS - 1), summary("O2", NOON_MS + 1_000 * DAY_MS)]
    target = synced(rows)
    later = Scripted(listing([*rows, summary("O3", NOON_MS + DAY_MS)]))
    later.now_ms = NOON_MS + DAY_MS
    report = run_scripted(later, target)
    assert (report.new, report.because) == (1, None)
    assert report.watermark_ms == NOON_MS + DAY_MS, "never later than the service's own time"


def test_an_empty_page_with_a_token_is_no_end() -> None:
    target = synced([summary("O1")])

    def answer(_: str, question: dict[str, Any]) -> Answer:
        return page(summary("O1"), summary("O2")) if "NextToken" in question else page(token="t")

    report = run_scripted(Scripted(answer), target)
    assert (report.new, report.vanished, report.watermark_ms) == (1, 0, NOON_MS)
    empty = Scripted(lambda _, __: page(token="t"))
    with pytest.raises(Unavailable, match="no end"):
        run_scripted(empty, target)
    assert kept(target) == {"O1": NOON_MS, "O2": NOON_MS}


def test_pages_without_rows_and_without_end_are_given_up() -> None:
    tokens = iter(range(10**6))

    def answer(_: str, question: dict[str, Any]) -> Answer:
        rows = [] if "NextToken" in question else [summary("O1")]
        return page(*rows, token=str(next(tokens)))

    with pytest.raises(Unavailable, match="one empty page after the other"):
        run_scripted(Scripted(answer), MemoryTarget(Tables()))


def test_what_vanished_since_the_last_pass_is_noticed_without_being_asked() -> None:
    rows = [summary(f"O{number}", NOON_MS - number) for number in range(1, 6)]
    target = synced(rows)
    report = run_scripted(Scripted(listing(rows[:2] + rows[3:])), target)
    assert (report.because, report.vanished) == ("the service does not have O3 any more", 1)
    assert run_scripted(Scripted(listing([])), target).vanished == 4
    assert kept(target) == {}


def test_what_vanished_from_among_rows_of_one_stamp_is_noticed() -> None:
    rows = [summary(f"O{number:04}") for number in range(102)]
    target = synced(rows)
    assert run_scripted(Scripted(listing(rows[1:101])), target).vanished == 2
    assert len(kept(target)) == 100


def test_a_row_that_moves_while_rows_are_asked_for_has_not_vanished() -> None:
    rows = [summary(f"O{number}", NOON_MS - number * DAY_MS) for number in range(1, 9)]
    target = synced(rows)

    def answer(name: str, question: dict[str, Any]) -> Answer:
        if "Identifier" not in question:
            return page()
        if question["Sort"]["SortBy"] == "Identifier":
            start = int(question.get("NextToken", "0"))
            return page(*rows[start : start + 3], token=str(start + 3) if start < 6 else None)
        return page(*rows[:3])

    report = run_scripted(Scripted(answer), target, Options(full=True))
    assert (report.vanished, len(kept(target))) == (0, 8)


def test_another_service_with_the_same_names_is_noticed() -> None:
    target = synced([summary("O1", NOON_MS - 1), summary("O2", NOON_MS)])
    stranger = summary("O1", NOON_MS + 1, CreatedDate="2020-01-01T00:00:00Z")
    report = run_scripted(Scripted(listing([stranger])), target)
    assert report.because is not None
    assert kept(target) == {"O1": NOON_MS + 1}


def test_where_the_head_shows_none_of_the_newest_rows_they_are_asked_for() -> None:
    rows = [summary(f"O{number}", NOON_MS - number * DAY_MS) for number in range(1, 40)]
    target = synced(rows)
    fresh = [summary(f"O{number}", NOON_MS + number) for number in range(100, 106)]
    report = run_scripted(Scripted(listing(rows + fresh, size=5)), target)
    assert (report.because, report.new) == (None, 6)
    restored = [summary("O1", NOON_MS - 9 * DAY_MS), *rows[1:], *fresh]
    more = [summary(f"O{number}", NOON_MS + number) for number in range(200, 206)]
    del target.tables.rows["O100"], target.tables.rows["O101"]
    report = run_scripted(Scripted(listing(restored + more, size=5)), target)
    assert report.because == "the service has an older O1 than the mirror"
    assert kept(target)["O1"] == NOON_MS - 9 * DAY_MS


def test_a_page_that_contradicts_the_mirror_begins_the_pass_again_in_full() -> None:
    rows = [summary(f"O{number}", NOON_MS - number) for number in range(1, 120)]
    target = synced(rows)
    target.tables.rows["O119"] = Row("O119", NOON_MS - 118, target.tables.rows["O119"].raw)
    scripted = Scripted(listing(rows, size=50))
    report = run_scripted(scripted, target)
    assert report.because == "the service has an older O119 than the mirror"
    assert kept(target)["O119"] == NOON_MS - 119


def test_a_full_pass_that_was_interrupted_is_begun_again() -> None:
    rows = [summary(f"O{number}", NOON_MS - number) for number in range(1, 30)]
    target = synced([*rows, summary("O99", NOON_MS - 99)])

    def broken(name: str, question: dict[str, Any]) -> Answer:
        if "NextToken" in question and question["Sort"]["SortBy"] == "CreatedDate":
            return refused("AccessDeniedException")
        return listing(rows, size=20)(name, question)

    with pytest.raises(Refused):
        run_scripted(Scripted(broken), target, Options(full=True))
    report = run_scripted(Scripted(listing(rows, size=20)), target)
    assert (report.because, report.vanished) == ("a pass that lists everything was interrupted", 1)


def test_a_mirror_of_somebody_else_is_refused_and_nothing_is_written(office: Office) -> None:
    office.fill(3)
    office.sync()
    before = vars(office.target.tables).copy()
    stranger = Caller(office.engine, "444455556666")
    stranger.create("first")
    with pytest.raises(ForeignMirror, match="account 111122223333, catalog Sandbox, not of account 444455556666"):
        mirror(client_of(office.engine, account="444455556666"), office.target, rate="off")
    with pytest.raises(ForeignMirror, match="catalog AWS"):
        mirror(office.client, office.target, catalog="AWS", rate="off")
    assert vars(office.target.tables) == before


def test_the_second_sync_of_a_mirror_learns_who_holds_it(office: Office) -> None:
    with office.target.lock("ana, process 7"), pytest.raises(MirrorBusy, match="ana, process 7"):
        mirror(office.client, office.target, rate="off")


def test_a_run_that_does_not_reach_the_service_is_noted_in_a_mirror_that_has_one() -> None:
    scripted = Scripted(lambda _, __: refused("AccessDeniedException"))
    empty = MemoryTarget(Tables())
    with pytest.raises(Refused):
        run_scripted(scripted, empty)
    assert empty.runs(1) == []
    target = MemoryTarget(Tables())
    run_scripted(Scripted(lambda _, __: page(summary("O1"))), target)
    with pytest.raises(Refused):
        run_scripted(scripted, target)
    (last, _) = target.runs(5)
    assert last.outcome is not None
    assert (last.status, last.outcome.error) == ("failed", "ListOpportunities: AccessDeniedException: No.")


def test_details_are_fetched_once_for_each_version(office: Office) -> None:
    office.fill(5)
    assert office.sync().details == 0
    assert office.sync(details=True).details == 5
    assert office.sync(details=True).details == 0
    office.clock.now_ms += DAY_MS
    office.caller.update("O3", Project={"Title": "Later"})
    report = office.sync(details=True)
    assert (report.details, report.details_wanted) == (1, 0)
    modified_ms, opportunity, aws_summary = office.target.tables.details["O3"]
    assert json.loads(opportunity or b"") == office.caller.get("O3")
    assert modified_ms == office.clock.now_ms
    assert "InvolvementType" not in json.loads(aws_summary or b""), "nothing says so before the submission"


class Desk:
    """A service with one opportunity, whose details a test decides upon."""

    def __init__(self, details: Callable[[str, dict[str, Any]], Answer]) -> None:
        self.scripted = Scripted(self._answer)
        self.target = MemoryTarget(Tables())
        self._details = details

    def _answer(self, name: str, question: dict[str, Any]) -> Answer:
        return page(summary("O1")) if name == "ListOpportunities" else self._details(name, question)

    def run(self, **options: Any) -> Report:
        """A run with details."""
        return run_scripted(self.scripted, self.target, Options(details=True, **options))


def test_details_that_fail_wait_longer_each_time_and_stop_nobody() -> None:
    desk = Desk(lambda _, __: refused("ValidationException"))
    report = desk.run()
    assert (report.details, report.details_wanted, report.details_failing) == (0, 1, 1)
    assert desk.run().calls == 1, "it is not yet time to try again"
    desk.scripted.now_ms += wait_ms(1)
    assert desk.run().calls == 2
    assert [wait_ms(attempts) for attempts in (1, 2, 3)] == [60_000, 120_000, 240_000]
    assert wait_ms(10**6) == LONGEST_WAIT_MS
    (failing,) = desk.target.details_failing(5)
    assert (failing.attempts, failing.error) == (2, "GetOpportunity: ValidationException: No.")


def test_what_is_listed_but_never_found_is_given_up_in_the_end() -> None:
    desk = Desk(lambda _, __: refused("ResourceNotFoundException"))
    for _ in range(LOOKS_FOR_WHAT_IS_NOT_FOUND):
        assert desk.run().details_wanted == 1
        desk.scripted.now_ms += LONGEST_WAIT_MS
    assert desk.run().details_wanted == 0
    assert desk.target.tables.details["O1"] == (NOON_MS, None, None)


@pytest.mark.parametrize("operation", ["GetOpportunity", "GetAwsOpportunitySummary"])
def test_a_missing_right_to_details_ends_the_run(operation: str) -> None:
    desk = Desk(lambda name, _: refused("AccessDeniedException") if name == operation else answered(summary("O1")))
    with pytest.raises(Refused, match=f"{operation}: AccessDenied"):
        desk.run()
    assert desk.target.runs(1)[0].status == "failed"
    assert len(desk.target.summaries(None, 5)) == 1, "the list is in step nevertheless"


def test_details_older_than_the_list_are_kept_and_asked_for_again() -> None:
    modified_ms = NOON_MS - 1
    desk = Desk(lambda _, __: answered(summary("O1", modified_ms, Newcomer=1)))
    report = desk.run()
    assert (report.details, report.details_wanted) == (1, 1)
    assert report.unknown_members == {"GetOpportunity: Newcomer", "GetAwsOpportunitySummary: Newcomer"} | {
        f"GetAwsOpportunitySummary: {name}" for name in ("Id", "Arn", "LastModifiedDate", "CreatedDate")
    }
    modified_ms = NOON_MS
    desk.scripted.now_ms += wait_ms(1)
    assert desk.run().details_wanted == 0


def test_details_leave_off_when_their_time_is_up() -> None:
    desk = Desk(lambda _, __: answered(summary("O1")))
    assert desk.run(details_until_ms=NOON_MS).details_wanted == 1
    assert desk.run(details_until_ms=NOON_MS + 1).details_wanted == 0


def compared(office: Office) -> tuple[Comparison, list[Difference]]:
    """Mirror and service side by side."""
    scripted = Scripted(lambda _, __: page())
    with Service(office.client, "Sandbox", scripted.world()) as service:
        comparison = Comparison(service, office.target, overlap_ms=300_000, check=lambda: None)
        return comparison, list(comparison.differences())


def test_a_comparison_finds_each_kind_of_difference(office: Office) -> None:
    office.fill(120)
    office.sync()
    rows = office.target.tables.rows
    del rows["O50"]
    rows["O51"] = Row("O51", rows["O51"].last_modified_ms - 1, rows["O51"].raw)
    rows["O52"] = Row("O52", rows["O52"].last_modified_ms + 1, rows["O52"].raw)
    rows["O53"] = Row("O53", rows["O53"].last_modified_ms, rows["O53"].raw.replace(b"Prospect", b"Qualified"))
    rows["O54"] = Row("O54", rows["O54"].last_modified_ms, rows["O54"].raw.replace(b'":', b'": '))
    rows["O999"] = Row("O999", NOON_MS, b"{}")
    office.clock.now_ms += DAY_MS
    office.caller.create("after the sync")
    comparison, found = compared(office)
    assert {each.id: (each.kind, each.members) for each in found} == {
        "O50": ("missing", ()),
        "O51": ("stale", ()),
        "O52": ("ahead", ()),
        "O53": ("different", ("LifeCycle.Stage",)),
        "O999": ("vanished", ()),
    }
    assert (comparison.compared, comparison.equal, comparison.behind) == (121, 116, 1)


def test_a_mirror_in_step_has_no_difference(office: Office) -> None:
    office.fill(3)
    office.sync()
    assert compared(office)[1] == []


def test_a_rehearsal_counts_and_writes_nothing(office: Office) -> None:
    office.fill(4)
    office.sync()
    rows = office.target.tables.rows
    rows["O1"] = Row("O1", rows["O1"].last_modified_ms, b"{}")
    rows["O2"] = Row("O2", rows["O2"].last_modified_ms + 1, rows["O2"].raw)
    del rows["O3"]
    rows["O9"] = Row("O9", NOON_MS, b"{}")
    before = vars(office.target.tables).copy()
    scripted = Scripted(lambda _, __: page())
    with Service(office.client, "Sandbox", scripted.world()) as service:
        counts = what_would_change(service, office.target, overlap_ms=1_000, full=True, check=lambda: None)
    assert counts == {"changed": 2, "new": 1, "unchanged": 1, "vanished": 1}
    assert vars(office.target.tables) == before
