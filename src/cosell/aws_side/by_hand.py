"""What AWS decides, edits and refers, for those who play it by hand: a person, a program, or a test.

Each raises ResourceNotFoundException for an opportunity that the scope does not have, and ValidationException for
a step that is not possible.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from cosell.aws_side.example_referral import referral_members
from cosell.context import Scope
from cosell.engine import Engine
from cosell.operations.invitation.refer import Referral, refer_as_asked
from cosell.operations.opportunity.aws_edit import aws_edit
from cosell.operations.opportunity.review_decision import ReviewDecision, review_decision
from cosell.rules.aws_side.edit import aws_edit_of
from cosell.rules.opportunity.review import AwsStep
from cosell.wire.decode import checked_structure
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import CreateOpportunityRequest, GetOpportunityResponse


def decide(engine: Engine, scope: Scope, decision: ReviewDecision) -> GetOpportunityResponse:
    """Take a step of the review: the opportunity afterwards."""
    with engine.store.write(scope) as tx:
        return review_decision(tx, decision, engine.context(scope, engine.clock()))


def edit(
    engine: Engine,
    scope: Scope,
    identifier: str,
    view: Mapping[str, Any] | None,
    life_cycle: Mapping[str, Any] | None,
) -> GetOpportunityResponse:
    """Change members of AWS's own view, and of the life cycle in the partner's record: the opportunity afterwards."""
    edits = aws_edit_of(view, life_cycle)
    with engine.store.write(scope) as tx:
        return aws_edit(tx, identifier, edits, engine.context(scope, engine.clock()))


def refer(engine: Engine, scope: Scope, members: Mapping[str, Any]) -> Referral:
    """Refer an opportunity with these members of CreateOpportunity; the rest is invented."""
    context = engine.context(scope, engine.clock())
    named = {"Catalog": scope.catalog, "ClientToken": "referral", "Origin": "AWS Referral"}
    made_up = referral_members(dict(members), Timestamp.from_ms(context.now_ms))
    request = checked_structure(CreateOpportunityRequest, made_up | named)
    with engine.store.write(scope) as tx:
        return refer_as_asked(tx, request, context)


class AwsSide:
    """AWS's side of one account's opportunities in one catalog: what `cosell.play_aws` returns.

    Everything happens at the engine's moment, after whatever AWS's side had to do by itself until then. Errors are
    those of `cosell.errors`: ResourceNotFoundException for an opportunity that the account does not have,
    ValidationException for a step that is not possible.
    """

    def __init__(
        self,
        engine: Engine,
        scope: Scope,
        catch_up: Callable[[], None],
        afterwards: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._scope = scope
        self._catch_up = catch_up
        self._afterwards = afterwards

    def start_review(self, identifier: str) -> None:
        """Move a Submitted opportunity to In review."""
        self._decide(identifier, "start review")

    def approve(
        self, identifier: str, *, comment: str | None = None, reason: str | None = None, bare: bool = False
    ) -> None:
        """Approve what is Submitted or In review. The partner reads `comment` as ReviewComments.

        This adds people, a stage and insights, all invented, unless the approval is `bare` or they exist already.
        """
        self._decide(identifier, "approve", comment, reason, bare=bare)

    def require_action(self, identifier: str, *, comment: str | None = None, reason: str | None = None) -> None:
        """Send back what is Submitted or In review. The partner reads `reason` as ReviewStatusReason."""
        self._decide(identifier, "require action", comment, reason)

    def reject(self, identifier: str, *, comment: str | None = None, reason: str | None = None) -> None:
        """Reject what is Submitted or In review, for good."""
        self._decide(identifier, "reject", comment, reason)

    def edit(
        self,
        identifier: str,
        *,
        view: Mapping[str, Any] | None = None,
        life_cycle: Mapping[str, Any] | None = None,
    ) -> None:
        """Change members of AWS's own view, as GetAwsOpportunitySummary shows them, or of the partner's life cycle."""
        self._catch_up()
        edit(self._engine, self._scope, identifier, msgspec.to_builtins(view), msgspec.to_builtins(life_cycle))
        self._afterwards()

    def refer(self, **members: Any) -> Referral:
        """Refer an opportunity with these members of CreateOpportunity; the rest is invented."""
        self._catch_up()
        referral = refer(self._engine, self._scope, msgspec.to_builtins(members))
        self._afterwards()
        return referral

    def _decide(
        self,
        identifier: str,
        step: AwsStep,
        comment: str | None = None,
        reason: str | None = None,
        *,
        bare: bool = False,
    ) -> None:
        self._catch_up()
        decide(self._engine, self._scope, ReviewDecision(identifier, step, comment, reason, bare))
        self._afterwards()
