"""The quota ledger: all processes of a user on one machine count their calls together, so that AWS refuses none.

A small SQLite file holds what was used, for each account (quotas belong to accounts, whatever key a program uses).
A call is counted in one transaction that also reads the clock, so the order of moments is the order of the ledger.

Each process counts for the account and for its `holder`, such as "sync" or "push". A holder with a share of 0.5 makes
at most half of the calls, over all its runs of the last 24 hours, and leaves the other half to everybody else,
including programs that know nothing of this ledger.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

import msgspec

from cosell.errors import UserError
from cosell.sync import quota_rule
from cosell.sync.account_key import account_key, is_loopback
from cosell.sync.quota_rule import QUOTAS, Kind, Quota, Used
from cosell.sync.state_file import StateFile
from cosell.sync.state_folder import state_folder

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

Rate = Literal["auto", "on", "off"]
"""Whether calls are counted. `auto`: on, but off if the endpoint is this machine."""

LONGEST_SLEEP_S: Final = 60.0
"""Between two checks of the ledger: a long wait can become shorter, as when a clock is set."""

_SCHEMA: Final = """
CREATE TABLE quota_used (
    key TEXT NOT NULL, holder TEXT NOT NULL, kind TEXT NOT NULL, used BLOB NOT NULL,
    PRIMARY KEY (key, holder, kind)
) WITHOUT ROWID
"""
_EVERYBODY: Final = ""  # the holder under which all calls are counted

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Used).decode


class Ledger(Protocol):
    """Says when calls may go."""

    def wait_for(self, kind: Kind) -> None:
        """Return when a call may go; it is counted then."""

    def throttled(self, kind: Kind) -> None:
        """Record that the service refused a call with ThrottlingException: slows everybody down."""

    def close(self) -> None:
        """Close the file."""


class Pace(Protocol):
    """Says how long calls take."""

    def seconds_for(self, kind: Kind, calls: int) -> float:
        """How long so many calls take at least, if nobody else calls."""


class Unlimited:
    """The ledger that is off: every call may go."""

    def wait_for(self, kind: Kind) -> None:
        """Return at once."""

    def throttled(self, kind: Kind) -> None:
        """Nobody is slowed down."""

    def seconds_for(self, kind: Kind, calls: int) -> float:  # noqa: ARG002  # the same for all
        """They take no time."""
        return 0.0

    def close(self) -> None:
        """There is no file."""


class QuotaLedger:
    """The shared ledger, for one account and one holder. May be used from several threads."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        file: StateFile,
        key: str,
        holder: str,
        quotas: Mapping[Kind, tuple[Quota, Quota]],  # everybody's, and the holder's part
        clock_ns: Callable[[], int],
        sleep: Callable[[float], object],
        waiting: Callable[[Kind, float], object],
    ) -> None:
        self._connection = connection
        self._file = file
        self._key = key
        self._holder = holder
        self._quotas = quotas
        self._clock_ns = clock_ns
        self._sleep = sleep
        self._waiting = waiting
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls,
        path: Path | str,
        key: str,
        share: float = 1.0,
        *,
        holder: str = "cosell",
        limits: Mapping[Kind, Quota] = QUOTAS,
        clock_ns: Callable[[], int] = time.time_ns,
        sleep: Callable[[float], object] = time.sleep,
        waiting: Callable[[Kind, float], object] = lambda kind, wait_s: None,  # noqa: ARG005
    ) -> Self:
        """The ledger in the file `path`, which is created if it does not exist, readable by its owner alone.

        `key` names the account (`account_key`). All who share a key give the same `limits`. `clock_ns` gives
        nanoseconds since 1970, `sleep` takes seconds. `waiting` is told of each wait that is longer than a minute, with
        the kind of the call and the seconds. Raises UserError if the share is not above 0 and at most 1,
        and where the file cannot be opened, is not a SQLite database, or was written by a newer cosell.
        """
        if not 0 < share <= 1:
            raise UserError(f"a share of {share:g} is not valid", "give more than 0, and 1 at most, such as 0.5")
        quotas = {kind: (quota, quota_rule.part_of(quota, share)) for kind, quota in limits.items()}
        file = StateFile(Path(path), "quota ledger", _SCHEMA, "check the file and its folder, or use --rate off")
        return cls(file.open(), file, key, holder, quotas, clock_ns, sleep, waiting)

    def take(self, kind: Kind) -> float:
        """Count a call if it may go now: 0.0. Otherwise the seconds after which it may, as things stand."""
        everybodys, own = self._quotas[kind]

        def taken(used: Used, own_used: Used) -> tuple[float, Used, Used]:
            wait_ns = max(quota_rule.wait_ns(used, everybodys), quota_rule.wait_ns(own_used, own))
            if wait_ns:
                return wait_ns / 1e9, used, own_used
            return 0.0, quota_rule.counted(used, everybodys), quota_rule.counted(own_used, own)

        return self._change(kind, taken)

    def wait_for(self, kind: Kind) -> None:
        """Return when a call may go; it is counted then. Raises UserError if the file does not answer."""
        told = False
        while wait_s := self.take(kind):
            if wait_s > LONGEST_SLEEP_S and not told:
                self._waiting(kind, wait_s)
                told = True
            self._sleep(min(wait_s, LONGEST_SLEEP_S))

    def throttled(self, kind: Kind) -> None:
        """Record that the service refused a call with ThrottlingException.

        It did not count for the day. All processes stop calling for a second; longer if that happens repeatedly.
        """

        def refused(used: Used, own_used: Used) -> tuple[float, Used, Used]:
            return 0.0, quota_rule.held(quota_rule.uncounted(used)), quota_rule.uncounted(own_used)

        self._change(kind, refused)

    def seconds_for(self, kind: Kind, calls: int) -> float:
        """How long so many calls take at least, if nobody else calls: by both limits of the holder's part."""
        _, own = self._quotas[kind]
        return quota_rule.pace_ns(own, calls) / 1e9

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _change(self, kind: Kind, change: Callable[[Used, Used], tuple[float, Used, Used]]) -> float:
        """Replace everybody's record and the holder's, both as of now; what `change` gives besides them."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    now_ns = self._clock_ns()
                    names = (_EVERYBODY, self._holder)
                    quotas = self._quotas[kind]
                    before = [self._read(name, kind) for name in names]
                    given, *after = change(
                        *(quota_rule.at(used, quota, now_ns) for used, quota in zip(before, quotas, strict=True))
                    )
                    for name, used in zip(names, after, strict=True):
                        row = (self._key, name, kind, _encode(used))
                        self._connection.execute("INSERT OR REPLACE INTO quota_used VALUES (?, ?, ?, ?)", row)
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:  # SQLite rolls back by itself after some errors
                        self._connection.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, msgspec.DecodeError) as error:
                raise self._file.unusable(error) from None
        return given

    def _read(self, holder: str, kind: Kind) -> Used:
        query = "SELECT used FROM quota_used WHERE key = ? AND holder = ? AND kind = ?"
        row = self._connection.execute(query, (self._key, holder, kind)).fetchone()
        return _decode(row[0]) if row else Used()


def open_ledger(
    client: "PartnerCentralSellingAPIClient", rate: Rate, share: float, holder: str, **options: Any
) -> QuotaLedger | Unlimited:
    """The ledger for the account of a client, in the user's state folder.

    `options` are those of QuotaLedger.open. Raises UserError as that does.
    """
    if rate == "off" or (rate == "auto" and is_loopback(client.meta.endpoint_url)):
        return Unlimited()
    return QuotaLedger.open(state_folder() / "quota.db", account_key(client), share, holder=holder, **options)
