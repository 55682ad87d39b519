"""The page of a search, and what its box offers while somebody types."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from cosell.console.search import form, tree
from cosell.console.search.chips import groups_of, parts_of
from cosell.console.search.found import line_of
from cosell.console.search.near_misses import near_misses
from cosell.console.search.suggestions import Suggestion, Values, about_a_field, suggestions, values_of
from cosell.console.search.vocabulary import LABELS, OFFERED_OPERATORS, sort_keys
from cosell.console.table.export import Form, download
from cosell.console.table.page import TABLE
from cosell.console.visit.visit import ApiError, Visit
from cosell.console.words import day
from cosell.context import Scope
from cosell.exports.columns import SEARCH_COLUMNS, search_row
from cosell.operations.opportunity.search_opportunities import DEFAULT_PAGE_SIZE
from cosell.rules.aws_side.summary import DEFAULT_ORIGIN
from cosell.rules.search.question import DEFAULT_SORT_BY
from cosell.wire.timestamps import Timestamp

SEARCH: Final = "/console/search"
TYPED: Final = "q"
"""The text in the box. It is not a query yet."""
IS_TYPING: Final = "typing"
"""Says that the box is still being edited, so that nothing is opened or built from half a condition."""
FIELD: Final = "field"
"""Says that a query comes from the form of a condition."""
READ_FOR_VALUES: Final = 100
"""Opportunities whose values are suggested: one page, which costs the same in a catalog of any size."""
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
_IDENTIFIER: Final = re.compile(r"[oO][0-9]{1,19}", re.ASCII)


def search(visit: Visit) -> Response:
    """What a search finds, with its query in the address."""
    request = form.request_of(visit.query)
    if visit.first(TYPED) or visit.first(IS_TYPING):
        return visit.redirect(_where_words_lead(visit, request, visit.first(TYPED).strip()))
    if visit.first(FIELD):
        return visit.redirect(_link(visit, form.with_entered(request, visit.query)))
    question = {name: value for name, value in request.items() if name != "NextToken"}
    keyword = question.get("Keyword", "")
    summaries, token, error = _answer(visit, request)
    found_nothing = not summaries and not error
    return visit.page(
        "search/search.html",
        status=error.status if error else 200,
        summaries=summaries,
        line_of=line_of,
        error=error,
        keyword=keyword,
        default_origin=DEFAULT_ORIGIN,
        ways=visit.ways("SearchOpportunities", request),
        filters=visit.link(TABLE, [("CustomerCompanyName", keyword)] if error and keyword else []),
        everything=visit.link(SEARCH),
        csv=visit.link(f"{SEARCH}.csv", form.query_of(question)),
        xlsx=visit.link(f"{SEARCH}.xlsx", form.query_of(question)),
        first_page=_link(visit, question),
        next_page=_link(visit, {**question, "NextToken": token}) if token else "",
        is_first_page="NextToken" not in request,
        is_empty=found_nothing and not question.keys() - {"Sort", "MaxResults"} and "NextToken" not in request,
        near_misses=_near_misses(visit, question) if found_nothing else [],
        **_conditions(visit, question, error),
        **_order(visit, question),
    )


def found_csv(visit: Visit) -> Response:
    """Everything that a search finds, as CSV."""
    return _found(visit, "csv")


def found_xlsx(visit: Visit) -> Response:
    """Everything that a search finds, as a workbook."""
    return _found(visit, "xlsx")


def _found(visit: Visit, form_of_file: Form) -> Response:
    question = {name: value for name, value in form.request_of(visit.query).items() if name != "NextToken"}
    return download(visit, form_of_file, "SearchOpportunities", question, SEARCH_COLUMNS, search_row)


def suggested(visit: Visit) -> Response:
    """The suggestions for what is typed, as the options of a list."""
    request = form.request_of(visit.query)
    today = day(str(Timestamp.from_ms(visit.surroundings.engine.clock())))
    offered = suggestions(visit.first(TYPED), _known_values(visit), today)
    return visit.fragment(
        "search/suggestions.html",
        offered=[(one, "" if one.fill else _link(visit, _taken(request, one))) for one in offered],
    )


def _conditions(visit: Visit, question: Mapping[str, Any], error: ApiError | None) -> dict[str, Any]:
    """What the chips and the form of a condition are made of."""
    node = question.get("Filter")
    parts = parts_of(node, tuple(entry["FieldName"] for entry in error.entries) if error else ())
    return {
        "parts": parts,
        "groups": [group for group in groups_of(parts) if tree.list_of(tree.part_at(node, group.inside))],
        "path_text": tree.path_text,
        "without": lambda part: _link(visit, form.with_filter(question, tree.without_part(node, part.path))),
        "without_keyword": _link(visit, form.with_keyword(question, "")),
        "beside_words": form.query_of(form.with_keyword(question, "")),
        "beside_condition": form.query_of(question),
        "labels": LABELS,
        "operators": OFFERED_OPERATORS,
    }


def _order(visit: Visit, question: Mapping[str, Any]) -> dict[str, Any]:
    """What the headings and the form of the order are made of."""
    sort = question.get("Sort", {})
    return {
        "headings": [(heading, _sorted(visit, question, key), key) for heading, key in COLUMNS.items()],
        "sort_keys": sort_keys(),
        "sorted_by": sort.get("SortBy", DEFAULT_SORT_BY),
        "ascending": sort.get("SortOrder") == "ASCENDING",
        "page_size": question.get("MaxResults", DEFAULT_PAGE_SIZE),
        "beside_order": form.query_of({name: question[name] for name in ("Keyword", "Filter") if name in question}),
    }


def _answer(visit: Visit, request: Mapping[str, Any]) -> tuple[Sequence[dict[str, Any]], str, ApiError | None]:
    """The summaries of a page, the token of the next one, and the API's objections to the query."""
    try:
        answer = visit.ask("SearchOpportunities", **request)
    except ApiError as refused:
        return (), "", refused
    return answer["OpportunitySearchSummaries"], answer.get("NextToken", ""), None


def _link(visit: Visit, request: Mapping[str, Any], scope: Scope | None = None) -> str:
    return visit.link(SEARCH, form.query_of(request), scope)


def _where_words_lead(visit: Visit, request: Mapping[str, Any], typed: str) -> str:
    """The address for what is typed: an opportunity by its identifier, a condition, or else a search for the words."""
    is_typing = bool(visit.first(IS_TYPING))
    about = about_a_field(typed)
    if about is not None:
        offered = suggestions(typed, {}, "") if about[2] and not is_typing else []
        return _link(visit, _taken(request, offered[0]) if offered else form.with_keyword(request, ""))
    if not is_typing and _IDENTIFIER.fullmatch(typed):
        identifier = typed.upper()
        if visit.call("GetOpportunity", {"Identifier": identifier}).status == 200:
            return visit.link(f"{TABLE}/{identifier}")
    return _link(visit, form.with_keyword(request, typed))


def _taken(request: Mapping[str, Any], suggestion: Suggestion) -> dict[str, Any]:
    """The query with a suggested condition in place of the words that it was made from."""
    return form.with_condition(form.with_keyword(request, suggestion.keyword), suggestion.node)


def _known_values(visit: Visit) -> Values:
    """Values of the most recently changed opportunities; none if the account has no search."""
    summaries, _, _ = _answer(visit, {"MaxResults": READ_FOR_VALUES})
    return values_of(summaries)


def _sorted(visit: Visit, question: Mapping[str, Any], key: str) -> str:
    """The address of the query in the order of `key`, reversed if that is its order already."""
    is_turned = question.get("Sort") == {"SortBy": key, "SortOrder": "ASCENDING"}
    sort = {"SortBy": key, "SortOrder": "DESCENDING" if is_turned else "ASCENDING"}
    return _link(visit, {**question, "Sort": sort})


def _near_misses(visit: Visit, question: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Queries that may find something, with their addresses: similar ones, and this one in the other catalog."""
    here = visit.scope
    others = [scope for scope in visit.visitor.choices if scope.account == here.account and scope != here]
    return [
        *((words, _link(visit, request)) for words, request in near_misses(question)),
        *((f"The same in catalog {scope.catalog}", _link(visit, question, scope)) for scope in others),
    ]
