"""Scripts of AWS's side: what happens to which opportunities, and when.

A script is a list of rules. The first one whose conditions an opportunity meets at its submission says what follows:
steps, each some time after the one before. Every submission of an opportunity starts over. Chance is an argument, so
the same seed decides alike for the same opportunity, whatever happens to the others.

Our own format; docs/how-to/play-aws.md describes it.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from cosell.errors import ServiceError, ValidationException
from cosell.rules.aws_side.edit import AwsEdit, aws_edit_of
from cosell.rules.opportunity.review import AwsStep
from cosell.rules.opportunity.stage import CLOSED_LOST
from cosell.shape_mistakes import mistake_in
from cosell.time_texts import span_ms, span_text
from cosell.wire.types import Account, Address, GetOpportunityResponse, Project

Action = Literal["start", "approve", "action-required", "reject", "edit"]
STEP_OF: Final[dict[str, AwsStep]] = {
    "start": "start review",
    "approve": "approve",
    "action-required": "require action",
    "reject": "reject",
}
"""The steps of a review by the names that commands and scripts use."""

Draw = Callable[[int], float]
"""From the index of a rule to its random number, from 0 up to 1."""
Share = Annotated[float, Meta(ge=0, le=1)]


class Then(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that AWS's side does, `after` some time."""

    do: Action
    after: str = "0s"
    comment: str | None = None
    reason: str | None = None
    view: dict[str, Any] | None = None
    life_cycle: dict[str, Any] | None = None
    bare: bool = False
    """Whether an approval adds none of AWS's invented members."""

    @property
    def after_ms(self) -> int:
        """The delay since the previous step, or the submission, in milliseconds."""
        return span_ms(self.after)

    @property
    def edit(self) -> AwsEdit:
        """What an `edit` changes."""
        return aws_edit_of(self.view, self.life_cycle)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Conditions, which must all be met, and what follows. Texts are shell patterns; case is ignored."""

    then: list[Then] = []
    company: str | None = None
    title: str | None = None
    partner_id: str | None = None
    industry: str | None = None
    country: str | None = None
    min_spend: float | None = None
    max_spend: float | None = None
    submission: int | None = None
    chance: Share | None = None


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole script. `seed` decides if a rule has a `chance`."""

    when: list[Rule]
    seed: int = 1


class ScriptMistake(ValueError):
    """A script asks for something impossible: one sentence with its position, and a next step if there is one."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


def script_of(document: Any) -> Script:
    """The script that a document of plain values describes. Raises ScriptMistake, with the mistake's position."""
    try:
        script = msgspec.convert(document, Script)
    except msgspec.ValidationError as error:
        raise ScriptMistake(*mistake_in(document, Script, error)) from None
    for number, rule in enumerate(script.when, 1):
        for step, then in enumerate(rule.then, 1):
            reason = _mistake(then)
            if reason is not None:
                raise ScriptMistake(f"rule {number}, step {step}: {reason}")
    return script


def automatic(start_ms: int, verdict_ms: int, action_required: float, rejected: float, seed: int) -> dict[str, Any]:
    """The document of a reviewer that decides by itself: it starts a review, and ends it some time later.

    Shares from 0 to 1 of the submissions are sent back and rejected; the rest are approved.
    """

    def course(share: float | None, **verdict: str) -> dict[str, Any]:
        steps = [{"after": span_text(start_ms), "do": "start"}, {"after": span_text(verdict_ms), **verdict}]
        return {"then": steps} if share is None else {"chance": share, "then": steps}

    remaining = 1 - action_required
    return {
        "seed": seed,
        "when": [
            course(
                action_required,
                do="action-required",
                comment="Please describe the customer's problem in more detail.",
                reason="More information needed",
            ),
            course(
                min(1.0, rejected / remaining) if remaining else 0.0,
                do="reject",
                comment="This opportunity cannot be validated.",
                reason="Not validated",
            ),
            course(None, do="approve"),
        ],
    }


def rule_for(script: Script, record: GetOpportunityResponse, submission: int, draw: Draw) -> int | None:
    """The index of the first rule that a record meets at its `submission`-th submission, counted from 1."""
    for index, rule in enumerate(script.when):
        if all(_met(rule, record, submission)) and (rule.chance is None or draw(index) < rule.chance):
            return index
    return None


def spend_of(record: GetOpportunityResponse) -> Decimal:
    """The customer's expected monthly spend with AWS, in whatever currency."""
    spends = (record.project or Project()).expected_customer_spend or []
    return sum((Decimal(spend.amount or "0") for spend in spends if spend.target_company == "AWS"), Decimal())


def _mistake(then: Then) -> str | None:
    try:
        _ = then.after_ms
        edit = then.edit
    except ValidationException as error:
        return "; ".join(f"{entry.field_name}: {entry.message}" for entry in error.error_list)
    except ServiceError as error:
        return error.message
    except ValueError as error:
        return str(error)
    if (then.do == "edit") != (edit != AwsEdit(None, None)):
        return "an edit, and nothing else, names members in view or life_cycle"
    life_cycle = edit.life_cycle
    if life_cycle is not None and life_cycle.stage == CLOSED_LOST and not life_cycle.closed_lost_reason:
        return "what gets into Closed Lost needs a ClosedLostReason"
    if then.bare and then.do != "approve":
        return "only an approval may be bare"
    if then.do in ("start", "edit") and (then.comment or then.reason):
        return "a comment or a reason belongs to a verdict"
    return None


def _met(rule: Rule, record: GetOpportunityResponse, submission: int) -> Iterator[bool]:
    account = (record.customer and record.customer.account) or Account(company_name="")
    patterns = (
        (rule.company, account.company_name),
        (rule.title, (record.project or Project()).title),
        (rule.partner_id, record.partner_opportunity_identifier),
        (rule.industry, account.industry),
        (rule.country, (account.address or Address()).country_code),
    )
    yield from (fnmatchcase((text or "").casefold(), pattern.casefold()) for pattern, text in patterns if pattern)
    yield rule.min_spend is None or spend_of(record) >= rule.min_spend
    yield rule.max_spend is None or spend_of(record) <= rule.max_spend
    yield rule.submission in (None, submission)
