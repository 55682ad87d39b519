"""AWS's desk: what waits for a review, the verdicts, AWS's edits, and the engine's clock.

Everything done here goes through the admin API, as programs do it.
"""

from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
from starlette.responses import Response

from cosell.console.aws_desk import solutions
from cosell.console.aws_desk.referrals import refer, unanswered
from cosell.console.opportunity.page import facts_of, pretty
from cosell.console.rows import Row, row_of
from cosell.console.visit.surroundings import AdminResult
from cosell.console.visit.visit import ApiError, Failure, Visit
from cosell.console.words import review_status_of, title_of
from cosell.json_and_toml import Unreadable, json_of
from cosell.rules.aws_side.review_script import STEP_OF
from cosell.rules.opportunity.review import AWS_STEPS, FIRST_REVIEW_STATUS, next_status
from cosell.rules.opportunity.stage import EVERY_STAGE, OPEN_STAGES
from cosell.rules.solution import SolutionStatus
from cosell.wire.model import service_model

DESK: Final = "/console/desk"
SHOWN: Final = 20
"""Opportunities on a page of the desk, longest wait first."""
MOST_DUE: Final = 1000
"""For how many opportunities the admin API tells when AWS's side acts on them."""

CORRECTABLE: Final = (
    "Customer.Account.CompanyName",
    "Customer.Account.Industry",
    "Customer.Account.WebsiteUrl",
    "Customer.Account.Address",
    "Project.Title",
    "Project.CustomerBusinessProblem",
    "Project.CustomerUseCase",
    "Project.ExpectedCustomerSpend",
    "LifeCycle.TargetCloseDate",
    "LifeCycle.NextSteps",
)
"""Members that reviewers ask about most, as tick boxes. Ticked ones are named at the end of the comment."""

AS_JSON: Final = ("Recommendations", "AwsProductsSpendInsightsBySource")
"""Insights that are typed as JSON, since they are nested lists and maps."""
SCORE: Final = "view.Insights.OpportunityQuality.Score"
TEAM: Final = "team"
MEMBER_OF_TEAM: Final = {"BusinessTitle": "Title", "FirstName": "First name", "LastName": "Last name", "Email": "Email"}
EMPTY_ROWS: Final = 2
"""Further people that can be added to the team in one go."""

CHOSEN: Final = (
    *("SalesInvolvementType", "InvolvementTypeChangeReason", "Visibility", "EngagementScore"),
    *("AwsOpportunityStage", "AwsClosedLostReason", "AwsMemberBusinessTitle", "ClosedLostReason"),
)
"""Shapes of the service model whose values are chosen from a list."""
SOLUTION_STATUSES: Final = get_args(SolutionStatus)
STEPS_OF_TIME: Final = ("1h", "1d", "7d")


class Waiting(msgspec.Struct, frozen=True):
    """A line of the desk. `due` is when AWS's side acts by itself; empty if it does not."""

    row: Row
    due: str
    steps: list[str]
    address: str


def desk(visit: Visit, *, problem: AdminResult | None = None) -> Response:
    """What waits, and the clock."""
    token = visit.first("NextToken")
    limit = MOST_DUE if token else SHOWN
    due = {
        one["id"]: one["due"] or ""
        for one in _done(visit.administer("GET", "/_cosell/review", limit=limit, **_scope(visit)))["waiting"]
    }
    answer = visit.ask(
        "ListOpportunities",
        LifeCycleReviewStatus=["Submitted", "In review"],
        Sort={"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"},
        MaxResults=SHOWN,
        **({"NextToken": token} if token else {}),
    )
    rows = [row_of(summary) for summary in answer["OpportunitySummaries"]]
    return visit.page(
        "aws_desk.html",
        status=problem.status if problem else 200,
        problem=problem.value if problem else None,
        clock=_done(visit.administer("GET", "/_cosell/clock")),
        waiting=[
            Waiting(row, due.get(row.identifier, ""), steps_of(row.review_status), _address(visit, row.identifier))
            for row in rows
        ],
        first_page=visit.link(DESK) if token else "",
        next_page=visit.link(DESK, [("NextToken", answer["NextToken"])]) if "NextToken" in answer else "",
        decided=_decided(visit),
        steps_of_time=STEPS_OF_TIME,
        stages=OPEN_STAGES,
        invitations=unanswered(visit),
        solutions=solutions.shown(visit),
        solution_statuses=SOLUTION_STATUSES,
        given=dict(visit.form),
    )


def act_at_desk(visit: Visit) -> Response:
    """Take the next step of a review, refer an opportunity, add a solution, or move the clock."""
    form = dict(visit.form)
    if "decision" in form:
        done = _decide(visit, form.get("id", ""), form)
    elif form.get("do") == "refer":
        done = refer(visit, form)
    elif form.get("do") == "add solution":
        done = solutions.add(visit, form)
    else:
        done = visit.administer("POST", "/_cosell/clock", **clock_change(form))
    if done.status != 200:
        return desk(visit, problem=done)
    return visit.redirect(visit.link(DESK, [("decided", form["id"])] if "decision" in form else []))


def desk_opportunity(visit: Visit, *, problem: AdminResult | None = None) -> Response:
    """One opportunity as AWS sees it, with everything that AWS can do to it."""
    identifier = visit.path_members["identifier"]
    record = visit.named_record(
        Failure(404, f"There is no opportunity {identifier} to look at.", "Open one from AWS's desk.")
    )
    view = _view(visit, identifier)
    life_cycle = record["LifeCycle"]
    insights = (view or {}).get("Insights", {})
    return visit.page(
        "aws_desk_opportunity.html",
        status=problem.status if problem else 200,
        problem=problem.value if problem else None,
        given=dict(visit.form),
        ticked=[value for name, value in visit.form if name == "field"],
        record=record,
        life_cycle=life_cycle,
        company=record.get("Customer", {}).get("Account", {}).get("CompanyName", ""),
        project=facts_of(record.get("Project", {}), without=frozenset({"ExpectedCustomerSpend", "Title"})),
        view=view,
        view_life_cycle=(view or {}).get("LifeCycle", {}),
        insights=insights,
        quality=insights.get("OpportunityQuality", {}),
        as_json={name: pretty(insights[name]) if name in insights else "" for name in AS_JSON},
        team=(view or {}).get("OpportunityTeam", []),
        empty_rows=EMPTY_ROWS,
        member_of_team=MEMBER_OF_TEAM,
        steps=steps_of(life_cycle.get("ReviewStatus", FIRST_REVIEW_STATUS)),
        correctable=CORRECTABLE,
        stages=EVERY_STAGE,
        choices={shape: service_model().shapes[shape].enum for shape in CHOSEN},
        desk=visit.link(DESK),
        partners=visit.link(f"/console/opportunities/{identifier}"),
    )


def act_at_desk_opportunity(visit: Visit) -> Response:
    """Take the next step of the review, or edit what AWS may."""
    form = dict(visit.form)
    identifier = visit.path_members["identifier"]
    if "decision" in form:
        fields = [value for name, value in visit.form if name == "field"]
        done = _decide(visit, identifier, form | {"comment": with_fields(form.get("comment", ""), fields)})
    else:
        try:
            edit = edit_of(form)
        except NotJson as error:
            return desk_opportunity(visit, problem=AdminResult(400, {"error": str(error)}))
        done = visit.administer("POST", "/_cosell/aws-edit", id=identifier, **edit, **_scope(visit))
    if done.status != 200:
        return desk_opportunity(visit, problem=done)
    if "decision" in form:
        return visit.redirect(visit.link(DESK, [("decided", identifier)]))
    return visit.redirect(_address(visit, identifier))


def steps_of(status: str) -> list[str]:
    """The decisions that AWS can take in a review status, in the words of the admin API."""
    word_of = {step: word for word, step in STEP_OF.items()}
    return [word_of[step] for step in AWS_STEPS if next_status(status, step) is not None]  # type: ignore[arg-type]


def with_fields(comment: str, fields: list[str]) -> str:
    """A comment that names the members to correct, in a line of their own."""
    return "\n".join(
        part for part in (comment.strip(), f"Please correct: {', '.join(fields)}." if fields else "") if part
    )


def clock_change(form: Mapping[str, str]) -> dict[str, Any]:
    """What a clock form asks for; empty fields are ignored."""
    return {name: form[name].strip() for name in ("mode", "step", "at") if form.get(name, "").strip()}


class NotJson(Exception):
    """A form field that takes JSON contains something else."""


def edit_of(form: Mapping[str, str]) -> dict[str, Any]:
    """An edit from fields named after their members, such as `view.Insights.EngagementScore`.

    Empty fields are ignored: AWS clears no value. The team is sent as a whole, `team.0.Email` and so on; a person with
    only empty fields is removed from it. Raises NotJson.
    """
    edit: dict[str, Any] = {}
    for name, value in form.items():
        *places, member = name.split(".")
        if value.strip() and places and places[0] in ("view", "life_cycle"):
            inside = edit
            for place in places:
                inside = inside.setdefault(place, {})
            inside[member] = _typed(name, member, value.strip())
    if any(name.startswith(f"{TEAM}.") for name in form):
        edit.setdefault("view", {})["OpportunityTeam"] = _team(form)
    return edit


def _typed(name: str, member: str, text: str) -> Any:
    if name == SCORE and text.isascii() and text.isdigit():
        return int(text)
    if member not in AS_JSON:
        return text
    try:
        return json_of(text)
    except Unreadable as mistake:
        raise NotJson(f"{title_of(member)} {mistake}") from None


def _team(form: Mapping[str, str]) -> list[dict[str, str]]:
    people: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        place, _, rest = name.partition(".")
        number, _, member = rest.partition(".")
        if place == TEAM and member in MEMBER_OF_TEAM and value.strip():
            people.setdefault(number, {})[member] = value.strip()
    return list(people.values())


def _decide(visit: Visit, identifier: str, form: Mapping[str, str]) -> AdminResult:
    said = {name: form[name].strip() for name in ("comment", "reason") if form.get(name, "").strip()}
    question = {"id": identifier, "decision": form["decision"], **said, **_scope(visit)}
    return visit.administer("POST", "/_cosell/review", **question)


def _decided(visit: Visit) -> dict[str, str] | None:
    """What was just decided on, in its current state."""
    identifier = visit.first("decided")
    if not identifier:
        return None
    try:
        status = review_status_of(visit.ask("GetOpportunity", Identifier=identifier)["LifeCycle"])
    except ApiError:
        return None  # an address that somebody has invented
    return {"id": identifier, "status": status, "address": _address(visit, identifier)}


def _view(visit: Visit, identifier: str) -> dict[str, Any] | None:
    """AWS's own view; None before the submission, when AWS has nothing to change in it."""
    view = visit.ask("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=identifier)
    return view if "InvolvementType" in view else None


def _done(result: AdminResult) -> dict[str, Any]:
    """The answer to a read-only request. Raises Failure if the database did not answer."""
    if result.status != 200:
        raise Failure(result.status, result.value["error"], "Try again in a moment.")
    value: dict[str, Any] = result.value
    return value


def _scope(visit: Visit) -> dict[str, str]:
    return {"account": visit.scope.account, "catalog": visit.scope.catalog}


def _address(visit: Visit, identifier: str) -> str:
    return visit.link(f"{DESK}/{identifier}")
