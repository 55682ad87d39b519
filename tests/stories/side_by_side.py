"""cosell and the model of it, asked the same things: whatever they answer and announce has to be the same."""

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from cosell.aws_side import by_hand
from cosell.aws_side.work import work
from cosell.context import Context, Readings
from cosell.context import Scope as EngineScope
from cosell.engine import Engine
from cosell.errors import ServiceError, ValidationException
from cosell.operations.invitation.refer import Referral, refer_as_asked
from cosell.operations.opportunity.review_decision import ReviewDecision
from cosell.rules.solution import Solution
from cosell.wire.decode import checked_structure
from cosell.wire.types import CreateOpportunityRequest
from tests.store.caller import Caller, HandClock
from tests.stories.model import service
from tests.stories.model.paths import Errors, Record, without_empty
from tests.stories.model.solutions import GIVEN
from tests.stories.model.tasks import ACCEPTING, SUBMITTING
from tests.stories.model.world import Refusal, Scope, Settings, Turn, World

T = TypeVar("T")

LISTS: Final = {
    SUBMITTING: ("ListEngagementFromOpportunityTasks", "TaskSummaries"),
    ACCEPTING: ("ListEngagementByAcceptingInvitationTasks", "TaskSummaries"),
}


class SideBySide:
    """An engine over a database, under a clock that is moved by hand, and the model of it."""

    def __init__(self, url: str, settings: Settings, scopes: list[Scope]) -> None:
        self.clock = HandClock()
        self.world = World(settings)
        self.readings = Readings(**settings._asdict())
        self._url = url
        self.engine = self._opened()
        self._heard = 0
        self._event_ids: set[str] = set()
        for scope in scopes:
            with self.engine.store.write(EngineScope(*scope)) as tx:
                tx.put_solutions(
                    Solution(identifier, name, status, category, created)  # type: ignore[arg-type]
                    for identifier, (name, status, category, created) in GIVEN.items()
                )

    def _opened(self) -> Engine:
        return Engine.open(self._url, clock=self.clock, readings=self.readings)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.close()

    def restart(self) -> None:
        """Close the database, and open it again."""
        self.engine.close()
        self.engine = self._opened()

    def ask(self, scope: Scope, operation: str, **request: Any) -> Record | None:
        """The answer; None where both refuse."""
        answer = Caller(self.engine, *scope).answer(operation, **request)
        said = json.loads(answer.body or b"{}")
        expected = _outcome(lambda: service.answer(self._turn(scope, said), operation, request))
        if isinstance(expected, Refusal):
            assert answer.status == 400, f"{operation} should be refused: {expected}"
            _same(_refusal(said), (expected.name, expected.reason, expected.errors))
        else:
            assert answer.status == 200, f"{operation} should not be refused: {said}"
            _same_answers(said, expected)
        self.listen()
        return None if isinstance(expected, Refusal) else said

    def ask_for_all(self, scope: Scope, operation: str, page_size: int = 100, **request: Any) -> list[Record]:
        """What a List operation shows, page by page."""
        caller = Caller(self.engine, *scope)
        page = caller(operation, MaxResults=page_size, **request)
        (member,) = page.keys() - {"NextToken"}
        shown = page[member]
        while token := page.get("NextToken"):
            assert len(page[member]) == page_size
            page = caller(operation, MaxResults=page_size, NextToken=token, **request)
            shown += page[member]
        expected = service.answer(self._turn(scope, {}), operation, request)
        _same_answers({member: shown}, expected)
        return list(shown)

    def aws_decides(self, scope: Scope, identifier: str, step: Any, comments: str | None, reason: str | None) -> None:
        """AWS takes a step of its review."""
        decision = ReviewDecision(identifier, step, comments, reason)
        request = {"Identifier": identifier, "Step": step, "Comments": comments, "Reason": reason}
        self._by_aws("decides", scope, request, lambda: by_hand.decide(self.engine, EngineScope(*scope), decision))

    def aws_edits(self, scope: Scope, identifier: str, view: Record | None, life_cycle: Record | None) -> None:
        """AWS changes its view, or the partner's record."""
        request = {"Identifier": identifier, "View": view, "LifeCycle": life_cycle}
        edit = lambda: by_hand.edit(self.engine, EngineScope(*scope), identifier, view, life_cycle)  # noqa: E731
        self._by_aws("edits", scope, request, edit)

    def aws_refers(self, scope: Scope, wanted: Record) -> None:
        """AWS brings an opportunity: exactly this, and nothing is made up."""
        request = {"Catalog": scope.catalog, "ClientToken": "referral", "Origin": "AWS Referral"} | wanted
        typed = checked_structure(CreateOpportunityRequest, request)
        engine = self.engine
        context = Context(EngineScope(*scope), self.clock(), engine.chance, engine.store.token_key, self.readings)

        def refer() -> Referral:
            with engine.store.write(context.scope) as tx:
                return refer_as_asked(tx, typed, context)

        self._by_aws("refers", scope, wanted, refer)

    def _by_aws(self, what: str, scope: Scope, request: Record, perform: Callable[[], object]) -> None:
        refused: ServiceError | None = None
        said: Record = {}
        try:
            said = {"Id": getattr(perform(), "opportunity_id", "")}
        except ServiceError as error:
            refused = error
        expected = _outcome(lambda: service.BY_AWS[what](self._turn(scope, said), request))
        if isinstance(expected, Refusal):
            assert refused is not None, f"AWS cannot do this: {expected}"
            told = refused.error_list if isinstance(refused, ValidationException) else []
            errors = {(violation.field_name, violation.code) for violation in told}
            _same((refused.name, errors), (expected.name, expected.errors))
        else:
            assert refused is None, f"AWS can do this: {refused}"
        self.listen()

    def time_works(self) -> None:
        """Let everything be done that is due by now."""
        work(self.engine, None, self.clock(), _must_not_fail)
        service.time_works(self._turn(Scope("", ""), {}))
        self.listen(in_order=False)

    def listen(self, *, in_order: bool = True) -> None:
        """Whatever was announced since is what the model tells, once each: in one order, or in that of each subject."""
        waiting = self.engine.store.outbox.after(self._heard, 1000)
        told, self.world.told = self.world.told, []
        heard = []
        for item in waiting:
            self._heard = item.position
            envelope = json.loads(item.event.body)
            assert item.event.event_id == envelope["id"]
            assert envelope["id"] not in self._event_ids
            self._event_ids.add(envelope["id"])
            heard.append((item.event, envelope))
        if not in_order:
            heard.sort(key=lambda pair: (*_who(pair[0].receiver), pair[0].subject))
            told.sort(key=lambda event: (*event.receiver, event.subject))
        _same([_event(*pair) for pair in heard], [_expected(event) for event in told])
        for (_, envelope), event in zip(heard, told, strict=True):
            assert envelope["time"] in event.seconds

    def _turn(self, scope: Scope, said: Record) -> Turn:
        return Turn(self.world, scope, self.clock(), lambda *path: self._name(scope, said, *path))

    def _name(self, scope: Scope, said: Record, *path: str) -> str:
        """What cosell has made up: in its answer, in a task, in the newest invitation, or in AWS's view, as JSON."""
        if len(path) == 1:
            return str(said[path[0]])
        if path[0] == "AWS's view":
            return json.dumps(
                Caller(self.engine, *scope)("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=path[1])
            )
        if path[0] == "new invitation":
            shown = Caller(self.engine, *scope)("ListEngagementInvitations", ParticipantType="RECEIVER", MaxResults=100)
            invitations = shown["EngagementInvitationSummaries"]
            (found,) = (one for one in invitations if one["Id"] not in self.world.names)
        else:
            operation, task, _ = path
            started = self.world.tasks.items()
            owner = next(scope for scope, tasks in started if task in [one.identifier for one in tasks])
            asked, member = LISTS[operation]
            (found,) = Caller(self.engine, *owner)(asked, TaskIdentifier=[task])[member]
        return str(found[path[-1]])


def _same(found: T, expected: T) -> None:
    assert found == expected


def _outcome(ask: Callable[[], Record]) -> Record | Refusal:
    try:
        return ask()
    except Refusal as refusal:
        return refusal


def _refusal(said: Record) -> tuple[str, str | None, Errors]:
    errors = {(entry["FieldName"], entry["Code"]) for entry in said.get("ErrorList", [])}
    return said["__type"].partition("#")[2], said.get("Reason"), errors


def _same_answers(found: Record, expected: Record) -> None:
    """Equal, but for the order of members who joined at once, and the words of a message, which has certain texts."""
    for shown, wanted in zip(_tasks(found), _tasks(expected), strict=True):
        message = shown.pop("Message", "")
        assert bool(message) == (shown["TaskStatus"] == "FAILED")
        assert all(text in message for text in wanted.pop("Message"))
    for answer in (found, expected):
        if answer.get("ExistingMembers"):
            answer["ExistingMembers"].sort(key=lambda member: member["CompanyName"])
    _same(without_empty(found), without_empty(expected))


def _tasks(answer: Record) -> list[Record]:
    return [task for task in [answer, *answer.get("TaskSummaries", [])] if "TaskStatus" in task]


def _who(scope: EngineScope) -> tuple[str, str]:
    return scope.account, scope.catalog


def _event(event: Any, envelope: Record) -> list[Any]:
    detail = envelope["detail"]
    if "resourceSnapshot" in detail:
        detail["resourceSnapshot"]["targetMemberAccounts"].sort()
    assert event.detail_type == envelope["detail-type"]
    assert (envelope["version"], envelope["source"]) == ("0", "aws.partnercentral-selling")
    assert envelope["region"] == "us-east-1"
    assert envelope["account"] == event.receiver.account
    return [_who(event.receiver), event.subject, event.detail_type, envelope["resources"], detail]


def _expected(told: Any) -> list[Any]:
    detail = {"schemaVersion": told.version, "catalog": told.receiver.catalog, **told.detail}
    return [tuple(told.receiver), told.subject, told.kind, told.resources, detail]


def _must_not_fail(place: str, defect: Exception) -> None:
    raise AssertionError(place) from defect
