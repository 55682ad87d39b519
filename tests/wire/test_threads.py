"""The first requests of a process may come at the same time, in several threads."""

import subprocess
import sys
from typing import Final

PROGRAM: Final = """
import sys, threading
from cosell.engine import Engine
from tests.store.caller import Caller
from tests.complete_opportunity import complete

sys.setswitchinterval(1e-6)
engine = Engine.open(":memory:")
together = threading.Barrier(8)
statuses = []

def ask(number):
    caller = Caller(engine, f"{number:012d}")
    together.wait()
    statuses.append(caller.answer("CreateOpportunity", ClientToken="first", **complete()).status)

threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert statuses == [200] * 8, statuses
"""


def test_the_first_requests_of_many_threads_are_answered() -> None:
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
