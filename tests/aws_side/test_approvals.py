"""An approval brings AWS's people, its stage and its insights, whoever plays AWS, unless somebody says otherwise."""

import random
from collections.abc import Callable
from typing import Any

import pytest

import cosell
from cosell.aws_side import by_hand
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.operations.opportunity.review_decision import ReviewDecision
from cosell.wire.model import service_model
from tests.admin.conftest import ask, done
from tests.conftest import ACCOUNT, Finished, Server
from tests.operations.whole_opportunity import WHOLE
from tests.store.caller import Caller, Record
from tests.wire.legal_requests import changed

AT_ONCE: Any = {"review_start": "0s", "review_verdict": "0s", "review_action_required": 0, "review_rejected": 0}
ADA = {"BusinessTitle": "PDM", "FirstName": "Ada", "LastName": "Example", "Email": "ada@example.com"}
TITLES = service_model().shapes["AwsMemberBusinessTitle"].enum
SCORES = service_model().shapes["EngagementScore"].enum


def submitted(client: Any) -> str:
    """A deal that the partner has just submitted."""
    identifier: str = client.create_opportunity(Catalog="Sandbox", ClientToken="deal", **WHOLE)["Id"]
    client.submit_opportunity(Catalog="Sandbox", Identifier=identifier, InvolvementType="Co-Sell")
    return identifier


def seen(client: Any, deal: str) -> Any:
    """AWS's view of a deal."""
    return client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=deal)


def is_full(view: Any) -> bool:
    """Whether AWS has a team with an account manager in it, a stage and insights."""
    titles = [member["BusinessTitle"] for member in view["OpportunityTeam"]]
    assert all(title in TITLES for title in titles)
    assert all(member["Email"].endswith("@aws.example.com") for member in view["OpportunityTeam"])
    return (
        "AWSAccountOwner" in titles
        and len(titles) > 1
        and view["LifeCycle"]["Stage"] == WHOLE["LifeCycle"]["Stage"]
        and str(view["LifeCycle"]["TargetCloseDate"]) == WHOLE["LifeCycle"]["TargetCloseDate"]
        and view["Insights"]["EngagementScore"] in SCORES
        and bool(view["Insights"]["NextBestActions"])
    )


def is_bare(view: Any) -> bool:
    """Whether AWS has added nothing of its own."""
    return view["OpportunityTeam"] == [] and not {"LifeCycle", "Insights"} & view.keys()


def test_an_approval_by_hand_brings_aws() -> None:
    client = cosell.connect()
    deal = submitted(client)
    assert is_bare(seen(client, deal)), "a submission alone brings nothing of it"
    cosell.play_aws(client).approve(deal)
    assert is_full(seen(client, deal))


@pytest.mark.parametrize("review", ["auto", {"when": [{"then": [{"do": "approve"}]}]}])
def test_an_approval_by_itself_brings_aws(review: Any) -> None:
    client = cosell.connect(review=review, **AT_ONCE)
    assert is_full(seen(client, submitted(client)))


def test_an_update_that_plays_aws_brings_it() -> None:
    client: Any = cosell.connect()
    deal = submitted(client)
    stamp = client.get_opportunity(Catalog="Sandbox", Identifier=deal)["LastModifiedDate"]
    approved = changed(WHOLE, ("LifeCycle", "ReviewStatus"), "Approved")
    client.update_opportunity(Catalog="Sandbox", Identifier=deal, LastModifiedDate=stamp, **approved)
    assert is_full(first := seen(client, deal))

    # Once it is approved, another update brings nobody else.
    record = client.get_opportunity(Catalog="Sandbox", Identifier=deal)
    members = {name: record[name] for name in WHOLE}
    client.update_opportunity(
        Catalog="Sandbox", Identifier=deal, LastModifiedDate=record["LastModifiedDate"], **members
    )
    assert seen(client, deal)["OpportunityTeam"] == first["OpportunityTeam"]


def test_the_command_approves_with_aws_or_bare(serve: Callable[..., Server], run: Callable[..., Finished]) -> None:
    server = serve("--db", ":memory:")
    for options, expected in (((), is_full), (("--bare",), is_bare)):
        account = f"{len(options) + 1:012d}"
        client = server.client(account)
        deal = submitted(client)
        decided = run("review", "approve", deal, *options, "--url", server.url, "--account", account)
        assert (decided.code, decided.err) == (0, "")
        assert expected(seen(client, deal))


def test_only_an_approval_is_bare(serve: Callable[..., Server], run: Callable[..., Finished]) -> None:
    server = serve("--db", ":memory:")
    deal = submitted(server.client(ACCOUNT))
    refused = run("review", "reject", deal, "--bare", "--url", server.url, "--account", ACCOUNT)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "only an approval may be bare" in refused.err
    assert done(ask(server, "GET", f"review?account={ACCOUNT}"))["waiting"][0]["status"] == "Submitted"
    with pytest.raises(UserError, match="only an approval may be bare"):
        cosell.connect(review={"when": [{"then": [{"do": "start", "bare": True}]}]})


def test_what_aws_has_said_before_stays() -> None:
    client = cosell.connect()
    deal = submitted(client)
    aws = cosell.play_aws(client)
    aws.edit(
        deal,
        view={"OpportunityTeam": [ADA], "LifeCycle": {"Stage": "Engaged"}, "Insights": {"EngagementScore": "Low"}},
    )
    aws.approve(deal)
    view = seen(client, deal)
    assert view["OpportunityTeam"] == [ADA]
    assert view["LifeCycle"]["Stage"] == "Engaged"
    assert view["Insights"]["EngagementScore"] == "Low"
    assert view["Insights"]["NextBestActions"], "what was not said is made up"


def test_a_bare_approval_brings_nothing() -> None:
    by_script = cosell.connect(review={"when": [{"then": [{"do": "approve", "bare": True}]}]})
    assert is_bare(seen(by_script, submitted(by_script)))
    by_hand = cosell.connect()
    cosell.play_aws(by_hand).approve(deal := submitted(by_hand), bare=True)
    assert is_bare(seen(by_hand, deal))


def test_the_same_seed_brings_the_same_people() -> None:
    def approved(seed: int) -> Record:
        caller = Caller(Engine.open(":memory:", clock=lambda: 1_780_000_000_000, chance=random.Random(seed)))
        deal = caller.create("deal", **WHOLE)["Id"]
        caller("SubmitOpportunity", Identifier=deal, InvolvementType="Co-Sell")
        by_hand.decide(caller.engine, caller.scope, ReviewDecision(deal, "approve"))
        return caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=deal)

    assert approved(7) == approved(7)
    teams = [approved(seed)["OpportunityTeam"] for seed in range(5)]
    assert any(team != teams[0] for team in teams)
