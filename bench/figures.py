"""How a figure is measured, and what is said about it.

Machines differ and drift, so a figure is a ratio: two things are done in turn, A B A B …, and the median of the
ratios of neighbouring turns counts.
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One measured figure. `target` is what was promised, in the same terms as `value`; empty where nothing was."""

    name: str
    value: str
    target: str = ""
    met: bool = True
    detail: str = ""


def at_least(name: str, value: float, target: float, detail: str = "") -> Figure:
    """A ratio that should be high."""
    return Figure(name, f"{value:.2f}", f"≥ {target:g}", value >= target, detail)


def at_most(name: str, value: float, target: float, detail: str = "") -> Figure:
    """A figure that should be low."""
    return Figure(name, f"{value:.2f}", f"≤ {target:g}", value <= target, detail)


def ratio_of_rates(
    first: Callable[[], float], second: Callable[[], float], rounds: int
) -> tuple[float, list[float], list[float]]:
    """The median of first / second over interleaved rounds, and both series."""
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(second())
        ours.append(first())
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), ours, theirs


def seconds(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def seconds_in_turn(
    actions: Sequence[Callable[[], object]], rounds: int, repeat: int, *, slow: float = math.inf
) -> list[float]:
    """The median seconds of each action, all done in turn in every round; of a round's repetitions the best counts.

    What takes more than `slow` seconds is not repeated.
    """
    series: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for index, action in enumerate(actions):
            best = seconds(action)
            for _ in range(repeat - 1 if best <= slow else 0):
                best = min(best, seconds(action))
            series[index].append(best)
    return [statistics.median(values) for values in series]
