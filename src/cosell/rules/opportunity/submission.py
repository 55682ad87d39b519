"""What an opportunity needs before it can be submitted to AWS, and what the submission makes of it.

Co-Sell asks AWS for support, For Visibility Only just shows the opportunity; each needs other members
(`rules/opportunity/required.py`).

Source: AWS's field list where a row names nothing else; docs/fidelity.md has a line for each reading.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from cosell.errors import Code, Violation
from cosell.rules.opportunity.conditions import (
    HERE,
    NOWHERE,
    TARGET_CLOSE_DATE_MESSAGE,
    ZERO_MESSAGE,
    Places,
    zero_spends,
)
from cosell.rules.opportunity.members import SOLUTIONS, field_name, values_of
from cosell.rules.opportunity.required import CO_SELL_SUBMISSION, SUBMISSION, At, is_open, missing
from cosell.rules.opportunity.stage import FINAL_STAGES, WITH_A_SOLUTION
from cosell.rules.opportunity.values import NO_SUPPORT
from cosell.wire.timestamps import Date
from cosell.wire.types import GetOpportunityResponse, LifeCycle

InvolvementType: TypeAlias = Literal["Co-Sell", "For Visibility Only"]
Visibility: TypeAlias = Literal["Full", "Limited"]

CO_SELL: Final = "Co-Sell"
DEFAULT_VISIBILITY: Final[Visibility] = "Full"


class Submission(NamedTuple):
    """What is submitted, and how. `at` reads the opportunity."""

    at: At
    involvement_type: InvolvementType
    visibility: Visibility
    today: Date


class Check(NamedTuple):
    """A rule of submissions: each place that `broken` finds below `member` is a violation."""

    member: str
    code: Code
    message: str
    source: str
    broken: Callable[[Submission], Places]


def _is_co_sell(submission: Submission) -> bool:
    return submission.involvement_type == CO_SELL


def _without_solution(submission: Submission) -> Places:
    described = submission.at("Project.OtherSolutionDescription")
    is_enough = described and submission.at("LifeCycle.Stage") not in WITH_A_SOLUTION
    return NOWHERE if is_enough or any(submission.at(member) for member in SOLUTIONS) else HERE


CHECKS: Final = (
    Check(
        "PrimaryNeedsFromAws",
        "INVALID_VALUE",
        "Cannot set visibility to limited on a Co-Sell opportunity",
        "field report",
        lambda submission: HERE if _is_co_sell(submission) and submission.visibility == "Limited" else NOWHERE,
    ),
    Check(
        "PrimaryNeedsFromAws",
        "INVALID_VALUE",
        "A Co-Sell opportunity needs support from AWS.",
        "field list",
        lambda submission: (
            HERE if _is_co_sell(submission) and NO_SUPPORT in (submission.at("PrimaryNeedsFromAws") or ()) else NOWHERE
        ),
    ),
    Check(
        "NationalSecurity",
        "INVALID_VALUE",
        "A national security opportunity cannot be shared for visibility only.",
        "field list",
        lambda submission: NOWHERE if _is_co_sell(submission) or is_open(submission.at) else HERE,
    ),
    Check(
        "Project.ExpectedCustomerSpend",
        "INVALID_VALUE",
        ZERO_MESSAGE,
        "field report",
        lambda submission: zero_spends(submission.at),
    ),
    Check(
        "LifeCycle.Stage",
        "ACTION_NOT_PERMITTED",
        "What is launched or lost cannot be submitted.",
        "model",
        lambda submission: HERE if submission.at("LifeCycle.Stage") in FINAL_STAGES else NOWHERE,
    ),
    Check(
        "LifeCycle.TargetCloseDate",
        "INVALID_VALUE",
        TARGET_CLOSE_DATE_MESSAGE,
        "field report",
        lambda submission: (
            HERE
            if (day := submission.at("LifeCycle.TargetCloseDate")) is not None and day <= submission.today
            else NOWHERE
        ),
    ),
    Check(
        SOLUTIONS[0],
        "REQUIRED_FIELD_MISSING",
        "Associate a solution, or describe it in Project.OtherSolutionDescription; "
        "from the stage Committed on it has to be associated.",
        "guide, recorded answers, model",
        _without_solution,
    ),
)


def violations_of_submission(
    record: GetOpportunityResponse, involvement_type: InvolvementType, visibility: Visibility, today: Date
) -> list[Violation]:
    """Everything that keeps an opportunity from being submitted like this; empty: nothing does.

    Whether its review status permits a submission is not checked here (`review.next_status`). `today` is the day in
    UTC.
    """
    submission = Submission(values_of(record).get, involvement_type, visibility, today)
    return [entry for _, entry in _violations(submission)]


def violations_of_correction(
    record: GetOpportunityResponse, correctable: Collection[str], today: Date
) -> list[Violation]:
    """What an opportunity that its correction resubmits still lacks among the correctable members."""
    submission = Submission(values_of(record).get, involvement_of(record), DEFAULT_VISIBILITY, today)
    return [entry for member, entry in _violations(submission) if member in correctable]


def _violations(submission: Submission) -> Iterator[tuple[str, Violation]]:
    yield from missing(submission.at, CO_SELL_SUBMISSION if _is_co_sell(submission) else SUBMISSION)
    for check in CHECKS:
        for place in check.broken(submission):
            yield check.member, Violation(field_name(check.member) + place, check.code, check.message)


def involvement_of(record: GetOpportunityResponse) -> InvolvementType:
    """How an opportunity that was submitted is shared, as far as its own members tell."""
    return "For Visibility Only" if record.primary_needs_from_aws == [NO_SUPPORT] else "Co-Sell"


def submitted(record: GetOpportunityResponse, involvement_type: InvolvementType) -> GetOpportunityResponse:
    """The record after its submission. For visibility only, it says that no support is needed [recorded answer]."""
    life_cycle = msgspec.structs.replace(record.life_cycle or LifeCycle(), review_status="Submitted")
    needs = record.primary_needs_from_aws if involvement_type == CO_SELL else [NO_SUPPORT]
    return msgspec.structs.replace(record, life_cycle=life_cycle, primary_needs_from_aws=needs)
