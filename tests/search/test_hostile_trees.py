"""Filter trees that no client sends: each gets a precise answer."""

import json
import random
from typing import Any, Final

from tests.search.test_illegal_trees import LEAF, MISTAKES, VALUES, leaf
from tests.wire.conftest import Service
from tests.wire.test_hostile_bodies import BYTE_MUTATIONS, declared_errors
from tests.wire.test_hostile_bodies import VALUES as ODD_VALUES

TREES: Final = 5_000
NODES: Final[list[Any]] = [
    LEAF,
    leaf("ContainsAny", "Tags", StringListValue=["a", "b"]),
    leaf("GreaterThan", "CreatedDate", DateValue=VALUES["DateValue"]),
    leaf("LessThanOrEquals", "EstimatedMrr", DoubleValue=1.5),
    *(mistake.node for mistake in MISTAKES.values()),
]
NAMES: Final = ["AndAllFilters", "OrAllFilters", "NotFilter", "EqualsTo", "ContainsAll", "LessThan", "Key", "Value", ""]


def tree(chance: random.Random, levels: int) -> Any:
    """Any tree, often legal."""
    kind = chance.random()
    if levels == 0 or kind < 0.4:
        return chance.choice(NODES[:4] if chance.random() < 0.8 else NODES)
    if kind < 0.55:
        return {"NotFilter": tree(chance, levels - 1)}
    parts = [tree(chance, levels - 1) for _ in range(chance.choice([0, 1, 1, 2, 2, 3, 11]))]
    return {chance.choice(["AndAllFilters", "OrAllFilters"]): parts}


def mutated(chance: random.Random, value: Any) -> Any:
    """The value with something else somewhere in it."""
    if chance.random() < 0.15:
        return chance.choice([*ODD_VALUES, *NODES, *VALUES.values()])
    if isinstance(value, list) and value:
        index = chance.randrange(len(value))
        return [*value[:index], mutated(chance, value[index]), *value[index + 1 :]]
    if isinstance(value, dict) and value:
        name = chance.choice(list(value))
        rest = {other: member for other, member in value.items() if other != name}
        new = name if chance.random() < 0.8 else chance.choice(NAMES)
        return rest if chance.random() < 0.05 else rest | {new: mutated(chance, value[name])}
    return chance.choice(ODD_VALUES)


def test_five_thousand_mutated_trees_are_answered_precisely(service: Service) -> None:
    seed = random.getrandbits(64)  # pytest-randomly seeds this, and prints its own seed at the top
    chance = random.Random(seed)
    answers: dict[str, int] = {}
    for number in range(TREES):
        asked = tree(chance, chance.randint(0, 5))
        for _ in range(chance.choice([0, 1, 1, 2])):
            asked = mutated(chance, asked)
        body = json.dumps({"Catalog": "AWS", "Filter": asked}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if chance.random() < 0.1:
            body = chance.choice(BYTE_MUTATIONS)(chance, body)
        told = service.call("SearchOpportunities", body)
        tale = f"seed {seed}, body {number}: {body[:5000]!r}"
        answers[told.error] = answers.get(told.error, 0) + 1
        assert told.status in (200, 400, 413), tale
        assert told.error in {"", *declared_errors("SearchOpportunities")}, tale
    assert min(answers[""], answers["SerializationException"], answers["ValidationException"]) > TREES // 20, answers


def test_a_megabyte_of_conditions_is_refused(service: Service) -> None:
    nodes: list[dict[str, Any]] = [LEAF, {}, {"NotFilter": {}}]
    for node in nodes:
        told = service.call("SearchOpportunities", {"Catalog": "AWS", "Filter": {"OrAllFilters": [node] * 10_000}})
        assert told.error == "ValidationException"
        assert told.violations[0] in [("Filter", "TOO_MANY_VALUES"), ("Filter.OrAllFilters", "TOO_MANY_VALUES")]
