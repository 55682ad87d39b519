"""A program whose children write until they are killed.

For each line `<database> <seed>` on stdin it forks a child, which creates and updates opportunities in a loop and
prints one line for every answer that it got. The program itself prints the child's number, and when it is gone.
Forking saves the seconds that starting Python anew would take; the children share nothing but the file.
"""

import json
import os
import random
import sys
from typing import Any

from cosell.engine import Engine
from tests.complete_opportunity import merged
from tests.store.caller import Caller


def tell(**line: Any) -> None:
    """One line in one write, so that lines of two processes never mix."""
    os.write(sys.stdout.fileno(), json.dumps(line).encode() + b"\n")


def write_for_ever(database: str, seed: str) -> None:
    """Change after change, each with a number of its own in its record."""
    caller = Caller(Engine.open(database))
    chance = random.Random(seed)
    changes = {record["Id"]: change_number(record) for record in caller.records()}
    for number in range(1_000_000):
        if not changes or chance.random() < 0.4:
            token = f"{seed} {number}"
            stage = chance.choice(["Prospect", "Qualified", "Committed"])
            answer = caller.create(token, **merged({"LifeCycle": {"Stage": stage}}, members(chance, 0)))
        else:
            token = ""
            identifier = chance.choice(sorted(changes))
            answer = caller.update(identifier, **members(chance, changes[identifier] + 1))
        changes[answer["Id"]] = changes.get(answer["Id"], -1) + 1
        tell(id=answer["Id"], stamp=answer["LastModifiedDate"], change=changes[answer["Id"]], token=token)


def members(chance: random.Random, change: int) -> dict[str, Any]:
    """Members that summaries, indexes and records all hold."""
    return {
        "PartnerOpportunityIdentifier": str(change),
        "Customer": {"Account": {"CompanyName": chance.choice("abc") * chance.randint(1, 120)}},
        "LifeCycle": {"TargetCloseDate": chance.choice(["2030-01-01", "2031-01-01"])},
    }


def change_number(record: dict[str, Any]) -> int:
    """How many updates a record has had."""
    return int(record["PartnerOpportunityIdentifier"])


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            write_for_ever(*line.split())
        tell(pid=child)
        os.waitpid(child, 0)
        tell(gone=child)
