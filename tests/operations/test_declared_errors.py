"""No operation answers an error that it does not declare: clients in typed languages would not know it."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from cosell.engine import Engine
from cosell.errors import ProtocolError
from cosell.operations import OPERATIONS
from cosell.wire.model import service_model
from tests.operations.test_review_decision import decide
from tests.operations.whole_opportunity import WHOLE, but
from tests.store.caller import Caller, Record
from tests.wire.legal_requests import breakages, changed, legal, places

STRANGE = {
    # Values of a legal form that name something which is there, is not, or is in the way.
    "OpportunityIdentifier": ["O1", "O1000001", "O1000002", "O1000003", "O1000004"],
    "AssociateOpportunityRequestRelatedEntityIdentifierString": ["S-1234567", "S-9", "AWSLambda", "offer-1", "arn:x"],
    "DisassociateOpportunityRequestRelatedEntityIdentifierString": ["S-1234567", "S-9", "AWSLambda"],
    "TaggableResourceArn": [
        f"arn:aws:partnercentral:us-east-1:{account}:catalog/{catalog}/{kind}"
        for account, catalog, kind in itertools.product(
            ["111122223333", "999999999999"],
            ["Sandbox", "AWS", "Atlantis"],
            [
                "opportunity/O1000001",
                "solution/S-1",
                "solution/S-1234567",
                "resource-snapshot-job/job-1",
                "engagement/e",
            ],
        )
    ],
    "ClientToken": ["used", "new"],
    "DateTime": ["2020-01-01T00:00:00Z"],
    "TagKey": ["a", "aws:mine"],
    "String": ["not a token", ""],
    "ListEngagementFromOpportunityTasksRequestNextTokenString": ["not a token"],
}


@pytest.fixture(scope="module")
def caller() -> Caller:
    """A caller with an opportunity in every state that matters: draft, empty, submitted, rejected."""
    caller = Caller(Engine.open(":memory:"))
    for number, members in enumerate((WHOLE, {}, WHOLE, but({"Project.Title": None}))):
        caller.create(f"number {number}", **members)
    submission: Record = {"AwsSubmission": {"InvolvementType": "Co-Sell"}, "ClientToken": "used"}
    caller("StartEngagementFromOpportunityTask", Identifier="O1000003", **submission)
    caller.create("used")
    decide(caller, "O1000003", "reject")
    return caller


def variants(operation: str) -> Iterator[Any]:
    """Legal requests of an operation with strange values, one in each; and broken ones."""
    name = service_model().operations[operation].input.shape
    for whole in (False, True):
        request = legal(name, whole=whole)
        yield request
        for path, shape_name, _ in places(name, request):
            for value in STRANGE.get(shape_name, ()):
                changed_once = changed(request, path, value)
                yield changed_once
                for identifier in STRANGE["OpportunityIdentifier"]:
                    for member in ("Identifier", "OpportunityIdentifier", "RelatedOpportunityIdentifier"):
                        if isinstance(changed_once.get(member), str):
                            yield changed_once | {member: identifier}
    whole_request = legal(name, whole=True)
    for broken in itertools.islice(breakages(name, whole_request), 40):
        yield changed(whole_request, broken.path, broken.value)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_error_is_declared(caller: Caller, operation: str) -> None:
    declared = {error.shape for error in service_model().operations[operation].errors}
    protocol = {error.__name__ for error in ProtocolError.__subclasses__()}
    seen = set()
    for request in variants(operation):
        answer = caller.answer(operation, **request)
        if answer.status != 200:
            name = json.loads(answer.body)["__type"].partition("#")[2]
            assert name in declared | protocol, (name, request)
            assert answer.defect is None, request
            seen.add(name)
    assert seen, "at least one request of each operation is refused"
