"""The open blocks of `cosell.intercept` in this process, and the events of botocore's clients for them.

Clients of botocore, boto3, aiobotocore and aioboto3 announce each step of a call through `EventAliaser.emit`. While a
block is open that is replaced, for all clients of the process, whenever and in whichever thread they were created: an
event goes to the innermost block, the one that was entered last. Other handlers, such as moto's, are called as usual.
Nothing is registered with any client, so no client keeps anything.
"""

import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

from botocore.hooks import EventAliaser

from cosell.testing.surroundings import Surroundings, act_as

Emit = Callable[..., Any]


class Block(Protocol):
    """What answers in the place of others while it is the innermost."""

    def emit(self, onward: Callable[[], Any], event_name: str, arguments: dict[str, Any]) -> Any:
        """What comes of an event; `onward` tells its handlers. With aiobotocore, both are to be awaited."""


_LOCK: Final = threading.RLock()
_entered: dict[Block, Surroundings] = {}
"""The open blocks, the outermost first, each with the surroundings that were before it."""
_emit_of_botocore: Emit = EventAliaser.emit


def enter(block: Block, account: str) -> None:
    """Give a block the events, until it leaves or another one enters, in the account's environment."""
    global _emit_of_botocore
    with _LOCK:
        before = act_as(account)
        if not _entered:
            _emit_of_botocore = _replace(_emit)
        _entered[block] = before


def leave(block: Block) -> None:
    """Give the events back to the outer block. Blocks of several threads or tasks may leave in any order."""
    with _LOCK:
        later = list(_entered)[list(_entered).index(block) + 1 :]
        before = _entered.pop(block)
        if later:
            _entered[later[0]] = before.before(_entered[later[0]])
        else:
            before.restore()
        if not _entered:
            _replace(_emit_of_botocore)


def _emit(aliaser: EventAliaser, event_name: str, **arguments: Any) -> Any:
    def onward() -> Any:
        return _emit_of_botocore(aliaser, event_name, **arguments)

    with _LOCK:
        innermost = next(reversed(_entered), None)
    return onward() if innermost is None else innermost.emit(onward, event_name, arguments)


def _replace(emit: Emit) -> Emit:
    """Replace botocore's function by another; returns the former one."""
    before = EventAliaser.emit
    EventAliaser.emit = emit  # type: ignore[method-assign]
    return before
