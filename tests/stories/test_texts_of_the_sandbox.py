"""What clients read of a refusal, told by what three projects met in AWS's Sandbox in April and May 2026."""

from typing import Any

import pytest

import cosell
from tests.operations.whole_opportunity import WHOLE, but
from tests.store.caller import HandClock

WITHOUT_ACTIVITIES = but({"Project.SalesActivities": None})
SUBMISSION: Any = {"InvolvementType": "Co-Sell"}


def test_the_message_that_is_empty() -> None:
    """April 2026: a connector showed its users the Message of a ValidationException, and AWS's was empty."""
    client: Any = cosell.connect(empty_messages=True)
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="heron", **WITHOUT_ACTIVITIES)["Id"]
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.submit_opportunity(Catalog="Sandbox", Identifier=created, **SUBMISSION)
    answer = refused.value.response

    # Who reads the Message alone learns nothing.
    assert answer["Error"]["Message"] == ""

    # Who reads the ErrorList learns all of it.
    assert answer["Reason"] == "BUSINESS_VALIDATION_FAILED"
    (entry,) = answer["ErrorList"]
    assert (entry["FieldName"], entry["Code"]) == ("project.salesActivities", "REQUIRED_FIELD_MISSING")
    assert entry["Message"] == "project.salesActivities is required"

    # Other errors keep their words.
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="O7 does not exist"):
        client.get_opportunity(Catalog="Sandbox", Identifier="O7")


def test_the_message_that_names_each_code_beside_its_field() -> None:
    """May 2026: a tool looked for REQUIRED_FIELD_MISSING in the text of an error, as its users see nothing else."""
    client: Any = cosell.connect()
    lacking = but({"Project.SalesActivities": None, "Project.DeliveryModels": None})
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="heron", **lacking)["Id"]
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.submit_opportunity(Catalog="Sandbox", Identifier=created, **SUBMISSION)
    assert refused.value.response["Error"]["Message"] == (
        "2 validation errors detected: REQUIRED_FIELD_MISSING project.deliveryModels is required; "
        "REQUIRED_FIELD_MISSING project.salesActivities is required"
    )


def test_the_task_that_fails_later(clock: HandClock) -> None:
    """May 2026: a connector took the answer of StartEngagementFromOpportunityTask for a success, as its status was 200.

    The task was in progress, failed a little later, and told so to nobody who did not ask again.
    """
    client: Any = cosell.connect(clock=clock, task_delay="30s")
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="heron", **WITHOUT_ACTIVITIES)["Id"]
    start = {"Catalog": "Sandbox", "ClientToken": "start", "Identifier": created, "AwsSubmission": SUBMISSION}
    first = client.start_engagement_from_opportunity_task(**start)
    assert first["TaskStatus"] == "IN_PROGRESS"
    assert "Message" not in first

    # Who asks again, by the same token or by the list, learns what has become of it.
    clock.now_ms += 30_000
    (listed,) = client.list_engagement_from_opportunity_tasks(Catalog="Sandbox")["TaskSummaries"]
    again = client.start_engagement_from_opportunity_task(**start)
    for task in (listed, again):
        assert (task["TaskStatus"], task["ReasonCode"]) == ("FAILED", "OpportunityValidationFailed")
        assert task["Message"] == "OPPORTUNITY_VALIDATION_FAILED project.salesActivities is required"
    record = client.get_opportunity(Catalog="Sandbox", Identifier=created)
    assert record["LifeCycle"]["ReviewStatus"] == "Pending Submission"


def test_the_client_that_exists_to_read_awss_side() -> None:
    """May 2026: a connector that shows who at AWS works on a deal looked for an involvement before the submission."""
    client: Any = cosell.connect()
    deal = client.create_opportunity(Catalog="Sandbox", ClientToken="heron", **WHOLE)["Id"]

    def view() -> Any:
        return client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=deal)

    # AWS answers for a draft, but does not say how it is involved.
    draft = view()
    assert draft["RelatedOpportunityId"] == deal
    assert not {"InvolvementType", "Visibility"} & draft.keys()

    # After the submission it says so, and nobody of AWS is there yet.
    client.submit_opportunity(Catalog="Sandbox", Identifier=deal, **SUBMISSION)
    assert (view()["InvolvementType"], view()["Visibility"]) == ("Co-Sell", "Full")
    assert view()["OpportunityTeam"] == []

    # With the approval there is somebody to call.
    cosell.play_aws(client).approve(deal)
    (manager,) = (one for one in view()["OpportunityTeam"] if one["BusinessTitle"] == "AWSAccountOwner")
    assert manager["FirstName"]
    assert manager["Email"]
