"""What AWS adds to an opportunity that it approves, all invented: people, a score, and what it would do next.

The names are a short list of their own: a request must not wait until mimesis is loaded.
"""

import random
from typing import Final

from cosell.datasets.chance import Weighted, one_of
from cosell.rules.aws_side.summary import Approval, EngagementScore, Title
from cosell.wire.types import AwsTeamMember

DOMAIN: Final = "aws.example.com"
FIRST_NAMES: Final = (
    *("Adaeze", "Bruno", "Chiara", "Dilan", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kavya", "Liam"),
    *("Mina", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tove", "Uma", "Viktor", "Wen", "Yara"),
)
LAST_NAMES: Final = (
    *("Abara", "Bergman", "Costa", "Demir", "Eriksen", "Fontaine", "Gupta", "Hoffmann", "Ito", "Jensen", "Kowalski"),
    *("Laurent", "Moreau", "Nakamura", "Okoye", "Petrov", "Quist", "Rossi", "Silva", "Tanaka", "Urban", "Weber"),
)
ACCOUNT_MANAGER: Final[Title] = "AWSAccountOwner"
OTHERS: Final[tuple[Title, ...]] = ("AWSSalesRep", "PDM", "PSM", "ISVSM")
FEWEST, MOST = 1, 3
"""How many of the others are in the team."""
SCORES: Final = Weighted[EngagementScore]([("High", 3), ("Medium", 5), ("Low", 2)])
NEXT_BEST_ACTIONS: Final = (
    "Agree on a joint call with the customer, and name its decision makers.",
    "Share the architecture with the AWS account team, and ask for a review.",
    "Ask the AWS account team which programs would fund a proof of concept.",
    "Tell the AWS account team what the customer expects to spend, and by when.",
    "Show a reference of the same industry, and plan a workshop.",
)


def approval(chance: random.Random) -> Approval:
    """An account manager, a few colleagues, a score and next best actions, as chance will have it."""
    titles = [ACCOUNT_MANAGER, *chance.sample(OTHERS, FEWEST + int(chance.random() * (MOST - FEWEST + 1)))]
    return Approval(
        team=[_colleague(chance, title) for title in titles],
        engagement_score=SCORES.draw(chance),
        next_best_actions=one_of(chance, NEXT_BEST_ACTIONS),
    )


def _colleague(chance: random.Random, title: Title) -> AwsTeamMember:
    first, last = one_of(chance, FIRST_NAMES), one_of(chance, LAST_NAMES)
    email = f"{first.lower()}.{last.lower()}@{DOMAIN}"
    return AwsTeamMember(email=email, first_name=first, last_name=last, business_title=title)
