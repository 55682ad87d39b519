"""The customers of an invented pipeline: each comes back with some opportunities, most with few, some with dozens.

Only so many customers are active at a time. One that has had its last opportunity makes room for a new one, so their
memory does not grow with the pipeline.
"""

import random
from typing import Final

from cosell.datasets.chance import Weighted, one_of
from cosell.datasets.people import latin, mailbox, names_of
from cosell.datasets.places import COUNTRIES, NATIVE_STEMS, NATIVE_TRADES, Country
from cosell.datasets.vocabulary import INDUSTRIES, JOB_TITLES, OTHER_INDUSTRIES
from cosell.wire.types import Account, Address, Contact
from cosell.wire.types import Customer as CustomerRecord

MOST_ACTIVE: Final = 400
_TAIL: Final = 1.3
"""Of a customer's number of opportunities: six of ten have one, nine of ten up to five, one in 160 has fifty."""
MOST_OPPORTUNITIES: Final = 60
LONGEST_DOMAIN: Final = 40


class Customer:
    """A company, its people, and what is left to come from it."""

    __slots__ = ("currency", "industry", "launched", "name", "opportunities_left", "record", "small_record")

    def __init__(
        self, record: CustomerRecord, small_record: CustomerRecord, name: str, currency: str, opportunities: int
    ) -> None:
        account = record.account
        assert account is not None
        assert account.industry is not None
        self.record = record
        self.small_record = small_record
        """Before anybody has asked for more: without street, contacts and DUNS number."""
        self.name = name
        self.industry: str = account.industry
        self.currency = currency
        self.opportunities_left = opportunities
        self.launched: str | None = None
        """The identifier of an opportunity that may be renewed."""


class Customers:
    """The active customers. Everything they do is drawn from `chance`."""

    def __init__(self, count: int, seed: int, chance: random.Random) -> None:
        """`count` is the number of opportunities that they will have in all."""
        self._chance = chance
        self._countries = Weighted((country, country.weight) for country in COUNTRIES)
        self._industries = Weighted((industry, weight) for industry, (weight, _) in INDUSTRIES.items())
        self._names = {country.locale: names_of(country.locale, seed) for country in COUNTRIES}
        self._active = [self._new() for _ in range(max(1, min(MOST_ACTIVE, count // 40)))]

    def next(self) -> Customer:
        """The customer of the next opportunity."""
        slot = int(self._chance.random() * len(self._active))
        customer = self._active[slot]
        if not customer.opportunities_left:
            customer = self._active[slot] = self._new()
        customer.opportunities_left -= 1
        return customer

    def _new(self) -> Customer:
        chance = self._chance
        country = self._countries.draw(chance)
        industry = self._industries.draw(chance)
        name, legal_name, domain = self._company(country, industry)
        place = one_of(chance, country.places)
        website = f"https://www.{domain}"
        address = Address(
            city=place.city, postal_code=place.postal_code, state_or_region=place.region, country_code=country.code
        )
        small = Account(
            industry=industry,
            other_industry=one_of(chance, OTHER_INDUSTRIES) if industry == "Other" else None,
            company_name=legal_name,
            website_url=website,
            address=address,
        )
        full = Account(
            industry=industry,
            other_industry=small.other_industry,
            company_name=legal_name,
            website_url=website,
            aws_account_id=f"{chance.getrandbits(40) % 10**12:012d}" if chance.random() < 0.4 else None,
            address=Address(
                city=place.city,
                postal_code=place.postal_code,
                state_or_region=place.region,
                country_code=country.code,
                street_address=one_of(chance, self._names[country.locale].streets),
            ),
            duns=f"{chance.getrandbits(30) % 10**9:09d}" if chance.random() < 0.5 else None,
        )
        contacts = [self._contact(country, domain) for _ in range(1 if chance.random() < 0.7 else 2)]
        return Customer(
            CustomerRecord(account=full, contacts=contacts),
            CustomerRecord(account=small),
            name,
            country.currency,
            min(MOST_OPPORTUNITIES, int((1 - chance.random()) ** (-1 / _TAIL))),
        )

    def _company(self, country: Country, industry: str) -> tuple[str, str, str]:
        """What people call it, its registered name, and its domain, which nobody can own (RFC 2606)."""
        chance = self._chance
        stems = NATIVE_STEMS.get(country.locale)
        if stems is not None:
            stem, latin_stem = one_of(chance, stems)
            trade, latin_trade = one_of(chance, NATIVE_TRADES[country.locale])
            name, slug = f"{stem}{trade}", f"{latin_stem}-{latin_trade}"
        else:
            family = one_of(chance, self._names[country.locale].last)
            if chance.random() < 0.25:
                family = f"{family}-{one_of(chance, self._names[country.locale].last)}"
            name = f"{family} {one_of(chance, INDUSTRIES[industry][1])}"
            slug = latin(name)
        return name, one_of(chance, country.legal_forms).format(name), f"{slug[:LONGEST_DOMAIN].strip('-')}.example"

    def _contact(self, country: Country, domain: str) -> Contact:
        chance = self._chance
        names = self._names[country.locale]
        first, last = one_of(chance, names.first), one_of(chance, names.last)
        return Contact(
            email=mailbox(chance, first, last, domain),
            first_name=first,
            last_name=last,
            business_title=one_of(chance, JOB_TITLES),
            phone=f"+{country.calling_code}5550{chance.getrandbits(20) % 10**5:05d}",
        )
