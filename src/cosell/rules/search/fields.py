"""What SearchOpportunities can ask about an opportunity: each field with its type, its source, its order.

A text field has one text or none, a list field any number. An empty text counts as none: no valid condition tells the
two apart, and orders do not either. Keys of an order compare as those of ListOpportunities do
(`rules/list/sort_keys.py`).

Source: service model, OpportunitySearchFilterName and OpportunitySearchSortName. Where a value comes from follows the
members of OpportunitySearchSummary; that, what a tag or a related entity is compared by, which spend counts, whose name
is the owner's, and all orders are our choice (docs/fidelity.md).
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from cosell.rules.identifiers import id_key
from cosell.rules.list.sort_keys import Key, SortBy, company_key, target_close_key
from cosell.rules.opportunity.team import OWNER
from cosell.rules.search.sought import Sought
from cosell.wire.timestamps import Date, Timestamp

Kind: TypeAlias = Literal["text", "list", "date", "number"]
Source: TypeAlias = Literal["record", "tags", "aws"]
"""Which part of an opportunity a field is read from."""
Value: TypeAlias = tuple[str, ...] | int | Decimal | None
"""The texts of a field, a moment in milliseconds since 1970 UTC, or an amount."""

_AMOUNT: Final = re.compile(r"0*([0-9]{1,31})(?:\.([0-9]{0,2}))?")
_DIGITS: Final = 31
"""Of the whole part of an amount [model]."""
_WITH_AWS: Final = "AWS"
FIRST_DAY: Final = Date("1970-01-01").ordinal
DAY_MS: Final = 24 * 60 * 60 * 1000


class Field(NamedTuple):
    """One field: `value` reads it, `key` gives its place in the field's order."""

    kind: Kind
    value: Callable[[Sought], Value]
    key: Callable[[Sought], Key]
    source: Source = "record"
    order: SortBy | None = None
    """The order of ListOpportunities that is the same."""
    sortable: bool = True


def _text(
    read: Callable[[Sought], str | None],
    source: Source = "record",
    order: SortBy | None = None,
    key: Callable[[Sought], Key] | None = None,
) -> Field:
    def value(sought: Sought) -> tuple[str, ...]:
        text = read(sought)
        return (text,) if text else ()

    return Field("text", value, key or (lambda sought: company_key(read(sought))), source, order)


def _list(read: Callable[[Sought], Iterable[str]], source: Source = "record", *, sortable: bool = True) -> Field:
    """A list is sorted by its least element."""
    return Field(
        "list",
        lambda sought: _some(read(sought)),
        lambda sought: min(map(company_key, _some(read(sought))), default=company_key(None)),
        source,
        sortable=sortable,
    )


def _moment(read: Callable[[Sought], str], order: SortBy) -> Field:
    def milliseconds(sought: Sought) -> int:
        return Timestamp.parse(read(sought)).ms

    return Field("date", milliseconds, milliseconds, order=order)


def _some(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _target_close(sought: Sought) -> Date | None:
    day = sought.record.life_cycle.target_close_date
    return None if day is None else Date(day)


def _target_close_ms(sought: Sought) -> int | None:
    """The beginning of the day in UTC."""
    day = _target_close(sought)
    return None if day is None else (day.ordinal - FIRST_DAY) * DAY_MS


def _amount(sought: Sought) -> re.Match[str] | None:
    """What is spent with AWS, or else the first spend, in its whole part and its fraction. Currencies are ignored."""
    spends = sought.record.project.expected_customer_spend
    counted = next((spend for spend in spends if spend.target_company == _WITH_AWS), spends[0] if spends else None)
    return _AMOUNT.fullmatch((counted and counted.amount) or "")


def _monthly_revenue(sought: Sought) -> Decimal | None:
    amount = _amount(sought)
    return None if amount is None else Decimal(amount[0])


def _monthly_revenue_key(sought: Sought) -> str:
    """All digits, so that texts sort as amounts do; no amount comes first."""
    amount = _amount(sought)
    return "" if amount is None else f"{amount[1]:0>{_DIGITS}}{amount[2] or '':0<2}"


def _tags(sought: Sought) -> Iterable[str]:
    """Each tag by its key, by its value, and by both."""
    for key, value in sought.tags.items():
        yield from (key, value, f"{key}={value}")


def _entities(identifiers: Iterable[str]) -> Iterable[str]:
    """Each identifier as it is stored, and by the last part of its ARN."""
    for identifier in identifiers:
        yield from (identifier, identifier.rpartition("/")[2])


def _owner(sought: Sought) -> str | None:
    owner = next((member for member in sought.record.opportunity_team if member.business_title == OWNER), None)
    return None if owner is None else " ".join(_some([owner.first_name, owner.last_name]))


FIELDS: Final[dict[str, Field]] = {
    "OpportunityId": _text(
        lambda sought: sought.record.id, order="Identifier", key=lambda sought: id_key(sought.record.id)
    ),
    "Stage": _text(lambda sought: sought.record.life_cycle.stage),
    "ReviewStatus": _text(lambda sought: sought.record.life_cycle.review_status),
    "CustomerCompanyName": _text(
        lambda sought: sought.record.customer.account.company_name, order="CustomerCompanyName"
    ),
    "LastModifiedDate": _moment(lambda sought: sought.record.last_modified_date, "LastModifiedDate"),
    "TargetCloseDate": Field(
        "date", _target_close_ms, lambda sought: target_close_key(_target_close(sought)), order="TargetCloseDate"
    ),
    "CreatedDate": _moment(lambda sought: sought.record.created_date, "CreatedDate"),
    "CountryCode": _text(lambda sought: sought.record.customer.account.address.country_code),
    "PartnerProjectTitle": _text(lambda sought: sought.record.project.title),
    "OpportunityType": _text(lambda sought: sought.record.opportunity_type),
    "PartnerOpportunityIdentifier": _text(lambda sought: sought.record.partner_opportunity_identifier),
    "Industry": _text(lambda sought: sought.record.customer.account.industry),
    "AwsAccountId": _text(lambda sought: sought.record.customer.account.aws_account_id),
    "ApnPrograms": _list(lambda sought: sought.record.project.apn_programs),
    "Origin": _text(lambda sought: sought.aws_view.origin, "aws"),
    "Tags": _list(_tags, "tags"),
    "NextStep": _text(lambda sought: sought.record.life_cycle.next_steps),
    "OfferId": _list(lambda sought: _entities(sought.record.related_entity_identifiers.aws_marketplace_offers)),
    "OfferSetId": _list(lambda sought: _entities(sought.record.related_entity_identifiers.aws_marketplace_offer_sets)),
    "AwsMarketplaceSolution": _list(
        lambda sought: _entities(sought.record.related_entity_identifiers.aws_marketplace_solutions), sortable=False
    ),
    "CosellMotion": _text(lambda sought: sought.aws_view.cosell_motion, "aws"),
    "OpportunityOwner": _text(_owner),
    "EstimatedMrr": Field("number", _monthly_revenue, _monthly_revenue_key),
    "EngagementScore": _text(lambda sought: sought.aws_view.insights.engagement_score, "aws"),
}


def texts_of(field: str, sought: Sought) -> tuple[str, ...]:
    """What a text or list field of an opportunity holds."""
    texts = FIELDS[field].value(sought)
    assert isinstance(texts, tuple)
    return texts
