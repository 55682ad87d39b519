"""What a SearchOpportunities request asks for, normalised: equal queries are equal values.

Source: service model, SearchOpportunitiesRequest. Which fields a keyword searches, how it is compared, and the default
order are our choice (docs/fidelity.md).
"""

from typing import Final

import msgspec

from cosell.rules.list.sort_keys import Key
from cosell.rules.search.condition import Condition, condition_of, fields_of, holds
from cosell.rules.search.fields import FIELDS, Source, texts_of
from cosell.rules.search.sought import Sought
from cosell.wire.types import SearchOpportunitiesRequest

DEFAULT_SORT_BY: Final = "LastModifiedDate"
DEFAULT_DESCENDING: Final = True
KEYWORD_FIELDS: Final = (
    "OpportunityId",
    "PartnerOpportunityIdentifier",
    "CustomerCompanyName",
    "PartnerProjectTitle",
    "NextStep",
    "OpportunityOwner",
)


class Question(msgspec.Struct, frozen=True, array_like=True, tag="SearchOpportunities"):
    """Keyword, condition and order of one query. An empty keyword narrows nothing, and neither does no condition."""

    sort_by: str
    descending: bool
    keyword: str
    condition: Condition | None

    @property
    def sources(self) -> frozenset[Source]:
        """The parts of an opportunity that are needed to judge it."""
        asked = frozenset() if self.condition is None else fields_of(self.condition)
        return frozenset(FIELDS[field].source for field in asked | {self.sort_by})


def question_of(request: SearchOpportunitiesRequest) -> Question:
    """The query that a valid request means."""
    sort = request.sort
    return Question(
        sort_by=sort.sort_by if sort else DEFAULT_SORT_BY,
        descending=sort.sort_order == "DESCENDING" if sort else DEFAULT_DESCENDING,
        keyword=as_words(request.keyword or ""),
        condition=None if request.filter is None else condition_of(request.filter),
    )


def is_answer(question: Question, sought: Sought) -> bool:
    """Whether an opportunity matches a query."""
    return _has_keyword(question.keyword, sought) and (question.condition is None or holds(question.condition, sought))


def key_of(question: Question, sought: Sought) -> Key:
    """The position of an opportunity in the order of a query. Ties are broken by `identifiers.id_key`."""
    return FIELDS[question.sort_by].key(sought)


def _has_keyword(keyword: str, sought: Sought) -> bool:
    return not keyword or any(keyword in as_words(text) for field in KEYWORD_FIELDS for text in texts_of(field, sought))


def as_words(text: str) -> str:
    """A text as keywords are matched against it: casefolded, with white space between words reduced to one space."""
    return " ".join(text.casefold().split())
