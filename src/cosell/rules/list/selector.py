"""What a ListOpportunities request asks for, normalised: equal queries are equal values.

Filters are joined by AND, the values inside one by OR; an empty or absent filter matches everything. Bounds are whole
milliseconds (or day numbers), the lower inclusive, the upper exclusive.

Source: service model 2022-07-26, ListOpportunitiesRequest; AWS's page for the inclusive lower bound; the other
readings are our choice, each with its row in docs/fidelity.md.
"""

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from cosell.rules.identifiers import id_key
from cosell.rules.list.sort_keys import SortBy
from cosell.wire.timestamps import Date, Timestamp
from cosell.wire.types import ListOpportunitiesRequest

DEFAULT_SORT_BY: SortBy = "LastModifiedDate"
DEFAULT_DESCENDING = True


class Range(msgspec.Struct, frozen=True, array_like=True):
    """Keys from `low` (inclusive) to below `high`; None is no bound."""

    low: int | None = None
    high: int | None = None


DateRanges: TypeAlias = tuple[tuple[SortBy, Range], ...]


class Selector(msgspec.Struct, frozen=True, array_like=True, tag="ListOpportunities"):
    """Filters and order of one question. An empty tuple filters nothing."""

    sort_by: SortBy
    descending: bool
    id_keys: tuple[str, ...]
    companies: tuple[str, ...]
    """Casefolded names."""
    stages: tuple[str, ...]
    review_statuses: tuple[str, ...]
    ranges: DateRanges


def selector_of(request: ListOpportunitiesRequest) -> Selector:
    """The query that a request means, whatever the order and repetition of its values."""
    sort = request.sort
    return Selector(
        sort_by=sort.sort_by if sort else DEFAULT_SORT_BY,
        descending=sort.sort_order == "DESCENDING" if sort else DEFAULT_DESCENDING,
        id_keys=distinct(id_key(identifier) for identifier in request.identifier) if request.identifier else (),
        companies=(
            distinct(name.casefold() for name in request.customer_company_name) if request.customer_company_name else ()
        ),
        stages=distinct(request.life_cycle_stage) if request.life_cycle_stage else (),
        review_statuses=distinct(request.life_cycle_review_status) if request.life_cycle_review_status else (),
        ranges=_ranges(request),
    )


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """Values of a filter, which mean the same in any order and however often each is named."""
    return tuple(sorted(set(values)))


def _ranges(request: ListOpportunitiesRequest) -> DateRanges:
    ranges: list[tuple[SortBy, Range]] = []
    if modified := request.last_modified_date:
        bounds = _moments(modified.after_last_modified_date, modified.before_last_modified_date)
        ranges.append(("LastModifiedDate", bounds))
    if created := request.created_date:
        ranges.append(("CreatedDate", _moments(created.after_created_date, created.before_created_date)))
    if target := request.target_close_date:
        ranges.append(("TargetCloseDate", _days(target.after_target_close_date, target.before_target_close_date)))
    return tuple((key, bounds) for key, bounds in ranges if bounds != Range())


def _moments(after: Timestamp | None, before: Timestamp | None) -> Range:
    return Range(
        None if after is None else after.ms_at_or_after,
        None if before is None else before.ms_at_or_after,
    )


def _days(after: Date | None, before: Date | None) -> Range:
    """Both days inclusive. Any bound at all excludes an opportunity without a TargetCloseDate, whose key is 0."""
    if after is None and before is None:
        return Range()
    return Range(1 if after is None else after.ordinal, None if before is None else before.ordinal + 1)
