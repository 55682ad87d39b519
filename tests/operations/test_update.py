"""What an update may change in each review status, and once the sale has ended."""

from dataclasses import replace
from typing import Any, Final

import pytest

from cosell.context import Readings
from cosell.engine import Engine
from cosell.rules.opportunity.members import MEMBERS, field_name
from cosell.rules.opportunity.review import REVIEW_STATUSES, next_status
from tests.complete_opportunity import written
from tests.operations.whole_opportunity import WHOLE, but, placed, refusal, violations
from tests.store.caller import Caller, HandClock, Record, Refused, moment

OTHERWISE: Final[dict[str, Any]] = {
    # For each member of the model another value that agrees with the rest of the whole opportunity.
    "PrimaryNeedsFromAws": ["Co-Sell - Deal Support"],
    "NationalSecurity": "Yes",
    "PartnerOpportunityIdentifier": "crm-8",
    "Customer.Account.Industry": "Government",
    "Customer.Account.OtherIndustry": "Bird feeding",
    "Customer.Account.CompanyName": "Grey Heron",
    "Customer.Account.WebsiteUrl": "https://grey.example.com",
    "Customer.Account.AwsAccountId": "210987654321",
    "Customer.Account.Address.City": "Salem",
    "Customer.Account.Address.PostalCode": "97301",
    "Customer.Account.Address.StateOrRegion": "Texas",
    "Customer.Account.Address.CountryCode": "CA",
    "Customer.Account.Address.StreetAddress": "2 River Road",
    "Customer.Account.Duns": "987654321",
    "Customer.Contacts": [{"Email": "rui@heron.example.com"}],
    "Project.DeliveryModels": ["Resell"],
    "Project.ExpectedCustomerSpend": [WHOLE["Project"]["ExpectedCustomerSpend"][0] | {"Amount": "3000"}],
    "Project.ExpectedContractDuration": {"Term": "Months", "Value": "24"},
    "Project.Title": "More cameras",
    "Project.ApnPrograms": ["P3"],
    "Project.CustomerBusinessProblem": "Cameras fill their disks, and somebody has noticed.",
    "Project.CustomerUseCase": "Archiving",
    "Project.RelatedOpportunityIdentifier": "O1000001",
    "Project.SalesActivities": ["SOW Signed"],
    "Project.CompetitorName": None,  # with the name in words
    "Project.OtherCompetitorNames": "Two hosting companies",
    "Project.OtherSolutionDescription": "Our other archive",
    "Project.AdditionalComments": "Call, do not write.",
    "Project.AwsPartition": "aws-eusc",
    "OpportunityType": "Expansion",
    "Marketing.CampaignName": "Summer",
    "Marketing.Source": "None",  # without all the rest
    "Marketing.UseCases": ["Security"],
    "Marketing.Channels": ["TV"],
    "Marketing.AwsFundingUsed": "No",  # without use cases
    "SoftwareRevenue.DeliveryModel": "Subscription",
    "SoftwareRevenue.Value": {"Amount": "600", "CurrencyCode": "USD"},
    "SoftwareRevenue.EffectiveDate": "2027-05-01",
    "SoftwareRevenue.ExpirationDate": "2029-03-31",
    "LifeCycle.Stage": "Business Validation",
    "LifeCycle.ClosedLostReason": "Partner Gap",
    "LifeCycle.NextSteps": "Count the birds.",
    "LifeCycle.TargetCloseDate": "2027-06-30",
}
WITH_IT: Final[dict[str, dict[str, Any]]] = {
    # What has to change with a member, so that all agree.
    "NationalSecurity": {"Customer.Account.Industry": "Government"},
    "Project.CompetitorName": {"Project.CompetitorName": "On-Prem", "Project.OtherCompetitorNames": None},
    "Project.AwsPartition": {
        "Project.ExpectedCustomerSpend": [WHOLE["Project"]["ExpectedCustomerSpend"][0] | {"CurrencyCode": "EUR"}]
    },
    "Marketing.Source": {"Marketing": {"Source": "None"}},
    "Marketing.AwsFundingUsed": {"Marketing.UseCases": None},
    "LifeCycle.ClosedLostReason": {"LifeCycle.Stage": "Closed Lost"},
}
CORRECTABLE: Final = {
    # guide, Action Required
    *(f"Customer.Account.Address.{name}" for name in ("City", "CountryCode", "PostalCode", "StateOrRegion")),
    "Customer.Account.Address.StreetAddress",
    "Customer.Account.WebsiteUrl",
    "LifeCycle.TargetCloseDate",
    "Project.ExpectedCustomerSpend",
    "Project.CustomerBusinessProblem",
    "PartnerOpportunityIdentifier",
}
FIXED: Final = {
    # guide, Approved; then the field list
    *("Customer.Account.Address.CountryCode", "Customer.Account.Address.PostalCode", "Customer.Account.Industry"),
    *(
        "Customer.Account.WebsiteUrl",
        "Project.CustomerBusinessProblem",
        "PartnerOpportunityIdentifier",
        "Project.Title",
    ),
    *("Customer.Account.CompanyName", "Customer.Account.OtherIndustry", "NationalSecurity"),
    # a field report of May 2026
    *(f"SoftwareRevenue.{name}" for name in ("DeliveryModel", "Value", "EffectiveDate", "ExpirationDate")),
}
AFTER_LAUNCH: Final = {"Customer.Account.AwsAccountId", "Project.DeliveryModels", "Project.AdditionalComments"}
EDITABLE: Final[dict[tuple[str, str], set[str]]] = {
    ("Pending Submission", "Qualified"): set(MEMBERS) - {"LifeCycle.Stage"},
    ("Action Required", "Qualified"): CORRECTABLE,
    ("Approved", "Qualified"): set(MEMBERS) - FIXED,
    ("Approved", "Launched"): AFTER_LAUNCH,
    ("Approved", "Closed Lost"): set(),
}


def update(caller: Caller, record: Record, **members: Any) -> list[tuple[str, str]]:
    """The violations of an update from the latest stamp; empty where it succeeds."""
    return refusal(
        caller, "UpdateOpportunity", Identifier=record["Id"], LastModifiedDate=record["LastModifiedDate"], **members
    )


def test_every_member_has_another_value() -> None:
    assert set(OTHERWISE) == set(MEMBERS)


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize(("status", "stage"), EDITABLE)
def test_a_member_changes_where_it_may(caller: Caller, status: str, stage: str, member: str) -> None:
    caller.create("related")
    record = placed(caller, status, stage)
    wanted = {member: OTHERWISE[member]} | WITH_IT.get(member, {})
    told = update(caller, record, **but(wanted, written(record)))
    if (status, member) == ("Pending Submission", "LifeCycle.ClosedLostReason"):
        assert told == [("lifeCycle.stage", "ACTION_NOT_PERMITTED")], "a draft may have a reason, but no loss"
    elif member in EDITABLE[status, stage]:
        assert told == []
    else:
        assert (field_name(member), "ACTION_NOT_PERMITTED") in told
        assert caller.get(record["Id"]) == record


@pytest.mark.parametrize("member", sorted(set(MEMBERS) - FIXED - set(WITH_IT)))
def test_what_may_change_of_the_approved_is_stored(caller: Caller, member: str) -> None:
    caller.create("related")
    record = placed(caller, "Approved")
    wanted = but({member: OTHERWISE[member]}, written(record))
    assert update(caller, record, **wanted) == []
    changed = written(caller.get(record["Id"]))
    changed["LifeCycle"].pop("NextStepsHistory", None)
    assert changed == wanted


@pytest.mark.parametrize(("status", "stage"), EDITABLE)
def test_an_echo_is_no_change(caller: Caller, clock: HandClock, status: str, stage: str) -> None:
    record = placed(caller, status, stage)
    clock.now_ms += 1000
    assert update(caller, record, **written(record)) == []
    following: Any = next_status(status, "update")  # type: ignore[arg-type]
    life_cycle = record["LifeCycle"] | {"ReviewStatus": following}
    assert caller.get(record["Id"]) == record | {"LastModifiedDate": moment(clock.now_ms), "LifeCycle": life_cycle}


def test_another_spelling_of_the_same_is_an_echo(caller: Caller) -> None:
    project = WHOLE["Project"] | {"CustomerUseCase": "Edge Computing / End User Computing"}
    record = placed(caller, "Action Required", Project=project)
    spend = project["ExpectedCustomerSpend"][0] | {"Amount": "2000.00"}
    again = but(
        {"Project.CustomerUseCase": "Edge Computing/End User Computing", "Project.ExpectedCustomerSpend": [spend]},
        written(record),
    )
    assert update(caller, record, **again) == []
    assert caller.get(record["Id"])["Project"] == record["Project"]


@pytest.mark.parametrize(("status", "stage"), EDITABLE)
def test_what_is_left_out_of_a_draft_goes_where_it_may(clock: HandClock, status: str, stage: str) -> None:
    caller = Caller(Engine.open(":memory:", clock=clock, readings=Readings(drafts=True)))
    record = placed(caller, status, stage)
    needed = {} if status != "Action Required" else {path: _at(record, path) for path in CORRECTABLE}
    kept = but(
        {"Customer": {"Account": {"CompanyName": "Blue Heron", "Address": {}}}, "Project": {}, "LifeCycle": {}}, {}
    )
    assert update(caller, record, **(but(needed, kept) if needed else {})) == []
    after = caller.get(record["Id"])
    for member in sorted(set(MEMBERS) - EDITABLE[status, stage]):
        assert _at(after, member) == _at(record, member), member
    if not needed:
        assumed = {"NationalSecurity", "OpportunityType", "Marketing.Source", "LifeCycle.Stage"}
        gone = EDITABLE[status, stage] - assumed
        assert {member for member in gone if _at(after, member) is not None} == set()


def _at(record: Record, path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        value = None if value is None else value.get(name)
    return value


@pytest.mark.parametrize("status", [status for status in REVIEW_STATUSES if not next_status(status, "update")])
def test_what_aws_looks_at_or_has_rejected_is_not_updated(caller: Caller, status: str) -> None:
    record = placed(caller, status)
    assert update(caller, record, **written(record)) == [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")]
    assert caller.get(record["Id"]) == record


def test_a_stale_writer_learns_of_the_conflict_and_not_of_rules(caller: Caller) -> None:
    record = placed(caller, "Rejected")
    with pytest.raises(Refused) as refused:
        caller.update(
            record["Id"], LastModifiedDate="2020-01-01T00:00:00Z", LifeCycle={"TargetCloseDate": "2020-01-01"}
        )
    assert refused.value.name == "ConflictException"


@pytest.mark.parametrize("stage", ["Prospect", "Committed", "Launched", "Closed Lost"])
@pytest.mark.parametrize("before", ["Prospect", "Committed"])
def test_an_approved_sale_goes_anywhere_with_a_solution(caller: Caller, before: str, stage: str) -> None:
    related = {"RelatedEntityIdentifiers": {"Solutions": ["S-1234567"]}}
    record = placed(caller, "Approved", before, **related)
    reason = {"LifeCycle.ClosedLostReason": "Price"} if stage == "Closed Lost" else {}
    assert update(caller, record, **but({"LifeCycle.Stage": stage} | reason, written(record))) == []
    assert caller.get(record["Id"])["LifeCycle"]["Stage"] == stage


@pytest.mark.parametrize("stage", ["Committed", "Launched"])
def test_a_sale_without_a_solution_is_not_committed(caller: Caller, stage: str) -> None:
    record = placed(caller, "Approved")
    assert update(caller, record, **but({"LifeCycle.Stage": stage}, written(record))) == [
        ("relatedEntityIdentifiers.solutions", "REQUIRED_FIELD_MISSING")
    ]


@pytest.mark.parametrize("stage", ["Launched", "Closed Lost"])
def test_a_draft_neither_launches_nor_is_lost(caller: Caller, stage: str) -> None:
    record = placed(caller, "Pending Submission")
    reason = {"LifeCycle.ClosedLostReason": "Price"} if stage == "Closed Lost" else {}
    assert update(caller, record, **but({"LifeCycle.Stage": stage} | reason, written(record))) == [
        ("lifeCycle.stage", "ACTION_NOT_PERMITTED")
    ]


def test_who_loses_says_why(caller: Caller) -> None:
    record = placed(caller, "Approved")
    assert update(caller, record, **but({"LifeCycle.Stage": "Closed Lost"}, written(record))) == [
        ("lifeCycle.closedLostReason", "REQUIRED_FIELD_MISSING")
    ]


@pytest.mark.parametrize(("stage", "reopens"), [("Closed Lost", True), ("Launched", False)])
def test_a_setting_reopens_what_was_lost(clock: HandClock, stage: str, reopens: bool) -> None:
    caller = Caller(Engine.open(":memory:", clock=clock, readings=Readings(closed_lost_reopens=True)))
    record = placed(caller, "Approved", stage)
    told = update(
        caller, record, **but({"LifeCycle.Stage": "Qualified", "LifeCycle.ClosedLostReason": None}, written(record))
    )
    assert (told == []) == reopens


def test_a_past_date_is_held_against_nobody_who_leaves_it(caller: Caller) -> None:
    record = placed(caller, "Approved")
    caller.replace(record["Id"], **WHOLE | {"LifeCycle": WHOLE["LifeCycle"] | {"TargetCloseDate": "2020-01-01"}})
    record = caller.get(record["Id"])
    assert update(caller, record, **but({"LifeCycle.NextSteps": "Wait."}, written(record))) == []
    record = caller.get(record["Id"])
    assert update(caller, record, **but({"LifeCycle.TargetCloseDate": "2020-01-02"}, written(record))) == [
        ("lifeCycle.targetCloseDate", "INVALID_VALUE")
    ]


def test_co_sell_is_not_given_up(caller: Caller) -> None:
    record = placed(caller, "Approved")
    visible = but({"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]}, written(record))
    assert update(caller, record, **visible) == [("primaryNeedsFromAws", "ACTION_NOT_PERMITTED")]
    caller.replace(record["Id"], **visible)
    assert update(caller, caller.get(record["Id"]), **written(record)) == [], "the other way is open"


def test_a_correction_has_to_be_complete(caller: Caller) -> None:
    record = placed(caller, "Action Required")
    wanted = but({"LifeCycle.TargetCloseDate": None, "Project.CustomerBusinessProblem": None}, written(record))
    assert update(caller, record, **wanted) == [
        ("project.customerBusinessProblem", "REQUIRED_FIELD_MISSING"),
        ("lifeCycle.targetCloseDate", "REQUIRED_FIELD_MISSING"),
    ]


def test_a_wrong_correction_is_reported_once(caller: Caller) -> None:
    record = placed(caller, "Action Required")
    assert update(caller, record, **but({"LifeCycle.TargetCloseDate": "2020-01-01"}, written(record))) == [
        ("lifeCycle.targetCloseDate", "INVALID_VALUE")
    ]


def test_a_correction_can_be_set_to_wait_for_its_submission(clock: HandClock) -> None:
    caller = Caller(Engine.open(":memory:", clock=clock, readings=Readings(action_required_stays=True)))
    record = placed(caller, "Action Required")
    assert update(caller, record, **written(record)) == []
    assert caller.get(record["Id"])["LifeCycle"]["ReviewStatus"] == "Action Required"


def test_a_secret_is_not_given_away_by_leaving_it_out(caller: Caller) -> None:
    secret = {"NationalSecurity": "Yes", "Customer.Account.Industry": "Government"}
    identifier = caller.create("t", **but(secret))["Id"]
    record = caller.get(identifier)
    caller.replace(identifier, **written(record) | {"LifeCycle": record["LifeCycle"] | {"ReviewStatus": "Approved"}})
    record = caller.get(identifier)
    told = {"NationalSecurity": None, "Customer.Account.CompanyName": "Blue Heron"}
    assert update(caller, record, **but(told, written(record))) == [("nationalSecurity", "ACTION_NOT_PERMITTED")]
    lenient = Caller(replace(caller.engine, readings=Readings(drafts=True)))
    assert update(lenient, record, **but(told, written(record))) == []
    assert caller.get(identifier)["Customer"] == record["Customer"]


def test_what_aws_alone_knows_survives(caller: Caller) -> None:
    values = WHOLE | {"Project": WHOLE["Project"] | {"CustomerUseCase": "Quantum gardens"}}
    record = placed(caller, "Approved", **values)
    assert update(caller, record, **but({"LifeCycle.NextSteps": "Wait."}, written(record))) == []


def test_a_related_opportunity_that_is_new_must_exist(caller: Caller) -> None:
    record = placed(caller, "Approved")
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        caller.update(record["Id"], **but({"Project.RelatedOpportunityIdentifier": "O9"}, written(record)))
    with pytest.raises(Refused) as refused:
        caller.update(record["Id"], **but({"Project.Title": "x"}, written(record)))
    assert violations(refused.value) == [("project.title", "ACTION_NOT_PERMITTED")]


@pytest.mark.parametrize("stage", ["Launched", "Closed Lost"])
def test_a_loaded_draft_that_has_ended_stays_so(caller: Caller, stage: str) -> None:
    record = placed(caller, "Pending Submission", stage)
    wanted = {"LifeCycle.Stage": "Qualified", "LifeCycle.ClosedLostReason": None}
    assert update(caller, record, **but(wanted, written(record))) == [("lifeCycle.stage", "ACTION_NOT_PERMITTED")]


def test_of_a_customer_who_is_left_out_of_a_draft_stays_what_is_fixed(clock: HandClock) -> None:
    caller = Caller(Engine.open(":memory:", clock=clock, readings=Readings(drafts=True)))
    account = {"CompanyName": "Blue Heron", "Duns": "123456789", "Address": {"City": "Portland", "CountryCode": "US"}}
    record = placed(caller, "Approved", Customer={"Account": account, "Contacts": []})
    assert update(caller, record) == []
    customer = caller.get(record["Id"])["Customer"]
    assert customer == {"Account": {"CompanyName": "Blue Heron", "Address": {"CountryCode": "US"}}}
