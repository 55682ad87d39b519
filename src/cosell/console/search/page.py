"""The page of a search, and what its box offers while somebody types."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.console.opportunities import TABLE
from cosell.console.search import form, tree
from cosell.console.search.chips import groups_of, parts_of
from cosell.console.search.near_misses import near_misses
from cosell.console.search.suggestions import Suggestion, Values, about_a_field, suggestions, values_of
from cosell.console.search.vocabulary import LABELS, OFFERED_OPERATORS, sort_keys
from cosell.console.visit import ApiError, Visit
from cosell.console.words import NOTHING, day, hundredths, money, review_status_of
from cosell.context import Scope
from cosell.operations.opportunity.search_opportunities import DEFAULT_PAGE_SIZE
from cosell.rules.opportunity.team import OWNER
from cosell.rules.search.question import DEFAULT_SORT_BY
from cosell.wire.timestamps import Timestamp

SEARCH: Final = "/console/search"
TYPED: Final = "q"
"""What stands in the box. It is no question yet."""
IS_TYPING: Final = "typing"
"""Says that the box is not done with, so that nothing is opened and nothing is made of half a condition."""
FIELD: Final = "field"
"""Says that a query comes from the form of a condition."""
READ_FOR_VALUES: Final = 100
"""Opportunities whose values are suggested: one page, which costs the same in a catalog of any size."""
_ASKED: Final = frozenset({"Keyword", "Filter"})
_IDENTIFIER: Final = re.compile(r"[oO][0-9]{1,19}", re.ASCII)
COLUMNS: Final = {
    # heading: the key that it sorts by
    "Id": "OpportunityId",
    "Customer": "CustomerCompanyName",
    "Stage": "Stage",
    "Review": "ReviewStatus",
    "Expected spend": "EstimatedMrr",
    "Target close": "TargetCloseDate",
    "Owner": "OpportunityOwner",
    "Modified": "LastModifiedDate",
}


class Line(msgspec.Struct, frozen=True):
    """One line of what was found, in the words of its cells. `found_in`: texts with the keyword that no cell shows."""

    identifier: str
    customer: str
    title: str
    stage: str
    review_status: str
    spend: str
    target_close: str
    owner: str
    modified: str
    found_in: tuple[tuple[str, str], ...]


def search(visit: Visit) -> Response:
    """What a search finds, with its question in the address."""
    request = form.request_of(visit.query)
    if visit.first(TYPED) or visit.first(IS_TYPING):
        return visit.redirect(_where_words_lead(visit, request, visit.first(TYPED).strip()))
    if visit.first(FIELD):
        return visit.redirect(_link(visit, form.with_entered(request, visit.query)))
    answer, error = _answer(visit, request)
    question = {name: value for name, value in request.items() if name != "NextToken"}
    refused = tuple(entry["FieldName"] for entry in error.entries) if error else ()
    parts = parts_of(request.get("Filter"), refused)
    summaries, token = answer["OpportunitySearchSummaries"], answer.get("NextToken")
    sort = question.get("Sort", {})
    has_question = "Keyword" in question or "Filter" in question
    is_nothing = not error and not summaries
    return visit.page(
        "search/search.html",
        status=error.status if error else 200,
        summaries=summaries,
        line_of=line_of,
        error=error,
        request=request,
        keyword=request.get("Keyword", ""),
        hidden=form.query_of(form.with_keyword(question, "")),
        hidden_of_order=form.query_of({name: value for name, value in question.items() if name in _ASKED}),
        hidden_of_condition=form.query_of(question),
        parts=parts,
        into=[group for group in groups_of(parts) if tree.list_of(tree.part_at(request["Filter"], group.inside))],
        path_text=tree.path_text,
        without=lambda part: _link(visit, _without(request, part.path)),
        without_keyword=_link(visit, form.with_keyword(request, "")),
        everything=visit.link(SEARCH),
        next_page=_link(visit, {**question, "NextToken": token}) if token else "",
        first_page=_link(visit, question),
        ways=visit.ways("SearchOpportunities", request),
        labels=LABELS,
        operators=OFFERED_OPERATORS,
        sort_keys=sort_keys(),
        sorted_by=sort.get("SortBy", DEFAULT_SORT_BY),
        ascending=sort.get("SortOrder") == "ASCENDING",
        headings=[(heading, _sorted(visit, question, key), key) for heading, key in COLUMNS.items()],
        page_size=question.get("MaxResults", DEFAULT_PAGE_SIZE),
        is_empty=is_nothing and not has_question and "NextToken" not in request,
        near_misses=_near_misses(visit, question) if is_nothing else [],
        filters=visit.link(TABLE),
    )


def suggested(visit: Visit) -> Response:
    """The suggestions for what is typed, as the options of a list."""
    request = form.request_of(visit.query)
    today = day(str(Timestamp.from_ms(visit.surroundings.engine.clock())))
    offered = suggestions(visit.first(TYPED), _known_values(visit), today)
    return visit.fragment(
        "search/suggestions.html",
        offered=[(one, "" if one.fill else _link(visit, _taken(request, one))) for one in offered],
    )


def line_of(summary: Mapping[str, Any], keyword: str) -> Line:
    """The line of an OpportunitySearchSummary. Of a spend it does not tell with whom, so each is shown."""
    life_cycle, project = summary.get("LifeCycle") or {}, summary.get("Project") or {}
    team = summary.get("OpportunityTeam") or ()
    owner: Mapping[str, str] = next((one for one in team if one.get("BusinessTitle") == OWNER), {})
    unshown = {"Next step": life_cycle.get("NextSteps"), "Partner's": summary.get("PartnerOpportunityIdentifier")}
    return Line(
        summary["Id"],
        ((summary.get("Customer") or {}).get("Account") or {}).get("CompanyName") or NOTHING,
        project.get("Title") or "",
        life_cycle.get("Stage") or "",
        review_status_of(life_cycle),
        ", ".join(
            money(hundredths(spend["Amount"]), spend["CurrencyCode"])
            for spend in project.get("ExpectedCustomerSpend") or ()
            if spend.get("Amount")
        )
        or NOTHING,
        life_cycle.get("TargetCloseDate") or NOTHING,
        " ".join(owner[name] for name in ("FirstName", "LastName") if owner.get(name)) or NOTHING,
        summary["LastModifiedDate"],
        tuple((name, text) for name, text in unshown.items() if keyword and text and _has(text, keyword)),
    )


def _has(text: str, keyword: str) -> bool:
    return " ".join(keyword.casefold().split()) in " ".join(text.casefold().split())


def _answer(visit: Visit, request: Mapping[str, Any]) -> tuple[dict[str, Any], ApiError | None]:
    try:
        return visit.ask("SearchOpportunities", **request), None
    except ApiError as refused:
        return {"OpportunitySearchSummaries": []}, refused


def _link(visit: Visit, request: Mapping[str, Any], scope: Scope | None = None) -> str:
    return visit.link(SEARCH, form.query_of(request), scope)


def _without(request: Mapping[str, Any], path: tree.Path) -> dict[str, Any]:
    return form.with_filter(request, tree.without_part(request["Filter"], path))


def _where_words_lead(visit: Visit, request: Mapping[str, Any], typed: str) -> str:
    """The address of what is typed: an opportunity by its identifier, a condition, or else a search for the words."""
    is_typing = bool(visit.first(IS_TYPING))
    about = about_a_field(typed)
    if about is not None:
        offered = suggestions(typed, {}, "") if about[2] and not is_typing else []
        return _link(visit, _taken(request, offered[0]) if offered else form.with_keyword(request, ""))
    if not is_typing and _IDENTIFIER.fullmatch(typed):
        found = visit.call("GetOpportunity", {"Identifier": typed.upper()})
        if found.status == 200:
            return visit.link(f"{TABLE}/{typed.upper()}")
    return _link(visit, form.with_keyword(request, typed))


def _taken(request: Mapping[str, Any], suggestion: Suggestion) -> dict[str, Any]:
    """The question with a suggested condition in the place of the words that it was made of."""
    return form.with_condition(form.with_keyword(request, suggestion.keyword), suggestion.node)


def _known_values(visit: Visit) -> Values:
    """Those of the opportunities that were changed last; none where the account has no search."""
    answer, _ = _answer(visit, {"MaxResults": READ_FOR_VALUES})
    return values_of(answer["OpportunitySearchSummaries"])


def _sorted(visit: Visit, question: Mapping[str, Any], key: str) -> str:
    """The address of the question in the order of `key`, upside down if that is its order already."""
    sort = question.get("Sort", {"SortBy": DEFAULT_SORT_BY, "SortOrder": "DESCENDING"})
    is_turned = sort.get("SortBy") == key and sort.get("SortOrder") == "ASCENDING"
    order = "DESCENDING" if is_turned else "ASCENDING"
    return _link(visit, {**question, "Sort": {"SortBy": key, "SortOrder": order}})


def _near_misses(visit: Visit, question: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What may find something, and its address: questions close to this one, and this one in the other catalog."""
    others = [
        scope
        for scope in visit.visitor.choices
        if scope.account == visit.scope.account and scope.catalog != visit.scope.catalog
    ]
    return [
        *((words, _link(visit, request)) for words, request in near_misses(question)),
        *((f"The same in catalog {scope.catalog}", _link(visit, question, scope)) for scope in others),
    ]
