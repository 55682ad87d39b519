"""The partner's own side of an invented pipeline: its people, its solutions and its campaigns."""

import random
from typing import Final

from cosell.datasets import vocabulary as words
from cosell.datasets.chance import one_of
from cosell.datasets.people import latin, names_of
from cosell.datasets.solutions import ACTIVE
from cosell.rules.opportunity.record import no_related_entities
from cosell.wire.types import Contact, Marketing, RelatedEntityIdentifiers

DOMAIN: Final = "partner.example"
OWNERS: Final = 24
_MS_PER_QUARTER: Final = 7_889_238_000


class Partner:
    """What the opportunities of one partner share. Teams and related entities are made once and used again."""

    def __init__(self, seed: int, chance: random.Random) -> None:
        self._names = names_of("en", seed + 1)
        owners = [self._member(chance, words.OWNER_TITLE) for _ in range(OWNERS)]
        managers = [self._member(chance, words.ACCOUNT_MANAGER_TITLE) for _ in range(4)]
        self.teams = [[owner] if chance.random() < 0.6 else [owner, one_of(chance, managers)] for owner in owners]
        self._none = no_related_entities()
        self._related = [self._some_entities(chance) for _ in range(80)]

    def related(self, chance: random.Random, stage: str, *, submitted: bool) -> RelatedEntityIdentifiers:
        """The related entities: at least one solution for what was submitted, often none before."""
        early = stage == "Prospect" and not submitted
        return self._none if early and chance.random() < 0.7 else one_of(chance, self._related)

    def marketing(self, chance: random.Random, use_case: str | None, created_ms: int) -> Marketing:
        """Where the opportunity came from: in one of six cases from a campaign of its time."""
        if chance.random() > 0.16:
            return Marketing(source="None")
        funded = chance.random() < 0.5
        campaign = words.CAMPAIGNS[created_ms // _MS_PER_QUARTER % len(words.CAMPAIGNS)]
        return Marketing(
            source="Marketing Activity",
            campaign_name=campaign,
            channels=list(one_of(chance, words.CHANNELS)),
            use_cases=[use_case] if funded and use_case else None,
            aws_funding_used="Yes" if funded else "No",
        )

    def _member(self, chance: random.Random, title: str) -> Contact:
        first, last = one_of(chance, self._names.first), one_of(chance, self._names.last)
        return Contact(
            email=f"{latin(first)}.{latin(last)}@{DOMAIN}",
            first_name=first,
            last_name=last,
            business_title=title,
            phone=f"+1555010{chance.getrandbits(16) % 10**4:04d}",
        )

    def _some_entities(self, chance: random.Random) -> RelatedEntityIdentifiers:
        entities = no_related_entities()
        members = {name: getattr(entities, name) for name in entities.__struct_fields__}
        members["solutions"] = [one_of(chance, ACTIVE)]
        members["aws_products"] = sorted({one_of(chance, words.AWS_PRODUCTS) for _ in range(int(chance.random() * 4))})
        return RelatedEntityIdentifiers(**members)
