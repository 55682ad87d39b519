"""Questions of a search, from none at all to the deepest that is legal."""

from typing import Any

Question = dict[str, Any]


def leaf(operator: str, key: str, **value: Any) -> Question:
    """A condition."""
    return {operator: {"Key": key, "Value": value}}


QUALIFIED = leaf("EqualsTo", "Stage", StringValue="Qualified")
LARGE = leaf("GreaterThanOrEquals", "EstimatedMrr", DoubleValue=1000)
ARCHIVED = leaf("EqualsTo", "Tags", StringValue="archive")
SOON = leaf("LessThan", "TargetCloseDate", DateValue="2027-01-01T00:00:00Z")
DEEPEST = {"AndAllFilters": [LARGE, {"OrAllFilters": [QUALIFIED, {"NotFilter": ARCHIVED}]}]}

QUESTIONS: dict[str, Question] = {
    "nothing": {},
    "a keyword": {"Keyword": "gr", "MaxResults": 5},
    "a condition": {"Filter": QUALIFIED},
    "the deepest tree": {"Filter": DEEPEST, "MaxResults": 7, "Sort": {"SortBy": "Stage", "SortOrder": "ASCENDING"}},
    "all at once": {
        "Keyword": "a",
        "Filter": {"AndAllFilters": [SOON, {"NotFilter": {"OrAllFilters": [ARCHIVED, QUALIFIED]}}]},
        "Sort": {"SortBy": "EstimatedMrr", "SortOrder": "DESCENDING"},
        "MaxResults": 3,
    },
}
