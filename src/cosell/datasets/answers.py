"""Opportunities in what AWS clients print, and the records that they become.

It knows answers of GetOpportunity and ListOpportunities, their members alone (`--query OpportunitySummaries`), lists
of all these, and recordings of requests with their answers. A summary becomes a record with what it has.

AWS's answers are not held to the letter of the model. Values that its enumerations lack are kept, and so are the
identifiers of related entities, whose form has changed over the years. Only what could not be stored and listed
faithfully is refused. Source: recorded answers; our choice for the line between the two (docs/fidelity.md).
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from cosell.errors import SerializationException, ValidationException, Violation
from cosell.rules.identifiers import opportunity_arn
from cosell.rules.opportunity.normal_form import normal_amount
from cosell.rules.opportunity.record import no_related_entities
from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS
from cosell.rules.opportunity.stage import FIRST_STAGE
from cosell.wire.decode import DEEPEST, quick_value
from cosell.wire.model import service_model
from cosell.wire.types import GetOpportunityResponse, LifeCycle, Project
from cosell.wire.unchecked import unchecked
from cosell.wire.violations import checked

ANSWER: Final = "GetOpportunityResponse"
RECORDED_OPERATIONS: Final = ("GetOpportunity", "ListOpportunities")
_SMALLEST_MS: Final = 100_000_000_000
"""A number from here on cannot be seconds (it would be after the year 5000), so it is milliseconds."""
_ISO_DAY: Final = len("2026-05-04")
_HAS_TO_BE_KNOWN: Final = ("LifeCycle.Stage", "LifeCycle.ReviewStatus")


class Found(NamedTuple):
    """A value that stands where an opportunity does, and its path in the document."""

    path: str
    value: dict[str, Any]


class Stranger(NamedTuple):
    """A value that is not an answer with opportunities, and its path in the document."""

    path: str


class Reason(NamedTuple):
    """Why an opportunity cannot be loaded: the member, the Code of an ErrorList (or an exception), and the rest."""

    member: str
    code: str
    message: str


class Refused(Exception):
    """An opportunity cannot be loaded, for these reasons."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__()
        self.reasons = reasons


def found_in(value: Any, path: str = "") -> Iterator[Found | Stranger]:
    """The opportunities in a document."""
    if path.count("[") > DEEPEST:
        yield Stranger(path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from found_in(item, f"{path}[{index}]")
    elif not isinstance(value, dict):
        yield Stranger(path)
    elif isinstance(summaries := value.get("OpportunitySummaries"), list):
        yield from found_in(summaries, _joined(path, "OpportunitySummaries"))
    elif isinstance(pairs := value.get("pairs"), list):
        for index, pair in enumerate(pairs):
            answer = pair.get("response") if isinstance(pair, dict) else None
            if answer is not None and pair.get("op") in RECORDED_OPERATIONS:
                yield from found_in(answer, _joined(path, f"pairs[{index}].response"))
    elif value.keys() & service_model().shapes[ANSWER].members.keys():
        yield Found(path, value)
    else:
        yield Stranger(path)


def is_detailed(value: dict[str, Any]) -> bool:
    """Whether an opportunity holds more than a summary can."""
    return not value.keys() <= service_model().shapes["OpportunitySummary"].members.keys()


def record_of(value: dict[str, Any], account: str, catalog: str) -> tuple[GetOpportunityResponse, list[str]]:
    """The record that an opportunity becomes, and the members whose values are kept although the model lacks them.

    `catalog` applies if the opportunity names none. Raises Refused.
    """
    complete = _completed(value, catalog)
    kept: list[str] = []
    record = quick_value(GetOpportunityResponse, complete)
    if record is None:
        kept = _kept_values(complete)
        record = unchecked(ANSWER, complete)
        assert isinstance(record, GetOpportunityResponse)
    life_cycle = record.life_cycle or LifeCycle()
    return msgspec.structs.replace(
        record,
        arn=opportunity_arn(account, record.catalog, record.id),
        life_cycle=msgspec.structs.replace(
            life_cycle,
            stage=life_cycle.stage or FIRST_STAGE,
            review_status=life_cycle.review_status or FIRST_REVIEW_STATUS,
        ),
        project=record.project and _with_normalised_amounts(record.project),
    ), kept


def _kept_values(complete: dict[str, Any]) -> list[str]:
    """The members that the model refuses and we keep. Raises Refused if it refuses others too."""
    try:
        checked(ANSWER, complete)
    except SerializationException as error:
        member, _, wanted = error.message.partition(" must be ")
        raise Refused([Reason(member, error.name, f"This must be {wanted}")]) from None
    except ValidationException as error:
        if refused := [violation for violation in error.error_list if not _is_kept(violation)]:
            raise Refused([Reason(*msgspec.structs.astuple(entry)) for entry in refused]) from None
        return [violation.field_name for violation in error.error_list]
    return []


def _completed(value: dict[str, Any], catalog: str) -> dict[str, Any]:
    """With the members that every record has, and with moments in the service's form."""
    related = value.get("RelatedEntityIdentifiers") or {}
    if isinstance(related, dict):
        some = {name: identifiers for name, identifiers in related.items() if identifiers is not None}
        related = msgspec.to_builtins(no_related_entities()) | some
    complete = {
        **value,
        "Catalog": value.get("Catalog") or catalog,
        "LastModifiedDate": _moment(value.get("LastModifiedDate")),
        "CreatedDate": _moment(value.get("CreatedDate") or value.get("LastModifiedDate") or 0),
        "RelatedEntityIdentifiers": related,
    }
    life_cycle = value.get("LifeCycle")
    if isinstance(life_cycle, dict) and isinstance(history := life_cycle.get("NextStepsHistory"), list):
        complete["LifeCycle"] = {**life_cycle, "NextStepsHistory": [_with_moment(entry) for entry in history]}
    return complete


def _with_moment(entry: Any) -> Any:
    return {**entry, "Time": _moment(entry.get("Time"))} if isinstance(entry, dict) else entry


def _moment(value: Any) -> Any:
    """A moment as the service writes it, if it is written as Python or JavaScript do."""
    if isinstance(value, str) and value[_ISO_DAY : _ISO_DAY + 1] == " ":
        return f"{value[:_ISO_DAY]}T{value[_ISO_DAY + 1 :]}"
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= _SMALLEST_MS:
        return value / 1000
    return value


def _is_kept(violation: Violation) -> bool:
    if violation.code == "INVALID_ENUM_VALUE":
        return violation.field_name not in _HAS_TO_BE_KNOWN
    return violation.code == "INVALID_STRING_FORMAT" and violation.field_name.startswith("RelatedEntityIdentifiers.")


def _with_normalised_amounts(project: Project) -> Project:
    spends = project.expected_customer_spend
    if not spends:
        return project
    return msgspec.structs.replace(
        project,
        expected_customer_spend=[
            msgspec.structs.replace(spend, amount=spend.amount and normal_amount(spend.amount)) for spend in spends
        ],
    )


def _joined(path: str, member: str) -> str:
    return f"{path}.{member}" if path else member
