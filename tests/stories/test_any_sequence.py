"""Any sequence of what partners and AWS can do agrees with a model that is written afresh, step by step.

After each step the answers, the records, the order of stamps and the announcements of every account are what the model
says, also after a restart of the engine.
"""

import copy
import itertools
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cosell.context import Context, Scope
from cosell.engine import Engine
from cosell.errors import ValidationException
from cosell.operations.opportunity.review_decision import ReviewDecision, review_decision
from tests.operations.whole_opportunity import WHOLE, but, violations
from tests.store.caller import Caller, HandClock, Record, Refused, moment
from tests.stories.deal_model import CHOICES, ENDS, NO_SUPPORT, NOT_NOW, Deal, Errors, at, disagreements

SEQUENCES: Final = int(os.environ.get("COSELL_TEST_SEQUENCES", "25"))
"""How many sequences are tried; CONTRIBUTING.md says how to try more."""

ACCOUNTS: Final = ("111122223333", "444455556666")
SCOPES: Final = tuple(Scope(account, catalog) for account in ACCOUNTS for catalog in ("AWS", "Sandbox"))

wishes = st.fixed_dictionaries({}, optional={path: st.sampled_from(values) for path, values in CHOICES.items()})
one_wish = st.sampled_from([(path, value) for path, values in CHOICES.items() for value in values]).map(
    lambda wish: dict([wish])
)
"""Sequences in which everything changes at once are nearly always refused."""
whiches = st.integers(0, 3)


class Sequences(RuleBasedStateMachine):
    """Two accounts with both catalogs, AWS, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = HandClock()
        self.engine = self._opened()
        self.deals: dict[tuple[Scope, str], Deal] = {}
        self.announced: dict[Scope, list[tuple[str, str]]] = {}
        self.tokens = itertools.count()

    def _opened(self) -> Engine:
        return Engine.open(str(Path(self.folder.name) / "deals.db"), clock=self.clock)

    def teardown(self) -> None:
        self.engine.close()
        self.folder.cleanup()

    @rule(scope=st.sampled_from(SCOPES), wished=one_wish | wishes)
    def create(self, scope: Scope, wished: dict[str, Any]) -> None:
        wanted = _with_life_cycle(but(wished, WHOLE))
        errors = disagreements(wanted, self._today())
        if at(wanted, "LifeCycle.Stage") in ENDS:
            errors.add(("lifeCycle.stage", "ACTION_NOT_PERMITTED"))
        answer = self._ask(scope, "CreateOpportunity", errors, ClientToken=f"t{next(self.tokens)}", **wanted)
        if answer is not None:
            wanted["LifeCycle"] = {"Stage": "Prospect"} | wanted["LifeCycle"]
            self.deals[scope, answer["Id"]] = Deal(wanted, answer["LastModifiedDate"])
            self._announced(scope, "Opportunity Created", answer["Id"])

    @rule(scope=st.sampled_from(SCOPES))
    def create_and_have_approved(self, scope: Scope) -> None:
        """Chance alone comes this far too seldom."""
        self.create(scope, {})
        newest = len(self.deals) - 1
        self.submit(newest, "Co-Sell", limited=False)
        self.aws_decides(newest, "approve")

    @precondition(lambda self: self.deals)
    @rule(which=whiches, wished=one_wish | wishes, sent=st.sampled_from([None, "Approved", "Action Required"]))
    def update(self, which: int, wished: dict[str, Any], sent: str | None) -> None:
        scope, identifier, deal = self._deal(which)
        wanted = _with_life_cycle(but(wished, copy.deepcopy(deal.written)))
        decided = deal.is_decided_by(scope.catalog, sent)
        errors, after = deal.update(wanted, self._today(), decided=decided)
        request = but({"LifeCycle.ReviewStatus": sent}, wanted) | {"LastModifiedDate": deal.stamp}
        answer = self._ask(scope, "UpdateOpportunity", errors, Identifier=identifier, **request)
        if answer is None:
            return
        steps = at(after, "LifeCycle.NextSteps")
        if steps and steps != at(deal.written, "LifeCycle.NextSteps"):
            deal.history = [*deal.history, steps]
        deal.written = after
        if decided:
            deal.status, deal.comments = str(sent), None
        elif deal.status == "Action Required":
            deal.status = "Submitted"
        self._changed(scope, identifier, deal)
        assert deal.stamp == answer["LastModifiedDate"]

    @precondition(lambda self: self.deals)
    @rule(which=whiches, involvement=st.sampled_from(["Co-Sell", "For Visibility Only"]), limited=st.booleans())
    def submit(self, which: int, involvement: str, limited: bool) -> None:
        scope, identifier, deal = self._deal(which)
        visibility = "Limited" if limited else None
        errors = deal.submission(involvement, visibility, self._today())
        wanted = {"Identifier": identifier, "InvolvementType": involvement, "Visibility": visibility}
        if self._ask(scope, "SubmitOpportunity", errors, **wanted) is not None:
            deal.status, deal.involvement = "Submitted", involvement
            if involvement == "For Visibility Only":
                deal.written = deal.written | {"PrimaryNeedsFromAws": [NO_SUPPORT]}
            self._changed(scope, identifier, deal)

    @precondition(lambda self: self.deals)
    @rule(which=whiches, step=st.sampled_from(["start review", "approve", "require action", "reject"]))
    def aws_decides(self, which: int, step: Any) -> None:
        scope, identifier, deal = self._deal(which)
        comments = f"We {step}."
        context = Context(scope, self.clock(), self.engine.chance, self.engine.store.token_key)
        decision = ReviewDecision(identifier, step, comments)
        following = deal.decision(step)
        if following is None:
            with pytest.raises(ValidationException), self.engine.store.write(scope) as tx:
                review_decision(tx, decision, context)
            return
        with self.engine.store.write(scope) as tx:
            review_decision(tx, decision, context)
        deal.status = following
        deal.comments = deal.comments if step == "start review" else comments
        self._changed(scope, identifier, deal)

    @precondition(lambda self: any(deal.status == "Approved" for deal in self.deals.values()))
    @rule(stage=st.sampled_from(CHOICES["LifeCycle.Stage"]), reason=st.sampled_from(["Price", None]))
    def an_approved_sale_goes_on(self, stage: str | None, reason: str | None) -> None:
        which = [deal.status for deal in self.deals.values()].index("Approved")
        why = reason if stage == "Closed Lost" else None
        self.update(which, {"LifeCycle.Stage": stage, "LifeCycle.ClosedLostReason": why}, None)

    @precondition(lambda self: self.deals)
    @rule(which=whiches, number=st.integers(1, 2))
    def associate(self, which: int, number: int) -> None:
        scope, identifier, deal = self._deal(which)
        solution = f"arn:aws:catalog:us-east-1::solution/{number}"
        related = {"RelatedEntityType": "AwsMarketplaceSolutions", "RelatedEntityIdentifier": solution}
        errors = NOT_NOW if deal.status in ("Submitted", "In review", "Rejected") else set()
        answer = self._ask(scope, "AssociateOpportunity", errors, OpportunityIdentifier=identifier, **related)
        if answer is not None and solution not in deal.solutions:
            deal.solutions.append(solution)
            self._changed(scope, identifier, deal)

    @precondition(lambda self: self.deals)
    @rule(which=whiches, email=st.sampled_from(["ana@example.com", "rui@example.com"]))
    def assign(self, which: int, email: str) -> None:
        scope, identifier, deal = self._deal(which)
        errors = NOT_NOW if deal.status == "Rejected" else set()
        assignee = {"Email": email, "FirstName": "A", "LastName": "B", "BusinessTitle": "OpportunityOwner"}
        if self._ask(scope, "AssignOpportunity", errors, Identifier=identifier, Assignee=assignee) is not None:
            deal.owner = email
            self._changed(scope, identifier, deal)

    @precondition(lambda self: self.deals)
    @rule(which=whiches, own=st.booleans())
    def someone_late_or_strange_asks(self, which: int, own: bool) -> None:
        scope, identifier, deal = self._deal(which)
        asking = scope if own else next(other for other in SCOPES if other.account != scope.account)
        stamp = "2020-01-01T00:00:00Z" if own else deal.stamp
        with pytest.raises(Refused) as refused:
            self._caller(asking)("UpdateOpportunity", Identifier=identifier, LastModifiedDate=stamp)
        assert refused.value.name == ("ConflictException" if own else "ResourceNotFoundException")

    @rule(step_ms=st.sampled_from([1, 1000, 3_600_000, 24 * 3_600_000, -3_600_000]))
    def time_passes(self, step_ms: int) -> None:
        self.clock.now_ms += step_ms

    @rule()
    def restart(self) -> None:
        self.engine.close()
        self.engine = self._opened()

    @invariant()
    def every_record_is_as_the_model_says(self) -> None:
        for scope in SCOPES:
            caller = self._caller(scope)
            mine = {identifier: deal for (owner, identifier), deal in self.deals.items() if owner == scope}
            records = {record["Id"]: record for record in caller.records()}
            assert records.keys() == mine.keys()
            for identifier, deal in mine.items():
                _compare(records[identifier], deal)
            listed = [summary["Id"] for summary in caller.page(MaxResults=100)["OpportunitySummaries"]]
            assert listed == sorted(mine, key=lambda identifier: mine[identifier].stamp, reverse=True)

    @invariant()
    def aws_sees_what_was_submitted(self) -> None:
        for (scope, identifier), deal in self.deals.items():
            with self.engine.store.read(scope) as tx:
                summary = tx.aws_summary(identifier)
            seen = None if summary is None else json.loads(summary)["InvolvementType"]
            assert seen == deal.involvement

    @invariant()
    def every_change_is_announced_once_and_in_order(self) -> None:
        rows = self.engine.store._writer.execute("SELECT event FROM outbox ORDER BY position")  # type: ignore[attr-defined]
        told: dict[Scope, list[tuple[str, str]]] = {}
        for (event,) in rows:
            envelope = json.loads(event)
            scope = Scope(envelope["account"], envelope["detail"]["catalog"])
            told.setdefault(scope, []).append(
                (envelope["detail-type"], envelope["detail"]["opportunity"]["identifier"])
            )
        assert told == self.announced

    def _deal(self, which: int) -> tuple[Scope, str, Deal]:
        (scope, identifier), deal = list(self.deals.items())[which % len(self.deals)]
        return scope, identifier, deal

    def _today(self) -> str:
        return moment(self.clock.now_ms)[:10]

    def _caller(self, scope: Scope) -> Caller:
        return Caller(self.engine, scope.account, scope.catalog)

    def _ask(self, scope: Scope, operation: str, errors: Errors, **request: Any) -> Record | None:
        """The answer; None where it is the refusal that the model expects."""
        caller = self._caller(scope)
        if not errors:
            return caller(operation, **request)
        with pytest.raises(Refused) as refused:
            caller(operation, **request)
        assert set(violations(refused.value)) == errors
        return None

    def _changed(self, scope: Scope, identifier: str, deal: Deal) -> None:
        """After a change: its stamp is later than any before it in the scope."""
        stamp = self._caller(scope).get(identifier)["LastModifiedDate"]
        assert stamp > max(other.stamp for (owner, _), other in self.deals.items() if owner == scope)
        deal.stamp = stamp
        self._announced(scope, "Opportunity Updated", identifier)

    def _announced(self, scope: Scope, kind: str, identifier: str) -> None:
        self.announced.setdefault(scope, []).append((kind, identifier))


def _with_life_cycle(wanted: Record) -> Record:
    return wanted | {"LifeCycle": wanted.get("LifeCycle", {})}


def _compare(record: Record, deal: Deal) -> None:
    life_cycle = record["LifeCycle"]
    assert (record["LastModifiedDate"], life_cycle["ReviewStatus"]) == (deal.stamp, deal.status)
    assert life_cycle.get("ReviewComments") == deal.comments
    assert [entry["Value"] for entry in life_cycle.get("NextStepsHistory", [])] == deal.history[-50:]
    assert record["RelatedEntityIdentifiers"]["AwsMarketplaceSolutions"] == deal.solutions
    made_up = f"owner@partner-{record['Arn'].split(':')[4]}.example.com"
    assert [member["Email"] for member in record["OpportunityTeam"]] == [deal.owner or made_up]
    assert {path: at(record, path) for path in CHOICES} == {path: at(deal.written, path) for path in CHOICES}


TestSequences = Sequences.TestCase
TestSequences.settings = settings(max_examples=SEQUENCES, stateful_step_count=30, deadline=None)
