"""Placeholders for values that the service model marks as sensitive.

A placeholder passes and fails the same checks as the value: it has the form of the member if the value is legal, and if
it is not, the value's own letters and digits are replaced one by one. The same value always gets the same placeholder,
so a filter by company still finds it. Values of the model's own lists are kept, including countries and stages, and so
are US states: rules depend on them, and they identify nobody.
"""

import functools
import re
from collections.abc import Callable
from typing import Any, Final

from cosell.errors import UserError
from cosell.rules.opportunity.values import US_POSTAL_CODE, US_STATES
from cosell.wire.constraints import text_constraint
from cosell.wire.model import service_model

UNREADABLE: Final = "***"
_AMOUNT: Final = re.compile(r"([1-9][0-9]*)(.*)", re.DOTALL)

_MADE_BY_KIND: Final[dict[str, Callable[[int], str]]] = {
    "email": lambda number: f"person-{number}@example.com",
    "phone": lambda number: f"+1206555{number:04d}",
    "website": lambda number: f"https://www.company-{number}.example.com",
    "domain": lambda number: f"company-{number}.example.com",
    "account": lambda number: f"{number:012d}",
    "duns": lambda number: f"{number:09d}",
    "postal code": lambda number: f"{10_000 + number}",
}
_KIND_OF_SHAPE: Final = {
    "AccountWebsiteUrl": "website",
    "AddressPostalCodeString": "postal code",
    "AddressSummaryPostalCodeString": "postal code",
    "Amount": "amount",
    "AwsAccount": "account",
    "BulkReportUrl": "website",
    "CompanyWebsiteUrl": "website",
    "CustomerAccountDataDunsString": "duns",
    "CustomerAccountDataWebsiteUrlString": "website",
    "Domain": "domain",
    "DunsNumber": "duns",
    "Email": "email",
    "FileUri": "website",
    "LeadEmail": "email",
    "LeadPhoneNumber": "phone",
    "LeadWebsiteUrl": "website",
    "MonetaryAmount": "amount",
    "PhoneNumber": "phone",
    "SearchAwsAccount": "account",
    "SenderContactEmail": "email",
    "WebsiteUrl": "website",
}
"""All others are texts."""
_SOUGHT: Final = frozenset(
    {"EngagementSearchKeyword", "EngagementSearchStringValue", "SearchFilterValue", "SearchKeyword"}
)
"""Shapes of what a search looks for, whichever member of an opportunity that is in."""
_COMPANY_FILTER: Final = "CustomerCompanyName"
"""A member of ListOpportunities with content that is sensitive everywhere else."""
_DAY_OR_OPPORTUNITY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|O[0-9]{1,19}", re.ASCII | re.DOTALL)


class NoPlaceholder(UserError):
    """A call was refused for a sensitive value, and no other value would be refused in the same way."""


def meaning(text: str) -> str:
    """Equal for texts that the service treats as the same."""
    return text.replace("&amp;colon;", ":").strip().casefold()


class Placeholders:
    """Gives placeholders. Whatever is to be hidden is shown to `learn` first, and to `hide` afterwards."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._by_meaning: dict[str, str] = {}

    def learn(self, shape_name: str, value: Any) -> None:
        """Choose placeholders for the sensitive values in a JSON value. Raises NoPlaceholder."""
        self._walk(shape_name, value, "Text")

    def hide(self, shape_name: str, value: Any) -> Any:
        """The JSON value with placeholders in it."""
        return self._walk(shape_name, value, "Text")

    def _walk(self, shape_name: str, value: Any, name: str) -> Any:
        shape = service_model().shapes[shape_name]
        if isinstance(value, dict) and shape.type == "structure":
            return {
                member: self._walk(shape.members[member].shape, item, member)
                if member in shape.members
                else _of_type(item)
                for member, item in value.items()
            }
        if isinstance(value, dict) and shape.value is not None:
            return {key: self._walk(shape.value.shape, item, name) for key, item in value.items()}
        if isinstance(value, list) and shape.member is not None:
            return [self._walk(shape.member.shape, item, name) for item in value]
        if isinstance(value, str) and shape.type == "string":
            is_sensitive = shape.sensitive or name == _COMPANY_FILTER
            return self._placeholder(shape_name, value, name) if is_sensitive else value
        if shape.sensitive or isinstance(value, str | dict | list):  # a moment, or of the wrong type
            return value if shape.type == "timestamp" and isinstance(value, str) else _of_type(value)
        return value

    def _placeholder(self, shape_name: str, value: str, name: str) -> str:
        constraint = text_constraint(shape_name, service_model().shapes[shape_name])

        def is_legal(text: str) -> bool:
            return constraint.matches_pattern(text) and (not constraint.values or text in constraint.values)

        if not value.strip() or value in US_STATES or (constraint.values and is_legal(value)):
            return value
        if shape_name in _SOUGHT and (value in _listed_values() or _DAY_OR_OPPORTUNITY.fullmatch(value)):
            return value
        placeholder = (
            self._legal(shape_name, value, name, constraint.min_length) if is_legal(value) else _scrambled(value)
        )
        if is_legal(placeholder) != is_legal(value):
            raise NoPlaceholder(
                f"a value of {name} cannot be hidden without changing the answer", "save it with --reveal"
            )
        return placeholder

    def _legal(self, shape_name: str, value: str, name: str, shortest: int) -> str:
        if shape_name in _SOUGHT and meaning(value) in self._by_meaning:
            return self._by_meaning[meaning(value)]
        kind = _KIND_OF_SHAPE.get(shape_name, "text")
        if kind == "amount":
            return self._amount(value)
        if kind == "postal code" and not US_POSTAL_CODE.fullmatch(value):
            kind = "text"
        key = kind, meaning(value)
        if key not in self._given:
            number = len(self._given) + 1
            self._given[key] = _MADE_BY_KIND[kind](number) if kind in _MADE_BY_KIND else f"{name} {number}"
            self._by_meaning.setdefault(key[1], self._given[key])
        return self._given[key].ljust(shortest, ".")

    def _amount(self, value: str) -> str:
        """Zero stays zero, and decimal places stay, too: the service writes an amount in more than one way."""
        parts = _AMOUNT.fullmatch(value)
        if parts is None:
            return value
        number = self._given.setdefault(("amount", parts[1]), str(1_000 + len(self._given)))
        return number + parts[2]


@functools.cache
def _listed_values() -> frozenset[str]:
    """Every value that the service model lists."""
    return frozenset(value for shape in service_model().shapes.values() for value in shape.enum)


def _scrambled(text: str) -> str:
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "1", text))


def _of_type(value: Any) -> Any:
    """Nothing of an unclassified value but its type."""
    if isinstance(value, bool) or value is None:
        return value
    return UNREADABLE if isinstance(value, str) else type(value)()
