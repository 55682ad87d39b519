"""Following: run after run, until somebody asks it to end.

Problems that may pass by themselves are reported and waited out: a service or a database that does not answer. What a
person must fix ends it, so that whoever started it notices. A mirror that cannot be opened is such a problem only at
first: after that, its database is likely to come back.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import NoReturn

from cosell.errors import UserError
from cosell.sync.service import Unavailable
from cosell.sync.target import MirrorUnavailable, Target

Trouble = Unavailable | MirrorUnavailable | UserError


def follow(
    opened: Callable[[], AbstractContextManager[Target]],
    one_run: Callable[[Target, int], object],
    *,
    interval_ms: int,
    clock: Callable[[], int],
    wait: Callable[[float], object],
    trouble: Callable[[Trouble], None],
) -> NoReturn:
    """Run every `interval_ms`, or earlier if `wait`, which is given seconds, returns early.

    `opened` opens and locks the mirror; `one_run` is told until when details may be fetched. Ends only by an exception:
    Stopped from `wait` or a run, and UserError.
    """
    was_open = False
    while True:
        with ExitStack() as stack:
            target = _entered(stack, opened, trouble if was_open else None)
            if target is not None:
                was_open = True
                try:
                    _run_again_and_again(target, one_run, interval_ms, clock, wait, trouble)
                except MirrorUnavailable as error:  # its connection is gone for good, and its lock with it
                    trouble(error)
        wait(interval_ms / 1000)


def _entered(
    stack: ExitStack,
    opened: Callable[[], AbstractContextManager[Target]],
    trouble: Callable[[Trouble], None] | None,
) -> Target | None:
    """The open mirror; None if it cannot be opened and `trouble` wants to hear of that."""
    try:
        return stack.enter_context(opened())
    except (UserError, MirrorUnavailable) as error:
        if trouble is None:
            raise
        trouble(error)
        return None


def _run_again_and_again(
    target: Target,
    one_run: Callable[[Target, int], object],
    interval_ms: int,
    clock: Callable[[], int],
    wait: Callable[[float], object],
    trouble: Callable[[Trouble], None],
) -> NoReturn:
    while True:
        due_ms = clock() + interval_ms
        try:
            one_run(target, due_ms)
        except Unavailable as error:
            trouble(error)
        wait(max(due_ms - clock(), 0) / 1000)
