"""Settings that `cosell serve` and `cosell console` share: where they listen, their names, and their reporting."""

from typing import TYPE_CHECKING

from cosell.cli.typed import setting_given, told_of
from cosell.errors import UserError

if TYPE_CHECKING:
    from cosell.reporting import Reporting
    from cosell.serve.origin import Names


def checked_host(host: str, *, insecure: bool, lets: str) -> None:
    """Raises UserError for an invalid address, and for one that others can reach, which `lets` them do something."""
    from cosell.serve.server import is_loopback

    with told_of("host"):
        is_local = is_loopback(host)
    if not is_local and not insecure:
        raise UserError(
            f"{setting_given('host')} {host!r} lets anyone who reaches it {lets}",
            "listen on 127.0.0.1, or say --insecure if the network keeps others out",
        )


def names_given(host: str, allow_host: list[str], public_url: str) -> "Names":
    """The names of the server. Raises UserError for an invalid name or address."""
    from cosell.serve.origin import names_of, public_origin

    with told_of("public_url"):
        public_origin(public_url)
    with told_of("allow_host"):
        return names_of(host, allow_host, public_url)


def reporting_given(currency: str, rates: str, probabilities: str) -> "Reporting":
    """How the console converts and weighs amounts. Raises UserError for an invalid setting."""
    from cosell.reporting import Reporting, currency_of, probabilities_of, rates_of

    with told_of("currency"):
        currency = currency_of(currency)
    with told_of("rates"):
        worth = rates_of(rates, currency)
    with told_of("probabilities"):
        likely = probabilities_of(probabilities)
    return Reporting(currency, worth, likely)
