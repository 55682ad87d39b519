"""The charts of amounts: expected spend by stage, and the weighted forecast; one of each per currency."""

from cosell.console.pipeline.picture import Cell, Line, Picture, Question, count_cell
from cosell.console.pipeline.sums import Sums
from cosell.console.words import money, short_money
from cosell.reporting import Reporting
from cosell.rules.opportunity.stage import EVERY_STAGE, OPEN_STAGES


def spends_of(sums: Sums, currency: str, closing: Question, reporting: Reporting) -> Picture:
    """One chart for each currency: amounts in different currencies are added up only by the user's rates."""
    return Picture(
        _named("spend", currency),
        f"Expected spend by stage, {currency}",
        f"A month, with AWS; entries for the partner itself are left out{_rates_told(currency, reporting)}",
        "bars",
        "Stage",
        (f"{currency} a month", "Opportunities"),
        tuple(
            Line(
                stage,
                (
                    _money_cell(sums.spends[currency, stage], currency, {"LifeCycleStage": [stage], **closing}),
                    count_cell(sums.spenders[currency, stage], None),
                ),
            )
            for stage in EVERY_STAGE
        ),
        is_of_all=False,
    )


def forecast_of(sums: Sums, currency: str, closing: Question, reporting: Reporting) -> Picture:
    """The sum of open opportunities, each amount times the probability of its sale."""
    lines = [
        Line(
            stage,
            (
                _money_cell(sums.spends[currency, stage], currency, {"LifeCycleStage": [stage], **closing}),
                Cell(0, f"{reporting.probabilities[stage]} %", str(reporting.probabilities[stage]), None),
                _money_cell(reporting.weighted(sums.spends[currency, stage], stage), currency, None),
            ),
        )
        for stage in OPEN_STAGES
    ]
    total = (
        _money_cell(sums.open_spends()[currency], currency, None),
        Cell(0, "", "", None),
        _money_cell(sums.forecast(reporting).get(currency, 0), currency, None),
    )
    return Picture(
        _named("forecast", currency),
        f"Weighted forecast, {currency}",
        "The monthly spend expected from open opportunities, times the probability of a sale in their stage, "
        f"which the setting probabilities gives{_rates_told(currency, reporting)}",
        "grid",
        "Stage",
        ("Open", "Probability", "Weighted"),
        (*lines, Line("All open", total)),
        is_of_all=False,
    )


def _named(kind: str, currency: str) -> str:
    return f"{kind}-{currency.lower()}" if currency != "?" else f"{kind}-without-currency"


def _rates_told(currency: str, reporting: Reporting) -> str:
    if currency != reporting.currency or not reporting.rates:
        return ""
    return "; converted at " + ", ".join(f"1 {name} = {rate} {currency}" for name, rate in reporting.rates.items())


def _money_cell(value: int, currency: str, question: Question | None) -> Cell:
    exact = money(value, currency)
    plain = money(value, "").strip().replace(",", "")
    return Cell(value, short_money(value, currency), plain, question, "all of this stage", exact)
