"""What an opportunity needs to be submitted, and what the submission makes of it."""

from typing import Any, Final

import pytest

from cosell.rules.opportunity.members import field_name
from cosell.rules.opportunity.required import CO_SELL_SUBMISSION, REQUIREMENTS
from cosell.rules.opportunity.review import REVIEW_STATUSES, next_status
from cosell.rules.opportunity.submission import CHECKS
from tests.complete_opportunity import written
from tests.operations.whole_opportunity import WHOLE, but, placed, refusal, violations
from tests.store.caller import DAY_MS, Caller, HandClock, Record, Refused, moment

NO_SUPPORT: Final = "Do Not Need Support from AWS Sales Rep"
SPEND: Final = WHOLE["Project"]["ExpectedCustomerSpend"][0]
ESTIMATE: Final = {"EstimationUrl": f"https://calculator.aws/#/estimate?id={'0a' * 20}"}
US: Final = "Customer.Account.Address.CountryCode"
REGION: Final = "Customer.Account.Address.StateOrRegion"
POSTAL_CODE: Final = "Customer.Account.Address.PostalCode"
SECRET: Final = {"NationalSecurity": "Yes", "Customer.Account.Industry": "Government"}
MISSING: Final = "REQUIRED_FIELD_MISSING"

FORBIDDEN: Final[list[tuple[dict[str, Any], dict[str, str], str, str]]] = [
    # what the opportunity has else, how it is submitted, the FieldName and the Code of the refusal
    ({"PrimaryNeedsFromAws": None}, {}, "primaryNeedsFromAws", MISSING),
    ({"Customer.Account.Industry": None}, {}, "customer.account.industry", MISSING),
    ({"Customer.Account.OtherIndustry": None}, {}, "customer.account.otherIndustry", MISSING),
    ({"Customer.Account.CompanyName": ""}, {}, "customer.account.companyName", MISSING),
    ({"Customer.Account.WebsiteUrl": None}, {}, "customer.account.websiteUrl", MISSING),
    ({POSTAL_CODE: None}, {}, "customer.account.address.postalCode", MISSING),
    ({POSTAL_CODE: None, US: "IE"}, {}, "customer.account.address.postalCode", MISSING),
    ({REGION: None}, {}, "customer.account.address.stateOrRegion", MISSING),
    ({US: None}, {}, "customer.account.address.countryCode", MISSING),
    ({"Project.DeliveryModels": []}, {}, "project.deliveryModels", MISSING),
    ({"Project.ExpectedCustomerSpend": []}, {}, "project.expectedCustomerSpend", MISSING),
    ({"Project.Title": ""}, {}, "project.title", MISSING),
    ({"Project.CustomerBusinessProblem": None}, {}, "project.customerBusinessProblem", MISSING),
    ({"Project.CustomerUseCase": None}, {}, "project.customerUseCase", MISSING),
    ({"OpportunityType": "Flat Renewal"}, {}, "project.relatedOpportunityIdentifier", MISSING),
    ({"Project.SalesActivities": None}, {}, "project.salesActivities", MISSING),
    ({"LifeCycle.TargetCloseDate": None}, {}, "lifeCycle.targetCloseDate", MISSING),
    ({}, {"Visibility": "Limited"}, "primaryNeedsFromAws", "INVALID_VALUE"),
    ({"PrimaryNeedsFromAws": [NO_SUPPORT]}, {}, "primaryNeedsFromAws", "INVALID_VALUE"),
    (SECRET, {"InvolvementType": "For Visibility Only"}, "nationalSecurity", "INVALID_VALUE"),
    (
        {"Project.ExpectedCustomerSpend": [SPEND, SPEND | {"Amount": None}]},
        {},
        "project.expectedCustomerSpend[1].amount",
        MISSING,
    ),
    (
        {"Project.ExpectedCustomerSpend": [SPEND | {"Amount": ""}]},
        {},
        "project.expectedCustomerSpend[0].amount",
        MISSING,
    ),
    (
        {"Project.ExpectedCustomerSpend": [SPEND | {"Amount": "0"}]},
        {},
        "project.expectedCustomerSpend[0].amount",
        "INVALID_VALUE",
    ),
    ({"Project.OtherSolutionDescription": None}, {}, "relatedEntityIdentifiers.solutions", MISSING),
    ({"LifeCycle.Stage": "Committed"}, {}, "relatedEntityIdentifiers.solutions", MISSING),
]
PERMITTED: Final[list[tuple[dict[str, Any], dict[str, str]]]] = [
    ({}, {}),
    ({}, {"Visibility": "Full"}),
    ({"PrimaryNeedsFromAws": None, "Project.SalesActivities": None}, {"InvolvementType": "For Visibility Only"}),
    ({"PrimaryNeedsFromAws": [NO_SUPPORT]}, {"InvolvementType": "For Visibility Only", "Visibility": "Limited"}),
    ({"Customer.Account.Industry": "Retail", "Customer.Account.OtherIndustry": None}, {}),
    ({POSTAL_CODE: None, REGION: None, US: "HK"}, {}),
    ({REGION: None, US: "IE"}, {}),
    (SECRET | {"Customer.Account.WebsiteUrl": None, "Customer.Account.Address": None}, {}),
    ({"OpportunityType": "Flat Renewal", "Project.RelatedOpportunityIdentifier": "O1000001"}, {}),
    ({"Project.ExpectedCustomerSpend": [SPEND | {"Amount": None} | ESTIMATE]}, {}),
    ({"Project.ExpectedCustomerSpend": [SPEND | {"Amount": "0.01"}]}, {}),
    ({"Marketing": None}, {}),
    ({"Customer.Contacts": None, "LifeCycle.NextSteps": None}, {}),
]


def submit(caller: Caller, identifier: str, **wanted: str) -> list[tuple[str, str]]:
    """The violations of a submission; empty where it succeeds."""
    return refusal(caller, "SubmitOpportunity", Identifier=identifier, **{"InvolvementType": "Co-Sell"} | wanted)


@pytest.mark.parametrize(("members", "wanted", "field", "code"), FORBIDDEN)
def test_what_is_missing_or_wrong_is_named(
    caller: Caller, members: dict[str, Any], wanted: dict[str, str], field: str, code: str
) -> None:
    identifier = caller.create("t")["Id"]
    lacking = but(members)
    lacking["LifeCycle"] = {"TargetCloseDate": None} | lacking["LifeCycle"]
    caller.replace(identifier, **lacking)  # as loaded from AWS: a creation would be refused
    record = caller.get(identifier)
    assert submit(caller, record["Id"], **wanted) == [(field, code)]
    assert caller.get(record["Id"]) == record
    summary = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=record["Id"])
    assert not {"InvolvementType", "Visibility"} & summary.keys()


@pytest.mark.parametrize(("members", "wanted"), PERMITTED)
def test_what_is_complete_is_submitted(caller: Caller, members: dict[str, Any], wanted: dict[str, str]) -> None:
    caller.create("related")
    identifier = caller.create("t", **but(members))["Id"]
    assert submit(caller, identifier, **wanted) == []
    assert caller.get(identifier)["LifeCycle"]["ReviewStatus"] == "Submitted"


def test_every_rule_is_broken_by_a_case() -> None:
    needed = [row for row in REQUIREMENTS if set(CO_SELL_SUBMISSION) & set(row.needed_for)]
    rules = {(field_name(row.member), MISSING) for row in needed}
    rules |= {(field_name(row.member), row.code) for row in CHECKS}
    broken = {(field.partition("[")[0], code) for _, _, field, code in FORBIDDEN}
    # These two can only come from a load, or with time; each has its test below.
    later = {("lifeCycle.stage", "ACTION_NOT_PERMITTED"), ("lifeCycle.targetCloseDate", "INVALID_VALUE")}
    assert rules - broken - later == {("marketing.source", MISSING)}, "every creation and update sets it"


def test_nearly_nothing_is_far_from_a_submission(caller: Caller) -> None:
    caller.create("t")
    nothing = {"LifeCycle": {"TargetCloseDate": None}, "Marketing": {"Source": "None"}}
    caller.replace("O1000001", **nothing)
    assert {field for field, _ in submit(caller, "O1000001")} == {
        "customer.account.address.postalCode",
        *("primaryNeedsFromAws", "customer.account.industry", "customer.account.companyName"),
        *("customer.account.websiteUrl", "customer.account.address.countryCode", "project.deliveryModels"),
        *("project.expectedCustomerSpend", "project.title", "project.customerBusinessProblem"),
        *("project.customerUseCase", "project.salesActivities", "lifeCycle.targetCloseDate"),
        "relatedEntityIdentifiers.solutions",
    }


def test_a_loaded_record_without_any_source_has_to_name_one(caller: Caller) -> None:
    record = placed(caller, "Pending Submission", Marketing={})
    assert submit(caller, record["Id"]) == [("marketing.source", MISSING)]


@pytest.mark.parametrize("stage", ["Launched", "Closed Lost"])
def test_what_has_ended_is_not_submitted(caller: Caller, stage: str) -> None:
    record = placed(caller, "Pending Submission", stage, RelatedEntityIdentifiers={"Solutions": ["S-1"]})
    assert submit(caller, record["Id"]) == [("lifeCycle.stage", "ACTION_NOT_PERMITTED")]


def test_a_draft_that_waited_too_long_needs_a_new_date(caller: Caller, clock: HandClock) -> None:
    caller.create("t", **but({"LifeCycle.TargetCloseDate": "2026-05-29"}))
    clock.now_ms += DAY_MS
    assert submit(caller, "O1000001") == [("lifeCycle.targetCloseDate", "INVALID_VALUE")]


@pytest.mark.parametrize("solution", ["Solutions", "AwsMarketplaceSolutions", "AwsMarketplaceProducts"])
def test_any_kind_of_solution_does(caller: Caller, solution: str) -> None:
    project = but({"OtherSolutionDescription": None}, WHOLE["Project"])
    record = placed(caller, "Pending Submission", Project=project, RelatedEntityIdentifiers={solution: ["S-1234567"]})
    assert submit(caller, record["Id"]) == []


@pytest.mark.parametrize("status", REVIEW_STATUSES)
def test_only_drafts_and_corrections_are_submitted(caller: Caller, status: Any) -> None:
    record = placed(caller, status)
    told = submit(caller, record["Id"])
    assert told == ([] if next_status(status, "submit") else [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")])


def test_a_second_submission_is_refused_in_the_services_words(caller: Caller) -> None:
    record = placed(caller, "Submitted")
    with pytest.raises(Refused) as refused:
        caller("SubmitOpportunity", Identifier=record["Id"], InvolvementType="Co-Sell")
    assert violations(refused.value) == [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")]
    assert refused.value.body["ErrorList"][0]["Message"].startswith("You cannot perform Submit action")


@pytest.mark.parametrize("identifier", ["O9", "O1000001"])
def test_what_is_not_the_callers_is_not_found(caller: Caller, identifier: str) -> None:
    caller.create("t", **WHOLE)
    stranger = Caller(caller.engine, "777788889999")
    for operation, members in (
        ("SubmitOpportunity", {"InvolvementType": "Co-Sell"}),
        ("AssignOpportunity", {"Assignee": {"Email": "a@b.c", "FirstName": "", "LastName": "", "BusinessTitle": ""}}),
    ):
        with pytest.raises(Refused, match="ResourceNotFoundException"):
            stranger(operation, Identifier=identifier, **members)


def test_a_submission_is_stamped_and_shown_to_aws(caller: Caller, clock: HandClock) -> None:
    record = caller.get(caller.create("t", **WHOLE)["Id"])
    clock.now_ms += 1000
    answer = caller("SubmitOpportunity", Identifier=record["Id"], InvolvementType="Co-Sell", Visibility="Full")
    assert answer == {}
    life_cycle = record["LifeCycle"] | {"ReviewStatus": "Submitted"}
    assert caller.get(record["Id"]) == record | {"LastModifiedDate": moment(clock.now_ms), "LifeCycle": life_cycle}
    summary = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=record["Id"])
    assert (summary["InvolvementType"], summary["Visibility"], summary["Origin"]) == (
        "Co-Sell",
        "Full",
        "Partner Referral",
    )


def test_who_only_shows_an_opportunity_needs_no_support(caller: Caller) -> None:
    record = caller.get(caller.create("t", **WHOLE)["Id"])
    assert submit(caller, record["Id"], InvolvementType="For Visibility Only", Visibility="Limited") == []
    assert caller.get(record["Id"])["PrimaryNeedsFromAws"] == [NO_SUPPORT]
    summary = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=record["Id"])
    assert (summary["InvolvementType"], summary["Visibility"]) == ("For Visibility Only", "Limited")


def test_a_correction_is_shown_to_aws(caller: Caller) -> None:
    record = caller.get(caller.create("t", **WHOLE)["Id"])
    submit(caller, record["Id"])
    asked = caller.get(record["Id"])
    life_cycle = asked["LifeCycle"] | {"ReviewStatus": "Action Required"}
    caller.replace(record["Id"], **written(asked) | {"LifeCycle": life_cycle})
    spends = [SPEND | {"Amount": "9000"}]
    caller.update(record["Id"], **but({"Project.ExpectedCustomerSpend": spends}, written(asked)))
    summary: Record = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=record["Id"])
    assert summary["Project"]["ExpectedCustomerSpend"] == spends
    assert summary["InvolvementType"] == "Co-Sell"
