"""What becomes of a submission while a script plays AWS, told with boto3 and a clock that is stepped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.admin.conftest import ask, done
from tests.conftest import Server
from tests.operations.whole_opportunity import WHOLE

SCRIPT = """
[[when]]
submission = 1
then = [
    { after = "1h", do = "start" },
    { after = "1d", do = "action-required", comment = "How many cameras?", reason = "Unclear" },
]

[[when]]
[[when.then]]
after = "2h"
do = "approve"

[[when.then]]
after = "1d"
do = "edit"
view.LifeCycle = { Stage = "Engaged", NextSteps = "Call the customer" }
view.Insights = { EngagementScore = "High" }
"""


def test_sent_back_repaired_and_approved(serve: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "review.toml").write_text(SCRIPT)
    server = serve("--db", "story.db", "--clock", "frozen:2026-05-28T20:26:40Z", "--review", "review.toml")
    client = server.client()

    def step(span: str) -> None:
        done(ask(server, "POST", "clock", {"step": span}))

    def status() -> str:
        return str(client.get_opportunity(Catalog="Sandbox", Identifier=deal)["LifeCycle"]["ReviewStatus"])

    # Ana submits, and AWS looks an hour later.
    deal = client.create_opportunity(Catalog="Sandbox", ClientToken="deal", **WHOLE)["Id"]
    client.submit_opportunity(Catalog="Sandbox", Identifier=deal, InvolvementType="Co-Sell")
    step("59m")
    assert status() == "Submitted"
    step("1m")
    assert status() == "In review"

    # Somebody restarts the server over the weekend; AWS's answer comes all the same.
    server.stop()
    server = serve("--db", "story.db", "--review", "review.toml", "--workers", "2")
    client = server.client()
    step("2d")
    asked = client.get_opportunity(Catalog="Sandbox", Identifier=deal)
    assert asked["LifeCycle"]["ReviewStatus"] == "Action Required"
    assert asked["LifeCycle"]["ReviewComments"] == "How many cameras?"

    # Ana tells more, and is approved two hours later.
    repaired = {**WHOLE["Project"], "CustomerBusinessProblem": "Forty cameras fill their disks within a single day."}
    members: dict[str, Any] = {**WHOLE, "Project": repaired}
    client.update_opportunity(
        Catalog="Sandbox",
        Identifier=deal,
        LastModifiedDate=asked["LastModifiedDate"],
        **members,
    )
    assert status() == "Submitted"
    step("2h")
    assert status() == "Approved"

    # A day after, AWS's people have begun; the deal itself is as it was.
    approved = client.get_opportunity(Catalog="Sandbox", Identifier=deal)
    step("1d")
    summary = client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=deal)
    assert summary["LifeCycle"]["Stage"] == "Engaged"
    assert summary["Insights"]["EngagementScore"] == "High"
    again = client.get_opportunity(Catalog="Sandbox", Identifier=deal)
    assert again["LastModifiedDate"] == approved["LastModifiedDate"]
