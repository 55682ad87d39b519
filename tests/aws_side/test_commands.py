"""AWS's side, played from the command line and by a server."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from cosell.cli.main import run
from cosell.engine import Engine
from tests.admin.conftest import ask, done, refused
from tests.aws_side.conftest import submitted
from tests.conftest import ACCOUNT, Finished, Server
from tests.store.caller import Caller, Record, announced

Serve = Callable[..., Server]
Capsys = pytest.CaptureFixture[str]
VIEW = b'{"RelatedOpportunityId":"O1","Catalog":"Sandbox"}'


def waiting(path: str) -> str:
    """Makes a database with two opportunities that wait for AWS, of one of which AWS has a view already."""
    engine = Engine.open(path)
    caller = Caller(engine)
    caller.put([submitted(identifier, Project={"Title": f"Deal {identifier}"}) for identifier in ("O1", "O2")])
    with engine.store.write(caller.scope) as tx:
        tx.put_aws_summary("O1", VIEW)
    engine.close()
    return path


@pytest.fixture
def db(tmp_path: Path) -> str:
    return waiting(str(tmp_path / "pipeline.db"))


@pytest.fixture(scope="module")
def quiet_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for commands that change nothing, over a database like `db`."""
    folder = tmp_path_factory.mktemp("quiet")
    server = Server("--db", waiting(str(folder / "pipeline.db")), cwd=folder)
    yield server
    server.stop()


def life_cycle(server: Server, identifier: str) -> Record:
    opportunity = server.client().get_opportunity(Catalog="Sandbox", Identifier=identifier)
    return dict(opportunity["LifeCycle"])


def command(capsys: Capsys, server: Server, *arguments: str) -> Finished:
    """What a command does at a server."""
    code = run([*arguments, "--url", server.url, "--account", ACCOUNT])
    told = capsys.readouterr()
    return Finished(CompletedProcess(arguments, code, told.out, told.err))


def test_what_waits_is_listed_and_decided_by_hand(serve: Serve, capsys: Capsys, db: str) -> None:
    server = serve("--db", db)
    assert [line.split()[:2] for line in command(capsys, server, "review").out.splitlines()] == [
        ["O1", "Submitted"],
        ["O2", "Submitted"],
    ]
    assert command(capsys, server, "review", "start", "O1", "O2").out.count("In review") == 2
    assert "In review" in command(capsys, server, "review", "list").out
    finished = command(
        capsys, server, "review", "action-required", "O1", "--comment", "Say more", "--reason", "Unclear"
    )
    assert finished.out.startswith("O1 Action Required 20")
    assert life_cycle(server, "O1")["ReviewComments"] == "Say more"
    assert life_cycle(server, "O1")["ReviewStatusReason"] == "Unclear"
    assert command(capsys, server, "review", "approve", "O2").code == 0
    assert life_cycle(server, "O2")["ReviewStatus"] == "Approved"
    nothing = command(capsys, server, "review")
    assert (nothing.code, nothing.out) == (0, "")
    assert "Nothing waits" in nothing.err


def test_what_cannot_be_decided_upon_holds_up_no_other(serve: Serve, capsys: Capsys, db: str) -> None:
    finished = command(capsys, serve("--db", db), "review", "approve", "O1", "O9", "O2", "O1")
    assert (finished.code, finished.out.count("Approved")) == (2, 2)
    assert finished.err.splitlines() == [
        "cosell: O9: Opportunity O9 does not exist in catalog Sandbox",
        "cosell: O1: lifeCycle.reviewStatus: The opportunity is Approved: its review has ended",
        "cosell: 2 of 4 were not decided on; the others were",
    ]


def test_an_edit_of_nothing_is_refused_by_the_admin_api(quiet_server: Server) -> None:
    status, told = ask(quiet_server, "POST", "aws-edit", {"id": "O1", "account": ACCOUNT})
    assert (status, told["next_step"]) == (400, "give members of view or life_cycle")


def test_more_than_a_page_may_wait(serve: Serve, capsys: Capsys, tmp_path: Path) -> None:
    path = str(tmp_path / "many.db")
    engine = Engine.open(path)
    Caller(engine).put([submitted(f"O{number}") for number in range(1, 31)])
    engine.close()
    finished = command(capsys, serve("--db", path), "review")
    assert finished.out.count("\n") == 20
    assert "More" in finished.err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["review", "approve"], "approve"),
        (["review", "list", "O1"], "identifiers"),
        (["review", "--comment", "Fine"], "comment"),
        (["review", "start", "O1", "--comment", "Fine"], "belongs to a verdict"),
        (["review", "approve", "O9"], "O9"),
        (["review", "approve", "X1"], "such as `O1000001`"),
        (["review", "wave", "O1"], "wave"),
        (["aws-edit", "O1"], "change"),
        (["aws-edit", "O9", "--stage", "Committed"], "O9"),
        (["aws-edit", "O1", "--engagement-score", "Top"], "--engagement-score 'Top': The value must be one of: High"),
        (["aws-edit", "O1", "--aws-stage", "Busy"], "--aws-stage 'Busy': The value must be one of: Not Started"),
        (["aws-edit", "O1", "--stage", "Won"], "--stage 'Won': The value must be one of: Prospect"),
        (["aws-edit", "O1", "--stage", "Closed Lost"], "lifeCycle.closedLostReason"),
        (["aws-edit", "O1", "--target-close-date", "soon"], "a day such as 2026-05-04"),
        (["aws-edit", "O1", "--target-close-date", "2020-01-01"], "should be a future date"),
        (["aws-edit", "O1", "--team-member", "Ada"], "Ada"),
        (["aws-edit", "O1", "--file", "nothing.json"], "nothing.json"),
    ],
)
def test_a_mistake_is_one_line(quiet_server: Server, capsys: Capsys, arguments: list[str], named: str) -> None:
    assert named in refused(capsys, *arguments, "--url", quiet_server.url, "--account", ACCOUNT)


def test_a_decision_that_the_state_does_not_allow_is_one_line(serve: Serve, capsys: Capsys, db: str) -> None:
    server = serve("--db", db)
    command(capsys, server, "review", "reject", "O1", "--reason", "No")
    finished = command(capsys, server, "review", "approve", "O1")
    assert finished.code == 2
    assert "Rejected" in finished.err
    assert life_cycle(server, "O1")["ReviewStatus"] == "Rejected"


def test_aws_edits_by_options_and_by_a_file(serve: Serve, capsys: Capsys, tmp_path: Path, db: str) -> None:
    server = serve("--db", db)
    client = server.client()
    before = client.get_opportunity(Catalog="Sandbox", Identifier="O1")["LastModifiedDate"]
    view = {"CosellMotion": "Partner-led", "LifeCycle": {"Stage": "Qualified", "TargetCloseDate": "2031-01-01"}}
    (tmp_path / "edit.json").write_text(json.dumps({"view": view}))
    edited = command(
        capsys,
        server,
        *("aws-edit", "O1", "--aws-stage", "Engaged", "--aws-next-steps", "Call", "--engagement-score", "High"),
        *("--next-best-actions", "Write", "--team-member", "PDM:Ada:Example:ada@example.com"),
        *("--file", str(tmp_path / "edit.json")),
    )
    assert edited.code == 0, edited.err
    summary = client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier="O1")
    assert summary["LifeCycle"]["Stage"] == "Engaged"
    assert str(summary["LifeCycle"]["TargetCloseDate"]) == "2031-01-01"
    assert summary["LifeCycle"]["NextSteps"] == "Call"
    assert summary["Insights"] == {"EngagementScore": "High", "NextBestActions": "Write"}
    assert summary["OpportunityTeam"][0]["Email"] == "ada@example.com"
    assert summary["CosellMotion"] == "Partner-led"
    assert client.get_opportunity(Catalog="Sandbox", Identifier="O1")["LastModifiedDate"] == before
    record = ["--stage", "Committed", "--next-steps", "Go", "--target-close-date", "2031-02-01"]
    command(capsys, server, "aws-edit", "O1", *record)
    opportunity = client.get_opportunity(Catalog="Sandbox", Identifier="O1")
    assert opportunity["LastModifiedDate"] > before
    assert opportunity["LifeCycle"]["Stage"] == "Committed"


@pytest.mark.parametrize("given", ["{", "[]", '{"vew": {}}', '{"view": 1}', '{"life_cycle": []}', "{}"])
def test_a_file_that_makes_no_sense_is_one_line(
    quiet_server: Server, tmp_path: Path, capsys: Capsys, given: str
) -> None:
    (tmp_path / "edit.json").write_text(given)
    refused(capsys, "aws-edit", "O1", "--file", str(tmp_path / "edit.json"), "--url", quiet_server.url)


NOON = "2026-05-28T20:26:40Z"
"""The moment at which the two were submitted."""
AUTO = ["--review", "auto", "--review-action-required", "0", "--review-rejected", "0"]


def test_a_step_of_the_clock_ends_with_everything_done_that_was_due(serve: Serve, db: str) -> None:
    server = serve("--db", db, "--clock", f"frozen:{NOON}", *AUTO, "--review-start", "2h", "--review-verdict", "3d")
    done(ask(server, "POST", "clock", {"step": "2h"}))
    assert life_cycle(server, "O1")["ReviewStatus"] == "In review"
    done(ask(server, "POST", "clock", {"step": "3d"}))
    assert [life_cycle(server, identifier)["ReviewStatus"] for identifier in ("O1", "O2")] == ["Approved"] * 2


def test_an_accelerated_clock_carries_the_reviewer_along(serve: Serve, db: str) -> None:
    server = serve(
        "--db", db, "--clock", "accelerated:1000000", *AUTO, "--review-start", "2h", "--review-verdict", "3d"
    )
    while life_cycle(server, "O1")["ReviewStatus"] != "Approved":
        pass


def test_several_workers_review_each_submission_once(serve: Serve, db: str) -> None:
    at_once = ["--clock", f"frozen:{NOON}", "--review-start", "0s", "--review-verdict", "0s"]
    server = serve("--db", db, "--workers", "2", *AUTO, *at_once)
    while life_cycle(server, "O2")["ReviewStatus"] != "Approved":
        pass
    server.stop()
    engine = Engine.open(db)
    told = announced(engine)
    engine.close()
    assert len(told) == 4


def test_a_listing_says_when_the_reviewer_acts(serve: Serve, capsys: Capsys, db: str) -> None:
    server = serve("--db", db, "--clock", "frozen:2026-05-01", *AUTO, "--review-start", "90d")
    assert command(capsys, server, "review").out.count(", due 2026-0") == 2


def test_a_script_says_for_whom_what_happens(serve: Serve, tmp_path: Path, db: str) -> None:
    (tmp_path / "review.toml").write_text(
        """
        [[when]]
        title = "*o1"
        then = [
            { after = "1h", do = "action-required", comment = "Say more" },
        ]

        [[when]]
        [[when.then]]
        after = "1d"
        do = "approve"

        [[when.then]]
        after = "1h"
        do = "edit"
        life_cycle = { Stage = "Qualified", TargetCloseDate = 2031-01-01 }
        """
    )
    server = serve("--db", db, "--clock", f"frozen:{NOON}", "--review", "review.toml")
    done(ask(server, "POST", "clock", {"step": "2d"}))
    assert life_cycle(server, "O1")["ReviewComments"] == "Say more"
    assert life_cycle(server, "O2")["ReviewStatus"] == "Approved"
    assert life_cycle(server, "O2")["TargetCloseDate"] == "2031-01-01"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("broken.toml", "[[when"),
        ("broken.json", "{"),
        ("broken.json", '{"when": [{"then": [{"do": "dance"}]}]}'),
        ("broken.toml", '[[when]]\nthen = [{ do = "start", after = "soon" }]'),
        ("missing.toml", None),
    ],
)
def test_a_script_with_a_mistake_is_one_line(tmp_path: Path, capsys: Capsys, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    assert name in refused(capsys, "serve", "--port", "0", "--review", str(tmp_path / name))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--review-start", "soon"],
        ["--review-verdict", "later"],
        ["--review-rejected", "1.1"],
        ["--review-rejected", "0.6", "--review-action-required", "0.6"],
    ],
)
def test_settings_of_the_reviewer_that_make_no_sense_are_one_line(capsys: Capsys, arguments: list[str]) -> None:
    refused(capsys, "serve", "--port", "0", "--review", "auto", *arguments)


@pytest.mark.parametrize("error", ["StoreUnavailable('locked')", "RuntimeError('a defect')"])
def test_whatever_goes_wrong_for_a_while_does_not_end_the_reviewer(
    serve_after: Serve, tmp_path: Path, db: str, error: str
) -> None:
    server = serve_after(
        "import cosell.serve.app as app\n"
        "from cosell.store.interface import StoreUnavailable\n"
        "work, fails = app.work, [1, 1, 1]\n"
        "def failing(*arguments, **options):\n"
        f"    if fails: fails.pop(); raise {error}\n"
        "    work(*arguments, **options)\n"
        "app.work = failing",
        *("--db", db, *AUTO, "--review-start", "0s", "--review-verdict", "0s"),
    )
    while life_cycle(server, "O2")["ReviewStatus"] != "Approved":
        pass
    _, log = server.stop()
    told = [json.loads(line) for line in log.splitlines() if "AWS's side" in line]
    assert [line["event"] for line in told] == ["AWS's side fails", "AWS's side works again"]
    assert told[0].get("reason") == ("locked" if "locked" in error else None)
