"""How amounts are reported: in which currency, by which rates, and how likely a sale is in each stage.

Rates are the user's: cosell knows none, and guesses none.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import msgspec

from cosell.errors import UserError
from cosell.nearest import closest
from cosell.rules.opportunity.stage import OPEN_STAGES

CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
USUAL_PROBABILITIES: Final[dict[str, int]] = dict(zip(OPEN_STAGES, (10, 25, 40, 60, 90), strict=True))
"""Percent. Our choice: AWS publishes none. They rise with the stage, as sales tools set them up."""
HINT: Final = "see docs/reference/settings.md"


class Reporting(msgspec.Struct, frozen=True):
    """`rates` say what one unit of a currency is worth in `currency`; `probabilities` are percent of open stages."""

    currency: str = "USD"
    rates: dict[str, Decimal] = {}
    probabilities: dict[str, int] = msgspec.field(default_factory=lambda: dict(USUAL_PROBABILITIES))

    def converted(self, value: int, currency: str) -> tuple[int, str]:
        """An amount in hundredths, in the reporting currency if there is a rate, else as it is."""
        if currency not in self.rates:
            return value, currency
        return int((value * self.rates[currency]).to_integral_value(ROUND_HALF_UP)), self.currency

    def weighted(self, value: int, stage: str) -> int:
        """An amount in hundredths times the probability of its sale."""
        return (value * self.probabilities[stage] + 50) // 100


DEFAULT_REPORTING: Final = Reporting()


def currency_of(text: str) -> str:
    """The code of a currency. Raises UserError, whose message starts with the text, for anything else."""
    if not CURRENCY.fullmatch(text):
        raise UserError(f"{text!r} is not a currency", "write its code, such as USD")
    return text


def rates_of(text: str, currency: str) -> dict[str, Decimal]:
    """What `EUR=1.08,GBP=1.27` means. Raises UserError, whose message starts with the wrong part."""
    given = {}
    for name, value in _pairs(text):
        if not CURRENCY.fullmatch(name) or name == currency:
            raise UserError(f"{name!r} is not a currency other than {currency}", "write them like EUR=1.08")
        if not _NUMBER.fullmatch(value) or not Decimal(value):
            raise UserError(f"{value!r} is not what one {name} is worth in {currency}", "write it like 1.08")
        given[name] = Decimal(value)
    return given


def probabilities_of(text: str) -> dict[str, int]:
    """What `Prospect=10,Committed=95` means, with the usual values for other stages.

    Raises UserError, whose message starts with the wrong part.
    """
    likely: dict[str, int] = dict(USUAL_PROBABILITIES)
    for stage, value in _pairs(text):
        if stage not in OPEN_STAGES:
            close = closest(stage, OPEN_STAGES)
            next_step = f"did you mean {close}?" if close else f"choose from {', '.join(OPEN_STAGES)}"
            raise UserError(f"{stage!r} is not an open stage", next_step)
        if not value.isascii() or not value.isdigit() or int(value) > 100:
            raise UserError(f"{value!r} is not a whole number of percent up to 100", HINT)
        likely[stage] = int(value)
    return likely


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, map(str.strip, text.split(","))):
        name, is_pair, value = part.partition("=")
        if not is_pair:
            raise UserError(f"{part!r} has no value", "write NAME=VALUE, with commas between them")
        yield name.strip(), value.strip()
