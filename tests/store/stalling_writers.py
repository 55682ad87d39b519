"""A program whose threads create and update opportunities until it ends, and stand still between stamp and commit.

`python -m tests.store.stalling_writers URL SEED HOURS LOCKED`: its clock is so many hours ahead of others, and LOCKED
is "unlocked" where no writer may keep the clock row of the scope from others, which only PostgreSQL can do without.
"""

import random
import sys
import threading
import time
from itertools import count
from typing import Final

from cosell.engine import Engine
from cosell.store.interface import StoreUnavailable
from tests.store.caller import Caller, HandClock

THREADS: Final = 4
HOUR_MS: Final = 3_600_000


def stall(chance: random.Random, kind: type) -> None:
    """Let some transactions of a kind stand still once they have their stamps."""
    stamp = kind.stamp  # type: ignore[attr-defined]

    def stalled(self: object, now_ms: int) -> int:
        given: int = stamp(self, now_ms)
        if chance.random() < 0.3:
            time.sleep(chance.choice([0.001, 0.03, 0.03, 0.3]))  # the last for longer than others take for several
        return given

    kind.stamp = stalled  # type: ignore[attr-defined]


def write_for_ever(engine: Engine, seed: str) -> None:
    """Change after change, the second time each is updated. A database that is busy is asked again."""
    caller = Caller(engine)
    number = 0
    while True:
        number += 1
        try:
            created = caller.create(f"{seed} {number}")
            if number % 2:
                caller.update(created["Id"])
        except Exception as error:  # a conflict, or not now
            if isinstance(error, StoreUnavailable):
                raise
            time.sleep(0.01)


def main(url: str, seed: str, hours: str, locked: str) -> None:
    """Write until the end of stdin, or a kill."""
    chance = random.Random(seed)
    if url.startswith("postgresql:"):
        from cosell.store.postgres import closing
        from cosell.store.postgres.transaction import PostgresWriteTransaction

        stall(chance, PostgresWriteTransaction)
        if locked == "unlocked":
            closing._TAKE = closing._TAKE.replace("FOR UPDATE", "")  # type: ignore[misc]
            positions = count(int(seed) * 1_000_000)  # of changes, which would keep two writers apart, too
            PostgresWriteTransaction._next_change = lambda _: next(positions)  # type: ignore[assignment,method-assign]
    else:
        from cosell.store.sqlite.transaction import SqliteWriteTransaction

        stall(chance, SqliteWriteTransaction)
    clock = HandClock(int(time.time() * 1000) + int(hours) * HOUR_MS)
    engine = Engine.open(url, clock=clock)
    for number in range(THREADS):
        threading.Thread(target=write_for_ever, args=(engine, f"{seed} {number}"), daemon=True).start()
    sys.stdout.write("writing\n")
    sys.stdout.flush()
    while sys.stdin.read(1):
        clock.now_ms += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
