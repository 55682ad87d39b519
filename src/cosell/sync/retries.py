"""Which failures are worth a retry, how long to wait before it, and when to give up.

Exponential back-off with full jitter: delays double, and each is drawn uniformly from nothing to its bound, so that
many syncs that were refused together do not come back together. A service that has never answered is given up sooner:
the address is likelier wrong than the service down.

Source: boto3's own choice of what it retries (standard mode); bounds and counts are our choice. Pure: chance comes in.
"""

from typing import Final

FIRST_BOUND_S: Final = 0.5
LAST_BOUND_S: Final = 20.0
ATTEMPTS: Final = 10
"""Of one call, for a service that has answered before: about a minute of waiting."""
ATTEMPTS_WITHOUT_ANSWER: Final = 3
"""Of the first call."""

_PASSING: Final = frozenset({408, 425, 429})
_NOT_IMPLEMENTED: Final = 501


def is_passing(status: int, code: str) -> bool:
    """Whether an error answer may be different next time.

    If boto3 cannot parse an error's body, because it was truncated or is not the service's, it gives the status as its
    code.
    """
    overload = status >= 500 and status != _NOT_IMPLEMENTED
    return overload or status in _PASSING or is_throttling(code) or code in ("", str(status))


def is_throttling(code: str) -> bool:
    """Whether an error says that the account calls too often. AWS's front ends have several names for it."""
    return "Throttl" in code or code == "TooManyRequestsException"


def delay_s(attempt: int, chance: float, asked_s: float | None = None) -> float:
    """Seconds to wait after the `attempt`-th try, counted from 1. `chance` is below 1.

    If the service asks for a time, it is at least that, but never beyond the longest bound.
    """
    bound_s = min(LAST_BOUND_S, FIRST_BOUND_S * 2.0 ** (attempt - 1))
    return max(chance * bound_s, min(asked_s or 0.0, LAST_BOUND_S))
