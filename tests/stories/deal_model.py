"""A small model of an opportunity's life, written from the guide afresh: it imports none of the rules it checks."""

import copy
from typing import Any, Final

from tests.operations.whole_opportunity import WHOLE, but
from tests.store.caller import Record

Errors = set[tuple[str, str]]
"""FieldName and Code of each expected entry of an ErrorList."""

OPEN: Final = ("Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed")
ENDS: Final = ("Launched", "Closed Lost")
NO_SUPPORT: Final = "Do Not Need Support from AWS Sales Rep"
SPENDS: Final = WHOLE["Project"]["ExpectedCustomerSpend"]
NOTHING_SPENT: Final = [SPENDS[0] | {"Amount": "0"}]

CHOICES: Final[dict[str, list[Any]]] = {
    # What a partner writes in the sequences: None is nothing. What is usual stands first.
    "PrimaryNeedsFromAws": [WHOLE["PrimaryNeedsFromAws"], [NO_SUPPORT], None],
    "PartnerOpportunityIdentifier": ["crm-7", "crm-8", None],
    "Customer.Account.CompanyName": ["Blue Heron", "Grey Heron"],
    "Customer.Account.Address.City": ["Portland", "Salem", None],
    "Project.Title": ["Cameras", "More cameras", None],
    "Project.ExpectedCustomerSpend": [SPENDS, NOTHING_SPENT, None],
    "Project.OtherSolutionDescription": ["Our archive", None],
    "Project.AdditionalComments": ["Write, do not call.", None],
    "LifeCycle.NextSteps": ["Count.", "Count again.", None],
    "LifeCycle.TargetCloseDate": ["2027-03-31", "2027-06-30", "2026-05-29", "2020-01-01", None],
    "LifeCycle.Stage": [*OPEN, *ENDS, None],
    "LifeCycle.ClosedLostReason": [None, "Price"],
}
CORRECTABLE: Final = {
    "PartnerOpportunityIdentifier",
    "Customer.Account.Address.City",
    "Project.ExpectedCustomerSpend",
    "LifeCycle.TargetCloseDate",
}
FIXED_BY_APPROVAL: Final = {"PartnerOpportunityIdentifier", "Customer.Account.CompanyName", "Project.Title"}
AFTER_LAUNCH: Final = {"Project.AdditionalComments"}

NOT_NOW: Final[Errors] = {("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")}


def at(record: Record, path: str) -> Any:
    """What stands at a path, None for nothing."""
    value: Any = record
    for name in path.split("."):
        value = None if value is None else value.get(name)
    return value


def camel(path: str) -> str:
    """A path as an ErrorList names it."""
    return ".".join(name[0].lower() + name[1:] for name in path.split("."))


def disagreements(wanted: Record, today: str) -> Errors:
    """What members demand of each other, as far as the sequences can break it."""
    errors = set()
    lost, reason = at(wanted, "LifeCycle.Stage") == "Closed Lost", at(wanted, "LifeCycle.ClosedLostReason")
    if lost and not reason:
        errors.add(("lifeCycle.closedLostReason", "REQUIRED_FIELD_MISSING"))
    if reason and not lost:
        errors.add(("lifeCycle.closedLostReason", "ACTION_NOT_PERMITTED"))
    day = at(wanted, "LifeCycle.TargetCloseDate")
    if day and day <= today:
        errors.add(("lifeCycle.targetCloseDate", "INVALID_VALUE"))
    return errors


class Deal:
    """One opportunity: what its partner wrote last, and what has become of it."""

    def __init__(self, written: Record, stamp: str) -> None:
        self.written = written
        self.stamp = stamp
        self.status = "Pending Submission"
        self.history: list[str] = []
        self.owner: str | None = None
        self.comments: str | None = None
        self.involvement: str | None = None
        self.solutions: list[str] = []

    @property
    def stage(self) -> str:
        return str(self.written["LifeCycle"]["Stage"])

    def is_decided_by(self, catalog: str, sent: str | None) -> bool:
        """Whether a ReviewStatus in an update plays AWS."""
        return catalog == "Sandbox" and sent is not None and sent != self.status and self.status != "Approved"

    def update(self, wanted: Record, today: str, *, decided: bool) -> tuple[Errors, Record]:
        """What forbids an update, and what would be written by it."""
        if self.status == "Rejected" or decided != (self.status in ("Submitted", "In review")):
            return NOT_NOW, wanted
        editable = set(CHOICES) if decided else self._editable()
        after = wanted
        errors: Errors = set()
        for path in set(CHOICES) - editable:
            value = at(self.written, path)
            if at(wanted, path) not in (None, value):
                errors.add((camel(path), "ACTION_NOT_PERMITTED"))
            after = but({path: copy.deepcopy(value)}, after)
        if at(after, "LifeCycle.Stage") is None:
            after = but({"LifeCycle.Stage": self.stage}, after)
        errors |= self._wrong_stage(str(at(after, "LifeCycle.Stage")), decided=decided)
        errors |= self._new_disagreements(after, today)
        if self.status == "Action Required":
            errors |= {error for error in lacks(after, "Co-Sell", today) if _is_correctable(error[0])}
        return errors, after

    def _editable(self) -> set[str]:
        if self.status == "Pending Submission":
            return set(CHOICES)
        if self.status == "Action Required":
            return CORRECTABLE
        if self.stage in ENDS:
            return AFTER_LAUNCH if self.stage == "Launched" else set()
        return set(CHOICES) - FIXED_BY_APPROVAL

    def _wrong_stage(self, stage: str, *, decided: bool) -> Errors:
        if stage == self.stage:
            return set()
        if self.stage in ENDS or (stage in ENDS and (decided or self.status != "Approved")):
            return {("lifeCycle.stage", "ACTION_NOT_PERMITTED")}
        if self.status == "Approved" and stage in ("Committed", "Launched") and not self.solutions:
            return {("relatedEntityIdentifiers.solutions", "REQUIRED_FIELD_MISSING")}
        return set()

    def _new_disagreements(self, after: Record, today: str) -> Errors:
        """Those in which a changed member takes part."""
        changed = {path for path in CHOICES if at(after, path) != at(self.written, path)}
        parts = {
            "lifeCycle.closedLostReason": {"LifeCycle.Stage", "LifeCycle.ClosedLostReason"},
            "lifeCycle.targetCloseDate": {"LifeCycle.TargetCloseDate"},
        }
        errors = {error for error in disagreements(after, today) if parts[error[0]] & changed}
        needs, before = at(after, "PrimaryNeedsFromAws"), at(self.written, "PrimaryNeedsFromAws")
        if self.status == "Approved" and needs == [NO_SUPPORT] and before not in (None, needs):
            errors.add(("primaryNeedsFromAws", "ACTION_NOT_PERMITTED"))
        return errors

    def submission(self, involvement: str, visibility: str | None, today: str) -> Errors:
        """What forbids a submission."""
        if self.status not in ("Pending Submission", "Action Required"):
            return NOT_NOW
        errors = lacks(self.written, involvement, today)
        if self.solutions:
            errors.discard(("relatedEntityIdentifiers.solutions", "REQUIRED_FIELD_MISSING"))
        if (involvement, visibility) == ("Co-Sell", "Limited"):
            errors.add(("primaryNeedsFromAws", "INVALID_VALUE"))
        return errors

    def decision(self, step: str) -> str | None:
        """The status that AWS's step leads to, None where it cannot be taken."""
        verdicts = {"approve": "Approved", "require action": "Action Required", "reject": "Rejected"}
        steps = {"Submitted": verdicts | {"start review": "In review"}, "In review": verdicts}
        return steps.get(self.status, {}).get(step)


def lacks(written: Record, involvement: str, today: str) -> Errors:
    """What a submission would still need, of what the sequences take away."""
    errors: Errors = set()
    needs = at(written, "PrimaryNeedsFromAws")
    if involvement == "Co-Sell" and needs != WHOLE["PrimaryNeedsFromAws"]:
        errors.add(("primaryNeedsFromAws", "INVALID_VALUE" if needs else "REQUIRED_FIELD_MISSING"))
    for path in ("Project.Title", "Project.ExpectedCustomerSpend", "LifeCycle.TargetCloseDate"):
        if at(written, path) is None:
            errors.add((camel(path), "REQUIRED_FIELD_MISSING"))
    if at(written, "Project.ExpectedCustomerSpend") == NOTHING_SPENT:
        errors.add(("project.expectedCustomerSpend[0].amount", "INVALID_VALUE"))
    day = at(written, "LifeCycle.TargetCloseDate")
    if day and day <= today:
        errors.add(("lifeCycle.targetCloseDate", "INVALID_VALUE"))
    if at(written, "LifeCycle.Stage") == "Committed" or not at(written, "Project.OtherSolutionDescription"):
        errors.add(("relatedEntityIdentifiers.solutions", "REQUIRED_FIELD_MISSING"))
    return errors


def _is_correctable(field: str) -> bool:
    return field.partition("[")[0] in {camel(path) for path in CORRECTABLE}
