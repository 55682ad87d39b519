"""What a customer is expected to spend a month: with AWS, and with the partner itself.

Source: service model 2022-07-26: an Amount has at most two decimals, a Frequency is Monthly, and a TargetCompany is AWS
or whoever else the customer pays. Recorded requests name the partner as `Self`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

HUNDREDTHS: Final = 100
PARTNER: Final = "Self"
NO_CURRENCY: Final = "?"

Spends = Iterable[Mapping[str, Any]]
"""Entries of ExpectedCustomerSpend."""


def hundredths(amount: str) -> int:
    """An Amount as a whole number of hundredths."""
    whole, _, fraction = amount.partition(".")
    return int(whole or "0") * HUNDREDTHS + int(fraction.ljust(2, "0") or "0")


def decimal(value: int) -> str:
    """Hundredths as a number: `1234.50`; a whole one has no decimals."""
    whole, rest = divmod(value, HUNDREDTHS)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def aws_spend(spends: Spends) -> Counter[str]:
    """With AWS, in hundredths by currency: every entry with an Amount, except those for the partner itself."""
    return all_spend(spend for spend in spends if spend.get("TargetCompany") != PARTNER)


def partner_spend(spends: Spends) -> Counter[str]:
    """With the partner itself, in hundredths by currency."""
    return all_spend(spend for spend in spends if spend.get("TargetCompany") == PARTNER)


def all_spend(spends: Spends) -> Counter[str]:
    """With whomever, in hundredths by currency."""
    total: Counter[str] = Counter()
    for spend in spends:
        if spend.get("Amount"):
            total[spend.get("CurrencyCode") or NO_CURRENCY] += hundredths(spend["Amount"])
    return total
