"""Working through the queue of details: GetOpportunity and GetAwsOpportunitySummary, for everything new or changed.

The queue is in the mirror, filled in the transaction that stores a summary, so no interruption loses an entry. An entry
leaves it when details are stored that are as new as its summary. Failures back off exponentially, and block nothing.
"""

from collections.abc import Callable
from typing import Final

from cosell.sync.report import Report
from cosell.sync.service import Refused, Service
from cosell.sync.target import DetailWanted, Target

BATCH: Final = 50
FIRST_WAIT_MS: Final = 60_000
LONGEST_WAIT_MS: Final = 24 * 60 * 60 * 1000
LOOKS_FOR_WHAT_IS_NOT_FOUND: Final = 5
"""A new opportunity may be listed a while before GetOpportunity finds it; after so many tries it is given up."""
_NOT_FOUND: Final = "ResourceNotFoundException"
_NO_SUMMARY: Final = frozenset({_NOT_FOUND, "NotImplementedException", "UnknownOperationException"})
"""AWS may have no view of a new opportunity yet; other services may lack the operation."""
_CONCERNS_ALL: Final = frozenset({"AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"})
"""Refusals that the next opportunity would meet as well."""


def work_off(
    service: Service,
    target: Target,
    clock: Callable[[], int],
    report: Report,
    between: Callable[[], None],
    until_ms: int | None = None,
) -> None:
    """Fetch what is queued, until nothing is due, or until a moment. `between` is called after each.

    Raises Refused if nothing can be fetched at all, and Unavailable.
    """
    while wanted := target.details_wanted(BATCH, clock()):
        for each in wanted:
            if until_ms is not None and clock() >= until_ms:
                return
            _fetch(each, service, target, clock, report)
            between()


def wait_ms(attempts: int) -> int:
    """How long to leave an entry alone after so many failures, the first being 1."""
    return min(FIRST_WAIT_MS << min(attempts - 1, 20), LONGEST_WAIT_MS)


def _fetch(wanted: DetailWanted, service: Service, target: Target, clock: Callable[[], int], report: Report) -> None:
    try:
        opportunity = service.opportunity(wanted.id)
        summary = None
        try:
            summary = service.aws_summary(wanted.id)
        except Refused as refused:
            if refused.code not in _NO_SUMMARY:
                raise
    except Refused as refused:
        if refused.code in _CONCERNS_ALL:
            raise
        if refused.code == _NOT_FOUND and wanted.attempts >= LOOKS_FOR_WHAT_IS_NOT_FOUND:
            target.keep_detail(wanted.id, wanted.last_modified_ms, None, None, clock())
        else:
            _put_off(wanted, refused.message, target, clock)
        return
    report.unknown_members |= {f"GetOpportunity: {path}" for path in opportunity.unknown}
    report.unknown_members |= {f"GetAwsOpportunitySummary: {path}" for path in (summary.unknown if summary else ())}
    modified_ms = wanted.last_modified_ms if opportunity.last_modified_ms is None else opportunity.last_modified_ms
    summary_raw = None if summary is None else summary.raw
    target.keep_detail(wanted.id, modified_ms, opportunity.raw, summary_raw, clock())
    report.details += 1
    if modified_ms < wanted.last_modified_ms:
        _put_off(wanted, "GetOpportunity is behind ListOpportunities", target, clock)


def _put_off(wanted: DetailWanted, why: str, target: Target, clock: Callable[[], int]) -> None:
    target.detail_failed(wanted.id, why, clock() + wait_ms(wanted.attempts + 1))
