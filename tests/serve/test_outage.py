"""What goes on failing is told once, and again after a while, and when it works again."""

from cosell.outage import REMINDED_AFTER_S, Outage
from cosell.store.interface import StoreUnavailable


def test_an_error_is_reported_once_and_after_a_while_and_when_it_is_over() -> None:
    now_s = 0.0
    told: list[tuple[object, ...]] = []
    outage = Outage(
        lambda what, error, **facts: told.append((what, error and str(error), facts)),
        "delivery",
        clock=lambda: now_s,
        sink="a",
    )
    outage.over()
    for _ in range(3):
        outage.met(StoreUnavailable("its disk is full"))
    outage.met(StoreUnavailable("its file was deleted"))
    outage.met(RuntimeError("1"))
    outage.met(RuntimeError("2"))
    now_s = REMINDED_AFTER_S
    outage.met(RuntimeError("3"))
    outage.over()
    outage.over()
    sink = {"sink": "a"}
    assert told == [
        ("delivery", "its disk is full", sink),
        ("delivery", "its file was deleted", sink),
        ("delivery", "1", sink),
        ("delivery", "3", sink),
        ("delivery", None, sink),
    ]
