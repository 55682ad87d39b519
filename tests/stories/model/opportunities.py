"""The operations on opportunities, and what AWS does to them. See `deal.py` for what is allowed."""

import json
from typing import Any, Final

from tests.stories.model.deal import LARGEST_TEAM, MEMBERS, NOT_NOW, Deal, normal, with_defaults
from tests.stories.model.needs import ENDS, NO_SUPPORT, disagreements, missing
from tests.stories.model.paths import Errors, Record, at, but, some, without_empty
from tests.stories.model.sharing import Engagement, aws_view_changed, invite, settle
from tests.stories.model.tags import check_tags
from tests.stories.model.world import AWS, Turn, conflict, day_of, forbidden, moment, not_found

FROM_PARTNER: Final = "AwsProducts Solutions AwsMarketplaceSolutions AwsMarketplaceProducts"


def create_opportunity(turn: Turn, request: Record) -> Record:
    """A new one, or in Sandbox the simulation of a referral."""
    check_tags(request)
    is_referral = request.get("Origin") == "AWS Referral"
    errors = {("origin", "INVALID_VALUE")} if is_referral and turn.scope.catalog == "AWS" else set()
    if not turn.world.settings.drafts:
        errors = errors | missing(with_defaults(normal(request)))
    deal = _drafted(turn, request, errors)
    if request.get("Tags"):
        tags = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        turn.world.tags[turn.scope][f"opportunity/{deal.identifier}"] = tags
    if is_referral:
        _hide(turn, deal)
    else:
        turn.world.deals[turn.scope][deal.identifier] = deal
        turn.changed(deal, "Created")
    return {
        "Id": deal.identifier,
        "LastModifiedDate": moment(deal.stamp),
        "PartnerOpportunityIdentifier": deal.written.get("PartnerOpportunityIdentifier"),
    }


def aws_refers(turn: Turn, request: Record) -> Record:
    """AWS brings an opportunity."""
    deal = _drafted(turn, request, set())
    _hide(turn, deal)
    return {}


def _drafted(turn: Turn, request: Record, errors: Errors) -> Deal:
    _check_related(turn, request, None)
    written = with_defaults(normal(request))
    errors = errors | disagreements(written, day_of(turn.now))
    if at(written, "LifeCycle.Stage") in ENDS:
        errors.add(("lifeCycle.stage", "ACTION_NOT_PERMITTED"))
    if errors:
        raise forbidden(errors)
    return Deal(turn.scope, turn.new("O[0-9]{7,8}", "Id"), written, request.get("OpportunityTeam") or [], turn.stamp())


def _hide(turn: Turn, deal: Deal) -> None:
    """Hide a referral behind an invitation."""
    deal.status = "Approved"
    at_stamp = turn._replace(now=deal.stamp)
    engagement = Engagement(turn.new("eng-[0-9a-z]{14}", "new invitation", "EngagementId"), deal, AWS)
    turn.world.engagements[turn.scope.catalog].append(engagement)
    invite(at_stamp, turn.new("engi-[0-9a-z]{13}", "new invitation", "Id"), engagement, AWS, turn.scope.account)


def update_opportunity(turn: Turn, request: Record) -> Record:
    """Replace what may change."""
    deal = turn.deal(request["Identifier"])
    _check_related(turn, request, at(deal.written, "Project.RelatedOpportunityIdentifier"))
    if request["LastModifiedDate"] != moment(deal.stamp):
        raise conflict()
    sent = request.get("LifeCycle") or {}
    played = sent.get("ReviewStatus") if deal.plays(sent.get("ReviewStatus"), turn.world.settings) else None
    errors, after = deal.update(request, day_of(turn.now), played, turn.world.settings)
    if errors:
        raise forbidden(errors)
    stamp, before = turn.stamp(), at(deal.written, "LifeCycle.NextSteps")
    deal.written = after
    deal.remember_steps(before, stamp)
    is_left_out = (
        turn.world.settings.sandbox_quirks and deal.scope.catalog == "Sandbox" and not sent.get("ReviewStatus")
    )
    is_lost = is_left_out or deal.is_lost
    is_corrected = deal.status == "Action Required" and not turn.world.settings.action_required_stays and not is_lost
    if played:
        deal.review(played, sent.get("ReviewComments"), sent.get("ReviewStatusReason"))
    elif is_lost:
        deal.lose_status()
    elif is_corrected:
        deal.status = "Submitted"
    if is_corrected and deal.view is not None:
        show(turn, deal, deal.view["InvolvementType"], deal.view["Visibility"])
    if played == "Approved":
        bring_aws(turn, deal)
    settle(turn, deal, stamp)
    return {"Id": deal.identifier, "LastModifiedDate": moment(deal.stamp)}


def _check_related(turn: Turn, request: Record, known: str | None) -> None:
    related = at(request, "Project.RelatedOpportunityIdentifier")
    if related not in (None, known):
        turn.deal(related)


def get_opportunity(turn: Turn, request: Record) -> Record:
    """All of it."""
    return turn.deal(request["Identifier"]).record()


def submit_opportunity(turn: Turn, request: Record) -> Record:
    """Hand it to AWS."""
    deal = turn.deal(request["Identifier"])
    involvement, visibility = request["InvolvementType"], request.get("Visibility") or "Full"
    if errors := deal.submission(involvement, visibility, day_of(turn.now)):
        raise forbidden(errors)
    submit(turn, deal, involvement, visibility)
    return {}


def submit(turn: Turn, deal: Deal, involvement: str, visibility: str) -> None:
    """What a submission that is allowed does."""
    deal.status = "Submitted"
    if involvement == "For Visibility Only":
        deal.written["PrimaryNeedsFromAws"] = [NO_SUPPORT]
    stamp = turn.stamp()
    show(turn, deal, involvement, visibility)
    settle(turn, deal, stamp)


def show(turn: Turn, deal: Deal, involvement: str, visibility: str, origin: str = "Partner Referral") -> None:
    """Let AWS see an opportunity. What AWS has added to its view stays."""
    before = deal.view
    involved = {"InvolvementType": involvement, "Visibility": visibility}
    deal.view = {"Origin": origin} | (deal.view or {}) | _told_by_the_partner(deal) | involved
    if before is not None and without_empty(before) != without_empty(deal.view):
        aws_view_changed(turn, deal)


def _told_by_the_partner(deal: Deal) -> Record:
    record = deal.record()
    return {
        "Catalog": deal.scope.catalog,
        "RelatedOpportunityId": deal.identifier,
        "Customer": some(record.get("Customer", {}), "Contacts"),
        "Project": some(record.get("Project", {}), "ExpectedCustomerSpend AwsPartition"),
        "RelatedEntityIds": some(record["RelatedEntityIdentifiers"], FROM_PARTNER),
    }


def bring_aws(turn: Turn, deal: Deal) -> None:
    """An approval brings AWS's people, its stage and its insights, unless they were there."""
    former, seen = deal.view, _seen(deal)
    made_up = json.loads(turn.name("AWS's view", deal.identifier))
    assert made_up["OpportunityTeam"]
    assert made_up["Insights"]["EngagementScore"] in ("High", "Medium", "Low")
    assert made_up["Insights"]["NextBestActions"]
    before = without_empty(seen)
    begun = {"Stage": deal.stage, "TargetCloseDate": at(deal.written, "LifeCycle.TargetCloseDate")}
    deal.view = seen | {
        "OpportunityTeam": before.get("OpportunityTeam") or made_up["OpportunityTeam"],
        "LifeCycle": begun | before.get("LifeCycle", {}),
        "Insights": some(made_up["Insights"], "EngagementScore NextBestActions") | before.get("Insights", {}),
    }
    if former is not None and without_empty(deal.view) != before:
        aws_view_changed(turn, deal)


def get_aws_opportunity_summary(turn: Turn, request: Record) -> Record:
    """AWS's view."""
    return _seen(turn.deal(request["RelatedOpportunityIdentifier"]))


def _seen(deal: Deal) -> Record:
    """AWS's view. Before the submission nothing says how AWS is involved; a verdict shows what it would show."""
    if deal.view is not None:
        return deal.view
    begun = {"Origin": "Partner Referral"} | _told_by_the_partner(deal)
    if deal.status == "Pending Submission":
        return begun
    involvement = "For Visibility Only" if at(deal.written, "PrimaryNeedsFromAws") == [NO_SUPPORT] else "Co-Sell"
    return begun | {"InvolvementType": involvement, "Visibility": "Full"}


def assign_opportunity(turn: Turn, request: Record) -> Record:
    """Name its owner."""
    deal = turn.deal(request["Identifier"])
    if deal.status == "Rejected":
        raise forbidden(NOT_NOW)
    team = deal.assign(request["Assignee"])
    if len(team) > LARGEST_TEAM:
        raise forbidden({("opportunityTeam", "TOO_MANY_VALUES")})
    deal.team = team
    settle(turn, deal, turn.stamp())
    return {}


def aws_decides(turn: Turn, request: Record) -> Record:
    """A step of AWS's review."""
    deal = turn.deal(request["Identifier"])
    following = deal.decision(request["Step"])
    if following is None:
        raise forbidden({("lifeCycle.reviewStatus", "INVALID_RESOURCE_STATE")})
    deal.review(following, request["Comments"], request["Reason"])
    stamp = turn.stamp()
    if following == "Approved":
        bring_aws(turn, deal)
    settle(turn, deal, stamp)
    return {}


def aws_edits(turn: Turn, request: Record) -> Record:
    """AWS changes its view, or a little of the partner's record. Only the latter moves its stamp."""
    deal = turn.deal(request["Identifier"])
    view, life_cycle = request.get("View"), request.get("LifeCycle") or {}
    if view and deal.status == "Pending Submission":
        raise not_found()
    seen = _seen(deal)
    at_least = turn._replace(now=max(turn.now, deal.stamp))
    written = but({f"LifeCycle.{name}": value for name, value in life_cycle.items()}, deal.written)
    if life_cycle.get("Stage") not in (None, "Closed Lost"):
        written = but({"LifeCycle.ClosedLostReason": life_cycle.get("ClosedLostReason")}, written)
    changed = {path for path in MEMBERS if at(written, path) != at(deal.written, path)}
    if errors := disagreements(written, day_of(at_least.now), changed):
        raise forbidden(errors)
    is_seen_otherwise = False
    if view:
        merged = {name: seen.get(name, {}) | view[name] for name in ("LifeCycle", "Insights") if name in view}
        _remember_aws_steps(merged.get("LifeCycle", {}), seen.get("LifeCycle", {}), moment(at_least.now))
        after = seen | view | merged
        is_seen_otherwise = without_empty(after) != without_empty(seen)
    if is_seen_otherwise:
        was_kept, deal.view = deal.view is not None, after
        if was_kept:
            aws_view_changed(at_least, deal)
    if changed:
        before, deal.written = at(deal.written, "LifeCycle.NextSteps"), written
        deal.remember_steps(before, at_least.now)
        settle(turn, deal, turn.stamp())
    elif is_seen_otherwise:
        at_least.changed(deal, "Updated")
    return {}


def _remember_aws_steps(merged: Record, before: Record, time: str) -> None:
    steps: Any = merged.get("NextSteps")
    if steps and steps != before.get("NextSteps"):
        merged["NextStepsHistory"] = [*before.get("NextStepsHistory", []), {"Value": steps, "Time": time}][-50:]
