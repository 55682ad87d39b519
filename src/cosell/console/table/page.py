"""The table of opportunities: exactly what ListOpportunities can ask, and how to ask it oneself."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from cosell.console.table.question import LISTS, RANGES, filters_of, query_of, query_of_form, request_of
from cosell.console.visit.visit import ApiError, Visit
from cosell.console.words import title_of
from cosell.operations.opportunity.list_opportunities import DEFAULT_PAGE_SIZE
from cosell.rules.list.selector import DEFAULT_SORT_BY
from cosell.store.page_plan import EVERY_REVIEW_STATUS, EVERY_STAGE

TABLE: Final = "/console/opportunities"
COLUMNS: Final = {
    # heading: the order that it sorts by, or none
    "Id": "Identifier",
    "Customer": "CustomerCompanyName",
    "Stage": "",
    "Review": "",
    "Spend a month": "",
    "Target close": "TargetCloseDate",
    "Created": "CreatedDate",
    "Modified": "LastModifiedDate",
}
SORT_WORDS: Final = {
    "LastModifiedDate": "last modified",
    "Identifier": "identifier",
    "CustomerCompanyName": "customer",
    "CreatedDate": "created",
    "TargetCloseDate": "target close",
}
LABELS: Final = {
    "Identifier": "Identifier",
    "CustomerCompanyName": "Customer",
    "LifeCycleStage": "Stage",
    "LifeCycleReviewStatus": "Review status",
}
_FROM_FORM: Final = "filter"
"""Says that a query comes from the form, whose fields are not yet a question."""


def opportunities(visit: Visit) -> Response:
    """The table, with the question in the address."""
    if visit.first(_FROM_FORM):
        return visit.redirect(visit.link(TABLE, query_of_form(visit.query)))
    request = request_of(visit.query)
    summaries: list[dict[str, Any]] = []  # become lines while the head of the page is on its way
    token, error = "", None
    try:
        answer = visit.ask("ListOpportunities", **request)
        summaries = answer["OpportunitySummaries"]
        token = answer.get("NextToken", "")
    except ApiError as refused:
        error = refused
    question = filters_of(request)
    return visit.page(
        "opportunities.html",
        status=error.status if error else 200,
        summaries=summaries,
        error=error,
        request=request,
        next_page=visit.link(TABLE, query_of({**question, "NextToken": token})) if token else "",
        first_page=visit.link(TABLE, query_of(question)),
        as_csv=visit.link(f"{TABLE}.csv", query_of(question)),
        as_xlsx=visit.link(f"{TABLE}.xlsx", query_of(question)),
        ways=visit.ways("ListOpportunities", request),
        sorted_by=question.get("Sort", {}).get("SortBy", DEFAULT_SORT_BY),
        ascending=question.get("Sort", {}).get("SortOrder") == "ASCENDING",
        headings=[(heading, _sorted(visit, question, key) if key else "", key) for heading, key in COLUMNS.items()],
        chips=_chips(visit, question),
        stages=EVERY_STAGE,
        review_statuses=EVERY_REVIEW_STATUS,
        sort_words=SORT_WORDS,
        page_size=question.get("MaxResults", DEFAULT_PAGE_SIZE),
        is_empty=not summaries
        and not error
        and not question.keys() - {"Sort", "MaxResults"}
        and "NextToken" not in request,
    )


def _sorted(visit: Visit, question: Mapping[str, Any], key: str) -> str:
    """The address of the same question in the order of `key`, upside down if that is its order already."""
    sort = question.get("Sort", {"SortBy": DEFAULT_SORT_BY, "SortOrder": "DESCENDING"})
    if sort.get("SortBy") == key:
        order = "DESCENDING" if sort.get("SortOrder") == "ASCENDING" else "ASCENDING"
    else:
        order = "ASCENDING" if key in ("Identifier", "CustomerCompanyName") else "DESCENDING"
    return visit.link(TABLE, query_of({**question, "Sort": {"SortBy": key, "SortOrder": order}}))


def _chips(visit: Visit, question: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each filter that is set: its label, its value, and the address of the table without it."""
    chips = [
        (LABELS[name], value, visit.link(TABLE, query_of({**question, name: _others(question[name], value)})))
        for name in LISTS
        for value in question.get(name, ())
    ]
    for member in RANGES:
        bounds = question.get(member, {})
        for name, value in bounds.items():
            rest = {other: kept for other, kept in bounds.items() if other != name}
            chips.append((title_of(name), value, visit.link(TABLE, query_of({**question, member: rest}))))
    return chips


def _others(values: list[str], left_out: str) -> list[str]:
    return [value for value in values if value != left_out]
