"""Tags and AWS's views of opportunities: searches ask about them, and `cosell seed` makes none."""

import random
from contextlib import closing
from typing import Final

import msgspec

from bench.databases import ACCOUNT, CATALOG
from cosell.context import Scope
from cosell.engine import Engine
from cosell.rules.identifiers import opportunity_id

SCOPE: Final = Scope(ACCOUNT, CATALOG)
_A_TRANSACTION: Final = 2_000
_TAGGED, _SEEN_BY_AWS = 0.3, 0.5
"""Shares of the opportunities."""
_TEAMS: Final = ("North", "South", "Public sector", "Start-ups", "Channel")
_SCORES: Final = ("High", "Medium", "Low")


def add_tags_and_views(database: str) -> None:
    """Give some of a seeded database's opportunities tags and AWS's views, where none has any yet."""
    with closing(Engine.open(database)) as engine:
        with engine.store.read(SCOPE) as tx:
            count = tx.count()
            there = any(tx.tags(f"opportunity/{opportunity_id(number)}") for number in range(min(count, 100)))
        for start in range(0, 0 if there else count, _A_TRANSACTION):
            _add(engine, range(start, min(start + _A_TRANSACTION, count)))


def _add(engine: Engine, numbers: range) -> None:
    chance = random.Random(numbers.start)
    with engine.store.write(SCOPE) as tx:
        for identifier in map(opportunity_id, numbers):
            if chance.random() < _TAGGED:
                tx.put_tags(f"opportunity/{identifier}", _tags(chance))
            if chance.random() < _SEEN_BY_AWS:
                tx.put_aws_summary(identifier, _view(chance))


def _tags(chance: random.Random) -> dict[str, str]:
    """Few teams, many cases, and one in a thousand is to be looked at again."""
    tags = {"Team": chance.choice(_TEAMS), "Case": f"C-{chance.randrange(50_000)}"}
    return tags | {"Look again": "yes"} if chance.random() < 0.001 else tags


def _view(chance: random.Random) -> bytes:
    return msgspec.json.encode(
        {
            "Catalog": CATALOG,
            "Origin": "AWS Referral" if chance.random() < 0.05 else "Partner Referral",
            "InvolvementType": "Co-Sell",
            "Visibility": "Full",
            "OpportunityTeam": [],
            "Insights": {"EngagementScore": chance.choices(_SCORES, (2, 9, 9))[0]},
        }
    )
