"""How values are written on pages: moments, days, amounts of money, numbers."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from markupsafe import Markup

from cosell.rules.opportunity.spend import HUNDREDTHS, aws_spend

NOTHING: Final = "–"
SPELLED: Final = {
    "apn": "APN",
    "arn": "ARN",
    "aws": "AWS",
    "cosell": "co-sell",
    "duns": "DUNS",
    "id": "ID",
    "ids": "IDs",
    "marketplace": "Marketplace",
    "url": "URL",
}
"""Words in members' names as people write them, if not in lower case."""
LABELS: Final = {
    "PartnerOpportunityIdentifier": "Partner's identifier",
    "RelatedEntityIds": "Related entities",
    "WebsiteUrl": "Website",
}
"""Members whose names are not what people call them."""
ROLES: Final = {
    "AWSAccountOwner": "AWS account owner",
    "AWSSalesRep": "AWS sales representative",
    "OpportunityOwner": "Opportunity owner",
    "PartnerAccountManager": "Partner account manager",
}
"""Titles by which the service tells people's roles [model: AwsMemberBusinessTitle; recorded answers]."""


def moment(text: str) -> str:
    """`2026-01-12T11:55:56.910Z` → `2026-01-12 11:55:56`. Pages say once that times are UTC."""
    return f"{text[:10]} {text[11:19]}"


def day(text: str) -> str:
    """`2026-01-12T11:55:56.910Z` → `2026-01-12`."""
    return text[:10]


def number(value: int) -> str:
    """`1234567` → `1,234,567`."""
    return f"{value:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """`3, "opportunity", "opportunities"` → `3 opportunities`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def money(value: int, currency: str) -> str:
    """Hundredths with their currency: `123450, "EUR"` → `EUR 1,234.50`; whole amounts have no decimals."""
    whole, rest = divmod(value, HUNDREDTHS)
    return f"{currency} {whole:,}.{rest:02d}" if rest else f"{currency} {whole:,}"


def short_money(value: int, currency: str) -> str:
    """As `money`, rounded for charts: `EUR 1.2M`."""
    whole = value / HUNDREDTHS
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if whole >= size:
            scaled = whole / size
            return f"{currency} {scaled:,.0f}{letter}" if scaled >= 100 else f"{currency} {scaled:,.1f}{letter}"
    return f"{currency} {whole:,.0f}"


def spend_text(spends: Iterable[Mapping[str, Any]]) -> str:
    """The expected spend of one opportunity: `USD 4,600`, with ` + ` between currencies."""
    return " + ".join(money(value, currency) for currency, value in sorted(aws_spend(spends).items())) or NOTHING


def review_status_of(life_cycle: Mapping[str, Any]) -> str:
    """The review status of a life cycle; one that has lost it, as in AWS's Sandbox, says so."""
    return str(life_cycle.get("ReviewStatus", "No review status"))


@functools.lru_cache(maxsize=256)
def badge(text: str) -> Markup:
    """A stage, a status or an outcome, marked as such."""
    return Markup('<span class="badge badge-{}">{}</span>').format(slug(text), text)


def time(text: str) -> Markup:
    """A moment, with its full text behind it."""
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(text, moment(text))


def slug(text: str) -> str:
    """A text as part of a class name: `In review` → `in-review`."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())


def title_of(member: str) -> str:
    """A member's name as a label: `CustomerUseCase` → `Customer use case`, `AwsAccountId` → `AWS account ID`."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in member).lower().split()
    label = " ".join(SPELLED.get(word, word) for word in words)
    return LABELS.get(member) or label[:1].upper() + label[1:]


def inside(label: str, part: str) -> str:
    """The label of a part of something: `Customer`, `Use case` → `Customer: use case`."""
    is_spelled = part.split(maxsplit=1)[0] in SPELLED.values()
    return f"{label}: {part if is_spelled else part[:1].lower() + part[1:]}"


def role(title: str) -> str:
    """A person's title, as people write it."""
    return ROLES.get(title, title)


FUNCTIONS: Final[dict[str, Callable[..., str]]] = {
    "badge": badge,
    "review_status_of": review_status_of,
    "time": time,
}
FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "moment": moment,
    "day": day,
    "number": number,
    "counted": counted,
    "role": role,
    "title_of": title_of,
    "spend_text": spend_text,
}
