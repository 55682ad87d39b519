"""The tables of docs/reference/life-cycle.md, written from the tables of the rules."""

from collections.abc import Callable, Iterable
from typing import Final

from cosell.rules.opportunity.conditions import CONDITIONS, VALUE_LISTS
from cosell.rules.opportunity.editable import EDITABLE, EDITABLE_AT_THE_END
from cosell.rules.opportunity.members import MEMBERS
from cosell.rules.opportunity.required import REQUIREMENTS
from cosell.rules.opportunity.review import AWS_STEPS, FIRST_REVIEW_STATUS, PARTNER_STEPS, REVIEW
from cosell.rules.opportunity.stage import FINAL_STAGES, FOLLOWING
from cosell.rules.opportunity.submission import CHECKS
from cosell.rules.opportunity.update import ALL_PLAYED, PLAYED_IN_SANDBOX
from cosell.rules.opportunity.values import (
    APN_PROGRAMS,
    CUSTOMER_USE_CASES,
    MARKETING_USE_CASES,
    US_STATES,
    WITHOUT_POSTAL_CODES,
)
from cosell.wire.model import service_model

OPERATIONS_OF_STEPS: Final = {
    "update": "UpdateOpportunity",
    "submit": "SubmitOpportunity",
    "associate": "AssociateOpportunity`, `DisassociateOpportunity",
    "assign": "AssignOpportunity",
}


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def review_diagram() -> str:
    """The statuses and the steps between them. A step that leaves a status as it is has no arrow."""
    names: dict[str, str] = {status: status.title().replace(" ", "") for status in REVIEW}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    state {status!r} as {name}".replace("'", '"') for status, name in names.items()]
    lines.append(f"    [*] --> {names[FIRST_REVIEW_STATUS]}: CreateOpportunity")
    for status, steps in REVIEW.items():
        arrows: dict[str, list[str]] = {}
        for step, following in steps.items():
            if following != status:
                arrows.setdefault(following, []).append(step)
        lines += [f"    {names[status]} --> {names[following]}: {', '.join(by)}" for following, by in arrows.items()]
    return "\n".join([*lines, "```"])


def review_steps() -> str:
    """Which step is permitted in which status, and where it leads."""
    steps = (*PARTNER_STEPS, *AWS_STEPS)
    rows = [(f"`{status}`", *(REVIEW[status].get(step, "") for step in steps)) for status in REVIEW]
    return table(("status", *steps), rows)


def step_names() -> str:
    """What the partner's steps are called in the API, and which of AWS's an update plays in Sandbox."""
    played = {step: status for status, step in ALL_PLAYED.items()}
    rows: list[tuple[str, str]] = [(step, f"`{OPERATIONS_OF_STEPS[step]}`") for step in PARTNER_STEPS]
    for step in AWS_STEPS:
        needs = "" if played[step] in PLAYED_IN_SANDBOX else ", where `any_review_status` is set"
        by = f"; in Sandbox also `UpdateOpportunity` with ReviewStatus `{played[step]}`{needs}"
        rows.append((step, f"AWS{by}"))
    return table(("step", "taken by"), rows)


def stages() -> str:
    """Which stages an update can lead to."""
    order = service_model().shapes["Stage"].enum
    rows = [
        (f"`{status}`", ", ".join(stage for stage in order if stage in following) or "none")
        for status, following in FOLLOWING.items()
    ]
    final = " and ".join(stage for stage in order if stage in FINAL_STAGES)
    return f"{table(('review status', 'stages that an open one may become'), rows)}\n\n{final} are final."


def editable() -> str:
    """Which member may change when."""
    columns: dict[str, frozenset[str]] = {status: members for status, members in EDITABLE.items() if members}
    columns |= {f"Approved, {stage}": members for stage, members in EDITABLE_AT_THE_END.items()}
    rows = [
        (f"`{member}`", *("yes" if member in members else "" for members in columns.values())) for member in MEMBERS
    ]
    return table(("member", *columns), rows)


def requirements() -> str:
    """What a creation, an update and a submission need."""
    occasions = ("creation", "update", "submission")
    rows = []
    for row in REQUIREMENTS:
        needed = ["yes" if one in row.needed_for else "" for one in occasions]
        if "Co-Sell" in row.needed_for:
            needed[-1] = "Co-Sell"
        rows.append((f"`{row.member}`", *needed, row.condition, row.source))
    return table(("member", *occasions, "of which", "source"), rows)


def checks() -> str:
    """What else keeps an opportunity from being submitted."""
    rows = [(f"`{row.member}`", f"`{row.code}`", row.message, row.source) for row in CHECKS]
    return table(("member", "code", "rule", "source"), rows)


def conditions() -> str:
    """What members demand of each other."""
    rows = [
        (
            f"`{row.member}`",
            ", ".join(f"`{member}`" for member in row.regards),
            f"`{row.code}`",
            row.message,
            row.source,
        )
        for row in CONDITIONS + VALUE_LISTS
    ]
    return table(("member", "regards also", "code", "rule", "source"), rows)


def value_lists() -> str:
    """The values that are in no enumeration of the model."""
    lists = {
        "Project.CustomerUseCase": CUSTOMER_USE_CASES,
        "Project.ApnPrograms": APN_PROGRAMS,
        "Marketing.UseCases": MARKETING_USE_CASES,
        "Customer.Account.Address.StateOrRegion": US_STATES,
        "Customer.Account.Address.CountryCode": WITHOUT_POSTAL_CODES,
    }
    said = {
        "Customer.Account.Address.StateOrRegion": ", where CountryCode is `US`",
        "Customer.Account.Address.CountryCode": " of countries without postal codes; a PostalCode is dropped there",
    }
    return "\n\n".join(
        f"`{member}`{said.get(member, '')}: {', '.join(f'`{value}`' for value in sorted(values))}."
        for member, values in lists.items()
    )


LIFE_CYCLE_PARTS: Final[dict[str, Callable[[], str]]] = {
    "review-diagram": review_diagram,
    "review-steps": review_steps,
    "step-names": step_names,
    "stages": stages,
    "editable": editable,
    "requirements": requirements,
    "checks": checks,
    "conditions": conditions,
    "value-lists": value_lists,
}
