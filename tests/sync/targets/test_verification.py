"""A mirror remembers what the last comparison with the service came to."""

from cosell.sync.target import Difference, Verification
from cosell.sync.targets.mirror import Mirror
from tests.store.caller import NOON_MS


def test_the_last_outcome_is_kept(mirror: Mirror) -> None:
    assert mirror.verification() is None
    differences = [
        Difference("missing", "O1", None, NOON_MS),
        Difference("different", "O2", NOON_MS, NOON_MS, ("Customer.Account.CompanyName", "LifeCycle.Stage")),
        Difference("vanished", "O3 😀", NOON_MS, None),
    ]
    first = Verification(NOON_MS, 10, 7, 1, 3, differences)
    mirror.keep_verification(first)
    assert mirror.verification() == first
    second = Verification(NOON_MS + 1, 10, 10, 0, 0, [])
    mirror.keep_verification(second)
    assert mirror.verification() == second
