"""Every member that AWS demands, left out: refused by its name, and nothing has changed. Made from the tables."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from cosell.engine import Engine
from cosell.rules.opportunity.members import MEMBERS, field_name
from cosell.rules.opportunity.required import CREATION, REQUIREMENTS, UPDATE
from cosell.rules.opportunity.review import REVIEW_STATUSES, next_status
from tests.complete_opportunity import written
from tests.operations.test_update import EDITABLE
from tests.operations.whole_opportunity import WHOLE, but, placed, refusal
from tests.store.caller import Caller, HandClock, Record
from tests.wire.legal_requests import ABSENT, changed

MISSING: Final = "REQUIRED_FIELD_MISSING"
ON_CREATION: Final = [row.member for row in REQUIREMENTS if set(CREATION) & set(row.needed_for)]
ON_UPDATE: Final = [row.member for row in REQUIREMENTS if set(UPDATE) & set(row.needed_for)]
FOLLOWS: Final = {
    # What else is wrong without a member, because something that is there depends on it.
    "Marketing.Source": [f"Marketing.{name}" for name in ("CampaignName", "UseCases", "Channels", "AwsFundingUsed")],
}
SECRETS: Final = {"NationalSecurity": "Yes", "Customer.Account.Industry": "Government"}
UPDATED: Final = [status for status in REVIEW_STATUSES if next_status(status, "update")]
STAGES: Final = ["Prospect", "Committed", "Launched", "Closed Lost"]
OPTIONAL: Final = [member for member in MEMBERS if member not in ON_UPDATE]


def without(member: str, record: Record) -> Record:
    """A record whose client forgets a member. The model itself wants a company's name, so that one is empty."""
    value = "" if member == "Customer.Account.CompanyName" else ABSENT
    lacking: Record = changed(record, tuple(member.split(".")), value)
    return lacking


def told(caller: Caller, record: Record, members: Record) -> list[tuple[str, str]]:
    """The violations of an update with these members and no others."""
    stamp = {"Identifier": record["Id"], "LastModifiedDate": record["LastModifiedDate"]}
    return refusal(caller, "UpdateOpportunity", **stamp, **members)


@pytest.mark.parametrize("member", ON_CREATION)
def test_a_creation_without_it_is_refused(caller: Caller, member: str) -> None:
    entries = refusal(caller, "CreateOpportunity", ClientToken="t", **without(member, WHOLE))
    assert entries == [(field_name(member), MISSING)]
    assert caller.records() == []


def test_a_creation_with_nothing_is_told_everything_at_once(caller: Caller) -> None:
    always = {row.member for row in REQUIREMENTS if set(CREATION) & set(row.needed_for)}
    depend = {"Customer.Account.Address.StateOrRegion"}
    entries = refusal(caller, "CreateOpportunity", ClientToken="t")
    assert sorted(entries) == sorted((field_name(member), MISSING) for member in always - depend)


@pytest.mark.parametrize("member", ["CompanyName", "WebsiteUrl", "Address.PostalCode", "Address.StateOrRegion"])
def test_of_a_secret_customer_nothing_is_demanded_that_tells_who_it_is(caller: Caller, member: str) -> None:
    secret = without(f"Customer.Account.{member}", but(SECRETS))
    assert refusal(caller, "CreateOpportunity", ClientToken="t", **secret) == []


@pytest.mark.parametrize("member", ON_UPDATE)
@pytest.mark.parametrize("status", REVIEW_STATUSES)
def test_an_update_without_it_is_refused(caller: Caller, status: str, member: str) -> None:
    record = placed(caller, status)
    entries = told(caller, record, without(member, written(record)))
    if status not in UPDATED:
        assert entries == [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")]
    else:
        missing = [entry for entry in entries if entry[1] == MISSING]
        assert missing == [(field_name(member), MISSING)]
        assert {field for field, _ in entries} <= {field_name(one) for one in [member, *FOLLOWS.get(member, [])]}
    assert caller.get(record["Id"]) == record


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("status", UPDATED)
def test_a_life_cycle_alone_is_no_update(caller: Caller, status: str, stage: str) -> None:
    record = placed(caller, status, RelatedEntityIdentifiers={"Solutions": ["S-1234567"]})
    entries = told(caller, record, {"LifeCycle": {"Stage": stage}})
    depend = {"Customer.Account.Address.StateOrRegion", "LifeCycle.Stage"}
    assert {field for field, code in entries if code == MISSING} - {"lifeCycle.closedLostReason"} == {
        field_name(member) for member in set(ON_UPDATE) - depend
    }
    assert caller.get(record["Id"]) == record


@pytest.mark.parametrize("member", OPTIONAL)
@pytest.mark.parametrize(("status", "stage"), EDITABLE)
def test_what_is_optional_goes_or_is_locked(caller: Caller, status: str, stage: str, member: str) -> None:
    caller.create("related")
    record = placed(caller, status, stage)
    before = _at(record, member)
    entries = told(caller, record, without(member, _without_what_needs(member, written(record))))
    is_assumed = member in ("NationalSecurity", "OpportunityType")
    if before is None or is_assumed:
        assert entries == []
    elif member not in EDITABLE[status, stage]:
        assert (field_name(member), "ACTION_NOT_PERMITTED") in entries
    elif member == "PrimaryNeedsFromAws":
        assert entries == [("primaryNeedsFromAws", "ACTION_NOT_PERMITTED")], "it is Co-Sell, and stays so"
    elif member in ("Project.OtherCompetitorNames", "Marketing.AwsFundingUsed", "SoftwareRevenue.EffectiveDate"):
        assert entries == [(field_name(member), MISSING)], "another member needs it"
    else:
        assert entries == []
        assert _at(caller.get(record["Id"]), member) is None
    if entries:
        assert caller.get(record["Id"]) == record


def _without_what_needs(member: str, record: Record) -> Record:
    """The record without what cannot stay when a member goes."""
    return without("Project.OtherCompetitorNames", record) if member == "Project.CompetitorName" else record


def _at(record: Record, path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        value = None if value is None else value.get(name)
    return value


Attempt = Callable[[Caller, Record], list[tuple[str, str]]]
ATTEMPTS: Final[dict[str, Attempt]] = {
    "a patch": lambda caller, record: told(caller, record, {"LifeCycle": {"Stage": "Launched"}}),
    "a stage of a draft": lambda caller, record: told(caller, record, but({"LifeCycle.Stage": "Committed"})),
    "no software revenue": lambda caller, record: told(caller, record, without("SoftwareRevenue", written(record))),
    "no needs": lambda caller, record: told(caller, record, without("PrimaryNeedsFromAws", written(record))),
    "a status that is not played": lambda caller, record: told(
        caller, record, but({"LifeCycle.ReviewStatus": "Rejected"}, written(record))
    ),
    "a creation": lambda caller, _: refusal(caller, "CreateOpportunity", ClientToken="u", LifeCycle={}),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_what_is_refused_leaves_not_a_byte_in_the_file(tmp_path: Path, clock: HandClock, name: str) -> None:
    status = "Pending Submission" if name == "a stage of a draft" else "Approved"
    path = tmp_path / "pipeline.db"
    engine = Engine.open(str(path), clock=clock)
    record = placed(Caller(engine), status)
    engine.close()  # everything is in the file now
    kept = path.read_bytes()
    engine = Engine.open(str(path), clock=clock)
    assert ATTEMPTS[name](Caller(engine), record)
    engine.close()
    assert path.read_bytes() == kept
