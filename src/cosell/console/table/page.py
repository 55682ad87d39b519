"""The table of opportunities: exactly what ListOpportunities can do, and how to call it yourself."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.console.columns import COLUMNS, Column
from cosell.console.table.paging import page_size, place_of, query_of_next, query_of_previous, request_for, where_among
from cosell.console.table.question import (
    LISTS,
    RANGES,
    columns_of,
    query_of,
    query_of_columns,
    query_of_form,
    question_of,
)
from cosell.console.table.views import Counts, counts_for, today_of, views_at
from cosell.console.visit.visit import ApiError, Query, Visit
from cosell.console.words import title_of
from cosell.rules.list.selector import DEFAULT_SORT_BY
from cosell.rules.opportunity.stage import EVERY_STAGE
from cosell.same_request import Way
from cosell.store.page_plan import EVERY_REVIEW_STATUS

TABLE: Final = "/console/opportunities"
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
IDENTIFIER: Final = Column("Id", "Id", lambda one: one["Id"], "Identifier")
_FROM_FORM: Final = "filter"
"""Says that a query comes from the form, whose fields are not API members yet."""


def opportunities(visit: Visit) -> Response:
    """The table, with the query in the address."""
    if visit.first(_FROM_FORM):
        return visit.redirect(visit.link(TABLE, query_of_form(visit.query)))
    table = Table(visit)
    return visit.page("opportunities.html", status=table.status, is_head_fixed=True, table=table)


class Table:
    """A page of the table. Only the API's answer is there from the start: the rest is made as the page is written."""

    path: Final = TABLE
    every_column: Final = COLUMNS
    stages: Final = EVERY_STAGE
    review_statuses: Final = EVERY_REVIEW_STATUS
    sort_words: Final = SORT_WORDS

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._place = place_of(visit.query)
        self.question = question_of(visit.query)
        self.request = request_for(self.question, self._place)
        answer = visit.call("ListOpportunities", self.request)
        self.status = answer.status
        self._body = answer.body

    @cached_property
    def _answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = msgspec.json.decode(self._body)
        return answer

    @cached_property
    def error(self) -> ApiError | None:
        """The API's objections to the query."""
        return None if self.status == 200 else ApiError(self.status, self._answer)

    @cached_property
    def summaries(self) -> Sequence[dict[str, Any]]:
        """The opportunities of the page, in the requested order."""
        summaries: list[dict[str, Any]] = self._answer.get("OpportunitySummaries", [])
        return summaries[::-1] if self._place.is_back else summaries

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that were chosen."""
        return columns_of(self._visit.query)

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """What the cells are made of: summaries, or records where a column needs one."""
        if not any(column.only_in_records for column in self.columns):
            return self.summaries
        return [self._visit.ask("GetOpportunity", Identifier=summary["Id"]) for summary in self.summaries]

    @cached_property
    def counts(self) -> Counts | None:
        """What is known without counting."""
        return counts_for(self._visit, self.question)

    @property
    def where(self) -> str:
        """Which opportunities the page shows, of how many."""
        total = next((count for _, _, count, is_shown in self.views if is_shown), None)
        if total is None and self.counts:
            total = self.counts.total
        return where_among(
            self._place, len(self.summaries), page_size(self.question), total, is_last=not self.next_page
        )

    @property
    def page_number(self) -> int:
        """Which page it is, from 1."""
        return self._place.number

    @cached_property
    def next_page(self) -> str:
        """The address of the next page; empty if there is none."""
        return self._paged(query_of_next(self._visit, self.question, self._place, self.summaries, self._token))

    @cached_property
    def previous_page(self) -> str:
        """The address of the previous page; empty if there is none."""
        return self._paged(query_of_previous(self._visit, self.question, self._place, self.summaries, self._token))

    @property
    def first_page(self) -> str:
        """The address of the first page."""
        return self._link(query_of(self.question))

    @property
    def csv(self) -> str:
        """The address of everything that matches, as CSV."""
        return self._visit.link(f"{TABLE}.csv", self._query(query_of(self.question)))

    @property
    def xlsx(self) -> str:
        """The address of everything that matches, as a workbook."""
        return self._visit.link(f"{TABLE}.xlsx", self._query(query_of(self.question)))

    @property
    def ways(self) -> list[Way]:
        """How to request this page yourself."""
        return self._visit.ways("ListOpportunities", self.request)

    @property
    def sorted_by(self) -> str:
        """The key of the order."""
        return str(self.question.get("Sort", {}).get("SortBy", DEFAULT_SORT_BY))

    @property
    def ascending(self) -> bool:
        """Whether the order is that way."""
        return bool(self.question.get("Sort", {}).get("SortOrder") == "ASCENDING")

    @property
    def page_size(self) -> Any:
        """How many opportunities were requested, even if the API refuses that."""
        return self.question.get("MaxResults", page_size(self.question))

    @property
    def headings(self) -> list[tuple[Column, str]]:
        """Each column with the address of the same query in its order; empty if it cannot be sorted."""
        return [
            (column, self._sorted(column.sort_by) if column.sort_by else "") for column in (IDENTIFIER, *self.columns)
        ]

    @cached_property
    def views(self) -> list[tuple[str, str, int | None, bool]]:
        """The ready-made views: name, address, how many they find if that is known, and whether it is current."""
        counts = self.counts.views if self.counts else {}
        asked = {name: value for name, value in self.question.items() if name != "MaxResults"}
        return [
            (name, self._link(query_of(question)), counts.get(name), question == asked)
            for name, question in views_at(today_of(self._visit)).items()
        ]

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """Each filter that is set: its label, its value, and the address of the table without it."""
        chips = [
            (LABELS[name], value, self._link(query_of({**self.question, name: _others(self.question[name], value)})))
            for name in LISTS
            for value in self.question.get(name, ())
        ]
        for member in RANGES:
            bounds = self.question.get(member, {})
            for name, value in bounds.items():
                rest = {other: kept for other, kept in bounds.items() if other != name}
                chips.append((title_of(name), value, self._link(query_of({**self.question, member: rest}))))
        return chips

    @property
    def is_empty(self) -> bool:
        """Whether the data set is empty."""
        is_asked = self._place.token or self.question.keys() - {"Sort", "MaxResults"}
        return not (self.summaries or self.error or is_asked)

    @property
    def beside_columns(self) -> Query:
        """The query, for the form that chooses columns."""
        return query_of(self.question)

    @property
    def column_names(self) -> Query:
        """The columns, for the form that changes the query."""
        return query_of_columns(self.columns)

    @property
    def _token(self) -> str:
        return str(self._answer.get("NextToken", ""))

    def _sorted(self, key: str) -> str:
        """The address of the same query in the order of `key`, reversed if that is its order already."""
        if key == self.sorted_by:
            order = "DESCENDING" if self.ascending else "ASCENDING"
        else:
            order = "ASCENDING" if key in ("Identifier", "CustomerCompanyName") else "DESCENDING"
        return self._link(query_of({**self.question, "Sort": {"SortBy": key, "SortOrder": order}}))

    def _paged(self, query: Query | None) -> str:
        return "" if query is None else self._link(query)

    def _link(self, query: Query) -> str:
        return self._visit.link(TABLE, self._query(query))

    def _query(self, query: Query) -> Query:
        return [*query, *self.column_names]


def _others(values: list[str], left_out: str) -> list[str]:
    return [value for value in values if value != left_out]
