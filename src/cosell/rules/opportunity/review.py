"""The review of an opportunity by AWS: which status follows which, and on whose step.

One axis of an opportunity's life; the stage of the sale is the other (`stage.py`). A partner drafts, submits and
corrects; AWS starts a review and ends it with one of three verdicts. A step that a status lacks is not permitted.

Source: service model 2022-07-26, LifeCycle.ReviewStatus; developer guide. A row marked * is our reading:
docs/decisions/0011.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

ReviewStatus: TypeAlias = Literal[
    "Pending Submission", "Submitted", "In review", "Action Required", "Approved", "Rejected"
]
PartnerStep: TypeAlias = Literal["update", "submit", "associate", "assign"]
Verdict: TypeAlias = Literal["approve", "require action", "reject"]
AwsStep: TypeAlias = Literal["start review"] | Verdict
Step: TypeAlias = PartnerStep | AwsStep

REVIEW_STATUSES: Final[tuple[ReviewStatus, ...]] = get_args(ReviewStatus)
PARTNER_STEPS: Final[tuple[PartnerStep, ...]] = get_args(PartnerStep)
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
AWS_STEPS: Final[tuple[AwsStep, ...]] = ("start review", *VERDICTS)
FIRST_REVIEW_STATUS: Final[ReviewStatus] = "Pending Submission"

_VERDICTS_BECOME: Final[dict[Step, ReviewStatus]] = {
    "approve": "Approved",
    "require action": "Action Required",
    "reject": "Rejected",
}

REVIEW: Final[Mapping[ReviewStatus, Mapping[Step, ReviewStatus]]] = {
    # status: {step: the status after it}
    "Pending Submission": {
        "update": "Pending Submission",
        "submit": "Submitted",
        "associate": "Pending Submission",
        "assign": "Pending Submission",
    },
    "Submitted": {
        "start review": "In review",
        **_VERDICTS_BECOME,
        "assign": "Submitted",  # *
    },
    "In review": {
        **_VERDICTS_BECOME,
        "assign": "In review",  # *
    },
    "Action Required": {
        "update": "Submitted",  # * the guide: it "re-enters the validation phase"
        "submit": "Submitted",
        "associate": "Action Required",  # *
        "assign": "Action Required",
    },
    "Approved": {
        "update": "Approved",
        "associate": "Approved",
        "assign": "Approved",
    },
    "Rejected": {},
}
"""*update* stands for UpdateOpportunity, *associate* for AssociateOpportunity and DisassociateOpportunity, *assign* for
AssignOpportunity, *submit* for SubmitOpportunity and StartEngagementFromOpportunityTask."""


def next_status(status: ReviewStatus, step: Step) -> ReviewStatus | None:
    """The status after `step`; None if the step is not permitted in `status`."""
    return REVIEW[status].get(step)
